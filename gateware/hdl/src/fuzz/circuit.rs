//! Random circuits: a kernel of units in random order, each of which gives some targets a value on every path.

use super::expression::{Gen, PHASES, Source};
use super::{INPUTS, type_of};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::fmt::Write as _;

pub struct Circuit {
    pub source: String,
    pub outputs: Vec<(String, usize)>,
}

/// Something a kernel assigns: `self.y0.next` of so many bits, or a `Phase`.
#[derive(Clone)]
struct Target {
    text: String,
    width: usize,
    kind: TargetKind,
}

#[derive(Clone, Copy, PartialEq)]
enum TargetKind {
    Bits,
    Bool,
    Phase,
}

fn assign(g: &mut Gen, t: &Target, pad: &str, out: &mut String) {
    let depth = g.rng.gen_range(1..=4);
    let value = match t.kind {
        TargetKind::Bits => g.bits(t.width, depth),
        TargetKind::Bool => g.bool(depth),
        TargetKind::Phase => format!("Phase::{}", PHASES[g.rng.gen_range(0..PHASES.len())]),
    };
    let _ = writeln!(out, "{pad}{} = {value};", t.text);
}

/// Assigns every target on every path.
fn cover(g: &mut Gen, targets: &[Target], depth: usize, pad: &str, out: &mut String) {
    if depth == 0 || targets.is_empty() {
        return targets.iter().for_each(|t| assign(g, t, pad, out));
    }
    let deeper = format!("{pad}    ");
    match g.rng.gen_range(0..5) {
        0 => {
            // Defaults, then changes to some under conditions.
            targets.iter().for_each(|t| assign(g, t, pad, out));
            change(g, targets, depth, pad, out);
        }
        1 => {
            let _ = writeln!(out, "{pad}if {} {{", g.bool(2));
            cover(g, targets, depth - 1, &deeper, out);
            if g.rng.gen_bool(0.4) {
                let _ = writeln!(out, "{pad}}} else if {} {{", g.bool(2));
                cover(g, targets, depth - 1, &deeper, out);
            }
            let _ = writeln!(out, "{pad}}} else {{");
            cover(g, targets, depth - 1, &deeper, out);
            let _ = writeln!(out, "{pad}}}");
        }
        2 if !g.phases.is_empty() => {
            let n = g.rng.gen_range(0..g.phases.len());
            let _ = writeln!(out, "{pad}match {} {{", g.phases[n]);
            let all = g.rng.gen_bool(0.5);
            let listed = if all { PHASES.len() } else { g.rng.gen_range(1..PHASES.len()) };
            for phase in &PHASES[..listed] {
                let _ = writeln!(out, "{pad}    Phase::{phase} => {{");
                cover(g, targets, depth - 1, &format!("{deeper}    "), out);
                let _ = writeln!(out, "{pad}    }}");
            }
            if !all {
                let _ = writeln!(out, "{pad}    _ => {{");
                cover(g, targets, depth - 1, &format!("{deeper}    "), out);
                let _ = writeln!(out, "{pad}    }}");
            }
            let _ = writeln!(out, "{pad}}}");
        }
        3 => {
            let _ = writeln!(out, "{pad}match self.b.val().index() {{");
            for k in 0..g.rng.gen_range(1..5) {
                let _ = writeln!(out, "{pad}    {k} => {{");
                cover(g, targets, depth - 1, &format!("{deeper}    "), out);
                let _ = writeln!(out, "{pad}    }}");
            }
            let _ = writeln!(out, "{pad}    _ => {{");
            cover(g, targets, depth - 1, &format!("{deeper}    "), out);
            let _ = writeln!(out, "{pad}    }}\n{pad}}}");
        }
        _ => {
            // Each on its own.
            let (some, rest) = targets.split_at(targets.len() / 2);
            cover(g, some, depth - 1, pad, out);
            cover(g, rest, depth - 1, pad, out);
        }
    }
}

/// Assigns some targets on some paths.
fn change(g: &mut Gen, targets: &[Target], depth: usize, pad: &str, out: &mut String) {
    let deeper = format!("{pad}    ");
    for _ in 0..g.rng.gen_range(1..3) {
        let _ = writeln!(out, "{pad}if {} {{", g.bool(2));
        for t in targets {
            if g.rng.gen_bool(0.6) {
                assign(g, t, &deeper, out);
            }
        }
        if depth > 1 && g.rng.gen_bool(0.5) {
            change(g, targets, depth - 1, &deeper, out);
        }
        if g.rng.gen_bool(0.3) {
            let _ = writeln!(out, "{pad}}} else {{");
            targets.iter().take(1).for_each(|t| assign(g, t, &deeper, out));
        }
        let _ = writeln!(out, "{pad}}}");
    }
}

fn width(rng: &mut StdRng) -> usize {
    [1, 2, 3, 5, 8, 9, 13, 16, 32, 33, 64, 70][rng.gen_range(0..12)]
}

struct Builder {
    fields: String,
    defaults: String,
}

