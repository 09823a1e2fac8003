//! Whom a column says something about, told from its table and its name.

use serde::Serialize;

use crate::Language;

/// The class of a column, the strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// About no single person: runs, sums, measures of a model.
    Public,
    /// About a person, who stands there under a pseudonym.
    Pseudonymous,
    /// It says who somebody is, or leads to them without the project's key.
    Personal,
    /// About health, beliefs, finances or the like, as the settings declare.
    Sensitive,
}

impl Class {
    /// The class in a word.
    pub fn word(self, language: Language) -> &'static str {
        match self {
            Class::Public => language.pick("public", "公开"),
            Class::Pseudonymous => language.pick("pseudonymous", "假名化"),
            Class::Personal => language.pick("personal", "个人信息"),
            Class::Sensitive => language.pick("sensitive", "敏感个人信息"),
        }
    }
}

/// Columns by which a row belongs to a person.
const PSEUDONYMS: [&str; 2] = ["customer_id", "subject_id"];
/// Columns that whoever has the business's own books can look a person up by.
const LEADS: [&str; 3] = ["order_id", "return_of", "message_id"];
/// Columns that say how a row came about and nothing of the person.
const ABOUT_THE_ROW: [&str; 6] = [
    "run_id",
    "ingest_id",
    "line",
    "bucket",
    "model_version",
    "as_of",
];
/// The text of a record as it was read, encrypted.
const RAW: &str = "raw_sealed";

/// The class of a column of a table that has the columns `all`. `sensitive` says
/// whether the settings declare it so.
pub fn class_of(name: &str, all: &[&str], sensitive: bool) -> Class {
    let of_people = all.iter().any(|name| PSEUDONYMS.contains(name));
    if sensitive {
        Class::Sensitive
    } else if name == RAW || (of_people && LEADS.contains(&name)) {
        Class::Personal
    } else if of_people && !ABOUT_THE_ROW.contains(&name) {
        Class::Pseudonymous
    } else {
        Class::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_personal_as_its_table() {
        let lines = ["subject_id", "customer_id", "order_id", "amount", "line"];
        let class = |name| class_of(name, &lines, false);
        assert_eq!(class("customer_id"), Class::Pseudonymous);
        assert_eq!(class("amount"), Class::Pseudonymous);
        assert_eq!(class("order_id"), Class::Personal);
        assert_eq!(class("line"), Class::Public);
        assert_eq!(class_of("amount", &lines, true), Class::Sensitive);
        // The same names in a table of sums are about nobody.
        assert_eq!(
            class_of("amount", &["month", "amount"], false),
            Class::Public
        );
        assert_eq!(
            class_of("raw_sealed", &["row", "raw_sealed"], false),
            Class::Personal
        );
        assert!(Class::Sensitive > Class::Personal && Class::Personal > Class::Pseudonymous);
    }
}
