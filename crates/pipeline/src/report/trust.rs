//! How far to trust the churn probabilities.

use std::collections::BTreeMap;

use perennial_history::FeatureSpec;
use perennial_web::Text;
use perennial_web::report::{
    CalibrationBin, Confusion, Curve, Estimate, Evaluation, Leak, LiftDecile, ModelKind,
    ModelMetrics, Part, PlainTrust, ProfitPoint, Split, SplitRole, Trust, Weight,
};

use super::material::Material;
use super::read::{self, Coefficient};
use super::{moments, risk, small};
use crate::Result;
use crate::stages::model::Notes;
use crate::stages::model::data::spread;
use crate::stages::model::notes::{EvaluationNotes, ModelNotes, SplitNotes};

/// Weights shown.
const WEIGHTS_MAX: usize = 15;

/// The section, or why there is none.
pub(super) async fn part(m: &Material<'_>) -> Result<Part<Trust>> {
    let notes = match m.model() {
        Ok(notes) => notes,
        Err(missing) => return Ok(Err(missing)),
    };
    let models = [
        (ModelKind::PlainRule, &notes.rule, !notes.uses_logistic),
        (
            ModelKind::LogisticRegression,
            &notes.logistic,
            notes.uses_logistic,
        ),
    ];
    let tested = || {
        models
            .iter()
            .filter(|(_, notes, _)| !notes.metrics.is_empty())
    };
    let curves = |of: fn(&ModelNotes) -> &Vec<(f64, f64)>| {
        let drawn = tested().filter(|(_, notes, _)| !of(notes).is_empty());
        drawn
            .map(|(model, notes, _)| Curve {
                model: *model,
                points: of(notes).clone(),
            })
            .collect()
    };
    Ok(Ok(Trust {
        evaluation: evaluation(&notes.evaluation),
        plain: plain(notes),
        models: tested()
            .map(|(model, notes, in_use)| metrics(*model, notes, *in_use))
            .collect(),
        roc: curves(|notes| &notes.roc),
        precision_recall: curves(|notes| &notes.precision_recall),
        calibration: notes.in_use().calibration.iter().map(calibration).collect(),
        lift: notes.in_use().deciles.iter().map(lift).collect(),
        confusion: confusion(m, notes),
        profit: profit(notes.in_use()),
        weights: weights(m, notes).await?,
        splits: splits(m, notes).await?,
        active_only: notes.everybody.is_some() || notes.contracts.is_some(),
        small_data: small::text(&notes.small),
        leaks: notes
            .leaks
            .iter()
            .map(|leak| Leak {
                column: leak.column.clone(),
                roc_auc: leak.roc_auc,
                left_out: notes.left_out.contains(&leak.column),
            })
            .collect(),
    }))
}

fn evaluation(notes: &EvaluationNotes) -> Evaluation {
    match *notes {
        EvaluationNotes::None => Evaluation::None,
        EvaluationNotes::LaterTime { gap_days } => Evaluation::LaterTime { gap_days },
        EvaluationNotes::Folds { folds } => Evaluation::CrossValidation { folds, repeats: 1 },
    }
}

fn estimate(notes: &ModelNotes, metric: &str) -> Option<Estimate> {
    let (value, low, high) = notes.metric(metric)?;
    Some(Estimate {
        value,
        interval: low.zip(high),
    })
}

fn metrics(model: ModelKind, notes: &ModelNotes, in_use: bool) -> ModelMetrics {
    let metric = |name| estimate(notes, name);
    ModelMetrics {
        model,
        in_use,
        roc_auc: metric("roc_auc"),
        pr_auc: metric("pr_auc"),
        log_loss: metric("log_loss"),
        brier: metric("brier"),
        ece: metric("ece"),
        accuracy: metric("accuracy"),
        precision: metric("precision"),
        recall: metric("recall"),
        f1: metric("f1"),
    }
}

