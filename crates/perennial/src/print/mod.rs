//! Words on a terminal: data on standard output, all else on standard error.

mod fault;
mod output;
mod progress;
mod table;

use perennial_pipeline::Progress as _;
use perennial_pipeline::settings::Language;
use serde::Serialize;

pub(crate) use fault::{Fault, print_all, sanitised};
pub(crate) use output::Output;
pub(crate) use progress::Bars;
pub(crate) use table::{markdown, table};

/// How this call of the program prints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    /// For machines: one JSON document.
    pub(crate) json: bool,
    /// Nothing but data, warnings and errors.
    pub(crate) quiet: bool,
    /// The language asked for; the project's otherwise.
    pub(crate) language: Option<Language>,
}

impl Printer {
    /// Prints what came of a command: the document as JSON, or its lines.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn answer(
        &self,
        document: &impl Serialize,
        lines: impl FnOnce() -> Vec<String>,
    ) -> std::io::Result<()> {
        let mut output = Output::standard();
        if self.json {
            output.line(&serde_json::to_string(document)?)?;
        } else {
            for line in lines() {
                output.line(&line)?;
            }
        }
        output.finish()
    }

    /// Prints what was done, where nobody asked for silence: [`Printer::answer`]
    /// of a command whose data are tables and files.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn summary(
        &self,
        document: &impl Serialize,
        lines: impl FnOnce() -> Vec<String>,
    ) -> std::io::Result<()> {
        if self.quiet && !self.json {
            return Ok(());
        }
        self.answer(document, lines)
    }

    /// Prints something that the user should act on.
    pub(crate) fn warn(&self, text: &str) {
        Bars::new(false).warn(text);
    }

    /// Somebody to tell how the work goes on.
    pub(crate) fn progress(&self) -> Bars {
        Bars::new(!self.quiet && !self.json)
    }
}
