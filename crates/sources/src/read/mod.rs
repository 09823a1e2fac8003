//! A streaming reader: one file, batch by batch, as typed Arrow columns.
//!
//! Every record of the file is one row of one batch, in the file's order: a
//! record that cannot be split is a row of nulls with an entry in
//! [`RawBatch::bad`], so `rows_read` counts all of them and none is lost. A
//! cell that is not of its column's type is null and listed too. What to do
//! with bad rows (drop, quarantine) is the caller's choice; the raw text of
//! every row of the batch is at hand.

mod ahead;
mod columns;
pub mod intern;
mod parquet;
mod whole;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};

use super::BATCH_ROWS_MAX;
use super::dialect::Dialect;
use super::error::{Error, nearest_name};
use super::files::{Format, SourceFile};
use super::infer::{ColumnProfile, Kind};
use super::number::NumberFormat;
use super::records::{Block, Fault, Records};
use super::text::{TextReader, open_text};
use super::time::{LocalClock, TimeFormat};
use super::totals::Totals;

pub use self::ahead::Ahead;
pub(crate) use self::columns::has_exponent;
pub use self::columns::normal_identifier;
pub(crate) use self::parquet::parquet_error;

/// What a column becomes. Cells are trimmed; a missing cell (see
/// [`super::infer::is_missing`]) is null in every target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `Utf8`. With `is_id` an identifier: `17850.0` becomes `17850`,
    /// `="0017"` becomes `0017`.
    Text {
        /// Normalise as an identifier.
        is_id: bool,
    },
    /// `Dictionary(Int32, Utf8)`: for values that recur. The dictionary may
    /// hold values that the batch does not use.
    Category {
        /// Normalise as an identifier.
        is_id: bool,
    },
    /// `Int64`; numbers with a fraction are bad cells.
    Integer {
        /// How the numbers are written.
        number: NumberFormat,
    },
    /// `Int64` x 10^-`scale`, parsed exactly, rounded half away from zero
    /// where more digits are given (see [`RawBatch::rounded`]).
    Decimal {
        /// Digits after the decimal mark, at most 18.
        scale: u8,
        /// How the numbers are written.
        number: NumberFormat,
    },
    /// `Float64`, never infinite or NaN.
    Number {
        /// How the numbers are written.
        number: NumberFormat,
    },
    /// `Timestamp(Microsecond, "UTC")`. A time without a zone is one on the
    /// clock of [`ReadSpec::time_zone`]; see [`LocalClock`] for the rule at
    /// changes of the clock.
    Timestamp {
        /// How the times are written.
        format: TimeFormat,
    },
}

/// One column wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name in the file.
    pub name: String,
    /// What it becomes.
    pub target: Target,
}

impl ColumnSpec {
    /// The target that suits what `profile` found: numbers with their format,
    /// times with theirs, text as categories where values recur.
    pub fn suited(profile: &ColumnProfile) -> Self {
        let number = profile.number;
        let recurring = profile.distinct * 2 < profile.rows;
        let target = match profile.kind {
            Kind::Integer if profile.misfits == 0 => Target::Integer { number },
            Kind::Integer | Kind::Decimal { .. } => Target::Number { number },
            Kind::Date(format) | Kind::Timestamp(format) => Target::Timestamp { format },
            Kind::Empty | Kind::Boolean => Target::Category { is_id: false },
            Kind::Text if recurring => Target::Category { is_id: false },
            Kind::Text => Target::Text { is_id: false },
        };
        ColumnSpec {
            name: profile.name.clone(),
            target,
        }
    }
}

/// What to read of a file, and how.
#[derive(Debug, Clone)]
pub struct ReadSpec {
    /// How a text file is written; not looked at for Parquet.
    pub dialect: Option<Dialect>,
    /// The columns wanted, in the order wanted.
    pub columns: Vec<ColumnSpec>,
    /// IANA zone of times without one.
    pub time_zone: String,
    /// Most rows of a batch, at most [`BATCH_ROWS_MAX`]. Text comes in blocks
    /// of at most a few MiB, so that batches may be smaller.
    pub batch_rows: usize,
    /// Counters of the raw file to keep while reading; none are cheapest.
    pub totals: Option<Totals>,
}

