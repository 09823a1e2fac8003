//! Who is at risk: what lost means, the list, what is at stake. The sums over
//! all customers that the report needs are made here, once.

use perennial_web::report::{
    CustomerAtRisk, Estimate, HorizonChoice, LostDefinition, Missing, Part, ProbabilityBin, Risk,
    ThresholdReason,
};
use perennial_web::{Language, Text, format};

use super::material::Material;
use super::read;
use crate::Result;
use crate::settings::{Literal, Role, Settings};
use crate::stages::features::{FROM_SPAN, HorizonNotes};
use crate::stages::model;
use crate::stages::people::People;

/// Customers on the page.
const TOP: usize = 20;
/// Bars of the distribution.
const BINS: usize = 10;

/// Everybody who was scored and is not lost already, looked at once.
#[derive(Debug)]
pub(super) struct Survey {
    /// Those at risk, by their place among the customers; most margin at stake
    /// first.
    pub order: Vec<usize>,
    expected_losses: Option<Estimate>,
    margin_at_stake: Part<Estimate>,
    distribution: Vec<ProbabilityBin>,
}

/// The survey of a run, or why there is none.
pub(super) fn survey_of(m: &Material<'_>) -> Part<Survey> {
    let notes = m.model()?;
    let people = m.people.as_ref().ok_or(Missing::NotRun)?;
    let mut survey = survey(people, notes.threshold);
    if survey.margin_at_stake.is_err() {
        survey.margin_at_stake = Err(m.no_amounts());
    }
    Ok(survey)
}

/// The section, or why there is none.
pub(super) async fn part(
    m: &Material<'_>,
    survey: &Part<Survey>,
    list_files: Vec<String>,
) -> Result<Part<Risk>> {
    let (survey, notes, people) = match (survey, m.model(), &m.people) {
        (Ok(survey), Ok(notes), Some(people)) => (survey, notes, people),
        (Err(missing), _, _) => return Ok(Err(missing.clone())),
        (_, Err(missing), _) => return Ok(Err(missing)),
        (_, _, None) => return Ok(Err(Missing::NotRun)),
    };
    Ok(Ok(Risk {
        lost: lost(m),
        customers_scored: people.customer_id.len() as u64 - people.lost_already_count(),
        lost_already: people.lost_already_count(),
        customers_at_risk: survey.order.len() as u64,
        threshold: notes.threshold,
        threshold_reason: threshold_reason(m, notes),
        expected_losses: survey.expected_losses,
        margin_at_stake: survey.margin_at_stake.clone(),
        distribution: survey.distribution.clone(),
        top: top(m, people, survey).await?,
        list_files,
    }))
}

/// How the threshold was chosen.
pub(super) fn threshold_reason(m: &Material<'_>, notes: &model::Notes) -> ThresholdReason {
    let valued = || {
        m.people
            .as_ref()
            .is_some_and(|p| p.margin_per_year.iter().any(|v| v.is_finite()))
    };
    if notes.threshold_by_profit {
        ThresholdReason::Profit
    } else if !m.project.settings.offers.is_empty() && valued() {
        ThresholdReason::Other(Text::new(
            "The first offer would not pay for a customer of mean value whatever the probability, \
             so that one half stands in.",
            "对价值处于平均水平的客户，首个优惠在任何概率下都不划算，因此暂取一半。",
        ))
    } else {
        ThresholdReason::Half
    }
}

/// The head of the list, with the reasons in both languages.
async fn top(m: &Material<'_>, people: &People, survey: &Survey) -> Result<Vec<CustomerAtRisk>> {
    let first = survey
        .order
        .get(..survey.order.len().min(TOP))
        .unwrap_or_default();
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = first.iter().map(|&i| people.customer_id[i]).collect();
    let names = m.names(&ids).await?;
    let version = m.stages.version("scores");
    let columns = ["reasons_en", "reasons_zh"];
    let said = read::texts_at(&m.project.lake, "scores", version, columns, first).await?;
    let rows = first.iter().zip(names).zip(said);
    Ok(rows
        .map(|((&i, name), [en, zh])| customer(people, i, name, reasons(&en, &zh)))
        .collect())
}

