//! Tables of databases, as files: a table is copied out within one transaction into
//! a temporary file, so that looking at it, hashing and reading it see the same rows
//! and memory stays flat however large it is.
//!
//! An address is a URL with the table behind the database:
//! `postgres://user@host:5432/shop/orders`, `mysql://user:${PASSWORD}@host/shop/orders`.
//! `${NAME}` stands for a variable of the environment, so that no password need be
//! written down. Databases that are files (SQLite) are workbooks to us; see
//! [`sqlite`].

mod mysql;
mod postgres;
pub(crate) mod sqlite;

use std::fs::File;
use std::future::Future;
use std::io::{self, BufWriter, Seek, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::dialect::{Delimiter, Given};
use crate::error::Error;
use crate::files::{Compression, Format, Slice, SourceFile};

/// A server's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MySql,
}

/// Where a table is.
#[derive(Debug, Clone)]
struct Address {
    kind: Kind,
    /// For connecting, secrets and all; without the table.
    url: String,
    /// For people: without who connects and how.
    shown: String,
    /// Perhaps with its schema, as `sales.orders`.
    table: String,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Since<'a> {
    /// A column that only grows; `None` for all rows.
    pub cursor: Option<&'a str>,
    /// Its greatest value so far; `None` for all up to now.
    pub after: Option<&'a str>,
}

/// What is copied of a table.
struct Wanted {
    table: String,
    /// Column, exclusive and inclusive bound, as text.
    range: Option<(String, Option<String>, String)>,
}

impl Wanted {
    /// The query for it, with names and texts as the server writes them.
    fn select(&self, name: fn(&str) -> String, literal: fn(&str) -> String) -> String {
        let mut sql = format!("SELECT * FROM {}", self.table);
        if let Some((cursor, after, until)) = &self.range {
            let cursor = name(cursor);
            sql += &format!(" WHERE {cursor} <= {}", literal(until));
            if let Some(after) = after {
                sql += &format!(" AND {cursor} > {}", literal(after));
            }
        }
        sql
    }
}

/// Whether `pattern` is the address of a database rather than a path.
pub fn is_address(pattern: &str) -> bool {
    kind_of(pattern).is_some()
}

fn kind_of(pattern: &str) -> Option<(Kind, &str)> {
    let (scheme, rest) = pattern.split_once("://")?;
    match scheme {
        "postgres" | "postgresql" => Some((Kind::Postgres, rest)),
        "mysql" | "mariadb" => Some((Kind::MySql, rest)),
        _ => None,
    }
}

/// Copies the rows of the table at `address` that are wanted. With a cursor the name
/// of what comes back ends in `@` and the greatest value; `None` if no row is new.
///
/// # Errors
/// [`Error::Database`], [`Error::Io`] where the temporary file cannot be written.
pub fn read(address: &str, since: Since<'_>) -> Result<Option<SourceFile>, Error> {
    let address = Address::parse(address)?;
    let found = run(async {
        match address.kind {
            Kind::Postgres => postgres::copy(&address, since).await,
            Kind::MySql => mysql::copy(&address, since).await,
        }
    });
    let Some((file, until)) = found.map_err(|fault| fault.at(&address))? else {
        return Ok(None);
    };
    let length = file
        .metadata()
        .map_err(|e| Fault::from(e).at(&address))?
        .len();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let mark = until.map_or_else(String::new, |until| format!("@{until}"));
    Ok(Some(SourceFile {
        path: PathBuf::from(format!("{}/{}{mark}", address.shown, address.table)),
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

/// The cursor's value in the name of what [`read`] gave.
pub fn cursor_in(path: &str) -> Option<&str> {
    let table = path.rsplit('/').next()?;
    table.split_once('@').map(|(_, cursor)| cursor)
}

/// Runs `work` to its end on a thread of its own: callers may stand within a runtime.
pub(crate) fn run<T: Send>(
    work: impl Future<Output = Result<T, Fault>> + Send,
) -> Result<T, Fault> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build()?.block_on(work)
        });
        match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// What went wrong between us and a database.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database says no, or nothing.
    Database(sqlx::Error),
    /// The temporary file cannot be written.
    Spool(io::Error),
    /// There is no such table; names of others.
    NoTable(Vec<String>),
    /// There is no such column.
    NoColumn(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Database(error) => write!(f, "{error}"),
            Fault::Spool(error) => write!(f, "{error}"),
            Fault::NoTable(_) => f.write_str("there is no such table"),
            Fault::NoColumn(column) => write!(f, "there is no column `{column}`"),
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Fault::Database(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Spool(error)
    }
}

impl Fault {
    fn at(self, address: &Address) -> Error {
        let failed = |message: String, hint: String| Error::Database {
            address: format!("{}/{}", address.shown, address.table),
            message,
            hint,
        };
        match self {
            Fault::Spool(source) => Error::Io {
                path: std::env::temp_dir(),
                source,
            },
            Fault::NoTable(names) if names.is_empty() => failed(
                format!("there is no table `{}`", address.table),
                "the user sees no table in this database: ask for the right to read it".to_owned(),
            ),
            Fault::NoTable(names) => {
                let all = names.iter().map(String::as_str);
                let near = crate::error::nearest_name(&address.table, all);
                let hint = match near {
                    Some(near) => format!("did you mean `{}/{near}`?", address.shown),
                    None => format!("the database has `{}`", names.join("`, `")),
                };
                failed(format!("there is no table `{}`", address.table), hint)
            }
            Fault::NoColumn(column) => failed(
                format!("the table has no column `{column}`"),
                "name a column that only grows in `cursor` of the source".to_owned(),
            ),
            Fault::Database(error) => {
                let hint = match &error {
                    sqlx::Error::Io(_) => "is the server running, and reachable from here?",
                    sqlx::Error::Database(_) => {
                        "check the user, the password (`${NAME}` takes it from the environment) \
                         and the right to read the table"
                    }
                    sqlx::Error::Tls(_) => "add `?sslmode=` to the address as the server wants it",
                    _ => "write it as `postgres://user@host/database/table` or `mysql://...`",
                };
                failed(error.to_string(), hint.to_owned())
            }
        }
    }
}

impl Address {
    fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |message: &str| Error::Database {
            address: without_user(text),
            message: message.to_owned(),
            hint: "write it as `postgres://user@host/database/table` or \
                   `mysql://user:${PASSWORD}@host/database/table`"
                .to_owned(),
        };
        let Some((kind, rest)) = kind_of(text) else {
            return Err(wrong("it is no address of a database that is known"));
        };
        let (rest, options) = match rest.split_once('?') {
            Some((rest, options)) => (rest, format!("?{options}")),
            None => (rest, String::new()),
        };
        let Some((base, table)) = rest.rsplit_once('/').filter(|(_, table)| !table.is_empty())
        else {
            return Err(wrong("it names no table"));
        };
        if !base
            .rsplit_once('@')
            .map_or(base, |(_, host)| host)
            .contains('/')
        {
            return Err(wrong("it names no database, or no table"));
        }
        let base = with_environment(base)
            .map_err(|name| wrong(&format!("the environment has no variable `{name}`")))?;
        let scheme = match kind {
            Kind::Postgres => "postgres",
            Kind::MySql => "mysql",
        };
        let host = base
            .rsplit_once('@')
            .map_or(base.as_str(), |(_, host)| host);
        Ok(Address {
            kind,
            shown: format!("{scheme}://{host}"),
            url: format!("{scheme}://{base}{options}"),
            table: table.to_owned(),
        })
    }
}

/// An address as it may be shown: without who connects and how.
pub fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let rest = rest.split('?').next().unwrap_or(rest);
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{host}")
}

