//! `quality`: how good the data are, rule by rule and source by source, now and
//! over time.

use perennial_quality::{Finding, SourceScore};
use serde::Serialize;

use crate::answer::{aligned, listed, moment, nearest, of_pages, pick};
use crate::project::Project;
use crate::run::nothing_yet;
use crate::settings::Language;
use crate::stages::quality::Notes;
use crate::{Error, Result};

/// Measurements that are shown over time, in all and line by line.
const HISTORY_MAX: usize = 60;
const HISTORY_LINES_MAX: usize = 12;

/// What to show.
#[derive(Debug, Clone, Default)]
pub struct QualityOptions {
    /// One source alone, as the settings name it.
    pub source: Option<String>,
    /// The scores over time as well.
    pub history: bool,
}

/// How good the data are.
#[derive(Debug, Clone, Serialize)]
pub struct QualityAnswer {
    /// When it was measured, UTC.
    pub measured_at: String,
    /// The score of each source.
    pub sources: Vec<SourceScore>,
    /// What each rule found, those that failed first.
    pub rules: Vec<RuleShown>,
    /// Why the last run was stopped, where a critical rule did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The scores of earlier measurements and this one, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<MeasureShown>,
}

/// A finding with what follows from it.
#[derive(Debug, Clone, Serialize)]
pub struct RuleShown {
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
    /// The share that failed.
    pub share: Option<f64>,
    /// `passed`, `failed`, `told` or `empty`.
    pub state: &'static str,
    /// From 0 to 100.
    pub score: Option<f64>,
}

/// The scores of one measurement.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureShown {
    /// When, UTC.
    pub measured_at: String,
    /// The run it belongs to.
    pub run_id: String,
    /// The score of each source.
    pub sources: Vec<SourceScore>,
}

/// How good the data are, as the newest run measured it, one that a critical rule
/// stopped included.
///
/// # Errors
/// `run/none-yet`, `quality/source-unknown`, those of the ledger.
pub async fn quality(project: &Project, options: &QualityOptions) -> Result<QualityAnswer> {
    let ledger = &project.ledger;
    let newest = ledger
        .latest_stage("quality")
        .await?
        .ok_or_else(nothing_yet)?;
    let notes: Notes = serde_json::from_value(newest.details).map_err(|_| nothing_yet())?;
    let wanted = match &options.source {
        Some(asked) => Some(source_of(&notes, asked)?),
        None => None,
    };
    let is_wanted = |source: &str| wanted.as_deref().is_none_or(|wanted| wanted == source);
    let only = |scores: Vec<SourceScore>| -> Vec<SourceScore> {
        scores
            .into_iter()
            .filter(|s| is_wanted(&s.source))
            .collect()
    };
    let mut rules: Vec<RuleShown> = notes
        .findings
        .iter()
        .filter(|f| f.source.as_deref().is_none_or(is_wanted))
        .map(shown)
        .collect();
    rules.sort_by_key(|rule| {
        let fails = rule.finding.fails();
        (!fails, std::cmp::Reverse(rule.finding.severity))
    });
    let mut history = Vec::new();
    if options.history {
        for measure in ledger.quality_measures(HISTORY_MAX).await? {
            history.push(MeasureShown {
                measured_at: moment(measure.measured_at_us),
                run_id: measure.run_id,
                sources: only(serde_json::from_value(measure.scores).unwrap_or_default()),
            });
        }
    }
    Ok(QualityAnswer {
        measured_at: moment(notes.measured_at_us),
        sources: only(notes.scores),
        rules,
        stopped: notes.stop.map(|(message, _)| message),
        history,
    })
}

fn shown(finding: &Finding) -> RuleShown {
    RuleShown {
        share: finding.share(),
        state: finding.state(),
        score: finding.score(),
        finding: finding.clone(),
    }
}

/// The source that is meant: its whole name, or a part that only it has.
fn source_of(notes: &Notes, asked: &str) -> Result<String> {
    let names = || notes.scores.iter().map(|s| s.source.as_str());
    if let Some(name) = names().find(|name| *name == asked) {
        return Ok(name.to_owned());
    }
    let mut holding = names().filter(|name| name.contains(asked));
    if let (Some(name), None) = (holding.next(), holding.next()) {
        return Ok(name.to_owned());
    }
    Err(Error::cannot(
        "quality/source-unknown",
        format!("no source is called `{asked}`"),
        match nearest(asked, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the sources are {}", listed(names(), 10)),
        },
    ))
}

