//! Columns of fixed width: cells by their place in the line. A place is counted
//! as a terminal shows it, where a Chinese character takes two, which is also how
//! many bytes it has in the encodings such files come in.

use unicode_width::UnicodeWidthChar;

use super::Progress;
use super::block::{Block, Cell};
use super::lines::{self, Line};

/// Lines looked at.
const LINES_MAX: usize = 500;
/// Fewer lines than this say too little about where columns end.
const LINES_MIN: usize = 5;
/// Widest line of a table of this kind.
const WIDTH_MAX: usize = 4_096;

/// Where the columns begin; the first at 0, each ends where the next begins.
pub type Starts = Vec<u32>;

/// What the start of a text says.
pub(crate) struct Found {
    pub starts: Starts,
    /// The cells of the lines looked at.
    pub rows: Vec<Vec<String>>,
    /// The names of the columns say where they are; blanks alone would not.
    pub is_told_by_names: bool,
}

/// The columns if the text has such of fixed width: places that are blank in every
/// line stand between them, or their names tell them apart.
pub(crate) fn sniff(text: &[u8]) -> Option<Found> {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !is_rule(line))
        .take(LINES_MAX)
        .collect();
    if lines.len() < LINES_MIN {
        return None;
    }
    let mut filled = vec![false; WIDTH_MAX];
    let mut widest = 0;
    for line in &lines {
        let mut at = 0;
        for char in line.chars() {
            let width = char.width().unwrap_or(0);
            for place in at..at + width {
                *filled.get_mut(place)? |= !char.is_whitespace();
            }
            at += width;
        }
        widest = widest.max(at);
    }
    let filled = filled.get(..widest)?;
    let plain = runs(filled);
    let header = lines.first()?;
    let starts = merged(split(plain.clone(), words_of(header)), header, &lines);
    if starts.len() < 2 {
        return None;
    }
    // A run of places that holds two names, or none, cannot be a column.
    let words = words_of(header);
    let names_in = |(from, to): &Run| {
        let inside = words.iter().filter(|(start, end)| start < to && from < end);
        inside.count()
    };
    let is_told_by_names = !words.is_empty() && plain.iter().any(|run| names_in(run) != 1);
    let cells_of = |line: &&str| {
        let mut cells = Vec::new();
        cut(line.as_bytes(), 0, line.len(), &starts, &mut cells);
        let text = cells.iter().map(|cell| cell.bytes(line.as_bytes(), &[]));
        text.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    };
    let rows = lines.iter().map(cells_of).collect();
    Some(Found {
        starts: starts.clone(),
        rows,
        is_told_by_names,
    })
}

/// A stretch of places, its end not included.
type Run = (usize, usize);

/// The stretches that are filled in some line.
fn runs(filled: &[bool]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (place, is_filled) in filled.iter().enumerate() {
        match runs.last_mut() {
            _ if !is_filled => {}
            Some((_, end)) if *end == place => *end = place + 1,
            _ => runs.push((place, place + 1)),
        }
    }
    runs
}

