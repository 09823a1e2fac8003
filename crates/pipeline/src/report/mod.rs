//! The report of a run: the view-model filled from the stages' notes and
//! tables, written as pages and lists.
//!
//! One module a section of the report. Numbers come from what the stages
//! noted; sums over customers are made once, by [`risk`]. Sentences that only
//! this crate can write (why a horizon, what few rows carry, warnings) are
//! written in both languages where they arise.

mod actions;
mod business;
mod files;
mod lists;
mod material;
mod moments;
mod quality;
mod read;
mod risk;
mod small;
mod sources;
mod trace;
mod trust;
mod value;
mod warnings;

use std::path::{Path, PathBuf};

use perennial_history::FeatureSpec;
use perennial_web::report::{Activity, FeatureDefinition, Part, Report, render};
use perennial_web::{Text, terminal};
use serde::Serialize;

use self::actions::Chosen;
pub(crate) use self::files::write as write_file;
use self::material::Material;
use self::risk::Survey;
use crate::Result;
use crate::answer::pick;
use crate::project::{Project, make_private_folder};
use crate::run::{Stages, stages_of};
use crate::settings::Language;
use crate::visible::{Whole, whole_run};

/// The level of every interval in the report.
const INTERVAL_LEVEL: f64 = 0.95;
/// The page in the project's language.
const PAGE: &str = "report.html";
/// Columns of the terminal that the summary is set for.
const SUMMARY_WIDTH: usize = 100;

/// What [`write`] left.
pub(crate) struct Written {
    /// The summary in English, line by line. It names no customer: a run keeps
    /// it in the ledger, where nothing personal may stand in clear.
    pub lines_en: Vec<String>,
    /// The same in Chinese.
    pub lines_zh: Vec<String>,
}

/// Where a report was written.
#[derive(Debug, Clone, Serialize)]
pub struct ReportWritten {
    /// The page.
    pub path: PathBuf,
    /// Whether the page is of the last whole run, and `--until` stopped a newer.
    pub is_behind: bool,
}

impl ReportWritten {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = vec![match language {
            Language::English => format!("report: {}", self.path.display()),
            Language::Chinese => format!("报告：{}", self.path.display()),
        }];
        if self.is_behind {
            lines.push(pick(
                language,
                "it is of the last whole run: a later one was stopped by `--until`, and `perennial run` finishes it".to_owned(),
                "报告来自上一次完整的运行：之后的运行因 `--until` 提前结束，执行 `perennial run` 即可补全".to_owned(),
            ));
        }
        lines
    }
}

/// The report and the rows behind its two lists.
struct Filled {
    report: Report,
    survey: Part<Survey>,
    chosen: Part<Chosen>,
}

/// Writes the pages in both languages and the lists in the project's.
///
/// # Errors
/// When a table cannot be read, the vault cannot be opened, or a file cannot
/// be written. Files are replaced whole or not at all.
pub(crate) async fn write(project: &Project, run_id: &str, stages: &Stages) -> Result<Written> {
    let folder = project.reports();
    make_private_folder(&folder)?;
    let material = Material::load(project, run_id, stages).await?;
    let Filled {
        mut report,
        survey,
        chosen,
    } = fill(&material, true).await?;
    lists::write(&material, &report, &survey, &chosen).await?;
    for (language, name) in [
        (Language::English, "report-en.html"),
        (Language::Chinese, "report-zh.html"),
    ] {
        let page = render(&report, to_web(language))?;
        let mut names = vec![name];
        if project.settings.project.language == language {
            names.insert(0, PAGE);
        }
        for name in names {
            files::write(&folder.join(name), page.as_bytes())?;
        }
    }
    if let Ok(risk) = &mut report.risk {
        risk.top.clear();
    }
    let lines = |language| {
        let text = terminal::summary(&report, to_web(language), SUMMARY_WIDTH);
        let mut lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
        lines.push(String::new());
        lines.extend(
            ReportWritten {
                path: folder.join(PAGE),
                is_behind: false,
            }
            .lines(language),
        );
        lines
    };
    Ok(Written {
        lines_en: lines(Language::English),
        lines_zh: lines(Language::Chinese),
    })
}

