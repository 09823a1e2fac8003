//! Runs, files, models, decisions and arms.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use std::collections::BTreeMap;
use std::path::Path;

use perennial_ledger::{
    Acted, FileRecord, FileState, FinishedRun, Ledger, Model, Promotion, StageRun,
};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

async fn memory() -> Ledger {
    Ledger::open_in_memory().await.unwrap()
}

/// A connection that knows nothing of ledgers.
async fn bare(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

fn stage(run_id: &str, stage: &str, stage_key: &str, outputs: &[(&str, i64)]) -> StageRun {
    StageRun {
        run_id: run_id.to_owned(),
        stage: stage.to_owned(),
        stage_key: stage_key.to_owned(),
        outputs: outputs
            .iter()
            .map(|(table, version)| ((*table).to_owned(), *version))
            .collect(),
        settings_hash: "s".to_owned(),
        code_version: "0.1.0".to_owned(),
        started_at_us: 10,
        finished_at_us: 20,
        details: json!({"rows": 3}),
    }
}

fn file(path: &str, content: u8, mtime_us: i64) -> FileRecord {
    FileRecord {
        path: path.to_owned(),
        size_bytes: 100,
        mtime_us,
        content_hash: [content; 32],
        source: "orders".to_owned(),
        ingest_id: format!("i{content}"),
        state: FileState::Read,
    }
}

fn versions(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs
        .iter()
        .map(|(table, version)| ((*table).to_owned(), *version))
        .collect()
}

#[tokio::test]
async fn readers_see_the_last_complete_run_only() {
    let ledger = memory().await;
    assert_eq!(ledger.table_versions().await.unwrap(), None);
    ledger
        .record_stage(&stage(
            "r1",
            "ingest",
            "k1",
            &[("order_lines", 1), ("ingests", 1)],
        ))
        .await
        .unwrap();
    ledger
        .record_stage(&stage("r1", "features", "k2", &[("features", 4)]))
        .await
        .unwrap();
    assert_eq!(ledger.table_versions().await.unwrap(), None);
    ledger
        .finish_run("r1", Some(99), &json!({"at_risk": 7}), 30)
        .await
        .unwrap();
    let first = versions(&[("order_lines", 1), ("ingests", 1), ("features", 4)]);
    assert_eq!(ledger.table_versions().await.unwrap(), Some(first.clone()));
    ledger
        .record_stage(&stage("r2", "ingest", "k3", &[("order_lines", 2)]))
        .await
        .unwrap();
    assert_eq!(ledger.table_versions().await.unwrap(), Some(first));
    let latest = versions(&[("order_lines", 2), ("ingests", 1), ("features", 4)]);
    assert_eq!(ledger.latest_outputs().await.unwrap(), latest);
    ledger.finish_run("r2", None, &json!({}), 40).await.unwrap();
    assert_eq!(
        ledger.table_versions().await.unwrap(),
        Some(versions(&[("order_lines", 2)]))
    );
    // The first settings again: the same run id becomes the latest.
    ledger
        .finish_run("r1", Some(99), &json!({"at_risk": 7}), 50)
        .await
        .unwrap();
    let expected = FinishedRun {
        run_id: "r1".into(),
        as_of_us: Some(99),
        finished_at_us: 50,
        summary: json!({"at_risk": 7}),
    };
    assert_eq!(ledger.latest_complete_run().await.unwrap(), Some(expected));
    let runs: Vec<String> = ledger
        .finished_runs(10)
        .await
        .unwrap()
        .into_iter()
        .map(|run| run.run_id)
        .collect();
    assert_eq!(runs, ["r1", "r2"]);
}

#[tokio::test]
async fn a_stage_is_found_by_what_it_read() {
    let ledger = memory().await;
    let one = stage("r1", "features", "same", &[("features", 1)]);
    let two = stage("r2", "features", "same", &[("features", 2)]);
    ledger.record_stage(&one).await.unwrap();
    ledger.record_stage(&two).await.unwrap();
    assert_eq!(
        ledger.stage("r1", "features").await.unwrap(),
        Some(one.clone())
    );
    assert_eq!(ledger.stage("r1", "labels").await.unwrap(), None);
    assert_eq!(
        ledger.find_stage_by_key("features", "same").await.unwrap(),
        Some(two)
    );
    assert_eq!(
        ledger.find_stage_by_key("labels", "same").await.unwrap(),
        None
    );
    // Recorded again, a row takes the earlier one's place and is the newest.
    let again = StageRun {
        outputs: versions(&[("features", 3)]),
        ..one
    };
    ledger.record_stage(&again).await.unwrap();
    assert_eq!(
        ledger.find_stage_by_key("features", "same").await.unwrap(),
        Some(again.clone())
    );
    assert_eq!(ledger.stages("r1").await.unwrap(), [again]);
    assert_eq!(
        ledger.latest_outputs().await.unwrap(),
        versions(&[("features", 3)])
    );
    // A later stage of the same run overrides the table of an earlier one.
    ledger
        .record_stage(&stage("r1", "rewrite", "k", &[("features", 9)]))
        .await
        .unwrap();
    assert_eq!(
        ledger.outputs_of("r1").await.unwrap(),
        versions(&[("features", 9)])
    );
}

#[tokio::test]
async fn files_are_known_by_look_and_by_content() {
    let ledger = memory().await;
    let (a, b) = (file("data/a.csv", 1, 5), file("data/b.csv", 2, 6));
    ledger
        .record_stage_with_files(
            &stage("r1", "ingest", "k", &[]),
            &[a.clone(), b.clone()],
            &[],
        )
        .await
        .unwrap();
    assert_eq!(
        ledger
            .file_seen("orders", "data/a.csv", 100, 5)
            .await
            .unwrap(),
        Some(a.clone())
    );
    for (source, path, size, mtime) in [
        ("customers", "data/a.csv", 100, 5),
        ("orders", "data/c.csv", 100, 5),
        ("orders", "data/a.csv", 101, 5),
        ("orders", "data/a.csv", 100, 6),
    ] {
        assert_eq!(
            ledger.file_seen(source, path, size, mtime).await.unwrap(),
            None
        );
    }
    assert_eq!(
        ledger.files_with_content("orders", &[2; 32]).await.unwrap(),
        std::slice::from_ref(&b)
    );
    let elsewhere = ledger.files_with_content("customers", &[2; 32]).await;
    assert_eq!(elsewhere.unwrap(), []);
    // Touched: the same content with a new time is known afterwards.
    let touched = FileRecord {
        mtime_us: 7,
        ..a.clone()
    };
    ledger
        .record_files(std::slice::from_ref(&touched))
        .await
        .unwrap();
    assert_eq!(
        ledger
            .file_seen("orders", "data/a.csv", 100, 7)
            .await
            .unwrap(),
        Some(touched.clone())
    );
}

#[tokio::test]
async fn a_path_has_versions_until_its_source_is_forgotten() {
    let ledger = memory().await;
    let (a, b) = (file("data/a.csv", 1, 5), file("data/b.csv", 2, 6));
    ledger.record_files(&[a.clone(), b.clone()]).await.unwrap();
    // Another content under a known path, then the first one again.
    let changed = file("data/a.csv", 3, 8);
    let back = FileRecord {
        ingest_id: "again".to_owned(),
        ..a.clone()
    };
    for newest in [&changed, &back] {
        ledger
            .record_files(std::slice::from_ref(newest))
            .await
            .unwrap();
        for record in [&a, &changed] {
            let read = |path| ledger.content_read("orders", path, &record.content_hash);
            assert!(!read("data/a.csv").await.unwrap() && read("data/c.csv").await.unwrap());
            let with = ledger.files_with_content("orders", &record.content_hash);
            let is_newest = record.content_hash == newest.content_hash;
            assert_eq!(with.await.unwrap().len(), usize::from(is_newest));
        }
    }
    assert_eq!(
        ledger.file_versions("orders", "data/a.csv").await.unwrap(),
        [a, changed, back]
    );
    assert_eq!(
        ledger
            .file_seen("orders", "data/a.csv", 100, 8)
            .await
            .unwrap(),
        None,
        "the content in between"
    );
    // A source forgotten, and one file of it read again.
    ledger
        .record_stage_with_files(
            &stage("r2", "ingest", "k2", &[]),
            std::slice::from_ref(&b),
            &["orders".to_owned()],
        )
        .await
        .unwrap();
    for (path, readings) in [("data/a.csv", 0), ("data/b.csv", 1)] {
        let versions = ledger.file_versions("orders", path).await.unwrap();
        assert_eq!(versions.len(), readings, "{path}");
    }
}

#[tokio::test]
async fn stage_and_files_stand_or_fall_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    let mut other = bare(&path).await;
    sqlx::raw_sql("CREATE TRIGGER full BEFORE INSERT ON files WHEN NEW.path = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END")
        .execute(&mut other)
        .await
        .unwrap();
    let files = [file("a", 1, 1), file("b", 2, 2)];
    let error = ledger
        .record_stage_with_files(&stage("r", "ingest", "k", &[]), &files, &[])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ledger/database");
    assert_eq!(ledger.stage("r", "ingest").await.unwrap(), None);
    assert!(
        ledger
            .file_versions("orders", "a")
            .await
            .unwrap()
            .is_empty()
    );
}

