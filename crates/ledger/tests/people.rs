//! People restricted, let go, and found by how they are reached.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use perennial_ledger::{Ledger, ProjectKey, Restriction, Vault};

async fn vault() -> Vault {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let key = ProjectKey::generate().unwrap();
    ledger.vault(&key).await.unwrap()
}

async fn people(vault: &Vault, names: &[&str]) -> Vec<i64> {
    let ids = vault.register("customer_id", names).await.unwrap();
    ids.into_iter().flatten().collect()
}

fn restriction(subject_id: i64, since_us: i64, erase_at_us: Option<i64>) -> Restriction {
    Restriction {
        subject_id,
        since_us,
        erase_at_us,
    }
}

#[tokio::test]
async fn who_is_restricted_stays_so_until_it_is_lifted() {
    let vault = vault().await;
    let ids = people(&vault, &["a", "b"]).await;
    vault.restrict(restriction(ids[0], 5, None)).await.unwrap();
    vault
        .restrict(restriction(ids[1], 6, Some(90)))
        .await
        .unwrap();
    // Asked again: since when it was, and the day of erasure stays or is set.
    vault
        .restrict(restriction(ids[0], 7, Some(80)))
        .await
        .unwrap();
    vault.restrict(restriction(ids[1], 7, None)).await.unwrap();
    let mut expected = vec![
        restriction(ids[0], 5, Some(80)),
        restriction(ids[1], 6, Some(90)),
    ];
    expected.sort_by_key(|restriction| restriction.subject_id);
    assert_eq!(vault.restrictions().await.unwrap(), expected);
    assert!(vault.unrestrict(ids[0]).await.unwrap());
    assert!(!vault.unrestrict(ids[0]).await.unwrap());
    assert_eq!(vault.restriction(ids[0]).await.unwrap(), None);
    vault.erase(&[ids[1]]).await.unwrap();
    assert!(vault.restrictions().await.unwrap().is_empty());
    let unknown = vault.restrict(restriction(ids[1], 8, None)).await;
    assert_eq!(unknown.unwrap_err().code(), "vault/unknown-subject");
}

#[tokio::test]
async fn who_was_let_go_may_come_back_under_the_same_pseudonym() {
    let vault = vault().await;
    let ids = people(&vault, &["a", "b"]).await;
    vault
        .put_traits(&[(ids[0], "mail", "a@shop.example")])
        .await
        .unwrap();
    assert_eq!(vault.let_go(&[ids[0], 12_345]).await.unwrap(), 1);
    assert_eq!(
        vault.reveal(&ids).await.unwrap(),
        [None, Some("b".to_owned())]
    );
    assert!(vault.reached_by("a@shop.example").await.unwrap().is_empty());
    assert_eq!(people(&vault, &["a"]).await, [ids[0]]);
    assert!(vault.traits(ids[0]).await.unwrap().is_empty());
}

#[tokio::test]
async fn people_are_found_by_address_and_number_as_they_stand_now() {
    let vault = vault().await;
    let ids = people(&vault, &["a", "b", "c"]).await;
    let traits = [
        (ids[0], "mail", "Anna@Shop.example"),
        (ids[0], "phone", "+49 30 901820-4"),
        (ids[1], "phone", "030/9018204"),
        (ids[2], "phone", "040/09018204"),
        (ids[2], "name", "Anna"),
    ];
    vault.put_traits(&traits).await.unwrap();
    assert_eq!(
        vault.reached_by("anna@shop.example").await.unwrap(),
        [ids[0]]
    );
    let mut both = vec![ids[0], ids[1]];
    both.sort_unstable();
    // The third number has the same tail and is another one.
    assert_eq!(vault.reached_by("(030) 901 82 04").await.unwrap(), both);
    assert!(vault.reached_by("Anna").await.unwrap().is_empty());
    // An address that changed finds nobody any more.
    vault
        .put_traits(&[(ids[0], "mail", "new@shop.example")])
        .await
        .unwrap();
    assert!(
        vault
            .reached_by("anna@shop.example")
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        vault.reached_by("NEW@shop.example").await.unwrap(),
        [ids[0]]
    );
}

#[tokio::test]
async fn a_ledger_says_which_key_is_its_own() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    let key = ProjectKey::generate().unwrap();
    assert_eq!(ledger.key_opens(&key).await.unwrap(), None);
    let vault = ledger.vault(&key).await.unwrap();
    let ids = people(&vault, &["a"]).await;
    let new = key.rotated().unwrap();
    assert_eq!(ledger.key_opens(&key).await.unwrap(), Some(true));
    assert_eq!(ledger.key_opens(&new).await.unwrap(), Some(false));
    vault
        .put_traits(&[(ids[0], "mail", "a@shop.example")])
        .await
        .unwrap();
    let vault = vault.rewrap(&new).await.unwrap();
    assert_eq!(ledger.key_opens(&key).await.unwrap(), Some(false));
    // Who is found by an address is found after a rotation too.
    assert_eq!(vault.reached_by("a@shop.example").await.unwrap(), ids);
}
