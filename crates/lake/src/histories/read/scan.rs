//! Columns of a whole table: the names its rows have, the moments they tell.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;

use super::cursor::column;
use crate::Result;
use crate::histories::UNKNOWN_BUCKET;
use crate::tables::{Lake, Table};

/// Different names that are counted; more of them are not names.
const NAMES_COUNTED_MAX: usize = 10_000;

/// How often each text of `column` occurs among the rows of known customers before
/// `before_us` (UTC microseconds), the most frequent first, equal ones by name.
pub fn name_counts(
    lake: &Lake,
    table: &Table,
    column: &str,
    before_us: i64,
) -> Result<Vec<(String, u64)>> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    let known = table
        .files
        .iter()
        .filter(|file| file.bucket != Some(UNKNOWN_BUCKET));
    for file in known {
        let path = lake.table_path(&table.name).join(&file.path);
        for batch in crate::tables::open_file(&path, Some(&["time", column]))? {
            count(&batch?, column, before_us, &mut counts);
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(counts)
}

fn count(batch: &RecordBatch, name: &str, before_us: i64, counts: &mut HashMap<String, u64>) {
    let times = column(batch, "time").as_primitive_opt::<TimestampMicrosecondType>();
    let names = column(batch, name).as_string_opt::<i32>();
    let (Some(times), Some(names)) = (times, names) else {
        return;
    };
    for (row, &time_us) in times.values().iter().enumerate() {
        if time_us >= before_us || names.is_null(row) {
            continue;
        }
        let name = names.value(row);
        if let Some(count) = counts.get_mut(name) {
            *count += 1;
        } else if counts.len() < NAMES_COUNTED_MAX {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// Hands two moments of each row of a known customer to `each`, UTC microseconds,
/// `None` where a row has none. Columns that the table does not have are missing.
pub fn read_moments(
    lake: &Lake,
    table: &Table,
    columns: [&str; 2],
    mut each: impl FnMut([Option<i64>; 2]),
) -> Result<()> {
    let known = table
        .files
        .iter()
        .filter(|file| file.bucket != Some(UNKNOWN_BUCKET));
    for file in known {
        let path = lake.table_path(&table.name).join(&file.path);
        for batch in crate::tables::open_file(&path, Some(&columns))? {
            let batch = batch?;
            let moments = columns.map(|name| {
                let column = batch.column_by_name(name)?;
                column.as_primitive_opt::<TimestampMicrosecondType>()
            });
            for row in 0..batch.num_rows() {
                each(moments.map(|column| {
                    let column = column?;
                    column.is_valid(row).then(|| column.value(row))
                }));
            }
        }
    }
    Ok(())
}
