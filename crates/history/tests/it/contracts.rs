//! Feature rows of subscriptions against numbers worked by hand, and rows that are bad or tell the same.

use crate::contract_table::{Contracts, Row, moment, plans};
use crate::table::{Random, calendar};
use perennial_history::{
    AsOf, Coverage, DAY_US, EventFold, EventNames, FeatureFold, FeatureRows, Fold, GathersRows,
    NO_MOMENT, NO_PRICE, OTHER_NAME, PlanNames, SubscriptionFold, Subscriptions, first_start,
    is_covered, open_price, subscription_features,
};

/// Names of the plans that most tests tell apart.
pub const PLANS: &str = "basic gold";

fn fold(plans: &PlanNames, cuts: &[i64], grace_days: i64) -> SubscriptionFold {
    let cuts = cuts.iter().map(|&cut| AsOf(cut)).collect();
    let grace_us = grace_days * DAY_US;
    SubscriptionFold::new(
        calendar("Europe/London"),
        plans.clone(),
        cuts,
        None,
        grace_us,
    )
}

fn rows(rows: &str, cuts: &[&str], grace_days: i64) -> FeatureRows {
    let plans = plans(PLANS);
    let cuts: Vec<i64> = cuts.iter().map(|cut| moment(cut)).collect();
    let mut fold = fold(&plans, &cuts, grace_days);
    fold.fold(&Contracts::parse(&plans, rows).of(1));
    fold.take_rows()
}

/// The row at a cut must hold `name value` pairs, one a line, `-` for missing.
fn check(contracts: &str, as_of: &str, grace_days: i64, expect: &str) {
    let rows = rows(contracts, &[as_of], grace_days);
    assert_eq!(rows.len(), 1, "one row");
    let specs = subscription_features(&plans(PLANS));
    assert_eq!(specs.len(), rows.columns.len());
    for pair in expect.lines().filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair.trim().split_once(' ').unwrap();
        let found = rows
            .column(&specs, name)
            .unwrap_or_else(|| panic!("no feature {name}"))[0];
        if value.trim() == "-" {
            assert!(found.is_nan(), "{name}: {found} should be missing");
        } else {
            let wanted: f64 = value.trim().parse().unwrap();
            assert!(
                (found - wanted).abs() < 1e-9,
                "{name}: {found}, not {wanted}"
            );
        }
    }
}

/// A year of basic, renewed on the day as gold; left, back after 61 days; an extra line beside it.
const FOUR: &str = "
    2021-01-01 2022-01-01 2022-01-01 10    basic a
    2022-01-01 2023-01-01 2023-01-01 12.50 gold  b
    2023-03-03 -          2024-03-02 12.50 gold  c
    2023-04-12 -          -          4     extra d
";

#[test]
fn a_whole_row_by_hand() {
    // 2021-01-01 to 2023-06-11 are 891 days. Covered: 730 (two years), then from 3 March 100. Before the
    // extra line began gold was open at 12.50; now it is 16.50. The nearest due moment is gold's.
    check(
        FOUR,
        "2023-06-11",
        30,
        "
        tenure_days         891
        days_since_start    60
        open_subscriptions  2
        subscriptions_total 4
        ended_total         2
        days_since_end      161
        days_left           265
        term_days           365
        price               16.5
        price_change        1.32
        renewals_total      2
        returns_total       1
        plan_changes        2
        covered_share       0.931537598204
        longest_days        730
        coverage_days       100
        started_90d         1
        ended_90d           0
        basic_open          0
        gold_open           1
        ",
    );
}

#[test]
fn a_longer_grace_bridges_the_pause() {
    // 61 days from 2023-01-01 to 2023-03-03: bridged, but not covered.
    check(
        FOUR,
        "2023-06-11",
        61,
        "
        renewals_total 3
        returns_total  0
        plan_changes   2
        covered_share  0.931537598204
        longest_days   891
        coverage_days  891
        ",
    );
    check(FOUR, "2023-06-11", 60, "renewals_total 2\nreturns_total 1");
}

