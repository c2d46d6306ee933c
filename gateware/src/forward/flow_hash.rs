//! Keyed hash of a flow: `spareband_spec::frame::flow_hash`, half a round a cycle. Jobs pass in order, unbalanced ones unhashed.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | key | in | 64 | the host's key; a change breaks the affinity of the flows in the table |
//! | in_valid, in_ready | in, out | 1 | a job is taken where both are set |
//! | in_class, in_blade, in_flags | in | 2, 4, 4 | passed on |
//! | in_source, in_destination, in_ports, in_protocol | in | 32, 32, 32, 8 | the flow |
//! | out_valid, out_take | out, in | 1 | a job with its hash waits; it is taken |
//! | out_class, out_blade, out_flags | out | 2, 4, 4 | as they came |
//! | out_index, out_tag | out | 32 | the hash |
//! | out_start | out | 4 | the blade the hash points at: upper byte of the index, scaled to N |
//!
//! Latency: 8 cycles for a balanced job, 2 for others. Throughput: a job in 7 cycles, or in 1 (`latency_and_throughput`).

use rust_hdl::prelude::*;
use spareband_spec::frame::{HASH_CONSTANTS, HASH_ROUNDS, class};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct State {
    busy: Bit,
    /// Half rounds left.
    left: Bits<3>,
    second_half: Bit,
    class: Bits<2>,
    blade: Bits<4>,
    flags: Bits<4>,
    v0: Bits<32>,
    v1: Bits<32>,
    v2: Bits<32>,
    v3: Bits<32>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Hashed {
    valid: Bit,
    class: Bits<2>,
    blade: Bits<4>,
    flags: Bits<4>,
    index: Bits<32>,
    tag: Bits<32>,
    start: Bits<4>,
}

#[derive(LogicBlock)]
pub struct FlowHash<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub key: Signal<In, Bits<64>>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_class: Signal<In, Bits<2>>,
    pub in_blade: Signal<In, Bits<4>>,
    pub in_flags: Signal<In, Bits<4>>,
    pub in_source: Signal<In, Bits<32>>,
    pub in_destination: Signal<In, Bits<32>>,
    pub in_ports: Signal<In, Bits<32>>,
    pub in_protocol: Signal<In, Bits<8>>,
    pub out_valid: Signal<Out, Bit>,
    pub out_take: Signal<In, Bit>,
    pub out_class: Signal<Out, Bits<2>>,
    pub out_blade: Signal<Out, Bits<4>>,
    pub out_flags: Signal<Out, Bits<4>>,
    pub out_index: Signal<Out, Bits<32>>,
    pub out_tag: Signal<Out, Bits<32>>,
    pub out_start: Signal<Out, Bits<4>>,
    state: DFF<State>,
    hashed: DFF<Hashed>,
    balance: Constant<Bits<2>>,
    half_rounds: Constant<Bits<3>>,
    blades: Constant<Bits<5>>,
    constant2: Constant<Bits<32>>,
    constant3: Constant<Bits<32>>,
    done: Signal<Local, Bit>,
    emit: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
    index: Signal<Local, Bits<32>>,
    scaled: Signal<Local, Bits<13>>,
    upper: Signal<Local, Bits<13>>,
    k0: Signal<Local, Bits<32>>,
    k1: Signal<Local, Bits<32>>,
    a0: Signal<Local, Bits<32>>,
    a1: Signal<Local, Bits<32>>,
    a2: Signal<Local, Bits<32>>,
    a3: Signal<Local, Bits<32>>,
    s0: Signal<Local, Bits<32>>,
    s2: Signal<Local, Bits<32>>,
    r1: Signal<Local, Bits<32>>,
    r3: Signal<Local, Bits<32>>,
    r0: Signal<Local, Bits<32>>,
    r2: Signal<Local, Bits<32>>,
}

impl<const N: usize> Default for FlowHash<N> {
    fn default() -> Self {
        with_defaults!(Self {
            balance: Constant::new(class::BALANCE.to_bits()),
            half_rounds: Constant::new((2 * HASH_ROUNDS).to_bits()),
            blades: Constant::new(N.to_bits()),
            constant2: Constant::new(HASH_CONSTANTS[0].to_bits()),
            constant3: Constant::new(HASH_CONSTANTS[1].to_bits()),
        }
            defaults clk reset key in_valid in_ready in_class in_blade in_flags in_source in_destination in_ports in_protocol
            out_valid out_take out_class out_blade out_flags out_index out_tag out_start state hashed done emit ready index scaled
            upper k0 k1 a0 a1 a2 a3 s0 s2 r1 r3 r0 r2)
    }
}

