//! A device in memory behind a pseudo terminal, for a program that wants a serial port.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use spareband::MemoryDevice;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

/// Serves until its process ends.
pub struct PtyDevice {
    pub path: String,
    /// For tests that look into it.
    #[allow(dead_code, reason = "each test takes what it needs")]
    pub device: Arc<Mutex<MemoryDevice>>,
    /// Keeps the terminal alive between two users.
    _slave: File,
}

/// A raw pseudo terminal: its two ends, and the name of the second.
pub fn pseudo_terminal() -> (File, File, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, vec![]).unwrap().into_string().unwrap();
    let slave = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let mut termios = tcgetattr(&slave).unwrap();
    termios.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &termios).unwrap();
    (File::from(master), slave, path)
}

impl PtyDevice {
    pub fn new(device: MemoryDevice) -> Self {
        let (mut master, slave, path) = pseudo_terminal();
        let device = Arc::new(Mutex::new(device));
        let served = device.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok(count) = master.read(&mut buffer) {
                let answer = served.lock().unwrap().respond(&buffer[..count]);
                if master.write_all(&answer).is_err() {
                    break;
                }
            }
        });
        PtyDevice {
            path,
            device,
            _slave: slave,
        }
    }
}
