//! Logs of web servers in the common and the combined format (Apache HTTP Server,
//! `mod_log_config`): a request a line.

use super::Progress;
use super::block::{Block, Cell, Fault};
use super::lines::{self, Line};
use crate::time::days_from_civil;

/// Names of the columns; a log in the common format has the first nine.
pub(crate) const COLUMNS: [&str; 11] = [
    "host", "ident", "user", "time", "method", "path", "protocol", "status", "bytes", "referer",
    "agent",
];
/// Columns of the common format.
const COMMON: usize = 9;
/// Lines looked at.
const LINES_MAX: usize = 100;

/// The names of the columns if most lines are requests.
pub(crate) fn sniff(text: &[u8]) -> Option<Vec<String>> {
    let (mut good, mut all, mut width) = (0, 0, COMMON);
    let lines = text.split(|byte| *byte == b'\n');
    for line in lines
        .filter(|line| !line.trim_ascii().is_empty())
        .take(LINES_MAX)
    {
        let mut cells = Vec::new();
        all += 1;
        if parse(
            line,
            0,
            line.trim_ascii_end().len(),
            &mut cells,
            &mut Vec::new(),
        )
        .is_some()
        {
            good += 1;
            width = width.max(cells.len());
        }
    }
    let names = COLUMNS.iter().take(width).map(|name| (*name).to_owned());
    (good > 0 && good * 10 >= all * 8).then(|| names.collect())
}

/// Splits requests from `at` on, until the block is full or the text is used up;
/// where the rest begins.
pub(super) fn split(block: &mut Block, at: usize, progress: &mut Progress) -> usize {
    let columns = block.columns;
    lines::split(block, at, progress, &|text, start, end, cells, extra| {
        let first = cells.len();
        match parse(text, start, end, cells, extra) {
            Some(()) if cells.len() - first <= columns => Line::Record,
            Some(()) => Line::Fault(Fault::Long),
            None => Line::Fault(Fault::Log),
        }
    })
}

/// Appends the cells of the line of `text` from `start` to `end`; `None` if it is
/// no request.
fn parse(
    text: &[u8],
    start: usize,
    end: usize,
    cells: &mut Vec<Cell>,
    extra: &mut Vec<u8>,
) -> Option<()> {
    let line = text.get(..end)?;
    let mut at = start;
    for _ in 0..3 {
        let word = word(line, at)?;
        cells.push(unless_dash(line, word));
        at = word.1 + 1;
    }
    let time_end = at + memchr::memchr(b']', line.get(at..)?)?;
    let time = line.get(at..time_end)?.strip_prefix(b"[")?;
    let from = extra.len();
    extra.extend_from_slice(iso_time(time)?.as_bytes());
    cells.push(Cell::extra(from, extra.len()));
    at = time_end + 2;
    let request = quoted(line, at)?;
    request_cells(line, request, cells);
    at = request.1 + 2;
    for _ in 0..2 {
        let word = word(line, at)?;
        if !line
            .get(word.0..word.1)?
            .iter()
            .all(|b| b.is_ascii_digit() || *b == b'-')
        {
            return None;
        }
        cells.push(unless_dash(line, word));
        at = word.1 + 1;
    }
    // What may follow these two is of the server's own making.
    for _ in 0..2 {
        let Some(text) = quoted(line, at) else { break };
        cells.push(unless_dash(line, text));
        at = text.1 + 2;
    }
    Some(())
}

/// Method, path and protocol of a request; one that is none is its path.
fn request_cells(line: &[u8], (from, to): (usize, usize), cells: &mut Vec<Cell>) {
    let request = line.get(from..to).unwrap_or(&[]);
    let first = memchr::memchr(b' ', request);
    let last = memchr::memrchr(b' ', request);
    match (first, last) {
        (Some(first), Some(last)) if first < last => {
            cells.push(Cell::new(from, from + first));
            cells.push(Cell::new(from + first + 1, from + last));
            cells.push(Cell::new(from + last + 1, to));
        }
        _ => {
            cells.push(Cell::default());
            cells.push(unless_dash(line, (from, to)));
            cells.push(Cell::default());
        }
    }
}

