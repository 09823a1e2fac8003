//! The months and the periods of subscriptions by hand.

use crate::contract_table::{Contracts, moment, plans};
use crate::table::calendar;
use perennial_history::{
    AsOf, COVERAGE_MONTHS_MAX, CoverageMonth, CoverageMonths, CoveragePeriod, DAY_US, Fold,
    NO_MOMENT, NO_PRICE, Retention, Subscriptions,
};

const JANUARY_2021: i64 = (2021 - 1970) * 12;

/// Folds customers 1, 2, 3 ... given as texts.
fn fold_all(fold: &mut impl for<'a> Fold<Subscriptions<'a>>, customers: &[&str]) {
    let plans = plans("");
    for (customer_id, text) in (1..).zip(customers) {
        fold.fold(&Contracts::parse(&plans, text).of(customer_id));
    }
}

const CUSTOMERS: [&str; 6] = [
    // There from January on, renewed at once.
    "2021-01-15 2021-02-15 - - - a\n2021-02-15 - - - - b",
    // Renewed within the grace, over the end of the month: neither an end nor a return.
    "2021-01-20 2021-02-25 - - - a\n2021-03-05 - - - - b",
    // Left in February, back in April, later than the grace.
    "2021-01-01 2021-02-10 - - - a\n2021-04-01 - - - - b",
    // Ends at the first moment of March, which is March's.
    "2021-02-01 2021-03-01 - - - a",
    // Ended five days before the as-of moment: the grace is not over, it counts.
    "2021-03-01 2021-04-15 - - - a",
    // Nothing before the as-of moment, and what never ran, count for nothing.
    "2021-04-20 - - - - a\n2021-01-01 2021-01-01 - - - b",
];

fn expected() -> Vec<CoverageMonth> {
    let month = |place: i64, [at_start, at_end]: [u64; 2], moves: [u64; 4]| CoverageMonth {
        month: JANUARY_2021 + place,
        at_start,
        at_end,
        new: moves[0],
        returning: moves[1],
        ended: moves[2],
        started: moves[3],
    };
    vec![
        month(0, [0, 3], [3, 0, 0, 3]),
        month(1, [3, 3], [1, 0, 1, 2]),
        month(2, [3, 3], [1, 0, 1, 2]),
        month(3, [3, 3], [0, 1, 1, 1]),
    ]
}

fn fold(as_of: &str) -> CoverageMonths {
    CoverageMonths::new(calendar("UTC"), AsOf(moment(as_of)), 10 * DAY_US)
}

#[test]
fn months_add_up_and_balance() {
    let mut months = fold("2021-04-20");
    fold_all(&mut months, &CUSTOMERS);
    assert_eq!(months.months(), expected());
    for month in months.months() {
        assert_eq!(
            month.at_end + month.ended,
            month.at_start + month.new + month.returning
        );
    }
    // Ten days later, the last has begun, and the end of 15 April stands.
    let mut later = fold("2021-04-30");
    fold_all(&mut later, &CUSTOMERS);
    assert_eq!((later.months()[3].new, later.months()[3].at_end), (1, 4));
}

#[test]
fn halves_merge_to_the_whole() {
    let (mut left, mut right) = (fold("2021-04-20"), fold("2021-04-20"));
    fold_all(&mut left, &CUSTOMERS[..3]);
    fold_all(&mut right, &CUSTOMERS[3..]);
    left.merge(&right);
    assert_eq!(left.months(), expected());
    assert!(fold("2021-04-20").months().is_empty());
}

#[test]
fn an_end_is_of_its_month_until_it_is_renewed() {
    // At the as-of moment of 1 March the customer of February is still there.
    let mut months = fold("2021-03-01");
    fold_all(&mut months, &CUSTOMERS[3..4]);
    assert_eq!(months.months().len(), 1);
    assert_eq!(months.months()[0].at_end, 1);
    // The end of 25 February, not renewed by the as-of moment, is revised when it is.
    let mut before = fold("2021-03-01");
    fold_all(&mut before, &CUSTOMERS[1..2]);
    assert_eq!(
        (before.months()[1].ended, before.months()[1].at_end),
        (1, 0)
    );
    let mut after = fold("2021-03-06");
    fold_all(&mut after, &CUSTOMERS[1..2]);
    assert_eq!((after.months()[1].ended, after.months()[1].at_end), (0, 1));
}

