//! A batch as it was read becomes rows of a history, or is set aside row by row.

use perennial_lake::arrow::array::{
    Array, AsArray, Int64Array, StringArray, TimestampMicrosecondArray,
};
use perennial_lake::arrow::buffer::NullBuffer;
use perennial_lake::arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use perennial_lake::histories::{MoneyColumns, Part, RowBatch, Shape};
use perennial_lake::sources::RawBatch;
use perennial_ledger::IDENTIFIER_BYTES_MAX;

use super::PAST_KEEPING;
use super::relative::Groupless;
use super::spec::{Purpose, Reading};
use crate::settings::{Role, Table};
use crate::{Error, Result};

/// 1900-01-01 and 2200-01-01, UTC microseconds: what lies outside is no time
/// at which anything happened.
pub(super) const TIME_RANGE_US: std::ops::Range<i64> =
    -2_208_988_800_000_000..7_258_118_400_000_000;
/// How far after the reading a row may lie: clocks and zones differ.
const FUTURE_US: i64 = 2 * 86_400_000_000;
/// The largest number of a decimal(18, s).
const DECIMAL_MAX: i128 = 999_999_999_999_999_999;

/// Rows to set aside, with the column and the reason.
pub(super) struct Refused {
    pub row: usize,
    pub column: Option<String>,
    pub reason: &'static str,
}

/// Where each part of a row stands among the columns read.
pub(super) struct Places {
    time: usize,
    customer: usize,
    key: Option<usize>,
    /// Of a shape with money.
    money: Option<MoneyPlaces>,
    /// Texts that recur, in the order of the shape; then the project's traits.
    texts: Vec<Option<usize>>,
    rare_texts: Vec<Option<usize>>,
    rare_numbers: Vec<Option<usize>>,
    /// Of a contract: when it ended.
    end: Option<usize>,
    /// What lies later has not happened yet, UTC microseconds.
    latest_us: i64,
    /// What lies earlier is past its time and not kept, UTC microseconds.
    earliest_us: i64,
}

/// The moments between which rows are kept, UTC microseconds.
#[derive(Clone, Copy)]
pub(super) struct Span {
    /// The moment of reading.
    pub now_us: i64,
    /// From when on rows are kept; none where all are.
    pub from_us: Option<i64>,
}

struct MoneyPlaces {
    quantity: Option<usize>,
    unit_price: Option<usize>,
    amount: Option<usize>,
    cost: Option<usize>,
    discount: Option<usize>,
}

