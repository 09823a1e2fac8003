//! A person's rights: everything held is shown; what is forgotten is gone from
//! every file, and does not come back.

use std::path::{Path, PathBuf};
use std::process::Command;

use perennial_testkit::{OrderLines, Project, order_lines, python};

use crate::shop::{SETTINGS, bad, csv, everything, good, query, value};

/// The person who is forgotten: nobody else's name holds theirs.
const WHO: &str = "anna.berg-0417";
const MAIL: &str = "anna.berg@example.org";

/// Order lines in which one customer is [`WHO`], with a personal column; two
/// lines of theirs cannot be read and lie in quarantine.
fn files(project: &Project) {
    let mut lines = order_lines(&OrderLines {
        customers: 90,
        ..OrderLines::default()
    });
    for line in &mut lines {
        if line.customer_id.as_deref() == Some("c0007") {
            line.customer_id = Some(WHO.to_owned());
        }
    }
    let text = csv(&lines);
    let mut with_mail = String::new();
    for (nth, line) in text.lines().enumerate() {
        let mail = match (nth, line.contains(WHO)) {
            (0, _) => "mail",
            (_, true) => MAIL,
            _ => "",
        };
        with_mail += &format!("{line},{mail}\n");
    }
    with_mail += &format!("o-x,{WHO},p1,no time,1,2.00,{MAIL}\n");
    with_mail += "o-y,c0008,p1,no time,1,2.00,\n";
    project.write("data/orders.csv", with_mail);
}

fn project() -> Project {
    let settings = SETTINGS.replace("columns = {", "personal = [\"mail\"]\ncolumns = {");
    let project = Project::new().settings(&settings);
    files(&project);
    project
}

/// Everything below `.perennial` that holds one of the `words` in any form: a
/// script opens every Parquet file, SQLite database and archive.
pub fn found_in(python: &Path, folder: &Path, words: &[&str]) -> Vec<String> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/search_everywhere.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder.join(".perennial"))
        .args(words)
        .output()
        .expect("Python starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(str::to_owned).collect()
}

/// Rows of everybody but the forgotten, of every table that names people.
fn others(shop: &Path, id: &str) -> String {
    let tables = [
        (
            "order_lines",
            "customer_id, order_id, line, time, amount, copies",
        ),
        ("features", "*"),
        ("labels", "*"),
        ("scores", "*"),
        ("clv", "*"),
        ("decisions", "*"),
        ("test_scores", "*"),
    ];
    let mut all = String::new();
    for (table, columns) in tables {
        let sql = format!(
            "select {columns} from {table} where customer_id is null or customer_id <> {id}"
        );
        let mut table = query(shop, &sql);
        table.rows.sort();
        all += &table.to_csv();
    }
    all
}

/// The pseudonym of whoever placed an order and has so many lines.
fn pseudonym(shop: &Path, order: &str, rows: usize) -> String {
    let sql = format!(
        "select customer_id from order_lines where customer_id in (select customer_id \
         from order_lines where order_id = '{order}') group by 1 having count(*) = {rows}"
    );
    value(shop, &sql)
}

