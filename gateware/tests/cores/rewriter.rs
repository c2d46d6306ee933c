//! The rewriter against what IEEE 802.1Q says of a frame whose tag is stripped, replaced or pushed, and against its Verilog.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::FrameRewriter;
use spareband_hdl::lockstep;
use std::collections::VecDeque;

const N: usize = 3;

#[derive(Clone, Debug)]
struct Job {
    frame: Vec<u8>,
    error: bool,
    mask: u32,
    rewrite: bool,
    blade: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Vlan {
    action: u8,
    vid: u16,
}

fn mac(blade: usize) -> [u8; 6] {
    [2, 0xB1, 0xAD, 0xE0, 7, blade as u8]
}

fn is_tagged(frame: &[u8]) -> bool {
    frame.len() >= 16 && [[0x81, 0x00], [0x88, 0xA8]].contains(&[frame[12], frame[13]])
}

/// The frame as it has to go out.
fn rewritten(job: &Job, vlans: &[Vlan; N]) -> Vec<u8> {
    let mut frame = job.frame.clone();
    if !job.rewrite {
        return frame;
    }
    frame[..6].copy_from_slice(&mac(job.blade));
    let Vlan { action, vid } = vlans[job.blade];
    match (action, is_tagged(&frame)) {
        (1, true) => {
            frame.drain(12..16);
            frame.resize(frame.len().max(60), 0);
        }
        // Priority and drop eligible indicator stay.
        (2, true) => {
            let control = u16::from_be_bytes([frame[14], frame[15]]) & 0xF000 | vid;
            frame[14..16].copy_from_slice(&control.to_be_bytes());
        }
        (2, false) => {
            frame.splice(12..12, [0x81, 0x00, (vid >> 8) as u8, vid as u8]);
        }
        _ => {}
    }
    frame
}

fn random_job(rng: &mut StdRng, longest: usize) -> Job {
    let error = rng.gen_bool(0.1);
    let length = if error { rng.gen_range(1..100) } else { rng.gen_range(60..longest) };
    let mut frame: Vec<u8> = (0..length).map(|_| rng.r#gen()).collect();
    let kind = rng.gen_range(0..5);
    if length >= 20 && kind < 3 {
        frame[12..14].copy_from_slice(&[[0x81, 0x00], [0x88, 0xA8], [0x81, 0x00]][kind]);
        if kind == 2 {
            frame[16..18].copy_from_slice(&[0x81, 0x00]);
        }
    }
    Job {
        frame,
        error,
        mask: if rng.gen_bool(0.1) {
            0
        } else {
            1 << rng.gen_range(0..3) | u32::from(rng.gen_bool(0.2)) << 16
        },
        rewrite: length >= 20 && rng.gen_bool(0.7),
        blade: rng.gen_range(0..N),
    }
}

struct Bench {
    uut: FrameRewriter<N>,
    words: VecDeque<(u64, u8, bool, bool)>,
    verdicts: VecDeque<Job>,
    now: u64,
    taken: u64,
    current: Vec<u8>,
}

impl Bench {
    fn new(vlans: &[Vlan; N]) -> Self {
        let mut uut = FrameRewriter::<N>::default();
        for (i, vlan) in vlans.iter().enumerate() {
            uut.blade_mac[i].next = bits::<48>(mac(i).iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte)));
            uut.vlan_action[i].next = bits::<2>(vlan.action.into());
            uut.vlan_id[i].next = bits::<12>(vlan.vid.into());
        }
        uut.connect_all();
        Self {
            uut,
            words: VecDeque::new(),
            verdicts: VecDeque::new(),
            now: 0,
            taken: 0,
            current: vec![],
        }
    }

    /// The frame's words and its verdict are there from now on. What lies behind a frame's last byte is of no meaning.
    fn store(&mut self, job: &Job) {
        let words = job.frame.chunks(8).count();
        for (n, word) in job.frame.chunks(8).enumerate() {
            let mut data = [0xA5; 8];
            data[..word.len()].copy_from_slice(word);
            let (keep, last) = (((1_u32 << word.len()) - 1) as u8, n + 1 == words);
            self.words.push_back((u64::from_le_bytes(data), keep, last, last && job.error));
        }
        self.verdicts.push_back(job.clone());
    }

