//! What the sections are filled from: one run's notes and its customers.

use perennial_history::FeatureSpec;
use perennial_ledger::Vault;
use perennial_web::Text;
use perennial_web::report::Missing;

use crate::Result;
use crate::privacy::Restricted;
use crate::progress::Silent;
use crate::project::Project;
use crate::run::Stages;
use crate::settings::Table;
use crate::stage::{Done, Run};
use crate::stages::people::{Basis, People, read_people};
use crate::stages::{decide, features, ingest, model, value};

/// One run, read back.
pub(super) struct Material<'a> {
    pub project: &'a Project,
    pub run_id: &'a str,
    pub stages: &'a Stages,
    /// Hash of the settings that the run was made with.
    pub settings_hash: String,
    pub ingest: ingest::Notes,
    pub features: Option<features::Notes>,
    pub model: Option<model::Notes>,
    pub value: Option<value::Notes>,
    pub decide: Option<decide::Notes>,
    /// Everybody who was scored, in the order of `scores`.
    pub people: Option<People>,
    /// Opens the identifiers of those who are shown.
    pub vault: Vault,
    /// Who must not be shown.
    pub restricted: Restricted,
}

impl<'a> Material<'a> {
    /// Reads what the stages left.
    pub async fn load(project: &'a Project, run_id: &'a str, stages: &'a Stages) -> Result<Self> {
        let recorded = project.ledger.stage(run_id, "ingest").await?;
        let settings_hash = recorded.map_or_else(
            || project.settings.settings_hash().to_hex().to_string(),
            |stage| stage.settings_hash,
        );
        Ok(Self {
            project,
            run_id,
            stages,
            settings_hash,
            ingest: stages.ingest.details_as()?,
            features: stages.features.as_ref().map(Done::details_as).transpose()?,
            model: stages.model.as_ref().map(Done::details_as).transpose()?,
            value: stages.value.as_ref().map(Done::details_as).transpose()?,
            decide: stages.decide.as_ref().map(Done::details_as).transpose()?,
            people: people(project, run_id, stages).await?,
            vault: project.ledger.vault(&project.key).await?,
            restricted: Restricted::of(project).await?,
        })
    }

    /// Whether the data have dates: order lines and events do, a labelled table has none.
    pub fn dated(&self) -> bool {
        self.project.settings.history().is_some()
    }

    /// Why nothing can be said in money.
    pub fn no_amounts(&self) -> Missing {
        match self.project.settings.history() {
            Some(Table::Events) => Missing::Other(Text::new(
                "Events say nothing of money; with order lines it could be told.",
                "事件数据不含金额；有订单明细时才能以金额衡量。",
            )),
            Some(Table::Subscriptions) if self.project.settings.has_price() => {
                Missing::Other(Text::new(
                    "Nobody whose price is known is under contract now.",
                    "目前没有价格已知的在约客户。",
                ))
            }
            Some(Table::Subscriptions) => Missing::Other(Text::new(
                "No column says what contracts cost: name it as `price`, and `amount_per` under `[value]`.",
                "没有说明合约价格的列：请指定 `price` 列，并在 `[value]` 下写明 `amount_per`。",
            )),
            _ => Missing::NoAmounts,
        }
    }

    /// The features that were made; none of a labelled table.
    pub fn catalogue(&self) -> Vec<FeatureSpec> {
        let notes = self.features.as_ref();
        notes.map_or_else(Vec::new, features::Notes::catalogue)
    }

    /// The as-of moment, where there is one.
    pub fn as_of_us(&self) -> Option<i64> {
        self.features.as_ref().map(|notes| notes.plan.as_of_us)
    }

    /// The model's notes, or why there is no model.
    pub fn model(&self) -> Result<&model::Notes, Missing> {
        let notes = self.model.as_ref().ok_or(Missing::NotRun)?;
        let Some(reason) = &notes.none_because else {
            return Ok(notes);
        };
        let plan = self.features.as_ref().map(|notes| &notes.plan);
        Err(match (reason.as_str(), plan) {
            ("one_outcome", _) => Missing::OneOutcome,
            // There was a date to learn from, and everybody on it fared alike.
            ("history_too_short", Some(plan)) if plan.test_us.is_some() => Missing::OneOutcome,
            ("history_too_short", Some(plan)) => Missing::Other(too_short(plan.horizon_days)),
            ("no_usable_column", _) => Missing::Other(Text::new(
                "No column says anything that differs from one customer to the next.",
                "没有任何一列能区分不同的客户。",
            )),
            ("no_training_dates", _) => Missing::Other(Text::new(
                "The settings ask for no training date (`training_dates` is 0), so that nothing was learned.",
                "设置中没有训练日期（`training_dates` 为 0），因此没有建立模型。",
            )),
            ("nobody_active", Some(plan)) => Missing::Other(nobody_active(plan.horizon_days)),
            (other, _) => Missing::Other(Text::same(format!("{other}."))),
        })
    }

    /// The customers' own identifiers, in their order. Of somebody erased since
    /// nothing is left but a dash.
    pub async fn names(&self, customer_ids: &[i64]) -> Result<Vec<String>> {
        let found = self.vault.reveal(customer_ids).await?;
        Ok(found
            .into_iter()
            .map(|name| name.unwrap_or_else(|| "—".to_owned()))
            .collect())
    }
}

/// That there was nobody to be judged on.
fn nobody_active(horizon_days: u32) -> Text {
    Text::new(
        format!(
            "On the day of the test every customer had been silent for longer than {horizon_days} \
             days, and was lost already. A single late date among the lines, a season or a horizon \
             that is too short can be why: look at the last lines, or set `horizon` under `[lost]`."
        ),
        format!(
            "在检验当日，所有客户都已沉默超过 {horizon_days} 天，即已流失。原因可能是个别日期过晚的行、\
             季节性，或期限太短：请检查最后几行数据，或在 `[lost]` 中设置 `horizon`。"
        ),
    )
}

/// Why a short history gives no model.
fn too_short(horizon_days: u32) -> Text {
    let twice = u64::from(horizon_days) * 2;
    Text::new(
        format!(
            "The history is too short: who was lost within {horizon_days} days is known only \
             for customers seen at least {twice} days before the end of the data."
        ),
        format!("历史数据太短：要知道谁在 {horizon_days} 天内流失，数据至少要覆盖 {twice} 天。"),
    )
}

/// Everybody who was scored; none where no scores were written.
async fn people(project: &Project, run_id: &str, stages: &Stages) -> Result<Option<People>> {
    let Some(model) = stages
        .model
        .as_ref()
        .filter(|done| done.version("scores").is_some())
    else {
        return Ok(None);
    };
    let run = Run {
        project,
        progress: &Silent,
        run_id: run_id.to_owned(),
        settings_hash: String::new(),
        restricted: Restricted::of(project).await?,
    };
    let basis = Basis {
        features: stages.features.as_ref(),
        ingest: &stages.ingest,
        model,
    };
    read_people(&run, &basis).await.map(Some)
}
