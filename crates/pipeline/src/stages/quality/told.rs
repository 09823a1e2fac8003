//! The built-in rules of tables of histories, read off what was counted.

use perennial_quality::drift::{self, Drift};
use perennial_quality::jumps::{Jump, Level, jumps};
use perennial_quality::rhythm::{gap_days, late_from_us};
use perennial_quality::{Finding, LogHistogram, Severity, codes};

use super::books::MISSING_MAX;
use super::sources::{Known, OneSource};
use super::tally::{OfSource, Tally};
use crate::project::Project;
use crate::settings::{Role, Table, is_rare};

/// The share of a source's amounts that may lie far out.
pub(super) const OUTLIERS_MAX: f64 = 0.01;
/// The share of a source's lines that may have codes that are no products.
const NO_PRODUCT_MAX: f64 = 0.05;
/// Changes of prices by a power of ten that may be.
const PRICE_JUMPS_MAX: f64 = 0.01;
/// Amounts of a month or load below which it is stepped over.
const LEVEL_VALUES_MIN: u64 = 30;
/// Codes that a finding names.
const CODES_NAMED_MAX: usize = 30;
const DAY_US: i64 = 86_400_000_000;

/// Values that lie far out, to be flagged.
pub(super) struct OddValues {
    pub table: Table,
    pub source: usize,
    /// Whether the limits are of the table as a whole.
    pub whole_table: bool,
    pub column: String,
    /// Below this, or from `high` on.
    pub low: f64,
    pub high: f64,
}

/// Makes findings about one source.
struct About<'a> {
    project: &'a Project,
    table: Table,
    source: &'a OneSource,
    counted: &'a OfSource,
}

impl About<'_> {
    fn finding(&self, rule: &str, severity: Severity) -> Finding {
        Finding::new(rule, self.table.as_str(), severity).of_source(&self.source.name)
    }
}

/// Adds what the built-in rules find in a table.
pub(super) fn findings(
    project: &Project,
    known: &Known,
    table: Table,
    tally: &Tally,
    now_us: i64,
    out: &mut Vec<Finding>,
) {
    for (index, source) in known.of(table) {
        let Some(counted) = tally.sources.get(index).filter(|s| s.rows() > 0) else {
            continue;
        };
        let about = About {
            project,
            table,
            source,
            counted,
        };
        out.extend(about.completeness(tally));
        out.extend(about.freshness(now_us));
        out.extend(about.drift(tally));
        if table == Table::OrderLines {
            out.extend(about.outliers());
            out.extend(about.unit_jumps());
            out.extend(about.returns());
        }
    }
    if table == Table::OrderLines {
        out.extend(no_products(tally));
        out.extend(price_jumps(tally));
    }
}

/// When each source of a table will be late by its own rhythm.
pub(super) fn due(known: &Known, table: Table, tally: &Tally) -> Vec<(String, i64)> {
    let one = |(index, source): (usize, &OneSource)| {
        let days = tally.sources.get(index)?.days.all();
        Some((format!("freshness {}", source.name), late_from_us(&days)?))
    };
    known.of(table).filter_map(one).collect()
}

/// The limits beyond which amounts of each source are flagged.
pub(super) fn odd_amounts(known: &Known, table: Table, tally: &Tally) -> Vec<OddValues> {
    let one = |(source, _): (usize, &OneSource)| {
        let (low, high) = tally.sources.get(source)?.amounts().ordinary()?.values();
        Some(OddValues {
            table,
            source,
            whole_table: false,
            column: "amount".to_owned(),
            low,
            high,
        })
    };
    match table {
        Table::OrderLines => known.of(table).filter_map(one).collect(),
        _ => Vec::new(),
    }
}

