//! The database behind the ledger: opening, settings, closing, compacting.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Row, Sqlite, SqliteConnection, Transaction};

use crate::error::{Error, Result};
use crate::migrate;
use crate::sql;

/// How long a writer waits for another one before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections of one process: one writes at a time, the others read.
const CONNECTIONS_MAX: u32 = 4;
/// SQLite's page cache per connection (negative: KiB). A large registration
/// writes a page once instead of spilling it again and again.
const CACHE_SIZE: &str = "-16384";
/// The log is cut back to this after a checkpoint, in bytes.
const LOG_BYTES_KEPT: &str = "16777216";
/// The first bytes of every SQLite file.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// An open ledger. Cheap to clone; all clones share one pool of connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) pool: SqlitePool,
}

impl Ledger {
    /// Opens the ledger at `path`, and makes it (mode 0600, folder included)
    /// when it is not there. An older format is brought up to date.
    ///
    /// Commits are durable (`synchronous = FULL`): the row that precedes a
    /// message to a customer must survive a loss of power, and a run has too
    /// few commits for it to matter. Deleted content is overwritten
    /// (`secure_delete`), for what was erased must not linger in free pages.
    ///
    /// # Errors
    /// `ledger/newer-format`, `ledger/not-a-ledger`, `ledger/corrupt`,
    /// `ledger/locked`, `ledger/not-writable`, `ledger/io`, `ledger/disk-full`.
    pub async fn open(path: &Path) -> Result<Ledger> {
        Ledger::open_patient(path, BUSY_TIMEOUT).await
    }

    /// As [`Ledger::open`]; a writer waits for another one this long.
    pub(crate) async fn open_patient(path: &Path, patience: Duration) -> Result<Ledger> {
        let is_new = create_file(path)?;
        let options = options().filename(path).busy_timeout(patience);
        if !is_new {
            refuse_foreign_header(path)?;
            // Looked at before anything is set, so that a refused file stays as it was.
            let mut probe = SqliteConnection::connect_with(&options).await?;
            let found = migrate::check(&mut probe, path).await;
            probe.close().await?;
            found?;
        }
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_lazy_with(options);
        let ledger = Ledger { pool };
        ledger.settle(path).await?;
        Ok(ledger)
    }

    /// A ledger that lives in memory and ends with its last clone; for tests.
    ///
    /// # Errors
    /// `ledger/database`, should SQLite fail.
    pub async fn open_in_memory() -> Result<Ledger> {
        // A second connection would open a second, empty database.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options().in_memory(true));
        let ledger = Ledger { pool };
        ledger.settle(Path::new(":memory:")).await?;
        Ok(ledger)
    }

    /// Brings the format up to date. Switching to the write-ahead log needs a
    /// moment alone that SQLite does not wait for, so two processes that make
    /// one ledger at once may trip over each other: try again.
    async fn settle(&self, path: &Path) -> Result<()> {
        let mut left = 50;
        loop {
            match self.settle_once(path).await {
                Err(Error::Locked) if left > 0 => left -= 1,
                other => return other,
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn settle_once(&self, path: &Path) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        migrate::run(&mut connection, path).await
    }

    /// Closes every connection; what was committed stands, the log is emptied.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Rewrites the file without its free pages and empties the log: after an
    /// erasure nothing of the erased person is left in either. Needs as much
    /// free space as the ledger takes.
    ///
    /// # Errors
    /// `ledger/busy` while somebody reads, `ledger/disk-full`, `ledger/locked`.
    pub async fn compact(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        sqlx::query("VACUUM").execute(&mut *connection).await?;
        if empty_log(&mut connection).await? {
            Ok(())
        } else {
            Err(Error::Busy)
        }
    }

    /// The format of the open database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn format(&self) -> Result<i64> {
        let mut connection = self.pool.acquire().await?;
        migrate::format_of(&mut connection).await
    }

    /// A write transaction: takes the write lock at once, so that what it reads
    /// first still holds when it writes. Dropped without a commit it leaves nothing.
    pub(crate) async fn begin_write(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Moves the log into the file and cuts it to nothing; false while somebody reads.
pub(crate) async fn empty_log(connection: &mut SqliteConnection) -> Result<bool> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get::<i64, _>(0)? == 0)
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Full)
        // A whole answer fits, so that the two threads need not take turns row by row.
        .row_buffer_size(sql::VALUES_PER_LIST)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", CACHE_SIZE)
        .pragma("journal_size_limit", LOG_BYTES_KEPT)
        .pragma("temp_store", "MEMORY")
}

/// Makes an empty file for its owner alone; true when it was not there.
/// SQLite gives its log and its index the same mode.
fn create_file(path: &Path) -> Result<bool> {
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
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(Error::io(path, source)),
    }
}

/// Refuses a file that is no SQLite file before SQLite touches it. An empty one
/// is what a process killed while making it leaves behind: welcome.
fn refuse_foreign_header(path: &Path) -> Result<()> {
    let mut head = Vec::with_capacity(SQLITE_MAGIC.len());
    File::open(path)
        .and_then(|file| file.take(SQLITE_MAGIC.len() as u64).read_to_end(&mut head))
        .map_err(|source| Error::io(path, source))?;
    if head.is_empty() || head == SQLITE_MAGIC {
        return Ok(());
    }
    Err(Error::Corrupt {
        detail: "the file does not begin like a SQLite database".to_owned(),
    })
}
