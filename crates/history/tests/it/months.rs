//! The months of the business by hand.

use crate::table::{calendar, fold_all, us};
use perennial_history::{AsOf, BusinessFold, MonthTotals};

const MARCH_2011: i64 = (2011 - 1970) * 12 + 2;

const CUSTOMERS: [&str; 4] = [
    "
    2011-03-05T10:00Z A p1  1 10.00
    2011-03-05T10:00Z A p2  1  0.50
    2011-03-20T10:00Z B p1  1  4.00
    2011-03-31T22:59Z C p1  1  1.00
    2011-03-31T23:00Z D p1  1  2.00
    2011-04-02T10:00Z D p1 -1 -2.00
    ",
    // Bought in March, then again after 31 days of silence, and once more at once.
    "
    2011-03-30T10:00Z A p1 1 100
    2011-04-30T10:00Z B p1 1 100
    2011-04-30T11:00Z B p1 1 100
    ",
    // Only a return, in a month without a purchase.
    "2011-05-02T10:00Z A p1 -1 -7.25",
    // Nothing before the as-of moment counts for nothing.
    "2011-06-01T00:00Z A p1 1 1000",
];

fn expected() -> Vec<MonthTotals> {
    vec![
        MonthTotals {
            month: MARCH_2011,
            buyers: 2,
            new_buyers: 2,
            returning_buyers: 0,
            // A, B and C of the first customer, A of the second; D is of April by London's clock.
            orders: 4,
            gross: 1_155_000,
            returned: 0,
        },
        MonthTotals {
            month: MARCH_2011 + 1,
            buyers: 2,
            new_buyers: 0,
            returning_buyers: 1,
            orders: 2,
            gross: 2_020_000,
            returned: 20_000,
        },
        MonthTotals {
            month: MARCH_2011 + 2,
            returned: 72_500,
            ..MonthTotals::default()
        },
    ]
}

fn fold() -> BusinessFold {
    BusinessFold::new(calendar("Europe/London"), AsOf(us("2011-06-01T00:00Z")), 30)
}

#[test]
fn months_add_up() {
    let mut months = fold();
    fold_all(&mut months, &CUSTOMERS);
    assert_eq!(months.months(), expected());
    assert_eq!(months.months()[1].net(), 2_000_000);
}

#[test]
fn halves_merge_to_the_whole() {
    let (mut left, mut right) = (fold(), fold());
    fold_all(&mut left, &CUSTOMERS[..1]);
    fold_all(&mut right, &CUSTOMERS[1..]);
    left.merge(&right);
    assert_eq!(left.months(), expected());
}

#[test]
fn silence_of_exactly_the_limit_is_no_return() {
    let mut months = BusinessFold::new(calendar("UTC"), AsOf(us("2011-06-01T00:00Z")), 31);
    fold_all(&mut months, &CUSTOMERS[1..2]);
    assert_eq!(months.months()[1].returning_buyers, 0);
}
