//! Random frames in the notation, well-formed of all kinds and mutated, for a property test against the model.
use super::notation::{Names, frame};
use crate::plane_model::{Frame, Setup};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// A frame, and how it came about.
pub struct Random {
    pub frame: Frame,
    pub made: String,
}

fn one<'a>(random: &mut StdRng, of: &[&'a str]) -> &'a str {
    of.choose(random).expect("a choice")
}

fn length(random: &mut StdRng) -> usize {
    match random.gen_range(0..20) {
        0 => random.gen_range(1000..1480),
        1..4 => random.gen_range(100..400),
        _ => random.gen_range(0..70),
    }
}

/// Few clients and ports, so that flows come again.
fn ipv4(random: &mut StdRng) -> String {
    let host = random.gen_range(1..6);
    let destination = if random.gen_bool(0.8) { "10.0.0.1" } else { "10.7.0.1" };
    let mut text = format!("ipv4 10.1.0.{host} > {destination}");
    if random.gen_bool(0.15) {
        text += &format!(" nops={}", 4 * random.gen_range(1..11));
    }
    if random.gen_bool(0.1) {
        let protocol = one(random, &["6", "17"]);
        let offset = 8 * random.gen_range(0..200);
        let more = if offset == 0 || random.gen_bool(0.5) { "+" } else { "" };
        return format!("{text} frag={offset}{more} proto={protocol} / data {}", length(random));
    }
    let mut wrong = String::new();
    if random.gen_bool(0.08) {
        wrong = match random.gen_range(0..4) {
            0 => format!(" version={}", random.gen_range(0..16)),
            1 => format!(" ihl={}", random.gen_range(0..16)),
            2 => format!(" len={}", random.gen_range(0..120)),
            _ => " len=65535".to_owned(),
        };
    }
    format!("{text}{wrong} / {}", transport(random))
}

fn transport(random: &mut StdRng) -> String {
    let ports = format!("{} > {}", random.gen_range(40000..40004), one(random, &["80", "443", "53"]));
    let data = length(random);
    match random.gen_range(0..10) {
        0..6 => {
            let flags = one(
                random,
                &["S", "S", "A", "A", "PA", "FA", "R", "RA", "SA", "SF", "SR", "-", "FPU", "FSRPAU"],
            );
            let offset = if random.gen_bool(0.05) { " offset=3" } else { "" };
            format!("tcp {ports} {flags}{offset} / data {data}")
        }
        6..9 => format!("udp {ports} / data {data}"),
        _ => match random.gen_range(0..4) {
            0 => format!("sctp {ports} / data {data}"),
            1 => format!("icmp 8 0 / data {data}"),
            2 => format!("icmp 3 1 / ipv4 10.0.0.1 > 10.1.0.1 / tcp 80 > 40000 A / data {data}"),
            _ => format!("data {data}"),
        },
    }
}

fn ipv6(random: &mut StdRng) -> String {
    let target = one(random, &["2001:db8::80", "2001:db8::80", "2001:db8::99"]);
    if random.gen_bool(0.1) {
        let option = one(random, &["", " mac=client"]);
        return format!("ipv6 2001:db8::1 > ff02::1:ff00:80 hop=255 / ns {target}{option}");
    }
    let host = random.gen_range(1..6);
    let mut text = format!("ipv6 2001:db8::{host} > {target}");
    if random.gen_bool(0.1) {
        let quoted = format!("ipv6 2001:db8::80 > 2001:db8::{host} / tcp 80 > 40000 A / data {}", length(random));
        return format!("{text} / icmp6 {} 0 / {quoted}", random.gen_range(1..5));
    }
    if random.gen_bool(0.05) {
        text += &format!(" len={}", random.gen_range(0..80));
    }
    for _ in 0..random.gen_range(0..4) {
        text += one(
            random,
            &[" / hopopt", " / dstopt 16", " / route", " / ah 16", " / dstopt", " / frag 0+"],
        );
    }
    format!("{text} / {}", transport(random).replace("icmp ", "icmp6 "))
}

fn network(random: &mut StdRng) -> String {
    match random.gen_range(0..20) {
        0..14 => ipv4(random),
        14..17 => ipv6(random),
        17 => format!(
            "arp {} tpa={}",
            one(random, &["request", "request", "reply"]),
            one(random, &["10.0.0.1", "10.0.0.9"])
        ),
        _ => format!("data {}", length(random)),
    }
}

