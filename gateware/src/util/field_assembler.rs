//! Modes C and D, receive: rounds of six fields back to records (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | clear | in | clk | drops what has been collected, and what comes now |
//! | field_valid, field, value | in | clk | a field with a good check; indices above 5 are reserved and passed over |
//! | field_error | in | clk | a field with a wrong check: the round is void |
//! | valid, record | out | clk | a whole round: a pulse, and version down to queue; holds until the next field |
//! | error | out | clk | a pulse for each field_error and for each open round that ends before field 5 |
//!
//! Invariant: a record is given for six fields 0 to 5 that came in this order with nothing wrong, missing or doubled between them, and for
//! nothing else. What it cannot see: exactly six fields in a row lost (or a multiple), whose neighbours then make one round.
//! Latency: 1 cycle from field 5. Throughput: a field a cycle. Measured by `rounds_lost_doubled_swapped_and_damaged`.

use rust_hdl::prelude::*;
use spareband_spec::{embedding, record};

#[derive(LogicBlock)]
pub struct FieldAssembler {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub clear: Signal<In, Bit>,
    pub field_valid: Signal<In, Bit>,
    pub field: Signal<In, Bits<4>>,
    pub value: Signal<In, Bits<8>>,
    pub field_error: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub error: Signal<Out, Bit>,
    field_admin: Constant<Bits<4>>,
    version: Constant<Bits<48>>,
    /// Index of the field to come; 0: no round is open.
    expected: DFF<Bits<4>>,
    loads: DFF<Bits<40>>,
    last: DFF<Bits<8>>,
    is_valid: DFF<Bit>,
    is_error: DFF<Bit>,
    known: Signal<Local, Bit>,
    first: Signal<Local, Bit>,
    fits: Signal<Local, Bit>,
}

impl Default for FieldAssembler {
    fn default() -> Self {
        // The slices of `update`, which cannot name constants.
        assert_eq!([record::ADMIN_BIT, record::SEQ_BIT, record::CPU_BIT], [44, 40, 32]);
        with_defaults!(Self {
            field_admin: Constant::new(bits::<4>(u64::from(embedding::FIELD_ADMIN))),
            version: Constant::new(bits::<48>(u64::from(record::VERSION) << record::VERSION_BIT)),
        }
            defaults clk reset clear field_valid field value field_error valid record error expected loads last is_valid is_error
            known first fits)
    }
}

