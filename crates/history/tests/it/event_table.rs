//! Events as text: `time name item` a line, `-` for no name and for no item.

use crate::table::us;
use perennial_history::{EventNames, Events, UNKNOWN_PRODUCT};

/// One customer's events, owned.
#[derive(Debug, Clone)]
pub struct Clicks {
    pub names: EventNames,
    pub time_us: Vec<i64>,
    pub name: Vec<u16>,
    pub item: Vec<u32>,
}

impl Clicks {
    pub fn none(names: &EventNames) -> Clicks {
        Clicks {
            names: names.clone(),
            time_us: Vec::new(),
            name: Vec::new(),
            item: Vec::new(),
        }
    }

    /// Reads the text and sorts the events by time as a reader would.
    pub fn parse(names: &EventNames, text: &str) -> Clicks {
        let mut rows: Vec<(i64, &str, u32)> = text
            .lines()
            .filter(|row| !row.trim().is_empty())
            .map(|row| {
                let fields: Vec<&str> = row.split_whitespace().collect();
                let [time, name, item] = fields[..] else {
                    panic!("three fields wanted: {row}");
                };
                let item = match item {
                    "-" => UNKNOWN_PRODUCT,
                    code => code.trim_start_matches('i').parse().unwrap(),
                };
                (us(time), name, item)
            })
            .collect();
        rows.sort_by_key(|row| row.0);
        let mut clicks = Clicks::none(names);
        for (time_us, name, item) in rows {
            clicks.push(time_us, name, item);
        }
        clicks
    }

    pub fn push(&mut self, time_us: i64, name: &str, item: u32) {
        self.time_us.push(time_us);
        self.name.push(self.names.code(name));
        self.item.push(item);
    }

    pub fn of(&self, customer_id: i64) -> Events<'_> {
        Events {
            customer_id,
            time_us: &self.time_us,
            name: &self.name,
            item: &self.item,
            names: &self.names,
        }
    }
}

/// Names that are told apart and names that count, each with blanks between them.
pub fn names(told_apart: &str, active: &str) -> EventNames {
    let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let owned = |text: &str| {
        if text.is_empty() {
            Vec::new()
        } else {
            words(text)
        }
    };
    EventNames::new(owned(told_apart), &owned(active))
}
