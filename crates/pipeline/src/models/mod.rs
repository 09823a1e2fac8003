//! The registry of models: what versions there are, how good each is, which one
//! serves, and changing that.
//!
//! Each run promotes the version it fitted; a version promoted here serves
//! `score` until the next run fits another.

mod compare;
mod looks;
pub(crate) mod served;
mod show;

use perennial_ledger::runs::LIST_ROWS_MAX;
use perennial_ledger::{ModelSummary, Promotion};
use serde::Serialize;

pub use compare::ModelComparison;
pub use looks::Measured;
pub(crate) use looks::looks_at;
pub use show::{Measure, ModelLine, ModelList, ModelShown};

use crate::answer::{moment, pick};
use crate::project::Project;
use crate::settings::Language;
use crate::stages::model::{MODEL, Notes};
use crate::{Error, Result};

/// By whom a promotion was made here.
const BY_PROMOTE: &str = "perennial model promote";
/// By whom a promotion was undone.
const BY_ROLLBACK: &str = "perennial model rollback";

/// Another version serves, or the same one still does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelChange {
    /// The version that served until now.
    pub before: Option<String>,
    /// The version that serves from now on.
    pub now: String,
    /// When, as RFC 3339 in UTC.
    pub at: String,
}

impl ModelChange {
    /// The change in a line or two.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Self { before, now, .. } = self;
        match before {
            Some(before) if before == now => {
                vec![pick(
                    language,
                    format!("`{now}` serves already"),
                    format!("`{now}` 已在使用中"),
                )]
            }
            Some(before) => vec![
                pick(
                    language,
                    format!("`{now}` serves from now on, in place of `{before}`"),
                    format!("从现在起使用 `{now}`，代替 `{before}`"),
                ),
                until_next_run(language),
            ],
            None => vec![
                pick(
                    language,
                    format!("`{now}` serves from now on"),
                    format!("从现在起使用 `{now}`"),
                ),
                until_next_run(language),
            ],
        }
    }
}

fn until_next_run(language: Language) -> String {
    pick(
        language,
        "`perennial score` uses it; the tables of the last run stay as they are, and the next run fits and promotes its own".to_owned(),
        "`perennial score` 将使用该版本；上次运行的各表保持不变，下次运行会训练并启用新的版本".to_owned(),
    )
}

/// Every version of the churn model, newest first.
///
/// # Errors
/// Those of the ledger.
pub async fn list(project: &Project) -> Result<ModelList> {
    let serving = serving(project).await?;
    let versions = project.ledger.models(Some(MODEL)).await?;
    Ok(ModelList {
        versions: versions
            .iter()
            .map(|m| ModelLine::new(m, &serving))
            .collect(),
    })
}

/// One version: what it was made of, how good it is, what it looks at.
///
/// # Errors
/// `model/version-missing`, `model/version-ambiguous`.
pub async fn show(project: &Project, version: &str) -> Result<ModelShown> {
    let found = find(project, version).await?;
    let model = project
        .ledger
        .model(&found.model_version)
        .await?
        .ok_or_else(|| missing(version))?;
    ModelShown::new(&found, &model.bytes, &serving(project).await?)
}

/// Makes a version serve.
///
/// # Errors
/// `model/version-missing`, `model/version-ambiguous`.
pub async fn promote(project: &Project, version: &str) -> Result<ModelChange> {
    let found = find(project, version).await?;
    change(project, &found.model_version, BY_PROMOTE, "chosen by hand").await
}

/// Makes the version serve that served before the current one was promoted.
///
/// # Errors
/// `model/nothing-before` where there is none.
pub async fn rollback(project: &Project) -> Result<ModelChange> {
    let mut promotions = project.ledger.promotions(MODEL, LIST_ROWS_MAX).await?;
    promotions.reverse();
    let mut served = served_in_turn(&promotions);
    let current = served.pop();
    let Some(before) = served.pop() else {
        return Err(Error::cannot(
            "model/nothing-before",
            match current {
                Some(current) => format!("no version served before `{current}`"),
                None => "no version has served yet".to_owned(),
            },
            "`perennial model list` shows every version; `perennial model promote` chooses one",
        ));
    };
    change(project, before, BY_ROLLBACK, "rolled back by hand").await
}

/// The measures of two versions side by side, each on the customers it was
/// judged on.
///
/// # Errors
/// `model/version-missing`, `model/version-ambiguous`.
pub async fn compare(project: &Project, first: &str, second: &str) -> Result<ModelComparison> {
    let (first, second) = (find(project, first).await?, find(project, second).await?);
    Ok(ModelComparison::new(&first, &second))
}