fn model(model_version: &str, bytes: &[u8], created_at_us: i64) -> Model {
    Model {
        model_version: model_version.to_owned(),
        model: "churn".to_owned(),
        bytes: bytes.to_vec(),
        card: json!({"auc": 0.74}),
        created_at_us,
        code_version: "0.1.0".to_owned(),
    }
}

fn promotion(model_version: &str, at_us: i64) -> Promotion {
    Promotion {
        model: "churn".to_owned(),
        model_version: model_version.to_owned(),
        at_us,
        by: "rule".to_owned(),
        reason: "better".to_owned(),
    }
}

#[tokio::test]
async fn models_never_change_and_the_last_promotion_holds() {
    let ledger = memory().await;
    assert!(
        ledger
            .insert_model(&model("v1", b"\x00\x01", 1))
            .await
            .unwrap()
    );
    assert!(
        !ledger
            .insert_model(&model("v1", b"\x00\x01", 9))
            .await
            .unwrap()
    );
    let error = ledger
        .insert_model(&model("v1", b"\x00\x02", 1))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "model/version-exists");
    ledger
        .insert_model(&model("v2", b"second", 2))
        .await
        .unwrap();
    assert_eq!(
        ledger.model("v1").await.unwrap(),
        Some(model("v1", b"\x00\x01", 1))
    );
    assert_eq!(ledger.model("v3").await.unwrap(), None);
    let listed: Vec<(String, i64)> = ledger
        .models(Some("churn"))
        .await
        .unwrap()
        .into_iter()
        .map(|model| (model.model_version, model.size_bytes))
        .collect();
    assert_eq!(listed, [("v2".to_owned(), 6), ("v1".to_owned(), 2)]);
    assert_eq!(ledger.models(None).await.unwrap().len(), 2);
    assert!(ledger.models(Some("clv")).await.unwrap().is_empty());

    assert_eq!(ledger.current_model("churn").await.unwrap(), None);
    assert_eq!(
        ledger
            .promote(&promotion("v3", 5))
            .await
            .unwrap_err()
            .code(),
        "model/version-missing"
    );
    for (version, at_us) in [("v1", 5), ("v2", 6), ("v1", 7)] {
        ledger.promote(&promotion(version, at_us)).await.unwrap();
    }
    assert_eq!(
        ledger.current_model("churn").await.unwrap(),
        Some(promotion("v1", 7))
    );
    assert_eq!(
        ledger.promotions("churn", 2).await.unwrap(),
        [promotion("v1", 7), promotion("v2", 6)]
    );
}

