//! Spareband's cores. Streams and typed register blocks join them; `manager` and `blade` wire them and hold no logic.

#[macro_use]
mod defaults;

pub mod blade;
pub mod blade_10g;
pub mod blade_link;
mod blade_port;
mod blade_port_10g;
mod blade_tap;
pub mod csr;
pub mod forward;
mod link_port_10g;
pub mod mac;
pub mod manager;
pub mod manager_10g;
mod manager_core;
pub mod pcs;
pub mod rs;
pub mod select;
pub mod util;
