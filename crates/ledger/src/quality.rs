//! How good the data were, measurement by measurement: what cannot be measured
//! again once the files have changed.

use serde_json::Value;
use sqlx::Row;

use crate::db::Ledger;
use crate::error::Result;
use crate::sql;

/// Measurements that are kept; older ones are let go of.
pub const MEASURES_MAX: i64 = 1_000;

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityMeasure {
    /// The run it belongs to.
    pub run_id: String,
    /// The key of the stage; measured again under the same key, it is replaced.
    pub stage_key: String,
    /// When, UTC microseconds.
    pub measured_at_us: i64,
    /// The scores of the sources.
    pub scores: Value,
    /// What each rule found.
    pub findings: Value,
}

impl Ledger {
    /// Keeps a measurement.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn put_quality(&self, measure: &QualityMeasure) -> Result<()> {
        let scores = sql::to_json("quality_measures.scores", &measure.scores)?;
        let findings = sql::to_json("quality_measures.findings", &measure.findings)?;
        let mut transaction = self.begin_write().await?;
        sqlx::query("DELETE FROM quality_measures WHERE stage_key = ?1")
            .bind(measure.stage_key.clone())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO quality_measures (run_id, stage_key, measured_at_us, scores, findings) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(measure.run_id.clone())
        .bind(measure.stage_key.clone())
        .bind(measure.measured_at_us)
        .bind(scores)
        .bind(findings)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM quality_measures WHERE seq <= (SELECT max(seq) FROM quality_measures) - ?1",
        )
        .bind(MEASURES_MAX)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest measurements, oldest of them first.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn quality_measures(&self, most: usize) -> Result<Vec<QualityMeasure>> {
        let most = i64::try_from(most)
            .unwrap_or(MEASURES_MAX)
            .min(MEASURES_MAX);
        let rows = sqlx::query(
            "SELECT run_id, stage_key, measured_at_us, scores, findings FROM \
             (SELECT * FROM quality_measures ORDER BY seq DESC LIMIT ?1) AS newest ORDER BY seq",
        )
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(QualityMeasure {
                run_id: row.try_get(0)?,
                stage_key: row.try_get(1)?,
                measured_at_us: row.try_get(2)?,
                scores: sql::from_json("quality_measures.scores", row.try_get(3)?)?,
                findings: sql::from_json("quality_measures.findings", row.try_get(4)?)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
