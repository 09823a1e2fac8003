//! The report in about twenty lines of plain text: the five sentences, the
//! head of the list, and how it was tested. No colours, no control characters.

use crate::format;
use crate::language::Language;
use crate::locale::Locale;
use crate::messages::{lists as m, page};
use crate::report::{ModelKind, Report, sentences};

/// Lines the summary has at most.
const LINES_MAX: usize = 24;
/// Customers named.
const CUSTOMERS_MAX: usize = 5;
/// Characters of an identifier.
const NAME_CHARS_MAX: usize = 32;

/// The summary for a terminal of `width` columns (held between 40 and 120).
/// Ends with a line break.
pub fn summary(report: &Report, language: Language, width: usize) -> String {
    let width = width.clamp(40, 120);
    let locale = Locale {
        language,
        currency: report.currency.as_deref(),
    };
    let mut lines = head(report, locale, width);
    lines.push(String::new());
    for (at, sentence) in sentences(report, locale).iter().enumerate() {
        // The numbers of the five sentences hang to the left of them.
        for (first, line) in format::wrap(sentence, width - 3).iter().enumerate() {
            let mark = if first == 0 {
                format!("{}.", at + 1)
            } else {
                "  ".to_owned()
            };
            lines.push(format!("{mark} {line}"));
        }
    }
    let list = first_on_list(report, locale, width);
    let test = test_line(report, locale, width);
    let room = LINES_MAX.saturating_sub(lines.len() + test.len() + 2);
    if !list.is_empty() && room >= 2 {
        lines.push(String::new());
        lines.extend(list.into_iter().take(room));
    }
    if !test.is_empty() {
        lines.push(String::new());
        lines.extend(test);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Project, as-of and run.
fn head(report: &Report, locale: Locale<'_>, width: usize) -> Vec<String> {
    let as_of = match report.as_of {
        Some(moment) => format::date_time(moment, locale.language),
        None if report.sources.files.is_empty() => format::NOT_A_NUMBER.to_owned(),
        None => locale.say(page::AS_OF_NONE),
    };
    let project = format::printable(&report.project, NAME_CHARS_MAX);
    let run = format::printable(&format::code_short(&report.run_id), NAME_CHARS_MAX);
    let (colon, gap) = match locale.language {
        Language::En => (": ", "   "),
        Language::Zh => ("：", "　"),
    };
    let facts = format!(
        "{}{colon}{as_of}{gap}{}{colon}{run}",
        locale.say(page::AS_OF),
        locale.say(page::RUN)
    );
    let mut lines = format::wrap(
        &format!("{project}{gap}{}", locale.say(page::KICKER)),
        width,
    );
    lines.extend(format::wrap(&facts, width));
    lines
}

fn first_on_list(report: &Report, locale: Locale<'_>, width: usize) -> Vec<String> {
    let Ok(risk) = &report.risk else {
        return Vec::new();
    };
    if risk.top.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![locale.say(m::FIRST_AT_RISK)];
    let customers = risk
        .top
        .get(..risk.top.len().min(CUSTOMERS_MAX))
        .unwrap_or_default();
    let names: Vec<String> = customers
        .iter()
        .map(|c| format::printable(&c.customer, NAME_CHARS_MAX))
        .collect();
    let widest = names
        .iter()
        .map(|name| format::display_width(name))
        .max()
        .unwrap_or(0);
    for (customer, name) in customers.iter().zip(&names) {
        let pad = " ".repeat(widest - format::display_width(name));
        let stake = customer.margin_at_stake.map(|stake| locale.money(stake));
        let line = locale.fill(
            m::FIRST_LINE,
            &[
                ("customer", format!("{name}{pad}").into()),
                (
                    "probability",
                    locale.percent(customer.churn_probability).into(),
                ),
                ("stake", stake.unwrap_or_default().into()),
            ],
        );
        let why = customer
            .reasons
            .first()
            .map(|reason| locale.text(reason))
            .unwrap_or_default();
        let line = format!("   {}  {why}", line.trim_end());
        lines.extend(format::wrap(line.trim_end(), width).into_iter().take(1));
    }
    lines
}

fn test_line(report: &Report, locale: Locale<'_>, width: usize) -> Vec<String> {
    let Ok(trust) = &report.trust else {
        return Vec::new();
    };
    let Some(model) = trust.models.iter().find(|model| model.in_use) else {
        return Vec::new();
    };
    let Some(auc) = &model.roc_auc else {
        return Vec::new();
    };
    let name = match model.model {
        ModelKind::PlainRule => crate::messages::expert::PLAIN_RULE,
        ModelKind::LogisticRegression => crate::messages::expert::LOGISTIC,
        ModelKind::DecisionTree => crate::messages::expert::TREE,
        ModelKind::RandomForest => crate::messages::expert::FOREST,
        ModelKind::GradientBoosting => crate::messages::expert::BOOSTING,
        ModelKind::Svm => crate::messages::expert::SVM,
    };
    let line = locale.fill(
        m::TRUST_LINE,
        &[
            ("model", locale.say(name).into()),
            ("auc", format::metric_estimate(auc, locale.language).into()),
        ],
    );
    format::wrap(&line, width)
}
