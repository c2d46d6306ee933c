//! Mode A of the link protocol, receive: utilisation sets back to records (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | sync | in | clk | the receiver is synchronised; low drops what has been collected |
//! | k28_5_minus | in | clk | this code-group is exactly `001111 1010` |
//! | data, value | in | clk | this code-group is a valid /D/, and which |
//! | valid | out | clk | `record` is good and of the known version: a pulse |
//! | record | out | clk | version down to queue; holds until the next record's first symbol |
//! | crc_error | out | clk | a record came with a wrong CRC or padding, or was cut short by the next: a pulse |
//! | version_error | out | clk | a record with a good CRC is of another version: a pulse |
//!
//! Invariant: exactly one of valid, crc_error and version_error follows every start of a record but the last before a loss of sync.
//! Latency: 4 cycles from the last symbol's code-group (`latency_is_four`). Throughput: a set every 2 cycles.
//!
//! A valid /D/ of the alphabet after K28.5 at negative disparity is at positive disparity, where each has one form: the byte says
//! the exact ten bits. Any other set is an idle and leaves the collection as it is, so that a damaged set shows as a wrong CRC.

use super::inject::crc_step;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, XorNet};
use spareband_spec::{ordered_set, record};

#[derive(LogicBlock)]
pub struct UtilisationExtract {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub sync: Signal<In, Bit>,
    pub k28_5_minus: Signal<In, Bit>,
    pub data: Signal<In, Bit>,
    pub value: Signal<In, Bits<8>>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub crc_error: Signal<Out, Bit>,
    pub version_error: Signal<Out, Bit>,
    /// Byte to {start of record, of the alphabet, six bits}.
    symbols: LookupTable<8, 8>,
    crc_net: XorNet<22, 16>,
    crc_initial: Constant<Bits<16>>,
    field_symbols: Constant<Bits<4>>,
    last_symbol: Constant<Bits<4>>,
    version: Constant<Bits<2>>,
    after_k28_5: DFF<Bit>,
    is_set: DFF<Bit>,
    byte: DFF<Bits<8>>,
    is_start: DFF<Bit>,
    is_symbol: DFF<Bit>,
    symbol: DFF<Bits<6>>,
    collecting: DFF<Bit>,
    count: DFF<Bits<4>>,
    crc: DFF<Bits<16>>,
    fields: DFF<Bits<48>>,
    padding: DFF<Bit>,
    done: DFF<Bit>,
    cut: DFF<Bit>,
    crc_zero: Signal<Local, Bit>,
    good_version: Signal<Local, Bit>,
    is_valid: DFF<Bit>,
    is_crc_error: DFF<Bit>,
    is_version_error: DFF<Bit>,
}

fn entry(value: u64) -> u64 {
    let start = value as u8 == ordered_set::RECORD_START;
    match ordered_set::symbol(value as u8) {
        Some(symbol) => u64::from(symbol) | 1 << 6,
        None => u64::from(start) << 7,
    }
}

impl Default for UtilisationExtract {
    fn default() -> Self {
        Self {
            clk: Default::default(),
            reset: Default::default(),
            sync: Default::default(),
            k28_5_minus: Default::default(),
            data: Default::default(),
            value: Default::default(),
            valid: Default::default(),
            record: Default::default(),
            crc_error: Default::default(),
            version_error: Default::default(),
            symbols: LookupTable::new((0..256).map(entry).collect()),
            crc_net: XorNet::from_fn(crc_step),
            crc_initial: Constant::new(bits::<16>(u64::from(record::CRC_INITIAL))),
            field_symbols: Constant::new(bits::<4>(record::FIELD_SYMBOLS as u64)),
            last_symbol: Constant::new(bits::<4>(record::SYMBOLS as u64 - 1)),
            version: Constant::new(bits::<2>(u64::from(record::VERSION))),
            after_k28_5: Default::default(),
            is_set: Default::default(),
            byte: Default::default(),
            is_start: Default::default(),
            is_symbol: Default::default(),
            symbol: Default::default(),
            collecting: Default::default(),
            count: Default::default(),
            crc: Default::default(),
            fields: Default::default(),
            padding: Default::default(),
            done: Default::default(),
            cut: Default::default(),
            crc_zero: Default::default(),
            good_version: Default::default(),
            is_valid: Default::default(),
            is_crc_error: Default::default(),
            is_version_error: Default::default(),
        }
    }
}

