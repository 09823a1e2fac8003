//! Parquet to the same typed columns as text: Arrow's reader in batches, only
//! the columns needed, casts by what the file's own types say.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, Int64Builder, RecordBatch,
    TimestampMicrosecondBuilder,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Field, Float64Type, Int32Type, Int64Type, Schema, TimeUnit,
    TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatchReader;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use super::super::error::Error;
use super::super::files::SourceFile;
use super::super::time::{LocalClock, TimeFormat, Written};
use super::columns::{ColumnBuilder, Report};
use super::whole::RowHasher;
use super::{ReadSpec, Reason, Target, positions};

/// An error of the Parquet reader as one of ours.
pub(crate) fn parquet_error(path: &Path, place: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Corrupt {
        path: path.to_path_buf(),
        place: place.to_owned(),
        message: error.to_string(),
    }
}

/// An open Parquet file.
pub(super) struct ParquetInput {
    reader: ParquetRecordBatchReader,
    /// Position in the file of each column that is read.
    columns: Vec<usize>,
    /// Where columns are read that nobody wanted: rows that differ in one of them
    /// alone are two, as they are in a file of text.
    hasher: Option<RowHasher>,
}

impl ParquetInput {
    /// Opens the file for the columns wanted (all of them if totals are), and
    /// says where in the batches each wanted column stands.
    pub(super) fn open(
        file: &SourceFile,
        spec: &ReadSpec,
        batch_rows: usize,
    ) -> Result<(Self, Vec<usize>), Error> {
        let failed = |error: &dyn std::fmt::Display| parquet_error(&file.path, "its footer", error);
        let input = file.bytes.open().map_err(|source| Error::Io {
            path: file.path.clone(),
            source,
        })?;
        let metadata =
            ArrowReaderMetadata::load(&input, ArrowReaderOptions::new()).map_err(|e| failed(&e))?;
        let schema = Arc::clone(metadata.schema());
        let names: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        if names.len() > super::super::COLUMNS_MAX {
            return Err(Error::TooManyColumns {
                path: file.path.clone(),
                columns: names.len(),
            });
        }
        let wanted = positions(&file.path, &names, &spec.columns)?;
        let columns: Vec<usize> = match spec.totals {
            Some(_) => (0..names.len()).collect(),
            None => {
                let mut columns = wanted.clone();
                columns.sort_unstable();
                columns.dedup();
                columns
            }
        };
        let metadata =
            with_dictionaries(metadata, &schema, &wanted, spec).map_err(|e| failed(&e))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(input, metadata);
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let reader = builder
            .with_projection(mask)
            .with_batch_size(batch_rows)
            .build()
            .map_err(|e| failed(&e))?;
        let places = wanted
            .iter()
            .map(|column| columns.iter().position(|c| c == column).unwrap_or(0))
            .collect();
        let unwanted = columns.iter().any(|column| !wanted.contains(column));
        let input = ParquetInput {
            hasher: match unwanted {
                true => RowHasher::new(&reader.schema()),
                false => None,
            },
            reader,
            columns,
        };
        Ok((input, places))
    }

    /// Position in the file of each column of the batches.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Hashes of the whole rows of a batch, where there is more to them than the
    /// columns wanted.
    pub(super) fn row_hashes(&self, batch: &RecordBatch) -> Option<Vec<u64>> {
        self.hasher.as_ref()?.hashes(batch)
    }

    /// The next rows; `rows_read` came before them.
    pub(super) fn next(
        &mut self,
        path: &Path,
        rows_read: u64,
    ) -> Result<Option<RecordBatch>, Error> {
        match self.reader.next() {
            None => Ok(None),
            Some(Ok(batch)) => Ok(Some(batch)),
            Some(Err(error)) => Err(parquet_error(
                path,
                &format!("row {}", rows_read + 1),
                &error,
            )),
        }
    }
}

/// Asks for strings that become categories as dictionaries, which most files
/// hold them as already.
fn with_dictionaries(
    metadata: ArrowReaderMetadata,
    schema: &Schema,
    wanted: &[usize],
    spec: &ReadSpec,
) -> parquet::errors::Result<ArrowReaderMetadata> {
    let categories: Vec<usize> = wanted
        .iter()
        .zip(&spec.columns)
        .filter(|(_, column)| matches!(column.target, Target::Category { .. }))
        .map(|(position, _)| *position)
        .collect();
    let fields: Vec<Arc<Field>> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| {
            if categories.contains(&i) && *field.data_type() == DataType::Utf8 {
                let dictionary =
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Arc::new(field.as_ref().clone().with_data_type(dictionary))
            } else {
                Arc::clone(field)
            }
        })
        .collect();
    if categories.is_empty() {
        return Ok(metadata);
    }
    let wished = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    ArrowReaderMetadata::try_new(
        Arc::clone(metadata.metadata()),
        ArrowReaderOptions::new().with_schema(wished),
    )
}