impl Places {
    /// Looks the parts of `table` up; `traits` are all the project's traits in
    /// order.
    pub fn new(
        reading: &Reading,
        table: Table,
        shape: &Shape,
        traits: &[String],
        span: Span,
    ) -> Result<Self> {
        let need = |role: Role| {
            reading.place(role).ok_or_else(|| {
                Error::cannot(
                    "source/part-missing",
                    format!("no column is named for `{role}`"),
                    "name it in `columns` of the source",
                )
            })
        };
        // A contract that is not said to have ended ends when it was due to.
        let end = reading.place(Role::End).or(reading.place(Role::Due));
        // The columns of a shape are called as the parts of its table, but for
        // two that would be words of SQL.
        let named = |name: &'static str| match name {
            "end_time" => end,
            "due_time" => reading.place(Role::Due),
            name => reading.place(Role::from_word(name)?),
        };
        let of = |part: Part| shape.of(part).map(named);
        let traits = traits.iter().map(|name| {
            let mut purposes = reading.purposes.iter();
            purposes.position(|p| *p == Purpose::Trait(name.clone()))
        });
        Ok(Self {
            latest_us: span.now_us.saturating_add(FUTURE_US),
            earliest_us: span.from_us.unwrap_or(i64::MIN),
            time: need(table.moment())?,
            customer: need(Role::CustomerId)?,
            key: named(shape.key),
            money: shape.has_money().then(|| MoneyPlaces {
                quantity: reading.place(Role::Quantity),
                unit_price: reading.place(Role::UnitPrice),
                amount: reading.place(Role::Amount),
                cost: reading.place(Role::Cost),
                discount: reading.place(Role::Discount),
            }),
            texts: of(Part::Text).chain(traits).collect(),
            rare_texts: of(Part::RareText).collect(),
            rare_numbers: shape.rare_numbers().map(named).collect(),
            end: end.filter(|_| table == Table::Subscriptions),
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

/// Which rows can be kept, and which cannot.
pub(super) struct Judged {
    pub keep: Vec<u32>,
    /// Quantity and amount of those kept, of a shape with money.
    pub quantity: Vec<i64>,
    pub amount: Vec<i64>,
    pub refused: Vec<Refused>,
}

/// What is wrong with a row: its column, if it is one, and the reason.
type Fault = (Option<usize>, &'static str);

/// The first thing that was found wrong with each row while it was read.
fn first_faults(batch: &RawBatch, groupless: &[Groupless]) -> Vec<Option<Fault>> {
    let mut first: Vec<Option<Fault>> = vec![None; batch.rows];
    for bad in &batch.bad {
        if let Some(fault @ None) = first.get_mut(bad.row) {
            *fault = Some((bad.column, bad.reason.code()));
        }
    }
    for found in groupless {
        if let Some(fault @ None) = first.get_mut(found.row) {
            *fault = Some((Some(found.group), "row/day-zero-unknown"));
        }
    }
    first
}

/// Decides on every row of the batch.
pub(super) fn judge(
    batch: &RawBatch,
    reading: &Reading,
    places: &Places,
    groupless: &[Groupless],
) -> Judged {
    let money = places.money.as_ref().map(|places| Money::of(batch, places));
    let ends = EndColumn::of(batch, places);
    let times = times(batch, places);
    let mut judged = Judged {
        keep: Vec::with_capacity(batch.rows),
        quantity: Vec::with_capacity(batch.rows),
        amount: Vec::with_capacity(batch.rows),
        refused: Vec::new(),
    };
    let long = long_identifiers(batch, places);
    let name = |place: usize| reading.spec.columns.get(place).map(|c| c.name.clone());
    for (row, fault) in first_faults(batch, groupless).into_iter().enumerate() {
        let time = times.filter(|t| t.is_valid(row)).map(|t| t.value(row));
        let verdict = match (fault, time) {
            // Of a row past its time nothing is kept, readable or not.
            (_, Some(t)) if t < places.earliest_us && TIME_RANGE_US.contains(&t) => {
                Err((None, PAST_KEEPING))
            }
            (Some((place, reason)), _) => Err((place, reason)),
            (None, None) => Err((Some(places.time), "row/no-time")),
            (None, Some(t)) if !TIME_RANGE_US.contains(&t) => {
                Err((Some(places.time), "row/time-impossible"))
            }
            (None, Some(t)) if t > places.latest_us => {
                Err((Some(places.time), "row/time-in-future"))
            }
            (None, Some(_)) if long.get(row) == Some(&true) => {
                Err((Some(places.customer), "row/identifier-too-long"))
            }
            (None, Some(start)) if ends.is_before(row, start) => {
                Err((places.end, "row/ends-before-start"))
            }
            (None, Some(_)) => match &money {
                None => Ok(None),
                Some(money) => money.of_row(row).map(Some).map_err(|reason| (None, reason)),
            },
        };
        match verdict {
            Ok(money) => {
                judged.keep.push(row as u32);
                if let Some((quantity, amount)) = money {
                    judged.quantity.push(quantity);
                    judged.amount.push(amount);
                }
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

/// Rows whose customer's identifier is longer than the vault takes; empty where
/// there is none, as nearly always.
fn long_identifiers(batch: &RawBatch, places: &Places) -> Vec<bool> {
    let Some(column) = batch.columns[places.customer].as_dictionary_opt::<Int32Type>() else {
        return Vec::new();
    };
    let Some(texts) = column.values().as_string_opt::<i32>() else {
        return Vec::new();
    };
    let is_long = |key: usize| texts.value_length(key) as usize > IDENTIFIER_BYTES_MAX;
    if !(0..texts.len()).any(is_long) {
        return Vec::new();
    }
    let keys = column.keys().iter();
    keys.map(|key| key.is_some_and(|key| is_long(key as usize)))
        .collect()
}

/// When contracts ended; of other tables there is none.
struct EndColumn<'a>(Option<&'a TimestampMicrosecondArray>);

impl<'a> EndColumn<'a> {
    fn of(batch: &'a RawBatch, places: &Places) -> Self {
        let column = places.end.and_then(|place| batch.columns.get(place));
        Self(column.and_then(|column| column.as_primitive_opt()))
    }

    fn get(&self, row: usize) -> Option<i64> {
        let ends = self.0?;
        ends.is_valid(row).then(|| ends.value(row))
    }

    fn is_before(&self, row: usize, start_us: i64) -> bool {
        self.get(row).is_some_and(|end| end <= start_us)
    }
}

struct Money<'a> {
    quantity: Option<Ints<'a>>,
    price: Option<Ints<'a>>,
    amount: Option<Ints<'a>>,
    discount: Option<Ints<'a>>,
    cost: Option<Ints<'a>>,
    has_quantity: bool,
}

impl<'a> Money<'a> {
    fn of(batch: &'a RawBatch, places: &MoneyPlaces) -> Self {
        Self {
            quantity: Ints::of(batch, places.quantity),
            price: Ints::of(batch, places.unit_price),
            amount: Ints::of(batch, places.amount),
            discount: Ints::of(batch, places.discount),
            cost: Ints::of(batch, places.cost),
            has_quantity: places.quantity.is_some(),
        }
    }

    /// Quantity and amount of a row, both times 10,000. An amount that is not
    /// given is quantity times price less discount, rounded half away from
    /// zero; a quantity that is not mapped is one, with the amount's sign.
    fn of_row(&self, row: usize) -> Result<(i64, i64), &'static str> {
        let given = |column: &Option<Ints>| column.as_ref().and_then(|c| c.get(row));
        let quantity = match (self.has_quantity, given(&self.quantity)) {
            (true, None) => return Err("row/no-quantity"),
            (true, Some(quantity)) => Some(quantity),
            (false, _) => None,
        };
        let amount = match (given(&self.amount), given(&self.price)) {
            (Some(amount), _) => i128::from(amount),
            (None, Some(price)) => {
                product(quantity.unwrap_or(10_000), price)
                    - i128::from(given(&self.discount).unwrap_or(0))
            }
            (None, None) => return Err("row/no-amount"),
        };
        let others = [&self.quantity, &self.price, &self.discount, &self.cost];
        let too_large = |column: &Option<Ints>| {
            given(column).is_some_and(|value| i128::from(value).abs() > DECIMAL_MAX)
        };
        if amount.abs() > DECIMAL_MAX || others.into_iter().any(too_large) {
            return Err("row/amount-too-large");
        }
        let amount = amount as i64;
        Ok((
            quantity.unwrap_or(if amount < 0 { -10_000 } else { 10_000 }),
            amount,
        ))
    }
}

/// Quantity (x 10,000) times price (x 1,000,000), x 10,000, rounded half away
/// from zero. Nearly all fit 64 bits, whose division is tenfold faster.
fn product(quantity: i64, price: i64) -> i128 {
    match quantity.checked_mul(price) {
        Some(product) if product.abs() < i64::MAX - 500_000 => {
            let half = if product < 0 { -500_000 } else { 500_000 };
            i128::from((product + half) / 1_000_000)
        }
        _ => {
            let product = i128::from(quantity) * i128::from(price);
            let half = if product < 0 { -500_000 } else { 500_000 };
            (product + half) / 1_000_000
        }
    }
}

/// Hashes of the kept rows' whole records, columns not kept included. `None` of a table
/// that has no other columns than those read, which are compared anyway.
pub(super) fn record_hashes(batch: &RawBatch, judged: &Judged) -> Option<Vec<u64>> {
    let hash = |row: &u32| batch.record_hash(*row as usize);
    judged.keep.iter().map(hash).collect()
}

/// The moments among the columns of numbers that a row may not have, as whole
/// numbers: in the order of the shape, none for those that are no moments.
pub(super) fn rare_moments(batch: &RawBatch, places: &Places) -> Vec<Option<Int64Array>> {
    let whole = |place: &Option<usize>| {
        let column = batch.columns.get((*place)?)?;
        let moments = column.as_primitive_opt::<TimestampMicrosecondType>()?;
        let nulls = moments.nulls().cloned();
        Some(Int64Array::new(moments.values().clone(), nulls))
    };
    places.rare_numbers.iter().map(whole).collect()
}

/// The kept rows. `rare` is what [`rare_moments`] gives. `customers` and `record_hash` have one entry a kept row,
/// `numbers` (the record's number in its file) too.
pub(super) fn row_batch<'a>(
    batch: &'a RawBatch,
    judged: &'a Judged,
    places: &Places,
    ingest_id: i64,
    customers: &'a [Option<i64>],
    numbers: &'a [i64],
    record_hash: Option<&'a [u64]>,
    rare: &'a [Option<Int64Array>],
) -> RowBatch<'a> {
    let column = |place: &Option<usize>| place.and_then(|p| batch.columns.get(p));
    let ints = |place| column(place).and_then(|c| c.as_primitive_opt::<Int64Type>());
    let numbers_of = places.rare_numbers.iter().zip(rare);
    RowBatch {
        ingest_id,
        rows: &judged.keep,
        customer_id: customers,
        line: numbers,
        record_hash,
        time_us: times(batch, places).map_or(&[], |t| t.values()),
        money: places.money.as_ref().map(|places| MoneyColumns {
            quantity: &judged.quantity,
            amount: &judged.amount,
            unit_price: ints(&places.unit_price),
        }),
        key: column(&places.key),
        texts: places.texts.iter().map(column).collect(),
        rare_texts: places.rare_texts.iter().map(column).collect(),
        rare_numbers: numbers_of
            .map(|(place, rare)| ints(place).or(rare.as_ref()))
            .collect(),
    }
}

/// The moments of the batch's rows.
pub(super) fn times<'a>(
    batch: &'a RawBatch,
    places: &Places,
) -> Option<&'a TimestampMicrosecondArray> {
    batch.columns.get(places.time)?.as_primitive_opt()
}

/// The distinct identifiers of some rows, and for each of them which it has.
pub(super) struct Identifiers<'a> {
    pub names: Vec<&'a str>,
    pub of_row: Vec<Option<u32>>,
}

