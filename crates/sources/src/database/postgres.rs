//! PostgreSQL: `COPY ... TO STDOUT`, the fastest way out of it, in a transaction that
//! only reads.

use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use super::cursor::{Ask, Cursor, range};
use super::sql::POSTGRES as SQL;
use super::{Address, CONNECT_MAX, Copied, Fault, SILENCE_MAX, Since, Spool, within};

/// Copies the rows wanted; `None` if there are none beyond the cursor.
pub(super) async fn copy(address: &Address, since: Since<'_>) -> Result<Option<Copied>, Fault> {
    let options = PgConnectOptions::from_str(&address.url)?.disable_statement_logging();
    let mut db = within(CONNECT_MAX, PgConnection::connect_with(&options)).await?;
    // Moments with a zone come out in UTC, and everything as it is at this moment.
    db.execute(
        "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; \
         SET standard_conforming_strings = on; SET lock_timeout = '30s'",
    )
    .await?;
    db.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let table = SQL.table(&address.table);
    check_table(&mut db, &table).await?;
    let mut rows = format!("SELECT * FROM {table}");
    let mut until = None;
    if let Some(column) = since.cursor {
        let cursor = Cursor {
            column,
            is_time: is_time(&mut db, &table, column).await?,
            after: since.after,
        };
        let Some(range) = range(&mut db, &SQL, &table, cursor).await? else {
            return Ok(None);
        };
        rows += &format!(" WHERE {}", range.condition);
        until = Some(range.until);
    }
    let mut spool = Spool::new()?;
    let sql = format!("COPY ({rows}) TO STDOUT WITH (FORMAT csv, HEADER true)");
    let mut stream = within(SILENCE_MAX, db.copy_out_raw(&sql)).await?;
    while let Some(bytes) = within(SILENCE_MAX, stream.try_next()).await? {
        spool.write(&bytes)?;
    }
    drop(stream);
    db.close().await?;
    Ok(Some((spool.finish()?, until)))
}

impl Ask for PgConnection {
    async fn ask(&mut self, sql: String) -> Result<Option<String>, Fault> {
        let query = sqlx::query(AssertSqlSafe(sql)).fetch_one(self);
        let row = within(SILENCE_MAX, query).await?;
        Ok(row.try_get(0)?)
    }
}

/// Checks that the table is there, its name in quotes.
async fn check_table(db: &mut PgConnection, table: &str) -> Result<(), Fault> {
    let row = sqlx::query("SELECT to_regclass($1) IS NOT NULL")
        .bind(table)
        .fetch_one(&mut *db)
        .await?;
    if row.try_get::<bool, _>(0)? {
        return Ok(());
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

/// Whether a column holds dates or times, as the server classes its types.
async fn is_time(db: &mut PgConnection, table: &str, column: &str) -> Result<bool, Fault> {
    let rows = sqlx::query(
        "SELECT attname::text, typcategory = 'D' FROM pg_attribute \
         JOIN pg_type ON pg_type.oid = atttypid \
         WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    )
    .bind(table)
    .fetch_all(db)
    .await?;
    let mut names = Vec::new();
    for row in rows {
        let name: String = row.try_get(0)?;
        if name == column {
            return Ok(row.try_get(1)?);
        }
        names.push(name);
    }
    Err(Fault::NoColumn(column.to_owned(), names))
}
