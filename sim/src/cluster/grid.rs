//! Many runs on all cores: cells of policy, model and seed; what is finished is kept in a folder and used again.

use super::engine::{Watch, run};
use super::model::{MODEL_VERSION, Model};
use super::policies;
use super::stats::Figures;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    pub policy: String,
    pub seed: u64,
    pub model: Model,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// All that the figures depend on. The file's name is only its hash.
    key: String,
    figures: Figures,
}

impl Cell {
    fn key(&self) -> String {
        let cell = serde_json::to_string(self).expect("numbers and names");
        let revision = policies::revision(&self.policy);
        format!("model {MODEL_VERSION}.{revision}, package {}: {cell}", env!("CARGO_PKG_VERSION"))
    }

    fn path(&self, folder: &Path) -> PathBuf {
        // FNV-1a, 64 bits.
        let hash = self
            .key()
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
        folder.join(format!("{hash:016x}.json"))
    }

    /// A file that cannot be read, or is of another cell, is no result; it is written anew.
    fn kept(&self, folder: &Path) -> Option<Figures> {
        let text = std::fs::read_to_string(self.path(folder)).ok()?;
        let kept: Kept = serde_json::from_str(&text).ok()?;
        (kept.key == self.key()).then_some(kept.figures)
    }

    fn keep(&self, folder: &Path, figures: &Figures) -> Result<()> {
        let path = self.path(folder);
        let text = serde_json::to_string(&Kept {
            key: self.key(),
            figures: figures.clone(),
        })
        .expect("numbers and names");
        // Whole or not at all, whenever the run is interrupted.
        let partial = path.with_extension(format!("partial{}", std::process::id()));
        std::fs::write(&partial, text)
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|e| Error::io("write", &path, &e))
    }
}

pub struct Options<'a> {
    pub jobs: usize,
    pub cache: Option<&'a Path>,
    pub stop: &'a AtomicBool,
    /// Called a few times a second with requests done and to do.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// What the whole grid took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Account {
    pub cells: usize,
    /// Of them from the folder.
    pub kept: usize,
    /// Simulated now.
    pub requests: u64,
    pub wall: f64,
}

impl Account {
    pub fn add(&mut self, other: &Account) {
        self.cells += other.cells;
        self.kept += other.kept;
        self.requests += other.requests;
        self.wall += other.wall;
    }

    pub fn requests_per_second(&self) -> f64 {
        if self.wall > 0.0 { self.requests as f64 / self.wall } else { 0.0 }
    }
}

