//! Where the blades' frames go: up the uplink, to another blade, or to both, by the filtering database. IEEE 802.1Q-2018, 8.6.
//!
//! > Each frame goes once to each place that it is for, whole and in order, and never back to the blade that it came from.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets what is inside; the rest of a frame then counts for a frame |
//! | in_valid, in_ready, in_data, in_keep, in_last, in_blade | in, out, in.. | 1, 1, 64, 8, 1, 4 | whole frames of `ReturnArbiter`: valid does not drop within one |
//! | blade_mac | in | N x 48 | the blades' own addresses, in every VLAN; bits 7..0 first on the wire |
//! | link_up, enabled | in | N x 1 | a blade that lacks either gets nothing |
//! | storm_limit | in | 16 | frames of blades that are flooded to blades in `STORM_PERIOD` cycles; 0: no limit |
//! | lookup, lookup_ready, lookup_mac, lookup_vid | out, in, out, out | 1, 1, 48, 12 | `MacTable` |
//! | result_coming, found, found_port | in | 1, 1, 5 | pulse, and in the next cycle its answer |
//! | up_valid, up_ready, up_data, up_keep, up_last | out, in, out.. | 1, 1, 64, 8, 1 | frames to the uplink: valid does not drop within one |
//! | cross_valid, cross_data, cross_beyond, cross_last, cross_mask | out | 1, 64, 3, 1, N | frames to the blades' queues, never held up; a word's bytes beyond its first |
//! | crossed, flooded, dropped | out | 1 | pulses: a frame goes to one blade; to the uplink and to blades; nowhere |
//!
//! A frame to a blade's own address, or one known behind a blade: to that blade alone, nowhere if that is where it came from or cannot be reached.
//! To an address known behind the uplink: there alone. To a group address, or one that is not known: to the uplink, and within the storm limit to
//! all other blades that can be reached. MAC Control: nowhere. No service is looked for: what blades send each other is not balanced.
//! Latency: 13 cycles from a frame's first word to its first word at `up` (`latency`), one more at `cross`. Throughput: a frame of 8 words in 10
//! cycles, a word a cycle within and on the way out a cycle without one behind it, where a look-up is taken 2 cycles late at most and answered after 6
//! (`line_rate`). A frame for the uplink that waits for it holds up those behind it, as `ReturnArbiter` does: their queues are the blades'. Bad input: a frame of one word is looked up as without tag.

use super::{KeepCount, StormLimit};
use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;
use spareband_spec::frame::{ETHERTYPE_SERVICE_VLAN, ETHERTYPE_VLAN, STORM_PERIOD};
use spareband_spec::mac_control::MAC_CONTROL_TYPE;
use spareband_spec::mac_table::UPLINK_PORT;

/// Last, keep, data.
const WORD: usize = 73;
/// Up, mask.
const VERDICT: usize = 17;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Head {
    /// A word is taken: there is room, and the frame before does not hold this one up.
    ready: Bit,
    /// Words of the frame before this one: none, one, more.
    first: Bit,
    second: Bit,
    mac: Bits<48>,
    vid: Bits<12>,
    from: Bits<4>,
    control: Bit,
    /// The place is being looked for; the database has not taken the question yet; its answer is there.
    busy: Bit,
    asks: Bit,
    answered: Bit,
    addressed: Bit,
    addressee: Bits<4>,
    from_mask: Bits<16>,
    others: Bits<16>,
    reachable: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Verdict {
    valid: Bit,
    up: Bit,
    mask: Bits<16>,
}

/// What became of a frame, a cycle ago.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Told {
    crossed: Bit,
    flooded: Bit,
    dropped: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    /// It is one for the uplink; one for blades.
    rises: Bit,
    crosses: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    /// On the way to blades, in place of `keep`.
    beyond: Bits<3>,
    last: Bit,
    mask: Bits<16>,
}

