//! The model: u off random pairs, m within blocks, the prior over all.

use super::block::Blocks;
use super::compare::Comparer;
use super::em::{self, Fitted, Levels};
use super::hash;
use super::pattern::{COMPARISONS, Comparison, Counts, LEVELS, LEVELS_MAX, Pattern, level};
use super::settings::{Key, LinkSettings, Rule};
use super::table::Table;
use super::weights::Weights;
use super::work::in_pieces;

/// Rows on each side of a square of random pairs.
const SIDE: u64 = 300;
/// Where the share of matches within a block starts.
const SHARE_AT_START: f64 = 0.1;

/// One fit of m, within the blocks of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What the records shared.
    pub rule: Rule,
    /// Pairs it was fitted to.
    pub pairs: u64,
    /// Share of them that are of one person.
    pub share: f64,
    /// Rounds it took.
    pub rounds: u32,
    /// Whether it came to rest within the rounds allowed.
    pub converged: bool,
    /// m by comparison and level; `None` where the rule itself decides it, or
    /// where the level was not seen.
    pub m: [[Option<f64>; LEVELS_MAX]; COMPARISONS],
}

/// What makes two people a household to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Shares {
    /// One address.
    Home = 0,
    /// One postcode, the addresses missing or different.
    Postcode = 1,
}

impl Shares {
    /// What a pattern's people share, if anything.
    pub fn of(pattern: Pattern) -> Option<Shares> {
        match pattern.level(Comparison::Place) as u32 {
            level::EXACT | level::PLACE_CLOSE => Some(Shares::Home),
            level::PLACE_SAME_POSTCODE => Some(Shares::Postcode),
            _ => None,
        }
    }

    /// The stable name, for tables.
    pub fn code(self) -> &'static str {
        match self {
            Shares::Home => "home",
            Shares::Postcode => "postcode",
        }
    }
}

/// Strangers who share a home or a postcode: relatives among them,
/// who share a family name too, and sometimes a birthday.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// What they share.
    pub shares: Shares,
    /// Pairs who do.
    pub pairs: u64,
    /// Share of them that are of one person.
    pub share: f64,
    /// Probability of each level among the others.
    pub u: Levels,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Probability that two random records are of one person.
    pub prior: f64,
    /// Probability of each level among pairs of one person, by comparison.
    pub m: Levels,
    /// Probability of each level among strangers, by comparison.
    pub u: Levels,
    /// The fits that m is the median of.
    pub sessions: Vec<Session>,
    /// What strangers look like who share something; empty where households are not told apart.
    pub households: Vec<Household>,
}

pub fn fit(table: &Table, blocks: &[Blocks], settings: &LinkSettings) -> Model {
    let u = strangers(table, settings);
    let sessions: Vec<Session> = settings
        .training_rules
        .iter()
        .map(|rule| session(table, rule, &u, settings))
        .collect();
    let m = median(&sessions);
    let households = if settings.households {
        households(table, &m, &u, settings)
    } else {
        Vec::new()
    };
    let rows = table.len() as f64;
    let all_pairs = (rows * (rows - 1.0) / 2.0).max(1.0);
    let limits = (settings.rounds_max, settings.convergence);
    let prior = settings.prior.unwrap_or_else(|| {
        let counts = count_all(table, blocks, settings);
        let weights = Weights::new(&m, &u, &households);
        em::share_of_all(&counts, |pattern| weights.of(pattern), all_pairs, limits)
    });
    Model {
        prior,
        m,
        u,
        sessions,
        households,
    }
}

