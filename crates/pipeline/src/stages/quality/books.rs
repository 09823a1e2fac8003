//! What the books alone say of quality: rows set aside, known already, twice, and
//! the empty cells of labelled customers.

use std::collections::BTreeMap;

use perennial_quality::drift::of_share;
use perennial_quality::{Finding, Severity};

use super::sources::Known;
use crate::project::Project;
use crate::settings::Table;
use crate::stages::ingest::{Book, ERASED};

/// The share of a file's rows that may be set aside.
const QUARANTINED_MAX: f64 = 0.01;
/// The share of a source's rows that may be known already.
const DUPLICATES_MAX: f64 = 0.05;
/// The share of a column's cells that may be empty.
pub(super) const MISSING_MAX: f64 = 0.05;
/// Why a labelled customer stands in the table already.
const TWICE: &str = "customer/twice";

/// Adds what the books of a table's sources say.
pub(super) fn findings(project: &Project, known: &Known, table: Table, out: &mut Vec<Finding>) {
    for (index, source) in known.of(table) {
        let own = known.books.iter().filter(|(s, _)| *s == index);
        let books: Vec<&Book> = own.map(|(_, book)| book).collect();
        let finding = |rule: &str, severity: Severity| {
            Finding::new(rule, table.as_str(), severity).of_source(&source.name)
        };
        for book in books.iter().filter(|book| book.rows_read > 0) {
            let erased = book.reasons.get(ERASED).copied().unwrap_or(0);
            let aside = book.quarantined.saturating_sub(erased);
            let mut of_file = finding("quarantined", Severity::Warning)
                .counted(book.rows_read, aside, QUARANTINED_MAX)
                .with_detail(reasons(book));
            of_file.file = Some(book.file.clone());
            out.push(of_file);
        }
        let sum = |of: fn(&Book) -> u64| books.iter().map(|book| of(book)).sum::<u64>();
        let read = sum(|book| book.rows_read);
        out.push(finding("duplicates", Severity::Note).counted(
            read,
            sum(|book| book.duplicates),
            DUPLICATES_MAX,
        ));
        if table == Table::Customers {
            let twice = |book: &Book| book.reasons.get(TWICE).copied().unwrap_or(0);
            out.push(
                finding("unique_key", Severity::Warning)
                    .of_column("customer_id")
                    .counted(read, sum(twice), 0.0),
            );
            out.extend(cells(project, index, &books, &finding));
            out.extend(cells_between_loads(known, index, &finding));
        }
    }
}

fn reasons(book: &Book) -> String {
    let reasons = book.reasons.iter().filter(|(code, _)| *code != ERASED);
    let reasons: Vec<String> = reasons
        .map(|(code, rows)| format!("{code} {rows}"))
        .collect();
    reasons.join(", ")
}

type Make<'a> = dyn Fn(&str, Severity) -> Finding + 'a;

/// How many cells of each column are there, and how many are empty.
fn counts<'a>(books: impl Iterator<Item = &'a Book>) -> BTreeMap<&'a str, (u64, u64)> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for column in books.flat_map(|book| &book.columns) {
        let count = counts.entry(&column.name).or_default();
        count.0 += column.missing;
        count.1 += column.rows;
    }
    counts
}

/// Empty cells of a table whose columns are what its file has.
fn cells(project: &Project, index: usize, books: &[&Book], make: &Make<'_>) -> Vec<Finding> {
    let source = &project.settings.sources[index];
    let found = counts(books.iter().copied());
    let one = |(name, (missing, rows)): (&str, (u64, u64))| {
        let named = source.columns.iter().any(|(_, column)| column == name);
        let severity = if named {
            Severity::Warning
        } else {
            Severity::Note
        };
        let finding = make("completeness", severity).of_column(name);
        finding.counted(rows, missing, MISSING_MAX)
    };
    found.into_iter().map(one).collect()
}

/// Whether the newest load has other shares of empty cells than those before.
fn cells_between_loads(known: &Known, index: usize, make: &Make<'_>) -> Vec<Finding> {
    let source = &known.sources[index];
    if !source.has_before {
        return Vec::new();
    }
    let of_side = |is_new: bool| {
        let own = known.all_books.iter().filter(move |(s, book)| {
            let load = known.readings.get(&book.ingest_id).map(|r| r.load);
            *s == index && (load == Some(source.newest)) == is_new
        });
        counts(own.map(|(_, book)| book))
    };
    let (before, now) = (of_side(false), of_side(true));
    let one = |(name, count): (&&str, &(u64, u64))| {
        let (change, is_drift) = of_share(*before.get(*name)?, *count)?;
        let finding = make("drift_missing", Severity::Warning).of_column(name);
        Some(
            finding
                .counted(1, u64::from(is_drift), 0.0)
                .with_value(change),
        )
    };
    now.iter().filter_map(one).collect()
}
