//! The heavy crates are compiled once: the program alone and the whole workspace with its tests
//! must ask every shared crate for the same features, or Cargo would build the family twice.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Fault;
use crate::house::{House, cargo, output};

/// Compares what `cargo build -p perennial` and `cargo test --workspace` resolve.
pub fn faults(house: &House) -> Result<Vec<Fault>> {
    let program = resolved(
        house,
        &["--package", "perennial", "--edges", "normal,build"],
    )?;
    let everything = resolved(house, &["--workspace", "--edges", "all"])?;
    Ok(compare(&program, &everything))
}

/// Package and version, and every set of features it is built with.
type Features = BTreeMap<String, BTreeSet<String>>;

fn resolved(house: &House, which: &[&str]) -> Result<Features> {
    let mut tree = cargo();
    tree.current_dir(&house.root).args([
        "tree", "--quiet", "--prefix", "none", "--format", "{p}\t{f}",
    ]);
    tree.args(which);
    Ok(parse(&output(&mut tree)?))
}

fn parse(tree: &str) -> Features {
    let mut features = Features::new();
    for line in tree.lines() {
        let (package, used) = line.split_once('\t').unwrap_or((line, ""));
        let package = package.split(" (").next().unwrap_or(package);
        features
            .entry(package.to_owned())
            .or_default()
            .insert(used.trim_end_matches(" (*)").to_owned());
    }
    features
}

fn compare(program: &Features, everything: &Features) -> Vec<Fault> {
    let none = BTreeSet::new();
    let mut faults = Vec::new();
    for (package, sets) in program {
        let with_tests = everything.get(package).unwrap_or(&none);
        for set in sets.difference(with_tests) {
            let others: Vec<String> = with_tests.iter().map(|other| added(set, other)).collect();
            let mend = format!(
                "`{package}` is built again for the tests ({}): declare those features in [workspace.dependencies] so that both agree",
                others.join("; ")
            );
            faults.push(Fault::new("Cargo.toml", 0, "one-build", mend));
        }
    }
    faults
}

/// How one set of features differs from another, both written `a,b,c`.
fn added(from: &str, to: &str) -> String {
    let set = |text: &'_ str| -> BTreeSet<String> { text.split(',').map(str::to_owned).collect() };
    let (from, to) = (set(from), set(to));
    let plus = to.difference(&from).map(|feature| format!("+{feature}"));
    let minus = from.difference(&to).map(|feature| format!("-{feature}"));
    plus.chain(minus).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_only_tests_ask_for_is_found() {
        let program = parse(
            "perennial v0.1.0 (/r/crates/perennial)\t\ntokio v1.0.0\tdefault,rt\nserde v1.0.0\tstd\n",
        );
        let same = parse(
            "tokio v1.0.0\tdefault,rt (*)\nserde v1.0.0\tstd\nserde v1.0.0\talloc\nperennial v0.1.0 (/r)\t\n",
        );
        assert!(compare(&program, &same).is_empty());
        let more = parse("tokio v1.0.0\tdefault,net,rt\nserde v1.0.0\tstd\nperennial v0.1.0\t\n");
        let found = compare(&program, &more);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].mend.contains("`tokio v1.0.0`") && found[0].mend.contains("+net"),
            "{found:?}"
        );
    }
}
