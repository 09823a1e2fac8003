//! What can go wrong between us and a database, and what to do about it.

use std::io;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;

use super::address::{Address, encoded};
use crate::error::{Error, nearest_name};

/// What went wrong between us and a database.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database says no.
    Database(sqlx::Error),
    /// The database says nothing, for so long.
    Silent(Duration),
    /// The temporary file cannot be written.
    Spool(io::Error),
    /// There is no such table; names of others.
    NoTable(Vec<String>),
    /// There is no such column; names of those there are.
    NoColumn(String, Vec<String>),
    /// So many rows have no value in the cursor.
    NoValue { column: String, rows: String },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Database(error) => write!(f, "{error}"),
            Fault::Silent(time) => write!(f, "it has not answered for {} s", time.as_secs()),
            Fault::Spool(error) => write!(f, "{error}"),
            Fault::NoTable(_) => f.write_str("there is no such table"),
            Fault::NoColumn(column, _) => write!(f, "the table has no column `{column}`"),
            Fault::NoValue { column, rows } => write!(f, "`{column}` is empty in {rows} rows"),
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
    /// The error for people. `has_cursor` says that the source names one.
    pub(super) fn at(self, address: &Address, has_cursor: bool) -> Error {
        let message = self.to_string();
        let failed = |message: String, hint: String| Error::Database {
            address: address.path.clone(),
            message,
            hint,
        };
        match self {
            Fault::Spool(source) => Error::CopyUnwritable {
                address: address.path.clone(),
                folder: std::env::temp_dir(),
                source,
            },
            Fault::NoValue { column, rows } => Error::CursorEmpty {
                address: address.path.clone(),
                column,
                rows,
            },
            Fault::NoTable(names) => failed(
                format!("there is no table `{}`", address.table),
                other_tables(address, &names),
            ),
            Fault::NoColumn(column, names) => {
                let near = nearest_name(&column, names.iter().map(String::as_str));
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name a column that only grows in `cursor` of the source".to_owned(),
                };
                failed(message, hint)
            }
            Fault::Silent(_) => failed(message, NOT_REACHED.to_owned()),
            Fault::Database(error) => {
                let hint = match &error {
                    sqlx::Error::Io(_) => NOT_REACHED,
                    sqlx::Error::Database(error) => hint(error.as_ref(), has_cursor),
                    sqlx::Error::Tls(_) => {
                        "add `?sslmode=` (MySQL: `?ssl-mode=`) to the address as the server wants it"
                    }
                    sqlx::Error::Configuration(_) => {
                        "write it as `postgres://user@host/database/table` or `mysql://...`"
                    }
                    _ => "",
                };
                failed(message, hint.to_owned())
            }
        }
    }
}

const NOT_REACHED: &str = "is the server running, and reachable from here?";

fn other_tables(address: &Address, names: &[String]) -> String {
    if names.is_empty() {
        return "the user sees no table in this database: ask for the right to read it".to_owned();
    }
    match nearest_name(&address.table, names.iter().map(String::as_str)) {
        Some(near) => {
            let near = encoded(&near, b"%/@?");
            format!("did you mean `{}/{near}`?", address.shown)
        }
        None => format!("the database has `{}`", names.join("`, `")),
    }
}

/// What to do about what a server says; nothing where that is not known.
fn hint(error: &dyn DatabaseError, has_cursor: bool) -> &'static str {
    // MySQL has few classes of errors, and a number for each.
    let number = error.try_downcast_ref::<MySqlDatabaseError>();
    let number = number.map(MySqlDatabaseError::number);
    hint_for(error.code().as_deref().unwrap_or(""), number, has_cursor)
}

fn hint_for(state: &str, number: Option<u16>, has_cursor: bool) -> &'static str {
    match (state, number) {
        (_, Some(1044 | 1142 | 1143)) | ("42501", _) => {
            "the user needs the right to read the table: `GRANT SELECT`"
        }
        (_, Some(1049)) | ("3D000", _) => {
            "the server has no such database: check the name before the table's"
        }
        (_, Some(1205)) | ("55P03", _) => {
            "another program holds the table locked: try again when it has ended"
        }
        (_, Some(1040 | 1203)) | ("53300" | "57P03", _) => {
            "the server takes no more connections: try again later"
        }
        ("42P01" | "42S02", _) => {
            "check the table's name; one of another schema is written `schema.table`"
        }
        ("42883" | "22P02" | "22003" | "22007" | "22008", _) if has_cursor => {
            "the `cursor` must be a column whose values grow, such as a number or a time; \
             after it was changed `run --fresh` reads all rows"
        }
        (state, _) if state.starts_with("28") => {
            "check the user and the password (`${NAME}` takes it from the environment)"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::parse("postgres://ann:secret@db/shop/orders").unwrap()
    }

    #[test]
    fn hints_say_what_the_state_says_and_no_more() {
        let cases = [
            ("28P01", None, "password"),
            ("28000", Some(1045), "password"),
            ("42000", Some(1142), "GRANT SELECT"),
            ("42501", None, "GRANT SELECT"),
            ("3D000", None, "no such database"),
            ("42000", Some(1049), "no such database"),
            ("42P01", None, "schema.table"),
            ("42883", None, "cursor"),
            ("22P02", None, "cursor"),
            ("55P03", None, "locked"),
            ("HY000", Some(1205), "locked"),
        ];
        for (state, number, word) in cases {
            let hint = hint_for(state, number, true);
            assert!(hint.contains(word), "{state} {number:?}: {hint}");
        }
        for (state, number) in [("42883", None), ("XX000", None), ("42000", Some(1064))] {
            assert_eq!(hint_for(state, number, false), "", "{state}");
        }
        let error = Fault::Database(sqlx::Error::RowNotFound).at(&address(), true);
        assert_eq!(error.hint(), None);
    }

    #[test]
    fn faults_say_what_and_where() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = Fault::Spool(full).at(&address(), false);
        assert_eq!(error.code(), "source/copy-unwritable");
        let said = error.to_string();
        assert!(said.starts_with("cannot write the copy of the table `postgres://db/shop/orders`"));
        let hint = error.hint().unwrap();
        assert!(hint.contains("TMPDIR") && hint.contains("cursor"), "{hint}");
        let column = "id".to_owned();
        let rows = "2".to_owned();
        let error = Fault::NoValue { column, rows }.at(&address(), true);
        assert_eq!(error.code(), "source/cursor-empty");
        assert!(
            error
                .to_string()
                .contains("2 rows of `postgres://db/shop/orders`")
        );
        let names = vec!["order@s".to_owned()];
        let error = Fault::NoTable(names).at(&address(), false);
        let hint = error.hint().unwrap();
        assert!(hint.contains("postgres://db/shop/order%40s"), "{hint}");
        let error = Fault::Silent(Duration::from_secs(30)).at(&address(), false);
        assert!(error.to_string().contains("30 s"), "{error}");
        assert!(error.hint().unwrap().contains("running"));
    }
}
