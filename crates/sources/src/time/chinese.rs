//! Dates as they are written in Chinese.

use super::{Cursor, DAY_US, Written, days_from_civil};

/// Whether a cell names its year, as in `2024年`.
pub(crate) fn names_year(cell: &[u8]) -> bool {
    memchr::memmem::find(cell, "年".as_bytes()).is_some()
}

/// `2024年3月5日 10时15分`, `2024年3月5日 下午3:05`.
pub(super) fn parse(cell: &[u8]) -> Option<Written> {
    let text = std::str::from_utf8(cell).ok()?;
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, rest) = rest.split_once(['日', '号'])?;
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let days = days_from_civil(number(year)?, number(month)?, number(day)?)?;
    let time = rest
        .trim()
        .replace(['时', '点', '分'], ":")
        .replace('秒', "");
    let afternoon = time.starts_with("下午") || time.starts_with("晚上");
    let time = ["上午", "下午", "晚上"]
        .iter()
        .fold(time.as_str(), |t, word| t.trim_start_matches(word));
    let mut written = Cursor {
        bytes: time.trim_end_matches(':').trim().as_bytes(),
    }
    .time_of_day(days)?;
    if afternoon && written.local_us - days * DAY_US < DAY_US / 2 {
        written.local_us += DAY_US / 2;
    }
    // "10时" alone leaves just the hour.
    Some(written)
}
