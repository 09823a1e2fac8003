//! Sorted rows back to columns, as they go to disk.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};

use super::LineSchema;
use super::bucket::Kept;
use super::codes::Codes;
use super::row::{Encoder, Text};
use crate::Result;

/// Bytes of a text, for the first allocation.
const TEXT_BYTES: usize = 8;

/// A whole number that may be missing, for every row.
#[derive(Default)]
struct Ints {
    values: Vec<i64>,
    valid: Vec<bool>,
}

impl Ints {
    fn with_capacity(rows: usize) -> Self {
        Self {
            values: Vec::with_capacity(rows),
            valid: Vec::with_capacity(rows),
        }
    }

    #[inline]
    fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(value.is_some());
    }

    fn finish(self) -> ArrayRef {
        let nulls = (!self.valid.iter().all(|v| *v)).then(|| self.valid.into());
        Arc::new(Int64Array::new(self.values.into(), nulls))
    }
}

/// A text column, and the numbers of its texts if it has them.
struct Texts<'a> {
    builder: BinaryBuilder,
    codes: Option<&'a Codes>,
}

impl<'a> Texts<'a> {
    fn new(rows: usize, codes: Option<&'a Codes>) -> Self {
        Self {
            builder: BinaryBuilder::with_capacity(rows, rows * TEXT_BYTES),
            codes,
        }
    }

    #[inline]
    fn push(&mut self, text: &Text<'_>) {
        match (text, self.codes) {
            (Text::Written(bytes), _) => self.builder.append_value(bytes),
            (Text::Numbered(code), Some(codes)) => self.builder.append_value(codes.text(*code)),
            _ => self.builder.append_null(),
        }
    }

    fn finish(mut self) -> Result<ArrayRef> {
        // Checks that all is UTF-8, once for all rows.
        Ok(Arc::new(StringArray::try_from_binary(
            self.builder.finish(),
        )?))
    }
}

/// The columns of `rows`, in their order.
pub(super) fn to_batch(
    rows: &[Kept<'_>],
    schema: &LineSchema,
    encoder: &Encoder,
) -> Result<RecordBatch> {
    let count = rows.len();
    let ints = || Ints::with_capacity(count);
    let texts = |codes: Option<usize>| Texts::new(count, codes.map(|at| encoder.codes(at)));
    let (mut subject, mut customer) = (ints(), ints());
    let (mut line, mut time) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut quantity, mut amount) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut ingest = Vec::with_capacity(count);
    let mut money = [ints(), ints(), ints()];
    let (mut order, mut product) = (texts(None), texts(Some(0)));
    // Return of, channel, traits.
    let mut rest: Vec<Texts<'_>> = std::iter::once(texts(None))
        .chain((0..=schema.traits().len()).map(|at| texts(Some(at + 1))))
        .collect();
    for kept in rows {
        let mut fields = kept.row.fields();
        order.push(&fields.text());
        product.push(&fields.text());
        quantity.push(fields.signed());
        amount.push(fields.signed());
        money.iter_mut().for_each(|m| m.push(fields.optional()));
        rest.iter_mut().for_each(|text| text.push(&fields.text()));
        let tail = kept.row.tail();
        subject.push(tail.subject);
        customer.push(tail.customer);
        line.push(tail.line);
        time.push(kept.row.time_us());
        ingest.push(encoder.ingest_id(tail.ingest));
    }
    let [unit_price, cost, discount] = money.map(Ints::finish);
    let whole = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let copies: Int32Array = rows.iter().map(|kept| Some(kept.copies)).collect();
    let repeats: BooleanArray = rows.iter().map(|kept| Some(kept.is_repeat)).collect();
    let mut rest = rest.into_iter().map(Texts::finish);
    let mut next = || rest.next().unwrap_or_else(|| texts(None).finish());
    let (return_of, channel) = (next()?, next()?);
    let mut columns: Vec<ArrayRef> = vec![
        subject.finish(),
        customer.finish(),
        order.finish()?,
        whole(line),
        Arc::new(TimestampMicrosecondArray::from(time).with_timezone("UTC")),
        product.finish()?,
        whole(quantity),
        unit_price,
        whole(amount),
        cost,
        discount,
        return_of,
        channel,
        Arc::new(copies),
        Arc::new(repeats),
        whole(ingest),
    ];
    for _ in schema.traits() {
        columns.push(next()?);
    }
    schema.to_disk(columns)
}
