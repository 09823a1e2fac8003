//! The settings file as a tree in which every value knows where it was written.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Place, Problem, code};

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) place: Place,
}

/// What a value is. An environment variable or a flag is always `Text`; what
/// reads it knows which type it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Moment(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table, with the place of the key itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) node: Node,
}

impl Node {
    /// What the value is, in words for a message.
    pub(crate) fn found(&self) -> String {
        match &self.data {
            Data::Text(text) => format!("the text `{text}`"),
            Data::Integer(number) => format!("the number `{number}`"),
            Data::Float(number) => format!("the number `{number}`"),
            Data::Boolean(flag) => format!("`{flag}`"),
            Data::Moment(text) => format!("the date `{text}`"),
            Data::List(_) => "a list".to_owned(),
            Data::Table(_) => "a table".to_owned(),
        }
    }

    /// The value as text, when it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a number; outside the file, text that reads as one.
    pub(crate) fn number(&self) -> Option<f64> {
        match &self.data {
            // Settings hold no whole number that a double would round.
            Data::Integer(number) => Some(*number as f64),
            Data::Float(number) => Some(*number),
            Data::Text(text) if !self.place.is_file() => text.trim().replace('_', "").parse().ok(),
            _ => None,
        }
    }

    /// The value as a whole number; outside the file, text that reads as one.
    pub(crate) fn integer(&self) -> Option<i64> {
        match &self.data {
            Data::Integer(number) => Some(*number),
            Data::Text(text) if !self.place.is_file() => text.trim().replace('_', "").parse().ok(),
            _ => None,
        }
    }

    /// The value as true or false; outside the file, the words `true` and `false`.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match &self.data {
            Data::Boolean(flag) => Some(*flag),
            Data::Text(text) if !self.place.is_file() => text.trim().parse().ok(),
            _ => None,
        }
    }
}

/// Parses the text of a settings file into a table node.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Node, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::of(text, path);
    match DeTable::parse(text) {
        Ok(table) => {
            let place = lines.place(0);
            Ok(Node {
                data: Data::Table(lines.entries(table.get_ref())?),
                place,
            })
        }
        Err(error) => {
            let place = lines.place(error.span().map_or(0, |span| span.start));
            Err(Problem::new(
                code::SYNTAX,
                &place,
                error.message().trim().replace('\n', ", "),
            ))
        }
    }
}

/// The place just after the end of `text`.
pub(crate) fn place_of_end(text: &str, path: &Path) -> Place {
    Lines::of(text, path).place(text.len())
}

/// A text with the starts of its lines.
struct Lines<'a> {
    text: &'a str,
    path: &'a Path,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str, path: &'a Path) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        Self { text, path, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let before = self
            .text
            .get(start..offset)
            .map_or(0, |text| text.chars().count());
        Place::File {
            path: self.path.to_owned(),
            line,
            column: before + 1,
        }
    }

    fn entries(&self, table: &DeTable<'_>) -> Result<Vec<Entry>, Problem> {
        let mut entries = table
            .iter()
            .map(|(key, value)| Ok((key.span().start, self.entry(key, value)?)))
            .collect::<Result<Vec<_>, Problem>>()?;
        // The parser sorts by key; problems are reported in the order of the file.
        entries.sort_by_key(|(start, _)| *start);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    fn entry(
        &self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Entry, Problem> {
        Ok(Entry {
            key: key.get_ref().to_string(),
            place: self.place(key.span().start),
            node: self.node(value)?,
        })
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, Problem> {
        let place = self.place(value.span().start);
        let data = match value.get_ref() {
            DeValue::String(text) => Data::Text(text.to_string()),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                match i64::from_str_radix(&digits, number.radix()) {
                    Ok(number) => Data::Integer(number),
                    Err(_) => {
                        return Err(Problem::new(
                            code::VALUE_RANGE,
                            &place,
                            format!("the number `{digits}` is too large"),
                        ));
                    }
                }
            }
            DeValue::Float(number) => {
                let digits = number.as_str().replace('_', "");
                match digits.parse() {
                    Ok(number) => Data::Float(number),
                    Err(_) => {
                        return Err(Problem::new(
                            code::SYNTAX,
                            &place,
                            format!("`{digits}` is no number"),
                        ));
                    }
                }
            }
            DeValue::Boolean(flag) => Data::Boolean(*flag),
            DeValue::Datetime(moment) => Data::Moment(moment.to_string()),
            DeValue::Array(items) => Data::List(
                items
                    .iter()
                    .map(|item| self.node(item))
                    .collect::<Result<_, _>>()?,
            ),
            DeValue::Table(table) => Data::Table(self.entries(table)?),
        };
        Ok(Node { data, place })
    }
}
