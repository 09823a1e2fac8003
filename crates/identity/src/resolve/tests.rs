//! Small cases by hand, and random ones against a second implementation that
//! knows no union-find.

mod cases;
mod second;

use super::*;

/// splitmix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % count
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }
}

/// Customers have ids from 0 to 99, others from 100 on with a kind by their number.
pub fn kind_of(subject: i64) -> Kind {
    match subject {
        ..100 => Kind::CustomerId,
        _ => Kind::ALL[4 + (subject % 4) as usize],
    }
}

pub fn edge(from: i64, to: i64) -> Edge {
    Edge {
        from,
        from_kind: kind_of(from),
        to,
        to_kind: kind_of(to),
        source: 0,
        first_seen_us: 0,
        count: 1,
    }
}

pub fn decision(pair: (i64, i64), verdict: Verdict, number: u64) -> Decision {
    Decision {
        pair,
        kinds: (kind_of(pair.0), kind_of(pair.1)),
        verdict,
        made_us: 0,
        number,
    }
}

/// One random world: evidence, limits, blocked subjects, decisions.
pub struct World {
    pub edges: Vec<Edge>,
    pub limits: Limits,
    pub blocked: Vec<i64>,
    pub decisions: Vec<Decision>,
}

pub fn world(seed: u64) -> World {
    let mut dice = Dice(seed);
    let people = 3 + dice.below(20);
    let others = 3 + dice.below(25);
    let count = dice.below(60);
    let edges = (0..count)
        .map(|_| Edge {
            source: dice.below(3) as u32,
            first_seen_us: dice.below(4) as i64,
            count: 1 + dice.below(3),
            ..edge(dice.below(people) as i64, 100 + dice.below(others) as i64)
        })
        .collect();
    let mut limits = Limits {
        exclusive_ids: dice.below(2) == 0,
        subjects_max: [1_000, 6, 3][dice.below(3) as usize],
        ..Limits::default()
    };
    for most in &mut limits.customers_max {
        *most = 1 + dice.below(4) as u32;
    }
    let subject = |dice: &mut Dice| match dice.below(2) {
        0 => dice.below(people) as i64,
        _ => 100 + dice.below(others) as i64,
    };
    let blocked = (0..dice.below(3)).map(|_| subject(&mut dice)).collect();
    let verdicts = [
        Verdict::Open,
        Verdict::Same,
        Verdict::Rejected,
        Verdict::Apart,
    ];
    let decisions = (0..dice.below(8))
        .map(|number| {
            let pair = (subject(&mut dice), subject(&mut dice));
            Decision {
                made_us: dice.below(2) as i64,
                ..decision(pair, verdicts[dice.below(4) as usize], number)
            }
        })
        .collect();
    World {
        edges,
        limits,
        blocked,
        decisions,
    }
}

impl World {
    pub fn resolve(&self) -> (Evidence, Resolution) {
        let evidence = Evidence::new(self.edges.clone()).expect("few");
        let resolution = resolve(&evidence, &self.limits, &self.blocked, &self.decisions);
        (evidence, resolution)
    }
}
