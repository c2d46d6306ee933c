//! The gigabit cores in rust-hdl's simulator, under Verilator and under Icarus Verilog on the same stimulus.
//! Leaves get random inputs; PCS, MAC and blade are looped back, so that they synchronise and frames and records pass.

use rand::prelude::*;
use spareband_gateware::blade::Blade;
use spareband_gateware::mac::{Mac1g, Rx1g, Tx1g};
use spareband_gateware::pcs::basex::{
    AutoNegotiation, CarrierDetect, CodeGroupAlign, Decoder8b10b, Encoder8b10b, Receive, Synchronization, Transmit, UtilisationPcs1000baseX,
};
use spareband_gateware::util::{UtilisationCdc, UtilisationEntry, UtilisationExtract, UtilisationInject, UtilisationTable};
use spareband_hdl::lockstep;
use spareband_hdl::lockstep::Inputs;
use spareband_spec::{code_8b10b, ordered_set, record};

#[test]
fn encoder() {
    lockstep!(Encoder8b10b::default(); clk, reset, control, value)
        .clock("clk")
        .bias("reset", 0.01)
        .stimulus(|_, inputs| {
            // The output for Kx.y that is no code-group is defined, if without meaning.
            if inputs.rng.gen_bool(0.3) {
                inputs.set("value", code_8b10b::K28_5);
            }
        })
        .run();
}

#[test]
fn decoder() {
    lockstep!(Decoder8b10b::default(); clk, code_group).clock("clk").cycles(4000).run();
}

#[test]
fn carrier_detect() {
    lockstep!(CarrierDetect::default(); clk, code_group, positive)
        .clock("clk")
        .stimulus(|_, inputs| {
            let flip = 1_u16 << inputs.rng.gen_range(0..10) & 0x3FF;
            let kind = inputs.rng.gen_range(0..4);
            if kind > 0 {
                let base = if inputs.rng.r#gen() {
                    code_8b10b::K28_5_MINUS
                } else {
                    code_8b10b::K28_5_PLUS
                };
                inputs.set("code_group", base ^ if kind > 1 { flip } else { 0 });
            }
        })
        .run();
}

#[test]
fn code_group_align() {
    lockstep!(CodeGroupAlign::default(); clk, hunt, invalid, code_group)
        .clock("clk")
        .cycles(4000)
        .run();
}

#[test]
fn synchronization() {
    lockstep!(Synchronization::default(); clk, reset, comma, data, invalid)
        .clock("clk")
        .bias("reset", 0.002)
        .stimulus(|cycle, inputs| {
            // Mostly what acquires, sometimes what loses.
            let comma = cycle % 2 == 0 && inputs.rng.gen_bool(0.7);
            let invalid = !comma && inputs.rng.gen_bool(if cycle % 400 < 300 { 0.03 } else { 0.6 });
            inputs.set("comma", u8::from(comma));
            inputs.set("invalid", u8::from(invalid));
            let data = !comma && !invalid && inputs.rng.gen_bool(0.95);
            inputs.set("data", u8::from(data));
        })
        .run();
}

/// Frames of random length and gap on a port, as level per cycle.
fn bursts(mean: u32) -> impl FnMut(&mut Inputs) -> bool {
    let (mut left, mut active) = (20, false);
    move |inputs| {
        if left == 0 {
            active = !active;
            left = inputs.rng.gen_range(1..2 * mean);
        }
        left -= 1;
        active
    }
}

#[test]
fn transmit() {
    let mut frames = bursts(20);
    lockstep!(Transmit::default(); clk, reset, gmii_txd, gmii_tx_en, gmii_tx_er, xmit_configuration, xmit_data, configuration, positive, offer_valid, offer_control, offer)
        .clock("clk")
        .cycles(6000)
        .bias("reset", 0.002)
        .bias("gmii_tx_er", 0.1)
        .bias("xmit_data", 0.99)
        .bias("xmit_configuration", 0.3)
        .stimulus(move |_, inputs| {
            let active = frames(inputs);
            inputs.set("gmii_tx_en", u8::from(active));
        })
        .run();
}

