//! A gym known by its memberships: who is under contract, who left, who came back.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use perennial_testkit::{Project, data_file};

use crate::shop::{bad, good, query, value};

/// The day that the gym opened.
const OPENED: Date = date(2022, 1, 3);
/// Days that are known of.
const DAYS: i64 = 900;
/// Days after an end in which another membership is its renewal.
const GRACE: i64 = 30;

/// One membership; days count from the opening.
#[derive(Clone)]
struct Membership {
    who: u32,
    plan: &'static str,
    fee: u32,
    start: i64,
    end: Option<i64>,
}

/// Numbers by lot, the same at every call.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Memberships of three plans: the cheaper, the sooner they end. Some are renewed
/// within the grace, some members come back much later.
fn memberships(members: u32) -> Vec<Membership> {
    let mut lot = Lot(7);
    let mut made = Vec::new();
    for who in 1..=members {
        let (plan, fee, one_in) =
            [("basic", 20, 90), ("plus", 35, 300), ("family", 60, 900)][lot.below(3) as usize];
        let mut day = lot.below(DAYS as u64 - 60) as i64;
        for _ in 0..4 {
            let start = day;
            while day < DAYS && lot.below(one_in) > 0 {
                day += 1;
            }
            let end = (day < DAYS && day > start).then_some(day);
            made.push(Membership {
                who,
                plan,
                fee,
                start,
                end,
            });
            let gap = match lot.below(6) {
                0 => 10,
                1 => 95,
                _ => DAYS,
            };
            day += gap;
            if end.is_none() || day >= DAYS {
                break;
            }
        }
    }
    made
}

fn day(number: i64) -> String {
    (OPENED + number.days()).to_string()
}

fn csv(made: &[Membership]) -> String {
    let mut text = String::from("member_no,tariff,monthly_fee,joined,cancelled\n");
    for one in made {
        let end = one.end.map(day).unwrap_or_default();
        text += &format!(
            "M{:04},{},{},{},{end}\n",
            one.who,
            one.plan,
            one.fee,
            day(one.start)
        );
    }
    text
}

/// The days as numbers from the first day of each year, with the year beside them.
fn relative(made: &[Membership]) -> String {
    let mut text = String::from("member_no,tariff,monthly_fee,season,joined,cancelled\n");
    for one in made {
        let start = OPENED + one.start.days();
        let zero = date(start.year(), 1, 1);
        let since = |day: Date| zero.until(day).unwrap().get_days();
        let end = one.end.map(|end| since(OPENED + end.days()).to_string());
        text += &format!(
            "M{:04},{},{},Y{},{},{}\n",
            one.who,
            one.plan,
            one.fee,
            start.year(),
            since(start),
            end.unwrap_or_default()
        );
    }
    text
}

/// Until when each member is covered from a day on, renewals included; `None` of
/// those who are not members on it, `i64::MAX` of those who never left.
fn covered_until(made: &[Membership], at: i64) -> BTreeMap<u32, i64> {
    let mut by_member: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
    for one in made {
        // An end that is a day covers that day.
        let span = (one.start, one.end.map_or(i64::MAX, |end| end + 1));
        by_member.entry(one.who).or_default().push(span);
    }
    let mut found = BTreeMap::new();
    for (who, spans) in by_member {
        let open = spans
            .iter()
            .filter(|(start, end)| *start < at && *end >= at);
        let Some(mut until) = open.map(|(_, end)| *end).max() else {
            continue;
        };
        while let Some((_, end)) = spans
            .iter()
            .find(|(start, end)| *end > until && *start <= until.saturating_add(GRACE))
        {
            until = *end;
        }
        found.insert(who, until);
    }
    found
}

fn init(folder: &Project, name: &str, content: &str) {
    let file = folder.write(&format!("{name}.csv"), content);
    let file = file.to_str().unwrap();
    good(
        folder.path(),
        &["init", name, "--from", file, "--time-zone", "UTC"],
    );
}

#[test]
fn memberships_reach_scores_from_init_alone_and_the_books_balance() {
    let folder = Project::new();
    let made = memberships(900);
    init(&folder, "gym", &csv(&made));
    let settings = folder.read("gym/perennial.toml");
    for part in [
        "table = \"subscriptions\"",
        "kind = \"contract\"",
        "start = \"joined\"",
        "end = \"cancelled\"",
        "plan = \"tariff\"",
        "price = \"monthly_fee\"",
        "amount_per = \"month\"",
    ] {
        assert!(settings.contains(part), "{part}: {settings}");
    }
    let gym = folder.join("gym");
    let said = good(&gym, &["run"]);
    assert!(said.contains("under contract"), "{said}");
    let count = |sql: &str| value(&gym, sql).parse::<i64>().unwrap();
    assert_eq!(
        count("select count(*) from subscriptions"),
        made.len() as i64
    );

    // The as-of is the day after the last thing that happened.
    let ends = made.iter().filter_map(|one| one.end);
    let last = ends.chain(made.iter().map(|one| one.start)).max().unwrap();
    let as_of = value(&gym, "select max(as_of) from features");
    assert!(as_of.starts_with(&day(last + 1)), "{as_of}");
    let now = covered_until(&made, last + 1);
    let open = count(
        "select count(*) from features where open_subscriptions > 0 and as_of = (select max(as_of) from features)",
    );
    assert_eq!(open, now.len() as i64);

    labels_are_those_of_the_gym(&gym, &made);
    months_balance(&gym);
    money_is_the_fee(&gym, &made, &now, last + 1);
    let auc = value(
        &gym,
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression' and split = 'later'",
    );
    assert!(auc.parse::<f64>().unwrap() > 0.6, "{auc}");
}

