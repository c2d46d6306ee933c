//! How long frames are in the manager: from the first bit at the uplink's pins to the first bit at the blade's.
use crate::chassis::{Chassis, TENTHS_OF_A_NANOSECOND};
use crate::error::{Error, Result};
use crate::frame::{Ends, Flow, UDP, udp};
use crate::link::far_end::Offer;
use crate::session::Session;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;

/// Bytes with FCS.
pub const SIZES: [usize; 7] = [64, 128, 256, 512, 1024, 1518, 9600];
/// Flows to each blade.
const FLOWS: usize = 4;
/// Share of each blade's link that is used under load, in thousandths: of 16 blades 10 Gb/s.
const LOAD: u64 = 625;
/// A cycle of `clk_core` in units of 0.1 ns.
const CYCLE: u64 = 64;
/// Octets of a frame on the uplink before and behind its bytes: preamble; gap.
const PREAMBLE: usize = 8;
const GAP: usize = 12;
/// Ethernet, IPv4 and UDP headers and FCS.
const HEADERS: usize = 46;
const SEED: u64 = 1;

/// Cycles of `clk_core` that frames took, one frame each.
#[derive(Debug, Clone, Serialize)]
pub struct Cycles {
    pub frames: usize,
    pub median: f64,
    pub worst: f64,
    /// Not delivered, since the queue to the blade was full.
    pub dropped: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Latency {
    pub frame_bytes: usize,
    /// Cycles from the first bit of the preamble to the last of the FCS at the uplink's pins.
    pub arriving: f64,
    /// One frame at a time: the first of a flow, and of a flow that is known.
    pub opening: Cycles,
    pub known: Cycles,
    /// Frames of flows drawn at random, each blade's link in use for 62.5 %.
    pub loaded: Cycles,
}

fn frame(flow: usize, number: usize, size: usize) -> Vec<u8> {
    let ends = Ends {
        destination_mac: [2, 0x53, 0x42, 0, 0xFF, 1],
        source_mac: [2, 0xC1, 0, 0, 0, 1],
        flow: Flow {
            protocol: UDP,
            source: [10, 1, (flow >> 8) as u8, flow as u8],
            destination: [10, 0, 0, 1],
            source_port: 5000,
            destination_port: 53,
        },
    };
    let mut payload = (number as u32).to_be_bytes().to_vec();
    payload.resize(size - HEADERS, number as u8);
    udp(&ends, &payload)
}

fn number_of(frame: &[u8]) -> usize {
    let at = HEADERS - 4;
    u32::from_be_bytes(frame[at..at + 4].try_into().expect("four bytes")) as usize
}

/// When the block with this octet came to the pins, offers having been started at `begin`, in 0.1 ns.
fn arrival(begin: u64, octet: u64) -> u64 {
    begin + octet / 8 * CYCLE
}

/// Sends frames, numbered from 0, and times each.
fn time(session: &mut Session, offers: Vec<Offer>) -> Result<Cycles> {
    let count = offers.len();
    let blades = session.chassis.blades();
    let before: Vec<usize> = session.chassis.servers.iter().map(|s| s.received.len()).collect();
    (0..blades).for_each(|blade| drop(session.chassis.take_starts(blade)));
    session.traffic(offers, |_| {})?;
    let begin = session.origin;
    let chassis: &mut Chassis = &mut session.chassis;
    let mut times = Vec::with_capacity(count);
    for (blade, from) in before.into_iter().enumerate() {
        let starts = chassis.take_starts(blade);
        let received = &chassis.servers[blade].received[from..];
        if starts.len() != received.len() {
            return Err(Error::failed(format!(
                "blade {blade} got {} of {} frames",
                received.len(),
                starts.len()
            )));
        }
        for (start, frame) in starts.iter().zip(received) {
            times.push(start - arrival(begin, chassis.far_end.started[number_of(&frame.bytes)]));
        }
    }
    times.sort_unstable();
    let cycles = |time: u64| time as f64 / CYCLE as f64;
    let worst = *times.last().ok_or_else(|| Error::failed("no frame arrived"))?;
    Ok(Cycles {
        frames: times.len(),
        median: cycles(times[times.len() / 2]),
        worst: cycles(worst),
        dropped: count - times.len(),
    })
}

/// Of a fresh chassis under round robin; `alone` frames one at a time of each kind, `loaded` frames under load.
pub fn measure(session: &mut Session, size: usize, alone: usize, loaded: usize) -> Result<Latency> {
    let mut random = StdRng::seed_from_u64(SEED);
    let blades = session.chassis.blades();
    // Ten octets of the uplink go in the time of one of a blade's link; one is out before the next comes, at any place of the clocks.
    let alone_every = 12 * (size + PREAMBLE + GAP) as u64 + 2_000;
    let mut one_by_one = |flow: &dyn Fn(usize) -> usize| -> Vec<Offer> {
        let at = |number: usize, random: &mut StdRng| number as u64 * alone_every + random.gen_range(0..400);
        (0..alone)
            .map(|number| Offer::new(at(number, &mut random), frame(flow(number), number, size), false))
            .collect()
    };
    let opening = one_by_one(&|number| number);
    let known = one_by_one(&|number| number % (FLOWS * blades).min(alone));
    let opening = time(session, opening)?;
    let known = time(session, known)?;
    // All flows of the load are known before it begins, each blade's as many as another's.
    let first = (FLOWS * blades).min(alone);
    let opened = (first..FLOWS * blades).map(|flow| (flow, (flow - first) as u64 * alone_every));
    let opened: Vec<Offer> = opened
        .map(|(flow, at)| Offer::new(at, frame(flow, flow - first, size), false))
        .collect();
    if !opened.is_empty() {
        time(session, opened)?;
    }
    let every = (size + PREAMBLE + GAP) as u64 * 10_000 / (LOAD * blades as u64);
    let load = (0..loaded).map(|number| {
        Offer::new(
            number as u64 * every,
            frame(random.gen_range(0..FLOWS * blades), number, size),
            false,
        )
    });
    let load = load.collect();
    Ok(Latency {
        frame_bytes: size,
        arriving: (size + PREAMBLE) as f64 / 8.0,
        opening,
        known,
        loaded: time(session, load)?,
    })
}

pub fn print(all: &[Latency]) {
    let nanoseconds = |cycles: f64| cycles * CYCLE as f64 / TENTHS_OF_A_NANOSECOND as f64;
    let pair = |cycles: &Cycles| {
        format!(
            "{:>7.1} {:>7.1} {:>7.0} {:>7.0}",
            cycles.median,
            cycles.worst,
            nanoseconds(cycles.median),
            nanoseconds(cycles.worst)
        )
    };
    println!(
        "  from the first bit at the uplink's pins to the first bit at the blade's, median and worst, in cycles of 156.25 MHz and in ns:"
    );
    println!(
        "  {:>6} {:>8}  {:^31}  {:^31}  {:^31} {:>7}",
        "bytes", "arriving", "alone, new flow", "alone, known flow", "each link 62.5 % in use", "dropped"
    );
    for l in all {
        println!(
            "  {:>6} {:>8.1}  {}  {}  {} {:>7}",
            l.frame_bytes,
            l.arriving,
            pair(&l.opening),
            pair(&l.known),
            pair(&l.loaded),
            l.loaded.dropped
        );
    }
    println!(
        "  The manager stores and forwards: a frame's first bit leaves some 94 cycles after its last has come (`arriving`), whatever its length. It comes"
    );
    println!(
        "  at 10 Gb/s and goes at 1 Gb/s, so it could begin to go earlier; but then one with a wrong FCS could not be dropped. The queue to a blade"
    );
    println!(
        "  takes whole good frames only, with a verdict that may have waited for the last header: no broken frame reaches a server, and none runs dry."
    );
}
