//! Raw records under their file's key, for the lake to keep: quarantined rows,
//! and free text as long as nobody knows whose it is.

use std::fmt;

use crate::error::{Error, Result};
use crate::key::{ProjectKey, Secret};
use crate::sql;
use crate::vault::seal::{self, Noise, OVERHEAD_BYTES};

/// The longest raw record, in bytes.
pub const RAW_BYTES_MAX: usize = 64 << 20;
/// The first byte of a sealed record: the version of its layout.
const LAYOUT: u8 = 1;

/// Seals and opens the raw records of one file.
pub struct FileSealer {
    key: Secret,
    noise: Noise,
}

impl fmt::Debug for FileSealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileSealer(secret)")
    }
}

impl FileSealer {
    pub(crate) fn new(key: &ProjectKey, content_hash: &[u8; 32]) -> Self {
        FileSealer {
            key: key.file_key(content_hash),
            noise: Noise::new(),
        }
    }

    /// Seals one record; two of equal content look different.
    ///
    /// # Errors
    /// `ledger/limit` above [`RAW_BYTES_MAX`], `key/random`.
    pub fn seal(&mut self, raw: &[u8]) -> Result<Vec<u8>> {
        sql::within("bytes of a raw record", raw.len(), RAW_BYTES_MAX)?;
        let mut sealed = Vec::with_capacity(1 + raw.len() + OVERHEAD_BYTES);
        sealed.push(LAYOUT);
        seal::seal_into(&self.key, &[LAYOUT], raw, &mut self.noise, &mut sealed)?;
        Ok(sealed)
    }

    /// Opens one record.
    ///
    /// # Errors
    /// `vault/tampered` when it was altered, or belongs to another file or key.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        match sealed.split_first() {
            Some((&LAYOUT, rest)) => Ok(std::mem::take(&mut *seal::open(
                &self.key,
                &[LAYOUT],
                rest,
            )?)),
            _ => Err(Error::Tampered),
        }
    }
}

impl ProjectKey {
    /// A sealer for the raw records of the file with this content hash; needs no ledger.
    pub fn file_sealer(&self, content_hash: &[u8; 32]) -> FileSealer {
        FileSealer::new(self, content_hash)
    }
}