impl Logic for FieldAssembler {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, expected, loads, last, is_valid, is_error);
        self.known.next = self.field_valid.val() & (self.field.val() <= self.field_admin.val());
        self.first.next = !self.field.val().any();
        self.fits.next = self.field.val() == self.expected.q.val();
        self.is_valid.d.next = false;
        self.is_error.d.next = self.field_error.val();
        if self.field_error.val() {
            self.expected.d.next = 0.into();
        } else {
            if self.known.val() {
                self.last.d.next = self.value.val();
                self.expected.d.next = 0.into();
                if self.fits.val() | self.first.val() {
                    self.expected.d.next = self.field.val() + 1;
                }
                // `expected` is 0 while no round is open, and a first field fits.
                self.is_error.d.next = self.expected.q.val().any() & !self.fits.val();
                if self.field.val() == self.field_admin.val() {
                    self.expected.d.next = 0.into();
                    self.is_valid.d.next = self.fits.val();
                } else {
                    self.loads.d.next =
                        (bit_cast::<40, 32>(self.loads.q.val().get_bits::<32>(0)) << 8) | bit_cast::<40, 8>(self.value.val());
                }
            }
        }
        if self.reset.val() | self.clear.val() {
            self.expected.d.next = 0.into();
            self.is_valid.d.next = false;
            self.is_error.d.next = false;
        }
        self.valid.next = self.is_valid.q.val();
        self.error.next = self.is_error.q.val();
        self.record.next = self.version.val()
            | (bit_cast::<48, 2>(self.last.q.val().get_bits::<2>(0)) << 44)
            | (bit_cast::<48, 4>(self.last.q.val().get_bits::<4>(4)) << 40)
            | bit_cast::<48, 40>(self.loads.q.val());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use rand::prelude::*;

    /// What one cycle brings.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Event {
        Nothing,
        Field(u8, u8),
        Wrong,
        Clear,
    }
    use Event::*;

    fn run(events: &[Event]) -> (Vec<u64>, usize) {
        let mut uut = FieldAssembler::default();
        uut.connect_all();
        let (mut records, mut errors) = (vec![], 0);
        for event in events {
            uut.clear.next = *event == Clear;
            uut.field_error.next = *event == Wrong;
            uut.field_valid.next = matches!(event, Field(..));
            if let Field(field, value) = event {
                uut.field.next = u64::from(*field).into();
                uut.value.next = u64::from(*value).into();
            }
            tick!(uut, clk);
            if uut.valid.val() {
                records.push(uut.record.val().to_u64());
            }
            errors += usize::from(uut.error.val());
        }
        (records, errors)
    }

    fn round(fields: u64) -> Vec<Event> {
        (0..6).map(|field| Field(field, embedding::field_value(fields, field))).collect()
    }

    const ONE: u64 = 0x4523_4567_89AB;
    const TWO: u64 = 0x56FE_DCBA_9876;

    #[test]
    fn rounds_lost_doubled_swapped_and_damaged() {
        let two = round(TWO);
        assert_eq!(run(&[round(ONE), two.clone()].concat()), (vec![ONE, TWO], 0));
        for place in 0..6 {
            let mut lost = round(ONE);
            lost.remove(place);
            // Without its first field a round is none; it was never open.
            let errors = usize::from(place != 0);
            assert_eq!(run(&[lost, two.clone()].concat()), (vec![TWO], errors), "lost {place}");
            let mut doubled = round(ONE);
            doubled.insert(place, doubled[place]);
            let expected = match place {
                // The second first field opens the round anew; the second last one belongs to none.
                0 => (vec![ONE, TWO], 1),
                5 => (vec![ONE, TWO], 0),
                _ => (vec![TWO], 1),
            };
            assert_eq!(run(&[doubled, two.clone()].concat()), expected, "doubled {place}");
            let mut damaged = round(ONE);
            damaged[place] = Wrong;
            assert_eq!(run(&[damaged, two.clone()].concat()), (vec![TWO], 1), "damaged {place}");
            let mut cleared = round(ONE);
            cleared.insert(place + 1, Clear);
            let records = if place == 5 { vec![ONE, TWO] } else { vec![TWO] };
            assert_eq!(run(&[cleared, two.clone()].concat()), (records, 0), "cleared {place}");
            let mut reserved = round(ONE);
            for field in 6..16 {
                reserved.insert(place, Field(field, 0x5A));
            }
            assert_eq!(run(&reserved), (vec![ONE], 0), "reserved {place}");
            if place < 5 {
                let mut swapped = round(ONE);
                swapped.swap(place, place + 1);
                assert_eq!(run(&[swapped, two.clone()].concat()), (vec![TWO], 1), "swapped {place}");
            }
        }
    }

    /// Fields lost, doubled and damaged at random: what comes out is what a list of the last six says.
    #[test]
    fn random_rounds() {
        let seed = 17;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut events = vec![];
        for _ in 0..2000 {
            for event in round(1 << 46 | rng.r#gen::<u64>() >> 18) {
                let copies = if rng.gen_bool(0.06) { rng.gen_range(0..3) } else { 1 };
                events.extend(std::iter::repeat_n(if rng.gen_bool(0.02) { Wrong } else { event }, copies));
                events.extend(std::iter::repeat_n(Nothing, rng.gen_range(0..2)));
            }
        }
        let line: Vec<Event> = events.iter().copied().filter(|event| *event != Nothing).collect();
        let whole = line.windows(6).filter_map(|six| {
            let mut values = [0; 6];
            for (n, event) in six.iter().enumerate() {
                match event {
                    Field(field, value) if usize::from(*field) == n => values[n] = *value,
                    _ => return None,
                }
            }
            Some(embedding::round(values))
        });
        let expected: Vec<u64> = whole.collect();
        assert!(expected.len() > 1000);
        let (records, errors) = run(&events);
        assert_eq!(records, expected, "seed {seed}");
        let wrong = line.iter().filter(|event| **event == Wrong).count();
        assert!(errors > wrong, "seed {seed}");
    }
}
