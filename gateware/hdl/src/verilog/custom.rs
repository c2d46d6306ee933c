//! Blocks whose Verilog body is written by hand (`Verilog::Custom`, `Verilog::Wrapper`), and the stock flip-flop.

use super::collect::Node;
use rust_hdl::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the node is rust-hdl's `DFF`, which is printed in place.
pub fn is_stock_dff(node: &Node) -> bool {
    let Verilog::Custom(text) = &node.hdl else { return false };
    let ports: Vec<&str> = node.signals.iter().map(|s| s.name.as_str()).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    node.type_name() == Some("dff")
        && ports == ["d", "q", "clock"]
        && words.len() == 14
        && words[..4] == ["initial", "begin", "q", "="]
        && words[5..] == ["end", "always", "@(posedge", "clock)", "begin", "q", "<=", "d;", "end"]
}

/// Output ports that `timing()` states to depend on no input without a clock edge between.
fn registered_outputs(node: &Node) -> BTreeSet<usize> {
    let stated: BTreeSet<&str> = node
        .timing
        .iter()
        .filter(|t| !t.clock.is_empty())
        .flat_map(|t| t.outputs.iter().map(String::as_str))
        .collect();
    let matches = |name: &str| stated.contains(name) || name.split('$').next().is_some_and(|f| stated.contains(f));
    node.signals
        .iter()
        .enumerate()
        .filter(|s| s.1.kind == AtomKind::OutputParameter && matches(&s.1.name))
        .map(|s| s.0)
        .collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// Whether `name` occurs as a whole word.
pub fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name)
        .any(|(at, _)| !text[..at].chars().next_back().is_some_and(is_word) && !text[at + name.len()..].chars().next().is_some_and(is_word))
}

/// `text` with the word `from` replaced by `to`.
pub fn rename(text: &str, from: &str, to: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(from) {
        let before = out
            .chars()
            .next_back()
            .filter(|_| at == 0)
            .or_else(|| rest[..at].chars().next_back());
        let after = rest[at + from.len()..].chars().next();
        out.push_str(&rest[..at]);
        out.push_str(if before.is_some_and(is_word) || after.is_some_and(is_word) {
            from
        } else {
            to
        });
        rest = &rest[at + from.len()..];
    }
    out.push_str(rest);
    out
}

