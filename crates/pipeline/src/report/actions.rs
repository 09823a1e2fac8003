//! What to do, what it costs and what it should bring.

use perennial_learn::decide::detectable_difference;
use perennial_web::Text;
use perennial_web::report::{
    Action, Actions, Estimate, FrontierPoint, HoldOutTest, Missing, Offer, Part,
};

use super::material::Material;
use super::read::{self, Offered};
use crate::Result;
use crate::stages::decide::{Notes, OfferNotes};

/// Actions on the page.
const TOP: usize = 20;

/// Who gets an offer.
#[derive(Debug)]
pub(super) struct Chosen {
    pub rows: Offered,
    /// Places in `rows`, the best expected net gain first.
    pub order: Vec<usize>,
}

/// Who gets an offer, or why nobody could.
pub(super) async fn chosen_of(m: &Material<'_>) -> Result<Part<Chosen>> {
    let (Some(notes), Some(done)) = (&m.decide, &m.stages.decide) else {
        return Ok(Err(m.model().err().unwrap_or(Missing::NotRun)));
    };
    if let Some(reason) = &notes.none_because {
        return Ok(Err(missing(m, reason)));
    }
    let rows = read::offered(&m.project.lake, done.version("decisions")).await?;
    let order = best_first(&rows);
    Ok(Ok(Chosen { rows, order }))
}

/// Why there is no plan.
fn missing(m: &Material<'_>, reason: &str) -> Missing {
    match reason {
        "no_offers" => Missing::NoOffers,
        "no_values" => m.model().err().unwrap_or_else(|| m.no_amounts()),
        "no_budget" => Missing::Other(Text::new(
            "The settings give a budget of 0, so nothing can be spent.",
            "设置中的预算为 0，因此无法支出。",
        )),
        other => Missing::Other(Text::same(format!("{other}."))),
    }
}

/// Best net gain first; among equals the likelier to leave, then any fixed order.
fn best_first(rows: &Offered) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.net.len()).collect();
    order.sort_unstable_by(|&a, &b| {
        rows.net[b]
            .total_cmp(&rows.net[a])
            .then(rows.churn_probability[b].total_cmp(&rows.churn_probability[a]))
            .then(rows.customer_id[a].cmp(&rows.customer_id[b]))
    });
    order
}

/// The section, or why there is none.
pub(super) async fn part(
    m: &Material<'_>,
    chosen: &Part<Chosen>,
    list_files: Vec<String>,
) -> Result<Part<Actions>> {
    let (chosen, notes) = match (chosen, &m.decide) {
        (Ok(chosen), Some(notes)) => (chosen, notes),
        (Err(missing), _) => return Ok(Err(missing.clone())),
        (Ok(_), None) => return Ok(Err(Missing::NotRun)),
    };
    let policy = &m.project.settings.policy;
    Ok(Ok(Actions {
        offers: notes.offers.iter().map(offer).collect(),
        budget: policy.budget.map(|budget| budget.get()),
        spend: notes.spend,
        considered: notes.considered,
        lost_already: notes.lost_already,
        chosen: notes.chosen,
        held_out: notes.held_out_intended,
        hold_out_share: policy.hold_out.get(),
        test: hold_out_test(notes),
        expected_net: expected_net(notes),
        baseline_churn: notes.baseline_churn,
        value_horizon_days: value_horizon_days(&notes.offers),
        frontier: frontier(&notes.frontier),
        top: top(m, chosen).await?,
        list_files,
    }))
}

/// What each budget would bring; nothing where nothing can be spent.
fn frontier(points: &[(f64, f64, u64)]) -> Vec<FrontierPoint> {
    if points.iter().all(|(spend, _, _)| *spend == 0.0) {
        return Vec::new();
    }
    let point = |&(spend, net, customers): &(f64, f64, u64)| FrontierPoint {
        spend,
        net: Estimate::exact(net),
        customers,
    };
    points.iter().map(point).collect()
}

fn expected_net(notes: &Notes) -> Estimate {
    // Without intervals of the probabilities the two ends are the value itself.
    if notes.net_low < notes.net_high {
        Estimate::between(
            notes.net,
            notes.net_low.min(notes.net),
            notes.net_high.max(notes.net),
        )
    } else {
        Estimate::exact(notes.net)
    }
}

