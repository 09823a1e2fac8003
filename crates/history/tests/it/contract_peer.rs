//! A second opinion on subscriptions: whole days, walked one after the other, on random histories. A
//! day is covered or not; nothing here knows of running sums or of joined intervals.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract_table::{Contracts, Row, plans};
use crate::table::{Random, calendar};
use perennial_history::{
    AsOf, CoverageMonth, CoverageMonths, CoveragePeriod, DAY_US, Fold, GathersRows, LABEL_LOST,
    LABEL_STAYED, LABEL_UNKNOWN, NO_MOMENT, NO_PRICE, OTHER_NAME, PlanNames, Retention,
    SubscriptionFold, date_of_day, subscription_features,
};

/// Day 0 of the histories, by the calendar: 2023-12-20, before a leap day.
const DAY_0: i64 = 19_711;
/// The walks end here; nothing random happens later.
const LAST_DAY: i64 = 400;

/// A subscription by days counted from day 0.
#[derive(Debug, Clone)]
struct Contract {
    start: i64,
    /// First day not covered; none as long as it runs.
    end: Option<i64>,
    due: Option<i64>,
    price: Option<i64>,
    plan: Option<u16>,
}

impl Contract {
    fn covers(&self, day: i64) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }
}

pub fn us(day: i64) -> i64 {
    (DAY_0 + day) * DAY_US
}

fn known_day(moment_us: i64) -> Option<i64> {
    (moment_us != NO_MOMENT).then(|| moment_us / DAY_US - DAY_0)
}

/// The contracts behind the rows.
fn contracts(rows: &[Row]) -> Vec<Contract> {
    let mut groups: BTreeMap<(i64, u64, u16), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let told_apart_by = if row.5 == 0 { row.4 } else { 0 };
        groups
            .entry((row.0, row.5, told_apart_by))
            .or_default()
            .push(row);
    }
    let mut all: Vec<Contract> = groups
        .values()
        .map(|group| Contract {
            start: group[0].0 / DAY_US - DAY_0,
            end: group.iter().filter_map(|row| known_day(row.1)).max(),
            due: group.iter().filter_map(|row| known_day(row.2)).max(),
            price: group
                .iter()
                .map(|row| row.3)
                .filter(|&p| p != NO_PRICE)
                .max(),
            plan: group
                .iter()
                .map(|row| row.4)
                .filter(|&p| p != OTHER_NAME)
                .min(),
        })
        .collect();
    all.retain(|one| one.end.is_none_or(|end| end > one.start));
    for one in &mut all {
        one.due = one.due.filter(|&due| due > one.start);
    }
    all
}

/// One customer, looked at from a day on which a cut falls.
struct Walk<'a> {
    all: &'a [Contract],
    grace: i64,
}

