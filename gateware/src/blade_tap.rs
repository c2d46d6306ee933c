//! Takes what the port of a blade's link says apart: the kernel language reads no field of an element of an array.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | | clk_core |
//! | returned, report, events | in | struct | as `ManagerCore` gets them |
//! | return_*, link_up, an_*, record_*, queue_level .. code_errors | out | | their fields |
//!
//! Wires only, but that link_up and queue_level are registers: link_up decides about everything of its blade, in the same cycle, the level is compared,
//! and both come from far away.

use crate::blade_link::{BladeEvents, BladeReport, MacReport, ReturnedWord};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct BladeTap {
    pub clk: Signal<In, Clock>,
    pub returned: Signal<In, ReturnedWord>,
    pub report: Signal<In, BladeReport>,
    pub events: Signal<In, BladeEvents>,
    pub mac_report: Signal<In, MacReport>,
    pub paused: Signal<Out, Bit>,
    pub pausing: Signal<Out, Bit>,
    pub return_valid: Signal<Out, Bit>,
    pub return_waits: Signal<Out, Bit>,
    pub return_data: Signal<Out, Bits<64>>,
    pub return_keep: Signal<Out, Bits<8>>,
    pub return_last: Signal<Out, Bit>,
    pub link_up: Signal<Out, Bit>,
    pub an_complete: Signal<Out, Bit>,
    pub an_lp_ability: Signal<Out, Bits<16>>,
    pub record_valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub record_error: Signal<Out, Bit>,
    pub queue_level: Signal<Out, Bits<16>>,
    pub tx_frames: Signal<Out, Bit>,
    pub tx_bytes: Signal<Out, Bits<16>>,
    pub tx_dropped_full: Signal<Out, Bit>,
    pub tx_flood_dropped_full: Signal<Out, Bit>,
    pub rx_frames: Signal<Out, Bit>,
    pub rx_bytes: Signal<Out, Bits<16>>,
    pub rx_dropped_bad_fcs: Signal<Out, Bit>,
    pub rx_dropped_runt: Signal<Out, Bit>,
    pub rx_dropped_oversize: Signal<Out, Bit>,
    pub rx_dropped_coding: Signal<Out, Bit>,
    pub rx_dropped_full: Signal<Out, Bit>,
    pub code_errors: Signal<Out, Bits<6>>,
    up: DFF<Bit>,
    level: DFF<Bits<16>>,
}

impl Logic for BladeTap {
    #[hdl_gen]
    fn update(&mut self) {
        self.paused.next = self.mac_report.val().paused;
        self.pausing.next = self.mac_report.val().pausing;
        self.return_valid.next = self.returned.val().valid;
        self.return_waits.next = self.returned.val().waits;
        self.return_data.next = self.returned.val().data;
        self.return_keep.next = self.returned.val().keep;
        self.return_last.next = self.returned.val().last;
        dff_setup!(self, clk, up, level);
        self.up.d.next = self.report.val().link_up;
        self.link_up.next = self.up.q.val();
        self.an_complete.next = self.report.val().an_complete;
        self.an_lp_ability.next = self.report.val().an_lp_ability;
        self.record_valid.next = self.report.val().record_valid;
        self.record.next = self.report.val().record;
        self.record_error.next = self.report.val().record_error;
        self.level.d.next = self.events.val().queue_level;
        self.queue_level.next = self.level.q.val();
        self.tx_frames.next = self.events.val().tx_frames;
        self.tx_bytes.next = self.events.val().tx_bytes;
        self.tx_dropped_full.next = self.events.val().tx_dropped_full;
        self.tx_flood_dropped_full.next = self.events.val().tx_flood_dropped_full;
        self.rx_frames.next = self.events.val().rx_frames;
        self.rx_bytes.next = self.events.val().rx_bytes;
        self.rx_dropped_bad_fcs.next = self.events.val().rx_dropped_bad_fcs;
        self.rx_dropped_runt.next = self.events.val().rx_dropped_runt;
        self.rx_dropped_oversize.next = self.events.val().rx_dropped_oversize;
        self.rx_dropped_coding.next = self.events.val().rx_dropped_coding;
        self.rx_dropped_full.next = self.events.val().rx_dropped_full;
        self.code_errors.next = self.events.val().code_errors;
    }
    spareband_hdl::module_name!();
}
