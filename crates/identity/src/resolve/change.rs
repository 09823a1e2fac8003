//! What a new resolution changes against an earlier one.

use super::Resolution;

/// A subject whose customer is another one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The subject.
    pub subject: i64,
    /// Its customer until now.
    pub before: i64,
    /// Its customer from now on.
    pub after: i64,
}

/// The subjects whose customer differs, by subject: the rows to write anew.
pub fn changes(before: &Resolution, after: &Resolution) -> Vec<Change> {
    let (mut old, mut new) = (
        before.customers.iter().peekable(),
        after.customers.iter().peekable(),
    );
    let mut changes = Vec::new();
    loop {
        let subject = match (old.peek(), new.peek()) {
            (Some(left), Some(right)) => left.0.min(right.0),
            (Some(left), None) => left.0,
            (None, Some(right)) => right.0,
            (None, None) => return changes,
        };
        // A subject that is not listed is its own customer.
        let before = old
            .next_if(|entry| entry.0 == subject)
            .map_or(subject, |entry| entry.1);
        let after = new
            .next_if(|entry| entry.0 == subject)
            .map_or(subject, |entry| entry.1);
        if before != after {
            changes.push(Change {
                subject,
                before,
                after,
            });
        }
    }
}
