//! Which stages ran, on what, and which table versions they left: the rows by
//! which a run is atomic for its readers, resumes, and redoes only what changed.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::db::Ledger;
use crate::error::Result;
use crate::files::{self, FileRecord};
use crate::sql;

/// The most rows a list gives at once.
pub const LIST_ROWS_MAX: usize = 10_000;

/// One stage of one run, done.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRun {
    /// Hash of input content, settings, as-of, seed and code version.
    pub run_id: String,
    /// The stage's name.
    pub stage: String,
    /// Hash of all that this stage read; a later run with an equal one may reuse the outputs.
    pub stage_key: String,
    /// Table name to the version this stage left.
    pub outputs: BTreeMap<String, i64>,
    /// Hash of the settings.
    pub settings_hash: String,
    /// Version of the program.
    pub code_version: String,
    /// Begin, UTC microseconds.
    pub started_at_us: i64,
    /// End, UTC microseconds.
    pub finished_at_us: i64,
    /// Counts and whatever else the stage wants remembered; never anything personal.
    pub details: Value,
}

/// A run whose last stage is done.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedRun {
    /// The run.
    pub run_id: String,
    /// Its as-of moment, UTC microseconds; none for data without dates.
    pub as_of_us: Option<i64>,
    /// End, UTC microseconds.
    pub finished_at_us: i64,
    /// Whatever the run wants remembered; never anything personal.
    pub summary: Value,
}

/// `SELECT` of a [`StageRun`]'s columns with what follows `FROM runs`.
macro_rules! select_stage {
    ($rest:literal) => {
        concat!(
            "SELECT run_id, stage, stage_key, outputs, settings_hash, code_version, started_at_us, \
             finished_at_us, details FROM runs ",
            $rest
        )
    };
}

impl Ledger {
    /// Records a stage as done. The same stage of the same run, recorded again,
    /// takes the place of the earlier row and counts as the newest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record_stage(&self, stage: &StageRun) -> Result<()> {
        self.record_stage_with_files(stage, &[], &[]).await
    }

    /// Records a stage and the files it read, both or neither; what earlier
    /// stages read of the sources `forgotten` is no longer known afterwards.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record_stage_with_files(
        &self,
        stage: &StageRun,
        files: &[FileRecord],
        forgotten: &[String],
    ) -> Result<()> {
        let mut transaction = self.begin_write().await?;
        write_stage(&mut transaction, stage).await?;
        files::forget(&mut transaction, forgotten).await?;
        files::write(&mut transaction, files).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// One stage of one run, if it is done.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn stage(&self, run_id: &str, stage: &str) -> Result<Option<StageRun>> {
        let row = sqlx::query(select_stage!("WHERE run_id = ?1 AND stage = ?2"))
            .bind(run_id.to_owned())
            .bind(stage.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read_stage).transpose()
    }

    /// Every stage of one run, in the order they were done.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn stages(&self, run_id: &str) -> Result<Vec<StageRun>> {
        let rows = sqlx::query(select_stage!("WHERE run_id = ?1 ORDER BY seq"))
            .bind(run_id.to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_stage).collect()
    }

    /// The newest row of this stage, of whatever run and inputs.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn latest_stage(&self, stage: &str) -> Result<Option<StageRun>> {
        let row = sqlx::query(select_stage!("WHERE stage = ?1 ORDER BY seq DESC LIMIT 1"))
            .bind(stage.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read_stage).transpose()
    }

    /// The newest row of this stage with equal inputs, of whatever run. The
    /// caller still looks whether the lake has those versions.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn find_stage_by_key(
        &self,
        stage: &str,
        stage_key: &str,
    ) -> Result<Option<StageRun>> {
        let row = sqlx::query(select_stage!(
            "WHERE stage = ?1 AND stage_key = ?2 ORDER BY seq DESC LIMIT 1"
        ))
        .bind(stage.to_owned())
        .bind(stage_key.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_stage).transpose()
    }

    /// Marks a run as complete; from here on readers see its tables. A run that
    /// is finished again becomes the latest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish_run(
        &self,
        run_id: &str,
        as_of_us: Option<i64>,
        summary: &Value,
        now_us: i64,
    ) -> Result<()> {
        let summary = sql::to_json("finished_runs.summary", summary)?;
        let mut transaction = self.begin_write().await?;
        sqlx::query("DELETE FROM finished_runs WHERE run_id = ?1")
            .bind(run_id.to_owned())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO finished_runs (run_id, as_of_us, finished_at_us, summary) VALUES (?1, ?2, ?3, ?4)")
            .bind(run_id.to_owned())
            .bind(as_of_us)
            .bind(now_us)
            .bind(summary)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The run that was finished last.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn latest_complete_run(&self) -> Result<Option<FinishedRun>> {
        Ok(self.finished_runs(1).await?.pop())
    }

    /// The finished runs, the latest first, at most `limit` (and [`LIST_ROWS_MAX`]).
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn finished_runs(&self, limit: usize) -> Result<Vec<FinishedRun>> {
        let rows = sqlx::query(
            "SELECT run_id, as_of_us, finished_at_us, summary FROM finished_runs ORDER BY seq DESC LIMIT ?1",
        )
        .bind(i64::try_from(limit.min(LIST_ROWS_MAX)).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_finished).collect()
    }

    /// Keeps the rows of the runs named, with other versions of tables, other
    /// details and another key where `change` makes such, and takes the rows of all other runs
    /// away: what these left is no longer there to be reused.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn rewrite_runs(
        &self,
        kept: &[String],
        mut change: impl FnMut(&mut StageRun),
    ) -> Result<()> {
        let mut transaction = self.begin_write().await?;
        let rows = sqlx::query(select_stage!("ORDER BY seq"))
            .fetch_all(&mut *transaction)
            .await?;
        for row in &rows {
            let before = read_stage(row)?;
            let mut after = before.clone();
            change(&mut after);
            let is_kept = kept.contains(&before.run_id);
            if is_kept && after == before {
                continue;
            }
            let statement = match is_kept {
                true => {
                    "UPDATE runs SET outputs = ?3, details = ?4, stage_key = ?5 WHERE run_id = ?1 AND stage = ?2"
                }
                false => "DELETE FROM runs WHERE run_id = ?1 AND stage = ?2",
            };
            let mut query = sqlx::query(statement)
                .bind(before.run_id)
                .bind(before.stage);
            if is_kept {
                query = query
                    .bind(sql::to_json("runs.outputs", &after.outputs)?)
                    .bind(sql::to_json("runs.details", &after.details)?)
                    .bind(after.stage_key);
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What a reader sees: table name to version, of the last complete run.
    /// Where two stages wrote one table, the later row counts. None before the
    /// first complete run.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn table_versions(&self) -> Result<Option<BTreeMap<String, i64>>> {
        match self.latest_complete_run().await? {
            None => Ok(None),
            Some(run) => Ok(Some(self.outputs_of(&run.run_id).await?)),
        }
    }

    /// Table name to version as one run left them, whether complete or not.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn outputs_of(&self, run_id: &str) -> Result<BTreeMap<String, i64>> {
        let rows = sqlx::query("SELECT outputs FROM runs WHERE run_id = ?1 ORDER BY seq")
            .bind(run_id.to_owned());
        overlay(rows.fetch(&self.pool)).await
    }

    /// For each table the version of the newest stage row that wrote it, over
    /// all runs: where the next run goes on.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn latest_outputs(&self) -> Result<BTreeMap<String, i64>> {
        overlay(sqlx::query("SELECT outputs FROM runs ORDER BY seq").fetch(&self.pool)).await
    }
}

