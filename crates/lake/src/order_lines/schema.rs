//! The columns of `order_lines`, in memory and on disk.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal64Array, RecordBatch};
use arrow::datatypes::{DataType, Decimal64Type, Field, Int64Type, Schema, SchemaRef, TimeUnit};

use crate::Result;

/// The table's name.
pub const TABLE: &str = "order_lines";
/// The column the table is partitioned by.
pub const PART_COLUMN: &str = "bucket";

/// Columns of a working batch, in order, before the traits.
pub(crate) mod col {
    pub const CUSTOMER: usize = 1;
    pub const ORDER: usize = 2;
    pub const LINE: usize = 3;
    pub const TIME: usize = 4;
    pub const COPIES: usize = 13;
    pub const REPEAT: usize = 14;
    pub const INGEST: usize = 15;
}

/// The schema of `order_lines` with a project's own traits behind the fixed
/// columns.
///
/// Working batches (what [`super::LineSorter`] takes) hold decimals as scaled
/// 64-bit integers; on disk they are decimals of 64 bits. Their last column,
/// `record_hash`, is a hash of the whole record as it was read, columns that
/// are not kept included; it is not stored, and missing for rows that come
/// from the lake.
#[derive(Debug, Clone)]
pub struct LineSchema {
    working: SchemaRef,
    disk: SchemaRef,
    table: SchemaRef,
    read_hint: SchemaRef,
}

/// Fixed columns: name, decimal scale (if it is one), type otherwise, nullable.
const FIXED: [(&str, Option<i8>, DataType, bool); 16] = [
    ("subject_id", None, DataType::Int64, true),
    ("customer_id", None, DataType::Int64, true),
    ("order_id", None, DataType::Utf8, true),
    ("line", None, DataType::Int64, false),
    ("time", None, DataType::Null, false),
    ("product_id", None, DataType::Utf8, true),
    ("quantity", Some(4), DataType::Int64, false),
    ("unit_price", Some(6), DataType::Int64, true),
    ("amount", Some(4), DataType::Int64, false),
    ("cost", Some(4), DataType::Int64, true),
    ("discount", Some(4), DataType::Int64, true),
    ("return_of", None, DataType::Utf8, true),
    ("channel", None, DataType::Utf8, true),
    ("copies", None, DataType::Int32, false),
    ("is_repeat", None, DataType::Boolean, false),
    ("ingest_id", None, DataType::Int64, false),
];

impl LineSchema {
    /// The schema with the named traits (text columns).
    pub fn new(traits: &[String]) -> Self {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let fields = |decimal: &dyn Fn(i8) -> DataType| -> Vec<Field> {
            let fixed = FIXED.iter().map(|(name, scale, plain, nullable)| {
                let kind = match (scale, plain) {
                    (Some(scale), _) => decimal(*scale),
                    (None, DataType::Null) => time.clone(),
                    (None, plain) => plain.clone(),
                };
                Field::new(*name, kind, *nullable)
            });
            fixed
                .chain(traits.iter().map(|t| Field::new(t, DataType::Utf8, true)))
                .collect()
        };
        let mut working = fields(&|_| DataType::Int64);
        working.push(Field::new("record_hash", DataType::Int64, true));
        let disk = fields(&|scale| DataType::Decimal64(18, scale));
        let mut table = fields(&|scale| DataType::Decimal128(18, scale));
        table.push(Field::new(PART_COLUMN, DataType::Int32, false));
        Self {
            working: Arc::new(Schema::new(working)),
            read_hint: Arc::new(Schema::new(disk.clone())),
            disk: Arc::new(Schema::new(disk)),
            table: Arc::new(Schema::new(table)),
        }
    }

    /// Columns of a working batch: decimals as scaled integers (quantity and
    /// money by 10,000, unit price by 1,000,000).
    pub fn working(&self) -> &SchemaRef {
        &self.working
    }

    /// Columns of a data file.
    pub(crate) fn disk(&self) -> &SchemaRef {
        &self.disk
    }

    /// Columns of the table as its log names them, the bucket last.
    pub fn table(&self) -> &SchemaRef {
        &self.table
    }

    /// The types a reader asks a data file for.
    pub(crate) fn read_hint(&self) -> &SchemaRef {
        &self.read_hint
    }

    /// A working batch as it goes to disk; no value is copied.
    pub(crate) fn to_disk(&self, columns: &[ArrayRef]) -> Result<RecordBatch> {
        let columns = columns
            .iter()
            .zip(self.disk.fields())
            .map(|(array, field)| match field.data_type() {
                DataType::Decimal64(p, s) => {
                    let ints = array.as_primitive::<Int64Type>();
                    let decimals =
                        Decimal64Array::new(ints.values().clone(), ints.nulls().cloned())
                            .with_precision_and_scale(*p, *s)?;
                    Ok(Arc::new(decimals) as ArrayRef)
                }
                _ => Ok(array.clone()),
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(RecordBatch::try_new(self.disk.clone(), columns)?)
    }

    /// A batch read from disk as a working batch; a trait the file does not
    /// have yet is missing in all its rows.
    pub(crate) fn to_working(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = self
            .working
            .fields()
            .iter()
            .map(|field| {
                let Some(array) = batch.column_by_name(field.name()) else {
                    return arrow::array::new_null_array(field.data_type(), batch.num_rows());
                };
                match array.data_type() {
                    DataType::Decimal64(..) => {
                        let d = array.as_primitive::<Decimal64Type>();
                        Arc::new(arrow::array::Int64Array::new(
                            d.values().clone(),
                            d.nulls().cloned(),
                        ))
                    }
                    _ => array.clone(),
                }
            })
            .collect();
        Ok(RecordBatch::try_new(self.working.clone(), columns)?)
    }
}
