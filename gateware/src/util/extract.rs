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
//! Latency: 5 cycles from the last symbol's code-group (`latency_is_five`). Throughput: a set every 2 cycles.
//!
//! A valid /D/ of the alphabet after K28.5 at negative disparity is at positive disparity, where each has one form: the byte says
//! the exact ten bits. From byte to symbol by lists of x rather than by one table of 256: a third of its size. Any other set is an idle and leaves the collection as it is, so that a damaged set shows as a wrong CRC.

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
    /// y to the list its bytes are in.
    lists: LookupTable<3, 2>,
    /// {list, x} to {in the list, place in the list}.
    places: LookupTable<7, 5>,
    /// {x above `missing_x`, y} to {y has a list, index of the list's first byte}.
    firsts: LookupTable<4, 7>,
    missing_x: Constant<Bits<5>>,
    missing: Constant<Bits<8>>,
    record_start: Constant<Bits<8>>,
    crc_net: XorNet<22, 16>,
    crc_initial: Constant<Bits<16>>,
    field_symbols: Constant<Bits<4>>,
    last_symbol: Constant<Bits<4>>,
    version: Constant<Bits<2>>,
    after_k28_5: DFF<Bit>,
    is_set: DFF<Bit>,
    byte: DFF<Bits<8>>,
    y: DFF<Bits<3>>,
    place: DFF<Bits<4>>,
    above_missing: DFF<Bit>,
    may_be_symbol: DFF<Bit>,
    is_start_byte: DFF<Bit>,
    first: Signal<Local, Bits<6>>,
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

/// The x of an y's bytes in the alphabet.
fn list(y: u64) -> Vec<u64> {
    ordered_set::ALPHABET
        .iter()
        .map(|value| u64::from(*value))
        .filter(|value| value >> 5 == y)
        .map(|value| value & 31)
        .collect()
}

/// Four lists serve all y: those of y = 1, 3 and 6 are one, and that of y = 0 is that of y = 7 without one x.
const LIST_OF_Y: [u64; 8] = [0, 2, 0, 2, 1, 3, 2, 0];
const Y_OF_LIST: [u64; 4] = [7, 4, 1, 5];

/// The x that y = 0 lacks.
fn missing_x() -> u64 {
    let (short, long) = (list(0), list(7));
    let missing: Vec<u64> = long.into_iter().filter(|x| !short.contains(x)).collect();
    assert_eq!(missing.len(), 1);
    missing[0]
}

fn place_entry(address: u64) -> u64 {
    let list = list(Y_OF_LIST[(address >> 5) as usize]);
    let below = list.iter().filter(|x| **x < address & 31).count() as u64;
    below | u64::from(list.contains(&(address & 31))) << 4
}

fn first_entry(address: u64) -> u64 {
    let (above, y) = (address >> 3, address & 7);
    let first = ordered_set::ALPHABET.iter().position(|value| u64::from(value >> 5) == y);
    let shift = u64::from(y == 0) & above;
    first.map_or(0, |first| 1 << 6 | ((first as u64).wrapping_sub(shift) & 63))
}

impl Default for UtilisationExtract {
    fn default() -> Self {
        with_defaults!(Self {
            lists: LookupTable::new(LIST_OF_Y.to_vec()),
            places: LookupTable::new((0..128).map(place_entry).collect()),
            firsts: LookupTable::new((0..16).map(first_entry).collect()),
            missing_x: Constant::new(bits::<5>(missing_x())),
            missing: Constant::new(bits::<8>(missing_x())),
            record_start: Constant::new(bits::<8>(u64::from(ordered_set::RECORD_START))),
            crc_net: XorNet::from_fn(crc_step),
            crc_initial: Constant::new(bits::<16>(u64::from(record::CRC_INITIAL))),
            field_symbols: Constant::new(bits::<4>(record::FIELD_SYMBOLS as u64)),
            last_symbol: Constant::new(bits::<4>(record::SYMBOLS as u64 - 1)),
            version: Constant::new(bits::<2>(u64::from(record::VERSION))),
        }
            defaults clk reset sync k28_5_minus data value valid record crc_error version_error after_k28_5 is_set byte y place
            above_missing may_be_symbol is_start_byte first is_start is_symbol symbol collecting count crc fields padding done cut
            crc_zero good_version is_valid is_crc_error is_version_error)
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
        dff_setup!(self, clk, y, place, above_missing, may_be_symbol, is_start_byte);
        dff_setup!(self, clk, padding, done, cut, is_valid, is_crc_error, is_version_error);
        self.after_k28_5.d.next = self.k28_5_minus.val();
        self.is_set.d.next = self.after_k28_5.q.val() & self.data.val() & self.sync.val();
        self.byte.d.next = self.value.val();
        self.lists.address.next = self.byte.q.val().get_bits::<3>(5);
        self.places.address.next = (bit_cast::<7, 2>(self.lists.data.val()) << 5) | bit_cast::<7, 5>(self.byte.q.val().get_bits::<5>(0));
        self.y.d.next = self.byte.q.val().get_bits::<3>(5);
        self.place.d.next = self.places.data.val().get_bits::<4>(0);
        self.above_missing.d.next = self.byte.q.val().get_bits::<5>(0) > self.missing_x.val();
        self.may_be_symbol.d.next = self.is_set.q.val() & self.places.data.val().get_bit(4) & (self.byte.q.val() != self.missing.val());
        self.is_start_byte.d.next = self.is_set.q.val() & (self.byte.q.val() == self.record_start.val());
        self.firsts.address.next = (bit_cast::<4, 1>(self.above_missing.q.val().into()) << 3) | bit_cast::<4, 3>(self.y.q.val());
        self.first.next = self.firsts.data.val().get_bits::<6>(0);
        self.symbol.d.next = self.first.val() + bit_cast::<6, 4>(self.place.q.val());
        self.is_symbol.d.next = self.may_be_symbol.q.val() & self.firsts.data.val().get_bit(6);
        self.is_start.d.next = self.is_start_byte.q.val();

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
    fn latency_is_five() {
        let mut uut = UtilisationExtract::default();
        uut.connect_all();
        uut.sync.next = true;
        let mut seen = Seen::default();
        for value in record::sets(1 << 46) {
            cycle(&mut uut, true, 0xBC, &mut seen);
            cycle(&mut uut, false, value, &mut seen);
        }
        // The last call was the first of the five edges.
        for _ in 0..4 {
            assert!(seen.records.is_empty());
            cycle(&mut uut, false, 0, &mut seen);
        }
        assert_eq!(seen.records, [1 << 46]);
    }
}
