//! The vault as its users see it, on files.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use std::path::Path;

use perennial_ledger::{FileSealer, Ledger, ProjectKey, Resolver, Vault};

struct Shop {
    folder: tempfile::TempDir,
    ledger: Ledger,
    key: ProjectKey,
    vault: Vault,
}

async fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db"))
        .await
        .unwrap();
    let key = ProjectKey::create(&folder.path().join("key")).unwrap();
    let vault = ledger.vault(&key).await.unwrap();
    Shop {
        folder,
        ledger,
        key,
        vault,
    }
}

async fn register(vault: &Vault, identifiers: &[&str]) -> Vec<i64> {
    vault
        .register("customer", identifiers)
        .await
        .unwrap()
        .into_iter()
        .map(Option::unwrap)
        .collect()
}

/// Whether `needle` stands anywhere in the database, its log or its index.
fn on_disk(folder: &Path, needle: &[u8]) -> bool {
    let mut files = 0;
    let found = std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        let is_ledger = path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("ledger.db");
        files += usize::from(is_ledger);
        is_ledger
            && std::fs::read(path)
                .unwrap()
                .windows(needle.len())
                .any(|window| window == needle)
    });
    assert!(found || files > 0);
    found
}

#[tokio::test]
async fn ids_are_stable_and_identifiers_come_back() {
    let shop = shop().await;
    let ids = register(&shop.vault, &["12346", "顾客-七", "12346", "x@example.org"]).await;
    assert_eq!(ids[0], ids[2]);
    assert_eq!(shop.vault.count().await.unwrap(), 3);
    let other_kind = shop.vault.register("email", &["12346"]).await.unwrap()[0].unwrap();
    assert_ne!(other_kind, ids[0]);
    let revealed = shop
        .vault
        .reveal(&[ids[3], 42, ids[1], ids[3], other_kind])
        .await
        .unwrap();
    let expected = [
        Some("x@example.org"),
        None,
        Some("顾客-七"),
        Some("x@example.org"),
        Some("12346"),
    ];
    assert_eq!(revealed, expected.map(|name| name.map(str::to_owned)));
    assert_eq!(
        shop.vault.subject_id_of("customer", "12346").await.unwrap(),
        Some(ids[0])
    );
    assert_eq!(
        shop.vault.subject_id_of("customer", "12347").await.unwrap(),
        None
    );
    // The same key makes the same ids on another machine, in another order.
    let elsewhere = Ledger::open_in_memory()
        .await
        .unwrap()
        .vault(&shop.key)
        .await
        .unwrap();
    let there = register(&elsewhere, &["x@example.org", "顾客-七", "12346"]).await;
    assert_eq!(there, [ids[3], ids[1], ids[0]]);
    // Another key makes others.
    let stranger = Ledger::open_in_memory()
        .await
        .unwrap()
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    assert_ne!(register(&stranger, &["12346"]).await[0], ids[0]);
}

