//! Reading `features` and `labels` back, side by side.

use std::sync::Arc;

use perennial_history::FeatureSpec;
use perennial_lake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{
    DataType, Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use perennial_lake::tables::{Lake, Table, file_batches};

use super::features::Notes;
use crate::stage::Done;
use crate::{Error, Result};

/// Rows of features with their labels, as columns of equal length.
pub(crate) struct Rows {
    pub customer_id: Vec<i64>,
    pub as_of_us: Vec<i64>,
    /// 1 lost, 0 stayed, -1 not known yet.
    pub lost: Vec<i8>,
    /// What the columns are.
    pub specs: Arc<[FeatureSpec]>,
    /// One column a feature in the order of `specs`, NaN = missing.
    pub columns: Vec<Vec<f64>>,
}

impl Rows {
    /// No rows, with the columns of a catalogue.
    pub fn new(specs: Arc<[FeatureSpec]>) -> Self {
        Self {
            customer_id: Vec::new(),
            as_of_us: Vec::new(),
            lost: Vec::new(),
            columns: vec![Vec::new(); specs.len()],
            specs,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    /// A feature's column by name; none where there is no such feature.
    pub fn feature(&self, name: &str) -> Option<&[f64]> {
        let place = self.specs.iter().position(|spec| spec.name == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }

    /// The rows marked.
    pub fn only(&self, marked: &[bool]) -> Self {
        let mut rows = Self::new(self.specs.clone());
        for (i, _) in marked.iter().enumerate().filter(|(_, m)| **m) {
            rows.push_from(self, i);
        }
        rows
    }

    /// The rows in the order given.
    pub fn in_order(&self, order: &[usize]) -> Self {
        let mut rows = Self::new(self.specs.clone());
        order.iter().for_each(|&i| rows.push_from(self, i));
        rows
    }

    /// A hash of what row `i` says, without whom it speaks of.
    pub fn content_hash(&self, i: usize) -> u64 {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        hasher.update(&self.as_of_us[i].to_le_bytes());
        hasher.update(&self.lost[i].to_le_bytes());
        for column in &self.columns {
            hasher.update(&column[i].to_bits().to_le_bytes());
        }
        hasher.digest()
    }

    /// Appends row `i` of `other`.
    fn push_from(&mut self, other: &Self, i: usize) {
        self.customer_id.push(other.customer_id[i]);
        self.as_of_us.push(other.as_of_us[i]);
        self.lost.push(other.lost[i]);
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.push(theirs[i]);
        }
    }

    /// Appends the rows of `other` that `wanted` names.
    pub fn extend_where(&mut self, other: &Self, wanted: impl Fn(i64, i64) -> bool) {
        for i in 0..other.len() {
            if wanted(other.customer_id[i], other.as_of_us[i]) {
                self.push_from(other, i);
            }
        }
    }
}

/// Hands the rows that the features stage left to `each`, batch by batch, in
/// the order they were written.
pub(crate) async fn read_rows(
    lake: &Lake,
    features: &Done,
    mut each: impl FnMut(Rows) -> Result<()>,
) -> Result<()> {
    let notes: Notes = features.details_as()?;
    let specs: Arc<[FeatureSpec]> = notes.catalogue().into();
    let open = async |name: &str| -> Result<Table> {
        Table::open(lake, name, features.version(name))
            .await?
            .ok_or_else(out_of_step)
    };
    let (feature_table, label_table) = (open("features").await?, open("labels").await?);
    if feature_table.files.len() != label_table.files.len() {
        return Err(out_of_step());
    }
    for (feature_file, label_file) in feature_table.files.iter().zip(&label_table.files) {
        let labels = file_batches(lake, "labels", label_file, None)?;
        for (batch, labels) in file_batches(lake, "features", feature_file, None)?.zip(labels) {
            each(rows_of(&batch?, &labels?, specs.clone())?)?;
        }
    }
    Ok(())
}

fn out_of_step() -> Error {
    Error::cannot(
        "lake/out-of-step",
        "the tables `features` and `labels` do not belong together",
        "run again with `--fresh`",
    )
}

fn rows_of(
    features: &RecordBatch,
    labels: &RecordBatch,
    specs: Arc<[FeatureSpec]>,
) -> Result<Rows> {
    let ids = |b: &RecordBatch| -> Option<Vec<i64>> {
        Some(
            b.column_by_name("customer_id")?
                .as_primitive_opt::<Int64Type>()?
                .values()
                .to_vec(),
        )
    };
    let times = |b: &RecordBatch| -> Option<Vec<i64>> {
        let column = b
            .column_by_name("as_of")?
            .as_primitive_opt::<TimestampMicrosecondType>()?;
        Some(column.values().to_vec())
    };
    let (Some(customer_id), Some(as_of_us)) = (ids(features), times(features)) else {
        return Err(out_of_step());
    };
    if ids(labels).as_ref() != Some(&customer_id) || times(labels).as_ref() != Some(&as_of_us) {
        return Err(out_of_step());
    }
    let lost = labels
        .column_by_name("lost")
        .and_then(|c| c.as_primitive_opt::<Int8Type>())
        .map(|c| c.iter().map(|v| v.unwrap_or(-1)).collect())
        .ok_or_else(out_of_step)?;
    let columns = specs
        .iter()
        .map(|spec| {
            features
                .column_by_name(&spec.name)
                .map(numbers)
                .ok_or_else(out_of_step)
        })
        .collect::<Result<_>>()?;
    Ok(Rows {
        customer_id,
        as_of_us,
        lost,
        specs,
        columns,
    })
}

/// A column as numbers, missing values as NaN.
pub(crate) fn numbers(column: &ArrayRef) -> Vec<f64> {
    match column.data_type() {
        DataType::Float64 => column
            .as_primitive::<Float64Type>()
            .iter()
            .map(|v| v.unwrap_or(f64::NAN))
            .collect(),
        DataType::Int32 => column
            .as_primitive::<Int32Type>()
            .iter()
            .map(|v| v.map_or(f64::NAN, f64::from))
            .collect(),
        DataType::Int64 => column
            .as_primitive::<Int64Type>()
            .iter()
            .map(|v| v.map_or(f64::NAN, |v| v as f64))
            .collect(),
        _ => vec![f64::NAN; column.len()],
    }
}
