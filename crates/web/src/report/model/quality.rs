//! How good the data are, by rule and source.

use crate::language::Text;

/// What was measured of the data's quality.
#[derive(Debug, Clone, Default)]
pub struct Quality {
    /// One entry a source, in the order of the settings.
    pub scores: Vec<SourceScore>,
    /// Rules that do not hold, the gravest first.
    pub failed: Vec<FailedRule>,
}

/// The score of a source.
#[derive(Debug, Clone)]
pub struct SourceScore {
    /// The source, never with its place on this machine.
    pub source: String,
    /// From 0 to 100; `None` where nothing was measured.
    pub score: Option<f64>,
    /// That of the measurement before; `None` where there was none.
    pub before: Option<f64>,
    /// Rules measured.
    pub rules: u64,
    /// Those that do not hold.
    pub failed: u64,
}

/// A rule that does not hold.
#[derive(Debug, Clone)]
pub struct FailedRule {
    /// What it says.
    pub rule: Text,
    /// The source, file or table and column.
    pub place: String,
    /// What failed, of what was checked.
    pub failed: u64,
    /// What was checked.
    pub checked: u64,
    /// The share that may fail.
    pub allowed: f64,
    /// More in words; may be empty.
    pub detail: String,
}