impl Walk<'_> {
    fn covered(&self, day: i64) -> bool {
        self.all.iter().any(|one| one.covers(day))
    }

    fn covering(&self, day: i64) -> impl Iterator<Item = &Contract> {
        self.all.iter().filter(move |one| one.covers(day))
    }

    fn price_on(&self, day: i64) -> Option<i64> {
        let prices: Vec<i64> = self.covering(day).filter_map(|one| one.price).collect();
        (!prices.is_empty()).then(|| prices.iter().sum())
    }

    /// Days of the runs of covered days before a day, pauses within the grace bridged: (first, last).
    fn runs(&self, before: i64) -> Vec<(i64, i64)> {
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for day in (0..before).filter(|&day| self.covered(day)) {
            match runs.last_mut() {
                Some(run) if day - run.1 - 1 <= self.grace => run.1 = day,
                _ => runs.push((day, day)),
            }
        }
        runs
    }

    /// The features at the beginning of a day by name; none before the first start.
    fn features(&self, cut: i64, plans: &PlanNames) -> Option<BTreeMap<String, f64>> {
        let begun: Vec<&Contract> = self.all.iter().filter(|one| one.start < cut).collect();
        let starts: BTreeSet<i64> = begun.iter().map(|one| one.start).collect();
        let (first, last) = (*starts.first()?, *starts.last()?);
        let mut row = BTreeMap::new();
        let mut put = |name: &str, value: f64| {
            assert!(row.insert(name.to_owned(), value).is_none(), "{name} twice");
        };
        put("tenure_days", (cut - first) as f64);
        put("days_since_start", (cut - last) as f64);
        put("subscriptions_total", begun.len() as f64);
        let quarter = begun.iter().filter(|one| one.start >= cut - 90);
        put("started_90d", quarter.count() as f64);
        // Ended: some day before the cut came after the last it covered.
        let ended: Vec<i64> = begun
            .iter()
            .filter(|one| (one.start..cut).any(|day| !one.covers(day)))
            .map(|one| (one.start..).find(|&day| !one.covers(day)).unwrap())
            .collect();
        put("ended_total", ended.len() as f64);
        let recent = ended.iter().filter(|&&end| end >= cut - 90);
        put("ended_90d", recent.count() as f64);
        let since = ended.iter().max().map(|&end| (cut - end) as f64);
        put("days_since_end", since.unwrap_or(f64::NAN));
        self.put_open(cut, plans, &mut put);
        self.put_starts(cut, &starts, &mut put);
        self.put_coverage(cut, first, &mut put);
        Some(row)
    }

    /// What covers the last day before the cut.
    fn put_open(&self, cut: i64, plans: &PlanNames, put: &mut impl FnMut(&str, f64)) {
        let open: Vec<&Contract> = self.covering(cut - 1).collect();
        put("open_subscriptions", open.len() as f64);
        let mut dues: Vec<(i64, i64)> = open
            .iter()
            .filter_map(|one| one.due.map(|due| (due, one.start)))
            .collect();
        dues.sort_unstable();
        let due = dues.first();
        let or_missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
        put("days_left", or_missing(due.map(|d| (d.0 - cut) as f64)));
        put("term_days", or_missing(due.map(|d| (d.0 - d.1) as f64)));
        let price = self.price_on(cut - 1);
        put("price", or_missing(price.map(|p| p as f64 / 10_000.0)));
        for name in plans.names() {
            let of_plan = open
                .iter()
                .filter(|one| one.plan == Some(plans.code(name)))
                .count();
            put(&format!("{name}_open"), of_plan as f64);
        }
    }

    /// What the days with a start tell.
    fn put_starts(&self, cut: i64, starts: &BTreeSet<i64>, put: &mut impl FnMut(&str, f64)) {
        let (mut renewals, mut returns, mut changes) = (0, 0, 0);
        let mut price_before = None;
        for &start in starts.iter().skip(1) {
            let known = Walk {
                all: &self
                    .all
                    .iter()
                    .filter(|one| one.start < start)
                    .cloned()
                    .collect::<Vec<_>>(),
                grace: self.grace,
            };
            let last_covered = (0..start).rev().find(|&day| known.covered(day)).unwrap();
            let is_return =
                (start - 1 - self.grace..start).all(|day| day < 0 || !known.covered(day));
            returns += i64::from(is_return);
            renewals += i64::from(!is_return);
            let held: BTreeSet<Option<u16>> =
                known.covering(last_covered).map(|one| one.plan).collect();
            let mut begun = self.all.iter().filter(|one| one.start == start);
            changes += i64::from(begun.any(|one| !held.contains(&one.plan)));
            price_before = known.price_on(last_covered).filter(|_| !is_return);
        }
        put("renewals_total", renewals as f64);
        put("returns_total", returns as f64);
        put("plan_changes", changes as f64);
        let change = match (price_before, self.price_on(cut - 1)) {
            (Some(before), Some(now)) if before > 0 => now as f64 / before as f64,
            _ => f64::NAN,
        };
        put("price_change", change);
    }

    fn put_coverage(&self, cut: i64, first: i64, put: &mut impl FnMut(&str, f64)) {
        let covered = (first..cut).filter(|&day| self.covered(day)).count();
        put("covered_share", covered as f64 / (cut - first) as f64);
        let runs = self.runs(cut);
        let lasted = |run: &(i64, i64)| (run.1 - run.0 + 1) as f64;
        put("longest_days", runs.iter().map(lasted).fold(0.0, f64::max));
        let present = runs.last().filter(|run| run.1 == cut - 1);
        put("coverage_days", present.map_or(f64::NAN, lasted));
    }

    /// The label at the beginning of a day.
    fn label(&self, cut: i64, horizon: i64, known_until: i64) -> i8 {
        let end = cut + horizon;
        if end + self.grace > known_until {
            return LABEL_UNKNOWN;
        }
        let stayed = if self.covered(cut - 1) {
            let mut last = cut - 1;
            for day in cut..LAST_DAY {
                if self.covered(day) {
                    last = day;
                } else if day - last > self.grace {
                    break;
                }
            }
            last >= end - 1
        } else {
            (cut..end).any(|day| self.all.iter().any(|one| one.start == day))
        };
        if stayed { LABEL_STAYED } else { LABEL_LOST }
    }

    /// Adds the customer to the months, by days bridged or covered before the as-of day.
    fn add_months(&self, as_of: i64, months: &mut BTreeMap<i64, CoverageMonth>) {
        let runs = self.runs(as_of);
        let held = |day: i64| runs.iter().any(|run| run.0 <= day && day <= run.1);
        let mut begun = false;
        for day in 0..as_of {
            let (year, of_year, of_month) = date_of_day(DAY_0 + day);
            let month = (year - 1970) * 12 + of_year - 1;
            let entry = months.entry(month).or_insert(CoverageMonth {
                month,
                ..CoverageMonth::default()
            });
            let (before, now) = (held(day - 1), held(day));
            entry.at_start += u64::from(of_month == 1 && before);
            let begins = now && !before;
            entry.new += u64::from(begins && !begun);
            entry.returning += u64::from(begins && begun);
            begun |= begins;
            entry.ended += u64::from(before && !now);
            let started = self.all.iter().filter(|one| one.start == day);
            entry.started += started.count() as u64;
            let is_last = day == as_of - 1 || date_of_day(DAY_0 + day + 1).2 == 1;
            entry.at_end += u64::from(is_last && now);
        }
    }

    /// Adds the customer to a period.
    fn add_period(&self, start: i64, end: i64, retention: &mut Retention) {
        let (at_start, at_end) = (self.covered(start - 1), self.covered(end - 1));
        let first = (0..end).find(|&day| self.covered(day));
        let begun_within = self.all.iter().any(|one| (start..end).contains(&one.start));
        retention.at_start += u64::from(at_start);
        retention.at_end += u64::from(at_end);
        retention.stayed += u64::from(at_start && at_end);
        retention.lost += u64::from(at_start && !at_end);
        let is_new = first.is_some_and(|day| day >= start);
        retention.new += u64::from(at_end && is_new);
        retention.came_back += u64::from(at_end && !at_start && !is_new);
        retention.passed_through += u64::from(!at_start && !at_end && begun_within);
    }
}

