//! The elastic buffer for a simulated second: jumbo frames back to back, both clocks 200 parts per million off, one up and one down. Needs the models (`make sim`).
use spareband_sim::model::{Clock, Input, Model, ModelLibrary, Output};
use std::path::{Path, PathBuf};

/// In 1e-16 s, in which a part per million of 8 ns is a whole number.
const PERIOD: u64 = 80_000_000;
const SECOND: u64 = 10_000_000_000_000_000;
/// 9,600 bytes, a tag, preamble and delimiter; the gap that a transmitter leaves.
const FRAME: u32 = 9600 + 4 + 8;
const GAP: u32 = 12;

/// Thousandths of a second of each run: `SPAREBAND_MILLISECONDS`, or a whole one.
fn duration() -> u64 {
    let milliseconds = std::env::var("SPAREBAND_MILLISECONDS").map_or(1000, |text| text.parse().expect("a number"));
    SECOND / 1000 * milliseconds
}

fn octet(frame: u32, at: u32) -> u8 {
    (at.wrapping_mul(0x9E37_79B9).wrapping_add(frame.wrapping_mul(0x85EB_CA6B)) >> 24) as u8
}

struct Pins {
    model: Model,
    write_clk: Clock,
    read_clk: Clock,
    in_rxd: Input<u8>,
    in_rx_dv: Input<u8>,
    gmii_rxd: Output<u8>,
    gmii_rx_dv: Output<u8>,
    gmii_rx_er: Output<u8>,
    frames_broken: Output<u8>,
}

impl Pins {
    fn new() -> Self {
        let build =
            std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
        let model = ModelLibrary::load(&build.join("sim"), "elastic_buffer")
            .unwrap()
            .instantiate()
            .unwrap();
        Self {
            write_clk: model.clock("write_clk").unwrap(),
            read_clk: model.clock("read_clk").unwrap(),
            in_rxd: model.input("in_rxd").unwrap(),
            in_rx_dv: model.input("in_rx_dv").unwrap(),
            gmii_rxd: model.output("gmii_rxd").unwrap(),
            gmii_rx_dv: model.output("gmii_rx_dv").unwrap(),
            gmii_rx_er: model.output("gmii_rx_er").unwrap(),
            frames_broken: model.output("frames_broken").unwrap(),
            model,
        }
    }
}

/// Frames and octets, idles after them included.
#[derive(Default)]
struct Place {
    frame: u32,
    at: u32,
}

fn run(ppm: i64) {
    let pins = Pins::new();
    let fall_alone = pins.write_clk.falls_alone() && pins.read_clk.falls_alone();
    let period = |ppm: i64| (PERIOD as i64 - PERIOD as i64 / 1_000_000 * ppm) as u64;
    let periods = [period(ppm), period(-ppm)];
    let mut next = [PERIOD, PERIOD + PERIOD / 3];
    let (mut sent, mut received) = (Place::default(), Place::default());
    let (mut gap, mut shortest, mut longest) = (0_u32, u32::MAX, 0);
    let end = duration();
    loop {
        let now = next[0].min(next[1]);
        if now > end {
            break;
        }
        let [write, read] = next.map(|edge| edge == now);
        // An edge takes what the pins carried before it.
        if read {
            assert!(
                pins.gmii_rx_er.get() == 0 && pins.frames_broken.get() == 0,
                "broken in frame {}",
                received.frame
            );
            if pins.gmii_rx_dv.get() != 0 {
                if received.at == 0 && received.frame > 0 {
                    (shortest, longest) = (shortest.min(gap), longest.max(gap));
                }
                assert_eq!(
                    pins.gmii_rxd.get(),
                    octet(received.frame, received.at),
                    "{} of frame {}",
                    received.at,
                    received.frame
                );
                received.at += 1;
                gap = 0;
                if received.at == FRAME {
                    received = Place {
                        frame: received.frame + 1,
                        at: 0,
                    };
                }
            } else {
                assert_eq!(received.at, 0, "frame {} has a hole or ends early", received.frame);
                gap += 1;
            }
            next[1] += periods[1];
            pins.read_clk.rise();
        }
        if write {
            next[0] += periods[0];
            pins.write_clk.rise();
        }
        pins.model.eval();
        if write {
            // After the edge, as from a register.
            let busy = sent.at < FRAME;
            pins.in_rx_dv.set(busy.into());
            pins.in_rxd.set(if busy { octet(sent.frame, sent.at) } else { 0 });
            sent.at += 1;
            if sent.at == FRAME + GAP {
                sent = Place {
                    frame: sent.frame + 1,
                    at: 0,
                };
            }
            pins.write_clk.fall();
        }
        if read {
            pins.read_clk.fall();
        }
        if !fall_alone {
            pins.model.eval();
        }
    }
    println!(
        "writer {ppm} ppm, reader {} ppm: {} frames, gaps {shortest} to {longest}",
        -ppm, received.frame
    );
    assert!(sent.frame - received.frame <= 1 && u64::from(received.frame) >= end / PERIOD / u64::from(FRAME + GAP) - 10);
    assert!(shortest >= 8 && longest <= GAP + 5, "gaps {shortest} to {longest}");
}

#[test]
fn a_second_of_jumbo_frames_at_the_ends_of_the_range() {
    for ppm in [-200, 200] {
        run(ppm);
    }
}