fn acted(decision_id: &str, subject_id: i64) -> Acted {
    Acted {
        decision_id: decision_id.to_owned(),
        subject_id,
        run_id: "r".to_owned(),
        offer: "voucher".to_owned(),
        channel: "email".to_owned(),
        arm: "treated".to_owned(),
        propensity: 0.95,
        at_us: 1,
    }
}

#[tokio::test]
async fn a_decision_is_acted_upon_once() {
    let ledger = memory().await;
    assert_eq!(
        ledger
            .record_acted(&[acted("a", 1), acted("b", 2), acted("a", 1)])
            .await
            .unwrap(),
        [true, true, false]
    );
    let many: Vec<Acted> = (0..600)
        .map(|number| acted(&format!("m{number}"), number))
        .collect();
    assert!(
        ledger
            .record_acted(&many)
            .await
            .unwrap()
            .iter()
            .all(|is_first| *is_first)
    );
    assert_eq!(
        ledger
            .record_acted(&[acted("b", 2), acted("c", 1)])
            .await
            .unwrap(),
        [false, true]
    );
    let on: Vec<String> = ledger
        .acted_on(1)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.decision_id)
        .collect();
    assert_eq!(on, ["a", "c", "m1"]);
    for propensity in [0.0, -0.1, 1.1, f64::NAN] {
        let row = Acted {
            propensity,
            ..acted("d", 1)
        };
        assert_eq!(
            ledger.record_acted(&[row]).await.unwrap_err().code(),
            "ledger/propensity-invalid"
        );
    }
}

