//! Identifiers in, subject ids out: looked up in sorted blocks, created where
//! they are new. Sorted by hash, since the id is its head: a block then walks the
//! index of ids from one end to the other, each page once.

use std::collections::HashSet;

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection, Row, Sqlite, SqliteConnection};

use crate::error::{Error, Result};
use crate::sql;
use crate::vault::identity::{IdentityHash, SALT_MAX};
use crate::vault::seal::{self, Noise};
use crate::vault::{Keys, Vault};

/// Identifiers of one transaction; a longer call is cut into several, and
/// whatever stops it, the blocks before stand and are found again.
const BLOCK_IDENTIFIERS: usize = 262_144;

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// One distinct identity of a block.
struct Wanted {
    hash: IdentityHash,
    /// Where in the block it stands first.
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Unknown,
    Known(i64),
    Suppressed,
}

impl Vault {
    /// The subject ids of identifiers of one kind, in their order; new ones are
    /// created. None for a person who was erased: the row is to be left out.
    /// Equal identifiers may repeat. Identifiers are taken byte by byte: trimming
    /// and folding of case is the caller's.
    ///
    /// # Errors
    /// `vault/identifier-invalid` (empty or above
    /// [`IDENTIFIER_BYTES_MAX`](super::IDENTIFIER_BYTES_MAX): look first),
    /// `vault/kind-invalid`, `ledger/locked`, `ledger/disk-full`.
    pub async fn register<S: AsRef<str>>(
        &self,
        kind: &str,
        identifiers: &[S],
    ) -> Result<Vec<Option<i64>>> {
        let mut ids = Vec::with_capacity(identifiers.len());
        for block in identifiers.chunks(BLOCK_IDENTIFIERS) {
            // Borrowed as text: what `S` is does not matter beyond this line.
            let block: Vec<&str> = block.iter().map(AsRef::as_ref).collect();
            self.register_block(kind, &block, &mut ids).await?;
        }
        Ok(ids)
    }

    /// The subject id of one identifier, if it is registered; never creates one.
    ///
    /// # Errors
    /// `vault/identifier-invalid`, `vault/kind-invalid`.
    pub async fn subject_id_of(&self, kind: &str, identifier: &str) -> Result<Option<i64>> {
        let (mut wanted, _) = self.hash_block(kind, &[identifier])?;
        let mut connection = self.ledger.pool.acquire().await?;
        find(&mut connection, &self.keys, &mut wanted).await?;
        Ok(wanted.first().and_then(|wanted| match wanted.state {
            State::Known(subject_id) => Some(subject_id),
            State::Unknown | State::Suppressed => None,
        }))
    }

    async fn register_block(
        &self,
        kind: &str,
        block: &[&str],
        ids: &mut Vec<Option<i64>>,
    ) -> Result<()> {
        let (mut wanted, places) = self.hash_block(kind, block)?;
        let mut connection = self.ledger.pool.acquire().await?;
        // Most calls find everybody, and need no lock for that.
        find(&mut connection, &self.keys, &mut wanted).await?;
        if wanted.iter().any(|wanted| wanted.state == State::Unknown) {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            // Another process may have been faster while this one waited for the lock.
            let taken = find(&mut transaction, &self.keys, &mut wanted).await?;
            create(
                &mut transaction,
                &self.keys,
                kind,
                block,
                &mut wanted,
                &taken,
            )
            .await?;
            transaction.commit().await?;
        }
        for place in places {
            match wanted.get(place).map(|wanted| wanted.state) {
                Some(State::Known(subject_id)) => ids.push(Some(subject_id)),
                Some(State::Suppressed) => ids.push(None),
                Some(State::Unknown) | None => return Err(Error::SubjectIdsExhausted),
            }
        }
        Ok(())
    }

    /// The distinct identities in the order of their hashes, and for each
    /// identifier its place among them.
    fn hash_block(&self, kind: &str, block: &[&str]) -> Result<(Vec<Wanted>, Vec<usize>)> {
        let mut hasher = self.keys.hasher.kind(kind)?;
        let mut hashes = Vec::with_capacity(block.len());
        for (at, identifier) in block.iter().enumerate() {
            hashes.push((hasher.hash(identifier)?, at));
        }
        hashes.sort_unstable();
        let mut wanted: Vec<Wanted> = Vec::with_capacity(hashes.len());
        let mut places = vec![0; block.len()];
        for (hash, at) in hashes {
            if wanted.last().is_none_or(|last| last.hash != hash) {
                wanted.push(Wanted {
                    hash,
                    at,
                    state: State::Unknown,
                });
            }
            if let Some(place) = places.get_mut(at) {
                *place = wanted.len() - 1;
            }
        }
        Ok((wanted, places))
    }
}

