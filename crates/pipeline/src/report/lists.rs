//! The whole lists as CSV and XLSX, written part by part: what is held of a
//! customer is small, texts and identifiers are fetched for some at a time.

use std::ops::Range;
use std::path::Path;

use jiff::civil::DateTime;
use perennial_web::Text;
use perennial_web::lists::{
    ListCell, ListTable, actions, at_risk, at_risk_contracts, to_csv, to_xlsx,
};
use perennial_web::report::{Activity, Part, Report};

use super::actions::{Chosen, action};
use super::files::{self, NewFile};
use super::material::Material;
use super::read;
use super::risk::{Survey, customer};
use super::to_web;
use crate::Result;
use crate::settings::Language;
use crate::stages::people::People;

/// Name of the list of customers at risk, without its ending.
pub(super) const AT_RISK: &str = "at-risk";
/// Name of the list of actions.
pub(super) const ACTIONS: &str = "actions";
/// Rows of a spreadsheet at the most; the CSV has them all.
pub(super) const XLSX_ROWS_MAX: usize = 1_000_000;
/// Customers whose identifiers are fetched at a time.
const PART_ROWS: usize = 10_000;
/// Customers whose texts are held at a time, a whole number of parts: each
/// fetch reads the column of texts once.
const TEXT_ROWS: usize = 50 * PART_ROWS;

/// The files of a list, by their names: those in `folder`, or both where they
/// are about to be written.
pub(super) fn names(folder: &Path, list: &str, about_to_be: bool) -> Vec<String> {
    let both = [format!("{list}.xlsx"), format!("{list}.csv")];
    both.into_iter()
        .filter(|name| about_to_be || folder.join(name).is_file())
        .collect()
}

/// Writes both lists in the project's language. A list that this run does not
/// have is removed, so that none is older than the page.
pub(super) async fn write(
    m: &Material<'_>,
    report: &Report,
    survey: &Part<Survey>,
    chosen: &Part<Chosen>,
) -> Result<()> {
    match (survey, &m.people) {
        (Ok(survey), Some(people)) => write_at_risk(m, report, survey, people).await?,
        _ => remove(&m.project.reports(), AT_RISK)?,
    }
    match chosen {
        Ok(chosen) => write_actions(m, report, chosen).await,
        Err(_) => remove(&m.project.reports(), ACTIONS),
    }
}

fn remove(folder: &Path, list: &str) -> Result<()> {
    for name in names(folder, list, true) {
        files::remove(&folder.join(name))?;
    }
    Ok(())
}

async fn write_at_risk(
    m: &Material<'_>,
    report: &Report,
    survey: &Survey,
    people: &People,
) -> Result<()> {
    let order = &survey.order;
    let list = List {
        name: AT_RISK,
        ids: order.iter().map(|&i| people.customer_id[i]).collect(),
        texts: Texts::new(m, "scores", ["reasons_en", "reasons_zh"], order),
        row: |place: usize, name: String, said: String| {
            let reasons = if said.is_empty() {
                Vec::new()
            } else {
                vec![Text::same(said)]
            };
            customer(people, order[place], name, reasons)
        },
        table: match report.activity {
            Activity::Contracts => at_risk_contracts,
            Activity::Purchases | Activity::Events => at_risk,
        },
    };
    list.write(m, report).await
}

async fn write_actions(m: &Material<'_>, report: &Report, chosen: &Chosen) -> Result<()> {
    let (order, rows) = (&chosen.order, &chosen.rows);
    let places: Vec<usize> = order.iter().map(|&i| rows.row[i]).collect();
    let list = List {
        name: ACTIONS,
        ids: order.iter().map(|&i| rows.customer_id[i]).collect(),
        texts: Texts::new(m, "decisions", ["why_en", "why_zh"], &places),
        row: |place: usize, name: String, why: String| {
            action(rows, order[place], name, Text::same(why))
        },
        table: actions,
    };
    list.write(m, report).await
}

/// A list before it is written.
struct List<'a, F, R> {
    name: &'static str,
    /// The customers, in the order of the list.
    ids: Vec<i64>,
    /// What is said of each.
    texts: Texts<'a>,
    /// A row from its place in the list, the customer's identifier and text.
    row: F,
    table: fn(&[R], perennial_web::Language, Option<&str>, DateTime) -> ListTable,
}

impl<F: Fn(usize, String, String) -> R, R> List<'_, F, R> {
    /// Writes both files, part by part.
    async fn write(self, m: &Material<'_>, report: &Report) -> Result<()> {
        m.restricted.assert_without(&self.ids, "those on a list")?;
        let Self {
            name,
            ids,
            mut texts,
            row,
            table,
        } = self;
        let language = to_web(m.project.settings.project.language);
        let (currency, made_at) = (report.currency.as_deref(), report.made_at);
        let folder = m.project.reports();
        write_list(
            &folder,
            name,
            parts(ids.len(), PART_ROWS),
            async |range: Range<usize>| {
                let names = m.names(ids.get(range.clone()).unwrap_or_default()).await?;
                let said = texts.of(range.clone()).await?;
                let rows = range.zip(names).zip(said);
                let rows: Vec<R> = rows
                    .map(|((place, name), text)| row(place, name, text))
                    .collect();
                Ok(table(&rows, language, currency, made_at))
            },
        )
        .await
    }
}

