//! Pairs weighed, and what their weight is made of.

use super::LinkSettings;
use super::block::Blocks;
use super::compare::Comparer;
use super::em;
use super::fit::{Model, is_first};
use super::pattern::{Comparison, PATTERNS, Pattern, level};
use super::table::{Row, Table};
use super::values::Values;
use super::weights::{Weights, smallest};
use super::work::in_pieces;

/// Pieces done between looks at how many pairs there are.
const WAVE: usize = 256;

/// Two records and how likely they are of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The smaller row number.
    pub a: u32,
    /// The larger.
    pub b: u32,
    /// The level of every comparison.
    pub pattern: Pattern,
    /// log2 odds that they are of one person.
    pub weight: f64,
}

impl Pair {
    /// The probability that they are of one person, as the model sees it.
    pub fn probability(&self) -> f64 {
        em::probability(self.weight)
    }

    /// Whether what agrees is what relatives share, too: given names have
    /// nothing in common, and no mailbox is the same. Twins look like this; the
    /// model, which takes its comparisons for independent, does not know them.
    pub fn may_be_relatives(&self) -> bool {
        let email = self.pattern.level(Comparison::Email) as u32;
        self.pattern.level(Comparison::GivenName) as u32 == level::GIVEN_DIFFERENT
            && email != level::EXACT
            && email != level::EMAIL_SAME_LOCAL
    }
}

/// One line of what a weight is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// What was compared.
    pub comparison: Comparison,
    /// The name of the level it fell on.
    pub level: &'static str,
    /// What the level weighs.
    pub weight: f64,
    /// What the value's rarity adds, less than 0 for a common one.
    pub rarity: f64,
}

/// Weights of whole patterns, and the most that rarity may add to them.
struct Reach {
    of_pattern: Vec<f32>,
    weights: Weights,
    prior: f64,
}

impl Reach {
    fn new(values: &Values, model: &Model) -> Reach {
        let weights = Weights::of_model(model);
        let smallest = smallest(values);
        let prior = em::odds(model.prior);
        let at_most = |pattern: u32| {
            let pattern = Pattern(pattern);
            prior + weights.of(pattern) + weights.rarity_max(&smallest, pattern)
        };
        Reach {
            of_pattern: (0..PATTERNS as u32).map(|p| at_most(p) as f32).collect(),
            weights,
            prior,
        }
    }

    /// Whether a pattern could reach a weight with the rarest values; a little
    /// is allowed for the rounding to 32 bits.
    fn could(&self, pattern: Pattern, least: f64) -> bool {
        f64::from(self.of_pattern[pattern.0 as usize]) + 1e-3 >= least
    }

    fn weight(&self, values: &Values, pattern: Pattern, rows: (&Row, &Row)) -> f64 {
        let rarity = |comparison| self.weights.rarity(values, pattern, comparison, rows);
        let rarities: f64 = Comparison::ALL.into_iter().map(rarity).sum();
        self.prior + self.weights.of(pattern) + rarities
    }
}

impl Model {
    /// What the weight of a pair is made of; the prior comes on top.
    pub fn evidence(&self, table: &Table, pair: &Pair) -> Vec<Evidence> {
        let rows = (
            table.rows.get(pair.a as usize),
            table.rows.get(pair.b as usize),
        );
        let (Some(a), Some(b)) = rows else {
            return Vec::new();
        };
        let weights = Weights::of_model(self);
        let line = |comparison: Comparison| Evidence {
            comparison,
            level: pair.pattern.name(comparison),
            weight: weights.level(pair.pattern, comparison),
            rarity: weights.rarity(&table.values, pair.pattern, comparison, (a, b)),
        };
        Comparison::ALL.into_iter().map(line).collect()
    }

    /// Whether a pair was weighed as people who share a home or a postcode:
    /// other weights hold for them, since relatives do, too.
    pub fn is_household(&self, pair: &Pair) -> bool {
        Weights::of_model(self).is_household(pair.pattern)
    }

    /// log2(m / u) of a level among strangers at large, rarity apart; 0 for a
    /// missing cell.
    pub fn weight(&self, comparison: Comparison, level: usize) -> f64 {
        em::weights(&self.m, &self.u)[comparison as usize]
            .get(level)
            .copied()
            .unwrap_or(0.0)
    }

    /// log2 odds of the prior.
    pub fn prior_weight(&self) -> f64 {
        em::odds(self.prior)
    }
}

/// Every pair that a rule brings and that reaches the threshold, by rows; and
/// whether some had to be left out.
pub fn pairs(
    table: &Table,
    blocks: &[Blocks],
    model: &Model,
    settings: &LinkSettings,
) -> (Vec<Pair>, bool) {
    let reach = Reach::new(&table.values, model);
    let least = em::odds(settings.threshold);
    let mut found = Vec::new();
    let mut truncated = false;
    for rule in 0..blocks.len() {
        let pieces = blocks[rule].pieces(u64::MAX);
        for wave in pieces.chunks(WAVE) {
            let told = in_pieces(
                settings.threads,
                wave.len(),
                || Comparer::new(table, settings),
                |comparer, piece| {
                    let mut told = Vec::new();
                    blocks[rule].for_each_pair(
                        table,
                        wave[piece].clone(),
                        |(a, seen_a), (b, seen_b)| {
                            if !is_first(blocks, rule, a, b) {
                                return;
                            }
                            let pattern = comparer.pattern(seen_a, seen_b);
                            if !reach.could(pattern, least) {
                                return;
                            }
                            let weight =
                                reach.weight(&table.values, pattern, (&seen_a.row, &seen_b.row));
                            if weight >= least {
                                told.push(Pair {
                                    a,
                                    b,
                                    pattern,
                                    weight,
                                });
                            }
                        },
                    );
                    told
                },
            );
            found.extend(told.into_iter().flatten());
            if found.len() > settings.pairs_max.saturating_mul(2) {
                truncated |= keep_heaviest(&mut found, settings.pairs_max);
            }
        }
    }
    truncated |= keep_heaviest(&mut found, settings.pairs_max);
    found.sort_unstable_by_key(|pair| (pair.a, pair.b));
    (found, truncated)
}

/// The weight of one pair.
pub fn one(
    table: &Table,
    model: &Model,
    settings: &LinkSettings,
    rows: (u32, u32),
) -> Option<Pair> {
    let (a, b) = (rows.0.min(rows.1), rows.0.max(rows.1));
    let (row_a, row_b) = (table.rows.get(a as usize)?, table.rows.get(b as usize)?);
    if a == b {
        return None;
    }
    let seen = (table.values.seen(row_a), table.values.seen(row_b));
    let pattern = Comparer::new(table, settings).pattern(&seen.0, &seen.1);
    let reach = Reach::new(&table.values, model);
    let weight = reach.weight(&table.values, pattern, (row_a, row_b));
    Some(Pair {
        a,
        b,
        pattern,
        weight,
    })
}

fn keep_heaviest(pairs: &mut Vec<Pair>, most: usize) -> bool {
    if pairs.len() <= most {
        return false;
    }
    pairs.sort_unstable_by(|x, y| {
        let heavier = y.weight.total_cmp(&x.weight);
        heavier.then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    pairs.truncate(most);
    true
}
