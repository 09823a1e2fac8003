//! Building the columns of a small table, one call a column.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema, SchemaRef};
use perennial_lake::arrow;

use crate::Result;

/// Columns gathered so far; all must have the same length.
#[derive(Default)]
pub(crate) struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// No columns yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn push(mut self, name: &str, array: ArrayRef) -> Self {
        self.fields
            .push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
        self
    }

    /// A column of text.
    pub fn text<S: AsRef<str>>(
        self,
        name: &str,
        values: impl IntoIterator<Item = Option<S>>,
    ) -> Self {
        self.push(name, Arc::new(values.into_iter().collect::<StringArray>()))
    }

    /// The same text in all of `rows` rows.
    pub fn same_text(self, name: &str, value: Option<&str>, rows: usize) -> Self {
        self.text(name, std::iter::repeat_n(value, rows))
    }

    /// A column of whole numbers.
    pub fn ints(self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.push(name, Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    /// A column of real numbers; what is not finite is missing.
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let finite = values.into_iter().map(|v| v.filter(|v| v.is_finite()));
        self.push(name, Arc::new(finite.collect::<Float64Array>()))
    }

    /// A column of yes and no.
    pub fn bools(self, name: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        self.push(name, Arc::new(values.into_iter().collect::<BooleanArray>()))
    }

    /// Moments in UTC microseconds.
    pub fn times(self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let times = values
            .into_iter()
            .collect::<TimestampMicrosecondArray>()
            .with_timezone("UTC");
        self.push(name, Arc::new(times))
    }

    /// The same moment in all of `rows` rows.
    pub fn same_time(self, name: &str, value: Option<i64>, rows: usize) -> Self {
        self.times(name, std::iter::repeat_n(value, rows))
    }

    /// Money as decimal(18,4), rounded half away from zero; what does not fit
    /// is missing.
    pub fn money(self, name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let scaled = values.into_iter().map(|v| v.and_then(to_money));
        let array = scaled.collect::<Decimal128Array>();
        // 18 digits and 4 places are valid for the type, so this cannot fail.
        let array = array
            .clone()
            .with_precision_and_scale(18, 4)
            .unwrap_or(array);
        self.push(name, Arc::new(array))
    }

    /// The table's schema and its rows.
    pub fn finish(self) -> Result<(SchemaRef, RecordBatch)> {
        let schema = Arc::new(Schema::new(self.fields));
        let batch = RecordBatch::try_new(schema.clone(), self.arrays)
            .map_err(perennial_lake::Error::from)?;
        Ok((schema, batch))
    }
}

fn to_money(value: f64) -> Option<i128> {
    let scaled = (value * 10_000.0).round();
    (scaled.is_finite() && scaled.abs() < 1e18).then_some(scaled as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_half_away_and_never_infinite() {
        assert_eq!(to_money(1.234_56), Some(12_346));
        assert_eq!(to_money(-0.000_05), Some(-1));
        assert_eq!(to_money(f64::NAN), None);
        assert_eq!(to_money(1e18), None);
    }
}