    /// One cycle: whether there was a word, and the frame that ended with its mask and whether it counts.
    fn cycle(&mut self, offer: bool) -> (bool, Option<(Vec<u8>, u32, bool)>) {
        let uut = &mut self.uut;
        let word = self.words.front().filter(|_| offer).copied();
        uut.word_valid.next = word.is_some();
        if let Some((data, keep, last, error)) = word {
            uut.word_data.next = bits::<64>(data);
            uut.word_keep.next = bits::<8>(keep.into());
            (uut.word_last.next, uut.word_error.next) = (last, error);
        }
        uut.verdict_valid.next = !self.verdicts.is_empty();
        if let Some(job) = self.verdicts.front() {
            uut.verdict_mask.next = bits::<17>(job.mask.into());
            uut.verdict_flood.next = job.mask.count_ones() > 1;
            uut.verdict_rewrite.next = job.rewrite;
            uut.verdict_blade.next = bits::<4>(job.blade as u64);
        }
        uut.clk.next = false.into();
        assert!(simulate(uut, 30));
        let mut ended = None;
        if uut.out_valid.val() {
            let keep = uut.out_keep.val().to_u64();
            assert!(
                uut.out_last.val() && keep.count_ones() == keep.trailing_ones() || keep == 255,
                "{keep:#x}"
            );
            self.current
                .extend(&uut.out_data.val().to_u64().to_le_bytes()[..keep.trailing_ones() as usize]);
            if uut.out_last.val() {
                let mask = uut.out_mask.val().to_u64() as u32 | u32::from(uut.out_responder.val()) << 16;
                assert_eq!(uut.out_flood.val(), mask.count_ones() > 1);
                ended = Some((std::mem::take(&mut self.current), mask, uut.out_commit.val()));
            }
        }
        let valid = uut.out_valid.val();
        let (word_take, verdict_take) = (uut.word_take.val(), uut.verdict_take.val());
        uut.clk.next = true.into();
        assert!(simulate(uut, 30));
        if word_take {
            self.words.pop_front().expect("a word that was offered");
            self.taken = self.now;
        }
        if verdict_take {
            self.verdicts.pop_front();
        }
        self.now += 1;
        (valid, ended)
    }
}

#[test]
fn tags_are_stripped_replaced_and_pushed() {
    let seed = 21;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut count = [[0; 2]; 4];
    for round in 0..6 {
        let vlans: [Vlan; N] = std::array::from_fn(|i| Vlan {
            action: ((round + i) % 4) as u8,
            vid: rng.gen_range(0..4096),
        });
        let mut bench = Bench::new(&vlans);
        let mut wanted = VecDeque::new();
        for step in 0..4000 {
            if bench.words.len() < 12 && step < 3900 {
                // Every length at which a word begins or ends, most often.
                let longest = if rng.gen_bool(0.8) { 84 } else { 200 };
                let job = random_job(&mut rng, longest);
                bench.store(&job);
                if job.mask != 0 {
                    if job.rewrite {
                        count[usize::from(vlans[job.blade].action)][usize::from(is_tagged(&job.frame))] += 1;
                    }
                    wanted.push_back(job);
                }
            }
            let offer = round % 2 == 0 || rng.gen_bool(0.7);
            let (_, ended) = bench.cycle(offer);
            if let Some((frame, mask, commit)) = ended {
                let job = wanted.pop_front().expect("a frame");
                assert_eq!((mask, commit), (job.mask, !job.error), "seed {seed}");
                if !job.error {
                    let due = rewritten(&job, &vlans);
                    assert_eq!(frame, due, "seed {seed} {vlans:?}\n{frame:02X?}\n{due:02X?}\n{:02X?}", job.frame);
                }
            }
        }
        assert!(wanted.is_empty(), "seed {seed}: {} frames missing", wanted.len());
    }
    println!("action, untagged and tagged: {count:?}");
    assert!(count.iter().flatten().all(|n| *n > 20), "{count:?}");
}