#[test]
fn who_is_forgotten_is_in_no_file_and_stays_away() {
    let Some(python) = python() else { return };
    let shop = project();
    let path = shop.path();
    good(path, &["run"]);
    // An older version of every table, and a run that was stopped early.
    good(path, &["run", "--set", "value.margin=0.5"]);
    good(path, &["run", "--fresh", "--until", "features"]);
    good(path, &["run"]);
    let export: serde_json::Value =
        serde_json::from_str(&good(path, &["privacy", "export", WHO, "--json"])).unwrap();
    let held = &export["tables"]["order_lines"]["rows"];
    let rows = held.as_array().unwrap().len();
    assert!(rows > 3, "{export}");
    assert_eq!(export["personal"]["mail"], MAIL);
    assert_eq!(export["personal"]["customer_id"], WHO);
    assert!(export["tables"]["scores"]["rows"][0]["reasons_en"].is_string());
    assert_eq!(export["set_aside"][0]["reason"], "cell/not-a-time");
    assert!(
        export["sources"][0]["file"]
            .as_str()
            .unwrap()
            .contains("orders.csv")
    );

    // The search is shown to find what is there: an order of theirs in the lake, and
    // a line that cannot be read, under the file's key, not at all.
    let order = held[0]["order_id"].as_str().unwrap();
    let there = found_in(&python, path, &[order]);
    assert!(
        there.iter().any(|file| file.contains("order_lines")),
        "{there:?}"
    );
    assert_eq!(found_in(&python, path, &["no time"]), Vec::<String>::new());

    // Without `--yes` nothing happens.
    let refused = bad(path, &["privacy", "erase", WHO], 2);
    assert!(
        refused.contains("order_lines") && refused.contains("--yes"),
        "{refused}"
    );
    let id = pseudonym(path, order, rows);
    assert!(!id.is_empty());
    let others_before = others(path, &id);

    let said = good(path, &["privacy", "erase", WHO, "--yes"]);
    assert!(said.contains(&format!("order_lines {rows}")), "{said}");
    assert_eq!(
        found_in(&python, path, &[WHO, MAIL, &id]),
        Vec::<String>::new()
    );
    assert_eq!(others(path, &id), others_before, "other people's figures");
    let off = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
    assert_eq!(value(path, off), "0");
    let aside = "select count(*) from quarantine where reason = 'person/erased'";
    assert_eq!(value(path, aside), rows.to_string());
    let message = bad(path, &["privacy", "export", WHO], 1);
    assert!(message.contains("privacy/person-erased"), "{message}");
    // The other line in quarantine keeps its text.
    let sealed = "select count(*) from quarantine where encode(raw_sealed, 'hex') <> ''";
    assert_eq!(value(path, sealed), "1");

    stays_away(&python, path, rows, &id);
}

/// Nothing is to be done; then everything is read again, and the person stays away.
fn stays_away(python: &Path, path: &Path, rows: usize, id: &str) {
    let off = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
    let aside = "select count(*) from quarantine where reason = 'person/erased'";
    let again = good(path, &["run", "--json"]);
    assert!(again.contains("\"done\":[]"), "{again}");
    good(path, &["run", "--fresh"]);
    assert_eq!(
        found_in(python, path, &[WHO, MAIL, id]),
        Vec::<String>::new()
    );
    assert_eq!(value(path, aside), (rows + 1).to_string());
    assert_eq!(value(path, off), "0");
}

#[test]
fn a_run_after_an_erasure_may_go_back_to_older_settings() {
    let shop = project();
    let path = shop.path();
    good(path, &["run"]);
    good(path, &["run", "--set", "lost.horizon=60d"]);
    let said = good(path, &["privacy", "erase", WHO, "--yes"]);
    assert!(said.contains("order_lines"), "{said}");
    // The settings of the earlier run fit another model than that run left.
    let again = good(path, &["run"]);
    assert!(again.contains("customers"), "{again}");
    good(path, &["run", "--set", "lost.horizon=60d"]);
}

#[test]
fn who_is_known_by_rows_set_aside_alone_can_be_shown_and_forgotten() {
    let shop = project();
    let path = shop.path();
    let text = shop.read("data/orders.csv");
    let row = "o-z,only.aside,p1,never,1,2.00,aside@example.org\n";
    shop.write("data/orders.csv", text + row);
    good(path, &["run"]);
    let held = good(path, &["privacy", "export", "only.aside"]);
    assert!(held.contains("aside@example.org"), "{held}");
    assert!(held.contains("cell/not-a-time"), "{held}");
    good(path, &["privacy", "erase", "only.aside", "--yes"]);
    let error = bad(path, &["privacy", "export", "only.aside"], 1);
    assert!(error.contains("privacy/person-erased"), "{error}");
    good(path, &["run", "--fresh"]);
    let sealed = "select count(*) from quarantine where encode(raw_sealed, 'hex') <> ''";
    assert_eq!(value(path, sealed), "2");
    // Least and greatest of what identifies would name somebody.
    let named = "select count(*) from ingest_columns where column_name in ('who', 'order', 'mail') \
         and (min is not null or max is not null)";
    assert_eq!(value(path, named), "0");
}

