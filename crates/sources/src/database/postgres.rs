//! PostgreSQL: `COPY ... TO STDOUT`, the fastest way out of it, in a transaction that
//! only reads.

use std::fs::File;
use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use super::{Address, Fault, Since, Spool, Wanted};

/// Copies the rows wanted; the greatest value of the cursor, if there is one.
pub(super) async fn copy(
    address: &Address,
    since: Since<'_>,
) -> Result<Option<(File, Option<String>)>, Fault> {
    let options = PgConnectOptions::from_str(&address.url)?.disable_statement_logging();
    let mut db = PgConnection::connect_with(&options).await?;
    // Moments with a zone come out in UTC, and everything as it is at this moment.
    db.execute("SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'")
        .await?;
    db.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let table = table_of(&mut db, &address.table).await?;
    let mut wanted = Wanted { table, range: None };
    if let Some(cursor) = since.cursor {
        let Some(until) = newest(&mut db, &wanted.table, cursor, since.after).await? else {
            return Ok(None);
        };
        wanted.range = Some((cursor.to_owned(), since.after.map(str::to_owned), until));
    }
    let mut spool = Spool::new()?;
    let sql = format!(
        "COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER true)",
        wanted.select(name, literal)
    );
    let mut stream = db.copy_out_raw(&sql).await?;
    while let Some(bytes) = stream.try_next().await? {
        spool.write(&bytes)?;
    }
    drop(stream);
    db.close().await?;
    Ok(Some((
        spool.finish()?,
        wanted.range.map(|(.., until)| until),
    )))
}

/// The table's name as SQL writes it, checked to be there.
async fn table_of(db: &mut PgConnection, table: &str) -> Result<String, Fault> {
    let quoted = table.split('.').map(name).collect::<Vec<_>>().join(".");
    let row = sqlx::query("SELECT to_regclass($1) IS NOT NULL")
        .bind(quoted.clone())
        .fetch_one(&mut *db)
        .await?;
    if row.try_get::<bool, _>(0)? {
        return Ok(quoted);
    }
    let rows = sqlx::query(
        "SELECT CASE WHEN table_schema = current_schema() THEN '' ELSE table_schema || '.' END || table_name \
         FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') \
         ORDER BY 1 LIMIT 100",
    )
    .fetch_all(&mut *db)
    .await?;
    let names = rows.iter().map(|row| row.try_get::<String, _>(0));
    Err(Fault::NoTable(names.collect::<Result<_, _>>()?))
}

/// The greatest value of the cursor, if it is greater than `after`.
async fn newest(
    db: &mut PgConnection,
    table: &str,
    cursor: &str,
    after: Option<&str>,
) -> Result<Option<String>, Fault> {
    let mut sql = format!("SELECT max({})::text FROM {table}", name(cursor));
    if let Some(after) = after {
        sql += &format!(" WHERE {} > {}", name(cursor), literal(after));
    }
    let row = match sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *db).await {
        // 42703: undefined_column.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42703") => {
            return Err(Fault::NoColumn(cursor.to_owned()));
        }
        other => other?,
    };
    Ok(row.try_get(0)?)
}

/// A name in quotes.
fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes; the server takes it for the type it is compared with.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
