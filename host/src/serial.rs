//! A serial port or a pseudo terminal.

use crate::{Client, Device, Error, Transport};
use rustix::fs::{Mode, OFlags};
use serialport::{ClearBuffer, ErrorKind, SerialPort};
use std::io::{self, ErrorKind as Io};
use std::time::Duration;

/// How long a port is given to answer when it was not named by the user.
const PROBE_TIMEOUT: Duration = Duration::from_millis(200);

/// How long the port may refuse to take bytes.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// A serial port opened for this program alone.
pub struct SerialTransport {
    port: Box<dyn SerialPort>,
}

impl SerialTransport {
    /// Opens a port by its path.
    pub fn open(path: &str, baud: u32) -> Result<Self, Error> {
        let cannot = |reason: String, help| Error::CannotOpen {
            port: path.to_string(),
            reason,
            help,
        };
        let second = rustix::fs::open(
            path,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::empty(),
        );
        let port = serialport::new(path, baud)
            .timeout(WRITE_TIMEOUT)
            .open()
            .map_err(|error| match error.kind() {
                // serialport says so of a terminal that is locked, by TIOCEXCL or by flock.
                ErrorKind::NoDevice => cannot("the port is already open".into(), "another program uses it; close that first"),
                ErrorKind::Io(Io::NotFound) => cannot("no such port".into(), "`spareband list` shows the ports there are"),
                ErrorKind::Io(Io::PermissionDenied) => cannot(
                    "permission denied".into(),
                    "add yourself to the group that owns the port (often `dialout`)",
                ),
                _ => cannot(error.description, "the path must be a serial port or a pseudo terminal"),
            })?;
        // serialport takes the terminal twice: by a lock that ends with this program, and by a flag that stays as long as anybody has the
        // terminal open, as a simulation has. The lock is enough.
        if let Ok(second) = second {
            rustix::termios::ioctl_tiocnxcl(second).map_err(io::Error::from)?;
        }
        Ok(SerialTransport { port })
    }
}

impl Transport for SerialTransport {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.port.write_all(bytes)
    }
    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        self.port.set_timeout(timeout)?;
        match self.port.read(buffer) {
            Err(error) if error.kind() == Io::TimedOut => Ok(0),
            other => other,
        }
    }
    fn discard(&mut self) -> io::Result<()> {
        Ok(self.port.clear(ClearBuffer::Input)?)
    }
}

/// Paths of the serial ports of this machine.
pub fn port_names() -> Vec<String> {
    let mut names: Vec<String> = serialport::available_ports()
        .unwrap_or_default()
        .into_iter()
        .map(|port| port.port_name)
        .collect();
    names.sort();
    names
}

/// Ports that answer with a register map, known or not.
pub fn candidates(baud: u32) -> Vec<(String, Result<Device<SerialTransport>, Error>)> {
    let answers = |result: &Result<_, Error>| matches!(result, Ok(_) | Err(Error::MapMismatch { .. }));
    port_names()
        .into_iter()
        .map(|name| {
            let device = SerialTransport::open(&name, baud).and_then(|port| Device::open(Client::new(port).with_timeout(PROBE_TIMEOUT, 1)));
            (name, device)
        })
        .filter(|(_, device)| answers(device))
        .collect()
}
