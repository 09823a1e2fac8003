//! Pairs weighed, and what their weight is made of.

use super::LinkSettings;
use super::block::Blocks;
use super::compare::Comparer;
use super::em::{self, Levels};
use super::fit::{Model, is_first};
use super::pattern::{COMPARISONS, Comparison, LEVELS, LEVELS_MAX, PATTERNS, Pattern, level};
use super::table::{Row, Table};
use super::values::Values;
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

/// The rarer side of a level that stands for equal values: its share among the
/// filled cells.
fn share(values: &Values, comparison: Comparison, found: usize, a: &Row, b: &Row) -> Option<f64> {
    let larger = |column: &super::values::Frequencies, x: u32, y: u32| {
        Some(column.share(x).max(column.share(y)))
    };
    match (comparison, found as u32) {
        (Comparison::GivenName, level::EXACT) => larger(&values.given, a.given, b.given),
        (Comparison::GivenName, level::GIVEN_OTHER_ORDER) => {
            larger(&values.any_order, a.any_order, b.any_order)
        }
        (Comparison::FamilyName, level::EXACT) => larger(&values.family, a.family, b.family),
        (Comparison::BirthDate, level::EXACT) => larger(&values.birth, a.birth, b.birth),
        (Comparison::Email, level::EXACT) => larger(&values.email, a.email, b.email),
        (Comparison::Email, level::EMAIL_SAME_LOCAL) => {
            let local = |email: u32| values.local_of[email as usize];
            larger(&values.local, local(a.email), local(b.email))
        }
        (Comparison::Telephone, level::EXACT) => {
            larger(&values.telephone, a.telephone, b.telephone)
        }
        (Comparison::Place, level::EXACT) if a.home != 0 || b.home != 0 => {
            larger(&values.home, a.home, b.home)
        }
        (Comparison::Place, level::PLACE_SAME_POSTCODE) => {
            larger(&values.postcode, a.postcode, b.postcode)
        }
        (Comparison::Place, level::PLACE_SAME_CITY) if a.city == b.city => {
            larger(&values.city, a.city, b.city)
        }
        _ => None,
    }
}

/// Levels that a value's rarity may add to, and the most it may add.
fn rarity_max(values: &Values, u: &Levels) -> Levels {
    let mut most = [[0.0; LEVELS_MAX]; COMPARISONS];
    let mut may = |comparison: Comparison, level: u32, smallest: f64| {
        let (comparison, level) = (comparison as usize, level as usize);
        most[comparison][level] =
            (libm::log2(u[comparison][level]) - libm::log2(smallest)).max(0.0);
    };
    use Comparison::{BirthDate, Email, FamilyName, GivenName, Place, Telephone};
    may(GivenName, level::EXACT, values.given.smallest());
    may(
        GivenName,
        level::GIVEN_OTHER_ORDER,
        values.any_order.smallest(),
    );
    may(FamilyName, level::EXACT, values.family.smallest());
    may(BirthDate, level::EXACT, values.birth.smallest());
    may(Email, level::EXACT, values.email.smallest());
    may(Email, level::EMAIL_SAME_LOCAL, values.local.smallest());
    may(Telephone, level::EXACT, values.telephone.smallest());
    may(Place, level::EXACT, values.home.smallest());
    may(
        Place,
        level::PLACE_SAME_POSTCODE,
        values.postcode.smallest(),
    );
    may(Place, level::PLACE_SAME_CITY, values.city.smallest());
    most
}

fn rarity(u: &Levels, comparison: Comparison, level: usize, share: f64) -> f64 {
    libm::log2(u[comparison as usize][level]) - libm::log2(share)
}

/// Weights of whole patterns, and the most that rarity may add to them.
struct Weights {
    of_pattern: Vec<f32>,
    most: Vec<f32>,
    levels: Levels,
    prior: f64,
}

impl Weights {
    fn new(values: &Values, model: &Model) -> Weights {
        let levels = em::weights(&model.m, &model.u);
        let most = rarity_max(values, &model.u);
        let sum = |table: &Levels, pattern: u32| -> f64 {
            let pattern = Pattern(pattern);
            let of = |comparison: Comparison| table[comparison as usize][pattern.level(comparison)];
            Comparison::ALL.into_iter().map(of).sum()
        };
        let prior = em::odds(model.prior);
        let all = 0..PATTERNS as u32;
        Weights {
            of_pattern: all
                .clone()
                .map(|p| (prior + sum(&levels, p)) as f32)
                .collect(),
            most: all.map(|p| sum(&most, p) as f32).collect(),
            levels,
            prior,
        }
    }

    /// Whether a pattern could reach a weight with the rarest values; a little
    /// is allowed for the rounding to 32 bits.
    fn could_reach(&self, pattern: Pattern, least: f64) -> bool {
        let place = pattern.0 as usize;
        f64::from(self.of_pattern[place]) + f64::from(self.most[place]) + 1e-3 >= least
    }

    fn exact(&self, values: &Values, u: &Levels, pattern: Pattern, rows: (&Row, &Row)) -> f64 {
        let mut weight = self.prior;
        for comparison in Comparison::ALL {
            let level = pattern.level(comparison);
            weight += self.levels[comparison as usize][level];
            if let Some(share) = share(values, comparison, level, rows.0, rows.1) {
                weight += rarity(u, comparison, level, share);
            }
        }
        weight
    }
}

impl Model {
    /// What the weight of a pair is made of; the prior comes on top.
    pub fn evidence(&self, table: &Table, pair: &Pair) -> Vec<Evidence> {
        let (Some(a), Some(b)) = (
            table.rows.get(pair.a as usize),
            table.rows.get(pair.b as usize),
        ) else {
            return Vec::new();
        };
        let weights = em::weights(&self.m, &self.u);
        let line = |comparison: Comparison| {
            let level = pair.pattern.level(comparison);
            let share = share(&table.values, comparison, level, a, b);
            Evidence {
                comparison,
                level: LEVELS[comparison as usize][level],
                weight: weights[comparison as usize][level],
                rarity: share.map_or(0.0, |share| rarity(&self.u, comparison, level, share)),
            }
        };
        Comparison::ALL.into_iter().map(line).collect()
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
    let weights = Weights::new(&table.values, model);
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
                    blocks[rule].for_each_pair(table, wave[piece].clone(), |a, row_a, b, row_b| {
                        if !is_first(blocks, rule, a, b) {
                            return;
                        }
                        let pattern = comparer.pattern(row_a, row_b);
                        if !weights.could_reach(pattern, least) {
                            return;
                        }
                        let weight =
                            weights.exact(&table.values, &model.u, pattern, (row_a, row_b));
                        if weight >= least {
                            told.push(Pair {
                                a,
                                b,
                                pattern,
                                weight,
                            });
                        }
                    });
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
