//! One category column: kept levels, pooled levels, missing values.

use super::{PrepareSettings, TermKind};
use crate::matrix::MISSING;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where a level's effect is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LevelTerm {
    /// This indicator term.
    Term(u16),
    /// The level all others are measured against: no term, effect 0.
    Reference,
    /// Never seen in training and nothing pooled to stand for it: it says
    /// nothing, the row counts as average in this column.
    Unknown,
}

/// How a category becomes terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryPlan {
    /// Kept levels, the commonest first (ties by text).
    pub levels: Vec<String>,
    /// Training rows of each kept level.
    pub level_rows: Vec<u64>,
    /// The term of each kept level.
    pub level_terms: Vec<LevelTerm>,
    /// Training rows of pooled levels.
    pub pooled_rows: u64,
    /// What pooled and unseen levels use.
    pub pooled: LevelTerm,
    /// Training rows without a value.
    pub missing_rows: u64,
    /// What missing values use.
    pub missing: LevelTerm,
}

impl CategoryPlan {
    /// `None` if the column is constant. Terms are numbered later.
    pub(super) fn fit(
        codes: &[u32],
        levels: &[String],
        settings: &PrepareSettings,
    ) -> Option<CategoryPlan> {
        let mut counts = vec![0_u64; levels.len()];
        let mut missing_rows = 0;
        for code in codes {
            match counts.get_mut(*code as usize) {
                Some(count) => *count += 1,
                None => missing_rows += 1,
            }
        }
        let seen = counts.iter().filter(|count| **count > 0).count();
        if seen + usize::from(missing_rows > 0) < 2 {
            return None;
        }
        let mut order: Vec<(u64, &String)> = counts
            .into_iter()
            .zip(levels)
            .filter(|(rows, _)| *rows > 0)
            .collect();
        order.sort_unstable_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
        let few = (codes.len() / 50).max(2).min(settings.rare_rows_min.max(1)) as u64;
        let kept = order
            .iter()
            .take(settings.levels_max)
            .take_while(|(rows, _)| *rows >= few)
            .count();
        let (kept, pooled) = order.split_at_checked(kept)?;
        Some(CategoryPlan {
            levels: kept.iter().map(|(_, level)| (*level).clone()).collect(),
            level_rows: kept.iter().map(|(rows, _)| *rows).collect(),
            level_terms: vec![LevelTerm::Unknown; kept.len()],
            pooled_rows: pooled.iter().map(|(rows, _)| rows).sum(),
            pooled: LevelTerm::Unknown,
            missing_rows,
            missing: LevelTerm::Unknown,
        })
    }

    /// Pools kept levels with fewer rows than this.
    pub(super) fn pool_below(&mut self, rows_min: u64) {
        while self.level_rows.last().is_some_and(|rows| *rows < rows_min) {
            self.pooled_rows += self.level_rows.pop().unwrap_or(0);
            self.levels.pop();
            self.level_terms.pop();
        }
    }

    /// The commonest of levels, pooled and missing is the reference; the others
    /// are numbered from `next` on.
    pub(super) fn number_terms(&mut self, next: &mut usize) {
        let first = self.level_rows.first().copied().unwrap_or(0);
        let most = first.max(self.pooled_rows).max(self.missing_rows);
        let mut reference_found = false;
        let sizes = self
            .level_rows
            .iter()
            .copied()
            .chain([self.pooled_rows, self.missing_rows]);
        let terms = self
            .level_terms
            .iter_mut()
            .chain([&mut self.pooled, &mut self.missing]);
        for (rows, term) in sizes.zip(terms) {
            *term = if rows == 0 {
                LevelTerm::Unknown
            } else if rows == most && !reference_found {
                reference_found = true;
                LevelTerm::Reference
            } else {
                *next += 1;
                LevelTerm::Term(*next as u16 - 1)
            };
        }
    }

    /// The term of each level of another matrix, by text.
    pub fn terms_of(&self, levels: &[String]) -> Vec<LevelTerm> {
        let known: HashMap<&str, LevelTerm> = self
            .levels
            .iter()
            .map(String::as_str)
            .zip(self.level_terms.iter().copied())
            .collect();
        levels
            .iter()
            .map(|level| known.get(level.as_str()).copied().unwrap_or(self.pooled))
            .collect()
    }

    /// The term of a code, given [`CategoryPlan::terms_of`] its levels.
    #[inline]
    pub fn term(&self, terms: &[LevelTerm], code: u32) -> LevelTerm {
        if code == MISSING {
            return self.missing;
        }
        terms.get(code as usize).copied().unwrap_or(self.pooled)
    }

    /// The commonest level's text; `None` if that is the pool or a missing value.
    pub fn typical(&self) -> Option<&str> {
        let at = self
            .level_terms
            .iter()
            .position(|term| *term == LevelTerm::Reference)?;
        self.levels.get(at).map(String::as_str)
    }

    fn all_terms(&self) -> impl Iterator<Item = LevelTerm> + '_ {
        self.level_terms
            .iter()
            .copied()
            .chain([self.pooled, self.missing])
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = (u16, TermKind)> + '_ {
        let levels = self.levels.iter().cloned().map(TermKind::Level);
        let kinds = levels.chain([TermKind::PooledLevels, TermKind::MissingLevel]);
        self.all_terms()
            .zip(kinds)
            .filter_map(|(term, kind)| match term {
                LevelTerm::Term(term) => Some((term, kind)),
                _ => None,
            })
    }

    /// How many terms, if the plan is sound and they are `next`, `next` + 1, ...
    pub(super) fn check(&self, next: usize) -> Option<usize> {
        let mut found = 0;
        for term in self.all_terms() {
            if let LevelTerm::Term(term) = term {
                if usize::from(term) != next + found {
                    return None;
                }
                found += 1;
            }
        }
        let lengths = self.levels.len() == self.level_terms.len()
            && self.levels.len() == self.level_rows.len();
        lengths.then_some(found)
    }
}
