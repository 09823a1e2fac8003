//! What is set aside, and why.

use std::collections::BTreeMap;

use perennial_ledger::Vault;
use perennial_web::lists::{ListCell, ListColumn, ListTable, to_csv};
use serde::Serialize;

use super::{Aside, Quarantine, QuarantineFilter, load};
use crate::Result;
use crate::answer::{aligned, pick};
use crate::project::Project;
use crate::settings::Language;
use crate::stages::ingest::mend::{Cells, Split, split};
use crate::stages::ingest::{Book, reading_like};

/// Letters of a record's text that a line shows.
const TEXT_SHOWN: usize = 120;

/// Rows of one file that were set aside for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// Why, as a code.
    pub reason: String,
    /// The file.
    pub file: String,
    /// How many.
    pub rows: u64,
}

/// A row set aside.
#[derive(Debug, Clone, Serialize)]
pub struct RowShown {
    /// The file.
    pub file: String,
    /// The record's number in it, from 1.
    pub row: i64,
    /// The column that is wrong; none where it is the whole row.
    pub column: Option<String>,
    /// Why, as a code.
    pub reason: String,
    /// The record as it stands in the file, where it was asked for and is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What is set aside.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// By reason and file, the most rows first.
    pub counts: Vec<ReasonCount>,
    /// The rows, in the order of file and record.
    pub rows: Vec<RowShown>,
    /// How many more there are.
    pub more: u64,
}

/// What is set aside: counts by reason, and at most `limit` rows; with the text of
/// the records, which is unsealed for it, where `with_text` says so.
///
/// # Errors
/// `run/none-yet`, `quality/source-unknown`; those of lake and vault.
pub async fn list(
    project: &Project,
    filter: &QuarantineFilter,
    limit: usize,
    with_text: bool,
) -> Result<Listed> {
    let quarantine = load(project, filter).await?;
    let vault = project.ledger.vault(&project.key).await?;
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in &quarantine.rows {
        *counts
            .entry((&row.reason, quarantine.file(row)))
            .or_default() += 1;
    }
    let mut counts: Vec<ReasonCount> = counts
        .into_iter()
        .map(|((reason, file), rows)| ReasonCount {
            reason: reason.to_owned(),
            file: file.to_owned(),
            rows,
        })
        .collect();
    counts.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.reason.cmp(&b.reason)));
    let mut rows = Vec::new();
    for row in quarantine.rows.iter().take(limit) {
        let raw = match with_text {
            true => raw_of(&vault, &quarantine, row)?,
            false => None,
        };
        rows.push(RowShown {
            file: quarantine.file(row).to_owned(),
            row: row.row,
            column: row.column.clone(),
            reason: row.reason.clone(),
            text: raw.map(|raw| String::from_utf8_lossy(&raw).into_owned()),
        });
    }
    let more = quarantine.rows.len().saturating_sub(rows.len()) as u64;
    Ok(Listed { counts, rows, more })
}

/// The text of a row's record; none where it is not kept.
pub(super) fn raw_of(
    vault: &Vault,
    quarantine: &Quarantine,
    row: &Aside,
) -> Result<Option<Vec<u8>>> {
    let hash = quarantine
        .book(row)
        .map(|book| blake3::Hash::from_hex(&book.content_hash));
    let Some(Ok(hash)) = hash.filter(|_| !row.sealed.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(vault.open_raw(hash.as_bytes(), &row.sealed)?))
}

