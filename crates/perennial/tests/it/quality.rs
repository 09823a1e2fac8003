//! How good the data are: rules, built in and declared, each with a second opinion.

use std::path::Path;

use perennial_testkit::Project;

use crate::labelled;
use crate::shop::{SETTINGS, bad, good, query, shop, value};

/// Settings with rules behind them.
fn with_rules(rules: &str) -> String {
    format!("{SETTINGS}{rules}")
}

pub fn number(folder: &Path, sql: &str) -> f64 {
    let found = value(folder, sql);
    found
        .parse()
        .unwrap_or_else(|_| panic!("no number: {sql}: {found}"))
}

/// `checked`, `failed` and `state` of a rule, as the newest measurement has them.
pub fn found(folder: &Path, rule: &str) -> Vec<String> {
    let sql =
        format!("select checked, failed, state from quality where rule = '{rule}' and is_newest");
    query(folder, &sql)
        .rows
        .first()
        .cloned()
        .unwrap_or_default()
}

const RULES: &str = r#"
[[rule]]
name = "sane prices"
table = "order_lines"
column = "unit_price"
check = "range"
min = 5
max = 30
may_fail = 0.5
[[rule]]
table = "order_lines"
column = "product_id"
check = "pattern"
pattern = "^p0[0-4]"
severity = "note"
[[rule]]
table = "order_lines"
column = "product_id"
check = "set"
values = ["p001", "p002"]
[[rule]]
table = "order_lines"
column = "product_id"
check = "type"
of_type = "number"
[[rule]]
table = "order_lines"
column = "order_id"
check = "unique"
[[rule]]
name = "known orders"
table = "order_lines"
column = "return_of"
check = "reference"
refers_to = "order_lines.order_id"
[[rule]]
name = "whole amounts"
table = "order_lines"
check = "condition"
condition = "amount = quantity * unit_price and quantity > 0"
[[rule]]
table = "order_lines"
check = "freshness"
within = "10d"
[[rule]]
table = "order_lines"
column = "customer_id"
check = "required"
may_fail = 0.01
"#;

#[test]
fn declared_rules_count_what_sql_counts() {
    let shop = shop(80, 31).settings(&with_rules(RULES));
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    let all = number(path, "select count(*) from order_lines");
    let count = |condition: &str| {
        number(
            path,
            &format!("select count(*) from order_lines where {condition}"),
        )
    };
    let expected = [
        (
            "sane prices",
            all,
            count("unit_price < 5 or unit_price > 30"),
        ),
        (
            "pattern product_id",
            all,
            count(
                "not starts_with(product_id, 'p00') and not starts_with(product_id, 'p01') and not starts_with(product_id, 'p02') and not starts_with(product_id, 'p03') and not starts_with(product_id, 'p04')",
            ),
        ),
        (
            "set product_id",
            all,
            count("product_id <> 'p001' and product_id <> 'p002'"),
        ),
        ("type product_id", all, all),
        (
            "unique order_id",
            all,
            all - number(path, "select count(distinct order_id) from order_lines"),
        ),
        ("known orders", 0.0, 0.0),
        (
            "whole amounts",
            all,
            count("quantity <= 0 or amount <> quantity * unit_price"),
        ),
        ("required customer_id", all, count("customer_id is null")),
    ];
    for (rule, checked, failed) in expected {
        let row = found(path, rule);
        let numbers = [&row[0], &row[1]].map(|n| n.parse::<f64>().unwrap());
        assert_eq!(numbers, [checked, failed], "{rule}");
    }
    assert!(count("unit_price > 30") + count("unit_price < 5") > 0.0);
    assert_eq!(found(path, "sane prices")[2], "passed");
    assert_eq!(found(path, "known orders")[2], "empty");
    let share = count("customer_id is null") / all;
    assert!(share > 0.0);
    let state = if share > 0.01 { "failed" } else { "passed" };
    assert_eq!(found(path, "required customer_id")[2], state);
    // Lines of 2024 are not ten days old; they are where the as-of moment is near.
    assert_eq!(found(path, "freshness order_lines")[1..], ["1", "failed"]);
    good(
        path,
        &["run", "--until", "quality", "--as-of", "2024-12-31"],
    );
    assert_eq!(found(path, "freshness order_lines")[1..], ["0", "passed"]);
}

