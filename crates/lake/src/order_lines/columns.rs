//! Sorted rows back to columns, as they go to disk.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;

use super::LineSchema;
use super::bucket::Kept;
use super::codes::Codes;
use super::row::{Encoder, Number, Row};
use crate::Result;

/// Bytes of a text, for the first allocation.
const TEXT_BYTES: usize = 8;

/// Which rows have a value; nothing is kept while all have or none has.
#[derive(Default)]
struct Presence {
    rows: usize,
    present: usize,
    each: Vec<bool>,
}

impl Presence {
    #[inline(always)]
    fn push(&mut self, present: bool) {
        self.rows += 1;
        self.present += usize::from(present);
        if self.present != self.rows && self.present != 0 {
            self.push_mixed(present);
        }
    }

    #[inline(never)]
    fn push_mixed(&mut self, present: bool) {
        if self.each.is_empty() {
            self.each = vec![!present; self.rows - 1];
        }
        self.each.push(present);
    }

    fn nulls(self) -> Option<NullBuffer> {
        (self.present < self.rows).then(|| match self.each.is_empty() {
            true => NullBuffer::new_null(self.rows),
            false => NullBuffer::from(self.each),
        })
    }
}

/// A whole number that may be missing, for every row.
#[derive(Default)]
struct Ints {
    values: Vec<i64>,
    presence: Presence,
}

impl Ints {
    fn with_capacity(rows: usize) -> Self {
        Self {
            values: Vec::with_capacity(rows),
            presence: Presence::default(),
        }
    }

    #[inline(always)]
    fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.presence.push(value.is_some());
    }

    fn finish(self) -> ArrayRef {
        Arc::new(Int64Array::new(self.values.into(), self.presence.nulls()))
    }
}

/// A text column.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<i32>,
    presence: Presence,
}

impl Texts {
    fn with_capacity(rows: usize) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self {
            bytes: Vec::with_capacity(rows * TEXT_BYTES),
            ends,
            presence: Presence::default(),
        }
    }

    #[inline(always)]
    fn push(&mut self, text: Option<&[u8]>) {
        self.bytes.extend_from_slice(text.unwrap_or_default());
        // Rows whose texts pass 2 GiB together are refused at the end.
        self.ends
            .push(i32::try_from(self.bytes.len()).unwrap_or(-1));
        self.presence.push(text.is_some());
    }

    fn finish(self) -> Result<ArrayRef> {
        let rows = self.presence.rows;
        if self.presence.present == 0 {
            return Ok(new_null_array(&DataType::Utf8, rows));
        }
        if self.ends.last() == Some(&-1) {
            return Err(crate::Error::Caller(
                "texts of 2 GiB in one row group".into(),
            ));
        }
        let array = BinaryArray::try_new(
            OffsetBuffer::new(ScalarBuffer::from(self.ends)),
            Buffer::from_vec(self.bytes),
            self.presence.nulls(),
        )?;
        // Checks that all is UTF-8, once for all rows.
        Ok(Arc::new(StringArray::try_from_binary(array)?))
    }
}

/// The columns of `rows`, in their order.
pub(super) fn to_batch(
    rows: &[Kept<'_>],
    schema: &LineSchema,
    encoder: &Encoder,
) -> Result<RecordBatch> {
    let whole = |of: &dyn Fn(Row<'_>) -> i64| -> Vec<i64> {
        rows.iter().map(|kept| of(kept.row)).collect()
    };
    let ints = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let rare = rare_columns(rows, schema, encoder)?;
    let (subject, customer, line, ingest) = tail_columns(rows, encoder);
    let mut unit_price = Ints::with_capacity(rows.len());
    rows.iter()
        .for_each(|kept| unit_price.push(kept.row.unit_price()));
    let copies: Int32Array = rows.iter().map(|kept| Some(kept.copies)).collect();
    let repeats: BooleanArray = rows.iter().map(|kept| Some(kept.is_repeat)).collect();
    let time = TimestampMicrosecondArray::from(whole(&|row| row.time_us()));
    let [cost, discount] = rare.money;
    let mut numbered = rare.numbered.into_iter();
    let mut next = || {
        numbered
            .next()
            .unwrap_or_else(|| new_null_array(&DataType::Utf8, rows.len()))
    };
    let (product, channel) = (next(), next());
    let mut columns: Vec<ArrayRef> = vec![
        subject,
        customer,
        rare.order,
        ints(line),
        Arc::new(time.with_timezone("UTC")),
        product,
        ints(whole(&|row| row.quantity())),
        unit_price.finish(),
        ints(whole(&|row| row.amount())),
        cost,
        discount,
        rare.return_of,
        channel,
        Arc::new(copies),
        Arc::new(repeats),
        ints(ingest),
    ];
    columns.extend(schema.traits().iter().map(|_| next()));
    schema.to_disk(columns)
}

/// Subject, customer, line and reading of each row.
fn tail_columns(rows: &[Kept<'_>], encoder: &Encoder) -> (ArrayRef, ArrayRef, Vec<i64>, Vec<i64>) {
    let ints = || Ints::with_capacity(rows.len());
    let (mut subject, mut customer) = (ints(), ints());
    let mut line = Vec::with_capacity(rows.len());
    let mut ingest = Vec::with_capacity(rows.len());
    for kept in rows {
        let tail = kept.row.tail();
        subject.push(tail.subject);
        customer.push(tail.customer);
        line.push(tail.line);
        ingest.push(encoder.ingest_id(tail.ingest));
    }
    (subject.finish(), customer.finish(), line, ingest)
}

/// What has no fixed place in a row, and the texts with numbers, whose
/// exceptions stand there.
struct RareColumns {
    order: ArrayRef,
    money: [ArrayRef; 2],
    return_of: ArrayRef,
    /// Product, channel, traits.
    numbered: Vec<ArrayRef>,
}

fn rare_columns(rows: &[Kept<'_>], schema: &LineSchema, encoder: &Encoder) -> Result<RareColumns> {
    let layout = encoder.layout();
    let texts = || Texts::with_capacity(rows.len());
    let (mut order, mut return_of) = (texts(), texts());
    let ints = || Ints::with_capacity(rows.len());
    let (mut cost, mut discount) = (ints(), ints());
    let codes: Vec<&Codes> = (0..schema.traits().len() + 2)
        .map(|column| encoder.codes(column))
        .collect();
    let mut numbered: Vec<Texts> = codes.iter().map(|_| texts()).collect();
    for kept in rows {
        let mut rest = kept.row.rest(layout);
        order.push(rest.order());
        cost.push(rest.cost());
        discount.push(rest.discount());
        return_of.push(rest.return_of());
        for (place, (column, codes)) in numbered.iter_mut().zip(&codes).enumerate() {
            column.push(match kept.row.number(place) {
                Number::Missing => None,
                Number::Of(code) => Some(codes.text(code)),
                Number::Written => Some(rest.text()),
            });
        }
    }
    Ok(RareColumns {
        order: order.finish()?,
        money: [cost.finish(), discount.finish()],
        return_of: return_of.finish()?,
        numbered: numbered
            .into_iter()
            .map(Texts::finish)
            .collect::<Result<_>>()?,
    })
}
