//! What needs ids of a few bits: collisions, and the order in which they are settled.

use std::collections::HashSet;

use super::identity::IdentityHasher;
use super::*;

/// A vault whose ids have 4 bits, so that 12 subjects are sure to collide.
async fn crowded() -> (Ledger, Vault, ProjectKey) {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let key = ProjectKey::generate().unwrap();
    let vault = ledger
        .vault_with(&key, IdentityHasher::truncating(&key, 4))
        .await
        .unwrap();
    (ledger, vault, key)
}

fn names(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("customer-{number}"))
        .collect()
}

async fn salts(ledger: &Ledger) -> Vec<i64> {
    let rows = sqlx::query("SELECT salt FROM subjects")
        .fetch_all(&ledger.pool)
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn an_id_given_in_advance_to_two_people_is_noticed() {
    let (_ledger, vault, _) = crowded().await;
    let names = names(12);
    let mut resolver = Resolver::deferring(&vault, "c", 100).await.unwrap();
    resolver.resolve(&names).await.unwrap();
    let error = resolver.settle().await.unwrap_err();
    assert_eq!(error.code(), "vault/id-taken");
    // Registered they are, and one that knows the exceptions agrees.
    let known = vault.register("c", &names).await.unwrap();
    let mut resolver = Resolver::deferring(&vault, "c", 100).await.unwrap();
    assert_eq!(resolver.resolve(&names).await.unwrap(), known);
    resolver.settle().await.unwrap();
}

#[tokio::test]
async fn colliding_identities_are_salted_and_found_again() {
    let (ledger, vault, _) = crowded().await;
    let names = names(12);
    let ids: Vec<i64> = vault
        .register("c", &names)
        .await
        .unwrap()
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 12);
    assert!(ids.iter().all(|id| (-8..8).contains(id)));
    let heads: HashSet<i64> = {
        let mut kind = vault.keys.hasher.kind("c").unwrap();
        names
            .iter()
            .map(|name| vault.keys.hasher.subject_id(&kind.hash(name).unwrap(), 0))
            .collect()
    };
    // Everybody beyond the first with a head needs a salt, no one else does.
    assert_eq!(
        salts(&ledger)
            .await
            .iter()
            .filter(|salt| **salt > 0)
            .count(),
        12 - heads.len()
    );
    let again = vault.register("c", &names).await.unwrap();
    assert_eq!(again.into_iter().flatten().collect::<Vec<_>>(), ids);
    for (name, id) in names.iter().zip(&ids) {
        assert_eq!(vault.subject_id_of("c", name).await.unwrap(), Some(*id));
    }
    let revealed = vault.reveal(&ids).await.unwrap();
    assert_eq!(revealed.into_iter().flatten().collect::<Vec<_>>(), names);
}

#[tokio::test]
async fn collisions_with_earlier_calls_are_salted_too() {
    let (_, vault, _) = crowded().await;
    let names = names(14);
    let mut ids = Vec::new();
    for name in &names {
        ids.push(vault.register("c", &[name]).await.unwrap()[0].unwrap());
    }
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 14);
    let together = vault.register("c", &names).await.unwrap();
    assert_eq!(together.into_iter().flatten().collect::<Vec<_>>(), ids);
}

#[tokio::test]
async fn a_salted_subject_survives_the_erasure_of_the_one_before_it() {
    let (ledger, vault, _) = crowded().await;
    let names = names(12);
    let ids = vault.register("c", &names).await.unwrap();
    let rows = sqlx::query("SELECT subject_id FROM subjects WHERE salt = 0")
        .fetch_all(&ledger.pool)
        .await
        .unwrap();
    let unsalted: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(vault.erase(&unsalted).await.unwrap().erased, unsalted.len());
    let after = vault.register("c", &names).await.unwrap();
    for (before, after) in ids.iter().zip(after) {
        let was_erased = unsalted.contains(&before.unwrap());
        assert_eq!(after, if was_erased { None } else { *before });
    }
}

#[tokio::test]
async fn ids_that_run_out_are_an_error_and_leave_nothing() {
    let (_, vault, _) = crowded().await;
    let error = vault.register("c", &names(17)).await.unwrap_err();
    assert_eq!(error.code(), "vault/subject-ids-exhausted");
    assert_eq!(vault.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_ciphertext_moved_to_another_person_or_name_does_not_open() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let vault = ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    let ids: Vec<i64> = vault
        .register("c", &["a", "b"])
        .await
        .unwrap()
        .into_iter()
        .flatten()
        .collect();
    vault
        .put_traits(&[(ids[0], "name", "Ada"), (ids[0], "city", "Bath")])
        .await
        .unwrap();
    let move_trait = "UPDATE subject_traits SET ciphertext = \
                      (SELECT ciphertext FROM subject_traits AS other WHERE other.name = 'name') WHERE name = 'city'";
    sqlx::query(move_trait).execute(&ledger.pool).await.unwrap();
    assert_eq!(
        vault.traits(ids[0]).await.unwrap_err().code(),
        "vault/tampered"
    );
    let swap = "UPDATE subjects SET (wrapped_key, identifier) = (SELECT wrapped_key, identifier FROM subjects AS other \
                WHERE other.subject_id = ?1) WHERE subject_id = ?2";
    sqlx::query(swap)
        .bind(ids[0])
        .bind(ids[1])
        .execute(&ledger.pool)
        .await
        .unwrap();
    assert_eq!(
        vault.reveal(&ids).await.unwrap_err().code(),
        "vault/tampered"
    );
    assert_eq!(
        vault.reveal(&ids[..1]).await.unwrap(),
        [Some("a".to_owned())]
    );
}

#[tokio::test]
async fn a_flipped_bit_in_the_database_is_noticed() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let vault = ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    let id = vault.register("c", &["someone"]).await.unwrap()[0].unwrap();
    let sealed: Vec<u8> = sqlx::query("SELECT identifier FROM subjects")
        .fetch_one(&ledger.pool)
        .await
        .unwrap()
        .get(0);
    for at in [0, 23, 24, sealed.len() - 17, sealed.len() - 1] {
        let mut touched = sealed.clone();
        touched[at] ^= 1;
        sqlx::query("UPDATE subjects SET identifier = ?1")
            .bind(touched)
            .execute(&ledger.pool)
            .await
            .unwrap();
        assert_eq!(
            vault.reveal(&[id]).await.unwrap_err().code(),
            "vault/tampered"
        );
    }
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_is_half_written() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let vault = ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    vault.register("c", &["a"]).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 60")
        .execute(&ledger.pool)
        .await
        .unwrap();
    let error = vault.register("c", &names(2000)).await.unwrap_err();
    assert_eq!(error.code(), "ledger/disk-full");
    assert_eq!(vault.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_locked_ledger_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let one = Ledger::open(&path).await.unwrap();
    let two = Ledger::open_patient(&path, std::time::Duration::from_millis(50))
        .await
        .unwrap();
    let held = one.begin_write().await.unwrap();
    let error = two.record_files(&[]).await.unwrap_err();
    assert_eq!(error.code(), "ledger/locked");
    drop(held);
    two.record_files(&[]).await.unwrap();
}
