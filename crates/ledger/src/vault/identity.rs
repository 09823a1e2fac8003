//! From an identifier to its hash, and from the hash to a subject id.

use crate::error::{Error, Result};
use crate::key::{ProjectKey, Secret};

/// The longest identifier, in bytes.
pub const IDENTIFIER_BYTES_MAX: usize = 4096;
/// The longest kind (such as `customer` or `email`), in bytes.
pub const KIND_BYTES_MAX: usize = 64;
/// Salts tried before giving up. With 64-bit ids the first is hardly ever needed.
pub(crate) const SALT_MAX: i64 = 1000;

/// A full identity hash.
pub(crate) type IdentityHash = [u8; 32];

/// The keyed hashes of one project.
pub(crate) struct IdentityHasher {
    identity: Secret,
    suppression: Secret,
    lookup: Secret,
    /// How many leading bits of the hash make an id; 64 except in tests of collisions.
    id_bits: u32,
}

impl IdentityHasher {
    pub(crate) fn new(key: &ProjectKey) -> Self {
        IdentityHasher {
            identity: key.identity_key(),
            suppression: key.suppression_key(),
            lookup: key.lookup_key(),
            id_bits: 64,
        }
    }

    /// Ids of a few bits, so that they collide.
    #[cfg(test)]
    pub(crate) fn truncating(key: &ProjectKey, id_bits: u32) -> Self {
        IdentityHasher {
            id_bits,
            ..IdentityHasher::new(key)
        }
    }

    /// Begins a series of hashes of one kind.
    ///
    /// # Errors
    /// `vault/kind-invalid` for an empty kind, a long one, or one with a NUL
    /// byte (which could be moved between kind and identifier unseen).
    pub(crate) fn kind(&self, kind: &str) -> Result<KindHasher<'_>> {
        if kind.is_empty() || kind.len() > KIND_BYTES_MAX || kind.contains('\0') {
            return Err(Error::Kind {
                kind: kind.chars().take(KIND_BYTES_MAX).collect(),
            });
        }
        let mut buffer = Vec::with_capacity(kind.len() + 64);
        buffer.extend_from_slice(kind.as_bytes());
        buffer.push(0);
        Ok(KindHasher {
            hasher: self,
            prefix: buffer.len(),
            buffer,
        })
    }

    /// The id of a hash: its first 8 bytes, or those of its hash with a salt.
    /// Salt 0 keeps the order of the hashes, so equal ids are neighbours in it.
    pub(crate) fn subject_id(&self, hash: &IdentityHash, salt: i64) -> i64 {
        if salt == 0 {
            return self.head(hash);
        }
        let mut salted = [0; 40];
        salted[..32].copy_from_slice(hash);
        salted[32..].copy_from_slice(&salt.to_le_bytes());
        self.head(blake3::keyed_hash(&self.identity, &salted).as_bytes())
    }

    /// What is kept of an erased identity: it recognises the person when a
    /// source is read again, and without the key says nothing about the old id.
    pub(crate) fn suppression_hash(&self, hash: &IdentityHash) -> [u8; 32] {
        *blake3::keyed_hash(&self.suppression, hash).as_bytes()
    }

    /// The hash by which a person is found by the text that stands for an
    /// address or a number ([`super::lookup`]).
    pub(crate) fn lookup_hash(&self, text: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.lookup, text.as_bytes()).as_bytes()
    }

    fn head(&self, hash: &[u8; 32]) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = *hash;
        i64::from_be_bytes([a, b, c, d, e, f, g, h]) >> (64 - self.id_bits)
    }
}

/// Hashes identifiers of one kind; keeps its buffer.
pub(crate) struct KindHasher<'a> {
    hasher: &'a IdentityHasher,
    buffer: Vec<u8>,
    prefix: usize,
}

impl KindHasher<'_> {
    /// Keyed BLAKE3 of kind, a zero byte, identifier.
    ///
    /// # Errors
    /// `vault/identifier-invalid` for an empty or overlong identifier.
    pub(crate) fn hash(&mut self, identifier: &str) -> Result<IdentityHash> {
        if identifier.is_empty() || identifier.len() > IDENTIFIER_BYTES_MAX {
            return Err(Error::Identifier {
                bytes: identifier.len(),
            });
        }
        self.buffer.truncate(self.prefix);
        self.buffer.extend_from_slice(identifier.as_bytes());
        Ok(*blake3::keyed_hash(&self.hasher.identity, &self.buffer).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_head_of_the_keyed_hash() {
        let key = ProjectKey::generate().unwrap();
        let hasher = IdentityHasher::new(&key);
        let hash = hasher.kind("customer").unwrap().hash("C-17").unwrap();
        let mut streamed = blake3::Hasher::new_keyed(&key.identity_key());
        streamed.update(b"customer").update(&[0]).update(b"C-17");
        let expected = streamed.finalize();
        assert_eq!(&hash, expected.as_bytes());
        let head = expected.as_bytes()[..8].try_into().unwrap();
        assert_eq!(hasher.subject_id(&hash, 0), i64::from_be_bytes(head));
        assert_ne!(hasher.subject_id(&hash, 1), hasher.subject_id(&hash, 0));
        assert_ne!(hasher.subject_id(&hash, 1), hasher.subject_id(&hash, 2));
    }

    #[test]
    fn kinds_are_worlds_apart() {
        let hasher = IdentityHasher::new(&ProjectKey::generate().unwrap());
        let one = hasher.kind("a").unwrap().hash("bc").unwrap();
        assert_ne!(one, hasher.kind("ab").unwrap().hash("c").unwrap());
        for kind in ["", "a\0b", &"k".repeat(65)] {
            assert_eq!(
                hasher.kind(kind).err().unwrap().code(),
                "vault/kind-invalid"
            );
        }
        let mut kind = hasher.kind("a").unwrap();
        assert_eq!(
            kind.hash("").unwrap_err().code(),
            "vault/identifier-invalid"
        );
        assert_eq!(
            kind.hash(&"x".repeat(4097)).unwrap_err().code(),
            "vault/identifier-invalid"
        );
        assert!(kind.hash(&"x".repeat(4096)).is_ok());
        assert_eq!(kind.hash("bc").unwrap(), one);
    }
}
