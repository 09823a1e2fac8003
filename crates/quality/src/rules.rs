//! Declared rules as SQL: for each row whether the rule applies to it and whether
//! it holds, so that one aggregate over a table answers all of them.

/// What a rule about single rows asks of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum RowCheck {
    /// It is there.
    Required,
    /// It reads as this.
    Type(Kind),
    /// It lies between these, both included: numbers, or moments as text.
    Range {
        /// The least.
        min: Option<String>,
        /// The greatest.
        max: Option<String>,
    },
    /// It is one of these.
    Set(Vec<String>),
    /// It matches this regular expression somewhere.
    Pattern(String),
    /// The row fulfils this condition.
    Condition(String),
}

/// What a value may have to read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false, yes or no, 1 or 0.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Time,
}

/// A name as SQL writes it.
pub fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text as SQL writes it.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Where a rule applies and where it holds, as two conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSql {
    /// The rows that are checked.
    pub applies: String,
    /// Those that are good; what is unknown is not.
    pub holds: String,
}

impl RowSql {
    /// The condition of a row that fails.
    pub fn fails(&self) -> String {
        format!("({}) and ({}) is not true", self.applies, self.holds)
    }
}

impl RowCheck {
    /// The check of `column` as SQL; a condition names its columns itself.
    pub fn sql(&self, column: &str) -> RowSql {
        let value = name(column);
        let as_text = format!("cast({value} as varchar)");
        let holds = match self {
            Self::Required => {
                return RowSql {
                    applies: "true".to_owned(),
                    holds: format!("{value} is not null and trim({as_text}) <> ''"),
                };
            }
            Self::Condition(condition) => {
                return RowSql {
                    applies: "true".to_owned(),
                    holds: condition.clone(),
                };
            }
            Self::Type(kind) => of_type(*kind, &as_text),
            Self::Range { min, max } => {
                let side = |limit: &Option<String>, sign| {
                    limit.as_ref().map(|limit| compared(&value, sign, limit))
                };
                let sides = [side(min, ">="), side(max, "<=")];
                sides
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" and ")
            }
            Self::Set(values) => {
                let values: Vec<String> = values.iter().map(|v| text(v)).collect();
                format!("trim({as_text}) in ({})", values.join(", "))
            }
            Self::Pattern(pattern) => format!("{as_text} ~ {}", text(pattern)),
        };
        RowSql {
            applies: format!("{value} is not null"),
            holds,
        }
    }
}

fn of_type(kind: Kind, as_text: &str) -> String {
    let cast = |to: &str| format!("try_cast(trim({as_text}) as {to}) is not null");
    match kind {
        Kind::Text => "true".to_owned(),
        Kind::Integer => format!("trim({as_text}) ~ '^[+-]?[0-9]+([.]0+)?$'"),
        Kind::Number => cast("double"),
        Kind::Boolean => {
            format!("lower(trim({as_text})) in ('true', 'false', 'yes', 'no', '1', '0')")
        }
        Kind::Date => cast("date"),
        Kind::Time => cast("timestamp"),
    }
}

/// A number is compared as one, anything else as a moment.
fn compared(value: &str, sign: &str, limit: &str) -> String {
    match limit.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => {
            format!(
                "try_cast({value} as double) {sign} cast({} as double)",
                text(limit.trim())
            )
        }
        _ => format!(
            "try_cast({value} as timestamp) {sign} cast({} as timestamp)",
            text(limit.trim())
        ),
    }
}

/// Whether a condition of the user's is one expression: its brackets and quotes
/// close, and nothing in it begins another statement or a comment. What it may
/// read is bounded by the engine, which only reads.
pub fn is_one_expression(condition: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    let mut before = ' ';
    for letter in condition.chars() {
        if let Some(open) = quote {
            quote = (letter != open).then_some(open);
            before = ' ';
            continue;
        }
        match letter {
            '\'' | '"' => quote = Some(letter),
            '(' => depth += 1,
            ')' => depth -= 1,
            ';' => return false,
            '-' if before == '-' => return false,
            '*' if before == '/' => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
        before = letter;
    }
    depth == 0 && quote.is_none() && !condition.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_leave_their_quotes() {
        let set = RowCheck::Set(vec!["o'clock".to_owned(), "x".to_owned()]);
        let sql = set.sql("a\"b");
        assert_eq!(
            sql.holds,
            "trim(cast(\"a\"\"b\" as varchar)) in ('o''clock', 'x')"
        );
        assert_eq!(sql.applies, "\"a\"\"b\" is not null");
        let pattern = RowCheck::Pattern("^'\\d$".to_owned()).sql("c");
        assert_eq!(pattern.holds, "cast(\"c\" as varchar) ~ '^''\\d$'");
    }

    #[test]
    fn a_range_is_of_numbers_or_of_moments() {
        let range = |min: &str| RowCheck::Range {
            min: Some(min.to_owned()),
            max: None,
        };
        assert_eq!(
            range("0.5").sql("p").holds,
            "try_cast(\"p\" as double) >= cast('0.5' as double)"
        );
        assert!(range("2024-01-01").sql("t").holds.contains("as timestamp"));
    }

    #[test]
    fn a_condition_is_one_expression() {
        for good in ["quantity <> 0", "(a = ';') or b like '--%'", "a - (-1) > 0"] {
            assert!(is_one_expression(good), "{good}");
        }
        for bad in [
            "1=1) or (1=1",
            "a; drop table b",
            "a -- c",
            "a /* b */",
            "(a",
            "'a",
            " ",
        ] {
            assert!(!is_one_expression(bad), "{bad}");
        }
    }
}
