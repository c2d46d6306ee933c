//! The way back: blades to the uplink.
use super::rig;
use spareband_sim::chassis::Chassis;
use spareband_sim::link::FrameStatus;

const BLADES: usize = 16;
/// Smallest frame and jumbo, without FCS.
const SMALL: usize = 60;
const JUMBO: usize = 9596;
/// Preamble, FCS and gap.
const OVERHEAD: usize = 24;

/// A frame of a blade: its number and that of the frame in it.
fn frame(blade: usize, number: usize, length: usize) -> Vec<u8> {
    let mut frame = vec![0x02, 0xC1, 0, 0, 0, 1, 0x02, 0x53, 0x42, 0, 0, blade as u8, 0x88, 0xB5];
    frame.extend((number as u32).to_be_bytes());
    frame.resize(length, blade as u8);
    frame
}

/// Blades that send frames of this length back to back for so many octets of their links; how many frames each sent.
fn fill(chassis: &mut Chassis, blades: usize, octets: usize, length: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut counts = Vec::new();
    for blade in 0..blades {
        let length = length(blade);
        let count = (octets / (length + OVERHEAD)).max(1);
        (0..count).for_each(|number| chassis.servers[blade].send(frame(blade, number, length)));
        counts.push(count);
    }
    counts
}

fn sender(frame: &[u8]) -> (usize, usize) {
    let number = u32::from_be_bytes(frame[14..18].try_into().unwrap());
    (usize::from(frame[11]), number as usize)
}

/// Ten gigabit links full, which is all that the uplink takes: jumbo frames from one blade, the smallest from the next, and sizes in between. Each frame
/// arrives, in its order.
#[test]
fn ten_gigabits_of_all_blades_lose_nothing() {
    const SENDING: usize = 10;
    const LENGTHS: [usize; 5] = [JUMBO, SMALL, 1514, 252, 3000];
    let octets = if rig::long() { 600_000 } else { 60_000 };
    let mut chassis = rig::chassis(BLADES, 12);
    let counts = fill(&mut chassis, SENDING, octets, |blade| LENGTHS[blade % LENGTHS.len()]);
    rig::finish_jumbo(&mut chassis);
    let mut next = vec![0; SENDING];
    let received = &chassis.far_end.received;
    for frame in received {
        assert_eq!(frame.status, FrameStatus::Good);
        let (blade, number) = sender(&frame.bytes);
        assert_eq!(number, next[blade], "frames of blade {blade} in order");
        next[blade] += 1;
    }
    let bytes: usize = received.iter().map(|frame| frame.bytes.len() + OVERHEAD).sum();
    let time = received.last().unwrap().time - received[0].time;
    println!(
        "Return path: ten gigabit links full: {:.2} Gb/s on the uplink, {} of {} frames",
        bytes as f64 * 8.0 / (time as f64 / 10.0),
        received.len(),
        counts.iter().sum::<usize>()
    );
    assert_eq!(next, counts);
    for blade in 0..BLADES {
        assert_eq!(rig::get(&mut chassis, "blade", blade, "rx_dropped_full"), 0);
    }
    // The smallest frames begin earlier than the jumbo ones, which are stored first.
    assert!(bytes as f64 * 8.0 / (time as f64 / 10.0) > if rig::long() { 9.7 } else { 8.8 });
}

/// Sixteen full links are more than the uplink takes: each blade gets the same share of it in bytes, jumbo frames or the smallest, and what did not
/// fit is counted at its blade.
#[test]
fn more_than_the_uplink_takes_is_shared_by_bytes() {
    let octets = if rig::long() { 1_500_000 } else { 180_000 };
    let length = |blade: usize| [JUMBO, SMALL][blade % 2];
    let mut chassis = rig::chassis(BLADES, 12);
    let counts = fill(&mut chassis, BLADES, octets, length);
    rig::finish_jumbo(&mut chassis);
    let received = &chassis.far_end.received;
    // The links are full until the first one ends; the queues of 32 KiB are full a while after the begin.
    let begin = received[0].time + 2_000_000;
    let end = received[0].time + octets as u64 * 80 * 95 / 100;
    let mut bytes = [0; BLADES];
    let mut arrived = [0; BLADES];
    for frame in received {
        assert_eq!(frame.status, FrameStatus::Good);
        let (blade, _) = sender(&frame.bytes);
        arrived[blade] += 1;
        if (begin..end).contains(&frame.time) {
            // What the arbiter shares: bytes of frames, without FCS.
            bytes[blade] += frame.bytes.len();
        }
    }
    let sum: usize = bytes.iter().sum();
    let share = |blade: usize| bytes[blade] as f64 * BLADES as f64 / sum as f64;
    let shares: Vec<f64> = (0..BLADES).map(share).collect();
    let (least, most) = shares.iter().fold((f64::MAX, 0.0_f64), |(a, b), &s| (a.min(s), b.max(s)));
    println!(
        "Return path: {BLADES} gigabit links full, jumbo and smallest frames: shares of the uplink's bytes {least:.3} to {most:.3} of an even one"
    );
    for blade in 0..BLADES {
        let full = rig::get(&mut chassis, "blade", blade, "rx_dropped_full") as usize;
        assert_eq!(arrived[blade] + full, counts[blade], "blade {blade}");
        assert!(full > 0);
    }
    // A jumbo frame more or less.
    let tolerance = if rig::long() { 0.05 } else { 0.15 };
    assert!(least > 1.0 - tolerance && most < 1.0 + tolerance, "{shares:?}");
}
