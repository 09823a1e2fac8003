//! The sections of `perennial.toml`, apart from the sources: every key with its
//! type, its default and its meaning in one line.

use super::duration::Duration;
use super::section::section;
use super::units::{
    Amount, Bytes, Count, Country, Currency, HoldOutShare, Horizon, Language, Literal, Penalty,
    Per, Rate, Share, Zone, words,
};

words! {
    /// What being lost means.
    LostKind {
        /// No purchase within the horizon.
        NoPurchase = "no_purchase",
        /// No event within the horizon.
        NoEvent = "no_event",
        /// A contract ended and was not renewed.
        Contract = "contract",
        /// A column of the table says so.
        Label = "label",
    }
}

/// The margin that stands in until the user gives one.
const MARGIN_ASSUMED: Share = Share::constant(0.3);
/// The discount rate that stands in until the user gives one.
const DISCOUNT_ASSUMED: Rate = Rate::constant(0.1);

section! {
    /// The business the project is about.
    Project in "[project]" {
        /// The name that reports carry.
        name: String = default(String::new(), "the folder's name");
        /// The currency of every amount, as three letters.
        currency: Currency = required;
        /// The time zone of the business's calendar: where its days begin.
        time_zone: Zone = default(Zone::utc());
        /// The language of reports and reasons.
        language: Language = default(Language::English);
    }
}

section! {
    /// What it means that a customer is lost.
    Lost in "[lost]" {
        /// No purchase within the horizon, no event, a contract that ended without another, or a column that says so.
        kind: LostKind = default(LostKind::NoPurchase);
        /// How far ahead one looks for a purchase or an event; `auto` chooses it from the customers' own rhythm.
        horizon: Horizon = default(Horizon::Auto);
        /// For `no_event`: the names of the events that count as being there, such as `["play"]`; all events where none is named.
        events: Vec<String> = default(Vec::new(), "[]: any event");
        /// For `contract`: how long after the end of a contract another one still counts as its renewal.
        grace: Duration = optional("30d");
        /// For `label`: the value of the label column that means lost, in capitals or not.
        lost_when: Literal = optional("must be given for `kind = \"label\"`");
    }
}

section! {
    /// What a customer is worth.
    Value in "[value]" {
        /// How far ahead a customer's value is counted.
        horizon: Duration = default(Duration::years(1));
        /// The share of revenue that is left after the cost of goods; a column `cost` comes before it.
        margin: Share = default(MARGIN_ASSUMED);
        /// What a year's wait takes from an amount; 0.10 is 10 % a year.
        discount_rate_per_year: Rate = default(DISCOUNT_ASSUMED);
        /// For a table of customers: the column with the amount that each pays.
        amount: String = optional("none: customers are ranked by risk alone");
        /// What that amount, or the `price` of a contract, is paid per; there is no default, since a wrong one is wrong twelvefold.
        amount_per: Per = optional("must be given with `amount`, and with a part `price`");
    }
}

section! {
    /// Something that can be given to a customer to stay.
    Offer in "[[offer]]" {
        /// The name that decisions carry; each offer has its own.
        name: String = required;
        /// What it costs each time a customer takes it, in the project's currency.
        cost_per_use: Amount = required;
        /// The share of those who would leave within the horizon that it keeps, until an experiment has measured it.
        assumed_effect: Share = required;
        /// How long a customer that it kept stays kept.
        effect_lasts: Duration = required;
    }
}

section! {
    /// How offers are given out.
    Policy in "[policy]" {
        /// The most that one run's offers may cost, in the project's currency.
        budget: Amount = optional("no limit: every offer that is worth more than it costs");
        /// The share of customers, drawn by lot, that is left alone so that the effect can be measured.
        hold_out: HoldOutShare = default(HoldOutShare::constant(0.05));
        /// The seed of every draw by lot; another seed draws other customers.
        seed: u64 = default(1);
    }
}

section! {
    /// How the churn model is fitted.
    Model in "[model]" {
        /// From how many past dates it learns, a third of a horizon apart, besides the later one it is tested on; fewer where the history is short, 52 at the most; 0 makes features for the as-of moment alone.
        training_dates: u64 = default(4);
        /// The strength of the ridge penalty on standardised coefficients; larger is more cautious.
        l2: Penalty = optional("chosen by cross-validation over whole customers");
    }
}

section! {
    /// How `perennial identity` compares people. Nothing here changes a run.
    Identity in "[identity]" {
        /// The country of telephone numbers that are written without a country code.
        country: Country = optional("the country that `project.time_zone` lies in, where it is known");
    }
}

section! {
    /// How much of the machine may be used. Nothing here changes a result.
    Limits in "[limits]" {
        /// Rows that are handled at a time.
        rows_per_batch: Count = default(Count::constant::<65_536>());
        /// Memory that reading and sorting may use before they go to disk.
        memory: Bytes = default(Bytes::megabytes(512));
        /// Memory that one SQL query may use.
        query_memory: Bytes = default(Bytes::megabytes(1_000));
        /// Rows that one SQL query may print; a file has no such limit.
        query_rows: Count = default(Count::constant::<100_000>());
        /// Threads that work at a time.
        threads: Count = optional("one for each core");
    }
}
