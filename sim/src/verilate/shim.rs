//! The C++ shim between a Verilated class and Rust: a C ABI of five functions, the same for every model.
use super::ports::PortMap;
use std::fmt::Write;

/// Changes with the C ABI; a shared object of another version is refused at load time.
pub const ABI_VERSION: u32 = 1;

/// Text of `shim.cpp` for the class that Verilator makes with `--prefix Vmodel`.
pub fn source(map: &PortMap) -> String {
    let mut names = String::new();
    let mut pointers = String::new();
    for (index, port) in map.ports.iter().enumerate() {
        let direction = u32::from(port.direction == super::ports::Direction::Out);
        writeln!(names, "    {{\"{}\", {}, {direction}}},", port.name, port.width).unwrap();
        writeln!(pointers, "        case {index}: return &model->top.{};", port.name).unwrap();
    }
    format!(
        r#"#include "Vmodel.h"
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
"#
    )
}
