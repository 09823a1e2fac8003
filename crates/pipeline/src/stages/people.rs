//! The customers a decision is made about, as columns: what they are worth a
//! year, what they brought, how long they have been silent, how likely they
//! are to leave. Read from the tables that `features` or `ingest` and `model`
//! left.

use std::collections::HashMap;

use perennial_lake::arrow::array::{Array, AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{Float64Type, Int64Type};
use perennial_lake::tables::read_batches;

use super::features;
use super::ingest::{LABEL, table_name};
use super::rows::{numbers, read_rows};
use crate::settings::{Literal, Per, Settings};
use crate::stage::{Done, Run};
use crate::{Error, Result};

/// The feature that counts the contracts that run.
pub(crate) const OPEN: &str = "open_subscriptions";
/// Days in a year, wherever a year is counted in days.
pub(crate) const YEAR_DAYS: f64 = 365.0;

/// Customers as columns of equal length; NaN is "not known".
#[derive(Default)]
pub(crate) struct People {
    pub customer_id: Vec<i64>,
    pub churn_probability: Vec<f64>,
    pub churn_low: Vec<f64>,
    pub churn_high: Vec<f64>,
    /// Money at margin in a year, as things go.
    pub margin_per_year: Vec<f64>,
    /// Money at margin up to the as-of moment.
    pub historic: Vec<f64>,
    pub silence_days: Vec<f64>,
    pub gap_mean_days: Vec<f64>,
    /// Until the planned end of a contract; negative where that is past.
    pub days_left: Vec<f64>,
    pub tenure_days: Vec<f64>,
    /// Lost already, as the label says, because no contract runs, or by a silence longer than the horizon:
    /// scored, but neither about to leave nor to be given anything.
    pub lost_already: Vec<bool>,
}

impl People {
    /// How many are lost already.
    pub fn lost_already_count(&self) -> u64 {
        self.lost_already.iter().filter(|lost| **lost).count() as u64
    }
}

/// Where the scores come from and how far ahead they look.
pub(crate) struct Basis<'a> {
    /// The features stage, for histories.
    pub features: Option<&'a Done>,
    /// The ingest stage.
    pub ingest: &'a Done,
    /// The model stage.
    pub model: &'a Done,
}

impl Basis<'_> {
    /// The notes of the features stage, where there was one.
    pub fn feature_notes(&self) -> Result<Option<features::Notes>> {
        self.features.map(Done::details_as).transpose()
    }
}

/// Reads the customers that were scored, in the order of `scores`.
pub(crate) async fn read_people(run: &Run<'_>, basis: &Basis<'_>) -> Result<People> {
    let mut people = People::default();
    let lake = &run.project.lake;
    read_batches(
        lake,
        "scores",
        basis.model.version("scores"),
        None,
        |batch| {
            people.customer_id.extend(ids(&batch));
            people
                .churn_probability
                .extend(number_column(&batch, "churn_probability"));
            people.churn_low.extend(number_column(&batch, "churn_low"));
            people
                .churn_high
                .extend(number_column(&batch, "churn_high"));
            Ok(())
        },
    )
    .await?;
    // Scores of before a restriction are of people who must not be used any more.
    run.restricted
        .assert_without(&people.customer_id, "those who are scored")?;
    match basis.features {
        Some(done) => from_features(run, done, &mut people).await?,
        None => from_customers(run, basis.ingest, &mut people).await?,
    }
    let rows = people.customer_id.len();
    let columns = [
        people.margin_per_year.len(),
        people.historic.len(),
        people.lost_already.len(),
    ];
    if columns.iter().any(|length| *length != rows) {
        return Err(out_of_step());
    }
    Ok(people)
}

/// What a customer brings in a year: the last year's net amount at margin; for
/// younger customers scaled up to a year from their tenure, which counts as at
/// least one horizon long so that a first purchase is not taken for a habit.
pub(crate) fn margin_per_year(
    margin: f64,
    amount_365d: f64,
    tenure_days: f64,
    horizon_days: f64,
) -> f64 {
    let observed_days = tenure_days.max(horizon_days).min(YEAR_DAYS);
    margin * amount_365d * YEAR_DAYS / observed_days
}

async fn from_features(run: &Run<'_>, done: &Done, people: &mut People) -> Result<()> {
    let notes: features::Notes = done.details_as()?;
    let margin = run.project.settings.value.margin.get();
    let horizon_days = f64::from(notes.plan.horizon_days);
    let is_contract = notes.contracts.is_some();
    let per_year = periods_per_year(&run.project.settings);
    let mut place = 0;
    read_rows(&run.project.lake, done, |rows| {
        // Events say nothing of money.
        let feature = |name, i: usize| rows.feature(name).map_or(f64::NAN, |values| values[i]);
        for i in 0..rows.len() {
            if rows.as_of_us[i] != notes.plan.as_of_us {
                continue;
            }
            if people.customer_id.get(place) != Some(&rows.customer_id[i]) {
                return Err(out_of_step());
            }
            place += 1;
            let (year, tenure) = (feature("amount_365d", i), feature("tenure_days", i));
            let silence = feature("recency_days", i);
            people.margin_per_year.push(match is_contract {
                true => feature("price", i) * per_year * margin,
                false => margin_per_year(margin, year, tenure, horizon_days),
            });
            people.historic.push(margin * feature("amount_total", i));
            people.silence_days.push(silence);
            people.gap_mean_days.push(feature("gap_mean_days", i));
            people.days_left.push(feature("days_left", i));
            people.tenure_days.push(tenure);
            people.lost_already.push(match is_contract {
                true => feature(OPEN, i) == 0.0,
                false => silence > horizon_days,
            });
        }
        Ok(())
    })
    .await
}

