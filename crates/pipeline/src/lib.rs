//! The stages of Perennial, in order: thin drivers around folds and learners.
//!
//! A project ([`Project`]) has settings ([`settings`]), a lake and a ledger.
//! [`run`] takes its sources through every stage to a report; the other
//! functions are what the commands of the binary call.

mod answer;
mod check;
mod columns;
mod demo;
mod error;
pub mod govern;
pub mod identity;
pub mod init;
pub mod models;
pub mod privacy;
mod progress;
mod project;
mod quality;
pub mod quarantine;
mod query;
pub mod reference;
mod report;
mod run;
mod score;
pub mod settings;
mod simulate;
mod stage;
mod stages;
mod visible;

pub use answer::Both;
pub use check::{CheckProblem, CheckReport, ColumnCheck, FileCheck, FileState, SourceCheck, check};
pub use demo::{DemoOptions, DemoSummary, demo};
pub use error::{Error, Result};
pub use progress::{Progress, Silent};
pub use project::Project;
pub use quality::{MeasureShown, QualityAnswer, QualityOptions, RuleShown, quality};
pub use query::{QueryAnswer, QueryFormat, query};
pub use report::{ReportWritten, report};
pub use run::{RunOptions, RunSummary, run};
pub use score::{Decided, ScoreSummary, Scored, Whom, score};
pub use simulate::{SimulateOptions, SimulateSummary, SimulatedFormat, simulate};
pub use stages::STAGES;
