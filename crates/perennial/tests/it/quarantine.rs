//! Rows that were set aside: listed, mended, read again; never doubled, never lost.

use std::path::Path;

use perennial_testkit::{Project, python};

use crate::labelled;
use crate::privacy::found_in;
use crate::shop::{bad, good, query, shop, value};

/// Three bad lines behind good ones: two without a date, one without a quantity.
const BAD: [&str; 3] = [
    "b1,c0003,p001,someday,1,9.00",
    "b2,c0004,p002,\"=HYPERLINK(1)\",2,8.00",
    "b3,c0005,p003,2024-06-05T10:00:00Z,many,7.00",
];
const MENDED: [&str; 3] = [
    "b1,c0003,p001,2024-06-01T10:00:00Z,1,9.00",
    "b2,c0004,p002,2024-06-01T10:00:00Z,2,8.00",
    "b3,c0005,p003,2024-06-05T10:00:00Z,4,7.00",
];

fn with(lines: &[&str]) -> Project {
    let shop = shop(60, 41);
    let text = shop.read("data/orders.csv") + &lines.join("\n") + "\n";
    shop.write("data/orders.csv", text);
    shop
}

/// What the lake says of orders, without who it is and what names a reading.
fn facts(path: &Path) -> String {
    let sql = "select order_id, line, time, product_id, quantity, amount, copies from order_lines order by 1, 2, 3, 4, 5, 6";
    good(path, &["query", sql, "--format", "csv"])
}

/// The books of the newest file: read, kept, set aside, duplicates.
fn books(path: &Path) -> Vec<u64> {
    let sql = "select rows_read, kept, quarantined, duplicates from ingests order by rows_read desc limit 1";
    let row = query(path, sql).rows.concat();
    row.iter().map(|n| n.parse().unwrap()).collect()
}

fn mend(path: &Path) {
    let fix = |arguments: &[&str]| good(path, &[&["quarantine", "fix"][..], arguments].concat());
    let said = fix(&[
        "--reason",
        "cell/not-a-time",
        "--set",
        "when=2024-06-01T10:00:00Z",
    ]);
    assert!(
        said.contains("2 rows mended") && said.contains("replay"),
        "{said}"
    );
    // The part's name does as well as the column's.
    let said = fix(&["--reason", "cell/not-a-number", "--set", "quantity=4"]);
    assert!(said.contains("1 rows mended"), "{said}");
}

#[test]
fn rows_are_listed_by_reason_and_sealed_until_asked_for() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    let text = good(path, &["quarantine", "list"]);
    assert!(text.contains("2     cell/not-a-time"), "{text}");
    assert!(
        text.contains("data/orders.csv") || text.contains("orders.csv"),
        "{text}"
    );
    assert!(
        !text.contains("someday") && !text.contains("c0003"),
        "{text}"
    );
    let raw = good(
        path,
        &["quarantine", "list", "--raw", "--reason", "cell/not-a-time"],
    );
    assert!(raw.contains(BAD[0]) && !raw.contains("many"), "{raw}");
    let json: serde_json::Value = serde_json::from_str(&good(
        path,
        &["quarantine", "list", "--json", "--limit", "1"],
    ))
    .unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 1);
    assert_eq!(
        (json["more"].as_u64(), json["rows"][0].get("text")),
        (Some(2), None)
    );
    good(path, &["quarantine", "list", "--raw", "--csv", "aside.csv"]);
    let csv = shop.read("aside.csv");
    assert!(
        csv.starts_with("_file,_row,_column,_reason,order,who"),
        "{csv}"
    );
    // Nothing that a spreadsheet would run.
    assert!(
        csv.contains(",'=HYPERLINK(1),") && !csv.contains(",=HYPERLINK"),
        "{csv}"
    );
    let error = bad(path, &["quarantine", "list", "--source", "orders.cvs"], 1);
    assert!(error.contains("quality/source-unknown"), "{error}");
    let error = bad(path, &["quarantine", "fix", "--set", "when=1"], 2);
    assert!(error.contains("--all"), "{error}");
    let error = bad(path, &["quarantine", "fix", "--all", "--set", "wenn=1"], 1);
    assert!(error.contains("did you mean `when`?"), "{error}");
    let error = bad(
        path,
        &["quarantine", "fix", "--row", "999999", "--set", "when=1"],
        1,
    );
    assert!(error.contains("quarantine/none"), "{error}");
}

