//! Union-find over dense numbers of subjects, and the second, careful pass over
//! what breaks a rule.
//!
//! Subjects are numbered by their order, so that the smaller number is the
//! smaller subject. Everything is sorted arrays: ten million edges take some
//! 120 bytes each.

mod careful;
mod forest;

use super::decide::{Decided, ordered};
use super::evidence::{Edge, Evidence};
use super::{Cut, Limits, Outcome, Resolution, Shared};
use forest::Forest;

/// A way to join two subjects: evidence, or a person's word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    /// Dense numbers of both ends.
    pub ends: (u32, u32),
    /// Place among the edges, or among the asserted pairs.
    pub place: u32,
    pub asserted: bool,
}

pub(super) struct Numbered {
    /// Subjects by number.
    pub subjects: Vec<i64>,
    /// Both ends of each edge.
    pub ends: Vec<(u32, u32)>,
    /// Customers each identifier was seen with, by number.
    pub degree: Vec<u32>,
}

pub(super) fn resolve(
    evidence: &Evidence,
    limits: &Limits,
    blocked: &[i64],
    decided: &Decided,
) -> Resolution {
    let edges = evidence.edges();
    let numbered = number(edges, &decided.same);
    let is_blocked = |subject: i64| blocked.binary_search(&subject).is_ok();
    let mut outcomes = judge(edges, &numbered, limits, is_blocked, decided);
    let mut asserted: Vec<((i64, i64), Outcome)> = decided
        .same
        .iter()
        .map(|&pair| {
            let blocked = is_blocked(pair.0) || is_blocked(pair.1);
            (
                pair,
                if blocked {
                    Outcome::Blocked
                } else {
                    Outcome::Counted
                },
            )
        })
        .collect();
    let mut forest = Forest::new(numbered.subjects.len());
    for way in ways(&numbered, &outcomes, &asserted) {
        forest.join(way.ends);
    }
    let mut cuts = Vec::new();
    let broken = careful::broken(edges, &numbered, limits, decided, &mut forest);
    if !broken.is_empty() {
        let mut pass = careful::Pass {
            edges,
            numbered: &numbered,
            limits,
            decided,
            outcomes: &mut outcomes,
            asserted: &mut asserted,
        };
        cuts = pass.cut(&broken, &mut forest);
    }
    Resolution {
        customers: customers(&numbered.subjects, &mut forest),
        shared: shared(edges, &numbered, limits),
        outcomes,
        asserted,
        cuts,
    }
}

/// Every way that counts as things stand.
pub(super) fn ways<'a>(
    numbered: &'a Numbered,
    outcomes: &'a [Outcome],
    asserted: &'a [((i64, i64), Outcome)],
) -> impl Iterator<Item = Way> + 'a {
    let evidence = numbered.ends.iter().zip(outcomes).enumerate();
    let evidence = evidence
        .filter(|(_, (_, outcome))| **outcome == Outcome::Counted)
        .map(|(place, (&ends, _))| Way {
            ends,
            place: place as u32,
            asserted: false,
        });
    let words = asserted.iter().enumerate();
    let words = words
        .filter(|(_, (_, outcome))| *outcome == Outcome::Counted)
        .filter_map(|(place, (pair, _))| {
            Some(Way {
                ends: (numbered.number(pair.0)?, numbered.number(pair.1)?),
                place: place as u32,
                asserted: true,
            })
        });
    evidence.chain(words)
}

impl Numbered {
    /// The number of a subject.
    pub fn number(&self, subject: i64) -> Option<u32> {
        self.subjects
            .binary_search(&subject)
            .ok()
            .map(|at| at as u32)
    }
}

