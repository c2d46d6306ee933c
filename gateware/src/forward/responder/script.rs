//! The responder's scripts: which 16 bits a reply is made of, one after the other, and which of them its checksum sums up. RFC 826, 4861, 792,
//! 4443, 1624.
//!
//! > A script's steps come in order, each once; none comes while it stands still.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | begins | in | 1 | pulse: a reply from its first step on |
//! | goes_on | in | 1 | pulse: zeros, until `stop` |
//! | stop | in | 1 | pulse: the reply is whole; before `begins`, too |
//! | kind, announcing, advertises, to_all, has_tag, has_two_tags | in | 2, 1.. | the reply that is made; stand still from `begins` to `stop` |
//! | own_mac | in | 48 | bits 7..0 first on the wire |
//! | index | out | 5 | of the 16 bits in the request's store |
//! | from_store, from_sum | out | 1 | they are there; they are the checksum; else `given` has them a cycle later |
//! | given | out | 16 | first byte in the low bits |
//! | emit, add, invert, clear | out | 1 | they go out; they, or their complement, are added to the sum; the sum begins anew |
//! | over | out | 1 | pulse, in a step that does nothing: all but the packet's rest and zeros was there |
//!
//! A reply goes through up to five sections: what an advertisement's checksum sums up, destination, own address, tags, packet with EtherType. An
//! echo's checksums are those of the request, updated. Between a step that is added and one that takes the sum are three others.
//! Latency: 2 cycles from `begins` to the first step, 2 more at each section. Throughput: a step a cycle. Reset: `stop`.
//!
//! Longer than most files here, as the scripts and what steps through them share their encoding.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;

const STORE: u64 = 0;
const CONSTANT: u64 = 1;
const OWN: u64 = 2;
const SUM: u64 = 3;

const EMIT: u64 = 1 << 10;
const ADD: u64 = 1 << 11;
const INVERT: u64 = 1 << 12;
const CLEAR: u64 = 1 << 13;
const ENDS: u64 = 1 << 14;

/// As on the wire, most significant byte first.
const CONSTANTS: [u16; 20] = [
    0, 0x0001, 0x0002, 0x0800, 0x0604, 0x0806, 0x86DD, 0xFFFF, 0x3333, 0x4001, 0x3A40, 0x8100, 0x6000, 0x0020, 0x3AFF, 0xFF02, 0x8800,
    0x2000, 0x0201, // Length and next header of an advertisement.
    0x005A,
];

/// Steps that take `times` places in a row.
fn line(source: u64, index: u64, times: u64) -> u64 {
    assert!(index < 32 && (1..=8).contains(&times), "{times} places from {index} on");
    index | (times - 1) << 5 | source << 8
}

/// Of the stored request: its head 0, tags 4, packet 8, a solicitation's target and an announced address 24.
fn stored(index: u64, times: u64) -> u64 {
    line(STORE, index, times)
}

fn constant(value: u16, times: u64) -> u64 {
    let index = CONSTANTS
        .iter()
        .position(|constant| *constant == value)
        .expect("a constant of the scripts");
    line(CONSTANT, index as u64, times)
}

fn own() -> u64 {
    line(OWN, 0, 3)
}

fn sum() -> u64 {
    line(SUM, 0, 1)
}