/// Of the test date every label, counted by hand.
fn labels_are_those_of_the_gym(gym: &std::path::Path, made: &[Membership]) {
    let rows = query(
        gym,
        "select l.as_of, count(*), sum(l.lost) from labels l join features f on f.customer_id = l.customer_id and f.as_of = l.as_of where l.lost is not null and f.open_subscriptions > 0 group by 1 order by 1",
    );
    assert!(rows.rows.len() >= 3, "{rows:?}");
    for row in &rows.rows {
        let cut: Date = row[0][..10].parse().unwrap();
        let cut = i64::from(OPENED.until(cut).unwrap().get_days());
        let covered = covered_until(made, cut);
        let lost = covered.values().filter(|until| **until < cut + 30).count();
        assert_eq!(row[1], covered.len().to_string(), "{row:?}");
        assert_eq!(row[2], lost.to_string(), "{row:?}");
    }
}

fn months_balance(gym: &std::path::Path) {
    let broken = query(
        gym,
        "select * from months where active_customers <> customers_at_start + new_customers + returning_customers - ended_customers",
    );
    assert!(broken.rows.is_empty(), "{broken:?}");
    let ended = value(gym, "select sum(ended_customers) from months");
    assert!(ended.parse::<i64>().unwrap() > 100, "{ended}");
}

fn money_is_the_fee(
    gym: &std::path::Path,
    made: &[Membership],
    now: &BTreeMap<u32, i64>,
    as_of: i64,
) {
    let open = made.iter().filter(|one| {
        let covers = one.end.is_none_or(|end| end + 1 >= as_of);
        covers && one.start < as_of && now.contains_key(&one.who)
    });
    let fees: u32 = open.map(|one| one.fee).sum();
    // The model of a plain sum has each customer once.
    let margin = value(
        gym,
        "select cast(sum(margin_per_year) as double) from clv where model = 'plain_sum'",
    );
    let expected = f64::from(fees) * 12.0 * 0.3;
    let found: f64 = margin.parse().unwrap();
    assert!((found - expected).abs() < 0.01, "{found} {expected}");
}

#[test]
fn days_from_a_day_of_the_settings_are_moments() {
    let folder = Project::new();
    let made = memberships(300);
    init(&folder, "dates", &csv(&made));
    init(&folder, "days", &relative(&made));
    let settings = folder.read("days/perennial.toml");
    assert!(settings.contains("time_format = \"days\""), "{settings}");
    assert!(settings.contains("day_zero = \"2000-01-01\""), "{settings}");
    // As it is, one day stands for all: that reaches scores too.
    good(folder.path(), &["run", "-C", "days"]);
    let days = ["Y2022", "Y2023", "Y2024"].map(|year| format!("{year} = \"{}-01-01\"", &year[1..]));
    let by_year = format!("day_zero = {{ column = \"season\", {} }}", days.join(", "));
    let begin = settings.find("day_zero").unwrap();
    let line = settings[begin..].lines().next().unwrap();
    folder.write("days/perennial.toml", settings.replace(line, &by_year));
    for place in ["dates", "days"] {
        good(folder.path(), &["run", "-C", place]);
    }
    let of = |place: &str| {
        query(
            &folder.join(place),
            "select plan, time, end_time, price, count(*) from subscriptions group by 1, 2, 3, 4 order by 1, 2, 3",
        )
    };
    assert_eq!(of("days").rows, of("dates").rows);
    // A season without a day: its rows are set aside, and counted.
    let without = by_year.replace(", Y2024 = \"2024-01-01\"", "");
    folder.write("days/perennial.toml", settings.replace(line, &without));
    good(folder.path(), &["run", "-C", "days"]);
    let place = folder.join("days");
    let aside = value(
        &place,
        "select count(*) from quarantine where reason = 'row/day-zero-unknown'",
    );
    let expected = made
        .iter()
        .filter(|one| (OPENED + one.start.days()).year() == 2024);
    assert_eq!(aside, expected.count().to_string());
    let nowhere = settings.replace(line, "");
    folder.write("days/perennial.toml", nowhere);
    let error = bad(folder.path(), &["run", "-C", "days"], 1);
    assert!(
        error.contains("day_zero") && error.contains("settings/unit-missing"),
        "{error}"
    );
}

#[test]
fn a_contract_that_ends_before_it_begins_is_set_aside() {
    let folder = Project::new();
    let mut made = memberships(200);
    made[3].end = Some(made[3].start - 4);
    init(&folder, "gym", &csv(&made));
    let gym = folder.join("gym");
    good(&gym, &["run"]);
    let aside = query(&gym, "select row, reason from quarantine");
    assert_eq!(aside.rows, [["4", "row/ends-before-start"]]);
}

#[test]
fn enrolments_have_their_facts_and_reach_scores() {
    let Some(file) = data_file("oulad/studentRegistration.csv") else {
        return;
    };
    let folder = Project::new();
    good(
        folder.path(),
        &["init", "school", "--from", file.to_str().unwrap()],
    );
    let school = folder.join("school");
    good(&school, &["run"]);
    let count = |sql: &str| value(&school, sql);
    assert_eq!(count("select sum(rows_read) from ingests"), "32593");
    assert_eq!(
        count("select count(*) from quarantine where reason = 'row/no-time'"),
        "45"
    );
    assert_eq!(count("select count(end_time) from subscriptions"), {
        // Of those with a day of registration; the rest is set aside.
        let text = std::fs::read_to_string(&file).unwrap();
        let rows = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<_>>());
        let known = rows.filter(|cells| cells[3] != "\"\"" && cells[4] != "\"\"");
        known.count().to_string()
    });
    let auc = count(
        "select value from evaluations where metric = 'roc_auc' and model = 'logistic_regression' and split = 'later'",
    );
    assert!(auc.parse::<f64>().unwrap() > 0.55, "{auc}");
}
