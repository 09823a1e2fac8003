//! Order lines from file to decision, and the second run.

use perennial_testkit::Project;

use crate::shop::{SETTINGS, bad, copy, csv, everything, good, perennial, query, shop, value};

#[test]
fn every_row_is_accounted_for_and_everybody_gets_a_decision() {
    let shop = shop(300, 1);
    good(shop.path(), &["run"]);
    let off = value(
        shop.path(),
        "select count(*) from ingests where rows_read <> kept + quarantined + duplicates",
    );
    assert_eq!(off, "0");
    let scored = value(
        shop.path(),
        "select count(*) from scores where churn_probability between 0 and 1",
    );
    let known = value(
        shop.path(),
        "select count(distinct customer_id) from order_lines where quantity > 0 and amount > 0",
    );
    assert_eq!(scored, known);
    assert_eq!(value(shop.path(), "select count(*) from decisions"), known);
    let spent: f64 = value(shop.path(), "select coalesce(sum(cost), 0) from decisions")
        .parse()
        .unwrap();
    assert!(spent <= 50.0, "{spent}");
    assert_eq!(
        value(
            shop.path(),
            "select count(*) from decisions where arm = 'hold_out' and offer is not null"
        ),
        "0"
    );
    assert!(
        shop.read(".perennial/reports/report.html")
            .contains("<!DOCTYPE html>")
    );
}

#[test]
fn a_bad_row_is_set_aside_with_its_reason_and_nothing_is_lost() {
    let rows = "order,who,what,when,pieces,price\n\
        o1,c1,p1,2024-01-02T10:00:00Z,1,2.50\n\
        o2,c1,p1,yesterday,1,2.50\n\
        o3,c2,p1,2024-01-03T10:00:00Z,many,2.50\n\
        o4,c2,p1,2024-01-04T10:00:00Z,1,\n\
        o5,,p1,2024-01-05T10:00:00Z,2,1.00\n\
        o1,c1,p1,2024-01-02T10:00:00Z,1,2.50\n";
    // Six rows are too few to infer a time from when one of them is none.
    let settings = SETTINGS.replace("[lost]", "time_format = \"y-m-d\"\n[lost]");
    let shop = Project::new()
        .settings(&settings)
        .file("data/orders.csv", rows);
    good(shop.path(), &["run", "--until", "ingest"]);
    let book = query(
        shop.path(),
        "select rows_read, kept, quarantined, duplicates, without_customer from ingests",
    );
    assert_eq!(book.rows, [["6", "2", "3", "1", "1"]]);
    let reasons = query(
        shop.path(),
        "select \"row\", reason from quarantine order by 1",
    );
    assert_eq!(
        reasons.rows,
        [
            ["2", "cell/not-a-time"],
            ["3", "cell/not-a-number"],
            ["4", "row/no-amount"]
        ]
    );
    assert_eq!(
        value(shop.path(), "select max(copies) from order_lines"),
        "2"
    );
    // The text of a bad row is kept, but not in clear.
    let sealed = good(shop.path(), &["query", "select * from quarantine"]);
    assert!(!sealed.contains("yesterday"), "{sealed}");
}

#[test]
fn no_identifier_stands_in_clear_in_anything_made() {
    let shop = shop(20, 2);
    good(shop.path(), &["run"]);
    let mut seen = 0;
    let mut open = vec![
        shop.path().join(".perennial/lake"),
        shop.path().join(".perennial/ledger.db"),
    ];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        seen += 1;
        for name in ["c0001", "c0007", "c0019"] {
            let found = bytes.windows(name.len()).any(|w| w == name.as_bytes());
            assert!(!found, "`{name}` stands in {}", path.display());
        }
    }
    assert!(seen > 20, "only {seen} files were looked at");
}

