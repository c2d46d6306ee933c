//! Keyed hash of a flow: `spareband_spec::frame::flow_hash`, half a round a cycle in each of two stages, which take the addresses and the
//! rest. Jobs pass in order, unbalanced ones unhashed.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | key | in | 64 | the host's key; a change breaks the affinity of the flows in the table |
//! | in_valid, in_ready | in, out | 1 | a job is taken where both are set |
//! | in_class, in_passed | in | 3, 40 | passed on |
//! | in_source, in_destination, in_ports, in_protocol, in_ipv6 | in | 128, 128, 32, 8, 1 | the flow; an IPv4 address in the low 32 bits |
//! | out_valid, out_take | out, in | 1 | a job with its hash waits; it is taken |
//! | out_class, out_passed | out | 3, 40 | as they came |
//! | out_index, out_tag | out | 32 | the hash |
//! | out_start | out | 4 | the blade the hash points at: upper byte of the index, scaled to N |
//!
//! Latency: 19 cycles for a balanced job, IPv4 or IPv6, 3 for others. Throughput: a job in 10 cycles, or in 2 (`latency_and_throughput`).

use super::hash_half::HashHalf;
use rust_hdl::prelude::*;
use spareband_spec::frame::{HASH_CONSTANTS, HASH_FINAL_ROUNDS, HASH_ROUNDS, class};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct State {
    busy: Bit,
    /// Half rounds left.
    left: Bits<4>,
    /// None is left.
    through: Bit,
    second_half: Bit,
    /// The destination is taken in with this half.
    absorbs: Bit,
    class: Bits<3>,
    passed: Bits<40>,
    /// Before a second half with v1 and v3 in each other's place, see `HashHalf`.
    v: Bits<128>,
}

/// What the first stage has still to take in, and what it keeps for the second.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Waiting {
    destination: Bits<128>,
    ports: Bits<32>,
    protocol: Bits<8>,
    is_ipv6: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Hashed {
    valid: Bit,
    class: Bits<3>,
    passed: Bits<40>,
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
    pub in_class: Signal<In, Bits<3>>,
    pub in_passed: Signal<In, Bits<40>>,
    pub in_source: Signal<In, Bits<128>>,
    pub in_destination: Signal<In, Bits<128>>,
    pub in_ports: Signal<In, Bits<32>>,
    pub in_protocol: Signal<In, Bits<8>>,
    pub in_ipv6: Signal<In, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_take: Signal<In, Bit>,
    pub out_class: Signal<Out, Bits<3>>,
    pub out_passed: Signal<Out, Bits<40>>,
    pub out_index: Signal<Out, Bits<32>>,
    pub out_tag: Signal<Out, Bits<32>>,
    pub out_start: Signal<Out, Bits<4>>,
    addresses: DFF<State>,
    waiting: DFF<Waiting>,
    finish: DFF<State>,
    hashed: DFF<Hashed>,
    addresses_half: HashHalf,
    finish_half: HashHalf,
    balance: Constant<Bits<3>>,
    address_halves: Constant<Bits<4>>,
    /// Half rounds left a cycle before the destination is taken in.
    destination_left: Constant<Bits<4>>,
    final_halves: Constant<Bits<4>>,
    blades: Constant<Bits<5>>,
    constants: Constant<Bits<128>>,
    done: Signal<Local, Bit>,
    pass: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
    final_done: Signal<Local, Bit>,
    emit: Signal<Local, Bit>,
    block: Signal<Local, Bits<128>>,
    rest: Signal<Local, Bits<128>>,
    opening: Signal<Local, Bits<128>>,
    index: Signal<Local, Bits<32>>,
    scaled: Signal<Local, Bits<13>>,
    upper: Signal<Local, Bits<13>>,
}

impl<const N: usize> Default for FlowHash<N> {
    fn default() -> Self {
        let constants = u128::from(HASH_CONSTANTS[0]) << 64 | u128::from(HASH_CONSTANTS[1]) << 96;
        with_defaults!(Self {
            balance: Constant::new(class::BALANCE.to_bits()),
            address_halves: Constant::new((4 * HASH_ROUNDS).to_bits()),
            destination_left: Constant::new((2 * HASH_ROUNDS + 2).to_bits()),
            final_halves: Constant::new((2 * HASH_FINAL_ROUNDS).to_bits()),
            blades: Constant::new(N.to_bits()),
            constants: Constant::new(constants.to_bits()),
        }
            defaults clk reset key in_valid in_ready in_class in_passed in_source in_destination in_ports in_protocol in_ipv6
            out_valid out_take out_class out_passed out_index out_tag out_start addresses waiting finish hashed addresses_half
            finish_half done pass ready final_done emit block rest opening index scaled upper)
    }
}

