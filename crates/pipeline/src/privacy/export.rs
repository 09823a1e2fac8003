//! Everything that is held of a person: what was read, what was made of it,
//! what was decided and done, and where each came from.

use std::collections::{BTreeMap, BTreeSet};

use perennial_govern::account::Account;
use perennial_lake::arrow::array::RecordBatch;
use perennial_lake::arrow::datatypes::DataType;
use perennial_lake::arrow::json::ArrayWriter;
use perennial_lake::tables::{Table, read_batches};
use perennial_ledger::Vault;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::erase::{hashes, names};
use super::{books, repairs, subject_of};
use crate::answer::{day, moment, pick};
use crate::govern::{self, of_documents};
use crate::project::Project;
use crate::reference::table_docs;
use crate::settings::Language;
use crate::visible;
use crate::{Error, Result};

/// Rows of one table that are exported at the most.
const ROWS_MAX: usize = 1_000_000;

/// What is held of one person.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// The identifier that was asked for.
    pub identifier: String,
    /// When this was written, UTC.
    pub made_at: String,
    /// Identifiers and personal traits, as the vault keeps them.
    pub personal: BTreeMap<String, String>,
    /// By table, the rows about the person, with what each table is.
    pub tables: BTreeMap<String, Held>,
    /// Records that could not be read and name the person, as they stand in the file.
    pub set_aside: Vec<Value>,
    /// Records that were mended by hand and name the person.
    pub mended: Vec<Value>,
    /// What was done to the person: messages and offers.
    pub acted: Vec<Value>,
    /// What was decided about whom the person is the same as; the others are not named.
    pub same_person: Vec<Value>,
    /// The files that the rows came from.
    pub sources: Vec<Value>,
    /// Why these data are held, on what ground, for how long, who gets them, and
    /// what the person may do.
    pub account: Account,
}

/// The rows of one table.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// What one row is.
    pub about: String,
    /// What each column means, where it is one of Perennial's own.
    pub columns: BTreeMap<String, String>,
    /// The rows.
    pub rows: Vec<Value>,
}

impl Exported {
    /// For people: what there is, table by table.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = vec![pick(
            language,
            format!("Held of `{}`, {}", self.identifier, self.made_at),
            format!("关于 `{}` 的全部数据，{}", self.identifier, self.made_at),
        )];
        for (name, value) in &self.personal {
            lines.push(format!("  {name}: {value}"));
        }
        for (table, held) in &self.tables {
            lines.push(String::new());
            lines.push(format!("{table} ({}): {}", held.rows.len(), held.about));
            for row in &held.rows {
                lines.push(format!("  {}", row_line(row)));
            }
        }
        let parts = [
            (
                &self.set_aside,
                "Set aside, since it could not be read:",
                "因无法读取而搁置：",
            ),
            (&self.mended, "Mended by hand:", "人工修复："),
            (&self.acted, "Done:", "已执行："),
            (
                &self.same_person,
                "Decided about being the same person as another customer:",
                "关于是否与另一位客户为同一人的判定：",
            ),
        ];
        for (rows, en, zh) in parts {
            if !rows.is_empty() {
                lines.push(String::new());
                lines.push(pick(language, en.to_owned(), zh.to_owned()));
                lines.extend(rows.iter().map(|row| format!("  {}", row_line(row))));
            }
        }
        lines.push(String::new());
        lines.push(pick(
            language,
            "Read from:".to_owned(),
            "数据来源：".to_owned(),
        ));
        lines.extend(
            self.sources
                .iter()
                .map(|row| format!("  {}", row_line(row))),
        );
        lines.push(String::new());
        lines.extend(self.account.lines(of_documents(language)));
        lines
    }
}

/// `name: value` of everything a row says.
fn row_line(row: &Value) -> String {
    let Value::Object(fields) = row else {
        return row.to_string();
    };
    let cells = fields.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    cells.collect::<Vec<_>>().join(", ")
}

