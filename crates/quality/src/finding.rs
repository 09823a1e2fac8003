//! What a rule found: the row of the table `quality`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::score::{Measured, of_rule, of_source};

/// How grave it is when a rule does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Worth acting upon.
    Warning,
    /// The run stops.
    Critical,
}

impl Severity {
    /// The word of tables and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// What the rule weighs in the score of its source.
    pub fn weight(self) -> f64 {
        match self {
            Self::Note => 1.0,
            Self::Warning => 2.0,
            Self::Critical => 4.0,
        }
    }
}

/// One rule as it was measured on one source, one file, or a whole table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// What it checks.
    pub check: String,
    /// Whether the settings declare it.
    pub declared: bool,
    /// The table.
    pub table: String,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// The source, where it is about one.
    pub source: Option<String>,
    /// The file, where it is about one.
    pub file: Option<String>,
    /// What was checked: rows, or whatever the rule counts.
    pub checked: u64,
    /// What of it failed.
    pub failed: u64,
    /// The share that may fail.
    pub allowed: f64,
    /// How grave it is.
    pub severity: Severity,
    /// Whether it is only told and never fails.
    pub only_told: bool,
    /// What was measured beside the share, where there is such a number.
    pub value: Option<f64>,
    /// More in words or names, never of a person.
    pub detail: Option<String>,
}

impl Finding {
    /// A rule about a table, of which nothing is known yet.
    pub fn new(rule: &str, table: &str, severity: Severity) -> Self {
        Self {
            rule: rule.to_owned(),
            check: rule.to_owned(),
            declared: false,
            table: table.to_owned(),
            column: None,
            source: None,
            file: None,
            checked: 0,
            failed: 0,
            allowed: 0.0,
            severity,
            only_told: false,
            value: None,
            detail: None,
        }
    }

    /// With what was counted and what may fail.
    pub fn counted(self, checked: u64, failed: u64, allowed: f64) -> Self {
        Self {
            checked,
            failed,
            allowed,
            ..self
        }
    }

    /// The same, about a column.
    pub fn of_column(self, column: &str) -> Self {
        Self {
            column: Some(column.to_owned()),
            ..self
        }
    }

    /// The same, about a source.
    pub fn of_source(self, source: &str) -> Self {
        Self {
            source: Some(source.to_owned()),
            ..self
        }
    }

    /// The same, with a number that was measured.
    pub fn with_value(self, value: f64) -> Self {
        Self {
            value: Some(value),
            ..self
        }
    }

    /// The same, with words.
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            ..self
        }
    }

    /// The same, told and never failing.
    pub fn only_told(self) -> Self {
        Self {
            only_told: true,
            ..self
        }
    }

    /// The share that failed; none where nothing was checked.
    pub fn share(&self) -> Option<f64> {
        (self.checked > 0).then(|| self.failed as f64 / self.checked as f64)
    }

    /// Whether more failed than may.
    pub fn fails(&self) -> bool {
        !self.only_told && self.share().is_some_and(|share| share > self.allowed)
    }

    /// Whether the run has to stop.
    pub fn stops(&self) -> bool {
        self.severity == Severity::Critical && self.fails()
    }

    /// `passed`, `failed`, `told`, or `empty` where nothing was checked.
    pub fn state(&self) -> &'static str {
        match (self.checked, self.only_told, self.fails()) {
            (0, ..) => "empty",
            (_, true, _) => "told",
            (_, _, true) => "failed",
            (_, _, false) => "passed",
        }
    }

    /// From 0 to 100; none of what is only told, or where nothing was checked.
    pub fn score(&self) -> Option<f64> {
        let score = of_rule(self.checked, self.failed, self.allowed);
        score.filter(|_| !self.only_told)
    }
}

/// A source's score and what is behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceScore {
    /// The source, as the settings name it.
    pub source: String,
    /// From 0 to 100; none where nothing was measured.
    pub score: Option<f64>,
    /// Rules that were measured on it.
    pub rules: u64,
    /// Those that failed.
    pub failed: u64,
}

/// The score of each source, in the order of `sources` (name and table). What was
/// measured on a whole table counts for each source of the table; of rules about
/// one file the worst counts, since good files do not undo a bad one.
pub fn scores(findings: &[Finding], sources: &[(String, String)]) -> Vec<SourceScore> {
    sources
        .iter()
        .map(|(source, table)| score(findings, source, table))
        .collect()
}

fn score(findings: &[Finding], source: &str, table: &str) -> SourceScore {
    let mut rules: BTreeMap<(&str, Option<&str>), &Finding> = BTreeMap::new();
    let own = |f: &&Finding| match &f.source {
        Some(of) => of == source,
        None => f.table == table,
    };
    let worse = |a: &Finding, b: &Finding| a.score() < b.score();
    for finding in findings.iter().filter(own).filter(|f| f.score().is_some()) {
        let slot = rules.entry((&finding.rule, finding.column.as_deref()));
        let known = slot.or_insert(finding);
        if worse(finding, known) {
            *known = finding;
        }
    }
    let measured = |f: &&&Finding| {
        let weight = f.severity.weight();
        f.score().map(|score| Measured { score, weight })
    };
    let rows: Vec<Measured> = rules.values().filter_map(|f| measured(&f)).collect();
    let critical = rules.values().filter(|f| f.severity == Severity::Critical);
    let worst = critical.filter_map(|f| f.score()).min_by(f64::total_cmp);
    SourceScore {
        source: source.to_owned(),
        score: of_source(&rows, worst),
        rules: rules.len() as u64,
        failed: rules.values().filter(|f| f.fails()).count() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_those_of_share_and_allowance() {
        let rule = Finding::new("required", "events", Severity::Critical);
        assert_eq!(rule.state(), "empty");
        let passed = rule.clone().counted(100, 5, 0.05);
        assert_eq!(
            (passed.state(), passed.score(), passed.stops()),
            ("passed", Some(100.0), false)
        );
        let failed = rule.clone().counted(100, 6, 0.05);
        assert_eq!((failed.state(), failed.stops()), ("failed", true));
        let told = failed.only_told();
        assert_eq!(
            (told.state(), told.score(), told.stops()),
            ("told", None, false)
        );
    }

    #[test]
    fn a_source_has_its_own_rules_and_those_of_its_table() {
        let rule = |name: &str, severity| Finding::new(name, "events", severity);
        let findings = [
            rule("a", Severity::Warning)
                .of_source("x.csv")
                .counted(10, 5, 0.0),
            rule("b", Severity::Note).counted(10, 0, 0.0),
            rule("c", Severity::Note)
                .of_source("y.csv")
                .counted(10, 10, 0.0),
            // Two files: the worse one counts.
            rule("d", Severity::Note)
                .of_source("x.csv")
                .counted(10, 0, 0.0),
            rule("d", Severity::Note)
                .of_source("x.csv")
                .counted(10, 10, 0.0),
        ];
        let sources = ["x.csv", "y.csv"].map(|s| (s.to_owned(), "events".to_owned()));
        let found = scores(&findings, &sources);
        assert_eq!(found[0].score, Some((2.0 * 50.0 + 100.0 + 0.0) / 4.0));
        assert_eq!((found[0].rules, found[0].failed), (3, 2));
        assert_eq!(found[1].score, Some(50.0));
    }
}
