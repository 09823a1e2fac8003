//! Fitting the plain rule and the logistic regression, and judging both on rows
//! neither has seen.

use std::collections::HashSet;

use perennial_learn::evaluate::{
    Choice, EvaluateSettings, Evaluation, Scored, evaluate, paired_difference, pr_curve, roc_curve,
};
use perennial_learn::leak::{Leak, find_leaks};
use perennial_learn::logistic::{self, LogisticModel, LogisticSettings, Strength, Training};
use perennial_learn::plain_rule::{OneColumnRule, OneColumnSettings, RatioRule, RatioSettings};
use perennial_learn::split::cross_validated_predictions;
use perennial_learn::{ColumnData, Matrix};

use super::data::Labelled;
use super::notes::EvaluationNotes;
use crate::Result;
use crate::stages::words::RHYTHM;

/// Folds at the most, where there is no later time to test on.
const FOLDS: usize = 5;
/// Points of a curve kept for drawing.
const CURVE_POINTS: usize = 120;

/// The rule to beat.
#[derive(Debug, Clone)]
pub(super) enum PlainRule {
    Ratio(RatioRule),
    OneColumn(OneColumnRule),
}

impl PlainRule {
    fn fit(rows: &Labelled, matrix: &Matrix, seed: u64) -> Result<Self> {
        if let Some(ColumnData::Number(scores)) = matrix.column(RHYTHM).map(|c| &c.data) {
            let rule = RatioRule::fit(RHYTHM, scores, &rows.lost, &RatioSettings::default())?;
            return Ok(Self::Ratio(rule));
        }
        let settings = OneColumnSettings {
            seed,
            ..OneColumnSettings::default()
        };
        let (rule, _) = OneColumnRule::fit(matrix, &rows.lost, Some(&rows.groups), &settings)?;
        Ok(Self::OneColumn(rule))
    }

    pub fn predict(&self, matrix: &Matrix) -> Result<Vec<f64>> {
        match self {
            Self::Ratio(rule) => match matrix.column(rule.column()).map(|c| &c.data) {
                Some(ColumnData::Number(scores)) => Ok(rule.predict(scores)?),
                _ => Ok(vec![rule.base_rate(); matrix.rows]),
            },
            Self::OneColumn(rule) => Ok(rule.predict(matrix)?),
        }
    }

    /// The column it looks at.
    pub fn column(&self) -> &str {
        match self {
            Self::Ratio(rule) => rule.column(),
            Self::OneColumn(rule) => rule.column(),
        }
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Ratio(rule) => rule.to_bytes()?,
            Self::OneColumn(rule) => rule.to_bytes()?,
        })
    }
}

/// What every fit of one run shares.
#[derive(Debug, Clone, Default)]
pub(super) struct How {
    /// Columns that are not looked at.
    pub left_out: Vec<String>,
    pub seed: u64,
    /// The settings' penalty; chosen by cross-validation otherwise.
    pub l2: Option<f64>,
    /// Probability from which a customer counts as named.
    pub threshold: f64,
}

impl How {
    fn logistic(&self) -> LogisticSettings {
        let mut settings = LogisticSettings {
            seed: self.seed,
            ..LogisticSettings::default()
        };
        if let Some(l2) = self.l2 {
            settings.strength = Strength::Fixed(1.0 / l2.max(1e-9));
        }
        settings
    }
}

/// Both models fitted on the same rows.
pub(super) struct Pair {
    pub rule: PlainRule,
    pub logistic: LogisticModel,
}

impl Pair {
    /// Fits both; columns named in `left_out` are not looked at.
    pub fn fit(rows: &Labelled, how: &How) -> Result<Self> {
        let matrix = rows.without(&how.left_out)?;
        let rule = PlainRule::fit(rows, &matrix, how.seed)?;
        let settings = how.logistic();
        let training = Training::new(&matrix, &rows.lost).with_groups(&rows.groups);
        Ok(Self {
            rule,
            logistic: logistic::fit(&training, &settings)?,
        })
    }
}

/// One model judged.
pub(super) struct Judged {
    pub evaluation: Evaluation,
    pub roc: Vec<(f64, f64)>,
    pub precision_recall: Vec<(f64, f64)>,
    pub probabilities: Vec<f64>,
}

/// Both models judged on the same rows.
pub(super) struct Verdict {
    pub rule: Judged,
    pub logistic: Judged,
    /// The logistic regression's AUC less the rule's, with its interval.
    pub auc_gain: Option<(f64, Option<(f64, f64)>)>,
    /// Whether the logistic regression is the one to use.
    pub logistic_wins: bool,
}

impl Verdict {
    /// The verdict on some of the rows, `part`, which stand at `places`.
    pub fn on_part(&self, places: &[usize], part: &Labelled, how: &How) -> Result<Self> {
        let of = |judged: &Judged| {
            places
                .iter()
                .map(|&row| judged.probabilities[row])
                .collect()
        };
        judge(of(&self.rule), of(&self.logistic), part, how)
    }
}

/// Judges on rows of a later date.
pub(super) fn judge_later(pair: &Pair, test: &Labelled, how: &How) -> Result<Verdict> {
    let rule = pair.rule.predict(&test.matrix)?;
    let logistic = pair.logistic.predict(&test.matrix)?;
    judge(rule, logistic, test, how)
}

