//! The quality of the data as the report shows it.

use std::path::Path;

use perennial_quality::{Finding, SourceScore as Measured};
use perennial_web::Text;
use perennial_web::report::{FailedRule, Quality, SourceScore};

use super::material::Material;
use crate::Result;
use crate::stages::quality::Notes;

/// Scores, those before, and what failed; none where nothing was measured.
pub(super) async fn part(m: &Material<'_>) -> Result<Option<Quality>> {
    let Some(done) = &m.stages.quality else {
        return Ok(None);
    };
    let notes: Notes = done.details_as()?;
    let measures = m.project.ledger.quality_measures(2).await?;
    let before = measures
        .iter()
        .rev()
        .find(|measure| measure.stage_key != done.key);
    let before: Vec<Measured> = before
        .and_then(|measure| serde_json::from_value(measure.scores.clone()).ok())
        .unwrap_or_default();
    let scores = notes.scores.iter().map(|score| SourceScore {
        source: shown(&score.source),
        score: score.score,
        before: before
            .iter()
            .find(|b| b.source == score.source)
            .and_then(|b| b.score),
        rules: score.rules,
        failed: score.failed,
    });
    Ok(Some(Quality {
        scores: scores.collect(),
        failed: notes.failed().into_iter().map(failed).collect(),
    }))
}

fn failed(finding: &Finding) -> FailedRule {
    let place = finding.file.as_ref().or(finding.source.as_ref());
    let place = place.map_or_else(|| finding.table.clone(), |place| shown(place));
    FailedRule {
        rule: words(finding),
        place: match &finding.column {
            Some(column) => format!("{place}: {column}"),
            None => place,
        },
        failed: finding.failed,
        checked: finding.checked,
        allowed: finding.allowed,
        detail: finding.detail.clone().unwrap_or_default(),
    }
}

/// A source or file without its place on this machine.
fn shown(name: &str) -> String {
    let path = Path::new(name);
    let last = path.file_name().filter(|_| path.is_absolute());
    last.map_or_else(
        || name.to_owned(),
        |last| last.to_string_lossy().into_owned(),
    )
}

/// What a rule is about, in words; a declared one has its own name.
fn words(finding: &Finding) -> Text {
    if finding.declared {
        return Text::same(finding.rule.clone());
    }
    let (en, zh) = match finding.rule.as_str() {
        "quarantined" => ("rows set aside", "隔离的行"),
        "duplicates" => ("rows known already", "重复的行"),
        "completeness" => ("missing values", "缺失值"),
        "unique_key" => ("customers that stand in the table twice", "重复出现的客户"),
        "freshness" => (
            "rows are due by the source's own rhythm",
            "按数据源自身节奏应有新数据",
        ),
        "outliers" => (
            "amounts far from all others (kept)",
            "远离其他值的金额（保留）",
        ),
        "unit_jump_months" => (
            "amounts that become about 10, 100 or 1,000 times as large or small from one month to the next",
            "金额逐月变为约 10、100 或 1000 倍（或几分之一）",
        ),
        "unit_jump_loads" => (
            "amounts that become about 10, 100 or 1,000 times as large or small from one load to the next",
            "金额在两次载入间变为约 10、100 或 1000 倍（或几分之一）",
        ),
        "price_jumps" => (
            "prices that become about 10, 100 or 1,000 times as high or low",
            "单价变为约 10、100 或 1000 倍（或几分之一）",
        ),
        "no_product_codes" => ("lines whose code is no product", "编码不是商品的行"),
        "drift" => ("values distributed otherwise than before", "分布与以往不同"),
        "drift_missing" => (
            "another share of missing values than before",
            "缺失比例与以往不同",
        ),
        other => return Text::same(other),
    };
    Text::new(en, zh)
}

#[cfg(test)]
mod tests {
    use perennial_quality::Severity;

    use super::*;

    #[test]
    fn rules_are_words_and_places_name_no_machine() {
        let finding = Finding::new("completeness", "events", Severity::Warning)
            .of_source("/srv/exports/clicks.csv")
            .of_column("customer_id")
            .counted(10, 4, 0.05);
        let shown = failed(&finding);
        assert_eq!(shown.place, "clicks.csv: customer_id");
        assert_eq!(shown.rule.en, "missing values");
        let declared = Finding {
            declared: true,
            ..finding
        };
        assert_eq!(words(&declared), Text::same("completeness"));
    }
}
