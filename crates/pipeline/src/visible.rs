//! What readers see of the runs that are finished.
//!
//! A run that `--until` stopped has the tables of its first stages alone. So a
//! reader of single tables sees each as the newest finished run left it, looking
//! back as far as the last whole run, and is told which are of an older run than
//! the newest. A reader whose numbers must belong together (`report`, and the
//! score of a customer with its decision) sees the last whole run.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use perennial_ledger::FinishedRun;

use crate::Result;
use crate::answer::day;
use crate::project::Project;
use crate::run::nothing_yet;
use crate::stages::STAGES;

/// Finished runs looked back upon, at the most.
const RUNS_MAX: usize = 1_000;
/// The last stage that leaves tables: a run with it is whole.
const LAST_STAGE: &str = "decide";

/// The tables that can be read.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The version of each.
    pub versions: BTreeMap<String, i64>,
    /// Those of an older run than the newest, with the day it was finished.
    pub older: BTreeMap<String, String>,
}

impl Visible {
    /// Adds what a run left, runs given newest first; `finished` is the day of
    /// a run that is not the newest.
    fn add(&mut self, outputs: BTreeMap<String, i64>, finished: Option<&str>) {
        for (table, version) in outputs {
            let Entry::Vacant(slot) = self.versions.entry(table) else {
                continue;
            };
            if let Some(day) = finished {
                self.older.insert(slot.key().clone(), day.to_owned());
            }
            slot.insert(version);
        }
    }
}

/// The version of each table that readers see, or what stages left where no run
/// is finished yet.
///
/// # Errors
/// `run/none-yet` where there is no table; those of the ledger.
pub(crate) async fn tables(project: &Project) -> Result<Visible> {
    let mut visible = Visible::default();
    let runs = project.ledger.finished_runs(RUNS_MAX).await?;
    for (place, run) in runs.iter().enumerate() {
        let finished = (place > 0).then(|| day(run.finished_at_us));
        let outputs = project.ledger.outputs_of(&run.run_id).await?;
        visible.add(outputs, finished.as_deref());
        if is_whole(project, run).await? {
            break;
        }
    }
    if visible.versions.is_empty() {
        visible.versions = project.ledger.latest_outputs().await?;
    }
    if visible.versions.is_empty() {
        return Err(nothing_yet());
    }
    Ok(visible)
}

/// The run whose numbers belong together.
pub(crate) struct Whole {
    /// The newest whole run; the newest of all where none is whole.
    pub run: FinishedRun,
    /// Whether `--until` stopped a newer one.
    pub is_behind: bool,
}

/// The newest whole run, or the newest where none is whole.
///
/// # Errors
/// `run/none-yet` where no run is finished; those of the ledger.
pub(crate) async fn whole_run(project: &Project) -> Result<Whole> {
    let runs = project.ledger.finished_runs(RUNS_MAX).await?;
    for (place, run) in runs.iter().enumerate() {
        if is_whole(project, run).await? {
            return Ok(Whole {
                run: run.clone(),
                is_behind: place > 0,
            });
        }
    }
    let run = runs.into_iter().next().ok_or_else(nothing_yet)?;
    Ok(Whole {
        run,
        is_behind: false,
    })
}

/// The runs whose tables anybody can still want: the finished ones that readers
/// see, and the newest that did each stage, where the next run goes on.
pub(crate) async fn kept_runs(project: &Project) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for run in project.ledger.finished_runs(RUNS_MAX).await? {
        let is_whole = is_whole(project, &run).await?;
        kept.push(run.run_id);
        if is_whole {
            break;
        }
    }
    for stage in STAGES {
        let newest = project.ledger.latest_stage(stage).await?;
        kept.extend(newest.map(|stage| stage.run_id));
    }
    kept.sort();
    kept.dedup();
    Ok(kept)
}

/// Whether a finished run did every stage that leaves tables.
pub(crate) async fn is_whole(project: &Project, run: &FinishedRun) -> Result<bool> {
    let last = project.ledger.stage(&run.run_id, LAST_STAGE).await?;
    Ok(last.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_that_of_the_newest_run_that_made_it() {
        let outputs = |tables: &[(&str, i64)]| -> BTreeMap<String, i64> {
            let owned = tables.iter().map(|(name, at)| ((*name).to_owned(), *at));
            owned.collect()
        };
        let mut visible = Visible::default();
        visible.add(outputs(&[("order_lines", 5)]), None);
        visible.add(
            outputs(&[("order_lines", 4), ("features", 4)]),
            Some("2024-03-02"),
        );
        visible.add(
            outputs(&[("features", 3), ("scores", 3)]),
            Some("2024-03-01"),
        );
        let expected = outputs(&[("order_lines", 5), ("features", 4), ("scores", 3)]);
        assert_eq!(visible.versions, expected);
        let older: Vec<(&str, &str)> = visible
            .older
            .iter()
            .map(|(table, day)| (table.as_str(), day.as_str()))
            .collect();
        assert_eq!(
            older,
            [("features", "2024-03-02"), ("scores", "2024-03-01")]
        );
    }
}
