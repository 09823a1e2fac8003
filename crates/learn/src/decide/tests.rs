//! Plans against brute force, bounds, ties and the frontier.

use super::*;

/// A small deterministic generator (a plain linear congruential one).
struct Lcg(u64);

impl Lcg {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
}

struct Case {
    key: Vec<u64>,
    p: Vec<f64>,
    value: Vec<f64>,
    eligible: Vec<u64>,
    held_out: Vec<bool>,
}

impl Case {
    fn random(rows: usize, seed: u64) -> Case {
        let mut random = Lcg(seed);
        Case {
            key: (0..rows as u64).map(|row| row * 7 + 3).collect(),
            p: (0..rows).map(|_| random.next() * 0.8).collect(),
            value: (0..rows).map(|_| random.next() * 400.0 - 20.0).collect(),
            eligible: (0..rows).map(|_| (random.next() * 8.0) as u64).collect(),
            held_out: (0..rows).map(|_| random.next() < 0.15).collect(),
        }
    }

    fn customers(&self) -> Customers<'_> {
        Customers {
            key: &self.key,
            churn_probability: &self.p,
            churn_interval: None,
            value_kept: &self.value,
            effect: None,
            eligible: Some(&self.eligible),
            held_out: Some(&self.held_out),
        }
    }

    fn net(&self, row: usize, offer: &Offer) -> f64 {
        self.p[row] * offer.assumed_effect * self.value[row] * offer.value_factor
            - offer.cost_per_use
    }

    /// The best total over every combination of offers.
    fn brute_force(&self, offers: &[Offer], budget: f64) -> f64 {
        fn walk(case: &Case, offers: &[Offer], row: usize, left: f64) -> f64 {
            if row == case.key.len() {
                return 0.0;
            }
            let mut best = walk(case, offers, row + 1, left);
            if !case.held_out[row] {
                for (index, offer) in offers.iter().enumerate() {
                    let allowed = case.eligible[row] >> index & 1 == 1;
                    if allowed && offer.cost_per_use <= left + 1e-9 {
                        let rest = walk(case, offers, row + 1, left - offer.cost_per_use);
                        best = best.max(case.net(row, offer) + rest);
                    }
                }
            }
            best
        }
        walk(self, offers, 0, budget)
    }
}

fn three_offers() -> [Offer; 3] {
    [
        Offer::new(1.5, 0.08),
        Offer::new(10.0, 0.25),
        Offer::new(4.0, 0.15),
    ]
}

#[test]
fn plans_stand_beside_brute_force() {
    let offers = three_offers();
    let mut exact = 0;
    for seed in 0..60 {
        let case = Case::random(8, seed);
        for budget in [1.0, 5.0, 11.5, 20.0, 1000.0] {
            let plan = choose(&case.customers(), &offers, Some(budget)).unwrap();
            let best = case.brute_force(&offers, budget);
            assert!(plan.total_net <= best + 1e-9, "seed {seed}: above the best");
            assert!(
                plan.dual_bound >= best - 1e-9,
                "seed {seed}: bound below the best"
            );
            assert!(plan.spend <= budget + 1e-9);
            let largest = (0..8)
                .flat_map(|row| offers.iter().map(move |offer| (row, offer)))
                .map(|(row, offer)| case.net(row, offer))
                .fold(0.0, f64::max);
            assert!(
                plan.total_net >= plan.dual_bound - largest - 1e-9,
                "seed {seed}: too far off"
            );
            exact += usize::from((plan.total_net - best).abs() < 1e-9);
        }
    }
    // A heuristic on eight customers; most of the 300 cases are the very best.
    assert!(exact >= 240, "{exact} of 300");
}

