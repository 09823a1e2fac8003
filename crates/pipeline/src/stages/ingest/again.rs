//! Files that did not change, and are read again beside one that did: a row
//! that several files say stands in the table once, under the reading that brought
//! it. Whether it goes when one of them says it no longer is known only by
//! asking the others what they say.

use std::collections::{BTreeMap, BTreeSet};

use perennial_lake::sources::files::SourceFile;
use perennial_ledger::FileRecord;

use super::found::{Found, Fresh, reading, recorded_path, source_name};
use super::{Book, NO_TABLE};
use crate::Result;
use crate::project::Project;
use crate::settings::Table;

/// A file that lies there as it was read.
pub(super) struct Unchanged {
    /// Which `[[source]]`.
    pub source: usize,
    pub file: SourceFile,
    /// As the settings name it.
    pub name: String,
}

/// Adds the files whose word is needed about rows that a changed file shares
/// with others.
pub(super) async fn add(
    project: &Project,
    unchanged: Vec<Unchanged>,
    found: &mut Found,
) -> Result<()> {
    let Some((_, notes)) = &found.before else {
        return Ok(());
    };
    let is_history = |fresh: &Fresh| {
        let source = project.settings.sources.get(fresh.source);
        source.is_some_and(|source| source.table != Table::Customers)
    };
    let places: Vec<usize> = (0..found.fresh.len())
        .filter(|&at| is_history(&found.fresh[at]) && !found.fresh[at].earlier.is_empty())
        .filter(|&at| Shared::of(&found.fresh[at].earlier, &notes.books).is_some())
        .collect();
    if places.is_empty() {
        return Ok(());
    }
    let there = There::look(project, unchanged).await?;
    let changed: BTreeSet<i64> = found
        .fresh
        .iter()
        .flat_map(|fresh| fresh.earlier.iter().copied())
        .collect();
    let copies: BTreeSet<i64> = (notes.books.iter())
        .filter(|book| book.table == NO_TABLE)
        .map(|book| book.ingest_id)
        .collect();
    let mut asked: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for at in places {
        let fresh = &mut found.fresh[at];
        let Some(shared) = Shared::of(&fresh.earlier, &notes.books) else {
            continue;
        };
        // A file whose whole content another one had first put no rows in itself.
        let is_heard = |reading: &i64| {
            !copies.contains(reading)
                && (there.of.contains_key(reading) || changed.contains(reading))
        };
        // Whoever leans on its rows and is put away still counts, row for row.
        fresh.entangled = !shared.leaning_on(&fresh.earlier).iter().all(is_heard);
        for reading in shared.all().filter(|reading| !copies.contains(reading)) {
            if let Some(&file) = there.of.get(&reading) {
                asked.entry(file).or_default();
            }
        }
        for &leaned in &shared.leaned {
            let is_known = shared.leaning_on(&[leaned]).iter().all(is_heard);
            if let Some(&file) = there.of.get(&leaned).filter(|_| is_known)
                && there.newest(file) != Some(leaned)
            {
                asked.entry(file).or_default().insert(leaned);
            }
        }
    }
    let (more, now_us) = (asked.into_iter(), project.now_us());
    let more: Vec<Fresh> = more
        .filter_map(|(file, earlier)| there.fresh(file, earlier, now_us))
        .collect();
    found.fresh.extend(more);
    Ok(())
}

/// The readings that share rows with those of one file.
struct Shared {
    /// Readings that it left its own rows out for.
    leaned: BTreeSet<i64>,
    /// Readings that left rows out for its own, or for those above, by the one
    /// that they left them out for.
    leaning: Vec<(i64, i64)>,
}

impl Shared {
    /// None where no other reading shares a row.
    fn of(own: &[i64], books: &[Book]) -> Option<Self> {
        let is_own = |reading: &i64| own.contains(reading);
        let shares = books.iter().filter(|book| is_own(&book.ingest_id));
        let leaned: BTreeSet<i64> = shares
            .flat_map(|book| book.shares.iter().copied())
            .filter(|other| !is_own(other))
            .collect();
        let others = books.iter().filter(|book| !is_own(&book.ingest_id));
        let leaning: Vec<(i64, i64)> = others
            .flat_map(|book| book.shares.iter().map(|other| (book.ingest_id, *other)))
            .filter(|(_, other)| is_own(other) || leaned.contains(other))
            .collect();
        (!leaned.is_empty() || !leaning.is_empty()).then_some(Self { leaned, leaning })
    }

    fn leaning_on(&self, readings: &[i64]) -> Vec<i64> {
        let leaning = self.leaning.iter();
        leaning
            .filter(|(_, other)| readings.contains(other))
            .map(|(reading, _)| *reading)
            .collect()
    }

    fn all(&self) -> impl Iterator<Item = i64> + '_ {
        let leaning = self.leaning.iter().map(|(reading, _)| *reading);
        self.leaned.iter().copied().chain(leaning)
    }
}

/// The files that lie there unchanged, and which reading is of which.
struct There {
    files: Vec<(Unchanged, Option<FileRecord>)>,
    of: BTreeMap<i64, usize>,
}

impl There {
    async fn look(project: &Project, unchanged: Vec<Unchanged>) -> Result<Self> {
        let mut there = Self {
            files: Vec::with_capacity(unchanged.len()),
            of: BTreeMap::new(),
        };
        for one in unchanged {
            let path = recorded_path(project, &one.file.path);
            let name = source_name(project, one.source);
            let versions = project.ledger.file_versions(&name, &path).await?;
            let place = there.files.len();
            there
                .of
                .extend(versions.iter().filter_map(reading).map(|id| (id, place)));
            there.files.push((one, versions.into_iter().next_back()));
        }
        Ok(there)
    }

    fn newest(&self, file: usize) -> Option<i64> {
        let (_, record) = self.files.get(file)?;
        reading(record.as_ref()?)
    }

    /// The file as one to be read again, which speaks about the rows of `earlier`
    /// too.
    fn fresh(&self, file: usize, earlier: BTreeSet<i64>, now_us: i64) -> Option<Fresh> {
        let (one, record) = self.files.get(file)?;
        let record = record.as_ref()?;
        Some(Fresh {
            source: one.source,
            file: one.file.clone(),
            name: one.name.clone(),
            is_alone: false,
            hash: record.content_hash,
            ingest_id: reading(record)?,
            known_as: None,
            moved: Vec::new(),
            earlier: earlier.into_iter().collect(),
            standing: Vec::new(),
            entangled: false,
            again: true,
            seen_us: now_us,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(ingest_id: i64, shares: &[i64]) -> Book {
        Book {
            ingest_id,
            shares: shares.to_vec(),
            ..Book::default()
        }
    }

    #[test]
    fn whoever_shares_a_row_with_a_reading_is_asked() {
        // 1 brought rows that 2 and 3 say too; 4 has nothing to do with them.
        let books = [
            book(1, &[]),
            book(2, &[1]),
            book(3, &[1]),
            book(4, &[]),
            book(5, &[4]),
        ];
        let of_first = Shared::of(&[1], &books).unwrap();
        assert_eq!(of_first.all().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(of_first.leaning_on(&[1]), [2, 3]);
        // Of a row that 2 no longer says, 1 and 3 know whether it stays.
        let of_second = Shared::of(&[2], &books).unwrap();
        assert_eq!(of_second.all().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(of_second.leaned, BTreeSet::from([1]));
        assert!(Shared::of(&[7], &books).is_none());
    }
}
