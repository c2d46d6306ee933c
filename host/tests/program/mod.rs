//! Runs the command line against a device in memory behind a pseudo terminal.
#![allow(dead_code, reason = "each test takes what it needs")]

use crate::pty::PtyDevice;
use serde_json::Value;
use spareband::MemoryDevice;
use spareband_spec::regs::tables::Table;
use spareband_spec::service::counters_word;
use std::process::{Command, Stdio};

/// What a run printed, and its exit code.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Run {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Done, and nothing to say.
    pub fn done(&self) {
        assert!(self.code == 0 && self.stdout.is_empty() && self.stderr.is_empty(), "{self:?}");
    }

    /// One line that says what is wrong, one that says what to do.
    pub fn fails(&self, code: i32, error: &str, help: &str) {
        assert_eq!(self.code, code, "{self:?}");
        let mut lines = self.stderr.lines();
        let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        assert!(first.starts_with("error: ") && first.contains(error), "{self:?}");
        assert!(help.is_empty() || second.starts_with("help: ") && second.contains(help), "{self:?}");
        assert!(lines.next().is_none(), "{self:?}");
    }
}

pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spareband"));
    command.env_remove("SPAREBAND_PORT").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

pub fn spareband(port: &PtyDevice, arguments: &str) -> Run {
    run(command().arg("-p").arg(&port.path).args(arguments.split_whitespace()))
}

/// Four blades: 0 idle, 1 busy and draining, 2 stale, 3 with its link down.
pub fn chassis() -> PtyDevice {
    let mut memory = MemoryDevice::manager(4);
    memory.set_field("uplink", 0, "status", "block_lock", 1);
    memory.set("flows", 0, "entries", 300);
    for (blade, cpu, irq) in [(0, 10, 1), (1, 240, 60), (2, 128, 10)] {
        for (field, value) in [
            ("link", 1),
            ("known", 1),
            ("cpu", cpu),
            ("irq", irq),
            ("work", 255 - cpu),
            ("power", 51),
            ("queue", cpu / 10),
        ] {
            memory.set_field("blade", blade, "record", field, value);
        }
        memory.set("blade", blade, "age", 1563);
        memory.set("blade", blade, "worst_age", 7688);
        memory.set("blade", blade, "active_flows", 100);
        memory.set("blade", blade, "new_flows", 5000 + blade as u64);
    }
    memory.set_field("blade", 1, "record", "admin", 1);
    memory.set_field("blade", 2, "record", "stale", 1);
    memory.set("blade", 2, "age", 312_500);
    memory.set("statistics", 0, "frames_in", 1 << 40);
    // What service 0 counted; a counter reaches over both its words.
    for (word, value) in (0..).zip([7_u32, 1, 900, 0, 3, 0, 2, 0]) {
        memory.set_table(Table::ServiceCounters, counters_word(0) + word, value);
    }
    PtyDevice::new(memory)
}
