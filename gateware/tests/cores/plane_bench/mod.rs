//! The forwarding plane with what goes in and comes out of it, held against the model of `plane_model`.
use super::plane_model::{Cause, Counts, Fate, Model, Setup};
use rust_hdl::prelude::*;
use spareband_gateware::forward::ForwardingPlane;
use spareband_spec::regs::MANAGER;

pub const SETS_LOG2: usize = 3;

/// As the registers hold it: the first byte lowest.
fn mac(address: &[u8; 6]) -> Bits<48> {
    bits::<48>(address.iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte)))
}

/// A frame that came out, or was cut off by a roll-back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub mask: u16,
    pub flood: bool,
    pub bytes: Vec<u8>,
}

pub struct Bench<const N: usize> {
    pub uut: Box<ForwardingPlane<N, SETS_LOG2>>,
    pub counts: Counts,
    pub frames_in: u32,
    pub sent: Vec<Sent>,
    pub partial: Option<Sent>,
    pub cycle: u64,
}

impl<const N: usize> Bench<N> {
    pub fn new(setup: &Setup) -> Self {
        let mut uut = Box::<ForwardingPlane<N, SETS_LOG2>>::default();
        uut.connect_all();
        let counts = Counts {
            new_flows: vec![0; N],
            ..Default::default()
        };
        let mut bench = Self {
            uut,
            counts,
            frames_in: 0,
            sent: vec![],
            partial: None,
            cycle: 0,
        };
        bench.configure(setup);
        bench
    }

    pub fn configure(&mut self, setup: &Setup) {
        let uut = &mut self.uut;
        uut.own_mac.next = mac(&setup.own_mac);
        uut.vip.next = bits::<32>(setup.vip.into());
        uut.vip_mask.next = bits::<32>(setup.vip_mask.into());
        uut.policy.next = bits::<4>(setup.policy.into());
        uut.delta.next = bits::<8>(setup.delta.into());
        let registers = MANAGER.block("selector").registers;
        for (word, register) in uut.selection.iter_mut().zip(registers) {
            word.next = bits::<32>(register.reset);
        }
        uut.hash_key.next = bits::<64>(setup.key);
        for (i, blade) in setup.blades.iter().enumerate() {
            uut.blade_mac[i].next = mac(&setup.macs[i]);
            uut.blade_enabled[i].next = blade.enabled;
            uut.host_admin[i].next = bits::<2>(blade.host_admin.into());
            uut.link_up[i].next = blade.link_up;
            uut.known[i].next = blade.known;
            uut.stale[i].next = blade.stale;
            uut.cpu[i].next = bits::<8>(blade.cpu.into());
            uut.admin[i].next = bits::<2>(blade.admin.into());
        }
    }

