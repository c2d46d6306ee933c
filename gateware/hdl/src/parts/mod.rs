//! General parts written by hand: `update` in plain Rust, and the same circuit as generated Verilog-2001. The two descriptions are independent,
//! so each part is tested natively against a model and in lockstep against the simulators of its Verilog.
//!
//! A part acts on a clock edge where its clock port saw one in this delta, and on values from before the edge. Two clocks that rise in the same
//! simulation step are therefore handled like non-blocking assignments handle them, if both come from equally deep in the hierarchy.
//!
//! Names inside the Verilog are of two words: Verilator warns of a signal that is named as the instance it is in, and instances are named by users.

mod async_fifo;
mod async_frame_fifo;
mod cdc_bit;
mod cdc_bits;
mod cdc_events;
mod cdc_pulse;
#[cfg(test)]
mod clocks;
mod counter_bank;
mod counting_ram;
mod dual_clock_ram;
mod enable_reg;
mod lookup_table;
mod multiplier;
mod paged_frame_fifo;
mod reset_reg;
mod reset_sync;
mod simple_dual_port_ram;
mod sync_fifo;
mod text;
mod way_ram;
mod wide_fifo;
mod words;
mod xor_net;
mod xor_share;

pub use async_fifo::AsyncFifo;
pub use async_frame_fifo::AsyncFrameFifo;
pub use cdc_bit::CdcBit;
pub use cdc_bits::CdcBits;
pub use cdc_events::CdcEvents;
pub use cdc_pulse::CdcPulse;
pub use counter_bank::CounterBank;
pub use counting_ram::CountingRam;
pub use dual_clock_ram::DualClockRam;
pub use enable_reg::EnableReg;
pub use lookup_table::LookupTable;
pub use multiplier::Multiplier;
pub use paged_frame_fifo::PagedFrameFifo;
pub use reset_reg::ResetReg;
pub use reset_sync::ResetSync;
pub use simple_dual_port_ram::SimpleDualPortRam;
pub use sync_fifo::SyncFifo;
pub use way_ram::WayRam;
pub use wide_fifo::WideFifo;
pub use xor_net::XorNet;
