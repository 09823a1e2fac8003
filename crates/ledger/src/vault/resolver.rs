//! Resolving a stream of identifiers: a cache in front of [`Vault::register`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_128_with_secret;

use crate::error::{Error, Result};
use crate::key::fill_random;
use crate::vault::Vault;
use crate::vault::deferred::Deferred;

/// A good bound for [`Resolver::new`]: about 100 MB when full.
pub const ENTRIES_MAX_DEFAULT: usize = 2_000_000;
/// Bytes of the secret that keys the cache's hash.
const SECRET_BYTES: usize = 192;

/// Resolves batch after batch of identifiers of one kind, and remembers.
///
/// Identifiers are remembered by a 128-bit hash under a secret drawn for this
/// resolver, so that nobody can choose two that look alike. The cache has two
/// halves; when the young one is full the old one is forgotten, so memory stays
/// bounded and those who come often stay.
pub struct Resolver {
    vault: Vault,
    kind: String,
    secret: [u8; SECRET_BYTES],
    young: Cache,
    old: Cache,
    half_entries: usize,
    /// Registrations put off, where that was asked for.
    deferred: Option<Deferred>,
}

type Cache = HashMap<u128, Option<i64>, BuildHasherDefault<Already>>;

/// The keys are hashes already.
#[derive(Default)]
struct Already(u64);

impl Hasher for Already {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Resolver({}, {} cached)",
            self.kind,
            self.young.len() + self.old.len()
        )
    }
}

impl Resolver {
    /// A resolver for identifiers of `kind` that remembers at most `entries_max`.
    ///
    /// # Errors
    /// `key/random`.
    pub fn new(vault: &Vault, kind: &str, entries_max: usize) -> Result<Resolver> {
        let mut secret = [0; SECRET_BYTES];
        fill_random(&mut secret)?;
        Ok(Resolver {
            vault: vault.clone(),
            kind: kind.to_owned(),
            secret,
            young: Cache::default(),
            old: Cache::default(),
            half_entries: (entries_max / 2).max(1),
            deferred: None,
        })
    }

    /// A resolver that gives new identifiers their ids at once and registers
    /// them later, in large sorted blocks: an id follows from its identifier,
    /// and a tree of half a million rows is then written a few times instead
    /// of once for every batch. [`Resolver::settle`] registers what is open,
    /// and must be called before anything made with the ids counts.
    ///
    /// # Errors
    /// `key/random`, and those of the database.
    pub async fn deferring(vault: &Vault, kind: &str, entries_max: usize) -> Result<Resolver> {
        let mut resolver = Resolver::new(vault, kind, entries_max)?;
        resolver.deferred = Deferred::new(vault).await?;
        Ok(resolver)
    }

    /// Registers what was put off.
    ///
    /// # Errors
    /// `vault/id-taken` where an id that was given out turned out to belong to
    /// somebody else (two hashes that begin with the same 64 bits, or a person
    /// erased meanwhile): what was made with the ids must be made again with a
    /// resolver that does not defer. Those of [`Vault::register`].
    pub async fn settle(&mut self) -> Result<()> {
        let Some(deferred) = &mut self.deferred else {
            return Ok(());
        };
        let (identifiers, given) = deferred.take();
        let found = self.vault.register(&self.kind, &identifiers).await?;
        let same = found
            .iter()
            .zip(&given)
            .all(|(found, id)| *found == Some(*id));
        if same { Ok(()) } else { Err(Error::IdTaken) }
    }

    /// The subject ids of a batch, in its order, as [`Vault::register`] gives
    /// them: none for an erased person. Those not in the cache are registered in
    /// one call.
    ///
    /// # Errors
    /// Those of [`Vault::register`].
    pub async fn resolve<S: AsRef<str>>(&mut self, identifiers: &[S]) -> Result<Vec<Option<i64>>> {
        let hashes: Vec<u128> = identifiers
            .iter()
            .map(|identifier| self.hash(identifier.as_ref()))
            .collect();
        // A loop that does nothing else: the memory of a large cache is far
        // away, and so many look-ups are under way at a time.
        let cached: Vec<Option<Option<i64>>> = hashes
            .iter()
            .map(|hash| self.young.get(hash).copied())
            .collect();
        let mut ids = Vec::with_capacity(identifiers.len());
        let mut misses: Vec<&str> = Vec::new();
        let mut missing: HashMap<u128, usize, BuildHasherDefault<Already>> = HashMap::default();
        // Row of the batch, place among the misses.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (row, (identifier, (hash, cached))) in identifiers
            .iter()
            .zip(hashes.into_iter().zip(cached))
            .enumerate()
        {
            if let Some(known) = cached.or_else(|| self.remembered(hash)) {
                ids.push(known);
                continue;
            }
            let place = match missing.entry(hash) {
                Entry::Occupied(place) => *place.get(),
                Entry::Vacant(place) => {
                    misses.push(identifier.as_ref());
                    *place.insert(misses.len() - 1)
                }
            };
            open.push((row, place));
            ids.push(None);
        }
        if misses.is_empty() {
            return Ok(ids);
        }
        let found = self.missed(&misses).await?;
        for (row, place) in open {
            if let (Some(id), Some(found)) = (ids.get_mut(row), found.get(place)) {
                *id = *found;
            }
        }
        for (hash, place) in missing {
            if let Some(found) = found.get(place) {
                self.remember(hash, *found);
            }
        }
        Ok(ids)
    }

    async fn missed(&mut self, misses: &[&str]) -> Result<Vec<Option<i64>>> {
        let Some(deferred) = &mut self.deferred else {
            return self.vault.register(&self.kind, misses).await;
        };
        let found = deferred.resolve(&self.vault, &self.kind, misses)?;
        if deferred.is_full() {
            self.settle().await?;
        }
        Ok(found)
    }

    /// What the cache alone knows about an identifier: none when it is not in
    /// it, `Some(None)` for an erased person.
    pub fn cached(&mut self, identifier: &str) -> Option<Option<i64>> {
        self.remembered(self.hash(identifier))
    }

    /// How many identifiers are remembered.
    pub fn cached_count(&self) -> usize {
        self.young.len() + self.old.len()
    }

    fn hash(&self, identifier: &str) -> u128 {
        xxh3_128_with_secret(identifier.as_bytes(), &self.secret)
    }

    fn remembered(&mut self, hash: u128) -> Option<Option<i64>> {
        if let Some(known) = self.young.get(&hash) {
            return Some(*known);
        }
        let known = self.old.remove(&hash)?;
        self.remember(hash, known);
        Some(known)
    }

    fn remember(&mut self, hash: u128, known: Option<i64>) {
        if self.young.len() >= self.half_entries {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, known);
    }
}
