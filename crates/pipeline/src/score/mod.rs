//! `score`: customers by their identifier, a file of them, or one written out.
//!
//! Customers of the project are looked up in the tables of the last run. A file
//! and a customer written out are scored by the version that serves, by the same
//! functions as a run.

mod file;
mod known;
mod scored;
mod values;

use std::path::PathBuf;

use perennial_lake::tables::read_batches;

pub use scored::{Decided, ScoreSummary, Scored};

use crate::answer::Both;
use crate::models::notes_of;
use crate::models::served::Served;
use crate::project::Project;
use crate::stages::model::{MODEL, Notes};
use crate::stages::people::number_column;
use crate::{Error, Result, visible};

/// Whom to score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Customers of the project, by the identifier its files use.
    Customers(Vec<String>),
    /// A file with the columns that the model was fitted on, a row a customer.
    File(PathBuf),
    /// One customer written out: columns and values.
    Values(Vec<(String, String)>),
}

/// Who takes the scores, one after the other.
pub(crate) type Sink<'a> = &'a mut (dyn FnMut(&Scored) -> std::io::Result<()> + Send);

/// Scores customers and hands each to `sink`, in the order asked for.
///
/// # Errors
/// `score/customer-unknown`, `score/column-unknown`, `score/not-a-number`,
/// `score/column-missing`, `model/none-yet`, `run/none-yet`, and those of
/// reading the file and of the sink.
pub async fn score(project: &Project, whom: Whom, sink: Sink<'_>) -> Result<ScoreSummary> {
    match whom {
        Whom::Customers(names) => known::score(project, &names, sink).await,
        Whom::File(path) => file::score(project, &path, sink).await,
        Whom::Values(values) => values::score(project, &values, sink).await,
    }
}

/// The version that serves, ready to score.
struct Serving {
    version: String,
    notes: Notes,
    model: Served,
    /// Probabilities of the last run's customers, ascending, where it is that
    /// version that scored them.
    others: Option<Vec<f64>>,
    currency: String,
}

impl Serving {
    async fn of(project: &Project) -> Result<Self> {
        let none_yet = || {
            Error::cannot(
                "model/none-yet",
                "no model has been fitted yet",
                "run `perennial run` first",
            )
        };
        let promotion = project
            .ledger
            .current_model(MODEL)
            .await?
            .ok_or_else(none_yet)?;
        let model = project
            .ledger
            .model(&promotion.model_version)
            .await?
            .ok_or_else(none_yet)?;
        let notes = notes_of(&model.card);
        Ok(Self {
            model: Served::from_bytes(&model.bytes, notes.uses_logistic)?,
            others: others(project, &promotion.model_version).await?,
            version: promotion.model_version,
            notes,
            currency: project.settings.project.currency.as_str().to_owned(),
        })
    }

    /// Scores the rows of a matrix.
    fn rows(&self, matrix: &perennial_learn::Matrix) -> Result<Vec<Scored>> {
        let probabilities = self.model.predict(matrix)?;
        let reasons = self
            .model
            .reasons(matrix, &self.notes.catalogue(), &self.currency)?;
        Ok(probabilities
            .into_iter()
            .zip(reasons)
            .map(|(probability, said)| {
                let interval = self.notes.interval(probability);
                Scored {
                    churn_probability: Some(probability),
                    low: interval.map(|i| i.0),
                    high: interval.map(|i| i.1),
                    percentile: self
                        .others
                        .as_ref()
                        .and_then(|others| percentile(others, probability)),
                    reasons: Both::new(said.en, said.zh),
                    ..Scored::default()
                }
            })
            .collect())
    }

    fn summary(&self) -> ScoreSummary {
        ScoreSummary {
            model_version: Some(self.version.clone()),
            notes: small_note(&self.notes).into_iter().collect(),
            ..ScoreSummary::default()
        }
    }
}

/// The probabilities that a version gave the last run's customers, ascending.
async fn others(project: &Project, version: &str) -> Result<Option<Vec<f64>>> {
    let Ok(visible) = visible::tables(project).await else {
        return Ok(None);
    };
    let Some(scores) = visible.versions.get("scores").copied() else {
        return Ok(None);
    };
    let mut all = Vec::new();
    let mut same = true;
    let columns = ["churn_probability", "model_version"];
    read_batches(
        &project.lake,
        "scores",
        Some(scores),
        Some(&columns),
        |batch| {
            same &= known::texts(&batch, "model_version")
                .first()
                .is_none_or(|v| v.as_deref() == Some(version));
            all.extend(
                number_column(&batch, "churn_probability")
                    .into_iter()
                    .filter(|p| p.is_finite()),
            );
            Ok(())
        },
    )
    .await?;
    all.sort_by(f64::total_cmp);
    Ok((same && !all.is_empty()).then_some(all))
}

/// Share of the others with a lower probability, half of the equals.
fn percentile(others: &[f64], probability: f64) -> Option<f64> {
    let below = others.partition_point(|p| *p < probability);
    let upto = others.partition_point(|p| *p <= probability);
    (!others.is_empty()).then(|| (below + upto) as f64 / 2.0 / others.len() as f64)
}

/// What so few rows can carry, where they are few.
fn small_note(notes: &Notes) -> Option<Both> {
    let (rows, lost) = (notes.small.rows, notes.small.lost);
    match notes.small.level.as_str() {
        "too_small" => Some(Both::new(
            format!(
                "fitted on {rows} rows, {lost} of them lost: too few to be tested, so take this as a first guess and not as a forecast"
            ),
            format!(
                "仅由 {rows} 行数据训练，其中流失 {lost} 行：数据太少，无法检验，只能作为初步估计，不能当作预测"
            ),
        )),
        "limited" => Some(Both::new(
            format!("fitted on {rows} rows, {lost} of them lost: few, so the probability is rough"),
            format!("由 {rows} 行数据训练，其中流失 {lost} 行：数据较少，概率较为粗略"),
        )),
        _ => None,
    }
}

/// What the sink says when it cannot take more.
fn unwritable(source: std::io::Error) -> Error {
    Error::Io {
        action: "write",
        path: "output".into(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_share_a_percentile() {
        let others = [0.1, 0.2, 0.2, 0.9];
        assert_eq!(percentile(&others, 0.2), Some(0.5));
        assert_eq!(percentile(&others, 0.05), Some(0.0));
        assert_eq!(percentile(&others, 1.0), Some(1.0));
        assert_eq!(percentile(&[], 1.0), None);
    }

    #[test]
    fn few_rows_are_said_to_be_few() {
        let mut notes = Notes::default();
        assert_eq!(small_note(&notes), None);
        notes.small.level = "too_small".to_owned();
        (notes.small.rows, notes.small.lost) = (6, 3);
        assert!(
            small_note(&notes)
                .unwrap()
                .en
                .starts_with("fitted on 6 rows, 3 of them lost")
        );
    }
}
