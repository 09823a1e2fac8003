//! Rules for every Rust file: module docs, length, nothing unfinished or silenced, names kept in their rooms.

use super::{Fault, Text};
use crate::source::{find_word, functions, line_of, mask};

/// Longest file, in lines.
pub const FILE_LINES_MAX: usize = 600;
/// Longest function, in lines from `fn` to its closing brace.
pub const FUNCTION_LINES_MAX: usize = 70;

/// What must not stand in code, and what to do instead.
const BANNED: &[(&str, &str)] = &[
    ("todo!", "write it, or leave it out"),
    (
        "unimplemented!",
        "write it, or return an error with a code and a hint",
    ),
    ("dbg!", "take it out"),
    (
        "#[ignore",
        "a test that does not run proves nothing: mend it or delete it",
    ),
];

/// Names in paths that only some rooms' code may use, even through a re-export.
const CONFINED_NAMES: &[(&str, &[&str])] = &[
    ("datafusion", &["crates/lake/"]),
    ("deltalake", &["crates/lake/"]),
    ("deltalake_core", &["crates/lake/"]),
    ("object_store", &["crates/lake/"]),
    ("sqlx", &["crates/ledger/", "crates/sources/src/database/"]),
];

fn is_rust(text: &Text) -> bool {
    text.path.ends_with(".rs")
}

/// Files that a program writes say so in their first lines, and are not measured.
pub fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("@generated"))
}

pub fn faults(texts: &[Text]) -> Vec<Fault> {
    texts
        .iter()
        .filter(|text| is_rust(text))
        .flat_map(file_faults)
        .collect()
}

fn file_faults(file: &Text) -> Vec<Fault> {
    let mut faults = Vec::new();
    let first = file
        .text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    if !first.starts_with("//!") {
        faults.push(Fault::new(
            &file.path,
            1,
            "module-docs",
            "start with `//!`: say what lives here",
        ));
    }
    let masked = mask(&file.text);
    for (word, instead) in BANNED {
        for (at, _) in masked.match_indices(word) {
            let part_of_word = masked[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if !part_of_word {
                let mend = format!("`{word}` may not be committed: {instead}");
                faults.push(Fault::new(
                    &file.path,
                    line_of(&masked, at),
                    "unfinished",
                    mend,
                ));
            }
        }
    }
    for (name, homes) in CONFINED_NAMES {
        let is_home = |home: &&str| file.path.starts_with(home);
        if !file.path.starts_with("crates/") || homes.iter().any(is_home) {
            continue;
        }
        if let Some(at) = find_path_start(&masked, name) {
            let homes = homes.join(" and ");
            let mend = format!("`{name}::` is named only in {homes}: put a function for it there");
            faults.push(Fault::new(&file.path, line_of(&masked, at), "rooms", mend));
        }
    }
    faults
}

/// Where `name::` stands in code.
fn find_path_start(masked: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = find_word(masked, name, from) {
        if masked[at + name.len()..].starts_with("::") {
            return Some(at);
        }
        from = at + name.len();
    }
    None
}

/// A file or function longer than the rule allows.
#[derive(Debug, PartialEq, Eq)]
pub struct Long {
    /// `path` of a file, `path::name` of a function.
    pub key: String,
    pub path: String,
    pub line: usize,
    pub length: usize,
    pub max: usize,
}

/// Everything too long, generated files left out. Functions of one name in one file count as their longest.
pub fn long_ones(texts: &[Text]) -> Vec<Long> {
    let mut found: Vec<Long> = Vec::new();
    for file in texts
        .iter()
        .filter(|text| is_rust(text) && !is_generated(&text.text))
    {
        let path = &file.path;
        let length = file.text.lines().count();
        if length > FILE_LINES_MAX {
            found.push(Long {
                key: path.clone(),
                path: path.clone(),
                line: 0,
                length,
                max: FILE_LINES_MAX,
            });
        }
        for function in functions(&mask(&file.text)) {
            if function.length <= FUNCTION_LINES_MAX {
                continue;
            }
            let key = format!("{path}::{}", function.name);
            let (line, length) = (function.line, function.length);
            match found.iter_mut().find(|long| long.key == key) {
                Some(long) if long.length >= length => {}
                Some(long) => (long.line, long.length) = (line, length),
                None => found.push(Long {
                    key,
                    path: path.clone(),
                    line,
                    length,
                    max: FUNCTION_LINES_MAX,
                }),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str, text: &str) -> Text {
        Text {
            path: path.into(),
            text: text.into(),
        }
    }

    fn rules(path: &str, source: &str) -> Vec<(&'static str, usize)> {
        faults(&[text(path, source)])
            .into_iter()
            .map(|fault| (fault.rule, fault.line))
            .collect()
    }

    #[test]
    fn a_module_says_what_lives_in_it() {
        assert!(rules("crates/learn/src/a.rs", "\n//! Trees.\nfn f() {}\n").is_empty());
        assert_eq!(
            rules("crates/learn/src/a.rs", "// Trees.\n//! late\n"),
            [("module-docs", 1)]
        );
        assert_eq!(rules("crates/learn/src/a.rs", ""), [("module-docs", 1)]);
        assert!(rules("docs/a.md", "no Rust").is_empty());
    }

    #[test]
    fn unfinished_code_is_found_but_not_in_text() {
        let source = "//! A.\nfn f() {\n    todo!()\n}\n#[ignore = \"slow\"]\nfn g() { \"todo!()\"; } // dbg!\n";
        assert_eq!(
            rules("a.rs", source),
            [("unfinished", 3), ("unfinished", 5)]
        );
        assert!(rules("a.rs", "//! A.\nmy_todo!();\n").is_empty());
    }

    #[test]
    fn names_stay_in_their_rooms() {
        let source = "//! A.\nuse perennial_lake::datafusion::prelude;\n";
        assert_eq!(rules("crates/pipeline/src/a.rs", source), [("rooms", 2)]);
        assert!(rules("crates/lake/src/a.rs", source).is_empty());
        assert!(
            rules(
                "crates/pipeline/src/a.rs",
                "//! A.\nlet datafusion = 1; // sqlx::query\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn long_files_and_functions_are_measured() {
        let body = "    x();\n".repeat(FUNCTION_LINES_MAX - 2);
        let just = format!("//! A.\nfn f() {{\n{body}}}\n");
        assert!(long_ones(&[text("a.rs", &just)]).is_empty());
        let over = format!(
            "//! A.\nfn f() {{\n{body}    y();\n}}\nfn f() {{\n{body}    y();\n    z();\n}}\n"
        );
        let found = long_ones(&[text("a.rs", &over)]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].key.as_str(), found[0].length),
            ("a.rs::f", FUNCTION_LINES_MAX + 2)
        );
        let file = format!("//! A.\n{}", "\n".repeat(FILE_LINES_MAX));
        assert_eq!(
            long_ones(&[text("a.rs", &file)])[0].length,
            FILE_LINES_MAX + 1
        );
        let generated = format!("//! @generated by xtask\n{}", "\n".repeat(FILE_LINES_MAX));
        assert!(long_ones(&[text("a.rs", &generated)]).is_empty());
    }
}
