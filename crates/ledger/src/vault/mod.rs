//! The vault: who stands behind a pseudonym, and only for who holds the key.
//!
//! A subject id is the head of a keyed hash of (kind, identifier), so the same
//! customer of the same business has the same id on every machine that holds
//! the key, in whatever order the files come. Each subject has a random key of
//! its own, wrapped by the project's; identifier and personal traits are sealed
//! under it. Destroying that key is forgetting the person: every copy of the
//! ciphertexts dies with it. A backup of the ledger still holds the wrapped key;
//! it dies when the wrapping key is rotated and the old one destroyed.

mod deferred;
mod described;
mod erase;
mod erasures;
mod identity;
mod lookup;
mod raw;
mod register;
mod repairs;
mod resolver;
mod restrict;
mod reveal;
mod rotate;
mod seal;
mod traits;

use std::fmt;
use std::sync::Arc;

use sqlx::{Row, SqliteConnection};

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::key::{ProjectKey, Secret};
use crate::sql;

pub use described::{DESCRIBED_MAX, Described};
pub use erase::Erasure;
pub use erasures::Forgotten;
pub use identity::{IDENTIFIER_BYTES_MAX, KIND_BYTES_MAX};
pub use raw::{FileSealer, RAW_BYTES_MAX};
pub use repairs::{REPAIRS_MAX, Repair};
pub use resolver::{ENTRIES_MAX_DEFAULT, Resolver};
pub use restrict::Restriction;
pub use traits::TRAIT_BYTES_MAX;

use identity::IdentityHasher;

/// The vault of one ledger, opened with the project's key. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    ledger: Ledger,
    keys: Arc<Keys>,
}

/// What the project's key yields, derived once.
struct Keys {
    project: ProjectKey,
    hasher: IdentityHasher,
    wrapping: Secret,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Vault(secret)")
    }
}

impl Ledger {
    /// Opens the vault. The first key used is the vault's from then on: another
    /// one is refused before it can make other ids for the same people.
    ///
    /// # Errors
    /// `vault/wrong-key`.
    pub async fn vault(&self, key: &ProjectKey) -> Result<Vault> {
        self.vault_with(key, IdentityHasher::new(key)).await
    }

    /// Whether the vault belongs to this key; none where it belongs to none yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn key_opens(&self, key: &ProjectKey) -> Result<Option<bool>> {
        let mut connection = self.pool.acquire().await?;
        let row = sqlx::query("SELECT 1 FROM vault_key WHERE one = 1")
            .fetch_optional(&mut *connection)
            .await?;
        match row {
            None => Ok(None),
            Some(_) => Ok(Some(key_matches(&mut connection, key).await?)),
        }
    }

    async fn vault_with(&self, key: &ProjectKey, hasher: IdentityHasher) -> Result<Vault> {
        let mut connection = self.pool.acquire().await?;
        if !key_matches(&mut connection, key).await? {
            drop(connection);
            let mut transaction = self.begin_write().await?;
            sqlx::query(
                "INSERT INTO vault_key (one, root_check, wrapping_check) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING",
            )
            .bind(key.root_check().to_vec())
            .bind(key.wrapping_check().to_vec())
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        }
        let keys = Keys {
            project: key.clone(),
            hasher,
            wrapping: key.wrapping_key(),
        };
        let vault = Vault {
            ledger: self.clone(),
            keys: Arc::new(keys),
        };
        vault.refuse_wrong_key().await?;
        Ok(vault)
    }
}

impl Vault {
    /// The number of subjects.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count(&self) -> Result<u64> {
        let row = sqlx::query("SELECT count(*) FROM subjects")
            .fetch_one(&self.ledger.pool)
            .await?;
        Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
    }

    /// A sealer for the raw records of the file with this content hash: what
    /// was quarantined, free text of nobody known.
    pub fn file_sealer(&self, content_hash: &[u8; 32]) -> FileSealer {
        FileSealer::new(&self.keys.project, content_hash)
    }

    /// Seals one raw record; [`Vault::file_sealer`] is for many.
    ///
    /// # Errors
    /// `ledger/limit` above [`RAW_BYTES_MAX`], `key/random`.
    pub fn seal_raw(&self, content_hash: &[u8; 32], raw: &[u8]) -> Result<Vec<u8>> {
        self.file_sealer(content_hash).seal(raw)
    }

    /// Opens what [`Vault::seal_raw`] sealed.
    ///
    /// # Errors
    /// `vault/tampered` when it was altered, or belongs to another file or key.
    pub fn open_raw(&self, content_hash: &[u8; 32], sealed: &[u8]) -> Result<Vec<u8>> {
        self.file_sealer(content_hash).open(sealed)
    }

    async fn refuse_wrong_key(&self) -> Result<()> {
        let mut connection = self.ledger.pool.acquire().await?;
        match key_matches(&mut connection, &self.keys.project).await? {
            true => Ok(()),
            false => Err(Error::WrongKey),
        }
    }

    /// A ciphertext that does not open is altered, unless the key was rotated
    /// while this vault was open: then the key is to blame.
    async fn blame(&self, error: Error) -> Error {
        match error {
            Error::Tampered => self
                .refuse_wrong_key()
                .await
                .err()
                .unwrap_or(Error::Tampered),
            other => other,
        }
    }
}

/// Whether the vault belongs to this key, both parts; false also when it has none yet.
async fn key_matches(connection: &mut SqliteConnection, key: &ProjectKey) -> Result<bool> {
    let row = sqlx::query("SELECT root_check, wrapping_check FROM vault_key WHERE one = 1")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let root: [u8; 32] = sql::fixed("vault_key.root_check", row.try_get(0)?)?;
    let wrapping: [u8; 32] = sql::fixed("vault_key.wrapping_check", row.try_get(1)?)?;
    Ok(root == key.root_check() && wrapping == key.wrapping_check())
}

#[cfg(test)]
mod tests;
