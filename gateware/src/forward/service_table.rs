//! Service table: the service of an address, protocol and port, its parameters and its weights. Exact match in block RAM, two banks (cuckoo hashing).
//!
//! > A look-up finds the whole of one entry that the host made visible, or none: never parts of two.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset empties the banks, which takes 2^A cycles of finding nothing |
//! | lookup, lookup_ready | in, out | 1 | a look-up is taken where both are set |
//! | address, is_ipv6, protocol, port | in | 128, 1, 8, 16 | destination of the frame; an IPv4 address in the low 32 bits |
//! | result_soon | out | 1 | pulse 6 cycles after the look-up: the result comes in the next cycle, and stays until the next |
//! | found, service | out | 1, S | the service of this port, or else the one of any port |
//! | blade_set, policy, timeout_class | out | 16, 4, 2 | its parameters, see `spareband_spec::service` |
//! | udp_per_packet, rewrite, sticky_by_source, enabled | out | 1 | |
//! | weights | out | 4 x 32 | four weights of 8 bits each, that of blade 0 lowest in the first |
//! | host_write, host_read, host_ready | in, in, out | 1 | an access is taken where it is set with `host_ready`; both: the write |
//! | host_address, host_write_data | in | 16, 32 | word 3, row 10, target 2; `spareband_spec::service::word_address` |
//! | host_read_valid, host_read_data | out | 1, 32 | pulse; the word stays until the next |
//!
//! A write to the last word of a row makes the row visible with the other words as they were last written, to any row; those before it wait in
//! registers that all targets share. A write never meets the read of a look-up, since it waits for a cycle without one.
//! Latency: 7 cycles (`latency_is_seven`). Throughput: a look-up in 4 cycles; one that comes earlier is not taken. A host's access is over within 8 cycles
//! whatever the look-ups do (`the_host_is_served_within_8_cycles`). Bad input: an address past a target's last word: nothing is written, a read gives
//! some other word; a row past the last counts modulo the rows. A number that its host changes while a look-up of it is on the way may give the entry of before with
//! parameters of after: the host removes the key first. Port 0 is any port, so a frame to port 0 finds that service.
//! Reset: parameters and weights stay, but nothing finds them.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::HostAccess;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{SimpleDualPortRam, XorNet};
use spareband_spec::service::{self, SERVICES_LOG2};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Flow {
    /// Bit i: a look-up was taken i + 1 cycles ago.
    stage: Bits<6>,
    /// None is taken: one of the first three.
    shut: Bit,
    /// One of the first two, in which the banks are read.
    reads: Bit,
    /// The banks were being emptied.
    blind: Bit,
    found: Bit,
    clearing: Bit,
}

