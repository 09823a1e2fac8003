//! The format of the ledger and its migrations: an ordered list of SQL files,
//! each run once, in one transaction with the number that says so.

use std::path::Path;

use sqlx::{Connection, Row, SqliteConnection};

use crate::error::{Error, Result};

/// The format this program writes. Older ones are migrated, newer ones refused.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Format `n` is what the first `n` scripts leave. Never edit one that was released.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/sqlite/0001_ledger.sql"),
    include_str!("../migrations/sqlite/0002_erasures.sql"),
    include_str!("../migrations/sqlite/0003_restrictions.sql"),
    include_str!("../migrations/sqlite/0004_quality.sql"),
    include_str!("../migrations/sqlite/0005_same_person.sql"),
];

/// Refuses a newer format and a database that is none of ours; gives the format found.
pub(crate) async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<i64> {
    let found = format_of(connection).await?;
    if found > FORMAT {
        return Err(Error::NewerFormat {
            found,
            known: FORMAT,
        });
    }
    if found == 0 && table_count(connection).await? > 0 {
        return Err(Error::NotALedger {
            path: path.to_owned(),
        });
    }
    Ok(found)
}

/// Brings the database to [`FORMAT`].
pub(crate) async fn run(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    if check(connection, path).await? == FORMAT {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Another process may have been faster while this one waited for the lock.
    let found = check(&mut transaction, path).await?;
    let pending = usize::try_from(found)
        .ok()
        .and_then(|found| MIGRATIONS.get(found..))
        .unwrap_or_default();
    for script in pending {
        sqlx::raw_sql(*script).execute(&mut *transaction).await?;
    }
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS ledger_format (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL)")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO ledger_format (one, format) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET format = excluded.format")
        .bind(FORMAT)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

/// The format of the database; 0 when it has none yet.
pub(crate) async fn format_of(connection: &mut SqliteConnection) -> Result<i64> {
    let known =
        sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'ledger_format'")
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_none() {
        return Ok(0);
    }
    let row = sqlx::query("SELECT format FROM ledger_format WHERE one = 1")
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(Error::Malformed {
            column: "ledger_format.format",
        }),
    }
}

async fn table_count(connection: &mut SqliteConnection) -> Result<i64> {
    let row = sqlx::query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}
