//! Prints the register maps: Markdown for people, JSON for programs.

use serde_json::{Value, json};
use spareband_spec::regs::{Access, BLADE, BLADE_MAP_HASH, Block, Count, MANAGER, MANAGER_MAP_HASH, Map, Register};
use std::fmt::Write;

/// Version of the JSON's layout.
const SCHEMA: u32 = 1;

/// Every map with its hash.
fn maps() -> [(&'static Map, u32); 2] {
    [(&MANAGER, MANAGER_MAP_HASH), (&BLADE, BLADE_MAP_HASH)]
}

fn access(access: Access) -> &'static str {
    match access {
        Access::ReadOnly => "read",
        Access::ReadWrite => "read, write",
        Access::Strobe => "write, acts once",
        Access::Counter => "counter",
    }
}

/// docs/REGISTERS.md.
pub fn to_markdown() -> String {
    let mut text = String::from(
        "# Registers\n\nPrinted from `gateware/spec/src/regs` by `make docs`; do not edit.\n\n\
         Addresses are byte addresses of 32-bit words, least significant word first. Reading the low word of a 64-bit register latches its high\n\
         word; a written low word waits for its high word. Reads where no register is, and writes to what may only be read, are refused.\n\
         `identity.map_hash` must equal the hash below, or host and gateware do not know the same map.\n",
    );
    for (map, hash) in maps() {
        write!(
            text,
            "\n## {}\n\n{} `map_hash` {hash:#010x}, `kind` {}, clock {} Hz.\n",
            title(map.name),
            map.doc,
            map.kind,
            map.clock_hz
        )
        .unwrap();
        for block in map.blocks {
            markdown_block(&mut text, block);
        }
    }
    text
}

fn title(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

fn markdown_block(text: &mut String, block: &Block) {
    let place = match block.count {
        Count::One => format!("{:#06x}", block.base),
        Count::Blades => format!("{:#06x} + {:#x} * blade", block.base, block.stride),
    };
    write!(
        text,
        "\n### {} ({place})\n\n{}\n\n| offset | register | bits | access | reset | meaning |\n|---|---|---|---|---|---|\n",
        block.name, block.doc
    )
    .unwrap();
    for register in block.registers {
        markdown_register(text, register);
    }
}

fn markdown_register(text: &mut String, register: &Register) {
    let step = if register.reset_step == 0 {
        String::new()
    } else {
        format!(" + {:#x} * index", register.reset_step)
    };
    writeln!(
        text,
        "| {:#04x} | **{}** | {} | {} | {:#x}{step} | {} |",
        register.offset,
        register.name,
        32 * register.words,
        access(register.access),
        register.reset,
        register.doc
    )
    .unwrap();
    for field in register
        .fields
        .iter()
        .filter(|field| field.name != "value" || !field.values.is_empty())
    {
        let bits = if field.width == 1 {
            field.lsb.to_string()
        } else {
            format!("{}..{}", field.lsb + field.width - 1, field.lsb)
        };
        let values: Vec<String> = field.values.iter().map(|(name, number)| format!("{number} = {name}")).collect();
        let doc = [field.doc.to_string(), values.join(", ")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        writeln!(text, "| | {} | {bits} | | | {doc} |", field.name).unwrap();
    }
}

/// The maps for programs.
pub fn to_json() -> Value {
    json!({ "schema": SCHEMA, "maps": maps().iter().map(|(map, hash)| json_map(map, *hash)).collect::<Vec<_>>() })
}

fn json_map(map: &Map, hash: u32) -> Value {
    json!({
        "name": map.name, "kind": map.kind, "map_hash": hash, "clock_hz": map.clock_hz, "doc": map.doc,
        "blocks": map.blocks.iter().map(|block| json!({
            "name": block.name, "base": block.base, "stride": block.stride, "per_blade": block.count == Count::Blades, "doc": block.doc,
            "registers": block.registers.iter().map(json_register).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn json_register(register: &Register) -> Value {
    json!({
        "name": register.name, "offset": register.offset, "words": register.words, "access": register.access.name(),
        "reset": register.reset, "reset_step": register.reset_step, "doc": register.doc,
        "fields": register.fields.iter().map(|field| json!({
            "name": field.name, "lsb": field.lsb, "width": field.width, "doc": field.doc,
            "values": field.values.iter().map(|(name, number)| (name.to_string(), json!(number))).collect::<serde_json::Map<_, _>>(),
        })).collect::<Vec<_>>(),
    })
}
