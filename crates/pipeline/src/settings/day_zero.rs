//! The day that relative days are counted from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::error::Problem;
use super::node::{Data, Node};
use super::read::{Setting, wrong_type};

/// The origin of times that are written as days from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayZero {
    /// One day for all rows.
    Day(Date),
    /// A day for each group of rows.
    By {
        /// The column that names the group.
        column: String,
        /// The day of each group.
        days: BTreeMap<String, Date>,
    },
}

impl Serialize for DayZero {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => serializer.collect_str(day),
            Self::By { column, days } => {
                let days: BTreeMap<&str, String> = days
                    .iter()
                    .map(|(group, day)| (group.as_str(), day.to_string()))
                    .collect();
                (column, days).serialize(serializer)
            }
        }
    }
}

impl Setting for DayZero {
    const KIND: &'static str =
        "a day such as `\"2013-10-01\"`, or `{ column = \"term\", \"2013J\" = \"2013-10-01\" }`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let found = match &node.data {
            Data::Table(entries) => {
                let mut column = None;
                let mut days = BTreeMap::new();
                let mut whole = true;
                for entry in entries {
                    let text = entry.node.text();
                    match (entry.key.as_str(), text.and_then(|text| text.parse().ok())) {
                        ("column", _) => column = text.map(str::to_owned),
                        (group, Some(day)) => drop(days.insert(group.to_owned(), day)),
                        (_, None) => whole = false,
                    }
                }
                column
                    .filter(|_| whole && !days.is_empty())
                    .map(|column| Self::By { column, days })
            }
            _ => node
                .text()
                .and_then(|text| text.parse().ok())
                .map(Self::Day),
        };
        if found.is_none() {
            problems.push(wrong_type::<Self>(node, path));
        }
        found
    }
}
