//! A batch as it was read becomes order lines, or is set aside row by row.

use std::sync::Arc;

use perennial_lake::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    UInt32Array, new_null_array,
};
use perennial_lake::arrow::buffer::NullBuffer;
use perennial_lake::arrow::compute::take;
use perennial_lake::arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use perennial_lake::order_lines::LineSchema;
use perennial_lake::sources::RawBatch;
use xxhash_rust::xxh3::xxh3_64;

use super::spec::{Purpose, Reading};
use crate::settings::Role;
use crate::{Error, Result};

/// 1900-01-01 and 2200-01-01, UTC microseconds: what lies outside is no time
/// of a purchase.
const TIME_RANGE_US: std::ops::Range<i64> = -2_208_988_800_000_000..7_258_118_400_000_000;
/// The largest number of a decimal(18, s).
const DECIMAL_MAX: i128 = 999_999_999_999_999_999;

/// Rows to set aside, with the column and the reason.
pub(super) struct Refused {
    pub row: usize,
    pub column: Option<String>,
    pub reason: &'static str,
}

/// Where each part of a line stands among the columns read.
pub(super) struct Places {
    time: usize,
    customer: usize,
    order: Option<usize>,
    product: Option<usize>,
    quantity: Option<usize>,
    unit_price: Option<usize>,
    amount: Option<usize>,
    cost: Option<usize>,
    discount: Option<usize>,
    return_of: Option<usize>,
    channel: Option<usize>,
    /// In the order of the project's traits.
    traits: Vec<Option<usize>>,
}

impl Places {
    /// Looks the parts up; `traits` are all the project's traits in order.
    pub fn new(reading: &Reading, traits: &[String]) -> Result<Self> {
        let need = |role: Role| {
            reading.place(role).ok_or_else(|| {
                Error::cannot(
                    "source/part-missing",
                    format!("no column is named for `{role}`"),
                    "name it in `columns` of the source",
                )
            })
        };
        Ok(Self {
            time: need(Role::Time)?,
            customer: need(Role::CustomerId)?,
            order: reading.place(Role::OrderId),
            product: reading.place(Role::ProductId),
            quantity: reading.place(Role::Quantity),
            unit_price: reading.place(Role::UnitPrice),
            amount: reading.place(Role::Amount),
            cost: reading.place(Role::Cost),
            discount: reading.place(Role::Discount),
            return_of: reading.place(Role::ReturnOf),
            channel: reading.place(Role::Channel),
            traits: traits
                .iter()
                .map(|name| {
                    reading
                        .purposes
                        .iter()
                        .position(|p| *p == Purpose::Trait(name.clone()))
                })
                .collect(),
        })
    }
}

/// Numbers of a column and which of them are there.
struct Ints<'a> {
    values: &'a [i64],
    nulls: Option<&'a NullBuffer>,
}

impl<'a> Ints<'a> {
    fn of(batch: &'a RawBatch, place: Option<usize>) -> Option<Self> {
        let array = batch.columns.get(place?)?.as_primitive_opt::<Int64Type>()?;
        Some(Self {
            values: array.values(),
            nulls: array.nulls(),
        })
    }

    fn get(&self, row: usize) -> Option<i64> {
        let there = self.nulls.is_none_or(|nulls| nulls.is_valid(row));
        there.then(|| self.values[row])
    }
}

/// Which rows can be kept, their quantity and amount, and which cannot.
pub(super) struct Judged {
    pub keep: Vec<u32>,
    pub quantity: Vec<i64>,
    pub amount: Vec<i64>,
    pub refused: Vec<Refused>,
}

/// Decides on every row of the batch.
pub(super) fn judge(batch: &RawBatch, reading: &Reading, places: &Places) -> Judged {
    let mut first_fault: Vec<Option<(Option<usize>, &'static str)>> = vec![None; batch.rows];
    for bad in &batch.bad {
        if let Some(fault @ None) = first_fault.get_mut(bad.row) {
            *fault = Some((bad.column, bad.reason.code()));
        }
    }
    let money = Money {
        quantity: Ints::of(batch, places.quantity),
        price: Ints::of(batch, places.unit_price),
        amount: Ints::of(batch, places.amount),
        discount: Ints::of(batch, places.discount),
        has_quantity: places.quantity.is_some(),
    };
    let times = batch.columns[places.time].as_primitive_opt::<TimestampMicrosecondType>();
    let mut judged = Judged {
        keep: Vec::with_capacity(batch.rows),
        quantity: Vec::with_capacity(batch.rows),
        amount: Vec::with_capacity(batch.rows),
        refused: Vec::new(),
    };
    let name = |place: usize| reading.spec.columns.get(place).map(|c| c.name.clone());
    for (row, fault) in first_fault.into_iter().enumerate() {
        let time = times.filter(|t| t.is_valid(row)).map(|t| t.value(row));
        let verdict = match (fault, time) {
            (Some((place, reason)), _) => Err((place, reason)),
            (None, None) => Err((Some(places.time), "row/no-time")),
            (None, Some(t)) if !TIME_RANGE_US.contains(&t) => {
                Err((Some(places.time), "row/time-impossible"))
            }
            (None, Some(_)) => money.of(row).map_err(|reason| (None, reason)),
        };
        match verdict {
            Ok((quantity, amount)) => {
                judged.keep.push(row as u32);
                judged.quantity.push(quantity);
                judged.amount.push(amount);
            }
            Err((place, reason)) => {
                judged.refused.push(Refused {
                    row,
                    column: place.and_then(name),
                    reason,
                });
            }
        }
    }
    judged
}

struct Money<'a> {
    quantity: Option<Ints<'a>>,
    price: Option<Ints<'a>>,
    amount: Option<Ints<'a>>,
    discount: Option<Ints<'a>>,
    has_quantity: bool,
}

