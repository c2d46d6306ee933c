//! What is printed and how: tables, JSON, colours, hints.

use crate::cli::{Cli, Color};
use serde_json::Value;
use spareband::Error;
use std::io::{self, IsTerminal, Write};

/// Where and how to print.
pub struct Output {
    pub json: bool,
    pub terminal: bool,
    color: bool,
    color_errors: bool,
    quiet: bool,
    verbose: u8,
}

/// Colour of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}

/// Text and its colour.
pub struct Cell(pub String, pub Tone);

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Cell(text.into(), Tone::Plain)
    }
}

impl Output {
    pub fn new(cli: &Cli) -> Self {
        let auto = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let color = |terminal: bool| cli.color == Color::Always || cli.color == Color::Auto && auto && terminal;
        let terminal = io::stdout().is_terminal();
        Output {
            json: cli.json,
            terminal,
            color: color(terminal),
            color_errors: color(io::stderr().is_terminal()),
            quiet: cli.quiet,
            verbose: cli.verbose,
        }
    }

    fn paint(&self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Plain => return text.to_string(),
            Tone::Good => 32,
            Tone::Warn => 33,
            Tone::Bad => 31,
        };
        if self.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }

    /// A result. A reader that has gone away is no error.
    pub fn print(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// A JSON document with its schema, on one line if `compact`.
    pub fn json(&self, schema: &str, mut document: Value, compact: bool) {
        document["schema"] = Value::String(format!("spareband.{schema}.v1"));
        let text = if compact { document.to_string() } else { format!("{document:#}") };
        self.print(&(text + "\n"));
    }

    /// Columns as wide as their widest cell; columns of numbers are right-aligned.
    pub fn table(&self, heads: &[&str], rows: &[Vec<Cell>]) -> String {
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].0.chars().count());
            cells.chain([heads[column].chars().count()]).max().unwrap_or(0)
        };
        let numeric = |column: usize| {
            let mut filled = rows.iter().map(|row| row[column].0.as_str()).filter(|text| *text != "-").peekable();
            filled.peek().is_some() && filled.all(|text| text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains([':', '(']))
        };
        let mut text = String::new();
        let mut line = |cells: Vec<(&str, Tone)>| {
            let mut out = String::new();
            for (column, (cell, tone)) in cells.into_iter().enumerate() {
                let pad = " ".repeat(width(column) - cell.chars().count());
                let cell = self.paint(cell, tone);
                out += &if numeric(column) {
                    format!("{pad}{cell}  ")
                } else {
                    format!("{cell}{pad}  ")
                };
            }
            text += out.trim_end();
            text.push('\n');
        };
        line(heads.iter().map(|head| (*head, Tone::Plain)).collect());
        rows.iter()
            .for_each(|row| line(row.iter().map(|cell| (cell.0.as_str(), cell.1)).collect()));
        text
    }

    /// A bar of at most `width` characters, in eighths.
    pub fn bar(&self, share: f64, width: usize) -> String {
        const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
        let eighths = (share.clamp(0.0, 1.0) * 8.0 * width as f64).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        if !eighths.is_multiple_of(8) {
            bar.push(EIGHTHS[eighths % 8]);
        }
        bar
    }

    /// Whether to show how far a long reading is.
    pub fn progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Something to know that is no result.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("note: {text}");
        }
    }

    /// Something only the curious want to know.
    pub fn detail(&self, text: &str) {
        if self.verbose > 0 {
            eprintln!("{text}");
        }
    }

    /// One line of what went wrong and one of what to do.
    pub fn error(&self, error: &Error) {
        let (red, off) = if self.color_errors { ("\x1b[31m", "\x1b[0m") } else { ("", "") };
        eprintln!("{red}error{off}: {error}");
        if let Some(help) = error.help() {
            eprintln!("help: {help}");
        }
    }
}
