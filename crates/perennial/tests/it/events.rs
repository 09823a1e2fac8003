//! A shop known by its visitors' clicks: from a file to scores, without a word
//! about money.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use perennial_testkit::{OrderLines, Project, order_lines};

use crate::formats::Shops;
use crate::shop::{bad, good, query, value};

/// Something that a visitor did.
struct Event {
    who: Option<String>,
    what: &'static str,
    item: String,
    when: Timestamp,
}

/// Each line of an order was looked at, put into the cart and bought; now and
/// then something is looked at and left.
fn clicks(customers: u32) -> Vec<Event> {
    let lines = order_lines(&OrderLines {
        customers,
        days: 120,
        ..OrderLines::default()
    });
    let mut events = Vec::new();
    for (nth, line) in lines.iter().filter(|line| line.quantity > 0).enumerate() {
        let mut add = |what, minutes: i64| {
            events.push(Event {
                who: line.customer_id.clone(),
                what,
                item: line.product_id.clone(),
                when: line.time + SignedDuration::from_mins(minutes),
            });
        };
        add("view", -(nth as i64 % 50));
        if nth % 3 == 0 {
            add("view", 1_000 + nth as i64 % 7);
        } else {
            add("cart", 1);
            add("buy", 2 + nth as i64 % 40);
        }
    }
    events.sort_by(|a, b| (a.when, &a.who, &a.item).cmp(&(b.when, &b.who, &b.item)));
    events
}

/// With a header, in the zone of the shop.
fn csv(events: &[Event]) -> String {
    let mut text = String::from("user_id,event_type,item_id,event_time\n");
    for event in events {
        let when = event.when.strftime("%Y-%m-%d %H:%M:%S");
        let who = event.who.as_deref().unwrap_or_default();
        text += &format!("{who},{},{},{when}\n", event.what, event.item);
    }
    text
}

/// Without a header, in another order, times as seconds since 1970.
fn bare(events: &[Event]) -> String {
    let line = |event: &Event| {
        let who = event.who.as_deref().unwrap_or_default();
        // The shop's clock is eight hours ahead of UTC, and the other files are its own.
        let when = event.when.as_second() - 8 * 3_600;
        format!("{when},{who},{},{}\n", event.item, event.what)
    };
    events.iter().map(line).collect()
}

fn ndjson(events: &[Event]) -> String {
    let line = |event: &Event| {
        let who = event
            .who
            .as_ref()
            .map_or("null".to_owned(), |who| format!("\"{who}\""));
        let when = event.when.strftime("%Y-%m-%dT%H:%M:%S+08:00");
        let (what, item) = (event.what, &event.item);
        format!(
            "{{\"event\":\"{what}\",\"userId\":{who},\"timestamp\":\"{when}\",\"properties\":{{\"item_id\":\"{item}\"}}}}\n"
        )
    };
    events.iter().map(line).collect()
}

/// What a project made from `file` alone holds and finds.
fn tables(shops: &Shops, name: &str, file: &Path) -> String {
    let file = file.to_str().unwrap();
    let zone = ["--time-zone", "Asia/Shanghai"];
    shops.run(name, &[&["init", name, "--from", file][..], &zone].concat());
    shops.run(name, &["run", "-C", name]);
    let queries = [
        "select customer_id, time, name, product_id, is_repeat from events",
        "select customer_id, churn_probability, reasons_zh from scores",
        "select * exclude (run_id) from features",
        "select * exclude (run_id) from months",
    ];
    let mut all = String::new();
    for sql in queries {
        let rows = shops.run(name, &["query", "-C", name, sql, "--format", "csv"]);
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.sort_unstable();
        all += &(rows.join("\n") + "\n");
    }
    all
}

#[test]
fn clicks_reach_scores_from_init_alone_however_they_are_written() {
    let shops = Shops::new();
    let events = clicks(80);
    shops.write(
        "orders.csv",
        crate::formats::csv(&crate::formats::lines()).as_bytes(),
    );
    shops.share_a_key();
    let first = shops.write("clicks.csv", csv(&events).as_bytes());
    let expected = tables(&shops, "csv", &first);
    assert!(expected.contains(",buy,"), "names of events are kept");
    assert!(
        expected.lines().any(|line| line.contains("天")),
        "reasons in words"
    );
    let gb = encoding_rs::GB18030.encode(&csv(&events)).0.into_owned();
    for (name, content) in [
        ("bare", bare(&events).into_bytes()),
        ("json", ndjson(&events).into_bytes()),
        ("gb", gb),
    ] {
        let file = shops.write(&format!("{name}.txt"), &content);
        let found = tables(&shops, name, &file);
        let differing = || {
            let mut lines = found.lines().zip(expected.lines());
            lines.find(|(a, b)| a != b)
        };
        assert!(found == expected, "{name}: {:?}", differing());
    }
}

const SETTINGS: &str = r#"format = 1
[project]
name = "clicks"
currency = "CNY"
time_zone = "Asia/Shanghai"
language = "zh"
[[source]]
path = "data/*.csv"
table = "events"
columns = { customer_id = "user_id", time = "event_time", name = "event_type", product_id = "item_id" }
[lost]
kind = "no_event"
events = ["buy"]
horizon = "14d"
"#;

fn project(events: &[Event]) -> Project {
    Project::new()
        .settings(SETTINGS)
        .file("data/clicks.csv", csv(events))
}

/// Of every customer at the last as-of moment, in SQL over the events.
const TWIN: &str = "
with cut as (select max(as_of) as as_of from features),
known as (
    select e.*, cut.as_of as cut from events e cross join cut
    where e.time < cut.as_of and e.customer_id is not null),
marked as (
    select *, case when lag(time) over (partition by customer_id order by time) > time - interval '30 minutes'
        then 0 else 1 end as begins
    from known)
