//! Where the selector's ports are in a cycle's bytes.

use spareband_hdl::lockstep::Replay;

/// Where the ports are in a cycle's bytes.
pub struct Layout<const N: usize> {
    pub request: usize,
    pub policy: usize,
    pub service: usize,
    pub service_set: usize,
    pub weighted: usize,
    pub hash_start: usize,
    pub hash_gate: usize,
    pub accept: usize,
    pub accept_blade: usize,
    pub refused: usize,
    pub ramp_tick: usize,
    pub blades: [[usize; 15]; N],
    pub bytes: usize,
    pub settings: Vec<(usize, usize)>,
    pub grant: [usize; 5],
    pub awake: usize,
    pub latched: [usize; N],
    pub outputs: usize,
}

pub const BLADE_PORTS: [&str; 15] = [
    "link_up",
    "enabled",
    "host_admin",
    "known",
    "stale",
    "admin",
    "cpu",
    "irq",
    "work",
    "power",
    "queue",
    "updated",
    "weight",
    "active_flows",
    "active_flows",
];
pub const SETTING_PORTS: [&str; 15] = [
    "signal",
    "second_signal",
    "delta",
    "ewma_shift",
    "span",
    "hot",
    "second_hot",
    "fill",
    "wake",
    "ladder",
    "ladder_trust",
    "ladder_random",
    "ramp",
    "good_reports",
    "refused_mark",
];

impl<const N: usize> Layout<N> {
    pub fn new(replay: &Replay) -> Self {
        let at = |name: &str| replay.input(name).0;
        Layout {
            request: at("request"),
            policy: at("policy"),
            service: at("service"),
            service_set: at("service_set"),
            weighted: at("weighted"),
            hash_start: at("hash_start"),
            hash_gate: at("hash_gate"),
            accept: at("accept"),
            accept_blade: at("accept_blade"),
            refused: at("refused"),
            ramp_tick: at("ramp_tick"),
            blades: std::array::from_fn(|i| BLADE_PORTS.map(|name| at(&format!("{name}_{i}")))),
            bytes: replay.input_bytes(),
            settings: SETTING_PORTS.map(|name| replay.input(name)).to_vec(),
            grant: ["grant_valid", "grant_blade", "grant_none", "grant_last_resort", "grant_policy"].map(|name| replay.output(name).0),
            awake: replay.output("awake").0,
            latched: std::array::from_fn(|i| replay.output(&format!("latched_{i}")).0),
            outputs: replay.output_bytes(),
        }
    }
}
