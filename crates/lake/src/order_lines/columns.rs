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
use super::row::{Encoder, Text};
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
    #[inline(always)]
    fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.presence.push(value.is_some());
    }

    fn finish(self) -> ArrayRef {
        Arc::new(Int64Array::new(self.values.into(), self.presence.nulls()))
    }
}

/// A text column, and the numbers of its texts if it has them.
struct Texts<'a> {
    bytes: Vec<u8>,
    ends: Vec<i32>,
    presence: Presence,
    codes: Option<&'a Codes>,
}

impl<'a> Texts<'a> {
    fn new(rows: usize, codes: Option<&'a Codes>) -> Self {
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self {
            bytes: Vec::with_capacity(rows * TEXT_BYTES),
            ends,
            presence: Presence::default(),
            codes,
        }
    }

    #[inline]
    fn push(&mut self, text: &Text<'_>) {
        let bytes = match (text, self.codes) {
            (Text::Written(bytes), _) => Some(*bytes),
            (Text::Numbered(code), Some(codes)) => Some(codes.text(*code)),
            _ => None,
        };
        self.bytes.extend_from_slice(bytes.unwrap_or_default());
        // A batch is a row group at the most, a cell 1 MiB: rows with texts
        // that together pass 2 GiB are refused when the array is made.
        self.ends
            .push(i32::try_from(self.bytes.len()).unwrap_or(-1));
        self.presence.push(bytes.is_some());
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
    let count = rows.len();
    let ints = || Ints {
        values: Vec::with_capacity(count),
        presence: Presence::default(),
    };
    let texts = |codes: Option<usize>| Texts::new(count, codes.map(|at| encoder.codes(at)));
    let (mut subject, mut customer) = (ints(), ints());
    let (mut line, mut time) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut quantity, mut amount) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut ingest = Vec::with_capacity(count);
    let (mut unit_price, mut cost, mut discount) = (ints(), ints(), ints());
    let (mut order, mut product) = (texts(None), texts(Some(0)));
    let mut return_of = texts(None);
    // Channel, traits.
    let mut rest: Vec<Texts<'_>> = (0..=schema.traits().len())
        .map(|at| texts(Some(at + 1)))
        .collect();
    for kept in rows {
        let mut fields = kept.row.fields();
        order.push(&fields.text());
        quantity.push(fields.signed());
        amount.push(fields.signed());
        product.push(&fields.text());
        unit_price.push(fields.optional());
        rest.iter_mut().for_each(|text| text.push(&fields.text()));
        cost.push(fields.optional());
        discount.push(fields.optional());
        return_of.push(&fields.text());
        let tail = kept.row.tail();
        subject.push(tail.subject);
        customer.push(tail.customer);
        line.push(tail.line);
        time.push(kept.row.time_us());
        ingest.push(encoder.ingest_id(tail.ingest));
    }
    let whole = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let copies: Int32Array = rows.iter().map(|kept| Some(kept.copies)).collect();
    let repeats: BooleanArray = rows.iter().map(|kept| Some(kept.is_repeat)).collect();
    let mut rest = rest.into_iter().map(Texts::finish);
    let mut next = || rest.next().unwrap_or_else(|| texts(None).finish());
    let mut columns: Vec<ArrayRef> = vec![
        subject.finish(),
        customer.finish(),
        order.finish()?,
        whole(line),
        Arc::new(TimestampMicrosecondArray::from(time).with_timezone("UTC")),
        product.finish()?,
        whole(quantity),
        unit_price.finish(),
        whole(amount),
        cost.finish(),
        discount.finish(),
        return_of.finish()?,
        next()?,
        Arc::new(copies),
        Arc::new(repeats),
        whole(ingest),
    ];
    for _ in schema.traits() {
        columns.push(next()?);
    }
    schema.to_disk(columns)
}
