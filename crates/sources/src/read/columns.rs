//! Cells of text to one typed Arrow array, batch by batch.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Float64Builder, Int32Array, Int64Builder, StringArray,
    TimestampMicrosecondBuilder,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::Int32Type;

use super::super::error::Error;
use super::super::infer::{is_missing, is_missing_value};
use super::super::number::{NumberFormat, parse_exact, parse_f64};
use super::super::time::{LocalClock, TimeFormat, Written, parse};
use super::intern::Interner;
use super::{BadCell, ColumnSpec, Reason, Target};

/// Collects what is wrong with the cells of one column of a batch.
pub(super) struct Report<'a> {
    column: usize,
    first_row: u64,
    bad: &'a mut Vec<BadCell>,
    pub(super) rounded: u64,
}

const CELL_SHOWN_BYTES: usize = 1_024;

impl<'a> Report<'a> {
    pub(super) fn new(column: usize, first_row: u64, bad: &'a mut Vec<BadCell>) -> Self {
        Report {
            column,
            first_row,
            bad,
            rounded: 0,
        }
    }

    #[cold]
    pub(super) fn bad(&mut self, row: usize, reason: Reason, cell: &[u8]) {
        let shown = cell.get(..CELL_SHOWN_BYTES).unwrap_or(cell);
        self.bad.push(BadCell {
            row,
            row_in_file: self.first_row + row as u64,
            column: Some(self.column),
            reason,
            cell: String::from_utf8_lossy(shown).into_owned(),
        });
    }
}

/// Dictionaries above this many values start anew with the next batch.
const DICTIONARY_MAX: usize = 16_384;

/// Builds the arrays of one column.
pub(super) struct ColumnBuilder {
    name: String,
    pub(super) position: usize,
    pub(super) target: Target,
    interner: Interner,
    /// The dictionary as last handed out.
    values: Option<Arc<StringArray>>,
}

impl ColumnBuilder {
    pub(super) fn new(spec: &ColumnSpec, position: usize) -> Result<Self, Error> {
        if let Target::Decimal { scale, .. } = spec.target
            && scale > 18
        {
            return Err(Error::Spec {
                column: spec.name.clone(),
                message: format!("a scale of {scale} is more than 18"),
            });
        }
        Ok(ColumnBuilder {
            name: spec.name.clone(),
            position,
            target: spec.target,
            interner: Interner::default(),
            values: None,
        })
    }

