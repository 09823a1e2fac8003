//! MySQL and MariaDB: rows as text, streamed, in a transaction that only reads.

use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Connection, Executor, MySql, Row, ValueRef,
};

use super::cursor::{Ask, Cursor, range};
use super::sql::MYSQL as SQL;
use super::{Address, CONNECT_MAX, Copied, Fault, SILENCE_MAX, Since, Spool, within};

/// Copies the rows wanted; `None` if there are none beyond the cursor.
pub(super) async fn copy(address: &Address, since: Since<'_>) -> Result<Option<Copied>, Fault> {
    let options = MySqlConnectOptions::from_str(&address.url)?.disable_statement_logging();
    let mut db = within(CONNECT_MAX, MySqlConnection::connect_with(&options)).await?;
    // Texts are written as the standard mode has them, whatever the server's.
    db.execute("SET sql_mode = '', time_zone = '+00:00'")
        .await?;
    db.execute("SET lock_wait_timeout = 30, innodb_lock_wait_timeout = 30")
        .await?;
    db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .await?;
    db.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        .await?;
    let columns = columns_of(&mut db, &address.table).await?;
    let table = SQL.table(&address.table);
    // A `*` leaves out columns that are invisible, which the header would name.
    let cells: Vec<String> = columns.iter().map(Column::as_cell).collect();
    let mut sql = format!("SELECT {} FROM {table}", cells.join(", "));
    let mut until = None;
    if let Some(column) = since.cursor {
        let known = columns
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(column));
        let Some(known) = known else {
            let names = columns.into_iter().map(|column| column.name);
            return Err(Fault::NoColumn(column.to_owned(), names.collect()));
        };
        let cursor = Cursor {
            column,
            is_time: known.is_time(),
            after: since.after,
        };
        let Some(range) = range(&mut db, &SQL, &table, cursor).await? else {
            return Ok(None);
        };
        sql += &format!(" WHERE {}", range.condition);
        until = Some(range.until);
    }
    let mut spool = Spool::new()?;
    spool.record(columns.iter().map(|column| Some(column.name.as_bytes())))?;
    // Without parameters the server answers in text, whatever the types.
    let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch::<_, MySql>(&mut db);
    while let Some(row) = within(SILENCE_MAX, rows.try_next()).await? {
        write(&row, &mut spool)?;
    }
    drop(rows);
    db.close().await?;
    Ok(Some((spool.finish()?, until)))
}

impl Ask for MySqlConnection {
    async fn ask(&mut self, sql: String) -> Result<Option<String>, Fault> {
        let query = sqlx::query(AssertSqlSafe(sql)).fetch_one(self);
        let row = within(SILENCE_MAX, query).await?;
        Ok(row.try_get(0)?)
    }
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

/// A column of the table.
struct Column {
    name: String,
    /// Its type without length, in small letters.
    kind: String,
}

impl Column {
    fn is_time(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "date" | "datetime" | "timestamp" | "time" | "year"
        )
    }

    /// Its value as a text that says the same to all.
    fn as_cell(&self) -> String {
        let name = SQL.name(&self.name);
        match self.kind.as_str() {
            // A moment, shown in UTC; a `datetime` is on the clock of whoever wrote it.
            "timestamp" => format!("CONCAT(CAST({name} AS char), '+00:00')"),
            "bit" => format!("CAST({name} AS unsigned)"),
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob"
            | "geometry" | "point" | "linestring" | "polygon" | "multipoint"
            | "multilinestring" | "multipolygon" | "geometrycollection" | "geomcollection"
            | "vector" => format!("HEX({name})"),
            _ => name,
        }
    }
}

/// The columns of a table in their order.
async fn columns_of(db: &mut MySqlConnection, table: &str) -> Result<Vec<Column>, Fault> {
    let (schema, table) = match table.split_once('.') {
        Some((schema, table)) => (Some(schema.to_owned()), table.to_owned()),
        None => (None, table.to_owned()),
    };
    let rows = sqlx::query(
        "SELECT CAST(column_name AS char), CAST(data_type AS char) FROM information_schema.columns \
         WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? ORDER BY ordinal_position",
    )
    .bind(schema)
    .bind(table)
    .fetch_all(&mut *db)
    .await?;
    let mut columns = Vec::new();
    for row in &rows {
        columns.push(Column {
            name: row.try_get(0)?,
            kind: row.try_get::<String, _>(1)?.to_lowercase(),
        });
    }
    if !columns.is_empty() {
        return Ok(columns);
    }
    let rows = sqlx::query(
        "SELECT CAST(table_name AS char) FROM information_schema.tables WHERE table_schema = DATABASE() \
         ORDER BY 1 LIMIT 100",
    )
    .fetch_all(&mut *db)
    .await?;
    let names = rows.iter().map(|row| row.try_get::<String, _>(0));
    Err(Fault::NoTable(names.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_would_not_be_text_are_made_some() {
        let cell = |kind: &str| {
            let column = Column {
                name: "a`b".to_owned(),
                kind: kind.to_owned(),
            };
            column.as_cell()
        };
        assert_eq!(cell("timestamp"), "CONCAT(CAST(`a``b` AS char), '+00:00')");
        assert_eq!(cell("bit"), "CAST(`a``b` AS unsigned)");
        assert_eq!(cell("varbinary"), "HEX(`a``b`)");
        assert_eq!(cell("datetime"), "`a``b`");
    }
}