#[test]
fn receive() {
    lockstep!(Receive::default(); clk, reset, control, value, invalid, carrier, sync, even, xmit_configuration, xmit_data)
        .clock("clk")
        .cycles(8000)
        .bias("reset", 0.001)
        .bias("invalid", 0.02)
        .bias("sync", 0.995)
        .stimulus(|cycle, inputs| {
            use ordered_set::{CARRIER_EXTEND, END_OF_PACKET, START_OF_PACKET};
            let even = cycle % 2 == 0;
            inputs.set("even", u8::from(even));
            inputs.set("xmit_data", u8::from(cycle % 1000 < 700));
            inputs.set("xmit_configuration", u8::from(cycle % 1000 > 800));
            let (control, value) = match inputs.rng.gen_range(0..12) {
                0..=3 if even => (true, code_8b10b::K28_5),
                4 if even => (true, START_OF_PACKET),
                5 => (true, END_OF_PACKET),
                6 | 7 => (true, CARRIER_EXTEND),
                8 => (false, ordered_set::CONFIGURATION[usize::from(inputs.rng.r#gen::<bool>())]),
                9 => (false, 0),
                _ => (false, inputs.rng.r#gen()),
            };
            inputs.set("control", u8::from(control));
            inputs.set("value", value);
        })
        .run();
}

#[test]
fn auto_negotiation() {
    lockstep!(AutoNegotiation::default(); clk, reset, enable, restart, link_timer, sync, rudi_configuration, rudi_idle, rudi_invalid, word)
        .clock("clk")
        .cycles(8000)
        .bias("reset", 0.0005)
        .bias("restart", 0.001)
        .bias("enable", 0.999)
        .bias("sync", 0.99)
        .bias("rudi_invalid", 0.001)
        .stimulus(|cycle, inputs| {
            // A partner by and large: pages, acknowledged pages, idles.
            let phase = cycle / 60 % 6;
            let word = match phase {
                0 => 0x0020,
                4 if cycle / 360 % 4 == 0 => 0,
                _ => 0x4020_u16,
            };
            let word = if inputs.rng.gen_bool(0.02) { inputs.rng.r#gen() } else { word };
            inputs.set("word", word);
            inputs.set(
                "rudi_configuration",
                u8::from(cycle % 4 == 0 && phase < 2 || phase == 4 && cycle % 360 == 1),
            );
            inputs.set("rudi_idle", u8::from(cycle % 2 == 0 && phase >= 2));
            inputs.set("link_timer", 20_u8);
        })
        .run();
}

#[test]
fn inject() {
    lockstep!(UtilisationInject::default(); clk, reset, enable, record, set_sent, offer_taken)
        .clock("clk")
        .bias("reset", 0.001)
        .bias("enable", 0.995)
        .stimulus(|cycle, inputs| {
            let set = cycle % 2 == 1;
            let take = set && inputs.output("offer_valid") == 1_u8.into() && inputs.rng.gen_bool(0.9);
            inputs.set("set_sent", u8::from(set));
            inputs.set("offer_taken", u8::from(take));
        })
        .run();
}

#[test]
fn extract() {
    let mut sets: Vec<u8> = vec![];
    lockstep!(UtilisationExtract::default(); clk, reset, sync, k28_5_minus, data, value)
        .clock("clk")
        .cycles(6000)
        .bias("reset", 0.0005)
        .bias("sync", 0.999)
        .stimulus(move |cycle, inputs| {
            let first = cycle % 2 == 0;
            inputs.set("k28_5_minus", u8::from(first));
            inputs.set("data", u8::from(!first));
            if !first {
                if sets.is_empty() {
                    let version = if inputs.rng.gen_bool(0.8) { 1 } else { 2 };
                    sets = record::sets(version << record::VERSION_BIT | inputs.rng.r#gen::<u64>() >> 18).to_vec();
                    sets.reverse();
                }
                let idle = inputs.rng.gen_bool(0.3);
                let mut value = if idle { ordered_set::IDLE_2 } else { sets.pop().unwrap() };
                if inputs.rng.gen_bool(0.03) {
                    value = inputs.rng.r#gen();
                }
                inputs.set("value", value);
            }
        })
        .run();
}

#[test]
fn crossing() {
    lockstep!(UtilisationCdc::default(); rx_clk, rx_valid, rx_record, rx_error, core_clk)
        .clock_period("rx_clk", 10)
        .clock_period("core_clk", 8)
        .bias("rx_valid", 0.05)
        .bias("rx_error", 0.2)
        .run();
}

#[test]
fn entry() {
    lockstep!(UtilisationEntry::default(); clk, reset, record_valid, record, record_error, link_up, stale_limit, clear_worst)
        .clock("clk")
        .bias("reset", 0.001)
        .bias("record_valid", 0.1)
        .bias("record_error", 0.02)
        .bias("link_up", 0.995)
        .bias("clear_worst", 0.01)
        .stimulus(|cycle, inputs| {
            inputs.set("stale_limit", 15_u8);
            // Sequence and admin that change seldom enough for plausibility to matter.
            let fields = (1 << 46 | (cycle / 300 % 3) << 44 | (cycle / 20 % 16) << 40) ^ u64::from(inputs.rng.gen_bool(0.1)) << 43;
            inputs.set("record", fields | cycle);
        })
        .run();
}

#[test]
fn table() {
    lockstep!(UtilisationTable::<2>::default(); clk, reset, record_valid, record, crc_error, link_up, stale_limit, clear_worst)
        .clock("clk")
        .bias("reset", 0.001)
        .bias("record_valid_0", 0.1)
        .bias("record_valid_1", 0.05)
        .bias("link_up_0", 0.99)
        .bias("link_up_1", 0.99)
        .bias("clear_worst", 0.01)
        .run();
}

#[test]
fn mac_transmit() {
    let mut frames = bursts(40);
    lockstep!(Tx1g::default(); clk, reset, tx_valid, tx_data, tx_last, tx_error)
        .clock("clk")
        .cycles(5000)
        .bias("reset", 0.001)
        .bias("tx_last", 0.02)
        .bias("tx_error", 0.2)
        .stimulus(move |_, inputs| {
            let active = frames(inputs);
            inputs.set("tx_valid", u8::from(active));
        })
        .run();
}

#[test]
fn mac_receive() {
    let mut frames = bursts(40);
    let mut place = 0;
    lockstep!(Rx1g::default(); clk, reset, gmii_rxd, gmii_rx_dv, gmii_rx_er, rx_max_length)
        .clock("clk")
        .cycles(5000)
        .bias("reset", 0.001)
        .bias("gmii_rx_er", 0.005)
        .stimulus(move |_, inputs| {
            let active = frames(inputs);
            place = if active { place + 1 } else { 0 };
            inputs.set("gmii_rx_dv", u8::from(active));
            inputs.set("rx_max_length", 70_u8);
            if place < 5 && inputs.rng.gen_bool(0.97) {
                inputs.set("gmii_rxd", if place < 4 { 0x55_u8 } else { 0xD5 });
            }
        })
        .run();
}

/// A byte stream for a transmit MAC: valid until taken, frames of random length.
fn offer_frames() -> impl FnMut(&mut Inputs) {
    let (mut left, mut pause, mut data) = (0, 0, 0_u8);
    move |inputs| {
        if left > 0 && inputs.output("tx_ready") == 1_u8.into() {
            left -= 1;
            data = inputs.rng.r#gen();
            if left == 0 {
                pause = inputs.rng.gen_range(0..20);
            }
        } else if left == 0 {
            if pause == 0 {
                left = inputs.rng.gen_range(1..120);
            } else {
                pause -= 1;
            }
        }
        inputs.set("tx_valid", u8::from(left > 0));
        inputs.set("tx_data", data);
        inputs.set("tx_last", u8::from(left == 1));
    }
}

#[test]
fn mac() {
    let mut frames = offer_frames();
    lockstep!(Mac1g::default(); tx_clk, tx_reset, tx_valid, tx_data, tx_last, tx_error, rx_clk, rx_reset, gmii_rxd, gmii_rx_dv, gmii_rx_er, rx_max_length)
        .clock("tx_clk")
        .clock("rx_clk")
        .cycles(5000)
        .bias("tx_reset", 0.0)
        .bias("rx_reset", 0.0)
        .bias("tx_error", 0.05)
        .stimulus(move |_, inputs| {
            frames(inputs);
            inputs.set("rx_max_length", 110_u8);
            for (to, from) in [("gmii_rxd", "gmii_txd"), ("gmii_rx_dv", "gmii_tx_en"), ("gmii_rx_er", "gmii_tx_er")] {
                let value = inputs.output(from);
                inputs.set(to, value);
            }
        })
        .run();
}

/// The transmitted code-groups, three bits late, with a bit error now and then.
fn loop_back() -> impl FnMut(&mut Inputs) {
    let mut held = 0_u32;
    move |inputs| {
        let word: u32 = inputs.output("tx_code_group").try_into().unwrap();
        let noise = u32::from(inputs.rng.gen_bool(0.002)) << inputs.rng.gen_range(0..10);
        let all = held | (word << 3);
        held = all >> 10;
        inputs.set("rx_code_group", (all & 0x3FF) ^ noise);
    }
}

#[test]
fn pcs() {
    let (mut frames, mut line) = (bursts(30), loop_back());
    lockstep!(UtilisationPcs1000baseX::default(); tx_clk, tx_reset, gmii_txd, gmii_tx_en, gmii_tx_er, util_tx_enable, util_tx_record, rx_clk, rx_reset, rx_code_group, an_enable, an_restart, an_sgmii, an_ability, an_link_timer)
        .clock("tx_clk")
        .clock("rx_clk")
        .cycles(8000)
        .bias("gmii_tx_er", 0.01)
        .bias("util_tx_enable", 0.999)
        .stimulus(move |cycle, inputs| {
            let active = frames(inputs);
            inputs.set("gmii_tx_en", u8::from(active));
            inputs.set("tx_reset", u8::from(cycle % 3000 < 4));
            inputs.set("rx_reset", u8::from(cycle % 3000 < 4));
            inputs.set("util_tx_record", (1_u64 << record::VERSION_BIT) | (cycle / 50));
            // Half of the time it negotiates with itself.
            inputs.set("an_enable", u8::from(cycle % 6000 >= 3000));
            inputs.set("an_restart", u8::from(cycle == 5000));
            inputs.set("an_link_timer", 60_u8);
            inputs.set("an_sgmii", 0_u8);
            inputs.set("an_ability", 0x20_u8);
            line(inputs);
        })
        .run();
}

#[test]
fn blade() {
    let (mut frames, mut line) = (bursts(30), loop_back());
    lockstep!(Blade::default(); clk_blade_tx, clk_blade_rx, reset, gmii_txd, gmii_tx_en, gmii_tx_er, rx_code_group, uart_rx, uart_divisor)
        .clock("clk_blade_tx")
        .clock("clk_blade_rx")
        .cycles(6000)
        .stimulus(move |cycle, inputs| {
            let active = frames(inputs);
            inputs.set("gmii_tx_en", u8::from(active));
            inputs.set("reset", u8::from(cycle < 10));
            inputs.set("uart_divisor", 4_u8);
            line(inputs);
        })
        .waive_x()
        .run();
}