    pub fn tick(&mut self) {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(self.uut.as_mut(), 30), "settles");
        }
        self.cycle += 1;
        let uut = &self.uut;
        // `frames_in` and `dropped_overrun` follow the input at once; sampled with it in `word`.
        for (event, cause) in [
            (uut.dropped_bad_fcs.val(), Cause::BadFcs),
            (uut.dropped_runt.val(), Cause::Runt),
            (uut.dropped_oversize.val(), Cause::Oversize),
            (uut.dropped_coding.val(), Cause::Coding),
            (uut.dropped_control.val(), Cause::Control),
            (uut.dropped_malformed.val(), Cause::Malformed),
            (uut.dropped_no_blade.val(), Cause::NoBlade),
        ] {
            if event {
                *self.counts.fates.entry(cause).or_default() += 1;
            }
        }
        self.counts.forwarded += u32::from(uut.forwarded.val());
        self.counts.flooded += u32::from(uut.flooded.val());
        self.counts.hits += u32::from(uut.flow_hits.val());
        self.counts.misses += u32::from(uut.flow_misses.val());
        self.counts.without_syn += u32::from(uut.flow_misses_without_syn.val());
        self.counts.insert_failures += u32::from(uut.flow_insert_failures.val());
        self.counts.closed += u32::from(uut.flow_closed.val());
        (0..N).for_each(|i| self.counts.new_flows[i] += u32::from(uut.new_flows[i].val()));
        if uut.out_valid.val() {
            let (mask, flood) = (uut.out_mask.val().to_u64() as u16, uut.out_flood.val());
            let frame = self.partial.get_or_insert(Sent {
                mask,
                flood,
                bytes: vec![],
            });
            assert_eq!((frame.mask, frame.flood), (mask, flood), "changes within a frame");
            assert_ne!(mask, 0);
            let keep = uut.out_keep.val().to_u64();
            let bytes = uut.out_data.val().to_u64().to_le_bytes();
            frame.bytes.extend(&bytes[..keep.trailing_ones() as usize]);
            if uut.out_last.val() {
                let frame = self.partial.take().unwrap();
                if uut.out_commit.val() {
                    self.sent.push(frame);
                }
            }
        }
    }

    pub fn word(&mut self, data: &[u8], last: bool, error: Option<u8>) {
        let mut bytes = [0xA5; 8];
        bytes[..data.len()].copy_from_slice(data);
        let uut = &mut self.uut;
        uut.rx_valid.next = true;
        uut.rx_data.next = bits::<64>(u64::from_le_bytes(bytes));
        uut.rx_keep.next = bits::<8>((1 << data.len()) - 1);
        uut.rx_last.next = last;
        uut.rx_error.next = last && error.is_some();
        uut.rx_cause.next = bits::<3>(if last { error.unwrap_or(0).into() } else { 0 });
        self.uut.clk.next = false.into();
        assert!(simulate(self.uut.as_mut(), 30), "settles");
        self.frames_in += u32::from(self.uut.frames_in.val());
        if self.uut.dropped_overrun.val() {
            *self.counts.fates.entry(Cause::Overrun).or_default() += 1;
        }
        self.tick();
        self.uut.rx_valid.next = false;
        self.uut.rx_last.next = false;
        self.uut.rx_error.next = false;
    }

    /// The frame, then idle cycles until `period` have gone since its start, at least one.
    pub fn frame(&mut self, frame: &[u8], error: Option<u8>, period: usize) {
        let words = frame.len().div_ceil(8);
        for (i, word) in frame.chunks(8).enumerate() {
            self.word(word, i + 1 == words, error);
        }
        (words..period.max(words + 1)).for_each(|_| self.tick());
    }

    pub fn idle(&mut self, cycles: usize) {
        (0..cycles).for_each(|_| self.tick());
    }
}

pub fn expected(fate: Fate, frame: &[u8], setup: &Setup, balanced: bool) -> Option<Sent> {
    match fate {
        Fate::Forwarded(blade) => {
            let mut bytes = frame.to_vec();
            if balanced {
                bytes[..6].copy_from_slice(&setup.macs[blade]);
            }
            Some(Sent {
                mask: 1 << blade,
                flood: false,
                bytes,
            })
        }
        Fate::Flooded(mask) => Some(Sent {
            mask,
            flood: true,
            bytes: frame.to_vec(),
        }),
        Fate::Dropped(_) => None,
    }
}

/// Frames through both, at the spacing of line rate; all outputs and counts must agree.
pub fn compare<const N: usize>(bench: &mut Bench<N>, model: &mut Model, frames: &[(Vec<u8>, Option<u8>)], what: &str) {
    let mut wanted = vec![];
    for (frame, error) in frames {
        let fate = model.frame(frame, *error);
        wanted.extend(expected(fate, frame, &model.setup, true));
        bench.frame(frame, *error, 10);
    }
    bench.idle(120);
    for (i, (got, want)) in bench.sent.iter().zip(&wanted).enumerate() {
        assert_eq!(got, want, "{what}: frame {i} of those sent");
    }
    assert_eq!(bench.sent.len(), wanted.len(), "{what}");
    bench.sent.clear();
    assert_eq!(bench.counts, model.counts, "{what}");
    for i in 0..N {
        assert_eq!(
            bench.uut.active_flows[i].val().to_u16(),
            model.active(i),
            "{what}: active flows of {i}"
        );
    }
    assert_eq!(bench.uut.table_entries.val().index(), model.entries(), "{what}");
    let dropped: u32 = bench.counts.fates.values().sum();
    assert_eq!(
        bench.frames_in,
        bench.counts.forwarded + bench.counts.flooded + dropped,
        "{what}: the account"
    );
}