async fn from_customers(run: &Run<'_>, ingest: &Done, people: &mut People) -> Result<()> {
    let settings = &run.project.settings;
    let (lake, version) = (&run.project.lake, ingest.version("customers"));
    let lost_when = lost_when(settings);
    let mut seen = Vec::new();
    let mut amounts = Vec::new();
    let mut lost = Vec::new();
    read_batches(lake, "customers", version, None, |batch| {
        seen.extend(ids(&batch));
        lost.extend(is_lost(&batch, lost_when));
        match &settings.value.amount {
            Some(column) => amounts.extend(number_column(&batch, &table_name(column))),
            None => amounts.extend(std::iter::repeat_n(f64::NAN, batch.num_rows())),
        }
        Ok(())
    })
    .await?;
    let yearly = settings.value.margin.get() * periods_per_year(settings);
    let known = amounts.into_iter().zip(lost);
    let by_id: HashMap<i64, (f64, bool)> = seen.into_iter().zip(known).collect();
    for id in &people.customer_id {
        let (amount, lost) = by_id.get(id).copied().unwrap_or((f64::NAN, false));
        people.lost_already.push(lost);
        people.margin_per_year.push(amount * yearly);
        people.historic.push(f64::NAN);
        people.silence_days.push(f64::NAN);
        people.gap_mean_days.push(f64::NAN);
        people.days_left.push(f64::NAN);
        people.tenure_days.push(f64::NAN);
    }
    Ok(())
}

/// Whether the label says of each row that the customer is lost; not, where it
/// says nothing.
fn is_lost(batch: &RecordBatch, lost_when: &str) -> Vec<bool> {
    let labels = batch
        .column_by_name(LABEL)
        .and_then(|c| c.as_string_opt::<i32>());
    labels.map_or_else(
        || vec![false; batch.num_rows()],
        |labels| {
            labels
                .iter()
                .map(|label| label.is_some_and(|label| says_lost(label, lost_when)))
                .collect()
        },
    )
}

/// The value of the label that means lost.
pub(crate) fn lost_when(settings: &Settings) -> &str {
    let when = settings.lost.lost_when.as_ref();
    when.map(Literal::as_str).unwrap_or_default()
}

/// Whether a label says lost; `1` and `1.0` are the same value.
pub(crate) fn says_lost(label: &str, when: &str) -> bool {
    let label = label.trim();
    label.to_lowercase() == when.to_lowercase()
        || matches!((label.parse::<f64>(), when.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

/// How often in a year `value.amount`, or the price of a contract, is paid.
pub(crate) fn periods_per_year(settings: &Settings) -> f64 {
    settings.value.amount_per.map_or(1.0, Per::per_year)
}

pub(crate) fn ids(batch: &RecordBatch) -> Vec<i64> {
    batch
        .column_by_name("customer_id")
        .and_then(|c| c.as_primitive_opt::<Int64Type>())
        .map_or_else(Vec::new, |c| c.values().to_vec())
}

/// A column as numbers; all missing where the table has no such column.
pub(crate) fn number_column(batch: &RecordBatch, name: &str) -> Vec<f64> {
    match batch.column_by_name(name) {
        Some(column) if column.data_type().is_numeric() => numbers(column),
        Some(column) => column
            .as_primitive_opt::<Float64Type>()
            .map_or_else(|| vec![f64::NAN; batch.num_rows()], |c| c.values().to_vec()),
        None => vec![f64::NAN; batch.num_rows()],
    }
}

fn out_of_step() -> Error {
    Error::cannot(
        "lake/out-of-step",
        "the scores do not belong to the features that are there",
        "run again with `--fresh`",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use perennial_lake::arrow::array::{ArrayRef, StringArray};

    use super::*;

    #[test]
    fn a_first_purchase_is_not_taken_for_a_habit() {
        assert_eq!(margin_per_year(0.3, 1000.0, 800.0, 90.0), 300.0);
        assert_eq!(margin_per_year(0.5, 100.0, 73.0, 60.0), 250.0);
        // Bought 100 today: a year is reckoned from one horizon, not from a day.
        assert_eq!(margin_per_year(1.0, 100.0, 0.5, 73.0), 500.0);
    }

    #[test]
    fn the_label_says_who_is_lost_already() {
        let labels = StringArray::from(vec![Some("yes"), Some(" yes "), Some("no"), None]);
        let batch = RecordBatch::try_from_iter([(LABEL, Arc::new(labels) as ArrayRef)]).unwrap();
        assert_eq!(is_lost(&batch, "yes"), [true, true, false, false]);
        let other = RecordBatch::try_from_iter([(
            "visits",
            Arc::new(StringArray::from(vec!["yes"])) as ArrayRef,
        )])
        .unwrap();
        assert_eq!(is_lost(&other, "yes"), [false]);
        assert!(says_lost("1.0", "1") && !says_lost("10", "1"));
        assert!(says_lost(" YES", "Yes") && !says_lost("no", "yes"));
    }
}
