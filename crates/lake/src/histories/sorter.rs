//! Rows in any order in, sorted buckets out; spilled to disk beyond a limit.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::batch::RowBatch;
use super::bucket::{Rules, compare_versions, kept_rows};
use super::changes::{Changes, Compared};
use super::columns::to_batch;
use super::existing::{load, overlapping};
use super::row::{Encoder, Row};
use super::shape::{HistorySchema, PART_COLUMN};
use super::store::{Parts, Pieces, Store};
use super::{BUCKET_FILES_MAX, UNKNOWN_BUCKET, bits_for, bucket_of};
use crate::tables::{DataFile, DataFileWriter, Lake, ROW_GROUP_ROWS, Table, WriteStyle, commit};
use crate::{Result, parallel};

/// Property of the table that says how many leading bits make a bucket.
const BITS_PROPERTY: &str = "perennial.bucketBits";
/// Rows that a part of a bucket is meant to have: few enough that its bytes
/// and keys stay in a core's own cache while they are sorted (1 MiB).
const PART_ROWS: u64 = 10_000;
/// Most leading bits that make a part.
const PART_BITS_MAX: u32 = 12;

/// What became of the rows.
#[derive(Debug, Clone, Default)]
pub struct SortOutcome {
    /// The version committed.
    pub version: i64,
    /// Rows taken for duplicates, by ingest.
    pub duplicates: HashMap<i64, u64>,
    /// Equal rows within one file that were kept and flagged, by ingest.
    pub repeats: HashMap<i64, u64>,
    /// Kept rows without a key that equal a row of another file, by
    /// ingest: a second purchase, or files that overlap.
    pub overlaps: HashMap<i64, u64>,
    /// Rows of earlier versions of a file that went out of the table, since it
    /// has them no longer, by the ingest that read its new version.
    pub taken_out: HashMap<i64, u64>,
    /// By the same ingest, what it has of the rows of earlier versions.
    pub compared: HashMap<i64, Compared>,
    /// Pairs of readings, not versions of one file, that say the same of some
    /// key: the first left rows out because the second had them.
    pub shared: HashSet<(i64, i64)>,
    /// Rows in the table now.
    pub rows: u64,
}

/// Collects the rows of one table and writes them as sorted buckets.
///
/// Rows are kept as bytes in parts finer than the buckets, by more leading
/// bits of the customer; a bucket is its parts one after the other.
pub struct HistorySorter {
    schema: HistorySchema,
    encoder: Encoder,
    bits: u32,
    part_bits: u32,
    base: Option<Table>,
    store: Store,
    /// Earliest and latest moment of the new rows.
    times: Option<(i64, i64)>,
    changes: Changes,
}

impl HistorySorter {
    /// A sorter on top of `base`, the version of the table known to be good.
    /// `rows_expected` is an estimate of the rows to come; up to
    /// `memory_bytes_max` are kept in memory, more go to files in `scratch`.
    pub fn new(
        schema: HistorySchema,
        base: Option<Table>,
        rows_expected: u64,
        memory_bytes_max: usize,
        scratch: &Path,
    ) -> Result<Self> {
        let rows_before = base.as_ref().map_or(0, Table::rows);
        let bits_before = base.as_ref().map_or(0, bucket_bits);
        let bits = bits_before.max(bits_for(rows_before + rows_expected));
        let mut part_bits = 0;
        while part_bits < PART_BITS_MAX && rows_expected >> part_bits > PART_ROWS {
            part_bits += 1;
        }
        let part_bits = part_bits.max(bits);
        Ok(Self {
            encoder: Encoder::new(&schema),
            schema,
            bits,
            part_bits,
            base,
            store: Store::new((1 << part_bits) + 1, memory_bytes_max, scratch)?,
            times: None,
            changes: Changes::default(),
        })
    }

    /// Says that an ingest reads another version of a file that the ingests
    /// `earlier` read: its rows that are there already count as duplicates, one
    /// for one, without a key too; and rows of theirs that it no longer
    /// has go out, where it has most of them (see [`SortOutcome::taken_out`]),
    /// but for those of the ingests `standing`, whose file lies there under
    /// another name. With `keeps` they all count, and what is gone is only told.
    pub fn mark_changed(
        &mut self,
        ingest_id: i64,
        earlier: Vec<i64>,
        standing: Vec<i64>,
        keeps: bool,
    ) {
        self.changes.add(ingest_id, earlier, standing, keeps);
    }

    /// Takes rows as they were read.
    pub fn push(&mut self, batch: &RowBatch<'_>) -> Result<()> {
        for &row in batch.rows {
            let time = batch.time_us[row as usize];
            let (low, high) = self.times.unwrap_or((time, time));
            self.times = Some((low.min(time), high.max(time)));
        }
        let times = batch.rows.iter().map(|&row| batch.time_us[row as usize]);
        self.changes.saw(batch.ingest_id, times);
        let (store, part_bits) = (&mut self.store, self.part_bits);
        let mut pushed = Ok(());
        self.encoder.encode(batch, None, |row, customer| {
            if let Err(error) = store.push(part_of(customer, part_bits), row) {
                pushed = Err(error);
            }
        })?;
        pushed
    }

