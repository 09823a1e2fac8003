//! Pages of the reference that come from the program itself: tables, features,
//! codes. What is said here is compared with the code by tests, so that neither
//! can drift away from the other.

mod codes;
mod quality_tables;
mod tables;

use perennial_history::{
    EVENT_NAMES_MAX, EventNames, FeatureSpec, PLAN_NAMES_MAX, PlanNames, event_features,
    order_line_features, subscription_features,
};

pub use codes::{errors, reasons, warnings};
pub use tables::{ColumnDoc, TableDoc, table_docs};

/// Every table and column, as a page of markdown.
pub fn tables() -> String {
    let mut page = String::from(
        "# Tables\n\nAll tables can be asked in SQL: `perennial query \"select * from scores limit 10\"`. \
         They hold pseudonyms: `customer_id` is a number, and who stands behind it is in the vault alone. \
         Moments are in UTC with microseconds. `run_id` names the run that wrote a row.\n",
    );
    for table in table_docs() {
        let TableDoc {
            name,
            stage,
            grain,
            more,
            ..
        } = table;
        page.push_str(&format!(
            "\n## `{name}`\n\n{grain}. Written by the stage `{stage}`.{more}\n\n"
        ));
        page.push_str("| column | type | meaning |\n| --- | --- | --- |\n");
        for column in table.columns {
            let ColumnDoc {
                name,
                kind,
                meaning,
            } = column;
            page.push_str(&format!("| `{name}` | {kind} | {} |\n", cell(meaning)));
        }
    }
    page
}

/// The catalogue of features, as a page of markdown.
pub fn features() -> String {
    let mut page = String::from(
        "# Features\n\nWhat a model of histories looks at, one column each in the table `features`. \
         Nothing at or after the as-of moment enters. A window of so many days is so many times 24 hours.\n\n\
         ## Of order lines\n\n",
    );
    page.push_str(&catalogue(order_line_features()));
    page.push_str(&format!(
        "\n## Of events\n\nAn event is active if its name is one of `lost.events`; where none is named, every event is. \
         A session ends after 30 minutes without an event. The last {PER_NAME} columns are there for each of the \
         {EVENT_NAMES_MAX} commonest names and for those in `lost.events`, under the name in small letters; \
         here for `{EXAMPLE}`.\n\n",
    ));
    let names = EventNames::new(vec![EXAMPLE.to_owned()], &[]);
    page.push_str(&catalogue(&event_features(&names)));
    page.push_str(&format!(
        "\n## Of contracts\n\nA contract covers the time from its start to its end; one that follows within \
         `lost.grace` is its renewal. The last column is there for each of the {PLAN_NAMES_MAX} commonest plans, \
         under the plan's name in small letters; here for `{PLAN_EXAMPLE}`.\n\n",
    ));
    let plans = PlanNames::new(vec![PLAN_EXAMPLE.to_owned()]);
    page.push_str(&catalogue(&subscription_features(&plans)));
    page
}

/// The name of an event that stands for any.
const EXAMPLE: &str = "buy";
/// The name of a plan that stands for any.
const PLAN_EXAMPLE: &str = "family";
/// Features that each name of an event has.
const PER_NAME: usize = 4;

/// A table of features.
fn catalogue(specs: &[FeatureSpec]) -> String {
    let mut page = String::from(
        "| name | unit | missing | English | 中文 |\n| --- | --- | --- | --- | --- |\n",
    );
    for spec in specs {
        let missing = if spec.can_be_missing() {
            "can be"
        } else {
            "never"
        };
        page.push_str(&format!(
            "| `{}` | {} ({}) | {missing} | {} | {} |\n",
            spec.name,
            spec.unit.en(),
            spec.unit.zh(),
            cell(&spec.en),
            cell(&spec.zh),
        ));
    }
    page
}

/// A text that cannot break a table of markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_every_table_and_feature() {
        let page = tables();
        for table in table_docs() {
            assert!(page.contains(&format!("## `{}`", table.name)));
            assert!(!table.columns.is_empty(), "{}", table.name);
        }
        let page = features();
        for spec in order_line_features() {
            assert!(page.contains(&format!("| `{}` |", spec.name)));
        }
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
        let columns = rows[0].matches(" | ").count();
        assert!(rows.iter().all(|row| row.matches(" | ").count() == columns));
        assert!(page.contains("| `buy_7d` |"));
    }
}
