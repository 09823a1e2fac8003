//! Which reading belongs to which source, and which of them came with the newest
//! load.

use std::collections::HashMap;

use perennial_lake::arrow::array::{Array, AsArray};
use perennial_lake::arrow::datatypes::Int64Type;
use perennial_lake::tables::read_batches;

use perennial_quality::hash::QuickMap;

use crate::Result;
use crate::project::Project;
use crate::settings::{Source, Table};
use crate::stage::Done;
use crate::stages::ingest::{self, Book, source_name};

/// A source as findings name it.
pub(super) struct OneSource {
    pub name: String,
    pub table: Table,
    /// The parts and traits that the settings name, by the table's column.
    pub columns: Vec<String>,
    /// The newest load that brought rows, and whether there was one before.
    pub newest: usize,
    pub has_before: bool,
}

/// Where rows came from.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub source: usize,
    /// The run that read it, counted from the first.
    pub load: usize,
}

/// The sources with their readings and books.
pub(super) struct Known {
    pub sources: Vec<OneSource>,
    pub readings: QuickMap<i64, Reading>,
    /// The books as the tables stand, each with its source.
    pub books: Vec<(usize, Book)>,
    /// Every reading's own book.
    pub all_books: Vec<(usize, Book)>,
}

impl Known {
    /// Looks the sources up in the ledger and in the table `ingests`.
    pub async fn load(project: &Project, ingest: &Done, notes: &ingest::Notes) -> Result<Self> {
        let mut of_reading: HashMap<i64, usize> = HashMap::new();
        for index in 0..project.settings.sources.len() {
            let name = source_name(project, index);
            for reading in project.ledger.readings_of(&name).await? {
                if let Ok(id) = reading.parse() {
                    of_reading.entry(id).or_insert(index);
                }
            }
        }
        let loads = loads(project, ingest.version("ingests")).await?;
        let sources = &project.settings.sources;
        let place = |book: &Book| {
            let known = of_reading.get(&book.ingest_id).copied();
            let of_table = || sources.iter().position(|s| s.table.as_str() == book.table);
            known.or_else(of_table).unwrap_or(0)
        };
        let mut readings = QuickMap::default();
        for book in &notes.books {
            let load = loads.get(&book.ingest_id).copied().unwrap_or(0);
            let source = place(book);
            readings.insert(book.ingest_id, Reading { source, load });
        }
        let with_place = |books: Vec<Book>| -> Vec<(usize, Book)> {
            books.into_iter().map(|book| (place(&book), book)).collect()
        };
        let all_books = with_place(notes.books.clone());
        let one = |(index, source): (usize, &Source)| {
            let own = all_books
                .iter()
                .filter(|(s, book)| *s == index && book.kept > 0);
            let mut own: Vec<usize> = own
                .filter_map(|(_, book)| Some(readings.get(&book.ingest_id)?.load))
                .collect();
            own.sort_unstable();
            own.dedup();
            OneSource {
                name: shown(sources, index),
                table: source.table,
                columns: columns(source),
                newest: own.last().copied().unwrap_or(0),
                has_before: own.len() > 1,
            }
        };
        Ok(Self {
            sources: sources.iter().enumerate().map(one).collect(),
            books: with_place(notes.current()),
            all_books,
            readings,
        })
    }

    /// Names and tables, as scores want them.
    pub fn named(&self) -> Vec<(String, String)> {
        let pair = |s: &OneSource| (s.name.clone(), s.table.to_string());
        self.sources.iter().map(pair).collect()
    }

    /// The sources of a table, with their places.
    pub fn of(&self, table: Table) -> impl Iterator<Item = (usize, &OneSource)> {
        let sources = self.sources.iter().enumerate();
        sources.filter(move |(_, source)| source.table == table)
    }

    /// The source that a reading of a table belongs to.
    pub fn source_of(&self, reading: i64, table: Table) -> usize {
        let known = self.readings.get(&reading).map(|reading| reading.source);
        let first = || self.of(table).next().map(|(index, _)| index);
        known.or_else(first).unwrap_or(0)
    }

    /// The readings of a source.
    pub fn readings_of(&self, source: usize) -> Vec<i64> {
        let own = self.readings.iter().filter(|(_, r)| r.source == source);
        let mut own: Vec<i64> = own.map(|(id, _)| *id).collect();
        own.sort_unstable();
        own
    }
}

/// A source as it may be shown; two of one path are told apart by their tables.
fn shown(sources: &[Source], index: usize) -> String {
    let name = sources[index].shown();
    let others = sources
        .iter()
        .enumerate()
        .filter(|(i, s)| *i != index && s.shown() == name);
    match others.count() {
        0 => name,
        _ => format!("{name} ({})", sources[index].table),
    }
}

fn columns(source: &Source) -> Vec<String> {
    let parts = source
        .columns
        .iter()
        .map(|(role, _)| role.as_str().to_owned());
    parts.chain(source.traits.keys().cloned()).collect()
}

/// Which run read each reading, the runs counted in their order.
async fn loads(project: &Project, version: Option<i64>) -> Result<HashMap<i64, usize>> {
    let mut loads = HashMap::new();
    let Some(version) = version else {
        return Ok(loads);
    };
    let mut runs: Vec<String> = Vec::new();
    let columns = ["ingest_id", "run_id"];
    read_batches(
        &project.lake,
        "ingests",
        Some(version),
        Some(&columns),
        |batch| {
            let ids = batch
                .column_by_name("ingest_id")
                .and_then(|c| c.as_primitive_opt::<Int64Type>());
            let of_run = batch
                .column_by_name("run_id")
                .and_then(|c| c.as_string_opt::<i32>());
            if let (Some(ids), Some(of_run)) = (ids, of_run) {
                for row in (0..batch.num_rows()).filter(|row| of_run.is_valid(*row)) {
                    let run = of_run.value(row);
                    let known = runs.iter().rposition(|known| known == run);
                    let load = known.unwrap_or_else(|| {
                        runs.push(run.to_owned());
                        runs.len() - 1
                    });
                    loads.insert(ids.value(row), load);
                }
            }
            Ok(())
        },
    )
    .await?;
    Ok(loads)
}
