//! What a model is fitted and judged on: rows of features with labels, or a
//! labelled table.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use perennial_history::FeatureSpec;
use perennial_lake::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use perennial_lake::arrow::compute::{concat_batches, filter_record_batch};
use perennial_lake::tables::read_all;
use perennial_learn::{Column, ColumnData, Matrix};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::stage::{Done, Run};
use crate::stages::features;
use crate::stages::ingest::{CUSTOMERS, LABEL};
use crate::stages::people::{OPEN, ids, lost_when, says_lost};
use crate::stages::rows::{Rows, numbers, read_rows};
use crate::{Error, Result};

/// Rows a model is fitted on at the most, and judged on; of more, whole
/// customers are drawn by a hash.
const ROWS_MAX: u64 = 200_000;

/// Rows with a known outcome.
pub(super) struct Labelled {
    pub matrix: Matrix,
    pub lost: Vec<bool>,
    /// The customer of each row.
    pub groups: Vec<u64>,
}

impl Labelled {
    /// Rows lost.
    pub fn positives(&self) -> usize {
        self.lost.iter().filter(|lost| **lost).count()
    }

    /// Whether both outcomes are there.
    pub fn both_outcomes(&self) -> bool {
        (1..self.lost.len()).contains(&self.positives())
    }

    /// Where the rows stand whose customers were still active: silent for no
    /// longer than `horizon_days`, which counts as lost. (Rows of contracts are of
    /// those alone whose contract runs.)
    pub fn active(&self, horizon_days: u32) -> Vec<usize> {
        match self.matrix.column("recency_days").map(|c| &c.data) {
            Some(ColumnData::Number(silence)) => (0..silence.len())
                .filter(|&row| silence[row] <= f64::from(horizon_days))
                .collect(),
            _ => (0..self.lost.len()).collect(),
        }
    }

    /// Some of the rows.
    pub fn part(&self, places: &[usize]) -> Result<Self> {
        Ok(Self {
            matrix: self.matrix.take(places)?,
            lost: places.iter().map(|&row| self.lost[row]).collect(),
            groups: places.iter().map(|&row| self.groups[row]).collect(),
        })
    }

    /// The rows without the named columns.
    pub fn without(&self, names: &[String]) -> Result<Matrix> {
        let kept: Vec<Column> = self
            .matrix
            .columns
            .iter()
            .filter(|c| !names.contains(&c.name))
            .cloned()
            .collect();
        if kept.is_empty() {
            return Err(perennial_learn::Error::NoUsableColumn.into());
        }
        Ok(Matrix::new(kept)?)
    }
}

/// Training and test rows of a history.
pub(super) struct History {
    pub train: Option<Labelled>,
    pub test: Option<Labelled>,
    /// The customer of each test row.
    pub test_customers: Vec<i64>,
    pub notes: features::Notes,
    /// One in so many customers was drawn.
    pub one_in: u64,
}

/// A matrix of the catalogue's features.
pub(crate) fn feature_matrix(rows: &Rows) -> Result<Matrix> {
    let columns = rows
        .specs
        .iter()
        .zip(&rows.columns)
        .map(|(spec, values)| Column::number(spec.name.as_ref(), values.clone()))
        .collect();
    Ok(Matrix::new(columns)?)
}

/// What is known of each customer as a number. Ids are hashes under the
/// project's key; folds and the order of rows follow this number instead, so
/// that equal files give equal models in every project. Customers of whom
/// exactly the same is known count as one.
type Contents = HashMap<i64, u64>;

fn contents(parts: &[&Rows]) -> Contents {
    let mut contents = Contents::new();
    for rows in parts {
        for i in 0..rows.len() {
            let known = contents.entry(rows.customer_id[i]).or_default();
            *known = spread(*known ^ rows.content_hash(i));
        }
    }
    contents
}

/// The rows ordered by what is known, and the customer of each.
fn labelled(rows: &Rows, contents: &Contents) -> Result<(Option<Labelled>, Vec<i64>)> {
    if rows.len() == 0 {
        return Ok((None, Vec::new()));
    }
    let group = |i: usize| contents.get(&rows.customer_id[i]).copied().unwrap_or(0);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&i| (group(i), rows.as_of_us[i]));
    let ordered = rows.in_order(&order);
    let labelled = Labelled {
        matrix: feature_matrix(&ordered)?,
        lost: ordered.lost.iter().map(|&l| l == 1).collect(),
        groups: order.into_iter().map(group).collect(),
    };
    Ok((Some(labelled), ordered.customer_id))
}