/// Up to ten rows: in chains, side by side, apart, told twice, ended before they began.
pub fn random_rows(random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut day = random.below(60) as i64;
    for _ in 0..random.below(8) {
        let lasts = [-3, 0, 1, 7, 30, 31, 60, 200][random.below(8) as usize];
        let end = if random.below(10) == 0 {
            NO_MOMENT
        } else {
            us(day + lasts)
        };
        let due = match random.below(4) {
            0 => NO_MOMENT,
            1 => us(day - 2),
            _ => us(day + [7, 30, 60][random.below(3) as usize]),
        };
        let price = [NO_PRICE, 0, 50_000, 99_900, 125_000][random.below(5) as usize];
        let plan = [0, 0, 1, OTHER_NAME][random.below(4) as usize];
        let id = [0, 1, 2, 3][random.below(4) as usize];
        rows.push((us(day), end, due, price, plan, id));
        if random.below(3) == 0 {
            let mut again = rows[random.below(rows.len() as u64) as usize];
            again.1 = [again.1, NO_MOMENT, again.0 + 20 * DAY_US][random.below(3) as usize];
            again.3 = [again.3, NO_PRICE, 70_000][random.below(3) as usize];
            again.4 = [again.4, 1][random.below(2) as usize];
            rows.push(again);
        }
        // At the end, just within or beyond a grace, at the same moment, anywhere.
        day = match random.below(7) {
            0 => day + lasts.max(0) + 5,
            1 => day + lasts.max(0) + 6,
            2 | 3 => day + lasts.max(0),
            4 => day,
            _ => (day + random.below(80) as i64) - 5,
        }
        .clamp(0, 250);
    }
    rows
}

