//! What people decide about two customers, kept and shown.

use perennial_identity::link::{fit_model, weigh};
use perennial_ledger::{Judgement, Vault, Verdict};
use serde::Serialize;

use super::gather;
use super::suggest::odds;
use crate::answer::{aligned, moment, pick};
use crate::privacy::subject_of;
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::Language;
use crate::{Error, Result};

/// A decision about two customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// One, by the business's own identifier.
    pub a: String,
    /// The other.
    pub b: String,
    /// `same`, `apart` or `undone`.
    pub verdict: &'static str,
    /// Who decided.
    pub decided_by: String,
    /// When, UTC.
    pub at: String,
    /// Probability that they are one person, as it was then.
    pub probability: Option<f64>,
    /// Its log2 odds.
    pub weight_bits: Option<f64>,
}

/// Decisions, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct Decisions {
    /// The decisions.
    pub decisions: Vec<Decided>,
}

/// Notes that two customers are one person, or two, or that what was decided
/// about them does not hold any more. Their histories stay as they are.
///
/// # Errors
/// `privacy/person-unknown`, `privacy/person-erased`, `identity/same-customer`;
/// `identity/not-decided` where nothing is there to be undone; those of the
/// ledger and of the comparison.
pub async fn decide(
    project: &Project,
    customers: (&str, &str),
    verdict: Verdict,
    decided_by: &str,
    progress: &dyn Progress,
) -> Result<Decided> {
    let vault = project.ledger.vault(&project.key).await?;
    let a = subject_of(&vault, customers.0).await?;
    let b = subject_of(&vault, customers.1).await?;
    if a == b {
        return Err(Error::cannot(
            "identity/same-customer",
            format!(
                "`{}` and `{}` are one customer already",
                customers.0, customers.1
            ),
            "give the identifiers of two customers, as your files write them",
        ));
    }
    let subjects = (a.min(b), a.max(b));
    let evidence = match verdict {
        Verdict::Undone => {
            refuse_undecided(project, subjects, customers).await?;
            None
        }
        Verdict::Same | Verdict::Apart => evidence(project, &vault, subjects, progress).await?,
    };
    let judgement = Judgement {
        subjects,
        verdict,
        decided_by: decided_by.to_owned(),
        at_us: project.now_us(),
        evidence,
    };
    project.ledger.record_judgement(&judgement).await?;
    Ok(Decided {
        a: customers.0.to_owned(),
        b: customers.1.to_owned(),
        ..told(&judgement)
    })
}

async fn refuse_undecided(
    project: &Project,
    subjects: (i64, i64),
    customers: (&str, &str),
) -> Result<()> {
    let about = project.ledger.judgements_about(subjects.0).await?;
    let latest = about.iter().find(|judged| judged.subjects == subjects);
    match latest.map(|judged| judged.verdict) {
        Some(Verdict::Same | Verdict::Apart) => Ok(()),
        Some(Verdict::Undone) | None => Err(Error::cannot(
            "identity/not-decided",
            format!(
                "nothing is decided about `{}` and `{}`",
                customers.0, customers.1
            ),
            "`perennial identity list` shows what is",
        )),
    }
}

/// What speaks for the pair today; nothing where the project names no columns
/// to compare, or one of the two has none of them.
async fn evidence(
    project: &Project,
    vault: &Vault,
    subjects: (i64, i64),
    progress: &dyn Progress,
) -> Result<Option<(f64, f64)>> {
    if !project.settings.has_people() {
        return Ok(None);
    }
    let people = match gather::people(project, vault, progress).await {
        Err(error) if error.code() == "identity/not-read" => return Ok(None),
        other => other?,
    };
    let rows = people.row_of(subjects.0).zip(people.row_of(subjects.1));
    let Some(rows) = rows else { return Ok(None) };
    let settings = gather::link_settings(project);
    progress.start("compare", None, "pairs");
    let model = fit_model(&people.table, &settings)?;
    let pair = weigh(&people.table, &settings, &model, rows)?;
    progress.finish("");
    Ok(pair.map(|pair| (pair.probability(), pair.weight)))
}