/// One customer as the lists show them; `i` is the place among the customers.
pub(super) fn customer(
    people: &People,
    i: usize,
    customer: String,
    reasons: Vec<Text>,
) -> CustomerAtRisk {
    let known = |v: f64| Some(v).filter(|v| v.is_finite());
    CustomerAtRisk {
        customer,
        churn_probability: people.churn_probability[i],
        value: known(people.margin_per_year[i]),
        margin_at_stake: known(stake(people, i)),
        silence_days: known(people.silence_days[i]),
        gap_mean_days: known(people.gap_mean_days[i]),
        days_left: known(people.days_left[i]),
        tenure_days: known(people.tenure_days[i]),
        reasons,
    }
}

/// Probability times what the customer brings in a year at margin.
fn stake(people: &People, i: usize) -> f64 {
    people.churn_probability[i] * people.margin_per_year[i]
}

fn survey(people: &People, threshold: f64) -> Survey {
    let p = &people.churn_probability;
    let here = || (0..p.len()).filter(|&i| !people.lost_already[i]);
    let mut order: Vec<usize> = here().filter(|&i| p[i] >= threshold).collect();
    // Whoever has no known value comes last; among equals the likelier to leave
    // first, then any fixed order.
    let rank = |i: usize| {
        let at_stake = stake(people, i);
        if at_stake.is_finite() {
            at_stake
        } else {
            f64::NEG_INFINITY
        }
    };
    order.sort_unstable_by(|&a, &b| {
        rank(b)
            .total_cmp(&rank(a))
            .then(p[b].total_cmp(&p[a]))
            .then(people.customer_id[a].cmp(&people.customer_id[b]))
    });
    let valued = people.margin_per_year.iter().any(|v| v.is_finite());
    let margin_at_stake = if valued {
        Ok(
            summed(order.iter().copied(), people, |i| people.margin_per_year[i])
                .unwrap_or(Estimate::exact(0.0)),
        )
    } else {
        Err(Missing::NoAmounts)
    };
    Survey {
        expected_losses: summed(here(), people, |_| 1.0),
        distribution: distribution(people, valued),
        margin_at_stake,
        order,
    }
}

/// The sum of probability times `weight` over some customers, with the sums of
/// the ends of their intervals: all errors taken to go the same way, which is
/// as far as the calibration's own uncertainty can carry. Customers without a
/// weight or probability are passed over; none where there are no others.
fn summed(
    who: impl Iterator<Item = usize>,
    people: &People,
    weight: impl Fn(usize) -> f64,
) -> Option<Estimate> {
    let (mut value, mut low, mut high) = (0.0, 0.0, 0.0);
    let mut any = false;
    for i in who {
        let (p, weight) = (people.churn_probability[i], weight(i));
        if !p.is_finite() || !weight.is_finite() {
            continue;
        }
        any = true;
        let (a, b) = (people.churn_low[i] * weight, people.churn_high[i] * weight);
        value += p * weight;
        // A sum with an unknown end has an unknown end: NaN stays.
        low += if a > b { b } else { a };
        high += if a > b { a } else { b };
    }
    any.then(|| Estimate {
        value,
        interval: (low.is_finite() && high.is_finite()).then_some((low, high)),
    })
}

/// Customers in tenths of the churn probability; the last holds one itself.
/// Whoever is lost already is in none.
fn distribution(people: &People, valued: bool) -> Vec<ProbabilityBin> {
    let mut bins: Vec<ProbabilityBin> = (0..BINS)
        .map(|at| ProbabilityBin {
            low: at as f64 / BINS as f64,
            high: (at + 1) as f64 / BINS as f64,
            customers: 0,
            margin_at_stake: valued.then_some(0.0),
        })
        .collect();
    for (i, &p) in people.churn_probability.iter().enumerate() {
        let at = bins.partition_point(|bin| bin.low <= p).saturating_sub(1);
        let counts = p.is_finite() && !people.lost_already[i];
        let Some(bin) = bins.get_mut(at).filter(|_| counts) else {
            continue;
        };
        bin.customers += 1;
        let at_stake = stake(people, i);
        if let (Some(sum), true) = (&mut bin.margin_at_stake, at_stake.is_finite()) {
            *sum += at_stake;
        }
    }
    bins
}

/// Reasons as the scores hold them, apart again. The English phrases hold the
/// separator themselves ("...; 12 is typical"), so pieces of that form belong
/// to the one before; where the two languages then disagree on their number,
/// all reasons stay one.
pub(super) fn reasons(en: &str, zh: &str) -> Vec<Text> {
    let mut apart: Vec<String> = Vec::new();
    for piece in en.split("; ") {
        match apart.last_mut() {
            Some(last) if piece.contains(" is typical") => {
                last.push_str("; ");
                last.push_str(piece);
            }
            _ => apart.push(piece.to_owned()),
        }
    }
    let chinese: Vec<&str> = zh.split('；').collect();
    if en.is_empty() && zh.is_empty() {
        Vec::new()
    } else if apart.len() == chinese.len() {
        apart
            .into_iter()
            .zip(chinese)
            .map(|(en, zh)| Text::new(en, zh))
            .collect()
    } else {
        vec![Text::new(en, zh)]
    }
}

