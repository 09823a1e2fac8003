//! One customer written out, a column at a time.

use perennial_lake::sources::NumberFormat;
use perennial_lake::sources::infer::is_missing;
use perennial_lake::sources::number::parse_f64;
use perennial_learn::{Column, Matrix};

use super::{ScoreSummary, Serving, Sink, unwritable};
use crate::answer::{Both, listed, nearest};
use crate::models::served::Wanted;
use crate::project::Project;
use crate::settings::Role;
use crate::stages::ingest::table_name;
use crate::stages::model::Notes;
use crate::{Error, Result};

/// Scores the customer whose columns are given; others count as missing.
pub(super) async fn score(
    project: &Project,
    values: &[(String, String)],
    sink: Sink<'_>,
) -> Result<ScoreSummary> {
    let serving = Serving::of(project).await?;
    let ids = project
        .settings
        .sources
        .iter()
        .filter_map(|s| s.columns.get(Role::CustomerId));
    let ids: Vec<&str> = ids.collect();
    let row = Row::of(values, &serving.model.wanted(), &serving.notes, &ids)?;
    let mut scored = serving
        .rows(&Matrix::new(row.columns)?)?
        .pop()
        .unwrap_or_default();
    scored.customer = row.customer;
    sink(&scored).map_err(unwritable)?;
    let mut summary = serving.summary();
    summary.customers = 1;
    summary.notes.extend(row.notes);
    Ok(summary)
}

/// A row of one customer.
#[derive(Debug)]
struct Row {
    columns: Vec<Column>,
    customer: Option<String>,
    notes: Vec<Both>,
}

impl Row {
    fn of(
        values: &[(String, String)],
        wanted: &[Wanted],
        notes: &Notes,
        ids: &[&str],
    ) -> Result<Self> {
        let mut row = Self {
            columns: Vec::new(),
            customer: None,
            notes: Vec::new(),
        };
        let mut given: Vec<Option<&str>> = vec![None; wanted.len()];
        let mut unused = Vec::new();
        for (key, value) in values {
            let name = table_name(key);
            let known = |names: &[String]| names.contains(&name);
            if let Some(place) = wanted.iter().position(|w| w.name == name) {
                if given[place].replace(value.trim()).is_some() {
                    return Err(Error::cannot(
                        "score/column-twice",
                        format!("`{key}` is given twice"),
                        "give each column once",
                    ));
                }
            } else if ids.contains(&key.as_str()) {
                row.customer = Some(value.clone());
            } else if known(&notes.left_out) || known(&notes.unused_columns) {
                unused.push(key.as_str());
            } else {
                return Err(unknown(key, wanted));
            }
        }
        for (wanted, given) in wanted.iter().zip(given) {
            let column = row.column(wanted, given)?;
            row.columns.push(column);
        }
        row.note_unused(&unused);
        row.note_missing(wanted);
        Ok(row)
    }

    fn column(&mut self, wanted: &Wanted, given: Option<&str>) -> Result<Column> {
        let given = given.filter(|text| !is_missing(text.as_bytes()));
        if wanted.is_number {
            let number = given.map_or(Ok(f64::NAN), |text| number_of(&wanted.name, text))?;
            return Ok(Column::number(&*wanted.name, vec![number]));
        }
        if let Some(level) = given.filter(|level| !wanted.levels.iter().any(|l| l == level)) {
            self.note_level(wanted, level);
        }
        Ok(Column::category(&*wanted.name, &[given]))
    }

    /// A level that the model has not learned is no error: it has to be said.
    fn note_level(&mut self, wanted: &Wanted, level: &str) {
        let name = &wanted.name;
        let known = wanted.levels.iter().map(String::as_str);
        let (near_en, near_zh) = match nearest(level, known) {
            Some(near) => (
                format!("; did you mean `{near}`?"),
                format!("；是否指 `{near}`？"),
            ),
            None => (String::new(), String::new()),
        };
        let (en, zh) = match wanted.has_other_levels {
            true => ("it counts as one of the rare ones", "按罕见取值处理"),
            false => ("it says nothing", "该列不起作用"),
        };
        self.notes.push(Both::new(
            format!("the model does not know `{level}` in `{name}`, so {en}{near_en}"),
            format!("模型不认识 `{name}` 的取值 `{level}`，{zh}{near_zh}"),
        ));
    }