/// u: how often each level is seen among random pairs, or among all pairs where
/// those are fewer. Random pairs are drawn as squares, so many random rows
/// against as many others: a row is looked up once for some hundred pairs.
fn strangers(table: &Table, settings: &LinkSettings) -> Levels {
    let rows = table.len() as u64;
    let all = rows * rows.saturating_sub(1) / 2;
    let every_pair = all <= settings.random_pairs;
    let pieces = if every_pair {
        rows.div_ceil(SIDE)
    } else {
        settings.random_pairs.div_ceil(SIDE * SIDE)
    };
    let counted = in_pieces(
        settings.threads,
        pieces as usize,
        || Comparer::new(table, settings),
        |comparer, piece| {
            let mut counts = Counts::new();
            let seen = |row: u64| (row, table.values.seen(&table.rows[row as usize]));
            let first = piece as u64 * SIDE;
            let left: Vec<_> = if every_pair {
                (first..(first + SIDE).min(rows)).map(seen).collect()
            } else {
                (2 * first..2 * first + SIDE)
                    .map(|draw| seen(below(settings.seed, draw, rows)))
                    .collect()
            };
            let right: Vec<_> = if every_pair {
                (first..rows).map(seen).collect()
            } else {
                (2 * first + SIDE..2 * first + 2 * SIDE)
                    .map(|draw| seen(below(settings.seed, draw, rows)))
                    .collect()
            };
            for (a, seen_a) in &left {
                for (b, seen_b) in &right {
                    if a < b || (a > b && !every_pair) {
                        counts.see(comparer.pattern(seen_a, seen_b));
                    }
                }
            }
            counts.seen()
        },
    );
    shares(&added(counted))
}

/// One of so many rows.
fn below(seed: u64, draw: u64, rows: u64) -> u64 {
    ((u128::from(hash::draw(seed, draw)) * u128::from(rows)) >> 64) as u64
}

/// The share of each level among the filled cells of its comparison.
fn shares(counts: &[(Pattern, u64)]) -> Levels {
    let mut seen = [[0_u64; LEVELS_MAX]; COMPARISONS];
    for &(pattern, count) in counts {
        for comparison in Comparison::ALL {
            seen[comparison as usize][pattern.level(comparison)] += count;
        }
    }
    let mut u = [[0.0; LEVELS_MAX]; COMPARISONS];
    for (comparison, levels) in LEVELS.iter().enumerate() {
        let filled: u64 = seen[comparison][1..].iter().sum();
        for level in 1..levels.len() {
            // Never seen is less than once, not never.
            let count = (seen[comparison][level] as f64).max(0.5);
            u[comparison][level] = count / (filled as f64).max(1.0);
        }
    }
    u
}

/// What non-matches look like among those who share a home or a postcode, m known.
fn households(table: &Table, m: &Levels, u: &Levels, settings: &LinkSettings) -> Vec<Household> {
    let kinds = [(Key::Home, Shares::Home), (Key::Postcode, Shares::Postcode)];
    let limits = (settings.rounds_max, settings.convergence);
    let mut households = Vec::new();
    for (key, shares) in kinds {
        let mut counts = counts_within(table, &vec![key], settings);
        counts.retain(|&(pattern, _)| Shares::of(pattern) == Some(shares));
        if counts.is_empty() {
            continue;
        }
        let active: Vec<Comparison> = Comparison::ALL
            .into_iter()
            .filter(|&comparison| comparison != Comparison::Place)
            .collect();
        let (within, share) = em::fit_u(&counts, m, u, &active, limits);
        households.push(Household {
            shares,
            pairs: counts.iter().map(|&(_, count)| count).sum(),
            share,
            u: within,
        });
    }
    households
}

/// Patterns of the pairs within the blocks of one rule.
fn counts_within(table: &Table, rule: &Rule, settings: &LinkSettings) -> Vec<(Pattern, u64)> {
    let blocks = Blocks::sample(table, rule, settings);
    let pieces = blocks.pieces(settings.training_pairs_max);
    let counted = in_pieces(
        settings.threads,
        pieces.len(),
        || Comparer::new(table, settings),
        |comparer, piece| {
            let mut counts = Counts::new();
            blocks.for_each_pair(table, pieces[piece].clone(), |(_, a), (_, b)| {
                counts.see(comparer.pattern(a, b));
            });
            counts.seen()
        },
    );
    added(counted)
}