#[test]
fn one_who_has_left_has_a_row_too() {
    check(
        "2021-01-01 2021-02-01 2022-01-01 10 basic a",
        "2021-03-03",
        30,
        "
        tenure_days         61
        days_since_start    61
        open_subscriptions  0
        subscriptions_total 1
        ended_total         1
        days_since_end      30
        days_left           -
        term_days           -
        price               -
        price_change        -
        renewals_total      0
        returns_total       0
        plan_changes        0
        covered_share       0.508196721311
        longest_days        31
        coverage_days       -
        started_90d         1
        ended_90d           1
        basic_open          0
        gold_open           0
        ",
    );
}

#[test]
fn an_end_at_the_cut_is_not_known_yet() {
    let one = "2021-01-01 2021-02-01 2021-02-01 10 gold a";
    check(
        one,
        "2021-02-01",
        0,
        "open_subscriptions 1\nended_total 0\ndays_since_end -\ndays_left 0\ngold_open 1\nprice 10",
    );
    check(
        one,
        "2021-02-01T00:00:00.000001Z",
        0,
        "open_subscriptions 0\nended_total 1\ndays_since_end 0.00000000001\ngold_open 0\nprice -",
    );
    // Nobody has a row before the first start, nor at it.
    let cuts = ["2020-12-31", "2021-01-01", "2021-01-01T00:00:00.000001Z"];
    assert_eq!(rows(one, &cuts, 0).as_of, [moment(cuts[2])]);
}

#[test]
fn overdue_is_less_than_no_days_left() {
    check(
        "2021-01-01 - 2021-02-01 - basic a",
        "2021-02-11",
        0,
        "days_left -10\nterm_days 31\nprice -\nopen_subscriptions 1",
    );
    // The nearest is the one overdue; of two due at once the longer term.
    check(
        "
        2020-01-01 - 2021-02-01 1 basic a
        2021-01-01 - 2021-02-01 1 basic b
        2021-01-01 - 2021-03-01 1 basic c
        ",
        "2021-01-22",
        0,
        "days_left 10\nterm_days 397",
    );
}

#[test]
fn the_price_is_compared_with_what_was_open_before_the_latest_start() {
    let change = |rows: &str, wanted: &str| {
        check(rows, "2021-06-01", 10, &format!("price_change {wanted}"));
    };
    change(
        "2021-01-01 2021-02-01 - 10 gold a\n2021-02-01 - - 9 gold b",
        "0.9",
    );
    // A pause within the grace: against what was open last.
    change(
        "2021-01-01 2021-02-01 - 10 gold a\n2021-02-11 - - 9 gold b",
        "0.9",
    );
    // After a return there is nothing to compare with.
    change(
        "2021-01-01 2021-02-01 - 10 gold a\n2021-02-12 - - 9 gold b",
        "-",
    );
    // The price before is not known; it was nothing (a trial); the one now is not known.
    change(
        "2021-01-01 2021-02-01 - - gold a\n2021-02-01 - - 9 gold b",
        "-",
    );
    change(
        "2021-01-01 2021-02-01 - 0 gold a\n2021-02-01 - - 9 gold b",
        "-",
    );
    change(
        "2021-01-01 2021-02-01 - 10 gold a\n2021-02-01 - - - gold b",
        "-",
    );
    // One of two lines was given up after the latest start: 30 before (10 + 20), 10 + 5 now.
    change(
        "
        2021-01-01 -          - 10 gold a
        2021-01-01 2021-05-01 - 20 gold b
        2021-03-01 -          - 5  gold c
        ",
        "0.5",
    );
}

#[test]
fn rows_that_tell_of_one_subscription_count_once() {
    // A daily export: open, then with its end, which was moved; the due moment and the price came later.
    let told_four_times = "
        2021-01-01 -          -          -  basic a
        2021-01-01 2021-03-01 2021-02-01 10 basic a
        2021-01-01 2021-04-01 -          8  basic a
        2021-01-01 -          2021-05-01 -  basic a
    ";
    check(
        told_four_times,
        "2021-04-01",
        0,
        "
        subscriptions_total 1
        open_subscriptions  1
        price               10
        term_days           120
        basic_open          1
        ",
    );
    check(
        told_four_times,
        "2021-04-02",
        0,
        "open_subscriptions 0\ndays_since_end 1",
    );
    // Without an id the plan tells them apart, and another start is always another one.
    check(
        "
        2021-01-01 -          - 1 basic -
        2021-01-01 2021-02-01 - 1 basic -
        2021-01-01 -          - 2 gold  -
        2021-01-01 -          - 4 gold  x
        2021-02-01 -          - 8 gold  x
        ",
        "2021-03-01",
        0,
        "subscriptions_total 4\nopen_subscriptions 3\nprice 14\nrenewals_total 1\ngold_open 3",
    );
}

