//! Expectation and maximisation over counted patterns (Dempster, Laird, Rubin
//! 1977; for linkage Winkler 1988): what is fitted needs how often each pattern
//! was seen, not the pairs.

use super::pattern::{COMPARISONS, Comparison, LEVELS, LEVELS_MAX, Pattern};

/// A probability of each level of each comparison; that of `missing` is not used.
pub type Levels = [[f64; LEVELS_MAX]; COMPARISONS];

/// Below this a probability is not told from never.
pub const LEAST: f64 = 1e-6;

/// Where fitting begins: equal values nearly always, the rest shared out.
pub fn start() -> Levels {
    let mut m = [[0.0; LEVELS_MAX]; COMPARISONS];
    for (m, levels) in m.iter_mut().zip(LEVELS) {
        let others = levels.len() - 2;
        m[1] = 0.95;
        for value in &mut m[2..2 + others] {
            *value = 0.05 / others as f64;
        }
    }
    m
}

/// What was fitted.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub m: Levels,
    /// Which levels were seen at all.
    pub seen: [[bool; LEVELS_MAX]; COMPARISONS],
    /// Share of the pairs that are of one person.
    pub share: f64,
    pub rounds: u32,
    pub converged: bool,
}

/// log2 odds that the patterns' levels add, missing and held-out ones left out.
fn weight(pattern: Pattern, active: &[Comparison], weights: &Levels) -> f64 {
    active
        .iter()
        .map(|&comparison| weights[comparison as usize][pattern.level(comparison)])
        .sum()
}

/// log2(m / u) of each level; 0 for missing.
pub fn weights(m: &Levels, u: &Levels) -> Levels {
    let mut weights = [[0.0; LEVELS_MAX]; COMPARISONS];
    for comparison in 0..COMPARISONS {
        for level in 1..LEVELS[comparison].len() {
            let (m, u) = (m[comparison][level].max(LEAST), u[comparison][level]);
            weights[comparison][level] = libm::log2(m) - libm::log2(u);
        }
    }
    weights
}

/// The probability of log2 odds.
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + libm::exp2(-weight))
}

/// log2 odds of a probability.
pub fn odds(probability: f64) -> f64 {
    libm::log2(probability) - libm::log2(1.0 - probability)
}

/// Fits m and the share of pairs of one person, u given.
pub fn fit(
    counts: &[(Pattern, u64)],
    u: &Levels,
    active: &[Comparison],
    share: f64,
    (rounds_max, convergence): (u32, f64),
) -> Fitted {
    let mut fitted = Fitted {
        m: start(),
        seen: [[false; LEVELS_MAX]; COMPARISONS],
        share,
        rounds: 0,
        converged: counts.is_empty(),
    };
    for &(pattern, _) in counts {
        for &comparison in active {
            fitted.seen[comparison as usize][pattern.level(comparison)] = true;
        }
    }
    while fitted.rounds < rounds_max && !fitted.converged {
        let moved = round(counts, u, active, &mut fitted);
        fitted.rounds += 1;
        fitted.converged = moved < convergence;
    }
    fitted
}

/// Fits u and the share of pairs of one person, m given: what strangers look
/// like who share something.
///
/// With all of u free, and nearly all pairs of one person, u would take on m's
/// part. So first given names and birthdays, which relatives do not share as a
/// rule, are held to what they are among any two; then those are freed (there
/// are twins), and the share is held.
pub fn fit_u(
    counts: &[(Pattern, u64)],
    m: &Levels,
    u: &Levels,
    active: &[Comparison],
    limits: (u32, f64),
) -> (Levels, f64) {
    let held = [Comparison::GivenName, Comparison::BirthDate];
    let mut fit = FitU {
        active,
        u: *u,
        share: 0.5,
    };
    let shared: Vec<Comparison> = active
        .iter()
        .copied()
        .filter(|comparison| !held.contains(comparison))
        .collect();
    fit.run(counts, m, &shared, true, limits);
    fit.run(counts, m, active, false, limits);
    (fit.u, fit.share)
}

struct FitU<'a> {
    active: &'a [Comparison],
    u: Levels,
    share: f64,
}

