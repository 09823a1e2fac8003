//! Where joining broke a rule: the evidence within, from the strongest on, each
//! piece only if no rule is broken by it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::forest::Forest;
use super::{Broken, Numbered, Way, ways};
use crate::normalise::Kind;
use crate::resolve::decide::Decided;
use crate::resolve::evidence::Edge;
use crate::resolve::{Cut, Limits, Outcome};

/// The numbers of subjects that are customer ids, marked.
fn ids(edges: &[Edge], numbered: &Numbered, decided: &Decided) -> Vec<bool> {
    let mut is_id = vec![false; numbered.subjects.len()];
    for (edge, ends) in edges.iter().zip(&numbered.ends) {
        is_id[ends.0 as usize] |= edge.from_kind == Kind::CustomerId;
        is_id[ends.1 as usize] |= edge.to_kind == Kind::CustomerId;
    }
    for number in decided.ids.iter().filter_map(|&id| numbered.number(id)) {
        is_id[number as usize] = true;
    }
    is_id
}

/// The wholes that break a rule, by their smallest subject.
pub fn broken(
    edges: &[Edge],
    numbered: &Numbered,
    limits: &Limits,
    decided: &Decided,
    forest: &mut Forest,
) -> Vec<Broken> {
    let mut roots: Vec<u32> = Vec::new();
    let count = numbered.subjects.len() as u32;
    for number in 0..count {
        if forest.root(number) == number && forest.size(number) > limits.subjects_max.max(2) {
            roots.push(number);
        }
    }
    if limits.exclusive_ids {
        let is_id = ids(edges, numbered, decided);
        let mut first = vec![false; numbered.subjects.len()];
        for number in (0..count).filter(|&number| is_id[number as usize]) {
            let root = forest.root(number);
            if std::mem::replace(&mut first[root as usize], true) {
                roots.push(root);
            }
        }
    }
    for &(a, b) in &decided.apart {
        if let (Some(a), Some(b)) = (numbered.number(a), numbered.number(b))
            && forest.root(a) == forest.root(b)
        {
            roots.push(forest.root(a));
        }
    }
    roots.sort_unstable();
    roots.dedup();
    let whole = |root| Broken {
        root,
        subjects: forest.size(root),
    };
    roots.into_iter().map(whole).collect()
}

pub struct Pass<'a> {
    pub edges: &'a [Edge],
    pub numbered: &'a Numbered,
    pub limits: &'a Limits,
    pub decided: &'a Decided,
    pub outcomes: &'a mut [Outcome],
    pub asserted: &'a mut [((i64, i64), Outcome)],
}

/// Members of the wholes: the whole's place, the subject's number.
type Members = Vec<(u32, u32)>;

/// What a set must not be joined with, and how many customer ids it holds.
struct Held {
    /// Whether a set has a customer id, by its root; empty where ids do not matter.
    has_id: Vec<bool>,
    apart: BTreeMap<u32, Vec<u32>>,
}

