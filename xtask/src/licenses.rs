//! The third-party licences that `perennial licenses` prints: every package linked into the
//! program, and the licence texts found in the packages, each text once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::house::{House, cargo, output};

/// Where the program takes the text from.
pub const FILE: &str = "crates/perennial/assets/licenses.txt";

/// What stands between the list and the texts, and between texts: a form feed on a line of its own.
/// `perennial licenses` reads it so.
const SEPARATOR: &str = "\n\u{c}\n";

/// One target for every machine, so that the file does not depend on who wrote it.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A package that is part of the program.
struct Package {
    name: String,
    version: String,
    license: String,
    repository: String,
    texts: Vec<String>,
}

/// The whole file.
pub fn text(house: &House) -> Result<String> {
    let mut metadata = cargo();
    metadata.current_dir(&house.root);
    metadata.args([
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        TARGET,
    ]);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)?;
    let linked = linked(&metadata)?;
    let all = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let third_party = all
        .iter()
        .filter(|p| !p["source"].is_null() && linked.contains(id(p)));
    let mut packages = third_party.map(package).collect::<Result<Vec<_>>>()?;
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(print(&packages))
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap_or("")
}

/// The packages reached from the program without dev- and build-dependencies.
fn linked(metadata: &Value) -> Result<BTreeSet<String>> {
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .context("cargo metadata resolves")?;
    let by_id: BTreeMap<&str, &Value> = nodes.iter().map(|node| (id(node), node)).collect();
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let program = packages
        .iter()
        .find(|p| p["name"] == "perennial" && p["source"].is_null());
    let mut open = vec![id(program.context("the workspace has the program")?)];
    let mut reached = BTreeSet::new();
    while let Some(next) = open.pop() {
        if !reached.insert(next.to_owned()) {
            continue;
        }
        let dependencies = by_id.get(next).and_then(|node| node["deps"].as_array());
        for dependency in dependencies.into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array();
            if kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null())) {
                open.push(dependency["pkg"].as_str().unwrap_or(""));
            }
        }
    }
    Ok(reached)
}

fn package(value: &Value) -> Result<Package> {
    let field = |name: &str| value[name].as_str().unwrap_or("").to_owned();
    let manifest = PathBuf::from(field("manifest_path"));
    let folder = manifest.parent().context("a manifest has a folder")?;
    Ok(Package {
        name: field("name"),
        version: field("version"),
        license: if field("license").is_empty() {
            field("license_file")
        } else {
            field("license")
        },
        repository: field("repository"),
        texts: license_texts(folder)?,
    })
}

fn license_texts(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let starts = [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "NOTICE",
            "UNLICENSE",
            "COPYRIGHT",
        ];
        let is_code = name.ends_with(".RS") || name.ends_with(".TOML");
        if starts.iter().any(|start| name.starts_with(start)) && !is_code && entry.path().is_file()
        {
            files.push(entry.path());
        }
    }
    files.sort();
    let read =
        |file: &PathBuf| fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    files
        .iter()
        .map(read)
        .collect::<std::io::Result<_>>()
        .with_context(|| format!("read {}", folder.display()))
}

/// A line a package (name, version, licence, repository, parted by tabs), then each text once,
/// with the packages that carry it.
fn print(packages: &[Package]) -> String {
    let mut texts: Vec<(String, &str, BTreeSet<&str>)> = Vec::new();
    let mut out = String::new();
    for package in packages {
        let Package {
            name,
            version,
            license,
            repository,
            ..
        } = package;
        let license = if license.is_empty() {
            "see its text"
        } else {
            license
        };
        let fields =
            [name, version, license, repository].map(|field| field.replace(['\t', '\n'], " "));
        out.push_str(&fields.join("\t"));
        out.push('\n');
        for text in &package.texts {
            let key = key(text);
            match texts.iter_mut().find(|(known, ..)| *known == key) {
                Some((.., carriers)) => drop(carriers.insert(name)),
                None => texts.push((key, text, BTreeSet::from([name.as_str()]))),
            }
        }
    }
    for (_, text, carriers) in &texts {
        let carriers: Vec<&str> = carriers.iter().copied().collect();
        out.push_str(&format!("{SEPARATOR}{}:\n", wrap(&carriers.join(", "))));
        for line in text.trim().lines() {
            out.push('\n');
            out.push_str(line.trim_end_matches(['\u{c}', ' ', '\t']));
        }
    }
    out.push('\n');
    out
}

/// Texts that differ only in blanks, dashes, case or the customary appendix are one text.
fn key(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let key = words.map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let is_apache = key.starts_with("apache license version 2 0");
    match key
        .find("end of terms and conditions")
        .filter(|_| is_apache)
    {
        Some(end) => key[..end].to_owned(),
        None => key,
    }
}

fn wrap(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + word.len() > 77 {
            out.push('\n');
            width = 0;
        }
        if width > 0 {
            out.push(' ');
        }
        out.push_str(word);
        width += word.len() + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, text: &str) -> Package {
        let text = text.to_owned();
        Package {
            name: name.into(),
            version: "1.0.0".into(),
            license: "MIT".into(),
            repository: String::new(),
            texts: vec![text],
        }
    }

    #[test]
    fn equal_texts_are_printed_once() {
        let text = print(&[
            package("a", "Permission is hereby granted"),
            package("b", "  permission is\nhereby granted.\n"),
            package("c", "Copyright C. Permission"),
        ]);
        assert_eq!(text.matches("Permission is hereby granted").count(), 1);
        let parts: Vec<&str> = text.split(SEPARATOR).collect();
        assert_eq!(
            parts[0],
            "a\t1.0.0\tMIT\t\nb\t1.0.0\tMIT\t\nc\t1.0.0\tMIT\t\n"
        );
        assert_eq!(parts[1], "a, b:\n\nPermission is hereby granted");
        assert_eq!(parts.len(), 3);
    }

    #[test]
    fn the_appendix_does_not_make_another_apache_licence() {
        let body = "Apache License\nVersion 2.0\nEND OF TERMS AND CONDITIONS";
        assert_eq!(key(&format!("{body}\nAPPENDIX: how to")), key(body));
    }

    #[test]
    fn only_what_is_linked_counts() {
        let kind = |kind: Option<&str>| json!([{"kind": kind}]);
        let metadata = json!({
            "packages": [{"name": "perennial", "id": "p", "source": null}],
            "resolve": {"nodes": [
                {"id": "p", "deps": [
                    {"pkg": "a", "dep_kinds": kind(None)},
                    {"pkg": "t", "dep_kinds": kind(Some("dev"))},
                    {"pkg": "b", "dep_kinds": kind(Some("build"))},
                ]},
                {"id": "a", "deps": [{"pkg": "c", "dep_kinds": kind(None)}]},
                {"id": "c", "deps": []},
            ]},
        });
        assert_eq!(
            linked(&metadata).unwrap().into_iter().collect::<Vec<_>>(),
            ["a", "c", "p"]
        );
    }
}
