//! What the commands' answers share: a line in both languages, aligned columns,
//! moments, the nearest name.

use perennial_web::format::display_width;
use serde::Serialize;

use crate::settings::Language;

/// A line in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Both {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Both {
    /// A line in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The line in one language.
    pub fn of(&self, language: Language) -> &str {
        pick(language, &self.en, &self.zh)
    }
}

/// Names as each language lists them, each between backticks.
pub(crate) fn quoted(names: &[String]) -> Both {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Both::new(quoted.join(", "), quoted.join("、"))
}

/// The first in English, the second in Chinese.
pub(crate) fn pick<T>(language: Language, en: T, zh: T) -> T {
    match language {
        Language::English => en,
        Language::Chinese => zh,
    }
}

/// A language as pages know it.
pub(crate) fn of_pages(language: Language) -> perennial_web::Language {
    pick(
        language,
        perennial_web::Language::En,
        perennial_web::Language::Zh,
    )
}

/// Rows as aligned columns, two blanks apart, the first row as their titles;
/// wide letters count as two.
pub(crate) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| display_width(cell))
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width.saturating_sub(display_width(cell)) + 2));
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// A moment as people and machines read it, in UTC.
pub(crate) fn moment(us: i64) -> String {
    jiff::Timestamp::from_microsecond(us).map_or_else(|_| "-".to_owned(), |time| time.to_string())
}

/// The day of a moment in UTC.
pub(crate) fn day(us: i64) -> String {
    moment(us).split('T').next().unwrap_or_default().to_owned()
}

/// The name nearest to a word, if it is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let reach = (word.chars().count() / 3).max(2);
    names
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&word, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= reach && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// Names between backticks, `most` of them at the most.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names
        .iter()
        .take(most)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > most { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A number with the English noun for it: `1 file`, `3 files`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let number_text = perennial_web::format::count(number);
    if number == 1 {
        format!("{number_text} {noun}")
    } else {
        format!("{number_text} {noun}s")
    }
}

/// A size in bytes as a person reads it.
pub(crate) fn bytes(size: u64) -> String {
    let steps = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let size = size as f64;
    match steps.iter().find(|(step, _)| size >= *step) {
        Some((step, unit)) => {
            let number = size / step;
            let digits = if number < 10.0 { 1 } else { 0 };
            format!("{number:.digits$} {unit}")
        }
        None => format!("{size} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_wide_letters_too() {
        let rows = [["name", "n"], ["常青", "1"], ["abcde", "22"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), ["name   n", "常青   1", "abcde  22"]);
    }

    #[test]
    fn slips_of_the_pen_are_found_and_strangers_are_not() {
        let names = ["purchase_frequency", "purchase_amount", "Contract"];
        assert_eq!(
            nearest("purchase_frequncy", names),
            Some("purchase_frequency")
        );
        assert_eq!(nearest("contract", names), Some("Contract"));
        assert_eq!(nearest("colour", names), None);
    }

    #[test]
    fn sizes_and_moments_read_well() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert_eq!(bytes(45_000_000_000), "45 GB");
        assert_eq!(
            (counted(1, "file"), counted(1200, "row")),
            ("1 file".into(), "1,200 rows".into())
        );
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(day(86_400_000_000), "1970-01-02");
        assert_eq!(listed(["a", "b", "c"], 2), "`a`, `b`, ...");
    }
}
