//! The report's view-model: what the report says, before it is written in a
//! language. Plain data, filled by whoever ran the pipeline.
//!
//! Conventions
//! - Money is in the report's one currency ([`Report::currency`]), as `f64`:
//!   sums are made exactly elsewhere and rounded once, here.
//! - Shares and probabilities are in [0, 1], never percentages.
//! - Durations carry their unit in the name.
//! - [`Part<T>`] is a section that may not exist: `Err(Missing)` says why, and
//!   the page shows that sentence in the section's place. An `Option` without
//!   a reason is a detail whose absence needs no explanation.
//! - Identifiers are the business's own, as text.
//! - Dates and times are civil, in the business's time zone.

mod actions;
mod business;
mod quality;
mod risk;
mod trust;

pub use actions::{Action, Actions, FrontierPoint, HoldOutTest, Offer};
pub use business::{Business, LifetimeFormula, LifetimeValue, Month, Retention, Value};
pub use quality::{FailedRule, Quality, SourceScore};
pub use risk::{
    CustomerAtRisk, HorizonChoice, LostDefinition, ProbabilityBin, Risk, ThresholdReason,
};
pub use trust::{
    CalibrationBin, Confusion, Curve, Evaluation, Leak, LiftDecile, ModelKind, ModelMetrics,
    PlainTrust, ProfitPoint, Split, SplitRole, Trust, Weight,
};

use jiff::civil::DateTime;

use crate::language::Text;
use crate::messages::Message;

/// A part of the report that may not exist, with the reason when it does not.
pub type Part<T> = Result<T, Missing>;

/// Why a part of the report does not exist. Not a failure: the page says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    /// The table has no dates, so nothing can be said about periods.
    NoDates,
    /// No column holds amounts or a value, so nothing can be said in money.
    NoAmounts,
    /// Nothing has been read yet.
    NoRows,
    /// Too few customers or losses to say anything that would hold.
    TooFewRows {
        /// Customers (or rows) there are.
        rows: u64,
        /// At least so many are needed.
        needed: u64,
    },
    /// Everybody left, or nobody did: there is nothing to tell apart.
    OneOutcome,
    /// The settings name no offer.
    NoOffers,
    /// The settings leave it out.
    NotAsked,
    /// The stage has not run (`run --until`).
    NotRun,
    /// Anything else, written in both languages: one full sentence each.
    Other(Text),
}

/// A number with its interval, where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// Lower and upper bound at [`Report::interval_level`].
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    /// A number without an interval (exact, or none was computed).
    pub fn exact(value: f64) -> Estimate {
        Estimate {
            value,
            interval: None,
        }
    }

    /// A number with its interval.
    pub fn between(value: f64, low: f64, high: f64) -> Estimate {
        Estimate {
            value,
            interval: Some((low, high)),
        }
    }
}

/// What shows that a customer is there, and so the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// They buy.
    #[default]
    Purchases,
    /// Something of theirs is recorded: a visit, a login, a song played.
    Events,
    /// A contract of theirs runs: a subscription, a policy, an enrolment.
    Contracts,
}

impl Activity {
    /// Of three messages that of this kind.
    pub(crate) fn words(self, purchases: Message, events: Message, contracts: Message) -> Message {
        match self {
            Activity::Purchases => purchases,
            Activity::Events => events,
            Activity::Contracts => contracts,
        }
    }
}

