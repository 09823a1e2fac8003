//! Rules for every text file: no machine's paths, no data sets in the program, one place for `PERENNIAL_DATA`, nothing large.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Fault, Text};
use crate::house::House;
use crate::source::{mask, test_regions};

/// Largest file, in bytes.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// Starts of absolute paths that exist on somebody's machine only. Written in parts, so that this file passes.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers"),
];

/// Public data sets, as their names are written, in lower case.
const DATA_SETS: &[&str] = &[
    "online retail",
    "online_retail",
    "onlineretail",
    "cdnow",
    "telco",
    "hillstrom",
    "movielens",
    "taobao",
    "chnsenticorp",
    "cookie cats",
    "cookie_cats",
    "open bandit",
    "open_bandit",
    "oulad",
];

/// Files that hold data rather than text about it.
const DATA_ENDINGS: &[&str] = &[
    ".parquet", ".arrow", ".xlsx", ".xls", ".csv.gz", ".csv.zst", ".duckdb", ".db", ".sqlite",
];
/// A table this long is data, not an example.
const EXAMPLE_LINES_MAX: usize = 200;

/// The one file that sets `PERENNIAL_DATA` and names the folder it points to.
const CI: &str = ".ci/run";

pub fn faults(texts: &[Text]) -> Vec<Fault> {
    texts.iter().flat_map(file_faults).collect()
}

fn file_faults(file: &Text) -> Vec<Fault> {
    let mut faults = Vec::new();
    let in_program = Program::of(file);
    for (i, line) in file.text.lines().enumerate() {
        let number = i + 1;
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            let mend = format!(
                "`{path}..` is a path of one machine: make it relative, an argument, or a setting"
            );
            faults.push(Fault::new(&file.path, number, "machine-path", mend));
        }
        if file.path != CI && sets_data(line) {
            let mend =
                format!("only {CI} sets `PERENNIAL_DATA`: read it, or say in words to set it");
            faults.push(Fault::new(&file.path, number, "data-folder", mend));
        }
        if let Some(name) = data_set(line).filter(|_| in_program.holds(number)) {
            let mend = format!(
                "`{name}` is a data set's name; the program knows none: keep it to tests, bench and docs"
            );
            faults.push(Fault::new(&file.path, number, "data-set", mend));
        }
    }
    let is_table = file.path.ends_with(".csv") || file.path.ends_with(".tsv");
    let lines = file.text.lines().count();
    if is_table && lines > EXAMPLE_LINES_MAX {
        let mend = format!(
            "{lines} lines of data, at most {EXAMPLE_LINES_MAX}: generate it, or read it where `PERENNIAL_DATA` points"
        );
        faults.push(Fault::new(&file.path, 0, "data-set", mend));
    }
    faults
}

/// Whether `path` starts an absolute path here: `a/b/` and `https://host/b/` do not.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '~' | '}'))
    })
}

fn sets_data(line: &str) -> bool {
    let name = concat!("PERENNIAL", "_DATA");
    let sets = [
        format!("{name}="),
        format!("set_var(\"{name}\""),
        format!("env(\"{name}\""),
        concat!("shared", "/data").to_owned(),
    ];
    sets.iter().any(|set| line.contains(set.as_str()))
}

fn data_set(line: &str) -> Option<&'static str> {
    let line = line.to_lowercase();
    DATA_SETS.iter().copied().find(|name| {
        line.match_indices(name).any(|(at, _)| {
            let word = |c: char| c.is_ascii_alphanumeric();
            !line[..at].ends_with(word) && !line[at + name.len()..].starts_with(word)
        })
    })
}

/// Which lines of a file belong to the program rather than to its tests or docs.
struct Program {
    whole_file: bool,
    test_lines: Vec<(usize, usize)>,
}

