//! Rows that a law wants kept (`must_keep`) of somebody who is to be forgotten.

use std::collections::HashMap;

use perennial_govern::keeping::{due_us, must_stay};
use perennial_lake::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use perennial_lake::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use perennial_lake::tables::{is_of, read_batches};

use crate::Result;
use crate::project::Project;
use crate::settings::Table;
use crate::visible;

/// Which rows must stay.
pub(super) struct Keeping {
    /// By reading, for how long from a row's time on, microseconds.
    lengths: HashMap<i64, i64>,
    now_us: i64,
    /// Everything that was read stays, whatever the law says.
    is_all: bool,
}

impl Keeping {
    /// Everything that was read.
    pub fn everything(project: &Project) -> Self {
        Self {
            lengths: HashMap::new(),
            now_us: project.now_us(),
            is_all: true,
        }
    }

    /// Whether everything that was read stays.
    pub fn is_everything(&self) -> bool {
        self.is_all
    }

    /// What must be kept of somebody, and from when on it need not; none where
    /// nothing must.
    pub async fn of(project: &Project, subject_id: i64) -> Result<Option<(Self, i64)>> {
        let lengths = lengths(project).await?;
        if lengths.is_empty() {
            return Ok(None);
        }
        let keeping = Self {
            lengths,
            now_us: project.now_us(),
            is_all: false,
        };
        let versions = visible::tables(project).await?.versions;
        let mut last_us: Option<i64> = None;
        let columns = ["customer_id", "subject_id", "ingest_id", "time"];
        for table in Table::ALL.iter().map(|table| table.as_str()) {
            let Some(version) = versions.get(table).copied() else {
                continue;
            };
            read_batches(
                &project.lake,
                table,
                Some(version),
                Some(&columns),
                |batch| {
                    let own = is_of(&batch, subject_id);
                    for row in own.values().set_indices() {
                        let due_us = keeping.due_us(&batch, row);
                        last_us = last_us.max(due_us.filter(|due_us| *due_us > keeping.now_us));
                    }
                    Ok(())
                },
            )
            .await?;
        }
        Ok(last_us.map(|last_us| (keeping, last_us)))
    }

    /// When the row of a batch need not be kept any more; none where it need not
    /// be at all.
    fn due_us(&self, batch: &RecordBatch, row: usize) -> Option<i64> {
        let (time_us, length_us) = self.row(batch, row)?;
        Some(due_us(time_us, length_us))
    }

    /// A row's time, and how long it must be kept.
    fn row(&self, batch: &RecordBatch, row: usize) -> Option<(i64, i64)> {
        let readings = batch.column_by_name("ingest_id")?;
        let readings = readings.as_primitive_opt::<Int64Type>()?;
        let times = batch.column_by_name("time")?;
        let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
        let length_us = self.lengths.get(&readings.value(row))?;
        times.is_valid(row).then(|| (times.value(row), *length_us))
    }

    /// Which rows of a batch are somebody's and need not stay.
    pub fn need_not_stay(&self, batch: &RecordBatch, subject_id: i64) -> BooleanArray {
        let own = is_of(batch, subject_id);
        let goes = |row: usize| {
            let wanted = self.row(batch, row);
            let stays = self.is_all
                || wanted
                    .is_some_and(|(time_us, length_us)| must_stay(time_us, length_us, self.now_us));
            own.value(row) && !stays
        };
        (0..batch.num_rows()).map(|row| Some(goes(row))).collect()
    }
}

/// By reading, how long a law wants its rows kept.
async fn lengths(project: &Project) -> Result<HashMap<i64, i64>> {
    let sources = &project.settings.sources;
    if sources.iter().all(|source| source.must_keep.is_none()) {
        return Ok(HashMap::new());
    }
    let notes = crate::govern::notes(project).await?.unwrap_or_default();
    let of = |source: Option<usize>| sources.get(source?)?.must_keep;
    let books = notes.books.iter();
    Ok(books
        .filter_map(|book| Some((book.ingest_id, of(book.source)?.as_micros())))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use perennial_lake::arrow::array::{ArrayRef, Int64Array, TimestampMicrosecondArray};

    use super::*;

    #[test]
    fn rows_of_a_reading_stay_until_they_are_due() {
        let keeping = Keeping {
            lengths: HashMap::from([(1, 100)]),
            now_us: 1_000,
            is_all: false,
        };
        let ints = |values: Vec<i64>| Arc::new(Int64Array::from(values)) as ArrayRef;
        let times = TimestampMicrosecondArray::from(vec![950, 890, 950, 950]);
        let batch = RecordBatch::try_from_iter([
            ("customer_id", ints(vec![7, 7, 7, 8])),
            ("ingest_id", ints(vec![1, 1, 2, 1])),
            ("time", Arc::new(times.with_timezone("UTC")) as ArrayRef),
        ])
        .unwrap();
        // Young and to be kept; past its time; of a reading no law asks for; another's.
        let gone = keeping.need_not_stay(&batch, 7);
        assert_eq!(gone, BooleanArray::from(vec![false, true, true, false]));
        assert_eq!(keeping.due_us(&batch, 0), Some(1_050));
        assert_eq!(keeping.due_us(&batch, 2), None);
    }
}
