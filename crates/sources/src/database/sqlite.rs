//! SQLite files: each table is to us what a sheet is in a workbook.

use std::path::Path;

use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::{Fault, run};

/// The tables with rows. Views are left out: they say again what tables say, and may
/// never end.
pub(crate) fn tables(path: &Path) -> Result<Vec<String>, Fault> {
    run(async {
        let mut db = open(path).await?;
        let rows = sqlx::query(
            "SELECT name FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .fetch_all(&mut db)
        .await?;
        let mut names = Vec::new();
        for row in rows {
            let table: String = row.try_get(0)?;
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", name(&table));
            let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut db).await?;
            if row.try_get::<bool, _>(0)? {
                names.push(table);
            }
        }
        db.close().await?;
        Ok(names)
    })
}

/// Calls `each` with the columns' names, then with the values of every row, a
/// missing one as an empty text.
pub(crate) fn rows(
    path: &Path,
    table: &str,
    each: &mut (dyn FnMut(&[String]) -> std::io::Result<()> + Send),
) -> Result<(), Fault> {
    run(async {
        let mut db = open(path).await?;
        let info = format!("SELECT name FROM pragma_table_info({})", literal(table));
        let info = sqlx::query(AssertSqlSafe(info)).fetch_all(&mut db).await?;
        let names = info.iter().map(|row| row.try_get::<String, _>(0));
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        each(&names)?;
        // Values have types of their own, row by row; as text they are what was put in.
        let texts = names.iter().map(|column| {
            let column = name(column);
            format!(
                "CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE CAST({column} AS TEXT) END"
            )
        });
        let sql = format!(
            "SELECT {} FROM {}",
            texts.collect::<Vec<_>>().join(", "),
            name(table)
        );
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut db);
        let mut cells = Vec::new();
        while let Some(row) = rows.try_next().await? {
            cells.clear();
            for column in 0..names.len() {
                let value: Option<String> = row.try_get(column)?;
                cells.push(value.unwrap_or_default());
            }
            each(&cells)?;
        }
        drop(rows);
        db.close().await?;
        Ok(())
    })
}

async fn open(path: &Path) -> Result<SqliteConnection, Fault> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .disable_statement_logging();
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// A name in quotes.
fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