impl FitU<'_> {
    fn run(
        &mut self,
        counts: &[(Pattern, u64)],
        m: &Levels,
        free: &[Comparison],
        share_is_free: bool,
        (rounds_max, convergence): (u32, f64),
    ) {
        for _ in 0..rounds_max {
            if self.round(counts, m, free, share_is_free) < convergence {
                break;
            }
        }
    }

    /// One round; by how much the parameter that moved most moved.
    fn round(
        &mut self,
        counts: &[(Pattern, u64)],
        m: &Levels,
        free: &[Comparison],
        share_is_free: bool,
    ) -> f64 {
        let weights = weights(m, &self.u);
        let prior = odds(self.share);
        let mut sums = [[0.0; LEVELS_MAX]; COMPARISONS];
        let (mut strangers, mut total) = (0.0, 0.0);
        for &(pattern, count) in counts {
            let count = count as f64;
            // Of the opposite odds, so that little is not lost beside one.
            let expected = count * probability(-prior - weight(pattern, self.active, &weights));
            strangers += expected;
            total += count;
            for &comparison in free {
                sums[comparison as usize][pattern.level(comparison)] += expected;
            }
        }
        let mut moved = 0.0_f64;
        if share_is_free {
            let next = (1.0 - strangers / total).clamp(1e-9, 1.0 - 1e-9);
            moved = (next - self.share).abs();
            self.share = next;
        }
        for &comparison in free {
            let levels = LEVELS[comparison as usize].len();
            let sums = &sums[comparison as usize][1..levels];
            // Half a pair each, as with levels that random pairs never showed.
            let filled: f64 = sums.iter().sum::<f64>() + 0.5 * sums.len() as f64;
            for (u, sum) in self.u[comparison as usize][1..levels].iter_mut().zip(sums) {
                let next = (sum + 0.5) / filled;
                moved = moved.max((next - *u).abs());
                *u = next;
            }
        }
        moved
    }
}

/// One round; by how much the parameter that moved most moved.
fn round(counts: &[(Pattern, u64)], u: &Levels, active: &[Comparison], fitted: &mut Fitted) -> f64 {
    let weights = weights(&fitted.m, u);
    let prior = odds(fitted.share.clamp(1e-12, 1.0 - 1e-12));
    let mut sums = [[0.0; LEVELS_MAX]; COMPARISONS];
    let (mut matches, mut total) = (0.0, 0.0);
    for &(pattern, count) in counts {
        let count = count as f64;
        let expected = count * probability(prior + weight(pattern, active, &weights));
        matches += expected;
        total += count;
        for &comparison in active {
            sums[comparison as usize][pattern.level(comparison)] += expected;
        }
    }
    let share = matches / total;
    let mut moved = (share - fitted.share).abs();
    fitted.share = share;
    for &comparison in active {
        let comparison = comparison as usize;
        let filled: f64 = sums[comparison][1..].iter().sum();
        if filled <= 0.0 {
            continue;
        }
        for (m, sum) in fitted.m[comparison][1..]
            .iter_mut()
            .zip(&sums[comparison][1..])
        {
            moved = f64::max(moved, (sum / filled - *m).abs());
            *m = sum / filled;
        }
    }
    moved
}

/// The share of all pairs that are of one person, the weight of each pattern
/// given: pairs that were not compared count as strangers.
pub fn share_of_all(
    counts: &[(Pattern, u64)],
    weight: impl Fn(Pattern) -> f64,
    all_pairs: f64,
    (rounds_max, convergence): (u32, f64),
) -> f64 {
    let by_pattern: Vec<(f64, f64)> = counts
        .iter()
        .map(|&(pattern, count)| (weight(pattern), count as f64))
        .collect();
    let mut share = 1e-4;
    for _ in 0..rounds_max {
        let prior = odds(share);
        let matches: f64 = by_pattern
            .iter()
            .map(|&(weight, count)| count * probability(prior + weight))
            .sum();
        let next = (matches / all_pairs).clamp(1e-12, 0.5);
        let settled = (next / share - 1.0).abs() < convergence;
        share = next;
        if settled {
            break;
        }
    }
    share
}
