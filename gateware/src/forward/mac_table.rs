//! Filtering database of the layer-2 switch: 2^A rows of 4 entries, learned and static. IEEE 802.1Q-2018, 8.7 and 8.8.
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
//! | result_valid | out | 1 | pulse 5 cycles after the look-up; the result stays until the next |
//! | found, found_port, found_static | out | 1, 5, 1 | port 0..15 a blade, 16 the uplink |
//! | learn, learn_ready, learn_mac, learn_vid, learn_port | in, out, in, in, in | 1, 1, 48, 12, 5 | a source is taken where both are set |
//! | moved, evicted, refused, expired | out | 1 | pulses: a learned address came to another port; took the place of another; found a row of static entries; an idle one went |
//! | host_write, host_remove, host_read, host_ready | in, in, in, out | 1 | a command is taken where it is set with `host_ready`, which gives way to `learn` |
//! | host_mac, host_vid, host_port | in | 48, 12, 5 | static entry to be written; entry to be removed |
//! | host_index | in | 16 | entry to be read: way 2, row A |
//! | host_done, host_good | out | 1 | pulse; written (not: a row of static entries), removed (not: there was none), the entry read is valid |
//! | host_entry | out | 71 | what was read: valid 1, static 1, age 4, port 5, vid 12, mac 48; stays until the next |
//!
//! Look-ups read in the cycle after they are taken. All else is one engine that reads, compares, decides and writes one row, and lets look-ups pass: first
//! learning, then the host, then the sweep that ages and flushes.
//! Latency: look-up 5 cycles (`latencies`); what is learned is found by a look-up 8 cycles after it was taken (`latencies`).
//! Throughput: a look-up in 2 cycles; one that comes earlier is not taken. A source waits 8 cycles at most and is done after 8 more, so one in
//! 16 cycles beside host and sweep, one in 8 (84 byte times of 10 Gb/s are 10.5) without (`learning_is_bounded`). A sweep is 2^A rows in the gaps.
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
    /// Bit i: the look-up was taken i + 1 cycles ago.
    stage: Bits<5>,
    blind: Bit,
    hit: Bits<4>,
    found: Bit,
    port: Bits<5>,
    is_static: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Engine {
    /// 0 idle, 1 read, 2 RAM, 3 compare, 4 decide, 5 write.
    step: Bits<3>,
    learns: Bit,
    writes: Bit,
    removes: Bit,
    reads: Bit,
    sweeps: Bit,
    port: Bits<5>,
    way: Bits<2>,
    hit: Bits<4>,
    free: Bits<4>,
    fixed: Bits<4>,
    doomed: Bits<4>,
    same_port: Bits<4>,
    /// Ways that may give way to the engine's entry.
    loose: Bits<4>,
    enables: Bits<4>,
    /// The entries are removed, not written.
    clears: Bits<4>,
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
    due: Bit,
    tick: Bits<12>,
    elapsed: Bits<32>,
    asked: Bits<17>,
    flushes: Bits<17>,
}