#[tokio::test]
async fn a_wrong_key_is_refused_before_it_can_do_harm() {
    let shop = shop().await;
    register(&shop.vault, &["a"]).await;
    let error = shop
        .ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "vault/wrong-key");
    assert!(error.hint().unwrap().contains("PERENNIAL_KEY_FILE"));
    assert_eq!(
        shop.ledger
            .vault(&shop.key)
            .await
            .unwrap()
            .count()
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn nothing_personal_stands_on_disk_in_clear() {
    let shop = shop().await;
    let id = register(&shop.vault, &["very-personal-identifier"]).await[0];
    shop.vault
        .put_traits(&[(id, "name", "Konstanze-Wilhelmine")])
        .await
        .unwrap();
    let check = |when: &str| {
        assert!(
            !on_disk(shop.folder.path(), b"very-personal-identifier"),
            "identifier {when}"
        );
        assert!(
            !on_disk(shop.folder.path(), b"Konstanze-Wilhelmine"),
            "trait {when}"
        );
        // The scan does see what is there: the schema is in clear.
        assert!(on_disk(shop.folder.path(), b"subject_traits"), "{when}");
    };
    check("in the log");
    shop.ledger.compact().await.unwrap();
    check("in the file");
    shop.ledger.close().await;
    let wal = shop.folder.path().join("ledger.db-wal");
    assert!(!wal.exists() || std::fs::metadata(wal).unwrap().len() == 0);
}

#[tokio::test]
async fn erasing_leaves_a_suppression_and_nothing_else() {
    let shop = shop().await;
    let ids = register(&shop.vault, &["goes", "stays"]).await;
    shop.vault
        .put_traits(&[(ids[0], "name", "Ada"), (ids[1], "name", "Bob")])
        .await
        .unwrap();
    shop.ledger
        .assign_arms(
            "always",
            &[(ids[0], "hold_out", 0.05), (ids[1], "treated", 0.95)],
            1,
        )
        .await
        .unwrap();
    let (wrapped, hash) = raw_row(&shop, ids[0]).await;
    assert!(on_disk(shop.folder.path(), &wrapped) && on_disk(shop.folder.path(), &hash));

    let erasure = shop.vault.erase(&[ids[0], 42]).await.unwrap();
    assert_eq!((erasure.erased, erasure.log_emptied), (1, true));
    shop.ledger.compact().await.unwrap();

    for (what, needle) in [
        ("key", wrapped),
        ("hash", hash),
        ("id", ids[0].to_be_bytes().to_vec()),
    ] {
        assert!(
            !on_disk(shop.folder.path(), &needle),
            "{what} is still there"
        );
    }
    assert_eq!(
        shop.vault.reveal(&ids).await.unwrap(),
        [None, Some("stays".to_owned())]
    );
    assert!(shop.vault.traits(ids[0]).await.unwrap().is_empty());
    assert_eq!(shop.vault.traits(ids[1]).await.unwrap()["name"], "Bob");
    assert_eq!(shop.ledger.arms("always", &ids).await.unwrap()[0], None);
    // Reading the source again does not bring the person back.
    let again = shop
        .vault
        .register("customer", &["stays", "goes", "new"])
        .await
        .unwrap();
    assert_eq!(again[..2], [Some(ids[1]), None]);
    assert!(again[2].is_some());
    assert_eq!(
        shop.vault.subject_id_of("customer", "goes").await.unwrap(),
        None
    );
    assert_eq!(
        (
            shop.vault.count().await.unwrap(),
            shop.vault.suppressed_count().await.unwrap()
        ),
        (2, 1)
    );
    let error = shop
        .vault
        .put_traits(&[(ids[1], "name", "Eve"), (ids[0], "name", "Ada")])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "vault/unknown-subject");
    assert_eq!(shop.vault.traits(ids[1]).await.unwrap()["name"], "Bob");
    assert_eq!(shop.vault.erase(&ids[..1]).await.unwrap().erased, 0);
}

