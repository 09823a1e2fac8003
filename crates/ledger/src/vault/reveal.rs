//! From subject ids back to the business's own identifiers.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Row};

use crate::error::{Error, Result};
use crate::sql;
use crate::vault::{Vault, seal};

impl Vault {
    /// The identifiers of subjects, in their order; none for an id that is not
    /// (or no longer) in the vault.
    ///
    /// # Errors
    /// `vault/tampered`; `vault/wrong-key` when the key was rotated meanwhile.
    pub async fn reveal(&self, subject_ids: &[i64]) -> Result<Vec<Option<String>>> {
        let mut identifiers = Vec::with_capacity(subject_ids.len());
        for chunk in subject_ids.chunks(sql::VALUES_PER_LIST) {
            let opened = match self.reveal_chunk(chunk).await {
                Ok(opened) => opened,
                Err(error) => return Err(self.blame(error).await),
            };
            identifiers.extend(
                chunk
                    .iter()
                    .map(|subject_id| opened.get(subject_id).cloned()),
            );
        }
        Ok(identifiers)
    }

    async fn reveal_chunk(&self, chunk: &[i64]) -> Result<HashMap<i64, String>> {
        let text = format!(
            "SELECT subject_id, kind, wrapped_key, identifier FROM subjects WHERE subject_id IN ({})",
            sql::list(chunk.len())
        );
        // The text is made of constants and numbers only.
        let mut query =
            sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::VALUES_PER_LIST);
        for subject_id in chunk {
            query = query.bind(*subject_id);
        }
        let mut opened = HashMap::with_capacity(chunk.len());
        for row in query.fetch_all(&self.ledger.pool).await? {
            let subject_id = row.try_get(0)?;
            let personal = seal::unwrap(&self.keys.wrapping, subject_id, row.try_get(2)?)?;
            let context = seal::identifier_context(row.try_get(1)?);
            let mut plain = seal::open(&personal, &context, row.try_get(3)?)?;
            let identifier =
                String::from_utf8(std::mem::take(&mut *plain)).map_err(|_| Error::Tampered)?;
            opened.insert(subject_id, identifier);
        }
        Ok(opened)
    }
}
