//! Plain totals of a raw file, per source column, before anything is cleaned:
//! what an owner of the file would count by hand.

mod distinct;
mod sum;

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type};
use xxhash_rust::xxh3::xxh3_64;

use super::infer::{Profile, is_missing};
use super::number::{NumberFormat, parse_exact, parse_f64};
use super::records::Block;

use distinct::{Distinct, mix};
pub use sum::ExactSum;

/// Totals of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnTotals {
    /// Name of the column.
    pub name: String,
    /// Rows that could be split into cells.
    pub rows: u64,
    /// Missing cells (see [`super::infer::is_missing`]).
    pub missing: u64,
    /// Cells with blanks before or after their text.
    pub outer_blanks: u64,
    /// Distinct values, trimmed, missing ones not counted.
    pub distinct: u64,
    /// The count is exact (by 64-bit hashes, up to
    /// [`super::DISTINCT_EXACT_MAX`]); otherwise an estimate within some 1 %.
    pub distinct_exact: bool,
    /// For columns of numbers.
    pub numbers: Option<NumberTotals>,
}

/// Totals of the numbers of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberTotals {
    /// Cells that are numbers.
    pub count: u64,
    /// Cells that are neither numbers nor missing.
    pub not_numbers: u64,
    /// Numbers below zero.
    pub negative: u64,
    /// Zeros.
    pub zero: u64,
    /// Smallest; NaN without numbers.
    pub min: f64,
    /// Largest; NaN without numbers.
    pub max: f64,
    /// The sum.
    pub sum: ExactSum,
}

#[derive(Debug, Clone)]
struct Counter {
    name: String,
    /// How its numbers are written, if it has numbers.
    number: Option<NumberFormat>,
    rows: u64,
    missing: u64,
    outer_blanks: u64,
    distinct: Distinct,
    numbers: NumberTotals,
}

/// Counts while a file is read. Give it to [`super::ReadSpec::totals`].
#[derive(Debug, Clone)]
pub struct Totals {
    columns: Vec<Counter>,
    /// Columns whose products are summed.
    pair: Option<(usize, usize)>,
    pair_sum: ExactSum,
}

impl Totals {
    /// Counters for the columns of a profile; `pair` names two of them
    /// (quantity and unit price, by position in the file) whose product is
    /// summed.
    pub fn new(profile: &Profile, pair: Option<(usize, usize)>) -> Self {
        let columns = profile
            .columns
            .iter()
            .map(|column| Counter {
                name: column.name.clone(),
                number: column.kind.is_number().then_some(column.number),
                rows: 0,
                missing: 0,
                outer_blanks: 0,
                distinct: Distinct::default(),
                numbers: NumberTotals {
                    count: 0,
                    not_numbers: 0,
                    negative: 0,
                    zero: 0,
                    min: f64::NAN,
                    max: f64::NAN,
                    sum: ExactSum::default(),
                },
            })
            .collect();
        Totals {
            columns,
            pair,
            pair_sum: ExactSum::default(),
        }
    }

    /// The totals so far, column by column.
    pub fn columns(&self) -> Vec<ColumnTotals> {
        self.columns
            .iter()
            .map(|counter| {
                let (distinct, distinct_exact) = counter.distinct.count();
                ColumnTotals {
                    name: counter.name.clone(),
                    rows: counter.rows,
                    missing: counter.missing,
                    outer_blanks: counter.outer_blanks,
                    distinct,
                    distinct_exact,
                    numbers: counter.number.map(|_| counter.numbers),
                }
            })
            .collect()
    }

    /// The sum of products of the pair of columns, over rows where both are
    /// numbers; `None` without a pair.
    pub fn pair_sum(&self) -> Option<ExactSum> {
        self.pair.map(|_| self.pair_sum)
    }

    /// Adds the records of a block of text; faulty ones do not count.
    pub fn add_block(&mut self, block: &Block) {
        let faulty = block.records().iter().any(|record| record.fault.is_some());
        for (position, counter) in self.columns.iter_mut().enumerate() {
            if faulty {
                let rows = block.records().iter().zip(block.column(position));
                counter.add_cells(
                    rows.filter(|(record, _)| record.fault.is_none())
                        .map(|(_, cell)| cell),
                );
            } else {
                counter.add_cells(block.column(position));
            }
        }
        if let Some((a, b)) = self.pair
            && let (Some(x), Some(y)) = (
                self.columns.get(a).and_then(|c| c.number),
                self.columns.get(b).and_then(|c| c.number),
            )
        {
            for (left, right) in block.column(a).zip(block.column(b)) {
                add_product(&mut self.pair_sum, left, &x, right, &y);
            }
        }
    }

