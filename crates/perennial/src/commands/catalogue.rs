//! `perennial catalogue`.

use perennial_pipeline::govern;

use super::{Context, Failure};
use crate::args::CatalogueArgs;

/// Shows what is held, or one table whole.
pub(crate) async fn catalogue(context: &Context, args: CatalogueArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = govern::of_documents(context.language(&project));
    let catalogue = govern::catalogue(&project, args.table.as_deref()).await?;
    context
        .printer
        .answer(&catalogue, || catalogue.lines(language))?;
    Ok(())
}
