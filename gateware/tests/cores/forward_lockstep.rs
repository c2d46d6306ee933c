//! Every core of forwarding against its Verilog.

use crate::plane_model;
use plane_model::{Setup, random_frame};
use rand::prelude::*;
use spareband_gateware::forward::{
    Classifier, FlowCounts, FlowHash, FlowPartition, FlowTable, FlowTimers, ForwardingPlane, FrameParser, FrameRewriter, HashPick,
    JobWeights, ReturnArbiter, ReturnQueue, SourceReader, VerdictUnit, WordQueue,
};
use spareband_hdl::lockstep;
use spareband_hdl::lockstep::Inputs;
use spareband_spec::regs::{MANAGER, SELECTOR_WORDS};

#[test]
fn source_reader() {
    lockstep!(SourceReader::default(); clk, reset, word_valid, word_data, word_last)
        .clock("clk")
        .bias("reset", 0.02)
        .cycles(1000)
        .run();
}

#[test]
fn job_weights() {
    lockstep!(JobWeights::default(); clk, reset, table, write, read, in_service)
        .clock("clk")
        .bias("reset", 0.01)
        .cycles(2000)
        .run();
}

#[test]
fn hash_pick() {
    lockstep!(HashPick::default(); clk, start, eligible, usable)
        .clock("clk")
        .cycles(1000)
        .run();
}

#[test]
fn flow_hash() {
    lockstep!(FlowHash::<5>::default(); clk, reset, key, in_valid, in_class, in_passed, in_source, in_destination, in_ports, in_protocol,
        in_ipv6, out_take)
    .clock("clk")
    .bias("reset", 0.002)
    .cycles(2000)
    .run();
}

/// Words of random frames, with and without gaps; the flag says whether one is there, then data, keep, last, error and cause.
struct Words {
    frame: Vec<u8>,
    error: Option<u8>,
    at: usize,
    gap: u32,
    setup: Setup,
    /// Idle cycles after a frame at least, beside random ones.
    least_gap: u32,
}

impl Words {
    fn new(blades: usize, least_gap: u32) -> Self {
        Self {
            frame: vec![],
            error: None,
            at: 0,
            gap: 3,
            setup: Setup::ready(blades),
            least_gap,
        }
    }

    fn drive(&mut self, inputs: &mut Inputs) {
        if self.gap > 0 {
            self.gap -= 1;
            inputs.set("rx_valid", 0_u8);
            return;
        }
        if self.at == 0 {
            (self.frame, self.error) = random_frame(inputs.rng, &self.setup, 40);
        }
        let bytes = &self.frame[self.at..self.frame.len().min(self.at + 8)];
        let mut data = [0; 8];
        inputs.rng.fill(&mut data);
        data[..bytes.len()].copy_from_slice(bytes);
        self.at += 8;
        let last = self.at >= self.frame.len();
        inputs.set("rx_valid", 1_u8);
        inputs.set("rx_data", u64::from_le_bytes(data));
        inputs.set("rx_keep", (1_u32 << bytes.len()) - 1);
        inputs.set("rx_last", u8::from(last));
        inputs.set("rx_error", u8::from(last && self.error.is_some()));
        inputs.set("rx_cause", self.error.unwrap_or(0));
        if last {
            self.at = 0;
            self.gap = self.least_gap + if inputs.rng.gen_bool(0.3) { inputs.rng.gen_range(0..12) } else { 0 };
        } else if inputs.rng.gen_bool(0.02) {
            self.gap = 2;
        }
    }
}

#[test]
fn frame_parser() {
    let mut words = Words::new(4, 0);
    lockstep!(FrameParser::default(); clk, reset, rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause, admit)
        .clock("clk")
        .bias("reset", 0.001)
        .bias("admit", 0.9)
        .cycles(4000)
        .stimulus(move |_, inputs| words.drive(inputs))
        .run();
}

#[test]
fn classifier() {
    let (mut waited, mut mac) = (0, 0_u64);
    lockstep!(Classifier::<4>::default(); clk, reset, head_valid, destination_mac, is_ipv4, is_ipv6, is_arp_request, malformed, is_fragment, is_tcp,
        is_udp, is_sctp, has_ports, is_icmp_error, is_echo_request, is_neighbour_solicitation, source, destination, ports, protocol, syn, ack,
        fin, rst, own_mac, vip, vip_mask, blade_mac, lookup_ready, result_soon, found, enabled, service, blade_set, policy, timeout_class,
        udp_per_packet, rewrite, sticky_by_source, mac_found, mac_port, default_policy, storm)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(2000)
    .stimulus(move |_, inputs| {
        // A head stands until its result comes, a cycle after it is told of; addresses that meet: few of them.
        waited += 1;
        let done = waited > 10;
        inputs.set("result_soon", u32::from(done));
        if done {
            waited = 0;
        }
        if waited == 2 {
            mac = inputs.rng.gen_range(0..7_u64) << 40 | inputs.rng.gen_range(0..2_u64);
        }
        inputs.set("destination_mac", mac);
        inputs.set("own_mac", 5_u64 << 40);
        for i in 0..4_u64 {
            inputs.set(&format!("blade_mac_{i}"), i << 40);
        }
        let mask = inputs.rng.gen_range(0..4_u32) << 30;
        inputs.set("vip_mask", mask);
    })
    .run();
}

