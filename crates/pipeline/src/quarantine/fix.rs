//! Mending rows that were set aside: by setting a column, or with a file of mended
//! rows. What is mended is kept in the vault, and read with `replay`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use perennial_lake::sources::dialect::sniff_bytes;
use perennial_lake::sources::records::{Block, Records};
use perennial_ledger::Repair;
use serde::Serialize;

use super::list::raw_of;
use super::{Aside, QuarantineFilter, load, nothing_meant};
use crate::answer::{listed, nearest, pick};
use crate::project::Project;
use crate::settings::{Language, Role};
use crate::stages::ingest::mend::{Cells, Mended, Split, split};
use crate::stages::ingest::{Book, reading_like, spec};
use crate::{Error, Result};

/// The largest file of mended rows, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Columns of such a file that say which rows are meant.
const FILE: &str = "_file";
const ROW: &str = "_row";
/// Columns that are for people alone.
const FOR_PEOPLE: [&str; 2] = ["_column", "_reason"];

/// What to mend, and how.
#[derive(Debug, Clone, Default)]
pub struct FixOptions {
    /// Which rows; with a file of mended rows those that it names.
    pub rows: QuarantineFilter,
    /// Columns and what they are to say, as the file would write it.
    pub set: Vec<(String, String)>,
    /// A file as `quarantine list --csv` writes it, mended.
    pub from: Option<PathBuf>,
}

/// What was mended.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Fixed {
    /// Rows that have a repair now.
    pub mended: u64,
    /// Those of them whose other cells are not known, since their record cannot be
    /// split.
    pub not_split: u64,
    /// Rows whose text is not kept, and records that stand for several rows: they
    /// cannot be mended.
    pub skipped: u64,
}

impl Fixed {
    /// For people.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Self {
            mended,
            not_split,
            skipped,
        } = self;
        let mut lines = vec![pick(
            language,
            format!("{mended} rows mended; `perennial quarantine replay` reads them again"),
            format!("已修复 {mended} 行；执行 `perennial quarantine replay` 重新读取"),
        )];
        if *not_split > 0 {
            lines.push(pick(
                language,
                format!("{not_split} of them cannot be split into cells: only what you set is known of them"),
                format!("其中 {not_split} 行无法拆分为单元格：只有您设置的列有值"),
            ));
        }
        if *skipped > 0 {
            lines.push(pick(
                language,
                format!("{skipped} rows cannot be mended: their text is not kept, or their record stands for several rows"),
                format!("{skipped} 行无法修复：未保留原文，或一条记录对应多行"),
            ));
        }
        lines
    }
}

/// Mends rows that are set aside.
///
/// # Errors
/// `quarantine/none`, `quarantine/column-unknown`, `quarantine/file-gone`,
/// `quarantine/text-gone`, `quarantine/repairs-unreadable`; those of lake and vault.
pub async fn fix(project: &Project, options: &FixOptions) -> Result<Fixed> {
    let _lock = project.lock()?;
    let quarantine = load(project, &options.rows).await?;
    let given = match &options.from {
        Some(path) => Some(mended_rows(path)?),
        None => None,
    };
    let mut fixed = Fixed::default();
    let mut repairs = Vec::new();
    let mut layouts: BTreeMap<i64, spec::Reading> = BTreeMap::new();
    let vault = project.ledger.vault(&project.key).await?;
    for row in &quarantine.rows {
        let Some(book) = quarantine.book(row) else {
            continue;
        };
        let set: Vec<(String, String)> = match &given {
            Some(given) => match given.get(&(book.file.clone(), row.row)) {
                Some(cells) => cells.iter().map(|(a, b)| (a.clone(), b.clone())).collect(),
                None => continue,
            },
            None => options.set.clone(),
        };
        let Some(raw) = raw_of(&vault, &quarantine, row)? else {
            fixed.skipped += 1;
            continue;
        };
        if !layouts.contains_key(&row.ingest_id) {
            layouts.insert(row.ingest_id, layout_of(project, book).await?);
        }
        let Some(layout) = layouts.get(&row.ingest_id) else {
            continue;
        };
        let Some((cells, is_split)) = mended_cells(layout, &raw, &set)? else {
            fixed.skipped += 1;
            continue;
        };
        fixed.mended += 1;
        fixed.not_split += u64::from(!is_split);
        repairs.push(repair(project, &vault, book, row, &raw, cells));
    }
    if fixed.mended + fixed.skipped == 0 {
        return Err(nothing_meant(&options.rows));
    }
    if fixed.mended == 0 {
        return Err(Error::cannot(
            "quarantine/text-gone",
            "none of these rows can be mended: their text is not kept, or their record stands for several rows",
            "correct the file itself, and run again",
        ));
    }
    vault.put_repairs(&repairs).await?;
    Ok(fixed)
}

