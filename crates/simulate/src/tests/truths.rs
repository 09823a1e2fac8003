//! The truth about leaving and about offers, against what is drawn.

use super::*;
use crate::{OFFERS, Response, Truth};

#[test]
fn leavers_are_silent_and_newcomers_begin_with_an_order() {
    let shop = shop(3_000, |_| ());
    let truths: Vec<Truth> = shop.truths().collect();
    let mut first = vec![None; 3_000];
    for row in all_rows(&shop) {
        let truth = &truths[row.customer as usize];
        assert_eq!(row.country, truth.country);
        assert!(row.time_us >= truth.joined_us);
        if row.return_of == 0 {
            assert!(
                truth.left_us.is_none_or(|left_us| row.time_us < left_us),
                "{row:?}"
            );
        }
        first[row.customer as usize].get_or_insert(row.time_us);
    }
    let mut left = 0;
    for truth in &truths {
        left += usize::from(truth.left_us.is_some());
        assert_eq!(
            truth.was_customer_at_start,
            truth.joined_us < shop.start_us()
        );
        if !truth.was_customer_at_start {
            assert_eq!(first[truth.customer as usize], Some(truth.joined_us));
        }
    }
    assert!((600..2_400).contains(&left), "{left}");
    let before = truths
        .iter()
        .filter(|truth| truth.was_customer_at_start)
        .count() as f64;
    assert_count(
        before,
        0.35 * 3_000.0,
        0.35 * 0.65 * 3_000.0,
        "customers at the start",
    );
}

#[test]
fn probabilities_of_leaving_are_calibrated() {
    let shop = shop(30_000, |settings| {
        settings.order_lines_per_customer_mean = 2.0
    });
    for (day, horizon_days) in [
        (0_i64, 365.0),
        (100, 30.0),
        (200, 90.0),
        (400, 180.0),
        (600, 90.0),
    ] {
        let at_us = shop.start_us() + day * DAY_US;
        let until = at_us + (horizon_days * DAY_US as f64) as i64;
        let mut people: Vec<(f64, f64)> = shop
            .truths()
            .filter_map(|truth| {
                let p = truth.leaving_probability(at_us, horizon_days)?;
                Some((
                    p,
                    f64::from(truth.left_us.is_some_and(|left_us| left_us < until)),
                ))
            })
            .collect();
        people.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(people.len() > 5_000);
        let fifth = people.len() / 5;
        let rates: Vec<f64> = people
            .chunks(fifth + 1)
            .map(|group| {
                let expected = group.iter().map(|person| person.0).sum::<f64>();
                let variance = group
                    .iter()
                    .map(|person| person.0 * (1.0 - person.0))
                    .sum::<f64>();
                let left = group.iter().map(|person| person.1).sum::<f64>();
                assert_count(left, expected, variance, "leavers");
                left / group.len() as f64
            })
            .collect();
        assert!(rates[4] > 2.5 * rates[0], "{rates:?}");
    }
}

#[test]
fn offers_do_what_the_truth_says() {
    let shop = shop(30_000, |settings| {
        settings.order_lines_per_customer_mean = 2.0;
        settings.leaving_per_year = 1.0;
    });
    let at_us = shop.start_us() + 300 * DAY_US;
    let until = at_us + 90 * DAY_US;
    for offer in 0..OFFERS.len() {
        let mut sums = [[0.0; 3]; 3];
        let (mut kept, mut uplift_sum, mut people) = (0.0, 0.0, 0.0);
        for truth in shop.truths().filter(|truth| truth.is_customer_at(at_us)) {
            let p = truth
                .leaving_probability_with_offer(offer, at_us, 90.0)
                .unwrap()
                .unwrap();
            let with = truth.left_us_with_offer(offer, at_us).unwrap();
            let uplift = truth.uplift(offer, at_us, 90.0).unwrap().unwrap();
            let left = |left_us: Option<i64>| f64::from(left_us.is_some_and(|us| us < until));
            let sum = &mut sums[match truth.responses[offer] {
                Response::Persuadable => 0,
                Response::Unmoved => 1,
                Response::SleepingDog => 2,
            }];
            sum[0] += p;
            sum[1] += p * (1.0 - p);
            sum[2] += left(with);
            kept += left(truth.left_us) - left(with);
            uplift_sum += uplift;
            people += 1.0;
            match truth.responses[offer] {
                Response::Persuadable => {
                    assert!(uplift > 0.0 && with >= truth.left_us || with.is_none())
                }
                Response::Unmoved => assert!(uplift == 0.0 && with == truth.left_us),
                Response::SleepingDog => {
                    assert!(uplift < 0.0 && with.is_some() >= truth.left_us.is_some())
                }
            }
        }
        for [expected, variance, left] in sums {
            assert_count(left, expected, variance, "leavers with an offer");
        }
        // The same people with and without: only those whose fate changes vary.
        assert_count(kept, uplift_sum, 0.1 * people, "kept by the offer");
        assert!(sums[0][0] > 0.0 && sums[2][0] > 0.0);
    }
}

#[test]
fn those_touched_by_an_incident_leave_more() {
    let shop = shop(20_000, |settings| {
        settings.order_lines_per_customer_mean = 2.0
    });
    let incident = shop.incidents()[1];
    let at_us = shop.start_us() + i64::from(incident.day) * DAY_US;
    let (mut touched, mut others) = (Vec::new(), Vec::new());
    for truth in shop.truths() {
        if let Some(p) = truth.leaving_probability(at_us, 45.0) {
            let hit = truth.touched_by_incidents >> 1 & 1 == 1;
            if hit { touched.push(p) } else { others.push(p) }
        } else if truth.joined_us >= at_us {
            assert_eq!(truth.touched_by_incidents >> 1 & 1, 0);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(touched.len() > 100);
    assert!(
        mean(&touched) > 2.5 * mean(&others),
        "{} {}",
        mean(&touched),
        mean(&others)
    );
}

#[test]
fn nobody_is_a_customer_before_joining_or_after_leaving() {
    let shop = shop(200, |_| ());
    for truth in shop.truths() {
        let hour = 3_600_000_000;
        assert_eq!(
            truth.leaving_probability(truth.joined_us - hour, 90.0),
            None
        );
        if let Some(left_us) = truth.left_us {
            assert_eq!(truth.leaving_probability(left_us, 90.0), None);
            assert_eq!(truth.leaving_hazard_per_year(left_us + hour), None);
            assert_eq!(truth.left_us_with_offer(0, left_us).unwrap(), Some(left_us));
        }
    }
}

#[test]
fn ten_million_customers_need_no_table() {
    let shop = shop(10_000_000, |_| ());
    let last = shop.truth(9_999_999).unwrap();
    assert_eq!(last.customer, 9_999_999);
    assert!(last.orders_per_year > 0.0);
}