    /// One array of the cells, as the target says.
    pub(super) fn build<'c>(
        &mut self,
        cells: impl ExactSizeIterator<Item = &'c [u8]>,
        clock: &mut LocalClock,
        report: &mut Report,
    ) -> Result<ArrayRef, Error> {
        match self.target {
            Target::Text { is_id } => self.text(cells, is_id, report),
            Target::Category { is_id } => self.category(cells, is_id, report),
            Target::Integer { number } => Ok(integers(cells, &number, report)),
            Target::Decimal { scale, number } => Ok(decimals(cells, scale, &number, report)),
            Target::Number { number } => Ok(numbers(cells, &number, report)),
            Target::Timestamp { format } => Ok(timestamps(cells, format, clock, report)),
        }
    }

    /// An error of Arrow that valid cells cannot cause.
    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> Error {
        Error::Spec {
            column: self.name.clone(),
            message: error.to_string(),
        }
    }

    fn text<'c>(
        &self,
        cells: impl ExactSizeIterator<Item = &'c [u8]>,
        is_id: bool,
        report: &mut Report,
    ) -> Result<ArrayRef, Error> {
        let rows = cells.len();
        let mut values = Vec::with_capacity(rows * 12);
        let mut offsets = Vec::with_capacity(rows + 1);
        let mut valid = Vec::with_capacity(rows);
        offsets.push(0_i32);
        for (row, cell) in cells.enumerate() {
            let cell = cell.trim_ascii();
            let is_changed = is_id && has_exponent(cell);
            if is_changed {
                no_value(row, cell, Reason::ChangedIdentifier, report);
            }
            let present = !is_changed && !is_missing(cell);
            if present {
                values.extend_from_slice(if is_id { normal_id(cell) } else { cell });
            }
            valid.push(present);
            // A block's text is far below 2 GiB.
            offsets.push(values.len() as i32);
        }
        string_array(offsets, values, Some(NullBuffer::from(valid)))
            .map(|array| Arc::new(array) as ArrayRef)
            .map_err(|e| self.failed(&e))
    }

    fn category<'c>(
        &mut self,
        cells: impl ExactSizeIterator<Item = &'c [u8]>,
        is_id: bool,
        report: &mut Report,
    ) -> Result<ArrayRef, Error> {
        let rows = cells.len();
        let mut keys = Vec::with_capacity(rows);
        let mut valid = Vec::with_capacity(rows);
        self.start_dictionary();
        for (row, cell) in cells.enumerate() {
            let cell = cell.trim_ascii();
            let is_changed = is_id && has_exponent(cell);
            if is_changed {
                no_value(row, cell, Reason::ChangedIdentifier, report);
            }
            let present = !is_changed && !is_missing(cell);
            keys.push(if present {
                self.key(if is_id { normal_id(cell) } else { cell })
            } else {
                0
            });
            valid.push(present);
        }
        self.dictionary(keys, valid)
    }

    /// Makes room before the keys of a batch are asked for.
    pub(super) fn start_dictionary(&mut self) {
        if self.interner.len() > DICTIONARY_MAX {
            self.interner.clear();
            self.values = None;
        }
    }

    /// The dictionary's key of a value.
    #[inline]
    pub(super) fn key(&mut self, value: &[u8]) -> i32 {
        let (code, new) = self.interner.code(value);
        if new {
            self.values = None;
        }
        code as i32
    }

    /// The array of a batch's keys over the dictionary as it stands.
    pub(super) fn dictionary(
        &mut self,
        keys: Vec<i32>,
        valid: Vec<bool>,
    ) -> Result<ArrayRef, Error> {
        let values = match &self.values {
            Some(values) => Arc::clone(values),
            None => {
                let (bytes, ends) = self.interner.parts();
                let offsets = std::iter::once(0)
                    .chain(ends.iter().map(|end| *end as i32))
                    .collect();
                let values = Arc::new(
                    string_array(offsets, bytes.to_vec(), None).map_err(|e| self.failed(&e))?,
                );
                self.values = Some(Arc::clone(&values));
                values
            }
        };
        let keys = Int32Array::new(
            ScalarBuffer::from(keys),
            Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0),
        );
        let array =
            DictionaryArray::<Int32Type>::try_new(keys, values).map_err(|e| self.failed(&e))?;
        Ok(Arc::new(array))
    }
}

fn string_array(
    offsets: Vec<i32>,
    values: Vec<u8>,
    nulls: Option<NullBuffer>,
) -> Result<StringArray, arrow::error::ArrowError> {
    // Offsets grow by construction.
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(
        offsets,
        Buffer::from_vec(values),
        nulls.filter(|nulls| nulls.null_count() > 0),
    )
}

/// Whether a spreadsheet has made a number with an exponent of an identifier, such
/// as `3.10101E+17`: its last digits are lost.
#[inline]
pub(crate) fn has_exponent(cell: &[u8]) -> bool {
    let [start @ .., b'+', b'0'..=b'9', b'0'..=b'9'] = cell else {
        return false;
    };
    let Some(number) = start
        .strip_suffix(b"E")
        .or_else(|| start.strip_suffix(b"e"))
    else {
        return false;
    };
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-');
    number.iter().any(u8::is_ascii_digit) && number.iter().all(is_part)
}

