//! `cargo run -p spareband-hdl --example fuzz_export -- --n 2000 --seed 1`: random circuits against their Verilog.

fn main() -> std::process::ExitCode {
    let (mut n, mut seed, mut cycles) = (2000, 1, 200);
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().and_then(|v| v.parse::<u64>().ok());
        match (name.as_str(), value) {
            ("--n", Some(v)) => n = v,
            ("--seed", Some(v)) => seed = v,
            ("--cycles", Some(v)) => cycles = v,
            _ => {
                eprintln!("usage: fuzz_export [--n CIRCUITS] [--seed SEED] [--cycles CYCLES]");
                return std::process::ExitCode::from(2);
            }
        }
    }
    let begin = std::time::Instant::now();
    // A few hundred at a time, so that the compiler's memory stays small; each lot has a seed of its own.
    const LOT: u64 = 400;
    let mut done = 0;
    while done < n {
        let count = LOT.min(n - done);
        let lot_seed = seed + done / LOT;
        eprintln!("{count} random circuits, seed {lot_seed}, {cycles} cycles each: compiling");
        if let Err(e) = spareband_hdl::fuzz::run(count as usize, lot_seed, cycles, &spareband_hdl::fuzz::target_dir(), true) {
            eprintln!("{e}");
            return std::process::ExitCode::FAILURE;
        }
        done += count;
    }
    println!(
        "{n} circuits from seed {seed}: no mismatch in {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    std::process::ExitCode::SUCCESS
}
