//! `perennial query`.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use perennial_pipeline::QueryFormat;

use super::{Context, Failure};
use crate::args::{FormatArg, QueryArgs};
use crate::print::Output;

/// The longest statement read from standard input, in bytes.
const SQL_BYTES_MAX: u64 = 1_000_000;

/// Writes the rows that a statement answers.
pub(crate) async fn query(context: &Context, args: QueryArgs) -> Result<(), Failure> {
    let sql = if args.sql == "-" {
        from_standard_input()?
    } else {
        args.sql
    };
    let format = match args.format {
        Some(FormatArg::Table) => QueryFormat::Table,
        Some(FormatArg::Csv) => QueryFormat::Csv,
        Some(FormatArg::Json) => QueryFormat::Json,
        Some(FormatArg::Parquet) => QueryFormat::Parquet,
        None if context.printer.json => QueryFormat::Json,
        None => QueryFormat::Table,
    };
    if format == QueryFormat::Parquet && args.out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage(
            "Parquet is not for looking at",
            "name a file with `--out FILE`",
        ));
    }
    let project = context.project(&[]).await?;
    let answer = match args.out {
        Some(path) => {
            let mut file = WholeFile::create(&path)?;
            let answer = perennial_pipeline::query(&project, &sql, format, file.writer()).await?;
            file.keep(&path)?;
            answer
        }
        None => {
            let mut output = Output::standard();
            let answer = perennial_pipeline::query(&project, &sql, format, &mut output).await?;
            output.finish()?;
            answer
        }
    };
    for line in answer.lines(context.language(&project)) {
        context.printer.warn(&line);
    }
    Ok(())
}

fn from_standard_input() -> Result<String, Failure> {
    let mut sql = String::new();
    let read = std::io::stdin()
        .take(SQL_BYTES_MAX + 1)
        .read_to_string(&mut sql)?;
    if read as u64 > SQL_BYTES_MAX {
        return Err(Failure::usage(
            "the statement is longer than a million bytes",
            "give data as a source, not as a statement",
        ));
    }
    Ok(sql)
}

/// A file that appears whole or not at all.
struct WholeFile {
    inner: std::io::BufWriter<tempfile::NamedTempFile>,
}

impl WholeFile {
    fn create(path: &Path) -> Result<Self, Failure> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Ok(Self {
            inner: std::io::BufWriter::new(tempfile::NamedTempFile::new_in(folder)?),
        })
    }

    fn writer(&mut self) -> &mut (dyn Write + Send) {
        &mut self.inner
    }

    fn keep(self, path: &Path) -> Result<(), Failure> {
        let file = self
            .inner
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}
