//! A pseudo-terminal: what a program opens as a serial port while the chassis runs.
use crate::error::{Error, Result};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;
use std::path::{Path, PathBuf};

pub struct Pty {
    master: OwnedFd,
    /// Kept open: without an open slave a read of the master fails between two programs.
    _slave: OwnedFd,
    pub path: PathBuf,
    link: Option<PathBuf>,
}

impl Pty {
    /// `link`: a symbolic link to the terminal, replaced if it is there, removed at the end.
    pub fn open(link: Option<&Path>) -> Result<Self> {
        let failed = |what: &str, e: rustix::io::Errno| Error::failed(format!("cannot {what} a pseudo-terminal: {e}"));
        let master = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).map_err(|e| failed("open", e))?;
        rustix::pty::grantpt(&master).map_err(|e| failed("grant", e))?;
        rustix::pty::unlockpt(&master).map_err(|e| failed("unlock", e))?;
        let name = rustix::pty::ptsname(&master, Vec::new()).map_err(|e| failed("name", e))?;
        let path = PathBuf::from(name.to_string_lossy().into_owned());
        let slave = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).map_err(|e| failed("open", e))?;
        // Bytes as they are: no echo, no line editing.
        let mut settings = rustix::termios::tcgetattr(&slave).map_err(|e| failed("set up", e))?;
        settings.make_raw();
        rustix::termios::tcsetattr(&slave, OptionalActions::Now, &settings).map_err(|e| failed("set up", e))?;
        rustix::fs::fcntl_setfl(&master, OFlags::NONBLOCK).map_err(|e| failed("set up", e))?;
        if let Some(link) = link {
            if let Some(folder) = link.parent() {
                std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, &e))?;
            }
            match link.symlink_metadata() {
                Ok(old) if !old.is_symlink() => {
                    return Err(Error::usage(format!(
                        "--pty-link {}: there is something else; name another path",
                        link.display()
                    )));
                }
                Ok(_) => std::fs::remove_file(link).map_err(|e| Error::io("replace", link, &e))?,
                Err(_) => {}
            }
            std::os::unix::fs::symlink(&path, link).map_err(|e| Error::io("make the link", link, &e))?;
        }
        Ok(Self {
            master,
            _slave: slave,
            path,
            link: link.map(Path::to_owned),
        })
    }

    /// What the program wrote; empty when there is nothing.
    pub fn read<'a>(&self, buffer: &'a mut [u8]) -> &'a [u8] {
        let count = rustix::io::read(&self.master, &mut *buffer).unwrap_or(0);
        &buffer[..count]
    }

    /// Bytes to the program; nobody reading is nobody's fault, so what does not fit is lost, as on a serial line.
    pub fn write(&self, bytes: &[u8]) {
        let _ = rustix::io::write(&self.master, bytes);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Only our own link: a later run may have replaced it.
        if let Some(link) = &self.link
            && std::fs::read_link(link).is_ok_and(|target| target == self.path)
        {
            let _ = std::fs::remove_file(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn bytes_cross_unchanged_both_ways_and_the_link_goes_with_the_terminal() {
        let link = std::env::temp_dir().join(format!("spareband-pty-{}", std::process::id()));
        let pty = Pty::open(Some(&link)).unwrap();
        let mut program = std::fs::OpenOptions::new().read(true).write(true).open(&link).unwrap();
        let all: Vec<u8> = (0..=255).collect();
        let mut buffer = [0; 1024];
        assert!(pty.read(&mut buffer).is_empty());
        program.write_all(&all).unwrap();
        assert_eq!(pty.read(&mut buffer), all);
        pty.write(&all);
        let mut got = [0; 256];
        program.read_exact(&mut got).unwrap();
        assert_eq!(got[..], all);
        drop(pty);
        assert!(link.symlink_metadata().is_err());
    }
}
