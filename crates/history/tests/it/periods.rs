//! The retention of a period by hand: July 2011, a customer active for 30 days after a purchase.

use crate::table::{fold_all, us};
use perennial_history::{DAY_US, PeriodFold, Retention};

fn july(customers: &[&str]) -> Retention {
    let mut fold = PeriodFold::new(
        us("2011-07-01T00:00Z"),
        us("2011-08-01T00:00Z"),
        30 * DAY_US,
    );
    fold_all(&mut fold, customers);
    *fold.retention()
}

#[test]
fn every_way_to_move() {
    let retention = july(&[
        // stayed: active on 1 July (since 1 June 00:00) and on 1 August (since 2 July 00:00)
        "2011-06-01T00:00Z A p1 1 1\n2011-07-02T00:00Z B p1 1 1",
        "2011-06-20T00:00Z A p1 1 1\n2011-07-20T00:00Z B p1 1 1",
        // lost: the last purchase is a microsecond too early, or only a return came
        "2011-06-30T00:00Z A p1 1 1\n2011-07-01T23:59:59.999999Z B p1 1 1",
        "2011-06-30T00:00Z A p1 1 1\n2011-07-20T00:00Z A p1 -1 -1",
        // new
        "2011-07-31T23:59:59.999999Z A p1 1 1",
        // came back: not active on 1 July
        "2011-05-31T23:59:59.999999Z A p1 1 1\n2011-07-09T00:00Z B p1 1 1",
        // passed through
        "2011-07-01T00:00Z A p1 1 1",
        // long gone, and not yet there
        "2010-01-01T00:00Z A p1 1 1",
        "2011-08-01T00:00Z A p1 1 1",
        "",
    ]);
    let expected = Retention {
        at_start: 4,
        at_end: 4,
        stayed: 2,
        lost: 2,
        new: 1,
        came_back: 1,
        passed_through: 1,
    };
    assert_eq!(retention, expected);
    assert_eq!(retention.rate(), Some(0.5));
    assert_eq!(retention.rate_with_returns(), Some(0.75));
    // (end - new) / start, as the textbook has it.
    let textbook = (retention.at_end - retention.new) as f64 / retention.at_start as f64;
    assert_eq!(retention.rate_with_returns(), Some(textbook));
    let mut twice = retention;
    twice.merge(&retention);
    assert_eq!(twice.at_start, 8);
    assert_eq!(twice.rate(), Some(0.5));
}

#[test]
fn without_customers_at_the_start_there_is_no_rate() {
    let retention = july(&["2011-07-31T00:00Z A p1 1 1"]);
    assert_eq!(
        (retention.rate(), retention.rate_with_returns()),
        (None, None)
    );
}
