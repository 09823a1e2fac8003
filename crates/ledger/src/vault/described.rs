//! Many people's traits, opened a batch at a time in the order of their pseudonyms.

use sqlx::{AssertSqlSafe, Row};

use crate::error::{Error, Result};
use crate::key::Secret;
use crate::sql;
use crate::vault::{Vault, seal};

/// The most people of one batch.
pub const DESCRIBED_MAX: usize = 10_000;

/// What the vault says of one person, of the names asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Described {
    /// The pseudonym.
    pub subject_id: i64,
    /// The value of each name asked for, in the order asked.
    pub values: Vec<Option<String>>,
}

impl std::fmt::Debug for Described {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Described(secret)")
    }
}

impl Vault {
    /// The next people who have any of the traits, `most` at the most, by rising
    /// pseudonym from `from` on. Begin at `i64::MIN`; go on behind the last one
    /// until a batch is empty.
    ///
    /// # Errors
    /// `vault/tampered`; `vault/wrong-key` when the key was rotated meanwhile;
    /// `ledger/limit` above [`DESCRIBED_MAX`] people or 1024 names.
    pub async fn described(
        &self,
        from: i64,
        names: &[&str],
        most: usize,
    ) -> Result<Vec<Described>> {
        sql::within("people of a batch", most, DESCRIBED_MAX)?;
        sql::within("names of traits", names.len(), sql::VALUES_PER_LIST)?;
        match self.open_described(from, names, most).await {
            Ok(described) => Ok(described),
            Err(error) => Err(self.blame(error).await),
        }
    }

    async fn open_described(
        &self,
        from: i64,
        names: &[&str],
        most: usize,
    ) -> Result<Vec<Described>> {
        let list = sql::list(names.len());
        let text = format!(
            "SELECT t.subject_id, t.name, t.ciphertext, s.wrapped_key FROM subject_traits AS t \
             JOIN subjects AS s ON s.subject_id = t.subject_id \
             WHERE t.name IN ({list}) AND t.subject_id IN \
             (SELECT DISTINCT subject_id FROM subject_traits WHERE subject_id >= ? AND name IN ({list}) \
             ORDER BY subject_id LIMIT ?) ORDER BY t.subject_id, t.name"
        );
        // The text is made of constants and numbers only.
        let mut query = sqlx::query(AssertSqlSafe(text));
        for name in names {
            query = query.bind((*name).to_owned());
        }
        query = query.bind(from);
        for name in names {
            query = query.bind((*name).to_owned());
        }
        query = query.bind(i64::try_from(most).unwrap_or(i64::MAX));
        let mut described: Vec<Described> = Vec::new();
        let mut personal: Option<Secret> = None;
        for row in query.fetch_all(&self.ledger.pool).await? {
            let subject_id: i64 = row.try_get(0)?;
            if described
                .last()
                .is_none_or(|last| last.subject_id != subject_id)
            {
                personal = Some(seal::unwrap(
                    &self.keys.wrapping,
                    subject_id,
                    row.try_get(3)?,
                )?);
                described.push(Described {
                    subject_id,
                    values: vec![None; names.len()],
                });
            }
            let name: String = row.try_get(1)?;
            let (Some(key), Some(person)) = (&personal, described.last_mut()) else {
                continue;
            };
            let mut plain = seal::open(key, &seal::trait_context(&name), row.try_get(2)?)?;
            let value =
                String::from_utf8(std::mem::take(&mut *plain)).map_err(|_| Error::Tampered)?;
            for (slot, _) in person
                .values
                .iter_mut()
                .zip(names)
                .filter(|(_, wanted)| **wanted == name)
            {
                *slot = Some(value.clone());
            }
        }
        Ok(described)
    }
}
