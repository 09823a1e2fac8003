//! Lineage, filled: rows of the tables of one run, by its versions.

use std::collections::{BTreeMap, HashMap};

use perennial_govern::lineage::TableVersion;
use perennial_govern::lineage::{Customer, File, Model, Row, Run, Table as TableLineage};
use perennial_lake::arrow::array::{Array, AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use perennial_lake::tables::{Table, read_batches, rows_about};
use perennial_ledger::{FinishedRun, StageRun};
use serde_json::{Map, Value};

use crate::answer::{listed, moment, nearest};
use crate::models::notes_of;
use crate::privacy;
use crate::project::Project;
use crate::stages::features;
use crate::stages::ingest::{Book, CUSTOMERS, Notes};
use crate::visible;
use crate::{Error, Result};

/// Rows of files that are listed; more are counted.
const ROWS_MAX: usize = 100_000;
/// Finished runs looked back upon, at the most.
const RUNS_MAX: usize = 1_000;

/// What of a customer is followed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The decision where there is one, and the score it rests on.
    All,
    /// The score alone.
    Score,
    /// The decision, which must be there.
    Decision,
}

/// From a customer's score or decision in the last whole run back to the rows.
///
/// # Errors
/// `privacy/person-unknown`, `privacy/person-erased`, `privacy/person-restricted`,
/// `lineage/no-score`, `lineage/no-decision`, `run/none-yet`; those of the lake
/// and the ledger.
pub async fn lineage(project: &Project, identifier: &str, of: Of) -> Result<Customer> {
    let vault = project.ledger.vault(&project.key).await?;
    let subject_id = privacy::subject_of(&vault, identifier).await?;
    privacy::refuse_restricted(&vault, subject_id, identifier).await?;
    let run = visible::whole_run(project).await?.run;
    let made = Made::of(project, &run).await?;
    let score = made.row(project, "scores", subject_id).await?;
    let Some(score) = score else {
        return Err(Error::cannot(
            "lineage/no-score",
            format!("`{identifier}` has no score in the last whole run"),
            "customers without a row before the as-of moment have none; `perennial privacy export` shows what is held",
        ));
    };
    let decision = match of {
        Of::Score => None,
        _ => made.row(project, "decisions", subject_id).await?,
    };
    if of == Of::Decision && decision.is_none() {
        return Err(Error::cannot(
            "lineage/no-decision",
            format!("nothing was decided about `{identifier}` in the last whole run"),
            "`--score` follows the score alone",
        ));
    }
    let history = made.history();
    let features = made
        .features(project, subject_id, score.get("as_of"))
        .await?;
    let found = made
        .rows(project, history, subject_id, run.as_of_us)
        .await?;
    let tables = made.passed(history, decision.is_some());
    Ok(Customer {
        customer: identifier.to_owned(),
        model: model(project, score.get("model_version")).await?,
        run: made.run(&run),
        decision,
        score: Some(score),
        features,
        tables,
        files: found.files,
        rows: found.rows,
        row_count: found.count,
    })
}

/// What a table was made of.
///
/// # Errors
/// `catalogue/table-unknown`, `run/none-yet`; those of the lake and the ledger.
pub async fn table_lineage(project: &Project, table: &str) -> Result<TableLineage> {
    let versions = visible::tables(project).await?.versions;
    let Some(&version) = versions.get(table) else {
        let names: Vec<&str> = versions.keys().map(String::as_str).collect();
        let hint = match nearest(table, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the tables are {}",
                listed(names.iter().copied(), names.len())
            ),
        };
        let message = format!("there is no table `{table}`");
        return Err(Error::cannot("catalogue/table-unknown", message, hint));
    };
    let (run, stage) = maker(project, table, version).await?;
    let made = Made::of(project, &run).await?;
    let stored = Table::open(&project.lake, table, Some(version)).await?;
    let history = made.history();
    Ok(TableLineage {
        table: table.to_owned(),
        version,
        rows: stored.as_ref().map_or(0, Table::rows),
        stage: stage.stage.clone(),
        stage_key: stage.stage_key.clone(),
        made_at: moment(stage.finished_at_us),
        run: made.run(&run),
        inputs: inputs(&stage.stage, history)
            .iter()
            .filter_map(|name| made.version(name))
            .collect(),
        files: match stage.stage.as_str() {
            "ingest" => made.files_of(table),
            _ => Vec::new(),
        },
    })
}

