//! People whose rows are kept and used for nothing: in no feature, score, value,
//! decision, list or report (GDPR art. 18; PIPL art. 44).

use std::collections::BTreeSet;

use perennial_ledger::{Restriction, Vault};
use serde::Serialize;

use super::erase::{Erased, finish_begun, leave_out};
use super::keeping::Keeping;
use super::rewrite::write_report;
use super::subject_of;
use crate::answer::{day, pick};
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::Language;
use crate::{Error, Result};

/// Whom a run must leave alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Restricted {
    /// Everybody who is restricted.
    pub all: BTreeSet<i64>,
    /// Those of them who are to be erased: of them nothing more is read than what a
    /// law wants kept.
    pub leaving: BTreeSet<i64>,
}

impl Restricted {
    /// As the ledger has it.
    pub async fn of(project: &Project) -> Result<Self> {
        let vault = project.ledger.vault(&project.key).await?;
        let restrictions = vault.restrictions().await?;
        let leaving = restrictions.iter().filter(|r| r.erase_at_us.is_some());
        Ok(Self {
            leaving: leaving.map(|restriction| restriction.subject_id).collect(),
            all: restrictions.iter().map(|r| r.subject_id).collect(),
        })
    }

    /// What the keys of stages depend on; empty where nobody is restricted.
    pub fn key(&self) -> String {
        if self.all.is_empty() {
            return String::new();
        }
        let mut hasher = blake3::Hasher::new();
        for subject_id in &self.all {
            hasher.update(&subject_id.to_le_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// Refuses to go on with people among whom somebody is restricted: they should
    /// have been left out long before.
    ///
    /// # Errors
    /// `privacy/restricted-in-use`.
    pub fn assert_without(&self, customer_ids: &[i64], what: &str) -> Result<()> {
        if self.all.is_empty() || !customer_ids.iter().any(|id| self.all.contains(id)) {
            return Ok(());
        }
        Err(Error::cannot(
            "privacy/restricted-in-use",
            format!("somebody who is restricted stands among {what}; nothing was written"),
            "run `perennial run` again, which makes the tables anew without them; if this comes back, report it",
        ))
    }
}

/// Refuses to speak of somebody who is restricted.
///
/// # Errors
/// `privacy/person-restricted`.
pub(crate) async fn refuse_restricted(
    vault: &Vault,
    subject_id: i64,
    identifier: &str,
) -> Result<()> {
    match vault.restriction(subject_id).await? {
        None => Ok(()),
        Some(restriction) => Err(Error::cannot(
            "privacy/person-restricted",
            format!(
                "`{identifier}` is restricted since {}: their rows are kept and used for nothing",
                day(restriction.since_us)
            ),
            "`perennial privacy export` shows what is held; `perennial privacy unrestrict` lifts it",
        )),
    }
}

/// What a restriction did.
#[derive(Debug, Clone, Serialize)]
pub struct Limited {
    /// The identifier that was asked for.
    pub identifier: String,
    /// Whether the person is restricted now.
    pub restricted: bool,
    /// What was taken out of tables that are made of the rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_out: Option<Erased>,
}

impl Limited {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let name = &self.identifier;
        if !self.restricted {
            return vec![pick(
                language,
                format!("`{name}` is not restricted any more; the next run counts them again"),
                format!("已解除对 `{name}` 的限制；下次运行将重新计入"),
            )];
        }
        let rows: u64 = self
            .taken_out
            .iter()
            .flat_map(|taken| taken.rows.values())
            .sum();
        vec![
            pick(
                language,
                format!("restricted: the rows of `{name}` are kept and used for nothing"),
                format!("已限制处理：`{name}` 的数据仅保存，不作任何使用"),
            ),
            pick(
                language,
                format!("  {rows} rows of features, scores, values and decisions were taken out"),
                format!("  已移除特征、评分、价值和决策中的 {rows} 行"),
            ),
        ]
    }
}

/// Restricts whoever has the identifier.
///
/// # Errors
/// `privacy/person-unknown`, `privacy/person-erased`, `run/busy`; those of the
/// lake and the ledger.
pub async fn restrict(
    project: &Project,
    identifier: &str,
    progress: &dyn Progress,
) -> Result<Limited> {
    let _lock = project.lock()?;
    finish_begun(project, progress).await?;
    let vault = project.ledger.vault(&project.key).await?;
    let subject_id = subject_of(&vault, identifier).await?;
    let restriction = Restriction {
        subject_id,
        since_us: project.now_us(),
        erase_at_us: None,
    };
    // Noted first: whatever stops it, nobody is told a score from here on.
    vault.restrict(restriction).await?;
    let keeping = Keeping::everything(project);
    let taken = leave_out(project, &vault, subject_id, Some(&keeping), progress).await?;
    let report_written = write_report(project).await?;
    progress.finish("restricted");
    Ok(Limited {
        identifier: identifier.to_owned(),
        restricted: true,
        taken_out: Some(Erased {
            report_written,
            ..taken
        }),
    })
}

/// Lifts the restriction of whoever has the identifier.
///
/// # Errors
/// `privacy/not-restricted`, `privacy/person-unknown`, `privacy/person-erased`,
/// `run/busy`.
pub async fn unrestrict(project: &Project, identifier: &str) -> Result<Limited> {
    let _lock = project.lock()?;
    let vault = project.ledger.vault(&project.key).await?;
    let subject_id = subject_of(&vault, identifier).await?;
    if !vault.unrestrict(subject_id).await? {
        return Err(Error::cannot(
            "privacy/not-restricted",
            format!("`{identifier}` is not restricted"),
            "nothing is to be lifted",
        ));
    }
    Ok(Limited {
        identifier: identifier.to_owned(),
        restricted: false,
        taken_out: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restricted_are_refused_and_change_the_key() {
        let nobody = Restricted::default();
        assert_eq!(nobody.key(), "");
        assert!(nobody.assert_without(&[1, 2], "scores").is_ok());
        let one = Restricted {
            all: BTreeSet::from([2]),
            leaving: BTreeSet::new(),
        };
        let other = Restricted {
            all: BTreeSet::from([3]),
            ..one.clone()
        };
        assert_ne!(one.key(), other.key());
        assert!(one.assert_without(&[1, 3], "scores").is_ok());
        let error = one.assert_without(&[1, 2], "scores").unwrap_err();
        assert_eq!(error.code(), "privacy/restricted-in-use");
    }
}