#[test]
fn the_score_is_the_weighted_mean_of_its_rules() {
    let shop = shop(60, 32).settings(&with_rules(RULES));
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    let answer: serde_json::Value =
        serde_json::from_str(&good(path, &["quality", "--json"])).unwrap();
    let weight = "case severity when 'note' then 1 when 'warning' then 2 else 4 end";
    let expected = number(
        path,
        &format!(
            "select sum(score * {weight}) / sum({weight}) from quality where score is not null and is_newest"
        ),
    );
    let score = answer["sources"][0]["score"].as_f64().unwrap();
    assert!((score - expected).abs() < 1e-9, "{score} {expected}");
    assert!(score > 20.0 && score < 99.0, "{score}");
    let text = good(path, &["quality"]);
    assert!(
        text.contains("data/*.csv") && text.contains("set product_id"),
        "{text}"
    );
    let error = bad(path, &["quality", "--source", "data/*.cvs"], 1);
    assert!(error.contains("did you mean `data/*.csv`?"), "{error}");
}

#[test]
fn a_critical_rule_stops_the_run_and_its_correction_lets_it_pass() {
    let rule = "[[rule]]\nname = \"known goods\"\ntable = \"order_lines\"\ncolumn = \"product_id\"\ncheck = \"pattern\"\npattern = \"^p[0-9]+$\"\nseverity = \"critical\"\n";
    let shop = shop(70, 33).settings(&with_rules(rule));
    let path = shop.path();
    let whole = shop.read("data/orders.csv");
    let broken = whole.clone() + "s1,c0001,secret-7,2024-06-05T10:00:00Z,1,9.00\n";
    shop.write("data/orders.csv", &broken);
    let records = broken.lines().count() - 1;
    let error = bad(path, &["run"], 3);
    assert!(
        error.contains("quality/critical") && error.contains("known goods"),
        "{error}"
    );
    assert!(
        error.contains("fails in 1 of ") && error.contains("rows, and may in 0"),
        "{error}"
    );
    assert!(
        error.contains(&format!("orders.csv` record {records}")),
        "{error}"
    );
    assert!(
        error.contains("hint") && !error.contains("secret-7"),
        "{error}"
    );
    // What was read is kept, though no run is finished, and nothing is done twice.
    let quality: serde_json::Value =
        serde_json::from_str(&good(path, &["quality", "--json"])).unwrap();
    assert!(quality["stopped"].as_str().unwrap().contains("known goods"));
    let again = bad(path, &["run", "--json"], 3);
    assert!(again.contains("quality/critical"), "{again}");
    let book = query(
        path,
        "select rows_read, kept, quarantined, duplicates from ingests",
    );
    let book: Vec<u64> = book
        .rows
        .concat()
        .iter()
        .map(|n| n.parse().unwrap())
        .collect();
    assert_eq!(book[0] as usize, records);
    assert_eq!(book[0], book[1] + book[2] + book[3]);
    // Another severity lets it pass, without reading anything again.
    let milder = with_rules(&rule.replace("critical", "warning"));
    shop.write("perennial.toml", &milder);
    let done = good(path, &["run", "--json"]);
    assert!(done.contains("\"reused\":[\"ingest\"]"), "{done}");
    // So does the corrected file.
    shop.write("perennial.toml", with_rules(rule));
    bad(path, &["run"], 3);
    // What is shown is what was measured under the rules as they stand.
    let text = good(path, &["quality", "--json"]);
    assert!(text.contains("\"stopped\""), "{text}");
    shop.write("data/orders.csv", &whole);
    good(path, &["run"]);
    assert_eq!(found(path, "known goods")[1..], ["0", "passed"]);
    assert_eq!(number(path, "select count(*) from scores") as usize, 70);
}