/// Writes the report of the last whole run in one language, to `out` (into
/// it, where it is a folder) or to `reports/report.html` of the project.
///
/// # Errors
/// `run/none-yet` before the first run; otherwise as a run.
pub async fn report(
    project: &Project,
    language: Language,
    out: Option<&Path>,
) -> Result<ReportWritten> {
    let Whole { run, is_behind } = whole_run(project).await?;
    let stages = stages_of(project, &run.run_id).await?;
    let material = Material::load(project, &run.run_id, &stages).await?;
    let path = match out {
        Some(out) if out.is_dir() => out.join(PAGE),
        Some(out) => out.to_owned(),
        None => {
            make_private_folder(&project.reports())?;
            project.reports().join(PAGE)
        }
    };
    let mut report = fill(&material, false).await?.report;
    if !is_in(&project.reports(), &path) {
        without_lists(&mut report);
    }
    let page = render(&report, to_web(language))?;
    files::write(&path, page.as_bytes())?;
    Ok(ReportWritten { path, is_behind })
}

/// Whether the file lies in the folder, or will.
fn is_in(folder: &Path, file: &Path) -> bool {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let both = parent.canonicalize().ok().zip(folder.canonicalize().ok());
    both.is_some_and(|(a, b)| a == b)
}

/// A page elsewhere must not name files that are not beside it.
fn without_lists(report: &mut Report) {
    if let Ok(risk) = &mut report.risk {
        risk.list_files.clear();
    }
    if let Ok(actions) = &mut report.actions {
        actions.list_files.clear();
    }
}

/// The language as the pages know it.
fn to_web(language: Language) -> perennial_web::Language {
    match language {
        Language::English => perennial_web::Language::En,
        Language::Chinese => perennial_web::Language::Zh,
    }
}

/// Fills the whole view-model. `writes_lists` says whether the lists are about
/// to be written; otherwise only those are named that are there.
async fn fill(m: &Material<'_>, writes_lists: bool) -> Result<Filled> {
    let project = m.project;
    let settings = &project.settings;
    let survey = risk::survey_of(m);
    let chosen = actions::chosen_of(m).await?;
    let list_files = |name: &str| lists::names(&project.reports(), name, writes_lists);
    let money = settings.has_money();
    let report = Report {
        project: settings.project.name.clone(),
        as_of: m.as_of_us().map(|us| moments::civil(&project.calendar, us)),
        time_zone: m.dated().then(|| project.calendar.name().to_owned()),
        run_id: m.run_id.to_owned(),
        made_at: moments::civil(&project.calendar, project.now_us()),
        currency: money.then(|| settings.project.currency.as_str().to_owned()),
        interval_level: INTERVAL_LEVEL,
        sources: sources::sources(m, &survey, &chosen, quality::part(m).await?),
        activity: match &m.features {
            Some(notes) if notes.events.is_some() => Activity::Events,
            Some(notes) if notes.contracts.is_some() => Activity::Contracts,
            _ => Activity::Purchases,
        },
        business: business::part(m).await?,
        risk: risk::part(m, &survey, list_files(lists::AT_RISK)).await?,
        actions: actions::part(m, &chosen, list_files(lists::ACTIONS)).await?,
        value: value::part(m),
        trust: trust::part(m).await?,
        features: features(m),
        trace: trace::trace(m).await?,
    };
    Ok(Filled {
        report,
        survey,
        chosen,
    })
}

/// The catalogue of features, for the page of definitions.
fn features(m: &Material<'_>) -> Vec<FeatureDefinition> {
    let definition = |spec: FeatureSpec| FeatureDefinition {
        name: spec.name.into_owned(),
        unit: Text::new(spec.unit.en(), spec.unit.zh()),
        description: Text::new(spec.en, spec.zh),
    };
    m.catalogue().into_iter().map(definition).collect()
}