/// Texts of a table's rows in the project's language, in the order of a list;
/// some are held at a time.
struct Texts<'a> {
    m: &'a Material<'a>,
    table: &'static str,
    version: Option<i64>,
    column: &'static str,
    /// Places in the table, in the order of the list.
    places: &'a [usize],
    /// Where in the list the texts held begin.
    start: usize,
    held: Vec<[String; 1]>,
}

impl<'a> Texts<'a> {
    fn new(
        m: &'a Material<'a>,
        table: &'static str,
        [en, zh]: [&'static str; 2],
        places: &'a [usize],
    ) -> Self {
        let column = match m.project.settings.project.language {
            Language::English => en,
            Language::Chinese => zh,
        };
        Self {
            m,
            table,
            version: m.stages.version(table),
            column,
            places,
            start: 0,
            held: Vec::new(),
        }
    }

    /// The texts of a part of the list; parts are asked for in order.
    async fn of(&mut self, range: Range<usize>) -> Result<Vec<String>> {
        if range.end > self.start + self.held.len() {
            let end = (range.start + TEXT_ROWS).min(self.places.len());
            let places = self.places.get(range.start..end).unwrap_or_default();
            let lake = &self.m.project.lake;
            self.held =
                read::texts_at(lake, self.table, self.version, [self.column], places).await?;
            self.start = range.start;
        }
        let range = range.start - self.start..range.end - self.start;
        let held = self.held.get_mut(range).unwrap_or_default();
        Ok(held.iter_mut().map(|[text]| std::mem::take(text)).collect())
    }
}

/// The parts of a list of `rows` rows, in order; an empty list has one, so that
/// its files have their header.
fn parts(rows: usize, part_rows: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..rows.max(1)).step_by(part_rows);
    starts.map(move |start| start..(start + part_rows).min(rows))
}

/// Writes a list to `name.csv` and `name.xlsx`; `rows_of` makes the rows of each
/// of its parts.
async fn write_list(
    folder: &Path,
    name: &str,
    parts: impl Iterator<Item = Range<usize>>,
    mut rows_of: impl AsyncFnMut(Range<usize>) -> Result<ListTable>,
) -> Result<()> {
    let (csv, xlsx) = (
        folder.join(format!("{name}.csv")),
        folder.join(format!("{name}.xlsx")),
    );
    let mut file = NewFile::create(&csv)?;
    let mut sheet: Option<ListTable> = None;
    for part in parts {
        let start = part.start;
        let mut list = rows_of(part).await?;
        rank_from(&mut list, start);
        let text = to_csv(&list);
        let new = if start == 0 {
            &text
        } else {
            without_header(&text)
        };
        file.write(new.as_bytes())?;
        match &mut sheet {
            Some(sheet) => {
                let room = XLSX_ROWS_MAX.saturating_sub(sheet.rows.len());
                sheet.rows.extend(list.rows.into_iter().take(room));
            }
            None => sheet = Some(list),
        }
    }
    file.finish()?;
    if let Some(sheet) = &sheet {
        files::write(&xlsx, &to_xlsx(sheet)?)?;
    }
    Ok(())
}

/// Ranks in a part go on where the part before ended.
fn rank_from(list: &mut ListTable, start: usize) {
    for row in &mut list.rows {
        if let Some(ListCell::Count(rank)) = row.first_mut() {
            *rank += start as u64;
        }
    }
}

/// CSV without its first line.
fn without_header(text: &str) -> &str {
    text.split_once("\r\n").map_or("", |(_, rows)| rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use perennial_web::report::CustomerAtRisk;

    fn list(range: Range<usize>) -> ListTable {
        let rows: Vec<_> = range
            .map(|i| CustomerAtRisk {
                customer: format!("{i:05}"),
                churn_probability: 0.5,
                value: None,
                margin_at_stake: None,
                silence_days: None,
                gap_mean_days: None,
                days_left: None,
                tenure_days: None,
                reasons: vec![Text::same("a, b")],
            })
            .collect();
        at_risk(
            &rows,
            perennial_web::Language::En,
            Some("GBP"),
            date(2024, 1, 1).at(0, 0, 0, 0),
        )
    }

    #[tokio::test]
    async fn parts_make_one_list_with_one_header_and_running_ranks() {
        let folder = tempfile::tempdir().unwrap();
        let rows = 11;
        let made = async |part| Ok(list(part));
        write_list(folder.path(), "at-risk", parts(rows, 4), made)
            .await
            .unwrap();
        let text = std::fs::read_to_string(folder.path().join("at-risk.csv")).unwrap();
        assert_eq!(text, to_csv(&list(0..rows)));
        assert_eq!(text.lines().count(), rows + 1);
        assert!(text.lines().last().unwrap().starts_with("11,00010,"));
        let sheet = std::fs::read(folder.path().join("at-risk.xlsx")).unwrap();
        assert_eq!(sheet, to_xlsx(&list(0..rows)).unwrap());
        assert_eq!(
            names(folder.path(), "at-risk", false),
            ["at-risk.xlsx", "at-risk.csv"]
        );
        remove(folder.path(), "at-risk").unwrap();
        assert!(names(folder.path(), "at-risk", false).is_empty());
    }

    #[tokio::test]
    async fn an_empty_list_is_its_header() {
        let folder = tempfile::tempdir().unwrap();
        let made = async |part| Ok(list(part));
        write_list(folder.path(), "actions", parts(0, 4), made)
            .await
            .unwrap();
        let text = std::fs::read_to_string(folder.path().join("actions.csv")).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert!(folder.path().join("actions.xlsx").is_file());
    }
}