impl<const N: usize> Logic for FlowHash<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, hashed);
        self.done.next = self.state.q.val().busy & (self.state.q.val().left == 0);
        self.emit.next = self.done.val() & (!self.hashed.q.val().valid | self.out_take.val());
        self.ready.next = !self.state.q.val().busy | self.emit.val();
        self.in_ready.next = self.ready.val();
        // Both halves are the same circuit with v1 and v3 changed about: two sums, two rotations against them, one turn by 16.
        self.a0.next = self.state.q.val().v0;
        self.a2.next = self.state.q.val().v2;
        self.a1.next = self.state.q.val().v1;
        self.a3.next = self.state.q.val().v3;
        self.r1.next = (self.a1.val() << 5) | (self.a1.val() >> 27);
        self.r3.next = (self.a3.val() << 8) | (self.a3.val() >> 24);
        if self.state.q.val().second_half {
            self.a1.next = self.state.q.val().v3;
            self.a3.next = self.state.q.val().v1;
            self.r1.next = (self.a1.val() << 7) | (self.a1.val() >> 25);
            self.r3.next = (self.a3.val() << 13) | (self.a3.val() >> 19);
        }
        self.s0.next = self.a0.val() + self.a1.val();
        self.s2.next = self.a2.val() + self.a3.val();
        self.r0.next = (self.s0.val() << 16) | (self.s0.val() >> 16);
        self.r2.next = (self.s2.val() << 16) | (self.s2.val() >> 16);
        if self.state.q.val().busy & !self.done.val() {
            self.state.d.next.left = self.state.q.val().left - 1;
            self.state.d.next.second_half = !self.state.q.val().second_half;
            if self.state.q.val().second_half {
                self.state.d.next.v0 = self.s0.val();
                self.state.d.next.v3 = self.r1.val() ^ self.s0.val();
                self.state.d.next.v2 = self.r2.val();
                self.state.d.next.v1 = self.r3.val() ^ self.s2.val();
            } else {
                self.state.d.next.v0 = self.r0.val();
                self.state.d.next.v1 = self.r1.val() ^ self.s0.val();
                self.state.d.next.v2 = self.s2.val();
                self.state.d.next.v3 = self.r3.val() ^ self.s2.val();
            }
        }
        if self.out_take.val() {
            self.hashed.d.next.valid = false;
        }
        // The upper byte times the number of blades; a constant number, so at most three adders, and none for a power of two.
        self.index.next = self.state.q.val().v1 ^ self.state.q.val().v3;
        self.upper.next = bit_cast::<13, 8>(self.index.val().get_bits::<8>(24));
        self.scaled.next = 0.into();
        for i in 0..5 {
            if self.blades.val().get_bit(i) {
                self.scaled.next = self.scaled.val() + (self.upper.val() << i.to_bits::<3>());
            }
        }
        if self.emit.val() {
            self.hashed.d.next.start = self.scaled.val().get_bits::<4>(8);
            self.state.d.next.busy = false;
            self.hashed.d.next.valid = true;
            self.hashed.d.next.class = self.state.q.val().class;
            self.hashed.d.next.blade = self.state.q.val().blade;
            self.hashed.d.next.flags = self.state.q.val().flags;
            self.hashed.d.next.index = self.index.val();
            self.hashed.d.next.tag = self.state.q.val().v0 ^ self.state.q.val().v2;
        }
        self.k0.next = self.key.val().get_bits::<32>(0);
        self.k1.next = self.key.val().get_bits::<32>(32);
        if self.in_valid.val() & self.ready.val() {
            self.state.d.next.busy = true;
            self.state.d.next.left = 0.into();
            if self.in_class.val() == self.balance.val() {
                self.state.d.next.left = self.half_rounds.val();
            }
            self.state.d.next.second_half = false;
            self.state.d.next.class = self.in_class.val();
            self.state.d.next.blade = self.in_blade.val();
            self.state.d.next.flags = self.in_flags.val();
            self.state.d.next.v0 = self.k0.val() ^ self.in_source.val();
            self.state.d.next.v1 = self.k1.val() ^ self.in_destination.val();
            self.state.d.next.v2 = self.k0.val() ^ self.constant2.val() ^ self.in_ports.val();
            self.state.d.next.v3 = self.k1.val() ^ self.constant3.val() ^ bit_cast::<32, 8>(self.in_protocol.val());
        }
        self.out_valid.next = self.hashed.q.val().valid;
        self.out_class.next = self.hashed.q.val().class;
        self.out_blade.next = self.hashed.q.val().blade;
        self.out_flags.next = self.hashed.q.val().flags;
        self.out_index.next = self.hashed.q.val().index;
        self.out_tag.next = self.hashed.q.val().tag;
        self.out_start.next = self.hashed.q.val().start;
        if self.reset.val() {
            self.state.d.next.busy = false;
            self.hashed.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
