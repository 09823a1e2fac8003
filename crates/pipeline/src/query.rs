//! `query`: SQL over every table, row by row to a writer.

use std::collections::BTreeMap;
use std::io::Write;

use perennial_lake::arrow::array::RecordBatch;
use perennial_lake::arrow::csv;
use perennial_lake::arrow::datatypes::SchemaRef;
use perennial_lake::arrow::error::ArrowError;
use perennial_lake::arrow::json;
use perennial_lake::arrow::util::display::FormatOptions;
use perennial_lake::arrow::util::pretty::pretty_format_batches_with_options;
use perennial_lake::sql::{Session, SqlLimits};
use perennial_lake::tables::ParquetWriter;
use serde::Serialize;

use crate::answer::pick;
use crate::project::Project;
use crate::settings::Language;
use crate::{Error, Result, visible};

/// Moments are shown in UTC, whatever the zone of the business.
const ZONE: &str = "+00:00";

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryFormat {
    /// Aligned columns to look at, cut at `limits.query_rows`.
    Table,
    /// Comma-separated, with a header.
    Csv,
    /// One object a line.
    Json,
    /// Apache Parquet.
    Parquet,
}

/// How many rows a query had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QueryAnswer {
    /// Rows of the answer.
    pub rows: u64,
    /// Rows of it that were not written.
    pub rows_cut: u64,
    /// Tables asked for that are of an older run than the newest, which `--until`
    /// stopped before them, with the day of that older run.
    pub older: BTreeMap<String, String>,
}

impl QueryAnswer {
    /// What a person should know beside the rows; nothing as a rule.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Self { rows, rows_cut, .. } = self;
        let mut lines = Vec::new();
        if *rows_cut > 0 {
            lines.push(pick(
                language,
                format!(
                    "{rows_cut} of {rows} rows are not shown; raise `limits.query_rows`, or write them with `--format csv`"
                ),
                format!(
                    "共 {rows} 行，其中 {rows_cut} 行未显示；可调高 `limits.query_rows`，或用 `--format csv` 输出全部"
                ),
            ));
        }
        for (table, day) in &self.older {
            lines.push(pick(
                language,
                format!(
                    "`{table}` is of the run of {day}: a later one was stopped before it; `perennial run` brings it up to date"
                ),
                format!(
                    "`{table}` 来自 {day} 的运行：之后的运行提前结束，未生成该表；执行 `perennial run` 即可更新"
                ),
            ));
        }
        lines
    }
}

/// Those of the tables that the statement names.
fn named_in(sql: &str, tables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let words: Vec<&str> = sql
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    let named = |table: &str| words.iter().any(|word| word.eq_ignore_ascii_case(table));
    let found = tables.iter().filter(|(table, _)| named(table));
    found
        .map(|(table, day)| (table.clone(), day.clone()))
        .collect()
}

/// Writes the rows that `sql` answers to `out`, each table as the newest finished
/// run left it that made it. Memory stays flat apart from [`QueryFormat::Table`], which
/// holds the rows it shows.
///
/// # Errors
/// `query/*` for what is wrong with the statement, `run/none-yet`, and
/// `file/io` where `out` cannot be written.
pub async fn query(
    project: &Project,
    sql: &str,
    format: QueryFormat,
    out: &mut (dyn Write + Send),
) -> Result<QueryAnswer> {
    let visible = visible::tables(project).await?;
    let older = named_in(sql, &visible.older);
    let session = session_at(project, visible.versions)?;
    let mut rows = Rows::new(format, project.settings.limits.query_rows.get(), out);
    let mut failure = None;
    let done = session
        .run(sql, |schema, batch| {
            let written = match batch {
                None => rows.start(schema),
                Some(batch) => rows.write(batch),
            };
            written.map_err(|error| {
                failure = Some(error);
                perennial_lake::Error::Caller("the rows cannot be written".into())
            })
        })
        .await;
    if let Some(error) = failure {
        return Err(error);
    }
    done?;
    let answer = rows.finish()?;
    Ok(QueryAnswer { older, ..answer })
}