/// Gathers everything held of whoever has the identifier.
///
/// # Errors
/// `privacy/person-unknown`, `privacy/person-erased`, `privacy/too-much`; those
/// of the lake and the ledger.
pub async fn export(project: &Project, identifier: &str) -> Result<Exported> {
    let vault = project.ledger.vault(&project.key).await?;
    let subject_id = subject_of(&vault, identifier).await?;
    let mut personal = vault.traits(subject_id).await?;
    if let Some(known) = vault.reveal(&[subject_id]).await?.pop().flatten() {
        personal.insert("customer_id".to_owned(), known);
    }
    let visible = visible::tables(project).await?;
    let mut tables = BTreeMap::new();
    for (table, version) in &visible.versions {
        let rows = rows_of(project, table, *version, subject_id).await?;
        if !rows.is_empty() {
            tables.insert(table.clone(), held(table, rows));
        }
    }
    let acted = project.ledger.acted_on(subject_id).await?;
    let acted = acted.into_iter().map(|acted| {
        json!({
            "offer": acted.offer,
            "channel": acted.channel,
            "arm": acted.arm,
            "propensity": acted.propensity,
            "at": moment(acted.at_us),
        })
    });
    let judged = project.ledger.judgements_about(subject_id).await?;
    let judged = judged.into_iter().map(|judged| {
        json!({
            "verdict": judged.verdict.code(),
            "probability": judged.evidence.map(|(probability, _)| probability),
            "at": moment(judged.at_us),
        })
    });
    let set_aside = match visible.versions.get("quarantine") {
        Some(version) => set_aside(project, &vault, *version, subject_id).await?,
        None => Vec::new(),
    };
    let mended = repairs::shown(&vault, &names(&vault, subject_id).await?).await?;
    let rows = tables.values().flat_map(|held: &Held| &held.rows);
    let named: BTreeSet<i64> = rows
        .chain(&set_aside)
        .chain(&mended)
        .filter_map(|row| row.get("ingest_id")?.as_i64())
        .collect();
    let sources = sources(project, &visible.versions, &named).await?;
    let is_profiled = ["scores", "decisions"]
        .iter()
        .any(|name| tables.contains_key(*name));
    let account = account(project, &vault, subject_id, &named, is_profiled).await?;
    Ok(Exported {
        identifier: identifier.to_owned(),
        made_at: moment(project.now_us()),
        personal,
        tables,
        set_aside,
        mended,
        acted: acted.collect(),
        same_person: judged.collect(),
        sources,
        account,
    })
}

/// What is to be said beside the data: of the sources that the person's rows are
/// from.
async fn account(
    project: &Project,
    vault: &Vault,
    subject_id: i64,
    readings: &BTreeSet<i64>,
    is_profiled: bool,
) -> Result<Account> {
    let settings = &project.settings;
    let notes = govern::notes(project).await?;
    let books = notes.iter().flat_map(|notes| &notes.books);
    let of_person = books.filter(|book| readings.contains(&book.ingest_id));
    let named: BTreeSet<usize> = of_person.filter_map(|book| book.source).collect();
    let declared = govern::declared(settings, notes.as_ref()).into_iter();
    let sources = declared.enumerate().filter(|(at, _)| named.contains(at));
    let restriction = vault.restriction(subject_id).await?;
    Ok(Account {
        controller: govern::controller(settings),
        sources: sources.map(|(_, source)| source).collect(),
        keep_set_aside: settings.privacy.keep_set_aside.to_string(),
        is_profiled,
        restricted_since: restriction.map(|restriction| day(restriction.since_us)),
        erase_at: restriction
            .and_then(|restriction| restriction.erase_at_us)
            .map(day),
    })
}