impl<const N: usize> Logic for FlowHash<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, addresses, waiting, finish, hashed);
        self.final_done.next = self.finish.q.val().busy & self.finish.q.val().through;
        // A hash is out for two cycles at least, of the ten it takes: so nothing here hangs on who takes it.
        self.emit.next = self.final_done.val() & !self.hashed.q.val().valid;
        self.done.next = self.addresses.q.val().busy & self.addresses.q.val().through;
        self.pass.next = self.done.val() & !self.finish.q.val().busy;
        // The jobs' words are wide: who takes one hangs on a register alone.
        self.ready.next = !self.addresses.q.val().busy;
        self.in_ready.next = self.ready.val();
        // First stage: source, two rounds, destination, two rounds.
        self.addresses_half.state.next = self.addresses.q.val().v;
        self.addresses_half.second_half.next = self.addresses.q.val().second_half;
        self.block.next = 0.into();
        if self.addresses.q.val().absorbs {
            self.block.next = self.waiting.q.val().destination;
        }
        // A job's words are taken in while none is here, whether there is one or not: so little hangs on that.
        if !self.addresses.q.val().through {
            self.addresses.d.next.left = self.addresses.q.val().left - 1;
            self.addresses.d.next.through = self.addresses.q.val().left == 1;
            self.addresses.d.next.second_half = !self.addresses.q.val().second_half;
            self.addresses.d.next.absorbs = self.addresses.q.val().left == self.destination_left.val();
            self.addresses.d.next.v = self.addresses_half.turned.val() ^ self.block.val();
        }
        // Second stage: the rest and the key, four rounds.
        self.finish_half.state.next = self.finish.q.val().v;
        self.finish_half.second_half.next = self.finish.q.val().second_half;
        if !self.finish.q.val().through {
            self.finish.d.next.left = self.finish.q.val().left - 1;
            self.finish.d.next.through = self.finish.q.val().left == 1;
            self.finish.d.next.second_half = !self.finish.q.val().second_half;
            self.finish.d.next.v = self.finish_half.turned.val();
        }
        if self.out_take.val() {
            self.hashed.d.next.valid = false;
        }
        // The upper byte times the number of blades; a constant number, so at most three adders, and none for a power of two.
        self.index.next = self.finish.q.val().v.get_bits::<32>(32) ^ self.finish.q.val().v.get_bits::<32>(96);
        self.upper.next = bit_cast::<13, 8>(self.index.val().get_bits::<8>(24));
        self.scaled.next = 0.into();
        for i in 0..5 {
            if self.blades.val().get_bit(i) {
                self.scaled.next = self.scaled.val() + (self.upper.val() << i.to_bits::<3>());
            }
        }
        if self.emit.val() {
            self.finish.d.next.busy = false;
            self.hashed.d.next.valid = true;
            self.hashed.d.next.class = self.finish.q.val().class;
            self.hashed.d.next.passed = self.finish.q.val().passed;
            self.hashed.d.next.start = self.scaled.val().get_bits::<4>(8);
            self.hashed.d.next.index = self.index.val();
            self.hashed.d.next.tag = self.finish.q.val().v.get_bits::<32>(0) ^ self.finish.q.val().v.get_bits::<32>(64);
        }
        self.rest.next = (bit_cast::<128, 64>(self.key.val()) << 64)
            | (bit_cast::<128, 1>(self.waiting.q.val().is_ipv6.into()) << 40)
            | (bit_cast::<128, 8>(self.waiting.q.val().protocol) << 32)
            | bit_cast::<128, 32>(self.waiting.q.val().ports);
        if self.pass.val() {
            self.addresses.d.next.busy = false;
        }
        if !self.finish.q.val().busy {
            self.finish.d.next.busy = self.done.val();
            self.finish.d.next.left = self.final_halves.val();
            self.finish.d.next.through = self.addresses.q.val().class != self.balance.val();
            self.finish.d.next.second_half = false;
            self.finish.d.next.class = self.addresses.q.val().class;
            self.finish.d.next.passed = self.addresses.q.val().passed;
            self.finish.d.next.v = self.addresses.q.val().v ^ self.rest.val();
        }
        self.opening.next = (bit_cast::<128, 64>(self.key.val()) << 64) | bit_cast::<128, 64>(self.key.val());
        if self.ready.val() {
            self.addresses.d.next.busy = self.in_valid.val();
            self.addresses.d.next.left = self.address_halves.val();
            self.addresses.d.next.through = self.in_class.val() != self.balance.val();
            self.addresses.d.next.second_half = false;
            self.addresses.d.next.absorbs = false;
            self.addresses.d.next.class = self.in_class.val();
            self.addresses.d.next.passed = self.in_passed.val();
            self.addresses.d.next.v = self.opening.val() ^ self.constants.val() ^ self.in_source.val();
            self.waiting.d.next.destination = self.in_destination.val();
            self.waiting.d.next.ports = self.in_ports.val();
            self.waiting.d.next.protocol = self.in_protocol.val();
            self.waiting.d.next.is_ipv6 = self.in_ipv6.val();
        }
        self.out_valid.next = self.hashed.q.val().valid;
        self.out_class.next = self.hashed.q.val().class;
        self.out_passed.next = self.hashed.q.val().passed;
        self.out_index.next = self.hashed.q.val().index;
        self.out_tag.next = self.hashed.q.val().tag;
        self.out_start.next = self.hashed.q.val().start;
        if self.reset.val() {
            self.addresses.d.next.busy = false;
            self.finish.d.next.busy = false;
            self.hashed.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
