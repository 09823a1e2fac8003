//! Rows in any order in, sorted buckets out; spilled to disk beyond a limit.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Int64Type;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use super::bucket::write_bucket;
use super::existing::{load_files, mark_known};
use super::schema::{PART_COLUMN, TABLE, col};
use super::{BUCKET_FILES_MAX, LineSchema, UNKNOWN_BUCKET, bits_for, bucket_of};
use crate::tables::{DataFile, Lake, Table, commit};
use crate::{Error, Result, parallel};

/// Property of the table that says how many leading bits make a bucket.
const BITS_PROPERTY: &str = "perennial.bucketBits";

/// What became of the rows.
#[derive(Debug, Clone, Default)]
pub struct SortOutcome {
    /// The version committed.
    pub version: i64,
    /// Rows taken for duplicates, by ingest.
    pub duplicates: HashMap<i64, u64>,
    /// Equal rows within one file that were kept and flagged, by ingest.
    pub repeats: HashMap<i64, u64>,
    /// Rows in the table now.
    pub rows: u64,
}

/// Rows of one bucket, in memory or spilled.
#[derive(Default)]
struct Part {
    batches: Vec<RecordBatch>,
    rows: u64,
    spill: Option<(PathBuf, StreamWriter<BufWriter<File>>)>,
}

/// Collects order lines and writes them as sorted buckets.
pub struct LineSorter {
    schema: LineSchema,
    bits: u32,
    base: Option<Table>,
    parts: Vec<Part>,
    memory_bytes: usize,
    memory_bytes_max: usize,
    spill_folder: tempfile::TempDir,
    /// Ingests that read a grown version of a file read before.
    grown: Vec<i64>,
}

impl LineSorter {
    /// A sorter on top of `base`, the version of the table known to be good.
    /// `rows_expected` is an estimate of the rows to come; up to
    /// `memory_bytes_max` are kept in memory, more go to files in `scratch`.
    pub fn new(
        schema: LineSchema,
        base: Option<Table>,
        rows_expected: u64,
        memory_bytes_max: usize,
        scratch: &Path,
    ) -> Result<Self> {
        std::fs::create_dir_all(scratch).map_err(Error::io("create", scratch))?;
        let spill_folder = tempfile::Builder::new()
            .prefix("sort-")
            .tempdir_in(scratch)
            .map_err(Error::io("create", scratch))?;
        let rows_before = base.as_ref().map_or(0, Table::rows);
        let bits_before = base.as_ref().map_or(0, bucket_bits);
        let bits = bits_before.max(bits_for(rows_before + rows_expected));
        let parts = (0..=(1_usize << bits)).map(|_| Part::default()).collect();
        Ok(Self {
            schema,
            bits,
            base,
            parts,
            memory_bytes: 0,
            memory_bytes_max,
            spill_folder,
            grown: Vec::new(),
        })
    }

    /// Says that an ingest reads a grown or changed version of a file that was
    /// read before: its rows without an order id that are there already count
    /// as duplicates too.
    pub fn mark_grown(&mut self, ingest_id: i64) {
        self.grown.push(ingest_id);
    }

