//! A fitted model read back from its bytes, whatever kind it is.

use perennial_history::FeatureSpec;
use perennial_learn::explain::reasons;
use perennial_learn::logistic::LogisticModel;
use perennial_learn::plain_rule::{OneColumnRule, RatioRule, RuleBinKind};
use perennial_learn::prepare::ColumnPlan;
use perennial_learn::{ColumnData, Matrix};

use crate::Result;
use crate::stages::words::{self, Said};

/// Reasons given for one customer.
const REASONS: usize = 3;

/// A model that can score.
#[derive(Debug)]
pub(crate) enum Served {
    Logistic(Box<LogisticModel>),
    Ratio(RatioRule),
    OneColumn(OneColumnRule),
}

/// A column that a model looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub name: String,
    /// Whether it is a number; a category otherwise.
    pub is_number: bool,
    /// The levels of a category that the model tells apart.
    pub levels: Vec<String>,
    /// Levels there are beyond those, put together.
    pub has_other_levels: bool,
}

impl Served {
    /// Reads a model; the card says whether the logistic regression serves.
    pub fn from_bytes(bytes: &[u8], uses_logistic: bool) -> Result<Self> {
        if uses_logistic {
            return Ok(Self::Logistic(Box::new(LogisticModel::from_bytes(bytes)?)));
        }
        match RatioRule::from_bytes(bytes) {
            Ok(rule) => Ok(Self::Ratio(rule)),
            Err(_) => Ok(Self::OneColumn(OneColumnRule::from_bytes(bytes)?)),
        }
    }

    /// What it looks at, in the order it was fitted on.
    pub fn wanted(&self) -> Vec<Wanted> {
        let number = |name: &str| Wanted {
            name: name.to_owned(),
            is_number: true,
            levels: Vec::new(),
            has_other_levels: false,
        };
        match self {
            Self::Logistic(model) => {
                let columns = &model.preparation().columns;
                columns
                    .iter()
                    .map(|column| match &column.plan {
                        ColumnPlan::Category(plan) => Wanted {
                            name: column.name.clone(),
                            is_number: false,
                            levels: plan.levels.clone(),
                            has_other_levels: plan.pooled_rows > 0,
                        },
                        _ => Wanted {
                            is_number: column.is_number,
                            ..number(&column.name)
                        },
                    })
                    .collect()
            }
            Self::Ratio(rule) => vec![number(rule.column())],
            Self::OneColumn(rule) => {
                let mut wanted = number(rule.column());
                for bin in rule.bins() {
                    match &bin.kind {
                        RuleBinKind::Level(level) => wanted.levels.push(level.clone()),
                        RuleBinKind::OtherLevels => wanted.has_other_levels |= bin.rows > 0,
                        RuleBinKind::Range { .. } | RuleBinKind::Missing => continue,
                    }
                    wanted.is_number = false;
                }
                vec![wanted]
            }
        }
    }

    /// Churn probabilities, one per row.
    pub fn predict(&self, matrix: &Matrix) -> Result<Vec<f64>> {
        Ok(match self {
            Self::Logistic(model) => model.predict(matrix)?,
            Self::Ratio(rule) => match matrix.column(rule.column()).map(|c| &c.data) {
                Some(ColumnData::Number(scores)) => rule.predict(scores)?,
                _ => vec![rule.base_rate(); matrix.rows],
            },
            Self::OneColumn(rule) => rule.predict(matrix)?,
        })
    }

    /// The reasons of each row in words; columns that are features of the
    /// catalogue `specs` have its words.
    pub fn reasons(
        &self,
        matrix: &Matrix,
        specs: &[FeatureSpec],
        currency: &str,
    ) -> Result<Vec<Said>> {
        let rule = |column: &str| vec![words::rule_reason(column, specs); matrix.rows];
        Ok(match self {
            Self::Logistic(model) => {
                let columns = &model.preparation().columns;
                let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
                let found = reasons(model, matrix, REASONS)?;
                found
                    .iter()
                    .map(|r| words::reasons(r, &names, specs, currency))
                    .collect()
            }
            Self::Ratio(found) => rule(found.column()),
            Self::OneColumn(found) => rule(found.column()),
        })
    }
}

#[cfg(test)]
mod tests {
    use perennial_learn::Column;
    use perennial_learn::logistic::{LogisticSettings, Training, fit};
    use perennial_learn::plain_rule::OneColumnSettings;

    use super::*;

    fn table() -> (Matrix, Vec<bool>) {
        let plans: Vec<Option<&str>> = (0..40)
            .map(|i| Some(if i % 2 == 0 { "basic" } else { "gold" }))
            .collect();
        let visits = (0..40).map(|i| f64::from(i % 7)).collect();
        let lost = (0..40).map(|i| i % 2 == 0 && i % 5 != 0).collect();
        let columns = vec![
            Column::category("plan", &plans),
            Column::number("visits", visits),
        ];
        (Matrix::new(columns).unwrap(), lost)
    }

    #[test]
    fn every_kind_comes_back_from_its_bytes() {
        let (matrix, lost) = table();
        let settings = LogisticSettings::default();
        let model = fit(&Training::new(&matrix, &lost), &settings).unwrap();
        let served = Served::from_bytes(&model.to_bytes().unwrap(), true).unwrap();
        assert_eq!(
            served.predict(&matrix).unwrap(),
            model.predict(&matrix).unwrap()
        );
        let wanted = served.wanted();
        assert_eq!(
            (wanted[0].name.as_str(), wanted[0].is_number),
            ("plan", false)
        );
        assert_eq!(wanted[0].levels, ["basic", "gold"]);
        assert!(wanted[1].is_number);
        assert!(
            served.reasons(&matrix, &[], "GBP").unwrap()[0]
                .en
                .contains("plan is basic")
        );

        let (rule, _) =
            OneColumnRule::fit(&matrix, &lost, None, &OneColumnSettings::default()).unwrap();
        let served = Served::from_bytes(&rule.to_bytes().unwrap(), false).unwrap();
        assert_eq!(
            served.predict(&matrix).unwrap(),
            rule.predict(&matrix).unwrap()
        );
        assert_eq!(
            (
                served.wanted()[0].name.as_str(),
                served.wanted()[0].is_number
            ),
            ("plan", false)
        );

        let scores: Vec<f64> = (0..40).map(f64::from).collect();
        let rule = RatioRule::fit("silence_ratio", &scores, &lost, &Default::default()).unwrap();
        let served = Served::from_bytes(&rule.to_bytes().unwrap(), false).unwrap();
        assert!(matches!(served, Served::Ratio(_)));
        assert!(served.wanted()[0].is_number);
        assert!(Served::from_bytes(b"PRNL", false).is_err());
    }
}
