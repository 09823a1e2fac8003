//! The fold and its SQL twin: two ways to the same numbers.

use std::collections::HashMap;

use crate::shop::{good, query, shop, value};

const TWIN: &str = include_str!("../../../history/sql/order_line_features.sql");

#[test]
fn every_feature_equals_its_sql_twin() {
    let shop = shop(250, 11);
    good(shop.path(), &["run", "--until", "features"]);
    let dates = query(
        shop.path(),
        "select distinct as_of from features order by 1",
    );
    assert!(dates.rows.len() >= 4, "{dates}");
    let mut compared = 0;
    for date in dates.column("as_of") {
        let sql = TWIN
            .lines()
            .filter(|l| !l.trim_start().starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n")
            .replace("{{AS_OF}}", date)
            .replace("{{TIME_ZONE}}", "Europe/London");
        let twin = query(shop.path(), &sql);
        let fold = query(
            shop.path(),
            &format!("select * from features where as_of = '{date}'"),
        );
        compared += compare(&fold, &twin);
    }
    assert!(compared > 10_000, "only {compared} values were compared");
}

/// Compares row by row; the number of values looked at.
fn compare(fold: &perennial_testkit::Table, twin: &perennial_testkit::Table) -> usize {
    let ids = fold.column("customer_id");
    let place: HashMap<&str, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let known: Vec<&Vec<String>> = twin.rows.iter().filter(|row| !row[0].is_empty()).collect();
    assert_eq!(known.len(), ids.len(), "customers");
    let mut compared = 0;
    for (at, name) in twin.columns.iter().enumerate().skip(1) {
        let ours = fold.column(name);
        for row in &known {
            let (a, b) = (ours[place[row[0].as_str()]], row[at].as_str());
            compared += 1;
            if a == b {
                continue;
            }
            let (x, y): (f64, f64) = (a.parse().unwrap(), b.parse().unwrap());
            let near = (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0);
            assert!(near, "{name} of {}: fold {a}, sql {b}", row[0]);
        }
    }
    compared
}

#[test]
fn training_never_looks_past_the_test_date() {
    let shop = shop(250, 12);
    good(shop.path(), &["run"]);
    let test = value(
        shop.path(),
        "select min(as_of) from evaluations where split = 'later'",
    );
    assert!(!test.is_empty());
    let late = value(
        shop.path(),
        &format!(
            "select count(*) from labels where as_of < '{test}' and as_of + interval '30 days' > '{test}'"
        ),
    );
    assert_eq!(late, "0");
}