#[derive(LogicBlock)]
pub struct MacTable<const A: usize> {
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
    lookup_row: DFF<Bits<A>>,
    lookup_net: XorNet<60, A>,
    engine: DFF<Engine>,
    engine_key: DFF<Bits<60>>,
    engine_row: DFF<Bits<A>>,
    engine_net: XorNet<60, A>,
    sweep: DFF<Sweep>,
    sweep_row: DFF<Bits<A>>,
    ram: [SimpleDualPortRam<ENTRY, A>; 4],
    way: [DFF<Bits<ENTRY>>; 4],
    /// Valid to port of the look-up's row, a cycle after it was compared.
    glance: [DFF<Bits<11>>; 4],
    /// The engine's row.
    held: [DFF<Bits<ENTRY>>; 4],
    compare_key: DFF<Bits<60>>,
    entry_read: DFF<Bits<ENTRY>>,
    age_expired: Constant<Bits<4>>,
    age_mask: Constant<Bits<ENTRY>>,
    uplink_port: Constant<Bits<5>>,
    one: Constant<Bits<4>>,
    reading: Signal<Local, Bit>,
    lookup_take: Signal<Local, Bit>,
    lookup_input: Signal<Local, Bits<60>>,
    idle: Signal<Local, Bit>,
    learn_take: Signal<Local, Bit>,
    host_asks: Signal<Local, Bit>,
    host_take: Signal<Local, Bit>,
    engine_input: Signal<Local, Bits<60>>,
    entry: Signal<Local, Bits<ENTRY>>,
    entry_port: Signal<Local, Bits<5>>,
    entry_age: Signal<Local, Bits<4>>,
    mask: Signal<Local, Bits<17>>,
    in_mask: Signal<Local, Bit>,
    hits: Signal<Local, Bits<4>>,
    raw_hits: Signal<Local, Bits<4>>,
    frees: Signal<Local, Bits<4>>,
    fixeds: Signal<Local, Bits<4>>,
    doomeds: Signal<Local, Bits<4>>,
    same_ports: Signal<Local, Bits<4>>,
    uplinks: Signal<Local, Bits<4>>,
    from_uplink: Signal<Local, Bit>,
    chosen: Signal<Local, Bits<4>>,
    loose: Signal<Local, Bits<4>>,
    first_loose: Signal<Local, Bits<4>>,
    port: Signal<Local, Bits<5>>,
    is_static: Signal<Local, Bit>,
    places: Signal<Local, Bit>,
    aged: Signal<Local, Bits<ENTRY>>,
    fresh: Signal<Local, Bits<ENTRY>>,
    go_write: Signal<Local, Bit>,
    expires: Signal<Local, Bit>,
}

fn network<const A: usize>() -> XorNet<60, A> {
    XorNet::from_fn(|key| u128::from(mac_table::row(key as u64, A)))
}

impl<const A: usize> Default for MacTable<A> {
    fn default() -> Self {
        assert!((3..=10).contains(&A), "2^{A} rows");
        // The tick is a register of 12 bits: a sweep begins every `aging_time` wraps of it.
        assert_eq!(FLOW_TIMEOUT_UNIT_CYCLES / SWEEPS_A_TIMEOUT, 1 << 12);
        with_defaults!(Self {
            lookup_net: network(),
            engine_net: network(),
            ram: std::array::from_fn(|_| SimpleDualPortRam::default().without_bypass().distributed()),
            age_expired: Constant::new(AGE_EXPIRED.to_bits()),
            age_mask: Constant::new(bits(0x3C)),
            uplink_port: Constant::new(mac_table::UPLINK_PORT.to_bits()),
            one: Constant::new(bits(1)),
        }
            defaults clk reset aging_time flush flushing lookup lookup_ready lookup_mac lookup_vid result_valid found found_port
            found_static learn learn_ready learn_mac learn_vid learn_port moved evicted refused expired host_write host_remove
            host_read host_ready host_mac host_vid host_port host_index host_done host_good host_entry lookup_state lookup_key
            lookup_row engine engine_key engine_row sweep sweep_row compare_key entry_read reading lookup_take lookup_input idle
            learn_take host_asks host_take engine_input entry entry_port entry_age mask in_mask hits raw_hits frees fixeds doomeds
            same_ports uplinks from_uplink chosen loose first_loose port is_static places aged fresh go_write expires
            ; arrays way glance held)
    }
}

