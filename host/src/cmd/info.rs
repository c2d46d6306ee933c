//! `info`: what the device is.

use super::Port;
use crate::output::Output;
use serde_json::json;
use spareband::Error;

pub fn run(device: &Port, output: &Output) -> Result<(), Error> {
    let identity = device.identity();
    if output.json {
        output.json("info", json!(identity), false);
        return Ok(());
    }
    let mut text = format!("Spareband {} {}\n", identity.kind, identity.version);
    if identity.blades > 0 {
        text += &format!("blades        {}\n", identity.blades);
    }
    text += &format!(
        "clock         {} MHz\nregister map  {:#010x}\n",
        f64::from(identity.clock_hz) / 1e6,
        identity.map_hash
    );
    output.print(&text);
    Ok(())
}
