//! Where feature rows gather: one vector per column.

use crate::catalogue::FeatureSpec;
use crate::features::running::FEATURES;

/// The label when the customer was not active (bought nothing; was not covered to the end) within the
/// horizon.
pub const LABEL_LOST: i8 = 1;
/// The label when the customer was active (bought; stayed covered) within the horizon.
pub const LABEL_STAYED: i8 = 0;
/// The label when the horizon is not over by what is known, or none was asked for.
pub const LABEL_UNKNOWN: i8 = -1;

/// Rows are turned into columns this many at a time: written one by one, the columns' ends would lie at
/// equal distances in memory and push one another out of the cache.
const STAGED_ROWS: usize = 64;

/// Rows of features, one per customer and as-of moment, as columns of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRows {
    /// The customer of each row.
    pub customer_id: Vec<i64>,
    /// The as-of moment of each row, UTC microseconds.
    pub as_of: Vec<i64>,
    /// One column per entry of the catalogue ([`crate::order_line_features`],
    /// [`crate::event_features`], [`crate::subscription_features`]), in that order; NaN = missing.
    pub columns: Vec<Vec<f64>>,
    /// [`LABEL_LOST`], [`LABEL_STAYED`] or [`LABEL_UNKNOWN`].
    pub label: Vec<i8>,
}

impl FeatureRows {
    /// No rows yet, and as many columns as the catalogue has entries.
    pub fn new(columns: usize) -> FeatureRows {
        FeatureRows {
            customer_id: Vec::new(),
            as_of: Vec::new(),
            columns: vec![Vec::new(); columns],
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

    /// A feature's column by its name; `specs` is the catalogue that the rows were made by.
    pub fn column(&self, specs: &[FeatureSpec], name: &str) -> Option<&[f64]> {
        let place = specs.iter().position(|spec| spec.name == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }
}

/// A fold that gathers rows of features: [`crate::FeatureFold`], [`crate::EventFold`],
/// [`crate::SubscriptionFold`]. Whoever drives it looks at the count after each customer, and reads and
/// clears the rows, or takes them, when there are many.
pub trait GathersRows {
    /// The number of rows gathered so far.
    fn row_count(&self) -> usize;

    /// The rows gathered so far.
    fn rows(&mut self) -> &FeatureRows;

    /// Hands over the rows gathered so far.
    fn take_rows(&mut self) -> FeatureRows;

    /// Drops the rows gathered so far and keeps their room.
    fn clear(&mut self);
}

/// Rows, of which the last are not yet in their columns.
#[derive(Debug, Clone)]
pub(super) struct StagedRows {
    rows: FeatureRows,
    /// The values of the last rows, one row after the other.
    staged: Vec<f64>,
}

impl StagedRows {
    pub(super) fn new(columns: usize) -> StagedRows {
        StagedRows {
            rows: FeatureRows::new(columns),
            staged: Vec::with_capacity(STAGED_ROWS * columns),
        }
    }

    /// Begins a row and gives the place where its values are to be put, one per column.
    #[inline]
    pub(super) fn begin(&mut self, customer_id: i64, cut_us: i64, label: i8) -> &mut Vec<f64> {
        if self.staged.len() >= STAGED_ROWS * self.rows.columns.len() {
            self.unstage();
        }
        self.rows.customer_id.push(customer_id);
        self.rows.as_of.push(cut_us);
        self.rows.label.push(label);
        &mut self.staged
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn rows(&mut self) -> &FeatureRows {
        self.unstage();
        &self.rows
    }

    pub(super) fn take_rows(&mut self) -> FeatureRows {
        self.unstage();
        let columns = self.rows.columns.len();
        std::mem::replace(&mut self.rows, FeatureRows::new(columns))
    }

    pub(super) fn clear(&mut self) {
        self.staged.clear();
        self.rows.clear();
    }

    /// Moves the staged values into their columns.
    fn unstage(&mut self) {
        let columns = &mut self.rows.columns;
        // The loop over rows of a width that the compiler knows is the faster one.
        match self.staged.as_chunks::<FEATURES>() {
            (rows, []) if columns.len() == FEATURES => transpose(rows.iter(), columns),
            _ => transpose(self.staged.chunks_exact(columns.len().max(1)), columns),
        }
        self.staged.clear();
    }
}

/// Puts each value of the rows at the end of its column.
#[inline]
fn transpose<'a, R: AsRef<[f64]> + ?Sized + 'a>(
    rows: impl Iterator<Item = &'a R> + Clone,
    columns: &mut [Vec<f64>],
) {
    for (place, column) in columns.iter_mut().enumerate() {
        column.extend(rows.clone().map(|row| row.as_ref()[place]));
    }
}
