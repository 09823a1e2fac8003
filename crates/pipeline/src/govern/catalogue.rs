//! The catalogue, filled: the reference says what tables and columns mean, the
//! lake what there is, the settings what is declared.

use perennial_govern::catalogue::{Catalogue, Column, File, FromSource, Table as Entry};
use perennial_govern::class::{Class, class_of};
use perennial_govern::declared::{Becomes, Source as Declared};
use perennial_lake::tables::Table;

use super::{declared, notes};
use crate::answer::{listed, moment, nearest};
use crate::project::Project;
use crate::reference::{ColumnDoc, TableDoc, table_docs};
use crate::settings;
use crate::stages::ingest::{Book, Notes};
use crate::visible;
use crate::{Error, Result};

/// The pseudo-table of what identifies people.
const VAULT: &str = "vault";
/// The stage that reads files; all others make their tables of tables.
const READING: &str = "ingest";

/// What the project holds; of one `table` everything.
///
/// # Errors
/// `catalogue/table-unknown`; those of the lake and the ledger.
pub async fn catalogue(project: &Project, table: Option<&str>) -> Result<Catalogue> {
    let notes = notes(project).await?;
    let facts = Facts {
        sources: declared(&project.settings, notes.as_ref()),
        books: notes.as_ref().map(Notes::current).unwrap_or_default(),
    };
    let versions = match visible::tables(project).await {
        Ok(visible) => visible.versions,
        Err(error) if error.code() == "run/none-yet" => Default::default(),
        Err(error) => return Err(error),
    };
    let docs: Vec<TableDoc> = table_docs()
        .into_iter()
        .filter(|doc| versions.contains_key(doc.name) || is_expected(project, doc.name))
        .collect();
    let names: Vec<&str> = docs.iter().map(|doc| doc.name).chain([VAULT]).collect();
    if let Some(wanted) = table.filter(|wanted| !names.contains(wanted)) {
        let hint = match nearest(wanted, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the tables are {}",
                listed(names.iter().copied(), names.len())
            ),
        };
        return Err(Error::cannot(
            "catalogue/table-unknown",
            format!("there is no table `{wanted}`"),
            hint,
        ));
    }
    let is_wanted = |name: &str| table.is_none_or(|wanted| wanted == name);
    let mut tables = Vec::new();
    for doc in docs.iter().filter(|doc| is_wanted(doc.name)) {
        let version = versions.get(doc.name).copied();
        let stored = match version {
            Some(_) => Table::open(&project.lake, doc.name, version).await?,
            None => None,
        };
        tables.push(facts.entry(project, doc, stored.as_ref())?);
    }
    if is_wanted(VAULT) {
        tables.push(facts.vault(project).await?);
    }
    Ok(Catalogue {
        project: project.settings.project.name.clone(),
        tables,
        whole: table.is_some(),
    })
}

/// Whether a run of these settings makes the table.
fn is_expected(project: &Project, name: &str) -> bool {
    match settings::Table::from_word(name) {
        Some(table) => project.settings.has(table),
        None if ["features", "labels", "months"].contains(&name) => {
            project.settings.history().is_some()
        }
        None => true,
    }
}

struct Facts {
    sources: Vec<Declared>,
    books: Vec<Book>,
}

impl Facts {
    fn entry(&self, project: &Project, doc: &TableDoc, stored: Option<&Table>) -> Result<Entry> {
        let sources = self.sources_of(project, doc);
        let columns = self.columns(doc, stored, &sources)?;
        let newest_us = stored.and_then(|table| {
            let files = table.files.iter();
            files.filter_map(|file| file.max_time_us).max()
        });
        Ok(Entry {
            table: doc.name.to_owned(),
            stage: Some(doc.stage.to_owned()),
            about: doc.grain.to_owned(),
            class: strictest(&columns),
            version: stored.map(|table| table.version),
            rows: stored.map(Table::rows),
            newest: newest_us.map(moment),
            is_made: doc.stage != READING,
            sources: self.from(&sources),
            columns,
        })
    }

    /// Which sources a table's rows come from.
    fn sources_of(&self, project: &Project, doc: &TableDoc) -> Vec<usize> {
        let table = match (settings::Table::from_word(doc.name), doc.stage) {
            (Some(table), _) => Some(table),
            // The books and the quarantine are of all files.
            (None, READING) => None,
            (None, _) => Some(
                project
                    .settings
                    .history()
                    .unwrap_or(settings::Table::Customers),
            ),
        };
        let is_of = |source: &Declared| table.is_none_or(|table| source.table == table.as_str());
        let sources = self.sources.iter().enumerate();
        sources
            .filter(|(_, source)| is_of(source))
            .map(|(at, _)| at)
            .collect()
    }

