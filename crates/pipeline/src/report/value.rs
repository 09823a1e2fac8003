//! What customers are worth.

use perennial_web::Text;
use perennial_web::report::{Estimate, LifetimeFormula, LifetimeValue, Missing, Part, Value};

use super::material::Material;
use crate::stages::people::{People, YEAR_DAYS};
use crate::stages::value::{Notes, PLAIN_SUM, SURVIVAL_SUM};

/// The section, or why there is none.
pub(super) fn part(m: &Material<'_>) -> Part<Value> {
    let settings = &m.project.settings.value;
    if !m.project.settings.has_money() {
        return Err(m.no_amounts());
    }
    let Some(notes) = &m.value else {
        return Err(m.model().err().unwrap_or(Missing::NotRun));
    };
    if notes.historic_total.is_none() && notes.totals.is_empty() {
        return Err(m.model().err().unwrap_or_else(|| m.no_amounts()));
    }
    // NaN: a labelled table tells what is paid, not what has been paid so far.
    let historic = notes.historic_total.unwrap_or(f64::NAN);
    Ok(Value {
        margin_share: settings.margin.get(),
        horizon_days: f64::from(notes.years) * YEAR_DAYS,
        discount_rate_per_year: settings.discount_rate_per_year.get(),
        customers: notes.customers,
        historic_total: Estimate::exact(historic),
        historic_mean: Estimate::exact(historic / notes.customers.max(1) as f64),
        lifetime: lifetime(notes),
        concentration: m.people.as_ref().and_then(concentration),
    })
}

/// Each formula's totals. None is marked as used: what is at stake is counted
/// from the yearly margin.
fn lifetime(notes: &Notes) -> Vec<LifetimeValue> {
    let customers = notes.customers.max(1) as f64;
    notes
        .totals
        .iter()
        .map(|(name, total, low, high)| {
            let total = between(*total, *low, *high);
            LifetimeValue {
                formula: formula(name),
                mean: Estimate {
                    value: total.value / customers,
                    interval: total
                        .interval
                        .map(|(low, high)| (low / customers, high / customers)),
                },
                total,
                used: false,
            }
        })
        .collect()
}

/// An estimate with its interval; without one where an end is not known, as
/// when no probability had an interval, or where the ends do not hold the value.
fn between(value: f64, low: Option<f64>, high: Option<f64>) -> Estimate {
    let holding = |(low, high): &(f64, f64)| low < high && (*low..=*high).contains(&value);
    Estimate {
        value,
        interval: low.zip(high).filter(holding),
    }
}

fn formula(name: &str) -> LifetimeFormula {
    match name {
        PLAIN_SUM => LifetimeFormula::PlainSum,
        SURVIVAL_SUM => LifetimeFormula::CompoundingInArrears,
        other => LifetimeFormula::Other(Text::same(other)),
    }
}

/// How value is spread: of what was earned so far, or else of what is paid.
fn concentration(people: &People) -> Option<Vec<(f64, f64)>> {
    let earned = people.historic.iter().any(|v| v.is_finite());
    lorenz(if earned {
        &people.historic
    } else {
        &people.margin_per_year
    })
}

/// Cumulated shares, the richest first: (share of customers, share of value),
/// ending at (1, 1). A customer who costs more than they bring counts as zero.
/// None where there is nothing to share.
fn lorenz(values: &[f64]) -> Option<Vec<(f64, f64)>> {
    let mut sorted: Vec<f64> = values
        .iter()
        .filter(|v| v.is_finite())
        .map(|v| v.max(0.0))
        .collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (n, total) = (sorted.len(), sorted.iter().sum::<f64>());
    if total <= 0.0 {
        return None;
    }
    let mut points: Vec<(f64, f64)> = Vec::new();
    let (mut taken, mut sum) = (0, 0.0);
    for percent in grid_percent() {
        let upto = (n * percent).div_ceil(100);
        sum += sorted
            .get(taken..upto)
            .unwrap_or_default()
            .iter()
            .sum::<f64>();
        if upto > taken {
            points.push((upto as f64 / n as f64, (sum / total).min(1.0)));
        }
        taken = taken.max(upto);
    }
    if let Some(last) = points.last_mut() {
        *last = (1.0, 1.0);
    }
    Some(points)
}

/// Places along the curve, closer where it bends: 40 of them.
fn grid_percent() -> impl Iterator<Item = usize> {
    (1..=10)
        .chain((12..=50).step_by(2))
        .chain((55..=100).step_by(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_richest_come_first_and_all_hold_all() {
        // Four customers worth 60, 30, 10 and less than nothing.
        let points = lorenz(&[10.0, -5.0, 60.0, f64::NAN, 30.0]).unwrap();
        let expected = [(0.25, 0.6), (0.5, 0.9), (0.75, 1.0), (1.0, 1.0)];
        assert_eq!(points.len(), expected.len());
        for (found, expected) in points.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-12 && (found.1 - expected.1).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_values_lie_on_the_diagonal_in_few_points() {
        let points = lorenz(&[2.0; 1000]).unwrap();
        assert_eq!(points.len(), 40);
        assert!(points.iter().all(|(x, y)| (x - y).abs() < 1e-9));
        assert_eq!(points[0].0, 0.01);
        assert_eq!(points.last(), Some(&(1.0, 1.0)));
    }

    #[test]
    fn nothing_to_share_has_no_curve() {
        assert_eq!(lorenz(&[]), None);
        assert_eq!(lorenz(&[0.0, -3.0, f64::NAN]), None);
    }

    #[test]
    fn an_interval_that_does_not_hold_its_value_is_none() {
        assert_eq!(
            between(5.0, Some(4.0), Some(7.0)).interval,
            Some((4.0, 7.0))
        );
        assert_eq!(between(5.0, Some(0.0), Some(0.0)).interval, None);
        assert_eq!(between(5.0, Some(4.0), None).interval, None);
    }
}
