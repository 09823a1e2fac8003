//! How good what was read is: the rules that the settings declare and those that
//! hold for any table of its kind, measured after every ingest and kept over time.

mod books;
mod declared;
mod people;
mod returns;
mod sources;
mod tables;
mod tally;
mod told;

use std::collections::BTreeMap;

use perennial_ledger::{QualityMeasure, StageRun};
use perennial_quality::{Finding, SourceScore, scores};
use serde::{Deserialize, Serialize};

use sources::Known;
use tally::Tally;

use super::ingest;
use crate::settings::{Part, Table};
use crate::stage::{CODE_VERSION, Done, Output, Run, key_of};
use crate::{Error, Result};

/// Findings about single files that are kept in the books; the table has all.
const FILES_MAX: usize = 100;
/// Measurements whose findings the table shows beside the newest.
const HISTORY_MAX: usize = 200;
/// What the stage found out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// What was measured, hashed: a later look at the same may go on from here.
    pub base: String,
    /// When, UTC microseconds.
    pub measured_at_us: i64,
    /// The score of each source.
    pub scores: Vec<SourceScore>,
    /// What each rule found; of rules about files the worst.
    pub findings: Vec<Finding>,
    /// When something will be too old, UTC microseconds, with the rule's name.
    pub due: Vec<(String, i64)>,
    /// Why the run stops, where it does: message and hint.
    pub stop: Option<(String, String)>,
}

impl Notes {
    /// What has become too old between the measurement and `now_us`.
    fn lapsed(&self, now_us: i64) -> Vec<String> {
        let due = self.due.iter();
        let lapsed = due.filter(|(_, at)| (self.measured_at_us..now_us).contains(at));
        lapsed.map(|(name, at)| format!("{name} {at}")).collect()
    }

    /// Those that failed, the gravest first.
    pub fn failed(&self) -> Vec<&Finding> {
        let mut failed: Vec<&Finding> = self.findings.iter().filter(|f| f.fails()).collect();
        failed.sort_by_key(|f| std::cmp::Reverse(f.severity));
        failed
    }
}

/// Runs the stage. `as_of_us` stands for now where it was asked for.
pub(crate) async fn run(run: &Run<'_>, ingest: &Done, as_of_us: Option<i64>) -> Result<Done> {
    let project = run.project;
    let rules = project.settings.hash_of(&[Part::Rules]);
    let now_us = as_of_us.unwrap_or_else(|| project.now_us());
    let at = as_of_us.map_or_else(String::new, |us| us.to_string());
    let restricted = run.restricted.key();
    let rules = rules.to_hex();
    let base = key_of("quality", &[&ingest.key, rules.as_str(), &at, &restricted]);
    let key = key_from(run, &base, now_us).await?;
    let done = run
        .stage("quality", &key, async || {
            measure(run, ingest, now_us, &base, &key).await
        })
        .await?;
    if done.reused {
        note_again(run, &done).await?;
    }
    Ok(done)
}

/// Notes that an earlier measurement stands again, where another one came since:
/// settings that were changed and changed back.
async fn note_again(run: &Run<'_>, done: &Done) -> Result<()> {
    let ledger = &run.project.ledger;
    let latest = ledger.latest_stage("quality").await?;
    if latest.is_some_and(|latest| latest.stage_key == done.key) {
        return Ok(());
    }
    let now_us = run.project.now_us();
    let row = StageRun {
        run_id: run.run_id.clone(),
        stage: "quality".to_owned(),
        stage_key: done.key.clone(),
        outputs: done.outputs.clone(),
        settings_hash: run.settings_hash.clone(),
        code_version: CODE_VERSION.to_owned(),
        started_at_us: now_us,
        finished_at_us: now_us,
        details: done.details.clone(),
    };
    Ok(ledger.record_stage(&row).await?)
}

/// The key: nothing is measured again before something has become too old since.
async fn key_from(run: &Run<'_>, base: &str, now_us: i64) -> Result<String> {
    let Some(latest) = run.project.ledger.latest_stage("quality").await? else {
        return Ok(base.to_owned());
    };
    let notes: Notes = serde_json::from_value(latest.details).unwrap_or_default();
    if notes.base != base {
        return Ok(base.to_owned());
    }
    let lapsed = notes.lapsed(now_us);
    Ok(match lapsed.is_empty() {
        true => latest.stage_key,
        false => key_of("quality", &[&latest.stage_key, &lapsed.join(",")]),
    })
}

