//! The folds that take either kind of history: rhythm, retention and months of events equal those of
//! order lines at the same moments, and the months' customers equal the business's.

use crate::event_table::{Clicks, names};
use crate::table::{Lines, Random, calendar, us};
use perennial_history::{
    Activity, ActivityMonth, ActivityMonths, AsOf, BusinessFold, DAY_US, EventNames, Fold,
    PeriodFold, RhythmFold,
};

const MARCH_2011: i64 = (2011 - 1970) * 12 + 2;

/// Order lines, some of them returns or gifts, and events at the same moments: "buy" for a purchase
/// line, "look" for any other.
fn random_pair(random: &mut Random, names: &EventNames) -> (Lines, Clicks) {
    // Around 1 November 2009, when St John's went back over midnight into October.
    let start_us = us("2009-10-31T00:00Z");
    let mut times: Vec<i64> = (0..random.below(25))
        .map(|_| match random.below(3) {
            0 => start_us + (random.below(48 * 60) as i64) * 60_000_000,
            _ => start_us + (random.below(4_000) as i64 - 2_000) * DAY_US / 8,
        })
        .collect();
    times.sort_unstable();
    let (mut lines, mut clicks) = (Lines::default(), Clicks::none(names));
    for time_us in times {
        let (quantity, amount, name) = match random.below(5) {
            0 => (-10_000, -10_000, "look"),
            1 => (10_000, 0, "look"),
            _ => (10_000, 10_000, "buy"),
        };
        lines.push((time_us, random.below(9), 1, quantity, amount));
        clicks.push(time_us, name, 1);
    }
    (lines, clicks)
}

#[test]
fn a_history_says_when_it_was_active() {
    let names = names("look buy", "buy");
    let mut clicks = Clicks::none(&names);
    clicks.push(5, "look", 1);
    clicks.push(6, "buy", 1);
    clicks.push(9, "other", 1);
    let mut lines = Lines::default();
    for (time_us, quantity, amount) in [(5, -1, -1), (6, 1, 1), (9, 1, 0)] {
        lines.push((time_us, 1, 1, quantity, amount));
    }
    fn check<A: Activity>(history: &A) {
        assert_eq!((history.customer_id(), history.len()), (7, 3));
        assert!(!history.is_empty());
        let moments: Vec<(i64, bool)> = (0..3)
            .map(|i| (history.time_us(i), history.is_active(i)))
            .collect();
        assert_eq!(moments, [(5, false), (6, true), (9, false)]);
        let mut active = Vec::new();
        history.each_active_before(7, |time_us| active.push(time_us));
        assert_eq!(active, [6]);
        history.each_active_before(6, |time_us| panic!("{time_us} is not before 6"));
    }
    check(&clicks.of(7));
    check(&lines.of(7));
}

#[test]
fn events_move_the_folds_as_order_lines_do() {
    let mut random = Random(99);
    let names = names("look buy", "buy");
    for zone in ["UTC", "America/St_Johns"] {
        let (calendar, as_of) = (calendar(zone), AsOf(us("2010-03-01T00:00Z")));
        let mut rhythms = [(); 2].map(|()| RhythmFold::new(calendar.clone(), as_of));
        let start_us = us("2009-11-01T00:00Z");
        let period = PeriodFold::new(start_us, start_us + 60 * DAY_US, 30 * DAY_US);
        let mut periods = [period.clone(), period];
        for _ in 0..300 {
            let (lines, clicks) = random_pair(&mut random, &names);
            rhythms[0].fold(&lines.of(1));
            rhythms[1].fold(&clicks.of(1));
            periods[0].fold(&lines.of(1));
            periods[1].fold(&clicks.of(1));
        }
        assert_eq!(rhythms[0].histogram(), rhythms[1].histogram());
        assert!(rhythms[0].histogram().gaps() > 1_000);
        assert_eq!(periods[0].retention(), periods[1].retention());
        let retention = periods[0].retention();
        assert!(retention.stayed > 20 && retention.lost > 20 && retention.came_back > 5);
    }
}

#[test]
fn months_count_customers_as_the_business_does() {
    let mut random = Random(3);
    let names = names("look buy", "buy");
    for zone in ["UTC", "America/St_Johns"] {
        for silence_days in [0, 1, 30, 90] {
            let as_of = AsOf(us("2010-03-01T00:00Z"));
            let months = || ActivityMonths::new(calendar(zone), as_of, silence_days);
            let (mut of_lines, mut of_events) = (months(), months());
            let mut business = BusinessFold::new(calendar(zone), as_of, silence_days);
            for _ in 0..200 {
                let (lines, clicks) = random_pair(&mut random, &names);
                of_lines.fold(&lines.of(1));
                of_events.fold(&clicks.of(1));
                business.fold(&lines.of(1));
            }
            assert_eq!(of_lines.months(), of_events.months());
            let customers: Vec<[i64; 4]> = of_lines
                .months()
                .iter()
                .map(|m| [m.month, m.active as i64, m.new as i64, m.returning as i64])
                .collect();
            let buyers: Vec<[i64; 4]> = business
                .months()
                .iter()
                .filter(|m| m.buyers > 0)
                .map(|m| {
                    let [buyers, new, returning] =
                        [m.buyers, m.new_buyers, m.returning_buyers].map(|n| n as i64);
                    [m.month, buyers, new, returning]
                })
                .collect();
            assert_eq!(customers, buyers);
            assert!(customers.len() > 10 && customers.iter().map(|c| c[3]).sum::<i64>() > 50);
        }
    }
}

#[test]
fn months_by_hand() {
    let names = names("look buy", "buy");
    let mut left =
        ActivityMonths::new(calendar("Europe/London"), AsOf(us("2011-06-01T00:00Z")), 30);
    let mut right = left.clone();
    // 23:00 UTC on 31 March is 1 April by London's clock.
    left.fold(
        &Clicks::parse(
            &names,
            "
            2011-03-05T10:00Z buy  -
            2011-03-05T11:00Z buy  -
            2011-03-20T10:00Z look -
            2011-03-31T23:00Z buy  -
            2011-05-20T10:00Z look -
            ",
        )
        .of(1),
    );
    // Thirty-one days of silence, and once more on the next day; nothing at the as-of moment counts.
    right.fold(
        &Clicks::parse(
            &names,
            "
            2011-03-30T10:00Z buy -
            2011-04-30T10:00Z buy -
            2011-05-01T10:00Z buy -
            2011-06-01T00:00Z buy -
            ",
        )
        .of(2),
    );
    left.merge(&right);
    let month = |month, active, new, returning, moments| ActivityMonth {
        month,
        active,
        new,
        returning,
        moments,
    };
    assert_eq!(
        left.months(),
        [
            month(MARCH_2011, 2, 2, 0, 3),
            month(MARCH_2011 + 1, 2, 0, 1, 2),
            month(MARCH_2011 + 2, 1, 0, 0, 1),
        ]
    );
}