#[derive(LogicBlock)]
pub struct ServiceTable<const A: usize, const S: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub lookup: Signal<In, Bit>,
    pub lookup_ready: Signal<Out, Bit>,
    pub address: Signal<In, Bits<128>>,
    pub is_ipv6: Signal<In, Bit>,
    pub protocol: Signal<In, Bits<8>>,
    pub port: Signal<In, Bits<16>>,
    pub result_soon: Signal<Out, Bit>,
    pub found: Signal<Out, Bit>,
    pub service: Signal<Out, Bits<S>>,
    pub blade_set: Signal<Out, Bits<16>>,
    pub policy: Signal<Out, Bits<4>>,
    pub timeout_class: Signal<Out, Bits<2>>,
    pub udp_per_packet: Signal<Out, Bit>,
    pub rewrite: Signal<Out, Bit>,
    pub sticky_by_source: Signal<Out, Bit>,
    pub enabled: Signal<Out, Bit>,
    pub weights: [Signal<Out, Bits<32>>; 4],
    pub host_write: Signal<In, Bit>,
    pub host_read: Signal<In, Bit>,
    pub host_ready: Signal<Out, Bit>,
    pub host_address: Signal<In, Bits<16>>,
    pub host_write_data: Signal<In, Bits<32>>,
    pub host_read_valid: Signal<Out, Bit>,
    pub host_read_data: Signal<Out, Bits<32>>,
    flow: DFF<Flow>,
    key: [DFF<Bits<32>>; 4],
    /// Port, protocol, version and valid that an entry must have; the port becomes 0 for the second comparison.
    upper: DFF<Bits<26>>,
    base_net: [XorNet<137, A>; 2],
    port_net: [XorNet<16, A>; 2],
    /// Row of the key without its port, and what the port adds.
    base: [DFF<Bits<A>>; 2],
    port_part: [DFF<Bits<A>>; 2],
    /// Word i of bank b is 5 b + i.
    bank: [SimpleDualPortRam<32, A>; 10],
    way: [DFF<Bits<32>>; 10],
    equal: [DFF<Bits<5>>; 2],
    number: [DFF<Bits<S>>; 2],
    chosen: DFF<Bits<S>>,
    result_found: DFF<Bit>,
    result_service: DFF<Bits<S>>,
    /// The parameters, then the four words of weights.
    row_ram: [SimpleDualPortRam<32, S>; 5],
    result: [DFF<Bits<32>>; 5],
    /// The same of the cycle before, for the host.
    row_copy: [DFF<Bits<32>>; 5],
    access: HostAccess,
    staging: [DFF<Bits<32>>; 4],
    clear_row: DFF<Bits<A>>,
    last_word: Constant<Bits<12>>,
    valid: Constant<Bits<26>>,
    ready: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    hash_input: Signal<Local, Bits<137>>,
    row: Signal<Local, Bits<A>>,
    equals: Signal<Local, Bits<5>>,
    stored: Signal<Local, Bits<32>>,
    match_0: Signal<Local, Bit>,
    match_any: Signal<Local, Bit>,
    choice: Signal<Local, Bits<S>>,
    first: Signal<Local, Bits<S>>,
    second: Signal<Local, Bits<S>>,
    word: Signal<Local, Bits<3>>,
    target: Signal<Local, Bits<2>>,
    last: Signal<Local, Bits<3>>,
    quiet: Signal<Local, Bit>,
    pending_target: Signal<Local, Bits<2>>,
    pending_word: Signal<Local, Bits<3>>,
    host_row: Signal<Local, Bits<A>>,
    host_number: Signal<Local, Bits<S>>,
    bank_word: Signal<Local, Bits<32>>,
    row_word: Signal<Local, Bits<32>>,
    low: Signal<Local, Bits<32>>,
    high: Signal<Local, Bits<32>>,
}

/// The hash of `bank` as a network of `I` bits, of which bit i stands for these bits of the address and of the upper word.
fn network<const I: usize, const A: usize>(bank: usize, of_bit: impl Fn(usize) -> (u128, u32)) -> XorNet<I, A> {
    let mut rows = vec![[0; 4]; A];
    for bit in 0..I {
        let (address, upper) = of_bit(bit);
        let column = service::row(bank, address, upper, A);
        for (output, row) in rows.iter_mut().enumerate() {
            row[bit / 64] |= u64::from(column >> output & 1) << (bit % 64);
        }
    }
    XorNet::from_rows(rows)
}

/// Address, protocol and version.
fn base_network<const A: usize>(bank: usize) -> XorNet<137, A> {
    network(bank, |bit| if bit < 128 { (1 << bit, 0) } else { (0, 1 << (bit - 112)) })
}

fn port_network<const A: usize>(bank: usize) -> XorNet<16, A> {
    network(bank, |bit| (0, 1 << bit))
}

