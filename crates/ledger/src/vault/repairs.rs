//! Records that people mended by hand. What was mended may name somebody, so it is
//! sealed as the record itself is; it is known by a keyed hash of the record's
//! text, which says nothing without the key.

use sqlx::Row;

use crate::error::Result;
use crate::sql;
use crate::vault::Vault;

/// Repairs that are kept at the most.
pub const REPAIRS_MAX: usize = 1_000_000;

/// One record, mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Which record: [`Vault::record_hash`] of its text.
    pub record_hash: [u8; 32],
    /// The content of the file it was found in, whose key seals the cells.
    pub content_hash: [u8; 32],
    /// The cells as the caller writes them.
    pub cells: Vec<u8>,
    /// When it was mended, UTC microseconds.
    pub made_at_us: i64,
}

impl Vault {
    /// The hash by which a raw record of a table is known wherever it stands.
    pub fn record_hash(&self, table: &str, raw: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.keys.project.record_key());
        hasher.update(table.as_bytes()).update(&[0]).update(raw);
        *hasher.finalize().as_bytes()
    }

    /// Keeps repairs, each over what was there of its record: all or none.
    ///
    /// # Errors
    /// `ledger/limit` beyond [`REPAIRS_MAX`]; `key/random`; those of the database.
    pub async fn put_repairs(&self, repairs: &[Repair]) -> Result<()> {
        let mut transaction = self.ledger.begin_write().await?;
        for repair in repairs {
            let sealed = self.seal_raw(&repair.content_hash, &repair.cells)?;
            sqlx::query("DELETE FROM repairs WHERE record_hash = ?1")
                .bind(repair.record_hash.to_vec())
                .execute(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO repairs (record_hash, content_hash, sealed, made_at_us) \
                 VALUES (?1, ?2, ?3, ?4)",
            )
            .bind(repair.record_hash.to_vec())
            .bind(repair.content_hash.to_vec())
            .bind(sealed)
            .bind(repair.made_at_us)
            .execute(&mut *transaction)
            .await?;
        }
        let row = sqlx::query("SELECT count(*) FROM repairs")
            .fetch_one(&mut *transaction)
            .await?;
        let count = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX);
        sql::within("repairs", count, REPAIRS_MAX)?;
        transaction.commit().await?;
        Ok(())
    }

    /// Every repair, in the order they were made.
    ///
    /// # Errors
    /// `vault/tampered`; those of the database.
    pub async fn repairs(&self) -> Result<Vec<Repair>> {
        let rows = sqlx::query(
            "SELECT record_hash, content_hash, sealed, made_at_us FROM repairs ORDER BY seq",
        )
        .fetch_all(&self.ledger.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let content_hash = sql::fixed("repairs.content_hash", row.try_get(1)?)?;
            Ok(Repair {
                record_hash: sql::fixed("repairs.record_hash", row.try_get(0)?)?,
                content_hash,
                cells: self.open_raw(&content_hash, row.try_get(2)?)?,
                made_at_us: row.try_get(3)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Forgets repairs; one that is not there is passed over.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_repairs(&self, record_hashes: &[[u8; 32]]) -> Result<()> {
        let mut transaction = self.ledger.begin_write().await?;
        for hash in record_hashes {
            sqlx::query("DELETE FROM repairs WHERE record_hash = ?1")
                .bind(hash.to_vec())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What the repairs are as a whole, as a short text that is another one after
    /// any of them was made, replaced or forgotten; empty without any.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn repairs_state(&self) -> Result<String> {
        let rows = sqlx::query("SELECT record_hash, made_at_us FROM repairs ORDER BY record_hash")
            .fetch_all(&self.ledger.pool)
            .await?;
        if rows.is_empty() {
            return Ok(String::new());
        }
        let mut hasher = blake3::Hasher::new();
        for row in &rows {
            hasher.update(row.try_get::<&[u8], _>(0)?);
            hasher.update(&row.try_get::<i64, _>(1)?.to_le_bytes());
        }
        Ok(hasher.finalize().to_hex()[..16].to_owned())
    }
}
