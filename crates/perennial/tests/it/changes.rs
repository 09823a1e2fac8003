//! Files that change after they were read.

use perennial_testkit::Project;

use super::labelled;
use super::shop::{SETTINGS, everything, good, query, shop, value};

/// What does not depend on how often files were read.
fn facts(shop: &Project) -> String {
    let sql = "select customer_id, order_id, time, product_id, quantity, amount from order_lines order by 1, 2, 3, 4, 5, 6";
    good(shop.path(), &["query", sql, "--format", "csv"])
}

/// A project with the key of another.
fn sibling(shop: &Project, file: &str, text: &str) -> Project {
    let sibling = Project::new().settings(SETTINGS).file(file, text);
    std::fs::create_dir_all(sibling.join(".perennial")).unwrap();
    std::fs::copy(shop.join(".perennial/key"), sibling.join(".perennial/key")).unwrap();
    sibling
}

#[test]
fn a_corrected_file_counts_as_it_stands_now() {
    let shop = shop(80, 11);
    let first = shop.read("data/orders.csv");
    good(shop.path(), &["run", "--until", "ingest"]);
    // Ten lines deleted, ten with another price, one more behind the last.
    let mut lines: Vec<String> = first.lines().map(str::to_owned).collect();
    lines.drain(40..50);
    for line in &mut lines[60..70] {
        line.push('7');
    }
    lines.push(lines[5].replacen('o', "x", 1));
    let second = lines.join("\n") + "\n";
    shop.write("data/orders.csv", &second);
    good(shop.path(), &["run"]);
    let book = query(
        shop.path(),
        "select gone, taken_out, kept from ingests order by kept limit 1",
    );
    assert_eq!(book.rows, [["20", "20", "11"]]);
    let expected = sibling(&shop, "data/orders.csv", &second);
    good(expected.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&expected));
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("20 rows that it had before are not in it any more"));
    // Back to what it said first, with the time it had then or another.
    shop.write("data/orders.csv", &first);
    good(shop.path(), &["run"]);
    let original = sibling(&shop, "data/orders.csv", &first);
    good(original.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&original));
    let again = good(shop.path(), &["run", "--json"]);
    assert!(again.contains("\"done\":[]"), "{again}");
}

#[test]
fn a_file_taken_back_is_forgotten_by_a_fresh_run() {
    let shop = shop(80, 12);
    good(shop.path(), &["run"]);
    let before = everything(shop.path());
    let late = "order,who,what,when,pieces,price\nz1,c0001,p001,2024-12-31T10:00:00Z,1,9.00\n";
    shop.write("data/late.csv", late);
    good(shop.path(), &["run"]);
    std::fs::remove_file(shop.join("data/late.csv")).unwrap();
    // A file may be put away once it was read.
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from ingests"), "2");
    good(shop.path(), &["run", "--fresh"]);
    assert_eq!(everything(shop.path()), before);
    // Nothing is remembered of it.
    shop.write("data/late.csv", late);
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from ingests"), "2");
}

#[test]
fn a_file_of_the_latest_rows_only_adds_to_the_others() {
    let shop = shop(60, 13);
    let all = shop.read("data/orders.csv");
    let (head, rows) = all.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let even = |wanted: usize| -> String {
        let kept = rows.iter().enumerate().filter(|(i, _)| i % 2 == wanted);
        let kept: Vec<&str> = kept.map(|(_, row)| *row).collect();
        format!("{head}\n{}\n", kept.join("\n"))
    };
    shop.write("data/orders.csv", even(0));
    good(shop.path(), &["run", "--until", "ingest"]);
    shop.write("data/orders.csv", even(1));
    good(shop.path(), &["run"]);
    let whole = sibling(&shop, "data/orders.csv", &all);
    good(whole.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&whole));
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("was written anew"));
}

#[test]
fn a_labelled_table_that_changed_has_each_customer_once() {
    let text = labelled::table(false);
    let shop = Project::new()
        .settings(labelled::SETTINGS)
        .file("members.csv", &text);
    good(shop.path(), &["run"]);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.drain(10..20);
    shop.write("members.csv", lines.join("\n") + "\n");
    good(shop.path(), &["run"]);
    let counts = "select count(*) as rows, count(distinct customer_id) as people from customers";
    assert_eq!(query(shop.path(), counts).rows, [["390", "390"]]);
    assert_eq!(value(shop.path(), "select count(*) from scores"), "390");
}