#[test]
fn what_is_wrong_with_a_rule_is_said_with_the_nearest_name() {
    let error = |rule: &str| {
        let shop = shop(20, 34).settings(&with_rules(rule));
        bad(shop.path(), &["check"], 1)
    };
    let slip = error(
        "[[rule]]\ntable = \"order_lines\"\ncolumn = \"amount\"\ncheck = \"range\"\nmin = 0\nmay_fial = 0.1\n",
    );
    assert!(slip.contains("did you mean `may_fail`?"), "{slip}");
    let column =
        error("[[rule]]\ntable = \"order_lines\"\ncolumn = \"ammount\"\ncheck = \"required\"\n");
    assert!(column.contains("did you mean `amount`?"), "{column}");
    let check =
        error("[[rule]]\ntable = \"order_lines\"\ncolumn = \"amount\"\ncheck = \"ranges\"\n");
    assert!(check.contains("did you mean `range`?"), "{check}");
    let needs = error(
        "[[rule]]\ntable = \"order_lines\"\ncolumn = \"amount\"\ncheck = \"range\"\nvalues = [1]\n",
    );
    assert!(
        needs.contains("`min` or `max`") && needs.contains("`values` has no meaning"),
        "{needs}"
    );
    let condition = error(
        "[[rule]]\ntable = \"order_lines\"\ncheck = \"condition\"\ncondition = \"1=1) or (1=1\"\n",
    );
    assert!(condition.contains("not one expression"), "{condition}");
    let told = shop(20, 34).settings(&with_rules(RULES));
    let text = good(told.path(), &["check"]);
    assert!(
        text.contains("rule `sane prices` on `order_lines`: warning, 50 % may fail"),
        "{text}"
    );
    assert!(text.contains("rules built in"), "{text}");
}

#[test]
fn a_rule_on_a_column_that_the_file_lacks_says_so_after_reading() {
    let rule = "[[rule]]\ntable = \"customers\"\ncolumn = \"vists\"\ncheck = \"required\"\n";
    let settings = format!("{}{rule}", labelled::SETTINGS);
    let shop = Project::new()
        .settings(&settings)
        .file("members.csv", labelled::table(false));
    let error = bad(shop.path(), &["run"], 1);
    assert!(
        error.contains("quality/column-unknown") && error.contains("did you mean `visits`?"),
        "{error}"
    );
    let rule = "[[rule]]\ntable = \"customers\"\ncheck = \"condition\"\ncondition = \"visits > nothing\"\n";
    shop.write("perennial.toml", format!("{}{rule}", labelled::SETTINGS));
    let error = bad(shop.path(), &["run"], 1);
    assert!(
        error.contains("quality/rule-invalid") && error.contains("visits > nothing"),
        "{error}"
    );
}

/// Lines of a shop with prices in cents from a month on, and a fee and postage.
fn odd_lines() -> String {
    let mut text = String::from("order,who,what,when,pieces,price\n");
    for n in 0..3_000_u32 {
        let (month, day) = (n / 250 + 1, n % 28 + 1);
        let product = 10_000 + n % 40;
        let euros = 2.0 + f64::from(product % 17) + f64::from(n % 5) * 0.1;
        let price = if month >= 10 { euros * 100.0 } else { euros };
        text += &format!(
            "o{n},c{},{product},2024-{month:02}-{day:02}T09:00:00Z,{},{price:.2}\n",
            n % 90,
            n % 3 + 1
        );
    }
    for n in 0..40 {
        text += &format!("f{n},c{n},CARRIAGE,2024-03-03T10:00:00Z,1,4.50\n");
    }
    text += "h1,c1,10001,2024-04-04T10:00:00Z,1,88888888.00\n";
    text
}

