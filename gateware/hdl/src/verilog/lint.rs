//! What `#[hdl_gen]` loses before there is a syntax tree to look at, found in the Rust source.

/// A line of a kernel that rust-hdl's macro would take for something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub line: usize,
    pub message: String,
}

struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Looks at every kernel (`#[hdl_gen]`) of a Rust source file.
pub fn source_lint(source: &str) -> Vec<Finding> {
    let tokens = tokens(source);
    let mut findings = vec![];
    let is = |i: usize, words: &[&str]| {
        words
            .iter()
            .enumerate()
            .all(|(k, w)| tokens.get(i + k).is_some_and(|t| t.text == *w))
    };
    let mut i = 0;
    while i < tokens.len() {
        if is(i, &["#", "[", "hdl_gen", "]"])
            && let Some(open) = (i..tokens.len()).find(|n| tokens[*n].text == "{")
        {
            let close = closing(&tokens, open);
            kernel(&tokens[open..close], &mut findings);
            i = close;
            continue;
        }
        i += 1;
    }
    findings
}

fn kernel(t: &[Token], findings: &mut Vec<Finding>) {
    let text = |i: usize| t.get(i).map_or("", |x| x.text);
    let mut say = |i: usize, message: String| findings.push(Finding { line: t[i].line, message });
    for i in 0..t.len() {
        match text(i) {
            "..=" => say(i, "`a..=b` becomes `a..b`: write the exclusive range".into()),
            "=>" => {
                let pattern = pattern_before(t, i);
                if pattern.iter().any(|p| p.text == "if") {
                    say(i, "a match guard is dropped: put an if into the arm".into());
                } else if let [p] = pattern
                    && p.text.starts_with(|c: char| c.is_ascii_lowercase())
                    && p.text != "true"
                    && p.text != "false"
                {
                    say(
                        i,
                        format!("the pattern `{}` binds instead of comparing: write Enum::Variant or _", p.text),
                    );
                }
            }
            "for" if text(i + 2) == "in" => {
                let (name, open) = (text(i + 1), (i..t.len()).find(|n| text(*n) == "{").unwrap_or(i));
                for n in open..closing(t, open) {
                    if text(n) == "self" && text(n + 1) == "." && text(n + 2) == name {
                        say(
                            n,
                            format!("the field `{name}` has the name of the loop variable and becomes the index: rename the variable"),
                        );
                    }
                    if text(n) == "for" && text(n + 1) == name && text(n + 2) == "in" {
                        say(n, format!("the loop variable `{name}` hides another: rename one"));
                    }
                }
            }
            "index" if text(i + 1) == "(" && text(i + 2) == ")" => {
                let mut start = i;
                while start > 0 && (is_name(text(start - 1)) || [".", "(", ")", "[", "]"].contains(&text(start - 1))) {
                    start -= 1;
                }
                let operators = ["+", "-", "*", "<<", "%", "/"];
                if operators.contains(&text(i + 3)) || (start > 0 && operators.contains(&text(start - 1))) {
                    say(
                        i,
                        "arithmetic on `.index()` does not wrap in Rust: assign to a Local of the width meant, and index with that".into(),
                    );
                }
            }
            _ => {}
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// The tokens of the pattern (and guard) in front of a `=>`.
fn pattern_before<'a, 'b>(t: &'b [Token<'a>], arrow: usize) -> &'b [Token<'a>] {
    let (mut depth, mut start) = (0, arrow);
    while start > 0 {
        match t[start - 1].text {
            ")" | "]" => depth += 1,
            "(" | "[" => depth -= 1,
            "{" | "}" | "," | ";" if depth == 0 => break,
            _ => {}
        }
        start -= 1;
    }
    &t[start..arrow]
}

/// The index after the brace that closes the one at `open`.
fn closing(t: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in t.iter().enumerate().skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    t.len()
}

/// Words and operators without comments and strings.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let (mut out, mut i, mut line) = (vec![], 0, 1);
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    while i < bytes.len() {
        let start = i;
        let rest = &source[i..];
        if rest.starts_with("//") {
            i += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            i += rest.find("*/").map_or(rest.len(), |n| n + 2);
        } else if bytes[i] == b'"' {
            i += 1;
            while i < bytes.len() && bytes[i] != b'"' {
                i += if bytes[i] == b'\\' { 2 } else { 1 };
            }
            i += 1;
        } else if bytes[i].is_ascii_whitespace() || !bytes[i].is_ascii() {
            i += 1;
        } else if word(bytes[i]) {
            i += rest.bytes().take_while(|b| word(*b)).count();
            out.push(Token {
                text: &source[start..i],
                line,
            });
        } else {
            let length = ["..=", "=>", "<<", "::", ".."]
                .iter()
                .find(|o| rest.starts_with(**o))
                .map_or(1, |o| o.len());
            i += length;
            out.push(Token {
                text: &source[start..i],
                line,
            });
        }
        i = i.min(bytes.len());
        line += bytes[start..i].iter().filter(|b| **b == b'\n').count();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kernel: &str) -> Vec<usize> {
        let source =
            format!("impl Logic for X {{\n#[hdl_gen]\nfn update(&mut self) {{\n{kernel}\n}}\n}}\nfn other() {{ for i in 0..=3 {{}} }}\n");
        source_lint(&source).into_iter().map(|f| f.line).collect()
    }

    #[test]
    fn finds_what_the_macro_loses() {
        assert_eq!(lines("match self.a.val() {\nS::A if self.b.val() => {}\n_ => {}\n}"), [5]);
        assert_eq!(lines("for i in 0..=3 {\nself.y[i].next = false;\n}"), [4]);
        assert_eq!(lines("for i in 0..3 {\nself.i.next = false;\n}"), [5]);
        assert_eq!(lines("for i in 0..3 {\nfor i in 0..2 {}\n}"), [5]);
        assert_eq!(lines("match self.a.val() {\nidle => {}\n}"), [5]);
        assert_eq!(lines("self.y.next = self.a.val().get_bit(self.b.val().index() + 1);"), [4]);
        assert_eq!(lines("self.y.next = self.a.val().get_bit(1 + self.b.val().index());"), [4]);
    }

    #[test]
    fn is_silent_about_the_rest() {
        let fine = "// for i in 0..=3\nfor i in 0..3 {\nif self.a.val().index() == i { self.y[i].next = self.b.val().get_bit(self.c.val().index()); }\n}\n\
                    match self.s.val() {\nS::A => {}\nS::B => self.y.next = true,\n_ => {}\n}";
        assert_eq!(lines(fine), [0usize; 0]);
    }
}