/// What the hold-out could show of what is assumed.
fn hold_out_test(notes: &Notes) -> Option<HoldOutTest> {
    let (baseline, held_out) = (notes.baseline_churn, notes.held_out_intended);
    let kept: f64 = notes
        .offers
        .iter()
        .map(|o| o.assumed_effect * o.chosen as f64)
        .sum();
    Some(HoldOutTest {
        expected: baseline * kept / notes.chosen.max(1) as f64,
        detectable: detectable_difference(baseline, notes.chosen, held_out)?,
    })
}

fn offer(notes: &OfferNotes) -> Offer {
    Offer {
        name: notes.name.clone(),
        cost_per_use: notes.cost_per_use,
        effect: Estimate::exact(notes.assumed_effect),
        effect_measured: false,
        effect_lasts_days: notes.effect_lasts_days,
        chosen: notes.chosen,
        spend: notes.spend,
        expected_net: Estimate::exact(notes.net),
    }
}

/// How far ahead kept margin is counted: as long as the effect lasts; the
/// longest where offers differ, of those that are used where any is.
fn value_horizon_days(offers: &[OfferNotes]) -> f64 {
    let longest = |used: bool| {
        let lasting = offers.iter().filter(|o| !used || o.chosen > 0);
        lasting.map(|o| o.effect_lasts_days).reduce(f64::max)
    };
    longest(true).or_else(|| longest(false)).unwrap_or(0.0)
}

/// The head of the list, with the reasons in both languages.
async fn top(m: &Material<'_>, chosen: &Chosen) -> Result<Vec<Action>> {
    let first = chosen
        .order
        .get(..chosen.order.len().min(TOP))
        .unwrap_or_default();
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = first.iter().map(|&i| chosen.rows.customer_id[i]).collect();
    let places: Vec<usize> = first.iter().map(|&i| chosen.rows.row[i]).collect();
    let names = m.names(&ids).await?;
    let version = m.stages.version("decisions");
    let columns = ["why_en", "why_zh"];
    let why = read::texts_at(&m.project.lake, "decisions", version, columns, &places).await?;
    let rows = first.iter().zip(names).zip(why);
    Ok(rows
        .map(|((&i, name), [en, zh])| action(&chosen.rows, i, name, Text::new(en, zh)))
        .collect())
}

/// One action as the lists show it; `i` is the place in `rows`.
pub(super) fn action(rows: &Offered, i: usize, customer: String, why: Text) -> Action {
    Action {
        customer,
        offer: rows.offers.get(rows.offer[i]).cloned().unwrap_or_default(),
        channel: None,
        churn_probability: rows.churn_probability[i],
        value: rows.value[i],
        cost: rows.cost[i],
        net: rows.net[i],
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_net_gain_comes_first() {
        let rows = Offered {
            row: vec![0, 1, 2, 3],
            customer_id: vec![14, 13, 12, 11],
            offer: vec![0; 4],
            offers: vec!["voucher".to_owned()],
            churn_probability: vec![0.5, 0.6, 0.7, 0.7],
            value: vec![100.0; 4],
            cost: vec![10.0; 4],
            net: vec![3.0, 9.0, 3.0, 3.0],
        };
        assert_eq!(best_first(&rows), [1, 3, 2, 0]);
        let first = action(&rows, 1, "C-13".to_owned(), Text::same("because"));
        assert_eq!((first.offer.as_str(), first.net), ("voucher", 9.0));
    }

    #[test]
    fn a_frontier_without_any_spend_is_none() {
        assert!(frontier(&[(0.0, 0.0, 0), (0.0, 0.0, 0)]).is_empty());
        let found = frontier(&[(0.0, 0.0, 0), (10.0, 4.0, 1)]);
        assert_eq!(
            (found.len(), found[1].spend, found[1].net.value),
            (2, 10.0, 4.0)
        );
    }

    #[test]
    fn kept_margin_is_counted_as_long_as_the_effects_in_use_last() {
        let offer = |lasts: f64, chosen: u64| OfferNotes {
            name: String::new(),
            cost_per_use: 1.0,
            assumed_effect: 0.1,
            effect_lasts_days: lasts,
            chosen,
            spend: 0.0,
            net: 0.0,
        };
        assert_eq!(value_horizon_days(&[offer(90.0, 3), offer(365.0, 0)]), 90.0);
        assert_eq!(
            value_horizon_days(&[offer(90.0, 0), offer(365.0, 0)]),
            365.0
        );
        assert_eq!(value_horizon_days(&[]), 0.0);
    }
}
