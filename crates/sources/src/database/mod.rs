//! Tables of databases, as files: a table is copied out within one transaction into
//! a temporary file, so that looking at it, hashing and reading it see the same rows
//! and memory stays flat however large it is.
//!
//! An address is a URL with the table behind the database:
//! `postgres://user@host:5432/shop/orders`, `mysql://user:${PASSWORD}@host/shop/orders`.
//! `${NAME}` stands for a variable of the environment, so that no password need be
//! written down. Databases that are files (SQLite) are workbooks to us; see
//! [`sqlite`].
//!
//! With a cursor, a column that only grows, a reading takes the rows that are new:
//! those beyond the greatest value read before, as far as that may be said to be
//! complete. Rows that come late with a smaller value are not seen; `run --fresh`
//! reads all. See the module `cursor` for the rules.

mod address;
mod cursor;
mod fault;
mod mysql;
mod postgres;
mod spool;
mod sql;
pub(crate) mod sqlite;

use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use address::{Address, Kind, decoded, encoded};
pub use address::{is_address, without_user};
pub(crate) use fault::Fault;
use spool::Spool;

use crate::dialect::{Delimiter, Given};
use crate::error::Error;
use crate::files::{Compression, Format, Slice, SourceFile};

/// How long a server may take to answer when it is called.
const CONNECT_MAX: Duration = Duration::from_secs(30);
/// How long it may say nothing afterwards. Its own keep-alive cannot be set from
/// here, and one that is gone would be waited for without end; the first row of a
/// large table that is searched without an index may take long.
const SILENCE_MAX: Duration = Duration::from_secs(30 * 60);

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Since<'a> {
    /// A column that only grows; `None` for all rows.
    pub cursor: Option<&'a str>,
    /// Its mark, as [`cursor_in`] gives it; `None` for all up to now.
    pub after: Option<&'a str>,
}

/// A copy, and the greatest value of the cursor in it.
type Copied = (File, Option<String>);

/// Copies the rows of the table at `address` that are wanted. With a cursor the name
/// of what comes back ends in `@` and a mark of how far it was read; `None` if no row
/// is new.
///
/// # Errors
/// [`Error::Database`], [`Error::CursorEmpty`], [`Error::CopyUnwritable`].
pub fn read(address: &str, since: Since<'_>) -> Result<Option<SourceFile>, Error> {
    let address = Address::parse(address)?;
    let after = since.after.map(decoded);
    let since = Since {
        after: after.as_deref(),
        ..since
    };
    let found = run(async {
        match address.kind {
            Kind::Postgres => postgres::copy(&address, since).await,
            Kind::MySql => mysql::copy(&address, since).await,
        }
    });
    let failed = |fault: Fault| fault.at(&address, since.cursor.is_some());
    let Some((file, until)) = found.map_err(failed)? else {
        return Ok(None);
    };
    let length = file.metadata().map_err(|e| failed(e.into()))?.len();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let mark = until.map_or_else(String::new, |until| mark_of(&until));
    Ok(Some(SourceFile {
        path: PathBuf::from(format!("{}{mark}", address.path)),
        size: length,
        mtime_us: i64::try_from(now.as_micros()).unwrap_or(i64::MAX),
        format: Format::Text,
        compression: Compression::None,
        bytes: Slice::unpacked(file, length),
        sheet: None,
        given: Given {
            encoding: Some(crate::Encoding::UTF_8),
            delimiter: Some(Delimiter::Byte(b',')),
            quote: Some(Some(b'"')),
            header: Some(true),
        },
    }))
}

/// A value of the cursor as it ends a name: without what divides one.
fn mark_of(value: &str) -> String {
    format!("@{}", encoded(value, b"%/@\\"))
}

/// The mark in the name of what [`read`] gave, for [`Since::after`].
pub fn cursor_in(path: &str) -> Option<&str> {
    let table = path.rsplit('/').next()?;
    table.rsplit_once('@').map(|(_, mark)| mark)
}

/// What `work` comes to, if it does so in `time`.
async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(time, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Fault::Silent(time)),
    }
}

/// Runs `work` to its end on a thread of its own: callers may stand within a runtime.
pub(crate) fn run<T: Send>(
    work: impl Future<Output = Result<T, Fault>> + Send,
) -> Result<T, Fault> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build();
            runtime.map_err(sqlx::Error::Io)?.block_on(work)
        });
        match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_being_part_of_a_name() {
        for value in [
            "17",
            "2024-03-05 14:30:00+00",
            "a/b",
            "x@y",
            "50%2F",
            "c\\d",
            "中",
        ] {
            let path = format!("postgres://h/d/odd%40table{}", mark_of(value));
            let mark = cursor_in(&path).unwrap();
            assert_eq!(decoded(mark), value, "{path}");
            assert_eq!(path.matches('@').count(), 1);
        }
        // As earlier versions wrote it.
        assert_eq!(
            cursor_in("mysql://h/d/t@6469").map(decoded).as_deref(),
            Some("6469")
        );
        assert_eq!(cursor_in("postgres://h/d/t"), None);
    }

    #[test]
    fn a_server_that_does_not_answer_is_not_waited_for() {
        let time = Duration::from_millis(5);
        let forever = std::future::pending::<Result<(), sqlx::Error>>();
        let fault = run(within(time, forever)).unwrap_err();
        assert!(matches!(fault, Fault::Silent(_)), "{fault}");
    }
}
