//! Files to typed columns: the reading half of the lake.
//!
//! The way of a file: [`files::expand`] finds it (and what lies in archives and
//! workbooks), formats that are no text become some while they are read, [`dialect::sniff`] says how
//! it is written, [`infer::profile`] says what each column holds,
//! [`guess::guess`] says which column is what, [`read::open`] streams it as
//! typed Arrow batches with every bad cell reported, and [`totals::Totals`]
//! counts what was in the raw file before anything was cleaned.
//!
//! Memory stays flat as files grow: one block of text (at most a few MiB, or
//! one record), one batch of columns and the bounded counters of the totals.
//! Nothing here knows a table of the lake, a setting or a data set, nor an
//! engine: its tests take seconds.

mod convert;
pub mod database;
pub mod dialect;
pub mod error;
pub mod files;
pub mod guess;
pub mod infer;
pub mod number;
pub mod read;
pub mod records;
pub mod text;
pub mod time;
pub mod totals;

#[cfg(test)]
mod tests;

pub use dialect::{Delimiter, Dialect, Encoding, LineEnd};
pub use error::Error;
pub use files::{Compression, Format, SourceFile};
pub use guess::{Guess, Question, Role, TableKind};
pub use infer::{ColumnProfile, Kind, Looks, Profile};
pub use number::NumberFormat;
pub use read::{BadCell, ColumnSpec, RawBatch, ReadSpec, Reader, Target};
pub use records::OtherList;
pub use time::TimeFormat;
pub use totals::{ColumnTotals, Totals};

/// Most columns a file may have.
pub const COLUMNS_MAX: usize = 4_096;
/// Longest cell, in bytes. A longer one makes its record a bad row; a quoted
/// cell that does not close within it is an unclosed quote.
pub const CELL_BYTES_MAX: usize = 1 << 20;
/// Longest record, in bytes. Of a longer one this many bytes are kept as the
/// raw text of one bad row.
pub const RECORD_BYTES_MAX: usize = 16 << 20;
/// Most rows of one batch.
pub const BATCH_ROWS_MAX: usize = 32_768;
/// Rows of the sample from which types and roles are inferred.
pub const SAMPLE_ROWS: usize = 10_000;
/// Decoded bytes from which the dialect is sniffed.
pub const SNIFF_BYTES: usize = 256 << 10;
/// Decoded bytes over which the sample of rows is spread.
pub const SAMPLE_BYTES: usize = 8 << 20;
/// Most files one path or glob may expand to.
pub const FILES_MAX: usize = 100_000;
/// Deepest folder below the given one that is searched.
pub const FOLDER_DEPTH_MAX: usize = 32;
/// Most archives one within the other.
pub const ARCHIVE_DEPTH_MAX: usize = 3;
/// Most bytes that a file which must be unpacked to be read may unpack to.
pub const UNPACKED_BYTES_MAX: u64 = 64 << 30;
/// Distinct values counted exactly per column; above it they are estimated.
pub const DISTINCT_EXACT_MAX: usize = 65_536;
