//! Erasures as they go: one that was cut short is known, so that it is finished
//! before anything else is done; one that is whole can be shown.

use serde_json::Value;
use sqlx::Row;

use crate::error::Result;
use crate::sql;
use crate::vault::Vault;

/// An erasure that is whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Forgotten {
    /// When it was whole, UTC microseconds.
    pub finished_at_us: i64,
    /// What was done; names nobody.
    pub report: Value,
}

impl Vault {
    /// Notes that a subject is being erased; false where there is none of that
    /// id. Noted twice is noted once.
    ///
    /// # Errors
    /// `ledger/locked`, `ledger/disk-full`, those of the database.
    pub async fn begin_erasure(&self, subject_id: i64, now_us: i64) -> Result<bool> {
        let mut transaction = self.ledger.begin_write().await?;
        let row = sqlx::query("SELECT identity_hash FROM subjects WHERE subject_id = ?1")
            .bind(subject_id)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(false) };
        let hash = sql::fixed("subjects.identity_hash", row.try_get(0)?)?;
        sqlx::query(
            "INSERT INTO erasures (begun_at_us, subject_id, suppression_hash, report) \
             VALUES (?1, ?2, ?3, '{}') ON CONFLICT DO NOTHING",
        )
        .bind(now_us)
        .bind(subject_id)
        .bind(self.keys.hasher.suppression_hash(&hash).to_vec())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The subjects whose erasure was begun and is not whole, the earliest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn erasures_pending(&self) -> Result<Vec<i64>> {
        let rows = sqlx::query(
            "SELECT subject_id FROM erasures WHERE subject_id IS NOT NULL ORDER BY seq",
        )
        .fetch_all(&self.ledger.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Notes that the erasure is whole, and forgets the pseudonym.
    ///
    /// # Errors
    /// `ledger/locked`, `ledger/disk-full`, those of the database.
    pub async fn finish_erasure(&self, subject_id: i64, now_us: i64, report: &Value) -> Result<()> {
        let report = sql::to_json("erasures.report", report)?;
        let mut transaction = self.ledger.begin_write().await?;
        sqlx::query(
            "UPDATE erasures SET finished_at_us = ?1, report = ?2, subject_id = NULL \
             WHERE subject_id = ?3",
        )
        .bind(now_us)
        .bind(report)
        .bind(subject_id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The last erasure of whoever has this identifier, if there was one.
    ///
    /// # Errors
    /// `vault/identifier-invalid`, `vault/kind-invalid`, those of the database.
    pub async fn forgotten(&self, kind: &str, identifier: &str) -> Result<Option<Forgotten>> {
        let hash = self.keys.hasher.kind(kind)?.hash(identifier)?;
        let row = sqlx::query(
            "SELECT finished_at_us, report FROM erasures WHERE suppression_hash = ?1 \
             AND finished_at_us IS NOT NULL ORDER BY seq DESC LIMIT 1",
        )
        .bind(self.keys.hasher.suppression_hash(&hash).to_vec())
        .fetch_optional(&self.ledger.pool)
        .await?;
        row.map(|row| {
            Ok(Forgotten {
                finished_at_us: row.try_get(0)?,
                report: sql::from_json("erasures.report", row.try_get(1)?)?,
            })
        })
        .transpose()
    }
}