    /// Takes a working batch.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let ids = batch.column(col::CUSTOMER).as_primitive::<Int64Type>();
        let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); self.parts.len()];
        for i in 0..batch.num_rows() {
            let part = if ids.is_null(i) {
                0
            } else {
                bucket_of(ids.value(i), self.bits) as usize + 1
            };
            rows_of[part].push(i as u32);
        }
        for (part, rows) in rows_of.into_iter().enumerate() {
            if rows.is_empty() {
                continue;
            }
            let piece = if rows.len() == batch.num_rows() {
                batch.clone()
            } else {
                take_record_batch(batch, &UInt32Array::from(rows))?
            };
            self.put(part, piece)?;
        }
        Ok(())
    }

    fn put(&mut self, part: usize, piece: RecordBatch) -> Result<()> {
        let part_index = part;
        let part = &mut self.parts[part_index];
        part.rows += piece.num_rows() as u64;
        if let Some((path, writer)) = &mut part.spill {
            return writer.write(&piece).map_err(|e| spill_error(path, &e));
        }
        self.memory_bytes += piece.get_array_memory_size();
        part.batches.push(piece);
        if self.memory_bytes > self.memory_bytes_max {
            self.spill_all()?;
        }
        Ok(())
    }

    /// Moves everything held in memory to disk; later rows follow directly.
    fn spill_all(&mut self) -> Result<()> {
        for (index, part) in self.parts.iter_mut().enumerate() {
            let path = self.spill_folder.path().join(format!("part-{index}.arrow"));
            let file = File::create(&path).map_err(Error::io("create", &path))?;
            let file = BufWriter::with_capacity(1 << 18, file);
            let mut writer = StreamWriter::try_new(file, self.schema.working())?;
            for batch in part.batches.drain(..) {
                writer.write(&batch).map_err(|e| spill_error(&path, &e))?;
            }
            part.spill = Some((path, writer));
        }
        self.memory_bytes = 0;
        Ok(())
    }

    /// Sorts and writes all buckets and commits them as the table's next
    /// version. `threads` buckets are sorted side by side; the result does not
    /// depend on it.
    pub async fn finish(mut self, lake: &Lake, threads: usize) -> Result<SortOutcome> {
        let base = self.base.take();
        let mut kept: Vec<DataFile> = base.as_ref().map(|t| t.files.clone()).unwrap_or_default();
        if base.as_ref().is_some_and(|t| bucket_bits(t) != self.bits) {
            for file in std::mem::take(&mut kept) {
                let schema = self.schema.clone();
                load_files(lake, &schema, &[file], |batch| self.push(&batch))?;
            }
        }
        let mut jobs = Vec::new();
        for (index, part) in self.parts.drain(..).enumerate() {
            let bucket = if index == 0 {
                UNKNOWN_BUCKET
            } else {
                index as i32 - 1
            };
            if part.rows == 0 {
                continue;
            }
            let there: Vec<DataFile> = kept
                .iter()
                .filter(|f| f.bucket == Some(bucket))
                .cloned()
                .collect();
            let merge = there.len() + 1 > BUCKET_FILES_MAX;
            if merge {
                kept.retain(|f| f.bucket != Some(bucket));
            }
            jobs.push(Job {
                bucket,
                part,
                there,
                merge,
            });
        }
        let mut outcome = SortOutcome::default();
        let context = Context {
            lake,
            schema: &self.schema,
            grown: &self.grown,
        };
        for result in parallel::map(jobs, threads, |job| run_job(job, &context))? {
            kept.extend(result.file);
            add_counts(&mut outcome.duplicates, result.duplicates);
            add_counts(&mut outcome.repeats, result.repeats);
        }
        outcome.rows = kept.iter().map(|f| f.rows).sum();
        let properties = [(BITS_PROPERTY.to_owned(), self.bits.to_string())];
        outcome.version = commit(
            lake,
            TABLE,
            self.schema.table(),
            &[PART_COLUMN],
            &properties,
            kept,
        )
        .await?;
        Ok(outcome)
    }
}

struct Job {
    bucket: i32,
    part: Part,
    there: Vec<DataFile>,
    merge: bool,
}

struct Context<'a> {
    lake: &'a Lake,
    schema: &'a LineSchema,
    grown: &'a [i64],
}

/// What one bucket became.
#[derive(Default)]
pub(super) struct BucketResult {
    pub file: Option<DataFile>,
    pub duplicates: HashMap<i64, u64>,
    pub repeats: HashMap<i64, u64>,
}

fn run_job(job: Job, context: &Context) -> Result<BucketResult> {
    let Job {
        bucket,
        part,
        there,
        merge,
    } = job;
    let mut batches = part.batches;
    if let Some((path, writer)) = part.spill {
        drop(writer.into_inner().map_err(|e| spill_error(&path, &e))?);
        let file = File::open(&path).map_err(Error::io("read", &path))?;
        for batch in StreamReader::try_new(BufReader::with_capacity(1 << 18, file), None)? {
            batches.push(batch?);
        }
        std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    }
    let known = mark_known(
        context.lake,
        context.schema,
        &batches,
        &there,
        context.grown,
    )?;
    if merge {
        load_files(context.lake, context.schema, &there, |batch| {
            batches.push(batch);
            Ok(())
        })?;
    }
    write_bucket(context.lake, context.schema, bucket, &batches, &known)
}

fn bucket_bits(table: &Table) -> u32 {
    table
        .property(BITS_PROPERTY)
        .and_then(|v| v.parse().ok())
        .unwrap_or(0)
}

fn add_counts(into: &mut HashMap<i64, u64>, from: HashMap<i64, u64>) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

fn spill_error(path: &Path, error: &arrow::error::ArrowError) -> Error {
    Error::Io {
        action: "write",
        path: path.to_owned(),
        source: std::io::Error::other(error.to_string()),
    }
}