impl Builder {
    fn field(&mut self, name: &str, ty: &str) {
        let _ = writeln!(self.fields, "    pub {name}: {ty},");
        let _ = writeln!(self.defaults, "            {name}: Default::default(),");
    }
    fn struct_text(&self, name: &str, kernel: &str) -> String {
        format!(
            "#[derive(LogicBlock)]\npub struct {name} {{\n{}}}\nimpl Default for {name} {{\n    fn default() -> Self {{\n        {name} {{\n{}        }}\n    }}\n}}\n\
             impl Logic for {name} {{\n    #[hdl_gen]\n    fn update(&mut self) {{\n{kernel}    }}\n    spareband_hdl::module_name!();\n}}\n",
            self.fields, self.defaults
        )
    }
}

/// A child with two paths through it that must not be taken for one: `x` to `z` and `y` to `w`.
fn child(name: &str, rng: &mut StdRng) -> String {
    let mut b = Builder {
        fields: String::new(),
        defaults: String::new(),
    };
    for (n, t) in [
        ("clock", "Signal<In, Clock>"),
        ("x", "Signal<In, Bits<8>>"),
        ("y", "Signal<In, Bits<5>>"),
    ] {
        b.field(n, t);
    }
    b.field("b", "Signal<In, Bits<3>>");
    b.field("z", "Signal<Out, Bits<6>>");
    b.field("w", "Signal<Out, Bits<9>>");
    b.field("keep", "DFF<Bits<7>>");
    let source = |text: &str, width| Source {
        text: format!("self.{text}.val()"),
        width,
        is_bool: false,
    };
    let state = source("keep.q", 7);
    let mut kernel = String::from("        self.keep.clock.next = self.clock.val();\n");
    let target = |text: &str, width| Target {
        text: format!("self.{text}.next"),
        width,
        kind: TargetKind::Bits,
    };
    let mut units = vec![];
    for (sources, t) in [
        (vec![source("x", 8), state.clone()], target("z", 6)),
        (vec![source("y", 5), state.clone()], target("w", 9)),
        (vec![source("x", 8), source("y", 5), state], target("keep.d", 7)),
    ] {
        let mut text = String::new();
        let mut g = Gen {
            rng,
            sources,
            phases: vec![],
        };
        if t.text.contains("keep") {
            cover(&mut g, &[t], 1, "        ", &mut text);
        } else {
            // The same condition over both paths: the exporter must not put them into one process.
            let _ = writeln!(text, "        if self.b.val().get_bit(0) {{");
            assign(&mut g, &t, "            ", &mut text);
            let _ = writeln!(text, "        }} else {{");
            assign(&mut g, &t, "            ", &mut text);
            let _ = writeln!(text, "        }}");
        }
        units.push(text);
    }
    units.shuffle(rng);
    kernel.push_str(&units.concat());
    b.struct_text(name, &kernel)
}

