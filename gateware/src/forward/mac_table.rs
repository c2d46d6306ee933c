//! Filtering database of the layer-2 switch: 2^S rows of 4 entries, learned and static. IEEE 802.1Q-2018, 8.7 and 8.8.
//!
//! > A static entry changes by the host only. What is learned at the uplink takes no place of what was learned at a blade. A look-up never finds a learned entry of a port that is being flushed.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset empties all, which takes 2^A cycles of finding nothing |
//! | aging_time | in | 32 | idle time of a learned entry in units of 65536 cycles; 0: for ever |
//! | flush | in | 17 | bit i: forget what was learned at port i; all bits: everything learned |
//! | flushing | out | 1 | a flush is not over; what is learned at its ports meanwhile may go too |
//! | lookup, lookup_ready, lookup_mac, lookup_vid | in, out, in, in | 1, 1, 48, 12 | a look-up is taken where both are set; first byte of the address lowest |
//! | result_valid | out | 1 | pulse 6 cycles after the look-up; the result stays until the next |
//! | found, found_port, found_static | out | 1, 5, 1 | port 0..15 a blade, 16 the uplink |
//! | learn, learn_ready, learn_mac, learn_vid, learn_port | in, out, in, in, in | 1, 1, 48, 12, 5 | a source is taken where both are set |
//! | moved, evicted, refused, expired | out | 1 | pulses: a learned address came to another port; took the place of another; found a row of static entries; an idle one went |
//! | host_write, host_remove, host_read, host_ready | in, in, in, out | 1 | a command is taken where it is set with `host_ready`, which gives way to `learn` |
//! | host_mac, host_vid, host_port | in | 48, 12, 5 | static entry to be written; entry to be removed |
//! | host_index | in | 16 | entry to be read: way 2, row S |
//! | host_done, host_good | out | 1 | pulse; written (not: a row of static entries), removed (not: there was none), the entry read is valid |
//! | host_entry | out | 71 | what was read: valid 1, static 1, age 4, port 5, vid 12, mac 48; stays until the next |
//!
//! The entries lie in two block RAMs, two ways in each: a word of theirs is half a row and has A = S + 1 address bits, the lowest for the half. A look-up reads a
//! row in the two cycles after it is taken. All else is one engine: learning and the host, of which one waits before it while its row is found, take a row, read,
//! compare, decide and write an entry; then the sweep ages and flushes entry by entry. It reads where no look-up does, and writes where none reads the same half.
//! Latency: look-up 6 cycles (`latencies`); what is learned while the engine rests is found by a look-up 12 cycles after it was taken (`latencies`).
//! Throughput: a look-up in 2 cycles; one that comes earlier is not taken. Look-ups keep the engine waiting for 4 cycles at most, then wait themselves
//! until it has read, 4 cycles at most. A source is taken after 10 cycles at most (`learning_is_bounded`), and waits up to 10 more where the engine is at something
//! else; so one in 11 cycles beside look-ups. Two look-ups in 10 cycles wait for each other at most, and a source in these 10 cycles is taken at once
//! (`line_rate`): 84 byte times of 10 Gb/s are 10.5. A sweep is 2^(S + 2) entries in the gaps.
//! A full row: an entry learned at the uplink in turn gives way; for a source at a blade or the host, where there is none, a learned one in turn. So
//! whoever floods the uplink with sources displaces the uplink's own only; a station that is heard elsewhere moves, whichever port that is. An idle entry goes after 15/16 to 16/16 of the time, later where sources leave the sweep no gap.
//! Bad input: group addresses are not learned; ports past 16 are learned as they are.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{SimpleDualPortRam, XorNet};
use spareband_spec::frame::{AGE_EXPIRED, SWEEPS_A_TIMEOUT};
use spareband_spec::mac_table;
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;

/// Entry: valid, static, age 4, port 5, vid 12, mac 48.
const ENTRY: usize = 71;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Lookup {
    /// Bit i: a look-up was taken i + 1 cycles ago.
    stage: Bits<6>,
    /// Bit i: the table was being emptied i + 1 cycles ago.
    blind: Bits<5>,
    /// Of the half row compared last.
    hit: Bits<2>,
    /// What the first half row gave.
    first_found: Bit,
    first_port: Bits<5>,
    first_static: Bit,
    found: Bit,
    port: Bits<5>,
    is_static: Bit,
}

