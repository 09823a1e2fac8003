//! SQLite files: each table is to us what a sheet is in a workbook.

use std::path::Path;

use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::sql::SQLITE as SQL;
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
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", SQL.name(&table));
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
        let info = format!("SELECT name FROM pragma_table_info({})", SQL.literal(table));
        let info = sqlx::query(AssertSqlSafe(info)).fetch_all(&mut db).await?;
        let names = info.iter().map(|row| row.try_get::<String, _>(0));
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        each(&names)?;
        // Values have types of their own, row by row; as text they are what was put in.
        let texts = names.iter().map(|column| {
            let column = SQL.name(column);
            format!(
                "CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE CAST({column} AS TEXT) END"
            )
        });
        let sql = format!(
            "SELECT {} FROM {}",
            texts.collect::<Vec<_>>().join(", "),
            SQL.name(table)
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

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::*;
    use crate::files::{SourceFile, expand};
    use crate::{ReadSpec, read};

    fn names(files: &[SourceFile]) -> Vec<String> {
        let name = |file: &SourceFile| file.name();
        files.iter().map(name).collect()
    }

    #[test]
    fn a_table_alone_has_its_name_and_no_totals() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path();
        run(async {
            let options = SqliteConnectOptions::new()
                .filename(base.join("shop.db"))
                .create_if_missing(true);
            let mut db = options.connect().await?;
            db.execute(
                "CREATE TABLE orders (shop TEXT, a TEXT, b TEXT, c BLOB);
                 INSERT INTO orders VALUES ('Total', NULL, NULL, x'00ff'), ('x', '1', '2', NULL)",
            )
            .await?;
            Ok(db.close().await?)
        })
        .unwrap();
        // In a folder it is found among files.
        for pattern in ["shop.db", "shop.db/orders", ""] {
            assert_eq!(
                names(&expand(base, pattern).unwrap()),
                ["orders"],
                "{pattern}"
            );
        }
        let file = expand(base, "shop.db/orders").unwrap().remove(0);
        assert!(file.path.ends_with("shop.db/orders"));
        let mut reader = read::open(&file, &ReadSpec::new(None, Vec::new())).unwrap();
        let batch = reader.next_batch().unwrap().unwrap();
        assert_eq!((batch.rows, batch.bad.len()), (2, 0));
        assert_eq!(&*batch.raw_record(0), b"Total\t\t\t00FF");
    }

    #[test]
    fn what_lies_beside_the_file_belongs_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.db");
        let look = || {
            let file = expand(dir.path(), "shop.db").unwrap().remove(0);
            (file.size, file.content_hash().unwrap())
        };
        run(async {
            let options = SqliteConnectOptions::new()
                .filename(&path)
                .create_if_missing(true);
            let mut db = options.connect().await?;
            db.execute(
                "PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')",
            )
            .await?;
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            let (size, before) = look();
            db.execute("INSERT INTO t VALUES ('y')").await?;
            let (grown, after) = look();
            assert!(grown > size, "{grown} {size}");
            assert_ne!(before, after);
            Ok(db.close().await?)
        })
        .unwrap();
    }
}