/// Settles the unknown ones that the database knows; gives the ids that belong
/// to others and would have been theirs.
async fn find(
    connection: &mut SqliteConnection,
    keys: &Keys,
    wanted: &mut [Wanted],
) -> Result<HashSet<i64>> {
    let mut taken = HashSet::new();
    let any_salted = exists(connection, "SELECT 1 FROM subjects WHERE salt > 0 LIMIT 1").await?;
    let any_suppressed = exists(connection, "SELECT 1 FROM suppressions LIMIT 1").await?;
    for chunk in wanted.chunks_mut(sql::VALUES_PER_LIST) {
        find_by_id(connection, keys, chunk, &mut taken).await?;
        if any_salted {
            find_salted(connection, chunk).await?;
        }
        if any_suppressed {
            find_suppressed(connection, keys, chunk).await?;
        }
    }
    Ok(taken)
}

async fn exists(connection: &mut SqliteConnection, query: &'static str) -> Result<bool> {
    Ok(sqlx::query(query)
        .fetch_optional(connection)
        .await?
        .is_some())
}

/// A query with one list of `count` values.
fn with_list(before: &str, count: usize) -> Query<'static> {
    let text = format!("{before} IN ({})", sql::list(count));
    // The text is made of constants and numbers only.
    sqlx::query(AssertSqlSafe(text)).persistent(count == sql::VALUES_PER_LIST)
}

async fn find_by_id(
    connection: &mut SqliteConnection,
    keys: &Keys,
    chunk: &mut [Wanted],
    taken: &mut HashSet<i64>,
) -> Result<()> {
    let ids: Vec<i64> = unknown(chunk)
        .map(|wanted| keys.hasher.subject_id(&wanted.hash, 0))
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = with_list(
        "SELECT subject_id, identity_hash FROM subjects WHERE subject_id",
        ids.len(),
    );
    for subject_id in ids {
        query = query.bind(subject_id);
    }
    for row in query.fetch_all(connection).await? {
        let subject_id = row.try_get(0)?;
        if !settle(chunk, row.try_get(1)?, subject_id) {
            taken.insert(subject_id);
        }
    }
    Ok(())
}

async fn find_salted(connection: &mut SqliteConnection, chunk: &mut [Wanted]) -> Result<()> {
    let hashes: Vec<Vec<u8>> = unknown(chunk).map(|wanted| wanted.hash.to_vec()).collect();
    if hashes.is_empty() {
        return Ok(());
    }
    let before = "SELECT subject_id, identity_hash FROM subjects WHERE salt > 0 AND identity_hash";
    let mut query = with_list(before, hashes.len());
    for hash in hashes {
        query = query.bind(hash);
    }
    for row in query.fetch_all(connection).await? {
        settle(chunk, row.try_get(1)?, row.try_get(0)?);
    }
    Ok(())
}

async fn find_suppressed(
    connection: &mut SqliteConnection,
    keys: &Keys,
    chunk: &mut [Wanted],
) -> Result<()> {
    let hashes: Vec<[u8; 32]> = unknown(chunk)
        .map(|wanted| keys.hasher.suppression_hash(&wanted.hash))
        .collect();
    if hashes.is_empty() {
        return Ok(());
    }
    let mut query = with_list(
        "SELECT suppression_hash FROM suppressions WHERE suppression_hash",
        hashes.len(),
    );
    for hash in hashes {
        query = query.bind(hash.to_vec());
    }
    let mut suppressed: HashSet<[u8; 32]> = HashSet::new();
    for row in query.fetch_all(connection).await? {
        suppressed.insert(sql::fixed(
            "suppressions.suppression_hash",
            row.try_get(0)?,
        )?);
    }
    if suppressed.is_empty() {
        return Ok(());
    }
    for wanted in chunk
        .iter_mut()
        .filter(|wanted| wanted.state == State::Unknown)
    {
        if suppressed.contains(&keys.hasher.suppression_hash(&wanted.hash)) {
            wanted.state = State::Suppressed;
        }
    }
    Ok(())
}

fn unknown(chunk: &[Wanted]) -> impl Iterator<Item = &Wanted> {
    chunk.iter().filter(|wanted| wanted.state == State::Unknown)
}

