//! What customers do: counts, shares, seasons, incidents.

use super::*;
use crate::{IncidentKind, Shop};

/// Orders (first lines of sales) per customer.
fn orders_by_customer(rows: &[Row], customers: usize) -> Vec<f64> {
    let mut counts = vec![0.0; customers];
    for row in rows
        .iter()
        .filter(|row| row.line == 1 && row.return_of == 0)
    {
        counts[row.customer as usize] += 1.0;
    }
    counts
}

#[test]
fn the_mean_number_of_lines_is_met() {
    for (mean, days) in [(2.0, 365), (20.0, 730), (40.0, 365)] {
        let shop = shop(4_000, |settings| {
            settings.order_lines_per_customer_mean = mean;
            settings.days = days;
        });
        let rows = all_rows(&shop);
        let bought = rows.iter().filter(|row| row.return_of == 0).count();
        // The rate is set on the orders of these very customers; lines vary.
        let found = bought as f64 / 4_000.0;
        assert!(
            (found / mean - 1.0).abs() < 0.03,
            "{found} instead of {mean}"
        );
    }
}

/// Given when a customer is there, the number of orders after the first is
/// Poisson with rate times season time where gaps are exponential, and has that
/// mean for any gap where the customer was there before the period.
#[test]
fn orders_are_as_many_as_the_rate_says() {
    let shop = shop(6_000, |settings| {
        settings.order_lines_per_customer_mean = 40.0
    });
    let counts = orders_by_customer(&all_rows(&shop), 6_000);
    for before in [false, true] {
        let (mut found, mut expected) = (0.0, 0.0);
        for truth in shop
            .truths()
            .filter(|truth| truth.was_customer_at_start == before)
        {
            if before || truth.gap_shape == 1.0 {
                let from = truth.joined_us.max(shop.start_us());
                let to = truth.left_us.unwrap_or(shop.end_us());
                expected += truth.orders_per_year / 365.25 * shop.season_days(from, to);
                found += counts[truth.customer as usize] - if before { 0.0 } else { 1.0 };
            }
        }
        assert!(expected > 8_000.0);
        assert_count(found, expected, expected, "orders");
    }
}

