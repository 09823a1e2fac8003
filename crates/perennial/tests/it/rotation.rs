//! Another key for the project: everything goes on as before, the old key opens
//! nothing, and whatever stops the change loses nobody.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use perennial_testkit::Project;

use crate::shop::{PROGRAM, bad, everything, good, killed, shop, value};

/// Runs the program with the key at `key`.
fn with_key(folder: &Path, key: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("PERENNIAL_KEY_FILE", key)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_new_key_changes_nothing_and_the_old_one_opens_nothing() {
    let shop = shop(60, 7);
    let path = shop.path();
    good(path, &["run"]);
    let before = everything(path);
    let (key, old) = (shop.join(".perennial/key"), shop.join("old-key"));
    std::fs::copy(&key, &old).unwrap();
    let said = good(path, &["privacy", "rotate-key"]);
    assert!(said.contains("keys of 60 people"), "{said}");
    assert_ne!(std::fs::read(&key).unwrap(), std::fs::read(&old).unwrap());
    assert_eq!(everything(path), before);
    let held = good(path, &["privacy", "export", "c0003"]);
    assert!(held.contains("customer_id: c0003"), "{held}");
    // Ids stay, so nothing is read again, and nothing new can be read under the old key.
    assert!(good(path, &["run", "--json"]).contains("\"done\":[]"));
    for arguments in [&["run"][..], &["privacy", "export", "c0003"], &["report"]] {
        let refused = with_key(path, &old, arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        let error = text(&refused.stderr);
        assert!(error.contains("vault/wrong-key"), "{error}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    assert!(!shop.join(".perennial/key.next").exists());
    // A new file is read under the new key, and its people get the ids of always.
    let orders = shop.read("data/orders.csv");
    good(path, &["run", "--fresh"]);
    assert_eq!(shop.read("data/orders.csv"), orders);
    assert_eq!(everything(path), before);
}

#[test]
fn a_key_elsewhere_is_replaced_where_it_stands() {
    let shop = shop(40, 7);
    let path = shop.path();
    let safe = Project::new();
    let key = safe.join("shop.key");
    good(path, &["check"]);
    std::fs::rename(shop.join(".perennial/key"), &key).unwrap();
    assert!(
        with_key(path, &key, &["run", "--until", "ingest"])
            .status
            .success()
    );
    let before = std::fs::read(&key).unwrap();
    let rotated = with_key(path, &key, &["privacy", "rotate-key"]);
    assert!(rotated.status.success(), "{}", text(&rotated.stderr));
    assert_ne!(std::fs::read(&key).unwrap(), before);
    assert!(!shop.join(".perennial/key").exists());
    let held = with_key(path, &key, &["privacy", "export", "c0003"]);
    assert!(
        text(&held.stdout).contains("c0003"),
        "{}",
        text(&held.stderr)
    );
}

#[test]
fn a_rotation_that_was_cut_short_is_settled_by_the_next_command() {
    let shop = shop(40, 7);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    let (key, next) = (
        shop.join(".perennial/key"),
        shop.join(".perennial/key.next"),
    );
    let held = || good(path, &["privacy", "export", "c0003"]);
    // Stopped before anything was changed: half a file, then a whole one of no use.
    for begun in [
        "perennial-key-1:0123",
        &format!("perennial-key-1:{0}:{0}\n", "ab".repeat(32)),
    ] {
        std::fs::write(&next, begun).unwrap();
        assert!(held().contains("c0003"));
        let old = std::fs::read(&key).unwrap();
        good(path, &["privacy", "rotate-key"]);
        assert!(!next.exists());
        assert_ne!(std::fs::read(&key).unwrap(), old);
        assert!(held().contains("c0003"));
    }
    // Stopped between the vault and the file.
    let old = std::fs::read(&key).unwrap();
    good(path, &["privacy", "rotate-key"]);
    let new = std::fs::read(&key).unwrap();
    std::fs::rename(&key, &next).unwrap();
    std::fs::write(&key, &old).unwrap();
    assert!(held().contains("c0003"));
    assert_eq!(std::fs::read(&key).unwrap(), new);
    assert!(!next.exists());
    // Without the new key there is no way in: the old one is of no use.
    std::fs::write(&key, &old).unwrap();
    let error = bad(path, &["privacy", "export", "c0003"], 1);
    assert!(error.contains("vault/wrong-key"), "{error}");
}

#[test]
fn a_rotation_killed_at_any_moment_loses_nobody() {
    let people = 40_000;
    let rows: String = (0..people)
        .map(|i| format!("k{i},{},{}\n", i % 7, ["no", "yes"][i % 2]))
        .collect();
    let shop = Project::new()
        .settings(
            "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"members.csv\"\n\
             table = \"customers\"\ncolumns = { customer_id = \"id\", label = \"left\" }\n\
             [lost]\nkind = \"label\"\nlost_when = \"yes\"\n",
        )
        .file("members.csv", format!("id,visits,left\n{rows}"));
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    let before = value(
        path,
        "select sum(customer_id) from (select customer_id from customers limit 1000)",
    );
    let begun = Instant::now();
    good(path, &["privacy", "rotate-key"]);
    let full = begun.elapsed().max(Duration::from_millis(100));
    let mut cut = 0;
    for moment in 1..=12 {
        cut += usize::from(!killed(
            path,
            &["privacy", "rotate-key"],
            full.mul_f64(f64::from(moment) / 12.0),
        ));
        let who = format!("k{}", moment * 3_001);
        let held = good(path, &["privacy", "export", &who]);
        assert!(held.contains(&format!("customer_id: {who}")), "{held}");
    }
    assert!(cut >= 3, "only {cut} of 12 were cut short");
    good(path, &["privacy", "rotate-key"]);
    let after = value(
        path,
        "select sum(customer_id) from (select customer_id from customers limit 1000)",
    );
    assert_eq!(after, before);
}
