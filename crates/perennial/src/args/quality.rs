//! Arguments of `perennial quality` and `perennial quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Pair;
use super::values::{count, pair};

pub(super) const QUALITY: &str = "\
Examples:
  perennial quality -C shop
  perennial quality -C shop --source orders.csv --history
  perennial quality -C shop --json";

pub(super) const QUARANTINE: &str = "\
Examples:
  perennial quarantine list -C shop
  perennial quarantine list -C shop --reason cell/not-a-time --raw
  perennial quarantine fix -C shop --reason cell/not-a-time --set time=2024-03-05
  perennial quarantine list -C shop --raw --csv aside.csv     mend the file, then
  perennial quarantine fix -C shop --from aside.csv
  perennial quarantine replay -C shop";

/// `perennial quality`.
#[derive(Debug, Args)]
pub(crate) struct QualityArgs {
    /// One source alone, by its name in the settings or a part of it
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    /// The scores over time as well
    #[arg(long)]
    pub(crate) history: bool,
}

/// Which rows set aside are meant.
#[derive(Debug, Args)]
pub(crate) struct AsideArgs {
    /// Those of one source, by its name in the settings or a part of it
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    /// Those with one reason, as in cell/not-a-time
    #[arg(long, value_name = "CODE")]
    pub(crate) reason: Option<String>,
    /// Those of one file
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<String>,
    /// The record with this number in its file
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) row: Option<u64>,
}

/// What `perennial quarantine` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineAction {
    /// What is set aside: reasons with counts, then the rows with their place
    List {
        #[command(flatten)]
        rows: AsideArgs,
        /// How many rows are shown; all of them go into a file
        #[arg(long, value_name = "N", value_parser = count)]
        limit: Option<u64>,
        /// Unseal the records and show what they say: it may be personal
        #[arg(long)]
        raw: bool,
        /// The file to write, as CSV, instead of standard output
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Mend rows: set a column, or give the mended file of `quarantine list --raw --csv`
    Fix {
        #[command(flatten)]
        rows: AsideArgs,
        /// A column and what it is to say, as the file would write it
        #[arg(long, value_name = "COLUMN=VALUE", value_parser = pair, required_unless_present = "from", conflicts_with = "from")]
        set: Vec<Pair>,
        /// A file of mended rows
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Mend every row that is set aside; otherwise some must be named
        #[arg(long)]
        all: bool,
    },
    /// Read mended rows again; what is good now is kept
    Replay,
}
