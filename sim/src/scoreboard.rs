//! The simulation's own account of every frame, from the wires alone: what went into the uplink, what came out at each server and back.
//! It knows nothing of the gateware's counters; `report` holds the two against each other.
use crate::frame::{self, ACK, Flow, SYN, UDP};
use crate::link::far_end::Offer;
use crate::link::{FrameStatus, Received};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What a MAC must do with a frame, from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    Taken,
    BadFcs,
    Runt,
    Oversize,
}

/// A frame with several faults goes by the first of: too short, too long, wrong FCS.
pub fn fate(offer: &Offer, max_frame_length: usize) -> Fate {
    let with_fcs = offer.bytes.len() + 4;
    match with_fcs {
        ..64 => Fate::Runt,
        _ if with_fcs > max_frame_length => Fate::Oversize,
        _ if offer.spoil_fcs => Fate::BadFcs,
        _ => Fate::Taken,
    }
}

/// A new flow as a blade saw it begin.
#[derive(Debug, Clone, Copy)]
pub struct NewFlow {
    /// Chassis time in 0.1 ns.
    pub time: u64,
    pub blade: usize,
}

#[derive(Debug, Default, Clone, Serialize)]
pub struct BladeCount {
    pub frames: u64,
    pub bytes: u64,
    pub new_flows: u64,
    pub answers: u64,
    pub answers_seen: u64,
}

#[derive(Debug, Default)]
pub struct Account {
    pub offered: u64,
    pub bad_fcs: u64,
    pub runt: u64,
    pub oversize: u64,
    /// Delivered to one blade under its own address.
    pub forwarded: u64,
    /// Delivered unchanged to at least one blade.
    pub flooded: u64,
    /// Copies of flooded frames, over all blades.
    pub flooded_copies: u64,
    /// Good frames seen at no blade.
    pub missing: u64,
    /// Frames at a blade or the uplink that nobody sent, or with an error.
    pub unexpected: u64,
    /// Copies at a blade of what another server sent up to a station that the manager did not know yet.
    pub crossed: u64,
    /// Frames that came twice or in another order than they were sent.
    pub disordered: u64,
    /// Flows whose frames reached more than one blade.
    pub flows_split: u64,
    pub flows: u64,
    pub answers_missing: u64,
    pub uplink_frames: u64,
    pub blades: Vec<BladeCount>,
    pub new_flows: Vec<NewFlow>,
}

/// Everything behind the destination address, which the manager rewrites.
fn key(frame: &[u8]) -> &[u8] {
    &frame[frame.len().min(6)..]
}

#[derive(Default)]
struct Group {
    /// Numbers of the equal frames in the order they were sent.
    sent: Vec<usize>,
    to_one: u64,
    floods: Vec<u64>,
}

pub struct Evidence<'a> {
    pub offers: &'a [Offer],
    pub max_frame_length: usize,
    /// MAC address of each blade, as the manager knows it.
    pub addresses: &'a [[u8; 6]],
    /// What each server received and sent.
    pub received: &'a [Vec<Received>],
    pub answers: &'a [Vec<Vec<u8>>],
    pub uplink: &'a [Received],
}

