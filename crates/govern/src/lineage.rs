//! Lineage: from what is said of a customer, or from a table, back to the files
//! and rows it was made of.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::Language;
use crate::page::{aligned, cell, count};

/// Rows shown to people; machines get them all.
const ROWS_SHOWN: usize = 20;

/// What made something: the run and what it was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The run's id.
    pub run_id: String,
    /// When it was finished.
    pub finished_at: Option<String>,
    /// The moment a decision would have been made at; none for data without dates.
    pub as_of: Option<String>,
    /// Hash of the settings.
    pub settings_hash: String,
    /// Version of the program.
    pub code_version: String,
}

/// A table at a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableVersion {
    /// Its name.
    pub table: String,
    /// The version.
    pub version: i64,
    /// The stage that wrote it.
    pub stage: String,
}

/// A model as far as a score needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The version.
    pub model_version: String,
    /// `logistic_regression` or `plain_rule`.
    pub model: String,
    /// When it was fitted.
    pub fitted_at: Option<String>,
    /// Rows it was fitted on.
    pub train_rows: u64,
}

/// A file and how many of its rows count here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// The reading.
    pub ingest_id: i64,
    /// The file, as the settings name it.
    pub file: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// Rows of it that count.
    pub rows: u64,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The table it is in.
    pub table: String,
    /// The file it came from.
    pub file: String,
    /// The record's number in the file, from 1; none of labelled customers.
    pub line: Option<i64>,
    /// When it happened; none of labelled customers.
    pub time: Option<String>,
}

/// From a score or a decision back to its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Customer {
    /// The customer, as the business calls them.
    pub customer: String,
    /// The run.
    pub run: Run,
    /// The decision, where one was asked for and made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Map<String, Value>>,
    /// The score, where there is one.
    pub score: Option<Map<String, Value>>,
    /// The model that gave it.
    pub model: Option<Model>,
    /// What the model was told of the customer.
    pub features: Map<String, Value>,
    /// Tables passed through, the last first.
    pub tables: Vec<TableVersion>,
    /// The files whose rows made the features.
    pub files: Vec<File>,
    /// Those rows, in the order of time.
    pub rows: Vec<Row>,
    /// How many there are; more than `rows` has where there are very many.
    pub row_count: u64,
}

impl Customer {
    /// For people: step by step backwards.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let colon = language.pick(":", "：");
        let customer = cell(&self.customer);
        let mut lines =
            vec![language.pick(format!("customer: {customer}"), format!("客户：{customer}"))];
        lines.extend(self.run.lines(language));
        let parts = [
            (language.pick("decision", "决策"), self.decision.as_ref()),
            (language.pick("score", "评分"), self.score.as_ref()),
        ];
        for (title, fields) in parts {
            let Some(fields) = fields else { continue };
            lines.push(String::new());
            lines.push(format!("{title}{colon}"));
            lines.extend(pairs(fields));
        }
        if let Some(model) = &self.model {
            let (version, kind) = (&model.model_version, &model.model);
            let (rows, at) = (
                count(model.train_rows),
                model.fitted_at.as_deref().unwrap_or("-"),
            );
            lines.push(String::new());
            lines.push(language.pick(
                format!("given by model {version} ({kind}), fitted {at} on {rows} rows"),
                format!("由模型 {version}（{kind}）给出，训练于 {at}，共 {rows} 行"),
            ));
        }
        lines.push(String::new());
        lines.push(format!(
            "{}{colon}",
            language.pick("from these values", "所用的值")
        ));
        lines.extend(pairs(&self.features));
        lines.push(String::new());
        lines.push(format!(
            "{}{colon}",
            language.pick("through the tables", "经过的表")
        ));
        lines.extend(self.tables.iter().map(|table| {
            let TableVersion {
                table,
                version,
                stage,
            } = table;
            language.pick(
                format!("  {table}, version {version}, written by `{stage}`"),
                format!("  {table}，版本 {version}，由 `{stage}` 写入"),
            )
        }));
        lines.push(String::new());
        let rows = count(self.row_count);
        lines.push(language.pick(
            format!("from {rows} rows of these files:"),
            format!("来自以下文件的 {rows} 行："),
        ));
        lines.extend(self.files.iter().map(|file| file.line(language)));
        lines.extend(self.row_lines(language));
        lines
    }

    fn row_lines(&self, language: Language) -> Vec<String> {
        let titles = language.pick(["time", "file", "line"], ["时间", "文件", "行号"]);
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.rows.iter().take(ROWS_SHOWN).map(|row| {
            vec![
                row.time.clone().unwrap_or_else(|| "-".to_owned()),
                cell(&row.file),
                row.line
                    .map_or_else(|| "-".to_owned(), |line| line.to_string()),
            ]
        }));
        let mut lines = vec![String::new()];
        lines.extend(aligned(&rows).into_iter().map(|line| format!("  {line}")));
        let more = self.row_count.saturating_sub(ROWS_SHOWN as u64);
        if more > 0 {
            let more = count(more);
            lines.push(language.pick(
                format!("  and {more} more; `--json` lists them"),
                format!("  另有 {more} 行；`--json` 可列出"),
            ));
        }
        lines
    }
}

/// What a table was made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// The table.
    pub table: String,
    /// Its version.
    pub version: i64,
    /// Its rows.
    pub rows: u64,
    /// The stage that wrote it.
    pub stage: String,
    /// Hash of all that the stage depends on: equal ones are not done twice.
    pub stage_key: String,
    /// When the stage was done.
    pub made_at: String,
    /// The run.
    pub run: Run,
    /// Tables it was made from; none of what is read from files.
    pub inputs: Vec<TableVersion>,
    /// Files it was read from; none of what is made from tables.
    pub files: Vec<File>,
}

