//! The customers' rhythm and the horizon chosen from it.

use crate::table::{calendar, fold_all, us};
use perennial_history::{AsOf, GapHistogram, HorizonLimit, RhythmFold, choose_horizon};

/// Gaps 10 and 10 (open 10), gap 5 (open 25), and a customer of one day, seen on 31 January.
fn small() -> GapHistogram {
    let mut fold = RhythmFold::new(calendar("UTC"), AsOf(us("2011-02-01T00:00Z")));
    fold_all(
        &mut fold,
        &[
            "
            2011-01-01T10:00Z A p1 1 1
            2011-01-11T10:00Z B p1 1 1
            2011-01-11T20:00Z B p1 1 1
            2011-01-15T20:00Z B p1 -1 -1
            2011-01-21T10:00Z C p1 1 1
            2011-02-01T00:00Z D p1 1 1
            ",
            "2011-01-01T10:00Z A p1 1 1\n2011-01-06T10:00Z B p1 1 1",
            "2011-01-01T10:00Z A p1 1 1",
            "",
        ],
    );
    fold.histogram().clone()
}

#[test]
fn gaps_are_counted_and_open_ones_corrected_for() {
    let gaps = small();
    assert_eq!(
        (gaps.gaps(), gaps.customers(), gaps.one_day_customers()),
        (3, 2, 1)
    );
    assert_eq!(gaps.gaps_by_days(), [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2]);
    // At 5 days one of five ends: 4/5 remain; at 10 two of four: 2/5. So 1/5 and 3/5 have ended.
    let ended = gaps.ended_within();
    assert_eq!(ended.len(), 11);
    assert!((ended[4]).abs() < 1e-12 && (ended[9] - 0.2).abs() < 1e-12);
    assert!((ended[10] - 0.6).abs() < 1e-12);
    assert!((gaps.covered_share(7).unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(gaps.covered_share(10), Some(1.0));
    assert_eq!(gaps.covered_share(365), Some(1.0));
    // A third of those that end has ended at 5 days.
    assert_eq!(gaps.covering_days(0.3), Some(5));
    assert_eq!(gaps.covering_days(0.5), Some(10));
    assert_eq!(gaps.covering_days(1.0), Some(10));
    assert_eq!(GapHistogram::default().covering_days(0.5), None);
}

#[test]
fn the_horizon_covers_four_of_five_and_fits_three_times() {
    let gaps = small();
    let choice = choose_horizon(&gaps, 42);
    assert_eq!(
        (choice.days, choice.wanted_days, choice.limit),
        (14, 14, HorizonLimit::None)
    );
    assert_eq!(choice.covered_share, Some(1.0));
    assert_eq!(
        (choice.gap_median_days, choice.gaps, choice.span_days),
        (Some(10), 3, 42)
    );
    let choice = choose_horizon(&gaps, 41);
    assert_eq!(
        (choice.days, choice.wanted_days, choice.limit),
        (7, 14, HorizonLimit::Span)
    );
    assert!((choice.covered_share.unwrap() - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn a_short_history_has_a_short_horizon() {
    let chosen = |span_days: i64| {
        let choice = choose_horizon(&small(), span_days);
        assert_eq!((choice.wanted_days, choice.span_days), (14, span_days));
        (choice.days, choice.limit)
    };
    // Twenty days were too short for any horizon as long as the shortest was of seven days: five fit.
    for (span_days, days) in [
        (21, 7),
        (20, 5),
        (15, 5),
        (14, 3),
        (9, 3),
        (8, 2),
        (6, 2),
        (5, 1),
        (3, 1),
    ] {
        assert_eq!(
            chosen(span_days),
            (days, HorizonLimit::Span),
            "{span_days} days"
        );
    }
    assert_eq!(chosen(2), (1, HorizonLimit::SpanTooShort));
    assert_eq!(chosen(1), (1, HorizonLimit::SpanTooShort));
    assert_eq!(chosen(0), (7, HorizonLimit::SpanTooShort));
    // Nearly everybody is back on the next day: a day is enough, and nothing keeps it from being so.
    let mut daily = GapHistogram::default();
    (0..30).for_each(|_| daily.add_customer(&[1, 2, 3, 4, 5], 5));
    let choice = choose_horizon(&daily, 9);
    assert_eq!((choice.days, choice.limit), (1, HorizonLimit::None));
    assert_eq!(choose_horizon(&daily, 21).days, 7);
    // The gap of five days is within reach of the horizon of five.
    let choice = choose_horizon(&small(), 15);
    assert!((choice.covered_share.unwrap() - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn without_repeats_the_horizon_is_a_default_and_says_so() {
    let choice = choose_horizon(&GapHistogram::default(), 1_000);
    assert_eq!((choice.days, choice.covered_share), (90, None));
    assert_eq!(
        (choice.limit, choice.gap_median_days),
        (HorizonLimit::NoRepeats, None)
    );
    let choice = choose_horizon(&GapHistogram::default(), 100);
    assert_eq!((choice.days, choice.limit), (30, HorizonLimit::NoRepeats));
    let choice = choose_horizon(&GapHistogram::default(), 9);
    assert_eq!((choice.days, choice.limit), (3, HorizonLimit::NoRepeats));
    assert_eq!(
        choose_horizon(&GapHistogram::default(), -5).limit,
        HorizonLimit::SpanTooShort
    );
}

#[test]
fn gaps_of_years_take_the_longest_candidate() {
    let mut gaps = GapHistogram::default();
    for i in 0..100 {
        gaps.add_customer(&[0, 300 + i * 5], 800);
    }
    let choice = choose_horizon(&gaps, 5_000);
    assert_eq!(
        (choice.days, choice.limit),
        (365, HorizonLimit::LongestCandidate)
    );
    // Gaps 300, 305 ... 795, each open for the rest: 14 of 100 end within 365 days.
    assert!((choice.covered_share.unwrap() - 0.14).abs() < 0.03);
    // And beyond ten years they are counted as ten.
    gaps.add_customer(&[0, 1_000_000], i64::MAX);
    assert_eq!(gaps.gaps_by_days().len(), 3_661);
}

#[test]
fn merging_equals_counting_together() {
    let mut left = small();
    let mut right = GapHistogram::default();
    right.add_customer(&[3, 4, 90], 100);
    left.merge(&right);
    let mut whole = small();
    whole.add_customer(&[3, 4, 90], 100);
    assert_eq!(left, whole);
    right.merge(&small());
    assert_eq!(right, whole);
}

#[test]
fn a_horizon_is_not_fooled_by_open_silence() {
    // Everybody buys every 20 days, until some stop: a third of the last gaps stay open for long. The
    // ended gaps are all 20 days, and so is the rhythm.
    let mut gaps = GapHistogram::default();
    for customer in 0..90 {
        let purchases = 2 + customer % 5;
        let days: Vec<i64> = (0..purchases).map(|k| k * 20).collect();
        gaps.add_customer(
            &days,
            if customer % 3 == 0 {
                400
            } else {
                days.len() as i64 * 20
            },
        );
    }
    assert_eq!(choose_horizon(&gaps, 400).days, 21);
}
