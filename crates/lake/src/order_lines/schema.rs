//! The columns of `order_lines`, as the table's log names them and on disk.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};

use crate::Result;

/// The table's name.
pub const TABLE: &str = "order_lines";
/// The column the table is partitioned by.
pub const PART_COLUMN: &str = "bucket";

/// The schema of `order_lines` with a project's own traits behind the fixed
/// columns. On disk decimals take 64 bits.
#[derive(Debug, Clone)]
pub struct LineSchema {
    traits: Vec<String>,
    disk: SchemaRef,
    table: SchemaRef,
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
        let disk = fields(&|scale| DataType::Decimal64(18, scale));
        let mut table = fields(&|scale| DataType::Decimal128(18, scale));
        table.push(Field::new(PART_COLUMN, DataType::Int32, false));
        Self {
            traits: traits.to_vec(),
            disk: Arc::new(Schema::new(disk)),
            table: Arc::new(Schema::new(table)),
        }
    }

    /// The project's own columns, in order.
    pub fn traits(&self) -> &[String] {
        &self.traits
    }

    /// Columns of a data file.
    pub(crate) fn disk(&self) -> &SchemaRef {
        &self.disk
    }

    /// Columns of the table as its log names them, the bucket last.
    pub fn table(&self) -> &SchemaRef {
        &self.table
    }

    /// Columns in order, decimals as scaled integers, as they go to disk; no
    /// value is copied.
    pub(crate) fn to_disk(&self, columns: Vec<ArrayRef>) -> Result<RecordBatch> {
        let columns = columns
            .into_iter()
            .zip(self.disk.fields())
            .map(|(array, field)| match field.data_type() {
                DataType::Decimal64(p, s) => {
                    let ints = array.as_primitive::<Int64Type>();
                    let decimals =
                        Decimal64Array::new(ints.values().clone(), ints.nulls().cloned())
                            .with_precision_and_scale(*p, *s)?;
                    Ok(Arc::new(decimals) as ArrayRef)
                }
                _ => Ok(array),
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(RecordBatch::try_new(self.disk.clone(), columns)?)
    }
}
