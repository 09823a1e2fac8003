//! One part of a bucket: sort its rows by customer, time and order, take out
//! duplicates, append the rest to the bucket's file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use xxhash_rust::xxh3::xxh3_64;

use super::row::{Encoder, Layout, Row};
use super::sorter::BucketResult;

/// Groups of equal customer, time and order up to this long are searched from
/// end to end; longer ones by a table of hashes.
const SHORT_GROUP: usize = 16;
/// Bytes of a row, for the first allocation.
const ROW_BYTES: usize = 48;

/// What rows are sorted by, and where they lie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    customer: i64,
    time: i64,
    order: u64,
    /// Piece, then byte: the order in which the rows came.
    at: u64,
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
    /// Readings of a grown version of a file read before.
    pub grown: &'a [i64],
    /// Rows that are in the table already are written again.
    pub rewrite: bool,
}

/// The rows of a part that go into the table, sorted; the others are counted.
///
/// A new row with an order id that equals one in the table, or an earlier new
/// one, is a duplicate. A new row without one is a duplicate only of a row in
/// the table, only where its file is a grown version of one read before, and
/// one for one; equal new rows without an order id stay, flagged.
pub(super) fn kept_rows<'a>(
    pieces: &'a [Vec<u8>],
    rules: &Rules<'_>,
    result: &mut BucketResult,
) -> Vec<Kept<'a>> {
    let keys = sorted_keys(pieces, rules.encoder.layout());
    let mut kept = Vec::with_capacity(keys.len());
    let mut group = Group {
        rules,
        rows: Vec::new(),
        known: Vec::new(),
        seen: Vec::new(),
        seen_hashed: HashMap::new(),
    };
    let one_order =
        |a: &Key, b: &Key| (a.customer, a.time, a.order) == (b.customer, b.time, b.order);
    for same in keys.chunk_by(one_order) {
        if let [alone] = same {
            if let Some(row) = row_at(pieces, *alone)
                && (rules.rewrite || !row.is_stored())
            {
                kept.push(as_it_came(row));
            }
            continue;
        }
        group.rows.clear();
        group
            .rows
            .extend(same.iter().filter_map(|key| row_at(pieces, *key)));
        group.keep(&mut kept, result);
    }
    kept
}

fn row_at(pieces: &[Vec<u8>], key: Key) -> Option<Row<'_>> {
    let piece = pieces.get((key.at >> 32) as usize)?;
    Row::at(piece, (key.at & u64::from(u32::MAX)) as usize)
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
            // The lines of an order mostly come together.
            let order = row.order(layout);
            if order != last.0 {
                last = (order, xxh3_64(order));
            }
            keys.push(Key {
                customer: row.customer(),
                time: row.time_us(),
                order: if row.has_order() { last.1 } else { 0 },
                at: (number as u64) << 32 | at as u64,
            });
            at += row.len();
        }
    }
    keys.sort_unstable();
    keys
}

/// Rows of one customer, moment and order; the vectors are used again for the
/// next group.
struct Group<'a, 'r> {
    rules: &'r Rules<'r>,
    rows: Vec<Row<'a>>,
    /// For each row, whether the table has it already; empty where none is.
    known: Vec<bool>,
    /// The records seen so far, and where the first of each was put.
    seen: Vec<(&'a [u8], usize)>,
    /// The same for long groups.
    seen_hashed: HashMap<&'a [u8], usize>,
}

impl<'a> Group<'a, '_> {
    fn keep(&mut self, kept: &mut Vec<Kept<'a>>, result: &mut BucketResult) {
        self.find_known();
        self.seen.clear();
        self.seen_hashed.clear();
        for at in 0..self.rows.len() {
            let row = self.rows[at];
            if row.is_stored() {
                if self.rules.rewrite {
                    kept.push(as_it_came(row));
                }
                continue;
            }
            if self.known.get(at) == Some(&true) {
                *result.duplicates.entry(self.ingest(row)).or_default() += 1;
                continue;
            }
            let first = self.first(row.record(), kept.len());
            match first {
                Some(at) if row.has_order() => {
                    // Copies are those of one file, in whatever run another
                    // file with the same line is read.
                    if kept[at].row.tail().ingest == row.tail().ingest {
                        let copies = &mut kept[at].copies;
                        *copies = copies.saturating_add(1);
                    }
                    *result.duplicates.entry(self.ingest(row)).or_default() += 1;
                    continue;
                }
                Some(_) => *result.repeats.entry(self.ingest(row)).or_default() += 1,
                None => {}
            }
            kept.push(Kept {
                row,
                copies: 1,
                is_repeat: first.is_some(),
            });
        }
    }

    fn ingest(&self, row: Row<'_>) -> i64 {
        self.rules.encoder.ingest_id(row.tail().ingest)
    }

    /// Finds the rows that the table has already.
    fn find_known(&mut self) {
        self.known.clear();
        if !self.rows.iter().any(|row| row.is_stored()) {
            return;
        }
        let mut known = vec![false; self.rows.len()];
        let mut new: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (at, row) in self.rows.iter().enumerate().filter(|(_, r)| !r.is_stored()) {
            new.entry(row.content()).or_default().push(at);
        }
        for stored in self.rows.iter().filter(|row| row.is_stored()) {
            let Some(equal) = new.get_mut(stored.content()) else {
                continue;
            };
            if stored.has_order() {
                equal.drain(..).for_each(|at| known[at] = true);
            } else {
                let from_grown =
                    |at: &usize| self.rules.grown.contains(&self.ingest(self.rows[*at]));
                if let Some(place) = equal.iter().position(from_grown) {
                    known[equal.remove(place)] = true;
                }
            }
        }
        self.known = known;
    }

    /// Where an equal record was put first; if there is none, this one is
    /// going to be put at `place`.
    fn first(&mut self, record: &'a [u8], place: usize) -> Option<usize> {
        if self.rows.len() > SHORT_GROUP {
            return match self.seen_hashed.entry(record) {
                Entry::Occupied(at) => Some(*at.get()),
                Entry::Vacant(free) => {
                    free.insert(place);
                    None
                }
            };
        }
        let equal = self.seen.iter().find(|(known, _)| *known == record);
        if let Some((_, at)) = equal {
            return Some(*at);
        }
        self.seen.push((record, place));
        None
    }
}
