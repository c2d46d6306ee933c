//! May a blade carry frames, and may it take new flows. `spareband_spec::score::BladeState::usable`, `eligible`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | link_up, enabled, host_admin | in | 1, 1, 2 | host side |
//! | known, admin | in | 1, 2 | its last good record |
//! | usable, eligible | out | 1 | a cycle later: may carry frames; may take new flows |
//!
//! Latency: 1 cycle (held by `decides_as_the_arithmetic_says`). Throughput: one a cycle. Reset: none; no state but the pipeline.

use rust_hdl::prelude::*;
use spareband_spec::score::{ADMIN_MAINTENANCE, ADMIN_READY};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Standing {
    usable: Bit,
    eligible: Bit,
}

#[derive(LogicBlock)]
pub struct BladeStanding {
    pub clk: Signal<In, Clock>,
    pub link_up: Signal<In, Bit>,
    pub enabled: Signal<In, Bit>,
    pub host_admin: Signal<In, Bits<2>>,
    pub known: Signal<In, Bit>,
    pub admin: Signal<In, Bits<2>>,
    pub usable: Signal<Out, Bit>,
    pub eligible: Signal<Out, Bit>,
    standing: DFF<Standing>,
    ready: Constant<Bits<2>>,
    maintenance: Constant<Bits<2>>,
    is_usable: Signal<Local, Bit>,
    is_ready: Signal<Local, Bit>,
}

impl Default for BladeStanding {
    fn default() -> Self {
        with_defaults!(Self {
            ready: Constant::new(ADMIN_READY.to_bits()),
            maintenance: Constant::new(ADMIN_MAINTENANCE.to_bits()),
        }
            defaults clk link_up enabled host_admin known admin usable eligible standing is_usable is_ready)
    }
}

impl Logic for BladeStanding {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, standing);
        self.is_usable.next = self.link_up.val()
            & self.enabled.val()
            & (self.host_admin.val() < self.maintenance.val())
            & !(self.known.val() & (self.admin.val() >= self.maintenance.val()));
        self.is_ready.next = (self.host_admin.val() == self.ready.val()) & !(self.known.val() & (self.admin.val() != self.ready.val()));
        self.standing.d.next.usable = self.is_usable.val();
        self.standing.d.next.eligible = self.is_usable.val() & self.is_ready.val();
        self.usable.next = self.standing.q.val().usable;
        self.eligible.next = self.standing.q.val().eligible;
    }
    spareband_hdl::module_name!();
}
