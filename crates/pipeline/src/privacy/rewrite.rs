//! Rows out of every version of a table that somebody can still want, and the
//! ledger told of the new versions: what erasing, restricting and letting go have
//! in common.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use perennial_lake::tables::{Going, remove_unused, table_names, without_rows};
use perennial_ledger::StageRun;
use serde_json::Value;

use super::books::Records;
use crate::project::Project;
use crate::run::{RunSummary, stages_of};
use crate::settings::Table;
use crate::stages::ingest::CUSTOMERS;
use crate::visible::{kept_runs, whole_run};
use crate::{Error, Result, report};

/// Every version of every table that a kept run left.
pub(super) type Versions = BTreeMap<String, BTreeSet<i64>>;

/// What became of the tables.
#[derive(Default)]
pub(super) struct Rewritten {
    /// The new version of each that had rows which went.
    pub versions: BTreeMap<(String, i64), i64>,
    /// Rows that went, by table.
    pub rows: BTreeMap<String, u64>,
    /// The records that the rows were, where that was noted.
    pub gone: Records,
    /// Rows that went, by reading.
    pub readings: BTreeMap<i64, u64>,
    /// Whose rows they were, where that was noted.
    pub customers: HashSet<i64>,
    /// What the repairs are as a whole afterwards, where some went.
    pub repairs: Option<String>,
}

impl Rewritten {
    /// Takes rows out of the versions of one table.
    pub async fn take_out(
        &mut self,
        project: &Project,
        versions: &Versions,
        table: &str,
        going: &Going<'_>,
    ) -> Result<()> {
        // Versions share their rows: of each reading the most that any of them had.
        for &version in versions.get(table).into_iter().flatten() {
            let found = without_rows(&project.lake, table, version, going).await?;
            let Some(found) = found else { continue };
            let rows = self.rows.entry(table.to_owned()).or_default();
            *rows = (*rows).max(found.rows);
            for (reading, records) in found.records {
                let of_reading = self.gone.entry(reading).or_default();
                of_reading.extend(records);
                of_reading.sort_unstable();
                of_reading.dedup();
            }
            for (reading, rows) in found.readings {
                let of_reading = self.readings.entry(reading).or_default();
                *of_reading = (*of_reading).max(rows);
            }
            self.customers.extend(found.customers);
            let key = (table.to_owned(), version);
            self.versions.insert(key, found.version);
        }
        Ok(())
    }

    /// Notes that a version was written anew in another way.
    pub fn replace(&mut self, table: &str, version: i64, by: i64) {
        self.versions.insert((table.to_owned(), version), by);
    }

    /// Gives a stage the new versions of its tables.
    pub fn point(&self, stage: &mut StageRun) {
        for (table, version) in &mut stage.outputs {
            if let Some(new) = self.versions.get(&(table.clone(), *version)) {
                *version = *new;
            }
        }
    }
}

/// Whether a table holds what files say, rather than what was made of it.
pub(super) fn is_read(table: &str) -> bool {
    Table::from_word(table).is_some()
}

/// Tables whose rows are about readings and about nobody.
pub(super) const BOOKS: [&str; 3] = ["ingests", "ingest_columns", "quarantine"];

/// The versions of every table that the kept runs left.
pub(super) async fn versions_of(project: &Project, kept: &[String]) -> Result<Versions> {
    let mut versions = Versions::new();
    for run_id in kept {
        for stage in project.ledger.stages(run_id).await? {
            for (table, version) in stage.outputs {
                versions.entry(table).or_default().insert(version);
            }
        }
    }
    Ok(versions)
}

/// Counts one customer less, and their rows, in what a stage noted.
pub(super) fn less(details: &mut Value, stage: &str, rows: &BTreeMap<String, u64>) {
    let of = |table: &str| rows.get(table).copied().unwrap_or(0);
    let histories = rows
        .iter()
        .filter(|(table, _)| is_read(table) && *table != CUSTOMERS);
    let lines = histories.map(|(_, rows)| *rows).max().unwrap_or(0);
    let counts: &[(&str, u64)] = match stage {
        "features" => &[("customers", of("features").min(1)), ("lines", lines)],
        "model" => &[("customers_scored", of("scores").min(1))],
        "value" => &[("customers", of("clv").min(1))],
        _ => &[],
    };
    for (name, fewer) in counts {
        if let Some(count) = details.get(*name).and_then(Value::as_u64) {
            details[*name] = count.saturating_sub(*fewer).into();
        }
    }
}

/// Removes the data files that no kept run needs; how many there were.
pub(super) async fn remove_old(project: &Project) -> Result<u64> {
    let kept = kept_runs(project).await?;
    let versions = versions_of(project, &kept).await?;
    let mut removed = 0;
    for table in table_names(&project.lake)? {
        let of_table = versions.get(&table).into_iter().flatten();
        let of_table: Vec<i64> = of_table.copied().collect();
        removed += remove_unused(&project.lake, &table, &of_table).await?;
    }
    Ok(removed)
}

/// Removes all reports: any of them may name a person.
pub(super) fn remove_reports(project: &Project) -> Result<()> {
    let folder = project.reports();
    match std::fs::remove_dir_all(&folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::Io {
            action: "remove",
            path: folder,
            source: e,
        }),
        _ => Ok(()),
    }
}

/// Writes the report of the last whole run anew, where there is one.
pub(super) async fn write_report(project: &Project) -> Result<bool> {
    let run = match whole_run(project).await {
        Ok(whole) => whole.run,
        Err(_) => return Ok(false),
    };
    let stages = stages_of(project, &run.run_id).await?;
    if stages.decide.is_none() {
        return Ok(false);
    }
    let written = report::write(project, &run.run_id, &stages).await?;
    // What the run said counts the person; it is said anew.
    if let Ok(mut summary) = serde_json::from_value::<RunSummary>(run.summary) {
        (summary.lines_en, summary.lines_zh) = (written.lines_en, written.lines_zh);
        let summary = serde_json::to_value(&summary).unwrap_or_default();
        let (ledger, now_us) = (&project.ledger, project.now_us());
        ledger
            .finish_run(&run.run_id, run.as_of_us, &summary, now_us)
            .await?;
    }
    Ok(true)
}
