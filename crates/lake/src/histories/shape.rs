//! What the rows of each customer-major table are: its columns, and how they
//! are named in the table's log and on disk.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal64Array, RecordBatch, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};

use crate::Result;

/// The column every such table is partitioned by.
pub const PART_COLUMN: &str = "bucket";

/// One kind of customer-major table. Every one of them has who and when it was
/// (`subject_id`, `customer_id`, `time`), where it was read (`line`, `ingest_id`)
/// and what was noted of equal rows (`copies`, `is_repeat`); this is the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The table's name.
    pub table: &'static str,
    /// The column that tells rows of one customer and moment apart that happened
    /// twice from a row that was read twice: the id of an order, of a message.
    pub key: &'static str,
    /// What a row says, in the order of the table's columns.
    pub columns: &'static [ShapeColumn],
}

/// One column of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub part: Part,
}

/// What a column holds, and so where it stands in a row of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A text that recurs: a product, a name.
    Text,
    /// A text that hardly recurs, and that most rows do not have.
    RareText,
    /// decimal(18,4), in every row; only beside the two below.
    Quantity,
    /// decimal(18,6).
    UnitPrice,
    /// decimal(18,4), in every row.
    Amount,
    /// decimal(18,4) that most rows do not have.
    RareDecimal,
    /// A moment that a row may not have: UTC microseconds.
    RareTime,
}

impl Part {
    fn decimal_scale(self) -> Option<i8> {
        match self {
            Self::Quantity | Self::Amount | Self::RareDecimal => Some(4),
            Self::UnitPrice => Some(6),
            Self::Text | Self::RareText | Self::RareTime => None,
        }
    }

    /// Whether it is a whole number that a row may not have.
    pub(super) fn is_rare_number(self) -> bool {
        matches!(self, Self::RareDecimal | Self::RareTime)
    }

    fn is_always_there(self) -> bool {
        matches!(self, Self::Quantity | Self::Amount)
    }
}

const fn column(name: &'static str, part: Part) -> ShapeColumn {
    ShapeColumn { name, part }
}

/// Lines of orders.
pub const ORDER_LINES: Shape = Shape {
    table: "order_lines",
    key: "order_id",
    columns: &[
        column("product_id", Part::Text),
        column("quantity", Part::Quantity),
        column("unit_price", Part::UnitPrice),
        column("amount", Part::Amount),
        column("cost", Part::RareDecimal),
        column("discount", Part::RareDecimal),
        column("return_of", Part::RareText),
        column("channel", Part::Text),
    ],
};

/// Things that happened: a page seen, a song played, a login.
pub const EVENTS: Shape = Shape {
    table: "events",
    key: "message_id",
    columns: &[
        column("name", Part::Text),
        column("product_id", Part::Text),
        column("channel", Part::Text),
    ],
};

/// Contracts, each a row: `time` is when it began.
pub const SUBSCRIPTIONS: Shape = Shape {
    table: "subscriptions",
    key: "subscription_id",
    columns: &[
        column("plan", Part::Text),
        column("end_time", Part::RareTime),
        column("due_time", Part::RareTime),
        column("price", Part::RareDecimal),
        column("channel", Part::Text),
    ],
};

impl Shape {
    /// Whether rows have quantity, unit price and amount.
    pub fn has_money(&self) -> bool {
        self.of(Part::Amount).next().is_some()
    }

    /// The columns that hold `part`, in their order.
    pub fn of(&self, part: Part) -> impl Iterator<Item = &'static str> {
        let columns = self.columns.iter();
        columns
            .filter(move |column| column.part == part)
            .map(|column| column.name)
    }

    /// The columns of whole numbers that a row may not have, in their order.
    pub fn rare_numbers(&self) -> impl Iterator<Item = &'static str> {
        let columns = self.columns.iter();
        columns
            .filter(|column| column.part.is_rare_number())
            .map(|column| column.name)
    }
}

/// A shape with a project's own traits behind its columns. On disk decimals
/// take 64 bits.
#[derive(Debug, Clone)]
pub struct HistorySchema {
    shape: Shape,
    traits: Vec<String>,
    disk: SchemaRef,
    table: SchemaRef,
}

impl HistorySchema {
    /// The schema with the named traits (text columns).
    pub fn new(shape: Shape, traits: &[String]) -> Self {
        let disk = fields(&shape, traits, |scale| DataType::Decimal64(18, scale));
        let mut table = fields(&shape, traits, |scale| DataType::Decimal128(18, scale));
        table.push(Field::new(PART_COLUMN, DataType::Int32, false));
        Self {
            shape,
            traits: traits.to_vec(),
            disk: Arc::new(Schema::new(disk)),
            table: Arc::new(Schema::new(table)),
        }
    }

    /// What the rows are.
    pub fn shape(&self) -> &Shape {
        &self.shape
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
                DataType::Timestamp(..) if array.data_type() == &DataType::Int64 => {
                    let ints = array.as_primitive::<Int64Type>();
                    let times = TimestampMicrosecondArray::new(
                        ints.values().clone(),
                        ints.nulls().cloned(),
                    );
                    Ok(Arc::new(times.with_timezone("UTC")) as ArrayRef)
                }
                _ => Ok(array),
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(RecordBatch::try_new(self.disk.clone(), columns)?)
    }
}

/// All columns of a data file.
fn fields(shape: &Shape, traits: &[String], decimal: impl Fn(i8) -> DataType) -> Vec<Field> {
    let mut fields = vec![
        Field::new("subject_id", DataType::Int64, true),
        Field::new("customer_id", DataType::Int64, true),
        Field::new(shape.key, DataType::Utf8, true),
        Field::new("line", DataType::Int64, false),
        Field::new("time", time_type(), false),
    ];
    fields.extend(shape.columns.iter().map(|column| {
        let kind = match (column.part, column.part.decimal_scale()) {
            (_, Some(scale)) => decimal(scale),
            (Part::RareTime, None) => time_type(),
            (_, None) => DataType::Utf8,
        };
        Field::new(column.name, kind, !column.part.is_always_there())
    }));
    fields.extend([
        Field::new("copies", DataType::Int32, false),
        Field::new("is_repeat", DataType::Boolean, false),
        Field::new("ingest_id", DataType::Int64, false),
    ]);
    let traits = traits.iter();
    fields.extend(traits.map(|name| Field::new(name, DataType::Utf8, true)));
    fields
}

/// Microseconds with a zone: UTC.
pub(super) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}