/// What lost means in this project.
fn lost(m: &Material<'_>) -> LostDefinition {
    match &m.features {
        Some(notes) => {
            let (horizon_days, choice) =
                (f64::from(notes.plan.horizon_days), choice(&notes.horizon));
            match (&notes.events, &notes.contracts) {
                (Some(events), _) => LostDefinition::NoEvent {
                    names: events.active.clone(),
                    horizon_days,
                    choice,
                },
                (None, Some(contracts)) => LostDefinition::Contract {
                    horizon_days,
                    grace_days: f64::from(contracts.grace_days),
                    choice,
                },
                (None, None) => LostDefinition::NoPurchase {
                    horizon_days,
                    choice,
                },
            }
        }
        None => label(&m.project.settings),
    }
}

fn label(settings: &Settings) -> LostDefinition {
    let column = settings
        .sources
        .iter()
        .find_map(|s| s.columns.get(Role::Label));
    let lost_when = settings.lost.lost_when.as_ref().map(Literal::as_str);
    LostDefinition::Label {
        column: column.unwrap_or_default().to_owned(),
        lost_when: lost_when.unwrap_or_default().to_owned(),
    }
}

/// Why the horizon is what it is.
fn choice(notes: &HorizonNotes) -> HorizonChoice {
    if notes.set {
        return HorizonChoice::Set;
    }
    if notes.limit == FROM_SPAN {
        return HorizonChoice::FromSpan;
    }
    if let Some(text) = horizon_limit(notes) {
        return HorizonChoice::Other(text);
    }
    match (notes.gap_median_days, notes.covered_share) {
        (Some(median), Some(share)) => HorizonChoice::FromRhythm {
            customers: notes.repeat_customers,
            gap_median_days: median as f64,
            share_of_gaps_within: share,
            candidates: notes.candidates.clone(),
        },
        _ => HorizonChoice::Other(no_rhythm(notes.days)),
    }
}

/// What kept the horizon from being what the customers' rhythm asks for; none
/// where nothing did, or where the settings give it.
pub(super) fn horizon_limit(notes: &HorizonNotes) -> Option<Text> {
    let (days, wanted) = (notes.days, notes.wanted_days);
    let within = |language| {
        notes
            .covered_share
            .map_or_else(|| "–".to_owned(), |s| format::percent(s, language))
    };
    let (en, zh) = (within(Language::En), within(Language::Zh));
    if notes.set {
        return None;
    }
    match notes.limit.as_str() {
        "span" => Some(Text::new(
            format!(
                "The customers' own rhythm asks for {wanted} days, but the history is long enough \
                 to learn and to test with {days} days only; {en} of the gaps between a \
                 customer's days are no longer than that."
            ),
            format!(
                "按客户自身的节奏应取 {wanted} 天，但现有历史只够用 {days} 天来学习和检验；\
                 客户的间隔中有 {zh} 不超过该期限。"
            ),
        )),
        "span_too_short" => Some(Text::new(
            format!(
                "The history is too short to learn and to test with any horizon; {days} days, the \
                 shortest looked at, stand in until there are more data."
            ),
            format!(
                "历史数据太短，任何期限都不足以学习和检验；在数据增加之前，暂取最短的 {days} 天。"
            ),
        )),
        "longest_candidate" => Some(Text::new(
            format!(
                "Even {days} days, the longest horizon looked at, hold only {en} of the gaps \
                 between a customer's days: some who count as lost are merely slow."
            ),
            format!(
                "即使取考察过的最长期限 {days} 天，也只涵盖 {zh} 的间隔：部分被视为流失的客户只是来得较慢。"
            ),
        )),
        "no_repeats" => Some(no_rhythm(days)),
        _ => None,
    }
}

fn no_rhythm(days: u32) -> Text {
    Text::new(
        format!(
            "Too few customers came on two days to tell their rhythm; {days} days stand in for it."
        ),
        format!("多日出现的客户太少，无法判断节奏；暂以 {days} 天代替。"),
    )
}

#[cfg(test)]
mod tests;
