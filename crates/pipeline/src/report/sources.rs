//! What was read and how good it is.

use std::path::Path;

use perennial_web::Text;
use perennial_web::report::{ColumnTotal, Part, Quality, SourceFile, Sources};

use super::actions::Chosen;
use super::material::Material;
use super::moments::civil;
use super::risk::Survey;
use super::warnings::warnings;
use crate::project::Project;
use crate::settings::{Role, Settings, Source, Table};
use crate::stages::ingest::{Book, CUSTOMERS, PAST_KEEPING, shape_of};

/// Files, their totals, and the warnings.
pub(super) fn sources(
    m: &Material<'_>,
    survey: &Part<Survey>,
    chosen: &Part<Chosen>,
    quality: Option<Quality>,
) -> Sources {
    Sources {
        files: m
            .ingest
            .current()
            .iter()
            .map(|book| file(m.project, book))
            .collect(),
        warnings: warnings(m, survey, chosen),
        customers: customers(m),
        quality,
    }
}

/// Customers known after cleaning.
fn customers(m: &Material<'_>) -> u64 {
    let kept = || {
        let books = m.ingest.current();
        let tables = books.iter().filter(|book| book.table == CUSTOMERS);
        tables.map(|book| book.kept).sum()
    };
    match (&m.features, &m.people) {
        (Some(notes), _) => notes.customers,
        (None, Some(people)) => people.customer_id.len() as u64,
        (None, None) => kept(),
    }
}

fn file(project: &Project, book: &Book) -> SourceFile {
    let local = |us: i64| civil(&project.calendar, us);
    let mut quarantined: Vec<(Text, u64)> = book
        .reasons
        .iter()
        .filter(|(code, _)| *code != PAST_KEEPING)
        .map(|(code, &rows)| (reason(code), rows))
        .collect();
    quarantined.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    SourceFile {
        name: shown_name(&book.file),
        table: book.table.clone(),
        // What was let go in its time is told by a warning: it says nothing of how
        // good the file is.
        rows_read: book.rows_read.saturating_sub(book.past_keeping),
        rows_kept: book.kept,
        rows_quarantined: book.quarantined.saturating_sub(book.past_keeping),
        rows_duplicate: book.duplicates,
        rows_without_customer: is_history(book).then_some(book.without_customer),
        period: book
            .first_us
            .zip(book.last_us)
            .map(|(first, last)| (local(first), local(last))),
        totals: totals(&project.settings, book),
        quarantined,
    }
}

/// Whether the file went into a table of histories.
fn is_history(book: &Book) -> bool {
    Table::from_word(&book.table).and_then(shape_of).is_some()
}

/// A file as the settings name it, but never where on this machine it stands.
fn shown_name(file: &str) -> String {
    let path = Path::new(file);
    let name = path.file_name().filter(|_| path.is_absolute());
    name.map_or_else(
        || file.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Totals of the number columns before cleaning, and of quantity times price.
/// Identifiers made of digits are no numbers to add up.
fn totals(settings: &Settings, book: &Book) -> Vec<ColumnTotal> {
    let source = source_of(settings, book);
    let names = |role: Role| source.and_then(|s| s.columns.get(role));
    let identifiers = Role::IDENTIFIERS.map(names);
    let mut totals: Vec<ColumnTotal> = book
        .columns
        .iter()
        .filter(|column| !identifiers.contains(&Some(column.name.as_str())))
        .filter_map(|column| {
            let numbers = column.numbers.as_ref()?;
            Some(ColumnTotal {
                column: column.name.clone(),
                total: plain_digits(numbers.sum)?,
                empty: column.missing,
                not_numeric: numbers.not_numbers,
            })
        })
        .collect();
    let product = book.plain_total.and_then(plain_digits);
    if let (Some(total), Some(quantity), Some(price)) =
        (product, names(Role::Quantity), names(Role::UnitPrice))
    {
        let column = format!("{quantity} × {price}");
        totals.push(ColumnTotal {
            column,
            total,
            empty: 0,
            not_numeric: 0,
        });
    }
    totals
}

/// The source whose mapping fits the file.
fn source_of<'a>(settings: &'a Settings, book: &Book) -> Option<&'a Source> {
    let has = |name: &str| book.columns.iter().any(|column| column.name == name);
    settings
        .sources
        .iter()
        .filter(|s| s.table.as_str() == book.table)
        .find(|s| s.columns.iter().all(|(_, name)| has(name)))
}

/// A sum as plain digits, the fewest that stand for it: sums are exact and
/// rounded once, to sixteen digits. None if it is not a number.
fn plain_digits(sum: f64) -> Option<String> {
    // Adding zero takes the sign off a negative zero.
    sum.is_finite().then(|| format!("{}", sum + 0.0))
}

