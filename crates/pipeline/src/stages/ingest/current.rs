//! What the stage noted, and the books as the tables stand.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Book;

/// What the stage found out, over all runs since the mapping was last changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// Hash of the mapping the tables were read with.
    pub mapping: String,
    /// Every file read so far.
    pub books: Vec<Book>,
    /// What the repairs were as a whole that the tables hold.
    #[serde(default)]
    pub repairs: String,
    /// What the newest reading of mended records gave.
    #[serde(default)]
    pub mended: MendedCounts,
}

/// What became of records that were mended and read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendedCounts {
    /// Records read again.
    pub read: u64,
    /// Those that are kept now.
    pub kept: u64,
    /// Those that were known already.
    pub duplicates: u64,
    /// Those that are set aside still.
    pub set_aside: u64,
    /// Those whose source has no file that says how to read them.
    pub without_file: u64,
}

impl Notes {
    /// The books as the tables stand: of a file that changed or was given another
    /// name, its newest reading, with the rows that the earlier ones left. Each
    /// earlier reading belongs to one of these, also where files changed names.
    pub fn current(&self) -> Vec<Book> {
        let claims = |book: &Book, id: i64| book.earlier.contains(&id) || book.moved.contains(&id);
        let claimed = self
            .books
            .iter()
            .flat_map(|book| book.earlier.iter().chain(&book.moved));
        let past: HashSet<i64> = claimed.copied().collect();
        let (past, newest): (Vec<&Book>, Vec<&Book>) =
            (self.books.iter()).partition(|book| past.contains(&book.ingest_id));
        let mut owned: HashMap<i64, Vec<&Book>> = HashMap::new();
        let mut renamed: HashMap<i64, &Book> = HashMap::new();
        for book in past {
            // What only took another name is the same file still.
            let same = newest.iter().find(|owner| {
                book.kept > 0
                    && owner.kept == 0
                    && owner.content_hash == book.content_hash
                    && !renamed.contains_key(&owner.ingest_id)
            });
            let owners = || newest.iter().filter(|owner| claims(owner, book.ingest_id));
            let of_file = || owners().find(|owner| owner.file == book.file);
            let owner = same.or_else(of_file).or_else(|| owners().next());
            if let Some(owner) = owner {
                owned.entry(owner.ingest_id).or_default().push(book);
            }
            if let Some(owner) = same {
                renamed.insert(owner.ingest_id, book);
            }
        }
        let none = Vec::new();
        let earlier = |book: &Book| owned.get(&book.ingest_id).unwrap_or(&none);
        newest
            .iter()
            .map(|book| {
                let shown = renamed.get(&book.ingest_id).unwrap_or(book);
                with_earlier(book, shown, earlier(book))
            })
            .collect()
    }
}

/// The `newest` book of a file whose rows, as far as they count, came with it and
/// with `earlier` ones; what it says of its content is in `shown`.
fn with_earlier(newest: &Book, shown: &Book, earlier: &[&Book]) -> Book {
    let sum = |of: fn(&Book) -> u64| earlier.iter().map(|book| of(book)).sum::<u64>();
    let kept = (sum(|book| book.kept) + newest.kept)
        .saturating_sub(sum(|book| book.taken_out) + newest.taken_out);
    let duplicates = shown.duplicates.saturating_sub(shown.known);
    Book {
        file: newest.file.clone(),
        rows_read: kept + shown.quarantined + duplicates,
        kept,
        duplicates,
        // An emptied file says nothing of what it had, which stays.
        gone: match shown.rows_read {
            0 => kept,
            _ => shown.gone,
        },
        ..shown.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(ingest_id: i64, file: &str, content: &str, kept: u64) -> Book {
        Book {
            ingest_id,
            file: file.to_owned(),
            table: "order_lines".to_owned(),
            content_hash: content.to_owned(),
            rows_read: kept,
            kept,
            ..Book::default()
        }
    }

    /// Read again as another file: every row is a duplicate, of what the file had
    /// or of what another one has.
    fn again(ingest_id: i64, file: &str, content: &str, rows: u64, earlier: &[i64]) -> Book {
        Book {
            rows_read: rows,
            duplicates: rows,
            earlier: earlier.to_vec(),
            ..book(ingest_id, file, content, 0)
        }
    }

    fn listed(books: Vec<Book>) -> Vec<(String, u64, u64, u64)> {
        let notes = Notes {
            books,
            ..Notes::default()
        };
        let shown = |b: Book| (b.file, b.rows_read, b.kept, b.duplicates);
        notes.current().into_iter().map(shown).collect()
    }

    #[test]
    fn files_that_changed_names_with_each_other_count_once() {
        let books = vec![
            book(1, "a", "A", 200),
            book(2, "b", "B", 150),
            again(3, "a", "B", 150, &[1, 2]),
            again(4, "b", "A", 200, &[1, 2]),
        ];
        let wanted = [("a".into(), 150, 150, 0), ("b".into(), 200, 200, 0)];
        assert_eq!(listed(books), wanted);
    }

    #[test]
    fn a_file_with_a_new_name_is_one_file_and_a_copy_two() {
        let copy = |moved: Vec<i64>| Book {
            table: super::super::NO_TABLE.to_owned(),
            rows_read: 200,
            duplicates: 200,
            moved,
            ..book(2, "b", "A", 0)
        };
        let old = || book(1, "a", "A", 200);
        assert_eq!(
            listed(vec![old(), copy(vec![1])]),
            [("b".into(), 200, 200, 0)]
        );
        assert_eq!(
            listed(vec![old(), copy(Vec::new())]),
            [("a".into(), 200, 200, 0), ("b".into(), 200, 0, 200)]
        );
    }

    #[test]
    fn a_corrected_file_counts_what_is_left_and_what_is_new() {
        let corrected = Book {
            rows_read: 190,
            kept: 10,
            duplicates: 180,
            known: 180,
            gone: 20,
            taken_out: 20,
            earlier: vec![1],
            ..book(2, "a", "A2", 10)
        };
        assert_eq!(
            listed(vec![book(1, "a", "A", 200), corrected]),
            [("a".into(), 190, 190, 0)]
        );
    }
}
