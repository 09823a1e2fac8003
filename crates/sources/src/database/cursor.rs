//! Which rows of a table are new, by a column that only grows: the cursor.
//!
//! A reading takes the rows beyond the greatest value of the one before, up to a
//! value of which no more rows are to be expected. That is the greatest there is if
//! one row alone has it. Where several have it, as the lines of one order have its
//! number, or where the column is a date or a time, another row of that value may
//! come at any moment: rows of the greatest value then wait until a greater one is
//! there, and are read with the next reading.
//!
//! Rows that come late with a smaller value than was read are not seen: values must
//! be given out in the order in which rows become visible. `run --fresh` reads all
//! rows. Rows without a value would never be read, and are an error.

use std::future::Future;

use super::Fault;
use super::sql::Sql;

/// A server that is asked for one text: the first cell of the first row.
pub(super) trait Ask {
    fn ask(&mut self, sql: String) -> impl Future<Output = Result<Option<String>, Fault>> + Send;
}

/// A column that only grows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub column: &'a str,
    /// Its values are dates or times.
    pub is_time: bool,
    /// The greatest value that was read before.
    pub after: Option<&'a str>,
}

/// The rows that are new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    /// What they meet.
    pub condition: String,
    /// The greatest value among them, as text.
    pub until: String,
}

/// The new rows of `table`, whose name is in quotes; `None` if there are none.
pub(super) async fn range(
    db: &mut impl Ask,
    sql: &Sql,
    table: &str,
    cursor: Cursor<'_>,
) -> Result<Option<Range>, Fault> {
    let column = sql.name(cursor.column);
    let count = sql.as_text("count(*)");
    let missing = format!("SELECT {count} FROM {table} WHERE {column} IS NULL");
    if let Some(rows) = db.ask(missing).await?.filter(|rows| rows != "0") {
        return Err(Fault::NoValue {
            column: cursor.column.to_owned(),
            rows,
        });
    }
    let beyond = match cursor.after {
        Some(after) => format!("{column} > {}", sql.literal(after)),
        None => format!("{column} IS NOT NULL"),
    };
    let greatest = sql.as_text(&format!("max({column})"));
    let all = format!("SELECT {greatest} FROM {table} WHERE {beyond}");
    let Some(mut until) = db.ask(all).await? else {
        return Ok(None);
    };
    // Compared within the server, since a number's text may be another number.
    let end = format!("(SELECT max({column}) FROM {table})");
    let two = format!(
        "SELECT {count} FROM (SELECT 1 FROM {table} WHERE {column} = {end} LIMIT 2) AS newest"
    );
    if cursor.is_time || db.ask(two).await?.is_none_or(|rows| rows != "1") {
        let below = format!("SELECT {greatest} FROM {table} WHERE {beyond} AND {column} < {end}");
        let Some(below) = db.ask(below).await? else {
            return Ok(None);
        };
        until = below;
    }
    Ok(Some(Range {
        condition: format!("{beyond} AND {column} <= {}", sql.literal(&until)),
        until,
    }))
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row};

    use super::*;
    use crate::database::run;
    use crate::database::sql::SQLITE;

    impl Ask for SqliteConnection {
        async fn ask(&mut self, sql: String) -> Result<Option<String>, Fault> {
            let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(self).await?;
            Ok(row.try_get(0)?)
        }
    }

    /// The names of the rows that are new, after `insert`, and the new mark.
    fn new(rows: &str, is_time: bool, after: Option<&str>) -> Result<String, Fault> {
        run(async {
            let mut db = SqliteConnectOptions::new().connect().await?;
            db.execute("CREATE TABLE t (id INTEGER, name TEXT)").await?;
            let sql = format!("INSERT INTO t VALUES {rows}");
            db.execute(AssertSqlSafe(sql)).await?;
            let cursor = Cursor {
                column: "id",
                is_time,
                after,
            };
            let Some(range) = range(&mut db, &SQLITE, "t", cursor).await? else {
                return Ok("none".to_owned());
            };
            let names = format!(
                "SELECT group_concat(name, '') FROM t WHERE {}",
                range.condition
            );
            let names = db.ask(names).await?.unwrap_or_default();
            Ok(format!("{names} until {}", range.until))
        })
    }

    #[test]
    fn rows_of_a_value_that_may_still_grow_wait() {
        let seen = |rows, after| new(rows, false, after).unwrap();
        assert_eq!(seen("(1, 'a'), (2, 'b'), (9, 'c')", None), "abc until 9");
        assert_eq!(seen("(1, 'a'), (10, 'b')", Some("9")), "b until 10");
        assert_eq!(seen("(1, 'a'), (2, 'b')", Some("2")), "none");
        // Of order 2 a third line may come.
        let lines = "(1, 'a'), (2, 'b'), (2, 'c')";
        assert_eq!(seen(lines, None), "a until 1");
        assert_eq!(seen(lines, Some("1")), "none");
        let more = "(1, 'a'), (2, 'b'), (2, 'c'), (2, 'd'), (3, 'e')";
        assert_eq!(seen(more, Some("1")), "bcde until 3");
        // A time is never over while it is the newest.
        let times = "(1, 'a'), (2, 'b')";
        assert_eq!(new(times, true, None).unwrap(), "a until 1");
        assert_eq!(new(times, true, Some("1")).unwrap(), "none");
    }

    #[test]
    fn rows_without_a_value_are_an_error() {
        let fault = new("(1, 'a'), (NULL, 'b'), (NULL, 'c')", false, Some("1")).unwrap_err();
        assert!(
            matches!(&fault, Fault::NoValue { rows, .. } if rows == "2"),
            "{fault}"
        );
    }
}