/// Gives the id to the identity with this hash; false when nobody here has it.
fn settle(chunk: &mut [Wanted], hash: &[u8], subject_id: i64) -> bool {
    let found = chunk.binary_search_by(|wanted| wanted.hash.as_slice().cmp(hash));
    match found.ok().and_then(|at| chunk.get_mut(at)) {
        Some(wanted) => {
            wanted.state = State::Known(subject_id);
            true
        }
        None => false,
    }
}

/// Creates the unknown ones: those whose first id is free in blocks, the few
/// that collide one at a time, after them.
async fn create(
    connection: &mut SqliteConnection,
    keys: &Keys,
    kind: &str,
    block: &[&str],
    wanted: &mut [Wanted],
    taken: &HashSet<i64>,
) -> Result<()> {
    let mut collided = Vec::new();
    let mut fresh = Vec::new();
    let mut last = None;
    for (place, wanted) in wanted
        .iter_mut()
        .enumerate()
        .filter(|(_, wanted)| wanted.state == State::Unknown)
    {
        let subject_id = keys.hasher.subject_id(&wanted.hash, 0);
        if last == Some(subject_id) || taken.contains(&subject_id) {
            collided.push(place);
            continue;
        }
        last = Some(subject_id);
        wanted.state = State::Known(subject_id);
        fresh.push(place);
    }
    let mut writer = Writer {
        keys,
        kind,
        context: seal::identifier_context(kind),
        noise: Noise::new(),
    };
    for places in fresh.chunks(sql::ROWS_PER_STATEMENT) {
        let rows: Vec<NewSubject<'_>> = places
            .iter()
            .filter_map(|place| wanted.get(*place))
            .filter_map(|wanted| match wanted.state {
                State::Known(subject_id) => {
                    Some((subject_id, &wanted.hash, *block.get(wanted.at)?))
                }
                State::Unknown | State::Suppressed => None,
            })
            .collect();
        writer.insert(connection, 0, &rows).await?;
    }
    for place in collided {
        let Some(wanted) = wanted.get_mut(place) else {
            continue;
        };
        let Some(identifier) = block.get(wanted.at) else {
            continue;
        };
        let (subject_id, salt) = free_id(connection, keys, &wanted.hash).await?;
        writer
            .insert(connection, salt, &[(subject_id, &wanted.hash, identifier)])
            .await?;
        wanted.state = State::Known(subject_id);
    }
    Ok(())
}

/// The first salted id that nobody has.
async fn free_id(
    connection: &mut SqliteConnection,
    keys: &Keys,
    hash: &IdentityHash,
) -> Result<(i64, i64)> {
    for salt in 1..=SALT_MAX {
        let subject_id = keys.hasher.subject_id(hash, salt);
        let other = sqlx::query("SELECT 1 FROM subjects WHERE subject_id = ?1")
            .bind(subject_id)
            .fetch_optional(&mut *connection)
            .await?;
        if other.is_none() {
            return Ok((subject_id, salt));
        }
    }
    Err(Error::SubjectIdsExhausted)
}

/// Subject id, identity hash, identifier.
type NewSubject<'a> = (i64, &'a IdentityHash, &'a str);

/// Seals and writes new subjects of one kind.
struct Writer<'a> {
    keys: &'a Keys,
    kind: &'a str,
    context: Vec<u8>,
    noise: Noise,
}

impl Writer<'_> {
    async fn insert(
        &mut self,
        connection: &mut SqliteConnection,
        salt: i64,
        rows: &[NewSubject<'_>],
    ) -> Result<()> {
        // SQLite and PostgreSQL both name the columns of bare values `column1`, `column2`, ...
        let text = format!(
            "INSERT INTO subjects (subject_id, identity_hash, salt, kind, wrapped_key, identifier) \
             SELECT column1, column2, ?, ?, column3, column4 FROM (VALUES {}) AS fresh",
            sql::rows(rows.len(), 4)
        );
        // The text is made of constants and numbers only.
        let mut query: Query<'_> =
            sqlx::query(AssertSqlSafe(text)).persistent(rows.len() == sql::ROWS_PER_STATEMENT);
        query = query.bind(salt).bind(self.kind.to_owned());
        for (subject_id, hash, identifier) in rows {
            let personal = self.noise.take::<32>()?;
            let wrapped = seal::wrap(&self.keys.wrapping, *subject_id, &personal, &mut self.noise)?;
            let sealed = seal::seal(
                &personal,
                &self.context,
                identifier.as_bytes(),
                &mut self.noise,
            )?;
            query = query
                .bind(*subject_id)
                .bind(hash.to_vec())
                .bind(wrapped)
                .bind(sealed);
        }
        query.execute(connection).await?;
        Ok(())
    }
}
