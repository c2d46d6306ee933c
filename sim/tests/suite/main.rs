//! The simulation and what it shows of the exported Verilog: links, chassis, golden packets, promises, selection. One program, so that the tests share the processor.

mod auto_negotiation;
mod baser;
mod cluster;
mod common;
mod elastic_buffer;
mod error_injection_10g;
mod error_injection_1g;
mod golden;
mod line;
mod links;
mod liteeth;
mod mac;
mod manager;
mod system;
mod verilate;
