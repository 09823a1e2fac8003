//! Tests of the whole reading half: small texts in, columns and guesses out.

mod contracts;
mod dialects;
mod events;
mod guessing;
mod inference;
mod lists;
mod mutants;
mod reading;
mod real;
mod shop;
mod subscriptions;
mod tables;

use std::path::Path;

use super::{Dialect, Guess, Profile, SourceFile, TableKind, dialect, files, guess, infer};

/// A file of its own folder, removed with it.
struct Scratch {
    _dir: tempfile::TempDir,
    file: SourceFile,
}

fn scratch(name: &str, bytes: &[u8]) -> Scratch {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), bytes).unwrap();
    let file = files::expand(dir.path(), name).unwrap().remove(0);
    Scratch { _dir: dir, file }
}

fn sniffed(text: &str) -> Dialect {
    dialect::sniff_bytes(text.as_bytes(), true).unwrap()
}

fn profiled(text: &str) -> Profile {
    let scratch = scratch("t.csv", text.as_bytes());
    infer::profile(&scratch.file, None).unwrap()
}

fn guessed(text: &str) -> Guess {
    guess::guess(&profiled(text), None)
}

/// The roles as `role=column`, traits and the like aside.
fn roles(guess: &Guess) -> Vec<String> {
    use super::Role::{Personal, ProductTrait, Trait};
    guess
        .roles
        .iter()
        .filter(|g| !matches!(g.role, Trait | ProductTrait | Personal))
        .map(|g| format!("{}={}", g.role.name(), g.column))
        .collect()
}

/// Numbers that look random, the same each time (Knuth's MMIX generator).
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 30) as f64 / (1_u64 << 30) as f64
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn is_orders(guess: &Guess) -> bool {
    guess.kind == TableKind::OrderLines
}

/// The folder of real files, if there is one.
fn real_data() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("PERENNIAL_DATA")?;
    Path::new(&folder).is_dir().then(|| folder.into())
}
