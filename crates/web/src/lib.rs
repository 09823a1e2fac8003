//! Pages as pure functions: view-model in, HTML, text or a spreadsheet out.
//! No HTTP, no database, no clock, no files.
//!
//! - [`report`]: the report's view-model and its HTML.
//! - [`terminal`]: the same in about twenty lines of plain text.
//! - [`lists`]: lists of customers as XLSX and CSV.
//! - [`mod@format`]: numbers, money and dates as a person reads them.

mod charts;
mod error;
pub mod format;
mod language;
pub mod lists;
mod locale;
mod messages;
mod page;
pub mod report;
pub mod terminal;
mod words;

pub use error::{Error, Result};
pub use language::{Language, Text};
