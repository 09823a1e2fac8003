//! Which files there are, and which of them are new.

use std::path::Path;

use perennial_lake::sources::database;
use perennial_lake::sources::files::{SourceFile, expand};
use perennial_ledger::{FileRecord, Ledger};

use super::again::{self, Unchanged};
use super::{Book, CUSTOMERS, NO_TABLE, Notes, hex};
use crate::project::Project;
use crate::settings::{Part, Source};
use crate::stage::Done;
use crate::{Error, Result};

/// A file that has to be read, or recorded as known content.
pub(super) struct Fresh {
    /// Which `[[source]]`.
    pub source: usize,
    pub file: SourceFile,
    /// As the settings name it.
    pub name: String,
    /// It is all that its source names.
    pub is_alone: bool,
    pub hash: [u8; 32],
    pub ingest_id: i64,
    /// When it was looked at, UTC microseconds.
    pub seen_us: i64,
    /// The same content was read before, under another name, by this ingest.
    pub known_as: Option<i64>,
    /// Readings of the same content under names that have it no longer.
    pub moved: Vec<i64>,
    /// The readings of this path's earlier contents.
    pub earlier: Vec<i64>,
    /// Those of them whose content lies there under another name.
    pub standing: Vec<i64>,
    /// Other files say some of what they say: all their rows stay.
    pub entangled: bool,
    /// Read once more for what it says of another file's rows: it is in the
    /// books already.
    pub again: bool,
}

/// What a look at all sources found.
pub(crate) struct Found {
    pub(super) fresh: Vec<Fresh>,
    /// Files whose time changed and whose content did not: to be noted.
    pub(super) touched: Vec<FileRecord>,
    /// Everything is read as if it never had been.
    pub(super) anew: bool,
    /// Hash of the mapping the files are read with.
    pub(super) mapping: String,
    /// The newest ingest under this mapping, and what it noted; another mapping
    /// starts from nothing.
    pub(super) before: Option<(Done, Notes)>,
    /// What the repairs of records are as a whole; empty without any.
    pub(super) repairs: String,
    /// Mended records are read again, whether or not they were before.
    pub(super) replay: bool,
}

impl Found {
    /// What a run is made from: every reading, old and new, of files that may
    /// have been put away since, wherever the files lie and whenever they were
    /// written.
    pub(crate) fn readings(&self) -> Vec<i64> {
        let before = self.before.iter().flat_map(|(_, notes)| &notes.books);
        let mut readings: Vec<i64> = before.map(|book| book.ingest_id).collect();
        let fresh = self.fresh.iter().filter(|fresh| !fresh.again);
        readings.extend(fresh.map(|fresh| fresh.ingest_id));
        readings.sort_unstable();
        readings
    }

    /// What the repairs of records are as a whole; empty without any.
    pub(crate) fn repairs(&self) -> &str {
        &self.repairs
    }

    /// The same, with mended records read again in any case.
    pub(crate) fn replaying(self, replay: bool) -> Self {
        Self { replay, ..self }
    }

    fn book(&self, reading: i64) -> Option<&Book> {
        let (_, notes) = self.before.as_ref()?;
        notes.books.iter().find(|book| book.ingest_id == reading)
    }

    /// The readings whose rows a path's earlier contents, and other paths that
    /// have its content now, put into the tables.
    fn earlier(&self, versions: &[FileRecord], same: &[i64]) -> Vec<i64> {
        let of_path = versions.iter().filter_map(reading);
        let mut all: Vec<i64> = of_path.collect();
        if !versions.is_empty() {
            all.extend(same);
        }
        // A duplicate took nothing itself, but another reading did for it.
        let of_others: Vec<i64> = all
            .iter()
            .filter_map(|reading| self.book(*reading))
            .filter(|book| book.table == NO_TABLE)
            .flat_map(|book| book.shares.iter().copied())
            .collect();
        all.extend(of_others);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether another file says some of what these readings say: which rows
    /// would have to stay cannot be told, since a row names one reading alone.
    fn entangled(&self, readings: &[i64]) -> bool {
        let Some((_, notes)) = &self.before else {
            return false;
        };
        let own = |reading: &i64| readings.contains(reading);
        notes.books.iter().any(|book| match own(&book.ingest_id) {
            // Of labelled customers the newest row stands, whose it may be.
            true => book.table == CUSTOMERS && book.shares.iter().any(|other| !own(other)),
            false => book.shares.iter().any(own),
        })
    }
}

/// The newest ingest of the project.
enum Newest {
    /// There is none.
    Never,
    /// Under another mapping: the tables hold what that one made of the files.
    Otherwise,
    /// Under this one.
    So(Done, Notes),
}

/// Whether the files have to be read again, since the newest ingest read them
/// under another mapping.
pub(crate) async fn mapped_otherwise(project: &Project) -> Result<bool> {
    let newest = latest(project, &mapping(project)).await?;
    Ok(matches!(newest, Newest::Otherwise))
}

async fn latest(project: &Project, mapping: &str) -> Result<Newest> {
    let Some(row) = project.ledger.latest_stage("ingest").await? else {
        return Ok(Newest::Never);
    };
    let done = Done {
        outputs: row.outputs,
        details: row.details,
        key: row.stage_key,
        reused: true,
    };
    let notes: Notes = done.details_as()?;
    Ok(match notes.mapping == mapping {
        true => Newest::So(done, notes),
        false => Newest::Otherwise,
    })
}

/// The path under which the ledger knows a file: relative to the project where
/// it lies inside, so that a project may be moved or copied with its files;
/// else absolute, without detours.
pub(crate) fn recorded_path(project: &Project, path: &Path) -> String {
    // What lies in an archive or a workbook is no path of the disk's.
    let real = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        let real = std::fs::canonicalize(above).ok()?;
        // Joining nothing would add a slash.
        Some(if rest.as_os_str().is_empty() {
            real
        } else {
            real.join(rest)
        })
    });
    let full = real.unwrap_or_else(|| path.to_owned());
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
    format!("{index}:{}", &mapping(project)[..16])
}

