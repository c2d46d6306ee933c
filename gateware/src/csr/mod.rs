//! Registers over a UART: bits to bytes, bytes to frames, frames to a bus, and the register banks of a manager and of a blade.

mod frame_receiver;
mod frame_sender;
mod register_master;
mod uart_register_master;
mod uart_rx;
mod uart_tx;

pub use frame_receiver::FrameReceiver;
pub use frame_sender::FrameSender;
pub use register_master::RegisterMaster;
pub use uart_register_master::UartRegisterMaster;
pub use uart_rx::UartRx;
pub use uart_tx::UartTx;