/// Reads the training and test rows that the features stage left.
pub(super) async fn history(run: &Run<'_>, done: &Done) -> Result<History> {
    let notes: features::Notes = done.details_as()?;
    let train_dates = notes.plan.train_us.len().max(1) as u64;
    let one_in = (notes.customers * train_dates).div_ceil(ROWS_MAX).max(1);
    let drawn = |id: i64| spread(id as u64).is_multiple_of(one_in);
    let train_us: HashSet<i64> = notes.plan.train_us.iter().copied().collect();
    let specs: Arc<[FeatureSpec]> = notes.catalogue().into();
    let (mut train, mut test) = (Rows::new(specs.clone()), Rows::new(specs));
    read_rows(&run.project.lake, done, |rows| {
        // Whose contract has ended cannot lose it.
        let running = rows.feature(OPEN).map(|open| open.iter().map(|n| *n > 0.0));
        let known = rows.lost.iter().map(|&lost| lost >= 0);
        let known: Vec<bool> = match running {
            Some(running) => known
                .zip(running)
                .map(|(known, runs)| known && runs)
                .collect(),
            None => known.collect(),
        };
        let all_known = known.iter().all(|k| *k);
        let rows = if all_known { rows } else { rows.only(&known) };
        train.extend_where(&rows, |id, at| train_us.contains(&at) && drawn(id));
        test.extend_where(&rows, |id, at| Some(at) == notes.plan.test_us && drawn(id));
        Ok(())
    })
    .await?;
    let contents = contents(&[&train, &test]);
    let (train, _) = labelled(&train, &contents)?;
    let (test, test_customers) = labelled(&test, &contents)?;
    Ok(History {
        train,
        test,
        test_customers,
        notes,
        one_in,
    })
}