#[test]
fn mended_rows_are_kept_as_if_the_file_had_been_right() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run"]);
    let before = books(path);
    mend(path);
    let replayed = good(path, &["quarantine", "replay"]);
    assert!(
        replayed.contains("3 mended rows read again: 3 kept now"),
        "{replayed}"
    );
    let after = books(path);
    assert_eq!(after, [before[0], before[1] + 3, 0, before[3]]);
    assert_eq!(before[0], before[1] + before[2] + before[3]);
    assert_eq!(value(path, "select count(*) from quarantine"), "0");
    let right = with(&MENDED);
    good(right.path(), &["run"]);
    assert_eq!(facts(path), facts(right.path()));
    // The run behind it brings the rest up to date, and then finds nothing to do.
    good(path, &["run"]);
    assert_eq!(
        value(path, "select count(*) from scores"),
        value(right.path(), "select count(*) from scores")
    );
    let again = good(path, &["run", "--json"]);
    assert!(again.contains("\"done\":[]"), "{again}");
    let once_more = good(path, &["quarantine", "replay"]);
    assert!(
        once_more.contains("0 mended rows read again"),
        "{once_more}"
    );
    assert_eq!(facts(path), facts(right.path()));
}

#[test]
fn repairs_outlive_the_lake_and_a_fresh_run() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    mend(path);
    good(path, &["quarantine", "replay"]);
    let expected = (facts(path), books(path));
    good(path, &["run", "--fresh", "--until", "quality"]);
    assert_eq!((facts(path), books(path)), expected);
    std::fs::remove_dir_all(path.join(".perennial/lake")).unwrap();
    good(path, &["run", "--fresh", "--until", "quality"]);
    assert_eq!((facts(path), books(path)), expected);
}

#[test]
fn a_mended_row_is_not_doubled_when_its_file_grows_or_is_corrected() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    mend(path);
    good(path, &["quarantine", "replay"]);
    let more = "z9,c0007,p001,2024-12-30T10:00:00Z,1,9.00\n";
    // The same bad records, and a day more.
    shop.write("data/orders.csv", shop.read("data/orders.csv") + more);
    good(path, &["run", "--until", "ingest"]);
    let own = "select count(*) from order_lines where order_id in ('b1', 'b2', 'b3')";
    assert_eq!(value(path, own), "3");
    assert_eq!(
        value(
            path,
            "select count(*) from order_lines where order_id = 'z9'"
        ),
        "1"
    );
    // The file itself is corrected, one of the three otherwise than by hand.
    let mut text = shop.read("data/orders.csv");
    for (bad, good) in BAD.iter().zip(MENDED) {
        text = text.replace(bad, good);
    }
    let text = text.replace(MENDED[2], "b3,c0005,p003,2024-06-05T10:00:00Z,5,7.00");
    shop.write("data/orders.csv", &text);
    good(path, &["run", "--until", "ingest"]);
    assert_eq!(value(path, own), "3");
    let pieces = "select cast(quantity as int) from order_lines where order_id = 'b3'";
    assert_eq!(value(path, pieces), "5");
    assert!(good(path, &["quarantine", "list"]).contains("nothing is set aside"));
}

#[test]
fn a_repair_of_what_the_file_corrected_meanwhile_brings_nothing_back() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    mend(path);
    // Not replayed: the file is corrected before, with another quantity.
    let mut text = shop.read("data/orders.csv");
    for (bad, good) in BAD.iter().zip(MENDED) {
        text = text.replace(bad, &good.replace(",4,", ",6,"));
    }
    shop.write("data/orders.csv", &text);
    good(path, &["quarantine", "replay"]);
    let own = "select count(*), cast(sum(quantity) as int) from order_lines where order_id in ('b1', 'b2', 'b3')";
    assert_eq!(query(path, own).rows, [["3", "9"]]);
}

#[test]
fn a_mended_csv_is_read_back_and_what_is_still_wrong_stays_aside() {
    let shop = with(&BAD);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    good(path, &["quarantine", "list", "--raw", "--csv", "aside.csv"]);
    let csv = shop
        .read("aside.csv")
        .replace("someday", "2024-06-01T10:00:00Z");
    // As a spreadsheet of another country may save it.
    shop.write(
        "mended.csv",
        format!("\u{feff}{}", csv.replace("many", "rather many")),
    );
    good(path, &["quarantine", "fix", "--from", "mended.csv"]);
    let replayed = good(path, &["quarantine", "replay", "--json"]);
    let replayed: serde_json::Value = serde_json::from_str(&replayed).unwrap();
    assert_eq!(
        (replayed["read"].as_u64(), replayed["kept"].as_u64()),
        (Some(3), Some(1))
    );
    assert_eq!(replayed["set_aside"], 2);
    let book = books(path);
    assert_eq!(book[0], book[1] + book[2] + book[3]);
    assert_eq!(book[2], 2);
    // Their text is still there, to be mended once more.
    mend_rest(path);
    assert_eq!(books(path)[2], 0);
    let right = with(&MENDED);
    good(right.path(), &["run", "--until", "ingest"]);
    assert_eq!(facts(path), facts(right.path()));
    shop.write("nothing.csv", "a,b\n1,2\n");
    let error = bad(path, &["quarantine", "fix", "--from", "nothing.csv"], 1);
    assert!(error.contains("quarantine/repairs-unreadable"), "{error}");
}