impl Program {
    fn of(file: &Text) -> Self {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let for_tests = file
            .path
            .split('/')
            .any(|part| matches!(part, "tests" | "benches"))
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
            || file.path.starts_with("crates/testkit/");
        let whole_file = file.path.starts_with("crates/") && !for_tests;
        let rust = whole_file && name.ends_with(".rs");
        Self {
            whole_file,
            test_lines: if rust {
                test_regions(&mask(&file.text))
            } else {
                Vec::new()
            },
        }
    }

    fn holds(&self, line: usize) -> bool {
        self.whole_file
            && !self
                .test_lines
                .iter()
                .any(|&(from, to)| (from..=to).contains(&line))
    }
}

/// Faults seen from outside a file: its size and its kind.
pub fn size_faults(house: &House, files: &[PathBuf]) -> Vec<Fault> {
    // A file that went since it was listed (an editor's, a test's) is no fault.
    let size = |file: &PathBuf| {
        fs::metadata(house.root.join(file))
            .ok()
            .map(|data| data.len())
    };
    files
        .iter()
        .filter_map(|file| size_fault(file, size(file)?))
        .collect()
}

fn size_fault(file: &Path, bytes: u64) -> Option<Fault> {
    let name = file.to_string_lossy().replace('\\', "/");
    if DATA_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return Some(Fault::new(
            &name,
            0,
            "data-set",
            "no data file is kept here: make it in the test that needs it",
        ));
    }
    if name.ends_with(".whl") || name.ends_with(".so") || name.ends_with(".exe") {
        return Some(Fault::new(
            &name,
            0,
            "binary",
            "nothing built is kept here: delete it",
        ));
    }
    let mend = format!("{bytes} bytes, at most {FILE_BYTES_MAX}: make it smaller, or generate it");
    (bytes > FILE_BYTES_MAX).then(|| Fault::new(&name, 0, "file-size", mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        let file = Text {
            path: path.into(),
            text: text.into(),
        };
        file_faults(&file)
            .into_iter()
            .map(|fault| (fault.rule, fault.line))
            .collect()
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for start in MACHINE_PATHS {
            assert_eq!(
                rules("a.md", &format!("fine\nsee `{start}me/x`\n")),
                [("machine-path", 2)]
            );
        }
        let home = MACHINE_PATHS[1];
        assert!(
            rules(
                "a.md",
                &format!("https://example.com{home}x target{home}y ~{home}")
            )
            .is_empty()
        );
    }

    #[test]
    fn data_sets_stay_out_of_the_program() {
        let source = "//! A.\n// as in CDNOW\n#[cfg(test)]\nmod tests {\n    // CDNOW\n}\n";
        assert_eq!(rules("crates/learn/src/a.rs", source), [("data-set", 2)]);
        assert!(rules("crates/learn/tests/it/a.rs", source).is_empty());
        assert!(rules("README.md", "Online Retail").is_empty());
        assert!(rules("crates/web/src/a.rs", "//! telcos, mytelcom\n").is_empty());
    }

    #[test]
    fn one_file_sets_the_data_folder() {
        let line = format!("export {}=/x\n", concat!("PERENNIAL", "_DATA"));
        assert_eq!(rules("README.md", &line), [("data-folder", 1)]);
        assert!(rules(CI, &line).is_empty());
        assert!(rules("README.md", "--from $PERENNIAL_DATA/a.csv\n").is_empty());
    }

    #[test]
    fn data_and_large_files_are_refused() {
        assert_eq!(
            rules("a.csv", &"1,2\n".repeat(EXAMPLE_LINES_MAX + 1)),
            [("data-set", 0)]
        );
        assert!(rules("a.csv", "1,2\n").is_empty());
        let rule = |name: &str, bytes| size_fault(Path::new(name), bytes).map(|fault| fault.rule);
        assert_eq!(rule("a.parquet", 1), Some("data-set"));
        assert_eq!(rule("a.whl", 1), Some("binary"));
        assert_eq!(rule("a.png", FILE_BYTES_MAX + 1), Some("file-size"));
        assert_eq!(rule("a.png", FILE_BYTES_MAX), None);
    }
}
