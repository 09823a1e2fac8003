//! A sample of rows, column by column, each cell as the number of its value.

use std::collections::HashMap;
use std::io::Read;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::dialect::{Dialect, Form};
use super::super::error::Error;
use super::super::files::{Format, SourceFile};
use super::super::read::parquet_error;
use super::super::records::{Block, OtherList, Records};
use super::super::text::open_text;
use super::super::{SAMPLE_BYTES, SAMPLE_ROWS};
use super::is_missing;

/// The code of a missing cell.
pub const MISSING: u32 = u32::MAX;
/// Runs of neighbouring rows that make up a sample, so that both what is near
/// (the lines of an order) and what is far apart can be seen.
const RUNS: usize = 1_000;
/// Most cells of a sample.
const CELLS_MAX: usize = 2_000_000;

/// One column of a sample.
#[derive(Debug, Clone, Default)]
pub struct SampleColumn {
    /// Per row the index of its value in `values`, or [`MISSING`].
    pub codes: Vec<u32>,
    /// Distinct values, trimmed, in order of appearance.
    pub values: Vec<String>,
    /// How often each value occurs.
    pub counts: Vec<u32>,
}

impl SampleColumn {
    fn push(&mut self, cell: &[u8], known: &mut HashMap<Vec<u8>, u32>) {
        let cell = cell.trim_ascii();
        if is_missing(cell) {
            self.codes.push(MISSING);
            return;
        }
        let code = match known.get(cell) {
            Some(code) => *code,
            None => {
                let code = self.values.len() as u32;
                known.insert(cell.to_vec(), code);
                self.values
                    .push(String::from_utf8_lossy(cell).trim().to_owned());
                self.counts.push(0);
                code
            }
        };
        if let Some(count) = self.counts.get_mut(code as usize) {
            *count += 1;
        }
        self.codes.push(code);
    }

    /// Rows with a missing cell.
    pub fn missing(&self) -> usize {
        self.codes.iter().filter(|code| **code == MISSING).count()
    }
}

/// Rows of a file, up to [`SAMPLE_ROWS`], in runs spread over its start.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Number of rows.
    pub rows: usize,
    /// The columns, each `rows` long.
    pub columns: Vec<SampleColumn>,
    /// Rows in the part of the file the sample was drawn from.
    pub rows_seen: u64,
    /// That part is the whole file.
    pub whole: bool,
    /// Types known from the file itself (Parquet), one per column.
    pub types: Vec<Option<DataType>>,
}

/// Collects cells into a sample.
struct Collector {
    sample: Sample,
    known: Vec<HashMap<Vec<u8>, u32>>,
}

impl Collector {
    fn new(columns: usize) -> Self {
        let sample = Sample {
            columns: vec![SampleColumn::default(); columns],
            types: vec![None; columns],
            ..Sample::default()
        };
        Collector {
            sample,
            known: vec![HashMap::new(); columns],
        }
    }

    fn push_row(&mut self, block: &Block, row: usize) {
        for (i, (column, known)) in self
            .sample
            .columns
            .iter_mut()
            .zip(&mut self.known)
            .enumerate()
        {
            column.push(block.cell(row, i), known);
        }
        self.sample.rows += 1;
    }
}

fn rows_max(columns: usize) -> usize {
    SAMPLE_ROWS.min(CELLS_MAX / columns.max(1)).max(10)
}

/// Draws a sample from a text file; with it the lists of records that are not read.
///
/// # Errors
/// Errors of reading, if not even the first rows can be read.
pub fn from_text(file: &SourceFile, dialect: &Dialect) -> Result<(Sample, Vec<OtherList>), Error> {
    let text = open_text(file, dialect.encoding)?;
    let start = text.take(SAMPLE_BYTES as u64);
    let columns = dialect.columns.len();
    let mut records = Records::new(start, dialect);
    if file.is_of_database() {
        records = records.of_database();
    }
    let mut failed = None;
    let mut blocks: Vec<Block> = Vec::new();
    while failed.is_none() {
        let mut block = Block::default();
        match records.next_block(&mut block, usize::MAX) {
            Ok(true) => blocks.push(block),
            Ok(false) => break,
            Err(error) => failed = Some(error),
        }
    }
    let whole = failed.is_none() && records.input().limit() > 0;
    if let Some(error) = failed
        && blocks.is_empty()
    {
        let line = records.line();
        return Err(records.input().get_ref().explain(error, &file.path, line));
    }
    let rows: Vec<(usize, usize)> = blocks
        .iter()
        .enumerate()
        .flat_map(|(b, block)| {
            block
                .records()
                .iter()
                .enumerate()
                .filter(|(_, r)| r.fault.is_none())
                .map(move |(r, _)| (b, r))
        })
        .skip(usize::from(dialect.header))
        .collect();
    // The last record of a part may be cut in the middle.
    let rows = rows
        .get(..rows.len() - usize::from(!whole && !rows.is_empty()))
        .unwrap_or(&rows);
    let mut collector = Collector::new(columns);
    for (from, to) in runs(rows.len(), rows_max(columns)) {
        for (block, row) in rows.get(from..to).unwrap_or(&[]) {
            if let Some(block) = blocks.get(*block) {
                collector.push_row(block, *row);
            }
        }
    }
    collector.sample.rows_seen = rows.len() as u64;
    collector.sample.whole = whole;
    Ok((collector.sample, other_lists(file, dialect, &records)))
}