#[test]
fn labelled_customers_are_forgotten_and_rows_without_a_name_are_not() {
    let row = |i: usize| format!("{},{}\n", i % 7, ["no", "yes"][i % 2]);
    let named: String = (0..60).map(|i| format!("k{i},{}", row(i))).collect();
    let bare: String = (0..60).map(row).collect();
    let folder = Project::new()
        .file("named.csv", format!("customer_id,visits,churned\n{named}"))
        .file("bare.csv", format!("visits,churned\n{bare}"));
    let settings = |file: &str, id: &str| {
        format!(
            "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"../{file}\"\n\
             table = \"customers\"\ncolumns = {{ {id}label = \"churned\" }}\n\
             [lost]\nkind = \"label\"\nlost_when = \"yes\"\n"
        )
    };
    let id = "customer_id = \"customer_id\", ";
    for (name, file, id) in [("a", "named.csv", id), ("b", "bare.csv", "")] {
        folder.write(&format!("{name}/perennial.toml"), settings(file, id));
        good(&folder.join(name), &["run"]);
    }
    let a = folder.join("a");
    good(&a, &["privacy", "erase", "k7", "--yes"]);
    let books = query(
        &a,
        "select rows_read, kept, quarantined, duplicates from ingests",
    );
    assert_eq!(books.rows[0], ["60", "59", "1", "0"]);
    assert_eq!(value(&a, "select count(*) from customers"), "59");
    let error = bad(
        &folder.join("b"),
        &["privacy", "erase", "row 3", "--yes"],
        1,
    );
    assert!(error.contains("privacy/known-by-row"), "{error}");
}

#[test]
fn an_erasure_that_was_cut_short_is_finished_by_the_next_run() {
    let shop = project();
    let path = shop.path();
    good(path, &["run"]);
    let rows: u64 = value(path, "select count(*) from order_lines")
        .parse()
        .unwrap();
    // A reports folder that cannot be removed stops the erasure on its way.
    let reports = shop.join(".perennial/reports");
    std::fs::remove_dir_all(&reports).unwrap();
    std::fs::write(&reports, "in the way").unwrap();
    let error = bad(path, &["privacy", "erase", WHO, "--yes"], 1);
    assert!(error.contains("reports"), "{error}");
    std::fs::remove_file(&reports).unwrap();
    good(path, &["run"]);
    let left: u64 = value(path, "select count(*) from order_lines")
        .parse()
        .unwrap();
    assert!(left < rows, "{left} of {rows}");
    let message = bad(path, &["privacy", "erase", WHO, "--yes"], 1);
    assert!(message.contains("privacy/person-erased"), "{message}");
    assert!(shop.join(".perennial/reports/report.html").exists());
}

#[test]
fn a_person_whom_nobody_knows_cannot_be_forgotten() {
    let shop = project();
    good(shop.path(), &["run", "--until", "ingest"]);
    let message = bad(shop.path(), &["privacy", "erase", "nobody", "--yes"], 1);
    assert!(message.contains("privacy/person-unknown"), "{message}");
    // Before any score there is still something to show and to forget.
    let held = good(shop.path(), &["privacy", "export", WHO]);
    assert!(
        held.contains(MAIL) && held.contains("order_lines"),
        "{held}"
    );
    good(shop.path(), &["privacy", "erase", WHO, "--yes"]);
    good(shop.path(), &["run"]);
    assert!(everything(shop.path()).contains("-- scores"));
}

#[test]
fn an_export_is_a_file_that_only_its_owner_reads() {
    let shop = project();
    good(shop.path(), &["run", "--until", "ingest"]);
    good(
        shop.path(),
        &["privacy", "export", WHO, "--out", "held.json"],
    );
    let held: serde_json::Value = serde_json::from_str(&shop.read("held.json")).unwrap();
    assert_eq!(held["identifier"], WHO);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(shop.join("held.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0);
    }
}