impl<const A: usize, const S: usize> Default for ServiceTable<A, S> {
    fn default() -> Self {
        assert!((3..=10).contains(&A), "2^{A} rows a bank");
        assert!((1..=SERVICES_LOG2).contains(&S), "2^{S} services");
        use service::Target::{Bank0, Bank1, Parameters, Weights};
        let last_word = [Bank0, Bank1, Parameters, Weights]
            .into_iter()
            .fold(0, |all, target| all | (target.last_word() as u64) << (3 * target as u32));
        with_defaults!(Self {
            base_net: std::array::from_fn(base_network),
            port_net: std::array::from_fn(port_network),
            bank: std::array::from_fn(|_| SimpleDualPortRam::default().without_bypass()),
            row_ram: std::array::from_fn(|_| SimpleDualPortRam::default().without_bypass()),
            last_word: Constant::new(bits(last_word)),
            valid: Constant::new(bits(1 << service::UPPER_BITS)),
        }
            defaults clk reset lookup lookup_ready address is_ipv6 protocol port result_soon found service blade_set policy
            timeout_class udp_per_packet rewrite sticky_by_source enabled host_write host_read host_ready host_address
            host_write_data host_read_valid host_read_data flow upper chosen result_found result_service access clear_row ready take
            hash_input row equals stored match_0 match_any choice first second word target last quiet pending_target
            pending_word host_row host_number bank_word row_word low high
            ; arrays weights key base port_part way equal number result row_copy staging)
    }
}

