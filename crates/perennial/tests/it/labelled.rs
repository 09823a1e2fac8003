//! Labelled tables: six honest rows, and a column that knows the outcome.

use perennial_testkit::Project;

use crate::shop::{bad, good, query, value};

const SIX: &str = "purchase_frequency,customer_satisfaction,purchase_amount,churn_label\n\
    1,5,50,0\n2,7,60,0\n3,6,70,1\n4,8,80,0\n5,5,90,1\n6,9,100,0\n";

#[test]
fn six_rows_say_what_six_rows_can_carry_and_score_a_seventh() {
    let folder = Project::new().file("six.csv", SIX);
    good(
        folder.path(),
        &["init", "shop", "--from", "six.csv", "--currency", "EUR"],
    );
    let shop = folder.join("shop");
    let summary = good(&shop, &["run"]);
    assert!(summary.contains('6'), "{summary}");
    let report = std::fs::read_to_string(shop.join(".perennial/reports/report-en.html")).unwrap();
    assert!(
        report.contains("6 rows"),
        "the report does not say how few rows there are"
    );
    let scored = good(
        &shop,
        &[
            "score",
            "--value",
            "purchase_frequency=4",
            "--value",
            "customer_satisfaction=7",
            "--value",
            "purchase_amount=150",
            "--json",
        ],
    );
    let at = scored
        .find("\"churn_probability\":")
        .expect("a probability")
        + 20;
    let digits: String = scored[at..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let probability: f64 = digits.parse().unwrap();
    assert!(probability > 0.05 && probability < 0.8, "{scored}");
}

pub fn table(leak: bool) -> String {
    let mut text = String::from(if leak {
        "id,visits,plan,closed_days,left\n"
    } else {
        "id,visits,plan,left\n"
    });
    for i in 0..400_u32 {
        let visits = (i * 7919) % 13;
        let plan = if (i * 31) % 3 == 0 { "basic" } else { "full" };
        let lost = (i * 48_271 % 101) < 20 + 2 * (12 - visits);
        let label = if lost { "yes" } else { "no" };
        if leak {
            let closed = if lost { 30 + i % 9 } else { i % 2 };
            text.push_str(&format!("u{i},{visits},{plan},{closed},{label}\n"));
        } else {
            text.push_str(&format!("u{i},{visits},{plan},{label}\n"));
        }
    }
    text
}

pub const SETTINGS: &str = r#"format = 1
[project]
name = "members"
currency = "EUR"
time_zone = "UTC"
[[source]]
path = "members.csv"
table = "customers"
columns = { customer_id = "id", label = "left" }
[lost]
kind = "label"
lost_when = "yes"
"#;

#[test]
fn a_column_that_leaks_the_outcome_is_found_named_and_left_out() {
    let shop = Project::new()
        .settings(SETTINGS)
        .file("members.csv", table(true));
    good(shop.path(), &["run"]);
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("closed_days"), "the leak is not named");
    let used = value(
        shop.path(),
        "select count(*) from importances where feature = 'closed_days'",
    );
    assert_eq!(used, "0");
    let auc: f64 = value(
        shop.path(),
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression'",
    )
    .parse()
    .unwrap();
    assert!(auc < 0.9, "{auc}");
}

#[test]
fn a_table_without_dates_is_judged_by_folds_and_has_no_as_of() {
    let shop = Project::new()
        .settings(SETTINGS)
        .file("members.csv", table(false));
    good(shop.path(), &["run"]);
    let splits = query(shop.path(), "select distinct split, as_of from evaluations");
    assert_eq!(splits.rows, [["cv", ""]]);
    let auc: f64 = value(
        shop.path(),
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression'",
    )
    .parse()
    .unwrap();
    assert!((0.55..0.85).contains(&auc), "{auc}");
}

#[test]
fn whoever_is_lost_already_is_scored_but_not_decided_upon() {
    let text = table(false);
    let lost = text.lines().filter(|line| line.ends_with(",yes")).count();
    let shop = Project::new().settings(SETTINGS).file("members.csv", text);
    good(shop.path(), &["run"]);
    assert_eq!(value(shop.path(), "select count(*) from scores"), "400");
    let left_out = value(
        shop.path(),
        "select count(*) from decisions where why_en like '%lost already%'",
    );
    assert_eq!(left_out, lost.to_string());
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains(&format!("{lost} more customers are left out")));
}

#[test]
fn a_label_that_never_occurs_is_an_error_that_shows_the_labels() {
    let settings = SETTINGS.replace("lost_when = \"yes\"", "lost_when = \"gone\"");
    let shop = Project::new()
        .settings(&settings)
        .file("members.csv", table(false));
    let error = bad(shop.path(), &["run"], 1);
    assert!(
        error.contains("run/label-never-lost") && error.contains("`no`"),
        "{error}"
    );
}

#[test]
fn columns_that_say_the_same_of_everybody_give_a_report_that_says_so() {
    let mut text = String::from("id,plan,visits,left\n");
    for i in 0..60 {
        text += &format!("m{i},basic,3,{}\n", ["yes", "no", "YES"][i % 3]);
    }
    let shop = Project::new().settings(SETTINGS).file("members.csv", text);
    good(shop.path(), &["run"]);
    let none = value(shop.path(), "select none_because from model_versions");
    assert_eq!(none, "no_usable_column");
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("No column says anything that differs"));
}

#[test]
fn a_table_of_identifiers_and_free_text_gives_a_report_that_says_so() {
    let mut text = String::from("id,review,left\n");
    for i in 0..120 {
        text += &format!(
            "m{i},was here {} times and {},{}\n",
            i * 7,
            i * i,
            ["yes", "no", "no"][i % 3]
        );
    }
    let shop = Project::new().settings(SETTINGS).file("members.csv", text);
    good(shop.path(), &["run"]);
    let none = value(shop.path(), "select none_because from model_versions");
    assert_eq!(none, "no_usable_column");
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("review"), "the column left out is named");
}
