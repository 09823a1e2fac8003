//! Settings as a person writes them, and what they are told when they slip.

use std::path::Path;

use super::*;

mod slips;

const PURCHASES: &str = r#"format = 1
[project]
name = "my-shop"
currency = "GBP"
time_zone = "Europe/London"
language = "en"

[[source]]
path = "data/*.csv.gz"
table = "order_lines"
time_zone = "Europe/London"
columns = { order_id = "InvoiceNo", customer_id = "CustomerID", product_id = "StockCode", time = "InvoiceDate", quantity = "Quantity", unit_price = "UnitPrice" }
traits = { country = "Country" }
personal = []

[lost]
kind = "no_purchase"
horizon = "auto"

[value]
horizon = "1y"
margin = 0.30
discount_rate_per_year = 0.10

[[offer]]
name = "voucher"
cost_per_use = 10.0
assumed_effect = 0.10
effect_lasts = "90d"

[policy]
budget = 5000
hold_out = 0.05
"#;

const LABELLED: &str = r#"format = 1
project.currency = "USD"
[[source]]
path = "customers.csv"
table = "customers"
columns = { customer_id = "customerID", label = "Churn" }
[lost]
kind = "label"
lost_when = "Yes"
[value]
amount = "MonthlyCharges"
amount_per = "month"
"#;

fn load(text: &str) -> Result<Settings, Error> {
    load_with(text, &[], &[])
}

