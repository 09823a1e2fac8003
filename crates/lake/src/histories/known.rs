//! Which rows of a group the table has already.

use std::collections::{HashMap, HashSet};

use super::changes::Changes;
use super::row::{Encoder, Row};

/// What is known of rows of one customer, moment and key. Both lists are
/// empty where none of the rows is stored.
#[derive(Default)]
pub(super) struct Known {
    /// For each new row, whether the table has it already; for each stored one,
    /// whether a file says it again.
    pub again: Vec<bool>,
    /// For each new row without a key, whether another file put an equal
    /// one into the table.
    pub elsewhere: Vec<bool>,
}

/// Looks new rows up among stored ones. Pairs of readings that say the same,
/// and are not versions of one file, go to `shared`.
pub(super) struct Lookup<'a, 'r> {
    pub rows: &'r [Row<'a>],
    pub encoder: &'r Encoder,
    pub changes: &'r Changes,
    pub shared: &'r mut HashSet<(i64, i64)>,
}

impl<'a> Lookup<'a, '_> {
    pub fn find(mut self) -> Known {
        let rows = self.rows;
        if !rows.iter().any(|row| row.is_stored()) {
            return Known::default();
        }
        let mut known = Known {
            again: vec![false; rows.len()],
            elsewhere: vec![false; rows.len()],
        };
        // Places of equal rows: new ones, stored ones.
        let mut equal: HashMap<&[u8], [Vec<usize>; 2]> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let places = equal.entry(row.content()).or_default();
            places[usize::from(row.is_stored())].push(at);
        }
        for [new, stored] in equal.into_values() {
            match (new.first(), stored.is_empty()) {
                (None, _) | (_, true) => {}
                (Some(&at), _) if rows[at].has_key() => self.keyed(&new, &stored, &mut known),
                _ => self.loose(&new, &stored, &mut known),
            }
        }
        known
    }

    fn reading(&self, at: usize) -> i64 {
        self.encoder.ingest_id(self.rows[at].tail().ingest)
    }

    /// Rows with a key are known as often as they come, but for records
    /// of a new version that differ in columns that are not kept: of those as
    /// many are known as are stored.
    fn keyed(&mut self, new: &[usize], stored: &[usize], known: &mut Known) {
        stored.iter().for_each(|&at| known.again[at] = true);
        let mut versions: HashMap<i64, (usize, HashMap<&'a [u8], usize>)> = HashMap::new();
        for &at in new {
            let reading = self.reading(at);
            let (count, records) = versions.entry(reading).or_insert_with(|| {
                let earlier =
                    |place: &&usize| self.changes.is_version(reading, self.reading(**place));
                (stored.iter().filter(earlier).count(), HashMap::new())
            });
            if *count == 0 {
                known.again[at] = true;
                self.shared.insert((
                    reading,
                    self.encoder.ingest_id(self.rows[stored[0]].tail().ingest),
                ));
                continue;
            }
            let next = records.len();
            let nth = *records.entry(self.rows[at].record()).or_insert(next);
            known.again[at] = nth < *count;
        }
    }

    /// Rows without a key are known one for one, and only from an earlier
    /// version of their file.
    fn loose(&self, new: &[usize], stored: &[usize], known: &mut Known) {
        let mut by_reading: Vec<(i64, Vec<usize>)> = Vec::new();
        for &at in new.iter().rev() {
            let reading = self.reading(at);
            match by_reading.iter_mut().find(|(known, _)| *known == reading) {
                Some((_, places)) => places.push(at),
                None => by_reading.push((reading, vec![at])),
            }
        }
        let mut others = new.iter();
        for &place in stored {
            let earlier = self.reading(place);
            let version = by_reading
                .iter_mut()
                .filter(|(reading, _)| self.changes.is_version(*reading, earlier))
                .find_map(|(_, places)| places.pop());
            match version {
                Some(at) => (known.again[place], known.again[at]) = (true, true),
                None => {
                    let at = others.next();
                    at.into_iter().for_each(|&at| known.elsewhere[at] = true);
                }
            }
        }
    }
}