/// From `at` to the next blank.
fn word(line: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = line.get(at..)?;
    let length = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    (length > 0).then_some((at, at + length))
}

/// What stands in the quotes that begin at `at`; a backslash guards a quote.
fn quoted(line: &[u8], at: usize) -> Option<(usize, usize)> {
    if line.get(at) != Some(&b'"') {
        return None;
    }
    let mut end = at + 1;
    loop {
        end += memchr::memchr2(b'"', b'\\', line.get(end..)?)?;
        if line.get(end) == Some(&b'"') {
            return Some((at + 1, end));
        }
        end += 2;
    }
}

fn unless_dash(line: &[u8], (from, to): (usize, usize)) -> Cell {
    match line.get(from..to) {
        Some(b"-") | None => Cell::default(),
        _ => Cell::new(from, to),
    }
}

/// `10/Oct/2000:13:55:36 -0700` as `2000-10-10T13:55:36-07:00`.
fn iso_time(time: &[u8]) -> Option<String> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let time = std::str::from_utf8(time).ok()?;
    let (date, zone) = time.split_once(' ').unwrap_or((time, "+0000"));
    let mut parts = date.splitn(4, ['/', ':']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let clock = parts.next()?;
    let month = MONTHS.find(month).filter(|_| month.len() == 3)? / 3 + 1;
    let number = |text: &str| text.parse::<i64>().ok();
    days_from_civil(number(year)?, month as i64, number(day)?)?;
    let (hours, minutes) = (zone.get(..3)?, zone.get(3..5)?);
    let is_sound = clock.len() == 8 && zone.len() == 5 && zone.starts_with(['+', '-']);
    is_sound.then(|| format!("{year}-{month:02}-{day:0>2}T{clock}{hours}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::super::Records;
    use super::*;
    use crate::dialect::{Form, sniff_bytes};

    const COMBINED: &str = "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a b.gif HTTP/1.0\" 200 2326 \"http://x/\" \"Moz \\\"4\\\"\"\n\
        ::1 - - [11/Oct/2000:00:00:00 +0800] \"-\" 408 - \"-\" \"-\" 0.3\r\n\
        nonsense\n\n\
        h - u [01/Jan/2024:10:00:00 +0000] \"POST /p HTTP/1.1\" 302 0 \"-\" \"curl\"\n\
        h - v [01/Jan/2024:10:00:01 +0000] \"POST /p HTTP/1.1\" 302 0 \"-\" \"curl\"\n";

    #[test]
    fn requests_of_the_combined_format() {
        let dialect = sniff_bytes(COMBINED.as_bytes(), true).unwrap();
        assert_eq!(dialect.form, Form::Log);
        assert_eq!(dialect.columns, COLUMNS);
        let mut records = Records::new(COMBINED.as_bytes(), &dialect);
        let mut block = Block::default();
        assert!(records.next_block(&mut block, 100).unwrap());
        let row = |row: usize| {
            let cells = (0..block.columns()).map(|i| String::from_utf8_lossy(block.cell(row, i)));
            cells.collect::<Vec<_>>().join("|")
        };
        assert_eq!(
            row(0),
            "127.0.0.1||frank|2000-10-10T13:55:36-07:00|GET|/a b.gif|HTTP/1.0|200|2326|http://x/|Moz \\\"4\\\""
        );
        assert_eq!(row(1), "::1|||2000-10-11T00:00:00+08:00||||408|||");
        assert_eq!(block.records()[2].fault, Some(Fault::Log));
        assert_eq!(block.raw(2), b"nonsense");
        assert_eq!(block.records()[3].line, 5);
    }

    #[test]
    fn the_common_format_has_no_referer() {
        let text = b"h - - [01/Jan/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n";
        assert_eq!(sniff(text).unwrap().len(), COMMON);
        assert_eq!(sniff(b"a,b\n1,2\n"), None);
        assert_eq!(sniff(b""), None);
    }

    #[test]
    fn times_that_are_none() {
        for time in [
            "10/Okt/2000:13:55:36 -0700",
            "31/Feb/2024:00:00:00 +0000",
            "x",
            "10/Oct/2000",
        ] {
            assert_eq!(iso_time(time.as_bytes()), None, "{time}");
        }
    }
}