    /// Sorts and writes all buckets and commits them as the table's next
    /// version. `threads` buckets are sorted side by side; the result does not
    /// depend on it.
    pub async fn finish(mut self, lake: &Lake, threads: usize) -> Result<SortOutcome> {
        let base = self.base.take();
        let mut kept: Vec<DataFile> = base.as_ref().map(|t| t.files.clone()).unwrap_or_default();
        if base.as_ref().is_some_and(|t| bucket_bits(t) != self.bits) {
            self.take_back(lake, &std::mem::take(&mut kept))?;
        }
        let mut parts = self.store.finish()?;
        let mut jobs = Vec::new();
        for bucket in std::iter::once(UNKNOWN_BUCKET).chain(0..1 << self.bits) {
            let own = parts_of(bucket, self.bits, self.part_bits);
            let is_new = own.clone().any(|part| parts.rows(part) > 0);
            let mut job = job(bucket, own, &mut parts, &kept);
            job.rewrite &= is_new;
            if is_new || self.changes.any() && !job.there.is_empty() {
                jobs.push((is_new, job));
            }
        }
        // A changed file speaks for all that is later, too.
        let speaks_on = self.changes.any();
        let times = self.times.map(|(low, high)| match speaks_on {
            true => (low, i64::MAX),
            false => (low, high),
        });
        let mut context = Context {
            lake,
            schema: &self.schema,
            encoder: &self.encoder,
            changes: self.changes,
            times,
            part_bits: self.part_bits,
        };
        let mut outcome = SortOutcome::default();
        if context.changes.any() {
            outcome.compared = compare(&jobs, threads, &context)?;
            context.changes.decide(&outcome.compared);
        }
        let replace = context.changes.replace();
        let jobs: Vec<Job> = jobs
            .into_iter()
            .filter(|(is_new, _)| *is_new || replace)
            .map(|(_, job)| Job {
                rewrite: job.rewrite || replace,
                ..job
            })
            .collect();
        for job in jobs.iter().filter(|job| job.rewrite) {
            kept.retain(|file| file.bucket != Some(job.bucket));
        }
        for result in parallel::map(jobs, threads, |job| run_job(job, &context))? {
            kept.extend(result.file);
            add_counts(&mut outcome.duplicates, result.duplicates);
            add_counts(&mut outcome.repeats, result.repeats);
            add_counts(&mut outcome.overlaps, result.overlaps);
            add_counts(&mut outcome.taken_out, result.taken_out);
            outcome.shared.extend(result.shared);
        }
        outcome.rows = kept.iter().map(|f| f.rows).sum();
        let properties = [(BITS_PROPERTY.to_owned(), self.bits.to_string())];
        outcome.version = commit(
            lake,
            self.schema.shape().table,
            self.schema.table(),
            &[PART_COLUMN],
            &properties,
            kept,
        )
        .await?;
        Ok(outcome)
    }

    /// Takes the rows of all the table's files, to spread them anew.
    fn take_back(&mut self, lake: &Lake, files: &[DataFile]) -> Result<()> {
        let (store, part_bits) = (&mut self.store, self.part_bits);
        let mut pushed = Ok(());
        load(
            lake,
            &self.schema,
            files,
            &mut self.encoder,
            |_| true,
            |row, customer| {
                if let Err(error) = store.push(part_of(customer, part_bits), row) {
                    pushed = Err(error);
                }
            },
        )?;
        pushed
    }
}

/// The part of a customer; the first is for those who are not known.
fn part_of(customer: Option<i64>, part_bits: u32) -> usize {
    customer.map_or(0, |id| bucket_of(id, part_bits) as usize + 1)
}

/// The parts that make a bucket, in order.
fn parts_of(bucket: i32, bits: u32, part_bits: u32) -> std::ops::Range<usize> {
    match usize::try_from(bucket) {
        Err(_) => 0..1,
        Ok(bucket) => {
            let many = 1_usize << (part_bits - bits);
            bucket * many + 1..(bucket + 1) * many + 1
        }
    }
}

struct Job {
    bucket: i32,
    parts: Vec<Pieces>,
    /// The part the first of `parts` is.
    first_part: usize,
    /// The bucket's files.
    there: Vec<DataFile>,
    /// Whether the rows in `there` are written again.
    rewrite: bool,
}

fn job(bucket: i32, own: std::ops::Range<usize>, parts: &mut Parts, kept: &[DataFile]) -> Job {
    let mine = |f: &DataFile| f.bucket == Some(bucket);
    let there: Vec<DataFile> = kept.iter().filter(|f| mine(f)).cloned().collect();
    // Without a file there, rows that are stored were taken back for this.
    let rewrite = there.is_empty() || there.len() + 1 > BUCKET_FILES_MAX;
    Job {
        bucket,
        first_part: own.start,
        parts: own.map(|part| parts.take(part)).collect(),
        there,
        rewrite,
    }
}

