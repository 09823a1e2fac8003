//! Ids before their registration.

use std::collections::{HashMap, HashSet};

use sqlx::Row;

use crate::error::Result;
use crate::sql;
use crate::vault::Vault;
use crate::vault::identity::IdentityHash;

/// Identifiers put off before they are registered together, and their bytes.
const OPEN_MAX: usize = 262_144;
const OPEN_BYTES_MAX: usize = 64 << 20;
/// Exceptions (people erased, ids given after a collision) kept in memory.
const EXCEPTIONS_MAX: i64 = 1_000_000;

/// What has to be known to tell an id without asking the database, and the
/// registrations put off.
pub(super) struct Deferred {
    suppressed: HashSet<[u8; 32]>,
    salted: HashMap<IdentityHash, i64>,
    identifiers: Vec<String>,
    identifier_bytes: usize,
    ids: Vec<i64>,
}

impl Deferred {
    /// None where there are too many exceptions to hold.
    pub async fn new(vault: &Vault) -> Result<Option<Deferred>> {
        let mut connection = vault.ledger.pool.acquire().await?;
        let counts = sqlx::query(
            "SELECT (SELECT count(*) FROM suppressions), (SELECT count(*) FROM subjects WHERE salt > 0)",
        )
        .fetch_one(&mut *connection)
        .await?;
        let (erased, salted): (i64, i64) = (counts.try_get(0)?, counts.try_get(1)?);
        if erased + salted > EXCEPTIONS_MAX {
            return Ok(None);
        }
        let mut deferred = Deferred {
            suppressed: HashSet::new(),
            salted: HashMap::new(),
            identifiers: Vec::new(),
            identifier_bytes: 0,
            ids: Vec::new(),
        };
        let rows = sqlx::query("SELECT suppression_hash FROM suppressions")
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let hash = sql::fixed("suppressions.suppression_hash", row.try_get(0)?)?;
            deferred.suppressed.insert(hash);
        }
        let rows = sqlx::query("SELECT identity_hash, subject_id FROM subjects WHERE salt > 0")
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let hash = sql::fixed("subjects.identity_hash", row.try_get(0)?)?;
            deferred.salted.insert(hash, row.try_get(1)?);
        }
        Ok(Some(deferred))
    }

    /// The ids of identifiers; none for an erased person.
    pub fn resolve(
        &mut self,
        vault: &Vault,
        kind: &str,
        identifiers: &[&str],
    ) -> Result<Vec<Option<i64>>> {
        let identity = &vault.keys.hasher;
        let mut hasher = identity.kind(kind)?;
        let mut found = Vec::with_capacity(identifiers.len());
        for identifier in identifiers {
            let hash = hasher.hash(identifier)?;
            if !self.suppressed.is_empty()
                && self.suppressed.contains(&identity.suppression_hash(&hash))
            {
                found.push(None);
                continue;
            }
            let id = match self.salted.get(&hash) {
                Some(id) => *id,
                None => identity.subject_id(&hash, 0),
            };
            self.identifiers.push((*identifier).to_owned());
            self.identifier_bytes += identifier.len();
            self.ids.push(id);
            found.push(Some(id));
        }
        Ok(found)
    }

    /// Whether it is time to register what is open.
    pub fn is_full(&self) -> bool {
        self.identifiers.len() >= OPEN_MAX || self.identifier_bytes >= OPEN_BYTES_MAX
    }

    /// Hands over what is open: identifiers, and the ids they were given.
    pub fn take(&mut self) -> (Vec<String>, Vec<i64>) {
        self.identifier_bytes = 0;
        (
            std::mem::take(&mut self.identifiers),
            std::mem::take(&mut self.ids),
        )
    }
}