impl Table {
    /// For people.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let (table, version, rows) = (&self.table, self.version, count(self.rows));
        let (stage, at) = (&self.stage, &self.made_at);
        let mut lines = vec![
            language.pick(
                format!("{table}, version {version}: {rows} rows"),
                format!("{table}，版本 {version}：{rows} 行"),
            ),
            language.pick(
                format!(
                    "written by the stage `{stage}`, {at} (key {})",
                    self.stage_key
                ),
                format!("由阶段 `{stage}` 写入，{at}（键 {}）", self.stage_key),
            ),
        ];
        lines.extend(self.run.lines(language));
        if !self.inputs.is_empty() {
            lines.push(language.pick("made from:", "来自：").to_owned());
            lines.extend(self.inputs.iter().map(|input| {
                let TableVersion {
                    table,
                    version,
                    stage,
                } = input;
                language.pick(
                    format!("  {table}, version {version}, written by `{stage}`"),
                    format!("  {table}，版本 {version}，由 `{stage}` 写入"),
                )
            }));
        }
        if !self.files.is_empty() {
            lines.push(language.pick("read from:", "读取自：").to_owned());
            lines.extend(self.files.iter().map(|file| file.line(language)));
        }
        lines
    }
}

impl Run {
    fn lines(&self, language: Language) -> Vec<String> {
        let dash = || "-".to_owned();
        let finished = self.finished_at.clone().unwrap_or_else(dash);
        let as_of = self.as_of.clone().unwrap_or_else(dash);
        let (run, settings, code) = (&self.run_id, &self.settings_hash, &self.code_version);
        vec![
            language.pick(
                format!("run {run}, finished {finished}, as-of {as_of}"),
                format!("运行 {run}，完成于 {finished}，统计时点 {as_of}"),
            ),
            language.pick(
                format!("settings {settings}, program {code}"),
                format!("设置 {settings}，程序版本 {code}"),
            ),
        ]
    }
}

impl File {
    fn line(&self, language: Language) -> String {
        let (file, rows) = (cell(&self.file), count(self.rows));
        let (hash, id) = (&self.hash, self.ingest_id);
        language.pick(
            format!("  {file}: {rows} rows (reading {id}, BLAKE3 {hash})"),
            format!("  {file}：{rows} 行（读取 {id}，BLAKE3 {hash}）"),
        )
    }
}

/// `name  value` of everything that is there.
fn pairs(fields: &Map<String, Value>) -> Vec<String> {
    let rows: Vec<Vec<String>> = fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = match value {
                Value::String(text) => cell(text),
                other => other.to_string(),
            };
            vec![name.clone(), text]
        })
        .collect();
    let lines = aligned(&rows).into_iter();
    lines.map(|line| format!("  {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        Run {
            run_id: "ab12".to_owned(),
            finished_at: Some("2024-03-06T00:00:00Z".to_owned()),
            as_of: Some("2024-03-05T00:00:00Z".to_owned()),
            settings_hash: "5e77".to_owned(),
            code_version: "0.1.0".to_owned(),
        }
    }

    fn file(rows: u64) -> File {
        File {
            ingest_id: 7,
            file: "orders.csv".to_owned(),
            hash: "c0ffee".to_owned(),
            rows,
        }
    }

    #[test]
    fn a_customer_is_followed_back_step_by_step() {
        let fields = |pairs: &[(&str, Value)]| {
            let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
            pairs.collect::<Map<_, _>>()
        };
        let row = |line| Row {
            table: "order_lines".to_owned(),
            file: "orders.csv".to_owned(),
            line: Some(line),
            time: Some(format!("2024-01-{line:02}T00:00:00Z")),
        };
        let customer = Customer {
            customer: "c7".to_owned(),
            run: run(),
            decision: None,
            score: Some(fields(&[
                ("churn_probability", 0.25.into()),
                ("reasons_zh", Value::Null),
            ])),
            model: None,
            features: fields(&[("recency_days", 12.into())]),
            tables: vec![TableVersion {
                table: "scores".to_owned(),
                version: 4,
                stage: "model".to_owned(),
            }],
            files: vec![file(25)],
            rows: (1..=25).map(row).collect(),
            row_count: 25,
        };
        let page = customer.lines(Language::En).join("\n");
        for wanted in [
            "run ab12, finished 2024-03-06T00:00:00Z, as-of 2024-03-05T00:00:00Z",
            "  churn_probability  0.25",
            "  recency_days  12",
            "scores, version 4, written by `model`",
            "orders.csv: 25 rows (reading 7, BLAKE3 c0ffee)",
            "2024-01-20T00:00:00Z  orders.csv  20",
            "and 5 more",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        assert!(
            !page.contains("reasons_zh") && !page.contains("2024-01-21"),
            "{page}"
        );
        assert!(!page.contains("decision"), "{page}");
    }

    #[test]
    fn a_table_names_what_it_was_made_of() {
        let table = Table {
            table: "order_lines".to_owned(),
            version: 2,
            rows: 1_000,
            stage: "ingest".to_owned(),
            stage_key: "k".to_owned(),
            made_at: "2024-03-06T00:00:00Z".to_owned(),
            run: run(),
            inputs: Vec::new(),
            files: vec![file(1_000)],
        };
        let page = table.lines(Language::Zh).join("\n");
        assert!(page.contains("order_lines，版本 2：1,000 行"), "{page}");
        assert!(
            page.contains("读取自：") && !page.contains("来自："),
            "{page}"
        );
    }
}
