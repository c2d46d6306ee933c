//! The UART register master at bit level, against the frame coder that the host uses. It shares no code with the circuit but the constants.

use crate::uart;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::csr::UartRegisterMaster;
use spareband_spec::uart_frame::{FLAG, MAX_WORDS, Status};
use uart::{Answer, Line, answers, read_frame, write_frame};

/// Registers from 0 up to this address exist.
const END: u16 = 0x0400;
/// The last word never answers.
const DEAF: u16 = 0x0800;

struct Bench {
    uut: UartRegisterMaster,
    divisor: u32,
    line: Line,
    memory: Vec<u32>,
    writes: Vec<(u16, u32)>,
    pending: Option<(u16, Option<u32>)>,
}

impl Bench {
    fn new(divisor: u32, gap_cycles: u32) -> Self {
        let mut uut = UartRegisterMaster::new(gap_cycles);
        uut.connect_all();
        uut.divisor.next = bits::<16>(divisor.into());
        uut.rx.next = true;
        assert!(simulate(&mut uut, 100));
        Bench {
            uut,
            divisor,
            line: Line::new(divisor),
            memory: vec![0; usize::from(END) / 4],
            writes: vec![],
            pending: None,
        }
    }

    fn cycle(&mut self) {
        let (tx, read, write) = (self.uut.tx.val(), self.uut.bus_read.val(), self.uut.bus_write.val());
        let address = self.uut.bus_address.val().to_u64() as u16;
        let data = self.uut.bus_write_data.val().to_u64() as u32;
        self.uut.clk.next = true.into();
        assert!(simulate(&mut self.uut, 100));
        self.uut.rx.next = self.line.step(tx);
        self.uut.bus_done.next = false;
        if let Some((address, data)) = self.pending.take() {
            let exists = address < END && address % 4 == 0;
            self.uut.bus_done.next = address != DEAF;
            self.uut.bus_error.next = !exists;
            let mut word = 0xDEAD_BEEF;
            if exists {
                match data {
                    Some(data) => {
                        self.memory[usize::from(address) / 4] = data;
                        self.writes.push((address, data));
                    }
                    None => word = self.memory[usize::from(address) / 4],
                }
            }
            self.uut.bus_read_data.next = bits::<32>(word.into());
        }
        assert!(!(read && write));
        if read || write {
            self.pending = Some((address, write.then_some(data)));
        }
        self.uut.clk.next = false.into();
        assert!(simulate(&mut self.uut, 100));
    }

    /// Sends bytes, then runs until the device has been silent for a while.
    fn exchange(&mut self, bytes: &[u8]) -> Vec<Answer> {
        self.line.received.clear();
        self.line.send(bytes);
        let mut quiet = 0;
        while quiet < 1000 + 12 * self.divisor {
            let before = self.line.received.len();
            self.cycle();
            quiet = if self.line.idle() && self.line.received.len() == before {
                quiet + 1
            } else {
                0
            };
        }
        answers(&self.line.received)
    }
}

fn ok(sequence: u8, command: u8, data: &[u32]) -> Vec<Answer> {
    vec![Answer {
        sequence,
        command,
        data: data.to_vec(),
        status: Status::Ok,
    }]
}

