//! Registers over a UART: bits to bytes, bytes to frames, frames to a bus, and the register banks of a manager and of a blade.

mod blade_registers;
mod blade_slot;
mod decode;
pub mod document;
mod forwarding_slot;
mod frame_meter;
mod frame_receiver;
mod frame_sender;
mod identity_registers;
mod mac_slot;
mod manager_registers;
mod manager_slot;
mod register_access;
mod register_master;
mod selector_slot;
mod table_port;
mod uart_register_master;
mod uart_rx;
mod uart_tx;

pub use blade_registers::BladeRegisters;
pub use blade_slot::BladeSlot;
pub use forwarding_slot::{ForwardingSettings, ForwardingSlot};
pub use frame_meter::FrameMeter;
pub use frame_receiver::FrameReceiver;
pub use frame_sender::FrameSender;
pub use identity_registers::IdentityRegisters;
pub use mac_slot::MacSlot;
pub use manager_registers::ManagerRegisters;
pub use manager_slot::ManagerSlot;
pub use register_access::RegisterAccess;
pub use register_master::RegisterMaster;
pub use selector_slot::SelectorSlot;
pub use table_port::TablePort;
pub use uart_register_master::UartRegisterMaster;
pub use uart_rx::UartRx;
pub use uart_tx::UartTx;
