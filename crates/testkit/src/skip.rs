//! Tests that need something a machine may lack: they skip themselves, and say so.
//!
//! The harness counts a test that returns early as passed and hides what it
//! printed. So the reason is also appended to the file named by
//! `PERENNIAL_SKIPS`, which `cargo xtask test` sets, counts and prints last.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Notes that the running test is skipped, and why. The caller returns next.
pub fn skip(reason: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("skipped {test}: {reason}");
    if let Some(path) = env::var_os("PERENNIAL_SKIPS") {
        let line = format!("{test}\t{reason}\n");
        // One write of a short line in append mode: test binaries do not mix their lines.
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .unwrap_or_else(|e| panic!("note a skipped test in {}: {e}", path.display()));
    }
}

/// A file of the public data sets, or `None` after noting why the test is skipped:
/// `let Some(file) = data_file("folder/name.csv") else { return };`
pub fn data_file(name: &str) -> Option<PathBuf> {
    let Some(folder) = set("PERENNIAL_DATA") else {
        skip("`PERENNIAL_DATA` is not set");
        return None;
    };
    let path = folder.join(name);
    if !path.exists() {
        skip(&format!("`PERENNIAL_DATA` has no `{name}`"));
        return None;
    }
    Some(path)
}

/// A Python with the packages of `bench/peers/requirements-test.txt`, or `None` after noting the skip.
pub fn python() -> Option<PathBuf> {
    told(
        "PERENNIAL_TEST_PYTHON",
        "no Python with the test packages (`cargo xtask test` makes one)",
    )
}

/// A Chromium that runs without a display, or `None` after noting the skip.
pub fn browser() -> Option<PathBuf> {
    told(
        "PERENNIAL_TEST_BROWSER",
        "no browser (`cargo xtask test` looks for Chromium)",
    )
}

pub(crate) fn told(name: &str, reason: &str) -> Option<PathBuf> {
    let path = set(name);
    if path.is_none() {
        skip(reason);
    }
    path
}

fn set(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
