//! Blocks: records that share what a rule names.
//!
//! A block larger than the limit is parted by further keys, one after the
//! other; what is too large even then is left out and reported. So the pairs of
//! a rule grow with the rows, not with their square.

use std::ops::Range;

use super::hash;
use super::settings::{Key, LinkSettings, Rule};
use super::table::{Row, Table};
use super::values::Seen;

/// By what a large block is parted, in this order.
const FURTHER: &[Key] = &[
    Key::BirthYear,
    Key::City,
    Key::GivenInitial,
    Key::FamilySound,
    Key::BirthDate,
    Key::Postcode,
    Key::Telephone,
    Key::Email,
];

/// Pairs in one piece of work.
const PIECE_PAIRS: u64 = 50_000;

/// What a rule brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockReport {
    /// The rule.
    pub rule: Rule,
    /// Blocks of at least two rows.
    pub blocks: u64,
    /// Rows in them.
    pub rows: u64,
    /// Pairs in them.
    pub pairs: u64,
    /// Rows of blocks that were parted because they were too large: pairs
    /// between the parts are not compared by this rule.
    pub parted_rows: u64,
    /// Rows left out because no further key made their block small enough.
    pub left_out_rows: u64,
    /// Largest block allowed; smaller than the setting where the rule would
    /// have brought too many pairs.
    pub block_rows_max: usize,
}

/// The blocks of one rule.
pub struct Blocks {
    /// The block of each row, 0 for none.
    pub keys: Vec<u64>,
    /// Rows by block, rising within one.
    rows: Vec<u32>,
    starts: Vec<u32>,
    pub report: BlockReport,
}

/// Blocks of every rule.
pub fn all(table: &Table, rules: &[Rule], settings: &LinkSettings) -> Vec<Blocks> {
    rules
        .iter()
        .map(|rule| Blocks::new(table, rule, settings))
        .collect()
}

/// What a row has of a key, 0 where it is missing.
fn code(table: &Table, row: &Row, key: Key) -> u32 {
    let values = &table.values;
    match key {
        Key::Given => row.given,
        Key::Family => row.family,
        Key::GivenSound => values.sounds[row.given as usize],
        Key::FamilySound => values.sounds[row.family as usize],
        Key::GivenInitial => values.initials[row.given as usize],
        Key::NameInAnyOrder => row.any_order,
        Key::BirthDate => row.birth,
        Key::BirthYear => values.births[row.birth as usize] / 10_000,
        Key::Email => row.email,
        Key::EmailLocal => values.local_of[row.email as usize],
        Key::Telephone => row.telephone,
        Key::Postcode => row.postcode,
        Key::Home => row.home,
        Key::City => row.city,
    }
}

fn pairs(rows: u64) -> u64 {
    rows * rows.saturating_sub(1) / 2
}

/// Every row that has all keys of a rule, with a hash of them, sorted.
fn entries(table: &Table, rule: &Rule) -> Vec<(u64, u32)> {
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for (number, row) in table.rows.iter().enumerate() {
        let mut codes = rule.iter().map(|&key| code(table, row, key));
        let hashed = codes.try_fold(0, |hash, code| {
            (code != 0).then(|| hash::add(hash, u64::from(code)))
        });
        if let Some(hash) = hashed {
            entries.push((hash.max(1), number as u32));
        }
    }
    entries.sort_unstable();
    entries
}

impl Blocks {
    pub fn new(table: &Table, rule: &Rule, settings: &LinkSettings) -> Blocks {
        let mut entries = entries(table, rule);
        let mut report = BlockReport {
            rule: rule.clone(),
            block_rows_max: settings.block_rows_max,
            ..BlockReport::default()
        };
        loop {
            part(table, rule, &mut entries, &mut report);
            if report.pairs <= settings.rule_pairs_max || report.block_rows_max <= 2 {
                return Blocks::of(entries, table.len(), report);
            }
            report.block_rows_max /= 2;
        }
    }

