//! What each column is and is used for, and what of that is in doubt.

use perennial_lake::sources::infer::{ColumnProfile, Kind};
use serde::Serialize;

use super::Findings;
use crate::answer::{Both, of_pages};
use crate::settings::{Language, LostKind, PersonPart, Role, Settings, Source, Table};
use crate::stages::ingest::spec::{Purpose, Reading};

/// A column of a file.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnCheck {
    /// Its name.
    pub name: String,
    /// What its values are, with the format of dates.
    pub kind: String,
    /// Share of missing cells in the sample.
    pub missing_share: f64,
    /// Different values in the sample.
    pub distinct: usize,
    /// What it is used for.
    pub used_for: Both,
}

impl ColumnCheck {
    pub(super) fn cells(&self, language: Language) -> Vec<String> {
        let missing = match self.missing_share {
            0.0 => String::new(),
            share => perennial_web::format::percent(share, of_pages(language)),
        };
        vec![
            self.name.clone(),
            self.kind.clone(),
            missing,
            self.used_for.of(language).to_owned(),
        ]
    }
}

/// The columns of a file with what they are used for.
pub(super) fn columns_of(reading: &Reading) -> Vec<ColumnCheck> {
    let purpose = |name: &str| {
        let place = reading
            .spec
            .columns
            .iter()
            .position(|column| column.name == name)?;
        reading.purposes.get(place)
    };
    let columns = reading.profile.columns.iter();
    columns
        .map(|column| ColumnCheck {
            name: column.name.clone(),
            kind: kind_word(column.kind),
            missing_share: column.missing_share(),
            distinct: column.distinct,
            used_for: used_for(purpose(&column.name)),
        })
        .collect()
}

fn kind_word(kind: Kind) -> String {
    match kind.time_format() {
        Some(format) => format!("{} {}", kind.name(), format.name()),
        None => kind.name().to_owned(),
    }
}

fn used_for(purpose: Option<&Purpose>) -> Both {
    match purpose {
        Some(Purpose::Role(role)) => Both::new(role.as_str(), role.as_str()),
        Some(Purpose::Trait(name)) => {
            Both::new(format!("trait `{name}`"), format!("客户特征 `{name}`"))
        }
        Some(Purpose::Personal(name)) if PersonPart::of_vault(name).is_some() => Both::new(
            format!("`{name}`, kept encrypted"),
            format!("`{name}`，加密保存"),
        ),
        Some(Purpose::Personal(_)) => Both::new("personal, kept encrypted", "个人信息，加密保存"),
        Some(Purpose::DayZeroGroup) => Both::new(
            "says which day days are counted from",
            "决定天数从哪一天起算",
        ),
        Some(Purpose::Column(_)) => Both::new("the model looks at it", "供模型使用"),
        None => Both::new("not used", "未使用"),
    }
}

/// Adds what the sample of a file puts in doubt.
pub(super) fn judge(
    settings: &Settings,
    source: &Source,
    reading: &Reading,
    findings: &mut Findings,
) {
    for (column, purpose) in reading.spec.columns.iter().zip(&reading.purposes) {
        if let Some(profile) = reading.profile.column(&column.name) {
            judge_column(source, profile, purpose, findings);
        }
    }
    match source.table {
        Table::OrderLines | Table::Events | Table::Subscriptions => {
            judge_history(source, findings);
        }
        Table::Customers => judge_customers(settings, source, reading, findings),
    }
}