#[test]
fn a_pause_longer_than_the_grace_is_an_end_and_a_return() {
    let of_april = |again: &str| {
        let mut months = fold("2021-05-01");
        let text = format!("2021-04-01 2021-04-05 - - - a\n{again} - - - - b");
        fold_all(&mut months, &[&text]);
        let month = months.months()[0];
        (month.new, month.returning, month.ended, month.started)
    };
    assert_eq!(of_april("2021-04-15"), (1, 0, 0, 2));
    assert_eq!(of_april("2021-04-15T00:00:00.000001Z"), (1, 1, 1, 2));
    // A negative grace is none: what is renewed at the end goes on.
    let as_of = AsOf(moment("2021-03-01"));
    let mut none = CoverageMonths::new(calendar("UTC"), as_of, -DAY_US);
    fold_all(&mut none, &CUSTOMERS[..1]);
    assert_eq!((none.months()[1].ended, none.months()[1].returning), (0, 0));
}

#[test]
fn months_are_local_and_are_not_left_again() {
    // Shanghai is eight hours ahead.
    let as_of = AsOf(moment("2021-03-15"));
    let mut months = CoverageMonths::new(calendar("Asia/Shanghai"), as_of, 0);
    fold_all(
        &mut months,
        &["2021-01-31T16:00Z - - - - a", "2021-01-31T15:59Z - - - - a"],
    );
    let new: Vec<u64> = months.months().iter().map(|month| month.new).collect();
    assert_eq!(new, [1, 1, 0]);
    // At 00:01 on 1 November 2009 St John's set its clock back to 23:01 of October; the month had begun.
    let as_of = AsOf(moment("2009-12-01"));
    let mut months = CoverageMonths::new(calendar("America/St_Johns"), as_of, 0);
    fold_all(
        &mut months,
        &["2009-11-01T02:30:30Z 2009-11-01T03:00Z - - - a"],
    );
    let all = months.months();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].month, all[0].new, all[0].ended), (478, 1, 1));
}

#[test]
fn ages_ago_are_in_the_first_start() {
    let mut months = fold("2021-04-20");
    fold_all(
        &mut months,
        &[
            "0001-01-01 - - - - a",
            "0001-01-01 1500-01-01 - - - a",
            // Listed: not in the first start.
            "1960-01-01 - - - - a",
        ],
    );
    let all = months.months();
    assert_eq!(all.len(), COVERAGE_MONTHS_MAX);
    assert_eq!(
        (all[0].at_start, all[0].month),
        (1, JANUARY_2021 + 4 - 1_200)
    );
    assert_eq!(all[COVERAGE_MONTHS_MAX - 1].at_end, 2);
    let plans = plans("");
    let forever = [(i64::MIN, NO_MOMENT, NO_MOMENT, NO_PRICE, 0, 0)];
    months.fold(&Contracts::of_rows(&plans, &forever).of(9));
    assert_eq!(months.months()[0].at_start, 2);
}

#[test]
fn every_way_to_move_through_a_period() {
    let mut july = CoveragePeriod::new(moment("2021-07-01"), moment("2021-08-01"));
    fold_all(
        &mut july,
        &[
            // stayed: with an end at the period's end, which is not known by then; through a pause
            "2021-01-01 2021-08-01 - - - a",
            "2021-01-01 2021-07-01 - - - a\n2021-07-20 - - - - b",
            // lost: an end within it, at its very start too; a start at its end is not known
            "2021-01-01 2021-07-31T23:59:59.999999Z - - - a",
            "2021-01-01 2021-07-01 - - - a\n2021-08-01 - - - - b",
            // new: a start at the period's start is within it
            "2021-07-01 - - - - a",
            // came back
            "2021-01-01 2021-06-30 - - - a\n2021-07-09 - - - - b",
            // passed through, once for the first time, once again
            "2021-07-02 2021-07-09 - - - a",
            "2021-01-01 2021-06-30 - - - a\n2021-07-09 2021-07-10 - - - b",
            // long gone, not yet there, never there
            "2020-01-01 2020-02-01 - - - a",
            "2021-08-01 - - - - a",
            "2021-07-05 2021-07-05 - - - a",
            "",
        ],
    );
    let expected = Retention {
        at_start: 4,
        at_end: 4,
        stayed: 2,
        lost: 2,
        new: 1,
        came_back: 1,
        passed_through: 2,
    };
    assert_eq!(*july.retention(), expected);
    assert_eq!(july.retention().rate(), Some(0.5));
}