/// Later rows over earlier ones, one row in memory at a time.
async fn overlay(
    mut rows: impl futures::Stream<Item = sqlx::Result<SqliteRow>> + Unpin,
) -> Result<BTreeMap<String, i64>> {
    let mut versions = BTreeMap::new();
    while let Some(row) = rows.try_next().await? {
        let outputs: BTreeMap<String, i64> = sql::from_json("runs.outputs", row.try_get(0)?)?;
        versions.extend(outputs);
    }
    Ok(versions)
}

async fn write_stage(connection: &mut SqliteConnection, stage: &StageRun) -> Result<()> {
    let outputs = sql::to_json("runs.outputs", &stage.outputs)?;
    let details = sql::to_json("runs.details", &stage.details)?;
    // Deleted and inserted rather than updated: the row's place in the order is part of its meaning.
    sqlx::query("DELETE FROM runs WHERE run_id = ?1 AND stage = ?2")
        .bind(stage.run_id.clone())
        .bind(stage.stage.clone())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO runs (run_id, stage, stage_key, outputs, settings_hash, code_version, started_at_us, \
         finished_at_us, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(stage.run_id.clone())
    .bind(stage.stage.clone())
    .bind(stage.stage_key.clone())
    .bind(outputs)
    .bind(stage.settings_hash.clone())
    .bind(stage.code_version.clone())
    .bind(stage.started_at_us)
    .bind(stage.finished_at_us)
    .bind(details)
    .execute(connection)
    .await?;
    Ok(())
}

fn read_stage(row: &SqliteRow) -> Result<StageRun> {
    Ok(StageRun {
        run_id: row.try_get(0)?,
        stage: row.try_get(1)?,
        stage_key: row.try_get(2)?,
        outputs: sql::from_json("runs.outputs", row.try_get(3)?)?,
        settings_hash: row.try_get(4)?,
        code_version: row.try_get(5)?,
        started_at_us: row.try_get(6)?,
        finished_at_us: row.try_get(7)?,
        details: sql::from_json("runs.details", row.try_get(8)?)?,
    })
}

fn read_finished(row: &SqliteRow) -> Result<FinishedRun> {
    Ok(FinishedRun {
        run_id: row.try_get(0)?,
        as_of_us: row.try_get(1)?,
        finished_at_us: row.try_get(2)?,
        summary: sql::from_json("finished_runs.summary", row.try_get(3)?)?,
    })
}