pub fn run_all(cells: &[Cell], options: &Options<'_>) -> Result<(Vec<Figures>, Account)> {
    for cell in cells {
        cell.model.check()?;
        policies::parse(&cell.policy)?;
    }
    if let Some(folder) = options.cache {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, &e))?;
    }
    let begin = Instant::now();
    let mut results: Vec<Option<Figures>> = cells.iter().map(|c| options.cache.and_then(|f| c.kept(f))).collect();
    let mut todo: Vec<usize> = (0..cells.len()).filter(|i| results[*i].is_none()).collect();
    let kept = cells.len() - todo.len();
    // Long ones first, so that no core waits for the last one.
    todo.sort_by_key(|i| std::cmp::Reverse(cells[*i].model.requests * cells[*i].model.servers as u64));
    let total: u64 = todo.iter().map(|i| cells[*i].model.requests).sum();
    let (done, next, ended) = (AtomicU64::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let fresh: Mutex<Vec<(usize, Figures)>> = Mutex::new(vec![]);
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(&index) = todo.get(place) else { return Ok(()) };
            let cell = &cells[index];
            let mut balancer = policies::build(&cell.policy, &cell.model, cell.seed)?;
            let watch = Watch {
                done: &done,
                stop: options.stop,
            };
            let Some(figures) = run(&cell.model, balancer.as_mut(), cell.seed, &watch) else {
                return Ok(());
            };
            if let Some(folder) = options.cache {
                cell.keep(folder, &figures)?;
            }
            fresh.lock().expect("no thread panics holding it").push((index, figures));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs.clamp(1, todo.len().max(1)))
            .map(|_| {
                scope.spawn(|| {
                    if let Err(error) = work() {
                        options.stop.store(true, Ordering::Relaxed);
                        *failure.lock().expect("no thread panics holding it") = Some(error);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                (options.progress)(done.load(Ordering::Relaxed), total);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let panicked = workers.into_iter().any(|w| w.join().is_err());
        ended.store(true, Ordering::Relaxed);
        if panicked {
            *failure.lock().expect("workers are gone") = Some(Error::failed("a run failed: this is an error of the simulation"));
        }
    });
    if let Some(error) = failure.into_inner().expect("workers are gone") {
        return Err(error);
    }
    let fresh = fresh.into_inner().expect("workers are gone");
    let mut account = Account {
        cells: cells.len(),
        kept,
        requests: 0,
        wall: begin.elapsed().as_secs_f64(),
    };
    for (index, figures) in fresh {
        account.requests += figures.requests;
        results[index] = Some(figures);
    }
    let finished = results.iter().flatten().count();
    if finished < cells.len() {
        return Err(Error::failed(format!(
            "interrupted: {finished} of {} cells are finished and kept; the same command goes on from there",
            cells.len()
        )));
    }
    Ok((results.into_iter().flatten().collect(), account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Vec<Cell> {
        let model = Model {
            requests: 3000,
            warm_up: 100,
            ..Default::default()
        };
        ["rr", "lu-delta", "prequal"]
            .into_iter()
            .flat_map(|policy| (1..3).map(move |seed| (policy, seed)))
            .map(|(policy, seed)| Cell {
                policy: policy.into(),
                seed,
                model: model.clone(),
            })
            .collect()
    }

    fn same(a: &[Figures], b: &[Figures]) -> bool {
        // All but the time it took.
        let strip = |f: &Figures| Figures { wall: 0.0, ..f.clone() };
        a.iter().map(strip).eq(b.iter().map(strip))
    }

    #[test]
    fn the_number_of_threads_changes_nothing_and_finished_cells_are_kept() {
        let stop = AtomicBool::new(false);
        let folder = std::env::temp_dir().join(format!("spareband_grid_{}", std::process::id()));
        let options = |jobs, cache| Options {
            jobs,
            cache,
            stop: &stop,
            progress: &|_, _| {},
        };
        let cells = cells();
        let (alone, _) = run_all(&cells, &options(1, None)).unwrap();
        let (shared, account) = run_all(&cells, &options(3, Some(&folder))).unwrap();
        assert!(same(&alone, &shared));
        assert_eq!(account.kept, 0);
        assert!(alone[0] != alone[1], "seeds differ");
        // One file damaged, one of another cell: both are made again.
        std::fs::write(cells[0].path(&folder), "{").unwrap();
        std::fs::copy(cells[1].path(&folder), cells[2].path(&folder)).unwrap();
        let (again, account) = run_all(&cells, &options(2, Some(&folder))).unwrap();
        assert!(same(&alone, &again));
        assert_eq!(account.kept, cells.len() - 2);
        // Interrupted: says so, keeps the rest.
        std::fs::remove_file(cells[0].path(&folder)).unwrap();
        stop.store(true, Ordering::Relaxed);
        let error = run_all(&cells, &options(1, Some(&folder))).unwrap_err();
        assert!(error.to_string().contains("5 of 6 cells are finished"), "{error}");
        assert_eq!(error.exit_code(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_cannot_be_is_a_usage_error() {
        let stop = AtomicBool::new(false);
        let options = Options {
            jobs: 1,
            cache: None,
            stop: &stop,
            progress: &|_, _| {},
        };
        let spoil = |f: &dyn Fn(&mut Cell)| {
            let mut cell = cells().remove(0);
            f(&mut cell);
            run_all(&[cell], &options).unwrap_err()
        };
        for error in [
            spoil(&|c| c.policy = "fastest".into()),
            spoil(&|c| c.model.servers = 0),
            spoil(&|c| c.model.servers = 129),
            spoil(&|c| c.model.rate = -1.0),
            spoil(&|c| c.model.cores = f64::NAN),
            spoil(&|c| c.model.idle_share = 1.5),
            spoil(&|c| c.model.warm_up = c.model.requests),
            spoil(&|c| c.model.dispatchers = 0),
        ] {
            assert_eq!(error.exit_code(), 2, "{error}");
        }
    }
}
