//! The (x, t_x, T) summary by hand.

use crate::table::{calendar, fold_all, us};
use perennial_history::{AsOf, RepeatSummaries, RepeatSummaryFold};

fn summaries(zone: &str, as_of: &str, customers: &[&str]) -> RepeatSummaries {
    let mut fold = RepeatSummaryFold::new(calendar(zone), AsOf(us(as_of)));
    fold_all(&mut fold, customers);
    fold.take_rows()
}

#[test]
fn published_customer_one() {
    // The first customer of Fader, Hardie and Lee (2005): x = 2, t_x = 213 days, T = 272 days. Two
    // purchases of one day are one; z is the mean of the repeat days, 21 and 14.
    let rows = summaries(
        "UTC",
        "1997-10-01T00:00Z",
        &["
        1997-01-01T09:00Z A p1 1 29.33
        1997-01-18T09:00Z B p1 1 20.00
        1997-01-18T19:00Z C p1 1  1.00
        1997-08-02T09:00Z D p1 1 14.00
        1997-09-02T09:00Z D p1 -1 -14.00
        1997-12-12T09:00Z E p1 1 26.48
        "],
    );
    assert_eq!(rows.customer_id, [1]);
    assert_eq!(
        (rows.x[0], rows.t_x_days[0], rows.age_days[0]),
        (2, 213, 272)
    );
    assert_eq!(rows.repeat_amount_mean, [17.5]);
}

#[test]
fn an_as_of_within_a_day_ends_with_the_day_before() {
    let customers = [
        "2011-06-01T10:00Z A p1 1 1\n2011-06-10T02:00Z B p1 1 1",
        // Only this morning: no whole day yet.
        "2011-06-10T02:00Z B p1 1 1",
        "2011-06-09T10:00Z A p1 1 1",
    ];
    let rows = summaries("UTC", "2011-06-10T12:00Z", &customers);
    assert_eq!(rows.customer_id, [1, 3]);
    assert_eq!((rows.x[0], rows.t_x_days[0], rows.age_days[0]), (0, 0, 8));
    assert!(rows.repeat_amount_mean[0].is_nan());
    assert_eq!(rows.age_days[1], 0);
    // At midnight UTC the day in New York is not over: what was bought at 22:00 of it does not count.
    let rows = summaries(
        "America/New_York",
        "2011-06-10T00:00Z",
        &["
        2011-06-01T10:00Z A p1 1 1
        2011-06-09T23:00Z B p1 1 1
    "],
    );
    assert_eq!((rows.x[0], rows.age_days[0]), (0, 7));
}

#[test]
fn nobody_without_a_purchase() {
    let rows = summaries(
        "UTC",
        "2011-06-10T00:00Z",
        &["", "2011-06-01T10:00Z A p1 -1 -1"],
    );
    assert!(rows.is_empty());
    assert_eq!(rows.len(), 0);
}
