//! Host side of Spareband: typed registers over a serial port.
//!
//! A [`Transport`] carries bytes; a [`Client`] makes requests of them, repeats what was lost and checks what came; a [`Device`] knows the
//! register map; the snapshots of [`snapshot`] are what a person or a program wants to know. Everything about addresses and bytes comes
//! from `spareband_spec`.
//!
//! ```
//! use spareband::{Client, Device, MemoryDevice};
//! let mut device = Device::open(Client::new(MemoryDevice::manager(4)))?;
//! device.write_named("policy.delta", 32)?;
//! assert_eq!(device.read_named("policy.delta")?, 32);
//! # Ok::<(), spareband::Error>(())
//! ```

mod client;
pub mod config;
mod device;
mod error;
pub mod flows;
pub mod macs;
mod memory;
mod name;
mod serial;
pub mod services;
pub mod snapshot;
mod transport;
pub mod value;

pub use client::Client;
pub use device::{Device, Identity};
pub use error::Error;
pub use memory::{Fault, MemoryDevice};
pub use name::{Name, parse as parse_name};
pub use serial::{SerialTransport, candidates, port_names};
pub use transport::Transport;
