//! One error type with the command line's exit codes: 1 failed, 2 usage. Every message says what to do.
use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something that cannot be: wrong option, wrong input file, error in a script.
    #[error("{0}")]
    Usage(String),
    /// The request was fine, but it did not work.
    #[error("{0}")]
    Failed(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
    /// "cannot read FILE: no such file": what was tried, on what, why not.
    pub fn io(what: &str, path: &Path, cause: &std::io::Error) -> Self {
        Self::Failed(format!("cannot {what} {}: {cause}", path.display()))
    }
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}
