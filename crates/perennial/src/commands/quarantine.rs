//! `perennial quarantine`.

use std::path::Path;

use perennial_pipeline::quarantine::{self, FixOptions, QuarantineFilter};
use perennial_pipeline::settings::Language;

use super::{Context, Failure};
use crate::args::{AsideArgs, QuarantineAction};

/// Rows that are shown where nobody says how many.
const ROWS_SHOWN: usize = 50;

/// Looks at rows set aside, mends them, reads them again.
pub(crate) async fn quarantine(context: &Context, action: QuarantineAction) -> Result<(), Failure> {
    match action {
        QuarantineAction::List {
            rows,
            limit,
            raw,
            csv,
        } => {
            let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
            list(context, filter(rows), limit, raw, csv.as_deref()).await
        }
        QuarantineAction::Fix {
            rows,
            set,
            from,
            all,
        } => {
            let rows = filter(rows);
            let is_named = rows.source.is_some()
                || rows.reason.is_some()
                || rows.file.is_some()
                || rows.row.is_some();
            if from.is_none() && !is_named && !all {
                return Err(Failure::usage(
                    "no row is named that `--set` is to mend",
                    "name rows by `--reason`, `--file`, `--row` or `--source`, or write `--all`",
                ));
            }
            let options = FixOptions {
                rows,
                set: set.into_iter().map(|pair| (pair.key, pair.value)).collect(),
                from,
            };
            let project = context.project(&[]).await?;
            let language = context.language(&project);
            let fixed = quarantine::fix(&project, &options).await?;
            context.printer.answer(&fixed, || fixed.lines(language))?;
            Ok(())
        }
        QuarantineAction::Replay => {
            let project = context.project(&[]).await?;
            let language = context.language(&project);
            let progress = context.printer.progress();
            let replayed = quarantine::replay(&project, &progress).await?;
            drop(progress);
            context
                .printer
                .answer(&replayed, || replayed.lines(language))?;
            Ok(())
        }
    }
}

fn filter(rows: AsideArgs) -> QuarantineFilter {
    QuarantineFilter {
        source: rows.source,
        reason: rows.reason,
        file: rows.file,
        row: rows.row,
    }
}

async fn list(
    context: &Context,
    filter: QuarantineFilter,
    limit: Option<usize>,
    raw: bool,
    csv: Option<&Path>,
) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let Some(path) = csv else {
        let limit = limit.unwrap_or(ROWS_SHOWN);
        let listed = quarantine::list(&project, &filter, limit, raw).await?;
        context.printer.answer(&listed, || listed.lines(language))?;
        return Ok(());
    };
    let text = quarantine::list_csv(&project, &filter, limit.unwrap_or(usize::MAX), raw).await?;
    super::privacy::write_private(path, &text).map_err(|source| perennial_pipeline::Error::Io {
        action: "write",
        path: path.to_owned(),
        source,
    })?;
    let shown = path.display();
    let document = serde_json::json!({ "path": path });
    context.printer.summary(&document, || {
        vec![match language {
            Language::English => format!("written: {shown}"),
            Language::Chinese => format!("已写入：{shown}"),
        }]
    })?;
    Ok(())
}
