//! Which files were read, so that only new content is read again.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::sql;

/// How the reading of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Every row is in the tables, in quarantine or a duplicate.
    Read,
    /// The same content was read under another path: nothing was taken from it.
    Duplicate,
    /// The file as a whole could not be read.
    Failed,
}

impl FileState {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            FileState::Read => "read",
            FileState::Duplicate => "duplicate",
            FileState::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Result<FileState> {
        match word {
            "read" => Ok(FileState::Read),
            "duplicate" => Ok(FileState::Duplicate),
            "failed" => Ok(FileState::Failed),
            _ => Err(Error::Malformed {
                column: "files.state",
            }),
        }
    }
}

/// One content of one path that one source has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Path or URL as the source names it.
    pub path: String,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Time of the last change, UTC microseconds.
    pub mtime_us: i64,
    /// BLAKE3 of the bytes as stored (before any decompression).
    pub content_hash: [u8; 32],
    /// The source's name in the settings.
    pub source: String,
    /// The row of `ingests` that counts this reading.
    pub ingest_id: String,
    /// How it ended.
    pub state: FileState,
}

/// `SELECT` of a [`FileRecord`]'s columns with what follows `FROM files`.
macro_rules! select_file {
    ($rest:literal) => {
        concat!(
            "SELECT path, size_bytes, mtime_us, content_hash, source, ingest_id, state FROM files ",
            $rest
        )
    };
}

impl Ledger {
    /// The quick check: what this source recorded last for this path, where it
    /// has this size and time. None means the content must be hashed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn file_seen(
        &self,
        source: &str,
        path: &str,
        size_bytes: i64,
        mtime_us: i64,
    ) -> Result<Option<FileRecord>> {
        let row = sqlx::query(select_file!(
            "WHERE source = ?1 AND path = ?2 ORDER BY seq DESC LIMIT 1"
        ))
        .bind(source.to_owned())
        .bind(path.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        let newest = row.as_ref().map(read).transpose()?;
        Ok(newest.filter(|file| (file.size_bytes, file.mtime_us) == (size_bytes, mtime_us)))
    }

    /// The paths of a source whose newest content this is, the first one first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn files_with_content(
        &self,
        source: &str,
        content_hash: &[u8; 32],
    ) -> Result<Vec<FileRecord>> {
        let rows = sqlx::query(select_file!(
            "WHERE source = ?1 AND content_hash = ?2 AND seq = (SELECT max(newest.seq) FROM files AS newest \
             WHERE newest.source = files.source AND newest.path = files.path) ORDER BY seq"
        ))
        .bind(source.to_owned())
        .bind(content_hash.to_vec())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Whether another path of the source has, or ever had, this content.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn content_read(
        &self,
        source: &str,
        path: &str,
        content_hash: &[u8; 32],
    ) -> Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM files WHERE source = ?1 AND content_hash = ?2 AND path <> ?3 LIMIT 1",
        )
        .bind(source.to_owned())
        .bind(content_hash.to_vec())
        .bind(path.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// The readings of a path, the newest last.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn file_versions(&self, source: &str, path: &str) -> Result<Vec<FileRecord>> {
        let rows = sqlx::query(select_file!("WHERE source = ?1 AND path = ?2 ORDER BY seq"))
            .bind(source.to_owned())
            .bind(path.to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Paths of the source's files in the order in which they were first read.
    ///
    /// # Errors
    /// The database's.
    pub async fn paths_of(&self, source: &str) -> Result<Vec<String>> {
        let rows =
            sqlx::query("SELECT path FROM files WHERE source = ?1 GROUP BY path ORDER BY min(seq)")
                .bind(source.to_owned())
                .fetch_all(&self.pool)
                .await?;
        let paths = rows.iter().map(|row| row.try_get("path"));
        Ok(paths.collect::<std::result::Result<_, _>>()?)
    }

    /// The readings of a source, in the order they were noted.
    ///
    /// # Errors
    /// The database's.
    pub async fn readings_of(&self, source: &str) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT ingest_id FROM files WHERE source = ?1 ORDER BY seq")
            .bind(source.to_owned())
            .fetch_all(&self.pool)
            .await?;
        let readings = rows.iter().map(|row| row.try_get(0));
        Ok(readings.collect::<std::result::Result<_, _>>()?)
    }

    /// Records files on their own; with their stage it is
    /// [`Ledger::record_stage_with_files`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record_files(&self, files: &[FileRecord]) -> Result<()> {
        let mut transaction = self.begin_write().await?;
        write(&mut transaction, files).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// The row of a reading is replaced, so that a file that was only touched is
/// known by its new time.
pub(crate) async fn write(connection: &mut SqliteConnection, files: &[FileRecord]) -> Result<()> {
    for file in files {
        sqlx::query("DELETE FROM files WHERE source = ?1 AND path = ?2 AND ingest_id = ?3")
            .bind(file.source.clone())
            .bind(file.path.clone())
            .bind(file.ingest_id.clone())
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO files (source, path, size_bytes, mtime_us, content_hash, ingest_id, state) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(file.source.clone())
        .bind(file.path.clone())
        .bind(file.size_bytes)
        .bind(file.mtime_us)
        .bind(file.content_hash.to_vec())
        .bind(file.ingest_id.clone())
        .bind(file.state.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Forgets what was read of some sources.
pub(crate) async fn forget(connection: &mut SqliteConnection, sources: &[String]) -> Result<()> {
    for source in sources {
        sqlx::query("DELETE FROM files WHERE source = ?1")
            .bind(source.clone())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn read(row: &SqliteRow) -> Result<FileRecord> {
    Ok(FileRecord {
        path: row.try_get(0)?,
        size_bytes: row.try_get(1)?,
        mtime_us: row.try_get(2)?,
        content_hash: sql::fixed("files.content_hash", row.try_get(3)?)?,
        source: row.try_get(4)?,
        ingest_id: row.try_get(5)?,
        state: FileState::parse(row.try_get(6)?)?,
    })
}
