//! Every core of forwarding and selection against its Verilog.

use spareband_gateware::forward::{
    BladeQueue, Classifier, FlowHash, FlowTable, ForwardingPlane, FrameParser, FrameRewriter, ReturnArbiter, ReturnQueue, VerdictUnit,
};
use spareband_gateware::select::{BladeScore, BladeSelector, FlowAverage, TournamentTree};
use spareband_hdl::lockstep;

#[test]
fn tournament_tree() {
    lockstep!(TournamentTree::<19>::default(); clk, leaf).clock("clk").cycles(300).run();
}

#[test]
fn blade_score() {
    lockstep!(BladeScore::default(); clk, link_up, enabled, host_admin, known, stale, admin, cpu, active, latched, delta, by_cpu, by_estimate)
        .clock("clk")
        .cycles(2000)
        .run();
}

#[test]
fn flow_average() {
    lockstep!(FlowAverage::<3>::default(); clk, reset, active, updated, shift)
        .clock("clk")
        .bias("reset", 0.0005)
        .cycles(4000)
        .run();
}

#[test]
fn blade_selector() {
    lockstep!(BladeSelector::<4>::default(); clk, reset, request, by_hash, hash_start, policy, delta, ewma_shift, link_up, enabled, host_admin,
        known, stale, admin, cpu, updated, active_flows, accept, accept_blade)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("link_up", 0.9)
    .bias("enabled", 0.9)
    .cycles(3000)
    .run();
}

#[test]
fn flow_hash() {
    lockstep!(FlowHash::<5>::default(); clk, reset, key, in_valid, in_class, in_blade, in_flags, in_source, in_destination, in_ports, in_protocol,
        out_take)
    .clock("clk")
    .bias("reset", 0.002)
    .cycles(2000)
    .run();
}
