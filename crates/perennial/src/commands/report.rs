//! `perennial report`.

use super::{Context, Failure};
use crate::args::ReportArgs;

/// Writes the report and names its file.
pub(crate) async fn report(context: &Context, args: ReportArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let written = perennial_pipeline::report(&project, language, args.out.as_deref()).await?;
    context
        .printer
        .summary(&written, || written.lines(language))?;
    Ok(())
}
