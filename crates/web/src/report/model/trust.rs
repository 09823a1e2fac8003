//! How far to trust the churn probabilities: tests, metrics, curves, splits.

use jiff::civil::Date;

use super::{Estimate, ThresholdReason};
use crate::language::Text;

/// How far to trust the churn probabilities.
#[derive(Debug, Clone)]
pub struct Trust {
    /// How the model was tested.
    pub evaluation: Evaluation,
    /// The numbers behind the plain sentence.
    pub plain: PlainTrust,
    /// One entry per model, the plain rule first, the one in use marked.
    pub models: Vec<ModelMetrics>,
    /// Receiver operating characteristic: (false, true positive rate),
    /// ascending from (0, 0) to (1, 1). Thinned for drawing above 200 points.
    pub roc: Vec<Curve>,
    /// Precision-recall: (recall, precision), ascending in recall.
    pub precision_recall: Vec<Curve>,
    /// Predicted against observed, of the model in use, ascending.
    pub calibration: Vec<CalibrationBin>,
    /// Tenths of the customers, highest probability first.
    pub lift: Vec<LiftDecile>,
    /// At the threshold, for the model in use.
    pub confusion: Option<Confusion>,
    /// Profit by share of customers contacted, of the model in use, in the
    /// report's currency, ascending in share from 0 to 1; may be empty.
    pub profit: Vec<ProfitPoint>,
    /// Coefficients of the logistic regression, largest first.
    pub weights: Vec<Weight>,
    /// Training and test sets, in order of time.
    pub splits: Vec<Split>,
    /// Judged on customers who were still active on the test date alone.
    pub active_only: bool,
    /// What so few data can carry, in words; `None` if there are enough.
    pub small_data: Option<Text>,
    /// Columns that know too much.
    pub leaks: Vec<Leak>,
}

/// How the model was tested.
#[derive(Debug, Clone, PartialEq)]
pub enum Evaluation {
    /// On later as-of dates than it learned from.
    LaterTime {
        /// Days between the last training label's end and the test's as-of
        /// (0 if they touch).
        gap_days: f64,
    },
    /// On parts of the table it did not learn from.
    CrossValidation {
        /// Parts.
        folds: u32,
        /// Times the table was cut anew.
        repeats: u32,
    },
    /// Not at all, for want of data.
    None,
}

/// The plain sentence: "of 100 customers it names, about 62 left".
#[derive(Debug, Clone)]
pub struct PlainTrust {
    /// Customers in the test.
    pub customers: u64,
    /// Customers named (at or above the threshold).
    pub named: u64,
    /// Share of the named that left.
    pub named_that_left: Estimate,
    /// Share of all that left: what naming at random would find.
    pub base_rate: f64,
    /// Share of those who left that were named.
    pub found: Estimate,
}

/// A kind of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// Silence against the customer's own rhythm (or the base rate).
    PlainRule,
    /// Logistic regression.
    LogisticRegression,
    /// Decision tree.
    DecisionTree,
    /// Random forest.
    RandomForest,
    /// Gradient boosting.
    GradientBoosting,
    /// Support-vector machine.
    Svm,
}

/// The metrics of one model on the test data; `None` is not defined.
#[derive(Debug, Clone)]
pub struct ModelMetrics {
    /// The model.
    pub model: ModelKind,
    /// Whether its probabilities are the ones in use.
    pub in_use: bool,
    /// Area under the ROC curve.
    pub roc_auc: Option<Estimate>,
    /// Area under the precision-recall curve.
    pub pr_auc: Option<Estimate>,
    /// Log-loss, in nats.
    pub log_loss: Option<Estimate>,
    /// Brier score.
    pub brier: Option<Estimate>,
    /// Expected calibration error.
    pub ece: Option<Estimate>,
    /// Accuracy at the threshold.
    pub accuracy: Option<Estimate>,
    /// Precision at the threshold.
    pub precision: Option<Estimate>,
    /// Recall at the threshold.
    pub recall: Option<Estimate>,
    /// F1 at the threshold.
    pub f1: Option<Estimate>,
}

/// A curve of one model.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The model.
    pub model: ModelKind,
    /// Its points, ascending in x.
    pub points: Vec<(f64, f64)>,
}

/// Customers given about the same probability, and how many left.
#[derive(Debug, Clone)]
pub struct CalibrationBin {
    /// Mean probability given.
    pub predicted: f64,
    /// Share that left.
    pub observed: Estimate,
    /// Customers.
    pub customers: u64,
}

/// A tenth of the customers.
#[derive(Debug, Clone)]
pub struct LiftDecile {
    /// 1 is the tenth with the highest probabilities.
    pub decile: u32,
    /// Customers in it.
    pub customers: u64,
    /// Of these, left.
    pub lost: u64,
    /// Share that left over the share of all.
    pub lift: Estimate,
}

/// Named or not against left or not.
#[derive(Debug, Clone)]
pub struct Confusion {
    /// The threshold.
    pub threshold: f64,
    /// How it was chosen.
    pub reason: ThresholdReason,
    /// Named, left.
    pub true_positives: u64,
    /// Named, stayed.
    pub false_positives: u64,
    /// Not named, left.
    pub false_negatives: u64,
    /// Not named, stayed.
    pub true_negatives: u64,
}

/// Profit if a share of the customers, riskiest first, were contacted.
#[derive(Debug, Clone)]
pub struct ProfitPoint {
    /// Share contacted.
    pub share: f64,
    /// Profit on the test data.
    pub profit: f64,
}

/// What one feature does to the model.
#[derive(Debug, Clone)]
pub struct Weight {
    /// The feature's name in the table `features`.
    pub feature: String,
    /// Its name in words.
    pub label: Text,
    /// Change of the log-odds per standard deviation; positive means more
    /// likely to leave.
    pub coefficient: Estimate,
}

/// One set the model learned from or was tested on.
#[derive(Debug, Clone)]
pub struct Split {
    /// What it served for.
    pub role: SplitRole,
    /// Its as-of date; `None` without dates.
    pub as_of: Option<Date>,
    /// End of its horizon: labels look no further.
    pub label_until: Option<Date>,
    /// Customers.
    pub customers: u64,
    /// Of these, lost.
    pub lost: u64,
}

/// What a set of customers served for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitRole {
    /// Learned from.
    Train,
    /// Used to calibrate or to choose settings.
    Validate,
    /// Tested on, seen once.
    Test,
}

/// A column that knows the outcome too well.
#[derive(Debug, Clone)]
pub struct Leak {
    /// The column or feature.
    pub column: String,
    /// Its area under the ROC curve on its own.
    pub roc_auc: f64,
    /// Whether it was left out of the model.
    pub left_out: bool,
}
