//! What the model stage found out, for the report and the registry's card.

use perennial_history::{DAY_US, FeatureSpec};
use perennial_learn::evaluate::Evaluation;
use serde::{Deserialize, Serialize};

use super::campaign::Campaign;
use super::data::Labelled;
use super::fit::{Judged, Verdict};
use crate::Result;
use crate::stages::features::{ContractNotes, NamesNotes, Plan, catalogue};

/// Notes of one run of the stage.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    pub model_version: String,
    /// Why there is no model, where there is none.
    pub none_because: Option<String>,
    /// Whether the logistic regression serves, or the plain rule.
    pub uses_logistic: bool,
    /// One in so many customers was drawn for fitting and judging.
    pub one_in: u64,
    pub train_rows: u64,
    pub train_lost: u64,
    pub customers_scored: u64,
    pub threshold: f64,
    /// The threshold is where an offer pays; otherwise one half.
    pub threshold_by_profit: bool,
    pub evaluation: EvaluationNotes,
    pub splits: Vec<SplitNotes>,
    pub test_rows: u64,
    pub test_lost: u64,
    pub rule: ModelNotes,
    pub logistic: ModelNotes,
    /// Where `rule` and `logistic` are about the customers still active on the
    /// test date, the measures of both over everybody.
    #[serde(default)]
    pub everybody: Option<[Measures; 2]>,
    /// The logistic regression's AUC less the rule's: value, low, high.
    pub auc_gain: Option<(f64, Option<(f64, f64)>)>,
    pub small: SmallNotes,
    pub leaks: Vec<LeakNotes>,
    /// Columns not given to the model because they leak.
    pub left_out: Vec<String>,
    /// Columns of text that say nothing.
    pub unused_columns: Vec<String>,
    /// Where it was fitted on histories of events, their names.
    #[serde(default)]
    pub events: Option<NamesNotes>,
    /// Where it was fitted on contracts, what was known of these.
    #[serde(default)]
    pub contracts: Option<ContractNotes>,
}

impl Notes {
    /// The features it was fitted on; none for a labelled table.
    pub fn catalogue(&self) -> Vec<FeatureSpec> {
        match (&self.events, &self.contracts, self.splits.is_empty()) {
            (None, None, true) => Vec::new(),
            (events, contracts, _) => catalogue(events.as_ref(), contracts.as_ref()),
        }
    }
}

/// How the model was tested.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) enum EvaluationNotes {
    /// Not at all.
    #[default]
    None,
    /// On a later date.
    LaterTime { gap_days: f64 },
    /// By folds.
    Folds { folds: u32 },
}

/// One date.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SplitNotes {
    pub is_test: bool,
    pub as_of_us: i64,
    pub until_us: i64,
}

impl SplitNotes {
    pub fn train(as_of_us: i64, horizon_us: i64) -> Self {
        Self {
            is_test: false,
            as_of_us,
            until_us: as_of_us + horizon_us,
        }
    }

    pub fn test(as_of_us: i64, horizon_us: i64) -> Self {
        Self {
            is_test: true,
            as_of_us,
            until_us: as_of_us + horizon_us,
        }
    }
}

/// Name, value, low, high, rows of each measure.
pub(crate) type Measures = Vec<(String, f64, Option<f64>, Option<f64>, u64)>;

/// Measures of one model.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ModelNotes {
    pub metrics: Measures,
    pub roc: Vec<(f64, f64)>,
    pub precision_recall: Vec<(f64, f64)>,
    /// Share contacted and the profit of the first offer; empty without an
    /// offer or values.
    #[serde(default)]
    pub profit: Vec<(f64, f64)>,
    /// Mean probability, observed, low, high, rows.
    pub calibration: Vec<(f64, f64, f64, f64, u64)>,
    /// Tenth, rows, lost, lift.
    pub deciles: Vec<(u8, u64, f64, f64)>,
    /// True positives, false positives, false negatives, true negatives.
    pub confusion: Option<(u64, u64, u64, u64)>,
}

impl ModelNotes {
    fn new(judged: &Judged) -> Self {
        let e: &Evaluation = &judged.evaluation;
        let c = &e.confusion;
        Self {
            metrics: e
                .metrics
                .iter()
                .map(|m| (m.name.to_owned(), m.value, m.low, m.high, m.n as u64))
                .collect(),
            roc: judged.roc.clone(),
            precision_recall: judged.precision_recall.clone(),
            profit: Vec::new(),
            calibration: e
                .calibration
                .iter()
                .map(|b| (b.mean_probability, b.observed, b.low, b.high, b.n as u64))
                .collect(),
            deciles: e
                .deciles
                .iter()
                .map(|d| (d.decile, d.n as u64, d.positives, d.lift))
                .collect(),
            confusion: Some((
                c.true_positives as u64,
                c.false_positives as u64,
                c.false_negatives as u64,
                c.true_negatives as u64,
            )),
        }
    }

