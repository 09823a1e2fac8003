//! Who is shown, in which order, and what the sums are of.

use super::*;
use perennial_history::{
    EventNames, PlanNames, event_features, fill, order_line_features, subscription_features,
};

fn people(rows: &[(f64, f64, f64, f64)]) -> People {
    let column = |pick: fn(&(f64, f64, f64, f64)) -> f64| rows.iter().map(pick).collect::<Vec<_>>();
    let unknown = vec![f64::NAN; rows.len()];
    People {
        customer_id: (1..=rows.len() as i64).collect(),
        churn_probability: column(|r| r.0),
        churn_low: column(|r| r.1),
        churn_high: column(|r| r.2),
        margin_per_year: column(|r| r.3),
        historic: unknown.clone(),
        silence_days: unknown.clone(),
        gap_mean_days: unknown.clone(),
        days_left: unknown.clone(),
        tenure_days: unknown,
        lost_already: vec![false; rows.len()],
    }
}

#[test]
fn most_at_stake_comes_first_and_the_sums_are_of_those_at_risk() {
    let people = people(&[
        (0.5, 0.4, 0.6, 100.0),
        (0.9, 0.8, 1.0, 20.0),
        (0.2, 0.1, 0.3, 9_000.0),
        (0.6, 0.5, 0.7, f64::NAN),
        (0.7, 0.6, 0.8, 200.0),
    ]);
    let found = survey(&people, 0.5);
    // 140, 50, 18, then the one whose value is not known; 0.2 is not at risk.
    assert_eq!(found.order, [4, 0, 1, 3]);
    let stake = found.margin_at_stake.unwrap();
    assert!((stake.value - 208.0).abs() < 1e-9);
    let (low, high) = stake.interval.unwrap();
    assert!((low - 176.0).abs() < 1e-9 && (high - 240.0).abs() < 1e-9);
    let losses = found.expected_losses.unwrap();
    assert!((losses.value - 2.9).abs() < 1e-9);
    let (low, high) = losses.interval.unwrap();
    assert!((low - 2.4).abs() < 1e-9 && (high - 3.4).abs() < 1e-9);
}

#[test]
fn whoever_is_lost_already_is_in_no_list_and_no_sum() {
    let mut people = people(&[
        (0.9, 0.8, 1.0, 100.0),
        (0.6, 0.5, 0.7, 10.0),
        (0.2, 0.1, 0.3, 10.0),
    ]);
    people.lost_already[0] = true;
    let found = survey(&people, 0.5);
    assert_eq!((found.order, people.lost_already_count()), (vec![1], 1));
    assert!((found.expected_losses.unwrap().value - 0.8).abs() < 1e-9);
    assert!((found.margin_at_stake.unwrap().value - 6.0).abs() < 1e-9);
    let shown: u64 = found.distribution.iter().map(|bin| bin.customers).sum();
    assert_eq!(shown, 2);
}

#[test]
fn without_amounts_the_likeliest_comes_first_and_nothing_is_at_stake() {
    let nan = f64::NAN;
    let people = people(&[
        (0.6, nan, nan, nan),
        (0.8, nan, nan, nan),
        (0.8, nan, nan, nan),
    ]);
    let found = survey(&people, 0.5);
    assert_eq!(found.order, [1, 2, 0]);
    assert_eq!(found.margin_at_stake, Err(Missing::NoAmounts));
    let losses = found.expected_losses.unwrap();
    assert!((losses.value - 2.2).abs() < 1e-9);
    assert_eq!(losses.interval, None);
}

#[test]
fn nobody_at_risk_puts_nothing_at_stake() {
    let found = survey(&people(&[(0.1, 0.0, 0.2, 50.0)]), 0.5);
    assert!(found.order.is_empty());
    assert_eq!(found.margin_at_stake, Ok(Estimate::exact(0.0)));
}

#[test]
fn tenths_hold_their_lower_bound_and_the_last_its_upper() {
    let ps = [0.0, 0.0999, 0.1, 0.3, 0.7, 0.9, 1.0, f64::NAN];
    let rows: Vec<_> = ps.iter().map(|&p| (p, p, p, 10.0)).collect();
    let bins = distribution(&people(&rows), true);
    let counts: Vec<u64> = bins.iter().map(|b| b.customers).collect();
    assert_eq!(counts, [2, 1, 0, 1, 0, 0, 0, 1, 0, 2]);
    assert_eq!((bins[9].low, bins[9].high), (0.9, 1.0));
    assert!((bins[9].margin_at_stake.unwrap() - 19.0).abs() < 1e-9);
}

#[test]
fn reasons_of_every_feature_come_apart_again() {
    let names = EventNames::new(vec!["buy".to_owned()], &[]);
    let plans = PlanNames::new(vec!["family".to_owned()]);
    let specs = [
        order_line_features().to_vec(),
        event_features(&names),
        subscription_features(&plans),
    ];
    for spec in specs.concat() {
        let both = [
            (&spec.reason_en.higher, &spec.reason_zh.higher),
            (&spec.reason_en.lower, &spec.reason_zh.lower),
        ];
        for (en, zh) in both {
            let (en, zh) = (fill(en, "7", "3"), fill(zh, "7", "3"));
            let staying = format!("{en} (speaks for staying)");
            let found = reasons(
                &format!("{en}; {staying}; {en}"),
                &format!("{zh}；{zh}；{zh}"),
            );
            let expected = [
                Text::new(&*en, &*zh),
                Text::new(staying, &*zh),
                Text::new(&*en, &*zh),
            ];
            assert_eq!(found, expected, "{}", spec.name);
        }
    }
}

#[test]
fn reasons_that_cannot_be_told_apart_stay_one() {
    assert_eq!(
        reasons("a is x; y; b", "甲；乙"),
        [Text::new("a is x; y; b", "甲；乙")]
    );
    assert!(reasons("", "").is_empty());
}

#[test]
fn a_horizon_says_what_limited_it_in_both_languages() {
    let notes = |limit: &str| HorizonNotes {
        set: false,
        days: 90,
        wanted_days: 180,
        covered_share: Some(0.62),
        gap_median_days: Some(40),
        gaps: 1_000,
        repeat_customers: 300,
        limit: limit.to_owned(),
        candidates: vec![(90.0, 0.62)],
    };
    let text = horizon_limit(&notes("span")).unwrap();
    assert!(text.en.contains("180 days") && text.en.contains("90 days") && text.en.contains("62"));
    assert!(text.zh.contains("180 天") && text.zh.contains("90 天") && text.zh.contains("62"));
    for limit in ["span_too_short", "longest_candidate", "no_repeats"] {
        let text = horizon_limit(&notes(limit)).unwrap();
        assert!(text.en.ends_with('.') && text.zh.ends_with('。'), "{limit}");
    }
    let HorizonChoice::FromRhythm { customers: 300, .. } = choice(&notes("none")) else {
        panic!("not from the rhythm")
    };
    assert_eq!(
        choice(&HorizonNotes {
            set: true,
            ..notes("span")
        }),
        HorizonChoice::Set
    );
}