pub fn generate(n: usize, rng: &mut StdRng) -> Circuit {
    let mut b = Builder {
        fields: String::new(),
        defaults: String::new(),
    };
    let mut source = String::new();
    b.field("clock", "Signal<In, Clock>");
    let mut sources = vec![];
    let mut read = |text: String, width: usize, is_bool: bool| {
        sources.push(Source {
            text: format!("self.{text}"),
            width,
            is_bool,
        })
    };
    for (name, w) in INPUTS {
        b.field(name, &format!("Signal<In, {}>", type_of(name, w)));
        read(format!("{name}.val()"), w, name == "a");
    }
    let (mut head, mut registers, mut phases) = (String::new(), vec![], vec![]);
    for r in 0..rng.gen_range(1..4) {
        let w = width(rng);
        b.field(&format!("r{r}"), &format!("DFF<Bits<{w}>>"));
        read(format!("r{r}.q.val()"), w, false);
        let _ = writeln!(head, "        dff_setup!(self, clock, r{r});");
        registers.push(Target {
            text: format!("self.r{r}.d.next"),
            width: w,
            kind: TargetKind::Bits,
        });
    }
    if rng.gen_bool(0.6) {
        b.field("phase", "DFF<Phase>");
        phases.push("self.phase.q.val()".to_string());
        let _ = writeln!(head, "        dff_setup!(self, clock, phase);");
        registers.push(Target {
            text: "self.phase.d.next".into(),
            width: 3,
            kind: TargetKind::Phase,
        });
    }
    if rng.gen_bool(0.4) {
        b.field("trio", "DFF<Trio>");
        let _ = writeln!(head, "        dff_setup!(self, clock, trio);");
        for (f, w, kind) in [
            ("low", 5, TargetKind::Bits),
            ("high", 9, TargetKind::Bits),
            ("flag", 1, TargetKind::Bool),
        ] {
            read(format!("trio.q.val().{f}"), w, kind == TargetKind::Bool);
            registers.push(Target {
                text: format!("self.trio.d.next.{f}"),
                width: w,
                kind,
            });
        }
    }
    if rng.gen_bool(0.5) {
        let (w, v) = (width(rng), rng.r#gen::<u64>());
        let _ = writeln!(b.fields, "    k: Constant<Bits<{w}>>,");
        let _ = writeln!(b.defaults, "            k: Constant::new(bits({:#x}_u64)),", v >> (64 - w.min(64)));
        read("k.val()".into(), w, false);
    }
    let mut units: Vec<String> = vec![];
    let mut outputs = vec![];
    if rng.gen_bool(0.5) {
        let w = width(rng);
        b.field("lanes", &format!("[DFF<Bits<{w}>>; 3]"));
        b.field("lane_sum", &format!("Signal<Local, Bits<{w}>>"));
        let mut g = Gen {
            rng,
            sources: sources.clone(),
            phases: phases.clone(),
        };
        let (start, step) = (g.bits(w, 2), g.bits(w, 2));
        let chosen = [
            "self.h.val().index() == i",
            "self.h.val().index() != i",
            "self.b.val().index() <= i",
        ][g.rng.gen_range(0..3)];
        let op = ["+", "^", "-"][g.rng.gen_range(0..3)];
        units.push(format!(
            "        for i in 0..3 {{\n            self.lanes[i].clock.next = self.clock.val();\n            self.lanes[i].d.next = self.lanes[i].q.val();\n            \
             if {chosen} {{\n                self.lanes[i].d.next = self.lanes[i].q.val() + {step};\n            }}\n        }}\n"
        ));
        units.push(format!(
            "        self.lane_sum.next = {start};\n        for i in 0..3 {{\n            self.lane_sum.next = self.lane_sum.val() {op} self.lanes[i].q.val();\n        }}\n"
        ));
        units.push("        for i in 0..2 {\n            self.lane_out[i].next = self.lanes[i + 1].q.val();\n        }\n".into());
        b.field("lane_out", &format!("[Signal<Local, Bits<{w}>>; 2]"));
        for name in ["lane_sum.val()", "lanes[2].q.val()", "lane_out[0].val()", "lane_out[1].val()"] {
            sources.push(Source {
                text: format!("self.{name}"),
                width: w,
                is_bool: false,
            });
        }
    }
    // Locals read only what comes before them in this list, so there is no loop; where they stand in the kernel is shuffled.
    for l in 0..rng.gen_range(1..5) {
        let w = width(rng);
        let is_bool = rng.gen_bool(0.25);
        let (ty, w, kind) = if is_bool {
            ("Bit".to_string(), 1, TargetKind::Bool)
        } else {
            (format!("Bits<{w}>"), w, TargetKind::Bits)
        };
        b.field(&format!("l{l}"), &format!("Signal<Local, {ty}>"));
        let mut g = Gen {
            rng,
            sources: sources.clone(),
            phases: phases.clone(),
        };
        let mut text = String::new();
        let depth = g.rng.gen_range(0..3);
        cover(
            &mut g,
            &[Target {
                text: format!("self.l{l}.next"),
                width: w,
                kind,
            }],
            depth,
            "        ",
            &mut text,
        );
        units.push(text);
        sources.push(Source {
            text: format!("self.l{l}.val()"),
            width: w,
            is_bool,
        });
    }
    if rng.gen_bool(0.4) {
        source.push_str(&child(&format!("Child{n}"), rng));
        b.field("child", &format!("Child{n}"));
        let drive = |text: &str, w: usize, rng: &mut StdRng, sources: &[Source], units: &mut Vec<String>| {
            let mut g = Gen {
                rng,
                sources: sources.to_vec(),
                phases: vec![],
            };
            let mut unit = String::new();
            let depth = g.rng.gen_range(0..2);
            cover(
                &mut g,
                &[Target {
                    text: format!("self.child.{text}.next"),
                    width: w,
                    kind: TargetKind::Bits,
                }],
                depth,
                "        ",
                &mut unit,
            );
            units.push(unit);
        };
        units.push("        self.child.clock.next = self.clock.val();\n        self.child.b.next = self.b.val();\n".into());
        drive("x", 8, rng, &sources, &mut units);
        sources.push(Source {
            text: "self.child.z.val()".into(),
            width: 6,
            is_bool: false,
        });
        drive("y", 5, rng, &sources, &mut units);
        sources.push(Source {
            text: "self.child.w.val()".into(),
            width: 9,
            is_bool: false,
        });
    }
    let mut targets = vec![];
    for y in 0..rng.gen_range(1..4) {
        let w = width(rng);
        b.field(&format!("y{y}"), &format!("Signal<Out, Bits<{w}>>"));
        outputs.push((format!("y{y}"), w));
        targets.push(Target {
            text: format!("self.y{y}.next"),
            width: w,
            kind: TargetKind::Bits,
        });
    }
    let mut g = Gen { rng, sources, phases };
    let mut text = String::new();
    let depth = g.rng.gen_range(0..3);
    cover(&mut g, &targets, depth, "        ", &mut text);
    units.push(text);
    let mut text = String::new();
    change(&mut g, &registers, 2, "        ", &mut text);
    units.push(text);
    units.shuffle(rng);
    source.push_str(&b.struct_text(&format!("C{n}"), &format!("{head}{}", units.concat())));
    Circuit { source, outputs }
}
