//! Pages that people read: commands that exist, links that lead somewhere, two READMEs that agree.

use super::{Fault, Text};
use crate::CHORES;
use crate::house::House;

const COMMANDS: &str = "docs/reference/commands.md";
const README: &str = "README.md";
const README_ZH: &str = "README.zh-CN.md";

pub fn faults(house: &House, texts: &[Text]) -> Vec<Fault> {
    let text_of = |path: &str| texts.iter().find(|text| text.path == path);
    let reference = text_of(COMMANDS).map_or("", |text| text.text.as_str());
    let mut faults = Vec::new();
    for page in texts.iter().filter(|text| is_page(&text.path)) {
        for (line, command) in commands(&page.text) {
            faults.extend(command_fault(&page.path, line, &command, reference));
        }
        for (line, link) in links(&page.text) {
            let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !house.root.join(folder).join(&link).exists() {
                faults.push(Fault::new(
                    &page.path,
                    line,
                    "link",
                    format!("`{link}` does not exist"),
                ));
            }
        }
    }
    if let (Some(english), Some(chinese)) = (text_of(README), text_of(README_ZH)) {
        faults.extend(same_commands(english, chinese));
    }
    faults
}

/// Hand-written pages; the generated reference is checked by the program that writes it.
fn is_page(path: &str) -> bool {
    path.ends_with(".md") && !path.starts_with("docs/reference/")
}

/// Command lines in fenced `sh` blocks, parts of `a && b` apart, comments dropped.
fn commands(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_shell = false;
    for (i, line) in page.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            in_shell = !in_shell && language.trim() == "sh";
            continue;
        }
        if in_shell {
            let code = line.split(" #").next().unwrap_or("");
            let parts = code
                .split("&&")
                .map(str::trim)
                .filter(|part| !part.is_empty() && !part.starts_with('#'));
            found.extend(parts.map(|part| (i + 1, part.to_owned())));
        }
    }
    found
}

/// Whether a command is one that exists, with options that exist.
fn command_fault(path: &str, line: usize, command: &str, reference: &str) -> Option<Fault> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let fault = |mend: String| Some(Fault::new(path, line, "command", mend));
    match words.as_slice() {
        ["cargo", "xtask", rest @ ..] => {
            let chore = rest.first().copied().unwrap_or("");
            let Some((_, options, _)) = CHORES.iter().find(|(name, ..)| *name == chore) else {
                return fault(format!("there is no `cargo xtask {chore}`"));
            };
            let unknown = rest
                .iter()
                .find(|word| word.starts_with("--") && !options.contains(*word));
            unknown.and_then(|word| fault(format!("`cargo xtask {chore}` has no `{word}`")))
        }
        [
            "perennial" | "./perennial" | "target/release/perennial",
            rest @ ..,
        ]
        | ["cargo", "run", "--release", "--", rest @ ..]
            if !reference.is_empty() =>
        {
            let name = rest.first().copied().unwrap_or("");
            if !name.starts_with('-') && !reference.contains(&format!("perennial {name}")) {
                return fault(format!("{COMMANDS} knows no `perennial {name}`"));
            }
            let is_option = |word: &&&str| word.starts_with("--") && word.len() > 2;
            let option_name = |word: &str| word.split('=').next().unwrap_or("").to_owned();
            let unknown = rest
                .iter()
                .find(|word| is_option(word) && !reference.contains(&option_name(word)));
            unknown.and_then(|word| fault(format!("{COMMANDS} knows no option `{word}`")))
        }
        _ => None,
    }
}

/// Targets of `[text](target)` and `src="target"` that are files here.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (i, line) in page.lines().enumerate() {
        let marks = [("](", ')'), ("src=\"", '"')];
        for (open, close) in marks {
            for (at, _) in line.match_indices(open) {
                let target = line[at + open.len()..]
                    .split([close, ' '])
                    .next()
                    .unwrap_or("");
                let file = target.split('#').next().unwrap_or("");
                if !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:") {
                    found.push((i + 1, file.to_owned()));
                }
            }
        }
    }
    found
}

/// Both READMEs show the same commands in the same order.
fn same_commands(english: &Text, chinese: &Text) -> Option<Fault> {
    let (a, b) = (commands(&english.text), commands(&chinese.text));
    let differs =
        (0..a.len().max(b.len())).find(|&i| a.get(i).map(|c| &c.1) != b.get(i).map(|c| &c.1))?;
    let line = b.get(differs).map_or(0, |command| command.0);
    let expected = a
        .get(differs)
        .map_or("nothing more", |command| command.1.as_str());
    Some(Fault::new(
        &chinese.path,
        line,
        "command",
        format!("{} shows `{expected}` here: show the same", english.path),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n```sh\ncargo xtask test --lint   # all\nperennial init shop --from a.csv && perennial run -C shop\n```\n```toml\nperennial bad\n```\n[here](docs/a.md#x) [there](https://a.b) ![](docs/b.png)\n";

    fn text(path: &str, text: &str) -> Text {
        Text {
            path: path.into(),
            text: text.into(),
        }
    }

    #[test]
    fn commands_are_read_from_shell_blocks() {
        let expected = [
            (3, "cargo xtask test --lint"),
            (4, "perennial init shop --from a.csv"),
            (4, "perennial run -C shop"),
        ];
        assert_eq!(
            commands(PAGE),
            expected.map(|(line, command)| (line, command.to_owned()))
        );
    }

    #[test]
    fn links_to_files_are_read() {
        assert_eq!(
            links(PAGE),
            [(9, "docs/a.md".to_owned()), (9, "docs/b.png".to_owned())]
        );
    }

    #[test]
    fn commands_must_exist() {
        let reference = "## `perennial run`\n`--as-of T`\n";
        let fault = |command: &str| command_fault("a.md", 1, command, reference).is_some();
        assert!(!fault("cargo xtask test --lint"));
        assert!(fault("cargo xtask tets"));
        assert!(fault("cargo xtask test --chekc"));
        assert!(!fault("perennial run -C shop --as-of=2024-01-01"));
        assert!(!fault("cargo run --release -- run"));
        assert!(fault("perennial rnu"));
        assert!(fault("perennial run --as-off 2024-01-01"));
        assert!(!fault("git clone x"));
    }

    #[test]
    fn both_readmes_show_the_same_commands() {
        let english = text(README, PAGE);
        assert_eq!(
            same_commands(&english, &text(README_ZH, &PAGE.replace("# all", "# 全部"))),
            None
        );
        let other = same_commands(
            &english,
            &text(README_ZH, &PAGE.replace("run -C", "report -C")),
        )
        .unwrap();
        assert_eq!((other.line, other.rule), (4, "command"));
        assert!(same_commands(&english, &text(README_ZH, "")).is_some());
    }
}