/// A source or a command that waits for the engine; its row is found from here.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Asked {
    waits: Bit,
    learns: Bit,
    writes: Bit,
    removes: Bit,
    reads: Bit,
    port: Bits<5>,
    index: Bits<16>,
    key: Bits<60>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Engine {
    /// Bit 0: read the first half row or the one of the entry, 1 read the second, 2 RAM, 3 compare, 4 decide, 5 write.
    step: Bits<6>,
    /// At one of the steps.
    busy: Bit,
    /// Bit i: a half row was read i + 1 cycles ago.
    fetched: Bits<2>,
    /// Cycles in which look-ups kept it from reading; 3 for more.
    waited: Bits<2>,
    learns: Bit,
    writes: Bit,
    removes: Bit,
    reads: Bit,
    sweeps: Bit,
    port: Bits<5>,
    /// RAM of the entry that is read or swept.
    way: Bit,
    /// Of the row's ways.
    hit: Bits<4>,
    free: Bits<4>,
    fixed: Bits<4>,
    uplink: Bits<4>,
    same_port: Bits<4>,
    /// Ways that may give way to the engine's entry.
    loose: Bits<4>,
    /// The entry that is swept is of a port that is being flushed.
    doomed: Bit,
    /// RAMs to be written; the half stands in the address.
    enables: Bits<2>,
    /// The entry is removed, not written.
    clears: Bit,
    /// Rotates over the ways that give way.
    victim: Bits<2>,
    moved: Bit,
    evicted: Bit,
    refused: Bit,
    expired: Bit,
    done: Bit,
    good: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sweep {
    clearing: Bit,
    running: Bit,
    /// This one ages.
    ages: Bit,
    way: Bit,
    due: Bit,
    /// The sweep begins.
    begins: Bit,
    tick: Bits<12>,
    /// The tick has wrapped.
    wraps: Bit,
    elapsed: Bits<32>,
    asked: Bits<17>,
    flushes: Bits<17>,
}

#[derive(LogicBlock)]
pub struct MacTable<const S: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub aging_time: Signal<In, Bits<32>>,
    pub flush: Signal<In, Bits<17>>,
    pub flushing: Signal<Out, Bit>,
    pub lookup: Signal<In, Bit>,
    pub lookup_ready: Signal<Out, Bit>,
    pub lookup_mac: Signal<In, Bits<48>>,
    pub lookup_vid: Signal<In, Bits<12>>,
    pub result_valid: Signal<Out, Bit>,
    pub found: Signal<Out, Bit>,
    pub found_port: Signal<Out, Bits<5>>,
    pub found_static: Signal<Out, Bit>,
    pub learn: Signal<In, Bit>,
    pub learn_ready: Signal<Out, Bit>,
    pub learn_mac: Signal<In, Bits<48>>,
    pub learn_vid: Signal<In, Bits<12>>,
    pub learn_port: Signal<In, Bits<5>>,
    pub moved: Signal<Out, Bit>,
    pub evicted: Signal<Out, Bit>,
    pub refused: Signal<Out, Bit>,
    pub expired: Signal<Out, Bit>,
    pub host_write: Signal<In, Bit>,
    pub host_remove: Signal<In, Bit>,
    pub host_read: Signal<In, Bit>,
    pub host_ready: Signal<Out, Bit>,
    pub host_mac: Signal<In, Bits<48>>,
    pub host_vid: Signal<In, Bits<12>>,
    pub host_port: Signal<In, Bits<5>>,
    pub host_index: Signal<In, Bits<16>>,
    pub host_done: Signal<Out, Bit>,
    pub host_good: Signal<Out, Bit>,
    pub host_entry: Signal<Out, Bits<71>>,
    lookup_state: DFF<Lookup>,
    lookup_key: DFF<Bits<60>>,
    lookup_row: DFF<Bits<S>>,
    lookup_net: XorNet<60, S>,
    /// A look-up is taken: none was in the cycle before, and the engine does not press.
    lookup_open: DFF<Bit>,
    asked: DFF<Asked>,
    engine: DFF<Engine>,
    engine_key: DFF<Bits<60>>,
    engine_word: DFF<Bits<A>>,
    engine_net: XorNet<60, S>,
    sweep: DFF<Sweep>,
    sweep_word: DFF<Bits<A>>,
    ram: [SimpleDualPortRam<ENTRY, A>; 2],
    way: [DFF<Bits<ENTRY>>; 2],
    /// Static and port of the half row, a cycle after it was compared.
    glance: [DFF<Bits<6>>; 2],
    /// The entry that is read or swept.
    held: DFF<Bits<ENTRY>>,
    compare_key: DFF<Bits<60>>,
    entry_read: DFF<Bits<ENTRY>>,
    age_expired: Constant<Bits<4>>,
    age_mask: Constant<Bits<ENTRY>>,
    uplink_port: Constant<Bits<5>>,
    one: Constant<Bits<4>>,
    reading: Signal<Local, Bit>,
    pressed: Signal<Local, Bit>,
    still_fetches: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
    lookup_take: Signal<Local, Bit>,
    lookup_input: Signal<Local, Bits<60>>,
    lookup_word: Signal<Local, Bits<A>>,
    idle: Signal<Local, Bit>,
    host_asks: Signal<Local, Bit>,
    sweep_take: Signal<Local, Bit>,
    fetches: Signal<Local, Bit>,
    fetch: Signal<Local, Bit>,
    whole_row: Signal<Local, Bit>,
    engine_input: Signal<Local, Bits<60>>,
    entry: Signal<Local, Bits<ENTRY>>,
    entry_port: Signal<Local, Bits<5>>,
    entry_static: Signal<Local, Bit>,
    entry_age: Signal<Local, Bits<4>>,
    mask: Signal<Local, Bits<17>>,
    in_mask: Signal<Local, Bit>,
    hits: Signal<Local, Bits<2>>,
    raw_hits: Signal<Local, Bits<2>>,
    frees: Signal<Local, Bits<2>>,
    fixeds: Signal<Local, Bits<2>>,
    doomeds: Signal<Local, Bits<2>>,
    same_ports: Signal<Local, Bits<2>>,
    uplinks: Signal<Local, Bits<2>>,
    row_fixeds: Signal<Local, Bits<4>>,
    row_uplinks: Signal<Local, Bits<4>>,
    from_uplink: Signal<Local, Bit>,
    chosen: Signal<Local, Bits<4>>,
    chosen_halves: Signal<Local, Bits<2>>,
    loose: Signal<Local, Bits<4>>,
    first_loose: Signal<Local, Bits<4>>,
    port: Signal<Local, Bits<5>>,
    is_static: Signal<Local, Bit>,
    places: Signal<Local, Bit>,
    learned: Signal<Local, Bit>,
    expires: Signal<Local, Bit>,
    aged: Signal<Local, Bits<ENTRY>>,
    fresh: Signal<Local, Bits<ENTRY>>,
    data: Signal<Local, Bits<ENTRY>>,
    go_write: Signal<Local, Bit>,
    swept: Signal<Local, Bit>,
}