impl QualityAnswer {
    /// For people: the scores, what failed, and how it was before.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(stopped) = &self.stopped {
            lines.push(stopped.clone());
            lines.push(String::new());
        }
        lines.extend(self.score_lines(language));
        lines.push(String::new());
        let failed = self.rules.iter().filter(|rule| rule.finding.fails());
        let told = self.rules.iter().filter(|rule| rule.state == "told");
        let rows: Vec<Vec<String>> = failed
            .chain(told)
            .map(|rule| rule_row(rule, language))
            .collect();
        if rows.is_empty() {
            lines.push(pick(language, "no rule failed", "没有规则未通过").to_owned());
            return lines;
        }
        let titles = pick(
            language,
            [
                "severity", "state", "rule", "where", "failed", "share", "may", "more",
            ],
            [
                "级别",
                "状态",
                "规则",
                "位置",
                "未通过",
                "占比",
                "允许",
                "说明",
            ],
        );
        let mut table = vec![titles.map(str::to_owned).to_vec()];
        table.extend(rows);
        lines.extend(aligned(&table));
        lines
    }

    fn score_lines(&self, language: Language) -> Vec<String> {
        let titles = pick(
            language,
            ["source", "score", "rules", "failed"],
            ["数据源", "得分", "规则数", "未通过"],
        );
        let mut titles = titles.map(str::to_owned).to_vec();
        if !self.history.is_empty() {
            titles.push(pick(language, "over time", "变化").to_owned());
        }
        let mut table = vec![titles];
        for source in &self.sources {
            let mut row = vec![
                source.source.clone(),
                score_text(source.score),
                source.rules.to_string(),
                source.failed.to_string(),
            ];
            if !self.history.is_empty() {
                row.push(sparkline(&self.scores_of(&source.source)));
            }
            table.push(row);
        }
        let mut lines = aligned(&table);
        if self.history.is_empty() {
            return lines;
        }
        lines.push(String::new());
        let from = self.history.len().saturating_sub(HISTORY_LINES_MAX);
        let mut table = Vec::new();
        for measure in &self.history[from..] {
            let mut row = vec![measure.measured_at.replace('T', " ")];
            for source in &self.sources {
                let score = measure.sources.iter().find(|s| s.source == source.source);
                row.push(score_text(score.and_then(|s| s.score)));
            }
            table.push(row);
        }
        lines.extend(aligned(&table));
        lines
    }

    /// A source's scores over time.
    fn scores_of(&self, source: &str) -> Vec<Option<f64>> {
        let of = |measure: &MeasureShown| {
            let own = measure.sources.iter().find(|s| s.source == source);
            own.and_then(|s| s.score)
        };
        self.history.iter().map(of).collect()
    }
}

fn score_text(score: Option<f64>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| format!("{score:.1}"))
}

/// Scores as small bars: a blank for none, the tallest for 100.
pub(crate) fn sparkline(scores: &[Option<f64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |score: &f64| BARS[((score / 100.0 * 7.0).round() as usize).min(7)];
    let bars = scores.iter().map(|score| score.as_ref().map_or(' ', bar));
    bars.collect()
}

/// The words of a severity and a state.
fn words(language: Language, word: &'static str) -> &'static str {
    if language == Language::English {
        return word;
    }
    match word {
        "note" => "提示",
        "warning" => "警告",
        "critical" => "严重",
        "failed" => "未通过",
        "passed" => "通过",
        "told" => "仅说明",
        other => other,
    }
}

fn rule_row(rule: &RuleShown, language: Language) -> Vec<String> {
    let finding = &rule.finding;
    let percent = |share: f64| perennial_web::format::percent(share, of_pages(language));
    let place = [finding.file.as_ref(), finding.source.as_ref()];
    let place = place.into_iter().flatten().next();
    let place = place.map_or_else(|| finding.table.clone(), Clone::clone);
    let at = match &finding.column {
        Some(column) => format!("{place}: {column}"),
        None => place,
    };
    let mut more: Vec<String> = finding.detail.clone().into_iter().collect();
    if let Some(value) = finding
        .value
        .filter(|_| finding.detail.is_none() || finding.check.starts_with("drift"))
    {
        more.insert(0, format!("{value:.3}"));
    }
    vec![
        words(language, finding.severity.as_str()).to_owned(),
        words(language, rule.state).to_owned(),
        finding.rule.clone(),
        at,
        format!("{} / {}", finding.failed, finding.checked),
        rule.share.map_or_else(|| "-".to_owned(), percent),
        percent(finding.allowed),
        more.join(", "),
    ]
}

#[cfg(test)]
mod tests {
    use perennial_quality::Severity;

    use super::*;

    fn answer() -> QualityAnswer {
        let failed = Finding::new("completeness", "order_lines", Severity::Warning)
            .of_source("a.csv")
            .of_column("customer_id")
            .counted(200, 50, 0.05);
        let score = |score| SourceScore {
            source: "a.csv".to_owned(),
            score: Some(score),
            rules: 3,
            failed: 1,
        };
        let measure = |day: u8, value| MeasureShown {
            measured_at: format!("2024-03-0{day}T10:00:00Z"),
            run_id: "r".to_owned(),
            sources: vec![score(value)],
        };
        QualityAnswer {
            measured_at: "2024-03-02T10:00:00Z".to_owned(),
            sources: vec![score(87.5)],
            rules: vec![shown(&failed)],
            stopped: None,
            history: vec![measure(1, 0.0), measure(2, 87.5)],
        }
    }

    #[test]
    fn scores_rules_and_history_stand_in_columns() {
        let text = answer().lines(Language::English).join("\n");
        insta::assert_snapshot!(text, @r"
        source  score  rules  failed  over time
        a.csv   87.5   3      1       ▁▇

        2024-03-01 10:00:00Z  0.0
        2024-03-02 10:00:00Z  87.5

        severity  state   rule          where               failed    share  may  more
        warning   failed  completeness  a.csv: customer_id  50 / 200  25 %   5 %
        ");
    }

    #[test]
    fn a_source_is_known_by_a_part_of_its_name() {
        let notes = Notes {
            scores: answer().sources,
            ..Notes::default()
        };
        assert_eq!(source_of(&notes, "a.c").unwrap(), "a.csv");
        let error = source_of(&notes, "b.csv").unwrap_err();
        assert_eq!(error.hint().unwrap(), "did you mean `a.csv`?");
    }
}