/// Sections in the order of `Starts`.
fn sections() -> [Vec<u64>; 15] {
    let emitted = |lines: &[u64]| lines.iter().map(|line| line | EMIT).collect::<Vec<_>>();
    let added = |lines: &[u64]| lines.iter().map(|line| line | ADD).collect::<Vec<_>>();
    let target = stored(24, 8);
    let sums = |destination: &[u64], flags| {
        let first = [constant(0, 1) | CLEAR];
        let others = added(&[
            constant(0x005A, 1),
            target,
            target,
            constant(0x8800, 1),
            constant(flags, 1),
            constant(0x0201, 1),
            own(),
        ]);
        [&first[..], &added(destination), &others].concat()
    };
    let advertisement = |destination: &[u64], flags| {
        let head = [
            constant(0x86DD, 1),
            constant(0x6000, 1),
            constant(0, 1),
            constant(0x0020, 1),
            constant(0x3AFF, 1),
            target,
        ];
        let message = [
            constant(0x8800, 1),
            sum(),
            constant(flags, 1),
            constant(0, 1),
            target,
            constant(0x0201, 1),
            own(),
        ];
        emitted(&[&head, destination, &message].concat())
    };
    let to_sender = [stored(12, 8)];
    let to_all = [constant(0xFF02, 1), constant(0, 6), constant(0x0001, 1)];
    let arp_head = [constant(0x0806, 1), constant(0x0001, 1), constant(0x0800, 1), constant(0x0604, 1)];
    [
        sums(&to_sender, 0x6000),
        sums(&to_all, 0x2000),
        emitted(&[stored(0, 3)]),
        emitted(&[stored(12, 3)]),
        emitted(&[constant(0xFFFF, 3)]),
        emitted(&[constant(0x3333, 1), constant(0, 1), constant(0x0001, 1)]),
        emitted(&[own()]),
        emitted(&[stored(4, 2)]),
        emitted(&[stored(4, 4)]),
        emitted(&[&arp_head[..], &[constant(0x0002, 1), own(), stored(20, 2), stored(12, 5)]].concat()),
        emitted(
            &[
                &arp_head[..],
                &[constant(0x0001, 1), own(), stored(30, 2), constant(0, 3), stored(30, 2)],
            ]
            .concat(),
        ),
        // The header's checksum with another time to live, and the message's with another type.
        [
            emitted(&[constant(0x0800, 1) | CLEAR]),
            added(&[stored(12, 2) | INVERT, constant(0x4001, 1)]),
            emitted(&[stored(8, 4), constant(0x4001, 1), sum(), stored(16, 2) | CLEAR]),
            added(&[stored(18, 2) | INVERT]),
            emitted(&[stored(14, 2), constant(0, 1), sum()]),
        ]
        .concat(),
        [
            emitted(&[constant(0x86DD, 1) | CLEAR]),
            added(&[stored(28, 2) | INVERT, constant(0x8100, 1)]),
            emitted(&[
                stored(8, 3),
                constant(0x3A40, 1),
                stored(20, 8),
                stored(12, 8),
                constant(0x8100, 1),
                sum(),
                stored(30, 2),
            ]),
        ]
        .concat(),
        advertisement(&to_sender, 0x6000),
        advertisement(&to_all, 0x2000),
    ]
}

