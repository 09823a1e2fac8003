//! Forgetting a person: the key and every ciphertext go, a suppression hash stays.

use sqlx::{Row, SqliteConnection};

use crate::db;
use crate::error::Result;
use crate::sql;
use crate::vault::{Keys, Vault};

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Subjects that were there and are gone.
    pub erased: usize,
    /// The write-ahead log, which still held their old rows, is emptied. If
    /// not, somebody was reading: [`crate::Ledger::compact`] does it later.
    pub log_emptied: bool,
}

impl Vault {
    /// Erases subjects: their wrapped keys, identifiers, traits, arms and what was
    /// decided about whom they are the same as, all of them or none. What was done to them (`acted`) stays, under an id that
    /// leads nowhere any more. An id that is not in the vault is passed over, so
    /// an erasure that was cut short is simply repeated.
    ///
    /// The lake's rows are the caller's to rewrite, and [`crate::Ledger::compact`]
    /// to call after it.
    ///
    /// # Errors
    /// `ledger/locked`, `ledger/disk-full`, those of the database.
    pub async fn erase(&self, subject_ids: &[i64]) -> Result<Erasure> {
        let mut erased = 0;
        let mut transaction = self.ledger.begin_write().await?;
        for subject_id in subject_ids {
            erased += usize::from(erase_one(&mut transaction, &self.keys, *subject_id).await?);
        }
        transaction.commit().await?;
        let mut connection = self.ledger.pool.acquire().await?;
        let log_emptied = db::empty_log(&mut connection).await?;
        Ok(Erasure {
            erased,
            log_emptied,
        })
    }

    /// Lets go of subjects of whom no row is kept any more: key, identifiers and
    /// traits go, all of them or none. Unlike those who were erased they are not
    /// kept from coming back. How many there were.
    ///
    /// # Errors
    /// `ledger/locked`, `ledger/disk-full`, those of the database.
    pub async fn let_go(&self, subject_ids: &[i64]) -> Result<u64> {
        let mut gone = 0;
        let mut transaction = self.ledger.begin_write().await?;
        for subject_id in subject_ids {
            gone += u64::from(remove(&mut transaction, *subject_id).await?);
        }
        transaction.commit().await?;
        Ok(gone)
    }

    /// The number of erased identities that are kept from coming back.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn suppressed_count(&self) -> Result<u64> {
        let row = sqlx::query("SELECT count(*) FROM suppressions")
            .fetch_one(&self.ledger.pool)
            .await?;
        Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
    }
}

async fn erase_one(
    connection: &mut SqliteConnection,
    keys: &Keys,
    subject_id: i64,
) -> Result<bool> {
    let row = sqlx::query("SELECT identity_hash FROM subjects WHERE subject_id = ?1")
        .bind(subject_id)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let hash = sql::fixed("subjects.identity_hash", row.try_get(0)?)?;
    sqlx::query("INSERT INTO suppressions (suppression_hash) VALUES (?1) ON CONFLICT DO NOTHING")
        .bind(keys.hasher.suppression_hash(&hash).to_vec())
        .execute(&mut *connection)
        .await?;
    remove(connection, subject_id).await
}

/// Takes away all that the vault holds of a subject; false where there is none.
async fn remove(connection: &mut SqliteConnection, subject_id: i64) -> Result<bool> {
    let mut removed = 0;
    for statement in [
        "DELETE FROM subject_traits WHERE subject_id = ?1",
        "DELETE FROM restrictions WHERE subject_id = ?1",
        "DELETE FROM arms WHERE subject_id = ?1",
        "DELETE FROM same_person WHERE subject_a = ?1 OR subject_b = ?1",
        "DELETE FROM subjects WHERE subject_id = ?1",
    ] {
        let done = sqlx::query(statement)
            .bind(subject_id)
            .execute(&mut *connection)
            .await?;
        removed = done.rows_affected();
    }
    Ok(removed > 0)
}