impl<const A: usize> Logic for MacTable<A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            lookup_state,
            lookup_key,
            lookup_row,
            engine,
            engine_key,
            engine_row,
            sweep,
            sweep_row,
            compare_key,
            entry_read
        );
        // Look-up: 1 read, 2 RAM, 3 compare, 4 choose.
        self.reading.next = self.lookup_state.q.val().stage.get_bit(0);
        self.lookup_ready.next = !self.reading.val();
        self.lookup_take.next = self.lookup.val() & !self.reading.val();
        self.lookup_state.d.next.stage = (self.lookup_state.q.val().stage << 1) | bit_cast::<5, 1>(self.lookup_take.val().into());
        self.lookup_input.next = (bit_cast::<60, 48>(self.lookup_mac.val()) << 12) | bit_cast::<60, 12>(self.lookup_vid.val());
        self.lookup_net.x.next = self.lookup_input.val();
        if self.lookup_take.val() {
            self.lookup_key.d.next = self.lookup_input.val();
            self.lookup_row.d.next = self.lookup_net.y.val();
        }
        // The engine takes a source, a command or a row of the sweep.
        self.idle.next = (self.engine.q.val().step == 0) & !self.sweep.q.val().clearing;
        self.learn_ready.next = self.idle.val();
        self.learn_take.next = self.idle.val() & self.learn.val();
        self.host_asks.next = self.host_write.val() | self.host_remove.val() | self.host_read.val();
        self.host_ready.next = self.idle.val() & !self.learn.val();
        self.host_take.next = self.idle.val() & !self.learn.val() & self.host_asks.val();
        self.engine_input.next = (bit_cast::<60, 48>(self.host_mac.val()) << 12) | bit_cast::<60, 12>(self.host_vid.val());
        if self.learn.val() {
            self.engine_input.next = (bit_cast::<60, 48>(self.learn_mac.val()) << 12) | bit_cast::<60, 12>(self.learn_vid.val());
        }
        self.engine_net.x.next = self.engine_input.val();
        self.engine.d.next.moved = false;
        self.engine.d.next.evicted = false;
        self.engine.d.next.refused = false;
        self.engine.d.next.expired = false;
        self.engine.d.next.done = false;
        if self.idle.val() {
            self.engine.d.next.learns = self.learn.val();
            self.engine.d.next.writes = !self.learn.val() & self.host_write.val();
            self.engine.d.next.removes = !self.learn.val() & !self.host_write.val() & self.host_remove.val();
            self.engine.d.next.reads = !self.learn.val() & !self.host_write.val() & !self.host_remove.val() & self.host_read.val();
            self.engine.d.next.sweeps = !self.learn.val() & !self.host_asks.val();
            self.engine_key.d.next = self.engine_input.val();
            self.engine.d.next.port = self.host_port.val();
            self.engine.d.next.way = self.host_index.val().get_bits::<2>(0);
            self.engine_row.d.next = self.engine_net.y.val();
            if self.learn.val() {
                self.engine.d.next.port = self.learn_port.val();
            } else if !self.host_asks.val() {
                self.engine_row.d.next = self.sweep_row.q.val();
            } else if !self.host_write.val() & !self.host_remove.val() {
                self.engine_row.d.next = self.host_index.val().get_bits::<A>(2);
            }
        }
        // A group address is taken and forgotten.
        if (self.learn_take.val() & !self.learn_mac.val().get_bit(0))
            | self.host_take.val()
            | (self.idle.val() & !self.learn.val() & !self.host_asks.val() & self.sweep.q.val().running)
        {
            self.engine.d.next.step = 1.into();
        }
        if ((self.engine.q.val().step == 1) & !self.reading.val())
            | (self.engine.q.val().step == 2)
            | (self.engine.q.val().step == 3)
            | (self.engine.q.val().step == 4)
        {
            self.engine.d.next.step = self.engine.q.val().step + 1;
        }
        self.go_write.next = (self.engine.q.val().step == 5) & !self.reading.val();
        if self.go_write.val() {
            self.engine.d.next.step = 0.into();
        }
        // The row's entries meet the key of who read them. An entry of a port that is being flushed is no hit.
        self.compare_key.d.next = self.engine_key.q.val();
        if self.lookup_state.q.val().stage.get_bit(1) {
            self.compare_key.d.next = self.lookup_key.q.val();
        }
        self.mask.next = self.sweep.q.val().asked | self.sweep.q.val().flushes;
        self.hits.next = 0.into();
        self.raw_hits.next = 0.into();
        self.frees.next = 0.into();
        self.fixeds.next = 0.into();
        self.doomeds.next = 0.into();
        self.same_ports.next = 0.into();
        self.uplinks.next = 0.into();
        for i in 0..4 {
            self.way[i].clock.next = self.clk.val();
            self.way[i].d.next = self.ram[i].read_data.val();
            self.entry.next = self.way[i].q.val();
            self.entry_port.next = self.entry.val().get_bits::<5>(6);
            self.glance[i].clock.next = self.clk.val();
            self.glance[i].d.next = self.entry.val().get_bits::<11>(0);
            self.held[i].clock.next = self.clk.val();
            self.held[i].d.next = self.held[i].q.val();
            if self.engine.q.val().step == 3 {
                self.held[i].d.next = self.entry.val();
            }
            self.in_mask.next = false;
            for k in 0..17 {
                if (self.entry_port.val() == k.to_bits::<5>()) & self.mask.val().get_bit(k) {
                    self.in_mask.next = !self.entry.val().get_bit(1);
                }
            }
            self.raw_hits.next = self.raw_hits.val().replace_bit(
                i,
                self.entry.val().get_bit(0) & (self.entry.val().get_bits::<60>(11) == self.compare_key.q.val()),
            );
            self.hits.next = self.hits.val().replace_bit(i, self.raw_hits.val().get_bit(i) & !self.in_mask.val());
            self.frees.next = self.frees.val().replace_bit(i, !self.entry.val().get_bit(0));
            self.fixeds.next = self.fixeds.val().replace_bit(i, self.entry.val().get_bit(1));
            self.doomeds.next = self.doomeds.val().replace_bit(i, self.in_mask.val() & self.entry.val().get_bit(0));
            self.uplinks.next = self
                .uplinks
                .val()
                .replace_bit(i, !self.entry.val().get_bit(1) & (self.entry_port.val() == self.uplink_port.val()));
            self.same_ports.next = self
                .same_ports
                .val()
                .replace_bit(i, self.entry_port.val() == self.engine.q.val().port);
        }
        self.lookup_state.d.next.hit = self.hits.val();
        if self.lookup_take.val() {
            self.lookup_state.d.next.blind = self.sweep.q.val().clearing;
        }
        self.port.next = 0.into();
        self.is_static.next = false;
        for i in 0..4 {
            if self.lookup_state.q.val().hit.get_bit(i) {
                self.port.next = self.port.val() | self.glance[i].q.val().get_bits::<5>(6);
                self.is_static.next = self.is_static.val() | self.glance[i].q.val().get_bit(1);
            }
        }
        if self.lookup_state.q.val().stage.get_bit(3) {
            self.lookup_state.d.next.found = self.lookup_state.q.val().hit.any() & !self.lookup_state.q.val().blind;
            self.lookup_state.d.next.port = self.port.val();
            self.lookup_state.d.next.is_static = self.is_static.val();
        }
        self.result_valid.next = self.lookup_state.q.val().stage.get_bit(4);
        self.found.next = self.lookup_state.q.val().found;
        self.found_port.next = self.lookup_state.q.val().port;
        self.found_static.next = self.lookup_state.q.val().is_static;
        self.from_uplink.next = self.engine.q.val().learns & (self.engine.q.val().port == self.uplink_port.val());
        if self.engine.q.val().step == 3 {
            self.engine.d.next.hit = self.raw_hits.val();
            self.engine.d.next.free = self.frees.val();
            self.engine.d.next.fixed = self.fixeds.val();
            self.engine.d.next.doomed = self.doomeds.val();
            self.engine.d.next.same_port = self.same_ports.val();
            self.engine.d.next.loose = !self.fixeds.val();
            if self.uplinks.val().any() | self.from_uplink.val() {
                self.engine.d.next.loose = self.uplinks.val();
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
        self.places.next =
            self.engine.q.val().writes | (self.engine.q.val().learns & !(self.engine.q.val().hit & self.engine.q.val().fixed).any());
        if self.engine.q.val().step == 4 {
            self.engine.d.next.enables = 0.into();
            self.engine.d.next.clears = 0.into();
            self.engine.d.next.good = self.chosen.val().any();
            if self.places.val() {
                self.engine.d.next.enables = self.chosen.val();
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
                self.engine.d.next.enables = self.engine.q.val().hit;
                self.engine.d.next.clears = self.engine.q.val().hit;
                self.engine.d.next.good = self.engine.q.val().hit.any();
            }
            if self.engine.q.val().sweeps {
                self.engine.d.next.enables = !self.engine.q.val().fixed & !self.engine.q.val().free;
            }
        }
        self.expires.next = false;
        for i in 0..4 {
            self.entry.next = self.held[i].q.val();
            self.entry_age.next = self.entry.val().get_bits::<4>(2);
            if (self.engine.q.val().step == 4) & self.engine.q.val().reads & (self.engine.q.val().way == i.to_bits::<2>()) {
                self.entry_read.d.next = self.entry.val();
                self.engine.d.next.good = self.entry.val().get_bit(0);
            }
            if self.engine.q.val().sweeps
                & self.sweep.q.val().ages
                & self.entry.val().get_bit(0)
                & !self.entry.val().get_bit(1)
                & (self.entry_age.val() == self.age_expired.val())
            {
                self.expires.next = true;
            }
        }
        if self.go_write.val() {
            self.engine.d.next.expired = self.expires.val();
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
        for i in 0..4 {
            self.ram[i].clk.next = self.clk.val();
            self.ram[i].read_address.next = self.engine_row.q.val();
            if self.reading.val() {
                self.ram[i].read_address.next = self.lookup_row.q.val();
            }
            self.entry.next = self.held[i].q.val();
            self.entry_age.next = self.entry.val().get_bits::<4>(2) + 1;
            self.aged.next = self.entry.val();
            if self.sweep.q.val().ages {
                self.aged.next = (self.entry.val() & !self.age_mask.val()) | (bit_cast::<71, 4>(self.entry_age.val()) << 2);
            }
            // Age 15 becomes 0 where it ages: that is the one that goes.
            if (self.sweep.q.val().ages & !self.entry_age.val().any()) | self.engine.q.val().doomed.get_bit(i) {
                self.aged.next = 0.into();
            }
            self.ram[i].write_enable.next = (self.go_write.val() & self.engine.q.val().enables.get_bit(i)) | self.sweep.q.val().clearing;
            self.ram[i].write_address.next = self.engine_row.q.val();
            self.ram[i].write_data.next = self.fresh.val();
            if self.engine.q.val().sweeps {
                self.ram[i].write_data.next = self.aged.val();
            }
            if self.engine.q.val().clears.get_bit(i) {
                self.ram[i].write_data.next = 0.into();
            }
            if self.sweep.q.val().clearing {
                self.ram[i].write_address.next = self.sweep_row.q.val();
                self.ram[i].write_data.next = 0.into();
            }
        }
        // The sweep.
        self.sweep.d.next.asked = self.sweep.q.val().asked | self.flush.val();
        self.flushing.next = self.mask.val().any();
        self.sweep.d.next.tick = self.sweep.q.val().tick + 1;
        if self.sweep.q.val().tick.all() {
            self.sweep.d.next.elapsed = self.sweep.q.val().elapsed + 1;
        }
        if self.sweep.q.val().elapsed >= self.aging_time.val() {
            self.sweep.d.next.elapsed = 0.into();
            self.sweep.d.next.due = self.aging_time.val().any();
        }
        if !self.sweep.q.val().running & !self.sweep.q.val().clearing & (self.sweep.q.val().due | self.sweep.q.val().asked.any()) {
            self.sweep.d.next.running = true;
            self.sweep.d.next.ages = self.sweep.q.val().due;
            self.sweep.d.next.due = false;
            self.sweep.d.next.flushes = self.sweep.q.val().asked;
            self.sweep.d.next.asked = self.flush.val();
        }
        if (self.go_write.val() & self.engine.q.val().sweeps) | self.sweep.q.val().clearing {
            self.sweep_row.d.next = self.sweep_row.q.val() + 1;
            if self.sweep_row.q.val().all() {
                self.sweep.d.next.running = false;
                self.sweep.d.next.clearing = false;
                self.sweep.d.next.flushes = 0.into();
            }
        }
        if self.reset.val() {
            self.lookup_state.d.next.stage = 0.into();
            self.engine.d.next.step = 0.into();
            self.engine.d.next.done = false;
            self.sweep_row.d.next = 0.into();
            self.sweep.d.next.clearing = true;
            self.sweep.d.next.running = false;
            self.sweep.d.next.due = false;
            self.sweep.d.next.tick = 0.into();
            self.sweep.d.next.elapsed = 0.into();
            self.sweep.d.next.asked = 0.into();
            self.sweep.d.next.flushes = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
