//! One bucket: sort its rows by customer, time and order, take out duplicates,
//! write one file.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, RecordBatch};
use arrow::compute::interleave;
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};

use super::LineSchema;
use super::equal::{order_hashes, record_hashes};
use super::existing::{Known, NO_CUSTOMER};
use super::schema::{TABLE, col};
use super::sorter::BucketResult;
use crate::Result;
use crate::tables::{DataFileWriter, Lake, ROW_GROUP_ROWS, WriteStyle};

/// Where a row stands and what it is sorted by.
#[derive(Clone, Copy)]
struct Key {
    customer: i64,
    time: i64,
    order: u64,
    batch: u32,
    row: u32,
}

/// Sorts the rows of a bucket and writes them as one file.
pub(super) fn write_bucket(
    lake: &Lake,
    schema: &LineSchema,
    bucket: i32,
    batches: &[RecordBatch],
    known: &Known,
) -> Result<BucketResult> {
    let mut keys = sorted_keys(batches);
    let mut result = BucketResult::default();
    let flags = drop_duplicates(&mut keys, batches, known, &mut result);
    if keys.is_empty() {
        return Ok(result);
    }
    let mut writer = DataFileWriter::create(
        lake,
        TABLE,
        schema.disk(),
        Some(bucket),
        WriteStyle::History,
    )?;
    let columns: Vec<Vec<&dyn Array>> = (0..schema.disk().fields().len())
        .map(|c| batches.iter().map(|b| b.column(c).as_ref()).collect())
        .collect();
    for (keys, flags) in keys
        .chunks(ROW_GROUP_ROWS)
        .zip(flags.chunks(ROW_GROUP_ROWS))
    {
        let places: Vec<(usize, usize)> = keys
            .iter()
            .map(|k| (k.batch as usize, k.row as usize))
            .collect();
        let mut out: Vec<ArrayRef> = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            out.push(match index {
                col::COPIES => {
                    Arc::new(flags.iter().map(|f| Some(f.copies)).collect::<Int32Array>())
                }
                col::REPEAT => Arc::new(
                    flags
                        .iter()
                        .map(|f| Some(f.repeat))
                        .collect::<BooleanArray>(),
                ),
                _ => interleave(column, &places)?,
            });
        }
        writer.write(&schema.to_disk(&out)?)?;
    }
    result.file = Some(writer.close()?);
    Ok(result)
}

fn sorted_keys(batches: &[RecordBatch]) -> Vec<Key> {
    let mut keys = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
    for (b, batch) in batches.iter().enumerate() {
        let customers = batch.column(col::CUSTOMER).as_primitive::<Int64Type>();
        let times = batch
            .column(col::TIME)
            .as_primitive::<TimestampMicrosecondType>();
        let orders = order_hashes(batch);
        for (i, &order) in orders.iter().enumerate() {
            keys.push(Key {
                customer: if customers.is_null(i) {
                    NO_CUSTOMER
                } else {
                    customers.value(i)
                },
                time: times.value(i),
                order,
                batch: b as u32,
                row: i as u32,
            });
        }
    }
    keys.sort_unstable_by_key(|k| (k.customer, k.time, k.order, k.batch, k.row));
    keys
}

/// What is noted of a kept row.
#[derive(Clone, Copy)]
struct Flags {
    copies: i32,
    repeat: bool,
}

/// Removes from `keys` what is known already or equal to an earlier row with
/// an order id, and counts it; equal rows without an order id stay, flagged.
fn drop_duplicates(
    keys: &mut Vec<Key>,
    batches: &[RecordBatch],
    known: &Known,
    result: &mut BucketResult,
) -> Vec<Flags> {
    let hashes: Vec<Vec<Option<u64>>> = batches.iter().map(record_hashes).collect();
    let place = |k: &Key| (&batches[k.batch as usize], k.row as usize);
    let hash_of = |k: &Key| hashes[k.batch as usize][k.row as usize];
    let has_order = |k: &Key| place(k).0.column(col::ORDER).is_valid(place(k).1);
    let ingest_of = |k: &Key| ingest_id(place(k));
    let before = |k: &Key| flags_before(place(k));
    let mut flags: Vec<Flags> = Vec::with_capacity(keys.len());
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut kept = 0;
    let mut start = 0;
    while start < keys.len() {
        let head = keys[start];
        let same =
            |k: &Key| (k.customer, k.time, k.order) == (head.customer, head.time, head.order);
        let end = start + keys[start..].iter().take_while(|k| same(k)).count();
        seen.clear();
        for index in start..end {
            let key = keys[index];
            if known
                .get(key.batch as usize)
                .is_some_and(|rows| rows[key.row as usize])
            {
                *result.duplicates.entry(ingest_of(&key)).or_default() += 1;
                continue;
            }
            let own = before(&key);
            let alone = end - start == 1;
            let hash = hash_of(&key).filter(|_| !alone);
            let first = hash.and_then(|hash| seen.get(&hash).copied());
            match first {
                Some(at) if has_order(&key) => {
                    let copies: &mut i32 = &mut flags[at].copies;
                    *copies = copies.saturating_add(own.copies);
                    *result.duplicates.entry(ingest_of(&key)).or_default() += 1;
                    continue;
                }
                Some(_) => {
                    *result.repeats.entry(ingest_of(&key)).or_default() += u64::from(!own.repeat);
                    flags.push(Flags {
                        repeat: true,
                        ..own
                    });
                }
                None => {
                    if let Some(hash) = hash {
                        seen.insert(hash, kept);
                    }
                    flags.push(own);
                }
            }
            keys[kept] = key;
            kept += 1;
        }
        start = end;
    }
    keys.truncate(kept);
    flags
}

/// The flags a row comes with: a new row is one copy; a row loaded from the
/// lake keeps what it had.
fn flags_before((batch, row): (&RecordBatch, usize)) -> Flags {
    let copies = batch
        .column(col::COPIES)
        .as_primitive::<Int32Type>()
        .value(row);
    let repeat = batch.column(col::REPEAT).as_boolean().value(row);
    Flags { copies, repeat }
}

/// The reading that a row comes from.
fn ingest_id((batch, row): (&RecordBatch, usize)) -> i64 {
    batch
        .column(col::INGEST)
        .as_primitive::<Int64Type>()
        .value(row)
}
