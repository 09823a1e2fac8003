//! `perennial quality`.

use perennial_pipeline::QualityOptions;

use super::{Context, Failure};
use crate::args::QualityArgs;

/// How good the data are.
pub(crate) async fn quality(context: &Context, args: QualityArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let options = QualityOptions {
        source: args.source,
        history: args.history,
    };
    let answer = perennial_pipeline::quality(&project, &options).await?;
    context.printer.answer(&answer, || answer.lines(language))?;
    Ok(())
}