/// `text` with `${NAME}` put in, encoded as in a URL; the name of a variable that is
/// not set.
fn with_environment(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').ok_or(after)?;
        let value = std::env::var(name).map_err(|_| name.to_owned())?;
        out += before;
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out += &format!("%{byte:02X}");
            }
        }
        rest = behind;
    }
    Ok(out + rest)
}

/// A file that is written, then read from its start.
struct Spool {
    out: BufWriter<File>,
}

impl Spool {
    fn new() -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        Ok(Spool { out })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// One record; a missing value is an empty cell.
    fn record<'v>(&mut self, cells: impl Iterator<Item = Option<&'v [u8]>>) -> io::Result<()> {
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                self.write(b",")?;
            }
            let cell = cell.unwrap_or(b"");
            let is_plain = !cell
                .iter()
                .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
            if is_plain {
                self.write(cell)?;
                continue;
            }
            self.write(b"\"")?;
            for part in cell.split_inclusive(|byte| *byte == b'"') {
                self.write(part)?;
                if part.ends_with(b"\"") {
                    self.write(b"\"")?;
                }
            }
            self.write(b"\"")?;
        }
        self.write(b"\n")
    }

    fn finish(self) -> io::Result<File> {
        let mut file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_what_is_shown_of_them() {
        let address =
            Address::parse("postgresql://ann:s%40cret@db:5433/shop/sales.orders?sslmode=require");
        let address = address.unwrap();
        assert_eq!(address.kind, Kind::Postgres);
        assert_eq!(
            address.url,
            "postgres://ann:s%40cret@db:5433/shop?sslmode=require"
        );
        assert_eq!(address.shown, "postgres://db:5433/shop");
        assert_eq!(address.table, "sales.orders");
        for wrong in [
            "mysql://db",
            "mysql://db/",
            "mysql://ann:x@db/shop",
            "mysql://ann:x@db/shop/",
        ] {
            let error = Address::parse(wrong).unwrap_err();
            assert_eq!(error.code(), "source/database", "{wrong}");
            assert!(!error.to_string().contains("ann:x"), "{error}");
        }
        assert!(is_address("mariadb://h/d/t") && !is_address("s3://b/k") && !is_address("a.csv"));
        assert_eq!(cursor_in("postgres://h/d/t@17"), Some("17"));
        assert_eq!(cursor_in("postgres://h/d/t"), None);
    }

    #[test]
    fn a_password_comes_from_the_environment() {
        // PATH is always set, and holds what a URL cannot.
        let address = Address::parse("mysql://u:${PATH}@h/d/t").unwrap();
        assert!(address.url.contains("%2F"), "{}", address.url);
        let error = Address::parse("mysql://u:${PERENNIAL_NOT_SET}@h/d/t").unwrap_err();
        assert!(error.to_string().contains("PERENNIAL_NOT_SET"), "{error}");
    }

    #[test]
    fn records_are_quoted_where_they_must_be() {
        let mut spool = Spool::new().unwrap();
        let cells: [Option<&[u8]>; 4] = [Some(b"a"), None, Some(b"b,\"c\""), Some(b"d\ne")];
        spool.record(cells.into_iter()).unwrap();
        let mut text = String::new();
        io::Read::read_to_string(&mut spool.finish().unwrap(), &mut text).unwrap();
        assert_eq!(text, "a,,\"b,\"\"c\"\"\",\"d\ne\"\n");
    }
}