/// Names that are assigned in an `always` or `initial` of hand-written Verilog, and so are `reg`.
pub fn procedural_targets(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let plain: String = text
        .lines()
        .map(|l| l.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    for statement in plain.split(';') {
        let chars: Vec<char> = statement.chars().collect();
        let mut depth = 0i32;
        for (i, c) in chars.iter().enumerate() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                '=' if depth == 0 => {
                    let end = if i > 0 && chars[i - 1] == '<' { i - 1 } else { i };
                    let left: String = chars[..end].iter().collect();
                    if !mentions(&left, "assign") && !mentions(&left, "wire") && !mentions(&left, "localparam") {
                        target_names(&left, &mut out);
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    out
}

/// For each output port the inputs it depends on without a clock edge between. What `timing()` states counts; else the text is read,
/// by names: an output no understood statement assigns depends on every input that is no clock.
pub fn summary(node: &Node, text: &str) -> BTreeMap<usize, BTreeSet<usize>> {
    let registered = registered_outputs(node);
    let sources = sources(text);
    let inputs: Vec<usize> = (0..node.signals.len())
        .filter(|i| node.signals[*i].kind == AtomKind::InputParameter)
        .collect();
    let outputs = (0..node.signals.len()).filter(|o| node.signals[*o].kind == AtomKind::OutputParameter);
    outputs
        .map(|o| {
            let name = &node.signals[o].name;
            let from: BTreeSet<usize> = if registered.contains(&o) {
                BTreeSet::new()
            } else if sources.contains_key(name.as_str()) {
                let (mut seen, mut todo) = (BTreeSet::new(), vec![name.as_str()]);
                while let Some(n) = todo.pop() {
                    if let Some(from) = sources.get(n) {
                        todo.extend(from.iter().filter(|f| seen.insert(f.as_str())).map(String::as_str));
                    }
                }
                inputs
                    .iter()
                    .copied()
                    .filter(|i| seen.contains(node.signals[*i].name.as_str()))
                    .collect()
            } else {
                inputs.iter().copied().filter(|i| !node.signals[*i].is_clock()).collect()
            };
            (o, from)
        })
        .collect()
}

/// Names assigned in a text, each with the names it is made of; none for what only a clock edge changes.
fn sources(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let plain: String = text
        .lines()
        .map(|l| l.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    let words: Vec<&str> = plain.split_inclusive(|c| !is_word(c)).collect();
    let starts = [
        "assign",
        "always",
        "initial",
        "wire",
        "reg",
        "localparam",
        "integer",
        "function",
        "generate",
        "parameter",
    ];
    let mut items: Vec<String> = vec![];
    let mut in_function = false;
    for w in words {
        let bare = w.trim_end_matches(|c| !is_word(c));
        if !in_function && starts.contains(&bare) {
            items.push(String::new());
        }
        in_function = bare == "function" || (in_function && bare != "endfunction");
        match items.last_mut() {
            Some(item) => item.push_str(w),
            None => items.push(w.to_string()),
        }
    }
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in &items {
        let names = || item.split(|c| !is_word(c)).filter(|w| !w.is_empty()).map(str::to_string);
        match names().next().as_deref() {
            Some("initial") => {}
            Some("always") if item.contains("posedge") || item.contains("negedge") => {
                procedural_targets(item).into_iter().for_each(|t| {
                    out.entry(t).or_default();
                });
            }
            Some("always") => procedural_targets(item)
                .into_iter()
                .for_each(|t| out.entry(t).or_default().extend(names())),
            Some("assign" | "wire" | "reg" | "localparam" | "parameter") => {
                for statement in item.split(';') {
                    let Some((left, right)) = statement.split_once('=') else { continue };
                    let mut targets = BTreeSet::new();
                    target_names(left, &mut targets);
                    let from: BTreeSet<String> = right.split(|c| !is_word(c)).filter(|w| !w.is_empty()).map(str::to_string).collect();
                    targets.into_iter().for_each(|t| out.entry(t).or_default().extend(from.clone()));
                }
            }
            Some("function") => {
                let name = item
                    .split(['(', ';'])
                    .next()
                    .unwrap_or("")
                    .split_whitespace()
                    .last()
                    .unwrap_or("")
                    .to_string();
                out.entry(name).or_default().extend(names());
            }
            _ => {}
        }
    }
    out
}

/// The names at the end of a left-hand side: `begin q[3:0]`, `{carry, sum}`.
fn target_names(left: &str, out: &mut BTreeSet<String>) {
    let mut end = left.trim_end();
    if let Some(inner) = end.strip_suffix('}') {
        let open = inner.rfind('{').map_or(0, |p| p + 1);
        inner[open..].split(',').for_each(|part| target_names(part, out));
        return;
    }
    while end.ends_with(']') {
        end = end[..end.rfind('[').unwrap_or(0)].trim_end();
    }
    let name: String = end
        .chars()
        .rev()
        .take_while(|c| is_word(*c))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    if !name.is_empty() {
        out.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_assigned_in_a_process() {
        let text =
            "wire t = a; assign y = b == c; always @(posedge clk) begin if (a <= b) q <= d; else {r, s[1]} <= 2'b0; m[i][2] <= 1; end";
        let found = procedural_targets(text);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["m", "q", "r", "s"]);
    }

    #[test]
    fn knows_what_a_clock_edge_separates() {
        let text = "reg r; wire t = a & r; function f; input at; f = at; endfunction\nassign y = f(t) | c;\n\
                    always @(posedge clk) begin r <= d; q <= r; end\nassign z = r;\nalways @(*) if (e) w = 1'b0; else w = g;";
        let s = sources(text);
        let reach = |n: &str| {
            let (mut seen, mut todo) = (BTreeSet::new(), vec![n.to_string()]);
            while let Some(n) = todo.pop() {
                todo.extend(s.get(&n).into_iter().flatten().filter(|f| seen.insert(f.to_string())).cloned());
            }
            ["a", "c", "d", "e", "g"]
                .into_iter()
                .filter(|i| seen.contains(*i))
                .collect::<Vec<_>>()
        };
        assert_eq!(reach("y"), ["a", "c"]);
        assert!(reach("q").is_empty() && s.contains_key("q"));
        assert!(reach("z").is_empty() && s.contains_key("z"));
        assert_eq!(reach("w"), ["e", "g"]);
    }

    #[test]
    fn renames_whole_words() {
        assert_eq!(rename("a a$b aa a", "a", "x"), "x a$b aa x");
    }
}
