//! What can go wrong, what to do about it, and the exit code that says so.

use spareband_spec::service::PlacementError;
use spareband_spec::uart_frame::Status;

/// An error of the library or the command line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("no port given and none found that answers")]
    NoPort,
    #[error("several ports answer: {}", .0.join(", "))]
    AmbiguousPort(Vec<String>),
    #[error("cannot open {port}: {reason}")]
    CannotOpen { port: String, reason: String, help: &'static str },
    #[error("no answer within {milliseconds} ms, asked {attempts} times")]
    TimeOut { milliseconds: u128, attempts: u32 },
    #[error("answers were damaged {attempts} times in a row")]
    Damaged { attempts: u32 },
    #[error("the device does not carry a Spareband register map (first word {0:#010x})")]
    NotSpareband(u32),
    #[error("register map mismatch: the device has {found:#010x}, this program knows {known:#010x} for a {kind}")]
    MapMismatch { found: u32, known: u32, kind: &'static str },
    #[error("the device refused address {address:#06x}: {status:?}")]
    Refused { address: u16, status: Status },
    #[error("{what} reads back as {found:#x} after {written:#x} was written")]
    ReadBack { what: String, written: u64, found: u64 },
    #[error("the port went away: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Service(#[from] PlacementError),
    #[error("{done} of {steps} changes were made, then `{step}` failed: {source}")]
    Partly {
        done: usize,
        steps: usize,
        step: String,
        source: Box<Error>,
    },
    #[error("{what}")]
    Failed { what: String, help: &'static str },
    #[error("{0} found")]
    Findings(String),
}

impl Error {
    /// Exit code of the command line.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            Error::NoPort | Error::AmbiguousPort(_) | Error::CannotOpen { .. } => 3,
            Error::TimeOut { .. } | Error::Damaged { .. } => 4,
            Error::NotSpareband(_) | Error::MapMismatch { .. } => 5,
            Error::Findings(_) => 6,
            Error::Partly { source, .. } => source.exit_code(),
            Error::Service(_) | Error::Refused { .. } | Error::ReadBack { .. } | Error::Io(_) | Error::Failed { .. } => 1,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Error::NoPort => {
                "connect the device, or name its port with --port or SPAREBAND_PORT; `spareband list` shows the ports there are"
            }
            Error::AmbiguousPort(_) => "choose one with --port or SPAREBAND_PORT",
            Error::CannotOpen { help, .. } | Error::Failed { help, .. } => help,
            Error::TimeOut { .. } => "check that the device has power, that the port is the right one, and that --baud is the device's",
            Error::Damaged { .. } => "check --baud and the cable",
            Error::NotSpareband(_) => "this port belongs to something else; `spareband list` shows the ports that answer",
            Error::MapMismatch { .. } => {
                "use the program that was built with this gateware, or load the gateware that was built with this program"
            }
            Error::Refused { .. } => "`spareband reg list` shows the registers the device has",
            Error::ReadBack { .. } => "another program may be using the device",
            Error::Partly { .. } => "`spareband config diff` shows what is left; once the cause is gone, apply the file again",
            Error::Service(_) => "`spareband service list` shows the services there are",
            Error::Usage(_) | Error::Io(_) | Error::Findings(_) => return None,
        })
    }
}
