//! Names of modules, ports and wires in the printed Verilog.

use std::collections::BTreeSet;

/// Words of Verilog-2005 and SystemVerilog-2017 that may not be a name.
const RESERVED: &str = "accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind bins \
binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const constraint context continue \
cover covergroup coverpoint cross deassign default defparam design disable dist do edge else end endcase endchecker endclass endclocking \
endconfig endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram endproperty endspecify endsequence \
endtable endtask enum event eventually expect export extends extern final first_match for force foreach forever fork forkjoin function \
generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import incdir include initial inout input \
inside instance int integer interconnect interface intersect join join_any join_none large let liblist library local localparam logic \
longint macromodule matches medium modport module nand negedge nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or \
output package packed parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown pullup \
pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref reg reject_on release repeat \
restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint \
shortreal showcancelled signed small soft solve specify specparam static string strong strong0 strong1 struct super supply0 supply1 \
sync_accept_on sync_reject_on table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand \
trior trireg type typedef union unique unique0 unsigned until until_with untyped use uwire var vectored virtual void wait wait_order \
wand weak weak0 weak1 while wildcard wire with within wor xnor xor";

/// Whether `name` is a word of Verilog or SystemVerilog.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.split_ascii_whitespace().any(|w| w == name)
}

/// `Pcs10gbaseR` becomes `pcs_10gbase_r`: a word starts at a capital, and at a digit unless the word it is in started with one.
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    let mut word_starts_with_digit = false;
    for (i, &c) in chars.iter().enumerate() {
        let prev = if i > 0 { Some(chars[i - 1]) } else { None };
        let next_is_lower = chars.get(i + 1).is_some_and(|n| n.is_ascii_lowercase());
        let starts = match prev {
            None | Some('_') => true,
            Some(p) if c.is_ascii_uppercase() => !p.is_ascii_uppercase() || next_is_lower,
            Some(p) if c.is_ascii_digit() => !p.is_ascii_digit() && !word_starts_with_digit,
            Some(_) => false,
        };
        if starts {
            word_starts_with_digit = c.is_ascii_digit();
            if prev.is_some_and(|p| p != '_') {
                out.push('_');
            }
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The module name of a Rust type as `std::any::type_name` prints it: `a::b::AsyncFifo<66, 4>` becomes `async_fifo_66_4`.
pub fn module_name_of_type(type_name: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for part in type_name.split(['<', '>', ',', ' ', '(', ')', '[', ']', ';', '&', '{', '}']) {
        let last = part.rsplit("::").next().unwrap_or(part);
        if !last.is_empty() {
            out.push(snake_case(last));
        }
    }
    let name: String = out
        .join("_")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if is_reserved(&name) { format!("{name}_module") } else { name }
}

/// Gives out names that are free of clashes, in the order asked for.
#[derive(Default, Debug, Clone)]
pub struct Names {
    used: BTreeSet<String>,
}

impl Names {
    /// The plain name when it is free, else the first of `name_2`, `name_3` … that is.
    pub fn take(&mut self, wanted: &str) -> String {
        let base: String = wanted
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' })
            .collect();
        let base = if is_reserved(&base) { format!("{base}_") } else { base };
        let mut name = base.clone();
        let mut n = 2;
        while !self.used.insert(name.clone()) {
            name = format!("{base}_{n}");
            n += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_become_module_names() {
        for (rust, verilog) in [
            ("a::Pcs10gbaseR", "pcs_10gbase_r"),
            ("Pcs1000baseX", "pcs_1000base_x"),
            ("x::Mac10g", "mac_10g"),
            ("Mac1g", "mac_1g"),
            ("BaserEncoder", "baser_encoder"),
            ("m::AsyncFifo<66, 4>", "async_fifo_66_4"),
            ("m::Manager<4>", "manager_4"),
            ("DFF<rust_hdl_core::bits::Bits<8>>", "dff_bits_8"),
            ("Encoder8b10b", "encoder_8b10b"),
            ("Crc32", "crc_32"),
            ("Table", "table_module"),
        ] {
            assert_eq!(module_name_of_type(rust), verilog);
        }
    }

    #[test]
    fn names_never_clash() {
        let mut names = Names::default();
        assert_eq!(names.take("a$1"), "a_1");
        assert_eq!(names.take("a_1"), "a_1_2");
        assert_eq!(names.take("wire"), "wire_");
    }
}
