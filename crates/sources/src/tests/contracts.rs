//! Made-up tables of contracts: a gym, a telephone company, an insurer, a supplier of
//! software by the month, a newspaper, courses by the day.

use super::Lcg;

/// A table: the names of its columns and its rows.
pub(super) struct Table {
    pub(super) names: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table as CSV with the columns in `order`, called `names`.
    pub(super) fn csv_as(&self, order: &[usize], names: &[&str]) -> String {
        super::shop::csv(&self.rows, order, names)
    }

    pub(super) fn csv(&self) -> String {
        let order: Vec<usize> = (0..self.names.len()).collect();
        self.csv_as(&order, &self.names)
    }

    /// Under headers that say nothing.
    pub(super) fn csv_blind(&self, order: &[usize]) -> String {
        let names: Vec<String> = (1..=self.names.len()).map(|i| format!("c{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.csv_as(order, &names)
    }
}

/// A day of the years from 2020, in the calendar.
pub(super) fn date(day: u64) -> String {
    let start = jiff::civil::date(2020, 1, 1);
    let span = jiff::Span::new().days(day as i64);
    start.checked_add(span).unwrap().to_string()
}

const DAYS: u64 = 1_400;

/// Memberships of a gym: most people have one, some came back; who has not left has no
/// end.
pub(super) fn gym(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let fees = [("Basic", "19.90"), ("Plus", "29.90"), ("Family", "54.50")];
    let rows = (0..count).map(|i| {
        // One in ten came back.
        let who = if i % 10 == 9 { i - 5 } else { i };
        let (plan, fee) = fees[random.below(3) as usize];
        let start = random.below(DAYS - 100);
        let length = 20 + random.below(700);
        let end = start + length;
        let left = if end < DAYS { date(end) } else { String::new() };
        vec![
            format!("M{:05}", 10_000 + who * 7),
            plan.to_owned(),
            date(start),
            left,
            fee.to_owned(),
            ["North", "South", "East", "West"][who * 7 % 4].to_owned(),
        ]
    });
    Table {
        names: vec![
            "member_id",
            "plan",
            "start_date",
            "end_date",
            "monthly_fee",
            "branch",
        ],
        rows: rows.collect(),
    }
}

/// Contracts of a telephone company: when they end is agreed, and some are cancelled.
pub(super) fn telephones(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let rows = (0..count).map(|i| {
        let start = random.below(DAYS - 60);
        let months = [12, 24][random.below(2) as usize];
        let cancelled = start + 30 + random.below(900);
        let is_cancelled = cancelled < DAYS;
        vec![
            (800_000 + i * 13).to_string(),
            format!("K{:06}", (i * 3 / 4) * 17 % 99_991),
            ["S", "M", "L", "XL"][random.below(4) as usize].to_owned(),
            date(start),
            date(start + months * 30),
            if is_cancelled {
                date(cancelled)
            } else {
                String::new()
            },
            ["active", "cancelled"][usize::from(is_cancelled)].to_owned(),
            format!("{}.95", 9 + random.below(4) * 10),
        ]
    });
    Table {
        names: vec![
            "contract_id",
            "customer_no",
            "tariff",
            "activation_date",
            "contract_end",
            "cancellation_date",
            "status",
            "price",
        ],
        rows: rows.collect(),
    }
}

/// Policies of an insurer: one year each, some renewed; nothing says an end.
pub(super) fn policies(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let mut rows = Vec::new();
    for i in 0..count {
        let mut start = random.below(700);
        let kind = random.below(3) as usize;
        for renewal in 0..1 + random.below(3) {
            rows.push(vec![
                format!("P{:06}-{renewal}", 500_000 + i * 31),
                format!("{:07}", 3_000_000 + i * 97),
                ["车险", "寿险", "医疗险"][kind].to_owned(),
                date(start),
                date(start + 365),
                (1_200 + kind as u64 * 800 + random.below(40) * 10).to_string(),
            ]);
            start += 365;
        }
    }
    Table {
        names: vec!["保单号", "客户编号", "险种", "生效日期", "到期日", "年保费"],
        rows,
    }
}

/// A supplier of software: of each customer a row a month, with seats, until it leaves.
pub(super) fn software(seed: u64, customers: usize) -> Table {
    let mut random = Lcg(seed);
    let mut rows = Vec::new();
    for i in 0..customers {
        let mut start = random.below(300);
        let tier = random.below(3) as usize;
        let mut seats = 1 + random.below(40);
        for _ in 0..2 + random.below(24) {
            seats += random.below(3);
            rows.push(vec![
                format!("acct_{:05}", 20_000 + i * 11),
                ["starter", "team", "enterprise"][tier].to_owned(),
                date(start),
                date(start + 30),
                seats.to_string(),
                format!("{}.00", seats * [9, 15, 29][tier]),
            ]);
            start += 30;
        }
    }
    Table {
        names: vec![
            "account_id",
            "tier",
            "period_start",
            "period_end",
            "seats",
            "mrr",
        ],
        rows,
    }
}

/// Subscribers of a newspaper: since when, paid until when, gone when.
pub(super) fn newspaper(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let rows = (0..count).map(|i| {
        let start = random.below(DAYS - 200);
        let gone = start + 60 + random.below(1_500);
        let is_gone = gone < DAYS;
        let paid = if is_gone {
            gone
        } else {
            DAYS + random.below(90)
        };
        vec![
            format!("A{}", 40_000 + i * 3),
            ["Daily", "Weekend", "Digital"][random.below(3) as usize].to_owned(),
            date(start),
            date(paid),
            if is_gone { date(gone) } else { String::new() },
            ["32.50", "14.90", "9.90"][random.below(3) as usize].to_owned(),
        ]
    });
    Table {
        names: vec![
            "Abonnent",
            "Produkt",
            "Beginn",
            "bezahlt_bis",
            "Kündigungsdatum",
            "Monatspreis",
        ],
        rows: rows.collect(),
    }
}

/// People on courses: days counted from the first day of the course, before it and
/// after.
pub(super) fn courses(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let rows = (0..count).map(|i| {
        let (course, run) = (i * 7 / count, i * 28 / count % 4);
        let start = random.below(170) as i64 - 160;
        let end = start + 5 + random.below(250) as i64;
        let left = random.below(10) < 3;
        vec![
            format!("{0}{0}{0}", (b'A' + course as u8) as char),
            ["2013J", "2014J", "2013B", "2014B"][run].to_owned(),
            (11_000 + i * 7_919 % 900_001).to_string(),
            start.to_string(),
            if left { end.to_string() } else { String::new() },
        ]
    });
    Table {
        names: vec![
            "code_module",
            "code_presentation",
            "id_student",
            "date_registration",
            "date_unregistration",
        ],
        rows: rows.collect(),
    }
}

/// Orders of one line each that are delivered some days later; the newest not yet.
pub(super) fn deliveries(seed: u64, count: usize) -> Table {
    let mut random = Lcg(seed);
    let rows = (0..count).map(|i| {
        let ordered = random.below(DAYS);
        let delivered = ordered + 1 + random.below(12);
        let is_delivered = random.below(5) > 0;
        vec![
            (700_000 + i).to_string(),
            format!("C{:05}", random.below(count as u64 * 2 / 3) * 7),
            date(ordered),
            if is_delivered {
                date(delivered)
            } else {
                String::new()
            },
            format!("{}.{:02}", 5 + random.below(90), random.below(100)),
        ]
    });
    Table {
        names: vec!["order_id", "customer_id", "ordered", "delivered", "amount"],
        rows: rows.collect(),
    }
}
