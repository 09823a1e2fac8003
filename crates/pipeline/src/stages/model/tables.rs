//! The tables in which a model and its quality can be looked at.

use std::collections::BTreeMap;

use perennial_lake::tables::write_table;

use super::notes::{Measures, ModelNotes, Notes};
use super::{Built, EvaluationNotes};
use crate::Result;
use crate::columns::Columns;
use crate::stage::Run;

/// Names of the models in the tables.
pub(crate) const RULE: &str = "plain_rule";
/// The logistic regression's name.
pub(crate) const LOGISTIC: &str = "logistic_regression";

/// The segment of customers who were not lost already on the test date.
const ACTIVE: &str = "active";

/// Writes `model_versions`, `evaluations`, `test_scores`, `calibration`, `lift`,
/// `curves` and `importances`.
pub(super) async fn write(
    run: &Run<'_>,
    built: &Built,
    notes: &Notes,
) -> Result<BTreeMap<String, i64>> {
    let models = [(RULE, &notes.rule), (LOGISTIC, &notes.logistic)];
    let tables = [
        ("model_versions", versions(run, notes)?),
        ("evaluations", evaluations(run, notes)?),
        ("test_scores", test_scores(run, built, notes)?),
        ("calibration", calibration(run, notes, &models)?),
        ("lift", lift(run, notes, &models)?),
        ("curves", curves(run, notes, &models)?),
        ("importances", importances(run, built, notes)?),
    ];
    let mut outputs = BTreeMap::new();
    for (name, columns) in tables {
        let (schema, batch) = columns.finish()?;
        let version = write_table(&run.project.lake, name, &schema, &[batch]).await?;
        outputs.insert(name.to_owned(), version);
    }
    Ok(outputs)
}

fn count(value: u64) -> Option<i64> {
    Some(i64::try_from(value).unwrap_or(i64::MAX))
}

fn split(notes: &Notes) -> Option<&'static str> {
    match notes.evaluation {
        EvaluationNotes::None => None,
        EvaluationNotes::LaterTime { .. } => Some("later"),
        EvaluationNotes::Folds { .. } => Some("cv"),
    }
}

fn test_date(notes: &Notes) -> Option<i64> {
    notes.splits.iter().find(|s| s.is_test).map(|s| s.as_of_us)
}

fn closed(columns: Columns, run: &Run<'_>, notes: &Notes, rows: usize) -> Columns {
    columns
        .same_text("model_version", Some(&notes.model_version), rows)
        .same_text("split", split(notes), rows)
        .same_time("as_of", test_date(notes), rows)
        .same_text("run_id", Some(&run.run_id), rows)
}

fn versions(run: &Run<'_>, notes: &Notes) -> Result<Columns> {
    let model = if notes.uses_logistic { LOGISTIC } else { RULE };
    let used = notes.none_because.is_none().then_some(model);
    Ok(Columns::new()
        .text("model_version", [Some(&notes.model_version)])
        .text("model", [used])
        .ints("train_rows", [count(notes.train_rows)])
        .ints("train_lost", [count(notes.train_lost)])
        .ints("test_rows", [count(notes.test_rows)])
        .ints("test_lost", [count(notes.test_lost)])
        .numbers("threshold", [Some(notes.threshold)])
        .text("none_because", [notes.none_because.as_deref()])
        .text("code_version", [Some(crate::stage::CODE_VERSION)])
        .text("run_id", [Some(&run.run_id)]))
}

type Models<'a> = [(&'static str, &'a ModelNotes); 2];

/// The measures over everybody, and, where they differ, over those who were
/// still active.
fn evaluations(run: &Run<'_>, notes: &Notes) -> Result<Columns> {
    let shown = notes.measures();
    let parts: Vec<(Option<&str>, &[Measures; 2])> = match &notes.everybody {
        Some(everybody) => vec![(None, everybody), (Some(ACTIVE), &shown)],
        None => vec![(None, &shown)],
    };
    let rows: Vec<_> = parts
        .into_iter()
        .flat_map(|(segment, [rule, logistic])| {
            let models = [(RULE, rule), (LOGISTIC, logistic)];
            models
                .into_iter()
                .flat_map(move |(name, all)| all.iter().map(move |x| (segment, name, x)))
        })
        .collect();
    let columns = Columns::new()
        .text("model", rows.iter().map(|(_, name, _)| Some(*name)))
        .text("segment", rows.iter().map(|(segment, _, _)| *segment))
        .text("metric", rows.iter().map(|(_, _, m)| Some(m.0.as_str())))
        .numbers("value", rows.iter().map(|(_, _, m)| Some(m.1)))
        .numbers("low", rows.iter().map(|(_, _, m)| m.2))
        .numbers("high", rows.iter().map(|(_, _, m)| m.3))
        .ints("n", rows.iter().map(|(_, _, m)| count(m.4)));
    Ok(closed(columns, run, notes, rows.len()))
}