/// A session over tables at their versions, within the project's limits.
pub(crate) fn session_at(project: &Project, versions: BTreeMap<String, i64>) -> Result<Session> {
    let limits = SqlLimits {
        memory_bytes: usize::try_from(project.settings.limits.query_memory.get())
            .unwrap_or(usize::MAX),
        threads: project.threads(),
    };
    Ok(Session::new(&project.lake, versions, ZONE, limits)?)
}

/// A writer of rows in one of the formats.
struct Rows<'a> {
    sink: Sink<'a>,
    answer: QueryAnswer,
}

enum Sink<'a> {
    Table {
        schema: Option<SchemaRef>,
        batches: Vec<RecordBatch>,
        room: usize,
        out: Out<'a>,
    },
    Csv(csv::Writer<Out<'a>>),
    Json(json::LineDelimitedWriter<Out<'a>>),
    /// Made once the columns are known.
    Parquet(Option<Out<'a>>, Option<ParquetWriter<Out<'a>>>),
}

type Out<'a> = &'a mut (dyn Write + Send);

impl<'a> Rows<'a> {
    fn new(format: QueryFormat, rows_max: usize, out: Out<'a>) -> Self {
        let sink = match format {
            QueryFormat::Table => Sink::Table {
                schema: None,
                batches: Vec::new(),
                room: rows_max,
                out,
            },
            QueryFormat::Csv => Sink::Csv(csv::WriterBuilder::new().with_header(true).build(out)),
            QueryFormat::Json => Sink::Json(
                json::WriterBuilder::new()
                    .with_explicit_nulls(true)
                    .build(out),
            ),
            QueryFormat::Parquet => Sink::Parquet(Some(out), None),
        };
        Self {
            sink,
            answer: QueryAnswer::default(),
        }
    }

    fn start(&mut self, columns: &SchemaRef) -> Result<()> {
        match &mut self.sink {
            Sink::Table { schema, .. } => *schema = Some(columns.clone()),
            // An answer without rows has its header all the same.
            Sink::Csv(writer) => {
                writer
                    .write(&RecordBatch::new_empty(columns.clone()))
                    .map_err(written)?;
            }
            Sink::Json(_) => {}
            Sink::Parquet(out, writer) => {
                if let Some(out) = out.take() {
                    *writer = Some(ParquetWriter::new(out, columns)?);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.answer.rows += batch.num_rows() as u64;
        match &mut self.sink {
            Sink::Table { batches, room, .. } => {
                let shown = batch.num_rows().min(*room);
                self.answer.rows_cut += (batch.num_rows() - shown) as u64;
                *room -= shown;
                if shown > 0 {
                    batches.push(batch.slice(0, shown));
                }
            }
            Sink::Csv(writer) => writer.write(&batch).map_err(written)?,
            Sink::Json(writer) => writer.write(&batch).map_err(written)?,
            Sink::Parquet(_, Some(writer)) => writer.write(&batch)?,
            Sink::Parquet(_, None) => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<QueryAnswer> {
        match self.sink {
            Sink::Table {
                schema,
                mut batches,
                out,
                ..
            } => {
                if let (true, Some(schema)) = (batches.is_empty(), schema) {
                    batches.push(RecordBatch::new_empty(schema));
                }
                write_table(&batches, out)?;
            }
            Sink::Csv(writer) => writer.into_inner().flush().map_err(unwritable)?,
            Sink::Json(mut writer) => {
                writer.finish().map_err(written)?;
                writer.into_inner().flush().map_err(unwritable)?;
            }
            Sink::Parquet(_, Some(writer)) => {
                writer.finish()?.flush().map_err(unwritable)?;
            }
            Sink::Parquet(_, None) => {}
        }
        Ok(self.answer)
    }
}

/// Batches as one table with lines. What would command a terminal is taken
/// out: nobody knows what is in the cells.
fn write_table(batches: &[RecordBatch], out: Out<'_>) -> Result<()> {
    let options = FormatOptions::default().with_display_error(true);
    let table = pretty_format_batches_with_options(batches, &options).map_err(written)?;
    let text = table.to_string();
    for line in text.lines() {
        let safe: String = line
            .chars()
            .map(|c| {
                if c.is_control() {
                    char::REPLACEMENT_CHARACTER
                } else {
                    c
                }
            })
            .collect();
        writeln!(out, "{safe}").map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)
}

fn unwritable(source: std::io::Error) -> Error {
    Error::Io {
        action: "write",
        path: "output".into(),
        source,
    }
}

/// What went wrong when rows were put into text.
fn written(error: ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, source) => unwritable(source),
        ArrowError::CsvError(message)
        | ArrowError::JsonError(message)
        | ArrowError::InvalidArgumentError(message) => Error::cannot(
            "query/format",
            format!("the rows cannot be written so: {message}"),
            "write them with `--format parquet`, or choose other columns",
        ),
        other => perennial_lake::Error::from(other).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use perennial_lake::arrow::array::{
        ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray,
    };

    use super::*;

    fn batch() -> RecordBatch {
        let time = TimestampMicrosecondArray::from(vec![Some(86_400_000_000), None, Some(0)]);
        RecordBatch::try_from_iter([
            (
                "n",
                Arc::new(Int64Array::from(vec![Some(1), None, Some(3)])) as ArrayRef,
            ),
            (
                "name",
                Arc::new(StringArray::from(vec!["a,b", "常青", "\u{1b}[2J"])),
            ),
            ("time", Arc::new(time.with_timezone("UTC"))),
        ])
        .unwrap()
    }

    fn written_as(format: QueryFormat, rows_max: usize) -> (String, QueryAnswer) {
        let mut out = Vec::new();
        let mut rows = Rows::new(format, rows_max, &mut out);
        rows.start(&batch().schema()).unwrap();
        rows.write(batch()).unwrap();
        let answer = rows.finish().unwrap();
        (String::from_utf8(out).unwrap(), answer)
    }

    #[test]
    fn csv_has_a_header_quotes_and_moments_in_utc() {
        let (text, answer) = written_as(QueryFormat::Csv, 1);
        let expected = "n,name,time\n1,\"a,b\",1970-01-02T00:00:00Z\n,常青,\n3,\u{1b}[2J,1970-01-01T00:00:00Z\n";
        assert_eq!(text, expected);
        assert_eq!(
            answer,
            QueryAnswer {
                rows: 3,
                ..QueryAnswer::default()
            }
        );
    }

    #[test]
    fn json_has_an_object_a_line_nulls_included() {
        let (text, _) = written_as(QueryFormat::Json, 1);
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[1],
            serde_json::json!({"n": null, "name": "常青", "time": null})
        );
        assert_eq!(lines[0]["time"], "1970-01-02T00:00:00Z");
    }

    #[test]
    fn a_table_is_cut_and_commands_no_terminal() {
        let (text, answer) = written_as(QueryFormat::Table, 2);
        assert_eq!(
            answer,
            QueryAnswer {
                rows: 3,
                rows_cut: 1,
                ..QueryAnswer::default()
            }
        );
        assert!(text.contains("1970-01-02T00:00:00Z"), "{text}");
        assert!(
            answer.lines(Language::English)[0].starts_with("1 of 3 rows"),
            "{answer:?}"
        );
        let (text, answer) = written_as(QueryFormat::Table, 3);
        assert!(!text.contains('\u{1b}') && text.contains("[2J"), "{text}");
        assert!(answer.lines(Language::Chinese).is_empty());
    }

    #[test]
    fn tables_of_an_older_run_are_said_where_they_are_asked_for() {
        let older: BTreeMap<String, String> = [("scores", "2024-03-01"), ("lift", "2024-03-01")]
            .map(|(table, day)| (table.to_owned(), day.to_owned()))
            .into();
        let answer = QueryAnswer {
            older: named_in("select * from Scores where lifted > 1", &older),
            ..QueryAnswer::default()
        };
        let lines = answer.lines(Language::English);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("`scores` is of the run of 2024-03-01"));
        assert!(answer.lines(Language::Chinese)[0].contains("2024-03-01"));
        assert!(named_in("show tables", &older).is_empty());
    }

    #[test]
    fn an_empty_answer_has_its_columns() {
        for format in [QueryFormat::Table, QueryFormat::Csv] {
            let mut out = Vec::new();
            let mut rows = Rows::new(format, 10, &mut out);
            rows.start(&batch().schema()).unwrap();
            rows.finish().unwrap();
            assert!(
                String::from_utf8(out).unwrap().contains("name"),
                "{format:?}"
            );
        }
    }
}