impl Pass<'_> {
    /// Cuts each whole that broke a rule, and says what came of it.
    pub fn cut(&mut self, broken: &[Broken], forest: &mut Forest) -> Vec<Cut> {
        let (ways, members) = self.within(broken, forest);
        for &(_, member) in &members {
            forest.release(member);
        }
        let mut held = self.held();
        let mut left_out = vec![0_u32; broken.len()];
        for (whole, way) in ways {
            let outcome = self.try_join(way, forest, &mut held);
            if outcome != Outcome::Counted {
                left_out[whole as usize] += 1;
            }
            let place = way.place as usize;
            if way.asserted {
                self.asserted[place].1 = outcome;
            } else {
                self.outcomes[place] = outcome;
            }
        }
        let mut customers = vec![0_u32; broken.len()];
        for &(whole, member) in &members {
            customers[whole as usize] += u32::from(forest.root(member) == member);
        }
        let cuts = broken.iter().enumerate();
        cuts.map(|(i, whole)| whole.cut(&self.numbered.subjects, customers[i], left_out[i]))
            // A whole that a person's word excuses stays in one piece.
            .filter(|cut| cut.left_out > 0)
            .collect()
    }

    /// The ways within the wholes, strongest first, and their members; both with
    /// the whole's place.
    fn within(&self, broken: &[Broken], forest: &mut Forest) -> (Vec<(u32, Way)>, Members) {
        let mut place = vec![u32::MAX; self.numbered.subjects.len()];
        for (i, whole) in broken.iter().enumerate() {
            place[whole.root as usize] = i as u32;
        }
        let mut whole_of = |number: u32| {
            let root = forest.root(number);
            Some(place[root as usize]).filter(|&whole| whole != u32::MAX)
        };
        let mut within: Vec<(u32, Way)> = ways(self.numbered, self.outcomes, self.asserted)
            .filter_map(|way| Some((whole_of(way.ends.0)?, way)))
            .collect();
        within.sort_by_cached_key(|(_, way)| self.strength(way));
        let members = (0..self.numbered.subjects.len() as u32)
            .filter_map(|number| Some((whole_of(number)?, number)))
            .collect();
        (within, members)
    }

    /// People's words first, then identifiers seen with few customers before
    /// those seen with many, kinds by priority, what was seen often, early.
    fn strength(&self, way: &Way) -> (bool, u32, Kind, Kind, Reverse<u64>, i64, (u32, u32)) {
        if way.asserted {
            return (
                false,
                0,
                Kind::CustomerId,
                Kind::CustomerId,
                Reverse(0),
                0,
                way.ends,
            );
        }
        let edge = &self.edges[way.place as usize];
        let degree = self.numbered.degree[way.ends.1 as usize];
        let count = Reverse(edge.count);
        (
            true,
            degree,
            edge.to_kind,
            edge.from_kind,
            count,
            edge.first_seen_us,
            way.ends,
        )
    }

    fn held(&self) -> Held {
        let has_id = if self.limits.exclusive_ids {
            ids(self.edges, self.numbered, self.decided)
        } else {
            Vec::new()
        };
        let mut held = Held {
            has_id,
            apart: BTreeMap::new(),
        };
        for &(a, b) in &self.decided.apart {
            if let (Some(a), Some(b)) = (self.numbered.number(a), self.numbered.number(b)) {
                held.apart.entry(a).or_default().push(b);
                held.apart.entry(b).or_default().push(a);
            }
        }
        held
    }

    fn try_join(&self, way: Way, forest: &mut Forest, held: &mut Held) -> Outcome {
        let (a, b) = (forest.root(way.ends.0), forest.root(way.ends.1));
        if a == b {
            return Outcome::Counted;
        }
        if held.keeps_apart(a, b, forest) {
            return Outcome::Apart;
        }
        // A person may know that somebody has two ids; no evidence does.
        let both_have_ids = held.has_id(a) && held.has_id(b);
        if both_have_ids && !way.asserted {
            return Outcome::SecondId;
        }
        if forest.size(a) + forest.size(b) > self.limits.subjects_max.max(2) {
            return Outcome::TooLarge;
        }
        let root = forest.join((a, b));
        held.join(a, b, root);
        Outcome::Counted
    }
}

impl Held {
    fn has_id(&self, root: u32) -> bool {
        self.has_id.get(root as usize).copied().unwrap_or(false)
    }

    fn keeps_apart(&self, a: u32, b: u32, forest: &mut Forest) -> bool {
        let (Some(of_a), Some(of_b)) = (self.apart.get(&a), self.apart.get(&b)) else {
            return false;
        };
        // Either list has it if one has.
        let (few, other) = if of_a.len() <= of_b.len() {
            (of_a, b)
        } else {
            (of_b, a)
        };
        few.iter().any(|&member| forest.root(member) == other)
    }

    fn join(&mut self, a: u32, b: u32, root: u32) {
        if self.has_id(a) || self.has_id(b) {
            self.has_id[root as usize] = true;
        }
        let (of_a, of_b) = (self.apart.remove(&a), self.apart.remove(&b));
        let merged = match (of_a, of_b) {
            (Some(mut long), Some(mut short)) => {
                if long.len() < short.len() {
                    std::mem::swap(&mut long, &mut short);
                }
                long.append(&mut short);
                long
            }
            (Some(list), None) | (None, Some(list)) => list,
            (None, None) => return,
        };
        self.apart.insert(root, merged);
    }
}