/// What was decided: what holds now, or with `ever` every decision that was made.
///
/// # Errors
/// Those of the ledger.
pub async fn decisions(project: &Project, ever: bool) -> Result<Decisions> {
    let vault = project.ledger.vault(&project.key).await?;
    let judgements = match ever {
        true => project.ledger.judgements_ever().await?,
        false => {
            let mut latest = project.ledger.judgements().await?;
            latest.retain(|judged| judged.verdict != Verdict::Undone);
            latest
        }
    };
    let subjects: Vec<i64> = judgements
        .iter()
        .flat_map(|judged| [judged.subjects.0, judged.subjects.1])
        .collect();
    let names = vault.reveal(&subjects).await?;
    let named = judgements.iter().zip(names.chunks(2));
    let decisions = named.filter_map(|(judged, names)| match names {
        [Some(a), Some(b)] => Some(Decided {
            a: a.clone(),
            b: b.clone(),
            ..told(judged)
        }),
        _ => None,
    });
    Ok(Decisions {
        decisions: decisions.collect(),
    })
}

fn told(judged: &Judgement) -> Decided {
    Decided {
        a: String::new(),
        b: String::new(),
        verdict: judged.verdict.code(),
        decided_by: judged.decided_by.clone(),
        at: moment(judged.at_us),
        probability: judged.evidence.map(|(probability, _)| probability),
        weight_bits: judged.evidence.map(|(_, weight)| weight),
    }
}

impl Decided {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let (a, b, by) = (&self.a, &self.b, &self.decided_by);
        let noted = match self.verdict {
            "same" => pick(
                language,
                format!("noted: `{a}` and `{b}` are the same person (by {by})"),
                format!("已记录：`{a}` 与 `{b}` 是同一人（判定人 {by}）"),
            ),
            "apart" => pick(
                language,
                format!("noted: `{a}` and `{b}` are two people (by {by})"),
                format!("已记录：`{a}` 与 `{b}` 是不同的人（判定人 {by}）"),
            ),
            _ => pick(
                language,
                format!("noted: nothing is decided about `{a}` and `{b}` any more (by {by})"),
                format!("已记录：撤销对 `{a}` 与 `{b}` 的判定（操作人 {by}）"),
            ),
        };
        let mut lines = vec![noted];
        if let Some(said) = self.odds(language) {
            lines.push(pick(
                language,
                format!("evidence at this time: {said}"),
                format!("此时的依据：{said}"),
            ));
        }
        lines.push(not_merged(language));
        lines
    }

    fn odds(&self, language: Language) -> Option<String> {
        Some(odds(self.probability?, self.weight_bits?, language))
    }
}

impl Decisions {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if self.decisions.is_empty() {
            return vec![pick(
                language,
                "nothing is decided yet".to_owned(),
                "还没有任何判定".to_owned(),
            )];
        }
        let titles = pick(
            language,
            [
                "customer",
                "other customer",
                "decided",
                "by",
                "on",
                "evidence then",
            ],
            ["客户", "另一客户", "判定", "判定人", "日期", "当时的依据"],
        );
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.decisions.iter().map(|decided| {
            let verdict = match decided.verdict {
                "same" => pick(language, "the same", "同一人"),
                "apart" => pick(language, "two people", "不同人"),
                _ => pick(language, "undone", "已撤销"),
            };
            let on = decided.at.split('T').next().unwrap_or_default();
            let odds = decided.odds(language).unwrap_or_else(|| "-".to_owned());
            let (a, b, by) = (&decided.a, &decided.b, &decided.decided_by);
            [
                a.as_str(),
                b.as_str(),
                verdict,
                by.as_str(),
                on,
                odds.as_str(),
            ]
            .map(str::to_owned)
            .to_vec()
        }));
        let mut lines = aligned(&rows);
        lines.push(not_merged(language));
        lines
    }
}

/// Nobody should take a decision for a merge.
fn not_merged(language: Language) -> String {
    pick(
        language,
        "decisions are noted only: histories are not merged yet, and every table, score and report counts two customers".to_owned(),
        "目前只记录判定，尚不合并历史：各表、评分和报告仍按两位客户计算".to_owned(),
    )
}