    /// Adds a batch of Parquet; `positions` says which column of the file each
    /// of its columns is.
    pub fn add_arrays(&mut self, batch: &RecordBatch, positions: &[usize]) {
        let whole: Vec<Option<(Int64Array, u8)>> = batch.columns().iter().map(exact).collect();
        for ((array, whole), position) in batch.columns().iter().zip(&whole).zip(positions) {
            match (self.columns.get_mut(*position), whole) {
                (Some(counter), Some((mantissas, scale))) => counter.add_whole(mantissas, *scale),
                (Some(counter), None) => counter.add_array(array),
                (None, _) => {}
            }
        }
        let Some((a, b)) = self.pair else { return };
        let place = |wanted| positions.iter().position(|p| *p == wanted);
        let (Some(i), Some(j)) = (place(a), place(b)) else {
            return;
        };
        if let (Some(Some((x, p))), Some(Some((y, q)))) = (whole.get(i), whole.get(j)) {
            return self.pair_sum.add(sum_of_products(x, y), p + q);
        }
        let (Some(left), Some(right)) = (batch.columns().get(i), batch.columns().get(j)) else {
            return;
        };
        let format = |i: usize| {
            self.columns
                .get(i)
                .and_then(|c| c.number)
                .unwrap_or(NumberFormat::PLAIN)
        };
        let (Some(left), Some(right)) = (decimals(left, &format(a)), decimals(right, &format(b)))
        else {
            return;
        };
        for (left, right) in left.into_iter().zip(right) {
            match (left, right) {
                (Number::Exact(x, p), Number::Exact(y, q)) => {
                    self.pair_sum.add(i128::from(x) * i128::from(y), p + q)
                }
                (Number::None, _) | (_, Number::None) => {}
                (x, y) => self.pair_sum.add_f64(x.to_f64() * y.to_f64()),
            }
        }
    }
}

/// A number of a Parquet column.
#[derive(Debug, Clone, Copy)]
enum Number {
    None,
    /// Mantissa and digits after the decimal mark.
    Exact(i64, u8),
    Float(f64),
}

impl Number {
    fn to_f64(self) -> f64 {
        match self {
            Number::None => f64::NAN,
            Number::Exact(mantissa, scale) => mantissa as f64 / 10_f64.powi(i32::from(scale)),
            Number::Float(value) => value,
        }
    }
}

/// A double that is the nearest to a decimal number of at most six digits
/// after the decimal mark is taken for that number.
#[inline]
fn from_f64(value: f64) -> Number {
    const UNIT: f64 = 1e6;
    const EXACT: f64 = (1_u64 << 53) as f64;
    let scaled = (value * UNIT).round();
    if scaled.abs() < EXACT && scaled / UNIT == value {
        Number::Exact(scaled as i64, 6)
    } else {
        Number::Float(value)
    }
}

/// A column as numbers; `None` if it has none.
fn decimals(array: &ArrayRef, format: &NumberFormat) -> Option<Vec<Number>> {
    if array.data_type().is_integer() {
        let wide = cast(array, &DataType::Int64).ok()?;
        return Some(
            wide.as_primitive::<Int64Type>()
                .iter()
                .map(|v| v.map_or(Number::None, |v| Number::Exact(v, 0)))
                .collect(),
        );
    }
    if array.data_type().is_floating() {
        let wide = cast(array, &DataType::Float64).ok()?;
        let number = |v: Option<f64>| v.filter(|v| !v.is_nan()).map_or(Number::None, from_f64);
        return Some(
            wide.as_primitive::<Float64Type>()
                .iter()
                .map(number)
                .collect(),
        );
    }
    if let Some((values, scale)) = scaled(array) {
        let number = |v: Option<i128>| match v.map(i64::try_from) {
            Some(Ok(mantissa)) => Number::Exact(mantissa, scale),
            Some(Err(_)) => Number::Float(f64::NAN),
            None => Number::None,
        };
        return Some(values.iter().map(number).collect());
    }
    let text = cast(array, &DataType::Utf8).ok()?;
    let number =
        |cell: Option<&str>| match cell.and_then(|cell| parse_exact(cell.as_bytes(), format)) {
            Some(exact) if !exact.cut => Number::Exact(exact.mantissa, exact.scale),
            _ => cell
                .and_then(|cell| parse_f64(cell.as_bytes(), format))
                .map_or(Number::None, Number::Float),
        };
    Some(text.as_string::<i32>().iter().map(number).collect())
}

/// Whole numbers and decimals as 64-bit mantissas with their scale; `None` for
/// other columns and for larger numbers.
fn exact(array: &ArrayRef) -> Option<(Int64Array, u8)> {
    if array.data_type().is_integer() && *array.data_type() != DataType::UInt64 {
        let wide = cast(array, &DataType::Int64).ok()?;
        return Some((wide.as_primitive::<Int64Type>().clone(), 0));
    }
    let (_, scale) = scaled(array)?;
    Some((mantissas(array)?, scale))
}

