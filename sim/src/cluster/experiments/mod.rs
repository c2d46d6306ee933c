//! The experiments: for each its points (a model each), its policies, and what the sources say.

pub mod e1;
pub mod e2;
pub mod e3;
pub mod e4;
pub mod power;

use super::grid::Cell;
use super::model::Model;
use super::stats::{Estimate, Figures, estimate};
use serde::Serialize;

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Seconds in a debug build: a test.
    Short,
    /// Under five minutes on two cores.
    Quick,
    Full,
}

impl Size {
    pub fn pick<T>(self, short: T, quick: T, full: T) -> T {
        match self {
            Size::Short => short,
            Size::Quick => quick,
            Size::Full => full,
        }
    }

    pub fn seeds(self) -> u64 {
        self.pick(1, 3, 5)
    }
}

/// One model and the policies that meet it.
pub struct Point {
    /// Series of points that a table or plot shows together.
    pub series: &'static str,
    pub label: String,
    pub x: f64,
    pub model: Model,
    pub policies: Vec<String>,
}

pub struct Experiment {
    pub name: &'static str,
    pub points: Vec<Point>,
}

impl Experiment {
    pub fn cells(&self, seeds: u64) -> Vec<Cell> {
        let mut cells = vec![];
        for point in &self.points {
            for policy in &point.policies {
                cells.extend((1..=seeds).map(|seed| Cell {
                    policy: policy.clone(),
                    seed,
                    model: point.model.clone(),
                }));
            }
        }
        cells
    }
}

pub fn all(size: Size) -> Vec<Experiment> {
    vec![
        e1::experiment(size),
        e2::experiment(size),
        e3::experiment(size),
        e4::experiment(size),
        power::experiment(size),
    ]
}

/// A policy at a point: the runs of all seeds.
#[derive(Clone, Serialize)]
pub struct Row {
    pub series: &'static str,
    pub label: String,
    pub x: f64,
    pub policy: String,
    pub runs: Vec<Figures>,
}

impl Row {
    pub fn estimate(&self, what: impl Fn(&Figures) -> f64) -> Estimate {
        let values: Vec<f64> = self.runs.iter().map(what).collect();
        estimate(&values)
    }
}

/// Rows of an experiment from the results of its cells, in their order.
pub fn rows(experiment: &Experiment, seeds: u64, figures: &[Figures]) -> Vec<Row> {
    let mut chunks = figures.chunks(seeds as usize);
    let mut rows = vec![];
    for point in &experiment.points {
        for policy in &point.policies {
            rows.push(Row {
                series: point.series,
                label: point.label.clone(),
                x: point.x,
                policy: policy.clone(),
                runs: chunks.next().expect("a chunk a row").to_vec(),
            });
        }
    }
    rows
}

pub fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_string()).collect()
}