/// A hash of how files are read.
fn mapping(project: &Project) -> String {
    let parts = [Part::Sources, Part::Project];
    project.settings.hash_of(&parts).to_hex().to_string()
}

/// Looks at the files of every source. A file whose path, size and time are
/// as recorded is not opened, unless all is to be read `anew`: because it was
/// asked for, or because the newest ingest had another mapping. That this one
/// was used before says nothing then: the tables hold the other's rows.
pub(crate) async fn look(project: &Project, anew: bool) -> Result<Found> {
    let mapping = mapping(project);
    let vault = project.ledger.vault(&project.key).await?;
    let (before, anew) = match latest(project, &mapping).await? {
        Newest::So(done, notes) if !anew => (Some((done, notes)), false),
        Newest::Never => (None, anew),
        _ => (None, true),
    };
    let mut found = Found {
        fresh: Vec::new(),
        touched: Vec::new(),
        anew,
        mapping,
        before,
        repairs: vault.repairs_state().await?,
        replay: false,
    };
    let mut unchanged = Vec::new();
    for (index, source) in project.settings.sources.iter().enumerate() {
        let name = source_name(project, index);
        let files = match files_of(project, source, &name, anew).await {
            // Files may be put away once they were read.
            Err(Fault::Source(e)) if e.is_absence() && found.before.is_some() => Vec::new(),
            Err(Fault::Source(e)) => return Err(perennial_lake::Error::from(e).into()),
            Err(Fault::Other(e)) => return Err(e),
            Ok(files) => files,
        };
        let is_one = files.len() == 1;
        for file in files {
            let (known, shown) = (found.fresh.len(), shown_name(&file, source));
            let is_alone = shown == source.shown() || is_one && file.is_sheet();
            one(project, source, index, &name, file.clone(), &mut found).await?;
            match found.fresh.get_mut(known) {
                Some(fresh) => fresh.is_alone = is_alone,
                None => unchanged.push(Unchanged {
                    source: index,
                    file,
                    name: shown,
                }),
            }
        }
    }
    moves(&mut found, &unchanged);
    again::add(project, unchanged, &mut found).await?;
    Ok(found)
}

