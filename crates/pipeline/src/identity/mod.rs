//! Who is probably the same person: people's traits out of the vault, compared
//! and weighed; what people decided about them, kept.
//!
//! Nothing here merges histories: a decision is noted, and every table counts
//! the two as two customers.

mod csv;
mod decide;
mod gather;
mod suggest;
mod words;

pub use decide::{Decided, Decisions, decide, decisions};
pub use perennial_ledger::Verdict;
pub use suggest::{
    EvidenceLine, Review, SuggestOptions, Suggested, SuggestedPair, Suggestion, suggest,
};
