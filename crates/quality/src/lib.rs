//! How good data are, as numbers: robust limits, drift, jumps of a unit, codes
//! that are no products, returns and their purchases, the rhythm of a source, and
//! the score that sums it up. Slices in, numbers out: no table, no clock, no
//! setting, and no data set is known here by name.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod codes;
pub mod drift;
pub mod finding;
pub mod hash;
pub mod jumps;
pub mod logs;
pub mod prices;
pub mod returns;
pub mod rhythm;
pub mod robust;
pub mod rules;
pub mod score;

pub use finding::{Finding, Severity, SourceScore, scores};
pub use logs::LogHistogram;