/// All lines, and where each section starts; the zeros are last.
fn table() -> (Vec<u64>, Vec<u64>) {
    let (mut lines, mut starts) = (vec![], vec![]);
    for mut section in sections().into_iter().chain([vec![constant(0, 8) | EMIT]]) {
        starts.push(lines.len() as u64);
        *section.last_mut().expect("a section has lines") |= ENDS;
        lines.append(&mut section);
    }
    lines.resize(128, 0);
    (lines, starts)
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Place {
    active: Bit,
    line: Bits<7>,
    /// The section that comes next, and where it starts.
    section: Bits<3>,
    following: Bits<7>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Step {
    index: Bits<5>,
    /// Steps of this line behind this one.
    more: Bits<3>,
    source: Bits<2>,
    emit: Bit,
    add: Bit,
    invert: Bit,
    clear: Bit,
    ends: Bit,
    over: Bit,
}

#[derive(LogicBlock)]
pub struct ReplyScript {
    pub clk: Signal<In, Clock>,
    pub begins: Signal<In, Bit>,
    pub goes_on: Signal<In, Bit>,
    pub stop: Signal<In, Bit>,
    pub kind: Signal<In, Bits<2>>,
    pub announcing: Signal<In, Bit>,
    pub advertises: Signal<In, Bit>,
    pub to_all: Signal<In, Bit>,
    pub has_tag: Signal<In, Bit>,
    pub has_two_tags: Signal<In, Bit>,
    pub own_mac: Signal<In, Bits<48>>,
    pub index: Signal<Out, Bits<5>>,
    pub from_store: Signal<Out, Bit>,
    pub from_sum: Signal<Out, Bit>,
    pub given: Signal<Out, Bits<16>>,
    pub emit: Signal<Out, Bit>,
    pub add: Signal<Out, Bit>,
    pub invert: Signal<Out, Bit>,
    pub clear: Signal<Out, Bit>,
    pub over: Signal<Out, Bit>,
    lines: LookupTable<7, 15>,
    constants: LookupTable<5, 16>,
    place: DFF<Place>,
    step: DFF<Step>,
    held: DFF<Bits<16>>,
    sums_to_sender: Constant<Bits<7>>,
    sums_to_all: Constant<Bits<7>>,
    destination_frame: Constant<Bits<7>>,
    destination_arp: Constant<Bits<7>>,
    destination_broadcast: Constant<Bits<7>>,
    destination_nodes: Constant<Bits<7>>,
    own_address: Constant<Bits<7>>,
    one_tag: Constant<Bits<7>>,
    two_tags: Constant<Bits<7>>,
    arp: Constant<Bits<7>>,
    arp_announcement: Constant<Bits<7>>,
    echo_ipv4: Constant<Bits<7>>,
    echo_ipv6: Constant<Bits<7>>,
    advertisement_to_sender: Constant<Bits<7>>,
    advertisement_to_all: Constant<Bits<7>>,
    zeros: Constant<Bits<7>>,
    fetched: Signal<Local, Bits<15>>,
    section: Signal<Local, Bits<3>>,
}

impl Default for ReplyScript {
    fn default() -> Self {
        let (lines, starts) = table();
        let start = |section: usize| Constant::new(bits::<7>(starts[section]));
        let mut constants: Vec<u64> = CONSTANTS.iter().map(|value| value.swap_bytes().into()).collect();
        constants.resize(32, 0);
        with_defaults!(Self {
            lines: LookupTable::new(lines),
            constants: LookupTable::new(constants),
            sums_to_sender: start(0),
            sums_to_all: start(1),
            destination_frame: start(2),
            destination_arp: start(3),
            destination_broadcast: start(4),
            destination_nodes: start(5),
            own_address: start(6),
            one_tag: start(7),
            two_tags: start(8),
            arp: start(9),
            arp_announcement: start(10),
            echo_ipv4: start(11),
            echo_ipv6: start(12),
            advertisement_to_sender: start(13),
            advertisement_to_all: start(14),
            zeros: start(15),
        }
            defaults clk begins goes_on stop kind announcing advertises to_all has_tag has_two_tags own_mac index from_store from_sum given emit
            add invert clear over place step held fetched section)
    }
}

impl Logic for ReplyScript {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, place, step, held);
        // Where the next section starts, which stands a cycle after its number.
        self.section.next = self.place.q.val().section;
        self.place.d.next.following = self.zeros.val();
        if self.section.val() == 0 {
            self.place.d.next.following = self.sums_to_sender.val();
            if self.to_all.val() {
                self.place.d.next.following = self.sums_to_all.val();
            }
        }
        if self.section.val() == 1 {
            self.place.d.next.following = self.destination_frame.val();
            if self.kind.val() == 1 {
                self.place.d.next.following = self.destination_arp.val();
                if self.announcing.val() {
                    self.place.d.next.following = self.destination_broadcast.val();
                }
            } else if self.advertises.val() & self.to_all.val() {
                self.place.d.next.following = self.destination_nodes.val();
            }
        }
        if self.section.val() == 2 {
            self.place.d.next.following = self.own_address.val();
        }
        if self.section.val() == 3 {
            self.place.d.next.following = self.one_tag.val();
            if self.has_two_tags.val() {
                self.place.d.next.following = self.two_tags.val();
            }
        }
        if self.section.val() == 4 {
            self.place.d.next.following = self.echo_ipv6.val();
            if self.kind.val() == 2 {
                self.place.d.next.following = self.echo_ipv4.val();
            }
            if self.kind.val() == 1 {
                self.place.d.next.following = self.arp.val();
                if self.announcing.val() {
                    self.place.d.next.following = self.arp_announcement.val();
                }
            } else if self.advertises.val() {
                self.place.d.next.following = self.advertisement_to_sender.val();
                if self.to_all.val() {
                    self.place.d.next.following = self.advertisement_to_all.val();
                }
            }
        }
        self.lines.address.next = self.place.q.val().line;
        self.fetched.next = self.lines.data.val();
        self.step.d.next.over = false;
        if self.place.q.val().active {
            if self.step.q.val().more.any() {
                self.step.d.next.more = self.step.q.val().more - 1;
                // A constant or the sum stays the same.
                if !self.step.q.val().source.get_bit(0) {
                    self.step.d.next.index = self.step.q.val().index + 1;
                }
            } else if self.step.q.val().ends {
                self.step.d.next.emit = false;
                self.step.d.next.add = false;
                self.step.d.next.clear = false;
                self.step.d.next.ends = false;
                self.place.d.next.line = self.place.q.val().following;
                if self.section.val() != 6 {
                    self.place.d.next.section = self.section.val() + 1;
                }
                if (self.section.val() == 2) & !self.has_tag.val() {
                    self.place.d.next.section = 4.into();
                }
                if self.section.val() == 5 {
                    self.step.d.next.over = true;
                    self.place.d.next.active = false;
                }
            } else {
                self.step.d.next.index = self.fetched.val().get_bits::<5>(0);
                self.step.d.next.more = self.fetched.val().get_bits::<3>(5);
                self.step.d.next.source = self.fetched.val().get_bits::<2>(8);
                self.step.d.next.emit = self.fetched.val().get_bit(10);
                self.step.d.next.add = self.fetched.val().get_bit(11);
                self.step.d.next.invert = self.fetched.val().get_bit(12);
                self.step.d.next.clear = self.fetched.val().get_bit(13);
                self.step.d.next.ends = self.fetched.val().get_bit(14);
                self.place.d.next.line = self.place.q.val().line + 1;
            }
        }
        if self.goes_on.val() {
            self.place.d.next.active = true;
        }
        if self.begins.val() {
            self.place.d.next.active = true;
            self.place.d.next.section = 1.into();
            if self.advertises.val() {
                self.place.d.next.section = 0.into();
            }
            // A step of nothing, while the section's start is made.
            self.step.d.next.more = 1.into();
            self.step.d.next.ends = true;
        }
        if self.stop.val() {
            self.place.d.next.active = false;
            self.step.d.next.emit = false;
            self.step.d.next.add = false;
            self.step.d.next.invert = false;
            self.step.d.next.clear = false;
            self.step.d.next.ends = false;
        }
        self.constants.address.next = self.step.q.val().index;
        self.held.d.next = self.constants.data.val();
        if self.step.q.val().source == 2 {
            self.held.d.next = self.own_mac.val().get_bits::<16>(0);
            if self.step.q.val().index.get_bit(0) {
                self.held.d.next = self.own_mac.val().get_bits::<16>(16);
            }
            if self.step.q.val().index.get_bit(1) {
                self.held.d.next = self.own_mac.val().get_bits::<16>(32);
            }
        }
        self.given.next = self.held.q.val();
        self.index.next = self.step.q.val().index;
        self.from_store.next = self.step.q.val().source == 0;
        self.from_sum.next = self.step.q.val().source == 3;
        self.emit.next = self.step.q.val().emit;
        self.add.next = self.step.q.val().add;
        self.invert.next = self.step.q.val().invert;
        self.clear.next = self.step.q.val().clear;
        self.over.next = self.step.q.val().over;
    }
    spareband_hdl::module_name!();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 16 bits that each section emits, and what lies between those that are added and the sum.
    #[test]
    fn sections_are_as_long_as_their_packets() {
        let mut lengths = vec![];
        for section in sections() {
            let (mut emitted, mut since) = (0, 4);
            for line in section {
                let times = (line >> 5 & 7) + 1;
                emitted += if line & EMIT == 0 { 0 } else { times };
                assert!(line >> 8 & 3 != SUM || since >= 3, "the sum is not settled after {since} steps");
                since = if line & ADD == 0 { since + times } else { 0 };
            }
            lengths.push(emitted);
        }
        assert_eq!(lengths, [0, 0, 3, 3, 3, 3, 3, 2, 4, 15, 15, 13, 25, 37, 37]);
        assert!(table().1.len() == 16 && table().0.len() == 128);
    }
}
