//! The policies: ours through `spareband_spec::score`, the peers' from what their papers and summaries of them say.

mod known;
mod peers;
mod prequal;
mod reports;
mod spareband;

use super::model::Model;
use super::server::Server;
use crate::error::{Error, Result};
use spareband_spec::score::{POLICIES, Policy};

/// What a dispatcher learns when a request is over.
pub struct Reply {
    pub latency: f64,
    pub work: f64,
    /// Requests at the server when this one came, itself included.
    pub in_flight: usize,
    pub given_up: bool,
}

pub trait Balancer {
    /// Something at the server is about to change, or a decision is due: what was reported until now is final.
    fn before(&mut self, _now: f64, _server: usize, _servers: &mut [Server]) {}
    fn choose(&mut self, now: f64, dispatcher: usize, servers: &mut [Server]) -> usize;
    fn sent(&mut self, _now: f64, _dispatcher: usize, _server: usize) {}
    fn done(&mut self, _now: f64, _dispatcher: usize, _server: usize, _reply: &Reply) {}
    /// The flow leaves the dispatcher's table: when its request is done, or later if it stays idle.
    fn left(&mut self, _now: f64, _dispatcher: usize, _server: usize) {}
    fn set_usable(&mut self, _server: usize, _usable: bool) {}
    /// How many servers should be awake, where the policy has a wish.
    fn awake(&mut self) -> Option<usize> {
        None
    }
    /// Messages between servers and dispatchers that only this policy needs, so far. Reports on the idle line count nothing.
    fn messages(&self) -> u64 {
        0
    }
}

/// Peers: name, source.
pub const PEERS: [(&str, &str); 11] = [
    ("random", "uniform"),
    ("least-connections", "least flows in the table, all dispatchers' together"),
    (
        "jsq",
        "join the shortest queue: least requests in flight at the server, known at once",
    ),
    (
        "clairvoyant",
        "the server on which a request would be served fastest now; knows cores, antagonists and queues",
    ),
    ("least-loaded", "least own requests in flight, a dispatcher each (Prequal, 5.2: LL)"),
    ("ll-po2", "the better of two random ones by own requests in flight (Prequal, 5.2)"),
    (
        "yarp-po2",
        "the better of two random ones by requests in flight polled every 0.5 s (Prequal, 5.2)",
    ),
    ("wrr-util", "weights of requests over utilisation, every second (Prequal, 5.1: WRR)"),
    ("linear", "Prequal's pool, least latency / 2 + 75 ms * requests in flight / 2"),
    ("c3", "Prequal's pool, scored by C3's function (NSDI 2015, 3.1, cubic)"),
    ("prequal", "NSDI 2024, 4: probes, pool, hot-cold lexicographic rule"),
];

/// Options behind a policy's name, each after a `+`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// `pending`: flows count while a request of theirs is not answered, and not while they are idle.
    pub pending: bool,
    /// `ladder`: the staleness ladder is on.
    pub ladder: bool,
    /// `d8`: load one flow adds.
    pub delta: Option<u8>,
    /// `s4`: active flows count up to this in the average.
    pub span: Option<u16>,
    /// `h200`: hcl's mark.
    pub hot: Option<u8>,
    /// `fill200`: pack's mark.
    pub fill: Option<u8>,
    /// `q0.9`: Prequal's quantile.
    pub quantile: Option<f64>,
    /// `queue`: the load is the reported queue instead of the CPU utilisation.
    pub queue: bool,
}

/// What a name like `lu-delta+pending+d8` means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Ours(Policy),
    Peer(&'static str),
}

pub fn parse(name: &str) -> Result<(Kind, Options)> {
    let mut parts = name.split('+');
    let base = parts.next().unwrap_or_default();
    let kind = match Policy::from_name(base) {
        Some(policy) => Kind::Ours(policy),
        None => PEERS
            .iter()
            .find(|(peer, _)| *peer == base)
            .map(|(peer, _)| Kind::Peer(peer))
            .ok_or_else(|| Error::usage(format!("unknown policy `{base}`; known are {}", names().join(", "))))?,
    };
    let mut options = Options::default();
    for part in parts {
        let number = |prefix: &str| part.strip_prefix(prefix).and_then(|n| n.parse::<f64>().ok());
        let byte = |prefix: &str| number(prefix).filter(|n| (0.0..=255.0).contains(n)).map(|n| n as u8);
        match part {
            "pending" => options.pending = true,
            "ladder" => options.ladder = true,
            "queue" => options.queue = true,
            _ if byte("d").is_some() => options.delta = byte("d"),
            _ if byte("s").is_some() => options.span = byte("s").map(u16::from),
            _ if byte("h").is_some() => options.hot = byte("h"),
            _ if byte("fill").is_some() => options.fill = byte("fill"),
            _ if number("q").is_some_and(|q| (0.0..=1.0).contains(&q)) => options.quantile = number("q"),
            _ => {
                return Err(Error::usage(format!(
                    "policy `{name}`: `{part}` is no option; known are pending, ladder, queue, d0 to d255, s0 to s255, h0 to h255, fill0 to fill255, q0 to q1"
                )));
            }
        }
    }
    Ok((kind, options))
}

pub fn names() -> Vec<&'static str> {
    POLICIES
        .iter()
        .map(|(name, _)| *name)
        .chain(PEERS.iter().map(|(name, _)| *name))
        .collect()
}

pub fn build(name: &str, model: &Model, seed: u64) -> Result<Box<dyn Balancer>> {
    let (kind, options) = parse(name)?;
    Ok(match kind {
        Kind::Ours(policy) => spareband::build(policy, options, model, seed),
        Kind::Peer("prequal") => prequal::build(prequal::Rule::HotCold(options.quantile.unwrap_or(prequal::QUANTILE)), model, seed),
        Kind::Peer("c3") => prequal::build(prequal::Rule::C3, model, seed),
        Kind::Peer("linear") => prequal::build(prequal::Rule::Linear, model, seed),
        Kind::Peer("clairvoyant" | "jsq") => known::build(base_name(name), seed),
        Kind::Peer(peer) => peers::build(peer, model, seed),
    })
}

/// Revision of a policy: a change that moves its figures and no other's makes a new one, and only its cells are made again.
pub fn revision(name: &str) -> u32 {
    match base_name(name) {
        "lu-track" => 2,
        _ => 1,
    }
}

fn base_name(name: &str) -> &str {
    name.split('+').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_options() {
        for name in names() {
            assert!(parse(name).is_ok() && build(name, &Model::default(), 1).is_ok(), "{name}");
        }
        let (kind, options) = parse("lu-delta+pending+d8").unwrap();
        assert_eq!(kind, Kind::Ours(Policy::LeastUtilisedDelta));
        assert_eq!((options.pending, options.delta, options.ladder), (true, Some(8), false));
        for wrong in ["best", "", "lu+x", "lu+d256", "prequal+q1.5", "rr+"] {
            let error = parse(wrong).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong}");
        }
    }
}