/// One column of a batch as its target says.
pub(super) fn convert(
    builder: &mut ColumnBuilder,
    batch: &RecordBatch,
    clock: &mut LocalClock,
    report: &mut Report,
    path: &Path,
) -> Result<ArrayRef, Error> {
    let Some(array) = batch.columns().get(builder.position) else {
        return Err(parquet_error(path, "its schema", &"a column is missing"));
    };
    let array = plain_integers(array).map_err(|e| builder.failed(&e))?;
    let done = match builder.target {
        Target::Category { .. } if matches!(array.data_type(), DataType::Dictionary(..)) => {
            Some(dictionary(builder, &array)?)
        }
        Target::Category { .. } if *array.data_type() == DataType::Int64 => {
            Some(integer_categories(builder, &array)?)
        }
        Target::Integer { .. } => scaled(&array, 0, true, report),
        Target::Decimal { scale, .. } => scaled(&array, scale, false, report),
        Target::Number { .. } => floats(&array, report),
        Target::Timestamp { format } => times(&array, format, clock, report),
        _ => None,
    };
    if let Some(done) = done {
        return Ok(done);
    }
    // By way of text: strings, and whatever has a textual form.
    let text = cast(&array, &DataType::Utf8).map_err(|e| builder.failed(&e))?;
    let text = text.as_string::<i32>();
    let rows = (0..text.len()).map(|row| {
        if text.is_valid(row) {
            text.value(row).as_bytes()
        } else {
            &[]
        }
    });
    builder.build(rows, clock, report)
}

/// Integers of any width as 64 bits; others as they are.
fn plain_integers(array: &ArrayRef) -> Result<ArrayRef, arrow::error::ArrowError> {
    use DataType::{Int8, Int16, Int32, UInt8, UInt16, UInt32};
    match array.data_type() {
        Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 => cast(array, &DataType::Int64),
        DataType::UInt64 => cast(array, &DataType::Decimal128(20, 0)),
        _ => Ok(Arc::clone(array)),
    }
}

/// A dictionary's keys mapped to the builder's own, each value looked at once.
fn dictionary(builder: &mut ColumnBuilder, array: &ArrayRef) -> Result<ArrayRef, Error> {
    let Target::Category { is_id } = builder.target else {
        return Ok(Arc::clone(array));
    };
    let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
        return Ok(Arc::clone(array));
    };
    let values = cast(dictionary.values(), &DataType::Utf8).map_err(|e| builder.failed(&e))?;
    let values = values.as_string::<i32>();
    builder.start_dictionary();
    // Values that no row of this batch uses are not looked up.
    const UNSEEN: i32 = -2;
    const ABSENT: i32 = -1;
    let mut mapped = vec![UNSEEN; values.len()];
    let mut keys = Vec::with_capacity(array.len());
    let mut valid = Vec::with_capacity(array.len());
    for key in dictionary.keys() {
        let slot = key
            .and_then(|key| usize::try_from(key).ok())
            .and_then(|key| Some((key, mapped.get_mut(key)?)));
        let code = match slot {
            None => ABSENT,
            Some((at, slot)) => {
                if *slot == UNSEEN {
                    let cell = if values.is_valid(at) {
                        values.value(at).as_bytes().trim_ascii()
                    } else {
                        &[]
                    };
                    let cell = if is_id {
                        super::columns::normal_id(cell)
                    } else {
                        cell
                    };
                    *slot = if super::super::infer::is_missing(cell) {
                        ABSENT
                    } else {
                        builder.key(cell)
                    };
                }
                *slot
            }
        };
        keys.push(code.max(0));
        valid.push(code >= 0);
    }
    builder.dictionary(keys, valid)
}

