//! Every key there is, for the generated reference and for "it belongs in".

use super::governance::Privacy;
use super::rule::Rule;
use super::section::{Key, Section};
use super::sections::{Identity, Limits, Lost, Model, Offer, Policy, Project, Value};
use super::source::Source;

/// Every key of `perennial.toml`, in the order of the file.
pub fn keys() -> Vec<Key> {
    let format = Key {
        section: "",
        name: "format",
        kind: "the number `1`",
        default: None,
        meaning: "The format of the settings file; a newer one is refused.",
    };
    std::iter::once(format)
        .chain(Project::keys())
        .chain(Source::keys())
        .chain(Lost::keys())
        .chain(Value::keys())
        .chain(Offer::keys())
        .chain(Policy::keys())
        .chain(Model::keys())
        .chain(Privacy::keys())
        .chain(Rule::keys())
        .chain(Identity::keys())
        .chain(Limits::keys())
        .collect()
}

/// `it belongs in ...`, when another section than `here` has the key.
pub(crate) fn elsewhere(key: &str, here: &str) -> Option<String> {
    let here = here.split('.').next().unwrap_or_default();
    let sections: Vec<String> = keys()
        .into_iter()
        .filter(|known| known.name == key && !known.section.is_empty())
        .filter(|known| known.section.trim_matches(['[', ']']) != here)
        .map(|known| format!("`{}`", known.section))
        .collect();
    (!sections.is_empty()).then(|| format!("it belongs in {}", sections.join(" or ")))
}

/// The keys as a page of markdown: one table for each section.
pub fn markdown() -> String {
    let mut page = String::new();
    let mut section = None;
    for key in keys() {
        if section != Some(key.section) {
            let title = if key.section.is_empty() {
                "At the top"
            } else {
                key.section
            };
            page.push_str(&format!(
                "\n## `{title}`\n\n| key | what may be written | without it | meaning |\n| --- | --- | --- | --- |\n"
            ).replace("`At the top`", "At the top"));
            section = Some(key.section);
        }
        let default = key.default.as_deref().unwrap_or("an error");
        let cells = [&format!("`{}`", key.name), key.kind, default, key.meaning]
            .map(|cell| cell.replace('|', "\\|"));
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    page.trim_start().to_owned()
}