/// A table's rows with what the reference says of it.
fn held(table: &str, rows: Vec<Value>) -> Held {
    let doc = table_docs().into_iter().find(|doc| doc.name == table);
    let columns = doc.iter().flat_map(|doc| &doc.columns);
    Held {
        about: doc.as_ref().map_or("", |doc| doc.grain).to_owned(),
        columns: columns
            .filter(|column| rows.iter().any(|row| row.get(column.name).is_some()))
            .map(|column| (column.name.to_owned(), column.meaning.to_owned()))
            .collect(),
        rows,
    }
}

/// The rows of a table about the person, as JSON.
pub(crate) async fn rows_of(
    project: &Project,
    table: &str,
    version: i64,
    subject_id: i64,
) -> Result<Vec<Value>> {
    let mut rows = Vec::new();
    let about = |batch: &RecordBatch| perennial_lake::tables::rows_about(batch, subject_id);
    let mut found = Vec::new();
    read_batches(&project.lake, table, Some(version), None, |batch| {
        let own = about(&batch)?;
        if own.num_rows() > 0 {
            found.push(own);
        }
        Ok(())
    })
    .await?;
    for batch in found {
        rows.extend(json_rows(&batch)?);
        if rows.len() > ROWS_MAX {
            return Err(Error::cannot(
                "privacy/too-much",
                format!("more than {ROWS_MAX} rows of `{table}` are about this person"),
                format!(
                    "ask for them in SQL: `perennial query \"select * from {table} where customer_id = {subject_id}\" --out FILE`"
                ),
            ));
        }
    }
    Ok(rows)
}

/// Rows as objects; the pseudonym is nothing to a person and is left out.
fn json_rows(batch: &RecordBatch) -> Result<Vec<Value>> {
    let shown: Vec<usize> = (batch.schema().fields().iter().enumerate())
        .filter(|(_, field)| {
            !matches!(
                field.name().as_str(),
                "customer_id" | "subject_id" | "bucket"
            ) && !matches!(field.data_type(), DataType::Binary)
        })
        .map(|(place, _)| place)
        .collect();
    let batch = batch.project(&shown).map_err(perennial_lake::Error::from)?;
    let mut writer = ArrayWriter::new(Vec::new());
    writer.write(&batch).map_err(perennial_lake::Error::from)?;
    writer.finish().map_err(perennial_lake::Error::from)?;
    let rows: Vec<Map<String, Value>> =
        serde_json::from_slice(&writer.into_inner()).unwrap_or_default();
    Ok(rows.into_iter().map(Value::Object).collect())
}

/// The records in quarantine that name the person.
async fn set_aside(
    project: &Project,
    vault: &Vault,
    version: i64,
    subject_id: i64,
) -> Result<Vec<Value>> {
    let names = names(vault, subject_id).await?;
    let hashes = hashes(project, &visible::kept_runs(project).await?).await?;
    let found = books::named(project, vault, version, &hashes, &names).await?;
    let as_json = |found: books::Named| {
        json!({
            "ingest_id": found.reading,
            "record": found.record,
            "reason": found.reason,
            "text": found.text,
        })
    };
    Ok(found.into_iter().map(as_json).collect())
}

/// The readings that the rows name.
async fn sources(
    project: &Project,
    versions: &BTreeMap<String, i64>,
    named: &BTreeSet<i64>,
) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    let Some(version) = versions.get("ingests").copied() else {
        return Ok(found);
    };
    if Table::open(&project.lake, "ingests", Some(version))
        .await?
        .is_none()
    {
        return Ok(found);
    }
    let columns = ["ingest_id", "file", "hash"];
    let mut batches = Vec::new();
    read_batches(
        &project.lake,
        "ingests",
        Some(version),
        Some(&columns),
        |batch| {
            batches.push(batch);
            Ok(())
        },
    )
    .await?;
    for batch in batches {
        let rows = json_rows(&batch)?;
        let is_named = |row: &Value| {
            let id = row.get("ingest_id").and_then(Value::as_i64);
            id.is_some_and(|id| named.contains(&id))
        };
        found.extend(rows.into_iter().filter(is_named));
    }
    Ok(found)
}
