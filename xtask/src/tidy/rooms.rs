//! Which crate may lean on which, as the first page of ARCHITECTURE.md draws it.

use serde_json::Value;

use super::Fault;

/// Every edge there is: a crate and the crates of ours it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    (
        "perennial",
        &[
            "perennial-server",
            "perennial-pipeline",
            "perennial-simulate",
        ],
    ),
    ("perennial-server", &["perennial-web", "perennial-pipeline"]),
    (
        "perennial-pipeline",
        &[
            "perennial-lake",
            "perennial-govern",
            "perennial-history",
            "perennial-learn",
            "perennial-identity",
            "perennial-ledger",
            "perennial-quality",
            // Until there is a server: ARCHITECTURE.md, decision of 2026-11-21.
            "perennial-simulate",
            "perennial-web",
        ],
    ),
    (
        "perennial-lake",
        &["perennial-sources", "perennial-history"],
    ),
    ("perennial-sources", &[]),
    ("perennial-govern", &[]),
    ("perennial-history", &[]),
    ("perennial-learn", &[]),
    ("perennial-identity", &[]),
    ("perennial-ledger", &[]),
    ("perennial-quality", &[]),
    ("perennial-simulate", &[]),
    ("perennial-web", &[]),
    ("perennial-testkit", &[]),
    ("xtask", &[]),
];

/// Edges of tests and benches alone: linking is judged by simulated people, whose truth is known.
const TEST_EDGES: &[(&str, &str)] = &[("perennial-identity", "perennial-simulate")];

/// Outside crates that only some rooms may name, by the start of their names.
const CONFINED: &[(&str, &[&str])] = &[
    ("datafusion", &["perennial-lake"]),
    ("delta", &["perennial-lake"]),
    ("object_store", &["perennial-lake"]),
    ("sqlx", &["perennial-ledger", "perennial-sources"]),
    ("axum", &["perennial-server"]),
    ("clap", &["perennial"]),
    ("indicatif", &["perennial"]),
    ("anyhow", &["perennial", "xtask"]),
];

const TESTKIT: &str = "perennial-testkit";

/// Reads `cargo metadata --no-deps`: every workspace member's declared dependencies.
pub fn faults(metadata: &Value) -> Vec<Fault> {
    let members = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    members
        .iter()
        .flat_map(|member| member_faults(metadata, member))
        .collect()
}

fn member_faults(metadata: &Value, member: &Value) -> Vec<Fault> {
    let name = member["name"].as_str().unwrap_or("");
    let root = metadata["workspace_root"].as_str().unwrap_or("");
    let path = member["manifest_path"].as_str().unwrap_or("");
    let file = path
        .strip_prefix(root)
        .unwrap_or(path)
        .trim_start_matches('/');
    let Some((_, allowed)) = EDGES.iter().find(|(from, _)| *from == name) else {
        let mend = format!(
            "`{name}` is a room nobody drew; add it to EDGES in xtask/src/tidy/rooms.rs and to ARCHITECTURE.md, or do without"
        );
        return vec![Fault::new(file, 0, "rooms", mend)];
    };
    let dependencies = member["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    dependencies
        .iter()
        .filter_map(|dependency| edge_fault(name, allowed, dependency, file))
        .collect()
}

fn edge_fault(from: &str, allowed: &[&str], dependency: &Value, file: &str) -> Option<Fault> {
    let to = dependency["name"].as_str()?;
    let kind = dependency["kind"].as_str().unwrap_or("normal");
    let ours = EDGES.iter().any(|(name, _)| *name == to);
    if to == TESTKIT {
        let mend = format!("`{TESTKIT}` is for tests: move it to [dev-dependencies]");
        return (kind != "dev").then(|| Fault::new(file, 0, "rooms", mend));
    }
    let for_tests = kind == "dev" && TEST_EDGES.contains(&(from, to));
    if ours && !allowed.contains(&to) && !for_tests {
        let mend = format!(
            "`{from}` may not depend on `{to}`; its edges are {allowed:?}: pass what it needs as an argument, or through a table"
        );
        return Some(Fault::new(file, 0, "rooms", mend));
    }
    let (_, homes) = CONFINED.iter().find(|(start, _)| to.starts_with(start))?;
    let mend = format!(
        "`{to}` is named only in {}: ask that crate for what is needed",
        homes.join(", ")
    );
    (!homes.contains(&from)).then(|| Fault::new(file, 0, "rooms", mend))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mends(name: &str, dependency: Value) -> Vec<String> {
        let metadata = json!({
            "workspace_root": "/r",
            "packages": [{"name": name, "manifest_path": "/r/crates/x/Cargo.toml", "dependencies": [dependency]}],
        });
        faults(&metadata)
            .into_iter()
            .map(|fault| fault.to_string())
            .collect()
    }

    #[test]
    fn drawn_edges_are_fine() {
        for (from, allowed) in EDGES {
            for to in *allowed {
                assert!(mends(from, json!({"name": to, "kind": null})).is_empty());
            }
        }
        assert!(mends("perennial-learn", json!({"name": TESTKIT, "kind": "dev"})).is_empty());
        assert!(
            mends(
                "perennial-lake",
                json!({"name": "datafusion", "kind": null})
            )
            .is_empty()
        );
        assert!(
            mends(
                "perennial-learn",
                json!({"name": "thiserror", "kind": null})
            )
            .is_empty()
        );
    }

    #[test]
    fn other_edges_are_faults() {
        let leaf = mends(
            "perennial-learn",
            json!({"name": "perennial-history", "kind": "dev"}),
        );
        assert!(
            leaf[0].starts_with("crates/x/Cargo.toml: rooms: `perennial-learn` may not"),
            "{leaf:?}"
        );
        let simulate = |kind: Value| {
            let dependency = json!({"name": "perennial-simulate", "kind": kind});
            mends("perennial-identity", dependency).len()
        };
        assert_eq!((simulate(json!("dev")), simulate(Value::Null)), (0, 1));
        assert_eq!(
            mends("perennial-lake", json!({"name": TESTKIT, "kind": null})).len(),
            1
        );
        assert_eq!(
            mends(
                "perennial-pipeline",
                json!({"name": "deltalake-core", "kind": "dev"})
            )
            .len(),
            1
        );
        assert_eq!(
            mends("perennial-pipeline", json!({"name": "sqlx", "kind": null})).len(),
            1
        );
        assert_eq!(
            mends("perennial-common", json!({"name": "serde", "kind": null})).len(),
            1
        );
    }

    #[test]
    fn edges_have_no_circle() {
        // Every crate stands above all it leans on, so the list read backwards never points forward.
        for (i, (_, allowed)) in EDGES.iter().enumerate() {
            for to in *allowed {
                assert!(EDGES.iter().position(|(name, _)| name == to) > Some(i));
            }
        }
    }
}
