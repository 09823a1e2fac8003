//! The privacy notice, filled from settings and the model that serves.

use std::path::Path;

use perennial_govern::notice::{Notice, Profiling};
use serde::Serialize;

use super::{controller, declared, notes, of_documents};
use crate::Result;
use crate::answer::{day, of_pages, pick};
use crate::check::lost;
use crate::models::served::Served;
use crate::models::{looks_at, notes_of};
use crate::project::Project;
use crate::report::write_file;
use crate::settings::Language;
use crate::stages::model::MODEL;

/// Columns named in a notice as those that weigh most.
const LOOKS_MAX: usize = 5;

/// A draft of the notice.
#[derive(Debug, Clone, Serialize)]
pub struct NoticeWritten {
    /// The draft, as markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it was written, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<std::path::PathBuf>,
    /// Blanks that are to be filled in.
    pub blanks: usize,
}

impl NoticeWritten {
    /// The draft, or where it stands.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Some(path) = &self.path else {
            let text = self.text.as_deref().unwrap_or_default();
            return text.lines().map(str::to_owned).collect();
        };
        let (path, blanks) = (path.display(), self.blanks);
        vec![pick(
            language,
            format!("draft of the notice: {path}; {blanks} blanks are to be filled in"),
            format!("告知草稿：{path}；有 {blanks} 处待填写"),
        )]
    }
}

/// Drafts the notice, and writes it to `out` where that is given.
///
/// # Errors
/// When the file cannot be written; those of the ledger.
pub async fn notice(
    project: &Project,
    language: Language,
    out: Option<&Path>,
) -> Result<NoticeWritten> {
    let settings = &project.settings;
    let notes = notes(project).await?;
    let notice = Notice {
        project: settings.project.name.clone(),
        day: day(project.now_us()),
        controller: controller(settings),
        sources: declared(settings, notes.as_ref()),
        keep_set_aside: settings.privacy.keep_set_aside.to_string(),
        profiling: profiling(project).await?,
    };
    let blanks = notice.blanks(of_documents(language));
    let text = notice.page(of_documents(language));
    if let Some(path) = out {
        write_file(path, text.as_bytes())?;
    }
    Ok(NoticeWritten {
        text: out.is_none().then_some(text),
        path: out.map(Path::to_owned),
        blanks,
    })
}

/// What is worked out about people, from the settings and the model that serves.
async fn profiling(project: &Project) -> Result<Profiling> {
    let settings = &project.settings;
    let lost = lost(settings);
    let after = |text: &str, mark: char| match text.split_once(mark) {
        Some((_, after)) => after.trim().to_owned(),
        None => text.to_owned(),
    };
    let share = settings.policy.hold_out.get();
    let mut profiling = Profiling {
        lost_en: after(&lost.en, ':'),
        lost_zh: after(&lost.zh, '：'),
        model: None,
        looks_at: Vec::new(),
        offers: settings.offers.iter().map(|o| o.name.clone()).collect(),
        hold_out: perennial_web::format::percent(share, of_pages(Language::Chinese)),
        has_money: settings.has_money(),
    };
    let Some(serving) = project.ledger.current_model(MODEL).await? else {
        return Ok(profiling);
    };
    let Some(model) = project.ledger.model(&serving.model_version).await? else {
        return Ok(profiling);
    };
    let notes = notes_of(&model.card);
    let served = Served::from_bytes(&model.bytes, notes.uses_logistic)?;
    let kind = match notes.uses_logistic {
        true => "logistic_regression",
        false => "plain_rule",
    };
    profiling.model = Some(kind.to_owned());
    let catalogue = notes.catalogue();
    for look in looks_at(&served) {
        let spec = catalogue.iter().find(|spec| spec.name == look.feature);
        let said = match spec {
            Some(spec) => (briefly(&spec.en), briefly(&spec.zh)),
            None => (look.feature.clone(), look.feature),
        };
        if profiling.looks_at.len() < LOOKS_MAX && !profiling.looks_at.contains(&said) {
            profiling.looks_at.push(said);
        }
    }
    Ok(profiling)
}

/// The first part of a definition: what follows a comma or a colon is for analysts.
fn briefly(definition: &str) -> String {
    let marks = [',', ';', ':', '，', '；', '：', '。'];
    let first = definition.split(marks).next();
    first.unwrap_or(definition).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_said_briefly() {
        assert_eq!(briefly("mean days; missing below two"), "mean days");
        assert_eq!(briefly("距上次购买的天数，按整天计"), "距上次购买的天数");
        assert_eq!(briefly("orders"), "orders");
    }
}
