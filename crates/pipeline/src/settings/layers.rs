//! What stands above the file: environment variables, then flags. Each replaces
//! one value in the tree and brings its own place, so that a message about it
//! names the variable or the flag.

use super::error::{Place, Problem, code};
use super::node::{Data, Entry, Node};

/// The start of the environment variables that are settings.
pub(crate) const ENVIRONMENT_PREFIX: &str = "PERENNIAL__";

/// Lays the environment and then the flags over the file.
pub(crate) fn apply(
    root: &mut Node,
    environment: impl Iterator<Item = (String, String)>,
    overrides: &[(String, String)],
    problems: &mut Vec<Problem>,
) {
    let mut variables: Vec<_> = environment
        .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX))
        .collect();
    variables.sort();
    for (name, value) in variables {
        let rest = name.strip_prefix(ENVIRONMENT_PREFIX).unwrap_or_default();
        let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let place = Place::Environment { name: name.clone() };
        problems.extend(set(root, &path, value, &place).err());
    }
    for (key, value) in overrides {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        let place = Place::Flag { key: key.clone() };
        problems.extend(set(root, &path, value.clone(), &place).err());
    }
}

fn set(root: &mut Node, path: &[String], value: String, place: &Place) -> Result<(), Problem> {
    if path.iter().any(String::is_empty) {
        return Err(Problem::new(
            code::KEY_UNKNOWN,
            place,
            "the name of a setting has an empty part",
        )
        .with_hint("write `PERENNIAL__SECTION__KEY`, or `section.key` as a flag"));
    }
    let mut node = root;
    for (depth, step) in path.iter().enumerate() {
        node = child(node, step, depth, place)
            .ok_or_else(|| no_such_step(&path.join("."), step, place))?;
    }
    *node = Node {
        data: Data::Text(value),
        place: place.clone(),
    };
    Ok(())
}

fn no_such_step(path: &str, step: &str, place: &Place) -> Problem {
    Problem::new(code::KEY_UNKNOWN, place, format!("`{path}` leads nowhere at `{step}`"))
        .with_hint("sources and offers are counted from 0, as in `source.0.path`; an offer can be named, as in `offer.voucher.cost_per_use`")
}

/// The child of `node` called `step`: a key, made when absent; or an element of a
/// list, by position (one past the end appends) or by its `name`.
fn child<'a>(node: &'a mut Node, step: &str, depth: usize, place: &Place) -> Option<&'a mut Node> {
    match &mut node.data {
        Data::Table(entries) => {
            let at = match entries.iter().position(|entry| entry.key == step) {
                Some(at) => at,
                None => {
                    // `source` and `offer` are lists; everything else that is made is a table.
                    let data = match (depth, step) {
                        (0, "source" | "offer") => Data::List(Vec::new()),
                        _ => Data::Table(Vec::new()),
                    };
                    let node = Node {
                        data,
                        place: place.clone(),
                    };
                    entries.push(Entry {
                        key: step.to_owned(),
                        place: place.clone(),
                        node,
                    });
                    entries.len() - 1
                }
            };
            entries.get_mut(at).map(|entry| &mut entry.node)
        }
        Data::List(items) => {
            let at = match step.parse::<usize>() {
                Ok(at) => at,
                Err(_) => items.iter().position(|item| is_called(item, step))?,
            };
            if at == items.len() {
                items.push(Node {
                    data: Data::Table(Vec::new()),
                    place: place.clone(),
                });
            }
            items.get_mut(at)
        }
        _ => None,
    }
}

fn is_called(node: &Node, name: &str) -> bool {
    let Data::Table(entries) = &node.data else {
        return false;
    };
    entries
        .iter()
        .any(|entry| entry.key == "name" && entry.node.text() == Some(name))
}