impl ReadSpec {
    /// A specification with 8,192 rows a batch, in UTC, without totals.
    pub fn new(dialect: Option<Dialect>, columns: Vec<ColumnSpec>) -> Self {
        ReadSpec {
            dialect,
            columns,
            time_zone: "UTC".to_owned(),
            batch_rows: 8_192,
            totals: None,
        }
    }
}

/// Why a row or cell is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The record could not be split into cells.
    Row(Fault),
    /// Not a number.
    NotNumber,
    /// A fraction where a whole number was expected.
    NotWhole,
    /// A number that does not fit.
    TooLarge,
    /// Not a date or time of the expected format.
    NotTime,
    /// An identifier that a spreadsheet has made a rounded number of.
    ChangedIdentifier,
}

impl Reason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Row(fault) => fault.code(),
            Reason::NotNumber => "cell/not-a-number",
            Reason::NotWhole => "cell/not-whole",
            Reason::TooLarge => "cell/number-too-large",
            Reason::NotTime => "cell/not-a-time",
            Reason::ChangedIdentifier => "cell/identifier-changed",
        }
    }
}

/// One bad cell, or one bad row (`column` is then `None`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// Row within the batch, from 0.
    pub row: usize,
    /// Record number in the file, from 1; the header does not count.
    pub row_in_file: u64,
    /// Index into [`ReadSpec::columns`].
    pub column: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
    /// The cell as written, at most 1,024 bytes of it; empty for a bad row.
    pub cell: String,
}

/// Where the raw text of a batch's rows is.
#[derive(Debug, Clone)]
enum Raw {
    Text(Arc<Block>),
    Table {
        batch: RecordBatch,
        /// Hashes of whole rows, where more columns are known than were wanted.
        hashes: Option<Vec<u64>>,
    },
}

/// Some rows of a file as typed columns.
#[derive(Debug, Clone)]
pub struct RawBatch {
    /// Record number in the file of the first row, from 1.
    pub first_row: u64,
    /// Number of rows, bad ones included.
    pub rows: usize,
    /// One array of `rows` values per column of the specification.
    pub columns: Vec<ArrayRef>,
    /// Bad rows and cells, by column, then row; bad rows come first.
    pub bad: Vec<BadCell>,
    /// Per column the values that lost digits by rounding.
    pub rounded: Vec<u64>,
    raw: Raw,
}

impl RawBatch {
    /// The raw record of a row (0-based in the batch): of a text file its text,
    /// decoded, without the line end; of Parquet the columns read, as a JSON
    /// object. Empty outside the batch.
    pub fn raw_record(&self, row: usize) -> Cow<'_, [u8]> {
        match &self.raw {
            Raw::Text(block) => Cow::Borrowed(block.raw(row)),
            Raw::Table { batch, .. } => Cow::Owned(parquet::json_record(batch, row)),
        }
    }

    /// A hash of a row's own record: of a text file the xxh3 of its raw record; where one
    /// JSON object gives several rows, such as the items of an order, of the object and
    /// the item, so that equal items alone have equal ones; of a table that of all its columns.
    /// `None` of a table of which no more is known than the columns wanted, and outside the batch.
    pub fn record_hash(&self, row: usize) -> Option<u64> {
        match &self.raw {
            Raw::Text(block) => (row < block.rows()).then(|| block.hash(row)),
            Raw::Table { hashes, .. } => hashes.as_ref()?.get(row).copied(),
        }
    }

    /// The line of a text file (1-based) on which a row begins; of Parquet the
    /// record number.
    pub fn line_in_file(&self, row: usize) -> u64 {
        match &self.raw {
            Raw::Text(block) => block.records().get(row).map_or(0, |record| record.line),
            Raw::Table { .. } => self.first_row + row as u64,
        }
    }

    /// Whether the records are text; of a table only the columns read are known.
    pub fn is_text(&self) -> bool {
        matches!(self.raw, Raw::Text(_))
    }

    /// Record number of a row in the file, from 1.
    pub fn row_in_file(&self, row: usize) -> u64 {
        self.first_row + row as u64
    }
}