/// Why rows were set aside, in words.
fn reason(code: &str) -> Text {
    let (en, zh) = match code {
        "row/short" => ("fewer fields than the header has", "字段数少于表头"),
        "row/long" => ("more fields than the header has", "字段数多于表头"),
        "row/not-json" => ("no whole JSON object", "不是完整的 JSON 对象"),
        "row/not-a-request" => (
            "a line of a log that is no request",
            "日志中的该行不是请求记录",
        ),
        "row/other-list" => (
            "a record of another list of the same file",
            "属于同一文件中另一个列表的记录",
        ),
        "row/total" => ("a total of the rows above it", "合计行，不是一条记录"),
        "row/quote-broken" => ("a quotation mark that is never closed", "引号没有闭合"),
        "row/too-long" => ("a row longer than the limit", "行的长度超过上限"),
        "cell/too-long" => ("a field longer than the limit", "字段长度超过上限"),
        "row/encoding-invalid" => (
            "characters that are not valid in the file's encoding",
            "含有不符合文件编码的字符",
        ),
        "row/nul-byte" => ("a NUL byte in the row", "行中含有空字节"),
        "cell/not-a-number" => ("no number where one is expected", "应为数字处不是数字"),
        "cell/not-whole" => (
            "a fraction where a whole number is expected",
            "应为整数却带小数",
        ),
        "cell/number-too-large" => ("a number too large to be kept", "数字过大，无法保存"),
        "cell/not-a-time" => (
            "no date or time where one is expected",
            "应为日期或时间处不是日期或时间",
        ),
        "cell/identifier-changed" => (
            "an identifier that a spreadsheet has made a rounded number of, such as 3.1E+17",
            "标识已被电子表格改成约数（例如 3.1E+17）",
        ),
        "row/no-time" => ("no date or time", "缺少日期或时间"),
        "row/day-zero-unknown" => ("no day to count from", "天数没有起算日"),
        "row/ends-before-start" => ("ends before it begins", "结束早于开始"),
        "row/identifier-too-long" => (
            "a customer's identifier longer than 4,096 bytes",
            "客户标识超过 4096 字节",
        ),
        "row/time-in-future" => ("a date in the future", "日期在将来"),
        "row/time-impossible" => (
            "a date before 1900 or after 2199",
            "日期早于 1900 年或晚于 2199 年",
        ),
        "row/no-quantity" => ("no quantity", "缺少数量"),
        "row/no-amount" => ("neither an amount nor a price", "既无金额也无单价"),
        "row/amount-too-large" => ("an amount too large to be kept", "金额过大，无法保存"),
        "customer/twice" => (
            "a customer who stands in the table already",
            "该客户在表中已出现过",
        ),
        "person/erased" => (
            "a person who asked to be forgotten",
            "当事人已要求删除其数据",
        ),
        other => return Text::same(other),
    };
    Text::new(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_plain_digits() {
        assert_eq!(plain_digits(9_747_747.934).as_deref(), Some("9747747.934"));
        assert_eq!(plain_digits(5_176_450.0).as_deref(), Some("5176450"));
        assert_eq!(plain_digits(-0.0).as_deref(), Some("0"));
        assert_eq!(
            plain_digits(1e21).as_deref(),
            Some("1000000000000000000000")
        );
        assert_eq!(plain_digits(f64::NAN), None);
    }

    #[test]
    fn a_file_is_not_shown_with_its_place_on_the_machine() {
        assert_eq!(shown_name("data/lines.csv"), "data/lines.csv");
        assert_eq!(shown_name("/srv/exports/lines.csv"), "lines.csv");
    }

    #[test]
    fn identifiers_are_not_added_up_and_the_product_is() {
        let text = r#"
            format = 1
            [project]
            currency = "GBP"
            [[source]]
            path = "lines.csv"
            table = "order_lines"
            columns = { customer_id = "who", time = "when", quantity = "n", unit_price = "each" }
        "#;
        let path = Path::new("perennial.toml");
        let settings = Settings::parse(text, path, std::iter::empty(), &[]).unwrap();
        let column = |name: &str, sum: Option<f64>| {
            let numbers = sum.map(|sum| {
                serde_json::json!({ "not_numbers": 2, "negative": 0, "zero": 0, "min": 1.0, "max": 2.0, "sum": sum })
            });
            serde_json::json!({
                "name": name, "rows": 10, "missing": 1, "outer_blanks": 0,
                "distinct": 5, "distinct_exact": true, "numbers": numbers
            })
        };
        let columns = [
            column("who", Some(99_000.0)),
            column("when", None),
            column("n", Some(34.0)),
            column("each", Some(12.5)),
        ];
        let book = Book {
            table: "order_lines".to_owned(),
            plain_total: Some(101.25),
            columns: serde_json::from_value(serde_json::json!(columns)).unwrap(),
            ..Book::default()
        };
        let found = totals(&settings, &book);
        let shown: Vec<_> = found
            .iter()
            .map(|t| (t.column.as_str(), t.total.as_str()))
            .collect();
        assert_eq!(
            shown,
            [("n", "34"), ("each", "12.5"), ("n × each", "101.25")]
        );
        assert_eq!((found[0].empty, found[0].not_numeric), (1, 2));
    }

    #[test]
    fn reasons_are_words_in_both_languages() {
        for code in [
            "row/short",
            "cell/not-a-time",
            "person/erased",
            "customer/twice",
        ] {
            let text = reason(code);
            assert!(text.en.is_ascii() && !text.zh.is_ascii(), "{code}");
        }
        assert_eq!(reason("row/odd"), Text::same("row/odd"));
    }
}
