//! Labels of subscriptions: whose coverage ends within the horizon, and what cannot be known yet.

use crate::contract_table::{Contracts, moment, plans};
use crate::table::calendar;
use perennial_history::{
    AsOf, DAY_US, Fold, GathersRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN, SubscriptionFold,
};

const CUT: &str = "2021-07-01";

/// The label at 2021-07-01 with a horizon of 30 days (to 2021-07-31) and a grace of 10 days (to
/// 2021-08-10).
fn label(rows: &str, known_until: &str) -> i8 {
    let plans = plans("basic");
    let mut fold = SubscriptionFold::new(
        calendar("UTC"),
        plans.clone(),
        vec![AsOf(moment(CUT))],
        Some(30 * DAY_US),
        10 * DAY_US,
    )
    .known_until(moment(known_until));
    fold.fold(&Contracts::parse(&plans, rows).of(1));
    assert_eq!(fold.row_count(), 1, "{rows}");
    fold.rows().label[0]
}

/// Rows as `start end` a line.
fn check(spans: &str, wanted: i8) {
    let rows: String = (0..)
        .zip(spans.lines().filter(|span| !span.trim().is_empty()))
        .map(|(id, span)| format!("{span} - 1 basic id{id}\n"))
        .collect();
    assert_eq!(label(&rows, "2021-08-10"), wanted, "{spans}");
}

#[test]
fn an_end_within_the_horizon_is_losing() {
    check("2021-01-01 -", LABEL_STAYED);
    // At the cut itself; a microsecond before the horizon's end; at the horizon's end.
    check("2021-01-01 2021-07-01", LABEL_LOST);
    check("2021-01-01 2021-07-30T23:59:59.999999Z", LABEL_LOST);
    check("2021-01-01 2021-07-31", LABEL_STAYED);
    // Another one goes on; the longest counts, whatever began last.
    check("2021-01-01 -\n2021-06-01 2021-07-10", LABEL_STAYED);
    check("2021-01-01 2021-07-20\n2021-06-01 2021-07-10", LABEL_LOST);
}

#[test]
fn coverage_goes_on_through_a_pause_within_the_grace() {
    // Renewed exactly at the end of the grace, and a microsecond later.
    check("2021-01-01 2021-07-05\n2021-07-15 -", LABEL_STAYED);
    check(
        "2021-01-01 2021-07-05\n2021-07-15T00:00:00.000001Z -",
        LABEL_LOST,
    );
    // The renewal may come after the horizon.
    check("2021-01-01 2021-07-30\n2021-08-09 -", LABEL_STAYED);
    // From one to the next, each within the grace; the chain must reach the end of the horizon.
    check(
        "2021-01-01 2021-07-05\n2021-07-10 2021-07-15\n2021-07-25 2021-07-31",
        LABEL_STAYED,
    );
    check(
        "2021-01-01 2021-07-05\n2021-07-10 2021-07-15\n2021-07-25 2021-07-30",
        LABEL_LOST,
    );
    // Begun before the cut for after it, as bad as an overlap is good.
    check(
        "2021-01-01 2021-07-05\n2021-06-01 2021-07-20\n2021-07-19 2021-09-01",
        LABEL_STAYED,
    );
    // What never ran renews nothing.
    check("2021-01-01 2021-07-05\n2021-07-10 2021-07-10", LABEL_LOST);
}

#[test]
fn who_is_not_open_is_lost_unless_they_begin_again() {
    check("2021-01-01 2021-06-30", LABEL_LOST);
    check("2021-01-01 2021-06-30T23:59:59.999999Z", LABEL_LOST);
    check("2021-01-01 2021-06-30\n2021-07-01 -", LABEL_STAYED);
    check("2021-01-01 2021-03-01\n2021-07-30 2021-08-01", LABEL_STAYED);
    // However short, it is a new beginning; but not one at the end of the horizon.
    check("2021-01-01 2021-03-01\n2021-07-02 2021-07-03", LABEL_STAYED);
    check("2021-01-01 2021-03-01\n2021-07-31 -", LABEL_LOST);
}

#[test]
fn a_label_waits_for_horizon_and_grace() {
    for rows in [
        "2021-01-01 -          - 1 basic a",
        "2021-01-01 2021-07-05 - 1 basic a",
        "2021-01-01 2021-06-05 - 1 basic a",
    ] {
        assert_ne!(label(rows, "2021-08-10"), LABEL_UNKNOWN);
        assert_eq!(label(rows, "2021-08-09T23:59:59.999999Z"), LABEL_UNKNOWN);
        assert_eq!(label(rows, "2021-07-31"), LABEL_UNKNOWN);
    }
}

#[test]
fn without_a_horizon_or_an_end_of_knowledge_labels_are_unknown() {
    let plans = plans("basic");
    let contracts = Contracts::parse(&plans, "2021-01-01 - - 1 basic a");
    let fold = |horizon_us: Option<i64>| {
        let cuts = vec![AsOf(moment(CUT))];
        SubscriptionFold::new(calendar("UTC"), plans.clone(), cuts, horizon_us, 0)
    };
    let mut no_horizon = fold(None).known_until(i64::MAX);
    no_horizon.fold(&contracts.of(1));
    assert_eq!(no_horizon.rows().label, [LABEL_UNKNOWN]);
    let mut no_end = fold(Some(DAY_US));
    no_end.fold(&contracts.of(1));
    assert_eq!(no_end.rows().label, [LABEL_UNKNOWN]);
    // A negative grace is none: known at the end of the horizon, not a day before.
    for (known_until, wanted) in [
        ("2021-07-31", LABEL_STAYED),
        ("2021-07-30T23:59:59.999999Z", LABEL_UNKNOWN),
    ] {
        let cuts = vec![AsOf(moment(CUT))];
        let horizon_us = Some(30 * DAY_US);
        let mut negative =
            SubscriptionFold::new(calendar("UTC"), plans.clone(), cuts, horizon_us, -DAY_US)
                .known_until(moment(known_until));
        negative.fold(&contracts.of(1));
        assert_eq!(negative.rows().label, [wanted]);
    }
}
