//! The main job: every stage in order, resumed where it was stopped.

use perennial_history::AsOf;
use serde::{Deserialize, Serialize};

use crate::progress::Progress;
use crate::project::Project;
use crate::settings::Language;
use crate::stage::{CODE_VERSION, Done, Run};
use crate::stages::people::Basis;
use crate::stages::{STAGES, decide, features, ingest, model, quality, value};
use crate::{Error, Result, privacy, report};

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// The as-of moment in UTC microseconds; the first local midnight after the
    /// latest event otherwise.
    pub as_of_us: Option<i64>,
    /// The last stage to do; all of them otherwise.
    pub until: Option<String>,
    /// Read every file again and forget what files said that have changed or
    /// are gone.
    pub fresh: bool,
    /// Read mended records again, whether or not they were before.
    pub replay: bool,
}

/// What a run did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunSummary {
    /// The run's id: equal inputs give an equal one.
    pub run_id: String,
    /// The as-of moment, UTC microseconds; none for a table without dates.
    pub as_of_us: Option<i64>,
    /// The last stage, where `--until` stopped the run before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Stages that were done anew, in order.
    pub done: Vec<String>,
    /// Stages that an earlier run had done already.
    pub reused: Vec<String>,
    /// The summary in English, line by line.
    pub lines_en: Vec<String>,
    /// The summary in Chinese, line by line.
    pub lines_zh: Vec<String>,
}

impl RunSummary {
    /// The summary in about twenty lines.
    pub fn lines(&self, language: Language) -> Vec<String> {
        match language {
            Language::English => self.lines_en.clone(),
            Language::Chinese => self.lines_zh.clone(),
        }
    }
}

/// What every stage left.
pub(crate) struct Stages {
    pub ingest: Done,
    pub quality: Option<Done>,
    pub features: Option<Done>,
    pub model: Option<Done>,
    pub value: Option<Done>,
    pub decide: Option<Done>,
}

impl Stages {
    /// The version of a table, from the stage that wrote it.
    pub fn version(&self, table: &str) -> Option<i64> {
        self.all().iter().find_map(|(_, done)| done.version(table))
    }

    fn all(&self) -> Vec<(&'static str, &Done)> {
        let rest = [
            ("quality", &self.quality),
            ("features", &self.features),
            ("model", &self.model),
            ("value", &self.value),
            ("decide", &self.decide),
        ];
        let rest = rest
            .into_iter()
            .filter_map(|(name, done)| Some((name, done.as_ref()?)));
        std::iter::once(("ingest", &self.ingest))
            .chain(rest)
            .collect()
    }
}

/// Runs the project's stages and says what came of it.
///
/// # Errors
/// What is wrong with settings, sources or data, with a code and a hint. What
/// was complete before stays as it is; running again resumes.
pub async fn run(
    project: &Project,
    options: RunOptions,
    progress: &dyn Progress,
) -> Result<RunSummary> {
    let last = last_stage(options.until.as_deref())?;
    let _lock = project.lock()?;
    privacy::finish_begun(project, progress).await?;
    let let_go = privacy::let_go(project, progress).await?;
    let settings_hash = project.settings.settings_hash().to_hex().to_string();
    let found = ingest::look(project, options.fresh).await?;
    let found = found.replaying(options.replay);
    let made_of = (found.readings(), found.repairs());
    let run_id = run_id(&settings_hash, options.as_of_us, (&made_of.0, made_of.1));
    let run = Run {
        project,
        progress,
        run_id: run_id.clone(),
        settings_hash,
        restricted: privacy::Restricted::of(project).await?,
    };
    let stages = stages(&run, found, options.as_of_us, last).await?;
    let as_of_us = match &stages.features {
        Some(done) => Some(done.details_as::<features::Notes>()?.plan.as_of_us),
        None => None,
    };
    let split = |reused: bool| {
        let all = stages.all();
        all.iter()
            .filter(|(_, d)| d.reused == reused)
            .map(|(n, _)| (*n).to_owned())
            .collect()
    };
    let mut summary = RunSummary {
        run_id: run_id.clone(),
        as_of_us,
        until: (last < STAGES.len() - 1).then(|| STAGES[last].to_owned()),
        done: split(false),
        reused: split(true),
        lines_en: Vec::new(),
        lines_zh: Vec::new(),
    };
    let before = project.ledger.latest_complete_run().await?;
    let unchanged = summary.done.is_empty() && before.as_ref().is_some_and(|b| b.run_id == run_id);
    if let (true, Some(before)) = (unchanged, before) {
        let known = serde_json::from_value::<RunSummary>(before.summary).ok();
        // Of a run that was stopped there is no report yet.
        let same = |known: &RunSummary| known.until.is_none() || known.until == summary.until;
        if let Some(known) = known.filter(same) {
            (summary.lines_en, summary.lines_zh) = (known.lines_en, known.lines_zh);
            return Ok(summary);
        }
    }
    if last >= STAGES.len() - 1 {
        let written = report::write(project, &run_id, &stages).await?;
        summary.lines_en = written.lines_en;
        summary.lines_zh = written.lines_zh;
    } else {
        (summary.lines_en, summary.lines_zh) = stopped(STAGES[last]);
    }
    let details = serde_json::to_value(&summary).unwrap_or_default();
    project
        .ledger
        .finish_run(&run_id, as_of_us, &details, project.now_us())
        .await?;
    if let_go {
        privacy::forget_older(project).await?;
    }
    Ok(summary)
}

