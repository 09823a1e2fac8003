//! What the settings say, and what a run would do.

use perennial_ledger::FinishedRun;

use super::Findings;
use super::source::{FileState, SourceCheck};
use crate::Result;
use crate::answer::{Both, bytes, counted, day, of_pages};
use crate::project::Project;
use crate::settings::{Horizon, Language, LostKind, Role, Settings, Table};
use crate::visible::is_whole;

/// What lost means, what customers are worth and what can be given.
pub(super) fn settings(settings: &Settings) -> Vec<Both> {
    let mut lines = vec![lost(settings), value(settings)];
    let currency = &settings.project.currency;
    for offer in &settings.offers {
        let (name, lasts) = (&offer.name, offer.effect_lasts);
        let cost = offer.cost_per_use.get();
        let effect = percent(offer.assumed_effect.get());
        lines.push(Both::new(
            format!("offer `{name}`: costs {cost} {currency}, keeps {} of leavers for {lasts} (assumed, not measured)", effect.en),
            format!("优惠 `{name}`：成本 {cost} {currency}，假定（未实测）能留住 {} 的流失者，持续 {lasts}", effect.zh),
        ));
    }
    let hold_out = percent(settings.policy.hold_out.get());
    let (budget_en, budget_zh) = match settings.policy.budget {
        Some(budget) => (
            format!("at most {} {currency}", budget.get()),
            format!("最多 {} {currency}", budget.get()),
        ),
        None => ("no limit".to_owned(), "不限".to_owned()),
    };
    lines.push(Both::new(
        format!(
            "budget: {budget_en}; {} of customers left alone so that the effect can be measured",
            hold_out.en
        ),
        format!(
            "预算：{budget_zh}；{} 的客户留作对照，以测量效果",
            hold_out.zh
        ),
    ));
    lines
}

/// A share as each language writes it.
fn percent(share: f64) -> Both {
    let of = |language| perennial_web::format::percent(share, of_pages(language));
    Both::new(of(Language::English), of(Language::Chinese))
}

/// What lost means, in words.
pub(crate) fn lost(settings: &Settings) -> Both {
    match (settings.lost.kind, settings.lost.horizon) {
        (LostKind::NoPurchase, Horizon::Auto) => Both::new(
            "lost: no purchase within a horizon that the run chooses from the customers' own rhythm",
            "流失：在观察期内没有再次购买，观察期由运行时按客户的购买节奏选定",
        ),
        (LostKind::NoPurchase, Horizon::Of(horizon)) => Both::new(
            format!("lost: no purchase within {horizon}"),
            format!("流失：{horizon} 内没有再次购买"),
        ),
        (LostKind::NoEvent, horizon) => no_event(settings, horizon),
        (LostKind::Contract, horizon) => contract(settings, horizon),
        (LostKind::Label, _) => {
            let labels = settings
                .sources
                .iter()
                .filter_map(|s| s.columns.get(Role::Label));
            let column = labels.into_iter().next().unwrap_or("label");
            let when = settings.lost.lost_when.as_ref().map_or("", |w| w.as_str());
            Both::new(
                format!("lost: `{column}` is `{when}`"),
                format!("流失：`{column}` 为 `{when}`"),
            )
        }
    }
}

fn no_event(settings: &Settings, horizon: Horizon) -> Both {
    let names = crate::answer::quoted(&settings.lost.events);
    let (what_en, what_zh) = match settings.lost.events.len() {
        0 => ("no event".to_owned(), "没有任何事件".to_owned()),
        1 => (
            format!("no event {}", names.en),
            format!("没有事件{}", names.zh),
        ),
        _ => (
            format!("no event of {}", names.en),
            format!("没有事件{}", names.zh),
        ),
    };
    match horizon {
        Horizon::Auto => Both::new(
            format!(
                "lost: {what_en} within a horizon that the run chooses from the customers' own rhythm"
            ),
            format!("流失：在观察期内{what_zh}，观察期由运行时按客户的活动节奏选定"),
        ),
        Horizon::Of(horizon) => Both::new(
            format!("lost: {what_en} within {horizon}"),
            format!("流失：{horizon} 内{what_zh}"),
        ),
    }
}

fn contract(settings: &Settings, horizon: Horizon) -> Both {
    let grace = settings.grace();
    match horizon {
        Horizon::Auto => Both::new(
            format!(
                "lost: the contract ends within a horizon that the run chooses, and none follows within {grace}"
            ),
            format!("流失：合约在观察期内结束，且 {grace} 内没有续约，观察期由运行时选定"),
        ),
        Horizon::Of(horizon) => Both::new(
            format!("lost: the contract ends within {horizon}, and none follows within {grace}"),
            format!("流失：合约在 {horizon} 内结束，且 {grace} 内没有续约"),
        ),
    }
}

fn value(settings: &Settings) -> Both {
    let value = &settings.value;
    let margin = percent(value.margin.get());
    let rate = percent(value.discount_rate_per_year.get());
    let price = settings.has_price().then(|| Role::Price.to_string());
    let amount = value.amount.as_ref().or(price.as_ref());
    let (of_en, of_zh) = match (amount, value.amount_per) {
        (Some(column), Some(per)) => (
            format!(" of `{column}` per {per}"),
            format!("，取自 `{column}`（每 {per}）"),
        ),
        _ => (String::new(), String::new()),
    };
    let horizon = value.horizon;
    Both::new(
        format!(
            "value: {} margin{of_en}, over {horizon}, discounted {} a year",
            margin.en, rate.en
        ),
        format!(
            "价值：毛利率 {}{of_zh}，计 {horizon}，年折现率 {}",
            margin.zh, rate.zh
        ),
    )
}