#[test]
fn the_longest_bursts_and_bytes_that_need_escapes() {
    let mut bench = Bench::new(4, 1 << 20);
    let mut rng = StdRng::seed_from_u64(1);
    let data: Vec<u32> = (0..MAX_WORDS).map(|i| if i % 3 == 0 { 0x7E7D_7E7D } else { rng.r#gen() }).collect();
    assert_eq!(bench.exchange(&write_frame(0x7D, 0x0100, &data)), ok(0x7D, 2, &[]));
    assert_eq!(bench.memory[0x40..0x80], data[..]);
    assert_eq!(bench.exchange(&read_frame(0x7E, 0x0100, MAX_WORDS as u8)), ok(0x7E, 1, &data));
}

#[test]
fn refuses_what_it_cannot_do() {
    let mut bench = Bench::new(5, 1 << 20);
    bench.memory[255] = 77;
    let refused = |sequence, command, data: &[u32], status| {
        vec![Answer {
            sequence,
            command,
            data: data.to_vec(),
            status,
        }]
    };
    assert_eq!(bench.exchange(&read_frame(1, 0x03FC, 3)), refused(1, 1, &[77], Status::BadAddress));
    assert_eq!(bench.exchange(&read_frame(2, 0x0002, 1)), refused(2, 1, &[], Status::BadAddress));
    assert_eq!(
        bench.exchange(&write_frame(3, 0x03FC, &[5, 6])),
        refused(3, 2, &[], Status::BadAddress)
    );
    assert_eq!(bench.writes, [(0x03FC, 5)]);
    assert_eq!(bench.exchange(&read_frame(4, 0, 0)), refused(4, 1, &[], Status::BadLength));
    assert_eq!(bench.exchange(&read_frame(5, 0, 65)), refused(5, 1, &[], Status::BadLength));
    assert_eq!(bench.exchange(&read_frame(6, DEAF, 1)), refused(6, 1, &[], Status::NoAnswer));
    assert_eq!(bench.exchange(&write_frame(7, DEAF, &[0])), refused(7, 2, &[], Status::NoAnswer));
    let mut hurt = write_frame(8, 0x10, &[0x0102_0304]);
    hurt[8] ^= 0x40;
    assert_eq!(bench.exchange(&hurt), refused(8, 2, &[], Status::BadCrc));
    assert_eq!(bench.writes.len(), 1);
    assert_eq!(bench.exchange(&read_frame(9, 0x03FC, 1)), ok(9, 1, &[5]));
}

#[test]
fn garbage_never_stops_it_and_never_writes() {
    for seed in 0..6 {
        let mut bench = Bench::new(4, 1 << 20);
        let mut rng = StdRng::seed_from_u64(seed);
        let mut garbage: Vec<u8> = (0..rng.gen_range(1..600))
            .map(|_| if rng.gen_bool(0.02) { FLAG } else { rng.r#gen() })
            .collect();
        let cut = write_frame(1, 0, &[1, 2, 3]);
        garbage.extend(&cut[..rng.gen_range(1..cut.len() - 1)]);
        bench.exchange(&garbage);
        // The first flag may end a body of garbage, whose answer the request then meets.
        let first = bench.exchange(&read_frame(9, 0, 2));
        if first != ok(9, 1, &[0, 0]) {
            assert_eq!(first.last().map(|answer| answer.status), Some(Status::BadCrc), "seed {seed}");
            assert_eq!(bench.exchange(&read_frame(10, 0, 2)), ok(10, 1, &[0, 0]), "seed {seed}");
        }
        assert!(bench.writes.is_empty(), "seed {seed}");
    }
}

#[test]
fn a_pause_within_a_frame_drops_it() {
    let mut bench = Bench::new(4, 400);
    let frame = write_frame(1, 0, &[1]);
    bench.line.send(&frame[..6]);
    bench.line.silence(200);
    bench.line.send(&frame[6..]);
    assert_eq!(bench.exchange(&[]), []);
    assert!(bench.writes.is_empty());
    assert_eq!(bench.exchange(&write_frame(2, 4, &[3])), ok(2, 2, &[]));
}

/// The head of a request that came while the last one was answered was not seen; its end must not act on the old head.
#[test]
fn a_request_on_top_of_an_answer_does_no_harm() {
    for overlap in 0..40 {
        let mut bench = Bench::new(4, 1 << 20);
        let mut bytes = write_frame(1, 0x20, &[0xAAAA_AAAA]);
        bytes.extend(std::iter::repeat_n(FLAG, overlap));
        bytes.extend(write_frame(2, 0x40, &[0x5555_5555]));
        let got = bench.exchange(&bytes);
        assert_eq!(got[0], ok(1, 2, &[]).remove(0));
        for write in &bench.writes {
            assert!(
                [(0x20, 0xAAAA_AAAA), (0x40, 0x5555_5555)].contains(write),
                "overlap {overlap}: {write:x?}"
            );
        }
        assert_eq!(bench.writes.len(), got.len(), "overlap {overlap}");
    }
}

#[test]
fn a_clock_off_by_three_percent_is_read() {
    for host_divisor in [97, 103] {
        let mut bench = Bench::new(100, 1 << 20);
        bench.line = Line::new(host_divisor);
        assert_eq!(bench.exchange(&write_frame(1, 0, &[0x00FF_A55A])), ok(1, 2, &[]));
    }
}

/// Requests with errors in them, on a bus that answers late, early and not at all.
#[test]
fn lockstep() {
    let mut line = Line::new(4);
    let mut sequence = 0;
    let uut = UartRegisterMaster::new(900);
    spareband_hdl::lockstep!(uut; clk, reset, divisor, rx, bus_read_data, bus_done, bus_error)
        .clock("clk")
        .bias("reset", 0.0002)
        .cycles(30_000)
        .stimulus(move |_, inputs| {
            if line.idle() && inputs.rng.gen_bool(0.01) {
                sequence += 1;
                let address = inputs.rng.r#gen::<u16>();
                let data: Vec<u32> = (0..inputs.rng.gen_range(0..4)).map(|_| inputs.rng.r#gen()).collect();
                let mut frame = if inputs.rng.r#gen() {
                    read_frame(sequence, address, data.len() as u8)
                } else {
                    write_frame(sequence, address, &data)
                };
                if inputs.rng.gen_bool(0.2) {
                    let hit = inputs.rng.gen_range(0..frame.len());
                    frame[hit] ^= 1 << inputs.rng.gen_range(0..8);
                }
                line.send(&frame);
                line.silence(inputs.rng.gen_range(0..400));
            }
            // The far end's receiver is not needed here, and a reset would cut a byte short.
            let level = line.step(true);
            inputs.set("rx", u32::from(level));
            inputs.set("divisor", 4_u32);
            let done = inputs.rng.gen_bool(0.15);
            inputs.set("bus_done", u32::from(done));
            let error = inputs.rng.gen_bool(0.1);
            inputs.set("bus_error", u32::from(error));
        })
        .run();
}
