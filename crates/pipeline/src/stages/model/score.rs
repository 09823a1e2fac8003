//! A churn probability for everybody, with the reasons in words.

use std::sync::Arc;

use perennial_history::FeatureSpec;
use perennial_lake::arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use perennial_lake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use perennial_lake::tables::{DataFileWriter, WriteStyle, commit};
use perennial_learn::Matrix;
use perennial_learn::explain::reasons;
use perennial_learn::prepare::TermKind;

use super::data::{self, feature_matrix};
use super::notes::Notes;
use super::{Built, Pair};
use crate::Result;
use crate::stage::{Done, Run};
use crate::stages::features;
use crate::stages::rows::{Rows, read_rows};
use crate::stages::words;

/// Reasons given for one customer.
const REASONS: usize = 3;
/// Rows written at a time.
const BATCH_ROWS: usize = 16_384;

/// What was written.
pub(super) struct Scored {
    pub rows: u64,
    pub version: i64,
}

/// What a term of the model stands for, in a word.
pub(super) fn term_name(term: &TermKind) -> &str {
    match term {
        TermKind::Intercept => "constant",
        TermKind::Value => "value",
        TermKind::MissingNumber | TermKind::MissingLevel => "missing",
        TermKind::Level(level) => level,
        TermKind::PooledLevels => "other",
    }
}

/// Scores every customer who was active before the as-of moment.
pub(super) async fn history(
    run: &Run<'_>,
    done: &Done,
    built: &Built,
    version: &str,
) -> Result<Scored> {
    let notes: features::Notes = done.details_as()?;
    let as_of_us = notes.plan.as_of_us;
    let mut all = Vec::new();
    current(run, done, as_of_us, |rows| {
        all.extend(predict(built, &feature_matrix(rows)?)?);
        Ok(())
    })
    .await?;
    let ranks = percentiles(&all);
    let mut writer = Writer::new(run, version, Some(as_of_us))?;
    let mut done_rows = 0;
    current(run, done, as_of_us, |rows| {
        let matrix = feature_matrix(rows)?;
        let range = done_rows..done_rows + rows.len();
        done_rows = range.end;
        let said = say(run, built, &matrix, &rows.specs)?;
        writer.write(
            built,
            &rows.customer_id,
            &all[range.clone()],
            &ranks[range],
            &said,
        )
    })
    .await?;
    writer.close().await
}

/// Scores every row of a labelled table; those with a label by a model that has
/// not seen them, where there was one.
pub(super) async fn table(
    run: &Run<'_>,
    table: &data::Table,
    built: &Built,
    version: &str,
) -> Result<Scored> {
    let mut all = predict(built, &table.matrix)?;
    for (row, probability) in built.held_out.iter().flatten() {
        all[*row] = *probability;
    }
    let ranks = percentiles(&all);
    let said = say(run, built, &table.matrix, &[])?;
    let mut writer = Writer::new(run, version, None)?;
    writer.write(built, &table.customer_id, &all, &ranks, &said)?;
    writer.close().await
}

/// The rows at the as-of moment, batch by batch.
async fn current(
    run: &Run<'_>,
    done: &Done,
    as_of_us: i64,
    mut each: impl FnMut(&Rows) -> Result<()>,
) -> Result<()> {
    read_rows(&run.project.lake, done, |rows| {
        let now: Vec<bool> = rows.as_of_us.iter().map(|&t| t == as_of_us).collect();
        let rows = rows.only(&now);
        if rows.len() > 0 { each(&rows) } else { Ok(()) }
    })
    .await
}

/// Probabilities of the model that serves; not known without one.
fn predict(built: &Built, matrix: &Matrix) -> Result<Vec<f64>> {
    match &built.pair {
        Some(Pair { logistic, .. }) if built.notes.uses_logistic => Ok(logistic.predict(matrix)?),
        Some(Pair { rule, .. }) => rule.predict(matrix),
        None => Ok(vec![f64::NAN; matrix.rows]),
    }
}

/// Share of all customers with a lower probability, half of the equals.
fn percentiles(probabilities: &[f64]) -> Vec<f64> {
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len().max(1) as f64;
    probabilities
        .iter()
        .map(|p| {
            let below = sorted.partition_point(|s| s.total_cmp(p).is_lt());
            let upto = sorted.partition_point(|s| s.total_cmp(p).is_le());
            (below + upto) as f64 / 2.0 / n
        })
        .collect()
}

