//! A writer killed at any moment leaves whole transactions behind, no more, no less.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use std::process::{Command, Stdio};
use std::time::Duration;

use perennial_ledger::{Ledger, ProjectKey};

const FOLDER: &str = "PERENNIAL_LEDGER_KILL_TEST";
/// People of one transaction: some tens of milliseconds of work.
const PEOPLE: usize = if cfg!(debug_assertions) { 150 } else { 3000 };

fn people(batch: usize) -> Vec<String> {
    (0..PEOPLE)
        .map(|number| format!("c{batch}-{number}"))
        .collect()
}

/// The victim: registers batch after batch until it is killed. Does nothing when run as a test.
#[tokio::test]
async fn victim() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let ledger = Ledger::open(&folder.join("ledger.db")).await.unwrap();
    let vault = ledger
        .vault(&ProjectKey::load(&folder.join("key")).unwrap().key)
        .await
        .unwrap();
    for batch in 0.. {
        vault.register("customer", &people(batch)).await.unwrap();
    }
}

#[tokio::test]
async fn a_killed_writer_leaves_whole_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let key = ProjectKey::create(&folder.path().join("key")).unwrap();
    let mut counts = Vec::new();
    // Eight moments; on a machine under load more and later ones, until something was written.
    for round in 0..14_u32 {
        let wait_ms = if round < 8 {
            60 + u64::from(round) * 97
        } else {
            1000 << (round - 8)
        };
        if round >= 8 && counts.last() > Some(&0) {
            break;
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db"))
            .await
            .unwrap();
        let vault = ledger.vault(&key).await.unwrap();
        let count = usize::try_from(vault.count().await.unwrap()).unwrap();
        assert_eq!(count % PEOPLE, 0, "round {round}: {count}");
        if count > 0 {
            let last = people(count / PEOPLE - 1);
            let ids: Vec<i64> = vault
                .register("customer", &last)
                .await
                .unwrap()
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(vault.count().await.unwrap(), count as u64);
            let revealed: Vec<String> = vault
                .reveal(&ids)
                .await
                .unwrap()
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(revealed, last);
        }
        counts.push(count);
        ledger.close().await;
    }
    assert!(counts.is_sorted() && counts.last() > Some(&0), "{counts:?}");
}
