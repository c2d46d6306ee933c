//! Mode A of the link protocol, transmit: the record as second code-groups for idle sets (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | enable | in | clk | offer sets; low starts a new record |
//! | record | in | clk | version down to queue, 48 bits; taken whole when its first set goes |
//! | set_sent | in | clk | an idle set goes now |
//! | offer_taken | in | clk | it carries the offer |
//! | offer_valid, offer | out | clk | second code-group for the next utilisation set |
//!
//! Invariant: of 8 sets in a row one is a real idle, and the twelve sets of a record carry one value of `record`.
//! Latency: the offer is ready 2 cycles after the last was taken, which is when the next set may be chosen. Throughput: 1 symbol a set.
//! Known answers: `sends_the_known_answers`. The guard rule at frames is the transmitter's, which alone sees them come.
//!
//! The CRC register doubles as its own shift register: fed with its own upper bits it only shifts, so that the three CRC symbols
//! and the padding come out of the same network that takes the fields in.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, XorNet};
use spareband_spec::{ordered_set, record};

#[derive(LogicBlock)]
pub struct UtilisationInject {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub set_sent: Signal<In, Bit>,
    pub offer_taken: Signal<In, Bit>,
    pub offer_valid: Signal<Out, Bit>,
    pub offer: Signal<Out, Bits<8>>,
    alphabet: LookupTable<6, 8>,
    crc_net: XorNet<22, 16>,
    record_start: Constant<Bits<8>>,
    crc_initial: Constant<Bits<16>>,
    first_symbol: Constant<Bits<11>>,
    most_in_a_row: Constant<Bits<3>>,
    fields: DFF<Bits<48>>,
    /// One bit a symbol: the next one, once the start set is gone.
    place: DFF<Bits<11>>,
    started: DFF<Bit>,
    ready: DFF<Bit>,
    crc: DFF<Bits<16>>,
    in_a_row: DFF<Bits<3>>,
    byte: DFF<Bits<8>>,
    symbol: Signal<Local, Bits<6>>,
}

/// CRC register in bits 15:0, six bits in 21:16.
pub(super) fn crc_step(x: u128) -> u128 {
    u128::from(record::crc16_update(x as u16, (x >> 16) as u64, record::SYMBOL_BITS))
}

impl Default for UtilisationInject {
    fn default() -> Self {
        with_defaults!(Self {
            alphabet: LookupTable::new(ordered_set::ALPHABET.iter().map(|value| u64::from(*value)).collect()),
            crc_net: XorNet::from_fn(crc_step),
            record_start: Constant::new(bits::<8>(u64::from(ordered_set::RECORD_START))),
            crc_initial: Constant::new(bits::<16>(u64::from(record::CRC_INITIAL))),
            first_symbol: Constant::new(bits::<11>(1)),
            most_in_a_row: Constant::new(bits::<3>(u64::from(ordered_set::SETS_PER_REAL_IDLE) - 1)),
        }
            defaults clk reset enable record set_sent offer_taken offer_valid offer fields place started ready crc in_a_row byte
            symbol)
    }
}