/// Adds what the settings leave open.
pub(super) fn warn(settings: &Settings, findings: &mut Findings) {
    if settings.offers.is_empty() {
        findings.warn(
            "there is no `[[offer]]`: customers are ranked, and nothing is decided",
            "没有 `[[offer]]`：只给出排序，不做决策",
        );
    }
    if settings.has(Table::Events) && settings.history() != Some(Table::Events) {
        findings.warn(
            "events are read and can be queried; beside purchases or a label no feature looks at them yet",
            "事件会被读入并可查询；在已有购买记录或标签时，目前不作为特征使用",
        );
    }
    if settings.has(Table::Subscriptions) && settings.history() != Some(Table::Subscriptions) {
        findings.warn(
            "contracts are read and can be queried; beside purchases, events or a label no feature looks at them yet",
            "合约会被读入并可查询；在已有购买记录、事件或标签时，目前不作为特征使用",
        );
    }
    match settings.history() {
        _ if settings.has_money() => {}
        None => findings.warn(
            "`value.amount` is not set: customers are ranked by risk alone, and no offer can be weighed in money",
            "未设置 `value.amount`：仅按流失风险排序，无法用金额衡量优惠",
        ),
        Some(Table::Subscriptions) => findings.warn(
            "no source has a part `price`: customers are ranked by risk alone, and no offer can be weighed in money",
            "没有来源指定 `price`：仅按流失风险排序，无法用金额衡量优惠",
        ),
        Some(_) => findings.warn(
            "events say nothing of money: customers are ranked by risk alone, and no offer can be weighed in money",
            "事件数据不含金额：仅按流失风险排序，无法用金额衡量优惠",
        ),
    }
}

/// What a run would do with the sources as they are.
pub(super) async fn would(
    project: &Project,
    sources: &[SourceCheck],
    findings: &Findings,
) -> Result<Vec<Both>> {
    if !findings.problems.is_empty() {
        return Ok(vec![Both::new(
            match findings.problems.len() {
                1 => "stop at the problem named below".to_owned(),
                more => format!("stop at the first of the {more} problems named below"),
            },
            format!("因下述 {} 个问题而中止", findings.problems.len()),
        )]);
    }
    let sum = |state| {
        sources
            .iter()
            .map(|s| s.count(state))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    let ((new, new_bytes), (changed, changed_bytes)) =
        (sum(FileState::New), sum(FileState::Changed));
    let mut lines = Vec::new();
    if new > 0 {
        let size = bytes(new_bytes);
        lines.push(Both::new(
            format!("read {}, {size}", counted(new as u64, "new file")),
            format!("读取 {new} 个新文件，{size}"),
        ));
    }
    if changed > 0 {
        let size = bytes(changed_bytes);
        lines.push(Both::new(
            format!(
                "compare {} with what was read before, {size}; equal rows count once",
                counted(changed as u64, "changed file")
            ),
            format!("核对 {changed} 个有变化的文件，{size}；相同的行只计一次"),
        ));
    }
    let Some(last) = project.ledger.latest_complete_run().await? else {
        lines.push(Both::new(
            "do every stage for the first time: quality, features, model, value, decisions, report",
            "首次完成各阶段：质量、特征、模型、价值、决策、报告",
        ));
        return Ok(lines);
    };
    lines.push(after(project, &last, new + changed).await?);
    Ok(lines)
}

/// What a run would do after the last one, where so many files are new or changed.
async fn after(project: &Project, last: &FinishedRun, files: usize) -> Result<Both> {
    let hash = project.settings.settings_hash().to_hex();
    let stages = project.ledger.stages(&last.run_id).await?;
    let same = stages
        .iter()
        .all(|stage| stage.settings_hash == hash.as_str());
    let when = day(last.finished_at_us);
    let whole = is_whole(project, last).await?;
    Ok(match (same, files) {
        (true, 0) if !whole => Both::new(
            format!("do the stages before which the run of {when} was stopped, and keep the rest"),
            format!("完成 {when} 的运行提前结束时尚未执行的阶段，其余沿用"),
        ),
        (true, 0) => Both::new(
            format!("find nothing changed since the run of {when}, and reuse it"),
            format!("自 {when} 的运行以来没有变化，沿用其结果"),
        ),
        (true, _) => Both::new(
            "do again what follows from the new rows: features, model, value, decisions, report",
            "重新完成受新数据影响的阶段：特征、模型、价值、决策、报告",
        ),
        (false, _) => Both::new(
            format!(
                "do again what follows from the settings that changed since {when}, and keep the rest"
            ),
            format!("重新完成 {when} 以来受设置变动影响的阶段，其余沿用"),
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Settings {
        Settings::parse(text, Path::new("perennial.toml"), std::iter::empty(), &[]).unwrap()
    }

    const TABLE: &str = "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"a.csv\"\ntable = \"customers\"\ncolumns = { label = \"gone\" }\n[lost]\nkind = \"label\"\nlost_when = \"yes\"\n";

    #[test]
    fn settings_are_said_in_plain_words() {
        let lines = settings(&read(TABLE));
        assert_eq!(lines[0].en, "lost: `gone` is `yes`");
        assert_eq!(lines[1].zh, "价值：毛利率 30%，计 1y，年折现率 10%");
        assert!(lines[2].en.starts_with("budget: no limit; 5"), "{lines:?}");
    }

    #[test]
    fn what_is_left_open_is_warned_of() {
        let mut findings = Findings::default();
        warn(&read(TABLE), &mut findings);
        assert_eq!(findings.warnings.len(), 2);
        warn(&read(TABLE), &mut findings);
        assert_eq!(findings.warnings.len(), 2, "each once");
    }
}
