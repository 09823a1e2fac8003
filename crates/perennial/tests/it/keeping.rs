//! How long rows are kept: what is past its time goes and stays away, what a law
//! wants kept stays and is used for nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use perennial_testkit::{OrderLines, Project, order_lines, python};
use serde_json::Value;

use crate::privacy::found_in;
use crate::shop::{SETTINGS, bad, copy, csv, everything, good, killed, query, value};

const OFF: &str = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";

/// A shop with a person who bought once, long ago, one whose row cannot be read,
/// and a trap: an old row that cannot be read either.
fn shop() -> Project {
    let lines = order_lines(&OrderLines {
        customers: 90,
        ..OrderLines::default()
    });
    let mut text = csv(&lines);
    text += "o-once,only.once,p1,2024-01-03T10:00:00Z,1,2.00\n";
    text += "o-bad,c0008,p1,no time,1,2.00\n";
    text += "o-old-bad,c0009,p1,2024-01-04T10:00:00Z,many,2.00\n";
    Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", text)
}

/// The settings with so many days of keeping that the cut is the given day.
fn keep_from(day: &str) -> String {
    let cut: Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
    let days = (Timestamp::now().as_second() - cut.as_second()) / 86_400;
    SETTINGS.replace("columns = {", &format!("keep = \"{days}d\"\ncolumns = {{"))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    serde_json::from_str(&good(folder, &arguments)).unwrap()
}

