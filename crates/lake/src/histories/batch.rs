//! Rows as columns: what the sorter takes, and what a table's own files give
//! back.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Decimal64Type, Int32Type, Int64Type, TimestampMicrosecondType};

use super::shape::{HistorySchema, Part, Shape, time_type};
use crate::{Error, Result};

/// Rows read from one file. The columns that are arrays are those of the
/// batch as it was read; `rows` says which of its rows each kept row is.
pub struct RowBatch<'a> {
    /// The reading the rows come from.
    pub ingest_id: i64,
    /// Per kept row, its row in the arrays below.
    pub rows: &'a [u32],
    /// Per kept row, the customer; none where it is not known.
    pub customer_id: &'a [Option<i64>],
    /// Per kept row, the number of its record in the file.
    pub line: &'a [i64],
    /// Per kept row, a hash of the whole record, columns that are not kept
    /// included; none where only the columns read are known.
    pub record_hash: Option<&'a [u64]>,
    /// UTC microseconds.
    pub time_us: &'a [i64],
    /// What was bought, for a shape that has money.
    pub money: Option<MoneyColumns<'a>>,
    /// The shape's key. Texts: `Utf8` or `Dictionary(Int32, Utf8)`, as all below.
    pub key: Option<&'a ArrayRef>,
    /// The shape's columns of [`Part::Text`] in order, then the project's traits.
    pub texts: Vec<Option<&'a ArrayRef>>,
    /// Those of [`Part::RareText`].
    pub rare_texts: Vec<Option<&'a ArrayRef>>,
    /// Those of [`Shape::rare_numbers`]: decimals x 10,000, moments in UTC microseconds.
    pub rare_numbers: Vec<Option<&'a Int64Array>>,
}

/// Quantity, amount and unit price.
#[derive(Clone, Copy)]
pub struct MoneyColumns<'a> {
    /// Per kept row, x 10,000.
    pub quantity: &'a [i64],
    /// Per kept row, x 10,000.
    pub amount: &'a [i64],
    /// By row of the arrays, x 1,000,000.
    pub unit_price: Option<&'a Int64Array>,
}

/// What rows that are in the table already have beside.
pub(super) struct Stored<'a> {
    pub subject_id: &'a Int64Array,
    pub ingest_id: &'a [i64],
    pub copies: &'a [i32],
    pub is_repeat: &'a BooleanArray,
}

/// A batch of one of the table's own files, taken apart.
pub(super) struct StoredBatch {
    batch: RecordBatch,
    rows: Vec<u32>,
    customer_id: Vec<Option<i64>>,
    /// The shape's decimals and moments as whole numbers, in the order of its columns.
    numbers: Vec<(&'static str, Part, Option<Int64Array>)>,
}

impl StoredBatch {
    /// Checks the columns that cannot be missing, so that the rest cannot fail.
    pub fn new(batch: RecordBatch, shape: &Shape, wanted: impl Fn(i64) -> bool) -> Result<Self> {
        check(&batch, shape)?;
        let numbers = shape.columns.iter().map(|column| {
            let found = batch.column_by_name(column.name);
            (column.name, column.part, found.and_then(whole_numbers))
        });
        let mut stored = Self {
            numbers: numbers.collect(),
            batch,
            rows: Vec::new(),
            customer_id: Vec::new(),
        };
        stored.rows = (0_u32..)
            .zip(stored.times())
            .filter(|(_, time)| wanted(**time))
            .map(|(row, _)| row)
            .collect();
        let customers = stored.column("customer_id").as_primitive::<Int64Type>();
        stored.customer_id = stored
            .rows
            .iter()
            .map(|&row| (!customers.is_null(row as usize)).then(|| customers.value(row as usize)))
            .collect();
        Ok(stored)
    }

    fn column(&self, name: &str) -> &ArrayRef {
        // Its presence was checked when the batch was taken apart.
        let place = self.batch.schema_ref().index_of(name).unwrap_or(0);
        self.batch.column(place)
    }

