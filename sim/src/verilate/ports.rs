//! The port map that the exporter writes beside each Verilog file: `manager_4.v` -> `manager_4.json`.
use crate::error::{Error, Result};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    In,
    Out,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Port {
    pub name: String,
    #[serde(rename = "dir")]
    pub direction: Direction,
    pub width: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct PortMap {
    #[serde(rename = "module")]
    pub top: String,
    pub ports: Vec<Port>,
}

impl PortMap {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Error::failed(format!("cannot read the port map {}: {e}; run `make verilog`", path.display())))?;
        Self::parse(&text).map_err(|why| Error::failed(format!("{}: {why}", path.display())))
    }

    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let map: Self = serde_json::from_str(text).map_err(|e| format!("not a port map: {e}"))?;
        for name in map.ports.iter().map(|p| &p.name).chain([&map.top]) {
            // Verilator renames identifiers with two underscores in a row; the shim uses names as they stand.
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.contains("__") && !name.is_empty();
            if !plain || name.as_bytes()[0].is_ascii_digit() {
                return Err(format!("`{name}` is no plain name"));
            }
        }
        if let Some(port) = map.ports.iter().find(|p| p.width == 0 || p.width > 64) {
            return Err(format!("port `{}` is {} bits wide; 1 to 64 are supported", port.name, port.width));
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_the_exporter_writes() {
        let map = PortMap::parse(r#"{"module":"t","ports":[{"name":"clk","dir":"in","width":1},{"name":"q","dir":"out","width":64}]}"#);
        let map = map.unwrap();
        assert_eq!(
            (map.top.as_str(), map.ports.len(), map.ports[1].direction),
            ("t", 2, Direction::Out)
        );
    }

    #[test]
    fn refuses_odd_names_and_widths() {
        for bad in [
            r#"{"module":"t","ports":[{"name":"a__b","dir":"in","width":1}]}"#,
            r#"{"module":"t","ports":[{"name":"a","dir":"in","width":65}]}"#,
            r#"{"module":"t","ports":[{"name":"a","dir":"inout","width":1}]}"#,
            r#"{"module":"1t","ports":[]}"#,
        ] {
            assert!(PortMap::parse(bad).is_err(), "{bad}");
        }
    }
}
