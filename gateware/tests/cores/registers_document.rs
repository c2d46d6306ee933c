//! The register map as JSON. That docs/REGISTERS.md is what the maps print is tested where it is generated.

use spareband_gateware::csr::document;

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
