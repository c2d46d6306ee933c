//! docs/REGISTERS.md is what the maps print; UPDATE=1 rewrites it as `make docs` does.

use spareband_gateware::csr::document;
use std::path::Path;

#[test]
fn the_committed_document_is_the_printed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/REGISTERS.md");
    let printed = document::to_markdown();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == printed, "docs/REGISTERS.md is out of date: run `make docs`");
}

#[test]
fn json_holds_every_register() {
    let json = document::to_json();
    let counted: usize = json["maps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|map| map["blocks"].as_array().unwrap())
        .map(|block| block["registers"].as_array().unwrap().len())
        .sum();
    let maps = [spareband_spec::regs::MANAGER, spareband_spec::regs::BLADE];
    assert_eq!(
        counted,
        maps.iter()
            .flat_map(|map| map.blocks)
            .map(|block| block.registers.len())
            .sum::<usize>()
    );
}