/// Folds that so many rows allow: no more than there are of the rarer outcome,
/// so that each can have one, and no more than customers.
fn fold_count(rows: &Labelled) -> usize {
    let rarer = rows.positives().min(rows.lost.len() - rows.positives());
    let customers = rows.groups.iter().collect::<HashSet<_>>().len();
    FOLDS.min(rarer).max(2).min(customers)
}

/// Judges by cross-validation, customers kept whole; also gives the
/// out-of-fold probabilities of the logistic regression, and how many folds
/// there were.
pub(super) fn judge_folds(rows: &Labelled, how: &How) -> Result<(Verdict, EvaluationNotes)> {
    let folds = fold_count(rows);
    let mut predictions: Vec<Vec<f64>> = Vec::new();
    for which in 0..2 {
        let found = cross_validated_predictions(
            &rows.matrix,
            &rows.lost,
            Some(&rows.groups),
            folds,
            how.seed,
            |training, held_out| -> Result<Vec<f64>> {
                let fold = Labelled {
                    matrix: training.matrix.clone(),
                    lost: training.target.to_vec(),
                    groups: training.groups.map_or_else(Vec::new, <[u64]>::to_vec),
                };
                let matrix = fold.without(&how.left_out)?;
                if which == 0 {
                    return PlainRule::fit(&fold, &matrix, how.seed)?.predict(held_out);
                }
                let training = Training::new(&matrix, &fold.lost).with_groups(&fold.groups);
                Ok(logistic::fit(&training, &how.logistic())?.predict(held_out)?)
            },
        )?;
        predictions.push(found);
    }
    let logistic = predictions.pop().unwrap_or_default();
    let rule = predictions.pop().unwrap_or_default();
    let evaluation = EvaluationNotes::Folds {
        folds: folds as u32,
    };
    Ok((judge(rule, logistic, rows, how)?, evaluation))
}

fn judge(rule: Vec<f64>, logistic: Vec<f64>, rows: &Labelled, how: &How) -> Result<Verdict> {
    let auc_gain = paired_difference(&logistic, &rule, &rows.lost, Some(&rows.groups))
        .ok()
        .map(|d| (d.value, d.interval));
    let (rule, logistic) = (one(rule, rows, how)?, one(logistic, rows, how)?);
    let loss = |judged: &Judged| judged.evaluation.metric("log_loss").map(|m| m.value);
    let logistic_wins = match (loss(&logistic), loss(&rule)) {
        (Some(ours), Some(rules)) => ours < rules,
        _ => true,
    };
    Ok(Verdict {
        rule,
        logistic,
        auc_gain,
        logistic_wins,
    })
}

fn one(probabilities: Vec<f64>, rows: &Labelled, how: &How) -> Result<Judged> {
    let scored = Scored {
        probabilities: &probabilities,
        target: &rows.lost,
        groups: Some(&rows.groups),
        choice: Choice::AtLeast(how.threshold),
    };
    let settings = EvaluateSettings {
        seed: how.seed,
        ..EvaluateSettings::default()
    };
    let evaluation = evaluate(&scored, &settings)?;
    let points = |found: Vec<perennial_learn::evaluate::CurvePoint>| {
        found.into_iter().map(|p| (p.x, p.y)).collect::<Vec<_>>()
    };
    let (roc, precision_recall) = if rows.both_outcomes() {
        (
            points(roc_curve(&probabilities, &rows.lost, CURVE_POINTS)?),
            points(pr_curve(&probabilities, &rows.lost, CURVE_POINTS)?),
        )
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(Judged {
        evaluation,
        roc,
        precision_recall,
        probabilities,
    })
}

/// Columns that know the outcome.
pub(super) fn leaks(rows: &Labelled) -> Result<Vec<Leak>> {
    Ok(find_leaks(&rows.matrix, &rows.lost, Some(&rows.groups))?)
}

#[cfg(test)]
mod tests {
    use perennial_learn::Column;

    use super::*;

    /// Rows of which the first few were lost, each of its own customer unless
    /// fewer customers are asked for.
    fn rows(all: usize, lost: usize, customers: u64) -> Labelled {
        let values = (0..all).map(|i| (i * 7 % 11) as f64).collect();
        Labelled {
            matrix: Matrix::new(vec![Column::number("visits", values)]).unwrap(),
            lost: (0..all).map(|i| i < lost).collect(),
            groups: (0..all as u64).map(|i| i % customers).collect(),
        }
    }

    #[test]
    fn there_are_no_more_folds_than_the_rarer_outcome_allows() {
        assert_eq!(fold_count(&rows(100, 20, 100)), 5);
        assert_eq!(fold_count(&rows(100, 3, 100)), 3);
        assert_eq!(fold_count(&rows(100, 99, 100)), 2);
        assert_eq!(fold_count(&rows(100, 40, 4)), 4);
    }

    #[test]
    fn the_notes_have_the_folds_there_were() {
        let how = How {
            threshold: 0.5,
            ..How::default()
        };
        let (_, evaluation) = judge_folds(&rows(60, 4, 60), &how).unwrap();
        assert!(
            matches!(evaluation, EvaluationNotes::Folds { folds: 4 }),
            "{evaluation:?}"
        );
    }
}
