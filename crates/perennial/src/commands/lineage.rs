//! `perennial lineage`.

use perennial_pipeline::govern::{self, Of};

use super::{Context, Failure};
use crate::args::LineageArgs;

/// Follows a customer's score or decision, or a table, back to files and rows.
pub(crate) async fn lineage(context: &Context, args: LineageArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = govern::of_documents(context.language(&project));
    if let Some(table) = &args.table {
        let made = govern::table_lineage(&project, table).await?;
        context.printer.answer(&made, || made.lines(language))?;
        return Ok(());
    }
    let of = match (args.score, args.decision) {
        (true, _) => Of::Score,
        (_, true) => Of::Decision,
        _ => Of::All,
    };
    let customer = args.customer.as_deref().unwrap_or_default();
    let found = govern::lineage(&project, customer, of).await?;
    context.printer.answer(&found, || found.lines(language))?;
    Ok(())
}
