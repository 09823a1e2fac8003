//! `cargo xtask bench`: ours and peers in turn in one run, several rounds, medians.
//!
//! Absolute times belong to a machine; what is kept is the ratio to peers
//! measured beside us: one JSON line per bench in `bench/history.jsonl`.

mod measure;
mod table;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use self::measure::{Usage, measure};
use self::table::{BENCHES, Bench, Contestant, SIMULATE};
use crate::args::Args;
use crate::house::{House, output};
use crate::needs;

const HISTORY: &str = "bench/history.jsonl";
const REQUIREMENTS: &str = "bench/peers/requirements.txt";

/// The words in braces that commands may hold.
#[cfg(test)]
pub const WORDS: &[&str] = &[
    "perennial",
    "python",
    "peers",
    "root",
    "data",
    "events",
    "work",
    "round",
    "customers",
    "as_of",
    "threads",
    "people",
];

struct Options {
    rounds: u64,
    data: Option<PathBuf>,
    customers: u64,
    keep_history: bool,
}

pub fn run(house: &House, mut args: Args) -> Result<bool> {
    let options = Options {
        rounds: args.number("--rounds", 3)?.max(1),
        data: args
            .option("--data")?
            .map(PathBuf::from)
            .or_else(public_data),
        customers: args.number("--customers", 500_000)?,
        keep_history: !args.flag("--no-history"),
    };
    let names = args.rest()?;
    for name in &names {
        if !BENCHES.iter().any(|bench| bench.name == name) {
            bail!("no bench `{name}`; there are:\n{}", list());
        }
    }
    let asked = |bench: &&Bench| names.is_empty() || names.iter().any(|name| name == bench.name);
    // Linking people alone needs no engine, and so no half hour of building.
    let program = if BENCHES
        .iter()
        .filter(asked)
        .any(|bench| bench.needs("{perennial}"))
    {
        house.build_program()?
    } else {
        house.program()
    };
    for bench in BENCHES.iter().filter(asked) {
        if bench.needs("{data}") && options.data.is_none() {
            eprintln!(
                "skipped {}: give `--data FILE`, or set `PERENNIAL_DATA`",
                bench.name
            );
            continue;
        }
        let line = compete(house, bench, &program, &options)?;
        println!("{line}");
        if options.keep_history {
            let path = house.root.join(HISTORY);
            let mut file = fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)?;
            writeln!(file, "{line}").with_context(|| format!("write {HISTORY}"))?;
        }
    }
    Ok(true)
}

/// The raw file that `retail` was made for, where public data stand.
fn public_data() -> Option<PathBuf> {
    let folder = env::var_os("PERENNIAL_DATA").filter(|folder| !folder.is_empty())?;
    let file = Path::new(&folder).join("online_retail/online_retail.csv.gz");
    file.exists().then_some(file)
}

fn list() -> String {
    let lines: Vec<String> = BENCHES
        .iter()
        .map(|bench| format!("  {:<14}{}", bench.name, bench.what))
        .collect();
    lines.join("\n")
}

type Words = BTreeMap<&'static str, String>;

fn compete(house: &House, bench: &Bench, program: &Path, options: &Options) -> Result<Value> {
    let folder = house.target.join("bench");
    let work = folder.join(bench.name);
    remove(&work)?;
    fs::create_dir_all(&work).with_context(|| format!("make {}", work.display()))?;
    let mut words = words(house, bench, program, options)?;
    words.insert("work", work.display().to_string());
    if bench.needs("{events}") {
        words.insert("events", simulate(&folder, options, &words)?);
    }
    for command in bench.prepare {
        eprintln!("{}: {command}", bench.name);
        perform(command, &words, &work.join("prepare"))?;
    }
    let mut usages: Vec<Vec<Usage>> = bench.contestants.iter().map(|_| Vec::new()).collect();
    let mut said = vec![Value::Null; bench.contestants.len()];
    for round in 0..options.rounds {
        let order: Vec<usize> = (0..bench.contestants.len()).collect();
        // Every other round backwards, so that nobody always runs on the other's warm cache.
        let order: Vec<usize> = if round % 2 == 0 {
            order
        } else {
            order.into_iter().rev().collect()
        };
        for i in order {
            let contestant = &bench.contestants[i];
            let (usage, last) = one_round(contestant, &words, &work)?;
            eprintln!(
                "{} round {}: {} {}",
                bench.name,
                round + 1,
                contestant.name,
                usage.json()
            );
            usages[i].push(usage);
            said[i] = last;
        }
    }
    remove(&work)?;
    let medians: Vec<Usage> = usages.iter().map(|rounds| Usage::median(rounds)).collect();
    history_line(house, bench, program, options, &medians, &said)
}

