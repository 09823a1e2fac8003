//! Directly identifying traits (name, address, ...), each sealed under its person's key.

use std::collections::{BTreeMap, HashMap};

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::error::{Error, Result};
use crate::key::Secret;
use crate::sql;
use crate::vault::seal::{self, Noise};
use crate::vault::{Keys, Vault};

/// The longest name or value of a trait, in bytes.
pub const TRAIT_BYTES_MAX: usize = 65_536;
/// Rows of one transaction; a longer call is cut into several.
const BLOCK_ROWS: usize = 131_072;

impl Vault {
    /// Stores traits, each `(subject_id, name, value)`, over what was there.
    ///
    /// # Errors
    /// `vault/unknown-subject` when one is not (or no longer) in the vault, and
    /// nothing of its block is stored; `ledger/limit` above [`TRAIT_BYTES_MAX`];
    /// `vault/tampered`; `vault/wrong-key` when the key was rotated meanwhile.
    pub async fn put_traits(&self, traits: &[(i64, &str, &str)]) -> Result<()> {
        for (_, name, value) in traits {
            sql::within(
                "bytes of a trait",
                name.len().max(value.len()),
                TRAIT_BYTES_MAX,
            )?;
        }
        for block in traits.chunks(BLOCK_ROWS) {
            if let Err(error) = self.put_block(block).await {
                return Err(self.blame(error).await);
            }
        }
        Ok(())
    }

    async fn put_block(&self, block: &[(i64, &str, &str)]) -> Result<()> {
        let mut noise = Noise::new();
        let mut transaction = self.ledger.begin_write().await?;
        for chunk in block.chunks(sql::ROWS_PER_STATEMENT) {
            let personal = personal_keys(&mut transaction, &self.keys, chunk).await?;
            let text = format!(
                "INSERT INTO subject_traits (subject_id, name, ciphertext, lookup_hash) VALUES {} \
                 ON CONFLICT (subject_id, name) DO UPDATE SET ciphertext = excluded.ciphertext, \
                 lookup_hash = excluded.lookup_hash",
                sql::rows(chunk.len(), 4)
            );
            // The text is made of constants and numbers only.
            let mut query =
                sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::ROWS_PER_STATEMENT);
            for (subject_id, name, value) in chunk {
                let unknown = Error::UnknownSubject {
                    subject_id: *subject_id,
                };
                let key = personal.get(subject_id).ok_or(unknown)?;
                let sealed = seal::seal(
                    key,
                    &seal::trait_context(name),
                    value.as_bytes(),
                    &mut noise,
                )?;
                query = query
                    .bind(*subject_id)
                    .bind((*name).to_owned())
                    .bind(sealed)
                    .bind(self.lookup_hash_of(value));
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The traits of one subject by name; empty when there are none.
    ///
    /// # Errors
    /// `vault/tampered`; `vault/wrong-key` when the key was rotated meanwhile.
    pub async fn traits(&self, subject_id: i64) -> Result<BTreeMap<String, String>> {
        match self.open_traits(subject_id).await {
            Ok(traits) => Ok(traits),
            Err(error) => Err(self.blame(error).await),
        }
    }

    async fn open_traits(&self, subject_id: i64) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query(
            "SELECT subject_traits.name, subject_traits.ciphertext, subjects.wrapped_key FROM subject_traits \
             JOIN subjects ON subjects.subject_id = subject_traits.subject_id WHERE subject_traits.subject_id = ?1",
        )
        .bind(subject_id)
        .fetch_all(&self.ledger.pool)
        .await?;
        let mut traits = BTreeMap::new();
        for row in rows {
            let name: String = row.try_get(0)?;
            let personal = seal::unwrap(&self.keys.wrapping, subject_id, row.try_get(2)?)?;
            let mut plain = seal::open(&personal, &seal::trait_context(&name), row.try_get(1)?)?;
            let value =
                String::from_utf8(std::mem::take(&mut *plain)).map_err(|_| Error::Tampered)?;
            traits.insert(name, value);
        }
        Ok(traits)
    }
}

/// The unwrapped keys of the persons of a chunk that the vault knows.
async fn personal_keys(
    connection: &mut SqliteConnection,
    keys: &Keys,
    chunk: &[(i64, &str, &str)],
) -> Result<HashMap<i64, Secret>> {
    let text = format!(
        "SELECT subject_id, wrapped_key FROM subjects WHERE subject_id IN ({})",
        sql::list(chunk.len())
    );
    // The text is made of constants and numbers only.
    let mut query =
        sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::ROWS_PER_STATEMENT);
    for (subject_id, _, _) in chunk {
        query = query.bind(*subject_id);
    }
    let mut personal = HashMap::new();
    for row in query.fetch_all(connection).await? {
        let subject_id = row.try_get(0)?;
        personal.insert(
            subject_id,
            seal::unwrap(&keys.wrapping, subject_id, row.try_get(1)?)?,
        );
    }
    Ok(personal)
}
