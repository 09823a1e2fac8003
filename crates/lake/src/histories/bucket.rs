//! One part of a bucket: sort its rows by customer, time and key, take out
//! duplicates, append the rest to the bucket's file.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::changes::{Changes, Compared};
use super::known::{Known, Lookup};
use super::row::{Encoder, Layout, Row};
use super::sorter::BucketResult;

/// Groups of equal customer, time and key up to this long are searched from
/// end to end; longer ones by a table of hashes.
const SHORT_GROUP: usize = 16;
/// Bytes of a row, for the first allocation.
const ROW_BYTES: usize = 40;
/// Keys are put into two to this many boxes before the boxes are sorted.
const BOX_BITS: u32 = 11;
/// More keys than this are sorted where they lie: boxes take as much memory
/// again, and help while the keys stay in a core's cache.
const BOXED_MAX: usize = 1 << 20;

/// What rows are sorted by, and where they lie, two numbers in each so that a
/// comparison needs no branch.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Customer and time, the sign of each turned round.
    who_when: u128,
    /// A hash of the row's key, and the place: piece, then byte, which is the
    /// order in which the rows came.
    key_at: u128,
}

impl Key {
    #[inline]
    fn new(row: Row<'_>, key: u64, at: u64) -> Self {
        let unsigned = |value: i64| u128::from(value as u64 ^ (1 << 63));
        Self {
            who_when: unsigned(row.customer()) << 64 | unsigned(row.time_us()),
            key_at: u128::from(key) << 64 | u128::from(at),
        }
    }

    fn at(self) -> u64 {
        self.key_at as u64
    }
}

/// A row that goes into the table, and what is noted of it.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    pub row: Row<'a>,
    pub copies: i32,
    pub is_repeat: bool,
}

/// What decides about rows.
pub(super) struct Rules<'a> {
    pub encoder: &'a Encoder,
    /// Files that changed since they were read.
    pub changes: &'a Changes,
    /// Rows that are in the table already are written again.
    pub rewrite: bool,
}

/// The rows of a part that go into the table, sorted; the others are counted.
///
/// A new row with a key that equals one in the table, or an earlier new
/// one, is a duplicate. A new row without one is a duplicate only of a row that
/// an earlier version of its file put into the table, and one for one; equal
/// new rows without a key stay, flagged.
pub(super) fn kept_rows<'a>(
    pieces: &'a [Vec<u8>],
    rules: &Rules<'_>,
    result: &mut BucketResult,
) -> Vec<Kept<'a>> {
    let keys = sorted_keys(pieces, rules.encoder.layout());
    let mut kept = Vec::with_capacity(keys.len());
    let mut group = Group::new(rules);
    for same in keys.chunk_by(one_key) {
        if let [alone] = same
            && let Some(row) = row_at(pieces, *alone)
            && !(row.is_stored() && rules.changes.replace())
        {
            if rules.rewrite || !row.is_stored() {
                kept.push(as_it_came(row));
            }
            continue;
        }
        group.fill(same.iter().filter_map(|key| row_at(pieces, *key)));
        group.keep(&mut kept, result);
    }
    result.shared.extend(group.shared);
    kept
}

/// Counts, by the reading of the new version, which stored rows of files that
/// changed are still there.
pub(super) fn compare_versions(
    pieces: &[Vec<u8>],
    rules: &Rules<'_>,
    into: &mut HashMap<i64, Compared>,
) {
    let keys = sorted_keys(pieces, rules.encoder.layout());
    let mut group = Group::new(rules);
    for same in keys.chunk_by(one_key) {
        group.fill(same.iter().filter_map(|key| row_at(pieces, *key)));
        for (row, again) in group.rows.iter().zip(&group.known.again) {
            if row.is_stored() {
                let ingest = group.ingest(*row);
                rules.changes.compare(*row, ingest, *again, into);
            }
        }
    }
}

fn one_key(a: &Key, b: &Key) -> bool {
    a.who_when == b.who_when && a.key_at >> 64 == b.key_at >> 64
}

fn row_at(pieces: &[Vec<u8>], key: Key) -> Option<Row<'_>> {
    let piece = pieces.get((key.at() >> 32) as usize)?;
    Row::at(piece, (key.at() & u64::from(u32::MAX)) as usize)
}