struct Context<'a> {
    lake: &'a Lake,
    schema: &'a HistorySchema,
    encoder: &'a Encoder,
    changes: Changes,
    times: Option<(i64, i64)>,
    part_bits: u32,
}

impl Context<'_> {
    fn rules<'a>(&'a self, encoder: &'a Encoder, rewrite: bool) -> Rules<'a> {
        Rules {
            encoder,
            changes: &self.changes,
            rewrite,
        }
    }
}

/// What one bucket became.
#[derive(Default)]
pub(super) struct BucketResult {
    pub file: Option<DataFile>,
    pub duplicates: HashMap<i64, u64>,
    pub repeats: HashMap<i64, u64>,
    pub overlaps: HashMap<i64, u64>,
    pub taken_out: HashMap<i64, u64>,
    pub shared: HashSet<(i64, i64)>,
}

/// What the new versions of files that changed have of the earlier ones.
fn compare(
    jobs: &[(bool, Job)],
    threads: usize,
    context: &Context,
) -> Result<HashMap<i64, Compared>> {
    let jobs: Vec<&Job> = jobs.iter().map(|(_, job)| job).collect();
    let each = parallel::map(jobs, threads, |job| {
        let mut stored: Vec<Vec<u8>> = vec![Vec::new(); job.parts.len()];
        let mut encoder = context.encoder.clone();
        load_stored(job, context, &mut encoder, &mut stored)?;
        let rules = context.rules(&encoder, false);
        let mut compared = HashMap::new();
        for (pieces, stored) in job.parts.iter().zip(stored) {
            let mut pieces = pieces.clone().read()?;
            pieces.extend(split(stored));
            compare_versions(&pieces, &rules, &mut compared);
        }
        Ok::<_, crate::Error>(compared)
    })?;
    let mut all: HashMap<i64, Compared> = HashMap::new();
    for (ingest, compared) in each.into_iter().flatten() {
        let sum = all.entry(ingest).or_default();
        sum.found += compared.found;
        sum.gone += compared.gone;
    }
    Ok(all)
}

fn run_job(job: Job, context: &Context) -> Result<BucketResult> {
    let mut stored: Vec<Vec<u8>> = vec![Vec::new(); job.parts.len()];
    let own;
    let encoder = if job.there.is_empty() {
        context.encoder
    } else {
        let mut with_stored = context.encoder.clone();
        load_stored(&job, context, &mut with_stored, &mut stored)?;
        own = with_stored;
        &own
    };
    let rules = context.rules(encoder, job.rewrite);
    let mut result = BucketResult::default();
    let mut writer = DataFileWriter::create(
        context.lake,
        context.schema.shape().table,
        context.schema.disk(),
        Some(job.bucket),
        WriteStyle::History,
    )?;
    for (pieces, stored) in job.parts.into_iter().zip(stored) {
        let mut pieces = pieces.read()?;
        pieces.extend(split(stored));
        let rows = kept_rows(&pieces, &rules, &mut result);
        for rows in rows.chunks(ROW_GROUP_ROWS) {
            writer.write(&to_batch(rows, context.schema, encoder)?)?;
        }
    }
    result.file = writer.close_if_any()?;
    Ok(result)
}

/// Loads the bucket's rows that are in the table and matter: all of them where
/// they are written again, else those of the new rows' time.
fn load_stored(
    job: &Job,
    context: &Context,
    encoder: &mut Encoder,
    parts: &mut [Vec<u8>],
) -> Result<()> {
    let Some((low, high)) = context.times else {
        return Ok(());
    };
    let files = if job.rewrite {
        job.there.clone()
    } else {
        overlapping(&job.there, low, high)
    };
    load(
        context.lake,
        context.schema,
        &files,
        encoder,
        |time| job.rewrite || (low..=high).contains(&time),
        |row, customer| {
            let part = part_of(customer, context.part_bits) - job.first_part;
            if let Some(rows) = parts.get_mut(part) {
                rows.extend_from_slice(row);
            }
        },
    )
}

/// Rows end to end as pieces below 4 GiB.
fn split(rows: Vec<u8>) -> Vec<Vec<u8>> {
    const MOST: usize = 1 << 31;
    if rows.len() <= MOST {
        return vec![rows];
    }
    let (mut pieces, mut begin, mut at) = (Vec::new(), 0, 0);
    while let Some(row) = Row::at(&rows, at) {
        if at + row.len() - begin > MOST {
            pieces.push(rows[begin..at].to_vec());
            begin = at;
        }
        at += row.len();
    }
    pieces.push(rows[begin..at].to_vec());
    pieces
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
