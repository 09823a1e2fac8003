//! Forgetting a person whole: their rows go from every table and every version
//! of it, their key and identifiers from the vault, reports are written anew.
//!
//! It is noted before anything is changed, so that one that was cut short is
//! finished by the next command that works on the project.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use perennial_lake::histories::{EVENTS, ORDER_LINES, SUBSCRIPTIONS};
use perennial_lake::tables::{remove_unused, table_names, without_customer};
use perennial_ledger::Vault;
use serde::Serialize;
use serde_json::Value;

use super::books::{self, Names, Records};
use super::subject_of;
use crate::answer::pick;
use crate::progress::Progress;
use crate::project::Project;
use crate::run::{RunSummary, stages_of};
use crate::settings::{Language, PersonPart, Role, Table};
use crate::stages::ingest::Notes;
use crate::visible::{kept_runs, whole_run};
use crate::{Error, Result, report};

/// What an erasure did; names nobody.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Erased {
    /// Rows taken out, by table.
    pub rows: BTreeMap<String, u64>,
    /// Data files removed, those of older versions included.
    pub files_removed: u64,
    /// Runs of which nothing is kept any more but that they were.
    pub runs_forgotten: u64,
    /// Whether the report was written anew.
    pub report_written: bool,
}

impl Erased {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let rows: u64 = self.rows.values().sum();
        let tables: Vec<String> = self
            .rows
            .iter()
            .map(|(table, rows)| format!("{table} {rows}"))
            .collect();
        let (tables, files) = (tables.join(", "), self.files_removed);
        let mut lines = vec![
            pick(language, "erased:".to_owned(), "已删除：".to_owned()),
            pick(
                language,
                format!("  {rows} rows ({tables})"),
                format!("  {rows} 行（{tables}）"),
            ),
            pick(
                language,
                format!("  {files} data files, those of older versions included"),
                format!("  {files} 个数据文件，包括旧版本的文件"),
            ),
            pick(
                language,
                "  the person's key, identifiers and traits, and the reports that could name them"
                    .to_owned(),
                "  此人的密钥、标识和个人信息，以及可能提到此人的报告".to_owned(),
            ),
            pick(
                language,
                "kept: a hash, so that reading the sources again does not bring the person back, and the numbers of the records set aside"
                    .to_owned(),
                "保留：一个散列值，以便再次读取数据时不会恢复此人的数据；以及被搁置记录的行号".to_owned(),
            ),
            pick(
                language,
                "not reached: your source files, copies and exports made of them, and backups"
                    .to_owned(),
                "未涉及：您的源文件、由其产生的副本和导出，以及备份".to_owned(),
            ),
        ];
        if self.report_written {
            lines.push(pick(
                language,
                "the report was written anew".to_owned(),
                "报告已重新生成".to_owned(),
            ));
        }
        lines
    }
}

/// Erases whoever has the identifier.
///
/// # Errors
/// `privacy/person-unknown`, `privacy/person-erased`, `run/busy`; those of the
/// lake and the ledger, after which the erasure is finished by the next command.
pub async fn erase(project: &Project, identifier: &str, progress: &dyn Progress) -> Result<Erased> {
    let _lock = project.lock()?;
    finish_begun(project, progress).await?;
    let vault = project.ledger.vault(&project.key).await?;
    let subject_id = subject_of(&vault, identifier).await?;
    if is_row_number(project, identifier) {
        return Err(Error::cannot(
            "privacy/known-by-row",
            format!(
                "`{identifier}` is a row of a file, not a person: the next person there would be taken for the same"
            ),
            "take the row out of the file, remove the folder `.perennial` and run again; or name a column for `customer_id`",
        ));
    }
    vault.begin_erasure(subject_id, project.now_us()).await?;
    forget(project, &vault, subject_id, progress).await
}

/// Finishes erasures that were cut short; only for who holds the lock.
pub(crate) async fn finish_begun(project: &Project, progress: &dyn Progress) -> Result<()> {
    let vault = project.ledger.vault(&project.key).await?;
    for subject_id in vault.erasures_pending().await? {
        forget(project, &vault, subject_id, progress).await?;
    }
    Ok(())
}

