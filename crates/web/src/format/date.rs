//! Dates, months and durations in the reader's form.

use jiff::civil::{Date, DateTime};

use super::number::{NO_BREAK, NOT_A_NUMBER, count, decimal};
use crate::language::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(date: Date) -> &'static str {
    // `month()` is 1 to 12 by construction; the index cannot miss.
    MONTHS
        .get(usize::from(date.month().unsigned_abs()) - 1)
        .copied()
        .unwrap_or("")
}

/// `8 December 2011`, `2011 年 12 月 8 日`.
pub fn date(date: Date, language: Language) -> String {
    match language {
        Language::En => format!("{} {} {}", date.day(), month_name(date), date.year()),
        Language::Zh => format!(
            "{}{NO_BREAK}年{NO_BREAK}{}{NO_BREAK}月{NO_BREAK}{}{NO_BREAK}日",
            date.year(),
            date.month(),
            date.day()
        ),
    }
}

/// For tables: `8 Dec 2011`, `2011 年 12 月 8 日`.
pub fn date_short(day: Date, language: Language) -> String {
    match language {
        Language::En => {
            format!(
                "{} {} {}",
                day.day(),
                month_name(day).get(..3).unwrap_or(""),
                day.year()
            )
        }
        Language::Zh => date(day, language),
    }
}

/// `December 2011`, `2011 年 12 月`.
pub fn month(first_day: Date, language: Language) -> String {
    match language {
        Language::En => format!("{} {}", month_name(first_day), first_day.year()),
        Language::Zh => format!(
            "{}{NO_BREAK}年{NO_BREAK}{}{NO_BREAK}月",
            first_day.year(),
            first_day.month()
        ),
    }
}

/// For axes and tables: `Dec 2011`, `2011 年 12 月`.
pub fn month_short(first_day: Date, language: Language) -> String {
    match language {
        Language::En => {
            format!(
                "{} {}",
                month_name(first_day).get(..3).unwrap_or(""),
                first_day.year()
            )
        }
        Language::Zh => month(first_day, language),
    }
}

/// `8 December 2011, 14:03`, `2011 年 12 月 8 日 14:03`.
pub fn date_time(moment: DateTime, language: Language) -> String {
    let day = date(moment.date(), language);
    let time = format!("{:02}:{:02}", moment.hour(), moment.minute());
    match language {
        Language::En => format!("{day}, {time}"),
        Language::Zh => format!("{day} {time}"),
    }
}

/// A period for tables: `1 Dec 2010 – 9 Dec 2011`.
pub fn period(from: Date, until: Date, language: Language) -> String {
    let (from, until) = (date_short(from, language), date_short(until, language));
    match language {
        Language::En => format!("{from} – {until}"),
        Language::Zh => format!("{from}～{until}"),
    }
}

/// A number of days with its unit: `90 days`, `8.3 days`, `90 天`. Whole from
/// ten days on.
pub fn day_count(days: f64, language: Language) -> String {
    if !days.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let whole = days.abs() >= 10.0 || (days - days.round()).abs() < 0.05;
    let number = if whole && (0.0..1e15).contains(&days) {
        count(days.round() as u64)
    } else {
        decimal(days, 1)
    };
    match language {
        Language::En if number == "1" => "1\u{a0}day".to_owned(),
        Language::En => format!("{number}\u{a0}days"),
        Language::Zh => format!("{number}{NO_BREAK}天"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Zh};

    #[test]
    fn dates_in_the_readers_form() {
        let moment = jiff::civil::date(2011, 12, 8).at(4, 3, 0, 0);
        assert_eq!(date(moment.date(), En), "8 December 2011");
        let zh = |text: String| text.replace(NO_BREAK, " ");
        assert_eq!(zh(date(moment.date(), Zh)), "2011 年 12 月 8 日");
        assert_eq!(date_short(moment.date(), En), "8 Dec 2011");
        assert_eq!(month(moment.date(), En), "December 2011");
        assert_eq!(month_short(moment.date(), En), "Dec 2011");
        assert_eq!(zh(month(moment.date(), Zh)), "2011 年 12 月");
        assert_eq!(date_time(moment, En), "8 December 2011, 04:03");
        assert_eq!(zh(date_time(moment, Zh)), "2011 年 12 月 8 日 04:03");
    }

    #[test]
    fn durations_carry_their_unit() {
        let cases = [
            (1.0, "1 day", "1 天"),
            (8.25, "8.2 days", "8.2 天"),
            (90.0, "90 days", "90 天"),
        ];
        for (days, en, zh) in cases {
            assert_eq!(day_count(days, En).replace('\u{a0}', " "), en);
            assert_eq!(day_count(days, Zh).replace(NO_BREAK, " "), zh);
        }
        assert_eq!(day_count(1_234.4, En).replace('\u{a0}', " "), "1,234 days");
        assert_eq!(day_count(f64::NAN, En), "–");
    }
}
