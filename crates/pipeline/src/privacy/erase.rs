//! Forgetting a person whole: their rows go from every table and every version
//! of it, their key and identifiers from the vault, reports are written anew.
//!
//! It is noted before anything is changed, so that one that was cut short is
//! finished by the next command that works on the project.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use perennial_lake::arrow::array::RecordBatch;
use perennial_lake::tables::{Going, Noting, is_of};
use perennial_ledger::{Restriction, Vault};
use serde::Serialize;

use super::books::Names;
use super::keeping::Keeping;
use super::rewrite::{
    BOOKS, Rewritten, is_read, less, remove_old, remove_reports, versions_of, write_report,
};
use super::{books, repairs, subject_of};
use crate::answer::{day, pick};
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::{Language, PersonPart, Role, Table};
use crate::stages::ingest::Notes;
use crate::visible::kept_runs;
use crate::{Error, Result};

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
    /// Where a law wants rows kept: the day from which on they go too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted_until: Option<String>,
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
        if let Some(until) = &self.restricted_until {
            return restricted_lines(language, rows, &tables, until);
        }
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

/// What to tell where a law wants rows kept.
fn restricted_lines(language: Language, rows: u64, tables: &str, until: &str) -> Vec<String> {
    vec![
        pick(
            language,
            format!("restricted: a law wants rows of this person kept until {until} (`must_keep`)"),
            format!("已限制处理：法律要求将此人的部分数据保存至 {until}（`must_keep`）"),
        ),
        pick(
            language,
            format!("  {rows} other rows were erased ({tables})"),
            format!("  其余 {rows} 行已删除（{tables}）"),
        ),
        pick(
            language,
            "  the person is in no score, list, decision or report any more".to_owned(),
            "  此人不再出现在评分、名单、决策和报告中".to_owned(),
        ),
        pick(
            language,
            "the first run from that day on erases them whole".to_owned(),
            "自该日起的首次运行会将其全部删除".to_owned(),
        ),
    ]
}

/// Erases whoever has the identifier. Where a law wants rows of theirs kept, they
/// are restricted until the last of these is due, and erased then.
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
    match Keeping::of(project, subject_id).await? {
        Some((keeping, erase_at_us)) => {
            let restriction = Restriction {
                subject_id,
                since_us: project.now_us(),
                erase_at_us: Some(erase_at_us),
            };
            // Noted first: whatever stops it, nobody uses the rows from here on.
            vault.restrict(restriction).await?;
            let erased = leave_out(project, &vault, subject_id, Some(&keeping), progress).await?;
            let report_written = write_report(project).await?;
            project.ledger.compact().await?;
            progress.finish("restricted");
            Ok(Erased {
                report_written,
                restricted_until: Some(day(erase_at_us)),
                ..erased
            })
        }
        None => {
            vault.begin_erasure(subject_id, project.now_us()).await?;
            forget(project, &vault, subject_id, progress).await
        }
    }
}

/// Begins the erasures that are due, and finishes those that were cut short; only for who holds the lock.
pub(crate) async fn finish_begun(project: &Project, progress: &dyn Progress) -> Result<()> {
    let vault = project.ledger.vault(&project.key).await?;
    for restriction in vault.restrictions().await? {
        let is_due = (restriction.erase_at_us).is_some_and(|at| at <= project.now_us());
        if !is_due {
            continue;
        }
        // Rows may have come since that are to be kept for longer.
        match Keeping::of(project, restriction.subject_id).await? {
            Some((_, erase_at_us)) => {
                let erase_at_us = Some(erase_at_us);
                vault
                    .restrict(Restriction {
                        erase_at_us,
                        ..restriction
                    })
                    .await?;
            }
            None => {
                let now_us = project.now_us();
                vault.begin_erasure(restriction.subject_id, now_us).await?;
            }
        }
    }
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
    let mut erased = leave_out(project, vault, subject_id, None, progress).await?;
    vault.erase(&[subject_id]).await?;
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

/// Takes a person's rows out of all that is kept, but for those that `keeping`
/// wants, and the reports away; the vault stays as it is.
pub(super) async fn leave_out(
    project: &Project,
    vault: &Vault,
    subject_id: i64,
    keeping: Option<&Keeping>,
    progress: &dyn Progress,
) -> Result<Erased> {
    progress.start("erase", None, "rows");
    let kept = kept_runs(project).await?;
    let before = vault.repairs_state().await?;
    let rewritten = rewrite(project, vault, subject_id, &kept, keeping).await?;
    let mut forgotten = BTreeSet::new();
    project
        .ledger
        .rewrite_runs(&kept, |stage| {
            if !kept.contains(&stage.run_id) {
                forgotten.insert(stage.run_id.clone());
            }
            rewritten.point(stage);
            less(&mut stage.details, &stage.stage, &rewritten.rows);
            if stage.stage == "ingest"
                && let Ok(mut notes) = serde_json::from_value::<Notes>(stage.details.clone())
            {
                books::notes(&mut notes, &rewritten.gone);
                // The tables hold what the repairs that are left say.
                if let Some(repairs) = rewritten
                    .repairs
                    .as_ref()
                    .filter(|_| before == notes.repairs)
                {
                    notes.repairs.clone_from(repairs);
                }
                stage.details = serde_json::to_value(&notes).unwrap_or_default();
            }
        })
        .await?;
    let files_removed = remove_old(project).await?;
    remove_reports(project)?;
    Ok(Erased {
        rows: rewritten.rows,
        files_removed,
        runs_forgotten: forgotten.len() as u64,
        ..Erased::default()
    })
}

/// Takes the person's rows out of every version that a kept run left: all of
/// them, or those that no law wants kept.
async fn rewrite(
    project: &Project,
    vault: &Vault,
    subject_id: i64,
    kept: &[String],
    keeping: Option<&Keeping>,
) -> Result<Rewritten> {
    let versions = versions_of(project, kept).await?;
    let mut rewritten = Rewritten::default();
    for table in versions
        .keys()
        .filter(|table| !BOOKS.contains(&table.as_str()))
    {
        let is_gone = |batch: &RecordBatch| match keeping.filter(|_| is_read(table)) {
            Some(keeping) => keeping.need_not_stay(batch, subject_id),
            None => is_of(batch, subject_id),
        };
        let going = Going {
            columns: &["customer_id", "subject_id", "ingest_id", "time"],
            is_gone: &is_gone,
            can_have: &|_| true,
            noting: Noting::Records,
        };
        rewritten
            .take_out(project, &versions, table, &going)
            .await?;
    }
    if keeping.is_some_and(Keeping::is_everything) {
        return Ok(rewritten);
    }
    let names = names(vault, subject_id).await?;
    repairs::forget(vault, &names, &rewritten.gone).await?;
    rewritten.repairs = Some(vault.repairs_state().await?);
    let hashes = hashes(project, kept).await?;
    let none = BTreeSet::new();
    for &version in versions.get("ingests").unwrap_or(&none) {
        let new = books::ingests(project, version, &rewritten.gone).await?;
        rewritten.replace("ingests", version, new);
    }
    for &version in versions.get("quarantine").unwrap_or(&none) {
        let gone = &rewritten.gone;
        let new = books::quarantine(project, vault, version, &hashes, &names, gone).await?;
        rewritten.replace("quarantine", version, new);
    }
    Ok(rewritten)
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
