//! Files of cases; their format is in `sim/golden/README.md`.
use super::expect::{Expected, Wanted};
use super::feature::Feature;
use super::notation::{Names, frame};
use super::setups::{self, Setups};
use crate::error::{Error, Result};
use crate::plane_model::{Admin, Frame, Place, Setup};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub struct Case {
    pub file: String,
    pub line: usize,
    pub name: String,
    pub setup: Rc<Setup>,
    pub needs: Vec<Feature>,
    pub steps: Vec<Step>,
}

pub enum Step {
    Frame(Exchange),
    Blade { index: usize, admin: Admin, enabled: bool },
}

/// A frame and what must become of it.
pub struct Exchange {
    pub line: usize,
    pub from: Place,
    pub frame: Frame,
    pub expected: Expected,
}

impl Case {
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.steps.iter().filter_map(|step| match step {
            Step::Frame(exchange) => Some(exchange),
            Step::Blade { .. } => None,
        })
    }
}

/// Cases of several files, each with the setups beside it; the setups among the files are passed over.
pub fn read_files(files: &[PathBuf]) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("setups.txt")) {
        let setups = file.with_file_name("setups.txt");
        let setups = setups::read(&text(&setups)?).map_err(|e| Error::usage(format!("{}:{e}", setups.display())))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = read(&text(file)?, &name, &setups);
        cases.extend(read.map_err(|e| Error::usage(format!("{}:{e}", file.display())))?);
    }
    Ok(cases)
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|e| Error::io("read", file, &e))
}

/// Lines without comments, those that go on joined, with their number.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let goes_on = line.starts_with(' ');
        let line = line.split('#').next().unwrap_or("").trim();
        match lines.last_mut() {
            _ if line.is_empty() => {}
            Some((_, before)) if goes_on => before.extend([" ", line]),
            _ => lines.push((number + 1, line.to_owned())),
        }
    }
    lines
}

pub fn read(text: &str, file: &str, setups: &Setups) -> std::result::Result<Vec<Case>, String> {
    let mut reader = Reader {
        file,
        setups,
        setup: None,
        cases: Vec::new(),
        pending: None,
    };
    for (number, line) in logical_lines(text) {
        reader.line(number, &line).map_err(|error| format!("{number}: {error}"))?;
    }
    reader.finish()?;
    Ok(reader.cases)
}

/// A frame whose verdict and output are still to come.
struct Pending {
    line: usize,
    from: Place,
    frame: Frame,
    wanted: Option<Wanted>,
    out: Option<String>,
}

