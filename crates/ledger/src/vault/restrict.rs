//! People whose rows are kept and otherwise left alone: because they asked for
//! it, or because the law wants rows kept of somebody who is to be forgotten.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{Error, Result};
use crate::vault::Vault;

/// Somebody whose rows are only kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restriction {
    /// Who.
    pub subject_id: i64,
    /// Since when, UTC microseconds.
    pub since_us: i64,
    /// From when on they are to be erased, UTC microseconds; none where they asked
    /// for a restriction alone.
    pub erase_at_us: Option<i64>,
}

impl Vault {
    /// Restricts a subject. Somebody who is restricted already stays so since when
    /// they were; a day of erasure is never taken away by this.
    ///
    /// # Errors
    /// `vault/unknown-subject`, `ledger/locked`, `ledger/disk-full`.
    pub async fn restrict(&self, restriction: Restriction) -> Result<()> {
        let mut transaction = self.ledger.begin_write().await?;
        let done = sqlx::query(
            "INSERT INTO restrictions (subject_id, since_us, erase_at_us) \
             SELECT subject_id, ?2, ?3 FROM subjects WHERE subject_id = ?1 \
             ON CONFLICT (subject_id) DO UPDATE SET \
             erase_at_us = coalesce(excluded.erase_at_us, restrictions.erase_at_us)",
        )
        .bind(restriction.subject_id)
        .bind(restriction.since_us)
        .bind(restriction.erase_at_us)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::UnknownSubject {
                subject_id: restriction.subject_id,
            });
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Lifts a restriction; false where there was none.
    ///
    /// # Errors
    /// `ledger/locked`, `ledger/disk-full`.
    pub async fn unrestrict(&self, subject_id: i64) -> Result<bool> {
        let mut transaction = self.ledger.begin_write().await?;
        let done = sqlx::query("DELETE FROM restrictions WHERE subject_id = ?1")
            .bind(subject_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Everybody who is restricted, by id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn restrictions(&self) -> Result<Vec<Restriction>> {
        let rows = sqlx::query(
            "SELECT subject_id, since_us, erase_at_us FROM restrictions ORDER BY subject_id",
        )
        .fetch_all(&self.ledger.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The restriction of one subject, where there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn restriction(&self, subject_id: i64) -> Result<Option<Restriction>> {
        let row = sqlx::query(
            "SELECT subject_id, since_us, erase_at_us FROM restrictions WHERE subject_id = ?1",
        )
        .bind(subject_id)
        .fetch_optional(&self.ledger.pool)
        .await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &SqliteRow) -> Result<Restriction> {
    Ok(Restriction {
        subject_id: row.try_get(0)?,
        since_us: row.try_get(1)?,
        erase_at_us: row.try_get(2)?,
    })
}