fn judge_column(
    source: &Source,
    column: &ColumnProfile,
    purpose: &Purpose,
    findings: &mut Findings,
) {
    let (path, name) = (&source.shown(), &column.name);
    if is_moment(purpose) && column.day_month_unsure && source.time_format.is_none() {
        let format = column
            .kind
            .time_format()
            .map_or("?", |format| format.name());
        findings.unsure(
            format!("`{path}`: day and month of `{name}` could be either way round; read as `{format}`, set `time_format` if that is wrong"),
            format!("`{path}`：`{name}` 的日和月顺序不明，按 `{format}` 读取；如不正确请设置 `time_format`"),
        );
    }
    if column.misfits > 0 && !matches!(purpose, Purpose::Personal(_) | Purpose::Trait(_)) {
        let (misfits, rows, kind) = (column.misfits, column.rows, column.kind.name());
        findings.warn(
            format!("`{path}`: {misfits} of {rows} sampled cells of `{name}` are no {kind}; such rows go to `quarantine`"),
            format!("`{path}`：抽样 {rows} 行中，`{name}` 有 {misfits} 格不符合类型 {kind}；这些行会放入 `quarantine`"),
        );
    }
    let missing = column.missing_share();
    if missing == 0.0 {
        return;
    }
    let share = |language| perennial_web::format::percent(missing, of_pages(language));
    let (en, zh) = (share(Language::English), share(Language::Chinese));
    match purpose {
        Purpose::Role(Role::CustomerId) if source.table != Table::Customers => findings.warn(
            format!("`{path}`: {en} of the sampled rows have no `{name}`; they count in the business's totals and belong to nobody"),
            format!("`{path}`：抽样中 {zh} 的行没有 `{name}`；计入总额，但不属于任何客户"),
        ),
        Purpose::Role(role) if *role == source.table.moment() => findings.warn(
            format!("`{path}`: {en} of the sampled rows have no `{name}`; they go to `quarantine`"),
            format!("`{path}`：抽样中 {zh} 的行没有 `{name}`；这些行会放入 `quarantine`"),
        ),
        Purpose::Role(Role::Label) => findings.warn(
            format!("`{path}`: {en} of the sampled rows have no `{name}`; they are scored, and nothing is learned from them"),
            format!("`{path}`：抽样中 {zh} 的行没有 `{name}`；会得到评分，但不参与学习"),
        ),
        _ => {}
    }
}

fn is_moment(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Role(role) if Role::MOMENTS.contains(role))
}

fn judge_history(source: &Source, findings: &mut Findings) {
    let path = &source.shown();
    let lacks = |role| source.columns.get(role).is_none();
    match source.table {
        Table::OrderLines if lacks(Role::OrderId) => findings.warn(
            format!("`{path}`: no `order_id` is named; equal rows of one file are kept and flagged, since they may be two purchases"),
            format!("`{path}`：未指定 `order_id`；同一文件中相同的行会保留并标记，因为可能是两次购买"),
        ),
        Table::Events if lacks(Role::MessageId) => findings.warn(
            format!("`{path}`: no `message_id` is named; equal rows of one file are kept and flagged, since it may have happened twice"),
            format!("`{path}`：未指定 `message_id`；同一文件中相同的行会保留并标记，因为可能发生过两次"),
        ),
        Table::Subscriptions if lacks(Role::SubscriptionId) => findings.warn(
            format!("`{path}`: no `subscription_id` is named; contracts of one customer with the same start and plan are taken for one"),
            format!("`{path}`：未指定 `subscription_id`；同一客户开始时间与方案相同的合约视为同一份"),
        ),
        _ => {}
    }
    if !lacks(Role::Due) {
        findings.warn(
            format!("`{path}`: `due` is taken as known from the start of a contract; if the file writes it anew at each renewal, leave it out, since it would tell the future"),
            format!("`{path}`：`due` 视为合约开始时就已知；若文件在每次续约时改写该列，请勿使用，否则会泄露未来信息"),
        );
    }
    if source.table == Table::Events && lacks(Role::Name) {
        findings.warn(
            format!("`{path}`: no `name` is named; all events are of one kind"),
            format!("`{path}`：未指定 `name`；所有事件视为同一种"),
        );
    }
}

fn judge_customers(
    settings: &Settings,
    source: &Source,
    reading: &Reading,
    findings: &mut Findings,
) {
    let path = &source.shown();
    if source.columns.get(Role::CustomerId).is_none() {
        findings.warn(
            format!("`{path}`: no `customer_id` is named; each row is a customer, called `row 1` and so on"),
            format!("`{path}`：未指定 `customer_id`；每一行视为一位客户，名为 `row 1` 等"),
        );
    }
    let label = source
        .columns
        .get(Role::Label)
        .and_then(|name| reading.profile.column(name));
    let (Some(label), LostKind::Label, Some(when)) =
        (label, settings.lost.kind, &settings.lost.lost_when)
    else {
        return;
    };
    let Some(sample) = reading.profile.sample.columns.get(label.index) else {
        return;
    };
    let when = when.as_str();
    let equal = |value: &String| {
        value == when
            || matches!((value.parse::<f64>(), when.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
    };
    if !sample.values.iter().any(equal) {
        let name = &label.name;
        findings.warn(
            format!("`{path}`: no sampled `{name}` equals `lost_when = \"{when}\"`; if no row does, the run stops"),
            format!("`{path}`：抽样中没有 `{name}` 等于 `lost_when = \"{when}\"`；若全部如此，运行会中止"),
        );
    }
}
