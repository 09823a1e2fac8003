//! Who is at risk: what lost means, the list, what is at stake.

use super::{Estimate, Part};
use crate::language::Text;

/// Who is at risk and what is at stake.
#[derive(Debug, Clone)]
pub struct Risk {
    /// What "lost" means here.
    pub lost: LostDefinition,
    /// Customers that were scored and are not lost already.
    pub customers_scored: u64,
    /// Customers whose label says that they are lost already: in no list, and
    /// in no sum of this section.
    pub lost_already: u64,
    /// Customers at or above [`Risk::threshold`].
    pub customers_at_risk: u64,
    /// Churn probability from which a customer counts as at risk.
    pub threshold: f64,
    /// How the threshold was chosen.
    pub threshold_reason: ThresholdReason,
    /// Sum of the churn probabilities: losses to expect within the horizon.
    pub expected_losses: Option<Estimate>,
    /// Margin at stake among those at risk: sum of probability times value.
    pub margin_at_stake: Part<Estimate>,
    /// Customers by churn probability, contiguous, from 0 to 1.
    pub distribution: Vec<ProbabilityBin>,
    /// The list, most margin at stake (or highest probability) first. The
    /// page shows the first twenty.
    pub top: Vec<CustomerAtRisk>,
    /// Files that hold the whole list, such as `at-risk.xlsx`.
    pub list_files: Vec<String>,
}

/// What "lost" means.
#[derive(Debug, Clone, PartialEq)]
pub enum LostDefinition {
    /// No purchase within the horizon after the as-of moment.
    NoPurchase {
        /// How far ahead the label looks.
        horizon_days: f64,
        /// Why this horizon.
        choice: HorizonChoice,
    },
    /// No event within the horizon after the as-of moment.
    NoEvent {
        /// The names of the events that count; all where there is none.
        names: Vec<String>,
        /// How far ahead the label looks.
        horizon_days: f64,
        /// Why this horizon.
        choice: HorizonChoice,
    },
    /// A column says who left.
    Label {
        /// The column's name.
        column: String,
        /// The value that means "left".
        lost_when: String,
    },
    /// A contract ended and was not renewed within the grace.
    Contract {
        /// How far ahead the label looks.
        horizon_days: f64,
        /// Days after the end within which a renewal still counts.
        grace_days: f64,
        /// Why this horizon.
        choice: HorizonChoice,
    },
}

impl LostDefinition {
    /// How far ahead the label looks; `None` for a labelled table.
    pub fn horizon_days(&self) -> Option<f64> {
        match self {
            LostDefinition::NoPurchase { horizon_days, .. }
            | LostDefinition::NoEvent { horizon_days, .. }
            | LostDefinition::Contract { horizon_days, .. } => Some(*horizon_days),
            LostDefinition::Label { .. } => None,
        }
    }

    /// Why the horizon is what it is; `None` for a labelled table.
    pub fn horizon_choice(&self) -> Option<&HorizonChoice> {
        match self {
            LostDefinition::NoPurchase { choice, .. }
            | LostDefinition::NoEvent { choice, .. }
            | LostDefinition::Contract { choice, .. } => Some(choice),
            LostDefinition::Label { .. } => None,
        }
    }

    /// The silence from which a customer counts as lost, where silence tells.
    pub fn silence_days(&self) -> Option<f64> {
        match self {
            LostDefinition::NoPurchase { horizon_days, .. }
            | LostDefinition::NoEvent { horizon_days, .. } => Some(*horizon_days),
            LostDefinition::Contract { .. } | LostDefinition::Label { .. } => None,
        }
    }
}

/// Why the horizon is what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum HorizonChoice {
    /// The settings say so.
    Set,
    /// Chosen from the customers' own rhythm.
    FromRhythm {
        /// Customers with at least two purchases, who have a rhythm.
        customers: u64,
        /// Median gap between two purchases.
        gap_median_days: f64,
        /// Share of gaps that are shorter than the horizon.
        share_of_gaps_within: f64,
        /// Candidates that were looked at: (days, share of gaps within).
        candidates: Vec<(f64, f64)>,
    },
    /// Chosen from the length of the data: long enough to act on, short
    /// enough that dates are left to learn from and to test on.
    FromSpan,
    /// Any other reason: one full sentence in each language.
    Other(Text),
}

/// How a threshold on the churn probability was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum ThresholdReason {
    /// The one at which acting brings the most profit on the test data.
    Profit,
    /// As many as the budget can reach.
    Budget,
    /// One half, for want of costs and values.
    Half,
    /// The settings say so.
    Set,
    /// Any other reason: one full sentence in each language.
    Other(Text),
}

/// Customers whose churn probability lies in one interval.
#[derive(Debug, Clone)]
pub struct ProbabilityBin {
    /// Lower bound, included.
    pub low: f64,
    /// Upper bound, excluded (included in the last).
    pub high: f64,
    /// Customers in it.
    pub customers: u64,
    /// Their margin at stake.
    pub margin_at_stake: Option<f64>,
}

/// One customer at risk.
#[derive(Debug, Clone)]
pub struct CustomerAtRisk {
    /// The business's own identifier.
    pub customer: String,
    /// Churn probability within the horizon.
    pub churn_probability: f64,
    /// What the customer is worth at margin over the value horizon.
    pub value: Option<f64>,
    /// Probability times value.
    pub margin_at_stake: Option<f64>,
    /// Days since the last purchase.
    pub silence_days: Option<f64>,
    /// The customer's own usual gap between purchases.
    pub gap_mean_days: Option<f64>,
    /// Days until the contract's planned end, negative where it is overdue;
    /// `None` where nobody knows, and where customers have no contracts.
    pub days_left: Option<f64>,
    /// Days since the customer's first contract began; `None` where customers
    /// have no contracts.
    pub tenure_days: Option<f64>,
    /// Why, in words, strongest first.
    pub reasons: Vec<Text>,
}
