//! Which columns of a source describe a person, for finding who is the same.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::{Problem, code};
use super::node::{Data, Node};
use super::read::{Setting, nearest, one_of, wrong_type};
use super::units::words;

words! {
    /// What a column says of a person.
    PersonPart {
        /// Given name.
        GivenName = "given_name",
        /// Family name.
        FamilyName = "family_name",
        /// The whole name, where given and family name are not apart.
        Name = "name",
        /// Birth date.
        BirthDate = "birth_date",
        /// E-mail address.
        Email = "email",
        /// Telephone number.
        Telephone = "telephone",
        /// Postcode.
        Postcode = "postcode",
        /// Street and house.
        Address = "address",
        /// City.
        City = "city",
    }
}

/// What stands before the part in the name of a trait in the vault, so that no
/// column of the business's own can be taken for it.
const IN_VAULT: &str = "people.";

impl PersonPart {
    /// The name under which the vault keeps the part.
    pub fn in_vault(self) -> String {
        format!("{IN_VAULT}{self}")
    }

    /// The part that the vault keeps under a name, if it is one.
    pub fn of_vault(name: &str) -> Option<Self> {
        name.strip_prefix(IN_VAULT).and_then(Self::from_word)
    }
}

/// Which column of the source says what of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct PersonColumns(BTreeMap<PersonPart, String>);

impl PersonColumns {
    /// The column that says the part.
    pub fn get(&self, part: PersonPart) -> Option<&str> {
        self.0.get(&part).map(String::as_str)
    }

    /// Every part that is said, with its column.
    pub fn iter(&self) -> impl Iterator<Item = (PersonPart, &str)> {
        self.0.iter().map(|(part, column)| (*part, column.as_str()))
    }

    /// Whether no part is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the column says any part.
    pub fn names(&self, column: &str) -> bool {
        self.0.values().any(|named| named == column)
    }
}

impl Setting for PersonColumns {
    const KIND: &'static str =
        "a table of parts and columns, as in `{ email = \"Mail\", name = \"Full name\" }`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let parts: Vec<&str> = PersonPart::ALL.iter().map(|part| part.as_str()).collect();
        let mut columns = BTreeMap::new();
        let mut whole = true;
        for entry in entries {
            let Some(part) = PersonPart::from_word(&entry.key) else {
                let message = format!("`{path}`: a person has no part `{}`", entry.key);
                let hint = match nearest(&entry.key, &parts) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the part comes first, then the column; {}", one_of(&parts)),
                };
                problems
                    .push(Problem::new(code::KEY_UNKNOWN, &entry.place, message).with_hint(hint));
                whole = false;
                continue;
            };
            match String::read(&entry.node, &format!("{path}.{part}"), problems) {
                Some(column) => drop(columns.insert(part, column)),
                None => whole = false,
            }
        }
        whole.then_some(Self(columns))
    }
}
