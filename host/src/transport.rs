//! Whatever carries bytes to a device and back.

use std::io;
use std::time::Duration;

/// A byte stream to a device.
pub trait Transport {
    /// Sends all bytes.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Receives some bytes; 0 if none came in time.
    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize>;
    /// Drops what has come in and was not received.
    fn discard(&mut self) -> io::Result<()>;
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        (**self).send(bytes)
    }
    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        (**self).receive(buffer, timeout)
    }
    fn discard(&mut self) -> io::Result<()> {
        (**self).discard()
    }
}