#[tokio::test]
async fn what_was_acted_upon_cannot_be_rewritten_by_anyone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    ledger.insert_model(&model("v1", b"x", 1)).await.unwrap();
    ledger.promote(&promotion("v1", 1)).await.unwrap();
    ledger.record_acted(&[acted("a", 1)]).await.unwrap();
    ledger
        .assign_arms("e", &[(1, "treated", 0.5)], 1)
        .await
        .unwrap();
    let mut other = bare(&path).await;
    for statement in [
        "UPDATE models SET bytes = x'00'",
        "DELETE FROM models",
        "UPDATE promotions SET reason = 'none'",
        "DELETE FROM promotions",
        "UPDATE acted SET arm = 'hold_out'",
        "DELETE FROM acted",
        "UPDATE arms SET arm = 'hold_out'",
    ] {
        let error = sqlx::query(statement)
            .execute(&mut other)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("insert-only") || error.contains("sticky"),
            "{statement}: {error}"
        );
    }
}

#[tokio::test]
async fn arms_are_sticky() {
    let ledger = memory().await;
    let first = ledger
        .assign_arms("e", &[(1, "treated", 0.9), (-2, "hold_out", 0.1)], 5)
        .await
        .unwrap();
    let words: Vec<(&str, f64, i64)> = first
        .iter()
        .map(|arm| (&*arm.arm, arm.propensity, arm.since_us))
        .collect();
    assert_eq!(words, [("treated", 0.9, 5), ("hold_out", 0.1, 5)]);
    let drawn = [
        (-2, "treated", 0.5),
        (3, "treated", 0.5),
        (1, "hold_out", 0.5),
        (3, "hold_out", 0.5),
    ];
    let second = ledger.assign_arms("e", &drawn, 6).await.unwrap();
    let words: Vec<(&str, f64, i64)> = second
        .iter()
        .map(|arm| (&*arm.arm, arm.propensity, arm.since_us))
        .collect();
    assert_eq!(
        words,
        [
            ("hold_out", 0.1, 5),
            ("treated", 0.5, 6),
            ("treated", 0.9, 5),
            ("treated", 0.5, 6)
        ]
    );
    // Another experiment draws anew.
    assert_eq!(
        &*ledger
            .assign_arms("f", &[(1, "hold_out", 0.5)], 7)
            .await
            .unwrap()[0]
            .arm,
        "hold_out"
    );
    let arms = ledger.arms("e", &[3, 4, 1]).await.unwrap();
    assert_eq!(arms[1], None);
    assert_eq!(&*arms[2].clone().unwrap().arm, "treated");
    let many: Vec<(i64, &str, f64)> = (0..3000).map(|id| (id, "hold_out", 0.5)).collect();
    let in_force = ledger.assign_arms("e", &many, 8).await.unwrap();
    assert_eq!(
        in_force.iter().filter(|arm| &*arm.arm == "treated").count(),
        2
    );
    assert_eq!(
        ledger
            .assign_arms("e", &[(1, "treated", 0.0)], 9)
            .await
            .unwrap_err()
            .code(),
        "ledger/propensity-invalid"
    );
}

#[tokio::test]
async fn a_dropped_write_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    let many: Vec<Acted> = (0..20_000)
        .map(|number| acted(&format!("m{number}"), number))
        .collect();
    let mut cut = 0;
    for wait_us in [200, 1000, 5000, 20_000] {
        let write = ledger.record_acted(&many);
        if tokio::time::timeout(std::time::Duration::from_micros(wait_us), write)
            .await
            .is_err()
        {
            cut += 1;
            assert!(ledger.acted_on(0).await.unwrap().is_empty());
        }
    }
    assert!(cut > 0);
    assert_eq!(ledger.record_acted(&many).await.unwrap().len(), many.len());
    assert_eq!(ledger.acted_on(19_999).await.unwrap().len(), 1);
}