/// The newest run that left this version, with the stage that wrote it.
async fn maker(project: &Project, table: &str, version: i64) -> Result<(FinishedRun, StageRun)> {
    for run in project.ledger.finished_runs(RUNS_MAX).await? {
        for stage in project.ledger.stages(&run.run_id).await? {
            if stage.outputs.get(table) == Some(&version) {
                return Ok((run, stage));
            }
        }
    }
    Err(crate::run::nothing_yet())
}

/// The tables that a stage reads.
fn inputs(stage: &str, history: &'static str) -> Vec<&'static str> {
    match (stage, history) {
        ("features", _) => vec![history],
        ("model", CUSTOMERS) => vec![CUSTOMERS],
        ("model", _) => vec!["features", "labels"],
        ("value" | "decide", CUSTOMERS) => vec!["scores", CUSTOMERS],
        ("value" | "decide", _) => vec!["scores", "features"],
        _ => Vec::new(),
    }
}

/// What one run left, stage by stage.
struct Made {
    stages: Vec<StageRun>,
    notes: Notes,
}

/// Rows of files and where they are from.
struct Found {
    files: Vec<File>,
    rows: Vec<Row>,
    count: u64,
}

impl Made {
    async fn of(project: &Project, run: &FinishedRun) -> Result<Self> {
        let stages = project.ledger.stages(&run.run_id).await?;
        let ingest = stages.iter().find(|stage| stage.stage == "ingest");
        let notes = ingest.and_then(|stage| serde_json::from_value(stage.details.clone()).ok());
        Ok(Self {
            stages,
            notes: notes.unwrap_or_default(),
        })
    }

    /// The table that customers are known by.
    fn history(&self) -> &'static str {
        let features = self.stages.iter().find(|stage| stage.stage == "features");
        let notes = features.and_then(|stage| {
            serde_json::from_value::<features::Notes>(stage.details.clone()).ok()
        });
        match notes {
            Some(notes) if notes.events.is_some() => "events",
            Some(_) => "order_lines",
            None => CUSTOMERS,
        }
    }

    fn run(&self, run: &FinishedRun) -> Run {
        let last = self.stages.last();
        Run {
            run_id: run.run_id.clone(),
            finished_at: Some(moment(run.finished_at_us)),
            as_of: run.as_of_us.map(moment),
            settings_hash: last.map_or_else(String::new, |s| s.settings_hash.clone()),
            code_version: last.map_or_else(String::new, |s| s.code_version.clone()),
        }
    }

    /// The version of a table, with the stage that wrote it.
    fn version(&self, table: &str) -> Option<TableVersion> {
        let mut stages = self.stages.iter().rev();
        stages.find_map(|stage| {
            Some(TableVersion {
                table: table.to_owned(),
                version: *stage.outputs.get(table)?,
                stage: stage.stage.clone(),
            })
        })
    }

    /// The tables between a decision or a score and the files.
    fn passed(&self, history: &str, decided: bool) -> Vec<TableVersion> {
        let names = [
            "decisions",
            "scores",
            "features",
            "labels",
            history,
            "ingests",
        ];
        let passed = names.iter().filter(|name| decided || **name != "decisions");
        passed.filter_map(|name| self.version(name)).collect()
    }

    /// The one row of a table about somebody, without what names a run.
    async fn row(
        &self,
        project: &Project,
        table: &str,
        subject_id: i64,
    ) -> Result<Option<Map<String, Value>>> {
        let Some(of) = self.version(table) else {
            return Ok(None);
        };
        let rows = privacy::rows_of(project, table, of.version, subject_id).await?;
        Ok(rows.into_iter().next().and_then(fields))
    }

    /// What the model was told of somebody: their features at the as-of moment, or
    /// their row of the labelled table.
    async fn features(
        &self,
        project: &Project,
        subject_id: i64,
        as_of: Option<&Value>,
    ) -> Result<Map<String, Value>> {
        let Some(of) = self.version("features") else {
            let row = self.row(project, CUSTOMERS, subject_id).await?;
            let mut row = row.unwrap_or_default();
            row.remove("ingest_id");
            return Ok(row);
        };
        let rows = privacy::rows_of(project, "features", of.version, subject_id).await?;
        let mut rows = rows.into_iter();
        let now = rows.find(|row| row.get("as_of") == as_of);
        Ok(now.and_then(fields).unwrap_or_default())
    }

    /// The rows of files that the features were made of.
    async fn rows(
        &self,
        project: &Project,
        history: &'static str,
        subject_id: i64,
        as_of_us: Option<i64>,
    ) -> Result<Found> {
        let Some(of) = self.version(history) else {
            return Err(crate::run::nothing_yet());
        };
        let columns = ["subject_id", "customer_id", "ingest_id", "line", "time"];
        let mut taken: Vec<Taken> = Vec::new();
        let mut count = 0;
        read_batches(
            &project.lake,
            history,
            Some(of.version),
            Some(&columns),
            |batch| {
                let own = rows_about(&batch, subject_id)?;
                let before = own_rows(&own).into_iter().filter(|row| {
                    // Invariant 5: nothing at or after the as-of moment was looked at.
                    row.time_us.is_none() || as_of_us.is_none_or(|cut| row.time_us < Some(cut))
                });
                for row in before {
                    count += 1;
                    if taken.len() < ROWS_MAX {
                        taken.push(row);
                    }
                }
                Ok(())
            },
        )
        .await?;
        taken.sort_by_key(|row| (row.time_us, row.ingest_id, row.line));
        let files = self.files(&taken);
        let names: HashMap<i64, &str> = files
            .iter()
            .map(|f| (f.ingest_id, f.file.as_str()))
            .collect();
        let rows = taken.iter().map(|row| Row {
            table: history.to_owned(),
            file: names.get(&row.ingest_id).copied().unwrap_or("-").to_owned(),
            line: row.line,
            time: row.time_us.map(moment),
        });
        let rows = rows.collect();
        Ok(Found { files, rows, count })
    }

    /// The files that some rows came from, with how many of them each gave.
    fn files(&self, rows: &[Taken]) -> Vec<File> {
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        for row in rows {
            *counts.entry(row.ingest_id).or_default() += 1;
        }
        counts
            .into_iter()
            .map(|(ingest_id, rows)| {
                let book = self.notes.books.iter().find(|b| b.ingest_id == ingest_id);
                File {
                    ingest_id,
                    file: book.map_or("-", |book| book.file.as_str()).to_owned(),
                    hash: book
                        .map_or("-", |book| book.content_hash.as_str())
                        .to_owned(),
                    rows,
                }
            })
            .collect()
    }

    /// The readings behind a table that is read from files.
    fn files_of(&self, table: &str) -> Vec<File> {
        let rows = |book: &Book| match table {
            "ingests" | "ingest_columns" => book.rows_read,
            "quarantine" => book.quarantined,
            _ => book.kept,
        };
        let books = self.notes.books.iter();
        let is_of = |book: &&Book| {
            crate::settings::Table::from_word(table).is_none() || book.table == table
        };
        let file = |book: &Book| File {
            ingest_id: book.ingest_id,
            file: book.file.clone(),
            hash: book.content_hash.clone(),
            rows: rows(book),
        };
        books.filter(is_of).map(file).collect()
    }
}

