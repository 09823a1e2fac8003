//! `[[rule]]`: what the business asks of its data.

use super::duration::Duration;
use super::error::Problem;
use super::node::{Data, Node};
use super::read::{Setting, wrong_type};
use super::section::section;
use super::source::{ColumnType, Table};
use super::units::{Literal, Share, words};

words! {
    /// What a rule checks.
    RuleCheck {
        /// The value is there.
        Required = "required",
        /// The value reads as `of_type`.
        Type = "type",
        /// The value lies between `min` and `max`, both included.
        Range = "range",
        /// The value is one of `values`.
        Set = "set",
        /// The value matches `pattern`.
        Pattern = "pattern",
        /// No two rows have the same value.
        Unique = "unique",
        /// The value is one of a column of another table.
        Reference = "reference",
        /// The newest row is not older than `within`.
        Freshness = "freshness",
        /// The row fulfils `condition`.
        Condition = "condition",
    }
}

words! {
    /// How grave it is when a rule does not hold.
    RuleSeverity {
        /// Worth knowing.
        Note = "note",
        /// Worth acting upon.
        Warning = "warning",
        /// The run stops.
        Critical = "critical",
    }
}

/// Values of a column as its file writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Literals(Vec<Literal>);

impl Literals {
    /// The values as text.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(|v| v.as_str().to_owned()).collect()
    }
}

impl Setting for Literals {
    const KIND: &'static str = "a list of values, as in `[\"web\", \"shop\"]` or `[1, 2]`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Data::List(items) = &node.data else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let read: Vec<_> = items
            .iter()
            .map(|item| Literal::read(item, path, problems))
            .collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }
}

/// The share that may fail until the settings say more: none.
const MAY_FAIL: Share = Share::constant(0.0);

section! {
    /// Something that the data of a table must fulfil.
    Rule in "[[rule]]" {
        /// The table that is looked at.
        table: Table = required;
        /// What is checked.
        check: RuleCheck = required;
        /// The table's column, by its name in the table; a trait by its name in the project.
        column: String = optional("must be given, but for `condition` and `freshness`");
        /// What the rule is called in tables and messages; each has its own.
        name: String = optional("the check and the column, as in `range unit_price`");
        /// For `type`: what the values must read as.
        of_type: ColumnType = optional("must be given for `type`");
        /// For `range`: the least value, a number or a moment such as `"2024-01-01"`.
        min: Literal = optional("no least value");
        /// For `range`: the greatest value.
        max: Literal = optional("no greatest value");
        /// For `set`: the values that may be.
        values: Literals = optional("must be given for `set`");
        /// For `pattern`: a regular expression that must be found in the value; `^` and `$` are its ends.
        pattern: String = optional("must be given for `pattern`");
        /// For `reference`: the table and column that must have the value, as in `customers.customer_id`.
        refers_to: String = optional("must be given for `reference`");
        /// For `freshness`: how old the newest row may be.
        within: Duration = optional("must be given for `freshness`");
        /// For `condition`: what must hold for every row, in SQL, as in `quantity <> 0`.
        condition: String = optional("must be given for `condition`");
        /// The share of the rows of a source that may fail.
        may_fail: Share = default(MAY_FAIL);
        /// What failing means: `critical` stops the run.
        severity: RuleSeverity = default(RuleSeverity::Warning);
    }
}

impl Rule {
    /// What it is called: its own name, or its check and column.
    pub fn shown(&self) -> String {
        let column = || match (&self.column, &self.condition) {
            (Some(column), _) => column.clone(),
            (None, Some(condition)) => condition.clone(),
            (None, None) => self.table.to_string(),
        };
        self.name
            .clone()
            .unwrap_or_else(|| format!("{} {}", self.check, column()))
    }

    /// The table and column of `refers_to`.
    pub fn reference(&self) -> Option<(Table, &str)> {
        let (table, column) = self.refers_to.as_deref()?.split_once('.')?;
        Some((Table::from_word(table.trim())?, column.trim()))
    }
}