/// An identifier without what spreadsheets add: `17850.0` is `17850`, `="0017"` is
/// `0017`, and so is `'0017`.
pub(super) fn normal_id(cell: &[u8]) -> &[u8] {
    if let Some(rest) = cell.strip_prefix(b"'")
        && !rest.is_empty()
        && rest.iter().all(u8::is_ascii_digit)
    {
        return rest;
    }
    if let Some(inner) = cell
        .strip_prefix(b"=\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
    {
        return inner.trim_ascii();
    }
    let Some(point) = cell.iter().rposition(|b| *b == b'.') else {
        return cell;
    };
    let (whole, zeros) = (
        cell.get(..point).unwrap_or(&[]),
        cell.get(point + 1..).unwrap_or(&[]),
    );
    let digits = whole.strip_prefix(b"-").unwrap_or(whole);
    let is_float = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && !zeros.is_empty()
        && zeros.iter().all(|b| *b == b'0');
    if is_float { whole } else { cell }
}

/// [`normal_id`] of a text, as a person may type it.
pub fn normal_identifier(text: &str) -> &str {
    let text = text.trim();
    std::str::from_utf8(normal_id(text.as_bytes())).unwrap_or(text)
}

fn integers<'c>(
    cells: impl ExactSizeIterator<Item = &'c [u8]>,
    number: &NumberFormat,
    report: &mut Report,
) -> ArrayRef {
    let mut builder = Int64Builder::with_capacity(cells.len());
    for (row, cell) in cells.enumerate() {
        let reason = match parse_exact(cell, number).map(|exact| exact.at_scale(0)) {
            Some(Some(scaled)) if !scaled.rounded => {
                builder.append_value(scaled.value);
                continue;
            }
            Some(Some(_)) => Reason::NotWhole,
            Some(None) => Reason::TooLarge,
            None => not_a_number(cell, number),
        };
        no_value(row, cell, reason, report);
        builder.append_null();
    }
    Arc::new(builder.finish())
}

fn decimals<'c>(
    cells: impl ExactSizeIterator<Item = &'c [u8]>,
    scale: u8,
    number: &NumberFormat,
    report: &mut Report,
) -> ArrayRef {
    let mut builder = Int64Builder::with_capacity(cells.len());
    for (row, cell) in cells.enumerate() {
        let reason = match parse_exact(cell, number).map(|exact| exact.at_scale(scale)) {
            Some(Some(scaled)) => {
                report.rounded += u64::from(scaled.rounded);
                builder.append_value(scaled.value);
                continue;
            }
            Some(None) => Reason::TooLarge,
            None => not_a_number(cell, number),
        };
        no_value(row, cell, reason, report);
        builder.append_null();
    }
    Arc::new(builder.finish())
}

/// Why a cell that is not read exactly is not: too many digits, or no number.
#[cold]
fn not_a_number(cell: &[u8], number: &NumberFormat) -> Reason {
    let trimmed = cell.trim_ascii();
    if parse_f64(trimmed, number).is_some() {
        Reason::TooLarge
    } else {
        Reason::NotNumber
    }
}

fn numbers<'c>(
    cells: impl ExactSizeIterator<Item = &'c [u8]>,
    number: &NumberFormat,
    report: &mut Report,
) -> ArrayRef {
    let mut builder = Float64Builder::with_capacity(cells.len());
    for (row, cell) in cells.enumerate() {
        match parse_f64(cell, number) {
            Some(value) => builder.append_value(value),
            None => {
                no_value(row, cell, Reason::NotNumber, report);
                builder.append_null();
            }
        }
    }
    Arc::new(builder.finish())
}

/// Reports a cell without a value, unless it is merely missing.
#[inline]
fn no_value(row: usize, cell: &[u8], reason: Reason, report: &mut Report) {
    if !cell.is_empty() && !is_missing_value(cell.trim_ascii()) {
        report.bad(row, reason, cell);
    }
}

fn timestamps<'c>(
    cells: impl ExactSizeIterator<Item = &'c [u8]>,
    format: TimeFormat,
    clock: &mut LocalClock,
    report: &mut Report,
) -> ArrayRef {
    let mut builder = TimestampMicrosecondBuilder::with_capacity(cells.len());
    // Neighbouring rows often share a moment.
    let mut last: &[u8] = &[];
    let mut last_us = None;
    for (row, cell) in cells.enumerate() {
        if cell != last || last.is_empty() {
            last = cell;
            last_us = parse(cell, format).and_then(|written: Written| clock.to_utc_us(written));
        }
        match last_us {
            Some(us) => builder.append_value(us),
            None => {
                no_value(row, cell, Reason::NotTime, report);
                builder.append_null();
            }
        }
    }
    Arc::new(builder.finish().with_timezone("UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_lose_what_spreadsheets_add() {
        for (cell, expected) in [
            ("17850.0", "17850"),
            ("17850", "17850"),
            ("=\"0017\"", "0017"),
            ("1.5", "1.5"),
            ("v2.0", "v2.0"),
            ("2.00", "2"),
            (".0", ".0"),
            ("7.", "7."),
        ] {
            assert_eq!(normal_id(cell.as_bytes()), expected.as_bytes());
        }
    }
}
