//! `cargo xtask test`: everything a change must pass, in one profile, on a machine with only Rust.
//!
//! Tests that need a Python, a server, a browser or public data skip themselves when the machine
//! has none; they append the reason to the file named by `PERENNIAL_SKIPS`, and the last
//! lines printed here say what was skipped and why.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::args::Args;
use crate::house::{House, cargo, shown, succeeds};
use crate::{codegen, needs, tidy};

const REQUIREMENTS: &str = "bench/peers/requirements-test.txt";

struct Options {
    filter: Option<String>,
    package: Option<String>,
    lint: bool,
}

/// What was counted; a check such as tidy counts as one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

pub fn run(house: &House, mut args: Args) -> Result<bool> {
    let options = Options {
        filter: args.option("--filter")?,
        package: args.option("--package")?,
        lint: args.flag("--lint"),
    };
    args.end()?;
    // A part of the tests was asked for: then only that part, without the checks.
    let whole = options.filter.is_none() && options.package.is_none();
    eprintln!("{}", plan(&options, whole));

    let skips = house.target.join("skipped-tests.txt");
    fs::create_dir_all(&house.target)
        .with_context(|| format!("make {}", house.target.display()))?;
    fs::write(&skips, "").with_context(|| format!("write {}", skips.display()))?;
    let mut tally = Tally::default();
    if whole {
        check(&mut tally, "format", formatted(house));
        check(&mut tally, "tidy", tidy::check(house, false));
    }
    if options.lint {
        check(&mut tally, "lint", lint_all(house));
    }
    let mut missing = Vec::new();
    let environment = environment(house, &mut missing)?;
    let tested = tests(house, &options, &environment, &skips)?;
    tally.passed += tested.passed;
    tally.failed += tested.failed;
    tally.skipped += tested.skipped;
    if whole {
        check(&mut tally, "reference", codegen::check(house));
    }
    report(
        &mut tally,
        &fs::read_to_string(&skips).unwrap_or_default(),
        &missing,
    );
    Ok(tally.failed == 0)
}

fn plan(options: &Options, whole: bool) -> String {
    let mut steps = Vec::new();
    if whole {
        steps.push("check format and house rules (seconds)");
    }
    if options.lint {
        steps.push("clippy (a second pass over the dependencies)");
    }
    steps.push("bring what tests need: a Python in the target folder, a browser (root only if it must be installed)");
    steps.push("build and test in the release profile (a first build: about 25 minutes on 2 cores, 10 on 8)");
    if whole {
        steps.push("check that the generated pages are up to date");
    }
    let lines: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(i, step)| format!("  {}. {step}", i + 1))
        .collect();
    format!("cargo xtask test will\n{}", lines.join("\n"))
}

fn check(tally: &mut Tally, name: &str, outcome: Result<bool>) {
    match outcome {
        Ok(true) => tally.passed += 1,
        Ok(false) => {
            tally.failed += 1;
            println!("check {name} ... FAILED");
        }
        Err(error) => {
            tally.failed += 1;
            println!("check {name} ... FAILED: {error:#}");
        }
    }
}

fn formatted(house: &House) -> Result<bool> {
    needs::toolchain(house, "rustfmt", "fmt")?;
    succeeds(
        cargo()
            .current_dir(&house.root)
            .args(["fmt", "--all", "--check"]),
    )
}

/// `cargo xtask lint`.
pub fn lint(house: &House, args: Args) -> Result<bool> {
    args.end()?;
    lint_all(house)
}

fn lint_all(house: &House) -> Result<bool> {
    needs::toolchain(house, "clippy", "clippy")?;
    let mut clippy = cargo();
    clippy.current_dir(&house.root);
    clippy.args([
        "clippy",
        "--release",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]);
    succeeds(&mut clippy)
}

