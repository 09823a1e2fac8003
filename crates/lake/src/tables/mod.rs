//! Delta tables: which files are live at a version, how a new version is
//! committed, how rows are written and read.
//!
//! A commit says what the live files *shall be*, as a difference to what is
//! there. So a stage that was killed between its commit and its row in the
//! ledger is simply run again from the version the ledger knows, and the
//! half-known commit is undone by the next one.
//!
//! Futures that reach into delta-rs or DataFusion are boxed here: their code is
//! then made once, in this crate, and not again in every crate that awaits them
//! (which cost the binary four CPU-minutes a build).

mod commit;
mod export;
mod files;
mod read;
mod without;
mod write;

pub use commit::{Table, commit};
pub use export::{ParquetFile, ParquetWriter};
pub use files::DataFile;
pub(crate) use read::open_file;
pub use read::{file_batches, parquet_rows, read_all, read_batches};
pub use without::{
    Going, Noting, Without, is_of, remove_unused, rows_about, table_names, without_rows,
};
pub use write::{DataFileWriter, ROW_GROUP_ROWS, WriteStyle, append_table, write_table};

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The folder that holds the tables, one Delta table a folder.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
}

impl Lake {
    /// Opens the lake at `root`; the folder is made where it is missing.
    pub fn open(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(Error::io("create", root))?;
        let root = root.canonicalize().map_err(Error::io("open", root))?;
        Ok(Self { root })
    }

    /// The folder of one table.
    pub fn table_path(&self, table: &str) -> PathBuf {
        self.root.join(table)
    }

    /// The folder the tables stand in.
    pub fn root(&self) -> &Path {
        &self.root
    }
}
