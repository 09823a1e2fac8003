//! A customer's score, as people and machines read it.

use serde::Serialize;

use crate::answer::{Both, of_pages, pick};
use crate::settings::Language;

/// A customer's score.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scored {
    /// The business's identifier; of a file without one, `row 1` and so on.
    pub customer: Option<String>,
    /// Probability of being lost; none where the customer has no score.
    pub churn_probability: Option<f64>,
    /// Lower end of its interval: that of those who were given about the same
    /// probability in the test.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
    /// Share of the customers of the last run with a lower probability.
    pub percentile: Option<f64>,
    /// Why, those that speak for leaving first.
    pub reasons: Both,
    /// What was decided about them by the last run.
    pub decision: Option<Decided>,
}

/// What the last run decided about a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// The offer they get; none without one, and for those held out.
    pub offer: Option<String>,
    /// `treated` or `hold_out`, as the table `decisions` has it.
    pub arm: Option<String>,
    /// Margin a year, in the project's currency.
    pub value: Option<f64>,
    /// What the offer is expected to bring beyond its cost.
    pub net: Option<f64>,
    /// Why.
    pub why: Both,
}

/// What stands behind the scores.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// The version that made them.
    pub model_version: Option<String>,
    /// As of when they are, RFC 3339 in UTC; none for values given by hand.
    pub as_of: Option<String>,
    /// Customers scored.
    pub customers: u64,
    /// What to keep in mind.
    pub notes: Vec<Both>,
}

impl ScoreSummary {
    /// The notes, a line each.
    pub fn lines(&self, language: Language) -> Vec<String> {
        self.notes
            .iter()
            .map(|note| note.of(language).to_owned())
            .collect()
    }
}

impl Scored {
    /// The score in a few lines.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let pages = of_pages(language);
        let percent = |share| perennial_web::format::percent(share, pages);
        let name = self
            .customer
            .as_deref()
            .unwrap_or(pick(language, "this customer", "该客户"));
        let Some(probability) = self.churn_probability else {
            let why = self.reasons.of(language);
            return vec![pick(
                language,
                format!("{name}: no score ({why})"),
                format!("{name}：没有评分（{why}）"),
            )];
        };
        let mut line = percent(probability);
        if let (Some(low), Some(high)) = (self.low, self.high) {
            let (low, high) = (percent(low), percent(high));
            line.push_str(&pick(
                language,
                format!(" ({low} to {high})"),
                format!("（{low} 至 {high}）"),
            ));
        }
        let mut lines = vec![pick(
            language,
            format!("{name}: churn probability {line}"),
            format!("{name}：流失概率 {line}"),
        )];
        if let Some(percentile) = self.percentile {
            let share = percent(percentile);
            lines.push(pick(
                language,
                format!("  higher than {share} of the customers"),
                format!("  高于 {share} 的客户"),
            ));
        }
        if !self.reasons.of(language).is_empty() {
            let why = self.reasons.of(language);
            lines.push(pick(
                language,
                format!("  because: {why}"),
                format!("  原因：{why}"),
            ));
        }
        if let Some(decision) = &self.decision {
            let why = decision.why.of(language);
            lines.push(match &decision.offer {
                Some(offer) => pick(
                    language,
                    format!("  decision: {offer}; {why}"),
                    format!("  决策：{offer}；{why}"),
                ),
                None => pick(
                    language,
                    format!("  decision: {why}"),
                    format!("  决策：{why}"),
                ),
            });
        }
        lines
    }

    /// The names of [`Scored::csv`]'s columns.
    pub const CSV_HEADER: &'static str = "customer,churn_probability,low,high,percentile,reasons";

    /// The score as a line of CSV.
    pub fn csv(&self, language: Language) -> String {
        let number = |value: Option<f64>| value.map(|v| format!("{v:.6}")).unwrap_or_default();
        [
            quoted(self.customer.as_deref().unwrap_or_default()),
            number(self.churn_probability),
            number(self.low),
            number(self.high),
            number(self.percentile),
            quoted(self.reasons.of(language)),
        ]
        .join(",")
    }
}

/// A text as a cell of CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored() -> Scored {
        Scored {
            customer: Some("17,850".to_owned()),
            churn_probability: Some(0.62),
            low: Some(0.5),
            high: Some(0.7),
            percentile: Some(0.93),
            reasons: Both::new("a \"b\"", "原因"),
            decision: None,
        }
    }

    #[test]
    fn a_score_reads_well_in_both_languages() {
        let lines = scored().lines(Language::English);
        assert_eq!(
            lines[1].trim(),
            "higher than 93\u{a0}% of the customers".replace('\u{a0}', blank())
        );
        assert!(lines[2].contains("because: a \"b\""));
        assert!(scored().lines(Language::Chinese)[0].starts_with("17,850：流失概率"));
        let none = Scored {
            churn_probability: None,
            ..scored()
        };
        assert_eq!(none.lines(Language::Chinese), ["17,850：没有评分（原因）"]);
    }

    /// The blank between a number and its sign, as the pages write it.
    fn blank() -> &'static str {
        let text = perennial_web::format::percent(0.93, perennial_web::Language::En);
        if text.contains('\u{a0}') {
            "\u{a0}"
        } else {
            " "
        }
    }

    #[test]
    fn a_line_of_csv_is_quoted() {
        let line = scored().csv(Language::English);
        assert_eq!(
            line,
            "\"17,850\",0.620000,0.500000,0.700000,0.930000,\"a \"\"b\"\"\""
        );
        assert_eq!(Scored::CSV_HEADER.split(',').count(), 6);
    }
}
