//! The project's key: one small text file that everything personal hangs on.
//!
//! It has two parts, each 32 random bytes. The *root* part keys the hashes that
//! make subject ids and seals raw records; it never changes, or every id in the
//! lake would. The *wrapping* part wraps the persons' own keys and can be
//! replaced ([`ProjectKey::rotated`], [`crate::Vault::rewrap`]).
//!
//! Sub-keys come from BLAKE3's key derivation with one context string each
//! (O'Connor et al., *BLAKE3*, 2020, section 2.1, `derive_key`).

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The first word of a key file; the number is the version of its format.
const PREFIX: &str = "perennial-key-1";
/// No key file is longer than this, in bytes.
const FILE_BYTES_MAX: u64 = 4096;

const CONTEXT_IDENTITY: &str = "perennial 2026-01 identifier hash";
const CONTEXT_SUPPRESSION: &str = "perennial 2026-01 suppression hash";
const CONTEXT_LOOKUP: &str = "perennial 2026-11 hash of an address or a number";
const CONTEXT_FILE: &str = "perennial 2026-01 raw records of a file";
const CONTEXT_RECORD: &str = "perennial 2026-11 hash of a raw record";
const CONTEXT_WRAPPING: &str = "perennial 2026-01 wrapping of personal keys";
const CONTEXT_ROOT_CHECK: &str = "perennial 2026-01 check of the root part";
const CONTEXT_WRAPPING_CHECK: &str = "perennial 2026-01 check of the wrapping part";

/// 32 secret bytes that are wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The project's key. Printing it shows nothing; dropping it wipes it.
#[derive(Clone)]
pub struct ProjectKey {
    root: Secret,
    wrapping: Secret,
}

/// A key read from a file.
#[derive(Debug)]
pub struct LoadedKey {
    /// The key.
    pub key: ProjectKey,
    /// Others than the owner may read the file (unix modes only): worth a
    /// warning, no more, for some file systems know no modes.
    pub readable_by_others: bool,
}

impl fmt::Debug for ProjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProjectKey(secret)")
    }
}

impl ProjectKey {
    /// A new key from the operating system's random bytes.
    ///
    /// # Errors
    /// `key/random` when there are none.
    pub fn generate() -> Result<ProjectKey> {
        Ok(ProjectKey {
            root: random_secret()?,
            wrapping: random_secret()?,
        })
    }

    /// Makes a new key and writes it to `path` (mode 0600, folder included).
    ///
    /// # Errors
    /// `key/exists` (never overwritten), `key/random`, `ledger/io`.
    pub fn create(path: &Path) -> Result<ProjectKey> {
        let key = ProjectKey::generate()?;
        key.write_new(path)?;
        Ok(key)
    }

