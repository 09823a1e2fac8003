//! A second opinion on the features of events: every one computed anew at every cut, from the
//! definitions and without cleverness, on random histories.

use std::collections::{BTreeMap, BTreeSet};

use crate::event_table::{Clicks, names};
use crate::table::{Random, calendar};
use jiff::{Timestamp, Zoned, civil::Weekday, tz::TimeZone};
use perennial_history::{
    AsOf, DAY_US, EventFold, EventNames, FeatureRows, Fold, GathersRows, UNKNOWN_PRODUCT,
    event_features,
};

const MINUTE_US: i64 = 60_000_000;

/// One event: time, name as text, item.
type Click = (i64, &'static str, Option<u32>);

struct Peer {
    zone: TimeZone,
    told_apart: Vec<String>,
    /// The names that count, all where empty.
    active: Vec<&'static str>,
}

impl Peer {
    fn local(&self, time_us: i64) -> Zoned {
        let moment = Timestamp::from_microsecond(time_us).unwrap();
        moment.to_zoned(self.zone.clone())
    }

    fn day(&self, time_us: i64) -> i64 {
        let epoch = jiff::civil::date(1970, 1, 1);
        i64::from((self.local(time_us).date() - epoch).get_days())
    }

    /// The features at a cut by name; none without an active event.
    fn features(&self, history: &[Click], cut: i64) -> Option<BTreeMap<String, f64>> {
        let known: Vec<Click> = history.iter().copied().filter(|e| e.0 < cut).collect();
        let active: Vec<i64> = known
            .iter()
            .filter(|e| self.active.is_empty() || self.active.contains(&e.1))
            .map(|e| e.0)
            .collect();
        let (first, last) = (active.iter().min()?, active.iter().max()?);
        let mut row = BTreeMap::new();
        let mut put = |name: &str, value: f64| {
            assert!(row.insert(name.to_owned(), value).is_none(), "{name} twice");
        };
        let elapsed = |time_us: i64| (cut - time_us) as f64 / DAY_US as f64;
        put("recency_days", elapsed(*last));
        put("tenure_days", elapsed(*first));
        self.put_counts(&known, cut, &mut put);
        self.put_days(&active, cut, &mut put);
        put_sessions(&known, cut, &mut put);
        put_items(&known, &mut put);
        self.put_clock(&known, &mut put);
        for name in &self.told_apart {
            let times: Vec<i64> = known.iter().filter(|e| e.1 == name).map(|e| e.0).collect();
            put(&format!("{name}_total"), times.len() as f64);
            for days in [7, 30] {
                let within = times.iter().filter(|&&t| t >= cut - days * DAY_US).count();
                put(&format!("{name}_{days}d"), within as f64);
            }
            let recency = times.iter().max().map_or(f64::NAN, |&t| elapsed(t));
            put(&format!("{name}_recency_days"), recency);
        }
        Some(row)
    }

    fn put_counts(&self, known: &[Click], cut: i64, put: &mut impl FnMut(&str, f64)) {
        let between = |from_days: i64, to_days: i64| {
            let inside =
                |e: &&Click| e.0 >= cut - from_days * DAY_US && e.0 < cut - to_days * DAY_US;
            known.iter().filter(inside).count() as f64
        };
        put("events_total", known.len() as f64);
        for days in [1, 7, 30, 90] {
            put(&format!("events_{days}d"), between(days, 0));
        }
        for days in [7, 30] {
            let trend = (between(days, 0) + 1.0) / (between(2 * days, days) + 1.0);
            put(&format!("trend_{days}d"), trend);
        }
    }

    fn put_days(&self, active: &[i64], cut: i64, put: &mut impl FnMut(&str, f64)) {
        let today = self.day(cut - 1);
        let days: BTreeSet<i64> = active.iter().map(|&t| self.day(t)).collect();
        put("active_days_total", days.len() as f64);
        for w in [7, 30] {
            let within = days.iter().filter(|&&day| day > today - w).count();
            put(&format!("active_days_{w}d"), within as f64);
        }
        let days: Vec<i64> = days.into_iter().collect();
        let gaps: Vec<f64> = days.windows(2).map(|p| (p[1] - p[0]) as f64).collect();
        let n = gaps.len() as f64;
        let silence = (today - days[days.len() - 1]) as f64;
        let mean = gaps.iter().sum::<f64>() / n; // 0 / 0 is missing
        let squares: f64 = gaps.iter().map(|gap| (gap - mean).powi(2)).sum();
        let std = if gaps.len() < 2 {
            f64::NAN
        } else {
            (squares / (n - 1.0)).sqrt()
        };
        put("gap_mean_days", mean);
        put("gap_std_days", std);
        put("silence_ratio", silence / mean);
        let all_equal = gaps.iter().all(|gap| *gap == gaps[0]);
        let z = if all_equal {
            f64::NAN
        } else {
            (silence - mean) / std
        };
        put("silence_z", z);
    }

    fn put_clock(&self, known: &[Click], put: &mut impl FnMut(&str, f64)) {
        let n = known.len() as f64;
        let hours: Vec<f64> = known
            .iter()
            .map(|e| f64::from(self.local(e.0).hour()))
            .collect();
        put("hour_mean", hours.iter().sum::<f64>() / n);
        let is_weekend = |e: &&Click| {
            matches!(
                self.local(e.0).weekday(),
                Weekday::Saturday | Weekday::Sunday
            )
        };
        let weekend = known.iter().filter(is_weekend).count();
        put("weekend_share", weekend as f64 / n);
    }
}

fn put_sessions(known: &[Click], cut: i64, put: &mut impl FnMut(&str, f64)) {
    let mut sessions: Vec<Vec<i64>> = Vec::new();
    for &(time_us, _, _) in known {
        match sessions.last_mut() {
            Some(session) if time_us - session[session.len() - 1] < 30 * MINUTE_US => {
                session.push(time_us);
            }
            _ => sessions.push(vec![time_us]),
        }
    }
    let n = sessions.len() as f64;
    let recent = sessions.iter().filter(|s| s[0] >= cut - 7 * DAY_US).count();
    let minutes: f64 = sessions
        .iter()
        .map(|s| (s[s.len() - 1] - s[0]) as f64 / MINUTE_US as f64)
        .sum();
    put("sessions_total", n);
    put("sessions_7d", recent as f64);
    put("events_per_session", known.len() as f64 / n);
    put("session_minutes_mean", minutes / n);
}

fn put_items(known: &[Click], put: &mut impl FnMut(&str, f64)) {
    let items: Vec<u32> = known.iter().filter_map(|e| e.2).collect();
    let different = items.iter().collect::<BTreeSet<_>>().len() as f64;
    put("items_total", different);
    put("item_variety", different / items.len() as f64); // 0 / 0 is missing
}

fn random_click(random: &mut Random, time_us: i64) -> Click {
    let name = ["pv", "pv", "pv", "cart", "buy", "unheard", ""][random.below(7) as usize];
    let item = match random.below(6) {
        0 => None,
        1 => Some(4_000_000_000 + random.below(3) as u32),
        _ => Some(random.below(8) as u32),
    };
    (time_us, name, item)
}

/// Up to forty events around the days on which the clocks of several zones change (St John's sets its
/// clock back over midnight on 1 November 2009): over hours or over months, some at one time, some just
/// half an hour apart.
fn random_history(random: &mut Random) -> Vec<Click> {
    let start_us = 1_256_860_800_000_000 - (random.below(40) as i64) * DAY_US;
    let span_us =
        [2 * 3_600_000_000, 5 * DAY_US, 60 * DAY_US, 200 * DAY_US][random.below(4) as usize];
    let mut time_us = start_us + random.below(span_us as u64) as i64;
    let mut history = Vec::new();
    for _ in 0..random.below(41) {
        time_us = match random.below(8) {
            0 | 1 => time_us,
            2 => time_us + 30 * MINUTE_US,
            3 => time_us + 30 * MINUTE_US - 1,
            4 => time_us + (random.below(30) as i64) * MINUTE_US,
            _ => start_us + random.below(span_us as u64) as i64,
        };
        history.push(random_click(random, time_us));
    }
    history.sort_by_key(|event| event.0);
    history
}

/// Cuts at events, just after them, whole windows after them, and anywhere.
fn random_cuts(random: &mut Random, history: &[Click]) -> Vec<i64> {
    let mut cuts: Vec<i64> = (0..1 + random.below(5))
        .map(|_| {
            let place = random.below(history.len().max(1) as u64) as usize;
            let at_event = history.get(place).map_or(0, |event| event.0);
            let days = [0, 0, 1, 7, 14, 30, 60, 90, 200][random.below(9) as usize];
            let shift = [0, 0, 1, 5 * MINUTE_US, 11 * 3_600_000_000][random.below(5) as usize];
            at_event + days * DAY_US + shift
        })
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn event_names(peer: &Peer) -> EventNames {
    let active: Vec<String> = peer.active.iter().map(|&n| n.to_owned()).collect();
    EventNames::new(peer.told_apart.clone(), &active)
}

fn clicks(names: &EventNames, history: &[Click]) -> Clicks {
    let mut clicks = Clicks::none(names);
    for &(time_us, name, item) in history {
        clicks.push(time_us, name, item.unwrap_or(UNKNOWN_PRODUCT));
    }
    clicks
}

fn random_peer(random: &mut Random, zone: &str) -> Peer {
    let told_apart: &[&str] = [&["pv", "cart", "buy"][..], &["buy"], &[]][random.below(3) as usize];
    let active: &[&'static str] = [&[][..], &["buy"], &["cart", "buy"]][random.below(3) as usize];
    let mut told_apart: Vec<String> = told_apart.iter().map(|&n| n.to_owned()).collect();
    for name in active {
        if !told_apart.iter().any(|known| known == name) {
            told_apart.push((*name).to_owned());
        }
    }
    Peer {
        zone: TimeZone::get(zone).unwrap(),
        told_apart,
        active: active.to_vec(),
    }
}

/// Whether two values are both missing or equal to twelve digits.
fn agree(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn every_feature_agrees_with_a_second_implementation() {
    let mut random = Random(20_171_125);
    let (mut compared, mut without, mut missing) = (0, 0, 0);
    let zones = [
        "UTC",
        "Europe/London",
        "Asia/Shanghai",
        "America/St_Johns",
        "Asia/Kolkata",
    ];
    for zone in zones {
        let calendar = calendar(zone);
        for _ in 0..12 {
            let peer = random_peer(&mut random, zone);
            let names = event_names(&peer);
            assert_eq!(names.names(), peer.told_apart);
            let specs = event_features(&names);
            // One fold serves customer after customer, each with all cuts, in one pass.
            let histories: Vec<Vec<Click>> = (0..25).map(|_| random_history(&mut random)).collect();
            let longest = histories.iter().max_by_key(|h| h.len()).unwrap();
            let cuts = random_cuts(&mut random, longest);
            let as_of = cuts.iter().map(|&cut| AsOf(cut)).collect();
            let mut fold = EventFold::new(calendar.clone(), names.clone(), as_of, None);
            for (customer, history) in (0..).zip(&histories) {
                fold.fold(&clicks(&names, history).of(customer));
            }
            let rows = fold.take_rows();
            let mut place = 0;
            for (customer, history) in (0..).zip(&histories) {
                for &cut in &cuts {
                    let Some(wanted) = peer.features(history, cut) else {
                        without += 1;
                        continue;
                    };
                    assert_eq!(
                        (rows.customer_id[place], rows.as_of[place]),
                        (customer, cut)
                    );
                    assert_eq!(wanted.len(), specs.len());
                    for (spec, column) in specs.iter().zip(&rows.columns) {
                        let (found, wanted) = (column[place], wanted[spec.name.as_ref()]);
                        assert!(
                            agree(found, wanted),
                            "{zone} {} at {cut}: {found}, not {wanted}: {history:?}",
                            spec.name
                        );
                        missing += usize::from(wanted.is_nan());
                        assert!(!wanted.is_nan() || spec.can_be_missing(), "{}", spec.name);
                    }
                    place += 1;
                }
            }
            assert_eq!(place, rows.len());
            compared += place;
        }
    }
    assert!(
        compared > 2_000 && without > 200 && missing > 1_000,
        "only {compared} rows compared, {without} left out, {missing} values missing"
    );
}

fn features(names: &EventNames, history: &[Click], cut: i64) -> FeatureRows {
    let mut sorted = history.to_vec();
    sorted.sort_by_key(|event| event.0);
    let mut fold = EventFold::new(
        calendar("Europe/London"),
        names.clone(),
        vec![AsOf(cut)],
        None,
    );
    fold.fold(&clicks(names, &sorted).of(1));
    fold.take_rows()
}

fn bits(rows: &FeatureRows) -> Vec<Vec<u64>> {
    let column = |column: &Vec<f64>| column.iter().map(|v| v.to_bits()).collect();
    rows.columns.iter().map(column).collect()
}

#[test]
fn nothing_at_or_after_the_cut_changes_a_feature() {
    let mut random = Random(7_100_818);
    let names = names("pv buy", "buy pv");
    let mut compared = 0;
    for _ in 0..1_000 {
        let history = random_history(&mut random);
        let Some(at_event) = history.get(random.below(40) as usize).map(|e| e.0) else {
            continue;
        };
        let cut = at_event + [0, 1, 10 * MINUTE_US][random.below(3) as usize];
        let original = features(&names, &history, cut);
        let (known, later): (Vec<Click>, Vec<Click>) = history.iter().partition(|e| e.0 < cut);
        assert_eq!(bits(&features(&names, &known, cut)), bits(&original));
        // Moved, no further back than the cut itself, renamed, and others added.
        let mut moved = known.clone();
        for event in &later {
            let time_us = cut.max(event.0 - (random.below(90) as i64) * DAY_US);
            moved.push(random_click(&mut random, time_us));
        }
        for _ in 0..random.below(10) {
            let time_us = cut + (random.below(90) as i64) * MINUTE_US;
            moved.push(random_click(&mut random, time_us));
        }
        assert_eq!(bits(&features(&names, &moved, cut)), bits(&original));
        compared += original.len();
        // The property would hold for a fold that reads nothing: a microsecond before the cut an event
        // does change a feature.
        moved.push((cut - 1, "pv", None));
        assert_ne!(bits(&features(&names, &moved, cut)), bits(&original));
    }
    assert!(compared > 400, "only {compared} rows compared");
}