impl<const A: usize, const S: usize> Logic for ServiceTable<A, S> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, flow, upper, chosen, result_found, result_service, clear_row);
        // 0 hash; 1, 2 rows with and without the port; 3, 4 compare words; 4, 5 compare all and choose; 5 parameters; 6 their fabric registers.
        self.ready.next = !self.flow.q.val().shut;
        self.lookup_ready.next = self.ready.val();
        self.take.next = self.lookup.val() & self.ready.val();
        self.flow.d.next.shut = self.take.val() | self.flow.q.val().stage.get_bits::<2>(0).any();
        self.flow.d.next.reads = self.take.val() | self.flow.q.val().stage.get_bit(0);
        self.flow.d.next.stage = (self.flow.q.val().stage << 1) | bit_cast::<6, 1>(self.take.val().into());
        if self.flow.q.val().stage.get_bit(2) {
            self.upper.d.next = (self.upper.q.val() >> 16) << 16;
        }
        if self.take.val() {
            self.flow.d.next.blind = self.flow.q.val().clearing;
        }
        // What is offered is taken in whether it is asked for or not: so little hangs on who asks.
        if self.ready.val() {
            self.upper.d.next = self.valid.val()
                | (bit_cast::<26, 1>(self.is_ipv6.val().into()) << 24)
                | (bit_cast::<26, 8>(self.protocol.val()) << 16)
                | bit_cast::<26, 16>(self.port.val());
        }
        self.hash_input.next = (bit_cast::<137, 1>(self.is_ipv6.val().into()) << 136)
            | (bit_cast::<137, 8>(self.protocol.val()) << 128)
            | bit_cast::<137, 128>(self.address.val());
        for i in 0..4 {
            self.key[i].clock.next = self.clk.val();
            self.key[i].d.next = self.key[i].q.val();
            if self.ready.val() {
                self.key[i].d.next = self.address.val().get_bits::<32>(32 * i);
            }
        }
        // The host: words before the last wait in staging; the last, or a read, for a cycle in which no look-up reads.
        self.word.next = self.host_address.val().get_bits::<3>(0);
        self.target.next = self.host_address.val().get_bits::<2>(13);
        self.last.next = self.last_word.val().get_bits::<3>(0);
        if self.target.val() == 1 {
            self.last.next = self.last_word.val().get_bits::<3>(3);
        }
        if self.target.val() == 2 {
            self.last.next = self.last_word.val().get_bits::<3>(6);
        }
        if self.target.val() == 3 {
            self.last.next = self.last_word.val().get_bits::<3>(9);
        }
        self.quiet.next = !self.flow.q.val().reads & !self.flow.q.val().stage.get_bit(4);
        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.host_write.next = self.host_write.val();
        self.access.host_read.next = self.host_read.val();
        self.access.host_address.next = self.host_address.val();
        self.access.host_write_data.next = self.host_write_data.val();
        self.access.closed.next = self.flow.q.val().clearing;
        self.access.staged.next = self.word.val() != self.last.val();
        self.access.quiet.next = self.quiet.val();
        self.host_ready.next = self.access.host_ready.val();
        self.host_read_valid.next = self.access.host_read_valid.val();
        self.host_read_data.next = self.access.host_read_data.val();
        for i in 0..4 {
            self.staging[i].clock.next = self.clk.val();
            self.staging[i].d.next = self.staging[i].q.val();
            if self.access.taken.val() & (self.word.val() == i.to_bits::<3>()) {
                self.staging[i].d.next = self.host_write_data.val();
            }
        }
        self.pending_target.next = self.access.address.val().get_bits::<2>(13);
        self.pending_word.next = self.access.address.val().get_bits::<3>(0);
        self.host_row.next = self.access.address.val().get_bits::<A>(3);
        self.host_number.next = self.access.address.val().get_bits::<S>(3);
        // The banks.
        for b in 0..2 {
            self.base_net[b].x.next = self.hash_input.val();
            self.port_net[b].x.next = self.port.val();
            self.base[b].clock.next = self.clk.val();
            self.port_part[b].clock.next = self.clk.val();
            self.base[b].d.next = self.base[b].q.val();
            self.port_part[b].d.next = 0.into();
            if self.ready.val() {
                self.base[b].d.next = self.base_net[b].y.val();
                self.port_part[b].d.next = self.port_net[b].y.val();
            }
            self.row.next = self.base[b].q.val() ^ self.port_part[b].q.val();
            if !self.flow.q.val().reads {
                self.row.next = self.host_row.val();
            }
            self.equals.next = 0.into();
            for i in 0..5 {
                self.bank[5 * b + i].clk.next = self.clk.val();
                self.bank[5 * b + i].read_address.next = self.row.val();
                self.bank[5 * b + i].write_enable.next =
                    self.flow.q.val().clearing | (self.access.commit.val() & (self.pending_target.val() == b.to_bits::<2>()));
                self.bank[5 * b + i].write_address.next = self.host_row.val();
                self.bank[5 * b + i].write_data.next = self.access.data.val();
                if self.flow.q.val().clearing {
                    self.bank[5 * b + i].write_address.next = self.clear_row.q.val();
                    self.bank[5 * b + i].write_data.next = 0.into();
                }
                self.way[5 * b + i].clock.next = self.clk.val();
                self.way[5 * b + i].d.next = self.bank[5 * b + i].read_data.val();
            }
            for k in 0..4 {
                if !self.flow.q.val().clearing {
                    self.bank[5 * b + k].write_data.next = self.staging[k].q.val();
                }
                self.equals.next = self.equals.val().replace_bit(k, self.way[5 * b + k].q.val() == self.key[k].q.val());
            }
            self.stored.next = self.way[5 * b + 4].q.val();
            self.equals.next = self
                .equals
                .val()
                .replace_bit(4, self.stored.val().get_bits::<26>(0) == self.upper.q.val());
            self.equal[b].clock.next = self.clk.val();
            self.equal[b].d.next = self.equals.val();
            self.number[b].clock.next = self.clk.val();
            self.number[b].d.next = self.stored.val().get_bits::<S>(26);
        }
        // The comparison with the port comes first and holds.
        self.match_0.next = self.equal[0].q.val().all();
        self.match_any.next = (self.equal[0].q.val().all() | self.equal[1].q.val().all()) & !self.flow.q.val().blind;
        self.choice.next = self.number[1].q.val();
        if self.match_0.val() {
            self.choice.next = self.number[0].q.val();
        }
        if self.flow.q.val().stage.get_bit(4) & self.flow.q.val().found {
            self.choice.next = self.chosen.q.val();
            self.match_any.next = true;
        }
        self.chosen.d.next = self.choice.val();
        self.flow.d.next.found = self.match_any.val();
        // Parameters and weights. Which comparison holds is the last to be known.
        self.first.next = self.host_number.val();
        self.second.next = self.host_number.val();
        if self.flow.q.val().stage.get_bit(4) {
            self.first.next = self.number[0].q.val();
            self.second.next = self.number[1].q.val();
            if self.flow.q.val().found {
                self.first.next = self.chosen.q.val();
                self.second.next = self.chosen.q.val();
            }
        }
        for i in 0..5 {
            self.row_ram[i].clk.next = self.clk.val();
            self.row_ram[i].read_address.next = self.second.val();
            if self.match_0.val() {
                self.row_ram[i].read_address.next = self.first.val();
            }
            self.row_ram[i].write_address.next = self.host_number.val();
            self.row_ram[i].write_enable.next = self.access.commit.val() & (self.pending_target.val() == 3);
            self.row_ram[i].write_data.next = self.access.data.val();
            self.row_copy[i].clock.next = self.clk.val();
            self.row_copy[i].d.next = self.row_ram[i].read_data.val();
            self.result[i].clock.next = self.clk.val();
            self.result[i].d.next = self.result[i].q.val();
            if self.flow.q.val().stage.get_bit(5) {
                self.result[i].d.next = self.row_ram[i].read_data.val();
            }
        }
        self.row_ram[0].write_enable.next = self.access.commit.val() & (self.pending_target.val() == 2);
        for i in 0..3 {
            self.row_ram[i + 1].write_data.next = self.staging[i].q.val();
        }
        if self.flow.q.val().stage.get_bit(5) {
            self.result_found.d.next = self.flow.q.val().found;
            self.result_service.d.next = self.chosen.q.val();
        }
        self.result_soon.next = self.flow.q.val().stage.get_bit(5);
        self.found.next = self.result_found.q.val();
        self.service.next = self.result_service.q.val();
        self.blade_set.next = self.result[0].q.val().get_bits::<16>(0);
        self.policy.next = self.result[0].q.val().get_bits::<4>(16);
        self.timeout_class.next = self.result[0].q.val().get_bits::<2>(20);
        self.udp_per_packet.next = self.result[0].q.val().get_bit(22);
        self.rewrite.next = self.result[0].q.val().get_bit(23);
        self.sticky_by_source.next = self.result[0].q.val().get_bit(24);
        self.enabled.next = self.result[0].q.val().get_bit(25);
        for i in 0..4 {
            self.weights[i].next = self.result[i + 1].q.val();
        }
        // The word that the host reads.
        self.bank_word.next = 0.into();
        for b in 0..2 {
            self.low.next = self.way[5 * b].q.val();
            self.high.next = self.way[5 * b + 2].q.val();
            if self.pending_word.val().get_bit(0) {
                self.low.next = self.way[5 * b + 1].q.val();
                self.high.next = self.way[5 * b + 3].q.val();
            }
            if self.pending_word.val().get_bit(1) {
                self.low.next = self.high.val();
            }
            if self.pending_word.val().get_bit(2) {
                self.low.next = self.way[5 * b + 4].q.val();
            }
            if self.pending_target.val().get_bit(0) == (b == 1) {
                self.bank_word.next = self.low.val();
            }
        }
        self.low.next = self.row_copy[1].q.val();
        self.high.next = self.row_copy[3].q.val();
        if self.pending_word.val().get_bit(0) {
            self.low.next = self.row_copy[2].q.val();
            self.high.next = self.row_copy[4].q.val();
        }
        self.row_word.next = self.low.val();
        if self.pending_word.val().get_bit(1) {
            self.row_word.next = self.high.val();
        }
        if !self.pending_target.val().get_bit(0) {
            self.row_word.next = self.row_copy[0].q.val();
        }
        self.access.word.next = self.bank_word.val();
        if self.pending_target.val().get_bit(1) {
            self.access.word.next = self.row_word.val();
        }
        if self.flow.q.val().clearing {
            self.clear_row.d.next = self.clear_row.q.val() + 1;
            if self.clear_row.q.val().all() {
                self.flow.d.next.clearing = false;
            }
        }
        if self.reset.val() {
            self.flow.d.next.stage = 0.into();
            self.flow.d.next.shut = false;
            self.flow.d.next.reads = false;
            self.flow.d.next.clearing = true;
            self.clear_row.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
