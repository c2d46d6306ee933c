//! Every core of selection against its Verilog.

use rand::Rng;
use spareband_gateware::select::{
    AwakeCount, BitCount, BladeGuards, BladeLane, BladeSelector, BladeStanding, Candidates, FlowAverage, LaneResult, LaneScore, LaneTurns,
    PairPick, RampTimer, ReportBase, SelectorSettings, TournamentTree, TurnChoice, WeightedPick,
};
use spareband_hdl::lockstep;

#[test]
fn tournament_tree() {
    lockstep!(TournamentTree::<23>::default(); clk, leaf).clock("clk").cycles(300).run();
}

#[test]
fn bit_count() {
    lockstep!(BitCount::default(); of).cycles(1000).run();
}

#[test]
fn awake_count() {
    lockstep!(AwakeCount::<5>::default(); clk, reset, full, estimate, wake, mask, decided)
        .clock("clk")
        .bias("reset", 0.01)
        .bias("full", 0.7)
        .stimulus(|_, inputs| {
            // Estimates about the mark, and masks of the blades there are.
            let wake = inputs.rng.gen_range(0..256_u32);
            inputs.set("wake", wake);
            for i in 0..5 {
                let estimate = [wake, (wake + 8191) % 8192, 300, 8191][inputs.rng.gen_range(0..4)];
                inputs.set(&format!("estimate_{i}"), estimate);
            }
            let mask = inputs.rng.gen_range(0..64_u32);
            inputs.set("mask", mask);
        })
        .cycles(3000)
        .run();
}

#[test]
fn selector_settings() {
    lockstep!(SelectorSettings::default(); words).cycles(300).run();
}

#[test]
fn blade_lane() {
    lockstep!(BladeLane::default(); clk, cpu, irq, work, power, queue_length, unknown, signal, second_signal, active, latched_load, base, delta, hot,
        hot_stay, second_hot, second_stay, fill, fill_stay)
    .clock("clk")
    .cycles(2000)
    .run();
}

#[test]
fn lane_turns() {
    lockstep!(LaneTurns::<3>::default(); clk, reset, known, stale, cpu, irq, work, power, queue_length, active, updated, signal, second_signal,
        delta, hot, hot_stay, second_hot, second_stay, fill, fill_stay, latched_load, base, decide)
    .clock("clk")
    .bias("reset", 0.01)
    .bias("updated", 0.2)
    .cycles(2000)
    .run();
}

#[test]
fn lane_result() {
    lockstep!(LaneResult::default(); clk, reset, take_marks, take_values, was_unknown, reaches, keeps, raw_load_in, load_in, second_in, estimate_in,
        tracked_in, flows_in, headroom_in, triple_in, decide)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(1000)
    .run();
}

#[test]
fn turn_choice() {
    lockstep!(TurnChoice::<12, 5>::default(); turn, word).cycles(1000).run();
}

#[test]
fn blade_standing() {
    lockstep!(BladeStanding::default(); clk, link_up, enabled, host_admin, known, admin)
        .clock("clk")
        .cycles(1000)
        .run();
}

#[test]
fn blade_guards() {
    lockstep!(BladeGuards::default(); clk, reset, usable, ready, reported, accepted, refused, tick, trust, random, good_reports, refused_mark,
        refused_stay)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("usable", 0.98)
    .bias("reported", 0.05)
    .bias("refused", 0.2)
    .bias("tick", 0.1)
    .cycles(3000)
    .run();
}

#[test]
fn candidates() {
    lockstep!(Candidates::<5>::default(); clk, reset, decide, service, weighted, gate, ramped, usable, eligible, unknown, past_trust, past_random,
        wanting, sunk_set, sunk_stay, ramp)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(2000)
    .run();
}

#[test]
fn lane_score() {
    lockstep!(LaneScore::default(); clk, weight, load, second, estimate, tracked, flows, headroom, triple, load_hot, second_is_hot, full, by_load,
        by_estimate, by_tracked, by_share, by_heat, by_fill, candidate, behind)
    .clock("clk")
    .bias("by_share", 0.3)
    .bias("by_heat", 0.3)
    .bias("candidate", 0.8)
    .cycles(2000)
    .run();
}

#[test]
fn weighted_pick() {
    lockstep!(WeightedPick::default(); clk, headroom_weight, plain_weight, by_weight, none, valid, service, random)
        .clock("clk")
        .bias("none", 0.1)
        .cycles(1000)
        .run();
}

#[test]
fn pair_pick() {
    lockstep!(PairPick::default(); clk, mask, key, first, second)
        .clock("clk")
        .cycles(1000)
        .run();
}

#[test]
fn report_base() {
    lockstep!(ReportBase::<3>::default(); clk, reset, turn_phase, turn_blade, turn_average, turn_latches, latched, load, delta)
        .clock("clk")
        .bias("reset", 0.002)
        .stimulus(|cycle, inputs| {
            inputs.set("turn_phase", 1_u32 << (cycle & 7));
            inputs.set("turn_blade", 1_u32 << (cycle >> 3 & 3));
        })
        .cycles(3000)
        .run();
}

#[test]
fn flow_average() {
    lockstep!(FlowAverage::<3>::default(); clk, reset, active, updated, shift, span)
        .clock("clk")
        .bias("reset", 0.0005)
        .bias("span", 0.9)
        .cycles(4000)
        .run();
}

#[test]
fn blade_selector() {
    lockstep!(BladeSelector::<4>::default(); clk, reset, request, policy, service, service_set, weight, weighted, hash_start, hash_gate, signal,
        second_signal, delta, ewma_shift, span, hot, second_hot, fill, wake, ladder, ladder_trust, ladder_random, ramp, good_reports, refused_mark, seed,
        load_seed, link_up, enabled, host_admin, known, stale, admin, cpu, irq, work, power, queue, updated, active_flows, refused, ramp_tick,
        accept, accept_blade)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("load_seed", 0.01)
    .bias("link_up", 0.9)
    .bias("enabled", 0.9)
    .bias("known", 0.9)
    .bias("stale", 0.1)
    .cycles(1500)
    .run();
}

#[test]
fn ramp_timer() {
    lockstep!(RampTimer::default(); clk, reset, interval)
        .clock("clk")
        .bias("reset", 0.001)
        .bias("interval", 0.05)
        .cycles(2000)
        .run();
}
