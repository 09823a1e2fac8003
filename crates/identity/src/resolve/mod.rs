//! Identifiers seen together, joined into customers.
//!
//! What is joined follows from the whole set of evidence and decisions, never
//! from the order in which they came:
//!
//! 1. An identifier seen with more customers than its limit is shared and joins
//!    nobody. Evidence that a person rejected still counts towards the limit, so
//!    that taking one merge back never brings about another.
//! 2. What is left joins: the customer is the smallest subject of what hangs
//!    together.
//! 3. Where that breaks a rule (two ids that shall be one customer's each, two
//!    subjects that a person keeps apart, more subjects than one customer can
//!    have) the evidence within is taken again from the strongest to the weakest,
//!    and what would break a rule is left out. The order is one of contents, and
//!    what breaks a rule once breaks it for good, so the outcome is defined.

mod change;
mod decide;
mod evidence;
mod join;

#[cfg(test)]
mod tests;

pub use change::{Change, changes};
pub use decide::{Decision, Verdict};
pub use evidence::{EDGES_MAX, Edge, Evidence, TooMuchEvidence};

use crate::normalise::Kind;

/// Limits of what joins. The defaults are those people know from other systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many customers an identifier of each kind may be seen with before it
    /// is shared, by [`Kind`].
    pub customers_max: [u32; Kind::ALL.len()],
    /// Whether a customer has one customer id at most.
    pub exclusive_ids: bool,
    /// Most subjects of one customer, at least 2.
    pub subjects_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            customers_max: [5; Kind::ALL.len()],
            exclusive_ids: false,
            subjects_max: 1_000,
        }
    }
}

/// Why evidence did not count, or that it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// It joins.
    Counted,
    /// One of its ends is a blocked subject.
    Blocked,
    /// A person took this merge back.
    Rejected,
    /// Its identifier was seen with more customers than the limit.
    Shared,
    /// It would have given a customer a second id.
    SecondId,
    /// It would have joined subjects that a person keeps apart.
    Apart,
    /// It would have made a customer of more subjects than the limit.
    TooLarge,
}

impl Outcome {
    /// The stable name, for tables.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::Counted => "counted",
            Outcome::Blocked => "blocked",
            Outcome::Rejected => "rejected",
            Outcome::Shared => "shared",
            Outcome::SecondId => "second_id",
            Outcome::Apart => "apart",
            Outcome::TooLarge => "too_large",
        }
    }
}

/// An identifier seen with more customers than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// The identifier's subject.
    pub subject: i64,
    /// Its kind.
    pub kind: Kind,
    /// Customers it was seen with.
    pub customers: u32,
}

/// What hung together and was cut because it broke a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// The smallest subject of the whole.
    pub subject: i64,
    /// Subjects of the whole.
    pub subjects: u32,
    /// Customers it was cut into, single subjects included.
    pub customers: u32,
    /// Pieces of evidence left out.
    pub left_out: u32,
}

/// Which subject belongs to which customer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolution {
    /// Subject and customer for every subject that is joined with another, by
    /// subject. A subject that is not listed is its own customer.
    pub customers: Vec<(i64, i64)>,
    /// What became of each piece of evidence, in the order of [`Evidence::edges`].
    pub outcomes: Vec<Outcome>,
    /// What became of each pair that people joined, by pair.
    pub asserted: Vec<((i64, i64), Outcome)>,
    /// Identifiers that join nobody because too many share them, by subject.
    pub shared: Vec<Shared>,
    /// What was cut, by subject.
    pub cuts: Vec<Cut>,
}

impl Resolution {
    /// The customer of a subject.
    pub fn customer(&self, subject: i64) -> i64 {
        self.customers
            .binary_search_by_key(&subject, |&(subject, _)| subject)
            .map_or(subject, |at| self.customers[at].1)
    }
}

/// Joins subjects into customers. `blocked` are subjects that join nobody.
pub fn resolve(
    evidence: &Evidence,
    limits: &Limits,
    blocked: &[i64],
    decisions: &[Decision],
) -> Resolution {
    let decided = decide::latest(decisions);
    let mut blocked = blocked.to_vec();
    blocked.sort_unstable();
    join::resolve(evidence, limits, &blocked, &decided)
}
