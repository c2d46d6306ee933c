//! The C++ shim between a Verilated class and Rust: a C ABI of six functions, the same for every model.
//!
//! Beside the ports it gives out, for each clock, the place where Verilator keeps the clock's level of the evaluation before. Setting it low
//! together with the clock makes the next rising edge one, without an evaluation for the falling edge that nothing is sensitive to.
use super::ports::PortMap;
use std::fmt::Write;

/// What Verilator 5 calls that place.
const PREVIOUS: &str = "__Vtrigrprev__TOP__";

/// Changes with the C ABI; a shared object of another version is refused at load time.
pub const ABI_VERSION: u32 = 2;

/// The clocks among the ports whose falling edges need no evaluation: all or none. `header` is Verilator's class of the top, `verilog` the text.
pub fn quick_clocks(map: &PortMap, header: &str, verilog: &str) -> Vec<bool> {
    let mut words = header.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let remembered: Vec<&str> = words.by_ref().filter(|w| w.contains("__Vtrig")).collect();
    let is_clock = |name: &str| remembered.iter().any(|w| w.strip_prefix(PREVIOUS) == Some(name));
    let clocks: Vec<bool> = map.ports.iter().map(|p| is_clock(&p.name)).collect();
    // A trigger that is no plain port, or an edge the other way: this trick is not for that model.
    let only_ports = clocks.iter().filter(|c| **c).count() == remembered.len();
    let only_rising = !verilog.contains("negedge");
    clocks.into_iter().map(|c| c && only_ports && only_rising).collect()
}

/// Text of `shim.cpp` for the class that Verilator makes with `--prefix Vmodel`.
pub fn source(map: &PortMap, quick: &[bool]) -> String {
    let mut names = String::new();
    let mut previous = String::new();
    let mut pointers = String::new();
    for (index, port) in map.ports.iter().enumerate() {
        let direction = u32::from(port.direction == super::ports::Direction::Out);
        writeln!(names, "    {{\"{}\", {}, {direction}}},", port.name, port.width).unwrap();
        if quick[index] {
            writeln!(previous, "        case {index}: return &model->top.rootp->{PREVIOUS}{};", port.name).unwrap();
        }
        writeln!(pointers, "        case {index}: return &model->top.{};", port.name).unwrap();
    }
    format!(
        r#"#include "Vmodel.h"
#include "Vmodel___024root.h"
#include "verilated.h"
#include <cstdint>
#include <new>
namespace {{
struct Port {{ const char* name; std::uint32_t width; std::uint32_t is_output; }};
const Port PORTS[] = {{
{names}    {{nullptr, 0, 0}},
}};
struct Model {{
    VerilatedContext context;
    Vmodel top{{&context, "top"}};
    ~Model() {{ top.final(); }}
}};
}}
#define SPAREBAND extern "C" __attribute__((visibility("default")))
SPAREBAND std::uint32_t spareband_abi() {{ return {ABI_VERSION}; }}
SPAREBAND const Port* spareband_ports() {{ return PORTS; }}
SPAREBAND void* spareband_new() {{
    try {{ return new Model; }} catch (...) {{ return nullptr; }}
}}
SPAREBAND void spareband_delete(void* instance) {{ delete static_cast<Model*>(instance); }}
SPAREBAND void spareband_eval(void* instance) {{ static_cast<Model*>(instance)->top.eval(); }}
SPAREBAND void* spareband_port(void* instance, std::uint32_t index) {{
    Model* model = static_cast<Model*>(instance);
    switch (index) {{
{pointers}        default: return nullptr;
    }}
}}
SPAREBAND void* spareband_previous(void* instance, std::uint32_t index) {{
    Model* model = static_cast<Model*>(instance);
    switch (index) {{
{previous}        default: (void)model; return nullptr;
    }}
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_quick_only_when_every_trigger_is_a_rising_port() {
        let map =
            PortMap::parse(r#"{"module":"t","ports":[{"name":"clk","dir":"in","width":1},{"name":"a","dir":"in","width":1}]}"#).unwrap();
        let header = "CData/*0:0*/ __Vtrigrprev__TOP__clk;\nCData/*0:0*/ a;";
        assert_eq!(quick_clocks(&map, header, "always @(posedge clk)"), [true, false]);
        assert_eq!(quick_clocks(&map, header, "always @(negedge clk)"), [false, false]);
        let derived = format!("{header} CData/*0:0*/ __Vtrigrprev__TOP__t__DOT__divided;");
        assert_eq!(quick_clocks(&map, &derived, ""), [false, false]);
        assert_eq!(
            quick_clocks(&map, "CData __Vtrigprevexpr___TOP__clk__0;", ""),
            [false, false],
            "another Verilator"
        );
    }
}