fn frame(length: usize, tagged: bool) -> Job {
    let mut frame: Vec<u8> = (0..length as u32).map(|n| n as u8).collect();
    if tagged {
        frame[12..14].copy_from_slice(&[0x81, 0x00]);
    }
    Job {
        frame,
        error: false,
        mask: 1,
        rewrite: true,
        blade: 0,
    }
}

/// From the first word's cycle to that of the first word out.
#[test]
fn rewriter_latency() {
    for action in 0..3 {
        let mut bench = Bench::new(&[Vlan { action, vid: 5 }; N]);
        bench.store(&frame(100, action == 1));
        while bench.taken == 0 {
            bench.cycle(true);
        }
        let taken = bench.taken;
        while !bench.cycle(true).0 {}
        assert_eq!(bench.now - 1 - taken, 2, "action {action}");
    }
}

/// Frames without a tag at 10 Gbit/s with the shortest gap, each to get one: words come in their cycles and are not held up for ever.
#[test]
fn pushed_tags_keep_line_rate() {
    let seed = 22;
    let mut rng = StdRng::seed_from_u64(seed);
    for longest in [61, 65, 69, 100, 600] {
        let mut bench = Bench::new(&[Vlan { action: 2, vid: 77 }; N]);
        let (mut line, mut most, mut sent, mut got) = (0_usize, 0, 0, 0);
        for now in 0..8000 {
            // FCS, preamble and the gap of 12 are with each frame: 84 bytes, 10.5 cycles, where it is shortest.
            while line <= now * 8 {
                let length = rng.gen_range(60..longest);
                bench.store(&frame(length, false));
                line += length + 24;
                sent += 1;
            }
            got += u32::from(bench.cycle(true).1.is_some());
            most = most.max(bench.words.len());
        }
        println!("{sent} frames to {} bytes, {got} through; {most} words waited at most", longest - 1);
        // A frame is stored whole at its start, so one and a bit may be there.
        assert!(
            most <= longest.div_ceil(8) + 4 && sent - got <= 2,
            "seed {seed}: {most} words, {sent} {got}"
        );
    }
}

#[test]
fn lockstep() {
    let mut words: VecDeque<(u64, u8, bool, bool)> = VecDeque::new();
    let mut offered = false;
    lockstep!(FrameRewriter::<3>::default(); clk, reset, word_valid, word_data, word_keep, word_last, word_error, verdict_valid, verdict_mask,
        verdict_flood, verdict_rewrite, verdict_blade, blade_mac, vlan_action, vlan_id)
    .clock("clk")
    .bias("reset", 0.001)
    .bias("verdict_valid", 0.9)
    .cycles(6000)
    .stimulus(move |_, inputs| {
        let blade = inputs.rng.gen_range(0..3_u32);
        inputs.set("verdict_blade", blade);
        // Whether the word of the cycle before was taken shows in what is held; a word that is offered twice is as good as another.
        if offered && inputs.rng.gen_bool(0.8) {
            words.pop_front();
        }
        if words.is_empty() {
            let job = random_job(inputs.rng, 100);
            let count = job.frame.chunks(8).count();
            for (n, word) in job.frame.chunks(8).enumerate() {
                let mut data = [0x5A; 8];
                data[..word.len()].copy_from_slice(word);
                let last = n + 1 == count;
                words.push_back((u64::from_le_bytes(data), ((1_u32 << word.len()) - 1) as u8, last, last && job.error));
            }
        }
        let (data, keep, last, error) = words[0];
        offered = inputs.rng.gen_bool(0.9);
        inputs.set("word_valid", u32::from(offered));
        inputs.set("word_data", data);
        inputs.set("word_keep", keep);
        inputs.set("word_last", u32::from(last));
        inputs.set("word_error", u32::from(error));
    })
    .run();
}
