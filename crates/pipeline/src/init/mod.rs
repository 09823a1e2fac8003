//! Starting a project: looking at a user's files, drafting its settings, and
//! writing them with a word about each key and about each doubt.
//!
//! No value of a cell is written down, apart from the one that means lost: the
//! settings are kept in git, and cells hold people.

mod doubts;
mod draft;
mod error;
mod look;
mod people;
mod render;
mod seen;
#[cfg(test)]
mod tests;
mod words;
mod write;

use std::path::{Path, PathBuf};

pub use draft::{
    Draft, DraftAmount, DraftColumn, DraftLost, DraftPart, DraftSource, Guessed, Template,
};
pub use error::{CODES, Error};
pub use words::Text;
pub use write::{InitOutcome, Unsure, write_project};

use crate::settings::{Currency, Language, Zone};

/// What `init` is told.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The folder to make; one named after the first file otherwise.
    pub folder: Option<PathBuf>,
    /// The files to look at; relative ones to the working directory.
    pub files: Vec<PathBuf>,
    /// What to start from when there are no files.
    pub template: Template,
    /// The language of comments and of the project.
    pub language: Language,
    /// The currency, when the user has said it.
    pub currency: Option<Currency>,
    /// The time zone, when the user has said it.
    pub time_zone: Option<Zone>,
    /// The time zone of the user's machine, as a guess.
    pub time_zone_here: Option<Zone>,
}

/// Looks at the files and writes a project.
///
/// # Errors
/// When a file cannot be read or is no table of a known kind, or when the folder
/// is a project already.
pub fn init(options: &InitOptions) -> Result<InitOutcome, Error> {
    let folder = match (&options.folder, options.files.first()) {
        (Some(folder), _) => folder.clone(),
        (None, Some(file)) => PathBuf::from(stem(file)),
        (None, None) => PathBuf::from("."),
    };
    write::refuse_project(&folder)?;
    let draft = draft::of(options, &folder)?;
    write_project(&folder, &draft)
}

/// The name of a file without what says its kind: `orders` of `orders.csv.gz`.
fn stem(file: &Path) -> String {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let stem = name
        .trim_start_matches('.')
        .split('.')
        .next()
        .unwrap_or_default()
        .trim();
    if stem.is_empty() {
        "project".to_owned()
    } else {
        stem.to_owned()
    }
}
