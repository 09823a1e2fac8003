//! Which rules on the data a run would measure.

use crate::answer::Both;
use crate::settings::{Rule, RuleSeverity, Settings, Table};

/// Declared rules that are named one by one.
const RULES_MAX: usize = 20;

/// The rules that apply, built in and declared.
pub(super) fn lines(settings: &Settings) -> Vec<Both> {
    let mut lines = vec![built_in(settings)];
    let rules = &settings.rules;
    lines.extend(rules.iter().take(RULES_MAX).map(declared));
    if rules.len() > RULES_MAX {
        let more = rules.len() - RULES_MAX;
        lines.push(Both::new(
            format!("and {more} more rules under `[[rule]]`"),
            format!("另有 {more} 条 `[[rule]]` 规则"),
        ));
    }
    lines
}

fn built_in(settings: &Settings) -> Both {
    let mut en = vec![
        "rows set aside",
        "duplicates",
        "missing values",
        "drift between loads",
    ];
    let mut zh = vec!["隔离的行", "重复", "缺失值", "两次载入之间的变化"];
    if settings.has(Table::OrderLines) || settings.has(Table::Events) {
        en.push("freshness");
        zh.push("时效");
    }
    if settings.has(Table::OrderLines) {
        en.extend([
            "outliers",
            "units that jump",
            "codes that are no products",
            "returns",
        ]);
        zh.extend(["离群值", "单位突变", "非商品编码", "退货"]);
    }
    Both::new(
        format!("rules built in: {}", en.join(", ")),
        format!("内置规则：{}", zh.join("、")),
    )
}

fn declared(rule: &Rule) -> Both {
    let (name, table, severity) = (rule.shown(), rule.table, rule.severity);
    let may = rule.may_fail.get() * 100.0;
    let stops = severity == RuleSeverity::Critical;
    let (en, zh) = match stops {
        true => ("; stops the run", "；未通过则停止运行"),
        false => ("", ""),
    };
    Both::new(
        format!("rule `{name}` on `{table}`: {severity}, {may} % may fail{en}"),
        format!("规则 `{name}`（`{table}`）：{severity}，允许 {may}% 未通过{zh}"),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn rules_are_named_with_what_failing_means() {
        let text = "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"a.csv\"\ntable = \"order_lines\"\ncolumns = { customer_id = \"a\", time = \"b\", amount = \"c\" }\n[[rule]]\ntable = \"order_lines\"\ncheck = \"range\"\ncolumn = \"amount\"\nmin = 0\nmay_fail = 0.05\nseverity = \"critical\"\n";
        let settings = Settings::parse(text, Path::new("p.toml"), std::iter::empty(), &[]).unwrap();
        let lines = lines(&settings);
        assert!(lines[0].en.contains("returns"), "{lines:?}");
        assert_eq!(
            lines[1].en,
            "rule `range amount` on `order_lines`: critical, 5 % may fail; stops the run"
        );
    }
}