/// Streams one file. Also an iterator of batches.
pub struct Reader {
    path: PathBuf,
    input: Input,
    builders: Vec<columns::ColumnBuilder>,
    clock: LocalClock,
    batch_rows: usize,
    rows_read: u64,
    totals: Option<Totals>,
    failed: bool,
}

enum Input {
    Text(Box<TextInput>),
    Parquet(parquet::ParquetInput),
}

struct TextInput {
    records: Records<TextReader>,
    /// Reused once its batch is dropped.
    block: Arc<Block>,
    /// The header is still to come.
    header: Option<usize>,
}

/// Opens a file for reading.
///
/// # Errors
/// [`Error::NoSuchColumn`] with the nearest name, [`Error::Spec`],
/// [`Error::TimeZone`], and errors of opening.
pub fn open(file: &SourceFile, spec: &ReadSpec) -> Result<Reader, Error> {
    let clock = LocalClock::new(&spec.time_zone)?;
    let batch_rows = spec.batch_rows.clamp(1, BATCH_ROWS_MAX);
    let (input, positions) = match file.format {
        Format::Parquet => {
            let (input, positions) = parquet::ParquetInput::open(file, spec, batch_rows)?;
            (Input::Parquet(input), positions)
        }
        _ => open_text_input(file, spec)?,
    };
    let builders = spec
        .columns
        .iter()
        .zip(positions)
        .map(|(column, position)| columns::ColumnBuilder::new(column, position))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Reader {
        path: file.path.clone(),
        input,
        builders,
        clock,
        batch_rows,
        rows_read: 0,
        totals: spec.totals.clone(),
        failed: false,
    })
}

fn open_text_input(file: &SourceFile, spec: &ReadSpec) -> Result<(Input, Vec<usize>), Error> {
    let sniffed;
    let dialect = match &spec.dialect {
        Some(dialect) => dialect,
        None => {
            sniffed = super::dialect::sniff(file)?;
            &sniffed
        }
    };
    let positions = positions(&file.path, &dialect.columns, &spec.columns)?;
    let text = open_text(file, dialect.encoding)?;
    let mut records = Records::new(text, dialect);
    if file.is_of_database() {
        records = records.of_database();
    }
    let header = dialect.header.then_some(dialect.columns.len());
    Ok((
        Input::Text(Box::new(TextInput {
            records,
            block: Arc::default(),
            header,
        })),
        positions,
    ))
}

/// Where each wanted column stands among `names`.
fn positions(path: &Path, names: &[String], wanted: &[ColumnSpec]) -> Result<Vec<usize>, Error> {
    wanted
        .iter()
        .map(|column| {
            names
                .iter()
                .position(|name| *name == column.name)
                .ok_or_else(|| Error::NoSuchColumn {
                    path: path.to_path_buf(),
                    column: column.name.clone(),
                    nearest: nearest_name(&column.name, names.iter().map(String::as_str)),
                })
        })
        .collect()
}

impl Reader {
    /// The next rows; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Corrupt`], [`Error::Io`],
    /// [`Error::HeaderDiffers`]. All rows before the place of the error have
    /// been given by then.
    pub fn next_batch(&mut self) -> Result<Option<RawBatch>, Error> {
        if self.failed {
            return Ok(None);
        }
        let result = match &mut self.input {
            Input::Text(_) => self.next_text(),
            Input::Parquet(_) => self.next_parquet(),
        };
        match &result {
            Ok(Some(batch)) => self.rows_read += batch.rows as u64,
            Ok(None) => {}
            Err(_) => self.failed = true,
        }
        result
    }

