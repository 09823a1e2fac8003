//! `perennial score`.

use std::io::Write;

use perennial_pipeline::settings::Language;
use perennial_pipeline::{ScoreSummary, Scored, Whom};

use super::{Context, Failure};
use crate::args::ScoreArgs;
use crate::print::Output;

/// Scores customers, a file of them, or one written out.
pub(crate) async fn score(context: &Context, args: ScoreArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let form = match (context.printer.json, &args.file) {
        (true, _) => Form::Json,
        (false, Some(_)) => Form::Csv,
        (false, None) => Form::Text,
    };
    let whom = match args.file {
        Some(file) => Whom::File(file),
        None if args.values.is_empty() => Whom::Customers(args.customers),
        None => Whom::Values(
            args.values
                .into_iter()
                .map(|pair| (pair.key, pair.value))
                .collect(),
        ),
    };
    let mut page = Page {
        out: Output::standard(),
        form,
        language: context.language(&project),
        scores: 0,
    };
    let mut each = |scored: &Scored| page.add(scored);
    let summary = perennial_pipeline::score(&project, whom, &mut each).await?;
    let notes = summary.lines(page.language);
    page.finish(&summary)?;
    if form != Form::Json {
        for note in notes {
            context.printer.warn(&note);
        }
    }
    Ok(())
}

/// How scores are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A few lines each.
    Text,
    /// A line each, for files.
    Csv,
    /// One document: `{"scores": [...], "summary": {...}}`.
    Json,
}

/// Scores as they come, one after the other: a file of them is never held.
struct Page<W> {
    out: W,
    form: Form,
    language: Language,
    scores: u64,
}

impl<W: Write> Page<W> {
    fn add(&mut self, scored: &Scored) -> std::io::Result<()> {
        let first = self.scores == 0;
        self.scores += 1;
        match self.form {
            Form::Text => {
                for line in scored.lines(self.language) {
                    writeln!(self.out, "{}", crate::print::sanitised(&line))?;
                }
            }
            Form::Csv => {
                if first {
                    writeln!(self.out, "{}", Scored::CSV_HEADER)?;
                }
                writeln!(self.out, "{}", scored.csv(self.language))?;
            }
            Form::Json => {
                self.out
                    .write_all(if first { b"{\"scores\":[" } else { b"," })?;
                serde_json::to_writer(&mut self.out, scored)?;
            }
        }
        Ok(())
    }

    fn finish(mut self, summary: &ScoreSummary) -> std::io::Result<()> {
        if self.form == Form::Json {
            if self.scores == 0 {
                self.out.write_all(b"{\"scores\":[")?;
            }
            self.out.write_all(b"],\"summary\":")?;
            serde_json::to_writer(&mut self.out, summary)?;
            self.out.write_all(b"}\n")?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, scores: usize) -> String {
        let mut out = Vec::new();
        let mut page = Page {
            out: &mut out,
            form,
            language: Language::English,
            scores: 0,
        };
        for number in 0..scores {
            let customer = Some(format!("c{number}"));
            page.add(&Scored {
                customer,
                churn_probability: Some(0.5),
                ..Scored::default()
            })
            .unwrap();
        }
        page.finish(&ScoreSummary::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_is_one_document_however_many_scores() {
        for scores in [0, 1, 3] {
            let text = written(Form::Json, scores);
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(document["scores"].as_array().unwrap().len(), scores);
            assert!(document["summary"].is_object());
        }
    }

    #[test]
    fn csv_has_one_header() {
        let text = written(Form::Csv, 2);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], Scored::CSV_HEADER);
        assert_eq!(lines[1], "c0,0.500000,,,,");
        assert_eq!(lines.len(), 3);
    }
}