impl Logic for UtilisationInject {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, fields, place, started, ready, crc, in_a_row, byte);
        self.symbol.next = 0.into();
        if self.place.q.val().get_bits::<3>(8).any() {
            self.symbol.next = self.crc.q.val().get_bits::<6>(10);
        }
        for i in 0..8 {
            if self.place.q.val().get_bit(i) {
                self.symbol.next = self.symbol.val() | self.fields.q.val().get_bits::<6>(42 - i * 6);
            }
        }
        self.alphabet.address.next = self.symbol.val();
        self.crc_net.x.next = (bit_cast::<22, 6>(self.symbol.val()) << 16) | bit_cast::<22, 16>(self.crc.q.val());
        self.byte.d.next = self.record_start.val();
        if self.started.q.val() {
            self.byte.d.next = self.alphabet.data.val();
        }
        if self.offer_taken.val() {
            if self.started.q.val() {
                self.crc.d.next = self.crc_net.y.val();
                self.place.d.next = self.place.q.val() << 1;
                if self.place.q.val().get_bit(10) {
                    self.started.d.next = false;
                }
            } else {
                self.started.d.next = true;
                self.place.d.next = self.first_symbol.val();
                self.crc.d.next = self.crc_initial.val();
                self.fields.d.next = self.record.val();
            }
        }
        if self.set_sent.val() {
            self.in_a_row.d.next = 0.into();
            if self.offer_taken.val() {
                self.in_a_row.d.next = self.in_a_row.q.val() + 1;
            }
        }
        self.ready.d.next = self.enable.val();
        if self.reset.val() | !self.enable.val() {
            self.started.d.next = false;
        }
        // One cycle after `enable` rises the byte is the start of a record for certain.
        self.offer_valid.next = self.enable.val() & self.ready.q.val() & (self.in_a_row.q.val() != self.most_in_a_row.val());
        self.offer.next = self.byte.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use spareband_spec::ordered_set::IDLE_2;
    use spareband_spec::record::Record;

    /// Takes whatever is offered, a set every second cycle; returns the second code-groups.
    fn run(uut: &mut UtilisationInject, sets: usize) -> Vec<u8> {
        (0..sets)
            .map(|_| {
                uut.set_sent.next = false;
                uut.offer_taken.next = false;
                tick!(*uut, clk);
                let value = if uut.offer_valid.val() {
                    uut.offer.val().to_u64() as u8
                } else {
                    IDLE_2
                };
                uut.offer_taken.next = uut.offer_valid.val();
                uut.set_sent.next = true;
                tick!(*uut, clk);
                value
            })
            .collect()
    }

    fn enabled(fields: u64) -> UtilisationInject {
        let mut uut = UtilisationInject::default();
        uut.connect_all();
        uut.enable.next = true;
        uut.record.next = fields.into();
        tick!(uut, clk);
        tick!(uut, clk);
        uut
    }

    #[test]
    fn sends_the_known_answers() {
        // LINK_PROTOCOL.md's first and fourth record.
        let rows: [(Record, [u8; 12]); 2] = [
            (
                Record {
                    version: 1,
                    admin: 0,
                    seq: 5,
                    cpu: 0x4B,
                    irq: 0x0C,
                    work: 0x80,
                    power: 0x20,
                    queue: 0x10,
                },
                [0xA2, 0x38, 0x3E, 0xC4, 0x21, 0x85, 0x07, 0x03, 0x37, 0xD0, 0x8C, 0x91],
            ),
            (
                Record {
                    version: 1,
                    admin: 2,
                    seq: 9,
                    cpu: 0x33,
                    irq: 0xCC,
                    work: 0x01,
                    power: 0xFE,
                    queue: 0x7F,
                },
                [0xA2, 0x77, 0x3D, 0x30, 0x21, 0x03, 0x83, 0xED, 0xFC, 0x8D, 0xF4, 0x6F],
            ),
        ];
        for (record, expected) in rows {
            let mut uut = enabled(record.pack());
            let sent = run(&mut uut, 28);
            let carried: Vec<u8> = sent.iter().copied().filter(|value| *value != IDLE_2).collect();
            assert_eq!(carried[..12], expected);
            assert_eq!(carried[12..24], expected);
            assert!(
                sent.chunks_exact(8)
                    .all(|sets| sets.iter().filter(|value| **value == IDLE_2).count() == 1)
            );
        }
    }

    #[test]
    fn a_record_is_taken_whole() {
        let (one, two) = (0x4123_4567_89AB_u64, 0x4FED_CBA9_8765_u64);
        let mut uut = enabled(one);
        run(&mut uut, 3);
        uut.record.next = two.into();
        let sent: Vec<u8> = run(&mut uut, 24).into_iter().filter(|value| *value != IDLE_2).collect();
        assert_eq!(sent[..9], spareband_spec::record::sets(one)[3..]);
        assert_eq!(sent[9..21], spareband_spec::record::sets(two));
    }

    #[test]
    fn offers_nothing_when_disabled_and_starts_again() {
        let fields = 0x4123_4567_89AB_u64;
        let mut uut = enabled(fields);
        run(&mut uut, 5);
        uut.enable.next = false;
        assert!(run(&mut uut, 5).iter().all(|value| *value == IDLE_2));
        uut.enable.next = true;
        let sent: Vec<u8> = run(&mut uut, 20).into_iter().filter(|value| *value != IDLE_2).collect();
        assert_eq!(sent[..12], spareband_spec::record::sets(fields));
    }
}