#[derive(LogicBlock)]
pub struct BladeSwitch<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_keep: Signal<In, Bits<8>>,
    pub in_last: Signal<In, Bit>,
    pub in_blade: Signal<In, Bits<4>>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub link_up: [Signal<In, Bit>; N],
    pub enabled: [Signal<In, Bit>; N],
    pub storm_limit: Signal<In, Bits<16>>,
    pub lookup: Signal<Out, Bit>,
    pub lookup_ready: Signal<In, Bit>,
    pub lookup_mac: Signal<Out, Bits<48>>,
    pub lookup_vid: Signal<Out, Bits<12>>,
    pub result_coming: Signal<In, Bit>,
    pub found: Signal<In, Bit>,
    pub found_port: Signal<In, Bits<5>>,
    pub up_valid: Signal<Out, Bit>,
    pub up_ready: Signal<In, Bit>,
    pub up_data: Signal<Out, Bits<64>>,
    pub up_keep: Signal<Out, Bits<8>>,
    pub up_last: Signal<Out, Bit>,
    pub cross_valid: Signal<Out, Bit>,
    pub cross_data: Signal<Out, Bits<64>>,
    pub cross_beyond: Signal<Out, Bits<3>>,
    pub cross_last: Signal<Out, Bit>,
    pub cross_mask: Signal<Out, Bits<N>>,
    pub crossed: Signal<Out, Bit>,
    pub flooded: Signal<Out, Bit>,
    pub dropped: Signal<Out, Bit>,
    words: SyncFifo<WORD, 4>,
    count: KeepCount,
    verdicts: SyncFifo<VERDICT, 4>,
    storm: StormLimit,
    head: DFF<Head>,
    verdict: DFF<Verdict>,
    told: DFF<Told>,
    word: DFF<Word>,
    cross: DFF<Word>,
    /// A frame's last word went out in the cycle before; its verdict goes now.
    ended: DFF<Bit>,
    /// Bit i: 16 bits number i of the destination are the blade's.
    mac_parts: [DFF<Bits<3>>; N],
    customer: Constant<Bits<16>>,
    service: Constant<Bits<16>>,
    mac_control: Constant<Bits<16>>,
    uplink_port: Constant<Bits<5>>,
    storm_period: Constant<Bits<24>>,
    first: Signal<Local, Bit>,
    busy: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    ethertype: Signal<Local, Bits<16>>,
    difference: Signal<Local, Bits<48>>,
    parts: Signal<Local, Bits<3>>,
    is_addressed: Signal<Local, Bit>,
    addressee: Signal<Local, Bits<4>>,
    from_mask: Signal<Local, Bits<16>>,
    reachable: Signal<Local, Bits<16>>,
    is_blade: Signal<Local, Bit>,
    is_uplink: Signal<Local, Bit>,
    place: Signal<Local, Bits<4>>,
    place_mask: Signal<Local, Bits<16>>,
    target: Signal<Local, Bits<16>>,
    fresh: Signal<Local, Bit>,
    has_tag: Signal<Local, Bit>,
    stored: Signal<Local, Bits<73>>,
    offered: Signal<Local, Bits<73>>,
    decided: Signal<Local, Bits<17>>,
    current: Signal<Local, Bits<17>>,
    load: Signal<Local, Bit>,
    go: Signal<Local, Bit>,
    mask: Signal<Local, Bits<16>>,
}

impl<const N: usize> Default for BladeSwitch<N> {
    fn default() -> Self {
        assert!((1..=16).contains(&N), "1 to 16 blades, not {N}");
        with_defaults!(Self {
            // Two words come until its being nearly full is heeded.
            words: SyncFifo::with_slack(2),
            // As the bytes stand in the word, the first lowest.
            customer: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service: Constant::new(ETHERTYPE_SERVICE_VLAN.swap_bytes().to_bits()),
            mac_control: Constant::new(MAC_CONTROL_TYPE.swap_bytes().to_bits()),
            uplink_port: Constant::new(UPLINK_PORT.to_bits()),
            storm_period: Constant::new(STORM_PERIOD.to_bits()),
        }
            defaults clk reset in_valid in_ready in_data in_keep in_last in_blade storm_limit lookup lookup_ready lookup_mac lookup_vid
            result_coming found found_port up_valid up_ready up_data up_keep up_last cross_valid cross_data cross_beyond cross_last count
            cross_mask crossed flooded dropped verdicts storm head verdict told word cross ended first busy takes ethertype difference
            parts is_addressed addressee from_mask reachable is_blade is_uplink place place_mask target fresh has_tag stored offered decided
            current load go mask
            ; arrays blade_mac link_up enabled mac_parts)
    }
}