/// The wrapped key and the identity hash as they stand in the file.
async fn raw_row(shop: &Shop, subject_id: i64) -> (Vec<u8>, Vec<u8>) {
    use sqlx::{Connection, Row};
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(shop.folder.path().join("ledger.db"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let row = sqlx::query("SELECT wrapped_key, identity_hash FROM subjects WHERE subject_id = ?1")
        .bind(subject_id)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn rotation_keeps_ids_and_shuts_the_old_key_out() {
    let shop = shop().await;
    let names: Vec<String> = (0..700).map(|number| format!("c{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ids = register(&shop.vault, &names).await;
    shop.vault
        .put_traits(&[(ids[5], "name", "Ada")])
        .await
        .unwrap();
    let sealed = shop.vault.seal_raw(&[9; 32], b"bad row").unwrap();
    let stale = shop.vault.clone();
    let new = shop.key.rotated().unwrap();

    let unrelated = ProjectKey::generate().unwrap();
    assert_eq!(
        stale.clone().rewrap(&unrelated).await.unwrap_err().code(),
        "vault/key-unrelated"
    );
    let vault = shop.vault.rewrap(&new).await.unwrap();

    assert_eq!(register(&vault, &names).await, ids);
    let revealed: Vec<String> = vault
        .reveal(&ids)
        .await
        .unwrap()
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(revealed, names);
    assert_eq!(vault.traits(ids[5]).await.unwrap()["name"], "Ada");
    assert_eq!(vault.open_raw(&[9; 32], &sealed).unwrap(), b"bad row");
    assert_eq!(
        stale.reveal(&ids).await.unwrap_err().code(),
        "vault/wrong-key"
    );
    assert_eq!(
        shop.ledger.vault(&shop.key).await.unwrap_err().code(),
        "vault/wrong-key"
    );
    assert_eq!(
        stale.rewrap(&new).await.unwrap_err().code(),
        "vault/wrong-key"
    );
    assert!(shop.ledger.vault(&new).await.is_ok());
}

#[tokio::test]
async fn traits_are_replaced_by_name() {
    let shop = shop().await;
    let ids = register(&shop.vault, &["a", "b"]).await;
    let long = "长".repeat(20_000);
    shop.vault
        .put_traits(&[
            (ids[0], "name", "Ada"),
            (ids[0], "note", &long),
            (ids[1], "name", ""),
        ])
        .await
        .unwrap();
    shop.vault
        .put_traits(&[(ids[0], "name", "Ida")])
        .await
        .unwrap();
    let traits = shop.vault.traits(ids[0]).await.unwrap();
    assert_eq!(
        (
            traits.len(),
            traits["name"].as_str(),
            traits["note"].as_str()
        ),
        (2, "Ida", long.as_str())
    );
    assert_eq!(shop.vault.traits(ids[1]).await.unwrap()["name"], "");
    let huge = "x".repeat(70_000);
    assert_eq!(
        shop.vault
            .put_traits(&[(ids[0], "a", &huge)])
            .await
            .unwrap_err()
            .code(),
        "ledger/limit"
    );
}

#[tokio::test]
async fn raw_records_open_only_as_what_they_are() {
    let shop = shop().await;
    let sealed = shop.vault.seal_raw(&[1; 32], b"2011,bad,row").unwrap();
    assert_ne!(
        sealed,
        shop.vault.seal_raw(&[1; 32], b"2011,bad,row").unwrap()
    );
    assert_eq!(
        shop.vault.open_raw(&[1; 32], &sealed).unwrap(),
        b"2011,bad,row"
    );
    let without_ledger: FileSealer = shop.key.file_sealer(&[1; 32]);
    assert_eq!(without_ledger.open(&sealed).unwrap(), b"2011,bad,row");
    assert_eq!(
        shop.vault.open_raw(&[2; 32], &sealed).unwrap_err().code(),
        "vault/tampered"
    );
    for at in 0..sealed.len() {
        let mut touched = sealed.clone();
        touched[at] ^= 0x10;
        assert_eq!(
            shop.vault.open_raw(&[1; 32], &touched).unwrap_err().code(),
            "vault/tampered"
        );
    }
    assert!(shop.vault.open_raw(&[1; 32], &[]).is_err());
    assert_eq!(
        shop.vault
            .open_raw(&[1; 32], &shop.vault.seal_raw(&[1; 32], b"").unwrap())
            .unwrap(),
        b""
    );
}

#[tokio::test]
async fn bad_identifiers_are_refused_as_a_whole() {
    let shop = shop().await;
    assert_eq!(
        shop.vault
            .register("customer", &["a", ""])
            .await
            .unwrap_err()
            .code(),
        "vault/identifier-invalid"
    );
    assert_eq!(
        shop.vault.register("", &["a"]).await.unwrap_err().code(),
        "vault/kind-invalid"
    );
    assert_eq!(shop.vault.count().await.unwrap(), 0);
    assert!(
        shop.vault
            .register::<&str>("customer", &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(shop.vault.reveal(&[]).await.unwrap().is_empty());
    shop.vault.put_traits(&[]).await.unwrap();
}

#[tokio::test]
async fn a_resolver_agrees_with_the_vault_and_stays_small() {
    let shop = shop().await;
    let gone = register(&shop.vault, &["n3"]).await;
    shop.vault.erase(&gone).await.unwrap();
    let mut resolver = Resolver::new(&shop.vault, "customer", 20).unwrap();
    for round in 0..50_usize {
        let batch: Vec<String> = (0..12)
            .map(|step| format!("n{}", (round * 7 + step * step) % 60))
            .collect();
        let ids = resolver.resolve(&batch).await.unwrap();
        assert_eq!(
            ids,
            shop.vault.register("customer", &batch).await.unwrap(),
            "round {round}"
        );
        assert!(resolver.cached_count() <= 20);
    }
    assert_eq!(shop.vault.count().await.unwrap(), 59);
    assert_eq!(resolver.resolve(&["n3", "n3"]).await.unwrap(), [None, None]);
    assert_eq!(resolver.cached("n3"), Some(None));
    assert_eq!(resolver.cached("never seen"), None);
    assert!(!format!("{resolver:?}").contains("n3"));
}

#[tokio::test]
async fn a_resolver_that_defers_gives_the_same_ids_and_registers_when_settled() {
    let shop = shop().await;
    let gone = register(&shop.vault, &["n3"]).await;
    shop.vault.erase(&gone).await.unwrap();
    register(&shop.vault, &["n5"]).await;
    let mut resolver = Resolver::deferring(&shop.vault, "customer", 20)
        .await
        .unwrap();
    let mut given = Vec::new();
    for round in 0..5_usize {
        let batch: Vec<String> = (0..12)
            .map(|step| format!("n{}", round * 7 + step))
            .collect();
        let ids = resolver.resolve(&batch).await.unwrap();
        given.extend(batch.into_iter().zip(ids));
    }
    assert_eq!(shop.vault.count().await.unwrap(), 1);
    resolver.settle().await.unwrap();
    assert_eq!(shop.vault.count().await.unwrap(), 39);
    resolver.settle().await.unwrap();
    for (name, id) in given {
        assert_eq!(id.is_none(), name == "n3");
        assert_eq!(
            shop.vault.subject_id_of("customer", &name).await.unwrap(),
            id
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_register_the_same_people_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/ledger.db");
    let key = ProjectKey::generate().unwrap();
    // Two pools stand for two processes; both make the file.
    let (one, two) = tokio::join!(Ledger::open(&path), Ledger::open(&path));
    let (one, two) = (one.unwrap(), two.unwrap());
    let (one, two) = tokio::join!(one.vault(&key), two.vault(&key));
    let (one, two) = (one.unwrap(), two.unwrap());
    let task = |vault: Vault, from: usize| {
        tokio::spawn(async move {
            let mut ids = Vec::new();
            for batch in 0..10 {
                let begin = from + batch * 200;
                let names: Vec<String> = (begin..begin + 400)
                    .map(|number| format!("c{number}"))
                    .collect();
                ids.extend(
                    names
                        .iter()
                        .cloned()
                        .zip(vault.register("customer", &names).await.unwrap()),
                );
            }
            ids
        })
    };
    let (left, right) = tokio::join!(task(one.clone(), 0), task(two, 100));
    let mut seen = std::collections::HashMap::new();
    for (name, id) in left.unwrap().into_iter().chain(right.unwrap()) {
        assert_eq!(*seen.entry(name).or_insert(id), id);
    }
    assert_eq!(seen.len(), 2300);
    assert_eq!(one.count().await.unwrap(), 2300);
}

#[tokio::test]
async fn people_are_described_in_batches_by_the_names_asked_for() {
    let shop = shop().await;
    let ids = register(&shop.vault, &["a", "b", "c", "d"]).await;
    let traits = [
        (ids[0], "people.email", "a@x.org"),
        (ids[0], "people.city", "Bonn"),
        (ids[1], "people.city", "Ulm"),
        (ids[2], "people.email", "c@x.org"),
        (ids[3], "other", "nothing"),
    ];
    shop.vault.put_traits(&traits).await.unwrap();
    let names = ["people.email", "people.city"];
    let mut from = i64::MIN;
    let mut seen = Vec::new();
    loop {
        let batch = shop.vault.described(from, &names, 2).await.unwrap();
        let Some(last) = batch.last() else { break };
        assert!(batch.len() <= 2);
        from = last.subject_id + 1;
        seen.extend(batch);
    }
    let text = |value: &str| Some(value.to_owned());
    let mut expected = vec![
        (ids[0], vec![text("a@x.org"), text("Bonn")]),
        (ids[1], vec![None, text("Ulm")]),
        (ids[2], vec![text("c@x.org"), None]),
    ];
    expected.sort();
    let seen: Vec<_> = seen.into_iter().map(|p| (p.subject_id, p.values)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn judgements_hold_until_the_next_and_go_with_the_person() {
    use perennial_ledger::{Judgement, Verdict};
    let shop = shop().await;
    let ids = register(&shop.vault, &["a", "b", "c"]).await;
    let judged = |x: usize, y: usize, verdict, at_us| Judgement {
        subjects: (ids[x], ids[y]),
        verdict,
        decided_by: "mia".to_owned(),
        at_us,
        evidence: Some((0.75, 1.5)),
    };
    for (x, y, verdict, at_us) in [
        (0, 1, Verdict::Same, 1),
        (1, 2, Verdict::Apart, 2),
        (1, 0, Verdict::Undone, 3),
    ] {
        let row = judged(x, y, verdict, at_us);
        shop.ledger.record_judgement(&row).await.unwrap();
    }
    let latest = shop.ledger.judgements().await.unwrap();
    let told: Vec<_> = latest.iter().map(|j| (j.verdict, j.at_us)).collect();
    assert_eq!(told, [(Verdict::Undone, 3), (Verdict::Apart, 2)]);
    let pair = latest[0].subjects;
    assert_eq!(pair, (ids[0].min(ids[1]), ids[0].max(ids[1])));
    assert_eq!(latest[0].evidence, Some((0.75, 1.5)));
    assert_eq!(shop.ledger.judgements_ever().await.unwrap().len(), 3);
    let about = shop.ledger.judgements_about(ids[2]).await.unwrap();
    assert_eq!(about.len(), 1);
    let oneself = judged(0, 0, Verdict::Same, 4);
    let error = shop.ledger.record_judgement(&oneself).await.unwrap_err();
    assert_eq!(error.code(), "vault/unknown-subject");
    shop.vault.erase(&[ids[1]]).await.unwrap();
    assert_eq!(shop.ledger.judgements_ever().await.unwrap(), []);
    let gone = judged(0, 1, Verdict::Same, 5);
    assert!(shop.ledger.record_judgement(&gone).await.is_err());
}