/// Whole numbers as categories: each is written out once per run of rows.
fn integer_categories(builder: &mut ColumnBuilder, array: &ArrayRef) -> Result<ArrayRef, Error> {
    let numbers = array.as_primitive::<Int64Type>();
    builder.start_dictionary();
    let mut keys = Vec::with_capacity(numbers.len());
    let mut valid = Vec::with_capacity(numbers.len());
    let mut text = String::new();
    // A small direct-mapped memory of numbers written before in this batch.
    let mut memory: Vec<Option<(i64, i32)>> = vec![None; 4_096];
    for number in numbers {
        valid.push(number.is_some());
        let Some(number) = number else {
            keys.push(0);
            continue;
        };
        let slot = memory
            .get_mut((number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize);
        let known = slot
            .as_ref()
            .and_then(|slot| slot.filter(|(value, _)| *value == number));
        let key = match known {
            Some((_, key)) => key,
            None => {
                use std::fmt::Write;
                text.clear();
                let _ = write!(text, "{number}");
                builder.key(text.as_bytes())
            }
        };
        if let Some(slot) = slot {
            *slot = Some((number, key));
        }
        keys.push(key);
    }
    builder.dictionary(keys, valid)
}

/// Numbers as 64-bit integers x 10^-`scale`; `None` for types read by way of
/// text.
fn scaled(array: &ArrayRef, scale: u8, whole: bool, report: &mut Report) -> Option<ArrayRef> {
    let power = super::super::number::pow10(scale)?;
    match array.data_type() {
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>();
            if scale == 0 {
                return Some(Arc::clone(array));
            }
            let mut builder = Int64Builder::with_capacity(array.len());
            for (row, number) in numbers.iter().enumerate() {
                let value = number.and_then(|number| number.checked_mul(power));
                if let (Some(number), None) = (number, value) {
                    report.bad(row, Reason::TooLarge, number.to_string().as_bytes());
                }
                builder.append_option(value);
            }
            Some(Arc::new(builder.finish()))
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            // A 32-bit 2.55 is meant as 2.55, not as 2.5499999523: its shortest text says so.
            let widened = if *array.data_type() == DataType::Float64 {
                Arc::clone(array)
            } else {
                shortest(array)?
            };
            Some(scaled_floats(
                widened.as_primitive::<Float64Type>(),
                power as f64,
                whole,
                report,
            ))
        }
        DataType::Decimal128(_, from) => scaled_decimals(array, *from, scale, whole, report),
        DataType::Decimal32(..) | DataType::Decimal64(..) => {
            let (DataType::Decimal32(_, from) | DataType::Decimal64(_, from)) = array.data_type()
            else {
                return None;
            };
            let wide = cast(array, &DataType::Decimal128(38, *from)).ok()?;
            scaled_decimals(&wide, *from, scale, whole, report)
        }
        _ => None,
    }
}

fn shortest(array: &ArrayRef) -> Option<ArrayRef> {
    let text = cast(array, &DataType::Utf8).ok()?;
    cast(&text, &DataType::Float64).ok()
}

fn scaled_floats(numbers: &Float64Array, power: f64, whole: bool, report: &mut Report) -> ArrayRef {
    /// Below this every whole double fits 64 bits.
    const MOST: f64 = 9.2e18;
    let mut builder = Int64Builder::with_capacity(numbers.len());
    for (row, number) in numbers.iter().enumerate() {
        let Some(number) = number.filter(|number| !number.is_nan()) else {
            builder.append_null();
            continue;
        };
        // `round` rounds half away from zero.
        let product = number * power;
        let value = product.round();
        let lost = (product - value).abs() > product.abs() * 4.0 * f64::EPSILON;
        let reason = if value.abs() > MOST {
            Reason::TooLarge
        } else if whole && lost {
            Reason::NotWhole
        } else {
            report.rounded += u64::from(lost);
            builder.append_value(value as i64);
            continue;
        };
        report.bad(row, reason, number.to_string().as_bytes());
        builder.append_null();
    }
    Arc::new(builder.finish())
}