#[test]
fn without_a_binding_budget_everybody_gets_the_best() {
    let (offers, case) = (three_offers(), Case::random(500, 9));
    let plan = choose(&case.customers(), &offers, None).unwrap();
    let mut total = 0.0;
    for row in 0..500 {
        let best = (0..3)
            .filter(|index| case.eligible[row] >> index & 1 == 1)
            .map(|index| (case.net(row, &offers[index]), index))
            .filter(|(net, _)| *net > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(
            plan.intended[row].map(usize::from),
            best.map(|(_, index)| index)
        );
        if case.held_out[row] {
            assert_eq!(plan.offer[row], None);
        } else {
            total += best.map_or(0.0, |(net, _)| net);
        }
    }
    assert!((plan.total_net - total).abs() < 1e-9);
    assert!((plan.dual_bound - total).abs() < 1e-9);
    assert_eq!(plan.budget_price, 0.0);
    let wide = choose(&case.customers(), &offers, Some(1e9)).unwrap();
    assert_eq!(plan.offer, wide.offer);
}

#[test]
fn a_losing_offer_is_never_given() {
    let case = Case::random(2_000, 4);
    let offers = three_offers();
    for budget in [50.0, 500.0, 5_000.0] {
        let plan = choose(&case.customers(), &offers, Some(budget)).unwrap();
        for (row, offer) in plan.offer.iter().enumerate() {
            if let Some(offer) = offer {
                assert!(case.net(row, &offers[usize::from(*offer)]) > 0.0);
                assert_eq!(case.eligible[row] >> offer & 1, 1);
                assert!(!case.held_out[row]);
            }
        }
        let spend: f64 = plan
            .offer
            .iter()
            .flatten()
            .map(|&j| offers[usize::from(j)].cost_per_use)
            .sum();
        assert!((spend - plan.spend).abs() < 1e-6);
        assert_eq!(
            plan.by_offer
                .iter()
                .map(|total| total.customers)
                .sum::<u64>(),
            plan.customers
        );
        // A large plan is as good as its bound but for a crumb.
        assert!(plan.dual_bound - plan.total_net <= 25.0, "{plan:?}");
    }
}

#[test]
fn ties_go_to_the_smaller_key_whatever_the_order() {
    let key: Vec<u64> = vec![50, 10, 40, 20, 30];
    let (p, value) = (vec![0.5; 5], vec![100.0; 5]);
    let customers = Customers {
        key: &key,
        churn_probability: &p,
        churn_interval: None,
        value_kept: &value,
        effect: None,
        eligible: None,
        held_out: None,
    };
    let plan = choose(&customers, &[Offer::new(0.1, 0.2)], Some(0.3)).unwrap();
    let mut chosen: Vec<u64> = (0..5)
        .filter(|&row| plan.offer[row].is_some())
        .map(|row| key[row])
        .collect();
    chosen.sort_unstable();
    // 0.1 + 0.1 + 0.1 is not 0.3 in binary; counted in ten-thousandths it is.
    assert_eq!(chosen, [10, 20, 30]);
    assert!((plan.spend - 0.3).abs() < 1e-12);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut case = Case::random(3_000, 21);
    let offers = three_offers();
    let by_key = |case: &Case| {
        let plan = choose(&case.customers(), &offers, Some(700.0)).unwrap();
        let mut rows: Vec<_> = case.key.iter().copied().zip(plan.offer).collect();
        rows.sort_unstable();
        rows
    };
    let forward = by_key(&case);
    case.key.reverse();
    case.p.reverse();
    case.value.reverse();
    case.eligible.reverse();
    case.held_out.reverse();
    assert_eq!(forward, by_key(&case));
}

#[test]
fn the_interval_of_the_net_follows_the_interval_of_churn() {
    let (key, p, value) = ([1], [0.4], [100.0]);
    let customers = Customers {
        key: &key,
        churn_probability: &p,
        churn_interval: Some((&[0.1], &[0.6])),
        value_kept: &value,
        effect: None,
        eligible: None,
        held_out: None,
    };
    let offer = Offer {
        value_factor: 0.5,
        ..Offer::new(2.0, 0.5)
    };
    let plan = choose(&customers, &[offer], Some(10.0)).unwrap();
    // 0.4 * 0.5 * 100 * 0.5 - 2 = 8; at 0.1: 0.5; at 0.6: 13.
    assert!((plan.expected_net[0] - 8.0).abs() < 1e-12);
    assert!((plan.net_low[0] - 0.5).abs() < 1e-12);
    assert!((plan.net_high[0] - 13.0).abs() < 1e-12);
}

#[test]
fn measured_effects_replace_assumed_ones() {
    let customers = Customers {
        key: &[1, 2],
        churn_probability: &[0.5, 0.5],
        churn_interval: None,
        value_kept: &[100.0, 100.0],
        // The first is driven away by offer 0, the second is kept by it.
        effect: Some(&[-0.3, 0.1, 0.4, 0.1]),
        eligible: None,
        held_out: None,
    };
    let offers = [Offer::new(1.0, 0.9), Offer::new(1.0, 0.0)];
    let plan = choose(&customers, &offers, None).unwrap();
    assert_eq!(plan.offer, [Some(1), Some(0)]);
    assert!((plan.total_net - (4.0 + 19.0)).abs() < 1e-12);
}

#[test]
fn the_frontier_rises_and_ends_at_the_best() {
    let (offers, case) = (three_offers(), Case::random(2_000, 5));
    let line = frontier(&case.customers(), &offers, 40).unwrap();
    assert_eq!(line.len(), 41);
    assert_eq!((line[0].budget, line[0].customers), (0.0, 0));
    for pair in line.windows(2) {
        assert!(pair[0].budget < pair[1].budget);
        assert!(pair[0].expected_net <= pair[1].expected_net);
        assert!(pair[0].customers <= pair[1].customers);
        assert!(pair[1].spend <= pair[1].budget + 1e-9);
    }
    // Returns diminish: the first half brings more than the second.
    assert!(line[20].expected_net > line[40].expected_net / 2.0);
    let free = choose(&case.customers(), &offers, None).unwrap();
    assert!((line[40].expected_net - free.total_net).abs() < 1e-6);
    assert_eq!(line[40].customers, free.customers);
    // Plan and frontier agree at the same budget but for a step.
    for point in &line[1..] {
        let plan = choose(&case.customers(), &offers, Some(point.budget)).unwrap();
        assert!(plan.dual_bound >= point.expected_net - 1e-6);
        // A step costs 10 at most, at about the price of the budget.
        let step = 10.0 * plan.budget_price + 1.0;
        assert!(
            (plan.total_net - point.expected_net).abs() < step,
            "{point:?}"
        );
    }
}

#[test]
fn an_offer_that_costs_nothing_is_given_at_budget_zero() {
    let case = Case::random(100, 2);
    let offers = [Offer::new(0.0, 0.05), Offer::new(5.0, 0.3)];
    let line = frontier(&case.customers(), &offers, 4).unwrap();
    assert!(line[0].customers > 0 && line[0].expected_net > 0.0);
    let plan = choose(&case.customers(), &offers, Some(0.001)).unwrap();
    assert!((plan.total_net - line[0].expected_net).abs() < 1e-9);
    assert_eq!(plan.spend, 0.0);
}

#[test]
fn bad_input_is_an_error() {
    let case = Case::random(3, 1);
    let offers = three_offers();
    for budget in [0.0, -5.0, f64::NAN, f64::INFINITY] {
        let error = choose(&case.customers(), &offers, Some(budget)).unwrap_err();
        assert_eq!(error.code(), "decide/budget");
    }
    let code = |customers: &Customers<'_>, offers: &[Offer]| {
        choose(customers, offers, Some(1.0)).unwrap_err().code()
    };
    let nan = [0.1, f64::NAN, 0.1];
    let customers = Customers {
        churn_probability: &nan,
        ..case.customers()
    };
    assert_eq!(code(&customers, &offers), "decide/customer");
    let customers = Customers {
        value_kept: &nan[..2],
        ..case.customers()
    };
    assert_eq!(code(&customers, &offers), "decide/length");
    assert_eq!(code(&case.customers(), &[]), "decide/count");
    assert_eq!(
        code(&case.customers(), &[Offer::new(-1.0, 0.1)]),
        "decide/offer"
    );
    assert_eq!(
        code(&case.customers(), &[Offer::new(1.0, 10.0)]),
        "decide/offer"
    );
    let empty = Customers {
        key: &[],
        churn_probability: &[],
        churn_interval: None,
        value_kept: &[],
        effect: None,
        eligible: None,
        held_out: None,
    };
    assert_eq!(choose(&empty, &offers, Some(1.0)).unwrap().customers, 0);
    assert!(frontier(&case.customers(), &offers, 0).is_err());
}
