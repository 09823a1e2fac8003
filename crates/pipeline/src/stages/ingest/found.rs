//! Which files there are, and which of them are new.

use std::path::Path;

use perennial_lake::sources::files::{SourceFile, content_hash, expand};
use perennial_ledger::{FileRecord, FileState, Ledger};

use super::hex;
use crate::Result;
use crate::project::Project;
use crate::settings::{Part, Source};

/// A file that has to be read, or recorded as known content.
pub(super) struct Fresh {
    /// Which `[[source]]`.
    pub source: usize,
    pub file: SourceFile,
    /// As the settings name it.
    pub name: String,
    pub hash: [u8; 32],
    pub ingest_id: i64,
    /// The same content was read before, under another name, by this ingest.
    pub known_as: Option<i64>,
    /// An earlier content of this path was read before.
    pub grown: bool,
}

/// What a look at all sources found.
pub(crate) struct Found {
    pub(super) fresh: Vec<Fresh>,
    /// Name and content hash of every file, in the order of the sources: what
    /// a run was made from, wherever the files lie and whenever they were
    /// written.
    pub marks: Vec<String>,
    /// Files whose time changed and whose content did not: to be noted.
    pub(super) touched: Vec<FileRecord>,
}

impl Found {
    fn mark(&mut self, source: usize, path: &str, hash: &[u8; 32]) {
        let mark = format!("{source}\0{}\0{}\n", base_name(path), hex(hash));
        self.marks.push(mark);
    }
}

/// The path under which the ledger knows a file: relative to the project where
/// it lies inside, so that a project may be moved or copied with its files;
/// else absolute, without detours.
pub(crate) fn recorded_path(project: &Project, path: &Path) -> String {
    let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let inside = std::fs::canonicalize(&project.dir)
        .ok()
        .and_then(|dir| full.strip_prefix(dir).ok().map(Path::to_owned));
    inside.unwrap_or(full).to_string_lossy().into_owned()
}

/// A path without its folders.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name under which the ledger keeps a source's files: another mapping is
/// another source, whose files are all new.
pub(crate) fn source_name(project: &Project, index: usize) -> String {
    let mapping = project
        .settings
        .hash_of(&[Part::Sources, Part::Project])
        .to_hex();
    format!("{index}:{}", &mapping.as_str()[..16])
}

/// Looks at the files of every source. A file whose path, size and time are
/// as recorded is not opened.
pub(crate) async fn look(project: &Project) -> Result<Found> {
    let mut found = Found {
        fresh: Vec::new(),
        marks: Vec::new(),
        touched: Vec::new(),
    };
    for (index, source) in project.settings.sources.iter().enumerate() {
        let files = expand(&project.dir, &source.path).map_err(perennial_lake::Error::from)?;
        let name = source_name(project, index);
        for file in files {
            one(project, source, index, &name, file, &mut found).await?;
        }
    }
    Ok(found)
}

async fn one(
    project: &Project,
    source: &Source,
    index: usize,
    source_name: &str,
    file: SourceFile,
    found: &mut Found,
) -> Result<()> {
    let ledger: &Ledger = &project.ledger;
    let path = recorded_path(project, &file.path);
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    let seen = ledger
        .file_seen(source_name, &path, size, file.mtime_us)
        .await?;
    if let Some(seen) = seen {
        found.mark(index, &path, &seen.content_hash);
        return Ok(());
    }
    let hash = content_hash(&file.path).map_err(perennial_lake::Error::from)?;
    found.mark(index, &path, &hash);
    let known = ledger.file_by_content(source_name, &hash).await?;
    if let Some(mut record) = known.clone().filter(|record| record.path == path) {
        record.size_bytes = size;
        record.mtime_us = file.mtime_us;
        found.touched.push(record);
        return Ok(());
    }
    let in_this_run = found
        .fresh
        .iter()
        .find(|f| f.source == index && f.hash == hash)
        .map(|f| f.ingest_id);
    let earlier = ledger.files(source_name, "").await?;
    let grown = earlier
        .iter()
        .any(|r| r.path == path && r.state == FileState::Read);
    found.fresh.push(Fresh {
        source: index,
        name: shown_name(&file, source),
        ingest_id: ingest_id(source_name, &path, &hash),
        known_as: known.and_then(|r| r.ingest_id.parse().ok()).or(in_this_run),
        hash,
        grown,
        file,
    });
    Ok(())
}

/// The file as a person knows it: the settings' own words for a single file,
/// its name otherwise.
fn shown_name(file: &SourceFile, source: &Source) -> String {
    let single = file.path.ends_with(&source.path);
    let name = || {
        file.path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
    };
    if single {
        source.path.clone()
    } else {
        name().unwrap_or_else(|| source.path.clone())
    }
}

/// A reading of a file: the same file, content and mapping give the same id.
fn ingest_id(source_name: &str, path: &str, hash: &[u8; 32]) -> i64 {
    let mut hasher = blake3::Hasher::new();
    let file = base_name(path);
    hasher
        .update(source_name.as_bytes())
        .update(&[0])
        .update(file.as_bytes())
        .update(&[0]);
    hasher.update(hash);
    let bytes = hasher.finalize();
    let first = bytes
        .as_bytes()
        .first_chunk::<8>()
        .copied()
        .unwrap_or_default();
    // Positive: an id is for people to type.
    i64::from_le_bytes(first) & i64::MAX
}
