//! Measurements that are kept, and repairs that are sealed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use perennial_ledger::{Ledger, ProjectKey, QualityMeasure, Repair};
use serde_json::json;

async fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db"))
        .await
        .unwrap();
    (folder, ledger)
}

fn measure(key: &str, at: i64) -> QualityMeasure {
    QualityMeasure {
        run_id: "r".to_owned(),
        stage_key: key.to_owned(),
        measured_at_us: at,
        scores: json!([{ "score": at }]),
        findings: json!([]),
    }
}

#[tokio::test]
async fn measurements_come_back_in_order_and_once_a_key() {
    let (_folder, ledger) = ledger().await;
    for (key, at) in [("a", 1), ("b", 2), ("c", 3), ("b", 4)] {
        ledger.put_quality(&measure(key, at)).await.unwrap();
    }
    let all = ledger.quality_measures(10).await.unwrap();
    assert_eq!(all, [measure("a", 1), measure("c", 3), measure("b", 4)]);
    let newest = ledger.quality_measures(2).await.unwrap();
    assert_eq!(newest, [measure("c", 3), measure("b", 4)]);
}

#[tokio::test]
async fn a_repair_is_known_by_its_record_sealed_and_forgotten() {
    let (folder, ledger) = ledger().await;
    let vault = ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    assert_eq!(vault.repairs_state().await.unwrap(), "");
    let repair = |raw: &[u8], cells: &str, at| Repair {
        record_hash: vault.record_hash("orders", raw),
        content_hash: [7; 32],
        cells: cells.as_bytes().to_vec(),
        made_at_us: at,
    };
    let (first, second) = (repair(b"1,x", "anna", 1), repair(b"2,y", "bert", 2));
    assert_ne!(first.record_hash, vault.record_hash("events", b"1,x"));
    vault
        .put_repairs(&[first.clone(), second.clone()])
        .await
        .unwrap();
    let state = vault.repairs_state().await.unwrap();
    // Mended once more, the newest holds.
    let again = repair(b"1,x", "cleo", 3);
    vault
        .put_repairs(std::slice::from_ref(&again))
        .await
        .unwrap();
    assert_eq!(
        vault.repairs().await.unwrap(),
        [second.clone(), again.clone()]
    );
    assert_ne!(vault.repairs_state().await.unwrap(), state);
    // In the file nothing stands in clear, and under another key nothing opens.
    ledger.compact().await.unwrap();
    let bytes = std::fs::read(folder.path().join("ledger.db")).unwrap();
    for word in ["anna", "bert", "cleo"] {
        let found = bytes.windows(4).any(|window| window == word.as_bytes());
        assert!(!found, "{word}");
    }
    vault
        .remove_repairs(&[again.record_hash, [0; 32]])
        .await
        .unwrap();
    assert_eq!(vault.repairs().await.unwrap(), [second]);
}