/// Numbers the subjects. Edges are sorted by `from` already; a second order by
/// `to` serves for numbering and for counting customers alike.
fn number(edges: &[Edge], same: &[(i64, i64)]) -> Numbered {
    let mut by_to: Vec<(i64, u32)> = edges
        .iter()
        .enumerate()
        .map(|(place, edge)| (edge.to, place as u32))
        .collect();
    by_to.sort_unstable();
    let mut subjects: Vec<i64> = Vec::with_capacity(edges.len());
    let mut last = None;
    let mut push = |subject: i64| {
        if last != Some(subject) {
            subjects.push(subject);
            last = Some(subject);
        }
    };
    let mut to = by_to.iter().map(|&(subject, _)| subject).peekable();
    for edge in edges {
        while let Some(subject) = to.next_if(|&subject| subject <= edge.from) {
            push(subject);
        }
        push(edge.from);
    }
    to.for_each(&mut push);
    if !same.is_empty() {
        subjects.extend(same.iter().flat_map(|&(a, b)| [a, b]));
        subjects.sort_unstable();
        subjects.dedup();
    }
    let mut ends = vec![(0, 0); edges.len()];
    let mut at = 0;
    for (edge, ends) in edges.iter().zip(&mut ends) {
        while subjects[at] < edge.from {
            at += 1;
        }
        ends.0 = at as u32;
    }
    let mut degree = vec![0; subjects.len()];
    at = 0;
    let mut previous = None;
    for &(subject, place) in &by_to {
        while subjects[at] < subject {
            at += 1;
        }
        ends[place as usize].1 = at as u32;
        // Places rise with `from`: equal customers follow each other.
        let pair = (at, ends[place as usize].0);
        if previous != Some(pair) {
            degree[at] += 1;
            previous = Some(pair);
        }
    }
    Numbered {
        subjects,
        ends,
        degree,
    }
}

fn judge(
    edges: &[Edge],
    numbered: &Numbered,
    limits: &Limits,
    is_blocked: impl Fn(i64) -> bool,
    decided: &Decided,
) -> Vec<Outcome> {
    let no_word = decided.rejected.is_empty() && decided.apart.is_empty();
    edges
        .iter()
        .zip(&numbered.ends)
        .map(|(edge, ends)| {
            let pair = ordered((edge.from, edge.to));
            if is_blocked(edge.from) || is_blocked(edge.to) {
                Outcome::Blocked
            } else if !no_word && decided.rejected.binary_search(&pair).is_ok() {
                Outcome::Rejected
            } else if !no_word && decided.apart.binary_search(&pair).is_ok() {
                Outcome::Apart
            } else if numbered.degree[ends.1 as usize] > limits.customers_max[edge.to_kind as usize]
            {
                Outcome::Shared
            } else {
                Outcome::Counted
            }
        })
        .collect()
}

fn shared(edges: &[Edge], numbered: &Numbered, limits: &Limits) -> Vec<Shared> {
    let mut shared: Vec<Shared> = edges
        .iter()
        .zip(&numbered.ends)
        .filter(|(edge, ends)| {
            numbered.degree[ends.1 as usize] > limits.customers_max[edge.to_kind as usize]
        })
        .map(|(edge, ends)| Shared {
            subject: edge.to,
            kind: edge.to_kind,
            customers: numbered.degree[ends.1 as usize],
        })
        .collect();
    shared.sort_unstable();
    shared.dedup();
    shared
}

fn customers(subjects: &[i64], forest: &mut Forest) -> Vec<(i64, i64)> {
    let mut customers = Vec::new();
    for (number, &subject) in subjects.iter().enumerate() {
        let number = number as u32;
        if forest.size(number) > 1 {
            let root = forest.root(number);
            customers.push((subject, subjects[root as usize]));
        }
    }
    customers
}

/// A whole that broke a rule, as it was before it was cut.
pub(super) struct Broken {
    /// Number of its smallest subject.
    pub root: u32,
    pub subjects: u32,
}

impl Broken {
    fn cut(&self, subjects: &[i64], customers: u32, left_out: u32) -> Cut {
        Cut {
            subject: subjects[self.root as usize],
            subjects: self.subjects,
            customers,
            left_out,
        }
    }
}