/// Whether the identifier is that of a row in a table without identifiers.
fn is_row_number(project: &Project, identifier: &str) -> bool {
    let mut sources = project.settings.sources.iter();
    let has_none = sources.any(|source| {
        source.table == Table::Customers && source.columns.get(Role::CustomerId).is_none()
    });
    let number = identifier
        .trim()
        .rsplit_once("row ")
        .map(|(_, number)| number);
    has_none && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

async fn forget(
    project: &Project,
    vault: &Vault,
    subject_id: i64,
    progress: &dyn Progress,
) -> Result<Erased> {
    progress.start("erase", None, "rows");
    let kept = kept_runs(project).await?;
    let mut erased = Erased::default();
    let rewritten = rewrite(project, vault, subject_id, &kept, &mut erased).await?;
    let mut runs = 0;
    let mut forgotten = BTreeSet::new();
    project
        .ledger
        .rewrite_runs(&kept, |stage| {
            if !kept.contains(&stage.run_id) && forgotten.insert(stage.run_id.clone()) {
                runs += 1;
            }
            for (table, version) in &mut stage.outputs {
                if let Some(new) = rewritten.versions.get(&(table.clone(), *version)) {
                    *version = *new;
                }
            }
            less(&mut stage.details, &stage.stage, &erased.rows);
            if stage.stage == "ingest"
                && let Ok(mut notes) = serde_json::from_value::<Notes>(stage.details.clone())
            {
                books::notes(&mut notes, &rewritten.gone);
                stage.details = serde_json::to_value(&notes).unwrap_or_default();
            }
        })
        .await?;
    erased.runs_forgotten = runs;
    vault.erase(&[subject_id]).await?;
    erased.files_removed = remove_old(project).await?;
    remove_reports(project)?;
    project.ledger.compact().await?;
    erased.report_written = write_report(project).await?;
    let done = serde_json::to_value(&erased).unwrap_or_default();
    vault
        .finish_erasure(subject_id, project.now_us(), &done)
        .await?;
    // The row named the subject until now.
    project.ledger.compact().await?;
    progress.finish(&format!(
        "{} rows erased",
        erased.rows.values().sum::<u64>()
    ));
    Ok(erased)
}

/// Counts one customer less, and their rows, in what a stage noted.
fn less(details: &mut Value, stage: &str, rows: &BTreeMap<String, u64>) {
    let of = |table: &str| rows.get(table).copied().unwrap_or(0);
    let tables = [ORDER_LINES.table, EVENTS.table, SUBSCRIPTIONS.table];
    let lines = tables.map(of).into_iter().max().unwrap_or(0);
    let counts: &[(&str, u64)] = match stage {
        "features" => &[("customers", of("features").min(1)), ("lines", lines)],
        "model" => &[("customers_scored", of("scores").min(1))],
        "value" => &[("customers", of("clv").min(1))],
        _ => &[],
    };
    for (name, fewer) in counts {
        if let Some(count) = details.get(*name).and_then(Value::as_u64) {
            details[*name] = count.saturating_sub(*fewer).into();
        }
    }
}

/// What became of the tables.
#[derive(Default)]
struct Rewritten {
    /// The new version of each that had rows of the person.
    versions: BTreeMap<(String, i64), i64>,
    /// The records that the rows were.
    gone: Records,
}

/// Takes the person's rows out of every version that a kept run left.
async fn rewrite(
    project: &Project,
    vault: &Vault,
    subject_id: i64,
    kept: &[String],
    erased: &mut Erased,
) -> Result<Rewritten> {
    let versions = versions_of(project, kept).await?;
    let mut rewritten = Rewritten::default();
    for (table, of_table) in &versions {
        for &version in of_table {
            let found = without_customer(&project.lake, table, version, subject_id).await?;
            let Some(found) = found else { continue };
            let rows = erased.rows.entry(table.clone()).or_default();
            *rows = (*rows).max(found.rows);
            for (reading, records) in found.records {
                let of_reading = rewritten.gone.entry(reading).or_default();
                of_reading.extend(records);
                of_reading.sort_unstable();
                of_reading.dedup();
            }
            rewritten
                .versions
                .insert((table.clone(), version), found.version);
        }
    }
    let names = names(vault, subject_id).await?;
    let hashes = hashes(project, kept).await?;
    let none = BTreeSet::new();
    for &version in versions.get("ingests").unwrap_or(&none) {
        let new = books::ingests(project, version, &rewritten.gone).await?;
        rewritten
            .versions
            .insert(("ingests".to_owned(), version), new);
    }
    for &version in versions.get("quarantine").unwrap_or(&none) {
        let gone = &rewritten.gone;
        let new = books::quarantine(project, vault, version, &hashes, &names, gone).await?;
        rewritten
            .versions
            .insert(("quarantine".to_owned(), version), new);
    }
    Ok(rewritten)
}

/// Every version of every table that a kept run left.
async fn versions_of(
    project: &Project,
    kept: &[String],
) -> Result<BTreeMap<String, BTreeSet<i64>>> {
    let mut versions: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for run_id in kept {
        for stage in project.ledger.stages(run_id).await? {
            for (table, version) in stage.outputs {
                versions.entry(table).or_default().insert(version);
            }
        }
    }
    Ok(versions)
}

/// What names the person: the identifier, and what the vault knows besides. A
/// city, a postcode or a birthday is many people's; a given name names somebody
/// together with the family name.
pub(super) async fn names(vault: &Vault, subject_id: i64) -> Result<Names> {
    let identifier = vault.reveal(&[subject_id]).await?;
    let mut groups: Vec<Vec<String>> = identifier.into_iter().flatten().map(|w| vec![w]).collect();
    let mut apart = Vec::new();
    for (name, value) in vault.traits(subject_id).await? {
        match PersonPart::of_vault(&name) {
            None | Some(PersonPart::Name | PersonPart::Email | PersonPart::Telephone) => {
                groups.push(vec![value]);
            }
            Some(PersonPart::GivenName | PersonPart::FamilyName) => apart.push(value),
            Some(
                PersonPart::BirthDate
                | PersonPart::Postcode
                | PersonPart::Address
                | PersonPart::City,
            ) => {}
        }
    }
    if apart.len() == 2 {
        groups.push(apart);
    }
    groups.retain(|words| words.iter().all(|word| !word.trim().is_empty()));
    Ok(Names(groups))
}

/// The content hash of every reading, which seals its raw records.
pub(super) async fn hashes(project: &Project, kept: &[String]) -> Result<HashMap<i64, [u8; 32]>> {
    let mut hashes = HashMap::new();
    for run_id in kept {
        let Some(stage) = project.ledger.stage(run_id, "ingest").await? else {
            continue;
        };
        let Ok(notes) = serde_json::from_value::<Notes>(stage.details) else {
            continue;
        };
        for book in notes.books {
            if let Ok(hash) = blake3::Hash::from_hex(&book.content_hash) {
                hashes.insert(book.ingest_id, *hash.as_bytes());
            }
        }
    }
    Ok(hashes)
}

/// Removes the data files that no kept run needs.
async fn remove_old(project: &Project) -> Result<u64> {
    let kept = kept_runs(project).await?;
    let versions = versions_of(project, &kept).await?;
    let mut removed = 0;
    for table in table_names(&project.lake)? {
        let of_table: Vec<i64> = versions
            .get(&table)
            .into_iter()
            .flatten()
            .copied()
            .collect();
        removed += remove_unused(&project.lake, &table, &of_table).await?;
    }
    Ok(removed)
}

/// Any of them may name the person.
fn remove_reports(project: &Project) -> Result<()> {
    let folder = project.reports();
    match std::fs::remove_dir_all(&folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::Io {
            action: "remove",
            path: folder,
            source: e,
        }),
        _ => Ok(()),
    }
}

/// Writes the report of the last whole run anew, where there is one.
async fn write_report(project: &Project) -> Result<bool> {
    let run = match whole_run(project).await {
        Ok(whole) => whole.run,
        Err(_) => return Ok(false),
    };
    let stages = stages_of(project, &run.run_id).await?;
    if stages.decide.is_none() {
        return Ok(false);
    }
    let written = report::write(project, &run.run_id, &stages).await?;
    // What the run said counts the person; it is said anew.
    if let Ok(mut summary) = serde_json::from_value::<RunSummary>(run.summary) {
        (summary.lines_en, summary.lines_zh) = (written.lines_en, written.lines_zh);
        let summary = serde_json::to_value(&summary).unwrap_or_default();
        let (ledger, now_us) = (&project.ledger, project.now_us());
        ledger
            .finish_run(&run.run_id, run.as_of_us, &summary, now_us)
            .await?;
    }
    Ok(true)
}
