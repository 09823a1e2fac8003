//! Reports made up for tests and the gallery: a typical shop, nothing at all,
//! six labelled rows, a million customers, contracts, and names that try to do
//! harm.
//! A module for others to include, not a test of its own.
#![allow(dead_code)]

use jiff::civil::date;
use perennial_web::Text;
use perennial_web::report::*;

mod contracts;
mod shop;
mod trust;

pub use contracts::contracts;
pub use shop::shop;
use shop::{business, risk};
use trust::trust;

/// A report of nothing: the project was made and nothing has run.
pub fn empty() -> Report {
    Report {
        project: "my-shop".into(),
        as_of: None,
        time_zone: None,
        run_id: "0".repeat(64),
        made_at: date(2026, 3, 2).at(9, 15, 0, 0),
        currency: None,
        interval_level: 0.95,
        sources: Sources::default(),
        activity: Activity::Purchases,
        business: Err(Missing::NoRows),
        risk: Err(Missing::NoRows),
        actions: Err(Missing::NoRows),
        value: Err(Missing::NoRows),
        trust: Err(Missing::NoRows),
        features: Vec::new(),
        trace: Trace {
            code_version: "0.1.0".into(),
            ..Trace::default()
        },
    }
}

/// Six labelled rows: no dates, no amounts.
pub fn six_rows() -> Report {
    let mut report = empty();
    report.project = "six rows".into();
    report.sources = Sources {
        quality: None,
        files: vec![SourceFile {
            name: "six.csv".into(),
            table: "customers".into(),
            rows_read: 6,
            rows_kept: 6,
            rows_quarantined: 0,
            rows_duplicate: 0,
            rows_without_customer: None,
            period: None,
            totals: vec![ColumnTotal {
                column: "purchase_amount".into(),
                total: "450".into(),
                empty: 0,
                not_numeric: 0,
            }],
            quarantined: Vec::new(),
        }],
        warnings: Vec::new(),
        customers: 6,
    };
    report.business = Err(Missing::NoDates);
    report.actions = Err(Missing::NoOffers);
    report.value = Err(Missing::NoAmounts);
    let customer = |at: u64, probability: f64| CustomerAtRisk {
        customer: at.to_string(),
        churn_probability: probability,
        value: None,
        margin_at_stake: None,
        silence_days: None,
        gap_mean_days: None,
        days_left: None,
        tenure_days: None,
        reasons: vec![Text::new(
            "close to the share of all that left",
            "接近总体流失比例",
        )],
    };
    report.risk = Ok(Risk {
        lost: LostDefinition::Label {
            column: "churn_label".into(),
            lost_when: "1".into(),
        },
        customers_scored: 4,
        lost_already: 2,
        customers_at_risk: 1,
        threshold: 0.5,
        threshold_reason: ThresholdReason::Half,
        expected_losses: Some(Estimate::between(2.0, 0.6, 4.2)),
        margin_at_stake: Err(Missing::NoAmounts),
        distribution: Vec::new(),
        top: vec![customer(5, 0.52), customer(3, 0.48), customer(1, 0.31)],
        list_files: Vec::new(),
    });
    report.trust = Ok(untested());
    report
}

/// What can be said of six rows.
fn untested() -> Trust {
    let mut trust = trust();
    trust.evaluation = Evaluation::None;
    trust.plain.customers = 6;
    trust.plain.named = 0;
    trust.models.clear();
    trust.roc.clear();
    trust.precision_recall.clear();
    trust.calibration.clear();
    trust.lift.clear();
    trust.confusion = None;
    trust.profit.clear();
    trust.weights.clear();
    trust.splits = vec![Split {
        role: SplitRole::Train,
        as_of: None,
        label_until: None,
        customers: 6,
        lost: 2,
    }];
    trust.small_data = Some(Text::new(
        "Six rows with two losses can carry the share that left (33 %, but anything from 10 to 70 %) and not much more: no test was possible, and the probabilities were pulled towards that share.",
        "六行数据、两例流失，只能说明总体流失比例（33%，实际可能在 10%～70% 之间），无法检验，因此概率已向该比例收缩。",
    ));
    trust.leaks = vec![Leak {
        column: "closed_on".into(),
        roc_auc: 1.0,
        left_out: true,
    }];
    trust
}

/// A million customers in Chinese yuan.
pub fn million() -> Report {
    let mut report = shop();
    report.project = "云上商城".into();
    report.currency = Some("CNY".into());
    report.time_zone = Some("Asia/Shanghai".into());
    report.business = Ok(business(230.0));
    let mut risk = risk(1_000_000, 20);
    risk.margin_at_stake = Ok(Estimate::between(184.3e6, 161.2e6, 208.9e6));
    for (at, customer) in risk.top.iter_mut().enumerate() {
        customer.customer = format!("0013800138{:012}", at * 7_919);
    }
    report.risk = Ok(risk);
    report.sources.customers = 1_000_000;
    let first = report.sources.files.first().cloned();
    report.sources.files = first
        .into_iter()
        .cycle()
        .take(90)
        .zip(1u32..)
        .map(|(file, at)| SourceFile {
            name: format!("oss://warehouse/orders/2025/part-{at:05}.parquet"),
            ..file
        })
        .collect();
    report
}

/// Long Chinese names, and names that try to do harm.
pub fn hostile() -> Report {
    let mut report = shop();
    let script = "<script>alert(1)</script>";
    report.project =
        format!("{script}中华人民共和国某某省某某市某某区有限责任公司会员中心（线上线下一体化）");
    report.run_id = script.into();
    report.trace.code_version = script.into();
    report.trace.settings.push((
        script.into(),
        "</table>\"'><img src=x onerror=alert(1)>".into(),
    ));
    for file in &mut report.sources.files {
        file.name = format!("{script}{}.csv", "数据文件名称非常长".repeat(6));
        file.quarantined.push((Text::same(script), 9));
    }
    for warning in &mut report.sources.warnings {
        warning.message = Text::same(script);
    }
    if let Ok(risk) = &mut report.risk {
        for (at, customer) in risk.top.iter_mut().enumerate() {
            customer.customer = match at % 4 {
                0 => script.into(),
                1 => "欧阳".repeat(40),
                2 => "=HYPERLINK(\"http://x\")\u{202e}\u{1b}[31m".into(),
                _ => "12345678901234567890123456789012345678901234567890".into(),
            };
            customer.reasons.push(Text::same(script));
        }
    }
    if let Ok(actions) = &mut report.actions {
        for offer in &mut actions.offers {
            offer.name = format!("</script>{script}");
        }
        for action in &mut actions.top {
            action.customer = script.into();
            action.offer = script.into();
            action.why = Text::same(script);
        }
    }
    if let Ok(trust) = &mut report.trust {
        for weight in &mut trust.weights {
            weight.label = Text::same(script);
        }
    }
    report
}

/// Every report with its name.
pub fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("shop", shop()),
        ("empty", empty()),
        ("six-rows", six_rows()),
        ("million", million()),
        ("contracts", contracts()),
        ("hostile", hostile()),
    ]
}