impl<const N: usize> Logic for BladeSwitch<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, head, verdict, told, word, cross, ended);
        self.words.clk.next = self.clk.val();
        self.words.reset.next = self.reset.val();
        self.verdicts.clk.next = self.clk.val();
        self.verdicts.reset.next = self.reset.val();
        self.storm.clk.next = self.clk.val();
        self.storm.reset.next = self.reset.val();
        // In. A frame begins when the place of the one before is settled, at the earliest with the database's answer.
        self.head.d.next.answered = false;
        self.busy.next = self.head.q.val().busy;
        if self.head.q.val().busy & !self.head.q.val().asks & self.result_coming.val() {
            self.busy.next = false;
            self.head.d.next.answered = true;
        }
        self.in_ready.next = self.head.q.val().ready;
        self.takes.next = self.in_valid.val() & self.head.q.val().ready;
        self.stored.next = (bit_cast::<WORD, 1>(self.in_last.val().into()) << 72)
            | (bit_cast::<WORD, 8>(self.in_keep.val()) << 64)
            | bit_cast::<WORD, 64>(self.in_data.val());
        self.words.write.next = self.takes.val();
        self.words.write_data.next = self.stored.val();
        self.ethertype.next = self.in_data.val().get_bits::<16>(32);
        self.first.next = self.head.q.val().first;
        if self.takes.val() {
            self.first.next = self.in_last.val();
            self.head.d.next.second = self.head.q.val().first & !self.in_last.val();
        }
        self.head.d.next.first = self.first.val();
        // What is offered is looked at whether it is taken or not, so that little hangs on that: a word is offered until it is.
        self.fresh.next = self.head.q.val().first & !self.head.q.val().busy;
        if self.fresh.val() {
            self.head.d.next.mac = self.in_data.val().get_bits::<48>(0);
            self.head.d.next.from = self.in_blade.val();
        }
        self.has_tag.next = (self.ethertype.val() == self.customer.val()) | (self.ethertype.val() == self.service.val());
        if self.fresh.val() | self.head.q.val().second {
            self.head.d.next.control = self.head.q.val().second & (self.ethertype.val() == self.mac_control.val());
            self.head.d.next.vid = 0.into();
            if self.head.q.val().second & self.has_tag.val() {
                self.head.d.next.vid = (bit_cast::<12, 4>(self.in_data.val().get_bits::<4>(48)) << 8)
                    | bit_cast::<12, 8>(self.in_data.val().get_bits::<8>(56));
            }
        }
        // Where it is for, from registers and from the database.
        self.lookup.next = self.head.q.val().asks;
        self.lookup_mac.next = self.head.q.val().mac;
        self.lookup_vid.next = self.head.q.val().vid;
        if self.lookup_ready.val() {
            self.head.d.next.asks = false;
        }
        if self.takes.val() & (self.head.q.val().second | (self.head.q.val().first & self.in_last.val())) {
            self.head.d.next.asks = true;
            self.busy.next = true;
        }
        self.head.d.next.busy = self.busy.val();
        // As it will be in the next cycle, but for the queues, which have room for what comes until they tell.
        self.head.d.next.ready = !self.words.almost_full.val() & !(self.first.val() & (self.busy.val() | self.verdicts.almost_full.val()));
        self.is_addressed.next = false;
        self.addressee.next = 0.into();
        self.from_mask.next = 0.into();
        self.reachable.next = 0.into();
        self.place.next = self.found_port.val().get_bits::<4>(0);
        if self.head.q.val().addressed {
            self.place.next = self.head.q.val().addressee;
        }
        self.place_mask.next = 0.into();
        for i in 0..N {
            self.mac_parts[i].clock.next = self.clk.val();
            self.difference.next = self.head.q.val().mac ^ self.blade_mac[i].val();
            self.parts.next = 0.into();
            for k in 0..3 {
                self.parts.next = self.parts.val().replace_bit(k, !self.difference.val().get_bits::<16>(16 * k).any());
            }
            self.mac_parts[i].d.next = self.parts.val();
            // Of two blades with one address the lower number counts, as for the uplink's frames.
            if self.mac_parts[i].q.val().all() & !self.is_addressed.val() {
                self.is_addressed.next = true;
                self.addressee.next = i.to_bits::<4>();
            }
            self.from_mask.next = self.from_mask.val().replace_bit(i, self.head.q.val().from == i.to_bits::<4>());
            self.reachable.next = self.reachable.val().replace_bit(i, self.link_up[i].val() & self.enabled[i].val());
            self.place_mask.next = self.place_mask.val().replace_bit(i, self.place.val() == i.to_bits::<4>());
        }
        self.head.d.next.addressed = self.is_addressed.val();
        self.head.d.next.addressee = self.addressee.val();
        self.head.d.next.from_mask = self.from_mask.val();
        self.head.d.next.reachable = self.reachable.val();
        self.head.d.next.others = self.head.q.val().reachable & !self.head.q.val().from_mask;
        self.is_blade.next = self.head.q.val().addressed | (self.found.val() & (self.found_port.val() != self.uplink_port.val()));
        self.is_uplink.next = self.found.val() & (self.found_port.val() == self.uplink_port.val());
        self.target.next = self.place_mask.val() & self.head.q.val().others;
        self.verdict.d.next.valid = self.head.q.val().answered;
        self.verdict.d.next.up = true;
        self.verdict.d.next.mask = 0.into();
        if self.head.q.val().control {
            self.verdict.d.next.up = false;
        } else if self.head.q.val().mac.get_bit(0) | !(self.is_blade.val() | self.is_uplink.val()) {
            if self.storm.pass.val() {
                self.verdict.d.next.mask = self.head.q.val().others;
            }
        } else if self.is_blade.val() {
            self.verdict.d.next.up = false;
            self.verdict.d.next.mask = self.target.val();
        }
        self.storm.rate.next = self.storm_limit.val();
        self.storm.burst.next = self.storm_limit.val();
        self.storm.period.next = self.storm_period.val();
        self.storm.frame.next = self.told.q.val().flooded;
        self.decided.next =
            (bit_cast::<VERDICT, 1>(self.verdict.q.val().up.into()) << 16) | bit_cast::<VERDICT, 16>(self.verdict.q.val().mask);
        self.verdicts.write.next = self.verdict.q.val().valid;
        self.verdicts.write_data.next = self.decided.val();
        self.told.d.next.crossed = self.verdict.q.val().valid & !self.verdict.q.val().up & self.verdict.q.val().mask.any();
        self.told.d.next.flooded = self.verdict.q.val().valid & self.verdict.q.val().up & self.verdict.q.val().mask.any();
        self.told.d.next.dropped = self.verdict.q.val().valid & !self.verdict.q.val().up & !self.verdict.q.val().mask.any();
        self.crossed.next = self.told.q.val().crossed;
        self.flooded.next = self.told.q.val().flooded;
        self.dropped.next = self.told.q.val().dropped;
        // Out: a word goes to its blades a cycle after it was loaded, while the uplink may yet have to take it.
        self.load.next = !self.word.q.val().rises | self.up_ready.val();
        self.go.next = !self.words.empty.val() & !self.verdicts.empty.val() & !self.ended.q.val() & self.load.val();
        self.offered.next = self.words.read_data.val();
        self.current.next = self.verdicts.read_data.val();
        self.words.read.next = self.go.val();
        self.ended.d.next = self.go.val() & self.offered.val().get_bit(72);
        self.verdicts.read.next = self.ended.q.val();
        if self.load.val() {
            self.word.d.next.data = self.offered.val().get_bits::<64>(0);
            self.word.d.next.keep = self.offered.val().get_bits::<8>(64);
            self.word.d.next.last = self.offered.val().get_bit(72);
            self.word.d.next.mask = self.current.val().get_bits::<16>(0);
            self.word.d.next.rises = self.go.val() & self.current.val().get_bit(16);
        }
        self.word.d.next.crosses = self.go.val() & self.current.val().get_bits::<16>(0).any();
        self.up_valid.next = self.word.q.val().rises;
        self.up_data.next = self.word.q.val().data;
        self.up_keep.next = self.word.q.val().keep;
        self.up_last.next = self.word.q.val().last;
        self.cross.d.next = self.word.q.val();
        self.cross.d.next.valid = self.word.q.val().crosses;
        self.count.keep.next = self.word.q.val().keep;
        self.count.last.next = self.word.q.val().last;
        self.cross.d.next.beyond = self.count.beyond.val();
        self.cross_valid.next = self.cross.q.val().valid;
        self.cross_data.next = self.cross.q.val().data;
        self.cross_beyond.next = self.cross.q.val().beyond;
        self.cross_last.next = self.cross.q.val().last;
        self.mask.next = self.cross.q.val().mask;
        self.cross_mask.next = self.mask.val().get_bits::<N>(0);
        if self.reset.val() {
            self.head.d.next.ready = true;
            self.head.d.next.first = true;
            self.head.d.next.second = false;
            self.head.d.next.busy = false;
            self.head.d.next.asks = false;
            self.head.d.next.answered = false;
            self.verdict.d.next.valid = false;
            self.told.d.next.crossed = false;
            self.told.d.next.flooded = false;
            self.told.d.next.dropped = false;
            self.ended.d.next = false;
            self.word.d.next.rises = false;
            self.word.d.next.crosses = false;
            self.cross.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
