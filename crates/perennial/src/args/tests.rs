//! The command line as people write it.

use super::*;

fn words(line: &str) -> Vec<OsString> {
    std::iter::once("perennial")
        .chain(line.split_whitespace())
        .map(OsString::from)
        .collect()
}

fn parse(line: &str) -> Cli {
    read_from(words(line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn refused(line: &str) -> String {
    let error = read_from(words(line)).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}");
    error.to_string()
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn global_flags_stand_before_and_after_the_command() {
    for line in [
        "-C shop --json --language zh -q check",
        "check -C shop --json --language zh -q",
    ] {
        let global = parse(line).global;
        assert_eq!(
            global.directory.as_deref(),
            Some(std::path::Path::new("shop"))
        );
        assert!(global.json && global.quiet);
        assert_eq!(global.language, Some(LanguageArg::Zh));
    }
}

#[test]
fn numbers_may_have_underscores() {
    let Command::Simulate(simulate) = parse("simulate --customers 1_000_000 --out x").command
    else {
        panic!()
    };
    assert_eq!(
        (
            simulate.customers,
            simulate.days,
            simulate.seed,
            simulate.files
        ),
        (1_000_000, 730, 1, 1)
    );
    assert_eq!(count("1_000_000"), Ok(1_000_000));
    for wrong in [
        "",
        "_",
        "_1",
        "-1",
        "1.5",
        "1e6",
        "ten",
        "99999999999999999999",
    ] {
        assert!(count(wrong).is_err(), "{wrong}");
    }
    assert!(refused("simulate --customers ten --out x").contains("1_000_000"));
}

#[test]
fn a_score_is_of_customers_a_file_or_values() {
    let Command::Score(score) =
        parse("score --value purchase_frequency=4 --value purchase_amount=150").command
    else {
        panic!()
    };
    assert_eq!(
        score.values[1],
        Pair {
            key: "purchase_amount".to_owned(),
            value: "150".to_owned()
        }
    );
    let Command::Score(score) = parse("score 17850 13047").command else {
        panic!()
    };
    assert_eq!(score.customers, ["17850", "13047"]);
    refused("score");
    refused("score 17850 --from new.csv");
    refused("score --value tenure");
}

#[test]
fn overrides_and_templates_are_read() {
    let cli = parse("run --set value.margin=0.4 --set offer.voucher.name=a=b --until features");
    assert_eq!(
        cli.global.overrides[1],
        Pair {
            key: "offer.voucher.name".to_owned(),
            value: "a=b".to_owned()
        }
    );
    let Command::Init(init) = parse("init shop --template e-commerce").command else {
        panic!()
    };
    assert_eq!(init.template, Some(TemplateArg::ECommerce));
    refused("init --template e-commerce --from x.csv");
    assert!(refused("reprot").contains("report"));
}

#[test]
fn moments_are_days_local_times_or_points_in_time() {
    let london = TimeZoneFor::london();
    let resolve = |text: &str| as_of(text).unwrap().resolve(&london).unwrap().to_string();
    // British summer time is an hour ahead.
    assert_eq!(resolve("2025-06-30"), "2025-06-29T23:00:00Z");
    assert_eq!(resolve("2011-12-08"), "2011-12-08T00:00:00Z");
    assert_eq!(resolve("2025-06-30T18:00"), "2025-06-30T17:00:00Z");
    assert_eq!(resolve("2025-06-30 18:00:30"), "2025-06-30T17:00:30Z");
    assert_eq!(resolve("2025-06-30T18:00Z"), "2025-06-30T18:00:00Z");
    assert_eq!(resolve("2025-06-30T18:00+02:00"), "2025-06-30T16:00:00Z");
    for wrong in [
        "",
        "yesterday",
        "2025-02-30",
        "30/06/2025",
        "2025-06",
        "2025-06-30T25:00",
    ] {
        assert!(as_of(wrong).is_err(), "{wrong}");
    }
    // Where midnight is skipped, a day begins when its first moment comes.
    let beirut = jiff::tz::TimeZone::get("Asia/Beirut").unwrap();
    assert_eq!(
        as_of("2024-03-31")
            .unwrap()
            .resolve(&beirut)
            .unwrap()
            .to_string(),
        "2024-03-30T22:00:00Z"
    );
}

struct TimeZoneFor;

impl TimeZoneFor {
    fn london() -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get("Europe/London").unwrap()
    }
}

#[test]
fn every_listed_command_has_examples() {
    for command in Cli::command()
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        let help = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            help.contains(&format!("perennial {}", command.get_name())),
            "{}",
            command.get_name()
        );
    }
}

#[test]
fn every_example_is_read() {
    let all = [
        values::FIRST_STEPS,
        values::DEMO,
        values::INIT,
        values::CHECK,
        values::RUN,
        values::QUERY,
        values::REPORT,
        values::MODEL,
        values::SCORE,
        values::SIMULATE,
        values::LICENSES,
    ];
    for line in all
        .iter()
        .flat_map(|help| help.lines())
        .filter_map(|line| line.trim().strip_prefix("perennial "))
    {
        // What the shell would take away: comments set apart, quotes, redirections.
        let line = line.split("      ").next().unwrap_or_default();
        let line = line
            .split([' '])
            .take_while(|word| !matches!(*word, "|" | ">" | "<"))
            .collect::<Vec<_>>()
            .join(" ");
        let mut quoted = line.split('"');
        let mut words = vec![OsString::from("perennial")];
        while let Some(plain) = quoted.next() {
            words.extend(plain.split_whitespace().map(OsString::from));
            words.extend(quoted.next().map(OsString::from));
        }
        if let Err(error) = read_from(words) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn lineage_is_of_a_customer_or_of_a_table() {
    let Command::Lineage(lineage) = parse("lineage 17850 --score").command else {
        panic!()
    };
    assert_eq!(lineage.customer.as_deref(), Some("17850"));
    assert!(lineage.score && !lineage.decision);
    let Command::Lineage(lineage) = parse("lineage --table scores").command else {
        panic!()
    };
    assert_eq!(
        (lineage.customer, lineage.table.as_deref()),
        (None, Some("scores"))
    );
    for wrong in [
        "lineage",
        "lineage 17850 --table scores",
        "lineage 17850 --score --decision",
        "lineage --table scores --score",
    ] {
        refused(wrong);
    }
    let Command::Catalogue(catalogue) = parse("catalogue").command else {
        panic!()
    };
    assert_eq!(catalogue.table, None);
}
