//! Elastic buffer: received GMII from the recovered clock to another of 125 MHz. Clause 36 leaves it to the implementer; what it does to gaps is what
//! IEEE 802.3 allows between a transmitter's 12 octets and a receiver's 8 (4.4.2, note on interPacketGap).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk, write_reset | in | | the recovered clock, 125 MHz; active high |
//! | in_rxd, in_rx_dv, in_rx_er | in | write_clk | GMII as received |
//! | read_clk, read_reset | in | | 125 MHz, each of the two within 200 ppm; active high |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | out | read_clk | the same GMII |
//! | frames_broken | out | read_clk | frames that overflow or underflow broke, as they come; 0 for none |
//!
//! A burst is a run of octets with rx_dv or rx_er. It goes whole into a RAM of 32 words, with at most 8 of the idles after it; the reader starts a burst
//! when 6 words are there, and makes the other idles itself. So every long gap brings the delay back to its least, and nothing is steered:
//!
//! Invariant: every octet with rx_dv or rx_er comes out once, unchanged and in order, and no burst has a hole; a gap is not shorter than it came
//! or 8, whichever is less, and not longer by more than 5 (`every_burst_passes_unchanged`).
//! Range: clocks 400 ppm apart, that is 200 ppm each (the standard wants 100), with frames of 9,600 bytes and a tag back to back at gaps of 12
//! without end (`jumbo_frames_pass_whole_at_any_skew`): such a frame and its gap gain 3.9 octets, the gap gives back 4.
//! Latency: a burst's first octet 9 to 10 cycles of read_clk, by phase, at any skew in the range (`latencies`); its later ones at most 4 less or more by
//! then. After gaps below 12 a fast writer's burst waits longer, at most until the RAM is full. Throughput: an octet a cycle.
//! Beyond the range: a burst that finds the RAM full is cut there, one whose next octet is not there in time ends there; after what came of it stands one
//! octet more, with rx_dv and rx_er. The rest is dropped, and a burst that begins while the RAM is full, whole. Each counts once in `frames_broken`
//! (`beyond_the_range_frames_are_marked_and_counted`).
//! Reset of either side, or its clock standing still, does not upset the other: pointers are never reset. `write_reset` cuts a burst as a full RAM does, but
//! uncounted; `read_reset` cuts it at once, and drops the rest (`a_reset_breaks_what_is_on_its_way_and_no_more`).
//! Not handled: low power idle (a burst that does not end).

use rust_hdl::prelude::*;
use spareband_hdl::comment;
use spareband_hdl::parts::{CdcEvents, DualClockRam};

/// Idles stored after a burst: the gap that is kept.
const LEAST_GAP: u64 = 8;
/// Words in the RAM with which a burst may start: 4 octets of skew, one of phase, one to take.
const START: u64 = 6;

/// Of the reader.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    Gap,
    Burst,
    /// A burst was ended before its end came.
    Discard,
}

#[derive(LogicBlock)]
pub struct ElasticBuffer {
    pub write_clk: Signal<In, Clock>,
    pub write_reset: Signal<In, Bit>,
    pub in_rxd: Signal<In, Bits<8>>,
    pub in_rx_dv: Signal<In, Bit>,
    pub in_rx_er: Signal<In, Bit>,
    pub read_clk: Signal<In, Clock>,
    pub read_reset: Signal<In, Bit>,
    pub gmii_rxd: Signal<Out, Bits<8>>,
    pub gmii_rx_dv: Signal<Out, Bit>,
    pub gmii_rx_er: Signal<Out, Bit>,
    pub frames_broken: Signal<Out, Bits<6>>,
    /// {rx_er, rx_dv, rxd}; an idle is zero, and one with bit 0 set ends a burst that was cut.
    ram: DualClockRam<10, 5>,
    stored: CdcEvents,
    taken: CdcEvents,
    overflows: CdcEvents,
    none: Constant<Bits<6>>,
    no_idles: Constant<Bits<4>>,
    least_gap: Constant<Bits<4>>,
    start_level: Constant<Bits<6>>,
    idle_word: Constant<Bits<10>>,
    cut_word: Constant<Bits<10>>,
    error_word: Constant<Bits<10>>,