/// Notes where the contents of the fresh files were before.
fn moves(found: &mut Found, unchanged: &[Unchanged]) {
    // What a file said before it changed still stands in another file.
    let held: Vec<i64> = found.fresh.iter().filter_map(|f| f.known_as).collect();
    let before = found.before.as_ref();
    let books = before.map_or(&[][..], |(_, notes)| &notes.books);
    for fresh in &mut found.fresh {
        fresh.standing.extend(&held);
        if fresh.known_as.is_none() {
            continue;
        }
        let hash = hex(&fresh.hash);
        let is_there = |name: &str| unchanged.iter().any(|one| one.name == name);
        let moved = books
            .iter()
            .filter(|book| book.content_hash == hash && !is_there(&book.file));
        fresh.moved.extend(moved.map(|book| book.ingest_id));
    }
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
    if seen.is_some() && !found.anew {
        return Ok(());
    }
    let hash = file.content_hash().map_err(perennial_lake::Error::from)?;
    let mut versions = ledger.file_versions(source_name, &path).await?;
    let newest = versions.last().filter(|_| !found.anew);
    if let Some(newest) = newest.filter(|newest| newest.content_hash == hash) {
        found.touched.push(FileRecord {
            size_bytes: size,
            mtime_us: file.mtime_us,
            ..newest.clone()
        });
        return Ok(());
    }
    let mut known = ledger.files_with_content(source_name, &hash).await?;
    let read_elsewhere = ledger.content_read(source_name, &path, &hash).await?;
    let in_this_run = found
        .fresh
        .iter()
        .find(|f| f.source == index && f.hash == hash)
        .map(|f| f.ingest_id);
    let salt = if read_elsewhere || in_this_run.is_some() {
        path.as_str()
    } else {
        ""
    };
    let id = ingest_id(source_name, &path, &hash, &versions, salt);
    if found.anew {
        known.clear();
        versions.clear();
    }
    let known: Vec<i64> = known.iter().filter_map(reading).collect();
    let is_new = versions.is_empty();
    let earlier = found.earlier(&versions, &known);
    let entangled = found.entangled(&earlier);
    found.fresh.push(Fresh {
        source: index,
        name: shown_name(&file, source),
        is_alone: false,
        ingest_id: id,
        seen_us: project.now_us(),
        // A path that had another content is read, so that this one is told apart.
        known_as: known.first().copied().or(in_this_run).filter(|_| is_new),
        moved: Vec::new(),
        earlier,
        standing: Vec::new(),
        entangled,
        again: false,
        hash,
        file,
    });
    Ok(())
}

pub(super) fn reading(record: &FileRecord) -> Option<i64> {
    record.ingest_id.parse().ok()
}

/// The files of a source. Of a table in a database with a cursor, the rows beyond
/// those that were read, as one more file; all of them where all is read `anew`.
async fn files_of(
    project: &Project,
    source: &Source,
    name: &str,
    anew: bool,
) -> std::result::Result<Vec<SourceFile>, Fault> {
    let Some(cursor) = source.cursor.as_deref() else {
        return Ok(expand(&project.dir, &source.path)?);
    };
    if !database::is_address(&source.path) {
        return Err(Fault::Other(Error::cannot(
            "source/cursor-without-database",
            format!(
                "`{}` has a `cursor`, and is no table of a database",
                source.shown()
            ),
            "take `cursor` away: new files, and new rows of files, are found without it",
        )));
    }
    let mut after = None;
    if !anew {
        let paths = project.ledger.paths_of(name).await.map_err(Error::from)?;
        after = paths
            .iter()
            .rev()
            .find_map(|path| database::cursor_in(path))
            .map(str::to_owned);
    }
    let since = database::Since {
        cursor: Some(cursor),
        after: after.as_deref(),
    };
    Ok(database::read(&source.path, since)?.into_iter().collect())
}

/// Why a source has no files to look at.
enum Fault {
    Source(perennial_lake::sources::Error),
    Other(Error),
}

impl From<perennial_lake::sources::Error> for Fault {
    fn from(error: perennial_lake::sources::Error) -> Self {
        Self::Source(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The file as a person knows it: the settings' own words for a single file,
/// its name otherwise.
pub(super) fn shown_name(file: &SourceFile, source: &Source) -> String {
    if database::is_address(&source.path) {
        return file.path.to_string_lossy().into_owned();
    }
    if file.path.ends_with(&source.path) {
        return source.path.clone();
    }
    // A sheet of the workbook, a member of the archive that the settings name.
    let mut above = file.path.ancestors().skip(1);
    let named = above.find(|above| above.ends_with(&source.path) && above.is_file());
    let inside = named.and_then(|named| file.path.strip_prefix(named).ok());
    inside.map_or_else(
        || file.name(),
        |inside| format!("{}/{}", source.path, inside.display()),
    )
}

/// A reading of a file: the same file, content and mapping give the same id,
/// unless the file had that content before and another one since.
/// `salt` tells apart files of one name in several folders that had the same
/// content at some time.
fn ingest_id(
    source_name: &str,
    path: &str,
    hash: &[u8; 32],
    versions: &[FileRecord],
    salt: &str,
) -> i64 {
    let mut hasher = blake3::Hasher::new();
    let file = base_name(path);
    hasher
        .update(source_name.as_bytes())
        .update(&[0])
        .update(file.as_bytes())
        .update(&[0]);
    hasher.update(hash).update(salt.as_bytes());
    if versions.iter().any(|version| &version.content_hash == hash)
        && let Some(newest) = versions.last()
    {
        hasher.update(newest.ingest_id.as_bytes());
    }
    let bytes = hasher.finalize();
    let first = bytes
        .as_bytes()
        .first_chunk::<8>()
        .copied()
        .unwrap_or_default();
    // Positive: an id is for people to type.
    i64::from_le_bytes(first) & i64::MAX
}