fn repair(
    project: &Project,
    vault: &perennial_ledger::Vault,
    book: &Book,
    row: &Aside,
    raw: &[u8],
    cells: Cells,
) -> Repair {
    let hash = blake3::Hash::from_hex(&book.content_hash);
    let mended = Mended {
        ingest_id: row.ingest_id,
        record: row.row,
        cells,
    };
    Repair {
        record_hash: vault.record_hash(&book.table, raw),
        content_hash: hash.map_or([0; 32], |hash| *hash.as_bytes()),
        cells: serde_json::to_vec(&mended).unwrap_or_default(),
        made_at_us: project.now_us(),
    }
}

/// How records of a reading are written and which of their columns are read.
async fn layout_of(project: &Project, book: &Book) -> Result<spec::Reading> {
    reading_like(project, book).await?.ok_or_else(|| {
        Error::cannot(
            "quarantine/file-gone",
            format!(
                "no file of the source of `{}` is there, so nobody knows how its records are written",
                book.file
            ),
            "put the file back, or another one of its source, and mend again",
        )
    })
}

/// The cells of a record with some of them set, and whether the others are known;
/// none of a record that stands for several rows.
fn mended_cells(
    layout: &spec::Reading,
    raw: &[u8],
    set: &[(String, String)],
) -> Result<Option<(Cells, bool)>> {
    let read: Vec<&str> = layout
        .spec
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    let (mut cells, is_split) = match split(raw, layout.dialect.as_ref()) {
        Split::Cells(cells) => (cells, true),
        Split::Broken => (Cells::new(), false),
        Split::Several => return Ok(None),
    };
    cells.retain(|name, _| read.contains(&name.as_str()));
    for (name, value) in set {
        cells.insert(column_of(layout, &read, name)?, value.clone());
    }
    Ok(Some((cells, is_split)))
}

/// The file's column that is meant: by its own name, or by the part it plays.
fn column_of(layout: &spec::Reading, read: &[&str], name: &str) -> Result<String> {
    if read.contains(&name) {
        return Ok(name.to_owned());
    }
    let of_role = Role::from_word(name).and_then(|role| layout.place(role));
    if let Some(column) = of_role.and_then(|place| layout.spec.columns.get(place)) {
        return Ok(column.name.clone());
    }
    Err(Error::cannot(
        "quarantine/column-unknown",
        format!("no column `{name}` is read"),
        match nearest(name, read.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the columns that are read are {}",
                listed(read.iter().copied(), 30)
            ),
        },
    ))
}

/// The mended cells by file and record.
type GivenRows = BTreeMap<(String, i64), Cells>;

/// What is wrong with a file of mended rows.
fn unreadable(path: &Path, message: &str) -> Error {
    Error::cannot(
        "quarantine/repairs-unreadable",
        format!("`{}` {message}", path.display()),
        "mend a file that `perennial quarantine list --csv FILE --raw` has written, and save it as CSV in UTF-8",
    )
}