#[test]
fn a_second_run_does_nothing_and_a_new_file_alone_is_read() {
    let shop = shop(120, 3);
    good(shop.path(), &["run"]);
    let again = good(shop.path(), &["run", "--json"]);
    assert!(again.contains("\"done\":[]"), "{again}");
    let before = value(shop.path(), "select count(*) from order_lines");
    let late = "order,who,what,when,pieces,price\nz1,c0001,p001,2024-12-31T10:00:00Z,1,9.00\n";
    shop.write("data/late.csv", late);
    good(shop.path(), &["run"]);
    let after: u64 = value(shop.path(), "select count(*) from order_lines")
        .parse()
        .unwrap();
    assert_eq!(after, before.parse::<u64>().unwrap() + 1);
    let books = query(
        shop.path(),
        "select file, rows_read, kept from ingests order by rows_read",
    );
    assert_eq!(books.rows.len(), 2);
    assert_eq!(books.rows[0], ["late.csv", "1", "1"]);
    // The same content under another name, and a file that grew: duplicates.
    shop.write("data/copy.csv", late);
    shop.write(
        "data/late.csv",
        format!("{late}z2,c0002,p001,2024-12-31T11:00:00Z,1,9.00\n"),
    );
    good(shop.path(), &["run", "--until", "ingest"]);
    let kept = value(shop.path(), "select count(*) from order_lines");
    assert_eq!(kept.parse::<u64>().unwrap(), after + 1);
    let off = value(
        shop.path(),
        "select count(*) from ingests where rows_read <> kept + quarantined + duplicates",
    );
    assert_eq!(off, "0");
}

