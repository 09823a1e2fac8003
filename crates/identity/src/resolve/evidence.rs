//! Evidence that two identifiers are of one person: kept sorted, without repeats.

use crate::normalise::Kind;

/// Two identifiers seen in one record. `from` is the one of higher priority: the
/// customer's own, as far as the record has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Subject of the identifier of higher priority.
    pub from: i64,
    /// Its kind.
    pub from_kind: Kind,
    /// Subject of the other identifier.
    pub to: i64,
    /// Its kind.
    pub to_kind: Kind,
    /// The source it was seen in first, by the caller's numbering.
    pub source: u32,
    /// When it was seen first, UTC microseconds.
    pub first_seen_us: i64,
    /// In how many records it was seen.
    pub count: u64,
}

impl Edge {
    /// What makes two pieces of evidence the same one.
    fn key(&self) -> (i64, i64, Kind, Kind) {
        (self.from, self.to, self.from_kind, self.to_kind)
    }

    /// Sightings of one pair added up: the first time and its source, all counts.
    fn add(&mut self, other: &Edge) {
        if (other.first_seen_us, other.source) < (self.first_seen_us, self.source) {
            self.first_seen_us = other.first_seen_us;
            self.source = other.source;
        }
        self.count = self.count.saturating_add(other.count);
    }
}

/// Most pieces of evidence of one set: places are counted in 32 bits.
pub const EDGES_MAX: usize = 1 << 31;

/// More evidence than [`EDGES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {EDGES_MAX} pairs of identifiers seen together")]
pub struct TooMuchEvidence;

impl TooMuchEvidence {
    /// The stable code of the error, for tables and links.
    pub fn code(&self) -> &'static str {
        "identity/too-much-evidence"
    }
}

/// A set of evidence, the same whatever order it came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    edges: Vec<Edge>,
}

impl Evidence {
    /// Sorts evidence and adds up what was seen several times. A pair of one
    /// subject with itself says nothing and is dropped.
    ///
    /// # Errors
    /// More than [`EDGES_MAX`] different pairs.
    pub fn new(edges: Vec<Edge>) -> Result<Evidence, TooMuchEvidence> {
        Evidence::sorted(edges).checked()
    }

    fn checked(self) -> Result<Evidence, TooMuchEvidence> {
        if self.edges.len() > EDGES_MAX {
            return Err(TooMuchEvidence);
        }
        Ok(self)
    }

    fn sorted(mut edges: Vec<Edge>) -> Evidence {
        edges.retain(|edge| edge.from != edge.to);
        edges.sort_unstable_by_key(Edge::key);
        edges.dedup_by(|next, kept| {
            let same = next.key() == kept.key();
            if same {
                kept.add(next);
            }
            same
        });
        Evidence { edges }
    }

    /// With further evidence: what was there and what is new, as if it had come at once.
    ///
    /// # Errors
    /// More than [`EDGES_MAX`] different pairs.
    pub fn with(self, edges: Vec<Edge>) -> Result<Evidence, TooMuchEvidence> {
        let new = Evidence::sorted(edges).edges;
        if new.is_empty() {
            return Ok(self);
        }
        let old = self.edges;
        let mut all = Vec::with_capacity(old.len() + new.len());
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(left), Some(right)) => left.key().cmp(&right.key()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            let mut edge = if order.is_le() {
                old.next()
            } else {
                new.next()
            };
            if order.is_eq()
                && let (Some(edge), Some(other)) = (edge.as_mut(), new.next())
            {
                edge.add(&other);
            }
            all.extend(edge);
        }
        Evidence { edges: all }.checked()
    }

    /// The evidence, by subjects.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }
}