fn session(table: &Table, rule: &Rule, u: &Levels, settings: &LinkSettings) -> Session {
    let counts = counts_within(table, rule, settings);
    let decided: Vec<Comparison> = rule.iter().flat_map(|&key| decides(key)).copied().collect();
    let active: Vec<Comparison> = Comparison::ALL
        .into_iter()
        .filter(|comparison| !decided.contains(comparison))
        .collect();
    let limits = (settings.rounds_max, settings.convergence);
    let fitted = em::fit(&counts, u, &active, SHARE_AT_START, limits);
    Session {
        rule: rule.clone(),
        pairs: counts.iter().map(|&(_, count)| count).sum(),
        share: fitted.share,
        rounds: fitted.rounds,
        converged: fitted.converged,
        m: told(&fitted, &active),
    }
}

fn told(fitted: &Fitted, active: &[Comparison]) -> [[Option<f64>; LEVELS_MAX]; COMPARISONS] {
    let mut m = [[None; LEVELS_MAX]; COMPARISONS];
    for &comparison in active {
        let comparison = comparison as usize;
        let found = fitted.m[comparison].iter().zip(fitted.seen[comparison]);
        let levels = LEVELS[comparison].len();
        for (m, (&fitted, seen)) in m[comparison].iter_mut().zip(found).take(levels).skip(1) {
            *m = seen.then_some(fitted);
        }
    }
    m
}

/// The comparisons whose level follows from sharing a key, in whole or in part.
fn decides(key: Key) -> &'static [Comparison] {
    match key {
        Key::Given | Key::GivenSound | Key::GivenInitial => &[Comparison::GivenName],
        Key::Family | Key::FamilySound => &[Comparison::FamilyName],
        Key::NameInAnyOrder => &[Comparison::GivenName, Comparison::FamilyName],
        Key::BirthDate | Key::BirthYear => &[Comparison::BirthDate],
        Key::Email | Key::EmailLocal => &[Comparison::Email],
        Key::Telephone => &[Comparison::Telephone],
        Key::Postcode | Key::Home | Key::City => &[Comparison::Place],
    }
}

/// The median of the sessions that fitted a level; where none did, where fitting starts.
fn median(sessions: &[Session]) -> Levels {
    let mut m = em::start();
    for (comparison, m) in m.iter_mut().enumerate() {
        for (level, m) in m.iter_mut().enumerate().skip(1) {
            let mut found: Vec<f64> = sessions
                .iter()
                .filter_map(|session| session.m[comparison][level])
                .collect();
            found.sort_by(f64::total_cmp);
            let middle = found.len() / 2;
            match found.len() {
                0 => {}
                n if n % 2 == 1 => *m = found[middle],
                _ => *m = (found[middle - 1] + found[middle]) / 2.0,
            }
        }
    }
    m
}

/// Patterns of all pairs that the rules bring, each pair once.
fn count_all(table: &Table, blocks: &[Blocks], settings: &LinkSettings) -> Vec<(Pattern, u64)> {
    let counted = (0..blocks.len()).flat_map(|rule| {
        let pieces = blocks[rule].pieces(u64::MAX);
        in_pieces(
            settings.threads,
            pieces.len(),
            || Comparer::new(table, settings),
            |comparer, piece| {
                let mut counts = Counts::new();
                blocks[rule].for_each_pair(
                    table,
                    pieces[piece].clone(),
                    |(a, seen_a), (b, seen_b)| {
                        if is_first(blocks, rule, a, b) {
                            counts.see(comparer.pattern(seen_a, seen_b));
                        }
                    },
                );
                counts.seen()
            },
        )
    });
    added(counted.collect())
}

/// Whether no earlier rule brings the pair.
pub fn is_first(blocks: &[Blocks], rule: usize, a: u32, b: u32) -> bool {
    blocks[..rule].iter().all(|earlier| {
        let key = earlier.keys[a as usize];
        key == 0 || key != earlier.keys[b as usize]
    })
}

fn added(pieces: Vec<Vec<(Pattern, u64)>>) -> Vec<(Pattern, u64)> {
    let mut all = Counts::new();
    for (pattern, count) in pieces.into_iter().flatten() {
        all.add(pattern, count);
    }
    all.seen()
}