/// The failure of a run that a critical rule stops.
pub(crate) fn stopped(done: &Done) -> Result<Option<Error>> {
    let notes: Notes = done.details_as()?;
    let stop = notes
        .stop
        .map(|(message, hint)| Error::Quality { message, hint });
    Ok(stop)
}

/// What the built-in rules found.
#[derive(Default)]
struct Measured {
    findings: Vec<Finding>,
    due: Vec<(String, i64)>,
    odd: Vec<told::OddValues>,
    outputs: BTreeMap<String, i64>,
}

/// Measures the built-in rules of every table that there is.
async fn built_in(run: &Run<'_>, ingest: &Done, known: &Known, now_us: i64) -> Result<Measured> {
    let project = run.project;
    let mut out = Measured::default();
    for &table in Table::ALL {
        let Some(version) = ingest.version(table.as_str()) else {
            continue;
        };
        let findings = &mut out.findings;
        books::findings(project, known, table, findings);
        if ingest::shape_of(table).is_none() {
            people::findings(project, known, version, findings, &mut out.odd).await?;
            continue;
        }
        let mut tally = Tally::of(project, known, table, version).await?;
        if table == Table::OrderLines {
            let linked = returns::write(run, ingest, known, &mut tally).await?;
            out.outputs.insert(returns::TABLE.to_owned(), linked);
        }
        findings.extend(declared::unique_key(run, ingest, known, table).await?);
        told::findings(project, known, table, &tally, now_us, findings);
        out.due.extend(told::due(known, table, &tally));
        out.odd.extend(told::odd_amounts(known, table, &tally));
    }
    Ok(out)
}

async fn measure(
    run: &Run<'_>,
    ingest: &Done,
    now_us: i64,
    base: &str,
    key: &str,
) -> Result<Output> {
    let project = run.project;
    run.progress.start("quality", None, "rules");
    let notes: ingest::Notes = ingest.details_as()?;
    let known = Known::load(project, ingest, &notes).await?;
    let Measured {
        mut findings,
        mut due,
        odd,
        mut outputs,
    } = built_in(run, ingest, &known, now_us).await?;
    let declared = declared::findings(run, ingest, &known, now_us).await?;
    findings.extend(declared.findings);
    due.extend(declared.due);
    let flags = tables::flags(run, ingest, &known, &odd).await?;
    outputs.insert(tables::FLAGS.to_owned(), flags);
    let scores = scores(&findings, &known.named());
    let stop = declared::stop(run, ingest, &known, &findings).await?;
    let short = without_files(&findings);
    let measured_at_us = project.now_us();
    project
        .ledger
        .put_quality(&QualityMeasure {
            run_id: run.run_id.clone(),
            stage_key: key.to_owned(),
            measured_at_us,
            scores: serde_json::to_value(&scores).unwrap_or_default(),
            findings: serde_json::to_value(&short).unwrap_or_default(),
        })
        .await?;
    let version = tables::quality(run, key, measured_at_us, &findings).await?;
    outputs.insert(tables::QUALITY.to_owned(), version);
    let failed = findings.iter().filter(|f| f.fails()).count();
    run.progress.finish(&format!(
        "{} rules measured, {failed} failed",
        findings.len()
    ));
    Output::new(
        outputs,
        &Notes {
            base: base.to_owned(),
            measured_at_us,
            scores,
            findings: with_worst_files(&findings),
            due,
            stop,
        },
    )
}

/// What is kept over time: no rows about single files.
fn without_files(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|f| f.file.is_none()).collect()
}

/// The findings, of those about files the worst.
fn with_worst_files(findings: &[Finding]) -> Vec<Finding> {
    let about_files = |f: &&Finding| f.file.is_some();
    let mut files: Vec<&Finding> = findings.iter().filter(about_files).collect();
    let share = |f: &Finding| f.share().unwrap_or(0.0);
    files.sort_by(|a, b| share(b).total_cmp(&share(a)));
    files.truncate(FILES_MAX);
    let rest = findings.iter().filter(|f| f.file.is_none());
    rest.chain(files).cloned().collect()
}