    fn from(&self, sources: &[usize]) -> Vec<FromSource> {
        let files = |at: usize| {
            let books = self.books.iter().filter(move |b| b.source == Some(at));
            let file = |book: &Book| File {
                file: book.file.clone(),
                hash: book.content_hash.clone(),
                kept: book.kept,
                past_keeping: book.past_keeping,
            };
            books.map(file).collect()
        };
        let sources = sources.iter();
        let named = sources.filter_map(|&at| Some((at, self.sources.get(at)?)));
        named
            .map(|(at, declared)| FromSource {
                declared: declared.clone(),
                files: files(at),
            })
            .collect()
    }

    /// The columns there are, those of the reference where there is no table yet.
    fn columns(
        &self,
        doc: &TableDoc,
        stored: Option<&Table>,
        sources: &[usize],
    ) -> Result<Vec<Column>> {
        let stored = stored.map(Table::columns).transpose()?;
        let known = |name: &str| doc.columns.iter().find(|column| column.name == name);
        let named: Vec<(String, String)> = match stored {
            Some(columns) if !columns.is_empty() => columns,
            _ => {
                let columns = doc.columns.iter();
                columns
                    .map(|c| (c.name.to_owned(), c.kind.to_owned()))
                    .collect()
            }
        };
        let all: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        // What is made of a file's columns does not carry their names by chance alone.
        let read_from = match doc.stage == READING {
            true => sources,
            false => &[],
        };
        let column = |(name, kind): &(String, String)| {
            let origin = self.origin(name, read_from);
            let doc: Option<&ColumnDoc> = known(name);
            let sensitive = origin.iter().any(|(_, column)| column.sensitive);
            let described = origin.iter().find_map(|(_, c)| c.description.clone());
            Column {
                column: name.clone(),
                kind: doc.map_or_else(|| in_words(kind), |doc| doc.kind.to_owned()),
                class: class_of(name, &all, sensitive),
                meaning: doc
                    .map(|doc| doc.meaning.to_owned())
                    .or(described)
                    .unwrap_or_else(|| "not declared".to_owned()),
                from: origin.into_iter().map(|(_, c)| c.column.clone()).collect(),
            }
        };
        Ok(named.iter().map(column).collect())
    }

    /// The columns of files that became the column `name` of a table.
    fn origin(
        &self,
        name: &str,
        sources: &[usize],
    ) -> Vec<(usize, &perennial_govern::declared::Column)> {
        let mut found: Vec<(usize, &perennial_govern::declared::Column)> = Vec::new();
        for &at in sources {
            let columns = self.sources.get(at).into_iter().flat_map(|s| &s.columns);
            let same = |known: &&perennial_govern::declared::Column| {
                let in_table = known.becomes != Becomes::Vault || known.name == "customer_id";
                in_table && known.name == name
            };
            found.extend(columns.filter(same).map(|column| (at, column)));
        }
        found.dedup_by(|a, b| a.1.column == b.1.column);
        found
    }

    /// What identifies people: it is in no table.
    async fn vault(&self, project: &Project) -> Result<Entry> {
        let vault = project.ledger.vault(&project.key).await?;
        let mut columns: Vec<Column> = Vec::new();
        let all = self.sources.iter().flat_map(|source| &source.columns);
        for column in all.filter(|column| column.becomes == Becomes::Vault) {
            if let Some(known) = columns.iter_mut().find(|c| c.column == column.name) {
                if !known.from.contains(&column.column) {
                    known.from.push(column.column.clone());
                }
                continue;
            }
            columns.push(Column {
                column: column.name.clone(),
                kind: "text, encrypted".to_owned(),
                class: match column.sensitive {
                    true => Class::Sensitive,
                    false => Class::Personal,
                },
                meaning: column
                    .description
                    .clone()
                    .unwrap_or_else(|| "identifies a person".to_owned()),
                from: vec![column.column.clone()],
            });
        }
        let all: Vec<usize> = (0..self.sources.len()).collect();
        Ok(Entry {
            table: VAULT.to_owned(),
            stage: None,
            about: "One person, in the ledger, encrypted under a key of their own".to_owned(),
            class: strictest(&columns).max(Class::Personal),
            version: None,
            rows: Some(vault.count().await?),
            newest: None,
            is_made: false,
            sources: self.from(&all),
            columns,
        })
    }
}

fn strictest(columns: &[Column]) -> Class {
    let classes = columns.iter().map(|column| column.class);
    classes.max().unwrap_or(Class::Public)
}

/// A type of the lake as the reference words it.
fn in_words(kind: &str) -> String {
    match kind {
        "string" => "text",
        "long" => "64-bit integer",
        "integer" => "32-bit integer",
        "double" => "64-bit float",
        other => other,
    }
    .to_owned()
}
