//! The rules once more, by plain sets and repeated search.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

type Sets = Vec<BTreeSet<i64>>;

/// The set a subject lies in.
fn set_of(sets: &Sets, subject: i64) -> usize {
    sets.iter()
        .position(|set| set.contains(&subject))
        .expect("every subject lies in a set")
}

struct Second {
    customers: BTreeMap<i64, i64>,
    outcomes: Vec<Outcome>,
}

fn final_decisions(world: &World) -> BTreeMap<(i64, i64), Verdict> {
    let mut decisions = world.decisions.clone();
    decisions.sort_by_key(|d| (d.made_us, d.number, d.verdict));
    decisions
        .iter()
        .map(|d| ((d.pair.0.min(d.pair.1), d.pair.0.max(d.pair.1)), d.verdict))
        .collect()
}

fn second(world: &World, edges: &[Edge]) -> Second {
    let decided = final_decisions(world);
    let mut seen_with: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for edge in &world.edges {
        seen_with.entry(edge.to).or_default().insert(edge.from);
    }
    let blocked = |a: i64, b: i64| world.blocked.contains(&a) || world.blocked.contains(&b);
    let mut outcomes: Vec<Outcome> = Vec::new();
    // Ways to join, with what they are sorted by; `None` for a person's word.
    let mut ways: Vec<(i64, i64, Option<usize>)> = Vec::new();
    for (i, edge) in edges.iter().enumerate() {
        let pair = (edge.from.min(edge.to), edge.from.max(edge.to));
        let customers = seen_with[&edge.to].len() as u32;
        let outcome = match decided.get(&pair) {
            _ if blocked(edge.from, edge.to) => Outcome::Blocked,
            Some(Verdict::Rejected) => Outcome::Rejected,
            Some(Verdict::Apart) => Outcome::Apart,
            _ if customers > world.limits.customers_max[edge.to_kind as usize] => Outcome::Shared,
            _ => Outcome::Counted,
        };
        if outcome == Outcome::Counted {
            ways.push((edge.from, edge.to, Some(i)));
        }
        outcomes.push(outcome);
    }
    ways.sort_by_key(|&(from, to, place)| {
        let edge = &edges[place.expect("evidence")];
        let degree = seen_with[&to].len();
        let seldom = u64::MAX - edge.count;
        (degree, edge.to_kind, seldom, edge.first_seen_us, from, to)
    });
    let words = decided.iter().filter(|(pair, verdict)| {
        **verdict == Verdict::Same && pair.0 != pair.1 && !blocked(pair.0, pair.1)
    });
    let mut all: Vec<_> = words.map(|(pair, _)| (pair.0, pair.1, None)).collect();
    all.extend(ways);
    let mut sets: Sets = all
        .iter()
        .flat_map(|way| [way.0, way.1])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|subject| BTreeSet::from([subject]))
        .collect();
    for (a, b, place) in all {
        let outcome = join(world, &decided, &mut sets, (a, b), place.is_none());
        if let Some(place) = place {
            outcomes[place] = outcome;
        }
    }
    let customers = sets
        .iter()
        .filter(|set| set.len() > 1)
        .flat_map(|set| set.iter().map(|&s| (s, *set.first().expect("not empty"))))
        .collect();
    Second {
        customers,
        outcomes,
    }
}