    fn note_unused(&mut self, unused: &[&str]) {
        if !unused.is_empty() {
            let names = listed(unused.iter().copied(), 10);
            self.notes.push(Both::new(
                format!("the model does not look at {names}"),
                format!("模型不使用 {names}"),
            ));
        }
    }

    fn note_missing(&mut self, wanted: &[Wanted]) {
        let missing = |column: &&Column| match &column.data {
            perennial_learn::ColumnData::Number(values) => values.iter().all(|v| v.is_nan()),
            perennial_learn::ColumnData::Category { codes, .. } => {
                codes.iter().all(|code| *code == perennial_learn::MISSING)
            }
        };
        let names: Vec<&str> = self
            .columns
            .iter()
            .filter(missing)
            .map(|column| column.name.as_str())
            .collect();
        if names.is_empty() {
            return;
        }
        let most = if names.len() == wanted.len() { 6 } else { 10 };
        let names = listed(names, most);
        self.notes.push(Both::new(
            format!("not given, so taken as missing: {names}"),
            format!("未给出，按缺失处理：{names}"),
        ));
    }
}

fn number_of(name: &str, text: &str) -> Result<f64> {
    let bytes = text.as_bytes();
    parse_f64(bytes, &NumberFormat::PLAIN)
        .or_else(|| parse_f64(bytes, &NumberFormat::ENGLISH))
        .ok_or_else(|| {
            Error::cannot(
                "score/not-a-number",
                format!("`{name}` takes a number, and `{text}` is none"),
                "write it with a point, as in `12.5`",
            )
        })
}

fn unknown(key: &str, wanted: &[Wanted]) -> Error {
    let names = || wanted.iter().map(|w| w.name.as_str());
    let hint = match nearest(key, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the model looks at {}", listed(names(), 40)),
    };
    Error::cannot(
        "score/column-unknown",
        format!("the model knows no column `{key}`"),
        hint,
    )
}

#[cfg(test)]
mod tests {
    use perennial_learn::ColumnData;

    use super::*;

    fn wanted() -> Vec<Wanted> {
        let number = |name: &str| Wanted {
            name: name.to_owned(),
            is_number: true,
            levels: Vec::new(),
            has_other_levels: false,
        };
        let plan = Wanted {
            is_number: false,
            levels: vec!["month".to_owned(), "two years".to_owned()],
            ..number("plan")
        };
        vec![number("purchase_frequency"), number("monthly_fee"), plan]
    }

    fn row(values: &[(&str, &str)]) -> Result<Row> {
        let values: Vec<(String, String)> = values
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let notes = Notes {
            left_out: vec!["closed_on".to_owned()],
            ..Notes::default()
        };
        Row::of(&values, &wanted(), &notes, &["id"])
    }

    #[test]
    fn what_is_given_is_read_and_the_rest_is_missing() {
        let row = row(&[
            ("purchase_frequency", "4"),
            ("id", "C-7"),
            ("plan", "month"),
        ])
        .unwrap();
        assert_eq!(row.customer.as_deref(), Some("C-7"));
        assert_eq!(row.columns[0].data, ColumnData::Number(vec![4.0]));
        assert!(matches!(&row.columns[1].data, ColumnData::Number(v) if v[0].is_nan()));
        assert_eq!(row.notes.len(), 1);
        assert_eq!(
            row.notes[0].en,
            "not given, so taken as missing: `monthly_fee`"
        );
    }

    #[test]
    fn names_with_blanks_are_those_of_the_table() {
        let row = row(&[("monthly fee", "1,234.5")]).unwrap();
        assert_eq!(row.columns[1].data, ColumnData::Number(vec![1234.5]));
    }

    #[test]
    fn slips_are_errors_with_a_way_out() {
        let error = row(&[("purchase_frequncy", "4")]).unwrap_err();
        assert_eq!(error.code(), "score/column-unknown");
        assert_eq!(error.hint().unwrap(), "did you mean `purchase_frequency`?");
        assert_eq!(
            row(&[("monthly_fee", "much")]).unwrap_err().code(),
            "score/not-a-number"
        );
        let twice = row(&[("plan", "month"), ("plan", "month")]).unwrap_err();
        assert_eq!(twice.code(), "score/column-twice");
    }

    #[test]
    fn what_the_model_does_not_know_is_said() {
        let row = row(&[("plan", "two year"), ("closed_on", "2024")]).unwrap();
        assert!(
            row.notes[0].en.ends_with("did you mean `two years`?"),
            "{:?}",
            row.notes
        );
        assert_eq!(row.notes[1].en, "the model does not look at `closed_on`");
    }
}
