//! Lists of records of a document beside the one that is read.

use std::fmt;

use super::walk::{objects, walk};

/// Lists that are told apart.
const LISTS_MAX: usize = 100;

/// A list of records that is not read, of a document that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherList {
    /// Its name in the document: the member of JSON, the element of XML. Empty where
    /// nothing names it.
    pub name: String,
    /// Its records, as far as the document was looked at.
    pub records: u64,
}

impl fmt::Display for OtherList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.records == 1 { "" } else { "s" };
        match self.name.as_str() {
            "" => write!(f, "{} record{s}", self.records),
            name => write!(f, "`{name}` ({} record{s})", self.records),
        }
    }
}

/// Counts one more record of the list of that name.
pub(super) fn count(lists: &mut Vec<OtherList>, name: &[u8]) {
    if let Some(list) = lists.iter_mut().find(|list| list.name.as_bytes() == name) {
        list.records += 1;
    } else if lists.len() < LISTS_MAX {
        lists.push(OtherList {
            name: String::from_utf8_lossy(name).into_owned(),
            records: 1,
        });
    }
}

/// The name of the element that a line of [`crate::convert`] holds: what the names of
/// its members begin with.
pub(super) fn element_of(line: &[u8]) -> String {
    let mut name = String::new();
    if let Some(object) = objects(line).first() {
        let _ = walk(object, "", &mut |path, _| {
            if name.is_empty() {
                name.push_str(path.split('.').next().unwrap_or(path));
            }
        });
    }
    name
}