impl Money<'_> {
    /// Quantity and amount of a row, both times 10,000. An amount that is not
    /// given is quantity times price less discount, rounded half away from
    /// zero; a quantity that is not mapped is one, with the amount's sign.
    fn of(&self, row: usize) -> Result<(i64, i64), &'static str> {
        let given = |column: &Option<Ints>| column.as_ref().and_then(|c| c.get(row));
        let quantity = match (self.has_quantity, given(&self.quantity)) {
            (true, None) => return Err("row/no-quantity"),
            (true, Some(quantity)) => Some(quantity),
            (false, _) => None,
        };
        let amount = match (given(&self.amount), given(&self.price)) {
            (Some(amount), _) => i128::from(amount),
            (None, Some(price)) => {
                let product = i128::from(quantity.unwrap_or(10_000)) * i128::from(price);
                let half = if product < 0 { -500_000 } else { 500_000 };
                (product + half) / 1_000_000 - i128::from(given(&self.discount).unwrap_or(0))
            }
            (None, None) => return Err("row/no-amount"),
        };
        if amount.abs() > DECIMAL_MAX {
            return Err("row/amount-too-large");
        }
        let amount = amount as i64;
        Ok((
            quantity.unwrap_or(if amount < 0 { -10_000 } else { 10_000 }),
            amount,
        ))
    }
}

/// The kept rows as a working batch. `subjects` has one entry a kept row.
pub(super) fn working_batch(
    batch: &RawBatch,
    judged: &Judged,
    places: &Places,
    schema: &LineSchema,
    subjects: &[Option<i64>],
    ingest_id: i64,
) -> Result<RecordBatch> {
    let rows = judged.keep.len();
    let index = UInt32Array::from(judged.keep.clone());
    let all = rows == batch.rows;
    let column = |place: Option<usize>, kind: &DataType| -> Result<ArrayRef> {
        let Some(array) = place.and_then(|p| batch.columns.get(p)) else {
            return Ok(new_null_array(kind, rows));
        };
        let taken = if all {
            array.clone()
        } else {
            take(array, &index, None).map_err(perennial_lake::Error::from)?
        };
        Ok(taken)
    };
    let (text, int) = (DataType::Utf8, DataType::Int64);
    let ids: ArrayRef = Arc::new(subjects.iter().copied().collect::<Int64Array>());
    let line = judged
        .keep
        .iter()
        .map(|&r| batch.row_in_file(r as usize) as i64);
    let mut columns: Vec<ArrayRef> = vec![
        ids.clone(),
        ids,
        column(places.order, &text)?,
        Arc::new(Int64Array::from_iter_values(line)),
        column(Some(places.time), &int)?,
        column(places.product, &text)?,
        Arc::new(Int64Array::from(judged.quantity.clone())),
        column(places.unit_price, &int)?,
        Arc::new(Int64Array::from(judged.amount.clone())),
        column(places.cost, &int)?,
        column(places.discount, &int)?,
        column(places.return_of, &text)?,
        column(places.channel, &text)?,
        Arc::new(Int32Array::from(vec![1; rows])),
        Arc::new(BooleanArray::from(vec![false; rows])),
        Arc::new(Int64Array::from(vec![ingest_id; rows])),
    ];
    for place in &places.traits {
        columns.push(column(*place, &text)?);
    }
    // Of a text file the whole record counts, columns not kept included; of a
    // Parquet file the columns read.
    let hashes: ArrayRef = if batch.is_text() {
        let hash = |row: &u32| Some(xxh3_64(&batch.raw_record(*row as usize)) as i64);
        Arc::new(judged.keep.iter().map(hash).collect::<Int64Array>())
    } else {
        Arc::new(Int64Array::from(vec![0; rows]))
    };
    columns.push(hashes);
    Ok(RecordBatch::try_new(schema.working().clone(), columns)
        .map_err(perennial_lake::Error::from)?)
}

/// The identifiers of the kept rows; `None` where there is none.
pub(super) fn identifiers<'a>(
    batch: &'a RawBatch,
    judged: &Judged,
    places: &Places,
) -> Vec<Option<&'a str>> {
    let empty = || vec![None; judged.keep.len()];
    let Some(texts) = batch.columns[places.customer].as_string_opt::<i32>() else {
        return empty();
    };
    let value = |row: usize| {
        texts
            .is_valid(row)
            .then(|| texts.value(row))
            .filter(|t| !t.is_empty())
    };
    judged.keep.iter().map(|&row| value(row as usize)).collect()
}

/// One text column of the batch, for traits that go to the vault.
pub(super) fn texts(batch: &RawBatch, place: usize) -> Option<&StringArray> {
    batch.columns.get(place)?.as_string_opt::<i32>()
}
