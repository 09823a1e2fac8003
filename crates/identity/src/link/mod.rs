//! Records that may be of one person, found and weighed.
//!
//! The model is Fellegi and Sunter's (1969): every comparison of two cells falls
//! on a level (equal, alike, different, ...); a level's weight is
//! log2(m / u), m and u being how often it is seen among pairs of one person and
//! among strangers. Weights add up to the prior's, and the sum is the log2 odds
//! that the two records are of one person. Rare values weigh more than common
//! ones: where a level stands for equal values, u is the value's own frequency
//! (Winkler 2000; the form is that of the program Splink).
//!
//! u is read off random pairs, who hardly ever are of one person; m by
//! expectation and maximisation (Dempster, Laird, Rubin 1977) within blocks of
//! records that share something, the comparisons that follow from what they
//! share left out; the prior by the same over all pairs that were compared.
//!
//! Relatives break the model's rule that comparisons are independent: who lives
//! at one address has one family name and sometimes one telephone. So pairs that
//! share a home or a postcode are held against strangers who share it, too:
//! their u is fitted within such pairs, m known. (On simulated people that took
//! four of five wrong pairs away, as many right ones found.)
//!
//! ```
//! use perennial_identity::link::{LinkSettings, Record, TableBuilder, link};
//!
//! let mut table = TableBuilder::default();
//! for name in ["Ann Lee", "Anne Lee", "Bob Fox"] {
//!     table.push(&Record {
//!         full_name: Some(name),
//!         email: Some("ann@firma.de").filter(|_| name.ends_with("Lee")),
//!         ..Record::default()
//!     })?;
//! }
//! let linkage = link(&table.finish(), &LinkSettings::default())?;
//! assert_eq!(linkage.reports.len(), LinkSettings::default().rules.len());
//! # Ok::<(), perennial_identity::link::LinkError>(())
//! ```

mod block;
mod compare;
mod em;
mod fit;
mod group;
mod hash;
mod names;
mod pattern;
mod score;
mod settings;
mod similar;
mod table;
mod values;
mod weights;
mod work;

#[cfg(test)]
mod tests;

pub use block::BlockReport;
pub use fit::{Household, Model, Session, Shares};
pub use group::{Group, GroupSettings, groups};
pub use pattern::{COMPARISONS, Comparison, LEVELS, Pattern};
pub use score::{Evidence, Pair};
pub use settings::{Key, LinkError, LinkSettings, Rule};
pub use table::{Record, Table, TableBuilder};

/// What linking found.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    /// Pairs at or above the threshold, by rows.
    pub pairs: Vec<Pair>,
    /// The fitted model.
    pub model: Model,
    /// What each rule brought, and what of it was cut, in the order of the rules.
    pub reports: Vec<BlockReport>,
    /// Whether there were more pairs above the threshold than the limit; the
    /// heaviest were kept.
    pub truncated: bool,
}

/// Fits the model to a table and weighs every pair that a rule brings together.
///
/// # Errors
/// Settings out of their range.
pub fn link(table: &Table, settings: &LinkSettings) -> Result<Linkage, LinkError> {
    settings.check()?;
    let blocks = block::all(table, &settings.rules, settings);
    let model = fit::fit(table, &blocks, settings);
    Ok(weighed(table, settings, &blocks, model))
}

/// Weighs every pair that a rule brings together by a model fitted before, so
/// that suggestions stay comparable from day to day.
///
/// # Errors
/// Settings out of their range.
pub fn link_with(
    table: &Table,
    settings: &LinkSettings,
    model: Model,
) -> Result<Linkage, LinkError> {
    settings.check()?;
    let blocks = block::all(table, &settings.rules, settings);
    Ok(weighed(table, settings, &blocks, model))
}

/// Fits the model to a table and weighs nothing: for who asks about single
/// pairs, with [`weigh`].
///
/// # Errors
/// Settings out of their range.
pub fn fit_model(table: &Table, settings: &LinkSettings) -> Result<Model, LinkError> {
    settings.check()?;
    let blocks = block::all(table, &settings.rules, settings);
    Ok(fit::fit(table, &blocks, settings))
}

/// Weighs one pair, whether a rule brings it together or not; nothing where a
/// row is not there, or both are the same.
///
/// # Errors
/// Settings out of their range.
pub fn weigh(
    table: &Table,
    settings: &LinkSettings,
    model: &Model,
    rows: (u32, u32),
) -> Result<Option<Pair>, LinkError> {
    settings.check()?;
    Ok(score::one(table, model, settings, rows))
}

fn weighed(
    table: &Table,
    settings: &LinkSettings,
    blocks: &[block::Blocks],
    model: Model,
) -> Linkage {
    let (pairs, truncated) = score::pairs(table, blocks, &model, settings);
    Linkage {
        pairs,
        model,
        reports: blocks.iter().map(|blocks| blocks.report.clone()).collect(),
        truncated,
    }
}
