//! What each column holds: kind, format, missing share, examples and what its
//! values look like, from a sample of at most [`super::SAMPLE_ROWS`] rows.

mod kinds;
mod looks;
mod sample;

use super::dialect::Dialect;
use super::error::Error;
use super::files::{Format, SourceFile};
use super::number::NumberFormat;
use super::records::OtherList;
use super::time::TimeFormat;

pub use looks::Looks;
pub use sample::{MISSING, Sample, SampleColumn};

/// The kind of values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No value at all.
    Empty,
    /// Two words such as `Yes` and `No`.
    Boolean,
    /// Whole numbers (also those written `17850.0`).
    Integer,
    /// Numbers with up to `scale` digits after the decimal mark.
    Decimal {
        /// Most digits after the decimal mark in the sample.
        scale: u8,
    },
    /// Days without a time of day.
    Date(TimeFormat),
    /// Moments.
    Timestamp(TimeFormat),
    /// Anything else, and numbers whose leading zeros matter.
    Text,
}

impl Kind {
    /// The name as shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Empty => "empty",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Decimal { .. } => "decimal",
            Kind::Date(_) => "date",
            Kind::Timestamp(_) => "timestamp",
            Kind::Text => "text",
        }
    }

    /// Whether values are numbers to calculate with.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal { .. })
    }

    /// How dates are written, if these are dates.
    pub fn time_format(self) -> Option<TimeFormat> {
        match self {
            Kind::Date(format) | Kind::Timestamp(format) => Some(format),
            _ => None,
        }
    }
}

/// What is known of one column.
#[derive(Debug, Clone)]
pub struct ColumnProfile {
    /// Name, unique in the file.
    pub name: String,
    /// Position, from 0.
    pub index: usize,
    /// Kind of its values.
    pub kind: Kind,
    /// How its numbers are written (plain where it has none).
    pub number: NumberFormat,
    /// Rows of the sample.
    pub rows: usize,
    /// Missing cells of the sample.
    pub missing: usize,
    /// Distinct values of the sample, exact.
    pub distinct: usize,
    /// Cells that are not of the kind (at most a tenth of the sample).
    pub misfits: usize,
    /// The commonest values, at most five.
    pub examples: Vec<String>,
    /// Smallest value in the order of its kind, as written.
    pub min: Option<String>,
    /// Largest value in the order of its kind, as written.
    pub max: Option<String>,
    /// Whole numbers written with `.0`, as spreadsheets do to identifiers.
    pub is_float_id: bool,
    /// Day and month could be either way round; `kind` holds the likelier.
    pub day_month_unsure: bool,
    /// What the values look like.
    pub looks: Looks,
}

impl ColumnProfile {
    /// Share of missing cells, 0 to 1.
    pub fn missing_share(&self) -> f64 {
        if self.rows == 0 {
            0.0
        } else {
            self.missing as f64 / self.rows as f64
        }
    }
}

/// What is known of a file's columns, with the sample it rests on.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The columns, in the file's order.
    pub columns: Vec<ColumnProfile>,
    /// The rows it rests on.
    pub sample: Sample,
    /// Lists of records beside the one that is read, as documents of JSON and XML may
    /// have: what was seen of them in the part of the file that the sample is of (all
    /// of it where [`Sample::whole`] says so), in their order.
    pub other_lists: Vec<OtherList>,
}

impl Profile {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Profiles a file. `dialect` is that of a text file (see
/// [`super::dialect::sniff`]) and not looked at for Parquet.
///
/// # Errors
/// Errors of reading the file's start; a stream cut later still gives a
/// profile.
pub fn profile(file: &SourceFile, dialect: Option<&Dialect>) -> Result<Profile, Error> {
    profile_of(file, dialect, GROUPS)
}

/// As [`profile`], for a file whose columns are known from others like it: of
/// Parquet, whose types are stated, few row groups are looked at.
///
/// # Errors
/// Those of [`profile`].
pub fn profile_briefly(file: &SourceFile, dialect: Option<&Dialect>) -> Result<Profile, Error> {
    profile_of(file, dialect, GROUPS_FEW)
}

/// Row groups of a Parquet file that are sampled.
const GROUPS: usize = 10;
const GROUPS_FEW: usize = 2;

fn profile_of(
    file: &SourceFile,
    dialect: Option<&Dialect>,
    groups_max: usize,
) -> Result<Profile, Error> {
    let (names, (sample, other_lists)) = match (file.format, dialect) {
        (Format::Parquet, _) => {
            let (names, sample) = sample::from_parquet(file, groups_max)?;
            (names, (sample, Vec::new()))
        }
        (_, Some(dialect)) => (dialect.columns.clone(), sample::from_text(file, dialect)?),
        (_, None) => {
            let dialect = super::dialect::sniff(file)?;
            let found = sample::from_text(file, &dialect)?;
            (dialect.columns, found)
        }
    };
    let columns = names
        .into_iter()
        .zip(&sample.columns)
        .zip(&sample.types)
        .enumerate()
        .map(|(index, ((name, column), known))| {
            kinds::profile_column(name, index, column, known.as_ref())
        })
        .collect();
    Ok(Profile {
        columns,
        sample,
        other_lists,
    })
}

/// Whether a trimmed cell stands for "no value": nothing, `NULL`, `NA`, `N/A`,
/// `NaN`, `\N` and the like.
#[inline]
pub fn is_missing(cell: &[u8]) -> bool {
    match cell.len() {
        0 => true,
        2..=4 => is_missing_word(cell),
        _ => false,
    }
}

#[inline]
fn is_missing_word(cell: &[u8]) -> bool {
    matches!(cell.first(), Some(b'N' | b'n' | b'#' | b'\\'))
        && matches!(
            cell,
            b"NULL"
                | b"null"
                | b"Null"
                | b"NA"
                | b"N/A"
                | b"n/a"
                | b"#N/A"
                | b"NaN"
                | b"nan"
                | b"NAN"
                | b"\\N"
        )
}

/// Further words that stand for "no value" where numbers or dates are expected.
pub fn is_missing_value(cell: &[u8]) -> bool {
    is_missing(cell)
        || matches!(
            cell,
            b"-" | b"--"
                | b"?"
                | b"."
                | b"None"
                | b"none"
                | b"nil"
                | b"NaT"
                | b"na"
                | b"\xe2\x80\x94"
                | b"\xe6\x97\xa0"
        )
}
