//! That rules fit together with themselves and with the tables they look at.

use super::Settings;
use super::check::place_of;
use super::error::{Problem, code};
use super::node::Node;
use super::read::suggestion;
use super::rule::{Rule, RuleCheck};
use super::source::{Role, Table};

/// Rules that a project may have.
const RULES_MAX: usize = 500;

/// Adds a problem for everything about rules that does not fit.
pub(super) fn rules(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    for (at, rule) in settings.rules.iter().enumerate() {
        let place = place_of(root, &["rule", &at.to_string()]);
        let mut add = |code, message: String, hint: String| {
            problems.push(Problem::new(code, &place, message).with_hint(hint));
        };
        keys(rule, &mut add);
        if !settings.has(rule.table) {
            add(
                code::VALUE_UNKNOWN,
                format!(
                    "the rule `{}` is about the table `{}`, which no source becomes",
                    rule.shown(),
                    rule.table
                ),
                "name the table of one of the sources".to_owned(),
            );
        }
        columns(settings, rule, &mut add);
        if settings
            .rules
            .iter()
            .take(at)
            .any(|r| r.shown() == rule.shown())
        {
            add(
                code::NAME_TWICE,
                format!("two rules are called `{}`", rule.shown()),
                "give each a `name` of its own".to_owned(),
            );
        }
    }
    if settings.rules.len() > RULES_MAX {
        let place = place_of(root, &["rule"]);
        let message = format!("there are more than {RULES_MAX} rules");
        problems.push(Problem::new(code::VALUE_RANGE, &place, message));
    }
}

type Add<'a> = dyn FnMut(&'static str, String, String) + 'a;

/// Keys that the check needs, and keys that it has no use for.
fn keys(rule: &Rule, add: &mut Add<'_>) {
    let check = rule.check;
    let given = [
        ("of_type", rule.of_type.is_some(), RuleCheck::Type),
        ("min", rule.min.is_some(), RuleCheck::Range),
        ("max", rule.max.is_some(), RuleCheck::Range),
        ("values", rule.values.is_some(), RuleCheck::Set),
        ("pattern", rule.pattern.is_some(), RuleCheck::Pattern),
        ("refers_to", rule.refers_to.is_some(), RuleCheck::Reference),
        ("within", rule.within.is_some(), RuleCheck::Freshness),
        ("condition", rule.condition.is_some(), RuleCheck::Condition),
    ];
    let own = given.iter().filter(|(_, _, of)| *of == check);
    let any = own.clone().any(|(_, is_given, _)| *is_given);
    let wanted: Vec<&str> = own.map(|(key, ..)| *key).collect();
    if !wanted.is_empty() && !any {
        let keys = wanted.join("` or `");
        add(
            code::KEY_MISSING,
            format!("the rule `{}` does not say `{keys}`", rule.shown()),
            format!("`check = \"{check}\"` needs it"),
        );
    }
    for (key, _, of) in given
        .iter()
        .filter(|(_, is_given, of)| *is_given && *of != check)
    {
        add(
            code::VALUE_UNKNOWN,
            format!("`{key}` has no meaning with `check = \"{check}\"`"),
            format!("write `check = \"{of}\"`, or take `{key}` away"),
        );
    }
    values(rule, add);
}

/// What the keys say.
fn values(rule: &Rule, add: &mut Add<'_>) {
    let check = rule.check;
    let about_rows = matches!(check, RuleCheck::Condition | RuleCheck::Freshness);
    if rule.column.is_none() && !about_rows {
        add(
            code::KEY_MISSING,
            format!("the rule `{}` does not say which `column`", rule.shown()),
            "add `column = \"NAME OF THE COLUMN\"`".to_owned(),
        );
    }
    if let Some(condition) = &rule.condition
        && !perennial_quality::rules::is_one_expression(condition)
    {
        add(
            code::VALUE_RANGE,
            format!(
                "the condition of the rule `{}` is not one expression",
                rule.shown()
            ),
            "close its brackets and quotes, and leave `;` and comments out, as in `quantity <> 0`"
                .to_owned(),
        );
    }
    if rule.refers_to.is_some() && rule.reference().is_none() {
        add(
            code::VALUE_RANGE,
            format!(
                "`refers_to` of the rule `{}` names no table and column",
                rule.shown()
            ),
            "write it as `customers.customer_id`".to_owned(),
        );
    }
    if check == RuleCheck::Freshness && rule.table == Table::Customers {
        add(
            code::VALUE_UNKNOWN,
            "a table of customers has no time, so nothing is known of its freshness".to_owned(),
            "write the rule about order lines or events".to_owned(),
        );
    }
}

/// Columns of tables of histories are known before anything is read.
fn columns(settings: &Settings, rule: &Rule, add: &mut Add<'_>) {
    let refers = rule
        .reference()
        .map(|(table, column)| (table, column.to_owned()));
    let own = rule.column.clone().map(|column| (rule.table, column));
    for (table, column) in own.into_iter().chain(refers) {
        let Some(known) = known_columns(settings, table) else {
            continue;
        };
        if known.contains(&column) {
            continue;
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let near = suggestion(&column, &names);
        add(
            code::VALUE_UNKNOWN,
            format!("the table `{table}` has no column `{column}`"),
            near.unwrap_or_else(|| super::read::one_of(&names)),
        );
    }
}

/// The columns of a table that are known from the settings; none of a table that
/// has whatever its file has.
fn known_columns(settings: &Settings, table: Table) -> Option<Vec<String>> {
    if table == Table::Customers {
        return None;
    }
    let docs = crate::reference::table_docs();
    let doc = docs.into_iter().find(|doc| doc.name == table.as_str())?;
    let own = doc.columns.iter().map(|column| column.name.to_owned());
    let sources = settings.sources.iter().filter(|s| s.table == table);
    let traits = sources.flat_map(|source| source.traits.keys().cloned());
    Some(own.chain(traits).collect())
}

/// Parts of which nothing is said when they are missing: most rows have none.
pub(crate) fn is_rare(role: Role) -> bool {
    matches!(role, Role::ReturnOf | Role::Discount | Role::Cost)
}
