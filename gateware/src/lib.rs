//! Spareband's cores. Streams and typed register blocks join them; `manager` and `blade` wire them and hold no logic.

#[macro_use]
mod defaults;

pub mod blade;
mod blade_port;
pub mod csr;
pub mod forward;
pub mod mac;
pub mod manager;
pub mod pcs;
pub mod rs;
pub mod select;
mod uplink_port;
pub mod util;
