//! Pairs put together: who would be one person if suggestions were accepted,
//! and where that contradicts itself.

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
    let mut sets = Sets::new(pairs, &order);
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

/// Union-find over the rows that occur, each by its place among them.
struct Sets {
    rows: Vec<u32>,
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Sets {
    fn new(pairs: &[Pair], of: &[usize]) -> Sets {
        let mut rows: Vec<u32> = of.iter().flat_map(|&i| [pairs[i].a, pairs[i].b]).collect();
        rows.sort_unstable();
        rows.dedup();
        Sets {
            parent: (0..rows.len() as u32).collect(),
            size: vec![1; rows.len()],
            rows,
        }
    }

    /// The place of a row; every row asked for occurs.
    fn place(&self, row: u32) -> u32 {
        self.rows.partition_point(|&other| other < row) as u32
    }

    fn root(&mut self, row: u32) -> u32 {
        let mut at = self.place(row);
        while self.parent[at as usize] != at {
            let above = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = above;
            at = above;
        }
        at
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
        let (low, high) = (a.min(b) as usize, a.max(b) as usize);
        let both = self.size[low] + self.size[high];
        if both > most {
            return false;
        }
        self.parent[high] = low as u32;
        self.size[low] = both;
        true
    }

    fn groups(&mut self, pairs: &[Pair], joined: &[usize]) -> Vec<Group> {
        let places = self.rows.len();
        let mut best: Vec<Option<(u32, f64)>> = vec![None; places];
        let mut links: Vec<(usize, f64)> = vec![(0, f64::INFINITY); places];
        for &i in joined {
            let pair = &pairs[i];
            // Heaviest first: the first partner is the best.
            for (row, partner) in [(pair.a, pair.b), (pair.b, pair.a)] {
                let place = self.place(row) as usize;
                best[place].get_or_insert((partner, pair.weight));
            }
            let link = &mut links[self.root(pair.a) as usize];
            *link = (link.0 + 1, pair.weight);
        }
        let mut members: Vec<(u32, u32)> = Vec::with_capacity(places);
        for place in 0..places {
            let row = self.rows[place];
            members.push((self.root(row), row));
        }
        members.sort_unstable();
        let group = |members: &[(u32, u32)]| {
            let rows: Vec<u32> = members.iter().map(|&(_, row)| row).collect();
            let (count, weakest) = links[members[0].0 as usize];
            let of = |row: &u32| best[self.place(*row) as usize];
            Group {
                best: rows.iter().filter_map(of).collect(),
                complete: count == rows.len() * (rows.len() - 1) / 2,
                rows,
                weakest,
            }
        };
        members
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|members| members.len() > 1)
            .map(group)
            .collect()
    }
}