#[test]
fn what_never_ran_counts_for_nothing() {
    // Called off before it began, at its start, and by a later row.
    let called_off = "
        2021-01-01 2020-12-01 -          9 gold a
        2021-01-02 2021-01-02 -          9 gold b
        2021-01-03 -          2022-01-01 9 gold c
        2021-01-03 2021-01-03 -          9 gold c
    ";
    assert!(rows(called_off, &["2021-02-01"], 0).is_empty());
    let beside = format!("{called_off}2021-01-04 - 2021-01-04 1 basic d");
    check(
        &beside,
        "2021-02-01",
        0,
        "
        subscriptions_total 1
        tenure_days         28
        returns_total       0
        price               1
        days_left           -
        plan_changes        0
        ",
    );
    assert!(rows("", &["2021-02-01"], 0).is_empty());
}

#[test]
fn starts_at_one_moment_are_one_start_and_plans_are_compared_with_what_was_open() {
    check(
        "
        2021-01-01 2021-07-01 - 1 basic a
        2021-01-01 -          - 1 other b
        2021-02-01 -          - 1 more  c
        2021-03-01 -          - 1 gold  d
        2021-03-01 -          - 1 basic e
        2021-07-01 2021-08-01 - 1 basic f
        ",
        "2021-12-01",
        0,
        "subscriptions_total 6\nrenewals_total 3\nreturns_total 0\nplan_changes 1",
    );
}

#[test]
fn extreme_moments_and_prices_do_not_overflow() {
    let plans = plans(PLANS);
    let moments = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    let mut rows: Vec<Row> = Vec::new();
    for start in moments {
        for end in moments {
            for (due, price) in [
                (i64::MIN, i64::MAX),
                (i64::MAX, i64::MIN + 1),
                (0, NO_PRICE),
            ] {
                rows.push((start, end, due, price, OTHER_NAME, rows.len() as u64));
            }
        }
    }
    let contracts = Contracts::of_rows(&plans, &rows);
    let cuts = moments.map(AsOf).to_vec();
    let mut fold = SubscriptionFold::new(
        calendar("Asia/Shanghai"),
        plans.clone(),
        cuts,
        Some(i64::MAX),
        i64::MAX,
    )
    .known_until(i64::MAX);
    fold.fold(&contracts.of(1));
    let found = fold.take_rows();
    // All but the first cut have something before them.
    assert_eq!(found.as_of, moments[1..]);
    assert!(found.columns.iter().flatten().all(|v| !v.is_infinite()));
    assert_eq!(first_start(&contracts.of(1)), Some(i64::MIN));
    // 6 starts before the latest cut; a start at i64::MAX has no end after it.
    let specs = subscription_features(&plans);
    let total = found.column(&specs, "subscriptions_total").unwrap();
    assert_eq!(total.last(), Some(&((6 + 5 + 4 + 3 + 2 + 1) as f64 * 3.0)));
}