fn network<const S: usize>() -> XorNet<60, S> {
    XorNet::from_fn(|key| u128::from(mac_table::row(key as u64, S)))
}

impl<const S: usize, const A: usize> Default for MacTable<S, A> {
    fn default() -> Self {
        assert!((3..=10).contains(&S) && A == S + 1, "2^{S} rows in words of {A} address bits");
        // The tick is a register of 12 bits: a sweep begins every `aging_time` wraps of it.
        assert_eq!(FLOW_TIMEOUT_UNIT_CYCLES / SWEEPS_A_TIMEOUT, 1 << 12);
        with_defaults!(Self {
            lookup_net: network(),
            engine_net: network(),
            ram: std::array::from_fn(|_| SimpleDualPortRam::default().without_bypass()),
            age_expired: Constant::new(AGE_EXPIRED.to_bits()),
            age_mask: Constant::new(bits(0x3C)),
            uplink_port: Constant::new(mac_table::UPLINK_PORT.to_bits()),
            one: Constant::new(bits(1)),
        }
            defaults clk reset aging_time flush flushing lookup lookup_ready lookup_mac lookup_vid result_valid found found_port
            found_static learn learn_ready learn_mac learn_vid learn_port moved evicted refused expired host_write host_remove
            host_read host_ready host_mac host_vid host_port host_index host_done host_good host_entry lookup_state lookup_key
            lookup_row lookup_open asked engine engine_key engine_word sweep sweep_word held compare_key entry_read reading pressed still_fetches ready starts lookup_take
            lookup_input lookup_word idle host_asks sweep_take fetches fetch whole_row engine_input entry
            entry_port entry_static entry_age mask in_mask hits raw_hits frees fixeds doomeds same_ports uplinks row_fixeds
            row_uplinks from_uplink chosen chosen_halves loose first_loose port is_static places learned expires aged fresh data
            go_write swept
            ; arrays way glance)
    }
}

