//! The file a ledger lives in: made, opened again, refused.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use std::path::Path;

use perennial_ledger::{Error, FORMAT, Ledger};
use sqlx::{Connection, Row, SqliteConnection};

/// A connection that knows nothing of ledgers.
async fn bare(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn a_ledger_is_made_for_its_owner_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop/.perennial/ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    assert_eq!(ledger.format().await.unwrap(), FORMAT);
    ledger
        .finish_run("r", None, &serde_json::json!({}), 1)
        .await
        .unwrap();
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let file = path.with_file_name(format!("ledger.db{suffix}"));
        assert_eq!(
            std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{suffix}"
        );
    }
    ledger.close().await;
    let ledger = Ledger::open(&path).await.unwrap();
    assert_eq!(
        ledger.latest_complete_run().await.unwrap().unwrap().run_id,
        "r"
    );
    let mut other = bare(&path).await;
    let mode: String = sqlx::query("PRAGMA journal_mode")
        .fetch_one(&mut other)
        .await
        .unwrap()
        .get(0);
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn newer_foreign_and_damaged_files_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    Ledger::open(&newer).await.unwrap().close().await;
    let mut connection = bare(&newer).await;
    sqlx::query("UPDATE ledger_format SET format = 999")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let error = Ledger::open(&newer).await.unwrap_err();
    assert!(matches!(
        error,
        Error::NewerFormat {
            found: 999,
            known: FORMAT
        }
    ));
    assert_eq!(error.code(), "ledger/newer-format");

    let foreign = folder.path().join("foreign.db");
    let mut connection = bare(&foreign).await;
    sqlx::query("CREATE TABLE notes (text)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&foreign).unwrap();
    assert_eq!(
        Ledger::open(&foreign).await.unwrap_err().code(),
        "ledger/not-a-ledger"
    );
    assert_eq!(std::fs::read(&foreign).unwrap(), before);

    let text = folder.path().join("text.db");
    std::fs::write(&text, "dear diary, today I was no database at all").unwrap();
    assert_eq!(
        Ledger::open(&text).await.unwrap_err().code(),
        "ledger/corrupt"
    );

    let broken = folder.path().join("broken.db");
    Ledger::open(&broken).await.unwrap().close().await;
    let mut bytes = std::fs::read(&broken).unwrap();
    bytes[100..].fill(0xa5);
    std::fs::write(&broken, bytes).unwrap();
    let error = Ledger::open(&broken).await.unwrap_err();
    assert_eq!(error.code(), "ledger/corrupt");
    assert!(error.hint().is_some());

    // What a process killed at its very first step leaves behind.
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    assert_eq!(
        Ledger::open(&empty).await.unwrap().format().await.unwrap(),
        FORMAT
    );
}