/// From the uplink.
pub fn make(random: &mut StdRng, setup: &Setup) -> Random {
    let destination = match random.gen_range(0..20) {
        0..6 => "manager",
        6..15 => "stranger",
        15 => "broadcast",
        16 => "01:00:5e:00:00:01",
        _ => one(random, &["blade0", "blade1", "blade2", "blade3"]),
    };
    let tags = match random.gen_range(0..20) {
        0..3 => format!("tag {} pcp={} / ", random.gen_range(0..4096), random.gen_range(0..8)),
        3 => format!("tag 5 tpid={} / tag 6 / ", one(random, &["0x88a8", "0x8100"])),
        4 => "tag 5 / tag 6 / tag 7 / ".to_owned(),
        _ => String::new(),
    };
    let changes = match random.gen_range(0..40) {
        0 => " ; bad-fcs",
        1 => " ; raw",
        2 => " ; raw bad-fcs",
        _ => "",
    };
    let mut made = format!("eth dst={destination} src=client / {tags}{}{changes}", network(random));
    let mut frame = frame(&made, &Names { setup }).unwrap_or_else(|error| panic!("{made}: {error}"));
    if random.gen_bool(0.3) {
        made += &mutate(random, &mut frame);
    }
    Random { frame, made }
}

/// Changes bytes, most of them in the headers, or cuts, or pads.
fn mutate(random: &mut StdRng, frame: &mut Frame) -> String {
    let bytes = &mut frame.bytes;
    match random.gen_range(0..10) {
        0 => {
            bytes.truncate(random.gen_range(1..bytes.len() + 1));
            format!(" | cut {}", bytes.len())
        }
        1 => {
            bytes.resize(bytes.len() + random.gen_range(1..40), 0xA5);
            format!(" | pad {}", bytes.len())
        }
        _ => (0..random.gen_range(1..4))
            .map(|_| {
                let at = random.gen_range(0..bytes.len().min(90));
                bytes[at] = if random.gen_bool(0.5) {
                    bytes[at] ^ 1 << random.gen_range(0..8)
                } else {
                    random.r#gen()
                };
                format!(" | byte {at} = {:#04x}", bytes[at])
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{feature, files, read_files};
    use crate::plane_model::{Cause, Place, Plane, Verdict};
    use rand::SeedableRng;
    use std::collections::{BTreeMap, BTreeSet};

    /// On the setup with everything in it: every verdict on frames from the uplink but those that take a station to have moved, and frames for
    /// every feature that a frame can need.
    #[test]
    fn every_verdict_is_reached() {
        let cases = read_files(&files()).unwrap();
        let setup = cases.iter().find(|case| case.setup.name == "everything").unwrap().setup.clone();
        let mut random = StdRng::seed_from_u64(7);
        let mut plane = Plane::new((*setup).clone());
        let (mut seen, mut needs) = (BTreeMap::new(), BTreeSet::new());
        for _ in 0..20_000 {
            let made = make(&mut random, &setup);
            let decision = plane.judge(Place::Uplink, &made.frame);
            needs.extend(feature::of_frame(Place::Uplink, &made.frame, &decision, &setup));
            let kind = match &decision.verdict {
                Verdict::Balanced(blades) => {
                    plane.chose(&decision, blades[0]);
                    "balanced".to_owned()
                }
                Verdict::ToBlade(_) => "to blade".to_owned(),
                Verdict::Flooded(_) => "flooded".to_owned(),
                Verdict::ToUplink => "to uplink".to_owned(),
                Verdict::Reply => "reply".to_owned(),
                Verdict::Dropped(cause) => cause.to_string(),
            };
            *seen.entry(kind).or_insert(0) += 1;
        }
        let wanted = ["balanced", "to blade", "flooded", "reply"].map(str::to_owned);
        let unreached = [Cause::Oversize, Cause::Control, Cause::NoBlade, Cause::BehindSource];
        let causes = Cause::ALL
            .iter()
            .filter(|(_, cause)| !unreached.contains(cause))
            .map(|(name, _)| (*name).to_owned());
        for kind in wanted.into_iter().chain(causes) {
            assert!(seen.get(&kind).is_some_and(|&count| count >= 10), "{kind}: {seen:?}");
        }
        use crate::golden::Feature::{IcmpErrors, Ipv6, Layer2Learning, MalformedFirst, OwnAddress, Qinq, Responder, TcpOffset};
        for need in [
            IcmpErrors,
            Ipv6,
            Layer2Learning,
            MalformedFirst,
            OwnAddress,
            Qinq,
            Responder,
            TcpOffset,
        ] {
            assert!(needs.contains(&need), "{need}: {needs:?}");
        }
    }
}
