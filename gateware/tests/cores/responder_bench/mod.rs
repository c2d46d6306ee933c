//! A responder with frames to send to it, and the events and frames that come out.

use crate::responder_model::OWN_MAC;
use rust_hdl::prelude::*;
use spareband_gateware::forward::NeighbourResponder;

pub type Uut = NeighbourResponder<8, 9>;

pub const ARRIVAL: [&str; 5] = ["queued", "full", "oversize", "short", "other"];
pub const TURN: [&str; 7] = ["arp", "neighbour", "echo", "announced", "unanswerable", "invalid", "limit"];

pub fn own_mac() -> u64 {
    OWN_MAC.iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte))
}

/// The events of a cycle: the one on arrival, and the one when a request's turn came.
#[derive(Default)]
pub struct Cycle {
    pub arrival: Option<&'static str>,
    pub turn: Option<&'static str>,
    pub frame: Option<Vec<u8>>,
}

/// A responder with frames to send, and the frame that is coming out.
pub struct Bench {
    pub uut: Uut,
    pub now: u64,
    pub sending: Vec<u8>,
    pub at: usize,
    pub commit: bool,
    pub select: bool,
    pub current: Vec<u8>,
    pub first_out: u64,
    pub last_in: u64,
}

impl Bench {
    pub fn new() -> Self {
        let mut uut = Uut::default();
        uut.own_mac.next = bits::<48>(own_mac());
        uut.connect_all();
        let mut bench = Self {
            uut,
            now: 0,
            sending: vec![],
            at: 0,
            commit: true,
            select: true,
            current: vec![],
            first_out: 0,
            last_in: 0,
        };
        for _ in 0..10 {
            bench.cycle(true);
        }
        bench
    }

    pub fn send(&mut self, frame: Vec<u8>) {
        assert!(self.sending.is_empty());
        (self.sending, self.at) = (frame, 0);
    }

    /// One cycle. Outputs are looked at before its rising edge.
    pub fn cycle(&mut self, ready: bool) -> Cycle {
        let uut = &mut self.uut;
        let end = self.sending.len().min(self.at + 8);
        let word = &self.sending[self.at..end];
        let mut data = [0x5A; 8];
        data[..word.len()].copy_from_slice(word);
        let last = !word.is_empty() && end == self.sending.len();
        self.at = end;
        uut.in_valid.next = !word.is_empty();
        uut.in_data.next = bits::<64>(u64::from_le_bytes(data));
        uut.in_keep.next = bits::<8>((1 << word.len()) - 1);
        uut.in_last.next = last;
        (uut.in_commit.next, uut.in_select.next) = (self.commit, self.select);
        uut.out_ready.next = ready;
        uut.clk.next = false.into();
        assert!(simulate(uut, 30));
        let mut result = Cycle::default();
        let one = |names: &[&'static str], events: &[bool]| {
            assert!(events.iter().filter(|e| **e).count() < 2, "{names:?} {events:?}");
            events.iter().position(|e| *e).map(|n| names[n])
        };
        result.arrival = one(
            &ARRIVAL,
            &[
                uut.queued.val(),
                uut.dropped_full.val(),
                uut.dropped_oversize.val(),
                uut.dropped_short.val(),
                uut.dropped_other.val(),
            ],
        );
        result.turn = one(
            &TURN,
            &[
                uut.answered_arp.val(),
                uut.answered_neighbour.val(),
                uut.answered_echo.val(),
                uut.announced.val(),
                uut.dropped_unanswerable.val(),
                uut.dropped_invalid.val(),
                uut.dropped_limit.val(),
            ],
        );
        assert!(uut.out_valid.val() || self.current.is_empty(), "a gap within a frame");
        if uut.out_valid.val() {
            if self.current.is_empty() && self.first_out <= self.last_in {
                self.first_out = self.now;
            }
            if ready {
                let keep = uut.out_keep.val().to_u64();
                let bytes = keep.trailing_ones();
                assert_eq!((keep.count_ones(), bytes == 8 || uut.out_last.val()), (bytes, true));
                self.current.extend(&uut.out_data.val().to_u64().to_le_bytes()[..bytes as usize]);
                result.frame = uut.out_last.val().then(|| std::mem::take(&mut self.current));
            }
        }
        uut.clk.next = true.into();
        assert!(simulate(uut, 30));
        if last {
            self.last_in = self.now;
            self.sending.clear();
            self.at = 0;
        }
        self.now += 1;
        result
    }
}