fn scaled_decimals(
    array: &ArrayRef,
    from: i8,
    scale: u8,
    whole: bool,
    report: &mut Report,
) -> Option<ArrayRef> {
    let numbers = array.as_primitive_opt::<Decimal128Type>()?;
    let shift = i32::from(scale) - i32::from(from);
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    let mut builder = Int64Builder::with_capacity(array.len());
    for (row, number) in numbers.iter().enumerate() {
        let Some(number) = number else {
            builder.append_null();
            continue;
        };
        // Nearly all fit 64 bits, which are far faster.
        if shift >= 0
            && let (Ok(number), Ok(power)) = (i64::try_from(number), i64::try_from(power))
            && let Some(value) = number.checked_mul(power)
        {
            builder.append_value(value);
            continue;
        }
        let (value, rest) = if shift >= 0 {
            (number.checked_mul(power), 0)
        } else {
            (Some(number / power), number % power)
        };
        let up = rest != 0 && rest.unsigned_abs() * 2 >= power.unsigned_abs();
        let value = value.map(|value| if up { value + rest.signum() } else { value });
        let reason = match value.and_then(|value| i64::try_from(value).ok()) {
            Some(_) if whole && rest != 0 => Reason::NotWhole,
            Some(value) => {
                report.rounded += u64::from(rest != 0);
                builder.append_value(value);
                continue;
            }
            None => Reason::TooLarge,
        };
        report.bad(row, reason, number.to_string().as_bytes());
        builder.append_null();
    }
    Some(Arc::new(builder.finish()))
}

fn floats(array: &ArrayRef, report: &mut Report) -> Option<ArrayRef> {
    let simple = array.data_type().is_integer()
        || array.data_type().is_floating()
        || matches!(
            array.data_type(),
            DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..)
        );
    if !simple {
        return None;
    }
    let numbers = cast(array, &DataType::Float64).ok()?;
    let typed = numbers.as_primitive_opt::<Float64Type>()?;
    if typed.iter().flatten().all(f64::is_finite) {
        return Some(numbers);
    }
    for (row, number) in typed.iter().enumerate() {
        if let Some(number) = number.filter(|number| number.is_infinite()) {
            report.bad(row, Reason::TooLarge, number.to_string().as_bytes());
        }
    }
    let kept: Float64Array = typed
        .iter()
        .map(|number| number.filter(|number| number.is_finite()))
        .collect();
    Some(Arc::new(kept))
}

/// Moments from dates, timestamps and whole numbers; `None` for types read by
/// way of text.
fn times(
    array: &ArrayRef,
    format: TimeFormat,
    clock: &mut LocalClock,
    report: &mut Report,
) -> Option<ArrayRef> {
    let (numbers, zoned): (Int64Array, bool) = match array.data_type() {
        DataType::Timestamp(_, zone) => {
            let zoned = zone.is_some();
            let micros = cast(
                array,
                &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            )
            .ok()?;
            (
                micros
                    .as_primitive_opt::<TimestampMicrosecondType>()?
                    .reinterpret_cast(),
                zoned,
            )
        }
        DataType::Date32 | DataType::Date64 => {
            let micros = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None)).ok()?;
            (
                micros
                    .as_primitive_opt::<TimestampMicrosecondType>()?
                    .reinterpret_cast(),
                false,
            )
        }
        DataType::Int64 if format.is_epoch() => {
            let unit = match format {
                TimeFormat::EpochSeconds => 1_000_000,
                TimeFormat::EpochMillis => 1_000,
                _ => 1,
            };
            let numbers = array.as_primitive::<Int64Type>();
            (
                numbers
                    .iter()
                    .map(|number| number.and_then(|number| number.checked_mul(unit)))
                    .collect(),
                true,
            )
        }
        _ => return None,
    };
    let mut builder = TimestampMicrosecondBuilder::with_capacity(array.len());
    let offset_s = zoned.then_some(0);
    for (row, number) in numbers.iter().enumerate() {
        let moment = number.and_then(|local_us| {
            clock.to_utc_us(Written {
                local_us,
                offset_s,
                has_time: true,
            })
        });
        if moment.is_none() && array.is_valid(row) {
            report.bad(row, Reason::NotTime, &[]);
        }
        builder.append_option(moment);
    }
    Some(Arc::new(builder.finish().with_timezone("UTC")))
}

/// One row as a JSON object of texts.
pub(super) fn json_record(batch: &RecordBatch, row: usize) -> Vec<u8> {
    if row >= batch.num_rows() {
        return Vec::new();
    }
    let mut out = String::from("{");
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let text = cast(&array.slice(row, 1), &DataType::Utf8).ok();
        let text = text
            .as_ref()
            .and_then(|text| text.as_string_opt::<i32>())
            .filter(|text| text.is_valid(0))
            .map(|text| text.value(0));
        if out.len() > 1 {
            out.push(',');
        }
        push_json(&mut out, field.name());
        out.push(':');
        match text {
            Some(text) => push_json(&mut out, text),
            None => out.push_str("null"),
        }
    }
    out.push('}');
    out.into_bytes()
}

fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