/// Every set is built by the careful rule here: where nothing is broken that
/// comes to the same as joining at once.
fn join(
    world: &World,
    decided: &BTreeMap<(i64, i64), Verdict>,
    sets: &mut Sets,
    (a, b): (i64, i64),
    word: bool,
) -> Outcome {
    let (a, b) = (set_of(sets, a), set_of(sets, b));
    if a == b {
        return Outcome::Counted;
    }
    let both: BTreeSet<i64> = sets[a].union(&sets[b]).copied().collect();
    let apart = decided.iter().any(|(pair, verdict)| {
        *verdict == Verdict::Apart
            && pair.0 != pair.1
            && both.contains(&pair.0)
            && both.contains(&pair.1)
    });
    let has_id = |set: &BTreeSet<i64>| set.iter().any(|&s| kind_of(s) == Kind::CustomerId);
    if apart {
        Outcome::Apart
    } else if world.limits.exclusive_ids && !word && has_id(&sets[a]) && has_id(&sets[b]) {
        Outcome::SecondId
    } else if both.len() as u32 > world.limits.subjects_max {
        Outcome::TooLarge
    } else {
        sets[a] = both;
        sets.remove(b);
        Outcome::Counted
    }
}

#[test]
fn both_implementations_agree_on_random_worlds() {
    let mut seen: BTreeMap<Outcome, u32> = BTreeMap::new();
    for seed in 0..4_000 {
        let world = world(seed);
        let (evidence, resolution) = world.resolve();
        let second = second(&world, evidence.edges());
        let customers: BTreeMap<i64, i64> = resolution.customers.iter().copied().collect();
        assert_eq!(customers, second.customers, "seed {seed}");
        assert_eq!(resolution.outcomes, second.outcomes, "seed {seed}");
        for outcome in resolution.outcomes {
            *seen.entry(outcome).or_default() += 1;
        }
    }
    // The worlds must have shown every rule at work.
    assert_eq!(seen.len(), 7, "{seen:?}");
    assert!(seen.values().all(|&count| count > 200), "{seen:?}");
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    for seed in 0..500 {
        let mut world = world(seed);
        let expected = world.resolve();
        let mut dice = Dice(seed ^ 77);
        for _ in 0..4 {
            dice.shuffle(&mut world.edges);
            dice.shuffle(&mut world.decisions);
            dice.shuffle(&mut world.blocked);
            assert_eq!(world.resolve(), expected, "seed {seed}");
        }
    }
}

#[test]
fn evidence_in_parts_equals_evidence_at_once() {
    for seed in 0..500 {
        let world = world(seed);
        let (whole, resolution) = world.resolve();
        let mut dice = Dice(seed ^ 99);
        let mut evidence = Evidence::default();
        let mut current = Resolution::default();
        let mut told: BTreeMap<i64, i64> = BTreeMap::new();
        for part in world.edges.chunks(1 + dice.below(20) as usize) {
            evidence = evidence.with(part.to_vec()).expect("few");
            let next = resolve(&evidence, &world.limits, &world.blocked, &world.decisions);
            // Who follows the changes alone knows every customer.
            for change in changes(&current, &next) {
                let before = told.insert(change.subject, change.after);
                assert_eq!(before.unwrap_or(change.subject), change.before);
                assert_ne!(change.before, change.after);
            }
            current = next;
        }
        assert_eq!(evidence, whole, "seed {seed}");
        if !world.edges.is_empty() {
            assert_eq!(current, resolution, "seed {seed}");
        }
        for (subject, customer) in told {
            assert_eq!(current.customer(subject), customer, "seed {seed}");
        }
    }
}

#[test]
fn taking_a_decision_back_restores_what_was() {
    for seed in 0..500 {
        let mut world = world(seed);
        let (_, before) = world.resolve();
        let pair = (3, 101);
        let open = world
            .decisions
            .iter()
            .all(|d| d.pair != pair && d.pair != (101, 3));
        if !open {
            continue;
        }
        for verdict in [
            Verdict::Rejected,
            Verdict::Open,
            Verdict::Same,
            Verdict::Apart,
            Verdict::Open,
        ] {
            let number = 100 + world.decisions.len() as u64;
            world.decisions.push(Decision {
                made_us: 9,
                ..decision(pair, verdict, number)
            });
        }
        let (_, after) = world.resolve();
        assert_eq!(before.customers, after.customers, "seed {seed}");
        assert_eq!(before.outcomes, after.outcomes, "seed {seed}");
    }
}
