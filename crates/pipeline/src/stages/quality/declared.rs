//! The rules of the settings, evaluated in SQL: those about single rows of a table
//! in one aggregate over it, whatever their number.

use std::collections::BTreeMap;

use perennial_lake::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{DataType, Int64Type};
use perennial_lake::sql::Session;
use perennial_quality::rules::{Kind, RowCheck, RowSql, name};
use perennial_quality::{Finding, Severity};

use super::sources::Known;
use super::tally::cast_to;
use crate::project::Project;
use crate::query::session_at;
use crate::settings::{ColumnType, Rule, RuleCheck, RuleSeverity, Table};
use crate::stage::{Done, Run};
use crate::{Error, Result};

/// Rules of one aggregate; more go into another.
const RULES_AT_ONCE: usize = 100;
/// Places that a message names.
const PLACES_MAX: usize = 3;
/// Failing rules that a message tells of.
const RULES_TOLD_MAX: usize = 5;
const DAY_US: f64 = 86_400_000_000.0;

/// What the declared rules found, and when a source will be too old.
#[derive(Default)]
pub(super) struct Declared {
    pub findings: Vec<Finding>,
    pub due: Vec<(String, i64)>,
}

/// Evaluates every rule of the settings.
///
/// # Errors
/// `quality/column-unknown`, `quality/rule-invalid`, those of the lake.
pub(super) async fn findings(
    run: &Run<'_>,
    ingest: &Done,
    known: &Known,
    now_us: i64,
) -> Result<Declared> {
    let project = run.project;
    let mut out = Declared::default();
    let rules = &project.settings.rules;
    if rules.is_empty() {
        return Ok(out);
    }
    let session = session_at(project, ingest.outputs.clone())?;
    for &table in Table::ALL {
        let own: Vec<&Rule> = rules.iter().filter(|rule| rule.table == table).collect();
        // A table of which no file had a row yet is not there.
        if own.is_empty() || ingest.version(table.as_str()).is_none() {
            continue;
        }
        columns_exist(&session, table, &own).await?;
        let about_rows: Vec<(&Rule, RowSql)> = own
            .iter()
            .filter_map(|rule| Some((*rule, row_sql(rule)?)))
            .collect();
        for some in about_rows.chunks(RULES_AT_ONCE) {
            rows(&session, known, table, some, &mut out.findings).await?;
        }
        for rule in own {
            match rule.check {
                RuleCheck::Unique => out.findings.push(unique(&session, rule).await?),
                RuleCheck::Reference => out.findings.push(reference(&session, rule, ingest).await?),
                RuleCheck::Freshness => freshness(&session, known, rule, now_us, &mut out).await?,
                _ => {}
            }
        }
    }
    Ok(out)
}

/// The rule as a condition on rows; none of one about the table as a whole.
fn row_sql(rule: &Rule) -> Option<RowSql> {
    let text = |value: &crate::settings::Literal| value.as_str().to_owned();
    let check = match rule.check {
        RuleCheck::Required => RowCheck::Required,
        RuleCheck::Type => RowCheck::Type(kind(rule.of_type?)),
        RuleCheck::Range => RowCheck::Range {
            min: rule.min.as_ref().map(text),
            max: rule.max.as_ref().map(text),
        },
        RuleCheck::Set => RowCheck::Set(rule.values.as_ref()?.texts()),
        RuleCheck::Pattern => RowCheck::Pattern(rule.pattern.clone()?),
        RuleCheck::Condition => RowCheck::Condition(rule.condition.clone()?),
        RuleCheck::Unique | RuleCheck::Reference | RuleCheck::Freshness => return None,
    };
    Some(check.sql(rule.column.as_deref().unwrap_or_default()))
}

fn kind(of: ColumnType) -> Kind {
    match of {
        ColumnType::Text => Kind::Text,
        ColumnType::Integer => Kind::Integer,
        ColumnType::Number => Kind::Number,
        ColumnType::Boolean => Kind::Boolean,
        ColumnType::Date => Kind::Date,
        ColumnType::Time => Kind::Time,
    }
}

