//! Sorted rows back to columns, as they go to disk.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, BooleanBufferBuilder, Int32Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;

use super::bucket::Kept;
use super::codes::Codes;
use super::row::{Encoder, Number};
use super::shape::{HistorySchema, Part, Shape};
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

    /// As many rows without a value.
    fn skip(&mut self, rows: usize) {
        match self.present {
            0 => self.rows += rows,
            _ => (0..rows).for_each(|_| self.push(false)),
        }
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

    /// As many missing ones.
    fn skip(&mut self, rows: usize) {
        self.values.resize(self.values.len() + rows, 0);
        self.presence.skip(rows);
    }

    /// Numbers none of which is missing.
    fn extend(&mut self, values: impl ExactSizeIterator<Item = i64>) {
        let rows = values.len();
        self.values.extend(values);
        match self.presence.present == self.presence.rows {
            true => {
                self.presence.rows += rows;
                self.presence.present += rows;
            }
            false => (0..rows).for_each(|_| self.presence.push(true)),
        }
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

    /// As many missing ones.
    fn skip(&mut self, rows: usize) {
        let end = self.ends.last().copied().unwrap_or(0);
        self.ends.resize(self.ends.len() + rows, end);
        self.presence.skip(rows);
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

/// Rows turned at a time: few enough that they stay in a core's nearest cache
/// while one column after the other is read from them.
const BLOCK_ROWS: usize = 128;

/// The columns of `rows`, in their order.
pub(super) fn to_batch(
    rows: &[Kept<'_>],
    schema: &HistorySchema,
    encoder: &Encoder,
) -> Result<RecordBatch> {
    let mut columns = Columns::new(rows.len(), schema, encoder);
    for block in rows.chunks(BLOCK_ROWS) {
        columns.add_fixed(block);
        columns.add_place(block);
        columns.add_rest(block);
    }
    schema.to_disk(columns.finish(schema.shape())?)
}

/// Quantity, unit price and amount, of a shape that has them.
struct Money {
    quantity: Vec<i64>,
    unit_price: Ints,
    amount: Vec<i64>,
}

/// The columns so far.
struct Columns<'a> {
    encoder: &'a Encoder,
    codes: Vec<&'a Codes>,
    time: Vec<i64>,
    money: Option<Money>,
    subject: Ints,
    customer: Ints,
    line: Vec<i64>,
    ingest: Vec<i64>,
    copies: Vec<i32>,
    repeats: BooleanBufferBuilder,
    key: Texts,
    rare_numbers: Vec<Ints>,
    rare_texts: Vec<Texts>,
    /// Texts that recur, traits.
    numbered: Vec<Texts>,
}

impl<'a> Columns<'a> {
    fn new(rows: usize, schema: &HistorySchema, encoder: &'a Encoder) -> Self {
        let whole = || Vec::with_capacity(rows);
        let ints = || Ints::with_capacity(rows);
        let texts = || Texts::with_capacity(rows);
        let shape = schema.shape();
        let numbered = shape.of(Part::Text).count() + schema.traits().len();
        Self {
            encoder,
            codes: (0..numbered).map(|column| encoder.codes(column)).collect(),
            time: whole(),
            money: shape.has_money().then(|| Money {
                quantity: whole(),
                unit_price: ints(),
                amount: whole(),
            }),
            subject: ints(),
            customer: ints(),
            line: whole(),
            ingest: whole(),
            copies: Vec::with_capacity(rows),
            repeats: BooleanBufferBuilder::new(rows),
            key: texts(),
            rare_numbers: shape.rare_numbers().map(|_| ints()).collect(),
            rare_texts: shape.of(Part::RareText).map(|_| texts()).collect(),
            numbered: (0..numbered).map(|_| texts()).collect(),
        }
    }

    /// What stands at a fixed place.
    fn add_fixed(&mut self, block: &[Kept<'_>]) {
        let layout = self.encoder.layout();
        self.time
            .extend(block.iter().map(|kept| kept.row.time_us()));
        let Some(columns) = &mut self.money else {
            return;
        };
        for kept in block {
            let money = kept.row.money(layout);
            columns.quantity.push(money.quantity);
            columns.amount.push(money.amount);
            columns.unit_price.push(money.unit_price);
        }
    }

    /// Where each row was read, and what was noted of it.
    fn add_place(&mut self, block: &[Kept<'_>]) {
        let is_plain = block.iter().all(|kept| kept.row.is_plain_customer());
        if is_plain {
            let customers = || block.iter().map(|kept| kept.row.customer());
            self.subject.extend(customers());
            self.customer.extend(customers());
        }
        for kept in block {
            let tail = kept.row.tail();
            if !is_plain {
                self.subject.push(tail.subject);
                self.customer.push(tail.customer);
            }
            self.line.push(tail.line);
            self.ingest.push(self.encoder.ingest_id(tail.ingest));
        }
        self.copies.extend(block.iter().map(|kept| kept.copies));
        if block.iter().any(|kept| kept.is_repeat) {
            let each = block.iter().map(|kept| kept.is_repeat);
            each.for_each(|is_repeat| self.repeats.append(is_repeat));
        } else {
            self.repeats.append_n(block.len(), false);
        }
    }

    /// What has no fixed place in a row, and the texts with numbers, whose
    /// exceptions stand there.
    fn add_rest(&mut self, block: &[Kept<'_>]) {
        let layout = self.encoder.layout();
        let is_rare = block.iter().any(|kept| kept.row.has_rare());
        if !is_rare {
            let numbers = self.rare_numbers.iter_mut();
            numbers.for_each(|column| column.skip(block.len()));
            let texts = self.rare_texts.iter_mut();
            texts.for_each(|column| column.skip(block.len()));
        }
        for kept in block {
            let mut rest = kept.row.rest(layout);
            self.key.push(rest.key());
            if is_rare {
                for (nth, column) in self.rare_numbers.iter_mut().enumerate() {
                    column.push(rest.rare_number(nth));
                }
                for (nth, column) in self.rare_texts.iter_mut().enumerate() {
                    column.push(rest.rare_text(nth));
                }
            }
            for (place, (column, codes)) in self.numbered.iter_mut().zip(&self.codes).enumerate() {
                column.push(match kept.row.number(place) {
                    Number::Missing => None,
                    Number::Of(code) => Some(codes.text(code)),
                    Number::Written => Some(rest.text()),
                });
            }
        }
    }

    /// All columns in the order of the schema.
    fn finish(mut self, shape: &Shape) -> Result<Vec<ArrayRef>> {
        let ints = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
        let time = TimestampMicrosecondArray::from(self.time).with_timezone("UTC");
        let repeats = BooleanArray::new(self.repeats.finish(), None);
        let rows = self.line.len();
        let mut columns: Vec<ArrayRef> = vec![
            self.subject.finish(),
            self.customer.finish(),
            self.key.finish()?,
            ints(self.line),
            Arc::new(time),
        ];
        let (quantity, unit_price, amount) = match self.money {
            Some(m) => (Some(m.quantity), Some(m.unit_price), Some(m.amount)),
            None => (None, None, None),
        };
        let (mut quantity, mut unit_price, mut amount) = (
            quantity.map(ints),
            unit_price.map(Ints::finish),
            amount.map(ints),
        );
        let mut numbered = self.numbered.into_iter().map(Texts::finish);
        let mut rare_texts = self.rare_texts.into_iter().map(Texts::finish);
        let mut rare_numbers = self.rare_numbers.into_iter().map(Ints::finish);
        for column in shape.columns {
            let array = match column.part {
                Part::Text => numbered.next().transpose()?,
                Part::RareText => rare_texts.next().transpose()?,
                Part::RareDecimal | Part::RareTime => rare_numbers.next(),
                Part::Quantity => quantity.take(),
                Part::UnitPrice => unit_price.take(),
                Part::Amount => amount.take(),
            };
            columns.push(array.unwrap_or_else(|| new_null_array(&DataType::Utf8, rows)));
        }
        columns.extend([
            Arc::new(Int32Array::from(self.copies)) as ArrayRef,
            Arc::new(repeats),
            ints(self.ingest),
        ]);
        for column in numbered {
            columns.push(column?);
        }
        Ok(columns)
    }
}