/// Whether two values are both missing or equal to twelve digits.
fn agree(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

pub fn feature_fold(plans: &PlanNames, cuts: &[i64], grace_us: i64) -> SubscriptionFold {
    let cuts = cuts.iter().map(|&cut| AsOf(cut)).collect();
    let zone = calendar("Asia/Kolkata");
    SubscriptionFold::new(zone, plans.clone(), cuts, Some(30 * DAY_US), grace_us)
}

#[test]
fn every_feature_and_label_agrees_with_a_walk_over_days() {
    let mut random = Random(20_231_220);
    let plans = plans("basic gold");
    let specs = subscription_features(&plans);
    let (mut compared, mut without, mut missing) = (0, 0, 0);
    let mut labels = BTreeMap::new();
    for grace in [0, 1, 5, 30] {
        let histories: Vec<Vec<Row>> = (0..150).map(|_| random_rows(&mut random)).collect();
        let mut days: Vec<i64> = (0..9).map(|_| random.below(300) as i64).collect();
        days.sort_unstable();
        days.dedup();
        let cuts: Vec<i64> = days.iter().map(|&day| us(day)).collect();
        let known_until = 290;
        let mut fold = feature_fold(&plans, &cuts, grace * DAY_US).known_until(us(known_until));
        for (customer, history) in (0..).zip(&histories) {
            fold.fold(&Contracts::of_rows(&plans, history).of(customer));
        }
        let rows = fold.take_rows();
        let mut place = 0;
        for (customer, history) in (0..).zip(&histories) {
            let all = contracts(history);
            let walk = Walk { all: &all, grace };
            for &cut in &days {
                let Some(wanted) = walk.features(cut, &plans) else {
                    without += 1;
                    continue;
                };
                assert_eq!(
                    (rows.customer_id[place], rows.as_of[place]),
                    (customer, us(cut))
                );
                assert_eq!(wanted.len(), specs.len());
                for (spec, column) in specs.iter().zip(&rows.columns) {
                    let (found, wanted) = (column[place], wanted[spec.name.as_ref()]);
                    assert!(
                        agree(found, wanted),
                        "{} on day {cut}, grace {grace}: {found}, not {wanted}: {all:?}",
                        spec.name
                    );
                    missing += usize::from(wanted.is_nan());
                    assert!(!wanted.is_nan() || spec.can_be_missing(), "{}", spec.name);
                }
                let label = walk.label(cut, 30, known_until);
                assert_eq!(
                    rows.label[place], label,
                    "day {cut}, grace {grace}: {all:?}"
                );
                let was_open = wanted["open_subscriptions"] > 0.0;
                *labels.entry((was_open, label)).or_insert(0) += 1;
                place += 1;
            }
        }
        assert_eq!(place, rows.len());
        compared += place;
    }
    assert!(
        compared > 3_000 && without > 500 && missing > 3_000,
        "only {compared} rows compared, {without} left out, {missing} values missing"
    );
    let every = labels.len() == 6 && labels.values().all(|&n| n > 50);
    assert!(every, "some label is hardly tried: {labels:?}");
}

#[test]
fn months_and_periods_agree_with_a_walk_over_days_and_balance() {
    let mut random = Random(28_022_024);
    let plans = plans("basic gold");
    let (mut ended, mut returning, mut passed, mut came_back) = (0, 0, 0, 0);
    for grace in [0, 1, 5, 30] {
        for _ in 0..25 {
            // Month ends and beginnings among them: day 43 is 1 February, day 72 is 1 March.
            let as_of = [43, 44, 71, 72, 150, 263][random.below(6) as usize];
            let (start, end) = (as_of - 31, as_of);
            let utc = calendar("UTC");
            let mut fold = CoverageMonths::new(utc, AsOf(us(as_of)), grace * DAY_US);
            let mut other = fold.clone();
            let mut period = CoveragePeriod::new(us(start), us(end));
            let (mut months, mut retention) = (BTreeMap::new(), Retention::default());
            for customer in 0..40 {
                let rows = random_rows(&mut random);
                let contracts_of = Contracts::of_rows(&plans, &rows);
                let half = if customer % 2 == 0 {
                    &mut fold
                } else {
                    &mut other
                };
                half.fold(&contracts_of.of(customer));
                period.fold(&contracts_of.of(customer));
                let all = contracts(&rows);
                let walk = Walk { all: &all, grace };
                walk.add_months(as_of, &mut months);
                walk.add_period(start, end, &mut retention);
            }
            fold.merge(&other);
            let found = fold.months();
            // The walk begins on day 0, the fold with the first start.
            let walked: Vec<CoverageMonth> = months
                .into_values()
                .skip_while(|month| month.started == 0)
                .collect();
            assert_eq!(found, walked, "grace {grace}, as of day {as_of}");
            for (place, month) in found.iter().enumerate() {
                let balance = month.at_start + month.new + month.returning;
                assert_eq!(month.at_end + month.ended, balance, "{month:?}");
                let next = found.get(place + 1).map(|next| next.at_start);
                assert!(next.is_none_or(|next| next == month.at_end), "{month:?}");
                ended += month.ended;
                returning += month.returning;
            }
            assert_eq!(*period.retention(), retention, "as of day {as_of}");
            passed += retention.passed_through;
            came_back += retention.came_back;
        }
    }
    assert!(
        ended > 500 && returning > 100 && passed > 50 && came_back > 30,
        "hardly tried: {ended} ended, {returning} returned, {passed} passed, {came_back} came back"
    );
}
