//! The report: its view-model ([`Report`]), and how it is written as one
//! self-contained HTML file.
//!
//! The page is built of sections, one question each; a section of panels, one
//! finding each, whose title says the finding. Sentences come from the tables
//! of messages, numbers from [`mod@crate::format`]; `sections` decides what is
//! said, the templates how it looks.

mod missing;
mod model;
mod sections;
mod summary;

pub use model::*;
pub(crate) use summary::sentences;

use askama::Template;

use crate::charts;
use crate::error::Result;
use crate::format;
use crate::language::Language;
use crate::locale::Locale;
use crate::messages::page as m;
use crate::page::{Page, Scripts, Section};

/// How charts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charts {
    /// Drawn, and drawn again by a script that lets values be read by
    /// pointer. The script makes the file some 4.5 MB larger.
    Interactive,
    /// Drawn only: the file has no script at all.
    Still,
}

/// The report as one HTML file that loads nothing from the network, with
/// interactive charts.
///
/// # Errors
/// `web/render` if a template fails to write; not caused by the report's data.
pub fn render(report: &Report, language: Language) -> Result<String> {
    render_with(report, language, Charts::Interactive)
}

/// The same, with a choice of how charts are made.
///
/// # Errors
/// As [`render`].
pub fn render_with(report: &Report, language: Language, charts: Charts) -> Result<String> {
    let locale = Locale {
        language,
        currency: report.currency.as_deref(),
    };
    let interactive = charts == Charts::Interactive;
    let sections = sections::all(report, locale, interactive);
    // Without a chart there is nothing for the script to do.
    let charted = sections.iter().any(Section::has_chart);
    let scripts = (interactive && charted).then(|| Scripts {
        library: charts::library(),
        own: charts::own_script(),
    });
    let summary = sentences(report, locale);
    let page = Page {
        lang: language.tag(),
        title: locale.fill(
            m::TITLE,
            &[("project", locale.name(&report.project).into())],
        ),
        css: include_str!("../../assets/report.css"),
        skip: locale.say(m::SKIP),
        kicker: locale.say(m::KICKER),
        heading: locale.name(&report.project),
        facts: facts(report, locale),
        summary_heading: locale.say(if summary.len() > 1 {
            m::SUMMARY
        } else {
            m::SUMMARY_SHORT
        }),
        summary,
        contents: locale.say(m::CONTENTS),
        sections,
        footer: footer(report, locale),
        scripts,
    };
    Ok(page.render()?)
}

/// As-of, run, made at, currency and time zone.
fn facts(report: &Report, locale: Locale<'_>) -> Vec<(String, String)> {
    let language = locale.language;
    let mut facts = Vec::new();
    if let Some(moment) = report.as_of {
        facts.push((locale.say(m::AS_OF), format::date_time(moment, language)));
    } else if !report.sources.files.is_empty() {
        facts.push((locale.say(m::AS_OF), locale.say(m::AS_OF_NONE)));
    }
    if let Some(zone) = &report.time_zone {
        facts.push((locale.say(m::TIME_ZONE), locale.name(zone)));
    }
    if let Some(currency) = &report.currency {
        facts.push((locale.say(m::CURRENCY), locale.name(currency)));
    }
    facts.push((
        locale.say(m::RUN),
        locale.name(&format::code_short(&report.run_id)),
    ));
    facts.push((
        locale.say(m::MADE_AT),
        format::date_time(report.made_at, language),
    ));
    facts
}

fn footer(report: &Report, locale: Locale<'_>) -> Vec<String> {
    let level = locale.percent(report.interval_level);
    let version = locale.name(&report.trace.code_version);
    vec![
        locale.fill(m::INTERVALS, &[("level", level.into())]),
        locale.say(m::SELF_CONTAINED),
        locale.fill(m::MADE_BY, &[("version", version.into())]),
    ]
}
