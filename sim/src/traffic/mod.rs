//! Captures made on the spot: TCP and UDP flows as clients make them, and frames broken in every way.
mod broken;

use crate::error::{Error, Result};
use crate::frame::{ACK, Ends, FIN, Flow, PSH, SYN, TCP, UDP, tcp, udp};
use crate::pcap::Writer;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::{Path, PathBuf};

/// Locally administered; the manager takes frames to any address.
const SERVICE_MAC: [u8; 6] = [0x02, 0x53, 0x42, 0x00, 0xFF, 0x01];
const SERVICE: [u8; 4] = [10, 0, 0, 1];

#[derive(Debug, Clone, clap::Args)]
pub struct TrafficOptions {
    /// Capture to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Number of flows
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub flows: u32,
    /// New flows a second
    #[arg(long, default_value_t = 40_000.0, value_name = "N")]
    pub syn_rate: f64,
    /// Seed: the same seed makes the same capture
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Frames broken in every way, between good ones, instead of flows (send runts with `run --raw`)
    #[arg(long)]
    pub broken: bool,
}

pub fn traffic(options: &TrafficOptions) -> Result<()> {
    if !(options.syn_rate.is_finite() && options.syn_rate > 0.0) {
        return Err(Error::usage(format!(
            "--syn-rate {}: new flows a second, above 0",
            options.syn_rate
        )));
    }
    let frames: Vec<(u64, Vec<u8>)> = if options.broken {
        let kinds = broken::frames(options.seed);
        kinds.into_iter().enumerate().map(|(n, frame)| (n as u64 * 10_000, frame)).collect()
    } else {
        flows(options.flows, options.syn_rate, options.seed)
    };
    // Written beside its place and renamed: never half a capture.
    let partial = options.out.with_extension(format!("partial{}", std::process::id()));
    let written =
        write(&partial, &frames).and_then(|()| std::fs::rename(&partial, &options.out).map_err(|e| Error::io("write", &options.out, &e)));
    if written.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    written?;
    println!("{} frames in {}", frames.len(), options.out.display());
    Ok(())
}

fn write(path: &Path, frames: &[(u64, Vec<u8>)]) -> Result<()> {
    let mut writer = Writer::create(path)?;
    for (time, frame) in frames {
        writer.write(*time, frame)?;
    }
    writer.finish()
}

/// One client of many.
fn client(number: u32, protocol: u8) -> Ends {
    let [_, a, b, c] = number.to_be_bytes();
    let flow = Flow {
        protocol,
        source: [10, 1 + a, b, c],
        destination: SERVICE,
        source_port: 32768 + (number.wrapping_mul(7919) % 28000) as u16,
        destination_port: if protocol == TCP { 80 } else { 53 },
    };
    Ends {
        destination_mac: SERVICE_MAC,
        source_mac: [0x02, 0xC1, 0, a, b, c],
        flow,
    }
}

/// Nanoseconds, exponential with this mean: arrivals that know nothing of each other.
fn wait(random: &mut StdRng, mean: f64) -> u64 {
    (-random.gen_range(f64::MIN_POSITIVE..1.0f64).ln() * mean) as u64
}

/// Client side of the flows, in the order of time; nine of ten TCP. An ARP request and an echo request now and then.
pub fn flows(count: u32, per_second: f64, seed: u64) -> Vec<(u64, Vec<u8>)> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut frames = Vec::new();
    let mut begin = 0;
    for number in 0..count {
        begin += wait(&mut random, 1e9 / per_second);
        let mut time = begin;
        if random.gen_ratio(1, 10) {
            for _ in 0..random.gen_range(1..6) {
                frames.push((time, udp(&client(number, UDP), &vec![number as u8; random.gen_range(20..1200)])));
                time += 1000 + wait(&mut random, 30_000.0);
            }
            continue;
        }
        let ends = client(number, TCP);
        let mut sequence: u32 = random.r#gen();
        let acknowledge: u32 = random.r#gen();
        frames.push((time, tcp(&ends, SYN, sequence, 0, &[])));
        sequence = sequence.wrapping_add(1);
        time += 5_000 + wait(&mut random, 20_000.0);
        frames.push((time, tcp(&ends, ACK, sequence, acknowledge, &[])));
        for _ in 0..random.gen_range(1..9) {
            // Requests are small, uploads are full segments.
            let length = if random.gen_ratio(1, 4) { 1460 } else { random.gen_range(40..600) };
            let payload: Vec<u8> = (0..length).map(|i| (i as u32 ^ number) as u8).collect();
            time += 1000 + wait(&mut random, 30_000.0);
            frames.push((time, tcp(&ends, ACK | PSH, sequence, acknowledge, &payload)));
            sequence = sequence.wrapping_add(length as u32);
        }
        time += 5_000 + wait(&mut random, 20_000.0);
        frames.push((time, tcp(&ends, FIN | ACK, sequence, acknowledge, &[])));
        time += 5_000 + wait(&mut random, 5_000.0);
        frames.push((time, tcp(&ends, ACK, sequence.wrapping_add(1), acknowledge, &[])));
        if number % 50 == 7 {
            frames.push((time, arp(number)));
            frames.push((time + 3_000, echo_request(number)));
        }
    }
    frames.sort_by_key(|(time, _)| *time);
    frames
}

/// "Who has the service's address?" to everybody.
fn arp(number: u32) -> Vec<u8> {
    let ends = client(number, UDP);
    let mut frame = [
        &[0xFF; 6][..],
        &ends.source_mac,
        &[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1],
        &ends.source_mac,
    ]
    .concat();
    frame.extend(ends.flow.source);
    frame.extend([0; 6]);
    frame.extend(SERVICE);
    frame
}

/// IPv4 that is neither TCP nor UDP: a ping.
fn echo_request(number: u32) -> Vec<u8> {
    let mut frame = udp(&client(number, UDP), &[0x5A; 48]);
    frame[23] = 1;
    frame[34..42].copy_from_slice(&[8, 0, 0, 0, 0, 1, 0, number as u8]);
    let sum = crate::frame::checksum(&[&frame[34..]]);
    frame[36..38].copy_from_slice(&sum.to_be_bytes());
    frame[24..26].fill(0);
    let sum = crate::frame::checksum(&[&frame[14..34]]);
    frame[24..26].copy_from_slice(&sum.to_be_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::layout;
    use std::collections::HashMap;

    #[test]
    fn the_same_seed_makes_the_same_frames_in_order_of_time() {
        let made = flows(200, 40_000.0, 5);
        assert_eq!(made, flows(200, 40_000.0, 5));
        assert_ne!(made, flows(200, 40_000.0, 6));
        assert!(made.is_sorted_by_key(|(time, _)| *time));
        assert!(made.iter().all(|(_, f)| (42..=1514).contains(&f.len())));
    }

    #[test]
    fn every_tcp_flow_begins_with_syn_and_ends_after_fin() {
        let mut flags: HashMap<Flow, Vec<u8>> = HashMap::new();
        for (_, frame) in flows(300, 40_000.0, 1) {
            if let Some(seen) = layout(&frame).filter(|l| l.flow.protocol == TCP) {
                flags.entry(seen.flow).or_default().push(seen.flags);
            }
        }
        assert!(flags.len() > 200);
        for seen in flags.values() {
            assert_eq!((seen[0], seen[seen.len() - 2], seen[seen.len() - 1]), (SYN, FIN | ACK, ACK));
        }
    }
}