/// The mantissas of a column of decimals, if all fit 64 bits.
fn mantissas(array: &ArrayRef) -> Option<Int64Array> {
    let values = array.as_primitive_opt::<Decimal128Type>()?;
    let small: Option<Vec<i64>> = values
        .values()
        .iter()
        .map(|value| i64::try_from(*value).ok())
        .collect();
    Some(Int64Array::new(small?.into(), values.nulls().cloned()))
}

/// The sum of the products of rows that have both numbers.
fn sum_of_products(left: &Int64Array, right: &Int64Array) -> i128 {
    if left.null_count() + right.null_count() == 0 {
        let rows = left.values().iter().zip(right.values());
        return rows.map(|(x, y)| i128::from(*x) * i128::from(*y)).sum();
    }
    let rows = left.iter().zip(right.iter());
    rows.filter_map(|(x, y)| Some(i128::from(x?) * i128::from(y?)))
        .sum()
}

/// The mantissas of a column of decimals with 0 to 18 digits behind the mark.
fn scaled(array: &ArrayRef) -> Option<(&PrimitiveArray<Decimal128Type>, u8)> {
    let DataType::Decimal128(_, scale @ 0..=18) = array.data_type() else {
        return None;
    };
    Some((
        array.as_primitive_opt::<Decimal128Type>()?,
        u8::try_from(*scale).ok()?,
    ))
}

#[inline]
fn add_product(sum: &mut ExactSum, left: &[u8], x: &NumberFormat, right: &[u8], y: &NumberFormat) {
    if left.is_empty() || right.is_empty() {
        return;
    }
    match (parse_exact(left, x), parse_exact(right, y)) {
        (Some(a), Some(b)) if !a.cut && !b.cut => sum.add(
            i128::from(a.mantissa) * i128::from(b.mantissa),
            a.scale + b.scale,
        ),
        _ => {
            if let (Some(a), Some(b)) = (parse_f64(left, x), parse_f64(right, y)) {
                sum.add_f64(a * b);
            }
        }
    }
}

impl NumberTotals {
    #[inline]
    fn see(&mut self, value: f64) {
        self.count += 1;
        self.negative += u64::from(value < 0.0);
        self.zero += u64::from(value == 0.0);
        // `min` and `max` of doubles pass over the NaN at the start.
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    fn see_cell(&mut self, cell: &[u8], format: &NumberFormat) {
        match parse_exact(cell, format) {
            Some(exact) if !exact.cut => {
                self.see(exact.to_f64());
                self.sum.add(i128::from(exact.mantissa), exact.scale);
            }
            _ => match parse_f64(cell, format) {
                Some(value) => {
                    self.see(value);
                    self.sum.add_f64(value);
                }
                None => self.not_numbers += 1,
            },
        }
    }
}

#[inline]
fn has_outer_blanks(cell: &[u8]) -> bool {
    let blank = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    blank(cell.first()) || blank(cell.last())
}

impl Counter {
    fn add_cells<'c>(&mut self, cells: impl Iterator<Item = &'c [u8]>) {
        let mut last: &[u8] = &[];
        for cell in cells {
            self.rows += 1;
            let mut trimmed = cell;
            if has_outer_blanks(cell) {
                trimmed = cell.trim_ascii();
                self.outer_blanks += u64::from(!trimmed.is_empty());
            }
            if is_missing(trimmed) {
                self.missing += 1;
                continue;
            }
            if trimmed != last {
                self.distinct.add(xxh3_64(trimmed));
                last = trimmed;
            }
            if let Some(format) = &self.number {
                self.numbers.see_cell(trimmed, format);
            }
        }
    }

    fn add_array(&mut self, array: &ArrayRef) {
        match array.data_type() {
            DataType::Dictionary(key, _) if **key == DataType::Int32 => self.add_dictionary(array),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => self.add_floats(array),
            DataType::Decimal128(_, 0..=18) => self.add_decimals(array),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => self.add_times(array),
            _ => self.add_as_text(array),
        }
    }

    fn add_as_text(&mut self, array: &ArrayRef) {
        match cast(array, &DataType::Utf8) {
            Ok(text) => {
                let text = text.as_string::<i32>();
                self.add_cells((0..text.len()).map(|row| {
                    if text.is_valid(row) {
                        text.value(row).as_bytes()
                    } else {
                        &[]
                    }
                }));
            }
            // Nested values have no text: present or missing is all that is said.
            Err(_) => {
                self.rows += array.len() as u64;
                self.missing += array.null_count() as u64;
            }
        }
    }

