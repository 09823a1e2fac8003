//! The house rules as a test: `file:line: rule: how to mend it`.
//!
//! Rules are loosened only by `xtask/ratchet.txt`, and that may only shrink.

mod builds;
mod pages;
mod ratchet;
mod rooms;
mod rust;
mod texts;

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;

use crate::args::Args;
use crate::codegen;
use crate::house::House;

/// One broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    pub rule: &'static str,
    /// What is wrong and how to mend it.
    pub mend: String,
}

impl Fault {
    pub fn new(file: &str, line: usize, rule: &'static str, mend: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            rule,
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}: {}", self.file, self.rule, self.mend),
            line => write!(f, "{}:{line}: {}: {}", self.file, self.rule, self.mend),
        }
    }
}

/// A text file of the repository.
pub struct Text {
    /// Relative, with `/`.
    pub path: String,
    pub text: String,
}

pub fn run(house: &House, mut args: Args) -> Result<bool> {
    let quick = args.flag("--quick");
    let shrink = args.flag("--shrink");
    args.end()?;
    let mut clean = check(house, shrink)?;
    if !quick {
        clean &= codegen::check(house)?;
    }
    Ok(clean)
}

/// Every rule that needs no build; prints the faults.
pub fn check(house: &House, shrink: bool) -> Result<bool> {
    let files = house.files()?;
    let texts = read(house, &files)?;
    let mut faults = rooms::faults(&house.metadata);
    faults.extend(rust::faults(&texts));
    faults.extend(ratchet::faults(house, &rust::long_ones(&texts), shrink)?);
    faults.extend(texts::faults(&texts));
    faults.extend(texts::size_faults(house, &files));
    faults.extend(pages::faults(house, &texts));
    faults.extend(builds::faults(house)?);
    faults.sort();
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => eprintln!("tidy: {} files keep the house rules", files.len()),
        n => eprintln!("tidy: {n} faults"),
    }
    Ok(faults.is_empty())
}

fn read(house: &House, files: &[PathBuf]) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for file in files {
        if let Some(text) = house.text(file)? {
            texts.push(Text {
                path: file.to_string_lossy().replace('\\', "/"),
                text,
            });
        }
    }
    Ok(texts)
}
