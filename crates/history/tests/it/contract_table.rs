//! Subscriptions as text: `start end due price plan id` a line, `-` for none; dates mean midnight UTC.

use crate::table::{decimal, us};
use perennial_history::{NO_MOMENT, NO_PRICE, PlanNames, Subscriptions};

/// One customer's subscriptions, owned.
#[derive(Debug, Clone)]
pub struct Contracts {
    pub plans: PlanNames,
    pub start_us: Vec<i64>,
    pub end_us: Vec<i64>,
    pub due_us: Vec<i64>,
    pub price: Vec<i64>,
    pub plan: Vec<u16>,
    pub id: Vec<u64>,
}

/// One row: start, end, due, price, plan, id.
pub type Row = (i64, i64, i64, i64, u16, u64);

impl Contracts {
    /// The rows by their start; those that begin at one moment stay in the order given.
    pub fn of_rows(plans: &PlanNames, rows: &[Row]) -> Contracts {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.0);
        Contracts {
            plans: plans.clone(),
            start_us: rows.iter().map(|row| row.0).collect(),
            end_us: rows.iter().map(|row| row.1).collect(),
            due_us: rows.iter().map(|row| row.2).collect(),
            price: rows.iter().map(|row| row.3).collect(),
            plan: rows.iter().map(|row| row.4).collect(),
            id: rows.iter().map(|row| row.5).collect(),
        }
    }

    pub fn parse(plans: &PlanNames, text: &str) -> Contracts {
        let rows: Vec<Row> = text
            .lines()
            .filter(|row| !row.trim().is_empty())
            .map(|row| {
                let fields: Vec<&str> = row.split_whitespace().collect();
                let [start, end, due, price, plan, id] = fields[..] else {
                    panic!("six fields wanted: {row}");
                };
                let price = match price {
                    "-" => NO_PRICE,
                    number => decimal(number),
                };
                let id = match id {
                    "-" => 0,
                    text => text
                        .bytes()
                        .fold(7, |hash, byte| hash * 31 + u64::from(byte)),
                };
                (
                    moment(start),
                    moment(end),
                    moment(due),
                    price,
                    plans.code(plan),
                    id,
                )
            })
            .collect();
        Contracts::of_rows(plans, &rows)
    }

    pub fn of(&self, customer_id: i64) -> Subscriptions<'_> {
        Subscriptions {
            customer_id,
            start_us: &self.start_us,
            end_us: &self.end_us,
            due_us: &self.due_us,
            price: &self.price,
            plan: &self.plan,
            id: &self.id,
            plans: &self.plans,
        }
    }
}

/// UTC microseconds of a date or time; `-` is none.
pub fn moment(text: &str) -> i64 {
    match text {
        "-" => NO_MOMENT,
        date if !date.contains('T') => us(&format!("{date}T00:00Z")),
        time => us(time),
    }
}

/// Plans with blanks between them.
pub fn plans(names: &str) -> PlanNames {
    PlanNames::new(names.split_whitespace().map(str::to_owned).collect())
}