fn mend_rest(path: &Path) {
    let set = ["--set", "when=2024-06-01T10:00:00Z"];
    good(
        path,
        &[
            &["quarantine", "fix", "--reason", "cell/not-a-time"][..],
            &set,
        ]
        .concat(),
    );
    let set = ["--set", "pieces=4"];
    good(
        path,
        &[
            &["quarantine", "fix", "--reason", "cell/not-a-number"][..],
            &set,
        ]
        .concat(),
    );
    good(path, &["quarantine", "replay"]);
}

#[test]
fn records_that_cannot_be_split_are_mended_whole_and_without_their_file() {
    let shop = with(&["b9,c0003,p001"]);
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    assert_eq!(value(path, "select reason from quarantine"), "row/short");
    let cells = [
        "order=b9",
        "who=c0003",
        "what=p001",
        "when=2024-06-01T10:00:00Z",
        "pieces=2",
        "price=3.50",
    ];
    let mut arguments = vec!["quarantine", "fix", "--all"];
    cells
        .iter()
        .for_each(|cell| arguments.extend(["--set", cell]));
    let said = good(path, &arguments);
    assert!(said.contains("cannot be split"), "{said}");
    // The file is put away, another one of its source is there.
    let other = "order,who,what,when,pieces,price\ny1,c0001,p001,2024-07-01T10:00:00Z,1,2.00\n";
    shop.write("data/july.csv", other);
    std::fs::remove_file(shop.join("data/orders.csv")).unwrap();
    let replayed = good(path, &["quarantine", "replay"]);
    assert!(replayed.contains("1 kept now"), "{replayed}");
    let row = "select cast(amount as double), line from order_lines where order_id = 'b9'";
    let line = value(
        path,
        "select max(line) from order_lines where order_id <> 'b9'",
    );
    let line = line.parse::<u64>().unwrap() + 1;
    assert_eq!(
        query(path, row).rows,
        [["7.0".to_owned(), line.to_string()]]
    );
    let sum = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
    assert_eq!(value(path, sum), "0");
}

#[test]
fn a_labelled_customer_is_mended_too() {
    let text = labelled::table(false);
    let first = text.lines().nth(1).unwrap();
    let id = first.split(',').next().unwrap();
    let twice = first.replacen(',', ",9", 1);
    let shop = Project::new()
        .settings(labelled::SETTINGS)
        .file("members.csv", format!("{text}{twice}\n"));
    let path = shop.path();
    good(path, &["run", "--until", "ingest"]);
    assert_eq!(
        value(path, "select reason from quarantine"),
        "customer/twice"
    );
    good(path, &["quarantine", "fix", "--all", "--set", "id=new-one"]);
    let replayed = good(path, &["quarantine", "replay"]);
    assert!(replayed.contains("1 kept now"), "{replayed}");
    assert_eq!(value(path, "select count(*) from customers"), "401");
    assert_eq!(books(path), [401, 401, 0, 0]);
    // An id that is taken already changes nothing.
    shop.write("members.csv", format!("{text}{twice}7\n"));
    good(path, &["run", "--until", "ingest"]);
    good(
        path,
        &["quarantine", "fix", "--all", "--set", &format!("id={id}")],
    );
    let replayed = good(path, &["quarantine", "replay"]);
    assert!(replayed.contains("1 set aside still"), "{replayed}");
    assert_eq!(value(path, "select count(*) from customers"), "400");
}

#[test]
fn who_is_forgotten_is_in_no_repair() {
    const WHO: &str = "anna.berg-0417";
    let person = format!("b7,{WHO},p001,someday,1,9.00");
    let shop = with(&[&person, BAD[2]]);
    let path = shop.path();
    good(path, &["run"]);
    good(
        path,
        &[
            "quarantine",
            "fix",
            "--reason",
            "cell/not-a-time",
            "--set",
            "when=2024-06-01T10:00:00Z",
        ],
    );
    good(
        path,
        &[
            "quarantine",
            "fix",
            "--reason",
            "cell/not-a-number",
            "--set",
            "pieces=4",
        ],
    );
    good(path, &["quarantine", "replay"]);
    good(path, &["run"]);
    let held: serde_json::Value =
        serde_json::from_str(&good(path, &["privacy", "export", WHO, "--json"])).unwrap();
    assert_eq!(held["mended"][0]["cells"]["who"], WHO);
    assert_eq!(
        held["tables"]["order_lines"]["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    good(path, &["privacy", "erase", WHO, "--yes"]);
    if let Some(python) = python() {
        assert_eq!(found_in(&python, path, &[WHO]), Vec::<String>::new());
    }
    // The other repair holds; the person's row stays away, whatever is read again.
    good(path, &["run", "--fresh", "--until", "quality"]);
    let own = "select order_id from order_lines where order_id in ('b3', 'b7')";
    assert_eq!(query(path, own).rows, [["b3"]]);
    let book = books(path);
    assert_eq!(book[0], book[1] + book[2] + book[3]);
    assert_eq!(
        value(path, "select reason from quarantine"),
        "person/erased"
    );
}