/// What the tests are told: variables for the Python, the servers and the browser, where a test asks for them.
fn environment(
    house: &House,
    missing: &mut Vec<String>,
) -> Result<BTreeMap<&'static str, PathBuf>> {
    let mut environment = BTreeMap::new();
    let uses = |what: &str| -> Result<bool> {
        for file in house.files()? {
            let name = file.to_string_lossy().replace('\\', "/");
            let of_a_test = name.starts_with("crates/")
                && !name.starts_with("crates/testkit/")
                && name.ends_with(".rs");
            let asks = |text: String| text.contains("perennial_testkit") && text.contains(what);
            if of_a_test && house.text(&file)?.is_some_and(asks) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    if uses("python()")? {
        match needs::python(house, "tests", REQUIREMENTS) {
            Ok(python) => drop(environment.insert("PERENNIAL_TEST_PYTHON", python)),
            Err(error) => missing.push(format!("no Python for the tests: {error:#}")),
        }
    }
    if uses("postgres()")? {
        match needs::postgres() {
            Ok(bin) => drop(environment.insert("PERENNIAL_TEST_POSTGRES", bin)),
            Err(error) => missing.push(format!("no PostgreSQL for the tests: {error:#}")),
        }
    }
    if uses("mariadb()")? {
        match needs::mariadb() {
            Ok(server) => drop(environment.insert("PERENNIAL_TEST_MARIADB", server)),
            Err(error) => missing.push(format!("no MariaDB for the tests: {error:#}")),
        }
    }
    if uses("browser()")? {
        match needs::browser() {
            Ok(browser) => drop(environment.insert("PERENNIAL_TEST_BROWSER", browser)),
            Err(error) => missing.push(format!("no browser for the tests: {error:#}")),
        }
    }
    Ok(environment)
}

/// Runs the harness, passing its lines on and counting its results.
fn tests(
    house: &House,
    options: &Options,
    environment: &BTreeMap<&str, PathBuf>,
    skips: &PathBuf,
) -> Result<Tally> {
    let mut test = cargo();
    test.current_dir(&house.root)
        .args(["test", "--release", "--no-fail-fast"]);
    match &options.package {
        Some(package) => test.args(["--package", package]),
        None => test.arg("--workspace"),
    };
    if let Some(filter) = &options.filter {
        test.args(["--", filter]);
    }
    test.envs(environment).env("PERENNIAL_SKIPS", skips);
    // Tests ask the machine for nothing that the caller happens to have set for their own work.
    test.env_remove("PERENNIAL_KEY_FILE");
    eprintln!("$ {}", shown(&test));
    let mut tally = Tally::default();
    let success = stream(&mut test, |line| tally.add(line))?;
    if !success && tally.failed == 0 {
        println!("the tests could not be built or stopped before their end");
        tally.failed += 1;
    }
    Ok(tally)
}

fn stream(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("start `{}`", shown(command)))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            each(&line);
        }
    }
    Ok(child.wait()?.success())
}

impl Tally {
    /// Adds a line `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ..`; other lines add nothing.
    fn add(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let count = |what: &str| -> usize {
            let part = counts
                .split([';', '.'])
                .find_map(|part| part.trim().strip_suffix(what));
            part.and_then(|number| number.trim().parse().ok())
                .unwrap_or(0)
        };
        self.passed += count("passed");
        self.failed += count("failed");
        self.skipped += count("ignored");
    }
}

/// The reasons of `PERENNIAL_SKIPS` with the tests that gave them; each test counted once.
fn reasons(skips: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut tests: BTreeMap<&str, &str> = BTreeMap::new();
    for (test, reason) in skips.lines().filter_map(|line| line.split_once('\t')) {
        tests.entry(test).or_insert(reason);
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (test, reason) in tests {
        reasons.entry(reason).or_default().push(test);
    }
    reasons
}

/// The last lines: what was skipped and why, then the sum alone on its line.
fn report(tally: &mut Tally, skips: &str, missing: &[String]) {
    println!();
    for line in missing {
        println!("note: {line}");
    }
    for (reason, tests) in reasons(skips) {
        // The harness counted them as passed.
        tally.passed = tally.passed.saturating_sub(tests.len());
        tally.skipped += tests.len();
        println!("skipped {} ({reason}): {}", tests.len(), tests.join(", "));
    }
    if env::var_os("PERENNIAL_DATA").is_none_or(|folder| folder.is_empty()) {
        println!("note: `PERENNIAL_DATA` is not set, so what needs public data did not run");
    }
    println!(
        "{} passed, {} failed, {} skipped",
        tally.passed, tally.failed, tally.skipped
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_summed() {
        let mut tally = Tally::default();
        tally.add("test result: ok. 15 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.13s");
        tally.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        tally.add("test a::b ... ok");
        assert_eq!(
            tally,
            Tally {
                passed: 18,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_test_that_skips_twice_counts_once() {
        let skips = "a::x\tno data\na::x\tno python\nb::y\tno data\n";
        assert_eq!(
            reasons(skips),
            BTreeMap::from([("no data", vec!["a::x", "b::y"])])
        );
        let mut tally = Tally {
            passed: 5,
            failed: 0,
            skipped: 1,
        };
        report(&mut tally, skips, &[]);
        assert_eq!(
            tally,
            Tally {
                passed: 3,
                failed: 0,
                skipped: 3
            }
        );
    }
}
