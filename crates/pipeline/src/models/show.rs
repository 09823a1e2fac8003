//! Versions as people look at them: a list, or one by itself.

use perennial_ledger::ModelSummary;
use perennial_web::format;
use serde::Serialize;

use super::card;
use super::looks::{Measured, looks_at};
use super::served::Served;
use crate::Result;
use crate::answer::{Both, aligned, day, moment, of_pages, pick};
use crate::settings::Language;
use crate::stages::model::Notes;

/// Measures in a list of versions.
const LIST_MEASURES: [&str; 3] = ["roc_auc", "log_loss", "ece"];

/// A measure with its interval and the rows it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// Its name, as in the table `evaluations`.
    pub metric: String,
    /// The estimate.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// Rows it rests on.
    pub rows: u64,
}

impl Measure {
    pub(super) fn all(notes: &Notes) -> Vec<Self> {
        let measures = notes.in_use().metrics.iter();
        measures
            .map(|(metric, value, low, high, rows)| Self {
                metric: metric.clone(),
                value: *value,
                low: *low,
                high: *high,
                rows: *rows,
            })
            .collect()
    }

    pub(super) fn text(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => {
                let [value, low, high] = [self.value, low, high].map(format::metric);
                format!("{value} ({low}–{high})")
            }
            _ => format::metric(self.value),
        }
    }
}

/// One version in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ModelLine {
    /// The version.
    pub model_version: String,
    /// Whether it is the one that serves.
    pub serves: bool,
    /// When it was fitted, as RFC 3339 in UTC.
    pub created_at: String,
    /// What it is: `logistic_regression` or `plain_rule`.
    pub model: &'static str,
    /// Rows it was fitted on.
    pub train_rows: u64,
    /// Rows it was judged on; 0 where it was not.
    pub test_rows: u64,
    /// How good it is.
    pub measures: Vec<Measure>,
}

impl ModelLine {
    pub(super) fn new(model: &ModelSummary, serving: &Option<String>) -> Self {
        let notes = card(model);
        Self {
            serves: serving.as_ref() == Some(&model.model_version),
            model_version: model.model_version.clone(),
            created_at: moment(model.created_at_us),
            model: kind(&notes),
            train_rows: notes.train_rows,
            test_rows: notes.test_rows,
            measures: Measure::all(&notes),
        }
    }

    fn cells(&self, language: Language) -> Vec<String> {
        let measure = |name: &&str| {
            self.measures
                .iter()
                .find(|m| m.metric == **name)
                .map_or("-".to_owned(), Measure::text)
        };
        let serves = if self.serves {
            pick(language, "serves", "使用中")
        } else {
            ""
        };
        [
            self.model_version.clone(),
            serves.to_owned(),
            self.created_at.clone(),
            self.model.to_owned(),
        ]
        .into_iter()
        .chain([format::count(self.train_rows)])
        .chain(LIST_MEASURES.iter().map(measure))
        .collect()
    }
}

fn kind(notes: &Notes) -> &'static str {
    if notes.uses_logistic {
        "logistic_regression"
    } else {
        "plain_rule"
    }
}

/// Every version, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct ModelList {
    /// The versions.
    pub versions: Vec<ModelLine>,
}

impl ModelList {
    /// A line for each version.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if self.versions.is_empty() {
            return vec![pick(
                language,
                "there is no model yet; `perennial run` fits one".to_owned(),
                "还没有模型；运行 `perennial run` 即可训练".to_owned(),
            )];
        }
        let titles = pick(
            language,
            [
                "version", "", "fitted", "model", "rows", "roc_auc", "log_loss", "ece",
            ],
            [
                "版本",
                "",
                "训练时间",
                "模型",
                "行数",
                "roc_auc",
                "log_loss",
                "ece",
            ],
        );
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.versions.iter().map(|line| line.cells(language)));
        aligned(&rows)
    }
}

/// One version by itself.
#[derive(Debug, Clone, Serialize)]
pub struct ModelShown {
    /// As in a list.
    #[serde(flatten)]
    pub line: ModelLine,
    /// Version of the program that fitted it.
    pub code_version: String,
    /// Size of its bytes.
    pub size_bytes: i64,
    /// Rows lost among those it was fitted on.
    pub train_lost: u64,
    /// From which probability on it calls a customer lost.
    pub threshold: f64,
    /// How it was judged.
    pub judged: Both,
    /// What it looks at, the weightiest first.
    pub looks_at: Vec<Measured>,
    /// Columns left out because they know the outcome.
    pub left_out: Vec<String>,
}

