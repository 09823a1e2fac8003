//! The terms of every row, dense columns and indicator codes.

/// A row without an indicator in this slot.
pub const NO_TERM: u16 = u16::MAX;

/// At most one indicator per row: those of one category, or of one number's
/// missing values.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The row's indicator term, counted from 0 among the indicators, or
    /// [`NO_TERM`].
    pub codes: Vec<u16>,
}

/// Terms of every row, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Number of rows.
    pub rows: usize,
    /// One column per dense term.
    pub dense: Vec<Vec<f64>>,
    /// The indicators.
    pub slots: Vec<Slot>,
    /// Number of indicator terms over all slots.
    pub indicator_terms: usize,
}

impl Design {
    /// All terms, the intercept not counted.
    pub fn terms(&self) -> usize {
        self.dense.len() + self.indicator_terms
    }

    /// The mean of each term over all rows.
    pub fn means(&self) -> Vec<f64> {
        let rows = self.rows.max(1) as f64;
        let mut means: Vec<f64> = self
            .dense
            .iter()
            .map(|column| column.iter().sum::<f64>() / rows)
            .collect();
        let mut counts = vec![0_u64; self.indicator_terms];
        for slot in &self.slots {
            for code in &slot.codes {
                if let Some(count) = counts.get_mut(usize::from(*code)) {
                    *count += 1;
                }
            }
        }
        means.extend(counts.into_iter().map(|count| count as f64 / rows));
        means
    }
}