/// As the verdict unit does it, in bursts so that entries have time to age.
fn bursts(wait: &mut i32, cycle: u64, inputs: &mut Inputs) {
    *wait = if *wait == 0 && cycle % 8192 < 2500 {
        6 + inputs.rng.gen_range(0..8)
    } else {
        i32::max(*wait - 1, 0)
    };
    inputs.set("lookup", u32::from(*wait == 6));
    inputs.set("finish", u32::from(*wait == 1));
}

#[test]
fn flow_table() {
    let mut wait = 0;
    lockstep!(FlowTable::<3, 2, 1>::default(); clk, reset, flush, timeout, closing_timeout, half_open_timeout, flush_blade, lookup, lookup_index,
        lookup_tag, usable, finish, write, write_half_open, write_closing, write_blade, write_class, read, read_index)
    .clock("clk")
    .cycles(30_000)
    .stimulus(move |cycle, inputs| {
        let tag = inputs.rng.gen_range(0..6_u32);
        inputs.set("lookup_tag", tag);
        for i in 0..4 {
            inputs.set(&format!("timeout_{i}"), 1_u32);
        }
        inputs.set("closing_timeout", 1_u32);
        inputs.set("half_open_timeout", 1_u32);
        inputs.set("reset", u32::from(cycle == 9000));
        inputs.set("flush", u32::from(cycle == 5000));
        inputs.set("flush_blade", u32::from(cycle / 256 % 8 == 0));
        let blade = inputs.rng.gen_range(0..3_u32);
        inputs.set("write_blade", blade);
        let beyond = inputs.rng.gen_bool(0.1);
        let index = inputs.rng.gen_range(0..16_u32) | u32::from(inputs.rng.gen_bool(0.5)) << 19 | u32::from(beyond) << 16;
        inputs.set("read_index", index);
        bursts(&mut wait, cycle, inputs);
    })
    .run();
}

#[test]
fn flow_partition() {
    let mut wait = 0;
    lockstep!(FlowPartition::<2>::default(); clk, reset, clear, lookup, lookup_index, lookup_tag, usable, acts, finish, update, push, remove, write_closing,
        write_blade, write_class, due, flush_blade, peek, peek_set, peek_way)
    .clock("clk")
    .cycles(20_000)
    .stimulus(move |cycle, inputs| {
        let tag = inputs.rng.gen_range(0..6_u32);
        inputs.set("lookup_tag", tag);
        inputs.set("reset", u32::from(cycle == 9000));
        inputs.set("clear", u32::from(cycle == 5000));
        inputs.set("flush_blade", u32::from(cycle / 256 % 8 == 0));
        let due = if inputs.rng.gen_bool(0.02) { inputs.rng.gen_range(0..32_u32) } else { 0 };
        inputs.set("due", due);
        bursts(&mut wait, cycle, inputs);
        let update = wait == 1 && inputs.rng.gen_bool(0.8);
        inputs.set("update", u32::from(update));
        let remove = inputs.rng.gen_bool(0.1);
        inputs.set("remove", u32::from(remove));
    })
    .run();
}

#[test]
fn flow_timers() {
    lockstep!(FlowTimers::default(); clk, reset, timeout)
        .clock("clk")
        .cycles(60_000)
        .stimulus(|cycle, inputs| {
            inputs.set("reset", u32::from(cycle == 20_000));
            for i in 0..6_u32 {
                inputs.set(&format!("timeout_{i}"), if cycle < 40_000 { i } else { 3 - i / 2 });
            }
        })
        .run();
}

#[test]
fn flow_counts() {
    lockstep!(FlowCounts::<3>::default(); clk, clear, update, closing, blade, found, found_closing, found_blade, removed, removed_closing,
        removed_blade)
    .clock("clk")
    .bias("clear", 0.01)
    .cycles(2000)
    .run();
}

#[test]
fn verdict_unit() {
    lockstep!(VerdictUnit::<3>::default(); clk, reset, job_valid, job_class, job_blade, job_tracked, job_starts, job_half_open, job_fin, job_rst,
        job_start, job_timeout_class, job_each, job_rewrite, job_in_service, job_service, job_blade_set, job_policy, consistent_blade, consistent_none, end_valid, end_good, end_cause, reachable, result_valid, found, found_half_open, found_blade,
        found_usable, found_closing, room, ready, grant_valid, grant_blade, grant_none, hash_blade, hash_none)
    .clock("clk")
    .bias("reset", 0.002)
    .cycles(4000)
    .run();
}

