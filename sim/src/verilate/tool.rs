//! Running the tools: finding them, a scratch folder that never stays behind, parallel compiler runs, the cache key.
use crate::error::{Error, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Tools {
    pub include: PathBuf,
    pub versions: String,
}

fn missing(tool: &str) -> Error {
    Error::failed(format!("`{tool}` is not installed; run `make setup`"))
}

fn output_of(tool: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(tool).args(arguments).output().map_err(|_| missing(tool))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

pub fn find() -> Result<Tools> {
    let verilator = output_of("verilator", &["--version"])?;
    let compiler = output_of("g++", &["--version"])?;
    let root = PathBuf::from(output_of("verilator", &["--getenv", "VERILATOR_ROOT"])?);
    let include = root.join("include");
    if !include.join("verilated.cpp").exists() {
        return Err(Error::failed(format!(
            "Verilator's run-time library is not in {}; run `make setup`",
            include.display()
        )));
    }
    Ok(Tools {
        include,
        versions: format!("{verilator}\n{compiler}"),
    })
}

impl Tools {
    /// The run-time sources a model needs, as the generated `Vmodel_classes.mk` lists them (differs between Verilator versions).
    pub fn runtime_sources(&self, work: &Path) -> Result<Vec<PathBuf>> {
        let makefile = work.join("Vmodel_classes.mk");
        let text = std::fs::read_to_string(&makefile).map_err(|e| Error::io("read", &makefile, &e))?;
        let mut inside = false;
        let mut sources = Vec::new();
        for line in text.lines() {
            let name = line.trim().trim_end_matches('\\').trim();
            if line.starts_with("VM_GLOBAL_FAST") || line.starts_with("VM_GLOBAL_SLOW") {
                inside = true;
            } else if inside && line.starts_with(char::is_whitespace) && !name.is_empty() {
                sources.push(self.include.join(format!("{name}.cpp")));
            } else if !line.starts_with(char::is_whitespace) {
                inside = false;
            }
        }
        Ok(sources)
    }
}

/// Runs a tool; on failure the error carries the first lines of what it said.
pub fn run(tool: &str, arguments: &[OsString]) -> Result<()> {
    let output = Command::new(tool).args(arguments).output().map_err(|_| missing(tool))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let head: Vec<&str> = said.lines().take(12).collect();
    Err(Error::failed(format!("{tool} failed ({}):\n{}", output.status, head.join("\n"))))
}

/// Runs `job` over all items on `jobs` threads; the results keep the order, the first error wins and stops new work.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], jobs: usize, job: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&i| i < items.len()) {
                    let result = job(&items[index]);
                    if result.is_err() {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    done.lock().expect("no thread panics with the lock").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics with the lock");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

pub fn files_with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io("list", folder, &e))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    // Longest compile first keeps both processors busy to the end.
    files.sort_by_key(|p| std::cmp::Reverse(p.metadata().map_or(0, |m| m.len())));
    Ok(files)
}

/// A folder that is gone when the value is: after success, error and panic alike.
pub struct WorkFolder {
    pub path: PathBuf,
}

impl WorkFolder {
    pub fn new(parent: &Path, name: &str) -> Result<Self> {
        let path = parent.join(format!(".{name}.{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(|e| Error::io("make the folder", &path, &e))?;
        Ok(Self { path })
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// What `-march=native` depends on.
pub fn cpu_features() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    text.lines()
        .find(|l| l.starts_with("flags") || l.starts_with("Features"))
        .unwrap_or_default()
        .to_owned()
}

/// FNV-1a over all parts, each with its length: no part can borrow bytes from the next.
pub fn content_key(parts: &[&[u8]]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in (part.len() as u64).to_le_bytes().iter().chain(part.iter()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_depends_on_every_part_and_on_their_borders() {
        let base = content_key(&[b"ab", b"c"]);
        assert_eq!(base, content_key(&[b"ab", b"c"]));
        assert_ne!(base, content_key(&[b"a", b"bc"]));
        assert_ne!(base, content_key(&[b"ab", b"d"]));
    }

    #[test]
    fn parallel_keeps_order_and_reports_the_error() {
        let items: Vec<u32> = (0..50).collect();
        assert_eq!(
            in_parallel(&items, 4, |i| Ok(i * 2)).unwrap(),
            (0..50).map(|i| i * 2).collect::<Vec<_>>()
        );
        let failed = in_parallel(&items, 4, |&i| if i == 7 { Err(Error::failed("seven")) } else { Ok(i) });
        assert_eq!(failed.unwrap_err().to_string(), "seven");
    }

    #[test]
    fn a_missing_tool_names_the_remedy() {
        let error = run("no-such-tool-here", &[]).unwrap_err();
        assert_eq!(error.to_string(), "`no-such-tool-here` is not installed; run `make setup`");
    }
}
