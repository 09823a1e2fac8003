//! MySQL and MariaDB: rows as text, streamed, in a transaction that only reads.

use std::fs::File;
use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, MySql, Row, ValueRef};

use super::{Address, Fault, Since, Spool, Wanted};

/// Copies the rows wanted; the greatest value of the cursor, if there is one.
pub(super) async fn copy(
    address: &Address,
    since: Since<'_>,
) -> Result<Option<(File, Option<String>)>, Fault> {
    let options = MySqlConnectOptions::from_str(&address.url)?.disable_statement_logging();
    let mut db = MySqlConnection::connect_with(&options).await?;
    db.execute("SET time_zone = '+00:00'").await?;
    db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .await?;
    db.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
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
    let columns = columns_of(&mut db, &address.table).await?;
    spool.record(columns.iter().map(|column| Some(column.as_bytes())))?;
    // Without parameters the server answers in text, whatever the types.
    let sql = AssertSqlSafe(wanted.select(name, literal));
    let mut rows = sqlx::raw_sql(sql).fetch::<_, MySql>(&mut db);
    while let Some(row) = rows.try_next().await? {
        write(&row, &mut spool)?;
    }
    drop(rows);
    db.close().await?;
    Ok(Some((
        spool.finish()?,
        wanted.range.map(|(.., until)| until),
    )))
}

fn write(row: &MySqlRow, spool: &mut Spool) -> Result<(), Fault> {
    let mut cells = Vec::with_capacity(row.columns().len());
    for column in row.columns() {
        let value = row.try_get_raw(column.ordinal())?;
        cells.push(match value.is_null() {
            true => None,
            false => Some(row.try_get_unchecked::<&[u8], _>(column.ordinal())?),
        });
    }
    Ok(spool.record(cells.into_iter())?)
}

/// The table's name as SQL writes it, checked to be there.
async fn table_of(db: &mut MySqlConnection, table: &str) -> Result<String, Fault> {
    if !columns_of(db, table).await?.is_empty() {
        return Ok(table.split('.').map(name).collect::<Vec<_>>().join("."));
    }
    let rows = sqlx::query(
        "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE() \
         ORDER BY 1 LIMIT 100",
    )
    .fetch_all(&mut *db)
    .await?;
    let names = rows.iter().map(|row| row.try_get::<String, _>(0));
    Err(Fault::NoTable(names.collect::<Result<_, _>>()?))
}

/// The columns of a table in their order; none if it is not there.
async fn columns_of(db: &mut MySqlConnection, table: &str) -> Result<Vec<String>, Fault> {
    let (schema, table) = match table.split_once('.') {
        Some((schema, table)) => (Some(schema.to_owned()), table.to_owned()),
        None => (None, table.to_owned()),
    };
    let rows = sqlx::query(
        "SELECT CAST(column_name AS CHAR) FROM information_schema.columns \
         WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? ORDER BY ordinal_position",
    )
    .bind(schema)
    .bind(table)
    .fetch_all(&mut *db)
    .await?;
    let names = rows.iter().map(|row| row.try_get::<String, _>(0));
    Ok(names.collect::<Result<_, _>>()?)
}

/// The greatest value of the cursor, if it is greater than `after`.
async fn newest(
    db: &mut MySqlConnection,
    table: &str,
    cursor: &str,
    after: Option<&str>,
) -> Result<Option<String>, Fault> {
    let mut sql = format!("SELECT CAST(max({}) AS CHAR) FROM {table}", name(cursor));
    if let Some(after) = after {
        sql += &format!(" WHERE {} > {}", name(cursor), literal(after));
    }
    let row = match sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *db).await {
        // 42S22: there is no such column.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42S22") => {
            return Err(Fault::NoColumn(cursor.to_owned()));
        }
        other => other?,
    };
    Ok(row.try_get(0)?)
}

/// A name in quotes.
fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text in quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