fn finding(rule: &Rule, severity: RuleSeverity) -> Finding {
    let severity = match severity {
        RuleSeverity::Note => Severity::Note,
        RuleSeverity::Warning => Severity::Warning,
        RuleSeverity::Critical => Severity::Critical,
    };
    Finding {
        check: rule.check.to_string(),
        declared: true,
        column: rule.column.clone(),
        allowed: rule.may_fail.get(),
        ..Finding::new(&rule.shown(), rule.table.as_str(), severity)
    }
}

/// What the engine says of a rule that it cannot evaluate.
fn invalid(rule: &str, error: perennial_lake::Error) -> Error {
    Error::cannot(
        "quality/rule-invalid",
        format!("the rule `{rule}` cannot be evaluated: {error}"),
        "correct it under `[[rule]]` of `perennial.toml`; `perennial query` answers the same SQL",
    )
}

/// The columns of a table of customers are known once it was read.
async fn columns_exist(session: &Session, table: Table, rules: &[&Rule]) -> Result<()> {
    let sql = format!("select * from {} limit 0", name(table.as_str()));
    let (schema, _) = session.collect(&sql).await?;
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    for rule in rules {
        let Some(column) = rule.column.as_deref().filter(|c| !names.contains(c)) else {
            continue;
        };
        let near = crate::answer::nearest(column, names.iter().copied());
        return Err(Error::cannot(
            "quality/column-unknown",
            format!(
                "the rule `{}` is about `{column}`, and the table `{table}` has no such column",
                rule.shown()
            ),
            near.map_or_else(
                || format!("it has {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            ),
        ));
    }
    Ok(())
}

fn ints(batch: &RecordBatch, place: usize) -> Result<ArrayRef> {
    cast_to(batch.column(place), &DataType::Int64)
}

fn int(column: &ArrayRef, row: usize) -> i64 {
    let ints = column.as_primitive::<Int64Type>();
    if ints.is_valid(row) {
        ints.value(row)
    } else {
        0
    }
}

/// One aggregate by reading for all the rules, summed up by source.
async fn rows(
    session: &Session,
    known: &Known,
    table: Table,
    rules: &[(&Rule, RowSql)],
    out: &mut Vec<Finding>,
) -> Result<()> {
    let counted = |condition: &str| format!("sum(case when {condition} then 1 else 0 end)");
    let mut columns = vec!["ingest_id".to_owned()];
    for (place, (rule, sql)) in rules.iter().enumerate() {
        // One alone first, so that the engine's complaint names its rule.
        let probe = format!(
            "select 1 from {} where {} limit 0",
            name(table.as_str()),
            sql.fails()
        );
        let probed = session.collect(&probe).await;
        probed.map_err(|error| invalid(&rule.shown(), error))?;
        // Equal expressions need names of their own.
        columns.push(format!("{} as checked_{place}", counted(&sql.applies)));
        columns.push(format!("{} as failed_{place}", counted(&sql.fails())));
    }
    let table_name = name(table.as_str());
    let sql = format!(
        "select {} from {table_name} group by ingest_id",
        columns.join(", ")
    );
    let all: Vec<String> = rules.iter().map(|(rule, _)| rule.shown()).collect();
    let answer = session.collect(&sql).await;
    let (_, batches) = answer.map_err(|error| invalid(&all.join("`, `"), error))?;
    let mut sums: BTreeMap<(usize, usize), (u64, u64)> = BTreeMap::new();
    for batch in &batches {
        let readings = ints(batch, 0)?;
        for (place, _) in rules.iter().enumerate() {
            let (checked, failed) = (ints(batch, 1 + 2 * place)?, ints(batch, 2 + 2 * place)?);
            for row in 0..batch.num_rows() {
                let source = known.source_of(int(&readings, row), table);
                let sum = sums.entry((place, source)).or_default();
                sum.0 += u64::try_from(int(&checked, row)).unwrap_or(0);
                sum.1 += u64::try_from(int(&failed, row)).unwrap_or(0);
            }
        }
    }
    for (place, (rule, _)) in rules.iter().enumerate() {
        for (source, one) in known.of(table) {
            let (checked, failed) = sums.get(&(place, source)).copied().unwrap_or_default();
            let found = finding(rule, rule.severity).of_source(&one.name);
            let allowed = found.allowed;
            out.push(found.counted(checked, failed, allowed));
        }
    }
    Ok(())
}

/// Two whole numbers that a query answers.
async fn pair(session: &Session, rule: &str, sql: &str) -> Result<(u64, u64)> {
    let answer = session.collect(sql).await;
    let (_, batches) = answer.map_err(|error| invalid(rule, error))?;
    let Some(batch) = batches.iter().find(|b| b.num_rows() > 0) else {
        return Ok((0, 0));
    };
    let of =
        |place| -> Result<u64> { Ok(u64::try_from(int(&ints(batch, place)?, 0)).unwrap_or(0)) };
    Ok((of(0)?, of(1)?))
}

/// Events whose own id another event has too, though it says something else; none
/// where no source names the column.
pub(super) async fn unique_key(
    run: &Run<'_>,
    ingest: &Done,
    known: &Known,
    table: Table,
) -> Result<Option<Finding>> {
    const KEY: &str = "message_id";
    let is_named = |columns: &Vec<String>| columns.iter().any(|column| column == KEY);
    if table != Table::Events || !known.of(table).any(|(_, source)| is_named(&source.columns)) {
        return Ok(None);
    }
    let session = session_at(run.project, ingest.outputs.clone())?;
    let sql = beyond_the_first(table, KEY);
    let (checked, failed) = pair(&session, "unique_key", &sql).await?;
    let finding = Finding::new("unique_key", table.as_str(), Severity::Warning).of_column(KEY);
    Ok(Some(finding.counted(checked, failed, 0.0)))
}

/// How many rows have a value, and how many of them are beyond the first of theirs.
fn beyond_the_first(table: Table, column: &str) -> String {
    let (table, column) = (name(table.as_str()), name(column));
    format!(
        "select sum(n), sum(n) - count(*) from (select count(*) as n from {table} \
         where {column} is not null group by {column}) as v"
    )
}

/// Rows beyond the first of their value.
async fn unique(session: &Session, rule: &Rule) -> Result<Finding> {
    let sql = beyond_the_first(rule.table, rule.column.as_deref().unwrap_or_default());
    let (checked, failed) = pair(session, &rule.shown(), &sql).await?;
    let found = finding(rule, rule.severity);
    let allowed = found.allowed;
    Ok(found.counted(checked, failed, allowed))
}

/// Rows whose value the other table's column has not.
async fn reference(session: &Session, rule: &Rule, ingest: &Done) -> Result<Finding> {
    let own = name(rule.column.as_deref().unwrap_or_default());
    let (table, column) = rule.reference().unwrap_or((rule.table, ""));
    if ingest.version(table.as_str()).is_none() {
        return Err(Error::cannot(
            "quality/rule-invalid",
            format!(
                "the rule `{}` refers to the table `{table}`, which is not there",
                rule.shown()
            ),
            "name a table that a source becomes",
        ));
    }
    let (from, to, other) = (
        name(rule.table.as_str()),
        name(table.as_str()),
        name(column),
    );
    let sql = format!(
        "select count(*), sum(case when r.v is null then 1 else 0 end) from (select cast({own} as varchar) as k \
         from {from} where {own} is not null) as l left join (select distinct cast({other} as varchar) as v \
         from {to} where {other} is not null) as r on l.k = r.v"
    );
    let (checked, failed) = pair(session, &rule.shown(), &sql).await?;
    let found = finding(rule, rule.severity);
    let allowed = found.allowed;
    Ok(found.counted(checked, failed, allowed))
}

/// Whether the newest row of each source is young enough.
async fn freshness(
    session: &Session,
    known: &Known,
    rule: &Rule,
    now_us: i64,
    out: &mut Declared,
) -> Result<()> {
    let column = rule.column.as_deref().unwrap_or("time");
    let sql = format!(
        "select ingest_id, cast(max({}) as bigint) from {} group by ingest_id",
        name(column),
        name(rule.table.as_str())
    );
    let answer = session.collect(&sql).await;
    let (_, batches) = answer.map_err(|error| invalid(&rule.shown(), error))?;
    let mut newest: BTreeMap<usize, i64> = BTreeMap::new();
    for batch in &batches {
        let (readings, times) = (ints(batch, 0)?, ints(batch, 1)?);
        for row in (0..batch.num_rows()).filter(|row| times.is_valid(*row)) {
            let source = known.source_of(int(&readings, row), rule.table);
            let slot = newest.entry(source).or_insert(i64::MIN);
            *slot = (*slot).max(int(&times, row));
        }
    }
    let within = rule.within.map_or(0, |within| within.as_micros());
    for (source, one) in known.of(rule.table) {
        let found = finding(rule, rule.severity).of_source(&one.name);
        let Some(newest_us) = newest.get(&source).copied() else {
            out.findings.push(found);
            continue;
        };
        let late_us = newest_us.saturating_add(within);
        let days = now_us.saturating_sub(newest_us) as f64 / DAY_US;
        let detail = format!("{days:.1} d");
        let is_late = now_us > late_us;
        let found = found.counted(1, u64::from(is_late), 0.0);
        out.findings
            .push(found.with_value(days).with_detail(detail));
        out.due.push((
            format!("{} {}", rule.shown(), one.name),
            late_us.saturating_add(1),
        ));
    }
    Ok(())
}

/// Message and hint of a run that critical rules stop; none where none does.
pub(super) async fn stop(
    run: &Run<'_>,
    ingest: &Done,
    known: &Known,
    findings: &[Finding],
) -> Result<Option<(String, String)>> {
    let stopping: Vec<&Finding> = findings.iter().filter(|f| f.stops()).collect();
    if stopping.is_empty() {
        return Ok(None);
    }
    let session = session_at(run.project, ingest.outputs.clone())?;
    let mut parts = Vec::new();
    for finding in stopping.iter().take(RULES_TOLD_MAX) {
        let source = finding
            .source
            .as_deref()
            .map_or_else(String::new, |s| format!(" of `{s}`"));
        let mut part = match finding.check.as_str() {
            "freshness" => format!(
                "`{}`{source} fails: its newest row is {:.1} days old",
                finding.rule,
                finding.value.unwrap_or_default()
            ),
            _ => format!(
                "`{}`{source} fails in {} of {} rows, and may in {}",
                finding.rule,
                finding.failed,
                finding.checked,
                (finding.allowed * finding.checked as f64).floor()
            ),
        };
        let places = places(run.project, &session, known, finding).await?;
        if !places.is_empty() {
            part += &format!(", such as {}", places.join(", "));
        }
        parts.push(part);
    }
    let more = stopping.len().saturating_sub(RULES_TOLD_MAX);
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    let message = format!(
        "a critical rule stops the run after reading: {}",
        parts.join("; ")
    );
    let hint = "correct the file, or the rule under `[[rule]]`, and run again; what was read is kept, and `perennial quality` shows all rules".to_owned();
    Ok(Some((message, hint)))
}

/// Where rows stand that fail a declared rule: files and record numbers, never
/// what they say.
async fn places(
    project: &Project,
    session: &Session,
    known: &Known,
    finding: &Finding,
) -> Result<Vec<String>> {
    let rules = &project.settings.rules;
    let Some(rule) = rules.iter().find(|rule| rule.shown() == finding.rule) else {
        return Ok(Vec::new());
    };
    let Some(sql) = row_sql(rule) else {
        return Ok(Vec::new());
    };
    let of_source = known
        .sources
        .iter()
        .position(|s| Some(&s.name) == finding.source.as_ref());
    let readings: Vec<String> = match of_source {
        Some(source) => known
            .readings_of(source)
            .iter()
            .map(i64::to_string)
            .collect(),
        None => Vec::new(),
    };
    let line = match rule.table {
        Table::Customers => "0",
        _ => "line",
    };
    let own = match (readings.is_empty(), known.of(rule.table).count()) {
        (false, 2..) => format!(" and ingest_id in ({})", readings.join(", ")),
        _ => String::new(),
    };
    let sql = format!(
        "select ingest_id, {line} as record from {} where ({}){own} order by 1, 2 limit {PLACES_MAX}",
        name(rule.table.as_str()),
        sql.fails()
    );
    let (_, batches) = session.collect(&sql).await?;
    let mut places = Vec::new();
    for batch in &batches {
        let (readings, records) = (ints(batch, 0)?, ints(batch, 1)?);
        for row in 0..batch.num_rows() {
            let reading = int(&readings, row);
            let book = known
                .all_books
                .iter()
                .find(|(_, book)| book.ingest_id == reading);
            let file = book.map_or("a file", |(_, book)| book.file.as_str());
            places.push(match int(&records, row) {
                0 => format!("`{file}`"),
                record => format!("`{file}` record {record}"),
            });
        }
    }
    places.dedup();
    Ok(places)
}
