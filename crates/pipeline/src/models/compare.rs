//! Two versions side by side.

use perennial_ledger::ModelSummary;
use serde::Serialize;

use super::card;
use super::show::Measure;
use crate::answer::{aligned, pick};
use crate::settings::Language;
use crate::stages::model::Notes;

/// Two versions side by side.
#[derive(Debug, Clone, Serialize)]
pub struct ModelComparison {
    /// One version.
    pub first: String,
    /// The other.
    pub second: String,
    /// Whether both were judged on the same rows, as far as the cards tell.
    pub same_test: bool,
    /// The measures: name, of the first, of the second.
    pub measures: Vec<(String, Option<Measure>, Option<Measure>)>,
}

impl ModelComparison {
    pub(super) fn new(first: &ModelSummary, second: &ModelSummary) -> Self {
        let (a, b) = (card(first), card(second));
        let test = |notes: &Notes| {
            let date = notes
                .splits
                .iter()
                .find(|s| s.is_test)
                .map(|s| (s.as_of_us, s.until_us));
            (date, notes.test_rows, notes.test_lost)
        };
        let (of_a, of_b) = (Measure::all(&a), Measure::all(&b));
        let mut names: Vec<&str> = of_a.iter().map(|m| m.metric.as_str()).collect();
        names.extend(
            of_b.iter()
                .map(|m| m.metric.as_str())
                .filter(|n| of_a.iter().all(|m| m.metric != *n)),
        );
        let of =
            |measures: &[Measure], name: &str| measures.iter().find(|m| m.metric == name).cloned();
        Self {
            first: first.model_version.clone(),
            second: second.model_version.clone(),
            same_test: a.test_rows > 0 && test(&a) == test(&b),
            measures: names
                .into_iter()
                .map(|name| (name.to_owned(), of(&of_a, name), of(&of_b, name)))
                .collect(),
        }
    }

    /// A line for each measure.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let text = |m: &Option<Measure>| m.as_ref().map_or("-".to_owned(), Measure::text);
        let mut rows = vec![vec![String::new(), self.first.clone(), self.second.clone()]];
        rows.extend(
            self.measures
                .iter()
                .map(|(name, a, b)| vec![name.clone(), text(a), text(b)]),
        );
        let mut lines = aligned(&rows);
        if !self.same_test {
            lines.push(String::new());
            lines.push(pick(
                language,
                "the two were not judged on the same customers: differences may come from the customers".to_owned(),
                "两个版本的检验客户不同，差异可能来自客户本身".to_owned(),
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::show::tests::version;
    use super::*;

    #[test]
    fn two_versions_stand_side_by_side() {
        let compared =
            ModelComparison::new(&version("churn-a", 0.7, 9), &version("churn-b", 0.8, 9));
        assert!(compared.same_test);
        let lines = compared.lines(Language::English);
        assert_eq!(
            lines[0].split_whitespace().collect::<Vec<_>>(),
            ["churn-a", "churn-b"]
        );
        assert!(
            lines[1].contains("0.700 (0.600–0.800)") && lines[1].contains("0.800"),
            "{lines:?}"
        );
        let other = ModelComparison::new(&version("churn-a", 0.7, 9), &version("churn-b", 0.8, 8));
        assert_eq!(other.lines(Language::English).len(), 4);
    }
}