#[test]
fn a_run_that_is_stopped_early_takes_nothing_from_readers() {
    let shop = shop(120, 7);
    good(shop.path(), &["run"]);
    let scores = value(shop.path(), "select count(*) from scores");
    let lines = value(shop.path(), "select count(*) from order_lines");
    let late = "order,who,what,when,pieces,price\nz1,c0001,p001,2024-12-31T10:00:00Z,1,9.00\n";
    shop.write("data/late.csv", late);
    good(shop.path(), &["run", "--until", "ingest"]);
    let after = value(shop.path(), "select count(*) from order_lines");
    assert_eq!(
        after.parse::<u64>().unwrap(),
        lines.parse::<u64>().unwrap() + 1
    );
    let output = perennial(shop.path(), &["query", "select count(*) from scores"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("`scores` is of the run of"), "{told}");
    assert_eq!(value(shop.path(), "select count(*) from scores"), scores);
    let told = good(shop.path(), &["report"]);
    assert!(told.contains("the last whole run"), "{told}");
    assert!(
        shop.read(".perennial/reports/report.html")
            .contains("risk-top")
    );
    good(shop.path(), &["score", "c0001"]);
    // The whole run of the same input writes its report, though its stages may be done.
    good(shop.path(), &["run", "--until", "decide"]);
    let summary = good(shop.path(), &["run"]);
    assert!(summary.contains("report:"), "{summary}");
    let output = perennial(shop.path(), &["query", "select count(*) from scores"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("is of the run of"));
}

#[test]
fn files_read_day_by_day_give_what_one_file_gives() {
    let lines = perennial_testkit::order_lines(&perennial_testkit::OrderLines {
        seed: 5,
        customers: 150,
        ..Default::default()
    });
    let whole = Project::new()
        .settings(SETTINGS)
        .file("data/all.csv", csv(&lines));
    good(whole.path(), &["run"]);
    let parts = Project::new().settings(SETTINGS);
    std::fs::create_dir_all(parts.join(".perennial")).unwrap();
    std::fs::copy(whole.join(".perennial/key"), parts.join(".perennial/key")).unwrap();
    let step = lines.len().div_ceil(12);
    for (i, part) in lines.chunks(step).enumerate() {
        parts.write(&format!("data/part-{i:02}.csv"), csv(part));
        if i % 3 == 2 {
            good(parts.path(), &["run", "--until", "ingest"]);
        }
    }
    good(parts.path(), &["run"]);
    let sql = "select * exclude (run_id) from features order by customer_id, as_of";
    assert_eq!(
        good(whole.path(), &["query", sql, "--format", "csv"]),
        good(parts.path(), &["query", sql, "--format", "csv"])
    );
}

#[test]
fn one_thread_or_two_make_equal_tables() {
    let one = shop(200, 4);
    std::fs::create_dir_all(one.join(".perennial")).unwrap();
    good(one.path(), &["run", "--threads", "1", "--until", "ingest"]);
    let two = shop(200, 4);
    std::fs::create_dir_all(two.join(".perennial")).unwrap();
    std::fs::copy(one.join(".perennial/key"), two.join(".perennial/key")).unwrap();
    good(one.path(), &["run", "--threads", "1"]);
    good(two.path(), &["run", "--threads", "2"]);
    assert_eq!(everything(one.path()), everything(two.path()));
}

#[test]
fn a_query_only_reads() {
    let shop = shop(5, 6);
    good(shop.path(), &["run", "--until", "ingest"]);
    for sql in [
        "drop table order_lines",
        "create table t as select 1",
        "copy (select 1) to 'x.csv'",
    ] {
        let error = bad(shop.path(), &["query", sql], 1);
        assert!(error.contains("query/"), "{error}");
    }
    assert!(!shop.join("x.csv").exists());
    let error = bad(shop.path(), &["query", "select * from customrs"], 1);
    assert!(
        error.contains("query/no-table") && error.contains("order_lines"),
        "{error}"
    );
}

#[test]
fn an_as_of_before_everything_is_refused() {
    let shop = shop(5, 6);
    let error = bad(shop.path(), &["run", "--as-of", "1990-01-01"], 1);
    assert!(error.contains("run/as-of-too-early"), "{error}");
}

#[test]
fn nothing_at_or_after_the_as_of_moment_changes_a_feature() {
    let shop = shop(150, 8);
    good(shop.path(), &["run", "--as-of", "2024-09-01"]);
    let later = Project::new().settings(SETTINGS);
    copy(&shop.join(".perennial"), &later.join(".perennial"));
    std::fs::remove_dir_all(later.join(".perennial/lake")).unwrap();
    std::fs::remove_file(later.join(".perennial/ledger.db")).unwrap();
    let text = shop.read("data/orders.csv");
    let kept: Vec<&str> = text
        .lines()
        .filter(|l| {
            !l.split(',')
                .nth(3)
                .is_some_and(|t| t >= "2024-08-31T23:00:00Z" && t != "when")
        })
        .collect();
    assert!(
        kept.len() < text.lines().count(),
        "nothing lies after the moment"
    );
    later.write("data/orders.csv", kept.join("\n") + "\n");
    good(later.path(), &["run", "--as-of", "2024-09-01"]);
    let sql = "select * exclude (run_id) from features order by customer_id, as_of";
    assert_eq!(
        good(shop.path(), &["query", sql, "--format", "csv"]),
        good(later.path(), &["query", sql, "--format", "csv"])
    );
}

#[test]
fn money_of_nobody_known_is_in_the_months_and_long_names_are_set_aside() {
    let mut rows = String::from("order,who,what,when,pieces,price\n");
    for day in 1..=28 {
        rows += &format!("o{day},c{},p1,2024-01-{day:02}T10:00:00Z,1,2.50\n", day % 4);
        rows += &format!("u{day},,p1,2024-01-{day:02}T09:00:00Z,2,1.25\n");
    }
    let name = "n".repeat(4_097);
    rows += &format!("o99,{name},p1,2024-01-02T10:00:00Z,1,2.50\n");
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", &rows);
    good(shop.path(), &["run"]);
    let months = query(
        shop.path(),
        "select sum(net), sum(net_unknown_customer) from months",
    );
    assert_eq!(months.rows, [["70.0000", "70.0000"]]);
    let reason = value(shop.path(), "select reason from quarantine");
    assert_eq!(reason, "row/identifier-too-long");
}

#[test]
fn equal_files_give_equal_models_under_other_keys() {
    let auc = |shop: &Project| {
        good(shop.path(), &["run"]);
        value(
            shop.path(),
            "select round(value, 9) from evaluations where metric = 'roc_auc' and model = 'logistic_regression'",
        )
    };
    let (one, two) = (shop(400, 3), shop(400, 3));
    assert_eq!(auc(&one), auc(&two));
    let ids = |shop: &Project| value(shop.path(), "select min(customer_id) from scores");
    assert_ne!(ids(&one), ids(&two));
}

#[test]
fn what_lies_in_the_future_is_set_aside_and_one_run_works_at_a_time() {
    let mut rows = String::from("order,who,what,when,pieces,price\n");
    for day in 1..=28 {
        rows += &format!("o{day},c{},p1,2024-01-{day:02}T10:00:00Z,1,2.50\n", day % 4);
    }
    rows += "o99,c1,p1,2190-01-01T10:00:00Z,1,2.50\n";
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", &rows);
    good(shop.path(), &["run"]);
    let reason = value(shop.path(), "select reason from quarantine");
    assert_eq!(reason, "row/time-in-future");
    let held = std::fs::File::options()
        .write(true)
        .open(shop.path().join(".perennial/run.lock"))
        .unwrap();
    held.lock().unwrap();
    let said = bad(shop.path(), &["run"], 1);
    assert!(said.contains("run/busy"), "{said}");
    drop(held);
    good(shop.path(), &["run"]);
}

#[test]
fn an_empty_file_among_others_stops_nothing_and_names_of_nobody_are_told() {
    let shop = shop(60, 21);
    shop.write("data/day.csv", "");
    assert!(good(shop.path(), &["check"]).contains("is empty and adds nothing"));
    let before = bad(shop.path(), &["score", "c1"], 1);
    assert!(before.contains("run/none-yet"), "{before}");
    good(shop.path(), &["run"]);
    let read = "select rows_read from ingests where file = 'day.csv'";
    assert_eq!(value(shop.path(), read), "0");
    let orders = shop.read("data/orders.csv");
    let header = orders.lines().next().unwrap_or_default();
    let last = orders.lines().last().unwrap_or_default();
    shop.write("data/day.csv", format!("{header}\nnew-{last}\n"));
    good(shop.path(), &["run"]);
    let added = "select kept from ingests where file = 'day.csv' order by kept desc limit 1";
    assert_eq!(value(shop.path(), added), "1");
    let known = orders
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .find(|customer| !customer.is_empty())
        .unwrap_or_default();
    let scored = good(shop.path(), &["score", "--json", known, "nobody at all"]);
    assert!(
        scored.contains(&format!("\"customer\":\"{known}\"")),
        "{scored}"
    );
    assert!(
        scored.contains("no customer is called `nobody at all`"),
        "{scored}"
    );
    assert!(bad(shop.path(), &["score", "nobody at all"], 1).contains("score/customer-unknown"));
}

#[test]
fn one_line_long_after_the_others_leaves_a_report_that_says_so() {
    let shop = shop(60, 22);
    let orders = shop.read("data/orders.csv");
    let late = "late-1,c1,p1,2025-11-01T10:00:00Z,1,5.00";
    shop.write("data/orders.csv", format!("{orders}{late}\n"));
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words(good(shop.path(), &["run"]));
    assert!(said.contains("every customer had been silent"), "{said}");
    let none = "select none_because from model_versions order by 1 limit 1";
    assert_eq!(value(shop.path(), none), "nobody_active");
    let asked = words(good(
        shop.path(),
        &["run", "--set", "model.training_dates=0"],
    ));
    assert!(asked.contains("ask for no training date"), "{asked}");
}