/// What each model said of each customer it was judged on, so that anybody can
/// work out a measure of their own.
fn test_scores(run: &Run<'_>, built: &Built, notes: &Notes) -> Result<Columns> {
    let tested = &built.tested;
    let each = tested.lost.len();
    let models = [(RULE, &tested.rule), (LOGISTIC, &tested.logistic)];
    let customers = tested.customer_id.iter().cycle().take(2 * each);
    let lost = tested.lost.iter().cycle().take(2 * each);
    let names = models.iter().flat_map(|m| std::iter::repeat_n(m.0, each));
    let columns = Columns::new()
        .text("model", names.map(Some))
        .ints("customer_id", customers.map(|&id| Some(id)))
        .numbers(
            "churn_probability",
            models.iter().flat_map(|m| m.1.iter().map(|&p| Some(p))),
        )
        .bools("lost", lost.map(|&lost| Some(lost)));
    Ok(closed(columns, run, notes, 2 * each))
}

fn calibration(run: &Run<'_>, notes: &Notes, models: &Models<'_>) -> Result<Columns> {
    let rows: Vec<_> = models
        .iter()
        .flat_map(|(name, m)| m.calibration.iter().map(move |x| (*name, x)))
        .collect();
    let columns = Columns::new()
        .text("model", rows.iter().map(|(name, _)| Some(*name)))
        .numbers("predicted", rows.iter().map(|(_, b)| Some(b.0)))
        .numbers("observed", rows.iter().map(|(_, b)| Some(b.1)))
        .numbers("low", rows.iter().map(|(_, b)| Some(b.2)))
        .numbers("high", rows.iter().map(|(_, b)| Some(b.3)))
        .ints("n", rows.iter().map(|(_, b)| count(b.4)));
    Ok(closed(columns, run, notes, rows.len()))
}

fn lift(run: &Run<'_>, notes: &Notes, models: &Models<'_>) -> Result<Columns> {
    let rows: Vec<_> = models
        .iter()
        .flat_map(|(name, m)| m.deciles.iter().map(move |x| (*name, x)))
        .collect();
    let columns = Columns::new()
        .text("model", rows.iter().map(|(name, _)| Some(*name)))
        .ints("decile", rows.iter().map(|(_, d)| Some(i64::from(d.0))))
        .ints("n", rows.iter().map(|(_, d)| count(d.1)))
        .numbers("lost", rows.iter().map(|(_, d)| Some(d.2)))
        .numbers("lift", rows.iter().map(|(_, d)| Some(d.3)));
    Ok(closed(columns, run, notes, rows.len()))
}

fn curves(run: &Run<'_>, notes: &Notes, models: &Models<'_>) -> Result<Columns> {
    let rows: Vec<(&str, &str, (f64, f64))> = models
        .iter()
        .flat_map(|(name, m)| {
            let curves = [
                ("roc", &m.roc),
                ("precision_recall", &m.precision_recall),
                ("profit", &m.profit),
            ];
            curves
                .into_iter()
                .flat_map(move |(curve, points)| points.iter().map(move |p| (*name, curve, *p)))
        })
        .collect();
    let columns = Columns::new()
        .text("model", rows.iter().map(|r| Some(r.0)))
        .text("curve", rows.iter().map(|r| Some(r.1)))
        .numbers("x", rows.iter().map(|r| Some(r.2.0)))
        .numbers("y", rows.iter().map(|r| Some(r.2.1)));
    Ok(closed(columns, run, notes, rows.len()))
}

/// Coefficients of the logistic regression, per standard deviation for numbers
/// and against the commonest level for categories.
fn importances(run: &Run<'_>, built: &Built, notes: &Notes) -> Result<Columns> {
    let Some(pair) = &built.pair else {
        return Ok(closed(empty_importances(), run, notes, 0));
    };
    let names = &pair.logistic.preparation().columns;
    let rows = pair.logistic.coefficients();
    let name = |c: &perennial_learn::logistic::Coefficient| {
        c.column
            .and_then(|i| names.get(i))
            .map_or("(intercept)", |c| c.name.as_str())
    };
    let columns = Columns::new()
        .text("feature", rows.iter().map(|c| Some(name(c))))
        .text(
            "term",
            rows.iter().map(|c| Some(super::score::term_name(&c.term))),
        )
        .numbers("coefficient", rows.iter().map(|c| Some(c.estimate)))
        .numbers("std_error", rows.iter().map(|c| Some(c.std_error)))
        .numbers("low", rows.iter().map(|c| Some(c.low)))
        .numbers("high", rows.iter().map(|c| Some(c.high)));
    Ok(closed(columns, run, notes, rows.len()))
}

fn empty_importances() -> Columns {
    let none: [Option<&str>; 0] = [];
    let no_number: [Option<f64>; 0] = [];
    Columns::new()
        .text("feature", none)
        .text("term", none)
        .numbers("coefficient", no_number)
        .numbers("std_error", no_number)
        .numbers("low", no_number)
        .numbers("high", no_number)
}
