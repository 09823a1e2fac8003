//! What a business must be able to say of its data, as pure functions: facts and
//! declarations in, documents out. No files, no tables, no clock.
//!
//! - [`declared`]: what only the business knows of a source, and what of it is missing.
//! - [`class`]: whom a column says something about.
//! - [`catalogue`]: tables and columns, with owner, ground and keeping.
//! - [`lineage`]: from a score, a decision or a table back to files and rows.
//! - [`notice`]: a draft of the privacy notice, in English and Chinese.
//! - [`account`]: what goes with an export, for the person to read.
//! - [`keeping`]: which rows are past their time, and until when rows must stay.
//!
//! Every document serialises for machines and gives lines or a page for people.

pub mod account;
pub mod catalogue;
pub mod class;
pub mod declared;
pub mod keeping;
pub mod lineage;
pub mod notice;
mod page;

/// The language a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// The first in English, the second in Chinese.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}