/// The text of a file of mended rows.
fn text_of(path: &Path) -> Result<String> {
    let found = std::fs::metadata(path).map_err(Error::io("read", path))?;
    if found.len() > FILE_BYTES_MAX {
        let message = format!("is larger than {} MB", FILE_BYTES_MAX >> 20);
        return Err(unreadable(path, &message));
    }
    let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
    String::from_utf8(bytes).map_err(|_| unreadable(path, "is not text in UTF-8"))
}

/// Reads a file of mended rows.
fn mended_rows(path: &Path) -> Result<GivenRows> {
    let text = text_of(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let sniffed = sniff_bytes(text.as_bytes(), true);
    let mut dialect = sniffed.map_err(|_| unreadable(path, "is no table"))?;
    (dialect.header, dialect.skip_lines) = (false, 0);
    let mut records = Records::new(text.as_bytes(), &dialect);
    let mut block = Block::default();
    let mut header: Vec<String> = Vec::new();
    let mut rows = GivenRows::new();
    while let Ok(true) = records.next_block(&mut block, 4_096) {
        for (row, record) in block.records().iter().enumerate() {
            let line = record.line;
            if record.fault.is_some() {
                let message = format!("has another number of cells in line {line}");
                return Err(unreadable(path, &message));
            }
            let cell = |at| String::from_utf8_lossy(block.cell(row, at)).into_owned();
            let cells: Vec<String> = (0..block.columns())
                .map(|at| cell(at).trim().to_owned())
                .collect();
            if header.is_empty() {
                header = cells;
                continue;
            }
            let (key, mended) = mended_row(&header, &cells)
                .map_err(|message| unreadable(path, &format!("{message} in line {line}")))?;
            rows.insert(key, mended);
        }
    }
    Ok(rows)
}

/// Which row one line of such a file mends, and its cells; or what is wrong.
fn mended_row(header: &[String], cells: &[String]) -> Result<((String, i64), Cells), String> {
    let named = || header.iter().zip(cells);
    let of = |name: &str| named().find(|(title, _)| *title == name).map(|(_, c)| c);
    let (Some(file), Some(number)) = (of(FILE), of(ROW)) else {
        return Err(format!("has no columns `{FILE}` and `{ROW}`"));
    };
    let number = number.parse();
    let number = number.map_err(|_| format!("has no number as `{ROW}`"))?;
    let is_cell = |name: &str| ![FILE, ROW].contains(&name) && !FOR_PEOPLE.contains(&name);
    let mended = named()
        .filter(|(name, _)| is_cell(name) && !name.is_empty())
        .map(|(name, cell)| (name.clone(), unguarded(cell).to_owned()));
    Ok(((unguarded(file).to_owned(), number), mended.collect()))
}

/// A cell without the apostrophe that keeps it from being a formula.
fn unguarded(cell: &str) -> &str {
    const SIGNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(SIGNS) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mended_file_is_read_by_its_header() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mended.csv");
        let text = "_file,_row,_column,_reason,when,note\r\na.csv,3,when,cell/not-a-time,2024-01-05,\"'=1+1\"\r\na.csv,9,,row/short,2024-01-06,\"a, b\"\r\n";
        std::fs::write(&path, text).unwrap();
        let rows = mended_rows(&path).unwrap();
        let first = &rows[&("a.csv".to_owned(), 3)];
        assert_eq!(first["when"], "2024-01-05");
        assert_eq!(first["note"], "=1+1");
        assert_eq!(rows[&("a.csv".to_owned(), 9)]["note"], "a, b");
        assert!(!first.contains_key("_reason"));
        std::fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
        let error = mended_rows(&path).unwrap_err();
        assert_eq!(error.code(), "quarantine/repairs-unreadable");
    }

    #[test]
    fn only_the_guard_is_taken_off() {
        assert_eq!(unguarded("'=x"), "=x");
        assert_eq!(unguarded("'tis"), "'tis");
        assert_eq!(unguarded("-3"), "-3");
    }
}
