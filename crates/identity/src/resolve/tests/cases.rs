//! One rule at a time.

use super::*;

fn resolved(edges: &[Edge], limits: &Limits, decisions: &[Decision]) -> Resolution {
    resolve(
        &Evidence::new(edges.to_vec()).expect("few"),
        limits,
        &[],
        decisions,
    )
}

#[test]
fn a_chain_is_one_customer_named_by_its_smallest_subject() {
    let found = resolved(
        &[edge(7, 101), edge(3, 101), edge(3, 102), edge(9, 103)],
        &Limits::default(),
        &[],
    );
    assert_eq!(
        found.customers,
        [(3, 3), (7, 3), (9, 9), (101, 3), (102, 3), (103, 9)]
    );
    assert_eq!(found.customer(7), 3);
    assert_eq!(found.customer(55), 55);
}

#[test]
fn an_identifier_of_six_customers_joins_nobody() {
    let mut edges: Vec<Edge> = (0..5).map(|customer| edge(customer, 101)).collect();
    edges.push(edge(2, 102));
    let five = resolved(&edges, &Limits::default(), &[]);
    assert_eq!(five.customer(4), 0);
    edges.push(edge(5, 101));
    let six = resolved(&edges, &Limits::default(), &[]);
    assert_eq!(six.customers, [(2, 2), (102, 2)]);
    let shared = Shared {
        subject: 101,
        kind: kind_of(101),
        customers: 6,
    };
    assert_eq!(six.shared, [shared]);
    assert_eq!(
        six.outcomes
            .iter()
            .filter(|o| **o == Outcome::Shared)
            .count(),
        6
    );
    // Taking one merge back must not bring the other five about.
    let undone = resolved(
        &edges,
        &Limits::default(),
        &[decision((5, 101), Verdict::Rejected, 1)],
    );
    assert_eq!(undone.customers, six.customers);
}

#[test]
fn exclusive_ids_keep_the_stronger_evidence() {
    let limits = Limits {
        exclusive_ids: true,
        ..Limits::default()
    };
    let often = Edge {
        count: 9,
        ..edge(4, 101)
    };
    let found = resolved(&[edge(2, 101), often, edge(2, 102)], &limits, &[]);
    assert_eq!(found.customers, [(2, 2), (4, 4), (101, 4), (102, 2)]);
    assert_eq!(
        found.outcomes,
        [Outcome::SecondId, Outcome::Counted, Outcome::Counted]
    );
    let cut = Cut {
        subject: 2,
        subjects: 4,
        customers: 2,
        left_out: 1,
    };
    assert_eq!(found.cuts, [cut]);
    // A person may say that both ids are of one.
    let word = decision((4, 2), Verdict::Same, 1);
    let found = resolved(&[edge(2, 101), often], &limits, &[word]);
    assert_eq!(found.customer(101), 2);
    assert_eq!(found.asserted, [((2, 4), Outcome::Counted)]);
    assert!(found.cuts.is_empty());
}

#[test]
fn an_id_that_only_a_decision_names_is_still_an_id() {
    let limits = Limits {
        exclusive_ids: true,
        ..Limits::default()
    };
    // 1 has no evidence; that 101 is its own is a person's word.
    let word = decision((1, 101), Verdict::Same, 1);
    let found = resolved(&[edge(2, 101)], &limits, &[word]);
    assert_eq!(found.customers, [(1, 1), (101, 1)]);
    assert_eq!(found.outcomes, [Outcome::SecondId]);
}

#[test]
fn apart_holds_against_every_way() {
    let edges = [edge(1, 101), edge(2, 101), edge(1, 102), edge(2, 102)];
    let apart = decision((2, 1), Verdict::Apart, 1);
    let found = resolved(&edges, &Limits::default(), &[apart]);
    assert_ne!(found.customer(1), found.customer(2));
    assert_eq!(
        found
            .outcomes
            .iter()
            .filter(|o| **o == Outcome::Apart)
            .count(),
        2
    );
    // Rejecting one piece of evidence leaves the other.
    let rejected = decision((2, 101), Verdict::Rejected, 2);
    let found = resolved(&edges, &Limits::default(), &[rejected]);
    assert_eq!(found.customer(2), 1);
    // The later word holds.
    let same = decision((1, 2), Verdict::Same, 3);
    let found = resolved(&edges, &Limits::default(), &[same, apart]);
    assert_eq!(found.customer(2), 1);
}

#[test]
fn what_is_too_large_is_cut_and_told() {
    let edges: Vec<Edge> = (0..50)
        .flat_map(|i| [edge(i, 100 + 4 * i), edge(i, 104 + 4 * i)])
        .collect();
    let limits = Limits {
        subjects_max: 20,
        ..Limits::default()
    };
    let found = resolved(&edges, &limits, &[]);
    let mut sizes = std::collections::BTreeMap::new();
    for &(_, customer) in &found.customers {
        *sizes.entry(customer).or_insert(0) += 1;
    }
    assert!(sizes.values().all(|&size| size <= 20), "{sizes:?}");
    let [cut] = found.cuts[..] else {
        panic!("{:?}", found.cuts)
    };
    assert_eq!((cut.subject, cut.subjects), (0, 101));
    assert_eq!(cut.left_out + 1, cut.customers);
    let left_out = found.outcomes.iter().filter(|o| **o == Outcome::TooLarge);
    assert_eq!(left_out.count() as u32, cut.left_out);
}

#[test]
fn blocked_subjects_join_nobody_and_sightings_add_up() {
    let evidence = Evidence::new(vec![
        Edge {
            first_seen_us: 5,
            source: 1,
            count: 2,
            ..edge(1, 101)
        },
        Edge {
            first_seen_us: 3,
            source: 2,
            count: 4,
            ..edge(1, 101)
        },
        edge(2, 101),
        edge(2, 2),
    ])
    .expect("few");
    let first = evidence.edges()[0];
    assert_eq!((first.first_seen_us, first.source, first.count), (3, 2, 6));
    assert_eq!(evidence.edges().len(), 2);
    let word = decision((1, 101), Verdict::Same, 1);
    let found = resolve(&evidence, &Limits::default(), &[101], &[word]);
    assert!(found.customers.is_empty());
    assert_eq!(found.outcomes, [Outcome::Blocked; 2]);
    assert_eq!(found.asserted, [((1, 101), Outcome::Blocked)]);
}

#[test]
fn a_merge_changes_only_the_subjects_concerned() {
    let old = resolved(
        &[edge(1, 101), edge(2, 102), edge(3, 103)],
        &Limits::default(),
        &[],
    );
    let new = resolved(
        &[edge(1, 101), edge(2, 102), edge(2, 101), edge(3, 103)],
        &Limits::default(),
        &[],
    );
    let change = |subject, before, after| Change {
        subject,
        before,
        after,
    };
    assert_eq!(changes(&old, &new), [change(2, 2, 1), change(102, 2, 1)]);
    assert_eq!(changes(&new, &old), [change(2, 1, 2), change(102, 1, 2)]);
    let gone = Resolution::default();
    assert_eq!(changes(&old, &gone).len(), 3);
}
