//! Order lines as columns: what the sorter takes, and what the table's own
//! files give back.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::{
    DataType, Decimal64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};

use crate::{Error, Result};

/// Lines read from one file. The columns that are arrays are those of the
/// batch as it was read; `rows` says which of its rows each line is.
pub struct LineBatch<'a> {
    /// The reading the lines come from.
    pub ingest_id: i64,
    /// Per line, its row in the arrays below.
    pub rows: &'a [u32],
    /// Per line, the customer; none where it is not known.
    pub customer_id: &'a [Option<i64>],
    /// Per line, the number of its record in the file.
    pub line: &'a [i64],
    /// Per line, x 10,000.
    pub quantity: &'a [i64],
    /// Per line, x 10,000.
    pub amount: &'a [i64],
    /// Per line, a hash of the whole record, columns that are not kept
    /// included; none where only the columns read are known.
    pub record_hash: Option<&'a [u64]>,
    /// UTC microseconds.
    pub time_us: &'a [i64],
    /// x 1,000,000.
    pub unit_price: Option<&'a Int64Array>,
    /// x 10,000.
    pub cost: Option<&'a Int64Array>,
    /// x 10,000.
    pub discount: Option<&'a Int64Array>,
    /// Texts: `Utf8` or `Dictionary(Int32, Utf8)`, as all below.
    pub order_id: Option<&'a ArrayRef>,
    /// What was bought.
    pub product_id: Option<&'a ArrayRef>,
    /// The order that the line gives back something of.
    pub return_of: Option<&'a ArrayRef>,
    /// Where it was bought.
    pub channel: Option<&'a ArrayRef>,
    /// The project's traits, in the order of the schema.
    pub traits: Vec<Option<&'a ArrayRef>>,
}

/// What lines that are in the table already have beside.
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
    ints: Vec<Option<Int64Array>>,
}

/// Decimals of a stored batch, in this order.
const DECIMALS: [&str; 5] = ["quantity", "amount", "unit_price", "cost", "discount"];

impl StoredBatch {
    /// Checks the columns that cannot be missing, so that the rest cannot fail.
    pub fn new(batch: RecordBatch, wanted: impl Fn(i64) -> bool) -> Result<Self> {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let needed = [
            ("subject_id", DataType::Int64),
            ("customer_id", DataType::Int64),
            ("line", DataType::Int64),
            ("time", time),
            ("quantity", DataType::Decimal64(18, 4)),
            ("amount", DataType::Decimal64(18, 4)),
            ("copies", DataType::Int32),
            ("is_repeat", DataType::Boolean),
            ("ingest_id", DataType::Int64),
        ];
        for (name, kind) in needed {
            let good = batch
                .column_by_name(name)
                .is_some_and(|c| c.data_type() == &kind);
            if !good {
                return Err(Error::Caller(
                    format!("a file of `order_lines` lacks column `{name}` of the right type")
                        .into(),
                ));
            }
        }
        let ints = DECIMALS
            .iter()
            .map(|name| {
                let d = batch
                    .column_by_name(name)?
                    .as_primitive_opt::<Decimal64Type>()?;
                Some(Int64Array::new(d.values().clone(), d.nulls().cloned()))
            })
            .collect();
        let mut stored = Self {
            batch,
            rows: Vec::new(),
            customer_id: Vec::new(),
            ints,
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

    /// Calls `each` with the wanted lines and what is stored beside them.
    pub fn with<R>(
        &self,
        traits: &[String],
        each: impl FnOnce(&LineBatch<'_>, &Stored<'_>) -> R,
    ) -> R {
        let of_rows = |values: &[i64]| -> Vec<i64> {
            self.rows.iter().map(|&row| values[row as usize]).collect()
        };
        let decimals = |at: usize| self.ints.get(at).and_then(Option::as_ref);
        let kept = |at: usize| decimals(at).map_or_else(Vec::new, |d| of_rows(d.values()));
        let ints = |name: &str| self.column(name).as_primitive::<Int64Type>();
        let line = of_rows(ints("line").values());
        let text = |name: &str| self.batch.column_by_name(name);
        let lines = LineBatch {
            ingest_id: 0,
            rows: &self.rows,
            customer_id: &self.customer_id,
            line: &line,
            quantity: &kept(0),
            amount: &kept(1),
            record_hash: None,
            time_us: self.times(),
            unit_price: decimals(2),
            cost: decimals(3),
            discount: decimals(4),
            order_id: text("order_id"),
            product_id: text("product_id"),
            return_of: text("return_of"),
            channel: text("channel"),
            traits: traits.iter().map(|name| text(name)).collect(),
        };
        let stored = Stored {
            subject_id: ints("subject_id"),
            ingest_id: ints("ingest_id").values(),
            copies: self.column("copies").as_primitive::<Int32Type>().values(),
            is_repeat: self.column("is_repeat").as_boolean(),
        };
        each(&lines, &stored)
    }
}
