//! Replacing the wrapping key: every person's key is wrapped anew, nothing else changes.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::error::{Error, Result};
use crate::key::{ProjectKey, Secret};
use crate::sql;
use crate::vault::identity::IdentityHasher;
use crate::vault::seal::{self, Noise};
use crate::vault::{Keys, Vault};

impl Vault {
    /// Wraps every personal key under the wrapping part of `new` (see
    /// [`ProjectKey::rotated`]), in one transaction, and gives the vault as the
    /// new key opens it. The old key then opens nothing here, nor do other
    /// handles that were opened with it. Ids, ciphertexts and sealed raw records
    /// stay as they are.
    ///
    /// # Errors
    /// `vault/key-unrelated` when `new` has another root part, `vault/tampered`,
    /// `vault/wrong-key`, `ledger/locked`, `ledger/disk-full`.
    pub async fn rewrap(self, new: &ProjectKey) -> Result<Vault> {
        if new.root_check() != self.keys.project.root_check() {
            return Err(Error::KeyUnrelated);
        }
        let wrapping = new.wrapping_key();
        match self.rewrap_all(new, &wrapping).await {
            Ok(()) => {}
            Err(error) => return Err(self.blame(error).await),
        }
        let keys = Keys {
            project: new.clone(),
            hasher: IdentityHasher::new(new),
            wrapping,
        };
        Ok(Vault {
            ledger: self.ledger,
            keys: Arc::new(keys),
        })
    }

    async fn rewrap_all(&self, new: &ProjectKey, wrapping: &Secret) -> Result<()> {
        let mut noise = Noise::new();
        let mut transaction = self.ledger.begin_write().await?;
        if !super::key_matches(&mut transaction, &self.keys.project).await? {
            return Err(Error::WrongKey);
        }
        let mut from = Some(i64::MIN);
        while let Some(begin) = from {
            from = rewrap_chunk(
                &mut transaction,
                &self.keys.wrapping,
                wrapping,
                begin,
                &mut noise,
            )
            .await?;
        }
        sqlx::query("UPDATE vault_key SET wrapping_check = ?1 WHERE one = 1")
            .bind(new.wrapping_check().to_vec())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Rewraps the rows from the id `begin` on; gives the id to go on from.
async fn rewrap_chunk(
    connection: &mut SqliteConnection,
    old: &Secret,
    new: &Secret,
    begin: i64,
    noise: &mut Noise,
) -> Result<Option<i64>> {
    let rows = sqlx::query("SELECT subject_id, wrapped_key FROM subjects WHERE subject_id >= ?1 ORDER BY subject_id LIMIT ?2")
        .bind(begin)
        .bind(i64::try_from(sql::ROWS_PER_STATEMENT).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "UPDATE subjects SET wrapped_key = fresh.column2 FROM (VALUES {}) AS fresh WHERE subjects.subject_id = fresh.column1",
        sql::rows(rows.len(), 2)
    );
    // The text is made of constants and numbers only.
    let mut query =
        sqlx::query(AssertSqlSafe(text)).persistent(rows.len() == sql::ROWS_PER_STATEMENT);
    let mut last = begin;
    for row in &rows {
        last = row.try_get(0)?;
        let personal = seal::unwrap(old, last, row.try_get(1)?)?;
        query = query
            .bind(last)
            .bind(seal::wrap(new, last, &personal, noise)?);
    }
    query.execute(connection).await?;
    Ok(if rows.len() < sql::ROWS_PER_STATEMENT {
        None
    } else {
        last.checked_add(1)
    })
}
