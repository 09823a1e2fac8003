//! Where feature rows gather: one vector per column.

use crate::catalogue::order_line_features;

/// The label when the customer bought nothing within the horizon.
pub const LABEL_LOST: i8 = 1;
/// The label when the customer bought within the horizon.
pub const LABEL_STAYED: i8 = 0;
/// The label when the horizon is not over by what is known, or none was asked for.
pub const LABEL_UNKNOWN: i8 = -1;

/// Rows of features, one per customer and as-of moment, as columns of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRows {
    /// The customer of each row.
    pub customer_id: Vec<i64>,
    /// The as-of moment of each row, UTC microseconds.
    pub as_of: Vec<i64>,
    /// One column per entry of [`order_line_features`], in that order; NaN = missing.
    pub columns: Vec<Vec<f64>>,
    /// [`LABEL_LOST`], [`LABEL_STAYED`] or [`LABEL_UNKNOWN`].
    pub label: Vec<i8>,
}

impl FeatureRows {
    /// No rows yet, all columns there.
    pub fn new() -> FeatureRows {
        FeatureRows {
            customer_id: Vec::new(),
            as_of: Vec::new(),
            columns: vec![Vec::new(); order_line_features().len()],
            label: Vec::new(),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }

    /// Drops the rows and keeps the room.
    pub fn clear(&mut self) {
        self.customer_id.clear();
        self.as_of.clear();
        self.label.clear();
        for column in &mut self.columns {
            column.clear();
        }
    }

    /// A feature's column by its name.
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        let place = order_line_features()
            .iter()
            .position(|spec| spec.name == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }
}

impl Default for FeatureRows {
    fn default() -> FeatureRows {
        FeatureRows::new()
    }
}
