//! `check`: settings and sources looked at, and what a run would do said, with
//! nothing read but samples and nothing written.

mod columns;
mod plan;
mod rules;
mod source;

use std::path::PathBuf;

use serde::Serialize;

pub use columns::ColumnCheck;
pub(crate) use plan::lost;
pub use source::{FileCheck, FileState, SourceCheck};

use crate::Result;
use crate::answer::{Both, pick};
use crate::project::Project;
use crate::settings::Language;

/// What a look at a project found.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    /// The project's name.
    pub project: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its sources, in the order of the settings.
    pub sources: Vec<SourceCheck>,
    /// What lost means, what customers are worth, what can be given, what the data
    /// must fulfil.
    pub settings: Vec<Both>,
    /// What `perennial run` would do.
    pub would: Vec<Both>,
    /// What was guessed and may be wrong, with the setting that decides it.
    pub unsure: Vec<Both>,
    /// What the user should know and can act on.
    pub warnings: Vec<Both>,
    /// What would stop a run.
    pub problems: Vec<CheckProblem>,
}

/// Something that would stop a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckProblem {
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where: the source, as its settings name it.
    pub place: Option<String>,
}

impl CheckProblem {
    pub(super) fn new(error: &crate::Error, place: &str) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            hint: error.hint(),
            place: Some(place.to_owned()),
        }
    }
}

/// What is found along the way, beside the sources themselves.
#[derive(Default)]
struct Findings {
    unsure: Vec<Both>,
    warnings: Vec<Both>,
    problems: Vec<CheckProblem>,
}

impl Findings {
    fn unsure(&mut self, en: impl Into<String>, zh: impl Into<String>) {
        add(&mut self.unsure, Both::new(en, zh));
    }

    fn warn(&mut self, en: impl Into<String>, zh: impl Into<String>) {
        add(&mut self.warnings, Both::new(en, zh));
    }

    fn problem(&mut self, problem: CheckProblem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Files of one source often share their oddities.
fn add(lines: &mut Vec<Both>, line: Both) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// Looks at the project's settings and sources.
///
/// # Errors
/// Those of the ledger; what is wrong with sources stands in
/// [`CheckReport::problems`].
pub async fn check(project: &Project) -> Result<CheckReport> {
    let mut findings = Findings::default();
    let mut sources = Vec::new();
    for index in 0..project.settings.sources.len() {
        sources.push(source::look_at(project, index, &mut findings).await?);
    }
    plan::warn(&project.settings, &mut findings);
    if let Some(missing) = crate::govern::reminder(&project.settings) {
        findings.warn(missing.en, missing.zh);
    }
    let mut settings = plan::settings(&project.settings);
    settings.extend(rules::lines(&project.settings));
    let would = plan::would(project, &sources, &findings).await?;
    Ok(CheckReport {
        project: project.settings.project.name.clone(),
        folder: project.dir.clone(),
        sources,
        settings,
        would,
        unsure: findings.unsure,
        warnings: findings.warnings,
        problems: findings.problems,
    })
}

impl CheckReport {
    /// The report in a page of text.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        for source in &self.sources {
            lines.extend(source.lines(language));
            lines.push(String::new());
        }
        lines.extend(
            self.settings
                .iter()
                .map(|line| line.of(language).to_owned()),
        );
        let parts = [
            (
                pick(language, "unsure, look at these:", "不确定，请核对："),
                &self.unsure,
            ),
            (pick(language, "warnings:", "提醒："), &self.warnings),
            (
                pick(
                    language,
                    "`perennial run` would:",
                    "运行 `perennial run` 将：",
                ),
                &self.would,
            ),
        ];
        for (title, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
            lines.push(String::new());
            lines.push(title.to_owned());
            lines.extend(part.iter().map(|line| format!("  {}", line.of(language))));
        }
        lines
    }
}
