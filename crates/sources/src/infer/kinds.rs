//! The kind of a column, from the distinct values of its sample.

use arrow::datatypes::DataType;

use super::super::guess::words::has_word;
use super::super::number::{NumberFormat, infer_format, parse_exact, parse_f64};
use super::super::time::{TimeFormat, names_year, parse};
use super::looks::look;
use super::sample::{MISSING, SampleColumn};
use super::{ColumnProfile, Kind};

/// Share of cells that must be numbers for the column to be one of numbers.
const SHARE_MIN: f64 = 0.99;
/// The same where the others are mostly words without a digit, such as
/// `unknown`: numbers with a few bad cells. Codes that are mostly digits, such
/// as `85123A` among `85123`, have digits in the others too.
const SHARE_AMONG_WORDS: f64 = 0.9;
/// Share of cells that must be dates: nothing else looks like them.
const DATE_SHARE_MIN: f64 = 0.9;

/// Profiles one column; `known` is its type where the file states it.
pub(super) fn profile_column(
    name: String,
    index: usize,
    column: &SampleColumn,
    known: Option<&DataType>,
) -> ColumnProfile {
    let mut finding = match known.and_then(stated) {
        Some(kind) => Finding::of(kind),
        None => infer(column),
    };
    if matches!(
        known,
        Some(
            DataType::Int8
                | DataType::Int16
                | DataType::Int32
                | DataType::Int64
                | DataType::UInt32
                | DataType::UInt64
        )
    ) && matches!(finding.kind, Kind::Integer)
        && let Some(format) = numeric_time(column)
    {
        finding.kind = with_time(format, column);
    }
    if finding.kind.is_number() && is_sheet_time(&name, column) {
        finding.kind = with_time(TimeFormat::SheetDays, column);
    }
    let scale = if let Kind::Decimal { scale } = finding.kind {
        scale
    } else {
        0
    };
    let looks = look(
        column,
        finding.kind.is_number(),
        finding.number.currency,
        scale,
    );
    let (min, max) = extremes(column, &finding);
    ColumnProfile {
        name,
        index,
        kind: finding.kind,
        number: finding.number,
        rows: column.codes.len(),
        missing: column.missing(),
        distinct: column.values.len(),
        misfits: finding.misfits,
        examples: examples(column),
        min,
        max,
        is_float_id: finding.is_float_id,
        day_month_unsure: finding.day_month_unsure,
        looks,
    }
}

#[derive(Debug)]
struct Finding {
    kind: Kind,
    number: NumberFormat,
    misfits: usize,
    is_float_id: bool,
    day_month_unsure: bool,
}

impl Finding {
    fn of(kind: Kind) -> Self {
        Finding {
            kind,
            number: NumberFormat::PLAIN,
            misfits: 0,
            is_float_id: false,
            day_month_unsure: false,
        }
    }
}

/// The kind that a column type states; none for text, whose values decide.
fn stated(data_type: &DataType) -> Option<Kind> {
    Some(match data_type {
        DataType::Boolean => Kind::Boolean,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Kind::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Kind::Integer,
        DataType::Decimal32(_, 0) | DataType::Decimal64(_, 0) | DataType::Decimal128(_, 0) => {
            Kind::Integer
        }
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale) => Kind::Decimal {
            scale: scale.unsigned_abs(),
        },
        DataType::Date32 | DataType::Date64 => Kind::Date(TimeFormat::YearFirst),
        DataType::Timestamp(..) => Kind::Timestamp(TimeFormat::YearFirst),
        // Floats tell by their values whether they are whole numbers.
        _ => return None,
    })
}

fn infer(column: &SampleColumn) -> Finding {
    let total: usize = column.counts.iter().map(|count| *count as usize).sum();
    if total == 0 {
        return Finding::of(Kind::Empty);
    }
    if is_boolean(&column.values) {
        return Finding::of(Kind::Boolean);
    }
    if let Some(finding) = infer_number(column, total) {
        return finding;
    }
    infer_date(column, total).unwrap_or_else(|| Finding::of(Kind::Text))
}

/// Two words of one pair.
fn is_boolean(values: &[String]) -> bool {
    const PAIRS: [[&str; 2]; 8] = [
        ["yes", "no"],
        ["true", "false"],
        ["y", "n"],
        ["t", "f"],
        ["是", "否"],
        ["有", "无"],
        ["对", "错"],
        ["on", "off"],
    ];
    let lower: Vec<String> = values
        .iter()
        .take(3)
        .map(|value| value.to_lowercase())
        .collect();
    let [a, b] = lower.as_slice() else {
        return false;
    };
    PAIRS
        .iter()
        .any(|pair| pair.contains(&a.as_str()) && pair.contains(&b.as_str()) && a != b)
}