/// A row of a file.
struct Taken {
    ingest_id: i64,
    line: Option<i64>,
    time_us: Option<i64>,
}

fn own_rows(batch: &RecordBatch) -> Vec<Taken> {
    let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let (readings, lines) = (ints("ingest_id"), ints("line"));
    let times = (batch.column_by_name("time"))
        .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    let row = |row: usize| Taken {
        ingest_id: readings.map_or(0, |readings| readings.value(row)),
        line: lines.filter(|l| l.is_valid(row)).map(|l| l.value(row)),
        time_us: times.filter(|t| t.is_valid(row)).map(|t| t.value(row)),
    };
    (0..batch.num_rows()).map(row).collect()
}

/// A row's fields but for what names the run, which is said once.
fn fields(row: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut fields) = row else {
        return None;
    };
    fields.remove("run_id");
    Some(fields)
}

/// The model of a version, where the registry has it.
async fn model(project: &Project, version: Option<&Value>) -> Result<Option<Model>> {
    let Some(version) = version.and_then(Value::as_str) else {
        return Ok(None);
    };
    let Some(model) = project.ledger.model(version).await? else {
        return Ok(None);
    };
    let notes = notes_of(&model.card);
    Ok(Some(Model {
        model_version: version.to_owned(),
        model: match notes.uses_logistic {
            true => "logistic_regression",
            false => "plain_rule",
        }
        .to_owned(),
        fitted_at: Some(moment(model.created_at_us)),
        train_rows: notes.train_rows,
    }))
}
