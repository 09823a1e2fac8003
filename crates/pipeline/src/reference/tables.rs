//! The one list of tables and their columns.

use perennial_history::{FeatureKind, order_line_features};

use super::quality_tables;

/// A table of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDoc {
    /// Its name.
    pub name: &'static str,
    /// The stage that writes it.
    pub stage: &'static str,
    /// What one row is.
    pub grain: &'static str,
    /// What else is to be said; begins with a blank where there is something.
    pub more: &'static str,
    /// Its columns, in order. Traits and columns of the user's own come beside.
    pub columns: Vec<ColumnDoc>,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDoc {
    /// Its name.
    pub name: &'static str,
    /// Its type, in words.
    pub kind: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

pub(super) type Column = (&'static str, &'static str, &'static str);

pub(super) const ID: &str = "64-bit integer";
pub(super) const COUNT: &str = "64-bit integer";
const SMALL_COUNT: &str = "32-bit integer";
pub(super) const NUMBER: &str = "64-bit float";
pub(super) const TEXT: &str = "text";
pub(super) const TIME: &str = "timestamp";
pub(super) const MONEY: &str = "decimal(18,4)";
pub(super) const FLAG: &str = "boolean";

pub(super) const RUN: Column = ("run_id", TEXT, "the run that wrote the row");
const AS_OF: Column = (
    "as_of",
    TIME,
    "the moment a decision would have been made; nothing at or after it is known",
);
pub(super) const CUSTOMER: Column = ("customer_id", ID, "the customer's pseudonym");
const VERSION: Column = ("model_version", TEXT, "the version of the model");
const SPLIT: Column = (
    "split",
    TEXT,
    "`later` for a later date, `cv` for folds; missing where nothing was judged",
);
const TEST_DATE: Column = ("as_of", TIME, "the test date; missing for folds");
const MODEL: Column = ("model", TEXT, "`plain_rule` or `logistic_regression`");

/// A table's name, stage, grain, further words and columns; no columns stand for
/// those of the feature catalogue.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [Column],
);

/// Every table, in the order of the stages.
#[rustfmt::skip] // one entry a line
const TABLES: &[Row] = &[
    ("order_lines", "ingest", "One line of an order or of a return", ORDER_LINES_MORE, ORDER_LINES),
    ("events", "ingest", "One thing that happened", EVENTS_MORE, EVENTS),
    ("subscriptions", "ingest", "One contract as a file says it", SUBSCRIPTIONS_MORE, SUBSCRIPTIONS),
    ("customers", "ingest", "One customer of a labelled table", CUSTOMERS_MORE, CUSTOMERS),
    ("ingests", "ingest", "One reading of a file", INGESTS_MORE, INGESTS),
    ("ingest_columns", "ingest", "One column of a file, before any cleaning", INGEST_COLUMNS_MORE, INGEST_COLUMNS),
    ("quarantine", "ingest", "One row that was set aside", QUARANTINE_MORE, QUARANTINE),
    ("quality", "quality", "One rule, measured once", quality_tables::QUALITY_MORE, quality_tables::QUALITY),
    ("quality_flags", "quality", "One row that is out of the ordinary", quality_tables::FLAGS_MORE, quality_tables::FLAGS),
    ("returns", "quality", "One return with its purchase", quality_tables::RETURNS_MORE, quality_tables::RETURNS),
    ("features", "features", "One customer at one as-of moment", FEATURES_MORE, &[]),
    ("labels", "features", "One customer at one as-of moment", "", LABELS),
    ("months", "features", "One month of the business's calendar", MONTHS_MORE, MONTHS),
    ("model_versions", "model", "One version of the model", "", MODEL_VERSIONS),
    ("evaluations", "model", "One measure of one model", "", EVALUATIONS),
    ("test_scores", "model", "One customer whom one model was judged on", TEST_SCORES_MORE, TEST_SCORES),
    ("calibration", "model", "One group of customers with about the same probability", ACTIVE_MORE, CALIBRATION),
    ("lift", "model", "One tenth of the customers, by their probability", ACTIVE_MORE, LIFT),
    ("curves", "model", "One point of a curve", ACTIVE_MORE, CURVES),
    ("importances", "model", "One term of the logistic regression", "", IMPORTANCES),
    ("scores", "model", "One customer", "", SCORES),
    ("clv", "value", "One customer and one formula", CLV_MORE, CLV),
    ("decisions", "decide", "One customer", "", DECISIONS),
];

/// Every table, in the order of the stages.
pub fn table_docs() -> Vec<TableDoc> {
    let catalogue = features();
    TABLES
        .iter()
        .map(|&(name, stage, grain, more, columns)| {
            let columns = if columns.is_empty() {
                catalogue.as_slice()
            } else {
                columns
            };
            TableDoc {
                name,
                stage,
                grain,
                more,
                columns: columns
                    .iter()
                    .map(|&(name, kind, meaning)| ColumnDoc {
                        name,
                        kind,
                        meaning,
                    })
                    .collect(),
            }
        })
        .collect()
}

fn features() -> Vec<Column> {
    let own = order_line_features().iter().map(|spec| {
        let kind = match spec.kind {
            FeatureKind::Count => SMALL_COUNT,
            FeatureKind::Number => NUMBER,
        };
        (spec.name.as_ref(), kind, spec.en.as_ref())
    });
    [CUSTOMER, AS_OF]
        .into_iter()
        .chain(own)
        .chain([RUN])
        .collect()
}

const ORDER_LINES_MORE: &str = " Kept by bucket of the customer and in the order of time; the project's traits follow as columns of text.";
#[rustfmt::skip] // one entry a line
const ORDER_LINES: &[Column] = &[
    ("subject_id", ID, "the pseudonym of the identifier as read; missing where the row names nobody"),
    ("customer_id", ID, "the pseudonym of the customer; equal to `subject_id` unless identifiers were joined"),
    ("order_id", TEXT, "the order, without blanks around it or a spreadsheet's `.0`; missing for `NULL` and the like"),
    ("line", COUNT, "the record's number in its file, from 1"),
    ("time", TIME, "when it was bought"),
    ("product_id", TEXT, "what was bought, as the file has it"),
    ("quantity", MONEY, "how many; negative for a return"),
    ("unit_price", "decimal(18,6)", "the price of one"),
    ("amount", MONEY, "the money of the line: quantity times unit price, or as the file has it"),
    ("cost", MONEY, "what the line cost the business"),
    ("discount", MONEY, "what was taken off"),
    ("return_of", TEXT, "the order that a return gives back"),
    ("channel", TEXT, "where it was bought"),
    ("copies", SMALL_COUNT, "equal rows that stand behind this one, itself included"),
    ("is_repeat", FLAG, "whether it equals another row of its file that was kept too"),
    ("ingest_id", ID, "the reading it came from: see `ingests`"),
    ("bucket", SMALL_COUNT, "part of the table the row is kept in; -1 for nobody known"),
];

const EVENTS_MORE: &str = " Kept by bucket of the customer and in the order of time; the project's traits follow as columns of text.";
#[rustfmt::skip] // one entry a line
const EVENTS: &[Column] = &[
    ("subject_id", ID, "the pseudonym of the identifier as read; missing where the row names nobody"),
    ("customer_id", ID, "the pseudonym of the customer; equal to `subject_id` unless identifiers were joined"),
    ("message_id", TEXT, "the event's own id, where it has one"),
    ("line", COUNT, "the record's number in its file, from 1"),
    ("time", TIME, "when it happened"),
    ("name", TEXT, "what happened"),
    ("product_id", TEXT, "what it happened to"),
    ("channel", TEXT, "where it happened"),
    ("copies", SMALL_COUNT, "equal rows that stand behind this one, itself included"),
    ("is_repeat", FLAG, "whether it equals another row of its file that was kept too"),
    ("ingest_id", ID, "the reading it came from: see `ingests`"),
    ("bucket", SMALL_COUNT, "part of the table the row is kept in; -1 for nobody known"),
];

const SUBSCRIPTIONS_MORE: &str = " Kept by bucket of the customer and in the order of time; the project's traits follow as columns of text.";
#[rustfmt::skip] // one entry a line
const SUBSCRIPTIONS: &[Column] = &[
    ("subject_id", ID, "the pseudonym of the identifier as read; missing where the row names nobody"),
    ("customer_id", ID, "the pseudonym of the customer; equal to `subject_id` unless identifiers were joined"),
    ("subscription_id", TEXT, "the contract's own id, where it has one"),
    ("line", COUNT, "the record's number in its file, from 1"),
    ("time", TIME, "when it began"),
    ("plan", TEXT, "what was contracted"),
    ("end_time", TIME, "the first moment it no longer covers, the day after an end that is written as a day; missing while it runs, and where the file has a day that no calendar of business has, such as 9999-12-31"),
    ("due_time", TIME, "until when it runs unless it is renewed"),
    ("price", MONEY, "what it costs for each of `value.amount_per`"),
    ("channel", TEXT, "where it was made"),
    ("copies", SMALL_COUNT, "equal rows that stand behind this one, itself included"),
    ("is_repeat", FLAG, "whether it equals another row of its file that was kept too"),
    ("ingest_id", ID, "the reading it came from: see `ingests`"),
    ("bucket", SMALL_COUNT, "part of the table the row is kept in; -1 for nobody known"),
];

const CUSTOMERS_MORE: &str = " The file's own columns follow under their names, with `_` for blanks and signs that SQL minds.";
#[rustfmt::skip] // one entry a line
const CUSTOMERS: &[Column] = &[
    ("subject_id", ID, "the pseudonym of the identifier as read"),
    CUSTOMER,
    ("label", TEXT, "the label, as the file has it"),
    ("ingest_id", ID, "the reading it came from: see `ingests`"),
];

const INGESTS_MORE: &str = " `rows_read` = `kept` + `quarantined` + `duplicates`, always.";
#[rustfmt::skip] // one entry a line
const INGESTS: &[Column] = &[
    ("ingest_id", ID, "the reading: same file, content and mapping, same id"),
    ("file", TEXT, "the file, as the settings name it"),
    ("target", TEXT, "the table it went to; `none` for content that was known"),
    ("hash", TEXT, "BLAKE3 of the file's bytes, in hexadecimal"),
    ("rows_read", COUNT, "rows of the file, its header not counted"),
    ("kept", COUNT, "rows in the table"),
    ("quarantined", COUNT, "rows set aside"),
    ("duplicates", COUNT, "rows known already"),
    ("past_keeping", COUNT, "of the rows set aside, those older than the source's `keep`: nothing of them is kept"),
    ("repeats", COUNT, "kept rows that equal another one of the file, where no order id tells them apart"),
    ("overlaps", COUNT, "kept rows that equal one of another file, where no order id tells them apart"),
    ("gone", COUNT, "rows of the file's earlier contents that it no longer has, within the time it speaks for"),
    ("taken_out", COUNT, "those of them that went out of the table: all where the file still has at least half of the earlier rows, else none"),
    ("without_customer", COUNT, "kept rows that name nobody"),
    ("first_time", TIME, "the earliest moment kept"),
    ("last_time", TIME, "the latest moment kept"),
    ("plain_total", MONEY, "sum of quantity times unit price over the raw file, before any cleaning"),
    ("read_at", TIME, "when it was read"),
    RUN,
];
const INGEST_COLUMNS_MORE: &str = " Of columns that identify somebody or something no number is kept: the least and the greatest would name them.";
#[rustfmt::skip] // one entry a line
const INGEST_COLUMNS: &[Column] = &[
    ("ingest_id", ID, "the reading: see `ingests`"),
    ("column_name", TEXT, "the column's name"),
    ("rows", COUNT, "rows"),
    ("missing", COUNT, "missing cells"),
    ("outer_blanks", COUNT, "cells with blanks around them"),
    ("distinct_values", COUNT, "different values"),
    ("distinct_is_exact", FLAG, "whether that is exact or an estimate"),
    ("not_numbers", COUNT, "cells that are no numbers, in a column of numbers"),
    ("negative", COUNT, "negative numbers"),
    ("zero", COUNT, "zeros"),
    ("min", NUMBER, "the smallest number"),
    ("max", NUMBER, "the largest number"),
    ("sum", NUMBER, "the sum of the numbers"),
    RUN,
];

const QUARANTINE_MORE: &str = " Reasons: see the page of errors.";
#[rustfmt::skip] // one entry a line
const QUARANTINE: &[Column] = &[
    ("ingest_id", ID, "the reading: see `ingests`"),
    ("row", COUNT, "the record's number in its file, from 1; 0 where a labelled row was erased"),
    ("column_name", TEXT, "the column that is wrong; missing where it is the whole row"),
    ("reason", TEXT, "why, as a code"),
    ("raw_sealed", "binary", "the record as it was, encrypted under the file's key; empty where it named somebody who was erased, and once `privacy.keep_set_aside` has passed"),
    RUN,
];

const MONTHS_MORE: &str = " Where customers are known by events (`lost.kind = \"no_event\"`) the columns are `month`, `month_number`, `active_customers`, `new_customers`, `returning_customers`, `events`, `as_of` and `run_id`; where they are known by contracts (`contract`): `month`, `month_number`, `customers_at_start`, `active_customers` (at the end), `new_customers`, `returning_customers`, `ended_customers`, `subscriptions_begun`, `as_of` and `run_id`.";
const FEATURES_MORE: &str = " The columns below are those of order lines; those of events are on the page of features. Made at the as-of moment and at earlier dates to learn from and to test on; the page of features says more.";
#[rustfmt::skip] // one entry a line
const LABELS: &[Column] = &[
    CUSTOMER,
    AS_OF,
    ("lost", "8-bit integer", "1 lost, 0 stayed; missing where the horizon has not passed yet"),
    RUN,
];
#[rustfmt::skip] // one entry a line
const MONTHS: &[Column] = &[
    ("month", TIME, "the first moment of the month, on the business's clock"),
    ("month_number", COUNT, "months since January 1970"),
    ("buyers", COUNT, "customers who bought"),
    ("new_buyers", COUNT, "those who bought for the first time"),
    ("returning_buyers", COUNT, "those who came back after a silence longer than the horizon"),
    ("orders", COUNT, "orders of known customers"),
    ("gross", MONEY, "sold to them, before returns"),
    ("returned", MONEY, "given back by them"),
    ("net", MONEY, "sold less given back"),
    ("net_unknown_customer", MONEY, "net of lines that name nobody"),
    AS_OF,
    RUN,
];

#[rustfmt::skip] // one entry a line
const MODEL_VERSIONS: &[Column] = &[
    VERSION,
    ("model", TEXT, "which of the two serves; missing where there is none"),
    ("train_rows", COUNT, "rows it was fitted on"),
    ("train_lost", COUNT, "of those, lost"),
    ("test_rows", COUNT, "rows it was judged on; where there are dates, those of the customers who were not lost already on the test date"),
    ("test_lost", COUNT, "of those, lost"),
    ("threshold", NUMBER, "from which probability on the first offer pays for a customer of mean value; one half without an offer or a value"),
    ("none_because", TEXT, "why there is no model, where there is none"),
    ("code_version", TEXT, "the program's version"),
    RUN,
];
#[rustfmt::skip] // one entry a line
const EVALUATIONS: &[Column] = &[
    MODEL,
    ("segment", TEXT, "`active` for those who were not lost already on the test date, by a silence longer than the horizon; missing for all"),
    ("metric", TEXT, "`roc_auc`, `pr_auc`, `log_loss`, `brier`, `ece`, `precision`, `recall`, `accuracy`, `f1` and others"),
    ("value", NUMBER, "the estimate"),
    ("low", NUMBER, "lower end of the 95 % interval"),
    ("high", NUMBER, "upper end of it"),
    ("n", COUNT, "rows it rests on"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
const TEST_SCORES_MORE: &str = " The model that gave the probability had not seen the row: it was fitted on earlier dates, or on the other folds.";
#[rustfmt::skip] // one entry a line
const TEST_SCORES: &[Column] = &[
    MODEL,
    CUSTOMER,
    ("churn_probability", NUMBER, "what the model said on the test date"),
    ("lost", FLAG, "what happened"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
const ACTIVE_MORE: &str =
    " Of the customers who were still active on the test date, where there are dates.";
#[rustfmt::skip] // one entry a line
const CALIBRATION: &[Column] = &[
    MODEL,
    ("predicted", NUMBER, "their mean probability"),
    ("observed", NUMBER, "the share that was lost"),
    ("low", NUMBER, "lower end of its 95 % interval"),
    ("high", NUMBER, "upper end of it"),
    ("n", COUNT, "customers"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
#[rustfmt::skip] // one entry a line
const LIFT: &[Column] = &[
    MODEL,
    ("decile", COUNT, "1 is the tenth with the highest probabilities"),
    ("n", COUNT, "customers"),
    ("lost", NUMBER, "of those, lost; equals share a tenth"),
    ("lift", NUMBER, "their share lost over that of all"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
#[rustfmt::skip] // one entry a line
const CURVES: &[Column] = &[
    MODEL,
    ("curve", TEXT, "`roc`, `precision_recall` or `profit`"),
    ("x", NUMBER, "false positive rate, recall, or share contacted"),
    ("y", NUMBER, "true positive rate, precision, or what the first offer brings on the test"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
#[rustfmt::skip] // one entry a line
const IMPORTANCES: &[Column] = &[
    ("feature", TEXT, "the column"),
    ("term", TEXT, "what of it: `value`, `missing`, a level, or `other` levels"),
    ("coefficient", NUMBER, "log-odds: per standard deviation, or against the commonest level"),
    ("std_error", NUMBER, "its standard error"),
    ("low", NUMBER, "lower end of the 95 % interval"),
    ("high", NUMBER, "upper end of it"),
    VERSION,
    SPLIT,
    TEST_DATE,
    RUN,
];
#[rustfmt::skip] // one entry a line
const SCORES: &[Column] = &[
    CUSTOMER,
    ("churn_probability", NUMBER, "the probability of being lost within the horizon"),
    ("churn_low", NUMBER, "lower end of the interval of those with about the same probability"),
    ("churn_high", NUMBER, "upper end of it"),
    ("percentile", NUMBER, "share of all customers with a lower probability, counting half of those with the same"),
    ("reasons_en", TEXT, "why, in English"),
    ("reasons_zh", TEXT, "why, in Chinese"),
    VERSION,
    AS_OF,
    RUN,
];

const CLV_MORE: &str = " `survival_sum_in_arrears` is the one that is used; `plain_sum` is the textbooks' shorter one, for comparison.";
#[rustfmt::skip] // one entry a line
const CLV: &[Column] = &[
    CUSTOMER,
    ("historic", MONEY, "margin up to the as-of moment"),
    ("margin_per_year", MONEY, "margin in a year, as things go"),
    ("expected", MONEY, "customer lifetime value over the horizon, discounted"),
    ("low", MONEY, "lower end of its interval: that of the churn probability alone"),
    ("high", MONEY, "upper end of it"),
    ("horizon_years", COUNT, "years it adds up"),
    ("model", TEXT, "the formula"),
    AS_OF,
    RUN,
];
#[rustfmt::skip] // one entry a line
const DECISIONS: &[Column] = &[
    CUSTOMER,
    ("offer", TEXT, "the offer they get; missing for none, and for those held out"),
    ("offer_intended", TEXT, "the offer chosen, whether or not they were held out"),
    ("arm", TEXT, "`treated` or `hold_out`, drawn by lot once and for all"),
    ("propensity", NUMBER, "the probability with which that arm was drawn"),
    ("churn_probability", NUMBER, "the probability of being lost within the horizon"),
    ("value", MONEY, "margin in a year, as things go"),
    ("cost", MONEY, "what the offer costs"),
    ("net", MONEY, "what the offer intended is expected to bring beyond its cost, for those held out too"),
    ("effect_is_assumed", FLAG, "whether the offer's effect is assumed rather than measured"),
    ("why_en", TEXT, "why, in English"),
    ("why_zh", TEXT, "why, in Chinese"),
    AS_OF,
    RUN,
];
