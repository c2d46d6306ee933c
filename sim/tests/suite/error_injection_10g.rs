//! Random bit errors into the 10GBASE-R receiver: coding sublayer and MAC as exported, a sender written from the standard at the other end.
//! Shared with what is checked: nothing but the reading of the standard.
use crate::line;
use line::{Account, ErringLine, RATIOS, models, random_frame, seeded, symbols};
use spareband_sim::link::baser::{Scrambler, encode};
use spareband_sim::link::serdes::{BlockLine, block, header, payload};
use spareband_sim::link::xgmii::{Fcs, Sender};
use spareband_sim::model::{Clock, Input, Model, ModelLibrary, Output};

/// Receive path of a link end.
struct Receiver {
    pcs: Model,
    mac: Model,
    clocks: [Clock; 2],
    header: Input<u8>,
    data: Input<u64>,
    bitslip: Output<u8>,
    pcs_rxd: Output<u64>,
    pcs_rxc: Output<u8>,
    mac_rxd: Input<u64>,
    mac_rxc: Input<u8>,
    status: Output<u8>,
    bad_block: Output<u8>,
    sequence_error: Output<u8>,
    valid: Output<u8>,
    rx_data: Output<u64>,
    keep: Output<u8>,
    last: Output<u8>,
    error: Output<u8>,
    cause: Output<u8>,
}

impl Receiver {
    fn new() -> Self {
        let load = |name: &str| {
            ModelLibrary::load(&models(), name)
                .and_then(|library| library.instantiate())
                .unwrap()
        };
        let (pcs, mac) = (load("pcs_10gbase_r"), load("mac_10g"));
        mac.input::<u16>("rx_max_length").unwrap().set(9618);
        Self {
            clocks: [pcs.clock("rx_clk").unwrap(), mac.clock("rx_clk").unwrap()],
            header: pcs.input("serdes_rx_hdr").unwrap(),
            data: pcs.input("serdes_rx_data").unwrap(),
            bitslip: pcs.output("serdes_rx_bitslip").unwrap(),
            pcs_rxd: pcs.output("xgmii_rxd").unwrap(),
            pcs_rxc: pcs.output("xgmii_rxc").unwrap(),
            mac_rxd: mac.input("xgmii_rxd").unwrap(),
            mac_rxc: mac.input("xgmii_rxc").unwrap(),
            status: pcs.output("rx_status").unwrap(),
            bad_block: pcs.output("rx_bad_block").unwrap(),
            sequence_error: pcs.output("rx_sequence_error").unwrap(),
            valid: mac.output("rx_valid").unwrap(),
            rx_data: mac.output("rx_data").unwrap(),
            keep: mac.output("rx_keep").unwrap(),
            last: mac.output("rx_last").unwrap(),
            error: mac.output("rx_error").unwrap(),
            cause: mac.output("rx_cause").unwrap(),
            pcs,
            mac,
        }
    }

    fn cycle(&self, line: u128) {
        self.header.set(header(line));
        self.data.set(payload(line));
        self.mac_rxd.set(self.pcs_rxd.get());
        self.mac_rxc.set(self.pcs_rxc.get());
        for step in [Clock::rise, Clock::fall] {
            self.clocks.iter().for_each(step);
            self.pcs.eval();
            self.mac.eval();
        }
    }
}

/// Blocks around an error in which it may cost a frame: two by the descrambler, one after an error block, which takes no start, and the path through the receiver.
const REACH: u64 = 16;

fn campaign(ratio: f64, blocks: u64) {
    let seed = ratio.log10().abs() as u64;
    let mut random = seeded(seed);
    let receiver = Receiver::new();
    let mut line = ErringLine::new(ratio, seed + 100);
    let (mut sender, mut scrambler, mut serdes) = (Sender::new(12), Scrambler::new(u64::MAX), BlockLine::new(7));
    let mut account = Account::default();
    let mut frame: Vec<u8> = vec![];
    let (mut bad_blocks, mut errored_blocks, mut spurious, mut down, mut up_at_end) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    // Idle until locked, then errors, then none until what is out of lock or over the error ratio has come back: four windows of 125 us.
    let (start, recover) = (2000, 4 * 19_531);
    for at in 0..start + blocks + recover + 2000 {
        let erring = (start..start + blocks).contains(&at);
        let sending = erring || at > start + blocks + recover;
        let mut waiting = sending && at < start + blocks + recover + 1500;
        let columns = sender.columns(|_, buffer| {
            if !std::mem::take(&mut waiting) {
                return None;
            }
            let bytes = random_frame(&mut random, 1514);
            buffer.extend(&bytes);
            account.send(bytes, at);
            Some(Fcs { spoil: false })
        });
        account.close(at, !sender.busy());
        let (sync, plain) = encode(columns);
        let mut sent = serdes.pass(block(sync, scrambler.scramble(plain)), receiver.bitslip.get() != 0);
        let mask = if erring { line.mask(66) } else { 0 };
        sent ^= mask;
        if mask != 0 {
            errored_blocks += 1;
            // Any of the three payload errors that one line error becomes may look like a start.
            spurious += 3 * u64::from(mask.count_ones());
        }
        receiver.cycle(sent);
        down += u64::from(receiver.status.get() == 0 && at > start);
        if mask != 0 || (receiver.status.get() == 0 && at > start) {
            account.hit(at, REACH, REACH);
        }
        bad_blocks += u64::from(receiver.bad_block.get() | receiver.sequence_error.get());
        up_at_end = if receiver.status.get() == 1 { up_at_end + 1 } else { 0 };
        if receiver.valid.get() == 1 {
            let bytes = receiver.rx_data.get().to_le_bytes();
            frame.extend(&bytes[..receiver.keep.get().trailing_ones() as usize]);
            if receiver.last.get() == 1 {
                if receiver.error.get() == 0 {
                    assert_eq!(receiver.cause.get(), 0);
                    account.good(&frame);
                } else {
                    account.marked[usize::from(receiver.cause.get())] += 1;
                }
                frame.clear();
            }
        }
    }
    account.check(&format!("10GBASE-R at {ratio:e}"), spurious);
    assert!(up_at_end > 2000, "the link is not up again");
    // Each errored block makes at most three wrong words: itself, what the descrambler makes of it in the next, and a frame cut short.
    assert!(
        bad_blocks <= 4 * errored_blocks + 4,
        "{bad_blocks} bad blocks of {errored_blocks} with an error"
    );
    let marked: u64 = account.marked.iter().sum();
    assert!(
        account.lost() == 0 || marked + bad_blocks + down > 0,
        "frames are lost and nothing is counted"
    );
    if ratio < 5e-5 {
        assert!(account.delivered > account.sent.len() as u64 / 2, "hardly a frame came through");
    }
}

#[test]
fn bit_errors_cost_the_frames_they_hit_and_no_other() {
    for ratio in RATIOS {
        campaign(ratio, symbols(60_000));
    }
}