    write_pointer: DFF<Bits<5>>,
    /// Words in the RAM as far as the writer knows, never too few.
    used: DFF<Bits<6>>,
    /// Idles still to store; all of them: a burst is open.
    idles: DFF<Bits<4>>,
    /// The burst, or the one that began before its mark was stored, is not stored any more.
    cut: DFF<Bit>,
    /// The mark that ends a cut burst is still to be stored.
    owed: DFF<Bit>,
    was_busy: DFF<Bit>,
    busy: Signal<Local, Bit>,
    open: Signal<Local, Bit>,
    room: Signal<Local, Bit>,
    may_store: Signal<Local, Bit>,
    store: Signal<Local, Bit>,
    break_burst: Signal<Local, Bit>,
    store_increment: Signal<Local, Bits<6>>,

    state: DFF<State>,
    read_pointer: DFF<Bits<5>>,
    /// Words in the RAM as far as the reader knows, never too many.
    level: DFF<Bits<6>>,
    out: DFF<Bits<10>>,
    broken: DFF<Bits<6>>,
    underflow: DFF<Bit>,
    word: Signal<Local, Bits<10>>,
    word_busy: Signal<Local, Bit>,
    word_cut: Signal<Local, Bit>,
    available: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    take_decrement: Signal<Local, Bits<6>>,
    next_pointer: Signal<Local, Bits<5>>,
}

impl Default for ElasticBuffer {
    fn default() -> Self {
        with_defaults!(Self {
            none: Constant::new(bits(0)),
            no_idles: Constant::new(bits(0)),
            least_gap: Constant::new(bits(LEAST_GAP)),
            start_level: Constant::new(bits(START)),
            idle_word: Constant::new(bits(0)),
            cut_word: Constant::new(bits(1)),
            error_word: Constant::new(bits(0x300)),
        }
            defaults write_clk write_reset in_rxd in_rx_dv in_rx_er read_clk read_reset gmii_rxd gmii_rx_dv gmii_rx_er frames_broken
            ram stored taken overflows write_pointer used idles cut owed was_busy busy open room may_store store break_burst store_increment state read_pointer
            level out broken underflow word word_busy word_cut available take take_decrement next_pointer)
    }
}

