//! The chain of resets: what comes in, each output a cycle later than the one before.

use rust_hdl::prelude::*;
use spareband_gateware::ResetChain;
use spareband_hdl::lockstep;

#[test]
fn each_a_cycle_after_the_one_before() {
    let mut uut = ResetChain::<5>::default();
    uut.connect_all();
    let levels = [1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    for cycle in 0..levels.len() {
        uut.reset_in.next = levels[cycle] == 1;
        for clock in [false, true] {
            uut.clk.next = clock.into();
            assert!(simulate(&mut uut, 100));
        }
        for (i, reset) in uut.reset.iter().enumerate() {
            assert_eq!(reset.val(), cycle >= i && levels[cycle - i] == 1, "cycle {cycle}, output {i}");
        }
    }
}

#[test]
fn circuit_and_verilog_agree() {
    lockstep!(ResetChain::<3>::default(); clk, reset_in).clock("clk").cycles(200).run();
}