impl ModelShown {
    pub(super) fn new(
        model: &ModelSummary,
        bytes: &[u8],
        serving: &Option<String>,
    ) -> Result<Self> {
        let notes = card(model);
        let served = Served::from_bytes(bytes, notes.uses_logistic)?;
        Ok(Self {
            line: ModelLine::new(model, serving),
            code_version: model.code_version.clone(),
            size_bytes: model.size_bytes,
            train_lost: notes.train_lost,
            threshold: notes.threshold,
            judged: judged(&notes),
            looks_at: looks_at(&served),
            left_out: notes.left_out,
        })
    }

    /// The version in a page of text.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let say = |en: &str, zh: &str| pick(language, en, zh).to_owned();
        let pages = of_pages(language);
        let fitted = pick(
            language,
            format!(
                "{} rows, {} of them lost",
                format::count(self.line.train_rows),
                format::count(self.train_lost)
            ),
            format!(
                "{} 行，其中流失 {} 行",
                format::count(self.line.train_rows),
                format::count(self.train_lost)
            ),
        );
        let mut facts = vec![
            vec![say("version", "版本"), self.line.model_version.clone()],
            vec![say("model", "模型"), self.line.model.to_owned()],
            vec![say("fitted", "训练时间"), self.line.created_at.clone()],
            vec![say("on", "训练数据"), fitted],
            vec![
                say("judged", "检验方式"),
                self.judged.of(language).to_owned(),
            ],
            vec![
                say("threshold", "阈值"),
                format::percent(self.threshold, pages),
            ],
            vec![
                say("by", "程序"),
                format!("perennial {}", self.code_version),
            ],
        ];
        if self.line.serves {
            facts.insert(1, vec![say("serves", "状态"), say("yes", "使用中")]);
        }
        if !self.left_out.is_empty() {
            facts.push(vec![say("left out", "未纳入"), self.left_out.join(", ")]);
        }
        let mut lines = aligned(&facts);
        if !self.line.measures.is_empty() {
            lines.push(String::new());
            let rows = self
                .line
                .measures
                .iter()
                .map(|m| vec![m.metric.clone(), m.text()]);
            lines.extend(aligned(&rows.collect::<Vec<_>>()));
        }
        lines.push(String::new());
        let titles = match self.line.model {
            "logistic_regression" => [
                say("column", "列"),
                String::new(),
                say("log-odds", "对数几率"),
            ],
            _ => [
                say("column", "列"),
                String::new(),
                say("churn probability", "流失概率"),
            ],
        };
        let mut rows = vec![titles.to_vec()];
        rows.extend(self.looks_at.iter().map(Measured::cells));
        lines.extend(aligned(&rows));
        lines
    }
}

fn judged(notes: &Notes) -> Both {
    use crate::stages::model::notes::EvaluationNotes;
    let rows = format::count(notes.test_rows);
    match &notes.evaluation {
        EvaluationNotes::None => Both::new("not at all: too few rows", "未检验：数据太少"),
        EvaluationNotes::LaterTime { .. } => {
            let when = notes
                .splits
                .iter()
                .find(|s| s.is_test)
                .map(|s| day(s.as_of_us));
            let when = when.unwrap_or_else(|| "-".to_owned());
            Both::new(
                format!("on {rows} customers at a later date, {when}"),
                format!("以更晚日期 {when} 的 {rows} 位客户检验"),
            )
        }
        EvaluationNotes::Folds { folds } => Both::new(
            format!("on {rows} rows in {folds} parts, each by a model that had not seen it"),
            format!("{rows} 行分为 {folds} 份，逐份以未见过该份的模型检验"),
        ),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::models) fn version(name: &str, auc: f64, test_rows: u64) -> ModelSummary {
        let mut notes = Notes {
            uses_logistic: true,
            test_rows,
            ..Notes::default()
        };
        notes.logistic.metrics = vec![(
            "roc_auc".to_owned(),
            auc,
            Some(auc - 0.1),
            Some(auc + 0.1),
            9,
        )];
        ModelSummary {
            model_version: name.to_owned(),
            model: "churn".to_owned(),
            size_bytes: 1,
            card: serde_json::to_value(notes).unwrap(),
            created_at_us: 0,
            code_version: "0.1.0".to_owned(),
        }
    }

    #[test]
    fn the_list_marks_what_serves() {
        let serving = Some("churn-b".to_owned());
        let versions = [version("churn-b", 0.8, 9), version("churn-a", 0.7, 9)];
        let list = ModelList {
            versions: versions
                .iter()
                .map(|m| ModelLine::new(m, &serving))
                .collect(),
        };
        let lines = list.lines(Language::English);
        assert!(
            lines[1].contains("serves") && !lines[2].contains("serves"),
            "{lines:?}"
        );
        assert!(
            ModelList {
                versions: Vec::new()
            }
            .lines(Language::Chinese)[0]
                .contains("还没有")
        );
    }
}
