//! Others read the lake as it stands.

use std::process::Command;

use perennial_testkit::python;

use crate::shop::{good, shop, value};

const SCRIPT: &str = r#"
import sys, duckdb, deltalake
lake = sys.argv[1]
table = deltalake.DeltaTable(lake + "/order_lines")
frame = table.to_pandas()
known = frame[frame.customer_id.notna()]
print(len(frame), frame.amount.sum(), known.customer_id.nunique())
files = table.file_uris()
print(*duckdb.sql("select count(*), sum(amount), count(distinct customer_id) from read_parquet($f)", params={"f": files}).fetchall()[0])
scores = deltalake.DeltaTable(lake + "/scores").to_pandas()
print(len(scores), scores.churn_probability.between(0, 1).all())
"#;

#[test]
fn duckdb_and_pandas_read_the_lake_as_it_stands() {
    let Some(python) = python() else { return };
    let shop = shop(200, 31);
    good(shop.path(), &["run"]);
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(shop.join(".perennial/lake"))
        .output()
        .expect("python starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    let rows = value(shop.path(), "select count(*) from order_lines");
    let amount: f64 = value(shop.path(), "select sum(amount) from order_lines")
        .parse()
        .unwrap();
    let people = value(
        shop.path(),
        "select count(distinct customer_id) from order_lines",
    );
    for line in &lines[..2] {
        assert_eq!(
            (line[0], line[2]),
            (rows.as_str(), people.as_str()),
            "{text}"
        );
        assert!(
            (line[1].parse::<f64>().unwrap() - amount).abs() < 1e-6,
            "{text}"
        );
    }
    let scored = value(shop.path(), "select count(*) from scores");
    assert_eq!(lines[2], [scored.as_str(), "True"], "{text}");
}
