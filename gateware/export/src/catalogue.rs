//! What `make verilog` writes: every top with its file name, and the documentation of its ports from the head of its source file.

use rust_hdl::prelude::Block;
use spareband_gateware::blade::Blade;
use spareband_gateware::blade_10g::Blade10g;
use spareband_gateware::mac::{Link10g, Mac1g, Mac10g, MacControl1g, MacControl10g};
#[cfg(feature = "blades-10g-2")]
use spareband_gateware::manager_10g::Manager10g;
use spareband_gateware::pcs::baser::{Pcs10gbaseR, TestPattern10gbaseR};
use spareband_gateware::pcs::basex::{ElasticBuffer, Pcs1000baseX, UtilisationPcs1000baseX};
use spareband_gateware::pcs::loopback::{SerdesLoopback1g, SerdesLoopback10g};
use spareband_gateware::select::BladeSelector;
use spareband_hdl::verilog::{Design, ExportError, export_named};
use spareband_spec::baser::FAST_BER_WINDOW;

const PCS_10GBASE_R: &str = include_str!("../../src/pcs/baser/pcs.rs");
const LOOPBACK: &str = include_str!("../../src/pcs/loopback.rs");

/// One exported circuit.
pub struct Entry {
    /// File and top module.
    pub name: &'static str,
    /// Source of the core; its head documents the ports.
    pub source: &'static str,
    build: fn(&str) -> Result<Design, ExportError>,
}

impl Entry {
    pub fn export(&self) -> Result<Design, ExportError> {
        (self.build)(self.name)
    }
    /// The head of the source file, without comment marks.
    pub fn head(&self) -> String {
        self.source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// A manager is one value of some megabytes, which a test's thread has no stack for.
const STACK: usize = 256 << 20;

fn build<T: Block + Default>(name: &str) -> Result<Design, ExportError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || export_named(&mut T::default(), name))
            .expect("a thread to export in")
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn entry<T: Block + Default>(name: &'static str, source: &'static str) -> Entry {
    Entry {
        name,
        source,
        build: build::<T>,
    }
}

#[allow(unused_macros, reason = "the program may be built for no manager")]
macro_rules! manager {
    ($blades:literal) => {
        entry::<spareband_gateware::manager::Manager<$blades, { spareband_gateware::manager::return_words_log2($blades) }>>(
            concat!("manager_", $blades),
            include_str!("../../src/manager.rs"),
        )
    };
}

/// The managers of the sizes this program was built for.
pub fn managers() -> Vec<Entry> {
    vec![
        #[cfg(feature = "blades-2")]
        manager!(2),
        #[cfg(feature = "blades-3")]
        manager!(3),
        #[cfg(feature = "blades-4")]
        manager!(4),
        #[cfg(feature = "blades-5")]
        manager!(5),
        #[cfg(feature = "blades-6")]
        manager!(6),
        #[cfg(feature = "blades-7")]
        manager!(7),
        #[cfg(feature = "blades-8")]
        manager!(8),
        #[cfg(feature = "blades-9")]
        manager!(9),
        #[cfg(feature = "blades-10")]
        manager!(10),
        #[cfg(feature = "blades-11")]
        manager!(11),
        #[cfg(feature = "blades-12")]
        manager!(12),
        #[cfg(feature = "blades-13")]
        manager!(13),
        #[cfg(feature = "blades-14")]
        manager!(14),
        #[cfg(feature = "blades-15")]
        manager!(15),
        #[cfg(feature = "blades-16")]
        manager!(16),
        #[cfg(feature = "blades-10g-2")]
        entry::<Manager10g<2>>("manager_10g_2", include_str!("../../src/manager_10g.rs")),
    ]
}

/// The blades, each link core and the selector.
pub fn cores() -> Vec<Entry> {
    vec![
        entry::<Blade>("blade", include_str!("../../src/blade.rs")),
        entry::<Blade10g>("blade_10g", include_str!("../../src/blade_10g.rs")),
        entry::<Pcs10gbaseR>("pcs_10gbase_r", PCS_10GBASE_R),
        entry::<Pcs10gbaseR<FAST_BER_WINDOW>>("pcs_10gbase_r_fast_ber", PCS_10GBASE_R),
        entry::<TestPattern10gbaseR>("test_pattern_10gbase_r", include_str!("../../src/pcs/baser/test_pattern.rs")),
        entry::<Link10g>("link_10g", include_str!("../../src/mac/link_10g.rs")),
        entry::<Mac10g>("mac_10g", include_str!("../../src/mac/mac_10g.rs")),
        entry::<MacControl10g>("mac_control_10g", include_str!("../../src/mac/control/mac_control_10g.rs")),
        entry::<UtilisationPcs1000baseX>("pcs_1000base_x", include_str!("../../src/pcs/basex/utilisation_pcs.rs")),
        entry::<Pcs1000baseX>("pcs_1000base_x_bare", include_str!("../../src/pcs/basex/pcs.rs")),
        entry::<ElasticBuffer>("elastic_buffer", include_str!("../../src/pcs/basex/elastic_buffer.rs")),
        entry::<Mac1g>("mac_1g", include_str!("../../src/mac/mac_1g.rs")),
        entry::<SerdesLoopback10g>("serdes_loopback_10g", LOOPBACK),
        entry::<SerdesLoopback1g>("serdes_loopback_1g", LOOPBACK),
        entry::<MacControl1g>("mac_control_1g", include_str!("../../src/mac/control/mac_control_1g.rs")),
        entry::<BladeSelector<16>>("selector", include_str!("../../src/select/selector.rs")),
    ]
}