/// What is said of a run that `--until` stopped, in English and Chinese.
fn stopped(stage: &str) -> (Vec<String>, Vec<String>) {
    let tables = "`perennial query \"show tables\"`";
    (
        vec![format!(
            "done until `{stage}`; {tables} lists what there is"
        )],
        vec![format!("已完成到 `{stage}`；{tables} 可列出现有的表")],
    )
}

/// The stages up to the `last`th, each from the tables of those before it.
async fn stages(
    run: &Run<'_>,
    found: ingest::Found,
    as_of_us: Option<i64>,
    last: usize,
) -> Result<Stages> {
    let ingest = ingest::run(run, found).await?;
    let mut stages = Stages {
        ingest,
        quality: None,
        features: None,
        model: None,
        value: None,
        decide: None,
    };
    if last < at("quality") {
        return Ok(stages);
    }
    let quality = quality::run(run, &stages.ingest, as_of_us).await?;
    if let Some(stop) = quality::stopped(&quality)? {
        return Err(stop);
    }
    stages.quality = Some(quality);
    let history = run.project.settings.history();
    if last >= at("features")
        && let Some(table) = history
        && stages.ingest.version(table.as_str()).is_some()
    {
        stages.features = Some(features::run(run, &stages.ingest, table, as_of_us).await?);
    }
    if last >= at("model") {
        let inputs = model::Inputs {
            ingest: &stages.ingest,
            features: stages.features.as_ref(),
        };
        let model = model::run(run, &inputs).await?;
        if last >= at("value") {
            let basis = Basis {
                features: stages.features.as_ref(),
                ingest: &stages.ingest,
                model: &model,
            };
            let value = value::run(run, &basis).await?;
            if last >= at("decide") {
                stages.decide = Some(decide::run(run, &basis, &value).await?);
            }
            stages.value = Some(value);
        }
        stages.model = Some(model);
    }
    Ok(stages)
}

/// The stages of a finished run, read back from the ledger.
pub(crate) async fn stages_of(project: &Project, run_id: &str) -> Result<Stages> {
    let mut rows = project.ledger.stages(run_id).await?;
    let mut take = |name: &str| -> Option<Done> {
        let at = rows.iter().position(|r| r.stage == name)?;
        let row = rows.swap_remove(at);
        Some(Done {
            outputs: row.outputs,
            details: row.details,
            key: row.stage_key,
            reused: true,
        })
    };
    let ingest = take("ingest").ok_or_else(nothing_yet)?;
    Ok(Stages {
        ingest,
        quality: take("quality"),
        features: take("features"),
        model: take("model"),
        value: take("value"),
        decide: take("decide"),
    })
}

/// There is no finished run to look at.
pub(crate) fn nothing_yet() -> Error {
    Error::cannot(
        "run/none-yet",
        "the project has not been run yet",
        "run `perennial run` first",
    )
}

/// The place of a stage among all.
fn at(stage: &str) -> usize {
    let place = STAGES.iter().position(|s| *s == stage);
    place.unwrap_or(STAGES.len())
}

fn last_stage(until: Option<&str>) -> Result<usize> {
    let Some(name) = until else {
        return Ok(STAGES.len() - 1);
    };
    STAGES.iter().position(|s| *s == name).ok_or_else(|| {
        Error::cannot(
            "run/stage-unknown",
            format!("there is no stage `{name}`"),
            format!("the stages are {}", STAGES.join(", ")),
        )
    })
}

/// Equal files read, repairs, settings, as-of moment and program give an equal id.
fn run_id(
    settings_hash: &str,
    as_of_us: Option<i64>,
    (readings, repairs): (&[i64], &str),
) -> String {
    let mut hasher = blake3::Hasher::new();
    let as_of = format!("{:?}", as_of_us.map(AsOf));
    for part in [CODE_VERSION, settings_hash, &as_of] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    for reading in readings {
        hasher.update(&reading.to_le_bytes());
    }
    hasher.update(repairs.as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}