impl<const S: usize, const A: usize> Logic for MacTable<S, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            lookup_state,
            lookup_key,
            lookup_row,
            lookup_open,
            asked,
            engine,
            engine_key,
            engine_word,
            sweep,
            sweep_word,
            held,
            compare_key,
            entry_read
        );
        // Look-up: 1 read, 2 RAM, 3 compare, 4 choose, each for the first half row and a cycle later for the second.
        self.reading.next = self.lookup_state.q.val().stage.get_bit(0) | self.lookup_state.q.val().stage.get_bit(1);
        self.fetches.next = self.engine.q.val().step.get_bit(0) | self.engine.q.val().step.get_bit(1);
        self.lookup_ready.next = self.lookup_open.q.val();
        self.lookup_take.next = self.lookup.val() & self.lookup_open.q.val();
        self.lookup_state.d.next.stage = (self.lookup_state.q.val().stage << 1) | bit_cast::<6, 1>(self.lookup_take.val().into());
        self.lookup_state.d.next.blind = (self.lookup_state.q.val().blind << 1) | bit_cast::<5, 1>(self.sweep.q.val().clearing.into());
        self.lookup_input.next = (bit_cast::<60, 48>(self.lookup_mac.val()) << 12) | bit_cast::<60, 12>(self.lookup_vid.val());
        self.lookup_net.x.next = self.lookup_input.val();
        // What is offered is taken in whether it is asked for or not: so little hangs on who asks.
        if !self.lookup_state.q.val().stage.get_bit(0) {
            self.lookup_key.d.next = self.lookup_input.val();
            self.lookup_row.d.next = self.lookup_net.y.val();
        }
        self.lookup_word.next =
            (bit_cast::<A, S>(self.lookup_row.q.val()) << 1) | bit_cast::<A, 1>(self.lookup_state.q.val().stage.get_bit(1).into());
        // A source or a command is taken while none waits, and what is offered is taken in whether it is asked for or not. A group address is taken
        // and forgotten.
        self.ready.next = !self.asked.q.val().waits & !self.sweep.q.val().clearing;
        self.learn_ready.next = self.ready.val();
        self.host_ready.next = self.ready.val() & !self.learn.val();
        self.host_asks.next = self.host_write.val() | self.host_remove.val() | self.host_read.val();
        self.engine_input.next = (bit_cast::<60, 48>(self.host_mac.val()) << 12) | bit_cast::<60, 12>(self.host_vid.val());
        if self.learn.val() {
            self.engine_input.next = (bit_cast::<60, 48>(self.learn_mac.val()) << 12) | bit_cast::<60, 12>(self.learn_vid.val());
        }
        if !self.asked.q.val().waits {
            self.asked.d.next.learns = self.learn.val();
            self.asked.d.next.writes = !self.learn.val() & self.host_write.val();
            self.asked.d.next.removes = !self.learn.val() & !self.host_write.val() & self.host_remove.val();
            self.asked.d.next.reads = !self.learn.val() & !self.host_write.val() & !self.host_remove.val() & self.host_read.val();
            self.asked.d.next.port = self.host_port.val();
            if self.learn.val() {
                self.asked.d.next.port = self.learn_port.val();
            }
            self.asked.d.next.index = self.host_index.val();
            self.asked.d.next.key = self.engine_input.val();
        }
        if self.ready.val() {
            self.asked.d.next.waits = (self.learn.val() & !self.learn_mac.val().get_bit(0)) | (!self.learn.val() & self.host_asks.val());
        }
        // The engine takes what waits or an entry of the sweep; the first in the cycle in which it writes, too.
        self.go_write.next = self.engine.q.val().step.get_bit(5) & !self.lookup_state.q.val().stage.get_bit(0);
        if self.engine_word.q.val().get_bit(0) {
            self.go_write.next = self.engine.q.val().step.get_bit(5) & !self.lookup_state.q.val().stage.get_bit(1);
        }
        self.idle.next = (!self.engine.q.val().busy | self.go_write.val()) & !self.sweep.q.val().clearing;
        self.starts.next = self.idle.val() & self.asked.q.val().waits;
        self.sweep_take.next =
            !self.engine.q.val().busy & !self.sweep.q.val().clearing & !self.asked.q.val().waits & self.sweep.q.val().running;
        self.engine_net.x.next = self.asked.q.val().key;
        self.whole_row.next = !self.engine.q.val().reads & !self.engine.q.val().sweeps;
        self.fetch.next = self.fetches.val() & !self.reading.val();
        self.engine.d.next.fetched = (self.engine.q.val().fetched << 1) | bit_cast::<2, 1>(self.fetch.val().into());
        if self.fetches.val() & self.reading.val() & !self.engine.q.val().waited.all() {
            self.engine.d.next.waited = self.engine.q.val().waited + 1;
        }
        // Look-ups wait when the engine has, so that it reads in the cycle that is to come.
        self.still_fetches.next = self.fetches.val()
            & !(self.fetch.val() & (self.engine.q.val().step.get_bit(1) | (self.engine.q.val().step.get_bit(0) & !self.whole_row.val())));
        self.pressed.next = self.still_fetches.val()
            & (self.engine.q.val().waited.all()
                | (self.engine.q.val().waited.get_bit(1) & (self.reading.val() | self.lookup_state.q.val().stage.get_bit(0)))
                | (self.engine.q.val().waited.get_bit(0) & self.lookup_state.q.val().stage.get_bit(0)));
        self.lookup_open.d.next = !self.lookup_take.val() & !self.pressed.val();
        if self.fetch.val() | self.engine.q.val().step.get_bits::<3>(2).any() {
            self.engine.d.next.step = self.engine.q.val().step << 1;
        }
        if self.fetch.val() & self.engine.q.val().step.get_bit(0) {
            if self.whole_row.val() {
                self.engine_word.d.next = self.engine_word.q.val().replace_bit(0, true);
            } else {
                self.engine.d.next.step = 4.into();
            }
        }
        if self.go_write.val() {
            self.engine.d.next.step = 0.into();
            self.engine.d.next.busy = false;
        }
        self.engine.d.next.moved = false;
        self.engine.d.next.evicted = false;
        self.engine.d.next.refused = false;
        self.engine.d.next.expired = false;
        self.engine.d.next.done = false;
        if self.idle.val() {
            self.engine.d.next.waited = 0.into();
            self.engine.d.next.learns = self.asked.q.val().waits & self.asked.q.val().learns;
            self.engine.d.next.writes = self.asked.q.val().waits & self.asked.q.val().writes;
            self.engine.d.next.removes = self.asked.q.val().waits & self.asked.q.val().removes;
            self.engine.d.next.reads = self.asked.q.val().waits & self.asked.q.val().reads;
            self.engine.d.next.sweeps = !self.asked.q.val().waits;
            self.engine_key.d.next = self.asked.q.val().key;
            self.engine.d.next.port = self.asked.q.val().port;
            self.engine.d.next.way = self.asked.q.val().index.get_bit(0);
            self.engine_word.d.next = bit_cast::<A, S>(self.engine_net.y.val()) << 1;
            if !self.asked.q.val().waits {
                self.engine.d.next.way = self.sweep.q.val().way;
                self.engine_word.d.next = self.sweep_word.q.val();
            } else if self.asked.q.val().reads {
                self.engine_word.d.next = self.asked.q.val().index.get_bits::<A>(1);
            }
        }
        if self.starts.val() {
            self.asked.d.next.waits = false;
        }
        if self.starts.val() | self.sweep_take.val() {
            self.engine.d.next.step = 1.into();
            self.engine.d.next.busy = true;
        }
        // The entries of half a row meet the key of who read them. An entry of a port that is being flushed is no hit.
        self.compare_key.d.next = self.engine_key.q.val();
        if self.lookup_state.q.val().stage.get_bit(1) {
            self.compare_key.d.next = self.lookup_key.q.val();
        } else if self.lookup_state.q.val().stage.get_bit(2) {
            self.compare_key.d.next = self.compare_key.q.val();
        }
        self.mask.next = self.sweep.q.val().asked | self.sweep.q.val().flushes;
        self.hits.next = 0.into();
        self.raw_hits.next = 0.into();
        self.frees.next = 0.into();
        self.fixeds.next = 0.into();
        self.doomeds.next = 0.into();
        self.same_ports.next = 0.into();
        self.uplinks.next = 0.into();
        self.port.next = 0.into();
        self.is_static.next = false;
        for i in 0..2 {
            self.way[i].clock.next = self.clk.val();
            self.way[i].d.next = self.ram[i].read_data.val();
            self.entry.next = self.way[i].q.val();
            self.entry_port.next = self.entry.val().get_bits::<5>(6);
            self.entry_static.next = self.entry.val().get_bit(1);
            self.glance[i].clock.next = self.clk.val();
            self.glance[i].d.next = (bit_cast::<6, 5>(self.entry_port.val()) << 1) | bit_cast::<6, 1>(self.entry_static.val().into());
            self.in_mask.next = false;
            for k in 0..17 {
                if (self.entry_port.val() == k.to_bits::<5>()) & self.mask.val().get_bit(k) {
                    self.in_mask.next = !self.entry_static.val();
                }
            }
            self.raw_hits.next = self.raw_hits.val().replace_bit(
                i,
                self.entry.val().get_bit(0) & (self.entry.val().get_bits::<60>(11) == self.compare_key.q.val()),
            );
            self.hits.next = self.hits.val().replace_bit(i, self.raw_hits.val().get_bit(i) & !self.in_mask.val());
            self.frees.next = self.frees.val().replace_bit(i, !self.entry.val().get_bit(0));
            self.fixeds.next = self.fixeds.val().replace_bit(i, self.entry_static.val());
            self.doomeds.next = self.doomeds.val().replace_bit(i, self.in_mask.val());
            self.uplinks.next = self
                .uplinks
                .val()
                .replace_bit(i, !self.entry_static.val() & (self.entry_port.val() == self.uplink_port.val()));
            self.same_ports.next = self
                .same_ports
                .val()
                .replace_bit(i, self.entry_port.val() == self.engine.q.val().port);
            if self.lookup_state.q.val().hit.get_bit(i) {
                self.port.next = self.port.val() | self.glance[i].q.val().get_bits::<5>(1);
                self.is_static.next = self.is_static.val() | self.glance[i].q.val().get_bit(0);
            }
        }
        self.lookup_state.d.next.hit = self.hits.val();
        self.lookup_state.d.next.first_found = self.lookup_state.q.val().hit.any();
        self.lookup_state.d.next.first_port = self.port.val();
        self.lookup_state.d.next.first_static = self.is_static.val();
        if self.lookup_state.q.val().stage.get_bit(4) {
            self.lookup_state.d.next.found =
                (self.lookup_state.q.val().first_found | self.lookup_state.q.val().hit.any()) & !self.lookup_state.q.val().blind.get_bit(4);
            self.lookup_state.d.next.port = self.lookup_state.q.val().first_port | self.port.val();
            self.lookup_state.d.next.is_static = self.lookup_state.q.val().first_static | self.is_static.val();
        }
        self.result_valid.next = self.lookup_state.q.val().stage.get_bit(5);
        self.found.next = self.lookup_state.q.val().found;
        self.found_port.next = self.lookup_state.q.val().port;
        self.found_static.next = self.lookup_state.q.val().is_static;
        // The engine's half rows come one after the other and move down.
        self.from_uplink.next = self.engine.q.val().learns & (self.engine.q.val().port == self.uplink_port.val());
        self.row_fixeds.next = (self.engine.q.val().fixed >> 2) | (bit_cast::<4, 2>(self.fixeds.val()) << 2);
        self.row_uplinks.next = (self.engine.q.val().uplink >> 2) | (bit_cast::<4, 2>(self.uplinks.val()) << 2);
        if self.engine.q.val().fetched.get_bit(1) {
            self.engine.d.next.hit = (self.engine.q.val().hit >> 2) | (bit_cast::<4, 2>(self.raw_hits.val()) << 2);
            self.engine.d.next.free = (self.engine.q.val().free >> 2) | (bit_cast::<4, 2>(self.frees.val()) << 2);
            self.engine.d.next.same_port = (self.engine.q.val().same_port >> 2) | (bit_cast::<4, 2>(self.same_ports.val()) << 2);
            self.engine.d.next.fixed = self.row_fixeds.val();
            self.engine.d.next.uplink = self.row_uplinks.val();
            self.engine.d.next.loose = !self.row_fixeds.val();
            if self.row_uplinks.val().any() | self.from_uplink.val() {
                self.engine.d.next.loose = self.row_uplinks.val();
            }
            self.held.d.next = self.way[0].q.val();
            self.engine.d.next.doomed = self.doomeds.val().get_bit(0);
            if self.engine.q.val().way {
                self.held.d.next = self.way[1].q.val();
                self.engine.d.next.doomed = self.doomeds.val().get_bit(1);
            }
        }
        // Decide. A new entry takes a free way, else one that gives way to it: the one in turn, or the first.
        self.loose.next = self.engine.q.val().loose;
        self.first_loose.next = self.loose.val() & (!self.loose.val() + 1);
        self.chosen.next = self.engine.q.val().free & (!self.engine.q.val().free + 1);
        if !self.engine.q.val().free.any() {
            self.chosen.next = self.loose.val() & (self.one.val() << self.engine.q.val().victim);
            if !self.chosen.val().any() {
                self.chosen.next = self.first_loose.val();
            }
        }
        if self.engine.q.val().hit.any() {
            self.chosen.next = self.engine.q.val().hit;
        }
        self.chosen_halves.next = self.chosen.val().get_bits::<2>(2);
        self.places.next =
            self.engine.q.val().writes | (self.engine.q.val().learns & !(self.engine.q.val().hit & self.engine.q.val().fixed).any());
        self.entry.next = self.held.q.val();
        self.entry_age.next = self.entry.val().get_bits::<4>(2);
        self.learned.next = self.entry.val().get_bit(0) & !self.entry.val().get_bit(1);
        self.expires.next = self.sweep.q.val().ages & (self.entry_age.val() == self.age_expired.val());
        if self.engine.q.val().step.get_bit(4) {
            self.engine.d.next.enables = 0.into();
            self.engine.d.next.clears = self.engine.q.val().removes;
            self.engine.d.next.good = self.chosen.val().any();
            if self.whole_row.val() {
                self.engine_word.d.next = self.engine_word.q.val().replace_bit(0, self.chosen_halves.val().any());
            }
            if self.places.val() | (self.engine.q.val().removes & self.engine.q.val().hit.any()) {
                self.engine.d.next.enables = self.chosen.val().get_bits::<2>(0) | self.chosen_halves.val();
            }
            if self.engine.q.val().learns {
                self.engine.d.next.moved = (self.engine.q.val().hit & !self.engine.q.val().fixed & !self.engine.q.val().same_port).any();
                self.engine.d.next.refused = !self.chosen.val().any();
            }
            if self.places.val() & !self.engine.q.val().hit.any() & !self.engine.q.val().free.any() & self.loose.val().any() {
                self.engine.d.next.evicted = true;
                self.engine.d.next.victim = self.engine.q.val().victim + 1;
            }
            if self.engine.q.val().removes {
                self.engine.d.next.good = self.engine.q.val().hit.any();
            }
            if self.engine.q.val().reads {
                self.engine.d.next.good = self.entry.val().get_bit(0);
                self.entry_read.d.next = self.entry.val();
            }
            if self.engine.q.val().sweeps {
                self.engine.d.next.expired = self.learned.val() & self.expires.val();
                self.engine.d.next.clears = self.engine.q.val().doomed | self.expires.val();
                if self.learned.val() {
                    self.engine.d.next.enables = 1.into();
                    if self.engine.q.val().way {
                        self.engine.d.next.enables = 2.into();
                    }
                }
            }
        }
        if self.go_write.val() {
            self.engine.d.next.done = self.engine.q.val().writes | self.engine.q.val().removes | self.engine.q.val().reads;
        }
        self.moved.next = self.engine.q.val().moved;
        self.evicted.next = self.engine.q.val().evicted;
        self.refused.next = self.engine.q.val().refused;
        self.expired.next = self.engine.q.val().expired;
        self.host_done.next = self.engine.q.val().done;
        self.host_good.next = self.engine.q.val().good;
        self.host_entry.next = self.entry_read.q.val();
        // The RAMs.
        self.fresh.next = (bit_cast::<71, 60>(self.engine_key.q.val()) << 11)
            | (bit_cast::<71, 5>(self.engine.q.val().port) << 6)
            | (bit_cast::<71, 1>(self.engine.q.val().writes.into()) << 1)
            | 1;
        self.entry_age.next = self.entry.val().get_bits::<4>(2) + 1;
        self.aged.next = self.entry.val();
        if self.sweep.q.val().ages {
            self.aged.next = (self.entry.val() & !self.age_mask.val()) | (bit_cast::<71, 4>(self.entry_age.val()) << 2);
        }
        self.data.next = self.fresh.val();
        if self.engine.q.val().sweeps {
            self.data.next = self.aged.val();
        }
        if self.engine.q.val().clears | self.sweep.q.val().clearing {
            self.data.next = 0.into();
        }
        for i in 0..2 {
            self.ram[i].clk.next = self.clk.val();
            self.ram[i].read_address.next = self.engine_word.q.val();
            if self.reading.val() {
                self.ram[i].read_address.next = self.lookup_word.val();
            }
            self.ram[i].write_enable.next = (self.go_write.val() & self.engine.q.val().enables.get_bit(i)) | self.sweep.q.val().clearing;
            self.ram[i].write_address.next = self.engine_word.q.val();
            if self.sweep.q.val().clearing {
                self.ram[i].write_address.next = self.sweep_word.q.val();
            }
            self.ram[i].write_data.next = self.data.val();
        }
        // The sweep.
        self.sweep.d.next.asked = self.sweep.q.val().asked | self.flush.val();
        self.flushing.next = self.mask.val().any();
        self.sweep.d.next.tick = self.sweep.q.val().tick + 1;
        self.sweep.d.next.wraps = self.sweep.q.val().tick.all();
        if self.sweep.q.val().wraps {
            self.sweep.d.next.elapsed = self.sweep.q.val().elapsed + 1;
        }
        if self.sweep.q.val().elapsed >= self.aging_time.val() {
            self.sweep.d.next.elapsed = 0.into();
            self.sweep.d.next.due = self.aging_time.val().any();
        }
        self.sweep.d.next.begins = !self.sweep.q.val().running
            & !self.sweep.q.val().clearing
            & !self.sweep.q.val().begins
            & (self.sweep.q.val().due | self.sweep.q.val().asked.any());
        if self.sweep.q.val().begins {
            self.sweep.d.next.running = true;
            self.sweep.d.next.ages = self.sweep.q.val().due;
            self.sweep.d.next.due = false;
            self.sweep.d.next.flushes = self.sweep.q.val().asked;
            self.sweep.d.next.asked = self.flush.val();
        }
        self.swept.next = self.go_write.val() & self.engine.q.val().sweeps;
        if self.swept.val() {
            self.sweep.d.next.way = !self.sweep.q.val().way;
        }
        if (self.swept.val() & self.sweep.q.val().way) | self.sweep.q.val().clearing {
            self.sweep_word.d.next = self.sweep_word.q.val() + 1;
            if self.sweep_word.q.val().all() {
                self.sweep.d.next.running = false;
                self.sweep.d.next.clearing = false;
                self.sweep.d.next.flushes = 0.into();
            }
        }
        if self.reset.val() {
            self.lookup_state.d.next.stage = 0.into();
            self.lookup_open.d.next = true;
            self.asked.d.next.waits = false;
            self.engine.d.next.step = 0.into();
            self.engine.d.next.busy = false;
            self.engine.d.next.done = false;
            self.sweep_word.d.next = 0.into();
            self.sweep.d.next.way = false;
            self.sweep.d.next.clearing = true;
            self.sweep.d.next.running = false;
            self.sweep.d.next.due = false;
            self.sweep.d.next.begins = false;
            self.sweep.d.next.tick = 0.into();
            self.sweep.d.next.wraps = false;
            self.sweep.d.next.elapsed = 0.into();
            self.sweep.d.next.asked = 0.into();
            self.sweep.d.next.flushes = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