    fn next_text(&mut self) -> Result<Option<RawBatch>, Error> {
        let Input::Text(input) = &mut self.input else {
            return Ok(None);
        };
        if let Some(expected) = input.header.take() {
            read_header(input, expected, &self.path)?;
        }
        let mut block = match Arc::get_mut(&mut input.block) {
            Some(block) => std::mem::take(block),
            None => Block::default(),
        };
        match input.records.next_block(&mut block, self.batch_rows) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                return Err(input
                    .records
                    .input()
                    .explain(error, &self.path, input.records.line()));
            }
        }
        if let Some(totals) = &mut self.totals {
            totals.add_block(&block);
        }
        let first_row = self.rows_read + 1;
        let mut bad = Vec::new();
        for (row, record) in block.records().iter().enumerate() {
            if let Some(fault) = record.fault {
                bad.push(BadCell {
                    row,
                    row_in_file: first_row + row as u64,
                    column: None,
                    reason: Reason::Row(fault),
                    cell: String::new(),
                });
            }
        }
        let mut arrays = Vec::with_capacity(self.builders.len());
        let mut rounded = Vec::with_capacity(self.builders.len());
        for (column, builder) in self.builders.iter_mut().enumerate() {
            let mut report = columns::Report::new(column, first_row, &mut bad);
            arrays.push(builder.build(
                block.column(builder.position),
                &mut self.clock,
                &mut report,
            )?);
            rounded.push(report.rounded);
        }
        let rows = block.rows();
        input.block = Arc::new(block);
        Ok(Some(RawBatch {
            first_row,
            rows,
            columns: arrays,
            bad,
            rounded,
            raw: Raw::Text(Arc::clone(&input.block)),
        }))
    }

    fn next_parquet(&mut self) -> Result<Option<RawBatch>, Error> {
        let Input::Parquet(input) = &mut self.input else {
            return Ok(None);
        };
        let Some(batch) = input.next(&self.path, self.rows_read)? else {
            return Ok(None);
        };
        if let Some(totals) = &mut self.totals {
            totals.add_arrays(&batch, input.columns());
        }
        let hashes = input.row_hashes(&batch);
        let first_row = self.rows_read + 1;
        let mut bad = Vec::new();
        let mut arrays = Vec::with_capacity(self.builders.len());
        let mut rounded = Vec::with_capacity(self.builders.len());
        for (column, builder) in self.builders.iter_mut().enumerate() {
            let mut report = columns::Report::new(column, first_row, &mut bad);
            arrays.push(parquet::convert(
                builder,
                &batch,
                &mut self.clock,
                &mut report,
                &self.path,
            )?);
            rounded.push(report.rounded);
        }
        Ok(Some(RawBatch {
            first_row,
            rows: batch.num_rows(),
            columns: arrays,
            bad,
            rounded,
            raw: Raw::Table { batch, hashes },
        }))
    }

    /// Records given out so far, bad ones included, the header not.
    pub fn rows_read(&self) -> u64 {
        self.rows_read
    }

    /// Wholly empty lines passed over so far; they are no records.
    pub fn blank_lines(&self) -> u64 {
        match &self.input {
            Input::Text(input) => input.records.blank_lines(),
            Input::Parquet(_) => 0,
        }
    }

    /// Local times that fell into a skipped hour, and into a repeated one.
    pub fn clock_changes(&self) -> (u64, u64) {
        (self.clock.in_gap, self.clock.in_fold)
    }

    /// The counters of the rows given out so far, if they were asked for.
    pub fn totals(&self) -> Option<&Totals> {
        self.totals.as_ref()
    }

    /// Ends reading and hands the counters over.
    pub fn into_totals(self) -> Option<Totals> {
        self.totals
    }
}

impl Iterator for Reader {
    type Item = Result<RawBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}

/// Reads the header's record away and checks that it is as wide as expected.
fn read_header(input: &mut TextInput, expected: usize, path: &Path) -> Result<(), Error> {
    let mut block = Block::default();
    match input.records.next_block(&mut block, 1) {
        Ok(_) => {}
        Err(error) => return Err(input.records.input().explain(error, path, 1)),
    }
    match block.records().first().and_then(|record| record.fault) {
        Some(Fault::Short | Fault::Long) => Err(Error::HeaderDiffers {
            path: path.to_path_buf(),
            expected,
            found: input.records.cells_in(block.raw(0)),
        }),
        _ => Ok(()),
    }
}