    /// A measure: value, low, high.
    pub fn metric(&self, name: &str) -> Option<(f64, Option<f64>, Option<f64>)> {
        self.metrics
            .iter()
            .find(|m| m.0 == name)
            .map(|m| (m.1, m.2, m.3))
    }
}

/// What so many rows can carry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SmallNotes {
    pub level: String,
    pub rows: u64,
    pub lost: u64,
    pub rarer: u64,
    pub rate: Option<f64>,
    pub rate_low: f64,
    pub rate_high: f64,
    pub auc_half_width: Option<f64>,
    pub rows_for_auc: Option<u64>,
}

/// A column that knows the outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LeakNotes {
    pub column: String,
    pub roc_auc: f64,
}

impl Notes {
    pub(super) fn set_threshold(&mut self, by_profit: Option<f64>) {
        self.threshold = by_profit.unwrap_or(super::HALF);
        self.threshold_by_profit = by_profit.is_some();
    }

    pub(super) fn set_verdict(&mut self, verdict: &Verdict, rows: &Labelled) {
        self.test_rows = rows.lost.len() as u64;
        self.test_lost = rows.positives() as u64;
        self.rule = ModelNotes::new(&verdict.rule);
        self.logistic = ModelNotes::new(&verdict.logistic);
        self.auc_gain = verdict.auc_gain;
        self.uses_logistic = verdict.logistic_wins;
    }

    /// The measures of the rule and of the logistic regression.
    pub(super) fn measures(&self) -> [Measures; 2] {
        [self.rule.metrics.clone(), self.logistic.metrics.clone()]
    }

    /// What the first offer would have brought by the share contacted.
    pub(super) fn set_profit(
        &mut self,
        verdict: &Verdict,
        rows: &Labelled,
        campaign: Option<&Campaign>,
    ) -> Result<()> {
        if let Some(campaign) = campaign {
            let profit = |judged: &Judged| campaign.curve(&judged.probabilities, &rows.lost);
            self.rule.profit = profit(&verdict.rule)?;
            self.logistic.profit = profit(&verdict.logistic)?;
        }
        Ok(())
    }

    /// The measures of the model that serves.
    pub fn in_use(&self) -> &ModelNotes {
        if self.uses_logistic {
            &self.logistic
        } else {
            &self.rule
        }
    }

    /// The interval of a probability, from those who were given about the same
    /// one in the test: what is not known of the share of them that was lost
    /// (Wilson, 95 %) lies about the probability, and where that share was
    /// another than they were given, the interval reaches as far as it does.
    /// Low and high always hold the probability; none without a test.
    pub fn interval(&self, probability: f64) -> Option<(f64, f64)> {
        let bins = &self.in_use().calibration;
        let nearest = bins.iter().min_by(|a, b| {
            (a.0 - probability)
                .abs()
                .total_cmp(&(b.0 - probability).abs())
        })?;
        let (mean, observed, low, high, _) = *nearest;
        let (below, above) = (low - observed.max(mean), high - observed.min(mean));
        let low = (probability + below).clamp(0.0, 1.0).min(probability);
        let high = (probability + above).clamp(0.0, 1.0).max(probability);
        Some((low, high))
    }
}

/// Days between the end of the last training label and the test date.
pub(super) fn gap_days(plan: &Plan) -> f64 {
    let (Some(test), Some(last)) = (plan.test_us, plan.train_us.last()) else {
        return 0.0;
    };
    (test - last - plan.horizon_us()) as f64 / DAY_US as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes of a test with one group: given, lost, ends of the share's interval.
    fn tested(given: f64, lost: f64, low: f64, high: f64) -> Notes {
        Notes {
            rule: ModelNotes {
                calibration: vec![(given, lost, low, high, 200)],
                ..ModelNotes::default()
            },
            ..Notes::default()
        }
    }

    #[test]
    fn an_interval_lies_about_its_probability() {
        let near = |found: Option<(f64, f64)>, low: f64, high: f64| {
            let (a, b) = found.unwrap();
            assert!(
                (a - low).abs() < 1e-12 && (b - high).abs() < 1e-12,
                "{a} {b}"
            );
        };
        near(tested(0.3, 0.3, 0.25, 0.36).interval(0.32), 0.27, 0.38);
        // Given too much: it reaches down to what was seen, and still above itself.
        near(tested(0.5, 0.3, 0.25, 0.36).interval(0.5), 0.25, 0.56);
        near(tested(0.2, 0.4, 0.33, 0.48).interval(0.2), 0.13, 0.48);
        assert_eq!(Notes::default().interval(0.5), None);
    }

    #[test]
    fn an_interval_holds_its_probability_within_0_and_1() {
        for given in [0.0, 0.01, 0.4, 0.99, 1.0] {
            let notes = tested(given, 0.5, 0.4, 0.6);
            for probability in [0.0, 0.02, 0.5, 0.97, 1.0] {
                let (low, high) = notes.interval(probability).unwrap();
                assert!(0.0 <= low && low <= probability && probability <= high && high <= 1.0);
            }
        }
    }
}