/// The rows as CSV that no spreadsheet program takes for formulas; with the cells
/// of the records, to be mended and given back to `quarantine fix`, where
/// `with_text` says so.
///
/// # Errors
/// As [`list`]; those of reading a file's layout.
pub async fn list_csv(
    project: &Project,
    filter: &QuarantineFilter,
    limit: usize,
    with_text: bool,
) -> Result<String> {
    let quarantine = load(project, filter).await?;
    let vault = project.ledger.vault(&project.key).await?;
    let mut layouts: BTreeMap<i64, Layout> = BTreeMap::new();
    let mut records: Vec<(&Aside, Cells)> = Vec::new();
    for row in quarantine.rows.iter().take(limit) {
        let mut cells = Cells::new();
        if let (true, Some(book)) = (with_text, quarantine.book(row)) {
            if !layouts.contains_key(&row.ingest_id) {
                layouts.insert(row.ingest_id, Layout::of(project, book).await?);
            }
            if let (Some(layout), Some(raw)) = (
                layouts.get(&row.ingest_id),
                raw_of(&vault, &quarantine, row)?,
            ) {
                cells = layout.cells(&raw);
            }
        }
        records.push((row, cells));
    }
    let mut names: Vec<String> = Vec::new();
    for name in layouts.values().flat_map(|layout| &layout.columns) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let own = ["_file", "_row", "_column", "_reason"].map(str::to_owned);
    let text = |text: &str| match text.is_empty() {
        true => ListCell::Empty,
        false => ListCell::Text(text.to_owned()),
    };
    let rows = records.iter().map(|(row, cells)| {
        let number = u64::try_from(row.row).unwrap_or(0);
        let mut out = vec![
            text(quarantine.file(row)),
            ListCell::Count(number),
            text(row.column.as_deref().unwrap_or_default()),
            text(&row.reason),
        ];
        let cell = |name: &String| text(cells.get(name).map_or("", String::as_str));
        out.extend(names.iter().map(cell));
        out
    });
    let header = |name: &String| ListColumn {
        header: name.clone(),
        width_chars: 20,
    };
    Ok(to_csv(&ListTable {
        name: "quarantine".to_owned(),
        language: perennial_web::Language::En,
        currency: None,
        made_at: jiff::civil::DateTime::default(),
        columns: own.iter().chain(&names).map(header).collect(),
        rows: rows.collect(),
    }))
}

/// How the records of a reading are laid out.
struct Layout {
    dialect: Option<perennial_lake::sources::Dialect>,
    /// The columns that are read.
    columns: Vec<String>,
    is_known: bool,
}

impl Layout {
    async fn of(project: &Project, book: &Book) -> Result<Self> {
        let reading = reading_like(project, book).await?;
        Ok(Self {
            is_known: reading.is_some(),
            columns: reading
                .iter()
                .flat_map(|r| &r.spec.columns)
                .map(|c| c.name.clone())
                .collect(),
            dialect: reading.and_then(|reading| reading.dialect),
        })
    }

    /// The cells of a record; none of one that cannot be split.
    fn cells(&self, raw: &[u8]) -> Cells {
        match split(raw, self.dialect.as_ref()) {
            Split::Cells(cells) if self.is_known => cells,
            _ => Cells::new(),
        }
    }
}

impl Listed {
    /// For people: reasons with counts, then the rows with their place.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if self.counts.is_empty() {
            return vec![pick(language, "nothing is set aside", "没有被隔离的行").to_owned()];
        }
        let titles = pick(
            language,
            ["rows", "reason", "file"],
            ["行数", "原因", "文件"],
        );
        let mut table = vec![titles.map(str::to_owned).to_vec()];
        let count = |c: &ReasonCount| vec![c.rows.to_string(), c.reason.clone(), c.file.clone()];
        table.extend(self.counts.iter().map(count));
        let mut lines = aligned(&table);
        lines.push(String::new());
        let titles = pick(
            language,
            ["file", "row", "column", "reason", "text"],
            ["文件", "行", "列", "原因", "原文"],
        );
        let has_text = self.rows.iter().any(|row| row.text.is_some());
        let shown = if has_text { 5 } else { 4 };
        let mut table = vec![titles[..shown].iter().map(|t| (*t).to_owned()).collect()];
        table.extend(self.rows.iter().map(|row| {
            let text: String = row
                .text
                .iter()
                .flat_map(|t| t.chars())
                .take(TEXT_SHOWN)
                .collect();
            let text = text.replace(['\n', '\r', '\t'], " ");
            let cells = [
                row.file.clone(),
                row.row.to_string(),
                row.column.clone().unwrap_or_else(|| "-".to_owned()),
                row.reason.clone(),
                text,
            ];
            cells.into_iter().take(shown).collect::<Vec<String>>()
        }));
        lines.extend(aligned(&table));
        if self.more > 0 {
            let more = self.more;
            lines.push(pick(
                language,
                format!("and {more} more: raise `--limit`, or write them with `--csv FILE`"),
                format!("另有 {more} 行：可调高 `--limit`，或用 `--csv FILE` 输出"),
            ));
        }
        lines
    }
}
