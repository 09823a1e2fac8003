//! From nodes to typed values: one trait that every setting's type implements,
//! the reader of a table's keys, and "did you mean".

use std::collections::BTreeMap;

use super::error::{Place, Problem, code};
use super::node::{Data, Entry, Node};

/// A type that a setting can have.
pub(crate) trait Setting: Sized {
    /// What may be written, in words: `a number from 0 to 1`.
    const KIND: &'static str;

    /// Reads a value. `path` is its name for messages. On `None` at least one
    /// problem has been added.
    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self>;
}

/// The problem of a value of the wrong type.
pub(crate) fn wrong_type<T: Setting>(node: &Node, path: &str) -> Problem {
    Problem::new(
        code::VALUE_TYPE,
        &node.place,
        format!("`{path}` must be {}, found {}", T::KIND, node.found()),
    )
}

/// The keys of one table, taken one by one; what is left over is unknown.
pub(crate) struct Fields<'a> {
    path: String,
    place: Place,
    left: Vec<&'a Entry>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// The fields of `node`; `None`, with a problem, when it is no table.
    pub(crate) fn of(node: &'a Node, path: &str, problems: &'a mut Vec<Problem>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            problems.push(Problem::new(
                code::VALUE_TYPE,
                &node.place,
                format!("`{path}` must be a table of keys, found {}", node.found()),
            ));
            return None;
        };
        let left = entries.iter().collect();
        Some(Self {
            path: path.to_owned(),
            place: node.place.clone(),
            left,
            problems,
        })
    }

    fn path_to(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn take(&mut self, key: &str) -> Option<&'a Node> {
        let at = self.left.iter().position(|entry| entry.key == key)?;
        Some(&self.left.swap_remove(at).node)
    }

    /// A key that need not be there: the inner `None` says it is not.
    pub(crate) fn optional<T: Setting>(&mut self, key: &str) -> Option<Option<T>> {
        match self.take(key) {
            Some(node) => {
                let path = self.path_to(key);
                T::read(node, &path, self.problems).map(Some)
            }
            None => Some(None),
        }
    }

    /// A key with a default.
    pub(crate) fn or_else<T: Setting>(
        &mut self,
        key: &str,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        self.optional(key)
            .map(|value| value.unwrap_or_else(default))
    }

    /// A key that must be there.
    pub(crate) fn required<T: Setting>(&mut self, key: &str) -> Option<T> {
        let found = self.optional(key)?;
        if found.is_none() {
            let message = format!("`{}` is missing", self.path_to(key));
            self.problems.push(
                Problem::new(code::KEY_MISSING, &self.place, message)
                    .with_hint(format!("it must be {}", T::KIND)),
            );
        }
        found
    }

    /// A section of its own. An absent one reads as an empty one, so that its
    /// defaults hold and its required keys are missed.
    pub(crate) fn section<T: Setting>(&mut self, key: &str) -> Option<T> {
        let empty = Node {
            data: Data::Table(Vec::new()),
            place: self.place.clone(),
        };
        let node = self.take(key).unwrap_or(&empty);
        T::read(node, &self.path_to(key), self.problems)
    }

    /// A section that can be written any number of times.
    pub(crate) fn list<T: Setting>(&mut self, key: &str) -> Option<Vec<T>> {
        let Some(node) = self.take(key) else {
            return Some(Vec::new());
        };
        let path = self.path_to(key);
        let Data::List(items) = &node.data else {
            let message = format!(
                "`{path}` can be written several times, found {}",
                node.found()
            );
            self.problems.push(
                Problem::new(code::VALUE_TYPE, &node.place, message)
                    .with_hint(format!("write `[[{path}]]`, with two brackets")),
            );
            return None;
        };
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(at, item)| T::read(item, &format!("{path}.{at}"), self.problems))
            .collect();
        read.into_iter().collect()
    }

    /// Reports every key that was not taken.
    pub(crate) fn finish(mut self, known: &[&str]) {
        // Taking keys disturbs their order; report in the order of the file.
        self.left.sort_by_key(|entry| match &entry.place {
            Place::File { line, column, .. } => (*line, *column),
            _ => (usize::MAX, 0),
        });
        for entry in std::mem::take(&mut self.left) {
            let path = self.path_to(&entry.key);
            let problem = Problem::new(
                code::KEY_UNKNOWN,
                &entry.place,
                format!("there is no setting `{path}`"),
            );
            let hint = suggestion(&entry.key, known)
                .or_else(|| super::reference::elsewhere(&entry.key, &self.path));
            self.problems.push(match hint {
                Some(hint) => problem.with_hint(hint),
                None => problem.with_hint(one_of(known)),
            });
        }
    }
}

/// `did you mean ...`, when one of the known words is near enough.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// The known word nearest to `word` by the Damerau-Levenshtein distance, when at
/// most a third of its letters (and at least two) would have to change.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let reach = (word.chars().count() / 3).max(2);
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= reach && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// `it takes one of ...`.
pub(crate) fn one_of(known: &[&str]) -> String {
    let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    format!("it is one of {}", words.join(", "))
}

impl Setting for String {
    const KIND: &'static str = "a text";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        match node.text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                problems.push(Problem::new(
                    code::VALUE_RANGE,
                    &node.place,
                    format!("`{path}` is empty"),
                ));
                None
            }
            None => {
                problems.push(wrong_type::<Self>(node, path));
                None
            }
        }
    }
}

impl Setting for bool {
    const KIND: &'static str = "`true` or `false`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let flag = node.boolean();
        if flag.is_none() {
            problems.push(wrong_type::<Self>(node, path));
        }
        flag
    }
}

impl Setting for u64 {
    const KIND: &'static str = "a whole number, 0 or more";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        match node.integer().map(Self::try_from) {
            Some(Ok(number)) => return Some(number),
            Some(Err(_)) => problems.push(Problem::new(
                code::VALUE_RANGE,
                &node.place,
                format!("`{path}` must be {}, found {}", Self::KIND, node.found()),
            )),
            None => problems.push(wrong_type::<Self>(node, path)),
        }
        None
    }
}

/// A list of texts. Outside the file: separated by commas.
impl Setting for Vec<String> {
    const KIND: &'static str = "a list of texts";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.data {
            Data::List(items) => {
                let read: Vec<_> = items
                    .iter()
                    .map(|item| String::read(item, path, problems))
                    .collect();
                read.into_iter().collect()
            }
            Data::Text(text) if !node.place.is_file() => Some(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            _ => {
                problems.push(wrong_type::<Self>(node, path));
                None
            }
        }
    }
}

/// A table of free names.
impl<T: Setting> Setting for BTreeMap<String, T> {
    const KIND: &'static str = "a table of keys";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let read: Vec<_> = entries
            .iter()
            .map(|entry| {
                let path = format!("{path}.{}", entry.key);
                T::read(&entry.node, &path, problems).map(|value| (entry.key.clone(), value))
            })
            .collect();
        read.into_iter().collect()
    }
}
