//! The frame report cores in lockstep with their Verilog.

use rand::Rng;
use rand::rngs::StdRng;
use spareband_gateware::mac::{ReceiveReport1g, ReceiveReport10g, TransmitReport1g, TransmitReport10g};

/// Words that hold broadcast addresses and types often, which random ones never do.
fn word(rng: &mut StdRng) -> u64 {
    [
        u64::MAX,
        0x0100_0888_0000_0000,
        0x0101_0888_0000_0000,
        0x3200_0000_0000,
        rng.r#gen(),
    ][rng.gen_range(0..5)]
}

#[test]
fn receive_report_10g_lockstep() {
    spareband_hdl::lockstep!(ReceiveReport10g::default(); clk, reset, rx_valid, rx_data, rx_keep, rx_last, rx_cause, rx_fcs_error, rx_no_data, rx_max_length)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("rx_last", 0.1)
        .stimulus(|_, inputs| {
            let data = word(inputs.rng);
            inputs.set("rx_data", data);
        })
        .run();
}

#[test]
fn transmit_report_10g_lockstep() {
    spareband_hdl::lockstep!(TransmitReport10g::default(); clk, reset, tx_due, tx_valid, tx_data, tx_keep, tx_last, tx_error)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("tx_last", 0.1)
        .bias("tx_valid", 0.9)
        .stimulus(|_, inputs| {
            let data = word(inputs.rng);
            inputs.set("tx_data", data);
        })
        .run();
}

#[test]
fn receive_report_1g_lockstep() {
    spareband_hdl::lockstep!(ReceiveReport1g::default(); clk, reset, rx_valid, rx_data, rx_last, rx_cause, rx_fcs_error, rx_length, rx_max_length)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("rx_last", 0.03)
        .stimulus(|_, inputs| {
            let byte = [0xFF, 0x88, 0x08, 0x01, 0x00, inputs.rng.r#gen::<u8>()][inputs.rng.gen_range(0..6)];
            inputs.set("rx_data", byte);
        })
        .run();
}

#[test]
fn transmit_report_1g_lockstep() {
    spareband_hdl::lockstep!(TransmitReport1g::default(); clk, reset, tx_valid, tx_ready, tx_data, tx_last, tx_error)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("tx_last", 0.03)
        .bias("tx_valid", 0.97)
        .stimulus(|_, inputs| {
            let byte = [0xFF, 0x88, 0x08, 0x01, 0x00, inputs.rng.r#gen::<u8>()][inputs.rng.gen_range(0..6)];
            inputs.set("tx_data", byte);
        })
        .run();
}