fn infer_number(column: &SampleColumn, total: usize) -> Option<Finding> {
    let values = &column.values;
    // Most columns of text say so in their first values.
    let head = values.iter().take(50).map(String::as_str);
    let number_head = infer_format(head, 0.5)?;
    let number = if values.len() > 50 {
        infer_format(values.iter().map(String::as_str), 0.5).unwrap_or(number_head)
    } else {
        number_head
    };
    let (mut fitting, mut scale, mut whole, mut pointed, mut zeros) =
        (0_usize, 0_u8, true, 0_usize, 0_usize);
    let (mut others, mut words) = (0_usize, 0_usize);
    for (value, count) in values.iter().zip(&column.counts) {
        let Some(exact) = parse_exact(value.as_bytes(), &number) else {
            if parse_f64(value.as_bytes(), &number).is_some() {
                fitting += *count as usize;
                (whole, scale) = (false, 9);
            } else {
                others += 1;
                words += usize::from(!value.bytes().any(|byte| byte.is_ascii_digit()));
            }
            continue;
        };
        fitting += *count as usize;
        let needed = trimmed_scale(exact.mantissa, exact.scale);
        whole &= needed == 0;
        // `.0` after a whole number is how it is written, not a digit that counts.
        scale = scale.max(if needed == 0 { 0 } else { exact.scale });
        pointed += usize::from(exact.scale > 0);
        zeros +=
            usize::from(value.len() > 1 && value.starts_with('0') && !value.contains(['.', ',']));
    }
    let needed = if words * 2 > others {
        SHARE_AMONG_WORDS
    } else {
        SHARE_MIN
    };
    if (fitting as f64) < needed * total as f64 {
        return None;
    }
    if number.percent {
        (whole, scale) = (false, scale.max(2));
    }
    let mut finding = Finding {
        number,
        misfits: total - fitting,
        ..Finding::of(Kind::Decimal {
            scale: scale.clamp(1, 9),
        })
    };
    if whole {
        finding.kind = Kind::Integer;
        finding.is_float_id = pointed * 10 >= values.len() * 9;
        if let Some(format) = numeric_time(column) {
            finding.kind = with_time(format, column);
        } else if zeros > 0 {
            finding.kind = Kind::Text;
        }
    }
    Some(finding)
}

/// Digits after the decimal mark that count.
fn trimmed_scale(mut mantissa: i64, mut scale: u8) -> u8 {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    scale
}

/// Whole numbers that are dates: `yyyymmdd` of the years 1900 to 2100, or time
/// since 1970 within the years 2001 to 2040, spread as times are.
fn numeric_time(column: &SampleColumn) -> Option<TimeFormat> {
    let values = &column.values;
    let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|value| test(value));
    let compact = |value: &str| {
        let day = value
            .get(..8)
            .is_some_and(|v| ("19000101".."21010101").contains(&v));
        matches!(value.len(), 8 | 12 | 14)
            && day
            && parse(value.as_bytes(), TimeFormat::Compact).is_some()
    };
    if values.len() >= 2 && all(&compact) {
        return Some(TimeFormat::Compact);
    }
    for (format, digits) in [
        (TimeFormat::EpochSeconds, 9..=10),
        (TimeFormat::EpochMillis, 12..=13),
        (TimeFormat::EpochMicros, 15..=16),
    ] {
        let unit: i64 = match format {
            TimeFormat::EpochSeconds => 1,
            TimeFormat::EpochMillis => 1_000,
            _ => 1_000_000,
        };
        let range = 631_152_000 * unit..2_208_988_800 * unit;
        let numbers: Vec<i64> = values
            .iter()
            .filter(|v| digits.contains(&v.len()))
            .filter_map(|v| v.parse().ok())
            .collect();
        if numbers.len() != values.len()
            || values.len() < 3
            || numbers.iter().filter(|n| range.contains(n)).count() * 200 < numbers.len() * 199
        {
            continue;
        }
        // Identifiers given out one after another lie dense; times do not.
        // Those of a random draw fill a whole power of ten; times of a
        // business span some years.
        let mut sorted = numbers;
        sorted.sort_unstable();
        let low = sorted.get(sorted.len() / 100).copied().unwrap_or(0);
        let high = sorted
            .get(sorted.len() - 1 - sorted.len() / 100)
            .copied()
            .unwrap_or(0);
        let span = (high - low) / unit;
        let dense = sorted.len() as i64 * 3 > high - low;
        if !dense && (3_600..20 * 366 * 86_400).contains(&span) {
            return Some(format);
        }
    }
    None
}

/// Numbers under a name that speaks of time, all of them days of the years 1954 to
/// 2078 as a spreadsheet counts them.
fn is_sheet_time(name: &str, column: &SampleColumn) -> bool {
    const WORDS: [&str; 9] = [
        "date", "time", "day", "datum", "fecha", "日期", "时间", "時間", "日時",
    ];
    let is_day = |value: &String| {
        let number = parse_f64(value.as_bytes(), &NumberFormat::PLAIN);
        number.is_some_and(|days| (20_000.0..65_500.0).contains(&days))
    };
    column.values.len() >= 2 && has_word(name, &WORDS) && column.values.iter().all(is_day)
}