/// The numbers of the plain sentence; zeros where there was no test.
fn plain(notes: &Notes) -> PlainTrust {
    let used = notes.in_use();
    let zero = || Estimate::exact(0.0);
    PlainTrust {
        customers: notes.test_rows,
        named: used
            .confusion
            .map_or(0, |(hits, false_alarms, _, _)| hits + false_alarms),
        named_that_left: estimate(used, "precision").unwrap_or_else(zero),
        base_rate: if notes.test_rows > 0 {
            notes.test_lost as f64 / notes.test_rows as f64
        } else {
            notes.small.rate.unwrap_or(0.0)
        },
        found: estimate(used, "recall").unwrap_or_else(zero),
    }
}

fn calibration(
    &(predicted, observed, low, high, rows): &(f64, f64, f64, f64, u64),
) -> CalibrationBin {
    CalibrationBin {
        predicted,
        observed: Estimate::between(observed, low, high),
        customers: rows,
    }
}

fn lift(&(decile, rows, lost, lift): &(u8, u64, f64, f64)) -> LiftDecile {
    LiftDecile {
        decile: u32::from(decile),
        customers: rows,
        // Ties on a border are shared out, so that a tenth can hold a part of one.
        lost: lost.round().max(0.0) as u64,
        lift: Estimate::exact(lift),
    }
}

fn profit(notes: &ModelNotes) -> Vec<ProfitPoint> {
    let point = |&(share, profit): &(f64, f64)| ProfitPoint { share, profit };
    notes.profit.iter().map(point).collect()
}

fn confusion(m: &Material<'_>, notes: &Notes) -> Option<Confusion> {
    let (hits, false_alarms, missed, right) = notes.in_use().confusion?;
    Some(Confusion {
        threshold: notes.threshold,
        reason: risk::threshold_reason(m, notes),
        true_positives: hits,
        false_positives: false_alarms,
        false_negatives: missed,
        true_negatives: right,
    })
}

/// The largest coefficients of the model in use; none where the rule serves.
async fn weights(m: &Material<'_>, notes: &Notes) -> Result<Vec<Weight>> {
    let Some(done) = m.stages.model.as_ref().filter(|_| notes.uses_logistic) else {
        return Ok(Vec::new());
    };
    let rows = read::coefficients(&m.project.lake, done.version("importances")).await?;
    let specs = m.catalogue();
    Ok(largest(rows, WEIGHTS_MAX)
        .into_iter()
        .map(|row| weight(row, &specs))
        .collect())
}

/// The coefficients furthest from zero, the furthest first.
fn largest(mut rows: Vec<Coefficient>, max: usize) -> Vec<Coefficient> {
    rows.retain(|row| row.estimate.is_finite());
    rows.sort_by(|a, b| {
        b.estimate
            .abs()
            .total_cmp(&a.estimate.abs())
            .then_with(|| a.feature.cmp(&b.feature))
    });
    rows.truncate(max);
    rows
}

fn weight(row: Coefficient, specs: &[FeatureSpec]) -> Weight {
    let spec = specs.iter().find(|spec| spec.name == row.feature);
    let label = spec.map_or_else(
        || Text::same(row.feature.as_str()),
        |spec| Text::new(spec.en.as_ref(), spec.zh.as_ref()),
    );
    let interval = (row.low.is_finite() && row.high.is_finite()).then_some((row.low, row.high));
    Weight {
        feature: row.feature,
        label,
        coefficient: Estimate {
            value: row.estimate,
            interval,
        },
    }
}