    fn times(&self) -> &[i64] {
        self.column("time")
            .as_primitive::<TimestampMicrosecondType>()
            .values()
    }

    /// The first of the numbers that are `part`.
    fn first_of(&self, part: Part) -> Option<&Int64Array> {
        let mut numbers = self.numbers.iter();
        let (_, _, ints) = numbers.find(|(_, of, _)| *of == part)?;
        ints.as_ref()
    }

    /// The numbers that a row may not have.
    fn rare_numbers(&self) -> impl Iterator<Item = Option<&Int64Array>> {
        let numbers = self.numbers.iter();
        numbers
            .filter(|(_, part, _)| part.is_rare_number())
            .map(|(_, _, ints)| ints.as_ref())
    }

    /// Calls `each` with the wanted rows and what is stored beside them.
    pub fn with<R>(
        &self,
        schema: &HistorySchema,
        each: impl FnOnce(&RowBatch<'_>, &Stored<'_>) -> R,
    ) -> R {
        let of_rows = |values: &[i64]| -> Vec<i64> {
            self.rows.iter().map(|&row| values[row as usize]).collect()
        };
        let kept = |part: Part| {
            let column = self.first_of(part);
            column.map_or_else(Vec::new, |column| of_rows(column.values()))
        };
        let ints = |name: &str| self.column(name).as_primitive::<Int64Type>();
        let text = |name: &str| self.batch.column_by_name(name);
        let shape = schema.shape();
        let (quantity, amount) = (kept(Part::Quantity), kept(Part::Amount));
        let rows = RowBatch {
            ingest_id: 0,
            rows: &self.rows,
            customer_id: &self.customer_id,
            line: &of_rows(ints("line").values()),
            record_hash: None,
            time_us: self.times(),
            money: shape.has_money().then_some(MoneyColumns {
                quantity: &quantity,
                amount: &amount,
                unit_price: self.first_of(Part::UnitPrice),
            }),
            key: text(shape.key),
            texts: (shape.of(Part::Text).map(text))
                .chain(schema.traits().iter().map(|name| text(name)))
                .collect(),
            rare_texts: shape.of(Part::RareText).map(text).collect(),
            rare_numbers: self.rare_numbers().collect(),
        };
        let stored = Stored {
            subject_id: ints("subject_id"),
            ingest_id: ints("ingest_id").values(),
            copies: self.column("copies").as_primitive::<Int32Type>().values(),
            is_repeat: self.column("is_repeat").as_boolean(),
        };
        each(&rows, &stored)
    }
}

/// A stored decimal or moment as the whole number that it is.
fn whole_numbers(column: &ArrayRef) -> Option<Int64Array> {
    if let Some(decimals) = column.as_primitive_opt::<Decimal64Type>() {
        let nulls = decimals.nulls().cloned();
        return Some(Int64Array::new(decimals.values().clone(), nulls));
    }
    let times = column.as_primitive_opt::<TimestampMicrosecondType>()?;
    Some(Int64Array::new(
        times.values().clone(),
        times.nulls().cloned(),
    ))
}

/// The columns that no row can be without.
fn check(batch: &RecordBatch, shape: &Shape) -> Result<()> {
    let mut needed = vec![
        ("subject_id", DataType::Int64),
        ("customer_id", DataType::Int64),
        ("line", DataType::Int64),
        ("time", time_type()),
        ("copies", DataType::Int32),
        ("is_repeat", DataType::Boolean),
        ("ingest_id", DataType::Int64),
    ];
    for part in [Part::Quantity, Part::Amount] {
        needed.extend(
            shape
                .of(part)
                .map(|name| (name, DataType::Decimal64(18, 4))),
        );
    }
    for (name, kind) in needed {
        let good = batch
            .column_by_name(name)
            .is_some_and(|c| c.data_type() == &kind);
        if !good {
            let table = shape.table;
            let message = format!("a file of `{table}` lacks column `{name}` of the right type");
            return Err(Error::Caller(message.into()));
        }
    }
    Ok(())
}