impl Evidence<'_> {
    pub fn judge(&self) -> Account {
        let mut account = Account {
            offered: self.offers.len() as u64,
            ..Account::default()
        };
        let mut groups: HashMap<&[u8], Group> = HashMap::new();
        for (number, offer) in self.offers.iter().enumerate() {
            match fate(offer, self.max_frame_length) {
                Fate::BadFcs => account.bad_fcs += 1,
                Fate::Runt => account.runt += 1,
                Fate::Oversize => account.oversize += 1,
                Fate::Taken => groups.entry(key(&offer.bytes)).or_default().sent.push(number),
            }
        }
        let mut crossing: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (blade, answers) in self.answers.iter().enumerate() {
            answers.iter().for_each(|bytes| crossing.entry(bytes).or_default().push(blade));
        }
        let mut flows: HashMap<Flow, HashSet<usize>> = HashMap::new();
        let mut udp_seen = HashSet::new();
        for (blade, frames) in self.received.iter().enumerate() {
            let mut count = BladeCount::default();
            let mut used: HashMap<&[u8], usize> = HashMap::new();
            let mut last = None;
            for received in frames {
                count.frames += 1;
                count.bytes += received.bytes.len() as u64;
                let Some(group) = groups
                    .get_mut(key(&received.bytes))
                    .filter(|_| received.status == FrameStatus::Good)
                else {
                    let from = crossing.get(&received.bytes[..]).filter(|_| received.status == FrameStatus::Good);
                    if from.is_some_and(|blades| blades.iter().any(|other| *other != blade)) {
                        account.crossed += 1;
                    } else {
                        account.unexpected += 1;
                    }
                    continue;
                };
                // The earliest equal frame that is behind the last one seen here: sent order must be kept.
                let from = used.entry(key(&received.bytes)).or_default();
                while *from < group.sent.len() && last.is_some_and(|l| group.sent[*from] <= l) {
                    *from += 1;
                }
                match group.sent.get(*from) {
                    Some(&number) => last = Some(number),
                    None => account.disordered += 1,
                }
                if received.bytes[..6] == self.addresses[blade] {
                    group.to_one += 1;
                    if let Some(layout) = frame::layout(&received.bytes) {
                        flows.entry(layout.flow).or_default().insert(blade);
                        let opens = layout.flags & (SYN | ACK) == SYN || (layout.flow.protocol == UDP && udp_seen.insert(layout.flow));
                        if opens {
                            count.new_flows += 1;
                            account.new_flows.push(NewFlow {
                                time: received.time,
                                blade,
                            });
                        }
                    }
                } else {
                    group.floods.resize(self.received.len(), 0);
                    group.floods[blade] += 1;
                }
            }
            account.blades.push(count);
        }
        for group in groups.values() {
            let flooded = group.floods.iter().copied().max().unwrap_or(0);
            account.forwarded += group.to_one;
            account.flooded += flooded;
            account.flooded_copies += group.floods.iter().sum::<u64>();
            account.missing += (group.sent.len() as u64).saturating_sub(group.to_one + flooded);
            account.disordered += (group.to_one + flooded).saturating_sub(group.sent.len() as u64);
        }
        account.flows = flows.len() as u64;
        account.flows_split = flows.values().filter(|blades| blades.len() > 1).count() as u64;
        self.judge_answers(&mut account);
        account
    }

    /// The way back: every answer must be on the uplink, unchanged.
    fn judge_answers(&self, account: &mut Account) {
        let mut open: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (blade, answers) in self.answers.iter().enumerate() {
            account.blades[blade].answers = answers.len() as u64;
            answers.iter().for_each(|bytes| open.entry(bytes).or_default().push(blade));
        }
        account.uplink_frames = self.uplink.len() as u64;
        for received in self.uplink {
            let from = open
                .get_mut(&received.bytes[..])
                .filter(|_| received.status == FrameStatus::Good)
                .and_then(Vec::pop);
            match from {
                Some(blade) => account.blades[blade].answers_seen += 1,
                None => account.unexpected += 1,
            }
        }
        account.answers_missing = open.values().map(|v| v.len() as u64).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 0xB0], [2, 0, 0, 0, 0, 0xB1]];

    fn offer(n: u8) -> Offer {
        Offer::new(0, [&[0xA0; 12][..], &[n; 50]].concat(), false)
    }

    fn at(destination: [u8; 6], offer: &Offer) -> Received {
        let mut bytes = offer.bytes.clone();
        bytes[..6].copy_from_slice(&destination);
        Received {
            bytes,
            status: FrameStatus::Good,
            time: 0,
        }
    }

    fn judge(offers: &[Offer], received: [Vec<Received>; 2]) -> Account {
        let evidence = Evidence {
            offers,
            max_frame_length: 9618,
            addresses: &ADDRESSES,
            received: &received,
            answers: &[vec![], vec![]],
            uplink: &[],
        };
        evidence.judge()
    }

    #[test]
    fn forwarded_flooded_missing_and_bad_frames_are_told_apart() {
        let mut offers: Vec<Offer> = (0..6).map(offer).collect();
        offers[3].spoil_fcs = true;
        offers[4].bytes.resize(9615, 0);
        offers[5] = Offer::new(0, vec![1; 30], true);
        let flood = |n: usize| at([0xA0; 6], &offers[n]);
        let account = judge(&offers, [vec![at(ADDRESSES[0], &offers[0]), flood(1)], vec![flood(1)]]);
        assert_eq!((account.offered, account.forwarded, account.flooded, account.missing), (6, 1, 1, 1));
        assert_eq!((account.bad_fcs, account.oversize, account.runt), (1, 1, 1));
        assert_eq!((account.flooded_copies, account.unexpected, account.disordered), (2, 0, 0));
    }

    #[test]
    fn equal_frames_are_counted_not_confused() {
        let offers = [offer(1), offer(1), offer(1)];
        let one = || at(ADDRESSES[0], &offers[0]);
        assert_eq!(judge(&offers, [vec![one(), one()], vec![]]).missing, 1);
        let account = judge(&offers, [vec![one(), one(), one()], vec![at(ADDRESSES[1], &offers[0])]]);
        assert_eq!((account.missing, account.disordered), (0, 1), "one copy too many");
    }

    #[test]
    fn a_changed_frame_an_error_and_a_swap_are_seen() {
        let offers = [offer(1), offer(2), offer(3)];
        let mut changed = at(ADDRESSES[0], &offers[0]);
        changed.bytes[40] ^= 1;
        let spoilt = Received {
            status: FrameStatus::BadFcs,
            ..at(ADDRESSES[0], &offers[1])
        };
        assert_eq!(judge(&offers, [vec![changed, spoilt], vec![]]).unexpected, 2);
        let swapped = [at(ADDRESSES[0], &offers[1]), at(ADDRESSES[0], &offers[0])];
        assert_eq!(judge(&offers, [swapped.to_vec(), vec![]]).disordered, 1);
    }

    #[test]
    fn answers_are_matched_on_the_uplink() {
        let answers = [vec![vec![1u8; 60]], vec![vec![2u8; 60], vec![3u8; 60]]];
        let seen = |n: u8| Received {
            bytes: vec![n; 60],
            status: FrameStatus::Good,
            time: 0,
        };
        let evidence = Evidence {
            offers: &[],
            max_frame_length: 9618,
            addresses: &ADDRESSES,
            received: &[vec![], vec![]],
            answers: &answers,
            uplink: &[seen(2), seen(1), seen(9)],
        };
        let account = evidence.judge();
        assert_eq!((account.answers_missing, account.unexpected), (1, 1));
        assert_eq!((account.blades[0].answers_seen, account.blades[1].answers_seen), (1, 1));
    }
}