/// The lists beside the one that is read, as far as the records were split. Lines of
/// JSON that are lists have no name, but where they were made of elements of XML.
fn other_lists<R: Read>(
    file: &SourceFile,
    dialect: &Dialect,
    records: &Records<R>,
) -> Vec<OtherList> {
    let lists = records.other_lists();
    let is_lines = matches!(&dialect.form, Form::Json(shape) if shape.is_lines);
    if lists.is_empty() || !is_lines || file.format == Format::Xml {
        return lists.to_vec();
    }
    vec![OtherList {
        name: String::new(),
        records: lists.iter().map(|list| list.records).sum(),
    }]
}

/// The runs `[from, to)` that sample `wanted` of `rows` rows.
fn runs(rows: usize, wanted: usize) -> Vec<(usize, usize)> {
    if rows <= wanted {
        return vec![(0, rows)];
    }
    let count = RUNS.min(wanted);
    let length = wanted / count;
    let step = rows as f64 / count as f64;
    (0..count)
        .map(|run| {
            let from = (run as f64 * step) as usize;
            (from, (from + length).min(rows))
        })
        .collect()
}

/// Draws a sample from a Parquet file; types come from its schema.
///
/// # Errors
/// Errors of reading.
pub fn from_parquet(file: &SourceFile, groups_max: usize) -> Result<(Vec<String>, Sample), Error> {
    let failed = |error: &dyn std::fmt::Display| parquet_error(&file.path, "its start", error);
    let open = || -> Result<_, Error> {
        let input = file.bytes.open().map_err(|source| Error::Io {
            path: file.path.clone(),
            source,
        })?;
        ParquetRecordBatchReaderBuilder::try_new(input).map_err(|error| failed(&error))
    };
    let builder = open()?;
    let schema = builder.schema().clone();
    let names: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    if names.len() > super::super::COLUMNS_MAX {
        return Err(Error::TooManyColumns {
            path: file.path.clone(),
            columns: names.len(),
        });
    }
    let groups: Vec<usize> = builder
        .metadata()
        .row_groups()
        .iter()
        .map(|group| usize::try_from(group.num_rows()).unwrap_or(0))
        .collect();
    let total: usize = groups.iter().sum();
    let wanted = rows_max(names.len());
    let mut collector = Collector::new(names.len());
    // One run from each of the row groups chosen; all rows of a small file.
    let chosen: Vec<usize> = if total <= wanted || groups.len() <= groups_max {
        (0..groups.len()).collect()
    } else {
        (0..groups_max)
            .map(|run| run * groups.len() / groups_max)
            .collect()
    };
    let each = if total <= wanted {
        usize::MAX
    } else {
        wanted / chosen.len().max(1)
    };
    for group in chosen {
        let reader = open()?
            .with_row_groups(vec![group])
            .with_limit(each)
            .build()
            .map_err(|error| failed(&error))?;
        for batch in reader {
            push_batch(&mut collector, &batch.map_err(|error| failed(&error))?);
        }
    }
    collector.sample.types = schema
        .fields()
        .iter()
        .map(|field| Some(field.data_type().clone()))
        .collect();
    collector.sample.rows_seen = total as u64;
    collector.sample.whole = collector.sample.rows == total;
    Ok((names, collector.sample))
}

fn push_batch(collector: &mut Collector, batch: &RecordBatch) {
    for (i, array) in batch.columns().iter().enumerate() {
        let (Some(column), Some(known)) = (
            collector.sample.columns.get_mut(i),
            collector.known.get_mut(i),
        ) else {
            continue;
        };
        // Nested values have no text; they are sampled as missing.
        let text = arrow::compute::cast(array, &DataType::Utf8).ok();
        let text = text.as_ref().and_then(|text| text.as_string_opt::<i32>());
        for row in 0..array.len() {
            match text {
                Some(text) if text.is_valid(row) => column.push(text.value(row).as_bytes(), known),
                _ => column.codes.push(MISSING),
            }
        }
    }
    collector.sample.rows += batch.num_rows();
}
