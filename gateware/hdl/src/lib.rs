//! What rust-hdl 0.46 lacks and any user of it would want: a Verilog back end that refuses what it cannot print exactly, general
//! parts (XOR networks, tables, registers with reset, RAM, FIFO, clock-domain crossings), and a test bench that runs a block in
//! rust-hdl's simulator and in Verilator and Icarus Verilog in lockstep.

pub use rust_hdl::prelude::TimingInfo;

pub mod fuzz;
pub mod lockstep;
pub mod parts;
pub mod verilog;