/// The sets that were learned from and tested on.
async fn splits(m: &Material<'_>, notes: &Notes) -> Result<Vec<Split>> {
    let outcomes = match &m.stages.features {
        Some(done) => {
            // The same draw as the model's own, where there were too many customers.
            let drawn = |id: i64| spread(id as u64).is_multiple_of(notes.one_in.max(1));
            read::outcomes(&m.project.lake, done.version("labels"), drawn).await?
        }
        None => BTreeMap::new(),
    };
    let day = |us: i64| moments::civil(&m.project.calendar, us).date();
    let dated = |split: &SplitNotes, role: SplitRole| {
        let (customers, lost) = outcomes.get(&split.as_of_us).copied().unwrap_or_default();
        let (as_of, label_until) = (Some(day(split.as_of_us)), Some(day(split.until_us)));
        Split {
            role,
            as_of,
            label_until,
            customers,
            lost,
        }
    };
    let whole = |role: SplitRole, customers: u64, lost: u64| match notes.splits.first() {
        Some(split) => dated(split, role),
        None => Split {
            role,
            as_of: None,
            label_until: None,
            customers,
            lost,
        },
    };
    Ok(match notes.evaluation {
        EvaluationNotes::LaterTime { .. } => notes
            .splits
            .iter()
            .map(|s| {
                dated(
                    s,
                    if s.is_test {
                        SplitRole::Test
                    } else {
                        SplitRole::Train
                    },
                )
            })
            .collect(),
        // Every row is learned from and tested on, never by the same model.
        EvaluationNotes::Folds { .. } => vec![
            whole(SplitRole::Train, notes.train_rows, notes.train_lost),
            whole(SplitRole::Test, notes.test_rows, notes.test_lost),
        ],
        EvaluationNotes::None => vec![whole(SplitRole::Train, notes.train_rows, notes.train_lost)],
    })
}

#[cfg(test)]
mod tests {
    use perennial_history::order_line_features;

    use super::*;

    fn coefficient(feature: &str, estimate: f64) -> Coefficient {
        Coefficient {
            feature: feature.to_owned(),
            estimate,
            low: estimate - 0.1,
            high: f64::NAN,
        }
    }

    #[test]
    fn the_largest_weights_come_first_whatever_their_sign() {
        let rows = vec![
            coefficient("a", 0.1),
            coefficient("b", -0.9),
            coefficient("c", f64::NAN),
            coefficient("d", 0.5),
        ];
        let names: Vec<String> = largest(rows, 2)
            .into_iter()
            .map(|row| row.feature)
            .collect();
        assert_eq!(names, ["b", "d"]);
    }

    #[test]
    fn a_feature_is_named_in_words_and_an_own_column_by_its_name() {
        let known = weight(coefficient("recency_days", 0.7), order_line_features());
        assert!(known.label.en.contains("last purchase") && !known.label.zh.is_ascii());
        assert_eq!(known.coefficient, Estimate::exact(0.7));
        // A labelled table may have a column of the same name that means something else.
        assert_eq!(
            weight(coefficient("recency_days", 0.7), &[]).label,
            Text::same("recency_days")
        );
    }

    #[test]
    fn the_plain_sentence_is_about_the_model_in_use() {
        let model = |hits: u64, precision: f64| ModelNotes {
            metrics: vec![
                ("precision".to_owned(), precision, Some(0.5), Some(0.7), 100),
                ("recall".to_owned(), 0.4, None, None, 150),
            ],
            confusion: Some((hits, 40, 90, 810)),
            profit: vec![(0.0, 0.0), (1.0, precision)],
            ..ModelNotes::default()
        };
        let notes = Notes {
            uses_logistic: true,
            test_rows: 1_000,
            test_lost: 150,
            rule: model(10, 0.2),
            logistic: model(60, 0.6),
            ..Notes::default()
        };
        let found = plain(&notes);
        assert_eq!(
            (found.customers, found.named, found.base_rate),
            (1_000, 100, 0.15)
        );
        assert_eq!(found.named_that_left, Estimate::between(0.6, 0.5, 0.7));
        assert_eq!(found.found, Estimate::exact(0.4));
        assert_eq!(plain(&Notes::default()).named, 0);
        let curve = profit(notes.in_use());
        assert_eq!(
            (curve.len(), curve[1].share, curve[1].profit),
            (2, 1.0, 0.6)
        );
        assert!(profit(&ModelNotes::default()).is_empty());
    }
}