    /// Looks at each value of the dictionary once, then only counts.
    fn add_dictionary(&mut self, array: &ArrayRef) {
        let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
            return;
        };
        let mut uses = vec![0_u64; dictionary.values().len()];
        let mut absent = 0;
        for key in dictionary.keys() {
            match key
                .and_then(|key| usize::try_from(key).ok())
                .and_then(|key| uses.get_mut(key))
            {
                Some(count) => *count += 1,
                None => absent += 1,
            }
        }
        let Ok(values) = cast(dictionary.values(), &DataType::Utf8) else {
            return;
        };
        self.rows += array.len() as u64;
        self.missing += absent;
        for (value, count) in values
            .as_string::<i32>()
            .iter()
            .zip(uses)
            .filter(|(_, count)| *count > 0)
        {
            let cell = value.unwrap_or("").as_bytes();
            let trimmed = cell.trim_ascii();
            if is_missing(trimmed) {
                self.missing += count;
                continue;
            }
            self.outer_blanks += if trimmed.len() < cell.len() { count } else { 0 };
            self.distinct.add(xxh3_64(trimmed));
            if let Some(format) = &self.number {
                (0..count).for_each(|_| self.numbers.see_cell(trimmed, format));
            }
        }
    }

    fn add_floats(&mut self, array: &ArrayRef) {
        let Ok(wide) = cast(array, &DataType::Float64) else {
            return self.add_as_text(array);
        };
        self.rows += array.len() as u64;
        self.missing += array.null_count() as u64;
        for value in wide.as_primitive::<Float64Type>().iter().flatten() {
            if value.is_nan() {
                self.missing += 1;
                continue;
            }
            self.distinct.add(mix(value.to_bits()));
            if self.number.is_some() {
                self.numbers.see(value);
                match from_f64(value) {
                    Number::Exact(mantissa, scale) => {
                        self.numbers.sum.add(i128::from(mantissa), scale)
                    }
                    _ => self.numbers.sum.add_f64(value),
                }
            }
        }
    }

    /// Decimals as the integers they are stored as.
    fn add_decimals(&mut self, array: &ArrayRef) {
        let Some((values, scale)) = scaled(array) else {
            return self.add_as_text(array);
        };
        self.rows += array.len() as u64;
        self.missing += array.null_count() as u64;
        let divisor = 10_f64.powi(i32::from(scale));
        for value in values.iter().flatten() {
            self.distinct.add(mix(value as u64));
            if self.number.is_some() {
                self.numbers.see(value as f64 / divisor);
                self.numbers.sum.add(value, scale);
            }
        }
    }

    /// Whole numbers, and decimals whose mantissas fit 64 bits, which are in the
    /// same order and are divided once.
    fn add_whole(&mut self, mantissas: &Int64Array, scale: u8) {
        self.rows += mantissas.len() as u64;
        self.missing += mantissas.null_count() as u64;
        let values = present(mantissas);
        self.distinct.add_all(&values);
        if self.number.is_none() || values.is_empty() {
            return;
        }
        let numbers = &mut self.numbers;
        let (mut low, mut high, mut sum) = (i64::MAX, i64::MIN, 0_i128);
        for values in values.chunks(SUMMED) {
            let least = values.iter().copied().min().unwrap_or(i64::MAX);
            let most = values.iter().copied().max().unwrap_or(i64::MIN);
            sum += if most.unsigned_abs().max(least.unsigned_abs()) < SMALL {
                i128::from(values.iter().sum::<i64>())
            } else {
                values.iter().map(|value| i128::from(*value)).sum()
            };
            numbers.negative += values.iter().map(|v| u64::from(*v < 0)).sum::<u64>();
            numbers.zero += values.iter().map(|v| u64::from(*v == 0)).sum::<u64>();
            (low, high) = (low.min(least), high.max(most));
        }
        let divisor = 10_f64.powi(i32::from(scale));
        numbers.count += values.len() as u64;
        numbers.min = numbers.min.min(low as f64 / divisor);
        numbers.max = numbers.max.max(high as f64 / divisor);
        numbers.sum.add(sum, scale);
    }

    fn add_times(&mut self, array: &ArrayRef) {
        let Ok(wide) = cast(array, &DataType::Int64)
            .or_else(|_| cast(array, &DataType::Int32).and_then(|a| cast(&a, &DataType::Int64)))
        else {
            return self.add_as_text(array);
        };
        self.rows += array.len() as u64;
        self.missing += array.null_count() as u64;
        self.distinct
            .add_all(&present(wide.as_primitive::<Int64Type>()));
    }
}

/// Values summed in 64 bits at a time, and below what each must be for that.
const SUMMED: usize = 1 << 12;
const SMALL: u64 = 1 << 50;

/// The values that are there.
fn present(values: &Int64Array) -> Cow<'_, [i64]> {
    match values.null_count() {
        0 => Cow::Borrowed(values.values()),
        _ => values.iter().flatten().collect(),
    }
}