impl About<'_> {
    /// Every column that the settings name: what of it is missing.
    fn completeness(&self, tally: &Tally) -> Vec<Finding> {
        let one = |(place, column): (usize, &String)| {
            let role = Role::from_word(column);
            if !self.source.columns.contains(column) || role.is_some_and(is_rare) {
                return None;
            }
            let severity = match role {
                Some(_) => Severity::Warning,
                None => Severity::Note,
            };
            let finding = self.finding("completeness", severity).of_column(column);
            Some(finding.counted(
                self.counted.rows(),
                self.counted.missing(place),
                MISSING_MAX,
            ))
        };
        tally.columns.iter().enumerate().filter_map(one).collect()
    }

    /// Whether the newest row is older than the source's own rhythm explains.
    fn freshness(&self, now_us: i64) -> Option<Finding> {
        let days = self.counted.days.all();
        let late_us = late_from_us(&days)?;
        let newest = *days.last()?;
        let silent = (now_us.div_euclid(DAY_US) - newest).max(0);
        let finding = self.finding("freshness", Severity::Note).of_column("time");
        let gap = gap_days(&days).unwrap_or(0);
        let finding = finding
            .counted(1, u64::from(now_us >= late_us), 0.0)
            .with_value(silent as f64)
            .with_detail(format!("{silent} d; ≤ {gap} d"));
        // What was read once promises nothing: it may be an archive.
        Some(match self.source.has_before {
            true => finding,
            false => finding.only_told(),
        })
    }

    /// What differs between the newest load and those before it.
    fn drift(&self, tally: &Tally) -> Vec<Finding> {
        let [before, now] = &self.counted.sides;
        let mut found = Vec::new();
        if !self.source.has_before {
            return found;
        }
        for (place, column) in tally.columns.iter().enumerate() {
            if !self.source.columns.contains(column) {
                continue;
            }
            let side = |side: &super::tally::Side| (side.missing[place], side.rows);
            if let Some((change, is_drift)) = drift::of_share(side(before), side(now)) {
                let finding = self
                    .finding("drift_missing", Severity::Warning)
                    .of_column(column);
                found.push(
                    finding
                        .counted(1, u64::from(is_drift), 0.0)
                        .with_value(change),
                );
            }
        }
        let mut index = |column: &str, drift: Option<Drift>| {
            if let Some(drift) = drift {
                let finding = self.finding("drift", Severity::Warning).of_column(column);
                let detail = format!("PSI ≤ {:.2}", drift.allowed);
                let finding = finding.counted(1, u64::from(drift.is_notable()), 0.0);
                found.push(finding.with_value(drift.psi).with_detail(detail));
            }
        };
        index("amount", drift::of_amounts(&before.amounts, &now.amounts));
        for (place, column) in tally.categories.iter().enumerate() {
            if self.source.columns.contains(column) {
                let (before, now) = (&before.categories[place], &now.categories[place]);
                index(column, drift::of_categories(before, now));
            }
        }
        found
    }

    /// Amounts far from the others; they stay, and are flagged.
    fn outliers(&self) -> Option<Finding> {
        let amounts = self.counted.amounts();
        let ordinary = amounts.ordinary()?;
        let (low, high) = ordinary.values();
        let finding = self.finding("outliers", Severity::Note).of_column("amount");
        let currency = &self.project.settings.project.currency;
        Some(
            finding
                .counted(amounts.total(), amounts.odd(ordinary), OUTLIERS_MAX)
                .with_detail(format!("{low:.4} … {high:.2} {currency}")),
        )
    }

    /// Whether the middle amount becomes about 10, 100 or 1,000 times as large or
    /// small, from month to month or from load to load.
    fn unit_jumps(&self) -> Vec<Finding> {
        let months = self.counted.months.iter();
        let months: Vec<Level> = months
            .filter_map(|(m, a)| level(i64::from(*m), a))
            .collect();
        let loads = self.counted.loads.iter();
        let loads: Vec<Level> = loads.filter_map(|(l, a)| level(*l as i64, a)).collect();
        let one = |rule: &str, levels: &[Level], shown: fn(&Jump) -> String| {
            let (found, looked_at) = jumps(levels, LEVEL_VALUES_MIN);
            let detail: Vec<String> = found.iter().map(shown).collect();
            let finding = self.finding(rule, Severity::Warning).of_column("amount");
            finding
                .counted(looked_at, found.len() as u64, 0.0)
                .with_detail(detail.join(", "))
        };
        vec![
            one("unit_jump_months", &months, of_month),
            one("unit_jump_loads", &loads, |jump| {
                format!("#{}: × {}", jump.period + 1, factor(jump.power))
            }),
        ]
    }

    /// Returns whose purchase is in the table.
    fn returns(&self) -> Option<Finding> {
        let (all, linked) = self.counted.returns;
        let finding = self
            .finding("returns_linked", Severity::Note)
            .of_column("return_of");
        let finding = finding.counted(all, all - linked, 1.0).only_told();
        (all > 0).then(|| finding.with_detail(format!("{linked} / {all}")))
    }
}

fn level(period: i64, amounts: &LogHistogram) -> Option<Level> {
    Some(Level {
        period,
        median: amounts.median()?,
        values: amounts.total(),
    })
}

fn factor(power: i32) -> String {
    match power > 0 {
        true => 10_u64.pow(power.unsigned_abs()).to_string(),
        false => format!("1/{}", 10_u64.pow(power.unsigned_abs())),
    }
}

fn of_month(jump: &Jump) -> String {
    let (year, month) = (
        1970 + jump.period.div_euclid(12),
        jump.period.rem_euclid(12) + 1,
    );
    format!("{year}-{month:02}: × {}", factor(jump.power))
}

/// Codes that behave unlike those of products; they stay.
fn no_products(tally: &Tally) -> Option<Finding> {
    let mut known: Vec<codes::Code> = tally.codes.values().cloned().collect();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    let found = codes::odd(&known);
    let lines: u64 = known.iter().map(|code| code.lines).sum();
    let odd: u64 = found.iter().map(|(place, _)| known[*place].lines).sum();
    let named = found.iter().take(CODES_NAMED_MAX);
    let mut detail: Vec<String> = named
        .map(|(place, _)| format!("{} {}", known[*place].name, known[*place].lines))
        .collect();
    if found.len() > CODES_NAMED_MAX {
        detail.push(format!("… +{}", found.len() - CODES_NAMED_MAX));
    }
    let finding = Finding::new(
        "no_product_codes",
        Table::OrderLines.as_str(),
        Severity::Note,
    );
    let finding = finding
        .of_column("product_id")
        .counted(lines, odd, NO_PRODUCT_MAX);
    (lines > 0).then(|| {
        finding
            .with_value(found.len() as f64)
            .with_detail(detail.join(", "))
    })
}

/// Products whose price becomes about 10, 100 or 1,000 times as high or low.
fn price_jumps(tally: &Tally) -> Option<Finding> {
    let found = tally.prices.jumps();
    let finding = Finding::new("price_jumps", Table::OrderLines.as_str(), Severity::Warning);
    let finding = finding.of_column("unit_price");
    let finding = finding.counted(found.looked_at, found.jumps, PRICE_JUMPS_MAX);
    (found.looked_at > 0).then(|| finding.with_value(found.products as f64))
}