#[test]
fn frame_rewriter() {
    lockstep!(FrameRewriter::<3>::default(); clk, reset, word_valid, word_data, word_keep, word_last, word_error, verdict_valid, verdict_mask,
        verdict_flood, verdict_rewrite, verdict_blade, blade_mac, vlan_action, vlan_id)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("word_last", 0.2)
    .cycles(3000)
    .run();
}

#[test]
fn forwarding_plane() {
    let mut words = Words::new(4, 3);
    lockstep!(ForwardingPlane::<4, 2>::default(); clk, reset, rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause, own_mac, vip, vip_mask, policy,
        delta, ewma_shift, flow_timeout, closing_timeout, half_open_timeout, mac_age_time, storm_limit, flush_macs, hash_key, flush_flows, flush_blades, re_home, blade_mac, vlan_action,
        vlan_vid, learn, learn_mac, learn_vid, learn_port, switch_lookup, switch_mac, switch_vid, table_address, table_write_data, table_write, table_read, blade_enabled, host_admin, link_up, known, stale, cpu, admin, updated,
        irq, work, power, queue, selection, selection_seed, selection_load_seed, refused, refused_blade)
    .clock("clk")
    .bias("updated", 0.002)
    .bias("refused", 0.01)
    .bias("selection_load_seed", 0.002)
    .bias("link_up", 0.95)
    .bias("blade_enabled", 0.95)
    .cycles(6000)
    .stimulus(move |cycle, inputs| {
        words.drive(inputs);
        let setup = words.setup.clone();
        inputs.set("reset", u32::from(cycle == 2500));
        inputs.set("flush_flows", u32::from(cycle == 3500));
        inputs.set("flush_blades", u32::from(cycle == 4500) << 1);
        inputs.set("re_home", u32::from(cycle > 5000));
        inputs.set("vip", setup.vip);
        inputs.set("vip_mask", setup.vip_mask);
        inputs.set("policy", (cycle / 512 % 11) as u32);
        for (i, register) in MANAGER.block("selector").registers[..SELECTOR_WORDS].iter().enumerate() {
            inputs.set(&format!("selection_{i}"), register.reset);
        }
        inputs.set("delta", 16_u32);
        inputs.set("ewma_shift", 1_u32);
        for class in 0..4 {
            inputs.set(&format!("flow_timeout_{class}"), 1_u32);
        }
        inputs.set("closing_timeout", 1_u32);
        inputs.set("half_open_timeout", 1_u32);
        inputs.set("flush_macs", u32::from(cycle == 3000));
        inputs.set("hash_key", setup.key);
        for (i, mac) in setup.macs.iter().enumerate() {
            inputs.set(&format!("blade_mac_{i}"), mac.iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte)));
            // States that last a while.
            let state = (cycle / 300 + i as u64) % 7;
            inputs.set(&format!("host_admin_{i}"), u32::from(state == 0));
            inputs.set(&format!("admin_{i}"), if state == 3 { 2_u32 } else { 0 });
        }
    })
    .run();
}

#[test]
fn word_queue() {
    lockstep!(WordQueue::<5>::default(); clk, reset, limit, in_valid, in_data, in_beyond, in_last, in_commit, in_flood, in_cause, out_ready)
        .clock("clk")
        .bias("in_last", 0.15)
        .bias("in_valid", 0.5)
        .bias("out_ready", 0.6)
        .cycles(3000)
        .stimulus(|_, inputs| inputs.set("reset", 0_u32))
        .run();
}

#[test]
fn return_queue() {
    lockstep!(ReturnQueue::<5>::default(); rx_clk, rx_reset, rx_valid, rx_data, rx_last, rx_error, rx_cause, clk, reset, out_ready)
        .clock_period("rx_clk", 10)
        .clock_period("clk", 8)
        .bias("rx_last", 0.05)
        .bias("out_ready", 0.1)
        .cycles(4000)
        .stimulus(|_, inputs| {
            inputs.set("reset", 0_u32);
            inputs.set("rx_reset", 0_u32);
        })
        .run();
}

#[test]
fn return_arbiter() {
    lockstep!(ReturnArbiter::<3>::default(); clk, reset, quantum, in_valid, in_waits, in_data, in_keep, in_last, tx_ready)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("in_last", 0.3)
        .cycles(5000)
        .stimulus(|cycle, inputs| inputs.set("quantum", [10_u32, 40, 0][cycle as usize / 1000 % 3]))
        .run();
}
