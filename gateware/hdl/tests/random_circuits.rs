//! The exporter's proof: random circuits, rust-hdl's simulation against the Verilated export and Icarus Verilog, every cycle.
//! `cargo run -p spareband-hdl --example fuzz_export -- --n 2000` runs more.

#[test]
fn random_circuits_agree_every_cycle() {
    let seed = 1;
    println!("seed {seed}");
    if let Err(e) = spareband_hdl::fuzz::run(100, seed, 200, &spareband_hdl::fuzz::target_dir(), false) {
        panic!("{e}");
    }
}
