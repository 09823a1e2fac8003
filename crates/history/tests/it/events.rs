//! Feature rows and labels of events against numbers worked by hand.

use crate::event_table::{Clicks, names};
use crate::table::{calendar, us};
use perennial_history::{
    AsOf, DAY_US, EventFold, EventNames, FeatureRows, Fold, GathersRows, LABEL_LOST, LABEL_STAYED,
    LABEL_UNKNOWN, event_features,
};

fn rows(zone: &str, names: &EventNames, events: &str, cuts: &[&str]) -> FeatureRows {
    let cuts = cuts.iter().map(|cut| AsOf(us(cut))).collect();
    let mut fold = EventFold::new(calendar(zone), names.clone(), cuts, None);
    fold.fold(&Clicks::parse(names, events).of(1));
    fold.take_rows()
}

/// The one row at a cut must hold `name value` pairs, one a line, `-` for missing.
fn check(zone: &str, names: &EventNames, events: &str, as_of: &str, expect: &str) {
    let rows = rows(zone, names, events, &[as_of]);
    assert_eq!(rows.len(), 1, "one row");
    let specs = event_features(names);
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

#[test]
fn a_whole_row_by_hand() {
    // Shanghai is eight hours ahead. Active (buy) on the local days 4 March 2019 (Monday), 9 March
    // (Saturday, 00:30 by the local clock) and 12 March; gaps 5 and 3: mean 4, variance 2. The as-of
    // moment is midnight of 15 March there, so silence is counted to the 14th: 2 days.
    // Sessions: 02:00 to 02:20 (20 min, 3 events), 16:00 to 16:30 (30 min, 3 events, each pause below
    // 30 min), and 12 March 04:00 (1 event), 04:30 (1 event, after just 30 min).
    check(
        "Asia/Shanghai",
        &names("pv buy fav", "buy"),
        "
        2019-03-04T02:00Z pv   i1
        2019-03-04T02:10Z pv   i2
        2019-03-04T02:20Z buy  i2
        2019-03-08T16:00Z pv   i3
        2019-03-08T16:15Z cart i3
        2019-03-08T16:30Z buy  -
        2019-03-12T04:00Z pv   i1
        2019-03-12T04:30Z buy  i4
        2019-03-14T16:00Z buy  i9
        ",
        "2019-03-14T16:00Z",
        "
        recency_days         2.479166666667
        tenure_days          10.569444444444
        events_total         8
        events_1d            0
        events_7d            5
        events_30d           8
        events_90d           8
        active_days_total    3
        active_days_7d       2
        active_days_30d      3
        gap_mean_days        4
        gap_std_days         1.414213562373
        silence_ratio        0.5
        silence_z           -1.414213562373
        sessions_total       4
        sessions_7d          3
        events_per_session   2
        session_minutes_mean 12.5
        items_total          4
        item_variety         0.571428571429
        hour_mean            6.75
        weekend_share        0.375
        trend_7d             1.5
        trend_30d            9
        pv_total             4
        pv_7d                2
        pv_30d               4
        pv_recency_days      2.5
        buy_total            3
        buy_7d               2
        buy_30d              3
        buy_recency_days     2.479166666667
        fav_total            0
        fav_7d               0
        fav_30d              0
        fav_recency_days     -
        ",
    );
}

#[test]
fn one_event_has_no_rhythm() {
    check(
        "UTC",
        &names("", ""),
        "2011-01-01T00:00Z - -",
        "2011-01-11T00:00Z",
        "
        recency_days       10
        tenure_days        10
        events_total       1
        events_7d          0
        events_30d         1
        active_days_7d     0
        active_days_30d    1
        gap_mean_days      -
        gap_std_days       -
        silence_ratio      -
        silence_z          -
        sessions_total     1
        sessions_7d        0
        events_per_session 1
        session_minutes_mean 0
        items_total        0
        item_variety       -
        hour_mean          0
        weekend_share      1
        trend_7d           0.5
        trend_30d          2
        ",
    );
}

#[test]
fn windows_begin_with_their_first_moment_and_end_before_the_cut() {
    // Before 2011-07-01: 1 day 06-30, 7 days 06-24, 14 days 06-17, 30 days 06-01, 60 days 05-02, 90 days
    // 04-02. Each has an event at its first moment and one a microsecond before, in one session: that of
    // 06-23 goes on into the window and does not count there.
    check(
        "UTC",
        &names("a b", "a"),
        "
        2011-04-01T23:59:59.999999Z a -
        2011-04-02T00:00Z           a -
        2011-05-01T23:59:59.999999Z a -
        2011-05-02T00:00Z           a -
        2011-05-31T23:59:59.999999Z b -
        2011-06-01T00:00Z           b -
        2011-06-16T23:59:59.999999Z a -
        2011-06-17T00:00Z           a -
        2011-06-23T23:59:59.999999Z a -
        2011-06-24T00:00Z           a -
        2011-06-29T23:59:59.999999Z b -
        2011-06-30T00:00Z           b -
        2011-06-30T23:59:59.999999Z b -
        2011-07-01T00:00Z           a -
        ",
        "2011-07-01T00:00Z",
        "
        events_1d   2
        events_7d   4
        events_30d  8
        events_90d  12
        trend_7d    1.666666666667
        trend_30d   3
        sessions_7d 2
        active_days_7d  1
        active_days_30d 4
        a_7d        1
        a_30d       4
        b_7d        3
        b_30d       4
        ",
    );
}

#[test]
fn a_session_ends_with_half_an_hour_of_nothing() {
    // 10:00, 10:29:59.999999 and 10:59:59.999998 are one session, 11:29:59.999998 begins another; what
    // happens at one moment is one session. Lengths 59:59.999998 and 0.
    check(
        "UTC",
        &names("", ""),
        "
        2011-07-01T10:00Z           - -
        2011-07-01T10:29:59.999999Z - -
        2011-07-01T10:59:59.999998Z - -
        2011-07-01T11:29:59.999998Z - -
        2011-07-01T11:29:59.999998Z - -
        ",
        "2011-07-02T00:00Z",
        "
        sessions_total       2
        sessions_7d          2
        events_per_session   2.5
        session_minutes_mean 29.999999983333
        ",
    );
}

#[test]
fn a_session_across_a_cut_counts_by_what_is_known() {
    let all = names("", "");
    let events = "
        2011-07-01T23:50Z - -
        2011-07-01T23:58Z - -
        2011-07-02T00:06Z - -
        2011-07-02T00:20Z - -
    ";
    check(
        "UTC",
        &all,
        events,
        "2011-07-02T00:00Z",
        "sessions_total 1\nevents_per_session 2\nsession_minutes_mean 8",
    );
    check(
        "UTC",
        &all,
        events,
        "2011-07-03T00:00Z",
        "sessions_total 1\nevents_per_session 4\nsession_minutes_mean 30",
    );
    // It began before the window of 7 days: its later events are in the window, the session is not.
    check(
        "UTC",
        &all,
        events,
        "2011-07-09T00:00Z",
        "sessions_total 1\nsessions_7d 0\nevents_7d 2",
    );
    // And in one pass over both cuts, as alone.
    let both = rows(
        "UTC",
        &all,
        events,
        &["2011-07-03T00:00Z", "2011-07-02T00:00Z"],
    );
    let minutes = both.column(&event_features(&all), "session_minutes_mean");
    assert_eq!(minutes.unwrap(), [8.0, 30.0]);
}

#[test]
fn a_clock_set_back_over_midnight() {
    // St John's, 1 November 2009: at 00:01 the clock went back to 23:01 of 31 October. The first event
    // is of 1 November, the second, later, of 31 October: two active days, hours 0 and 23, one session.
    check(
        "America/St_Johns",
        &names("", ""),
        "
        2009-11-01T02:30:30Z - -
        2009-11-01T02:31:30Z - -
        ",
        "2009-11-08T03:30Z",
        "
        active_days_total 2
        active_days_7d    1
        gap_mean_days     1
        silence_ratio     6
        hour_mean         11.5
        sessions_total    1
        weekend_share     1
        ",
    );
}

#[test]
fn customers_without_an_active_event_before_the_cut_give_no_row() {
    let some = names("pv buy", "buy");
    let cut = ["2011-07-01T00:00Z"];
    for events in [
        "",
        "2011-06-01T00:00Z pv -\n2011-06-01T00:00Z other -",
        "2011-06-01T00:00Z pv -\n2011-07-01T00:00Z buy -",
    ] {
        assert!(rows("UTC", &some, events, &cut).is_empty(), "{events}");
    }
    // Without names that count, all events do, a nameless one too.
    let all = names("pv buy", "");
    assert_eq!(
        rows("UTC", &all, "2011-06-01T00:00Z - -", &cut).as_of.len(),
        1
    );
}

/// The label at 2011-07-01 with a horizon of 7 days, for a customer who bought in January.
fn check_label(later: &str, known_until: &str, label: i8) {
    let names = names("pv buy", "buy");
    let events = format!("2011-01-01T00:00Z buy -\n{later}");
    let cuts = vec![AsOf(us("2011-07-01T00:00Z"))];
    let mut fold = EventFold::new(calendar("UTC"), names.clone(), cuts, Some(7 * DAY_US))
        .known_until(us(known_until));
    fold.fold(&Clicks::parse(&names, &events).of(1));
    assert_eq!(fold.rows().label, [label], "{later}");
}

#[test]
fn an_active_event_within_the_horizon_is_staying() {
    let known = "2011-12-01T00:00Z";
    check_label("", known, LABEL_LOST);
    check_label("2011-06-30T23:59:59.999999Z buy -", known, LABEL_LOST);
    check_label("2011-07-01T00:00Z buy -", known, LABEL_STAYED);
    check_label("2011-07-07T23:59:59.999999Z buy -", known, LABEL_STAYED);
    check_label("2011-07-08T00:00Z buy -", known, LABEL_LOST);
    // Looking is no activity here; buying after looking is.
    check_label("2011-07-02T00:00Z pv -", known, LABEL_LOST);
    check_label(
        "2011-07-02T00:00Z pv -\n2011-07-02T00:00Z buy -",
        known,
        LABEL_STAYED,
    );
    // A horizon that is not over is unknown.
    check_label("", "2011-07-08T00:00Z", LABEL_LOST);
    check_label("", "2011-07-07T23:59:59.999999Z", LABEL_UNKNOWN);
    check_label(
        "2011-07-02T00:00Z buy -",
        "2011-07-07T00:00Z",
        LABEL_UNKNOWN,
    );
}

#[test]
fn rows_gather_in_order_and_can_be_flushed() {
    let names = names("pv", "");
    let cuts = vec![
        AsOf(us("2011-03-01T00:00Z")),
        AsOf(us("2011-02-01T00:00Z")),
        AsOf(us("2011-02-01T00:00Z")),
    ];
    let mut fold = EventFold::new(calendar("UTC"), names.clone(), cuts, None);
    assert_eq!(fold.cuts().len(), 2);
    let clicks = Clicks::parse(&names, "2011-01-01T00:00Z pv i1");
    for customer_id in 0..100 {
        fold.fold(&clicks.of(customer_id));
    }
    assert_eq!(fold.row_count(), 200);
    let rows = fold.take_rows();
    let specs = event_features(&names);
    assert_eq!(rows.columns.len(), specs.len());
    assert!(rows.columns.iter().all(|column| column.len() == 200));
    assert_eq!(rows.customer_id[..4], [0, 0, 1, 1]);
    let last = |name: &str| rows.column(&specs, name).unwrap()[198..].to_vec();
    assert_eq!(last("tenure_days"), [31.0, 59.0]);
    assert_eq!(last("pv_recency_days"), [31.0, 59.0]);
    assert!(rows.label.iter().all(|&label| label == LABEL_UNKNOWN));
    assert_eq!(fold.row_count(), 0);
    fold.fold(&clicks.of(7));
    assert_eq!(fold.rows().customer_id, [7, 7]);
    fold.clear();
    assert!(fold.rows().is_empty());
    assert!(fold.rows().columns.iter().all(Vec::is_empty));
    assert_eq!(rows.column(&specs, "no such feature"), None);
}

#[test]
fn slices_of_unequal_length_end_with_the_shortest() {
    let names = names("pv", "");
    let clicks = Clicks::parse(&names, "2011-01-01T00:00Z pv i1\n2011-01-02T00:00Z pv i2");
    let mut short = clicks.of(1);
    short.item = &short.item[..1];
    assert_eq!((short.len(), short.is_empty()), (1, false));
    let cuts = vec![AsOf(us("2011-02-01T00:00Z"))];
    let mut fold = EventFold::new(calendar("UTC"), names.clone(), cuts, None);
    fold.fold(&short);
    let total = fold
        .rows()
        .column(&event_features(&names), "events_total")
        .unwrap();
    assert_eq!(total, [1.0]);
}