#[test]
fn regular_customers_are_regular() {
    let shop = shop(3_000, |settings| {
        settings.order_lines_per_customer_mean = 100.0;
        settings.leaving_per_year = 0.0;
        settings.season_amplitude = 0.0;
        settings.december_peak = 1.0;
    });
    let mut times: Vec<Vec<i64>> = vec![Vec::new(); 3_000];
    for row in all_rows(&shop)
        .iter()
        .filter(|row| row.line == 1 && row.return_of == 0)
    {
        times[row.customer as usize].push(row.time_us);
    }
    // Squared variation of gaps times shape is one; months of gaps hide hours.
    let (mut poisson, mut regular) = (Vec::new(), Vec::new());
    for truth in shop.truths() {
        let own = &times[truth.customer as usize];
        if own.len() < 40 {
            continue;
        }
        let gaps: Vec<f64> = own
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps
            .iter()
            .map(|gap| (gap - mean) * (gap - mean))
            .sum::<f64>()
            / gaps.len() as f64;
        let group = if truth.gap_shape == 1.0 {
            &mut poisson
        } else {
            &mut regular
        };
        group.push(variance / (mean * mean) * truth.gap_shape);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(poisson.len() > 200 && regular.len() > 200);
    assert!((mean(&poisson) - 1.0).abs() < 0.12, "{}", mean(&poisson));
    assert!((mean(&regular) - 1.0).abs() < 0.25, "{}", mean(&regular));
}

#[test]
fn the_share_of_returns_is_met() {
    let shop = shop(6_000, |settings| settings.incidents_per_year = 0.0);
    // Orders of the last month may still come back after the end.
    let settled = shop.end_us() - 31 * DAY_US;
    let rows = all_rows(&shop);
    let orders: std::collections::HashSet<u64> = rows
        .iter()
        .filter(|row| row.return_of == 0 && row.time_us < settled)
        .map(|row| row.order_id)
        .collect();
    let returns = rows
        .iter()
        .filter(|row| row.line == 1 && orders.contains(&row.return_of))
        .count() as f64;
    let n = orders.len() as f64;
    // Propensities differ between customers: more than binomial variance.
    assert_count(returns, 0.05 * n, 2.0 * 0.05 * n, "returns");
}

/// Orders per day over days counted from the start.
fn per_day(rows: &[Row], shop: &Shop, days: impl Iterator<Item = i64>) -> f64 {
    let mut counts = vec![0.0; shop.settings().days as usize];
    for row in rows
        .iter()
        .filter(|row| row.line == 1 && row.return_of == 0)
    {
        counts[((row.time_us - shop.start_us()) / DAY_US) as usize] += 1.0;
    }
    let chosen: Vec<f64> = days.map(|day| counts[day as usize]).collect();
    chosen.iter().sum::<f64>() / chosen.len() as f64
}

#[test]
fn december_saturdays_and_evenings_are_busy() {
    let shop = shop(5_000, |settings| {
        settings.share_at_start = 1.0;
        settings.leaving_per_year = 0.0;
        settings.order_lines_per_customer_mean = 40.0;
    });
    let rows = all_rows(&shop);
    // 2023-12-01 is day 334; four weeks of November end on day 333. The yearly
    // wave turns from 1.15 to 1.12 on the way.
    let december = per_day(&rows, &shop, 334..355);
    let november = per_day(&rows, &shop, 306..334);
    assert!(
        (december / november - 1.8 * 0.97).abs() < 0.08,
        "{}",
        december / november
    );
    // 2023-01-01 was a Sunday: Saturdays are days 6, 13, ..., Tuesdays 2, 9, ...
    let saturdays = per_day(&rows, &shop, (6..700).step_by(7));
    let tuesdays = per_day(&rows, &shop, (2..700).step_by(7));
    assert!(
        (saturdays / tuesdays - 1.15 / 0.95).abs() < 0.05,
        "{}",
        saturdays / tuesdays
    );
    let at = |from: i64, to: i64| {
        let hour =
            |row: &&Row| (from..to).contains(&(row.time_us.rem_euclid(DAY_US) / 3_600_000_000));
        rows.iter()
            .filter(|row| row.channel == 0 && row.return_of == 0)
            .filter(hour)
            .count()
    };
    assert!(at(19, 22) > 5 * at(0, 6));
}

#[test]
fn local_time_moves_the_day() {
    let shanghai = shop(500, |settings| {
        settings.utc_offset_minutes = 480;
        settings.start_us -= 480 * 60_000_000;
    });
    // The store opens between 8 and 21 o'clock of its own clock: 0 to 13 UTC.
    for row in all_rows(&shanghai)
        .iter()
        .filter(|row| row.channel == 2 && row.return_of == 0)
    {
        assert!((0..14).contains(&(row.time_us.rem_euclid(DAY_US) / 3_600_000_000)));
    }
}

#[test]
fn habits_show_in_what_is_bought() {
    let shop = shop(2_000, |settings| {
        settings.order_lines_per_customer_mean = 60.0
    });
    let rows = all_rows(&shop);
    let truths: Vec<_> = shop.truths().collect();
    let bought = rows.iter().filter(|row| row.return_of == 0).count() as f64;
    let favourite = rows
        .iter()
        .filter(|row| row.return_of == 0)
        .filter(|row| row.product % 8 == u32::from(truths[row.customer as usize].favourite_group))
        .count() as f64;
    // By chance it would be an eighth: 0.2 + 0.225 in the group, an eighth of the rest.
    assert!(
        (favourite / bought - 0.497).abs() < 0.05,
        "{}",
        favourite / bought
    );
    let own_channel = rows
        .iter()
        .filter(|row| row.channel == truths[row.customer as usize].channel)
        .count() as f64;
    let share = own_channel / rows.len() as f64;
    assert!((share - (0.8 + 0.2 / 3.0)).abs() < 0.01, "{share}");
}

#[test]
fn incidents_leave_their_mark() {
    let shop = shop(8_000, |settings| {
        settings.incidents_per_year = 6.0;
        settings.order_lines_per_customer_mean = 40.0;
    });
    assert_eq!(shop.incidents().len(), 12);
    let rows = all_rows(&shop);
    for incident in shop.incidents() {
        let from = shop.start_us() + i64::from(incident.day) * DAY_US;
        let to = from + i64::from(incident.days) * DAY_US;
        let during = |row: &&Row| row.return_of == 0 && (from..to).contains(&row.time_us);
        match incident.kind {
            IncidentKind::StockOut => {
                let group = u32::from(incident.group.unwrap());
                let gone =
                    |row: &&Row| row.product % 8 == group && (row.product / 8).is_multiple_of(2);
                assert_eq!(rows.iter().filter(during).filter(gone).count(), 0);
                assert!(rows.iter().filter(gone).count() > 0);
            }
            IncidentKind::PriceRise => {
                let group = u32::from(incident.group.unwrap());
                for row in rows
                    .iter()
                    .filter(during)
                    .filter(|row| row.product % 8 == group)
                {
                    let list = shop.list_price_cents(row.product) as f64;
                    assert!(row.unit_price_cents as f64 >= (list * 1.12).floor());
                }
            }
            IncidentKind::BadDelivery => {
                let hit: std::collections::HashSet<u64> = rows
                    .iter()
                    .filter(during)
                    .filter(|row| Some(row.country) == incident.country && row.channel != 2)
                    .map(|row| row.order_id)
                    .collect();
                let back = |row: &&Row| row.line == 1 && hit.contains(&row.return_of);
                let share = rows.iter().filter(back).count() as f64 / hit.len() as f64;
                let late = to + 30 * DAY_US > shop.end_us();
                assert!(
                    late || hit.len() < 50 || (0.10..0.32).contains(&share),
                    "{share}"
                );
            }
        }
    }
}