async fn change(project: &Project, now: &str, by: &str, reason: &str) -> Result<ModelChange> {
    let before = serving(project).await?;
    let at_us = project.now_us();
    if before.as_deref() != Some(now) {
        let promotion = Promotion {
            model: MODEL.to_owned(),
            model_version: now.to_owned(),
            at_us,
            by: by.to_owned(),
            reason: reason.to_owned(),
        };
        project.ledger.promote(&promotion).await?;
    }
    Ok(ModelChange {
        before,
        now: now.to_owned(),
        at: moment(at_us),
    })
}

/// The version in force.
async fn serving(project: &Project) -> Result<Option<String>> {
    Ok(project
        .ledger
        .current_model(MODEL)
        .await?
        .map(|p| p.model_version))
}

/// The versions that served one after the other, rollbacks taken back with what
/// they undid: the last one serves, the one before it is what a rollback finds.
fn served_in_turn(promotions: &[Promotion]) -> Vec<&str> {
    let mut served: Vec<&str> = Vec::new();
    for promotion in promotions {
        if promotion.by == BY_ROLLBACK && served.len() > 1 {
            served.pop();
        }
        if served.last() != Some(&promotion.model_version.as_str()) {
            served.push(&promotion.model_version);
        }
    }
    served
}

/// The one version that begins so, with or without the model's name.
async fn find(project: &Project, start: &str) -> Result<ModelSummary> {
    let mut versions = project.ledger.models(Some(MODEL)).await?;
    let names: Vec<&str> = versions.iter().map(|m| m.model_version.as_str()).collect();
    let place = match matching(&names, start)[..] {
        [place] => place,
        [] => return Err(missing(start)),
        ref several => {
            let which: Vec<&str> = several
                .iter()
                .filter_map(|i| names.get(*i).copied())
                .collect();
            return Err(Error::cannot(
                "model/version-ambiguous",
                format!("several versions begin with `{start}`"),
                format!("write more of one of {}", crate::answer::listed(which, 6)),
            ));
        }
    };
    Ok(versions.swap_remove(place))
}

/// Places of the names that begin so; an exact name is the only one.
fn matching(names: &[&str], start: &str) -> Vec<usize> {
    if let Some(exact) = names.iter().position(|name| *name == start) {
        return vec![exact];
    }
    let short = |name: &str| {
        name.strip_prefix(MODEL)
            .map(|rest| rest.trim_start_matches('-').to_owned())
    };
    let begins = |name: &&str| {
        !start.is_empty()
            && (name.starts_with(start) || short(name).is_some_and(|rest| rest.starts_with(start)))
    };
    (0..names.len()).filter(|i| begins(&names[*i])).collect()
}

fn missing(version: &str) -> Error {
    Error::cannot(
        "model/version-missing",
        format!("no version begins with `{version}`"),
        "`perennial model list` shows every version",
    )
}

/// A version's card.
fn card(model: &ModelSummary) -> Notes {
    notes_of(&model.card)
}

/// What a card says; a card of another program says nothing.
pub(crate) fn notes_of(card: &serde_json::Value) -> Notes {
    serde_json::from_value(card.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promotion(version: &str, by: &str) -> Promotion {
        Promotion {
            model: MODEL.to_owned(),
            model_version: version.to_owned(),
            at_us: 0,
            by: by.to_owned(),
            reason: String::new(),
        }
    }

    #[test]
    fn rolling_back_twice_goes_back_twice() {
        let mut all = vec![
            promotion("a", "run"),
            promotion("b", "run"),
            promotion("c", "run"),
        ];
        assert_eq!(served_in_turn(&all), ["a", "b", "c"]);
        all.push(promotion("b", BY_ROLLBACK));
        assert_eq!(served_in_turn(&all), ["a", "b"]);
        all.push(promotion("a", BY_ROLLBACK));
        assert_eq!(served_in_turn(&all), ["a"]);
        all.push(promotion("d", "run"));
        assert_eq!(served_in_turn(&all), ["a", "d"]);
    }

    #[test]
    fn a_version_promoted_again_counts_once() {
        let all = [
            promotion("a", "run"),
            promotion("a", BY_PROMOTE),
            promotion("b", BY_PROMOTE),
        ];
        assert_eq!(served_in_turn(&all), ["a", "b"]);
        assert_eq!(served_in_turn(&[]), Vec::<&str>::new());
    }

    #[test]
    fn a_version_is_found_by_its_start() {
        let names = ["churn-3f2a", "churn-3f9b", "churn-91bc"];
        assert_eq!(matching(&names, "91"), [2]);
        assert_eq!(matching(&names, "churn-91bc"), [2]);
        assert_eq!(matching(&names, "3f"), [0, 1]);
        assert_eq!(matching(&names, "3f2"), [0]);
        assert_eq!(matching(&names, "zz"), Vec::<usize>::new());
        assert_eq!(matching(&names, ""), Vec::<usize>::new());
        assert_eq!(matching(&["churn-a", "churn-ab"], "churn-a"), [0]);
    }
}
