//! A list as XLSX: identifiers as text cells, amounts and percentages as
//! numbers with their format, the header frozen, filters on.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook, Worksheet,
};

use super::{ListCell, ListTable};
use crate::error::{Error, Result};
use crate::format;

/// Rows a sheet holds below its header.
pub const ROWS_MAX: usize = 1_048_575;
/// Columns a list may have.
const COLUMNS_MAX: usize = 1_000;
/// Characters a cell of words holds; what is longer is cut, with a `…`.
const CELL_CHARS_MAX: usize = 8_000;

/// The list as the bytes of an XLSX file. The same list gives the same bytes.
///
/// # Errors
/// `web/list-too-long` above [`ROWS_MAX`] rows; `web/spreadsheet` if an
/// identifier is longer than a cell can be, or the file cannot be written.
pub fn to_xlsx(list: &ListTable) -> Result<Vec<u8>> {
    if list.rows.len() > ROWS_MAX {
        return Err(Error::ListTooLong {
            rows: list.rows.len(),
            rows_max: ROWS_MAX,
        });
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at(list)?));
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(&list.name))?;
    header(sheet, list)?;
    let styles = Styles::of(list);
    for (row, cells) in (1u32..).zip(&list.rows) {
        for (column, cell) in (0u16..).zip(cells.iter().take(list.columns.len().min(COLUMNS_MAX))) {
            write(sheet, row, column, cell, &styles)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn header(sheet: &mut Worksheet, list: &ListTable) -> Result<()> {
    let style = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    for (at, column) in (0u16..).zip(list.columns.iter().take(COLUMNS_MAX)) {
        sheet.write_string_with_format(0, at, &column.header, &style)?;
        sheet.set_column_width(at, f64::from(column.width_chars.clamp(4, 120)))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let last_row = u32::try_from(list.rows.len()).unwrap_or(u32::MAX);
    if let Some(last) = list.columns.len().min(COLUMNS_MAX).checked_sub(1) {
        let last = u16::try_from(last).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, last_row, last)?;
        if last_row > 0 {
            // Identifiers made of digits are meant to be text: no green corners.
            sheet.ignore_error_range(1, 0, last_row, last, IgnoreError::NumberStoredAsText)?;
        }
    }
    Ok(())
}

/// The formats of cells.
struct Styles {
    text: Format,
    words: Format,
    count: Format,
    number: Format,
    money: Format,
    percent: Format,
    date: Format,
}

impl Styles {
    fn of(list: &ListTable) -> Styles {
        let top = || Format::new().set_align(FormatAlign::Top);
        // A quote would end the symbol inside the number format.
        let symbol =
            format::symbol(list.currency.as_deref(), list.language).replace(['"', '\u{a0}'], "");
        let money = if symbol.is_empty() {
            "#,##0.00".to_owned()
        } else {
            format!("\"{symbol}\"#,##0.00;-\"{symbol}\"#,##0.00")
        };
        Styles {
            text: top().set_num_format("@"),
            words: top().set_text_wrap(),
            count: top().set_num_format("#,##0"),
            number: top().set_num_format("#,##0.0"),
            money: top().set_num_format(money),
            percent: top().set_num_format("0.0%"),
            date: top().set_num_format("yyyy-mm-dd"),
        }
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &ListCell, s: &Styles) -> Result<()> {
    match cell {
        ListCell::Empty => return Ok(()),
        ListCell::Number(v) | ListCell::Money(v) | ListCell::Percent(v) if !v.is_finite() => {
            return Ok(());
        }
        ListCell::Identifier(text) => sheet.write_string_with_format(row, column, text, &s.text)?,
        ListCell::Text(text) => {
            let text = match text.char_indices().nth(CELL_CHARS_MAX) {
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
                None => text.clone(),
            };
            sheet.write_string_with_format(row, column, text, &s.words)?
        }
        ListCell::Count(n) => sheet.write_number_with_format(row, column, *n as f64, &s.count)?,
        ListCell::Number(v) => sheet.write_number_with_format(row, column, *v, &s.number)?,
        ListCell::Money(v) => sheet.write_number_with_format(row, column, *v, &s.money)?,
        ListCell::Percent(v) => sheet.write_number_with_format(row, column, *v, &s.percent)?,
        ListCell::Date(day) => {
            let (year, month, day_of) = parts(*day);
            match ExcelDateTime::from_ymd(year, month, day_of) {
                Ok(date) => sheet.write_datetime_with_format(row, column, &date, &s.date)?,
                // A spreadsheet's calendar begins in 1900.
                Err(_) => sheet.write_string_with_format(row, column, day.to_string(), &s.text)?,
            }
        }
    };
    Ok(())
}

fn parts(day: jiff::civil::Date) -> (u16, u8, u8) {
    let year = u16::try_from(day.year()).unwrap_or(0);
    (year, day.month().unsigned_abs(), day.day().unsigned_abs())
}

fn made_at(list: &ListTable) -> Result<ExcelDateTime> {
    let (year, month, day) = parts(list.made_at.date());
    let time = list.made_at.time();
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    Ok(ExcelDateTime::from_ymd(year, month, day)?.and_hms(
        u16::from(hour),
        minute,
        f64::from(time.second()),
    )?)
}

/// A name spreadsheet programs accept: 31 characters, none of `[]:*?/\`, no
/// apostrophe at either end.
fn sheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !"[]:*?/\\".contains(*c) && !c.is_control())
        .take(31)
        .collect();
    let name = name.trim_matches('\'').trim();
    if name.is_empty() {
        "List".to_owned()
    } else {
        name.to_owned()
    }
}