    /// Reads the key at `path`.
    ///
    /// # Errors
    /// `key/missing`, `key/malformed`, `ledger/io`.
    pub fn load(path: &Path) -> Result<LoadedKey> {
        let file = File::open(path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => Error::KeyMissing {
                path: path.to_owned(),
            },
            _ => Error::io(path, source),
        })?;
        let readable_by_others = readable_by_others(&file);
        // Room for the whole file at once: a growing buffer would leave unwiped copies.
        let mut text = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX as usize + 2));
        file.take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut text)
            .map_err(|source| Error::io(path, source))?;
        let key = parse(&text).map_err(|reason| Error::KeyMalformed {
            path: path.to_owned(),
            reason,
        })?;
        Ok(LoadedKey {
            key,
            readable_by_others,
        })
    }

    /// Writes this key to a file that must not exist yet (mode 0600), and waits
    /// until it is on disk.
    ///
    /// # Errors
    /// `key/exists`, `ledger/io`, `ledger/disk-full`.
    pub fn write_new(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => Error::KeyExists {
                path: path.to_owned(),
            },
            _ => Error::io(path, source),
        })?;
        let written = file
            .write_all(self.to_text().as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(path));
        written.map_err(|source| {
            // Half a key is worse than none: the next attempt must not be refused.
            let _ = std::fs::remove_file(path);
            Error::io(path, source)
        })
    }

    /// Puts the key file `next` in the place of the one at `path`, in one step that
    /// survives a loss of power.
    ///
    /// # Errors
    /// `ledger/io`.
    pub fn replace_file(next: &Path, path: &Path) -> Result<()> {
        std::fs::rename(next, path)
            .and_then(|()| sync_folder(path))
            .map_err(|source| Error::io(path, source))
    }

    /// The same root part with a new wrapping part: ids stay, personal keys are
    /// wrapped anew by [`crate::Vault::rewrap`]. Write the new key beside the old
    /// one first, rewrap, then rename: a stop in between loses nothing.
    ///
    /// # Errors
    /// `key/random`.
    pub fn rotated(&self) -> Result<ProjectKey> {
        Ok(ProjectKey {
            root: self.root.clone(),
            wrapping: random_secret()?,
        })
    }

    /// Keys the hashes of identifiers.
    pub(crate) fn identity_key(&self) -> Secret {
        derive(CONTEXT_IDENTITY, &self.root)
    }

    /// Keys the hashes of the erased, which so say nothing about their old ids.
    pub(crate) fn suppression_key(&self) -> Secret {
        derive(CONTEXT_SUPPRESSION, &self.root)
    }

    /// Keys the hashes by which a person is found by address or number.
    pub(crate) fn lookup_key(&self) -> Secret {
        derive(CONTEXT_LOOKUP, &self.root)
    }

    /// Keys the hashes by which raw records are known that were mended.
    pub(crate) fn record_key(&self) -> Secret {
        derive(CONTEXT_RECORD, &self.root)
    }

    /// Wraps the persons' keys.
    pub(crate) fn wrapping_key(&self) -> Secret {
        derive(CONTEXT_WRAPPING, &self.wrapping)
    }

    /// Seals the raw records of the file with this content hash.
    pub(crate) fn file_key(&self, content_hash: &[u8; 32]) -> Secret {
        let root = derive(CONTEXT_FILE, &self.root);
        Zeroizing::new(*blake3::keyed_hash(&root, content_hash).as_bytes())
    }

    /// Not secret: tells whether a key has this root part.
    pub(crate) fn root_check(&self) -> [u8; 32] {
        *derive(CONTEXT_ROOT_CHECK, &self.root)
    }

    /// Not secret: tells whether a key has this wrapping part.
    pub(crate) fn wrapping_check(&self) -> [u8; 32] {
        *derive(CONTEXT_WRAPPING_CHECK, &self.wrapping)
    }

    fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * 65 + 1));
        text.push_str(PREFIX);
        for part in [&self.root, &self.wrapping] {
            text.push(':');
            for byte in part.iter() {
                for nibble in [byte >> 4, byte & 15] {
                    text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
                }
            }
        }
        text.push('\n');
        text
    }
}

/// Waits until the names in a file's folder are on disk.
#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems keep the names of files by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Fills `bytes` from the operating system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Random {
        detail: error.to_string(),
    })
}

fn random_secret() -> Result<Secret> {
    let mut secret = Zeroizing::new([0; 32]);
    fill_random(secret.as_mut_slice())?;
    Ok(secret)
}

fn derive(context: &str, part: &Secret) -> Secret {
    Zeroizing::new(blake3::derive_key(context, part.as_slice()))
}

fn parse(text: &[u8]) -> std::result::Result<ProjectKey, &'static str> {
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err("it is too long");
    }
    let text = std::str::from_utf8(text)
        .map_err(|_| "it is not text")?
        .trim();
    let mut words = text.split(':');
    match words.next() {
        Some(PREFIX) => {}
        Some(word) if word.starts_with("perennial-key-") => {
            return Err("its version is unknown to this program");
        }
        _ => return Err("it does not begin with `perennial-key-1`"),
    }
    match (words.next(), words.next(), words.next()) {
        (Some(root), Some(wrapping), None) => Ok(ProjectKey {
            root: parse_part(root)?,
            wrapping: parse_part(wrapping)?,
        }),
        _ => Err("it does not have two parts"),
    }
}