struct Reader<'a> {
    file: &'a str,
    setups: &'a Setups,
    setup: Option<Rc<Setup>>,
    cases: Vec<Case>,
    pending: Option<Pending>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) -> std::result::Result<(), String> {
        let (key, value) = line.split_once(':').ok_or("a line is `key: value`")?;
        let value = value.trim();
        match key {
            "setup" => {
                self.finish()?;
                let setup = self.setups.get(value).ok_or_else(|| format!("there is no setup `{value}`"))?;
                self.setup = Some(Rc::clone(setup));
                // After `case:` it is that case's.
                if let Some(case) = self.cases.last_mut().filter(|case| case.steps.is_empty()) {
                    case.setup = Rc::clone(setup);
                }
            }
            "case" => {
                self.finish()?;
                let before = self.cases.last();
                if let Some(empty) = before.filter(|case| case.steps.is_empty()) {
                    return Err(format!("case `{}` has no frame", empty.name));
                }
                let setup = self.setup.clone().unwrap_or_else(|| Rc::new(Setup::new("none")));
                self.cases.push(Case {
                    file: self.file.to_owned(),
                    line: number,
                    name: value.to_owned(),
                    setup,
                    needs: Vec::new(),
                    steps: Vec::new(),
                });
            }
            "needs" => {
                let needs = value
                    .split(',')
                    .map(|need| Feature::read(need.trim()))
                    .collect::<std::result::Result<_, _>>()?;
                self.case()?.needs = needs;
            }
            "in" => self.frame(number, Place::Uplink, value)?,
            "do" => {
                self.finish()?;
                let [_, index, word] = value.split_whitespace().collect::<Vec<_>>()[..] else {
                    return Err("do wants `blade N STATE`".into());
                };
                let (admin, enabled) = setups::state(word)?;
                let index = index.parse().map_err(|_| format!("`{index}` is no blade"))?;
                self.case()?.steps.push(Step::Blade { index, admin, enabled });
            }
            "verdict" => {
                let wanted = Wanted::read(value)?;
                self.pending.as_mut().ok_or("a verdict without a frame")?.wanted = Some(wanted);
            }
            "out" => self.pending.as_mut().ok_or("an output without a frame")?.out = Some(value.to_owned()),
            _ => match key.strip_prefix("in from blade ").and_then(|n| n.parse().ok()) {
                Some(index) => self.frame(number, Place::Blade(index), value)?,
                None => return Err(format!("`{key}` is not understood")),
            },
        }
        Ok(())
    }

    fn case(&mut self) -> std::result::Result<&mut Case, String> {
        self.cases.last_mut().ok_or_else(|| "begin with `case:`".into())
    }

    fn frame(&mut self, line: usize, from: Place, value: &str) -> std::result::Result<(), String> {
        self.finish()?;
        let setup = Rc::clone(&self.case()?.setup);
        self.pending = Some(Pending {
            line,
            from,
            frame: frame(value, &Names { setup: &setup })?,
            wanted: None,
            out: None,
        });
        Ok(())
    }

    /// Puts the frame read last into its case.
    fn finish(&mut self) -> std::result::Result<(), String> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        let Pending {
            line,
            from,
            frame,
            wanted,
            out,
        } = pending;
        let wanted = wanted.ok_or_else(|| format!("the frame of line {line} has no verdict"))?;
        let case = self.case()?;
        let seen = case.exchanges().count();
        if let Wanted::BalanceLike(number) = wanted
            && !(1..=seen).contains(&number)
        {
            return Err(format!("there is no frame {number} before this one"));
        }
        let expected = Expected::read(wanted, out.as_deref(), &case.setup)?;
        case.steps.push(Step::Frame(Exchange {
            line,
            from,
            frame,
            expected,
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(text: &str) -> std::result::Result<Vec<Case>, String> {
        let setups = setups::read("setup plain\nservice 10.0.0.1 tcp any\nservice 10.0.0.1 udp any").unwrap();
        read(text, "test", &setups)
    }

    #[test]
    fn a_case_is_what_it_says() {
        let all = cases(
            "setup: plain\ncase: first # note\nneeds: ipv6, qinq\nin: eth\n  / data 50\n ; pad 70\nverdict: flood\ndo: blade 1 drain\n\
             in from blade 2: eth\nverdict: drop runt\ncase: second\nin: eth\nverdict: reply\nout: eth",
        )
        .unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].name.as_str(), all[0].needs.len(), all[0].steps.len()), ("first", 2, 3));
        let exchanges: Vec<&Exchange> = all[0].exchanges().collect();
        assert_eq!((exchanges[0].frame.bytes.len(), exchanges[0].line), (70, 4));
        assert_eq!(exchanges[1].from, Place::Blade(2));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, expected) in [
            ("case: a\nin: eth\ncase: b", "3: the frame of line 2 has no verdict"),
            ("case: a\ncase: b\nin: eth\nverdict: flood", "2: case `a` has no frame"),
            ("case: a\nin: eth\nverdict: reply\nin: eth", "a reply must be given"),
            ("case: a\nin: eth\nverdict: balance like 1\nin: eth", "no frame 1"),
            ("case: a\nneeds: luck", "`luck`"),
            ("case: a\nin: eth\nverdict: drop it", "`it`"),
            ("setup: none such", "there is no setup"),
            ("in: eth", "begin with `case:`"),
            ("colour: red", "`colour`"),
            ("case: a\nin: eth\nverdict: flood\nout: same but hat\nin: eth", "`hat`"),
        ] {
            let error = cases(text).err().unwrap_or_default();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