#[test]
fn helpers_say_what_is_open() {
    let plans = plans(PLANS);
    let four = Contracts::parse(&plans, FOUR);
    let one = four.of(1);
    assert_eq!(first_start(&one), Some(moment("2021-01-01")));
    let price = |date: &str| open_price(&one, moment(date));
    assert_eq!(price("2021-01-01"), None);
    assert_eq!(price("2021-01-02"), Some(100_000));
    // On the day of the renewal the old one is still open, the new one not yet.
    assert_eq!(price("2022-01-01"), Some(100_000));
    assert_eq!(price("2023-02-01"), None);
    assert_eq!(price("2023-06-11"), Some(165_000));
    assert!(is_covered(&one, moment("2023-01-01")));
    assert!(!is_covered(&one, moment("2023-01-02")));
    let mut coverage = Coverage::new();
    coverage.read(&one);
    assert_eq!(coverage.all().len(), 4);
    assert_eq!(coverage.all()[3].due_us, NO_MOMENT);
    coverage.read(&Contracts::of_rows(&plans, &[]).of(2));
    assert_eq!((coverage.all().len(), coverage.first_start_us()), (0, None));
    assert!(first_start(&Subscriptions { id: &[], ..one }).is_none());
}

/// One driver for any fold that gathers rows.
fn drive<H, F: Fold<H> + GathersRows>(mut fold: F, history: &H) -> (usize, usize, usize) {
    fold.fold(history);
    let first = fold.row_count();
    let read = fold.rows().len();
    GathersRows::clear(&mut fold);
    assert_eq!(GathersRows::row_count(&fold), 0);
    fold.fold(history);
    fold.fold(history);
    (first, read, GathersRows::take_rows(&mut fold).len())
}

#[test]
fn every_fold_of_rows_can_be_driven_alike() {
    let contracts = Contracts::parse(&plans(PLANS), FOUR);
    let cuts = [moment("2022-01-01"), moment("2023-01-01")];
    let fold = fold(&plans(PLANS), &cuts, 0);
    assert_eq!(drive(fold, &contracts.of(1)), (2, 2, 4));
    let as_of = || cuts.map(AsOf).to_vec();
    let lines = crate::table::Lines::parse("2021-01-01T00:00Z A p1 1 1");
    let of_lines = FeatureFold::new(calendar("UTC"), as_of(), None);
    assert_eq!(drive(of_lines, &lines.of(1)), (2, 2, 4));
    let names = EventNames::new(Vec::new(), &[]);
    let clicks = crate::event_table::Clicks::parse(&names, "2022-06-01T00:00Z - -");
    let of_events = EventFold::new(calendar("UTC"), names.clone(), as_of(), None);
    assert_eq!(drive(of_events, &clicks.of(1)), (1, 1, 2));
}

#[test]
fn plans_give_their_names_to_columns() {
    let names = ["Gold Plus", "gold-plus", "***", "畅享", "open"]
        .map(str::to_owned)
        .to_vec();
    let specs = subscription_features(&PlanNames::new(names));
    let columns: Vec<&str> = specs.iter().map(|spec| spec.name.as_ref()).collect();
    assert_eq!(
        columns[18..],
        [
            "gold_plus_open",
            "gold_plus_2_open",
            "plan_open",
            "畅享_open",
            "open_open"
        ]
    );
    assert!(specs[18].reason_en.higher.contains("\"Gold Plus\""));
}

/// All folds look at the rows through `Coverage`; `contract_cuts` asks the same of features and labels.
#[test]
fn merged_subscriptions_do_not_depend_on_the_order_of_rows() {
    let mut random = Random(20_260_301);
    let plans = plans(PLANS);
    for _ in 0..300 {
        let mut rows: Vec<Row> = (0..1 + random.below(9))
            .map(|_| {
                let mut pick = |values: &[i64]| values[random.below(values.len() as u64) as usize];
                (
                    pick(&[10, 20]),
                    pick(&[5, 10, 15, 30, NO_MOMENT]),
                    pick(&[5, 15, 40, NO_MOMENT]),
                    pick(&[1, 2, NO_PRICE]),
                    pick(&[0, 1, i64::from(OTHER_NAME)]) as u16,
                    pick(&[0, 1, 2]) as u64,
                )
            })
            .collect();
        let mut coverage = Coverage::new();
        coverage.read(&Contracts::of_rows(&plans, &rows).of(1));
        let first = coverage.all().to_vec();
        for _ in 0..5 {
            let len = rows.len() as u64;
            rows.swap(random.below(len) as usize, random.below(len) as usize);
            rows.reverse();
            coverage.read(&Contracts::of_rows(&plans, &rows).of(1));
            assert_eq!(coverage.all(), first);
        }
    }
}
