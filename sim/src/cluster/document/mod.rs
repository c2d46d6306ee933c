//! `docs/EVALUATION.md` and its plots, from the results alone.

mod e1;
mod e3;
mod sections;
mod summary;
mod table;

use super::experiments::{Row, Size};
use super::grid::Account;
use super::plot::Plot;
use crate::error::{Error, Result};
use std::path::Path;

pub struct Results {
    pub size: Size,
    pub seeds: u64,
    pub account: Account,
    /// Experiment and its rows.
    pub experiments: Vec<(&'static str, Vec<Row>)>,
}

/// The document's text, and its plots by file name.
pub struct Document {
    pub text: String,
    pub plots: Vec<(String, String)>,
}

impl Document {
    /// A plot beside the document, and the line that shows it.
    fn plot(&mut self, name: &str, plot: &Plot<'_>) {
        let path = format!("evaluation/{name}.svg");
        self.text.push_str(&format!("\n![{}]({path})\n", plot.title));
        self.plots.push((path, plot.svg()));
    }
}

impl Results {
    fn head(&self) -> String {
        let (what, command) = match self.size {
            Size::Full => ("the full form", format!("make eval SEEDS={}", self.seeds)),
            _ => (
                "**the quick form: too few requests for figures to quote**",
                format!("make eval QUICK=1 SEEDS={}", self.seeds),
            ),
        };
        let rows: usize = self.experiments.iter().map(|(_, rows)| rows.len()).sum();
        let simulated: u64 = self
            .experiments
            .iter()
            .flat_map(|(_, rows)| rows)
            .flat_map(|r| &r.runs)
            .map(|f| f.requests)
            .sum();
        let thread_seconds: f64 = self
            .experiments
            .iter()
            .flat_map(|(_, rows)| rows)
            .flat_map(|r| &r.runs)
            .map(|f| f.wall)
            .sum();
        format!(
            "# Evaluation\n\nMade by `{command}` (`spareband-sim eval`); {what}. {rows} combinations of rule and point, each with the seeds 1 to {}; \
             {:.0} million requests, {:.0} thousand a second and thread in the mean. A value is the mean over the seeds ± half the 95 % \
             interval (Student's t over seeds). All rules meet the same arrivals, work, and antagonists for a seed, and comparisons are of \
             such pairs.\n\n{}{}",
            self.seeds,
            simulated as f64 / 1e6,
            simulated as f64 / thread_seconds.max(1e-9) / 1e3,
            summary::section(&self.experiments),
            sections::INTRODUCTION
        )
    }

    pub fn document(&self) -> Document {
        let mut document = Document {
            text: self.head(),
            plots: vec![],
        };
        for (name, rows) in &self.experiments {
            match *name {
                "e1" => e1::section(&mut document, rows),
                "e2" => sections::e2(&mut document, rows),
                "e3" => e3::section(&mut document, rows),
                "e4" => sections::e4(&mut document, rows),
                _ => sections::power(&mut document, rows),
            }
        }
        document.text.push_str(sections::LIMITS);
        document
    }
}

/// Write the text to `path` and the plots beside it.
pub fn write(document: &Document, path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let put = |path: &Path, text: &str| {
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(path, text))
            .map_err(|e| Error::io("write", path, &e))
    };
    for (name, svg) in &document.plots {
        put(&folder.join(name), svg)?;
    }
    put(path, &document.text)
}
