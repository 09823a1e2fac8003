//! Feature rows against numbers worked by hand.

use crate::table::{Lines, calendar, us};
use perennial_history::{AsOf, FeatureFold, FeatureRows, Fold, GathersRows, order_line_features};

fn rows(zone: &str, events: &str, cuts: &[&str]) -> FeatureRows {
    let cuts = cuts.iter().map(|cut| AsOf(us(cut))).collect();
    let mut fold = FeatureFold::new(calendar(zone), cuts, None);
    fold.fold(&Lines::parse(events).of(1));
    fold.take_rows()
}

/// The one row at a cut must hold `name value` pairs, one a line, `-` for missing.
fn check(zone: &str, events: &str, as_of: &str, expect: &str) {
    let rows = rows(zone, events, &[as_of]);
    assert_eq!(rows.len(), 1, "one row");
    for pair in expect.lines().filter(|pair| !pair.trim().is_empty()) {
        let (name, value) = pair.trim().split_once(' ').unwrap();
        let found = rows
            .column(order_line_features(), name)
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

#[test]
fn a_whole_row_by_hand() {
    // Purchase days in London: 3 January (Monday), 13 January, 5 February (Saturday), 28 March (by
    // summer time). Gaps 10, 23, 51: mean 28, squared deviations 324 + 25 + 529 = 878, over 2 = 439.
    // The as-of moment is midnight of 1 April, so silence is counted to 31 March: 3 days.
    check(
        "Europe/London",
        "
        2011-01-03T10:15Z  A p1  2 10.00
        2011-01-03T10:15Z  A p2  1  5.50
        2011-01-13T18:40Z  B p1  4 20.00
        2011-01-14T09:00Z  C p3 -1 -5.50
        2011-02-05T00:10Z  D p4  3  9.00
        2011-02-05T00:10Z  D -   1  1.00
        2011-02-05T00:10Z  D p5  1  0.00
        2011-03-27T23:30Z  E p1  1  4.00
        2011-03-31T23:00Z  F p9  9 99.00
        ",
        "2011-03-31T23:00Z",
        "
        recency_days        3.979166666667
        tenure_days         87.53125
        orders_total        4
        orders_30d          1
        orders_90d          4
        orders_365d         4
        purchase_days_total 4
        amount_total        44
        amount_30d          4
        amount_90d          44
        amount_365d         44
        amount_per_order    12.375
        gap_mean_days       28
        gap_std_days        20.952326839757
        silence_ratio       0.107142857143
        silence_z          -1.193184899758
        orders_trend        5
        amount_trend        49.5
        lines_per_order     1.5
        units_per_order     3
        products_total      3
        variety             0.5
        unit_price_mean     4.125
        return_line_share   0.142857142857
        return_amount_share 0.111111111111
        hour_mean           6.333333333333
        weekend_share       0.333333333333
        last_day_amount     4
        returns_90d         1
        ",
    );
}

#[test]
fn one_purchase_has_no_rhythm() {
    check(
        "UTC",
        "2011-01-01T00:00Z A p1 1 2.50",
        "2011-01-11T00:00Z",
        "
        recency_days    10
        tenure_days     10
        gap_mean_days   -
        gap_std_days    -
        silence_ratio   -
        silence_z       -
        orders_trend    2
        variety         1
        return_line_share 0
        return_amount_share 0
        hour_mean       0
        weekend_share   1
        ",
    );
}

#[test]
fn equal_gaps_have_no_deviation_to_measure_by() {
    // Gaps 7, 7; silence from the 15th to the 29th.
    check(
        "UTC",
        "
        2011-01-01T08:00Z A p1 1 1
        2011-01-08T08:00Z B p1 1 1
        2011-01-15T08:00Z C p1 1 1
        ",
        "2011-01-30T00:00Z",
        "
        gap_mean_days 7
        gap_std_days  0
        silence_ratio 2
        silence_z     -
        variety       0.333333333333
        ",
    );
    // One gap: a mean, no deviation.
    check(
        "UTC",
        "
        2011-01-01T08:00Z A p1 1 1
        2011-01-08T08:00Z B p1 1 1
        ",
        "2011-01-30T00:00Z",
        "
        gap_mean_days 7
        gap_std_days  -
        silence_ratio 3
        silence_z     -
        ",
    );
}

#[test]
fn windows_begin_with_their_first_moment_and_end_before_the_cut() {
    // 30 days before 2011-07-01 is 2011-06-01; 90 days 2011-04-02; 180 days 2011-01-02.
    check(
        "UTC",
        "
        2011-01-01T23:59:59.999999Z A p1 1 1
        2011-01-02T00:00Z           B p1 1 2
        2011-04-01T23:59:59.999999Z C p1 1 4
        2011-04-02T00:00Z           D p1 1 8
        2011-05-31T23:59:59.999999Z E p1 1 16
        2011-06-01T00:00Z           F p1 1 32
        2011-06-02T00:00Z           F p1 -1 -1
        2011-06-30T23:59:59.999999Z G p1 1 64
        2011-07-01T00:00Z           H p1 1 128
        ",
        "2011-07-01T00:00Z",
        "
        orders_30d   2
        orders_90d   4
        orders_365d  7
        amount_30d   95
        amount_90d   119
        amount_365d  126
        orders_trend 1.666666666667
        amount_trend 114
        returns_90d  1
        last_day_amount 64
        ",
    );
}

#[test]
fn an_order_counts_once_at_its_first_purchase_line() {
    // A's first purchase line is 31 days before the cut, its second 29: no order of the last 30 days.
    // A return line and a free line do not begin an order; B begins with its purchase line.
    check(
        "UTC",
        "
        2011-05-31T00:00Z A p1  1 10
        2011-06-01T12:00Z B p2 -1 -1
        2011-06-01T12:00Z B p2  1  0
        2011-06-02T00:00Z A p1  1 10
        2011-06-03T00:00Z C p1  1 10
        2011-06-04T00:00Z A p1  1 10
        2011-06-05T00:00Z B p1  1 10
        ",
        "2011-07-01T00:00Z",
        "
        orders_total 3
        orders_30d   2
        amount_30d   39
        lines_per_order 1.666666666667
        return_line_share 0.166666666667
        ",
    );
}

#[test]
fn the_days_the_clock_changes() {
    // Autumn in London: 00:30 and 01:30 UTC are both half past one by the clock of 30 October.
    check(
        "Europe/London",
        "
        2011-10-30T00:30Z A p1 1 1
        2011-10-30T01:30Z B p1 1 2
        ",
        "2011-10-31T00:00Z",
        "
        purchase_days_total 1
        hour_mean       1
        last_day_amount 3
        weekend_share   1
        gap_mean_days   -
        ",
    );
    // Spring: 24 hours after 23:30 on Saturday 26 March it is 00:30 on Monday 28 March.
    check(
        "Europe/London",
        "
        2011-03-26T23:30Z A p1 1 1
        2011-03-27T23:30Z B p1 1 2
        ",
        "2011-03-30T23:00Z",
        "
        gap_mean_days 2
        silence_ratio 1
        hour_mean     11.5
        weekend_share 0.5
        ",
    );
}

#[test]
fn a_clock_set_back_over_midnight() {
    // St John's, 1 November 2009: at 00:01 the clock went back to 23:01 of 31 October. B is of
    // 1 November, C and D, later ones, of 31 October, a purchase day before it. Hours 9, 0, 23, 23, 8.
    check(
        "America/St_Johns",
        "
        2009-10-30T12:00Z    A p1 1 1
        2009-11-01T02:30:30Z B p1 1 2
        2009-11-01T02:31:30Z C p1 1 4
        2009-11-01T02:31:40Z D p1 1 8
        2009-11-01T12:00Z    E p1 1 16
        ",
        "2009-11-05T03:30Z",
        "
        purchase_days_total 3
        gap_mean_days   1
        gap_std_days    0
        silence_ratio   3
        last_day_amount 18
        hour_mean       12.6
        ",
    );
}

#[test]
fn customers_without_a_purchase_before_the_cut_give_no_row() {
    let cut = ["2011-07-01T00:00Z"];
    for events in [
        "",
        "2011-06-01T00:00Z A p1 -1 -5",
        "2011-06-01T00:00Z A p1 1 0\n2011-06-02T00:00Z B p1 0 7",
        "2011-07-01T00:00Z A p1 1 5",
    ] {
        assert!(rows("UTC", events, &cut).is_empty(), "{events}");
    }
}

#[test]
fn a_return_before_the_first_purchase_counts() {
    check(
        "UTC",
        "
        2011-06-01T00:00Z A p1 -2 -6
        2011-06-02T00:00Z B p1  1  4
        2011-06-03T00:00Z C p1  1 -1
        2011-06-03T00:00Z D p1 -1  3
        ",
        "2011-07-01T00:00Z",
        "
        amount_total        0
        return_line_share   0.75
        return_amount_share 1
        returns_90d         3
        tenure_days         29
        ",
    );
}

#[test]
fn many_lines_at_one_time_in_orders_that_alternate() {
    let mut lines = Lines::default();
    for i in 0..1_000 {
        lines.push((
            us("2011-06-01T09:59Z"),
            i % 300,
            (i % 70) as u32 * 90_000,
            10_000,
            20_000,
        ));
    }
    let mut fold = FeatureFold::new(calendar("UTC"), vec![AsOf(us("2011-07-01T00:00Z"))], None);
    fold.fold(&lines.of(5));
    let rows = fold.rows();
    let value = |name: &str| rows.column(order_line_features(), name).unwrap()[0];
    assert_eq!(value("orders_total"), 300.0);
    assert_eq!(value("products_total"), 70.0);
    assert_eq!(value("purchase_days_total"), 1.0);
    assert_eq!(value("amount_total"), 2_000.0);
    assert_eq!(value("hour_mean"), 9.0);
}

#[test]
fn sums_beyond_64_bits_stay_exact() {
    let mut lines = Lines::default();
    for day in 0..4 {
        lines.push((day * 86_400_000_000, day as u64, 1, i64::MAX, i64::MAX));
    }
    let mut fold = FeatureFold::new(calendar("UTC"), vec![AsOf(i64::MAX)], None);
    fold.fold(&lines.of(5));
    let rows = fold.rows();
    assert_eq!(
        rows.column(order_line_features(), "amount_total").unwrap()[0],
        4.0 * i64::MAX as f64 / 10_000.0
    );
    assert_eq!(
        rows.column(order_line_features(), "unit_price_mean")
            .unwrap()[0],
        1.0
    );
    assert_eq!(
        rows.column(order_line_features(), "amount_30d").unwrap()[0],
        0.0
    );
}

#[test]
fn several_cuts_give_what_each_gives_alone() {
    let events = "
        2010-12-01T10:15Z  A p1  2 10.00
        2011-01-03T10:15Z  A p2  1  5.50
        2011-01-13T18:40Z  B p1  4 20.00
        2011-02-05T00:10Z  D p4  3  9.00
        2011-02-06T00:10Z  D p4 -3 -9.00
        2011-03-27T23:30Z  E p1  1  4.00
    ";
    // Given out of order, with one twice, and one before the first purchase.
    let cuts = [
        "2011-04-01T00:00Z",
        "2011-01-10T00:00Z",
        "2011-01-10T00:00Z",
        "2010-11-01T00:00Z",
    ];
    let together = rows("Asia/Shanghai", events, &cuts);
    assert_eq!(together.as_of, [us(cuts[1]), us(cuts[0])]);
    for (place, cut) in [cuts[1], cuts[0]].into_iter().enumerate() {
        let alone = rows("Asia/Shanghai", events, &[cut]);
        for (many, one) in together.columns.iter().zip(&alone.columns) {
            assert_eq!(many[place].to_bits(), one[0].to_bits());
        }
    }
}

#[test]
fn rows_gather_in_order_and_can_be_flushed() {
    let cuts = vec![AsOf(us("2011-02-01T00:00Z")), AsOf(us("2011-03-01T00:00Z"))];
    let mut fold = FeatureFold::new(calendar("UTC"), cuts, None);
    let lines = Lines::parse("2011-01-01T00:00Z A p1 1 1");
    for customer_id in 0..100 {
        fold.fold(&lines.of(customer_id));
    }
    assert_eq!(fold.row_count(), 200);
    let rows = fold.take_rows();
    assert!(rows.columns.iter().all(|column| column.len() == 200));
    assert_eq!(rows.customer_id[..4], [0, 0, 1, 1]);
    assert_eq!(
        rows.column(order_line_features(), "tenure_days").unwrap()[198..],
        [31.0, 59.0]
    );
    assert!(rows.label.iter().all(|&label| label == -1));
    assert_eq!(fold.row_count(), 0);
    fold.fold(&lines.of(7));
    assert_eq!(fold.rows().customer_id, [7, 7]);
    fold.clear();
    assert!(fold.rows().is_empty());
    assert!(fold.rows().columns.iter().all(Vec::is_empty));
}

#[test]
fn slices_of_unequal_length_end_with_the_shortest() {
    let lines = Lines::parse("2011-01-01T00:00Z A p1 1 1\n2011-01-02T00:00Z B p1 1 1");
    let mut short = lines.of(1);
    short.amount = &short.amount[..1];
    let mut fold = FeatureFold::new(calendar("UTC"), vec![AsOf(us("2011-02-01T00:00Z"))], None);
    fold.fold(&short);
    assert_eq!(
        fold.rows()
            .column(order_line_features(), "orders_total")
            .unwrap(),
        [1.0]
    );
}