/// Mixes the bits of an id, so that drawing by remainder is fair.
pub(crate) fn spread(id: u64) -> u64 {
    let mixed = (id ^ (id >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

/// A labelled table, as the settings read its label.
pub(super) struct Table {
    pub customer_id: Vec<i64>,
    pub matrix: Matrix,
    /// Whether each row was lost; `None` where the label is missing.
    pub lost: Vec<Option<bool>>,
    /// Columns of text with nearly as many values as rows, which say nothing.
    pub unused: Vec<String>,
}

impl Table {
    /// The rows with a label in the order of what they say, and where they stand.
    pub fn labelled(&self) -> Result<(Labelled, Vec<usize>)> {
        let mut places: Vec<usize> = (0..self.lost.len())
            .filter(|&i| self.lost[i].is_some())
            .collect();
        if places.is_empty() {
            return Err(Error::cannot(
                "run/no-labels",
                "no customer has a label",
                "check `columns.label` in `perennial.toml`",
            ));
        }
        // Of rows that say the same it does not matter which comes first: who gets
        // which of their probabilities goes by the id.
        let contents = self.contents();
        places.sort_by_key(|&i| (contents[i], self.customer_id[i]));
        let labelled = Labelled {
            matrix: self.matrix.take(&places)?,
            lost: places.iter().map(|&i| self.lost[i] == Some(true)).collect(),
            // A row each.
            groups: (0..places.len() as u64).collect(),
        };
        Ok((labelled, places))
    }

    /// A hash of what each row says, without whom it speaks of. Folds go by it: a table
    /// of a database has no order, and neither the order of a file nor the project's
    /// key shall make another model.
    fn contents(&self) -> Vec<u64> {
        let mut hashes: Vec<u64> = self
            .lost
            .iter()
            .map(|lost| lost.map_or(2, u64::from))
            .collect();
        for column in &self.matrix.columns {
            match &column.data {
                ColumnData::Number(values) => {
                    for (hash, value) in hashes.iter_mut().zip(values) {
                        *hash = xxh3_64_with_seed(&value.to_bits().to_le_bytes(), *hash);
                    }
                }
                ColumnData::Category { codes, levels } => {
                    for (hash, code) in hashes.iter_mut().zip(codes) {
                        // No level is the missing one.
                        let level = levels.get(*code as usize).map(String::as_bytes);
                        *hash = xxh3_64_with_seed(level.unwrap_or(&[0]), *hash);
                    }
                }
            }
        }
        hashes
    }
}

/// Reads the table of labelled customers.
pub(super) async fn table(run: &Run<'_>, ingest: &Done) -> Result<Table> {
    let batches = read_all(
        &run.project.lake,
        CUSTOMERS,
        ingest.version(CUSTOMERS),
        None,
    )
    .await?;
    let Some(first) = batches.first() else {
        return Err(Error::cannot(
            "run/no-rows",
            "no row of customers was kept",
            "see `perennial query \"select * from ingests\"` and `quarantine`",
        ));
    };
    let batch = concat_batches(&first.schema(), &batches).map_err(perennial_lake::Error::from)?;
    let free: BooleanArray = ids(&batch)
        .iter()
        .map(|id| Some(!run.restricted.all.contains(id)))
        .collect();
    let batch = filter_record_batch(&batch, &free).map_err(perennial_lake::Error::from)?;
    let lost = outcomes(run, &batch)?;
    let (matrix, unused) = table_matrix(&batch)?;
    Ok(Table {
        customer_id: ids(&batch),
        matrix,
        lost,
        unused,
    })
}

/// The table's own columns as a matrix, and the names of those left out.
pub(crate) fn table_matrix(batch: &RecordBatch) -> Result<(Matrix, Vec<String>)> {
    let (mut columns, mut unused) = (Vec::new(), Vec::new());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        if matches!(
            field.name().as_str(),
            "subject_id" | "customer_id" | "ingest_id" | LABEL
        ) {
            continue;
        }
        match array.as_string_opt::<i32>() {
            Some(texts) => {
                let values: Vec<Option<&str>> = texts.iter().collect();
                let distinct = values.iter().flatten().collect::<HashSet<_>>().len();
                if distinct > 50 && distinct * 2 > values.len() {
                    unused.push(field.name().clone());
                } else {
                    columns.push(Column::category(field.name(), &values));
                }
            }
            None => columns.push(Column::number(field.name(), numbers(array))),
        }
    }
    // A table of identifiers and free text has rows, and no column to learn from.
    let matrix = Matrix {
        columns,
        rows: batch.num_rows(),
    };
    matrix.validate()?;
    Ok((matrix, unused))
}

fn outcomes(run: &Run<'_>, batch: &RecordBatch) -> Result<Vec<Option<bool>>> {
    let when = lost_when(&run.project.settings);
    let Some(labels) = batch
        .column_by_name(LABEL)
        .and_then(|c| c.as_string_opt::<i32>().cloned())
    else {
        return Err(Error::cannot(
            "source/part-missing",
            "no column is named for `label`",
            "name the column that says who was lost in `columns` of the source",
        ));
    };
    let lost: Vec<Option<bool>> = labels
        .iter()
        .map(|l| l.map(|l| says_lost(l, when)))
        .collect();
    if !lost.contains(&Some(true)) && labels.null_count() < labels.len() {
        let found: std::collections::BTreeSet<&str> =
            labels.iter().flatten().take(10_000).collect();
        let shown: Vec<String> = found.iter().take(6).map(|v| format!("`{v}`")).collect();
        return Err(Error::cannot(
            "run/label-never-lost",
            format!("no label equals `lost_when = \"{when}\"`"),
            format!("the labels are {}", shown.join(", ")),
        ));
    }
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of (customer, visits, plan, lost).
    fn table(rows: &[(i64, f64, Option<&str>, Option<bool>)]) -> Table {
        let plans: Vec<Option<&str>> = rows.iter().map(|row| row.2).collect();
        let visits = rows.iter().map(|row| row.1).collect();
        let columns = vec![
            Column::number("visits", visits),
            Column::category("plan", &plans),
        ];
        Table {
            customer_id: rows.iter().map(|row| row.0).collect(),
            matrix: Matrix::new(columns).unwrap(),
            lost: rows.iter().map(|row| row.3).collect(),
            unused: Vec::new(),
        }
    }

    /// What is learnt from, row by row, with whom each row speaks of.
    fn learnt(table: &Table) -> Vec<(i64, Option<u64>, Option<String>, bool)> {
        let (rows, places) = table.labelled().unwrap();
        assert_eq!(rows.groups.len(), places.len());
        let number = |row: usize| match &rows.matrix.columns[0].data {
            ColumnData::Number(values) => Some(values[row].to_bits()),
            ColumnData::Category { .. } => None,
        };
        let level = |row: usize| match &rows.matrix.columns[1].data {
            ColumnData::Category { codes, levels } => levels.get(codes[row] as usize).cloned(),
            ColumnData::Number(_) => None,
        };
        let row = |at: usize| {
            let who = table.customer_id[places[at]];
            (who, number(at), level(at), rows.lost[at])
        };
        (0..places.len()).map(row).collect()
    }

    #[test]
    fn the_order_of_a_table_does_not_matter() {
        let rows = [
            (11, 3.0, Some("basic"), Some(true)),
            (12, 3.0, Some("full"), Some(false)),
            (13, f64::NAN, None, Some(false)),
            (14, 3.0, Some("basic"), Some(true)),
            (15, 1.0, Some("full"), None),
            (16, 0.0, Some("basic"), Some(false)),
        ];
        let expected = learnt(&table(&rows));
        assert_eq!(expected.len(), 5);
        let equals: Vec<i64> = expected.iter().map(|row| row.0).collect();
        let at = |id| equals.iter().position(|e| *e == id);
        assert_eq!(at(14), at(11).map(|place| place + 1), "{equals:?}");
        for turn in 1..rows.len() {
            let mut turned = rows;
            turned.rotate_left(turn);
            assert_eq!(learnt(&table(&turned)), expected, "{turn}");
            turned.reverse();
            assert_eq!(learnt(&table(&turned)), expected, "{turn} back");
        }
    }
}
