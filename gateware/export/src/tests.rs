//! What is exported and generated, held against what the repository says of it.

use crate::{catalogue, documents};
use spareband_hdl::verilog::source_lint;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn documents_are_those_the_sources_make() {
    for (name, text) in documents::all() {
        let committed = std::fs::read_to_string(repository().join("docs").join(name)).unwrap_or_default();
        assert!(committed == text, "docs/{name} is not what the sources say: run `make docs`");
    }
}

#[test]
fn an_export_is_the_same_every_time() {
    for entry in catalogue::cores().iter().chain(&catalogue::managers()) {
        let first = entry.export().unwrap_or_else(|e| panic!("{}: {e}", entry.name)).to_verilog();
        assert!(first == entry.export().expect("it went once").to_verilog(), "{}", entry.name);
        assert!(first.contains(&format!("module {} (", entry.name)), "{} is the top", entry.name);
        assert!(!first.contains("lint_off"), "{}", entry.name);
    }
}

/// A manager of more blades holds no more copies of a module, but one more instance a blade.
#[test]
fn equal_circuits_are_one_module() {
    let modules = |name: &str| {
        let managers = catalogue::managers();
        let entry = managers.iter().find(|m| m.name == name).expect("a default size");
        entry.export().unwrap_or_else(|e| panic!("{name}: {e}")).modules.len()
    };
    assert_eq!(modules("manager_4"), modules("manager_16"));
}

/// Every port of the exported top that the head of its source names by a table row, and no other.
#[test]
fn every_port_is_documented() {
    for entry in catalogue::cores().iter().chain(&catalogue::managers()) {
        let head = entry.head();
        let design = entry.export().unwrap_or_else(|e| panic!("{}: {e}", entry.name));
        for port in &design.ports {
            let name = port.name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
            let group = |prefix: &str| head.contains(&format!("{prefix}_*"));
            let known = head.contains(&port.name) || head.contains(name) || name.match_indices('_').any(|(at, _)| group(&name[..at]));
            assert!(known, "{}: port {} is not in the head of its source", entry.name, port.name);
        }
    }
}

#[test]
fn constraints_name_ports_that_exist() {
    for top in ["manager", "blade"] {
        let text = std::fs::read_to_string(repository().join(format!("constraints/{top}.sdc"))).expect("constraints");
        let ports: BTreeSet<String> = catalogue::cores()
            .iter()
            .chain(&catalogue::managers())
            .filter(|entry| entry.name.starts_with(top))
            .flat_map(|entry| entry.export().unwrap_or_else(|e| panic!("{}: {e}", entry.name)).ports)
            .map(|port| port.name)
            .collect();
        let mut clocks = 0;
        for named in text
            .split("[get_ports ")
            .skip(1)
            .map(|rest| rest.split(']').next().unwrap_or_default())
        {
            let found = match named.strip_suffix('*') {
                Some(prefix) => ports.iter().any(|port| port.starts_with(prefix)),
                None => ports.contains(named),
            };
            assert!(found, "constraints/{top}.sdc: no port {named}");
            clocks += usize::from(named.starts_with("clk_"));
        }
        assert!(clocks >= 2, "constraints/{top}.sdc names {clocks} clocks");
    }
}

/// What `#[hdl_gen]` loses before the exporter can see it must not be in a kernel.
#[test]
fn no_core_holds_what_the_macro_loses() {
    let mut folders = vec![repository().join("gateware/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let findings = source_lint(&std::fs::read_to_string(&path).expect("a source"));
                assert!(findings.is_empty(), "{}: {findings:?}", path.display());
                files += 1;
            }
        }
    }
    assert!(files > 40, "{files} sources only");
}
