//! What few rows can carry, in words.

use perennial_learn::small::{AUC_HALF_WIDTH, carry};
use perennial_web::format::{count, decimal, percent};
use perennial_web::{Language, Text};

use crate::stages::model::notes::SmallNotes;

/// An honest sentence or two; none where the rows are enough, or nothing was
/// looked at.
pub(super) fn text(notes: &SmallNotes) -> Option<Text> {
    match notes.level.as_str() {
        "too_small" => Some(too_small(notes)),
        "limited" => Some(limited(notes)),
        _ => None,
    }
}

/// So many rows, so many of them lost.
fn counted(notes: &SmallNotes) -> Text {
    let (rows, lost) = (count(notes.rows), count(notes.lost));
    let noun = if notes.rows == 1 { "row" } else { "rows" };
    Text::new(
        format!("{rows} {noun}, {lost} of them lost"),
        format!("共 {rows} 行，其中流失 {lost} 行"),
    )
}

/// Fewer than ten of the rarer outcome.
fn too_small(notes: &SmallNotes) -> Text {
    let head = counted(notes);
    let share = |share: f64, language| percent(share, language);
    let rate = notes.rate.unwrap_or(0.0);
    let range = |l| {
        (
            share(rate, l),
            share(notes.rate_low, l),
            share(notes.rate_high, l),
        )
    };
    let (en, zh) = (range(Language::En), range(Language::Zh));
    let state = Text::new(
        format!(
            "{}: enough to state the rate ({}, anywhere between {} and {}), not enough to \
             measure a model.",
            head.en, en.0, en.1, en.2
        ),
        format!(
            "{}：足以给出流失率（{}，实际可能在 {} 到 {} 之间），但不足以检验模型。",
            head.zh, zh.0, zh.1, zh.2
        ),
    );
    let (rows, lost) = (as_usize(notes.rows), as_usize(notes.lost));
    let needed = carry(rows, lost, 0).rows_for_model.zip(notes.rows_for_auc);
    let Some((for_model, for_auc)) = needed else {
        return state;
    };
    let (for_model, for_auc) = (count(for_model as u64), count(for_auc));
    Text::new(
        format!(
            "{} At the same rate about {for_model} rows would be needed to measure one at all, \
             and about {for_auc} to measure it well.",
            state.en
        ),
        format!(
            "{}若流失率不变，约需 {for_model} 行才能初步检验模型，约需 {for_auc} 行才能较准确地检验。",
            state.zh
        ),
    )
}

/// A model can be measured, with wide intervals.
fn limited(notes: &SmallNotes) -> Text {
    let head = counted(notes);
    let wide = notes
        .auc_half_width
        .filter(|half| *half > AUC_HALF_WIDTH)
        .zip(notes.rows_for_auc);
    let Some((half, needed)) = wide else {
        return Text::new(
            format!(
                "{}: enough to fit and test a model, but few losses for so many columns, so that \
                 what a single column does is uncertain.",
                head.en
            ),
            format!(
                "{}：足以建立并检验模型，但相对于列数而言流失样本偏少，单列的影响并不确定。",
                head.zh
            ),
        );
    };
    let (half, needed, aim) = (decimal(half, 2), count(needed), decimal(AUC_HALF_WIDTH, 2));
    Text::new(
        format!(
            "{}: enough to fit and test a model, but its measures are rough: an area under the \
             ROC curve near 0.75 is known to within {half} only. At the same rate about {needed} \
             rows would narrow that to {aim}.",
            head.en
        ),
        format!(
            "{}：足以建立并检验模型，但各项指标较粗略：ROC 曲线下面积在 0.75 左右时，误差约为 \
             ±{half}。若流失率不变，约 {needed} 行可将误差缩小到 ±{aim}。",
            head.zh
        ),
    )
}

fn as_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(rows: usize, lost: usize, columns: usize, level: &str) -> SmallNotes {
        let found = carry(rows, lost, columns);
        SmallNotes {
            level: level.to_owned(),
            rows: rows as u64,
            lost: lost as u64,
            rarer: found.rarer as u64,
            rate: found.rate,
            rate_low: found.rate_low,
            rate_high: found.rate_high,
            auc_half_width: found.auc_half_width,
            rows_for_auc: found.rows_for_auc.map(|n| n as u64),
        }
    }

    #[test]
    fn six_rows_are_answered_honestly_in_both_languages() {
        let text = text(&notes(6, 2, 3, "too_small")).unwrap();
        // Wilson's interval of 2 in 6 is 9.7 % to 70.0 %; ten of the rarer outcome take 30 rows.
        let start = "6 rows, 2 of them lost: enough to state the rate (33 %, anywhere between \
                     9.7 % and 70 %), not enough to measure a model. At the same rate about 30 rows";
        assert!(
            text.en.replace('\u{a0}', " ").starts_with(start),
            "{}",
            text.en
        );
        let start = "共 6 行，其中流失 2 行：足以给出流失率（33%，实际可能在 9.7% 到 70% 之间），\
                     但不足以检验模型。若流失率不变，约需 30 行";
        assert!(text.zh.starts_with(start), "{}", text.zh);
    }

    #[test]
    fn a_few_hundred_rows_say_how_rough_their_measures_are() {
        let text = text(&notes(200, 40, 5, "limited")).unwrap();
        assert!(
            text.en
                .starts_with("200 rows, 40 of them lost: enough to fit"),
            "{}",
            text.en
        );
        assert!(text.en.contains("is known to within 0.0") && text.en.contains("to 0.05"));
        assert!(
            text.zh.contains("±0.0") && text.zh.ends_with("±0.05。"),
            "{}",
            text.zh
        );
    }

    #[test]
    fn many_columns_are_another_shortage() {
        let text = text(&notes(20_000, 2_000, 900, "limited")).unwrap();
        assert!(
            text.en.contains("few losses for so many columns"),
            "{}",
            text.en
        );
        assert!(text.zh.contains("单列的影响并不确定"), "{}", text.zh);
    }

    #[test]
    fn enough_rows_need_no_words() {
        assert_eq!(text(&notes(20_000, 2_000, 20, "enough")), None);
        assert_eq!(text(&SmallNotes::default()), None);
    }
}
