//! `xtask/ratchet.txt`: today's exceptions to the length rules. Its numbers may only fall.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use super::Fault;
use super::rust::Long;
use crate::house::House;

const FILE: &str = "xtask/ratchet.txt";
const HEADER: &str = "# Files (over 600 lines) and functions (over 70) that are longer than the house rules allow.\n\
    # One a line: length, then path or path::function. `cargo xtask tidy --shrink` lowers the numbers; nothing may be added.\n";

/// Compares what is too long with the ratchet; with `shrink`, first lowers the ratchet to today's lengths.
pub fn faults(house: &House, long: &[Long], shrink: bool) -> Result<Vec<Fault>> {
    let path = house.root.join(FILE);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let listed = parse(&text);
    if shrink {
        let lowered = lower(&listed, long);
        fs::write(&path, print(&lowered)).with_context(|| format!("write {FILE}"))?;
        return Ok(compare(&lowered, long));
    }
    Ok(compare(&listed, long))
}

type Lengths = BTreeMap<String, usize>;

fn parse(text: &str) -> Lengths {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let entry = |line: &str| {
        let (length, key) = line.split_once(' ')?;
        Some((key.trim().to_owned(), length.parse().ok()?))
    };
    lines.filter_map(entry).collect()
}

fn print(lengths: &Lengths) -> String {
    let lines = lengths
        .iter()
        .map(|(key, length)| format!("{length} {key}\n"));
    HEADER.to_owned() + &lines.collect::<String>()
}

/// The listed lengths that are still needed, none larger than before, none new.
fn lower(listed: &Lengths, long: &[Long]) -> Lengths {
    let today: BTreeMap<&str, usize> = long
        .iter()
        .map(|long| (long.key.as_str(), long.length))
        .collect();
    let still = |(key, &length): (&String, &usize)| {
        today
            .get(key.as_str())
            .map(|&now| (key.clone(), length.min(now)))
    };
    listed.iter().filter_map(still).collect()
}

fn compare(listed: &Lengths, long: &[Long]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for Long {
        key,
        path,
        line,
        length,
        max,
    } in long
    {
        let rule = if key == path {
            "file-length"
        } else {
            "function-length"
        };
        match listed.get(key) {
            None => {
                let mend = format!("{length} lines, at most {max}: split it by responsibility");
                faults.push(Fault::new(path, *line, rule, mend));
            }
            Some(&was) if *length > was => {
                let mend =
                    format!("grew from {was} to {length} lines; what is in {FILE} may only shrink");
                faults.push(Fault::new(path, *line, rule, mend));
            }
            Some(&was) if *length < was => {
                let mend = format!(
                    "`{key}` has shrunk from {was} to {length} lines: run `cargo xtask tidy --shrink`"
                );
                faults.push(Fault::new(FILE, 0, "ratchet", mend));
            }
            Some(_) => {}
        }
    }
    for key in listed
        .keys()
        .filter(|key| !long.iter().any(|long| long.key == **key))
    {
        let mend = format!("`{key}` is no longer too long: run `cargo xtask tidy --shrink`");
        faults.push(Fault::new(FILE, 0, "ratchet", mend));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(key: &str, length: usize) -> Long {
        let path = key.split("::").next().unwrap().to_owned();
        Long {
            key: key.into(),
            path,
            line: 1,
            length,
            max: 70,
        }
    }

    fn rules(listed: &str, long: &[Long]) -> Vec<&'static str> {
        compare(&parse(listed), long)
            .into_iter()
            .map(|fault| fault.rule)
            .collect()
    }

    #[test]
    fn only_what_is_listed_may_be_long_and_no_longer_than_that() {
        assert_eq!(rules("", &[long("a.rs", 700)]), ["file-length"]);
        assert_eq!(rules("", &[long("a.rs::f", 71)]), ["function-length"]);
        assert!(rules("# why\n80 a.rs::f\n", &[long("a.rs::f", 80)]).is_empty());
        assert_eq!(
            rules("80 a.rs::f\n", &[long("a.rs::f", 81)]),
            ["function-length"]
        );
    }

    #[test]
    fn slack_must_be_taken_in() {
        assert_eq!(rules("80 a.rs::f\n", &[long("a.rs::f", 79)]), ["ratchet"]);
        assert_eq!(rules("80 a.rs::f\n", &[]), ["ratchet"]);
    }

    #[test]
    fn shrinking_never_adds_or_raises() {
        let listed = parse("80 a.rs::f\n90 a.rs::g\n100 a.rs::gone\n");
        let lowered = lower(
            &listed,
            &[
                long("a.rs::f", 85),
                long("a.rs::g", 75),
                long("a.rs::new", 99),
            ],
        );
        assert_eq!(print(&lowered), format!("{HEADER}80 a.rs::f\n75 a.rs::g\n"));
        assert_eq!(parse(&print(&lowered)), lowered);
    }
}