fn with_time(format: TimeFormat, column: &SampleColumn) -> Kind {
    let timed = column.values.iter().take(500).any(|value| {
        parse(value.as_bytes(), format)
            .is_some_and(|written| written.has_time && written.local_us % 86_400_000_000 != 0)
    });
    if timed {
        Kind::Timestamp(format)
    } else {
        Kind::Date(format)
    }
}

fn infer_date(column: &SampleColumn, total: usize) -> Option<Finding> {
    let values = &column.values;
    let formats = [
        TimeFormat::YearFirst,
        TimeFormat::DayFirst,
        TimeFormat::MonthFirst,
        TimeFormat::Chinese,
        TimeFormat::Compact,
    ];
    let share = |format: TimeFormat, cells: &[String]| {
        cells
            .iter()
            .filter(|value| parse(value.as_bytes(), format).is_some())
            .count() as f64
            / cells.len().max(1) as f64
    };
    let head = values.get(..values.len().min(50)).unwrap_or(values);
    let fits: Vec<(TimeFormat, usize)> = formats
        .into_iter()
        .filter(|format| share(*format, head) >= 0.3)
        .map(|format| {
            let fitting = values
                .iter()
                .zip(&column.counts)
                .filter(|(value, _)| parse(value.as_bytes(), format).is_some());
            (format, fitting.map(|(_, count)| *count as usize).sum())
        })
        .filter(|(_, fitting)| *fitting as f64 >= DATE_SHARE_MIN * total as f64)
        .collect();
    let best = fits.iter().map(|(_, fitting)| *fitting).max()?;
    let equal: Vec<TimeFormat> = fits
        .iter()
        .filter(|(_, fitting)| *fitting == best)
        .map(|(format, _)| *format)
        .collect();
    let unsure = equal.contains(&TimeFormat::DayFirst)
        && equal.contains(&TimeFormat::MonthFirst)
        && !names_months(values);
    let format = if unsure {
        likelier_order(column)
    } else if equal.contains(&TimeFormat::Chinese) {
        // Each of the two reads the other's cells: it is called what most of them are.
        let named = values.iter().filter(|value| names_year(value.as_bytes()));
        match named.count() * 2 > values.len() {
            true => TimeFormat::Chinese,
            false => TimeFormat::YearFirst,
        }
    } else {
        *equal.first()?
    };
    Some(Finding {
        misfits: total - best,
        day_month_unsure: unsure,
        ..Finding::of(with_time(format, column))
    })
}

/// Months in letters cannot be taken for days.
fn names_months(values: &[String]) -> bool {
    values
        .first()
        .is_some_and(|value| value.bytes().filter(u8::is_ascii_alphabetic).count() >= 3)
}

/// Day first or month first, where every value can be read either way: with
/// points between them the day comes first; otherwise the reading under which
/// neighbouring rows lie nearer, files being mostly in order of time.
fn likelier_order(column: &SampleColumn) -> TimeFormat {
    if column
        .values
        .first()
        .is_some_and(|value| value.contains('.'))
    {
        return TimeFormat::DayFirst;
    }
    let jumps = |format| {
        let days: Vec<Option<i64>> = column
            .values
            .iter()
            .map(|value| parse(value.as_bytes(), format).map(|w| w.local_us / 86_400_000_000))
            .collect();
        let rows: Vec<i64> = column
            .codes
            .iter()
            .filter(|code| **code != MISSING)
            .filter_map(|code| days.get(*code as usize).copied().flatten())
            .collect();
        rows.windows(2)
            .map(|pair| {
                (pair.last().copied().unwrap_or(0) - pair.first().copied().unwrap_or(0)).abs()
            })
            .sum::<i64>()
    };
    if jumps(TimeFormat::MonthFirst) < jumps(TimeFormat::DayFirst) {
        TimeFormat::MonthFirst
    } else {
        TimeFormat::DayFirst
    }
}

fn examples(column: &SampleColumn) -> Vec<String> {
    let mut order: Vec<usize> = (0..column.values.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(column.counts.get(*i).copied().unwrap_or(0)));
    order
        .into_iter()
        .take(5)
        .filter_map(|i| column.values.get(i))
        .map(|value| value.chars().take(80).collect())
        .collect()
}

fn extremes(column: &SampleColumn, finding: &Finding) -> (Option<String>, Option<String>) {
    let key = |value: &str| match finding.kind {
        Kind::Integer | Kind::Decimal { .. } => parse_f64(value.as_bytes(), &finding.number),
        Kind::Date(format) | Kind::Timestamp(format) => parse(value.as_bytes(), format)
            .map(|w| (w.local_us - i64::from(w.offset_s.unwrap_or(0)) * 1_000_000) as f64),
        _ => None,
    };
    let cut = |value: &String| value.chars().take(80).collect::<String>();
    if matches!(finding.kind, Kind::Text | Kind::Boolean | Kind::Empty) {
        return (
            column.values.iter().min().map(cut),
            column.values.iter().max().map(cut),
        );
    }
    let keyed = || {
        column
            .values
            .iter()
            .filter_map(|value| Some((key(value)?, value)))
    };
    let min = keyed()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, value)| cut(value));
    let max = keyed()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, value)| cut(value));
    (min, max)
}
