//! `list`: the serial ports of this machine and what answers there. A named port is asked alone.

use crate::cli::Cli;
use crate::output::{Cell, Output, Tone};
use serde_json::json;
use spareband::{Client, Device, Error, SerialTransport, candidates, port_names};

pub fn run(cli: &Cli, output: &Output) -> Result<(), Error> {
    let (ports, answers) = match &cli.port {
        Some(port) => (
            vec![port.clone()],
            vec![(
                port.clone(),
                SerialTransport::open(port, cli.baud).and_then(|t| Device::open(Client::new(t))),
            )],
        ),
        None => (port_names(), candidates(cli.baud)),
    };
    let answer = |port: &str| answers.iter().find(|(name, _)| name == port).map(|(_, device)| device);
    if output.json {
        let ports: Vec<_> = ports
            .iter()
            .map(|port| match answer(port) {
                Some(Ok(device)) => json!({ "port": port, "identity": device.identity() }),
                Some(Err(error)) => json!({ "port": port, "error": error.to_string() }),
                None => json!({ "port": port }),
            })
            .collect();
        output.json("list", json!({ "ports": ports }), false);
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = ports
        .iter()
        .map(|port| {
            let what = match answer(port) {
                Some(Ok(device)) => Cell(format!("{} {}", device.identity().kind, device.identity().version), Tone::Good),
                Some(Err(error)) => Cell(error.to_string(), Tone::Bad),
                None => "-".into(),
            };
            vec![port.as_str().into(), what]
        })
        .collect();
    if rows.is_empty() {
        output.note("this machine has no serial port; a simulation's pseudo terminal is named with --port");
    } else {
        output.print(&output.table(&["PORT", "DEVICE"], &rows));
    }
    Ok(())
}