#[test]
fn jumps_of_a_unit_fees_and_far_amounts_are_told() {
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", odd_lines());
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    let jumps = query(
        path,
        "select failed, state, detail from quality where rule = 'unit_jump_months'",
    );
    assert_eq!(jumps.rows, [["1", "failed", "2024-10: × 100"]]);
    let prices = found(path, "price_jumps");
    // One far price among many is no jump of a product.
    assert_eq!(prices[1..], ["40", "failed"], "each product once");
    let codes = query(
        path,
        "select failed, detail from quality where rule = 'no_product_codes'",
    );
    assert_eq!(codes.rows, [["40", "CARRIAGE 40"]]);
    // What is flagged is what lies beyond the limits that are told.
    let told = value(path, "select detail from quality where rule = 'outliers'");
    let mut limits = told.split(' ').filter_map(|word| word.parse::<f64>().ok());
    let (low, high) = (limits.next().unwrap(), limits.next().unwrap());
    let beyond =
        format!("select count(*) from order_lines where amount < {low} or amount > {high}");
    assert_eq!(value(path, &beyond), found(path, "outliers")[1]);
    let flags = value(path, "select count(*) from quality_flags");
    assert_eq!(flags, found(path, "outliers")[1]);
    let far = "select value, line from quality_flags order by value desc limit 1";
    assert_eq!(query(path, far).rows, [["88888888.0", "3041"]]);
    // Flagged, and kept.
    assert_eq!(
        number(path, "select max(amount) from order_lines"),
        88_888_888.0
    );
    let text = good(path, &["quality", "--language", "zh"]);
    assert!(
        text.contains("未通过") && text.contains("unit_jump_months"),
        "{text}"
    );
}

#[test]
fn a_load_unlike_those_before_drifts_and_one_alike_does_not() {
    let day = |n: u32, price: f64, product: &str, who: bool| {
        let who = if who {
            format!("c{}", n % 70)
        } else {
            String::new()
        };
        let time = format!(
            "2024-{:02}-{:02}T{:02}:00:00Z",
            n / 28 % 12 + 1,
            n % 28 + 1,
            n % 20
        );
        format!(
            "{product}{n},{who},{product}{},{time},1,{price:.2}\n",
            n % 12
        )
    };
    let header = "order,who,what,when,pieces,price\n";
    let price = |n: u32| 3.0 + f64::from(n * 7 % 50);
    let file = |from: u32| -> String {
        let rows: String = (from..from + 600)
            .map(|n| day(n, price(n), "p", true))
            .collect();
        format!("{header}{rows}")
    };
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/a.csv", file(0));
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    assert!(
        query(path, "select 1 from quality where rule like 'drift%'")
            .rows
            .is_empty()
    );
    shop.write("data/b.csv", file(1_000));
    good(path, &["run", "--until", "quality"]);
    let drift = "select column_name from quality where rule like 'drift%' and is_newest";
    assert!(query(path, drift).rows.len() >= 5);
    let failing = format!("{drift} and state = 'failed' order by 1");
    assert_eq!(query(path, &failing).rows, Vec::<Vec<String>>::new());
    // The third load has other products, other prices, and half of its rows nobody.
    let rows: String = (2_000..2_600)
        .map(|n| day(n, price(n) * 4.0, "q", n % 2 == 0))
        .collect();
    shop.write("data/c.csv", format!("{header}{rows}"));
    good(path, &["run", "--until", "quality"]);
    let columns = query(path, &failing).rows.concat();
    assert_eq!(columns, ["amount", "customer_id", "product_id"]);
    // The index of the amounts by hand: tenths of the 1,200 before.
    let psi = number(
        path,
        "select value from quality where rule = 'drift' and column_name = 'amount' and is_newest",
    );
    assert!(
        (psi - psi_by_hand(path)).abs() < 0.12,
        "{psi} {}",
        psi_by_hand(path)
    );
    let history: serde_json::Value =
        serde_json::from_str(&good(path, &["quality", "--history", "--json"])).unwrap();
    let scores = history["history"].as_array().unwrap();
    assert_eq!(scores.len(), 3);
    let score = |at: usize| scores[at]["sources"][0]["score"].as_f64().unwrap();
    assert!(score(2) < score(1) - 5.0, "{history}");
    let text = good(path, &["quality", "--history"]);
    assert!(text.contains('█') || text.contains('▇'), "{text}");
}

