//! `perennial model`.

use perennial_pipeline::models;

use super::{Context, Failure};
use crate::args::ModelAction;

/// Looks at the registry, or changes which version is used.
pub(crate) async fn model(context: &Context, action: ModelAction) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let printer = &context.printer;
    match action {
        ModelAction::List => {
            let list = models::list(&project).await?;
            printer.answer(&list, || list.lines(language))?;
        }
        ModelAction::Show { version } => {
            let shown = models::show(&project, &version).await?;
            printer.answer(&shown, || shown.lines(language))?;
        }
        ModelAction::Promote { version } => {
            let change = models::promote(&project, &version).await?;
            printer.answer(&change, || change.lines(language))?;
        }
        ModelAction::Rollback => {
            let change = models::rollback(&project).await?;
            printer.answer(&change, || change.lines(language))?;
        }
        ModelAction::Compare { first, second } => {
            let comparison = models::compare(&project, &first, &second).await?;
            printer.answer(&comparison, || comparison.lines(language))?;
        }
    }
    Ok(())
}
