//! A sheet of a workbook as lines of cells between tabs, the way a spreadsheet
//! gives it to the clipboard: line breaks and tabs within a cell become blanks,
//! an empty row an empty line, a date `2024-03-05` or `2024-03-05 14:30:00`.

use std::io::{self, BufReader, Write};

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, Xls, Xlsb, Xlsx, XlsxError};

use super::damaged;
use crate::COLUMNS_MAX;
use crate::database::sqlite;
use crate::files::{Book, Sheet, Slice, SliceReader};

/// Rows from whose cells the width of the table is taken.
const WIDTH_ROWS: usize = 1_000;
/// Whole numbers below this, 2^53, are all different.
const EXACT_TO: f64 = 9_007_199_254_740_992.0;
/// Numbers from here on were rounded to 15 digits by the spreadsheet.
const ROUNDED_FROM: f64 = 1e15;

/// Writes `sheet` of the workbook in `bytes`.
///
/// # Errors
/// A damaged workbook, as [`io::ErrorKind::InvalidData`]; those of `out`.
pub(super) fn write(bytes: &Slice, sheet: &Sheet, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let input = BufReader::new(bytes.open()?);
    let name = sheet.name.as_str();
    let mut rows = Rows::new(out);
    match sheet.book {
        Book::Xlsx => write_xlsx(Xlsx::new(input).map_err(damaged)?, name, &mut rows)?,
        Book::Xlsb => write_range(Xlsb::new(input).map_err(damaged)?, name, &mut rows)?,
        Book::Xls => write_range(Xls::new(input).map_err(damaged)?, name, &mut rows)?,
        Book::Sqlite => write_table(bytes, name, &mut rows)?,
        Book::Ods => write_range(Ods::new(input).map_err(damaged)?, name, &mut rows)?,
    }
    rows.finish()
}

fn write_xlsx(
    mut book: Xlsx<BufReader<SliceReader>>,
    name: &str,
    rows: &mut Rows<'_>,
) -> io::Result<()> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A sheet that holds a chart alone has no rows.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(damaged(error)),
    };
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        rows.go_to(row)?;
        match cell.get_value() {
            DataRef::SharedString(text) => rows.text(column, text),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                rows.text(column, text);
            }
            DataRef::Int(number) => rows.text(column, &number.to_string()),
            DataRef::Float(number) => rows.text(column, &number_text(*number)),
            DataRef::Bool(value) => rows.text(column, truth(*value)),
            DataRef::DateTime(time) => rows.text(column, &time_text(time)),
            DataRef::Error(error) => rows.text(column, &error.to_string()),
            DataRef::Empty => {}
        }
    }
    Ok(())
}

fn write_range<B>(mut book: B, name: &str, rows: &mut Rows<'_>) -> io::Result<()>
where
    B: Reader<BufReader<SliceReader>>,
    B::Error: ToString,
{
    let range = book.worksheet_range(name).map_err(damaged)?;
    let (top, left) = range.start().unwrap_or((0, 0));
    for (row, column, cell) in range.used_cells() {
        // Ranges are within a sheet's 2^20 rows and 2^14 columns.
        let column = left + column as u32;
        rows.go_to(top + row as u32)?;
        match cell {
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
                rows.text(column, text);
            }
            Data::Int(number) => rows.text(column, &number.to_string()),
            Data::Float(number) => rows.text(column, &number_text(*number)),
            Data::Bool(value) => rows.text(column, truth(*value)),
            Data::DateTime(time) => rows.text(column, &time_text(time)),
            Data::Error(error) => rows.text(column, &error.to_string()),
            Data::Empty => {}
        }
    }
    Ok(())
}

fn write_table(bytes: &Slice, name: &str, rows: &mut Rows<'_>) -> io::Result<()> {
    let path = bytes.whole_file().ok_or_else(|| damaged("not a file"))?;
    let mut row = 0;
    let each = &mut |cells: &[String]| {
        for (column, cell) in cells.iter().enumerate() {
            rows.text(column as u32, cell);
        }
        row += 1;
        rows.go_to(row)
    };
    sqlite::rows(path, name, each).map_err(damaged)
}

fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// A number as a spreadsheet shows it: 15 digits, no more; those of 16 digits
/// and more, whose last digits it has lost, with their exponent. A whole number whose
/// 16th digit is there was written by a program, and is exact as far as floating-point
/// numbers are.
fn number_text(number: f64) -> String {
    let is_exact = number.abs() < EXACT_TO && number % 10.0 != 0.0 && number.fract() == 0.0;
    if number.abs() >= ROUNDED_FROM && !is_exact {
        return format!("{number:.14E}").replacen('E', "E+", 1);
    }
    let exact = number.to_string();
    if exact.len() <= 16 || is_exact {
        return exact;
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

fn time_text(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    if time.is_duration() || (0.0..1.0).contains(&days) {
        let seconds = (days * 86_400.0).round() as i64;
        let (sign, seconds) = (if seconds < 0 { "-" } else { "" }, seconds.abs());
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        return format!("{sign}{hours:02}:{minutes:02}:{:02}", seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// Rows on their way out, all of one width.
struct Rows<'o> {
    out: &'o mut (dyn Write + Send),
    /// The row (0-based) that is being filled.
    row: u32,
    cells: Vec<String>,
    /// Rows kept back until the width is known.
    first: Vec<Vec<String>>,
    width: Option<usize>,
    line: String,
}

impl<'o> Rows<'o> {
    fn new(out: &'o mut (dyn Write + Send)) -> Self {
        Rows {
            out,
            row: 0,
            cells: Vec::new(),
            first: Vec::new(),
            width: None,
            line: String::new(),
        }
    }

    /// Ends the rows before `row`.
    fn go_to(&mut self, row: u32) -> io::Result<()> {
        while self.row < row {
            self.end_row()?;
        }
        Ok(())
    }

    fn text(&mut self, column: u32, text: &str) {
        let column = column as usize;
        // One more than is allowed tells the reader that there are too many.
        if column > COLUMNS_MAX || text.is_empty() {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            let is_break = |c: char| matches!(c, '\t' | '\n' | '\r' | '\0');
            *cell = if text.contains(is_break) {
                text.replace("\r\n", " ").replace(is_break, " ")
            } else {
                text.to_owned()
            };
        }
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.row += 1;
        let cells = std::mem::take(&mut self.cells);
        match self.width {
            Some(width) => {
                self.write(&cells, width)?;
                self.cells = cells;
                self.cells.clear();
            }
            None => {
                self.first.push(cells);
                if self.first.len() >= WIDTH_ROWS {
                    self.write_first()?;
                }
            }
        }
        Ok(())
    }

    fn write_first(&mut self) -> io::Result<()> {
        let width = self.first.iter().map(Vec::len).max().unwrap_or(0);
        self.width = Some(width);
        for row in std::mem::take(&mut self.first) {
            self.write(&row, width)?;
        }
        Ok(())
    }

    fn write(&mut self, cells: &[String], width: usize) -> io::Result<()> {
        self.line.clear();
        if !cells.is_empty() {
            for column in 0..width.max(cells.len()) {
                if column > 0 {
                    self.line.push('\t');
                }
                self.line
                    .push_str(cells.get(column).map_or("", String::as_str));
            }
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.cells.is_empty() {
            self.end_row()?;
        }
        self.write_first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_spreadsheet_shows_them() {
        assert_eq!(number_text(17_850.0), "17850");
        assert_eq!(number_text(2.55), "2.55");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(-1.5e-7), "-0.00000015");
        // A program's identifier, and one whose last digit a spreadsheet has lost.
        assert_eq!(number_text(6_222_021_234_567_893.0), "6222021234567893");
        assert_eq!(number_text(-1_234_567_890_123_456.0), "-1234567890123456");
        assert_eq!(number_text(6_222_021_234_567_890.0), "6.22202123456789E+15");
        assert_eq!(number_text(9_007_199_254_740_993.0), "9.00719925474099E+15");
        assert_eq!(
            number_text(310_101_199_001_011_230.0),
            "3.10101199001011E+17"
        );
    }

    #[test]
    fn rows_have_one_width_and_keep_their_lines() {
        let mut out = Vec::new();
        let mut rows = Rows::new(&mut out);
        rows.text(0, "title");
        rows.go_to(2).unwrap();
        rows.text(0, "id");
        rows.text(2, "a\tb\r\nc");
        rows.go_to(3).unwrap();
        rows.text(1, "x");
        rows.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "title\t\t\n\nid\t\ta b c\n\tx\t\n"
        );
    }
}
