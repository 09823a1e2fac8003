//! Hashes of whole rows of a table, columns that nobody asked for included.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::Schema;
use arrow::row::{RowConverter, SortField};
use xxhash_rust::xxh3::xxh3_64;

/// Hashes the rows of batches of one schema, so that equal rows have equal hashes
/// in every batch.
pub(super) struct RowHasher {
    converter: RowConverter,
    /// The columns that count, by their place in a batch.
    columns: Vec<usize>,
}

impl RowHasher {
    /// For batches of `schema`; `None` if no column has a form in bytes, which only
    /// some nested ones lack.
    pub fn new(schema: &Schema) -> Option<Self> {
        let field = |place: &usize| {
            let field = schema.fields().get(*place)?;
            Some(SortField::new(field.data_type().clone()))
        };
        let has_bytes = |place: &usize| {
            field(place).is_some_and(|field| RowConverter::supports_fields(&[field]))
        };
        let columns: Vec<usize> = (0..schema.fields().len()).filter(has_bytes).collect();
        if columns.is_empty() {
            return None;
        }
        let fields = columns.iter().filter_map(field).collect();
        Some(RowHasher {
            converter: RowConverter::new(fields).ok()?,
            columns,
        })
    }

    /// One hash a row; `None` if the batch is of another schema.
    pub fn hashes(&self, batch: &RecordBatch) -> Option<Vec<u64>> {
        let columns: Vec<ArrayRef> = self
            .columns
            .iter()
            .map(|place| batch.columns().get(*place).cloned())
            .collect::<Option<_>>()?;
        let rows = self.converter.convert_columns(&columns).ok()?;
        Some(rows.iter().map(|row| xxh3_64(row.as_ref())).collect())
    }
}
