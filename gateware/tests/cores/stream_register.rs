//! The stage of a stream: nothing lost, doubled, reordered or changed while it waits; a word a cycle; no path from side to side.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::StreamRegister;
use spareband_hdl::lockstep;
use std::collections::VecDeque;

type Uut = StreamRegister<40>;

fn level(uut: &mut Uut, clock: bool) {
    uut.clk.next = clock.into();
    assert!(simulate(uut, 100));
}

#[test]
fn passes_each_word_once_in_order() {
    for seed in 0..20 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = Uut::default();
        uut.connect_all();
        let (offers, takes) = (rng.gen_range(0.1..=1.0), rng.gen_range(0.1..=1.0));
        let (mut next, mut inside) = (1_u64, VecDeque::new());
        (0..2).for_each(|clock| level(&mut uut, clock == 1));
        let mut on_offer = None;
        for _ in 0..3000 {
            let (valid, ready, reset) = (rng.gen_bool(offers), rng.gen_bool(takes), rng.gen_bool(0.002));
            uut.in_valid.next = valid;
            uut.in_data.next = bits::<40>(next);
            uut.out_ready.next = ready;
            uut.reset.next = reset;
            level(&mut uut, false);
            assert_eq!(uut.out_valid.val(), !inside.is_empty(), "seed {seed}");
            assert_eq!(uut.in_ready.val(), inside.len() < 2, "seed {seed}");
            if uut.out_valid.val() {
                assert_eq!(Some(&uut.out_data.val().to_u64()), inside.front(), "seed {seed}");
                on_offer.get_or_insert(uut.out_data.val());
                assert_eq!(on_offer, Some(uut.out_data.val()), "seed {seed}: a word on offer changed");
            }
            let taken = valid && uut.in_ready.val();
            if uut.out_valid.val() && ready {
                inside.pop_front();
                on_offer = None;
            }
            if taken {
                inside.push_back(next);
                next += 1;
            }
            if reset {
                inside.clear();
                on_offer = None;
            }
            level(&mut uut, true);
        }
        assert!(next > 200, "seed {seed}: only {next} words");
    }
}

#[test]
fn moves_a_word_a_cycle_after_one() {
    let mut uut = Uut::default();
    uut.connect_all();
    uut.out_ready.next = true;
    (0..2).for_each(|clock| level(&mut uut, clock == 1));
    uut.in_valid.next = true;
    for cycle in 0..100 {
        uut.in_data.next = bits::<40>(cycle);
        level(&mut uut, false);
        assert!(uut.in_ready.val());
        assert_eq!(uut.out_valid.val(), cycle > 0);
        assert!(cycle == 0 || uut.out_data.val().to_u64() == cycle - 1);
        level(&mut uut, true);
    }
}

#[test]
fn ready_and_valid_are_registers() {
    let mut uut = Uut::default();
    uut.connect_all();
    let mut rng = StdRng::seed_from_u64(7);
    for _ in 0..500 {
        let seen = |uut: &Uut| (uut.in_ready.val(), uut.out_valid.val(), uut.out_data.val());
        level(&mut uut, false);
        let before = seen(&uut);
        for _ in 0..4 {
            uut.in_valid.next = rng.r#gen();
            uut.out_ready.next = rng.r#gen();
            uut.in_data.next = bits::<40>(rng.gen_range(0..1 << 40));
            level(&mut uut, false);
            assert_eq!(seen(&uut), before);
        }
        level(&mut uut, true);
    }
}

#[test]
fn circuit_and_verilog_agree() {
    lockstep!(Uut::default(); clk, reset, in_valid, in_data, out_ready)
        .clock("clk")
        .bias("reset", 0.01)
        .cycles(2000)
        .run();
}
