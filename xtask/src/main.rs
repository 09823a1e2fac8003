//! The project's chores, run as `cargo xtask NAME`.
//!
//! `tidy` keeps the house rules, `codegen` the generated pages, `test` runs
//! everything a change must pass, `lint` the compiler's advice, `bench` measures
//! against peers, `dist` packs a release, `screenshots` photographs the report.

mod args;
mod bench;
mod codegen;
mod dist;
mod house;
mod licenses;
mod needs;
mod screenshots;
mod source;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::house::House;

/// Every chore with its options and what it does; the README's check reads it too.
pub const CHORES: &[(&str, &str, &str)] = &[
    (
        "tidy",
        "[--quick] [--shrink]",
        "check the house rules; `--quick` builds nothing, `--shrink` lowers the ratchet",
    ),
    (
        "codegen",
        "[--check] [--licenses]",
        "write docs/reference and the licence texts, or check that they are up to date",
    ),
    (
        "test",
        "[--filter X] [--package P] [--lint]",
        "install what tests need, then check and test everything",
    ),
    ("lint", "", "clippy over everything, warnings are errors"),
    (
        "dist",
        "",
        "build with link-time optimisation and pack it with its papers under dist-packages in the target folder",
    ),
    (
        "bench",
        "[NAME]... [--rounds N] [--data FILE] [--customers N] [--no-history]",
        "measure against peers in one run",
    ),
    (
        "screenshots",
        "",
        "take docs/report-*.png in a real browser",
    ),
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` means the chore ran and found faults it has printed.
fn run() -> Result<bool> {
    let mut args = Args::new(std::env::args().skip(1));
    let Some(chore) = args.next_word() else {
        println!("{}", usage());
        return Ok(true);
    };
    if matches!(chore.as_str(), "help" | "-h" | "--help") {
        println!("{}", usage());
        return Ok(true);
    }
    let house = House::find()?;
    match chore.as_str() {
        "tidy" => tidy::run(&house, args),
        "codegen" => codegen::run(&house, args),
        "test" => test::run(&house, args),
        "lint" => test::lint(&house, args),
        "dist" => dist::run(&house, args),
        "bench" => bench::run(&house, args),
        "screenshots" => screenshots::run(&house, args),
        _ => bail!("no chore `{chore}`\n\n{}", usage()),
    }
}

fn usage() -> String {
    let mut text = "cargo xtask CHORE\n".to_owned();
    for (name, options, what) in CHORES {
        text.push_str(&format!(
            "\n  {}\n      {what}",
            format!("{name} {options}").trim_end()
        ));
    }
    text
}