/// The reasons of each row in both languages, in the words of the catalogue
/// `specs` where a column is one of its features.
fn say(
    run: &Run<'_>,
    built: &Built,
    matrix: &Matrix,
    specs: &[FeatureSpec],
) -> Result<Vec<words::Said>> {
    let currency = run.project.settings.project.currency.as_str();
    match &built.pair {
        Some(Pair { logistic, .. }) if built.notes.uses_logistic => {
            let names: Vec<&str> = logistic
                .preparation()
                .columns
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            let found = reasons(logistic, matrix, REASONS)?;
            Ok(found
                .iter()
                .map(|r| words::reasons(r, &names, specs, currency))
                .collect())
        }
        Some(Pair { rule, .. }) => {
            let said = words::rule_reason(rule.column(), specs);
            Ok(vec![said; matrix.rows])
        }
        None => Ok(vec![words::Said::default(); matrix.rows]),
    }
}

struct Writer<'a> {
    run: &'a Run<'a>,
    schema: SchemaRef,
    file: DataFileWriter,
    version: String,
    as_of_us: Option<i64>,
}

impl<'a> Writer<'a> {
    fn new(run: &'a Run<'a>, version: &str, as_of_us: Option<i64>) -> Result<Self> {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let number = |name: &str| Field::new(name, DataType::Float64, true);
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let schema: SchemaRef = Arc::new(Schema::new(vec![
            Field::new("customer_id", DataType::Int64, false),
            number("churn_probability"),
            number("churn_low"),
            number("churn_high"),
            number("percentile"),
            text("reasons_en"),
            text("reasons_zh"),
            text("model_version"),
            Field::new("as_of", time, true),
            text("run_id"),
        ]));
        let lake = &run.project.lake;
        let file = DataFileWriter::create(lake, "scores", &schema, None, WriteStyle::Small)?;
        Ok(Self {
            run,
            schema,
            file,
            version: version.to_owned(),
            as_of_us,
        })
    }

    fn write(
        &mut self,
        built: &Built,
        ids: &[i64],
        probabilities: &[f64],
        ranks: &[f64],
        said: &[words::Said],
    ) -> Result<()> {
        for start in (0..ids.len()).step_by(BATCH_ROWS) {
            let range = start..(start + BATCH_ROWS).min(ids.len());
            let part = &probabilities[range.clone()];
            self.write_part(
                &built.notes,
                &ids[range.clone()],
                part,
                &ranks[range.clone()],
                &said[range],
            )?;
        }
        Ok(())
    }

    fn write_part(
        &mut self,
        notes: &Notes,
        ids: &[i64],
        probabilities: &[f64],
        ranks: &[f64],
        said: &[words::Said],
    ) -> Result<()> {
        let rows = ids.len();
        self.run
            .restricted
            .assert_without(ids, "those to be scored")?;
        let intervals: Vec<Option<(f64, f64)>> = probabilities
            .iter()
            .map(|p| {
                if p.is_finite() {
                    notes.interval(*p)
                } else {
                    None
                }
            })
            .collect();
        let known = |values: &[f64]| -> ArrayRef {
            Arc::new(
                values
                    .iter()
                    .map(|v| Some(*v).filter(|v| v.is_finite()))
                    .collect::<Float64Array>(),
            )
        };
        let bound = |pick: fn((f64, f64)) -> f64| -> ArrayRef {
            Arc::new(
                intervals
                    .iter()
                    .map(|i| i.map(pick))
                    .collect::<Float64Array>(),
            )
        };
        let same = |value: &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                value, rows,
            )))
        };
        let times = TimestampMicrosecondArray::from(vec![self.as_of_us; rows]).with_timezone("UTC");
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(ids.to_vec())),
            known(probabilities),
            bound(|i| i.0),
            bound(|i| i.1),
            known(ranks),
            Arc::new(
                said.iter()
                    .map(|s| Some(s.en.as_str()))
                    .collect::<StringArray>(),
            ),
            Arc::new(
                said.iter()
                    .map(|s| Some(s.zh.as_str()))
                    .collect::<StringArray>(),
            ),
            same(&self.version),
            Arc::new(times),
            same(&self.run.run_id),
        ];
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(perennial_lake::Error::from)?;
        Ok(self.file.write(&batch)?)
    }

    async fn close(self) -> Result<Scored> {
        let rows = self.file.rows();
        let file = self.file.close()?;
        let lake = &self.run.project.lake;
        let version = commit(lake, "scores", &self.schema, &[], &[], vec![file]).await?;
        Ok(Scored { rows, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_share_a_percentile() {
        assert_eq!(percentiles(&[0.1, 0.5, 0.5, 0.9]), [0.125, 0.5, 0.5, 0.875]);
        assert_eq!(percentiles(&[]), Vec::<f64>::new());
    }
}
