//! The summary in five sentences, for the top of the page and the terminal.

use super::missing;
use super::{Actions, Report, Retention, Risk, Trust};
use crate::locale::{Locale, share};
use crate::messages::page as m;
use crate::report::Evaluation;

/// Five sentences: what was read, how the business went, who is at risk, what
/// to do, how far to trust it. One alone where nothing has been read.
pub(crate) fn sentences(report: &Report, locale: Locale<'_>) -> Vec<String> {
    if report.sources.files.is_empty() {
        return vec![locale.say(m::SUM_NOTHING_READ)];
    }
    let because =
        |message, reason| locale.fill(message, &[("why", missing::why(reason, locale).into())]);
    let retention = report
        .business
        .as_ref()
        .and_then(|business| business.retention.as_ref());
    vec![
        read(report, locale),
        match retention {
            Ok(retention) => stayed(report, retention, locale),
            Err(reason) => because(m::SUM_BUSINESS_NONE, reason),
        },
        match &report.risk {
            Ok(risk) => at_risk(report, risk, locale),
            Err(reason) => because(m::SUM_RISK_NONE, reason),
        },
        match &report.actions {
            Ok(actions) => plan(actions, locale),
            Err(reason) => because(m::SUM_ACTIONS_MISSING, reason),
        },
        match &report.trust {
            Ok(trust) => tested(trust, locale),
            Err(reason) => because(m::SUM_TRUST_NONE, reason),
        },
    ]
}

fn read(report: &Report, locale: Locale<'_>) -> String {
    let files = &report.sources.files;
    let rows = files.iter().map(|f| f.rows_read).sum();
    let kept = files.iter().map(|f| f.rows_kept).sum();
    let first = locale.fill(
        m::SUM_READ,
        &[
            ("rows", locale.n(rows)),
            ("files", locale.n(files.len() as u64)),
            ("kept", locale.percent(share(kept, rows)).into()),
            ("customers", locale.n(report.sources.customers)),
        ],
    );
    let serious = report.sources.warnings.iter().filter(|w| w.serious).count() as u64;
    if serious == 0 {
        return first;
    }
    let second = locale.fill(m::SUM_READ_SERIOUS, &[("n", locale.n(serious))]);
    locale.sentences(&[first, second])
}

fn stayed(report: &Report, retention: &Retention, locale: Locale<'_>) -> String {
    let language = locale.language;
    let last = retention.until.yesterday().unwrap_or(retention.until);
    let words = report.activity.words(
        m::SUM_RETENTION,
        m::SUM_RETENTION,
        m::SUM_RETENTION_CONTRACTS,
    );
    locale.fill(
        words,
        &[
            ("from", crate::format::date(retention.from, language).into()),
            ("until", crate::format::date(last, language).into()),
            ("kept", locale.n(retention.kept)),
            ("start", locale.n(retention.at_start)),
            ("rate", locale.percent_estimate(&retention.rate).into()),
        ],
    )
}

fn at_risk(report: &Report, risk: &Risk, locale: Locale<'_>) -> String {
    let stake = match &risk.margin_at_stake {
        Ok(stake) => locale.fill(
            m::SUM_STAKE,
            &[("stake", locale.money_estimate(stake).into())],
        ),
        Err(_) => String::new(),
    };
    let mut args = vec![
        ("n", locale.n(risk.customers_at_risk)),
        ("all", locale.n(risk.customers_scored)),
        ("threshold", locale.percent(risk.threshold).into()),
        ("stake", stake.into()),
    ];
    match risk.lost.horizon_days() {
        Some(days) => {
            args.push(("days", locale.days(days).into()));
            let words = report
                .activity
                .words(m::SUM_RISK, m::SUM_RISK, m::SUM_RISK_CONTRACTS);
            locale.fill(words, &args)
        }
        None => locale.fill(m::SUM_RISK_LABEL, &args),
    }
}

fn plan(actions: &Actions, locale: Locale<'_>) -> String {
    if actions.chosen == 0 {
        return locale.say(match actions.out_of_reach() {
            Some(_) => m::SUM_ACTIONS_SHORT,
            None => m::SUM_ACTIONS_NONE,
        });
    }
    let used = || actions.offers.iter().filter(|offer| offer.chosen > 0);
    let how = match (
        used().any(|o| o.effect_measured),
        used().all(|o| o.effect_measured),
    ) {
        (_, true) => m::HOW_MEASURED,
        (true, false) => m::HOW_MIXED,
        (false, false) => m::HOW_ASSUMED,
    };
    locale.fill(
        m::SUM_ACTIONS,
        &[
            ("chosen", locale.n(actions.chosen)),
            ("spend", locale.money(actions.spend).into()),
            ("net", locale.money_estimate(&actions.expected_net).into()),
            ("how", locale.say(how).into()),
        ],
    )
}

/// Customers below which a share in a test says nothing.
const FEW: u64 = 30;
/// Customers named below which the share of them that left says nothing.
const NAMED_FEW: u64 = 5;

fn tested(trust: &Trust, locale: Locale<'_>) -> String {
    let few = trust.small_data.is_some() && trust.plain.customers < FEW;
    if few || trust.evaluation == Evaluation::None {
        let why = match (&trust.small_data, &trust.evaluation) {
            (Some(text), Evaluation::None) => locale.text(text),
            _ => locale.say(crate::messages::trust::HOW_NONE),
        };
        return locale
            .fill(m::SUM_TRUST_NONE, &[("why", why.into())])
            .trim_end()
            .to_owned();
    }
    let served = trust.models.iter().find(|model| model.in_use);
    let auc = served.and_then(|model| model.roc_auc.as_ref());
    if let Some(auc) = auc.filter(|auc| auc.interval.is_some_and(|(low, _)| low <= 0.5)) {
        let auc = locale.percent_estimate(auc);
        return locale.fill(m::SUM_TRUST_CHANCE, &[("auc", auc.into())]);
    }
    if trust.plain.named == 0 {
        return locale.say(m::SUM_TRUST_NOBODY);
    }
    if trust.plain.named < NAMED_FEW {
        return locale.fill(m::SUM_TRUST_FEW, &[("n", locale.n(trust.plain.named))]);
    }
    let range = trust.plain.named_that_left.interval.map(|(low, high)| {
        let ends = [
            ("low", of_hundred(low).into()),
            ("high", of_hundred(high).into()),
        ];
        locale.fill(m::SUM_TRUST_RANGE, &ends)
    });
    locale.fill(
        m::SUM_TRUST,
        &[
            ("range", range.unwrap_or_default().into()),
            (
                "named",
                of_hundred(trust.plain.named_that_left.value).into(),
            ),
            ("base", of_hundred(trust.plain.base_rate).into()),
        ],
    )
}

/// A share as "so many of 100".
pub(crate) fn of_hundred(share: f64) -> String {
    crate::format::decimal(share * 100.0, 0)
}
