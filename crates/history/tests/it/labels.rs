//! Labels: who bought within the horizon, who did not, and what cannot be known yet.

use crate::table::{Lines, calendar, us};
use perennial_history::{AsOf, DAY_US, FeatureFold, Fold, GathersRows};

/// The label at 2011-07-01 with a horizon of 30 days (to 2011-07-31), for a customer of January.
fn check(later: &str, known_until: &str, label: i8) {
    let events = format!("2011-01-01T00:00Z A p1 1 1\n{later}");
    let cut = vec![AsOf(us("2011-07-01T00:00Z"))];
    let mut fold =
        FeatureFold::new(calendar("UTC"), cut, Some(30 * DAY_US)).known_until(us(known_until));
    fold.fold(&Lines::parse(&events).of(1));
    assert_eq!(fold.rows().label, [label], "{later}");
}

#[test]
fn a_purchase_within_the_horizon_is_staying() {
    let known = "2011-12-01T00:00Z";
    check("", known, 1);
    check("2011-06-30T23:59:59.999999Z B p1 1 1", known, 1);
    check("2011-07-01T00:00Z B p1 1 1", known, 0);
    check("2011-07-30T23:59:59.999999Z B p1 1 1", known, 0);
    check("2011-07-31T00:00Z B p1 1 1", known, 1);
    // A return or a gift is no purchase; one after it is.
    check("2011-07-10T00:00Z B p1 -1 -1", known, 1);
    check("2011-07-10T00:00Z B p1 1 0", known, 1);
    check(
        "2011-07-10T00:00Z B p1 -1 -1\n2011-07-11T00:00Z C p1 1 1",
        known,
        0,
    );
}

#[test]
fn a_horizon_that_is_not_over_is_unknown() {
    check("", "2011-07-31T00:00Z", 1);
    check("", "2011-07-30T23:59:59.999999Z", -1);
    check("2011-07-02T00:00Z B p1 1 1", "2011-07-30T00:00Z", -1);
}

#[test]
fn without_a_horizon_or_an_end_of_knowledge_labels_are_unknown() {
    let lines = Lines::parse("2011-01-01T00:00Z A p1 1 1");
    let cut = || vec![AsOf(us("2011-07-01T00:00Z"))];
    let mut no_horizon = FeatureFold::new(calendar("UTC"), cut(), None).known_until(i64::MAX);
    no_horizon.fold(&lines.of(1));
    assert_eq!(no_horizon.rows().label, [-1]);
    let mut no_end = FeatureFold::new(calendar("UTC"), cut(), Some(DAY_US));
    no_end.fold(&lines.of(1));
    assert_eq!(no_end.rows().label, [-1]);
}