fn as_it_came(row: Row<'_>) -> Kept<'_> {
    let tail = row.tail();
    Kept {
        row,
        copies: tail.copies,
        is_repeat: tail.is_repeat,
    }
}

fn sorted_keys(pieces: &[Vec<u8>], layout: Layout) -> Vec<Key> {
    let bytes: usize = pieces.iter().map(Vec::len).sum();
    let mut keys = Vec::with_capacity(bytes / ROW_BYTES);
    let mut last: (&[u8], u64) = (&[], 0);
    for (number, piece) in pieces.iter().enumerate() {
        let mut at = 0;
        while let Some(row) = Row::at(piece, at) {
            // Rows of one key, the lines of an order, mostly come together.
            let key = row.key(layout);
            if key != last.0 {
                last = (key, xxh3_64(key));
            }
            let key = if row.has_key() { last.1 } else { 0 };
            keys.push(Key::new(row, key, (number as u64) << 32 | at as u64));
            at += row.len();
        }
    }
    sort(keys)
}

/// Sorts keys. One pass puts them into boxes by the leading bits in which they
/// differ: those of the customer's id, a hash, so that a box holds the lines of
/// a customer or two, mostly in the order of time already.
fn sort(mut keys: Vec<Key>) -> Vec<Key> {
    if !(1 << BOX_BITS..=BOXED_MAX).contains(&keys.len()) {
        keys.sort_unstable();
        return keys;
    }
    let all = keys.iter().fold((u128::MAX, 0), |(and, or), key| {
        (and & key.who_when, or | key.who_when)
    });
    let differing = u128::BITS - (all.0 ^ all.1).leading_zeros();
    let shift = differing.saturating_sub(BOX_BITS);
    let box_of = |key: &Key| (key.who_when >> shift) as usize & ((1 << BOX_BITS) - 1);
    // Where the next key of each box goes; in the end, where each box ends.
    let mut places = vec![0_u32; 1 << BOX_BITS];
    keys.iter().for_each(|key| places[box_of(key)] += 1);
    let mut start = 0;
    for place in &mut places {
        start += std::mem::replace(place, start);
    }
    let mut boxed = vec![Key::default(); keys.len()];
    for key in &keys {
        let place = &mut places[box_of(key)];
        boxed[*place as usize] = *key;
        *place += 1;
    }
    let mut start = 0;
    for end in places {
        boxed[start..end as usize].sort_unstable();
        start = end as usize;
    }
    boxed
}

/// Rows of one customer, moment and key; the vectors are used again for the
/// next group.
struct Group<'a, 'r> {
    rules: &'r Rules<'r>,
    rows: Vec<Row<'a>>,
    known: Known,
    /// Readings that say the same, see [`BucketResult::shared`].
    shared: HashSet<(i64, i64)>,
    /// The rows seen so far, and where each was put.
    seen: Vec<(Row<'a>, usize)>,
    seen_hashed: Seen<'a>,
}

/// The rows of a long group, hashed.
#[derive(Default)]
struct Seen<'a> {
    /// By the whole record.
    records: HashMap<&'a [u8], usize>,
    /// By what is kept of it: the first row of each of up to two files.
    contents: HashMap<&'a [u8], Vec<(u32, usize)>>,
}

impl<'a> Seen<'a> {
    fn first(&mut self, row: Row<'a>, place: usize) -> Option<usize> {
        let file = row.tail().ingest;
        if let Some(at) = self.records.get(row.record()) {
            return Some(*at);
        }
        let files = self.contents.entry(row.content()).or_default();
        let other = files.iter().find(|(other, _)| *other != file);
        let found = other.map(|(_, at)| *at);
        if found.is_none() {
            self.records.insert(row.record(), place);
            if files.len() < 2 && files.iter().all(|(other, _)| *other != file) {
                files.push((file, place));
            }
        }
        found
    }
}

impl<'a, 'r> Group<'a, 'r> {
    fn new(rules: &'r Rules<'r>) -> Self {
        Self {
            rules,
            rows: Vec::new(),
            known: Known::default(),
            shared: HashSet::new(),
            seen: Vec::new(),
            seen_hashed: Seen::default(),
        }
    }

    fn fill(&mut self, rows: impl Iterator<Item = Row<'a>>) {
        self.rows.clear();
        self.rows.extend(rows);
        self.known = Lookup {
            rows: &self.rows,
            encoder: self.rules.encoder,
            changes: self.rules.changes,
            shared: &mut self.shared,
        }
        .find();
    }

    fn keep(&mut self, kept: &mut Vec<Kept<'a>>, result: &mut BucketResult) {
        self.seen.clear();
        self.seen_hashed = Seen::default();
        for at in 0..self.rows.len() {
            let row = self.rows[at];
            if row.is_stored() {
                self.keep_stored(at, kept, result);
                continue;
            }
            if self.known.again.get(at) == Some(&true) {
                *result.duplicates.entry(self.ingest(row)).or_default() += 1;
                continue;
            }
            let first = self.first(row, kept.len());
            match first {
                Some(at) if row.has_key() => {
                    // Copies are those of one file, in whatever run another
                    // file with the same line is read.
                    let other = self.ingest(kept[at].row);
                    if other == self.ingest(row) {
                        let copies = &mut kept[at].copies;
                        *copies = copies.saturating_add(1);
                    } else {
                        self.shared.insert((self.ingest(row), other));
                    }
                    *result.duplicates.entry(self.ingest(row)).or_default() += 1;
                    continue;
                }
                Some(at) if kept[at].row.tail().ingest == row.tail().ingest => {
                    *result.repeats.entry(self.ingest(row)).or_default() += 1;
                }
                Some(_) => *result.overlaps.entry(self.ingest(row)).or_default() += 1,
                None if self.known.elsewhere.get(at) == Some(&true) => {
                    *result.overlaps.entry(self.ingest(row)).or_default() += 1;
                }
                None => {}
            }
            kept.push(Kept {
                row,
                copies: 1,
                is_repeat: first.is_some(),
            });
        }
    }

    /// A row that is in the table stays, unless its file says otherwise now.
    fn keep_stored(&self, at: usize, kept: &mut Vec<Kept<'a>>, result: &mut BucketResult) {
        let row = self.rows[at];
        let again = self.known.again.get(at) == Some(&true);
        let changes = self.rules.changes;
        match changes.taken_out_by(row, self.ingest(row)) {
            Some(by) if !again => *result.taken_out.entry(by).or_default() += 1,
            _ if self.rules.rewrite => kept.push(as_it_came(row)),
            _ => {}
        }
    }

    fn ingest(&self, row: Row<'_>) -> i64 {
        self.rules.encoder.ingest_id(row.tail().ingest)
    }

    /// Where an equal row was put first; if there is none, this one is going to
    /// be put at `place`. Rows of one file are equal where the whole record is,
    /// those of two files where what is kept of it is.
    fn first(&mut self, row: Row<'a>, place: usize) -> Option<usize> {
        if self.rows.len() > SHORT_GROUP {
            return self.seen_hashed.first(row, place);
        }
        let equal = |(seen, at): &(Row<'a>, usize)| {
            let same = seen.record() == row.record()
                || seen.tail().ingest != row.tail().ingest && seen.content() == row.content();
            same.then_some(*at)
        };
        let found = self.seen.iter().find_map(equal);
        if found.is_none() {
            self.seen.push((row, place));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Many customers, few, one alone; times in order and not; fewer keys than boxes.
    #[test]
    fn boxes_change_nothing_about_the_order() {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state >> 20
        };
        for (rows, customers) in [(0, 1), (100, 7), (9_000, 1), (9_000, 3), (9_000, 400)] {
            let keys: Vec<Key> = (0..rows)
                .map(|at| Key {
                    who_when: u128::from(xxh3_64(&(next() % customers).to_le_bytes())) << 64
                        | u128::from(next() % 1_000_000),
                    key_at: u128::from(next() % 3) << 64 | at,
                })
                .collect();
            let mut wanted = keys.clone();
            wanted.sort_unstable();
            assert!(sort(keys) == wanted, "{rows} rows of {customers}");
        }
    }
}