/// The whole report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The project's name, as the settings have it.
    pub project: String,
    /// The moment at which a decision would have been made; `None` for a
    /// table without any date.
    pub as_of: Option<DateTime>,
    /// IANA name of the business's time zone, where dates matter.
    pub time_zone: Option<String>,
    /// The run's full id; the page shows the first eight characters.
    pub run_id: String,
    /// When the report was made (passed in: this crate has no clock).
    pub made_at: DateTime,
    /// ISO 4217 code (`GBP`, `CNY`) of every amount in the report; `None` if
    /// no column is money.
    pub currency: Option<String>,
    /// The level of every interval in the report, such as 0.95.
    pub interval_level: f64,
    /// What was read and how good it is.
    pub sources: Sources,
    /// What customers are known by.
    pub activity: Activity,
    /// The business: buyers, orders, revenue, retention.
    pub business: Part<Business>,
    /// Who is at risk and what is at stake.
    pub risk: Part<Risk>,
    /// What to do about it.
    pub actions: Part<Actions>,
    /// What customers are worth.
    pub value: Part<Value>,
    /// How far to trust the churn probabilities.
    pub trust: Part<Trust>,
    /// The features in use, for the page of definitions.
    pub features: Vec<FeatureDefinition>,
    /// Where every number comes from.
    pub trace: Trace,
}

/// What was read and how good it is.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// One entry per file read, in the order of the settings.
    pub files: Vec<SourceFile>,
    /// Warnings of quality, most serious first.
    pub warnings: Vec<Warning>,
    /// Customers known after cleaning.
    pub customers: u64,
    /// What was measured of their quality; `None` where nothing was.
    pub quality: Option<Quality>,
}

/// One file as it was read. `rows_read = rows_kept + rows_quarantined +
/// rows_duplicate`, and the page says so if it does not add up.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The file's name or path as in the settings (not an absolute path).
    pub name: String,
    /// The table it became, such as `order_lines`.
    pub table: String,
    /// Rows in the file, without the header.
    pub rows_read: u64,
    /// Rows that entered the table.
    pub rows_kept: u64,
    /// Rows set aside with a reason.
    pub rows_quarantined: u64,
    /// Rows that repeat another row.
    pub rows_duplicate: u64,
    /// Kept rows that name no customer: they count in totals of the business
    /// but belong to nobody. `None` where the table has none by nature.
    pub rows_without_customer: Option<u64>,
    /// Earliest and latest time in the file; `None` without dates.
    pub period: Option<(DateTime, DateTime)>,
    /// Plain totals of the file's number columns before any cleaning.
    pub totals: Vec<ColumnTotal>,
    /// Why rows were quarantined, with their numbers, largest first.
    pub quarantined: Vec<(Text, u64)>,
}

/// The plain total of one column, before any cleaning.
#[derive(Debug, Clone)]
pub struct ColumnTotal {
    /// The column's name in the file.
    pub column: String,
    /// The exact decimal sum as plain digits, such as `9747747.934`.
    pub total: String,
    /// Cells that were empty.
    pub empty: u64,
    /// Cells that were not a number.
    pub not_numeric: u64,
}

/// A warning of quality. Each says what to do.
#[derive(Debug, Clone)]
pub struct Warning {
    /// Its code in the table of errors and warnings.
    pub code: String,
    /// What was seen: one sentence in each language.
    pub message: Text,
    /// What to do about it: one sentence in each language.
    pub hint: Option<Text>,
    /// Whether conclusions below may be wrong because of it.
    pub serious: bool,
}

/// What a feature is.
#[derive(Debug, Clone)]
pub struct FeatureDefinition {
    /// Its name in the table `features`.
    pub name: String,
    /// Its unit, such as `days`.
    pub unit: Text,
    /// What it is: one sentence in each language.
    pub description: Text,
}

/// Where every number comes from.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// The tables read and their versions.
    pub tables: Vec<TableVersion>,
    /// The settings that matter, `section.key` and value, in order.
    pub settings: Vec<(String, String)>,
    /// Hash of all settings.
    pub settings_hash: String,
    /// The model's version, if one was used.
    pub model_version: Option<String>,
    /// The program's version.
    pub code_version: String,
    /// The run's seed.
    pub seed: u64,
}

/// One table as the report read it.
#[derive(Debug, Clone)]
pub struct TableVersion {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Its rows.
    pub rows: u64,
}