fn load_with(
    text: &str,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Settings, Error> {
    let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    Settings::parse(
        text,
        Path::new("perennial.toml"),
        own(environment).into_iter(),
        &own(flags),
    )
}

/// The problems as the terminal shows them.
fn told(error: &Error) -> String {
    let mut text = String::new();
    for problem in error.problems() {
        text.push_str(&format!("error[{}]: {}\n", problem.code, problem.message));
        text.push_str(
            &problem
                .place
                .as_ref()
                .map(|place| format!(" --> {place}\n"))
                .unwrap_or_default(),
        );
        text.push_str(
            &problem
                .hint
                .as_ref()
                .map(|hint| format!("hint: {hint}\n"))
                .unwrap_or_default(),
        );
    }
    text
}

fn slip(from: &str, to: &str) -> String {
    for text in [PURCHASES, LABELLED] {
        if text.contains(from) {
            return told(&load(&text.replacen(from, to, 1)).unwrap_err());
        }
    }
    panic!("neither example has {from}");
}

#[test]
fn the_examples_of_the_design_are_read() {
    let shop = load(PURCHASES).unwrap();
    assert_eq!(shop.project.name, "my-shop");
    assert_eq!(shop.project.currency.as_str(), "GBP");
    assert_eq!(shop.project.time_zone.as_str(), "Europe/London");
    assert_eq!(shop.sources.len(), 1);
    let source = &shop.sources[0];
    assert_eq!(source.table, Table::OrderLines);
    assert_eq!(source.columns.get(Role::UnitPrice), Some("UnitPrice"));
    assert_eq!(source.columns.get(Role::Cost), None);
    assert_eq!(source.traits["country"], "Country");
    assert_eq!(shop.lost.kind, LostKind::NoPurchase);
    assert_eq!(shop.lost.horizon, Horizon::Auto);
    assert_eq!(shop.value.horizon.as_days(), 365.0);
    assert_eq!(shop.value.margin.get(), 0.3);
    assert_eq!(shop.offers[0].effect_lasts.as_days(), 90.0);
    assert_eq!(shop.policy.budget.map(Amount::get), Some(5000.0));
    assert_eq!(shop.policy.hold_out.get(), 0.05);

    let table = load(LABELLED).unwrap();
    assert_eq!(table.lost.kind, LostKind::Label);
    assert_eq!(
        table.lost.lost_when.as_ref().map(Literal::as_str),
        Some("Yes")
    );
    assert_eq!(table.value.amount_per, Some(Per::Month));
    // Everything absent has its stated default.
    assert!(table.offers.is_empty());
    assert_eq!(table.value.horizon, Duration::years(1));
    assert_eq!(table.policy.budget, None);
    assert_eq!(table.project.language, Language::English);
    assert_eq!(table.zone_of(&table.sources[0]).as_str(), "UTC");
    assert_eq!(table.limits.memory.get(), 512_000_000);
    assert_eq!(table.limits.threads, None);
}

#[test]
fn labels_may_be_numbers() {
    let table = load(&LABELLED.replace("\"Yes\"", "1")).unwrap();
    assert_eq!(
        table.lost.lost_when.as_ref().map(Literal::as_str),
        Some("1")
    );
}

#[test]
fn the_flag_wins_over_the_environment_and_that_over_the_file() {
    let environment = [
        ("PERENNIAL__VALUE__MARGIN", "0.4"),
        ("PERENNIAL__POLICY__BUDGET", "1_000"),
        ("PERENNIAL__SOURCE__0__COLUMNS__COST", "Cost"),
        ("PERENNIAL__SOURCE__0__HEADER", "true"),
        ("PERENNIAL__SOURCE__0__PERSONAL", "Name, Street"),
        ("PERENNIAL_DATA", "/elsewhere"),
        ("HOME", "/elsewhere/me"),
    ];
    let flags = [
        ("value.margin", "0.5"),
        ("offer.voucher.cost_per_use", "7.5"),
        ("limits.threads", "2"),
    ];
    let settings = load_with(PURCHASES, &environment, &flags).unwrap();
    assert_eq!(settings.value.margin.get(), 0.5);
    assert_eq!(settings.policy.budget.map(Amount::get), Some(1000.0));
    assert_eq!(settings.sources[0].columns.get(Role::Cost), Some("Cost"));
    assert_eq!(settings.sources[0].header, Some(true));
    assert_eq!(settings.sources[0].personal, ["Name", "Street"]);
    assert_eq!(settings.offers[0].cost_per_use.get(), 7.5);
    assert_eq!(settings.limits.threads.map(Count::get), Some(2));
    let only_environment = load_with(PURCHASES, &environment, &[]).unwrap();
    assert_eq!(only_environment.value.margin.get(), 0.4);
}

#[test]
fn sections_can_come_from_the_environment_alone() {
    let environment = [
        ("PERENNIAL__PROJECT__CURRENCY", "EUR"),
        ("PERENNIAL__SOURCE__0__PATH", "orders.parquet"),
        ("PERENNIAL__SOURCE__0__TABLE", "order_lines"),
        ("PERENNIAL__SOURCE__0__COLUMNS__CUSTOMER_ID", "who"),
        ("PERENNIAL__SOURCE__0__COLUMNS__TIME", "when"),
        ("PERENNIAL__SOURCE__0__COLUMNS__AMOUNT", "paid"),
    ];
    let settings = load_with("format = 1", &environment, &[]).unwrap();
    assert_eq!(settings.sources[0].columns.iter().count(), 3);
}

#[test]
fn the_hash_is_of_what_changes_a_result_and_of_nothing_else() {
    let base = load(PURCHASES).unwrap();
    let same = |text: &str| load(text).unwrap().settings_hash() == base.settings_hash();
    assert!(same(&format!("# a comment\n{PURCHASES}\n")));
    assert!(same(&PURCHASES.replace(
        "margin = 0.30\ndiscount_rate_per_year = 0.10",
        "discount_rate_per_year = 0.1\nmargin = 0.3"
    )));
    assert!(same(&format!(
        "{PURCHASES}\n[limits]\nthreads = 7\nmemory = \"1GB\"\n"
    )));
    assert!(same(&format!("{PURCHASES}seed = 1\n")));
    assert!(!same(&format!("{PURCHASES}seed = 2\n")));
    assert!(!same(&PURCHASES.replace("0.30", "0.31")));
    assert!(!same(&PURCHASES.replace("\"Country\"", "\"Region\"")));
    let flagged = load_with(PURCHASES, &[], &[("value.margin", "0.3")]).unwrap();
    assert_eq!(flagged.settings_hash(), base.settings_hash());
    // The part of a stage changes only with the sections it depends on.
    let dearer = load(&PURCHASES.replace("cost_per_use = 10.0", "cost_per_use = 11.0")).unwrap();
    let upstream = [Part::Sources, Part::Project, Part::Lost];
    assert_eq!(dearer.hash_of(&upstream), base.hash_of(&upstream));
    assert_eq!(
        base.hash_of(&[Part::Lost, Part::Project, Part::Sources, Part::Lost]),
        base.hash_of(&upstream)
    );
    assert_ne!(
        dearer.hash_of(&[Part::Offers]),
        base.hash_of(&[Part::Offers])
    );
    // Stored in ledgers: a part whose keys stay the same must keep its hash.
    assert_eq!(
        base.hash_of(&[Part::Lost]).to_hex().as_str(),
        "745032a8d2fd4a4f5690dfbc6035d74525884a425fa490508a3ff54b0d1d1f8d"
    );
}

#[test]
fn durations_have_a_unit_and_a_range() {
    let days = |text: &str| text.parse::<Duration>().map(Duration::as_days);
    assert_eq!(days("90d"), Ok(90.0));
    assert_eq!(days("1y"), Ok(365.0));
    assert_eq!(days("12h"), Ok(0.5));
    assert_eq!(days("8w"), Ok(56.0));
    assert_eq!(days(" 1_000 d "), Ok(1000.0));
    assert_eq!(
        "90d".parse::<Duration>().unwrap().as_micros(),
        90 * 86_400 * 1_000_000
    );
    assert_eq!("365d".parse::<Duration>(), Ok(Duration::years(1)));
    assert_eq!("12h".parse::<Duration>().map(Duration::days_rounded), Ok(1));
    assert_eq!("36h".parse::<Duration>().map(Duration::days_rounded), Ok(2));
    assert_eq!("35h".parse::<Duration>().map(Duration::days_rounded), Ok(1));
    for (text, error) in [
        ("90", DurationError::NoUnit("90".to_owned())),
        ("3m", DurationError::UnknownUnit("3m".to_owned())),
        ("90D", DurationError::UnknownUnit("90D".to_owned())),
        ("d", DurationError::NoNumber("d".to_owned())),
        ("", DurationError::NoNumber(String::new())),
        ("-3d", DurationError::NoNumber("-3d".to_owned())),
        ("1.5y", DurationError::NoNumber("1.5y".to_owned())),
        ("0d", DurationError::OutOfRange("0d".to_owned())),
        ("101y", DurationError::OutOfRange("101y".to_owned())),
        (
            "99999999999999999999y",
            DurationError::OutOfRange("99999999999999999999y".to_owned()),
        ),
        (
            "18446744073709551615y",
            DurationError::OutOfRange("18446744073709551615y".to_owned()),
        ),
    ] {
        assert_eq!(text.parse::<Duration>(), Err(error));
    }
}

#[test]
fn files_are_found_named_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = std::iter::empty;
    let error = Settings::load(folder.path(), nothing(), &[]).unwrap_err();
    assert_eq!(error.code(), "settings/file-missing");
    assert!(error.hint().unwrap().contains("perennial init"));

    let shop = folder.path().join("corner-shop");
    std::fs::create_dir(&shop).unwrap();
    let path = shop.join(FILE_NAME);
    std::fs::write(&path, LABELLED).unwrap();
    assert_eq!(
        Settings::load(&shop, nothing(), &[]).unwrap().project.name,
        "corner-shop"
    );

    std::fs::write(
        &path,
        [b"format = 1\n# caf".as_slice(), &[0xe9], b"\n"].concat(),
    )
    .unwrap();
    let error = Settings::load(&shop, nothing(), &[]).unwrap_err();
    assert_eq!(error.code(), "settings/file-not-text");
    assert!(
        error
            .place()
            .unwrap()
            .to_string()
            .ends_with("perennial.toml:2:6")
    );

    std::fs::write(&path, vec![b'#'; 1_000_001]).unwrap();
    assert_eq!(
        Settings::load(&shop, nothing(), &[]).unwrap_err().code(),
        "settings/file-too-large"
    );

    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(
        Settings::load(&shop, nothing(), &[]).unwrap_err().code(),
        "settings/file-unreadable"
    );
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let text = format!(
        "format = 1\nx = {}{}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(load(&text).unwrap_err().code(), "settings/syntax");
}

#[test]
fn the_reference_has_every_key_of_both_examples() {
    let page = markdown();
    for key in [
        "cost_per_use",
        "lost_when",
        "amount_per",
        "hold_out",
        "query_memory",
        "discount_rate_per_year",
    ] {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
    }
    assert!(
        keys()
            .iter()
            .all(|key| key.meaning.ends_with('.') && !key.meaning.contains('\n'))
    );
    insta::assert_snapshot!(page.lines().take(14).collect::<Vec<_>>().join("\n"), @r#"
    ## At the top

    | key | what may be written | without it | meaning |
    | --- | --- | --- | --- |
    | `format` | the number `1` | an error | The format of the settings file; a newer one is refused. |

    ## `[project]`

    | key | what may be written | without it | meaning |
    | --- | --- | --- | --- |
    | `name` | a text | the folder's name | The name that reports carry. |
    | `currency` | the three letters of a currency, as in `"EUR"` | an error | The currency of every amount, as three letters. |
    | `time_zone` | a time zone, as in `"Europe/London"` | "UTC" | The time zone of the business's calendar: where its days begin. |
    | `language` | `"en"`, `"zh"` | "en" | The language of reports and reasons. |
    "#);
}
