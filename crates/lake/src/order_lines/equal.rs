//! When two order lines are the same: a 64-bit hash of all that was read of a
//! line, leaving out where it was read.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use xxhash_rust::xxh3::xxh3_64;

use super::schema::col;

const MISSING: u64 = 0x9E37_79B9_7F4A_7C15;

/// One hash a row. Two rows of one customer at one moment with equal hashes
/// are taken to be equal (a chance of 2^-64 a pair).
pub(super) fn row_hashes(batch: &RecordBatch) -> Vec<u64> {
    let mut hashes = vec![0_u64; batch.num_rows()];
    // All but the last, which says what the whole record was.
    let stored = batch.num_columns() - 1;
    for (index, column) in batch.columns().iter().take(stored).enumerate() {
        if matches!(
            index,
            0 | col::LINE | col::COPIES | col::REPEAT | col::INGEST
        ) {
            continue;
        }
        mix_column(&mut hashes, column);
    }
    hashes
}

/// Adds to each row's hash that of its whole record; `None` for a row that
/// comes from the lake, which was compared when it was read.
pub(super) fn record_hashes(batch: &RecordBatch) -> Vec<Option<u64>> {
    let records = batch
        .column(batch.num_columns() - 1)
        .as_primitive::<Int64Type>();
    let rows = row_hashes(batch);
    rows.iter()
        .zip(records)
        .map(|(row, record)| Some(mix(*row, record? as u64)))
        .collect()
}

/// One hash a row for the order's identity; 0 where there is none.
pub(super) fn order_hashes(batch: &RecordBatch) -> Vec<u64> {
    let orders = batch.column(col::ORDER).as_string::<i32>();
    (0..orders.len())
        .map(|i| {
            if orders.is_null(i) {
                0
            } else {
                xxh3_64(orders.value(i).as_bytes())
            }
        })
        .collect()
}

fn mix_column(hashes: &mut [u64], column: &ArrayRef) {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            for (i, hash) in hashes.iter_mut().enumerate() {
                let value = if texts.is_null(i) {
                    MISSING
                } else {
                    xxh3_64(texts.value(i).as_bytes())
                };
                *hash = mix(*hash, value);
            }
        }
        DataType::Timestamp(..) => {
            mix_ints(
                hashes,
                column.as_primitive::<TimestampMicrosecondType>().values(),
                column,
            );
        }
        DataType::Int64 => {
            mix_ints(hashes, column.as_primitive::<Int64Type>().values(), column);
        }
        _ => {}
    }
}

fn mix_ints(hashes: &mut [u64], values: &[i64], column: &ArrayRef) {
    if column.null_count() == 0 {
        for (hash, value) in hashes.iter_mut().zip(values) {
            *hash = mix(*hash, *value as u64);
        }
        return;
    }
    for (i, hash) in hashes.iter_mut().enumerate() {
        let value = if column.is_null(i) {
            MISSING
        } else {
            values[i] as u64
        };
        *hash = mix(*hash, value);
    }
}

/// Folded multiplication: both halves of the 128-bit product.
fn mix(hash: u64, value: u64) -> u64 {
    let product = u128::from(hash ^ value ^ 0xA076_1D64_78BD_642F)
        .wrapping_mul(u128::from(hash.rotate_left(32) ^ 0xE703_7ED1_A0B4_28DB));
    (product as u64) ^ ((product >> 64) as u64)
}
