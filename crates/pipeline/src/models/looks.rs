//! What a model looks at, in words and numbers.

use perennial_learn::plain_rule::{RuleBin, RuleBinKind};
use perennial_learn::prepare::TermKind;
use serde::Serialize;

use super::served::Served;

/// What a model looks at, of that many things at the most, the weightiest first.
const LOOKS_MAX: usize = 15;

/// One thing that a model looks at, or one step of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The column.
    pub feature: String,
    /// What of it: `value`, `missing`, a level or a range.
    pub term: String,
    /// For the logistic regression, log-odds: of one standard deviation, or
    /// against the commonest level. For a rule, the churn probability.
    pub weight: f64,
    /// Lower end of the 95 % interval, where there is one.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
}

impl Measured {
    pub(super) fn cells(&self) -> Vec<String> {
        let number = |value: f64| format!("{value:+.2}");
        let weight = match (self.low, self.high) {
            (Some(low), Some(high)) => {
                format!(
                    "{} ({} to {})",
                    number(self.weight),
                    number(low),
                    number(high)
                )
            }
            _ => format!("{:.3}", self.weight),
        };
        vec![self.feature.clone(), self.term.clone(), weight]
    }
}

/// The weightiest first.
pub(crate) fn looks_at(served: &Served) -> Vec<Measured> {
    match served {
        Served::Logistic(model) => {
            let names = &model.preparation().columns;
            let mut all: Vec<Measured> = model
                .coefficients()
                .iter()
                .filter_map(|c| {
                    Some(Measured {
                        feature: names.get(c.column?)?.name.clone(),
                        term: term_word(&c.term),
                        weight: c.estimate,
                        low: Some(c.low),
                        high: Some(c.high),
                    })
                })
                .collect();
            all.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
            all.truncate(LOOKS_MAX);
            all
        }
        Served::Ratio(rule) => {
            let every = rule.knots().len().div_ceil(LOOKS_MAX).max(1);
            let steps = rule.knots().iter().step_by(every);
            steps
                .map(|k| step(rule.column(), format!("{:.2}", k.score), k.rate))
                .collect()
        }
        Served::OneColumn(rule) => {
            let bins = rule
                .bins()
                .iter()
                .filter(|bin| bin.rows > 0)
                .take(LOOKS_MAX);
            bins.map(|bin| step(rule.column(), bin_word(bin), bin.rate))
                .collect()
        }
    }
}

fn step(column: &str, term: String, rate: f64) -> Measured {
    Measured {
        feature: column.to_owned(),
        term,
        weight: rate,
        low: None,
        high: None,
    }
}

fn bin_word(bin: &RuleBin) -> String {
    match &bin.kind {
        RuleBinKind::Range {
            above: None,
            up_to: Some(up_to),
        } => format!("<= {up_to}"),
        RuleBinKind::Range {
            above: Some(above),
            up_to: None,
        } => format!("> {above}"),
        RuleBinKind::Range {
            above: Some(above),
            up_to: Some(up_to),
        } => format!("{above} .. {up_to}"),
        RuleBinKind::Range {
            above: None,
            up_to: None,
        } => "value".to_owned(),
        RuleBinKind::Level(level) => format!("= {level}"),
        RuleBinKind::OtherLevels => "other".to_owned(),
        RuleBinKind::Missing => "missing".to_owned(),
    }
}

fn term_word(term: &TermKind) -> String {
    match term {
        TermKind::Intercept => "constant".to_owned(),
        TermKind::Value => "value".to_owned(),
        TermKind::MissingNumber | TermKind::MissingLevel => "missing".to_owned(),
        TermKind::Level(level) => format!("= {level}"),
        TermKind::PooledLevels => "other".to_owned(),
    }
}