select customer_id,
    count(*) as events_total,
    count(*) filter (where time >= cut - interval '30 days') as events_30d,
    count(*) filter (where name = 'buy') as buy_total,
    count(*) filter (where name = 'view' and time >= cut - interval '7 days') as view_7d,
    sum(begins) as sessions_total,
    count(distinct product_id) as items_total,
    count(distinct date_trunc('day', time)) filter (where name = 'buy') as active_days_total
from marked group by customer_id
having count(*) filter (where name = 'buy') > 0 order by customer_id";

#[test]
fn features_of_events_equal_what_sql_counts() {
    let clicks = project(&clicks(60));
    good(clicks.path(), &["run", "--until", "features"]);
    let twin = query(clicks.path(), TWIN);
    let names = twin.columns.join(", ");
    let sql = format!(
        "select {names} from features where as_of = (select max(as_of) from features) order by customer_id"
    );
    let fold = query(clicks.path(), &sql);
    assert!(twin.rows.len() > 40, "{}", twin.rows.len());
    assert_eq!(fold.to_csv(), twin.to_csv());
    // A label looks at what counts alone: who only looks on is lost.
    let sql = "select count(*) from labels l join features f using (customer_id, as_of) \
         where l.lost = 1 and exists (select 1 from events e where e.customer_id = l.customer_id \
         and e.name = 'buy' and e.time >= l.as_of and e.time < l.as_of + interval '14 days')";
    assert_eq!(value(clicks.path(), sql), "0");
    let lost = "select count(*) from labels where lost = 1";
    assert_ne!(value(clicks.path(), lost), "0");
}

#[test]
fn the_report_of_events_speaks_of_events() {
    let clicks = project(&clicks(120));
    let said = good(clicks.path(), &["run"]);
    assert!(said.contains("流失"), "{said}");
    let page = clicks.read(".perennial/reports/report-en.html");
    assert!(
        page.contains("without `buy`") || page.contains("without buy"),
        "what lost means"
    );
    assert!(page.contains("active, "), "months count the active");
    for word in ["bought", "Buyers", "Net revenue was", "purchases of"] {
        assert!(
            !page.contains(word),
            "`{word}` in a report without purchases"
        );
    }
    let scored = good(clicks.path(), &["score", "c0001"]);
    assert!(scored.contains("c0001"), "{scored}");
    // The same again finds nothing to do.
    let again = good(clicks.path(), &["run", "--json"]);
    assert!(
        again.contains("\"done\":[]") || again.contains("\"done\": []"),
        "{again}"
    );
}

#[test]
fn events_by_day_late_and_twice_give_the_table_of_all_at_once() {
    let events = clicks(40);
    let whole = project(&events);
    good(whole.path(), &["run", "--until", "ingest"]);
    let parts = Project::new().settings(SETTINGS);
    std::fs::create_dir_all(parts.join(".perennial")).unwrap();
    std::fs::copy(whole.join(".perennial/key"), parts.join(".perennial/key")).unwrap();
    let third = events.len() / 3;
    let pieces = [
        &events[2 * third..],
        &events[..third],
        &events[third..2 * third],
    ];
    for (nth, piece) in pieces.iter().enumerate() {
        parts.write(&format!("data/{nth}.csv"), csv(piece));
        good(parts.path(), &["run", "--until", "ingest"]);
    }
    // The same content under another name brings nothing.
    parts.write("data/again.csv", csv(pieces[1]));
    good(parts.path(), &["run", "--until", "ingest"]);
    let sql = "select customer_id, time, name, product_id, copies from events order by all";
    let sql = sql.replace("all", "1, 2, 3, 4, 5");
    assert_eq!(
        query(parts.path(), &sql).to_csv(),
        query(whole.path(), &sql).to_csv()
    );
}

#[test]
fn an_event_that_nobody_has_is_named() {
    let settings = SETTINGS.replace("[\"buy\"]", "[\"by\"]");
    let clicks = Project::new()
        .settings(&settings)
        .file("data/clicks.csv", csv(&clicks(20)));
    let error = bad(clicks.path(), &["run"], 1);
    assert!(error.contains("run/event-unknown"), "{error}");
    assert!(error.contains("`by`") && error.contains("`buy`"), "{error}");
    // What only events have is refused elsewhere, and the other way round.
    let settings = SETTINGS.replace("kind = \"no_event\"", "kind = \"no_purchase\"");
    let wrong = Project::new().settings(&settings);
    let error = bad(wrong.path(), &["run"], 1);
    assert!(error.contains("no_event"), "{error}");
}

#[test]
fn purchases_decide_where_there_are_both() {
    let events = clicks(60);
    let lines = order_lines(&OrderLines {
        customers: 60,
        days: 120,
        ..OrderLines::default()
    });
    let folder = Project::new()
        .file("clicks.csv", csv(&events))
        .file("orders.csv", crate::shop::csv(&lines));
    good(
        folder.path(),
        &[
            "init",
            "both",
            "--from",
            "orders.csv",
            "--from",
            "clicks.csv",
        ],
    );
    let both = folder.join("both");
    let settings = std::fs::read_to_string(both.join("perennial.toml")).unwrap();
    assert!(settings.contains("kind = \"no_purchase\""), "{settings}");
    good(&both, &["run"]);
    let people = |table: &str| {
        let sql = format!("select count(distinct customer_id) from {table}");
        value(&both, &sql).parse::<u64>().unwrap()
    };
    assert!(people("events") >= 50 && people("order_lines") >= 50);
    let sql = "select count(*) from (select customer_id from events where customer_id is not null \
         intersect select customer_id from order_lines where customer_id is not null)";
    assert_eq!(
        value(&both, sql),
        people("events").to_string(),
        "one person, one pseudonym"
    );
}