    /// Blocks to learn from: of a large one a sample of its rows. Parted by a
    /// further key its pairs would share more than the rule says, and strangers
    /// would look other than they do.
    pub fn sample(table: &Table, rule: &Rule, settings: &LinkSettings) -> Blocks {
        let mut entries = entries(table, rule);
        let mut kept = Vec::with_capacity(entries.len());
        for block in entries.chunk_by_mut(|a, b| a.0 == b.0) {
            let most = settings.block_rows_max.min(block.len());
            if most < block.len() {
                block.sort_unstable_by_key(|&(_, row)| {
                    (hash::draw(settings.seed, u64::from(row)), row)
                });
                block[..most].sort_unstable();
            }
            kept.extend_from_slice(&block[..most]);
        }
        Blocks::of(kept, table.len(), BlockReport::default())
    }

    fn of(entries: Vec<(u64, u32)>, rows: usize, mut report: BlockReport) -> Blocks {
        let mut blocks = Blocks {
            keys: vec![0; rows],
            rows: Vec::with_capacity(entries.len()),
            starts: vec![0],
            report: BlockReport::default(),
        };
        for block in entries.chunk_by(|a, b| a.0 == b.0) {
            if block.len() < 2 {
                continue;
            }
            for &(key, row) in block {
                blocks.keys[row as usize] = key;
                blocks.rows.push(row);
            }
            blocks.starts.push(blocks.rows.len() as u32);
        }
        report.blocks = blocks.starts.len() as u64 - 1;
        report.rows = blocks.rows.len() as u64;
        blocks.report = report;
        blocks
    }

    /// Blocks in pieces of about equally many pairs, as far as so many pairs reach.
    pub fn pieces(&self, pairs_max: u64) -> Vec<Range<usize>> {
        let (mut pieces, mut first, mut within, mut total) = (Vec::new(), 0, 0, 0);
        let blocks = self.starts.len() - 1;
        for block in 0..blocks {
            let size = pairs(u64::from(self.starts[block + 1] - self.starts[block]));
            within += size;
            total += size;
            if within >= PIECE_PAIRS || total >= pairs_max || block + 1 == blocks {
                pieces.push(first..block + 1);
                (first, within) = (block + 1, 0);
            }
            if total >= pairs_max {
                break;
            }
        }
        pieces
    }

    /// Every pair within some blocks, the smaller row number first.
    pub fn for_each_pair(
        &self,
        table: &Table,
        piece: Range<usize>,
        mut take: impl FnMut((u32, &Seen<'_>), (u32, &Seen<'_>)),
    ) {
        let mut block: Vec<(u32, Seen<'_>)> = Vec::new();
        for number in piece {
            let rows = self.starts[number] as usize..self.starts[number + 1] as usize;
            block.clear();
            block.extend(
                self.rows[rows]
                    .iter()
                    .map(|&row| (row, table.values.seen(&table.rows[row as usize]))),
            );
            for (i, (a, seen_a)) in block.iter().enumerate() {
                for (b, seen_b) in &block[i + 1..] {
                    take((*a, seen_a), (*b, seen_b));
                }
            }
        }
    }
}

/// Parts what is too large, by one further key after another, and leaves out
/// what still is.
fn part(table: &Table, rule: &Rule, entries: &mut Vec<(u64, u32)>, report: &mut BlockReport) {
    let most = report.block_rows_max;
    for &key in FURTHER.iter().filter(|key| !rule.contains(key)) {
        let mut parted = 0;
        for block in entries.chunk_by_mut(|a, b| a.0 == b.0) {
            if block.len() <= most {
                continue;
            }
            for (hash, row) in block.iter_mut() {
                let code = code(table, &table.rows[*row as usize], key);
                *hash = hash::add(*hash, u64::from(code)).max(1);
            }
            parted += block.len() as u64;
        }
        report.parted_rows = report.parted_rows.max(parted);
        if parted == 0 {
            break;
        }
        entries.sort_unstable();
    }
    let mut kept = Vec::with_capacity(entries.len());
    report.pairs = 0;
    for block in entries.chunk_by(|a, b| a.0 == b.0) {
        if block.len() > most {
            report.left_out_rows += block.len() as u64;
            continue;
        }
        report.pairs += pairs(block.len() as u64);
        kept.extend_from_slice(block);
    }
    *entries = kept;
}
