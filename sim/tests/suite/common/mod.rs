//! A chassis of four blades for tests that look into it.

use spareband_sim::chassis::{BladeLinks, Chassis, Config};
use spareband_sim::server::Behaviour;
use std::path::{Path, PathBuf};

/// With its links up and servers that only listen.
pub fn chassis() -> Chassis {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    let config = Config {
        blades: 4,
        chassis: 0,
        blade_links: BladeLinks::Base1000X,
        skew: None,
        model_dir: build.join("sim"),
        gap: 12,
        seed: 1,
        servers: Behaviour::Sink,
        uart_divisor: 4,
    };
    let mut chassis = Chassis::new(&config).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    chassis.bring_up().unwrap();
    chassis
}
