//! Which files were read, so that only new content is read again.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::runs::LIST_ROWS_MAX;
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
    /// The quick check: what this source recorded for this path with this size
    /// and time. None means the content must be hashed.
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
            "WHERE source = ?1 AND path = ?2 AND size_bytes = ?3 AND mtime_us = ?4 ORDER BY seq DESC LIMIT 1"
        ))
        .bind(source.to_owned())
        .bind(path.to_owned())
        .bind(size_bytes)
        .bind(mtime_us)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The first record of this content in this source, under whatever path.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn file_by_content(
        &self,
        source: &str,
        content_hash: &[u8; 32],
    ) -> Result<Option<FileRecord>> {
        let row = sqlx::query(select_file!(
            "WHERE source = ?1 AND content_hash = ?2 ORDER BY seq LIMIT 1"
        ))
        .bind(source.to_owned())
        .bind(content_hash.to_vec())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The newest record of each path of a source, by path: a page of at most
    /// [`LIST_ROWS_MAX`] behind `after_path` (empty for the first page).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn files(&self, source: &str, after_path: &str) -> Result<Vec<FileRecord>> {
        let rows = sqlx::query(select_file!(
            "WHERE source = ?1 AND path > ?2 AND seq = (SELECT max(newest.seq) FROM files AS newest \
             WHERE newest.source = files.source AND newest.path = files.path) ORDER BY path LIMIT ?3"
        ))
        .bind(source.to_owned())
        .bind(after_path.to_owned())
        .bind(i64::try_from(LIST_ROWS_MAX).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
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

/// A content known under its path gets a new row in place of the old one, so
/// that a file that went back to an earlier content counts as newest.
pub(crate) async fn write(connection: &mut SqliteConnection, files: &[FileRecord]) -> Result<()> {
    for file in files {
        sqlx::query("DELETE FROM files WHERE source = ?1 AND path = ?2 AND content_hash = ?3")
            .bind(file.source.clone())
            .bind(file.path.clone())
            .bind(file.content_hash.to_vec())
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
