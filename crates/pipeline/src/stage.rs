//! How a stage runs: skipped where its key was done before, recorded once its
//! tables are written.

use std::collections::BTreeMap;

use perennial_ledger::{FileRecord, StageRun};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::privacy::Restricted;
use crate::progress::Progress;
use crate::project::Project;
use crate::{Error, Result};

/// The program's version, part of every stage's key.
pub const CODE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What every stage of one run shares.
pub(crate) struct Run<'a> {
    pub project: &'a Project,
    pub progress: &'a dyn Progress,
    pub run_id: String,
    pub settings_hash: String,
    /// Whom it must leave alone.
    pub restricted: Restricted,
}

/// What a stage left.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// The version of each table it wrote.
    pub outputs: BTreeMap<String, i64>,
    /// What it found out, for later stages and the report.
    pub details: Value,
    /// The key it was done under.
    pub key: String,
    /// Whether an earlier run had done it.
    pub reused: bool,
}

impl Done {
    /// The details as the type the stage wrote.
    pub fn details_as<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.details.clone()).map_err(|e| {
            Error::cannot(
                "ledger/details",
                format!("the ledger's notes of an earlier run cannot be read: {e}"),
                "run again with `--fresh`",
            )
        })
    }

    /// The version of one of its tables.
    pub fn version(&self, table: &str) -> Option<i64> {
        self.outputs.get(table).copied()
    }
}

/// Output of a stage's work, before it is recorded.
pub(crate) struct Output {
    pub outputs: BTreeMap<String, i64>,
    pub details: Value,
    pub files: Vec<FileRecord>,
    /// Sources whose files were all read again.
    pub forgotten: Vec<String>,
}

impl Output {
    /// Tables and details; no file was read.
    pub fn new(outputs: BTreeMap<String, i64>, details: &impl Serialize) -> Result<Self> {
        let details = serde_json::to_value(details).map_err(|e| {
            Error::cannot(
                "ledger/details",
                format!("a stage's notes cannot be kept: {e}"),
                "report this",
            )
        })?;
        Ok(Self {
            outputs,
            details,
            files: Vec::new(),
            forgotten: Vec::new(),
        })
    }
}

/// A stage's key: what it depends on, hashed; the last part is left out where it is
/// empty, so that what came later changes no key by being absent.
pub(crate) fn key_with(stage: &str, parts: &[&str], last: &str) -> String {
    match last.is_empty() {
        true => key_of(stage, parts),
        false => key_of(stage, &[parts, &[last]].concat()),
    }
}

/// A stage's key: what it depends on, hashed.
pub(crate) fn key_of(stage: &str, parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [stage, CODE_VERSION].iter().chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

impl Run<'_> {
    /// Runs `work` unless the ledger has a row for this key, and records it.
    pub async fn stage<W>(&self, stage: &str, key: &str, work: W) -> Result<Done>
    where
        W: AsyncFnOnce() -> Result<Output>,
    {
        let ledger = &self.project.ledger;
        let started_at_us = self.project.now_us();
        let known = ledger.find_stage_by_key(stage, key).await?;
        let reused = known.is_some();
        let output = match known {
            Some(row) => Output {
                outputs: row.outputs,
                details: row.details,
                files: Vec::new(),
                forgotten: Vec::new(),
            },
            None => work().await?,
        };
        if !reused || ledger.stage(&self.run_id, stage).await?.is_none() {
            let row = StageRun {
                run_id: self.run_id.clone(),
                stage: stage.to_owned(),
                stage_key: key.to_owned(),
                outputs: output.outputs.clone(),
                settings_hash: self.settings_hash.clone(),
                code_version: CODE_VERSION.to_owned(),
                started_at_us,
                finished_at_us: self.project.now_us(),
                details: output.details.clone(),
            };
            ledger
                .record_stage_with_files(&row, &output.files, &output.forgotten)
                .await?;
        }
        Ok(Done {
            outputs: output.outputs,
            details: output.details,
            key: key.to_owned(),
            reused,
        })
    }
}