/// The population stability index of the amounts of the last file against the
/// others, over tenths cut by SQL.
fn psi_by_hand(path: &Path) -> f64 {
    let tiles = "select ntile(10) over (order by amount) as t, amount from order_lines where order_id like 'p%'";
    let cuts = query(
        path,
        &format!("select t, max(amount) from ({tiles}) as x group by t order by t"),
    );
    let cuts: Vec<f64> = cuts.rows[..9]
        .iter()
        .map(|row| row[1].parse().unwrap())
        .collect();
    let counts = |like: &str| {
        let rows = query(
            path,
            &format!("select amount from order_lines where order_id like '{like}'"),
        )
        .rows;
        let mut counts = vec![0.5; 10];
        for row in &rows {
            let amount: f64 = row[0].parse().unwrap();
            counts[cuts.partition_point(|cut| *cut < amount)] += 1.0;
        }
        let total: f64 = counts.iter().sum();
        counts.into_iter().map(|n| n / total).collect::<Vec<f64>>()
    };
    let pairs = counts("q%").into_iter().zip(counts("p%"));
    pairs.map(|(p, q)| (p - q) * (p / q).ln()).sum()
}

#[test]
fn returns_name_the_newest_purchase_with_enough_left() {
    let text = "order,who,what,when,pieces,price\n\
        a,c1,p1,2024-01-01T10:00:00Z,5,2.00\n\
        b,c1,p1,2024-01-05T10:00:00Z,2,2.00\n\
        r1,c1,p1,2024-01-09T10:00:00Z,-2,2.00\n\
        r2,c1,p1,2024-01-10T10:00:00Z,-3,2.00\n\
        r3,c1,p1,2024-01-11T10:00:00Z,-3,2.00\n\
        r4,c2,p1,2024-01-11T10:00:00Z,-1,2.00\n";
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", text);
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    let rows = query(
        path,
        "select order_id, return_of, line, purchase_line, cast(quantity as int) as n, days_between from returns order by line",
    );
    assert_eq!(
        rows.rows,
        [
            ["r1", "b", "3", "2", "2", "4.0"],
            ["r2", "a", "4", "1", "3", "9.0"],
        ]
    );
    assert_eq!(found(path, "returns_linked"), ["4", "2", "told"]);
}

#[test]
fn labelled_customers_and_events_have_rules_of_their_own() {
    let mut text = labelled::table(false);
    text += "far,88888888,basic,no\nnone,,basic,no\n";
    let shop = Project::new()
        .settings(labelled::SETTINGS)
        .file("members.csv", &text);
    let path = shop.path();
    good(path, &["run", "--until", "quality"]);
    let rules = "select rule, column_name, checked, failed from quality where column_name = 'visits' order by 1";
    let rows = query(path, rules).rows;
    assert_eq!(rows[0], ["completeness", "visits", "402", "1"]);
    let sizes = value(path, "select count(*) from customers where visits > 0");
    assert_eq!(rows[1], ["outliers", "visits", sizes.as_str(), "1"]);
    let flag = "select column_name, value, line from quality_flags";
    assert_eq!(query(path, flag).rows, [["visits", "88888888.0", "0"]]);

    let settings = "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"log.csv\"\ntable = \"events\"\n\
        columns = { customer_id = \"who\", time = \"at\", name = \"what\", message_id = \"id\" }\n[lost]\nkind = \"no_event\"\n";
    let mut text = String::from("id,who,what,at\n");
    for n in 0..120 {
        text += &format!("m{n},u{},seen,2024-02-{:02}T10:00:00Z\n", n % 9, n % 28 + 1);
    }
    text += "m5,u3,bought,2024-02-20T10:00:00Z\n";
    let log = Project::new().settings(settings).file("log.csv", text);
    good(log.path(), &["run", "--until", "quality"]);
    assert_eq!(found(log.path(), "unique_key"), ["121", "1", "failed"]);
    // Every day has a row, and 2024 is long ago.
    let late =
        "select state, value > 300, detail from quality where rule = 'freshness' and is_newest";
    let row = query(log.path(), late).rows.concat();
    assert_eq!(
        row[..2],
        ["told", "true"],
        "read once, it may be an archive"
    );
    assert!(row[2].ends_with(" d; ≤ 1 d"), "{row:?}");
    // A source that brought rows before and then falls silent is late.
    let more = "m900,u3,seen,2024-03-01T10:00:00Z\n";
    log.write("log.csv", log.read("log.csv") + more);
    good(log.path(), &["run", "--until", "quality"]);
    assert_eq!(query(log.path(), late).rows.concat()[0], "failed");
}
