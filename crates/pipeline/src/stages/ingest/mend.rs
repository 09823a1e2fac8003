//! Records that were set aside and mended by hand: known again wherever they are
//! read, and read with their new cells as a small file of their own, so that they
//! are judged as any other record.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use perennial_lake::sources::Dialect;
use perennial_lake::sources::dialect::{Delimiter, Form, Given, sniff_given};
use perennial_lake::sources::files::expand;
use perennial_lake::sources::read::{Reader, open};
use perennial_lake::sources::records::{Block, Records};
use perennial_ledger::Vault;
use serde::{Deserialize, Serialize};

use super::spec::Reading as FileReading;
use crate::project::{Project, make_private_folder};
use crate::{Error, Result};

/// Cells of a record, by the columns of its file.
pub(crate) type Cells = BTreeMap<String, String>;

/// What a repair says, sealed in the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mended {
    /// The reading and the record it was found as.
    pub ingest_id: i64,
    pub record: i64,
    /// Every column that is read, as the file would write it.
    pub cells: Cells,
}

/// The repairs there are.
pub(super) struct Mender {
    vault: Vault,
    repairs: HashMap<[u8; 32], Cells>,
}

impl Mender {
    /// Opens every repair.
    pub async fn load(vault: &Vault) -> Result<Self> {
        let mut repairs = HashMap::new();
        for repair in vault.repairs().await? {
            // What cannot be read is no repair; its record stays set aside.
            if let Ok(mended) = serde_json::from_slice::<Mended>(&repair.cells) {
                repairs.insert(repair.record_hash, mended.cells);
            }
        }
        Ok(Self {
            vault: vault.clone(),
            repairs,
        })
    }

    /// Whether there is no repair.
    pub fn is_empty(&self) -> bool {
        self.repairs.is_empty()
    }

    /// The mended cells of a record, if it was mended.
    pub fn cells(&self, table: &str, raw: &[u8]) -> Option<&Cells> {
        if self.repairs.is_empty() {
            return None;
        }
        self.repairs.get(&self.vault.record_hash(table, raw))
    }
}

/// A record that is read again with its mended cells.
pub(super) struct Again {
    /// Its number in its file.
    pub row: u64,
    /// Its text, as it stands there.
    pub raw: Vec<u8>,
    pub cells: Cells,
}

/// A reader of mended records, whose file is gone when it is.
pub(super) struct MendedReader {
    pub reader: Reader,
    path: PathBuf,
}

impl Drop for MendedReader {
    fn drop(&mut self) {
        // Where an open file cannot be removed it is still there.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Opens the mended records, to be read as the file they come from.
pub(super) fn open_mended(
    project: &Project,
    reading: &FileReading,
    again: &[Again],
) -> Result<MendedReader> {
    let folder = project.scratch();
    make_private_folder(&folder)?;
    let path = folder.join("mended.csv");
    let names: Vec<&str> = reading
        .spec
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    write(&path, &names, again).map_err(Error::io("write", &path))?;
    let found = expand(&folder, "mended.csv").map_err(perennial_lake::Error::from)?;
    let file = found.into_iter().next();
    let file = file.ok_or_else(|| Error::io("read", &path)(std::io::ErrorKind::NotFound.into()))?;
    let given = Given {
        delimiter: Some(Delimiter::Byte(b',')),
        quote: Some(Some(b'"')),
        header: Some(true),
        ..Given::default()
    };
    let sniffed = sniff_given(&file, &given).map_err(perennial_lake::Error::from)?;
    let mut spec = reading.spec.clone();
    spec.totals = None;
    spec.dialect = Some(Dialect {
        form: Form::Delimited,
        header: true,
        skip_lines: 0,
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        ..sniffed
    });
    let opened = open(&file, &spec);
    let reader = opened.map_err(perennial_lake::Error::from)?;
    Ok(MendedReader { reader, path })
}

/// The records as CSV that only the owner can read.
fn write(path: &Path, names: &[&str], again: &[Again]) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = std::io::BufWriter::new(options.open(path)?);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let header: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    writeln!(out, "{}", header.join(","))?;
    for record in again {
        let cell = |name: &&str| quoted(record.cells.get(*name).map_or("", String::as_str));
        let cells: Vec<String> = names.iter().map(cell).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    out.flush()
}

/// What a record's text says, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Split {
    /// Its cells by column.
    Cells(Cells),
    /// It cannot be split as its file's others.
    Broken,
    /// It stands for several rows, such as the items of an order.
    Several,
}

/// Splits the raw text of a record as the file it comes from; of a table, whose
/// records are kept as JSON, by its columns.
pub(crate) fn split(raw: &[u8], dialect: Option<&Dialect>) -> Split {
    let Some(dialect) = dialect else {
        return split_object(raw);
    };
    let mut dialect = Dialect {
        header: false,
        skip_lines: 0,
        ..dialect.clone()
    };
    if let Form::Json(shape) = &mut dialect.form {
        let items = shape.items.take();
        *shape = Default::default();
        shape.items = items;
    }
    let mut records = Records::new(raw, &dialect);
    let mut block = Block::default();
    let mut found = None;
    while let Ok(true) = records.next_block(&mut block, 8) {
        for (row, record) in block.records().iter().enumerate() {
            if found.is_some() {
                return Split::Several;
            }
            if record.fault.is_some() {
                return Split::Broken;
            }
            let cell = |column| String::from_utf8_lossy(block.cell(row, column)).into_owned();
            let names = dialect.columns.iter().enumerate();
            found = Some(names.map(|(at, name)| (name.clone(), cell(at))).collect());
        }
    }
    found.map_or(Split::Broken, Split::Cells)
}

fn split_object(raw: &[u8]) -> Split {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(raw) else {
        return Split::Broken;
    };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let cells = fields.into_iter().map(|(name, value)| (name, text(value)));
    Split::Cells(cells.collect())
}

#[cfg(test)]
mod tests {
    use perennial_lake::sources::dialect::sniff_bytes;

    use super::*;

    fn cells(pairs: &[(&str, &str)]) -> Split {
        let owned = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        Split::Cells(owned.collect())
    }

    #[test]
    fn a_record_is_split_as_its_file() {
        let csv = sniff_bytes(b"who;what;n\na;\"x;y\";1\nb;z;2\nc;w;3\n", true).unwrap();
        let wanted = cells(&[("who", "a"), ("what", "x;y"), ("n", "1")]);
        assert_eq!(split(b"a;\"x;y\";1", Some(&csv)), wanted);
        assert_eq!(split(b"a;b", Some(&csv)), Split::Broken);
        assert_eq!(split(b"a;\"x;1", Some(&csv)), Split::Broken);
        let json = b"{\"a\":{\"b\":1},\"c\":\"x\"}\n{\"a\":{\"b\":2},\"c\":\"y\"}\n";
        let json = sniff_bytes(json, true).unwrap();
        let wanted = cells(&[("a.b", "2"), ("c", "y")]);
        assert_eq!(split(b"{\"a\":{\"b\":2},\"c\":\"y\"}", Some(&json)), wanted);
    }

    #[test]
    fn a_record_of_a_table_is_its_columns() {
        let wanted = cells(&[("a", "1"), ("b", ""), ("c", "x")]);
        assert_eq!(split(b"{\"a\":1,\"b\":null,\"c\":\"x\"}", None), wanted);
        assert_eq!(split(b"nothing", None), Split::Broken);
    }
}
