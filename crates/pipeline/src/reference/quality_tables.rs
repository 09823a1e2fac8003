//! The tables of quality and their columns.

use super::tables::{COUNT, CUSTOMER, Column, FLAG, ID, MONEY, NUMBER, RUN, TEXT, TIME};

pub(super) const QUALITY_MORE: &str = " Rules are those under `[[rule]]` and the built-in ones: `quarantined` (a file's rows set aside), `duplicates`, \
`completeness` (missing values of a column that the settings name), `unique_key`, `freshness` (silent for longer than 99 % of the source's own gaps and a day; of a source that was read once it is only told, since an archive promises nothing), \
`outliers` (amounts further from the median than max(3.5, sqrt(2 ln n)) robust standard deviations, by logarithm; they stay), `unit_jump_months` and `unit_jump_loads` \
(the median amount changes by about 10, 100 or 1,000), `price_jumps` (the same of single products), `no_product_codes` (codes without digits where nearly all have some, or whose price varies wildly), \
`drift` (the population stability index between the newest load and those before: the sum of (p - q) ln(p / q) over tenths of amounts or the 20 commonest values; notable above 0.25 or what chance brings), \
`drift_missing` and `returns_linked`. A rule scores 100 while no more fails than may, and falls in a straight line to 0 where all fails. \
A source's score is the mean of its rules' scores, notes weighing 1, warnings 2 and critical rules 4, and is no better than that of its worst critical rule; of rules about files the worst file counts. \
Rows of earlier measurements are kept, those about single files left out.";
#[rustfmt::skip] // one entry a line
pub(super) const QUALITY: &[Column] = &[
    ("rule", TEXT, "the rule's name"),
    ("check_kind", TEXT, "what it checks"),
    ("declared", FLAG, "whether the settings declare it"),
    ("table_name", TEXT, "the table it looks at"),
    ("column_name", TEXT, "the column, where it is about one"),
    ("source", TEXT, "the source, as the settings name it; missing for a rule about the whole table"),
    ("file", TEXT, "the file, where it is about one"),
    ("checked", COUNT, "rows checked, or whatever the rule counts"),
    ("failed", COUNT, "those that failed"),
    ("share", NUMBER, "the share that failed"),
    ("allowed", NUMBER, "the share that may fail"),
    ("severity", TEXT, "`note`, `warning` or `critical`, which stops the run"),
    ("state", TEXT, "`passed`, `failed`, `told` for what is only counted, `empty` where nothing was checked"),
    ("score", NUMBER, "from 0 to 100; missing for what is only told"),
    ("value", NUMBER, "what was measured beside: days, an index, a change of a share"),
    ("detail", TEXT, "more in words"),
    ("is_newest", FLAG, "whether it is of the newest measurement"),
    ("measured_at", TIME, "when it was measured"),
    RUN,
];

pub(super) const FLAGS_MORE: &str =
    " The rows themselves stay in their table; 100,000 of a source are flagged at the most.";
#[rustfmt::skip] // one entry a line
pub(super) const FLAGS: &[Column] = &[
    ("rule", TEXT, "the rule that flags it"),
    ("table_name", TEXT, "the table of the row"),
    ("column_name", TEXT, "the column that is odd"),
    CUSTOMER,
    ("ingest_id", ID, "the reading: see `ingests`"),
    ("line", COUNT, "the record's number in its file, from 1"),
    ("value", NUMBER, "what the column says"),
    RUN,
];

pub(super) const RETURNS_MORE: &str = " The newest earlier purchase of the same customer and product with enough left; where `order_lines` says `return_of`, within that order.";
#[rustfmt::skip] // one entry a line
pub(super) const RETURNS: &[Column] = &[
    CUSTOMER,
    ("product_id", TEXT, "what was given back"),
    ("quantity", MONEY, "how many were given back"),
    ("ingest_id", ID, "the reading of the return"),
    ("line", COUNT, "the return's record in its file"),
    ("order_id", TEXT, "the order the return stands in"),
    ("time", TIME, "when it was given back"),
    ("purchase_ingest_id", ID, "the reading of the purchase"),
    ("purchase_line", COUNT, "the purchase's record in its file"),
    ("return_of", TEXT, "the order of the purchase"),
    ("purchase_time", TIME, "when it was bought"),
    ("days_between", NUMBER, "days between the two"),
    RUN,
];