fn words(house: &House, bench: &Bench, program: &Path, options: &Options) -> Result<Words> {
    let mut words = Words::new();
    words.insert("perennial", program.display().to_string());
    words.insert("root", house.root.display().to_string());
    words.insert(
        "peers",
        house.root.join("bench/peers").display().to_string(),
    );
    words.insert("customers", options.customers.to_string());
    words.insert("as_of", bench.as_of.to_owned());
    words.insert("threads", cores().to_string());
    if let Some(data) = &options.data {
        let data = fs::canonicalize(data).with_context(|| format!("find {}", data.display()))?;
        words.insert("data", data.display().to_string());
    }
    if bench.needs("{people}") {
        let example = house.build_example("perennial-identity", "people")?;
        words.insert("people", example.display().to_string());
    }
    if bench.needs("{python}") {
        words.insert(
            "python",
            needs::python(house, "peers", REQUIREMENTS)?
                .display()
                .to_string(),
        );
    }
    Ok(words)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The simulated order lines, made once for each number of customers.
fn simulate(folder: &Path, options: &Options, words: &Words) -> Result<String> {
    let events = folder.join(format!("events-{}", options.customers));
    let path = events.display().to_string();
    let done = events.join("complete");
    if !done.exists() {
        remove(&events)?;
        fs::create_dir_all(&events).with_context(|| format!("make {path}"))?;
        eprintln!(
            "simulating {} customers into {path} (kept for the next time)",
            options.customers
        );
        let mut words = words.clone();
        words.insert("events", path.clone());
        perform(SIMULATE, &words, &folder.join("simulate"))?;
        fs::write(&done, "")?;
    }
    Ok(path)
}

/// One contestant's commands in an empty folder, and the last line of JSON it printed.
fn one_round(contestant: &Contestant, words: &Words, work: &Path) -> Result<(Usage, Value)> {
    let round = work.join("round");
    remove(&round)?;
    fs::create_dir_all(&round).with_context(|| format!("make {}", round.display()))?;
    let mut words = words.clone();
    words.insert("round", round.display().to_string());
    for command in contestant.fresh {
        perform(command, &words, &work.join("fresh"))?;
    }
    let mut total = Usage::default();
    let mut last = Value::Null;
    for command in contestant.measured {
        let (usage, stdout) = measure(&mut fill(command, &words)?, &work.join("measured"))?;
        total = total.then(usage);
        let line = stdout
            .lines()
            .rev()
            .find(|line| line.starts_with('{'))
            .unwrap_or("");
        last = serde_json::from_str(line).unwrap_or(last);
    }
    remove(&round)?;
    Ok((total, last))
}

/// A command that is not measured.
fn perform(command: &str, words: &Words, log: &Path) -> Result<()> {
    if let Some(paths) = command.strip_prefix("copy ") {
        let paths = paths
            .split_whitespace()
            .map(|path| filled(path, words))
            .collect::<Result<Vec<_>>>()?;
        let [from, to] = paths.as_slice() else {
            bail!("`{command}` needs two folders")
        };
        return copy(Path::new(from), Path::new(to));
    }
    measure(&mut fill(command, words)?, log).map(drop)
}

fn fill(command: &str, words: &Words) -> Result<Command> {
    let mut parts = command.split_whitespace().map(|part| filled(part, words));
    let program = parts.next().context("a command has a program")??;
    let mut filled = Command::new(program);
    for part in parts {
        filled.arg(part?);
    }
    Ok(filled)
}

fn filled(part: &str, words: &Words) -> Result<String> {
    let mut text = part.to_owned();
    for (word, value) in words {
        text = text.replace(&format!("{{{word}}}"), value);
    }
    if text.contains('{') {
        bail!("`{part}` has a word in braces that nothing fills in");
    }
    Ok(text)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("copy {}", entry.path().display()))?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("clear {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn history_line(
    house: &House,
    bench: &Bench,
    program: &Path,
    options: &Options,
    medians: &[Usage],
    said: &[Value],
) -> Result<Value> {
    let ours = medians.first().copied().unwrap_or_default();
    let mut peers = Map::new();
    let mut ratios = Map::new();
    let others = bench.contestants.iter().zip(medians).zip(said).skip(1);
    for ((contestant, usage), said) in others {
        peers.insert(contestant.name.to_owned(), entry(*usage, said));
        ratios.insert(contestant.name.to_owned(), ours.ratio(*usage));
    }
    let mut line = json!({
        "date": output(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]))?.trim(),
        "commit": commit(house),
        "bench": bench.name,
        "cores": cores(),
        "rounds": options.rounds,
        "ours": entry(ours, said.first().unwrap_or(&Value::Null)),
        "peers": peers,
        "ratios": ratios,
    });
    if bench.needs("{events}") {
        line["customers"] = json!(options.customers);
    }
    if let Ok(version) = output(Command::new(program).arg("--version")) {
        line["ours"]["version"] = json!(version.trim());
    }
    Ok(line)
}

/// What it took, with what the process said of itself (its version, its rows, its quality).
fn entry(usage: Usage, said: &Value) -> Value {
    let mut entry = usage.json();
    for (name, value) in said.as_object().into_iter().flatten() {
        entry[name] = value.clone();
    }
    entry
}

/// The commit measured, marked where the tree had changes on top.
fn commit(house: &House) -> String {
    let git = |args: &[&str]| output(Command::new("git").current_dir(&house.root).args(args));
    let Ok(id) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        ":!bench/history.jsonl",
    ])
    .is_ok_and(|text| !text.trim().is_empty());
    format!("{}{}", id.trim(), if changed { "+changes" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_filled_in_after_splitting() {
        let words = Words::from([
            ("perennial", "/a b/perennial".to_owned()),
            ("round", "/r".to_owned()),
        ]);
        let command = fill("{perennial} init {round}/shop", &words).unwrap();
        assert_eq!(command.get_program(), "/a b/perennial");
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["init", "/r/shop"]);
        assert!(fill("{python} x", &words).is_err());
    }

    #[test]
    fn folders_are_copied_and_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir_all(from.join("in")).unwrap();
        fs::write(from.join("in/file"), "x").unwrap();
        let to = folder.path().join("to");
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("in/file")).unwrap(), "x");
        remove(&to).unwrap();
        remove(&to).unwrap();
        assert!(!to.exists());
    }
}