impl Logic for ElasticBuffer {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, write_clk, write_pointer, used, idles, cut, owed, was_busy);
        dff_setup!(self, read_clk, state, read_pointer, level, out, broken, underflow);
        self.ram.write_clk.next = self.write_clk.val();
        self.ram.read_clk.next = self.read_clk.val();
        self.stored.in_clk.next = self.write_clk.val();
        self.stored.out_clk.next = self.read_clk.val();
        self.taken.in_clk.next = self.read_clk.val();
        self.taken.out_clk.next = self.write_clk.val();
        self.overflows.in_clk.next = self.write_clk.val();
        self.overflows.out_clk.next = self.read_clk.val();

        comment!("Write side.");
        self.busy.next = self.in_rx_dv.val() | self.in_rx_er.val();
        self.open.next = self.idles.q.val() == self.least_gap.val();
        self.room.next = !self.used.q.val().get_bit(5);
        self.may_store.next = self.room.val() & !self.write_reset.val();
        self.was_busy.d.next = self.busy.val();
        self.store.next = false;
        self.break_burst.next = false;
        self.ram.write_data.next = (bit_cast::<10, 1>(self.in_rx_er.val().into()) << 9)
            | (bit_cast::<10, 1>(self.in_rx_dv.val().into()) << 8)
            | bit_cast::<10, 8>(self.in_rxd.val());
        if self.cut.q.val() {
            if self.owed.q.val() {
                self.ram.write_data.next = self.cut_word.val();
                if self.room.val() {
                    self.store.next = true;
                    self.owed.d.next = false;
                    self.idles.d.next = self.idles.q.val() - 1;
                }
            } else if !self.busy.val() {
                self.cut.d.next = false;
            }
            self.break_burst.next = self.busy.val() & !self.was_busy.q.val() & !self.write_reset.val();
        } else if self.busy.val() {
            if self.may_store.val() {
                self.store.next = true;
                self.idles.d.next = self.least_gap.val();
            } else {
                self.cut.d.next = true;
                self.owed.d.next = self.open.val();
                self.break_burst.next = !self.write_reset.val();
            }
        } else {
            self.ram.write_data.next = self.idle_word.val();
            if self.open.val() & !self.may_store.val() {
                comment!("The end of the burst has no room, or the reset cuts it.");
                self.cut.d.next = true;
                self.owed.d.next = true;
                self.break_burst.next = !self.write_reset.val();
            } else if (self.idles.q.val() != self.no_idles.val()) & self.room.val() {
                self.store.next = true;
                self.idles.d.next = self.idles.q.val() - 1;
            }
        }
        self.ram.write_enable.next = self.store.val();
        self.ram.write_address.next = self.write_pointer.q.val();
        self.stored.event_in.next = self.store.val();
        self.overflows.event_in.next = self.break_burst.val();
        self.store_increment.next = self.none.val();
        if self.store.val() {
            self.write_pointer.d.next = self.write_pointer.q.val() + 1;
            self.store_increment.next = 1.into();
        }
        self.used.d.next = self.used.q.val() + self.store_increment.val() - self.taken.increment.val();

        comment!(
            "Read side. The RAM is read at its pointer in every cycle: when a word counts as there, it was read after it was written."
        );
        self.word.next = self.ram.read_data.val();
        self.word_busy.next = self.word.val().get_bit(9) | self.word.val().get_bit(8);
        self.word_cut.next = !self.word_busy.val() & self.word.val().get_bit(0);
        self.available.next = self.level.q.val() != self.none.val();
        self.take.next = false;
        self.out.d.next = self.idle_word.val();
        self.underflow.d.next = false;
        match self.state.q.val() {
            State::Burst => {
                self.take.next = self.available.val();
                self.out.d.next = self.word.val();
                if !self.available.val() {
                    self.out.d.next = self.error_word.val();
                    self.underflow.d.next = true;
                    self.state.d.next = State::Discard;
                } else if !self.word_busy.val() {
                    self.state.d.next = State::Gap;
                    if self.word_cut.val() {
                        self.out.d.next = self.error_word.val();
                    }
                }
            }
            State::Discard => {
                self.take.next = self.available.val();
                if self.available.val() & !self.word_busy.val() {
                    self.state.d.next = State::Gap;
                }
            }
            _ => {
                if self.available.val() {
                    if !self.word_busy.val() {
                        self.take.next = true;
                    } else if self.level.q.val() >= self.start_level.val() {
                        self.take.next = true;
                        self.out.d.next = self.word.val();
                        self.state.d.next = State::Burst;
                    }
                }
            }
        }
        if self.read_reset.val() {
            self.take.next = false;
            self.out.d.next = self.idle_word.val();
            self.underflow.d.next = false;
            self.state.d.next = self.state.q.val();
            if self.state.q.val() == State::Burst {
                self.state.d.next = State::Discard;
            }
        }
        self.next_pointer.next = self.read_pointer.q.val();
        self.take_decrement.next = self.none.val();
        if self.take.val() {
            self.next_pointer.next = self.read_pointer.q.val() + 1;
            self.take_decrement.next = 1.into();
        }
        self.read_pointer.d.next = self.next_pointer.val();
        self.ram.read_address.next = self.next_pointer.val();
        self.taken.event_in.next = self.take.val();
        self.level.d.next = self.level.q.val() + self.stored.increment.val() - self.take_decrement.val();
        self.broken.d.next = self.overflows.increment.val() + bit_cast::<6, 1>(self.underflow.q.val().into());
        self.frames_broken.next = self.broken.q.val();
        self.gmii_rxd.next = self.out.q.val().get_bits::<8>(0);
        self.gmii_rx_dv.next = self.out.q.val().get_bit(8);
        self.gmii_rx_er.next = self.out.q.val().get_bit(9);
    }
}
