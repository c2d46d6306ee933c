//! Constants and integer arithmetic that gateware, simulation and host share: the single source of truth.
#![cfg_attr(not(test), no_std)]

pub mod auto_negotiation;
pub mod baser;
pub mod code_8b10b;
pub mod crc;
pub mod embedding;
pub mod frame;
pub mod frame_report;
pub mod mac_control;
pub mod mac_table;
pub mod maglev;
pub mod ordered_set;
pub mod record;
pub mod regs;
pub mod score;
pub mod service;
pub mod statistics;
pub mod uart_frame;
pub mod xgmii;
