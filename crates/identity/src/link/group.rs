//! Pairs put together: who would be one person if suggestions were accepted,
//! and where that contradicts itself.

use std::collections::BTreeMap;

use super::score::Pair;

/// Which pairs are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupSettings {
    /// Pairs from this probability on.
    pub threshold: f64,
    /// Most records of one group; a pair that would make it larger is left for review.
    pub rows_max: u32,
    /// Whether pairs that may be relatives are put together as well.
    pub join_relatives: bool,
}

impl Default for GroupSettings {
    fn default() -> Self {
        GroupSettings {
            threshold: 0.99,
            rows_max: 20,
            join_relatives: false,
        }
    }
}

/// Records that would be one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The records, by row.
    pub rows: Vec<u32>,
    /// The best partner of each record and their weight, in the order of `rows`.
    pub best: Vec<(u32, f64)>,
    /// The least weight of the pairs that hold it together.
    pub weakest: f64,
    /// Whether every two of its records are a pair from the threshold on. Where
    /// not, two that hardly look alike are joined through a third: look at it.
    pub complete: bool,
}

/// Puts pairs together from the heaviest on, and lists the pairs (by their
/// place) that were left for review. The order of the pairs does not matter.
pub fn groups(pairs: &[Pair], settings: &GroupSettings) -> (Vec<Group>, Vec<usize>) {
    let mut order: Vec<usize> = (0..pairs.len())
        .filter(|&i| pairs[i].probability() >= settings.threshold)
        .collect();
    order.sort_unstable_by(|&x, &y| {
        let (x, y) = (&pairs[x], &pairs[y]);
        let heavier = y.weight.total_cmp(&x.weight);
        heavier.then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut sets = Sets::default();
    let mut review = Vec::new();
    let mut joined = Vec::new();
    for i in order {
        let pair = &pairs[i];
        let kept_apart = pair.may_be_relatives() && !settings.join_relatives;
        if !kept_apart && sets.join(pair.a, pair.b, settings.rows_max) {
            joined.push(i);
        } else if !sets.are_one(pair.a, pair.b) {
            review.push(i);
        }
    }
    // A pair kept apart may have come together through others since.
    review.retain(|&i| !sets.are_one(pairs[i].a, pairs[i].b));
    review.sort_unstable();
    (sets.groups(pairs, &joined), review)
}

/// Union-find over the rows that occur.
#[derive(Default)]
struct Sets {
    parent: BTreeMap<u32, u32>,
    size: BTreeMap<u32, u32>,
}

impl Sets {
    fn root(&mut self, row: u32) -> u32 {
        let up = *self.parent.entry(row).or_insert(row);
        if up == row {
            return row;
        }
        let root = self.root(up);
        self.parent.insert(row, root);
        root
    }

    fn are_one(&mut self, a: u32, b: u32) -> bool {
        self.root(a) == self.root(b)
    }

    /// Whether the two are in one set now.
    fn join(&mut self, a: u32, b: u32, most: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let of = |root: u32| self.size.get(&root).copied().unwrap_or(1);
        let both = of(a) + of(b);
        if both > most {
            return false;
        }
        let (low, high) = (a.min(b), a.max(b));
        self.parent.insert(high, low);
        self.size.insert(low, both);
        true
    }

    fn groups(&mut self, pairs: &[Pair], joined: &[usize]) -> Vec<Group> {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let rows: Vec<u32> = self.parent.keys().copied().collect();
        for row in rows {
            let root = self.root(row);
            members.entry(root).or_default().push(row);
        }
        let mut best: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
        let mut links: BTreeMap<u32, (usize, f64)> = BTreeMap::new();
        for &i in joined {
            let pair = &pairs[i];
            // Heaviest first: the first partner is the best.
            best.entry(pair.a).or_insert((pair.b, pair.weight));
            best.entry(pair.b).or_insert((pair.a, pair.weight));
            let link = links.entry(self.root(pair.a)).or_insert((0, pair.weight));
            *link = (link.0 + 1, pair.weight);
        }
        members
            .into_iter()
            .filter_map(|(root, rows)| {
                let (count, weakest) = links.get(&root).copied()?;
                Some(Group {
                    best: rows
                        .iter()
                        .filter_map(|row| best.get(row).copied())
                        .collect(),
                    complete: count == rows.len() * (rows.len() - 1) / 2,
                    rows,
                    weakest,
                })
            })
            .collect()
    }
}