/// The identifiers of some rows of a batch; a missing, empty or overlong one is
/// none.
pub(super) fn identifiers<'a>(
    batch: &'a RawBatch,
    rows: &[u32],
    places: &Places,
) -> Identifiers<'a> {
    let mut found = Identifiers {
        names: Vec::new(),
        of_row: vec![None; rows.len()],
    };
    let Some(column) = batch.columns[places.customer].as_dictionary_opt::<Int32Type>() else {
        return found;
    };
    let Some(texts) = column.values().as_string_opt::<i32>() else {
        return found;
    };
    let mut place_of: Vec<Option<u32>> = vec![None; texts.len()];
    for (&row, of_row) in rows.iter().zip(&mut found.of_row) {
        let row = row as usize;
        if column.keys().is_null(row) {
            continue;
        }
        let key = column.keys().value(row) as usize;
        let name = texts.value(key);
        if name.is_empty() || name.len() > IDENTIFIER_BYTES_MAX {
            continue;
        }
        let place = *place_of[key].get_or_insert_with(|| {
            found.names.push(name);
            found.names.len() as u32 - 1
        });
        *of_row = Some(place);
    }
    found
}

/// One text column of the batch, for traits that go to the vault.
pub(super) fn texts(batch: &RawBatch, place: usize) -> Option<&StringArray> {
    batch.columns.get(place)?.as_string_opt::<i32>()
}