impl Logic for UtilisationExtract {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            after_k28_5,
            is_set,
            byte,
            is_start,
            is_symbol,
            symbol,
            collecting,
            count,
            crc,
            fields
        );
        dff_setup!(self, clk, padding, done, cut, is_valid, is_crc_error, is_version_error);
        self.after_k28_5.d.next = self.k28_5_minus.val();
        self.is_set.d.next = self.after_k28_5.q.val() & self.data.val() & self.sync.val();
        self.byte.d.next = self.value.val();
        self.symbols.address.next = self.byte.q.val();
        self.symbol.d.next = self.symbols.data.val().get_bits::<6>(0);
        self.is_symbol.d.next = self.is_set.q.val() & self.symbols.data.val().get_bit(6);
        self.is_start.d.next = self.is_set.q.val() & self.symbols.data.val().get_bit(7);

        self.crc_net.x.next = (bit_cast::<22, 6>(self.symbol.q.val()) << 16) | bit_cast::<22, 16>(self.crc.q.val());
        self.done.d.next = false;
        self.cut.d.next = false;
        if self.is_start.q.val() {
            self.collecting.d.next = true;
            self.cut.d.next = self.collecting.q.val();
            self.count.d.next = 0.into();
            self.crc.d.next = self.crc_initial.val();
        }
        if self.is_symbol.q.val() & self.collecting.q.val() {
            self.count.d.next = self.count.q.val() + 1;
            self.crc.d.next = self.crc_net.y.val();
            self.padding.d.next = self.symbol.q.val().get_bits::<2>(0).any();
            if self.count.q.val() < self.field_symbols.val() {
                self.fields.d.next =
                    (bit_cast::<48, 42>(self.fields.q.val().get_bits::<42>(0)) << 6) | bit_cast::<48, 6>(self.symbol.q.val());
            }
            if self.count.q.val() == self.last_symbol.val() {
                self.collecting.d.next = false;
                self.done.d.next = true;
            }
        }
        if self.reset.val() | !self.sync.val() {
            self.collecting.d.next = false;
            self.done.d.next = false;
            self.cut.d.next = false;
        }

        // The whole record with its CRC leaves a zero register, as do zero bits after it.
        self.crc_zero.next = !self.crc.q.val().any() & !self.padding.q.val();
        self.good_version.next = self.fields.q.val().get_bits::<2>(46) == self.version.val();
        self.is_valid.d.next = self.done.q.val() & self.crc_zero.val() & self.good_version.val();
        self.is_version_error.d.next = self.done.q.val() & self.crc_zero.val() & !self.good_version.val();
        self.is_crc_error.d.next = self.cut.q.val() | (self.done.q.val() & !self.crc_zero.val());
        self.valid.next = self.is_valid.q.val();
        self.crc_error.next = self.is_crc_error.q.val();
        self.version_error.next = self.is_version_error.q.val();
        self.record.next = self.fields.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use rand::prelude::*;
    use spareband_spec::ordered_set::IDLE_2;

    #[derive(Debug, Default, PartialEq)]
    struct Seen {
        records: Vec<u64>,
        crc_errors: usize,
        version_errors: usize,
    }

    fn cycle(uut: &mut UtilisationExtract, k: bool, value: u8, seen: &mut Seen) {
        uut.k28_5_minus.next = k;
        uut.data.next = !k;
        uut.value.next = u64::from(value).into();
        tick!(*uut, clk);
        if uut.valid.val() {
            seen.records.push(uut.record.val().to_u64());
        }
        seen.crc_errors += usize::from(uut.crc_error.val());
        seen.version_errors += usize::from(uut.version_error.val());
    }

    fn run(sets: &[u8]) -> Seen {
        let mut uut = UtilisationExtract::default();
        uut.connect_all();
        uut.sync.next = true;
        let mut seen = Seen::default();
        for value in sets.iter().chain(&[IDLE_2; 4]) {
            cycle(&mut uut, true, 0xBC, &mut seen);
            cycle(&mut uut, false, *value, &mut seen);
        }
        seen
    }

    #[test]
    fn records_with_idles_anywhere_between() {
        let seed = 5;
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut sets, mut expected) = (vec![], vec![]);
        for _ in 0..100 {
            let fields = 1 << 46 | rng.r#gen::<u64>() >> 18;
            expected.push(fields);
            for value in record::sets(fields) {
                sets.extend(std::iter::repeat_n(IDLE_2, rng.gen_range(0..3)));
                sets.push(value);
            }
        }
        assert_eq!(
            run(&sets),
            Seen {
                records: expected,
                ..Default::default()
            },
            "seed {seed}"
        );
    }

    #[test]
    fn counts_what_is_wrong() {
        let good = record::sets(1 << 46 | 0x1234);
        assert_eq!(
            run(&record::sets(2 << 46 | 0x1234)),
            Seen {
                version_errors: 1,
                ..Default::default()
            }
        );
        for place in 1..12 {
            for symbol in 0..64 {
                let mut sets = good;
                sets[place] = ordered_set::ALPHABET[symbol];
                if sets != good {
                    assert_eq!(
                        run(&sets),
                        Seen {
                            crc_errors: 1,
                            ..Default::default()
                        },
                        "{place} {symbol}"
                    );
                }
            }
            // A set lost, then a good record.
            let mut sets = good.to_vec();
            sets.remove(place);
            sets.extend(good);
            let expected = Seen {
                records: vec![1 << 46 | 0x1234],
                crc_errors: 1,
                ..Default::default()
            };
            assert_eq!(run(&sets), expected);
        }
    }

    #[test]
    fn symbols_without_a_start_and_frames_are_nothing() {
        let good = record::sets(1 << 46 | 0x1234);
        assert_eq!(run(&good[1..]), Seen::default());
        let mut uut = UtilisationExtract::default();
        uut.connect_all();
        uut.sync.next = true;
        let mut seen = Seen::default();
        for value in good.iter().chain(&[0; 8]) {
            cycle(&mut uut, false, *value, &mut seen);
            cycle(&mut uut, false, *value, &mut seen);
        }
        assert_eq!(seen, Seen::default());
    }

    #[test]
    fn latency_is_four() {
        let mut uut = UtilisationExtract::default();
        uut.connect_all();
        uut.sync.next = true;
        let mut seen = Seen::default();
        for value in record::sets(1 << 46) {
            cycle(&mut uut, true, 0xBC, &mut seen);
            cycle(&mut uut, false, value, &mut seen);
        }
        // The last call was the first of the four edges.
        for _ in 0..3 {
            assert!(seen.records.is_empty());
            cycle(&mut uut, false, 0, &mut seen);
        }
        assert_eq!(seen.records, [1 << 46]);
    }
}
