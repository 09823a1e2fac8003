//! Another key for the project: every person's own key is wrapped by it, and the
//! old one opens nothing here any more. Pseudonyms stay as they are.
//!
//! The new key stands beside the old one, as `key.next`, before anything is
//! changed; the persons' keys are wrapped anew in one transaction; then the new
//! file takes the place of the old one. Whatever stops it, one of the two files
//! opens the vault, and the next command on the project finds out which.

use std::path::{Path, PathBuf};

use perennial_ledger::{Ledger, ProjectKey};
use serde::Serialize;

use crate::answer::{counted, pick};
use crate::project::Project;
use crate::settings::Language;
use crate::{Error, Result};

/// What a rotation did.
#[derive(Debug, Clone, Serialize)]
pub struct KeyRotated {
    /// The key's file, which holds the new key now.
    pub path: PathBuf,
    /// People whose keys were wrapped anew.
    pub people: u64,
}

impl KeyRotated {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let path = self.path.display();
        let people = counted(self.people, "person");
        let people = people.replace("persons", "people");
        vec![
            pick(
                language,
                format!("the key `{path}` was replaced; the keys of {people} were wrapped anew"),
                format!("密钥 `{path}` 已更换；{} 人的密钥已重新封装", self.people),
            ),
            pick(
                language,
                "copies of the old key open nothing here any more, but together with a backup of before they do: destroy both".to_owned(),
                "旧密钥的副本已无法打开此项目，但与此前的备份一起仍可打开：请将两者一并销毁".to_owned(),
            ),
            pick(
                language,
                "what hashes identifiers stays the same, so that pseudonyms do: the old file can still tell whether a pseudonym is somebody's, and read rows set aside before".to_owned(),
                "用于标识散列的部分保持不变，以便假名不变：旧文件仍可核对某个假名是否属于某人，并读取此前搁置的记录".to_owned(),
            ),
        ]
    }
}

/// Where the new key stands until it takes the old one's place.
fn next_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".next");
    path.with_file_name(name)
}

/// Gives the project another key.
///
/// # Errors
/// `run/busy`, `key/random`, `ledger/io` where the key's folder cannot be written,
/// `vault/wrong-key`, those of the ledger. What was begun is settled by the next
/// command.
pub async fn rotate_key(project: &Project) -> Result<KeyRotated> {
    let _lock = project.lock()?;
    let vault = project.ledger.vault(&project.key).await?;
    let (path, next) = (&project.key_path, next_of(&project.key_path));
    remove(&next)?;
    let new = project.key.rotated()?;
    new.write_new(&next)?;
    let people = vault.count().await?;
    vault.rewrap(&new).await?;
    put(&next, path)?;
    // The old wrapping of every key lingers in the log and in free pages until then.
    project.ledger.compact().await?;
    Ok(KeyRotated {
        path: path.clone(),
        people,
    })
}

/// The key that opens the vault, of the one that stands at `path` and the one that
/// a rotation that was cut short left beside it, which then takes its place.
pub(crate) async fn settle_key(
    ledger: &Ledger,
    path: &Path,
    key: ProjectKey,
) -> Result<ProjectKey> {
    let next = next_of(path);
    if !next.exists() || ledger.key_opens(&key).await? != Some(false) {
        return Ok(key);
    }
    // Half a file is what is left of a rotation that changed nothing.
    let Ok(loaded) = ProjectKey::load(&next) else {
        return Ok(key);
    };
    if ledger.key_opens(&loaded.key).await? == Some(true) {
        put(&next, path)?;
        return Ok(loaded.key);
    }
    Ok(key)
}

/// Puts the new key in its place; another command may have done so already.
fn put(next: &Path, path: &Path) -> Result<()> {
    match ProjectKey::replace_file(next, path) {
        Err(_) if !next.exists() && path.exists() => Ok(()),
        other => Ok(other?),
    }
}

/// Removes a key that a rotation that changed nothing left.
fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(e)),
        _ => Ok(()),
    }
}