/// Runs a few lines of Python on the ledger, as `db`.
fn on_ledger(python: &Path, folder: &Path, script: &str) {
    let ledger = folder.join(".perennial/ledger.db");
    let script = format!(
        "import json, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n{script}\ndb.commit()\n"
    );
    let output = Command::new(python)
        .args(["-c", &script])
        .arg(ledger)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A number below a million with its thousands parted.
fn parted(number: u64) -> String {
    match number / 1_000 {
        0 => number.to_string(),
        thousands => format!("{thousands},{:03}", number % 1_000),
    }
}

#[test]
fn rows_past_their_time_go_from_every_version_and_stay_away() {
    let Some(python) = python() else { return };
    let shop = shop();
    let path = shop.path();
    good(path, &["run"]);
    good(path, &["run", "--set", "value.margin=0.5"]);
    good(path, &["run"]);
    let cut = "2024-07-01";
    let young =
        format!("select count(*) from order_lines where time >= timestamp '{cut}T00:00:00Z'");
    let wanted = value(path, &young);
    let all = value(path, "select count(*) from order_lines");
    let old: u64 = all.parse::<u64>().unwrap() - wanted.parse::<u64>().unwrap();
    assert!(old > 100, "{old} of {all}");
    let an_old = value(
        path,
        "select order_id from order_lines where order_id <> 'o-once' order by time limit 1",
    );
    assert!(!found_in(&python, path, &[&an_old]).is_empty());
    assert!(good(path, &["privacy", "export", "only.once"]).contains("o-once"));

    shop.write("perennial.toml", keep_from(cut));
    let done = json(path, &["run"]);
    assert_eq!(done["done"].as_array().unwrap()[0], "quality", "{done}");
    assert_eq!(value(path, "select count(*) from order_lines"), wanted);
    assert_eq!(value(path, &young), wanted);
    assert_eq!(value(path, OFF), "0");
    let books = query(
        path,
        "select kept, past_keeping, quarantined - past_keeping from ingests",
    );
    assert_eq!(
        books.rows,
        [[wanted.clone(), old.to_string(), "2".to_owned()]]
    );
    // No version and no list knows them; nor does the vault whoever bought then alone.
    assert_eq!(
        found_in(&python, path, &[&an_old, "o-once", "only.once"]),
        Vec::<String>::new()
    );
    let error = bad(path, &["privacy", "export", "only.once"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");
    let first = value(path, "select cast(min(first_time) as varchar) from ingests");
    assert!(first.as_str() >= cut, "{first}");
    let page = good(path, &["catalogue", "order_lines"]);
    let said = format!("{} let go past their time", parted(old));
    assert!(page.contains(&said), "{said}\n{page}");

    // Nothing more is to be done, and reading it all again changes nothing: the old
    // row that cannot be read is past its time as well now, and so are old duplicates.
    let apart: u64 = value(path, "select sum(duplicates) from ingests")
        .parse()
        .unwrap();
    assert!(good(path, &["run", "--json"]).contains("\"done\":[]"));
    good(path, &["run", "--fresh"]);
    assert_eq!(value(path, "select count(*) from order_lines"), wanted);
    let books = query(
        path,
        "select kept, past_keeping + duplicates, quarantined - past_keeping from ingests",
    );
    let gone = (old + apart + 1).to_string();
    assert_eq!(books.rows, [[wanted, gone, "1".to_owned()]]);
    assert_eq!(value(path, OFF), "0");
    let error = bad(path, &["privacy", "export", "only.once"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");
    assert_eq!(
        found_in(&python, path, &[&an_old, "o-once", "only.once"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_run_killed_while_rows_are_let_go_ends_as_if_it_never_had_been() {
    let whole = shop();
    let path = whole.path();
    good(path, &["run"]);
    whole.write("perennial.toml", keep_from("2024-07-01"));
    let before = Project::new();
    copy(path, before.path());
    let begun = Instant::now();
    good(path, &["run"]);
    let full = begun.elapsed().max(Duration::from_millis(200));
    let (expected, books) = (
        everything(path),
        "select kept, past_keeping, quarantined from ingests",
    );
    let wanted = query(path, books);
    let mut cut = 0;
    for moment in 1..=6 {
        let other = Project::new();
        copy(before.path(), other.path());
        // Letting go comes first: most moments lie in the first half of the run.
        let share = f64::from(moment * moment) / 36.0;
        cut += usize::from(!killed(other.path(), &["run"], full.mul_f64(share)));
        good(other.path(), &["run"]);
        assert_eq!(everything(other.path()), expected, "moment {moment}");
        assert_eq!(
            query(other.path(), books).to_csv(),
            wanted.to_csv(),
            "moment {moment}"
        );
        assert_eq!(value(other.path(), OFF), "0");
        let error = bad(other.path(), &["privacy", "export", "only.once"], 1);
        assert!(error.contains("privacy/person-unknown"), "{error}");
    }
    assert!(cut >= 3, "only {cut} of 6 runs were cut short");
}

#[test]
fn a_young_row_of_somebody_long_silent_brings_them_back() {
    let shop = shop();
    let path = shop.path();
    shop.write("perennial.toml", keep_from("2024-07-01"));
    good(path, &["run", "--until", "ingest"]);
    bad(path, &["privacy", "export", "only.once"], 1);
    shop.write(
        "data/more.csv",
        "order,who,what,when,pieces,price\no-new,only.once,p1,2024-12-03T10:00:00Z,1,2.00\n",
    );
    good(path, &["run", "--until", "ingest"]);
    let held = good(path, &["privacy", "export", "only.once"]);
    assert!(held.contains("o-new") && !held.contains("o-once"), "{held}");
}

#[test]
fn the_texts_of_rows_set_aside_go_after_their_time() {
    let Some(python) = python() else { return };
    let shop = shop();
    let path = shop.path();
    good(path, &["run"]);
    let sealed = "select count(*) from quarantine where encode(raw_sealed, 'hex') <> ''";
    assert_eq!(value(path, sealed), "2");
    // As if the files had been read forty days ago.
    let older = "for run, details in db.execute(\"select run_id, details from runs where stage = 'ingest'\").fetchall():\n\
                 \x20   notes = json.loads(details)\n\
                 \x20   for book in notes['books']:\n\
                 \x20       book['read_at_us'] -= 40 * 86400 * 1000000\n\
                 \x20   db.execute(\"update runs set details = ? where stage = 'ingest' and run_id = ?\", (json.dumps(notes), run))";
    on_ledger(&python, path, older);
    // Under a longer time they stay.
    good(path, &["run", "--set", "privacy.keep_set_aside=50d"]);
    assert_eq!(value(path, sealed), "2");
    let done = json(path, &["run"]);
    assert_eq!(value(path, sealed), "0");
    assert_eq!(value(path, "select count(*) from quarantine"), "2");
    // No row of a table went, so nothing is made anew.
    assert_eq!(done["done"], Value::Array(Vec::new()), "{done}");
    assert_eq!(value(path, OFF), "0");
}

/// Rows of a table about whoever placed an order.
fn rows_of(path: &Path, table: &str, order: &str) -> u64 {
    let sql = format!(
        "select count(*) from {table} where customer_id in (select customer_id from order_lines where order_id = '{order}')"
    );
    value(path, &sql).parse().unwrap()
}

const MADE: [&str; 8] = [
    "features",
    "labels",
    "scores",
    "clv",
    "decisions",
    "test_scores",
    "returns",
    "quality_flags",
];

#[test]
fn who_is_restricted_is_kept_and_used_for_nothing_until_it_is_lifted() {
    let shop = shop();
    let path = shop.path();
    good(path, &["run"]);
    let held = json(path, &["privacy", "export", "c0008"]);
    let lines = held["tables"]["order_lines"]["rows"].as_array().unwrap();
    let order = lines[0]["order_id"].as_str().unwrap();
    let made = || MADE.map(|table| rows_of(path, table, order));
    let before = made();
    assert!(before[..5].iter().all(|rows| *rows > 0), "{before:?}");
    let others = "select count(*) from scores";
    let scored: u64 = value(path, others).parse().unwrap();

    let said = good(path, &["privacy", "restrict", "c0008"]);
    let out: u64 = before.iter().sum();
    assert!(said.contains(&format!("{out} rows of features")), "{said}");
    assert_eq!(made(), [0; 8]);
    assert_eq!(rows_of(path, "order_lines", order), lines.len() as u64);
    assert_eq!(value(path, others), (scored - 1).to_string());
    for command in [&["score", "c0008"][..], &["lineage", "c0008"]] {
        let error = bad(path, command, 1);
        assert!(error.contains("privacy/person-restricted"), "{error}");
    }
    let nowhere = || {
        for file in ["report.html", "at-risk.csv", "actions.csv"] {
            let text = shop.read(&format!(".perennial/reports/{file}"));
            assert!(!text.contains("c0008"), "{file}");
        }
    };
    nowhere();
    let export = json(path, &["privacy", "export", "c0008"]);
    assert!(
        export["account"]["restricted_since"].is_string(),
        "{export}"
    );
    assert!(export["account"].get("erase_at").is_none());
    assert!(export["tables"]["scores"].is_null() && !export["tables"]["order_lines"].is_null());

    // A run does not bring them back, whatever has to be done anew.
    good(path, &["run", "--fresh"]);
    assert_eq!(
        (made(), value(path, others)),
        ([0; 8], (scored - 1).to_string())
    );
    assert_eq!(rows_of(path, "order_lines", order), lines.len() as u64);
    nowhere();
    assert!(good(path, &["run", "--json"]).contains("\"done\":[]"));

    good(path, &["privacy", "unrestrict", "c0008"]);
    let error = bad(path, &["privacy", "unrestrict", "c0008"], 1);
    assert!(error.contains("privacy/not-restricted"), "{error}");
    good(path, &["run"]);
    assert_eq!((made(), value(path, others)), (before, scored.to_string()));
    good(path, &["score", "c0008"]);
}

/// Orders that a law wants kept, and visits that none does.
fn with_visits(must_keep: &str) -> String {
    let orders = SETTINGS.replace(
        "columns = {",
        &format!("must_keep = \"{must_keep}\"\nkeep = \"99y\"\ncolumns = {{"),
    );
    orders.replace(
        "[lost]",
        "[[source]]\npath = \"visits.csv\"\ntable = \"events\"\n\
         columns = { customer_id = \"who\", time = \"when\", name = \"what\" }\n[lost]",
    )
}

#[test]
fn what_a_law_wants_kept_is_restricted_first_and_erased_when_due() {
    let Some(python) = python() else { return };
    let visits: String = (1..60)
        .map(|i| format!("c{:04},2024-05-{:02}T08:00:00Z,page\n", i % 12, 1 + i % 28))
        .collect();
    let shop = shop().file("visits.csv", format!("who,when,what\n{visits}"));
    let path = shop.path();
    shop.write("perennial.toml", with_visits("90y"));
    good(path, &["run"]);
    let held = json(path, &["privacy", "export", "c0008"]);
    let rows = |table: &str| held["tables"][table]["rows"].as_array().unwrap().clone();
    let order = rows("order_lines")[0]["order_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (orders, events) = (
        rows("order_lines").len() as u64,
        rows("events").len() as u64,
    );
    assert!(orders > 3 && events > 3, "{held}");

    let said = good(path, &["privacy", "erase", "c0008", "--yes"]);
    assert!(said.contains("kept until 211"), "{said}");
    assert_eq!(rows_of(path, "order_lines", &order), orders);
    assert_eq!(
        (
            rows_of(path, "events", &order),
            rows_of(path, "scores", &order)
        ),
        (0, 0)
    );
    assert_eq!(value(path, OFF), "0");
    let export = json(path, &["privacy", "export", "c0008"]);
    assert!(
        export["account"]["erase_at"]
            .as_str()
            .unwrap()
            .starts_with("211"),
        "{export}"
    );
    assert!(bad(path, &["score", "c0008"], 1).contains("privacy/person-restricted"));
    // Reading all again keeps what the law wants, and of the rest nothing.
    good(path, &["run", "--fresh"]);
    assert_eq!(rows_of(path, "order_lines", &order), orders);
    assert_eq!(
        (
            rows_of(path, "events", &order),
            rows_of(path, "scores", &order)
        ),
        (0, 0)
    );
    assert_eq!(value(path, OFF), "0");

    the_day_comes(&python, &shop, &order, orders);
}

/// The stored day comes too early; then the rows are due, and all goes.
fn the_day_comes(python: &Path, shop: &Project, order: &str, orders: u64) {
    let path = shop.path();
    // The day has come, as far as was known; but the rows must still be kept.
    on_ledger(
        python,
        path,
        "db.execute('update restrictions set erase_at_us = 1')",
    );
    good(path, &["run"]);
    assert_eq!(rows_of(path, "order_lines", order), orders);
    // Now it has come in truth.
    on_ledger(
        python,
        path,
        "db.execute('update restrictions set erase_at_us = 1')",
    );
    shop.write("perennial.toml", with_visits("1d"));
    good(path, &["run"]);
    assert_eq!(
        found_in(python, path, &["c0008", order]),
        Vec::<String>::new()
    );
    let error = bad(path, &["privacy", "export", "c0008"], 1);
    assert!(error.contains("privacy/person-erased"), "{error}");
    good(path, &["run", "--fresh"]);
    assert_eq!(
        found_in(python, path, &["c0008", order]),
        Vec::<String>::new()
    );
    assert_eq!(value(path, OFF), "0");
}

#[test]
fn lengths_that_contradict_each_other_are_refused() {
    let shop = shop();
    let short = with_visits("90y").replace("keep = \"99y\"", "keep = \"80y\"");
    shop.write("perennial.toml", short);
    let error = bad(shop.path(), &["check"], 1);
    assert!(
        error.contains("settings/keep-mismatch") && error.contains("90y"),
        "{error}"
    );
    let labelled = crate::labelled::SETTINGS.replace("columns = {", "keep = \"1y\"\ncolumns = {");
    shop.write("perennial.toml", labelled);
    let error = bad(shop.path(), &["check"], 1);
    assert!(error.contains("rows of `customers` have none"), "{error}");
}
