//! Public data, where they are there: the facts that a correct reader finds.

use perennial_testkit::Project;
use perennial_testkit::data_file;

use crate::shop::{good, query, value};

fn number(folder: &std::path::Path, sql: &str) -> f64 {
    value(folder, sql)
        .parse()
        .unwrap_or_else(|_| panic!("no number: {sql}"))
}

#[test]
fn online_retail_has_its_facts() {
    let Some(file) = data_file("online_retail/online_retail.csv.gz") else {
        return;
    };
    let folder = Project::new();
    good(
        folder.path(),
        &["init", "shop", "--from", &file.to_string_lossy()],
    );
    let shop = folder.join("shop");
    good(
        &shop,
        &["run", "--set", "lost.horizon=90d", "--as-of", "2011-12-08"],
    );
    let book = query(
        &shop,
        "select rows_read, kept, quarantined, duplicates, without_customer from ingests",
    );
    assert_eq!(book.rows[0][0], "541909");
    assert_eq!(book.rows[0][3], "5268");
    assert!((number(&shop, "select plain_total from ingests") - 9_747_747.93).abs() < 0.005);
    let column = |name: &str, what: &str| {
        number(
            &shop,
            &format!("select {what} from ingest_columns where column_name = '{name}'"),
        )
    };
    assert_eq!(column("CustomerID", "missing"), 135_080.0);
    assert_eq!(column("CustomerID", "distinct_values"), 4_372.0);
    assert_eq!(column("InvoiceNo", "distinct_values"), 25_900.0);
    assert_eq!(column("StockCode", "distinct_values"), 4_070.0);
    assert_eq!(column("Country", "distinct_values"), 38.0);
    assert_eq!(column("Description", "missing"), 1_454.0);
    // The published 114,906 takes the 1,454 missing ones for blank-edged too.
    assert_eq!(column("Description", "outer_blanks + missing"), 114_906.0);
    assert_eq!(column("Quantity", "negative"), 10_624.0);
    assert_eq!(column("Quantity", "max"), 80_995.0);
    assert_eq!(column("UnitPrice", "negative + zero"), 2_517.0);
    assert_eq!(column("UnitPrice", "negative"), 2.0);
    order_lines_have_their_facts(&shop);
    let auc = number(
        &shop,
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression'",
    );
    assert!(auc > 0.72, "{auc}");
}

fn order_lines_have_their_facts(shop: &std::path::Path) {
    let lines = |condition: &str| {
        number(
            shop,
            &format!("select coalesce(sum(copies), 0) from order_lines where {condition}"),
        )
    };
    assert_eq!(lines("true"), 541_909.0);
    assert_eq!(lines("order_id like 'C%'"), 9_288.0);
    assert_eq!(lines("quantity < 0 and order_id not like 'C%'"), 1_336.0);
    let distinct = "select count(distinct order_id) from order_lines where order_id like";
    assert_eq!(number(shop, &format!("{distinct} 'C%'")), 3_836.0);
    assert_eq!(number(shop, &format!("{distinct} 'A%'")), 3.0);
    let clean =
        "customer_id is not null and order_id not like 'C%' and quantity > 0 and unit_price > 0";
    assert_eq!(lines(clean), 397_884.0);
    assert_eq!(
        number(
            shop,
            &format!("select count(distinct customer_id) from order_lines where {clean}")
        ),
        4_338.0
    );
    assert_eq!(
        number(
            shop,
            &format!("select count(distinct order_id) from order_lines where {clean}")
        ),
        18_532.0
    );
}

#[test]
fn the_cdnow_sample_has_its_facts() {
    let Some(file) = data_file("cdnow/CDNOW_sample.txt") else {
        return;
    };
    let folder = Project::new();
    good(
        folder.path(),
        &["init", "shop", "--from", &file.to_string_lossy()],
    );
    let shop = folder.join("shop");
    good(&shop, &["run"]);
    assert_eq!(number(&shop, "select count(*) from order_lines"), 6_919.0);
    assert_eq!(
        number(&shop, "select count(distinct customer_id) from order_lines"),
        2_357.0
    );
    assert!((number(&shop, "select sum(amount) from order_lines") - 244_091.94).abs() < 0.005);
}

#[test]
fn telco_has_its_facts_and_a_model_at_the_honest_ceiling() {
    let Some(file) = data_file("telco/Telco-Customer-Churn.csv") else {
        return;
    };
    let folder = Project::new();
    good(
        folder.path(),
        &["init", "shop", "--from", &file.to_string_lossy()],
    );
    let shop = folder.join("shop");
    good(&shop, &["run"]);
    assert_eq!(number(&shop, "select count(*) from customers"), 7_043.0);
    assert_eq!(
        number(&shop, "select count(*) from customers where label = 'Yes'"),
        1_869.0
    );
    let missing = "select missing from ingest_columns where column_name = 'TotalCharges'";
    assert_eq!(number(&shop, missing), 11.0);
    let auc = number(
        &shop,
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression'",
    );
    assert!((auc - 0.8454).abs() < 0.004, "{auc}");
}

#[test]
fn clicks_without_a_header_have_their_facts_and_reach_scores() {
    let Some(file) = data_file("taobao/user_behavior.csv") else {
        return;
    };
    let folder = Project::new();
    let zone = ["--time-zone", "Asia/Shanghai"];
    let file = file.to_string_lossy();
    let init = ["init", "shop", "--from", &file];
    good(folder.path(), &[&init[..], &zone].concat());
    let shop = folder.join("shop");
    good(&shop, &["run"]);
    let count = |name: &str| {
        number(
            &shop,
            &format!("select count(*) from events where name = '{name}'"),
        )
    };
    assert_eq!(
        ["pv", "cart", "fav", "buy"].map(count),
        [75_872.0, 4_497.0, 2_356.0, 1_750.0]
    );
    assert_eq!(
        number(&shop, "select count(distinct product_id) from events"),
        55_368.0
    );
    let outside = "select count(*) from events where time < '2017-11-25T00:00:00+08:00' \
         or time >= '2017-12-04T00:00:00+08:00'";
    assert_eq!(number(&shop, outside), 35.0);
    assert!(
        number(
            &shop,
            "select count(*) from scores where churn_probability > 0"
        ) > 500.0
    );
}
