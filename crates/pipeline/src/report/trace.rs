//! Where every number comes from: tables and versions, settings, program.

use perennial_lake::sources::database::without_user;
use perennial_web::report::{TableVersion, Trace};
use serde_json::Value;

use super::material::Material;
use super::read;
use crate::Result;
use crate::stage::{CODE_VERSION, Done};

/// Settings shown at the most.
const SETTINGS_MAX: usize = 1_000;
/// Sections whose values change no result.
const WITHOUT_RESULT: [&str; 2] = ["limits", "privacy"];

/// The trace of a run.
pub(super) async fn trace(m: &Material<'_>) -> Result<Trace> {
    let stages = m.stages;
    let later = [
        &stages.features,
        &stages.model,
        &stages.value,
        &stages.decide,
    ];
    let done: Vec<&Done> = std::iter::once(&stages.ingest)
        .chain(later.into_iter().flatten())
        .collect();
    let mut tables: Vec<TableVersion> = Vec::new();
    for (name, &version) in done.iter().flat_map(|done| &done.outputs) {
        if tables.iter().any(|table| table.name == *name) {
            continue;
        }
        if let Some(rows) = read::table_rows(&m.project.lake, name, version).await? {
            let version = u64::try_from(version).unwrap_or(0);
            tables.push(TableVersion {
                name: name.clone(),
                version,
                rows,
            });
        }
    }
    Ok(Trace {
        tables,
        settings: settings(m),
        settings_hash: m.settings_hash.clone(),
        model_version: m.model().ok().map(|notes| notes.model_version.clone()),
        code_version: CODE_VERSION.to_owned(),
        seed: m.project.settings.policy.seed,
    })
}

/// The settings that matter, by the names of the file.
fn settings(m: &Material<'_>) -> Vec<(String, String)> {
    let Ok(Value::Object(sections)) = serde_json::to_value(&m.project.settings) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, value) in sections
        .iter()
        .filter(|(name, _)| !WITHOUT_RESULT.contains(&name.as_str()))
    {
        flatten(name, value, &mut found);
    }
    found.truncate(SETTINGS_MAX);
    found
}

/// Every value with its path; what is not set is left out. Sections that can
/// stand several times in the file are numbered from 1.
fn flatten(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&format!("{path}.{name}"), value, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in (1..).zip(items) {
                flatten(&format!("{path}[{place}]"), item, found);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        // A database's address may hold a password.
        Value::String(text) => found.push((path.to_owned(), without_user(text))),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_named_as_the_file_names_them() {
        let value = serde_json::json!({
            "budget": 5000.0, "name": "shop", "none": null, "personal": [],
            "columns": { "time": "when" }, "list": ["a", "b"],
            "source": [{ "path": "a.csv" }, { "path": "postgres://ann:secret@db/shop/orders" }]
        });
        let mut found = Vec::new();
        flatten("x", &value, &mut found);
        let shown: Vec<_> = found.iter().map(|(k, v)| format!("{k} = {v}")).collect();
        assert_eq!(
            shown,
            [
                "x.budget = 5000.0",
                "x.columns.time = when",
                "x.list = [\"a\",\"b\"]",
                "x.name = shop",
                "x.source[1].path = a.csv",
                "x.source[2].path = postgres://db/shop/orders",
            ]
        );
    }
}