fn parse_part(text: &str) -> std::result::Result<Secret, &'static str> {
    const REASON: &str = "a part is not 64 hexadecimal digits";
    let mut part = Zeroizing::new([0; 32]);
    if text.len() != 64 {
        return Err(REASON);
    }
    for (byte, pair) in part.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        let digit = |digit: u8| {
            char::from(digit)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        *byte = match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => high << 4 | low,
            _ => return Err(REASON),
        };
    }
    Ok(part)
}

#[cfg(unix)]
fn readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_file_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".perennial/key");
        let made = ProjectKey::create(&path).unwrap();
        let loaded = ProjectKey::load(&path).unwrap();
        assert_eq!(*made.root, *loaded.key.root);
        assert_eq!(*made.wrapping, *loaded.key.wrapping);
        assert_ne!(*made.root, *made.wrapping);
        assert_eq!(ProjectKey::create(&path).unwrap_err().code(), "key/exists");
        assert_eq!(*ProjectKey::load(&path).unwrap().key.root, *made.root);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_and_a_looser_mode_is_flagged() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        ProjectKey::create(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!ProjectKey::load(&path).unwrap().readable_by_others);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(ProjectKey::load(&path).unwrap().readable_by_others);
    }

    #[test]
    fn printing_a_key_shows_nothing() {
        let key = ProjectKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), "ProjectKey(secret)");
        let loaded = LoadedKey {
            key: key.clone(),
            readable_by_others: false,
        };
        let root = key.to_text().split(':').nth(1).unwrap().to_owned();
        assert!(!format!("{loaded:?}").contains(&root));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert_eq!(ProjectKey::load(&path).unwrap_err().code(), "key/missing");
        let half = "0123456789abcdef".repeat(4);
        for text in [
            String::new(),
            "perennial-key-2:whatever".to_owned(),
            format!("perennial-key-1:{half}"),
            format!("perennial-key-1:{half}:{half}:{half}"),
            format!("perennial-key-1:{half}:{}", half.replace('a', "g")),
            format!("perennial-key-1:{half}:é{}", &half[2..]),
            "x".repeat(5000),
        ] {
            std::fs::write(&path, &text).unwrap();
            let error = ProjectKey::load(&path).unwrap_err();
            assert_eq!(error.code(), "key/malformed", "{text}");
            assert!(!error.to_string().contains("0123456789abcdef"));
        }
        std::fs::write(&path, format!("perennial-key-1:{half}:{half}\r\n")).unwrap();
        assert!(ProjectKey::load(&path).is_ok());
    }

    #[test]
    fn sub_keys_differ_and_rotation_keeps_the_root() {
        let key = ProjectKey::generate().unwrap();
        let new = key.rotated().unwrap();
        assert_eq!(*key.identity_key(), *new.identity_key());
        assert_eq!(*key.file_key(&[7; 32]), *new.file_key(&[7; 32]));
        assert_ne!(*key.file_key(&[7; 32]), *key.file_key(&[8; 32]));
        assert_ne!(*key.wrapping_key(), *new.wrapping_key());
        assert_ne!(key.wrapping_check(), new.wrapping_check());
        let all = [
            *key.identity_key(),
            *key.suppression_key(),
            *key.lookup_key(),
            *key.wrapping_key(),
            key.root_check(),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn derivation_is_fixed_for_ever() {
        // The id in a lake depends on these: BLAKE3 in derive-key mode of 32 zero bytes,
        // computed here by the two documented steps rather than by the function under test.
        let key = ProjectKey {
            root: Zeroizing::new([0; 32]),
            wrapping: Zeroizing::new([0; 32]),
        };
        let mut hasher = blake3::Hasher::new_derive_key("perennial 2026-01 identifier hash");
        hasher.update(&[0; 32]);
        assert_eq!(*key.identity_key(), *hasher.finalize().as_bytes());
    }
}