/// The words of a line, if it may name columns: none of them has a digit.
fn words_of(line: &str) -> Vec<Run> {
    if line.chars().any(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    let mut filled = Vec::new();
    for char in line.chars() {
        let width = char.width().unwrap_or(0);
        filled.extend(std::iter::repeat_n(!char.is_whitespace(), width));
    }
    runs(&filled)
}

/// Columns so full that no blank is left between them are told by their names, of
/// which each begins where its column does.
fn split(runs: Vec<Run>, words: Vec<Run>) -> Vec<Run> {
    let mut all = Vec::new();
    for (from, to) in runs {
        let inside = words.iter().filter(|(start, _)| (from..to).contains(start));
        // Two words a blank apart may be one name.
        let mut last_end = None;
        let mut start = from;
        for (word, end) in inside {
            if last_end.is_some_and(|last| *word > last + 1) {
                all.push((start, *word));
                start = *word;
            }
            last_end = Some(*end);
        }
        all.push((start, to));
    }
    all
}

/// Where the columns begin: a date and the time of day beside it are one, and so is
/// what stands beside a column, a blank apart, without a name of its own.
fn merged(runs: Vec<Run>, header: &str, lines: &[&str]) -> Starts {
    let words = words_of(header);
    let has_name = |(from, to): Run| words.iter().any(|(start, end)| *start < to && from < *end);
    let is_clock = |(from, _): Run| {
        let at = |line: &&str| {
            line.get(from..)
                .map(|rest| rest.trim_start().as_bytes().to_vec())
        };
        let times = lines
            .iter()
            .skip(1)
            .filter_map(at)
            .filter(|cell| !cell.is_empty());
        let is_time = |cell: &Vec<u8>| {
            matches!(cell.as_slice(), [a, b, b':', c, d, ..]
                if [a, b, c, d].into_iter().all(u8::is_ascii_digit))
        };
        let (mut all, mut good) = (0, 0);
        for cell in times {
            all += 1;
            good += usize::from(is_time(&cell));
        }
        all > 0 && good * 10 >= all * 9
    };
    let mut kept: Vec<Run> = Vec::new();
    for run in runs {
        let is_nameless = !words.is_empty() && !has_name(run);
        match kept.last_mut() {
            Some(last) if run.0 == last.1 + 1 && (is_nameless || is_clock(run)) => last.1 = run.1,
            _ => kept.push(run),
        }
    }
    let mut starts: Starts = vec![0];
    for pair in kept.windows(2) {
        let &[(_, end), run] = pair else { continue };
        // What stands right-aligned grows to the left, everything else to the right.
        let start = if is_right_aligned(run, lines) {
            end
        } else {
            run.0
        };
        starts.push(start as u32);
    }
    starts
}

/// Whether the cells begin at different places and end at one.
fn is_right_aligned((from, to): Run, lines: &[&str]) -> bool {
    let filled = |line: &[u8], place: usize| line.get(place).is_some_and(|b| *b != b' ');
    let (mut all, mut at_end, mut at_start) = (0, 0, 0);
    for line in lines.iter().skip(1).filter(|line| line.is_ascii()) {
        let line = line.as_bytes();
        if (from..to).any(|place| filled(line, place)) {
            all += 1;
            at_end += usize::from(filled(line, to - 1));
            at_start += usize::from(filled(line, from));
        }
    }
    all > 0 && at_end * 20 >= all * 19 && at_start < at_end
}

/// Splits lines from `at` on, until the block is full or the text is used up;
/// where the rest begins.
pub(super) fn split_lines(
    starts: &Starts,
    block: &mut Block,
    at: usize,
    progress: &mut Progress,
) -> usize {
    lines::split(block, at, progress, &|text, start, end, cells, _| {
        let line = text.get(start..end).unwrap_or(&[]);
        if is_rule(&String::from_utf8_lossy(line)) {
            return Line::Nothing;
        }
        cut(text, start, end, starts, cells);
        Line::Record
    })
}

/// A line that only draws, such as `-----+-----`.
fn is_rule(line: &str) -> bool {
    let is_drawn = |c: char| {
        matches!(
            c,
            '-' | '=' | '+' | '|' | '_' | ' ' | '\u{2500}'..='\u{257f}'
        )
    };
    line.chars().any(|c| !c.is_whitespace()) && line.chars().all(is_drawn)
}

/// Appends the cells of the line of `text` from `start` to `end`, trimmed.
fn cut(text: &[u8], start: usize, end: usize, starts: &[u32], cells: &mut Vec<Cell>) {
    let line = text.get(start..end).unwrap_or(&[]);
    // Byte offsets of the starts; the same where all is ASCII.
    let mut places: Vec<usize> = Vec::with_capacity(starts.len() + 1);
    if line.is_ascii() {
        places.extend(starts.iter().map(|place| (*place as usize).min(line.len())));
    } else {
        let (mut at, mut byte) = (0, 0);
        let decoded = String::from_utf8_lossy(line);
        let is_sound = decoded.len() == line.len();
        for char in decoded.chars().filter(|_| is_sound) {
            while starts
                .get(places.len())
                .is_some_and(|place| *place as usize <= at)
            {
                places.push(byte);
            }
            at += char.width().unwrap_or(0);
            byte += char.len_utf8();
        }
        places.resize(starts.len(), line.len());
    }
    places.push(line.len());
    for pair in places.windows(2) {
        let &[from, to] = pair else { continue };
        let cell = line.get(from..to).unwrap_or(&[]);
        let lead = cell.len() - cell.trim_ascii_start().len();
        let from = start + from + lead;
        cells.push(Cell::new(from, from + cell.trim_ascii().len()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Records;
    use super::*;
    use crate::dialect::{Form, sniff_bytes};

    const TABLE: &str = "ID     NAME          CITY      AMOUNT\n\
                         ------ ------------- --------- ------\n\
                         000001 Ann Lee       New York    12.5\n\
                         000002 Bob                        7.0\n\
                         000003 张三 李       上海       100.0\n\
                         000004 Jo Ann Smith  Rome           3\n\
                         000005 Al            Bath           4\n\
                         000006 Zed           Ulm            5\n";

    #[test]
    fn columns_of_fixed_width() {
        let dialect = sniff_bytes(TABLE.as_bytes(), true).unwrap();
        assert_eq!(dialect.form, Form::Fixed(vec![0, 7, 21, 29]), "{dialect:?}");
        assert!(dialect.header);
        assert_eq!(dialect.columns, ["ID", "NAME", "CITY", "AMOUNT"]);
        let mut records = Records::new(TABLE.as_bytes(), &dialect);
        let mut block = Block::default();
        assert!(records.next_block(&mut block, 100).unwrap());
        let row = |row: usize| {
            let cells = (0..block.columns()).map(|i| String::from_utf8_lossy(block.cell(row, i)));
            cells.collect::<Vec<_>>().join("|")
        };
        assert_eq!(row(0), "ID|NAME|CITY|AMOUNT");
        assert_eq!(row(1), "000001|Ann Lee|New York|12.5");
        assert_eq!(row(2), "000002|Bob||7.0");
        assert_eq!(row(3), "000003|张三 李|上海|100.0");
        assert_eq!(block.records()[1].line, 3);
        assert_eq!(records.blank_lines(), 1);
    }

    #[test]
    fn full_columns_and_times_of_day() {
        let full = "ORDER   WHO     BOUGHT_AT             PRICE\n\
                    o0000001c0000001 2024-01-05 10:00:00   2.50\n\
                    o0000002c0000002 2024-01-06 11:30:00  12.50\n\
                    o0000003c0000001 2024-01-07 12:00:00   3.00\n\
                    o0000004c0000003 2024-01-08 08:15:00   4.00\n";
        let found = sniff(full.as_bytes()).unwrap();
        assert_eq!(found.starts, [0, 8, 16, 36]);
        assert!(found.is_told_by_names);
        assert_eq!(
            found.rows[1],
            ["o0000001", "c0000001", "2024-01-05 10:00:00", "2.50"]
        );
        // Without names the time of day belongs to its date all the same.
        let rows = full
            .split_once('\n')
            .unwrap()
            .1
            .replace("c0000", " c0000")
            .repeat(2);
        let found = sniff(rows.as_bytes()).unwrap();
        assert_eq!(found.starts, [0, 9, 18, 37]);
    }

    #[test]
    fn prose_has_no_columns() {
        let prose = "It was the best of times, it was the worst of times, it was\n\
                     the age of wisdom, it was the age of foolishness, it was\n\
                     the epoch of belief, it was the epoch of incredulity, it\n\
                     was the season of Light, it was the season of Darkness,\n\
                     it was the spring of hope, it was the winter of despair,\n\
                     we had everything before us, we had nothing before us\n";
        assert!(sniff(prose.as_bytes()).is_none_or(|found| found.starts.len() < 3));
        assert!(sniff(b"a\nb\nc\nd\ne\nf\n").is_none());
    }
}
