//! One row a labelled customer: of several readings the newest stands.

use std::collections::HashMap;

use perennial_lake::arrow::array::{AsArray, BooleanArray, RecordBatch};
use perennial_lake::arrow::compute::filter_record_batch;
use perennial_lake::arrow::datatypes::Int64Type;

use crate::Result;

/// Rows by the reading that took them out and the one they came from.
pub(super) type TakenOut = HashMap<(i64, i64), u64>;

/// The rows that stand of those `stored` and those `read` (one batch a reading,
/// in their order), and how many rows of another each reading took out. `replaced` names,
/// for readings of earlier contents, the one of the newest: customers that this
/// one no longer has go too.
pub(super) fn newest_rows(
    stored: &[RecordBatch],
    read: &[RecordBatch],
    replaced: &HashMap<i64, i64>,
) -> Result<(Vec<RecordBatch>, TakenOut)> {
    let mut newest: HashMap<i64, i64> = HashMap::new();
    let mut taken_out: TakenOut = HashMap::new();
    let mut standing = Vec::new();
    for (batch, is_new) in read
        .iter()
        .rev()
        .map(|batch| (batch, true))
        .chain(stored.iter().map(|batch| (batch, false)))
    {
        let (customers, readings) = (ints(batch, "customer_id"), ints(batch, "ingest_id"));
        let keep: BooleanArray = customers
            .iter()
            .zip(&readings)
            .map(|(customer, reading)| {
                let by = match replaced.get(reading) {
                    Some(by) if !is_new => Some(by),
                    _ => newest.get(customer),
                };
                by.iter()
                    .for_each(|by| *taken_out.entry((**by, *reading)).or_default() += 1);
                Some(by.is_none())
            })
            .collect();
        if is_new {
            newest.extend(customers.into_iter().zip(readings));
        }
        standing.push(filter_record_batch(batch, &keep).map_err(perennial_lake::Error::from)?);
    }
    standing.reverse();
    Ok((standing, taken_out))
}

fn ints(batch: &RecordBatch, name: &str) -> Vec<i64> {
    let column = batch
        .column_by_name(name)
        .and_then(|column| column.as_primitive_opt::<Int64Type>());
    column.map_or_else(Vec::new, |column| column.values().to_vec())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use perennial_lake::arrow::array::{ArrayRef, Int64Array};

    use super::*;

    fn rows(reading: i64, customers: &[i64]) -> RecordBatch {
        let columns: [(&str, ArrayRef); 2] = [
            (
                "customer_id",
                Arc::new(Int64Array::from(customers.to_vec())),
            ),
            (
                "ingest_id",
                Arc::new(Int64Array::from(vec![reading; customers.len()])),
            ),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn a_later_reading_stands_for_an_earlier_one() {
        let stored = [rows(1, &[10, 11, 12]), rows(2, &[20, 21])];
        // Another content of what reading 1 read, and a file that knows 20 and 13.
        let read = [rows(3, &[10, 13]), rows(4, &[13, 20])];
        let (standing, taken_out) = newest_rows(&stored, &read, &HashMap::from([(1, 3)])).unwrap();
        let all: HashSet<(i64, i64)> = standing
            .iter()
            .flat_map(|batch| {
                ints(batch, "customer_id")
                    .into_iter()
                    .zip(ints(batch, "ingest_id"))
            })
            .collect();
        assert_eq!(all, HashSet::from([(21, 2), (10, 3), (13, 4), (20, 4)]));
        let pairs = [((3, 1), 3), ((4, 2), 1), ((4, 3), 1)];
        assert_eq!(taken_out, HashMap::from(pairs));
    }
}
