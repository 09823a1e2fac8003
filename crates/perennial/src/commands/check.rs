//! `perennial check`.

use super::{Context, Failure};
use crate::exit;
use crate::print::Fault;

/// Validates settings and sources and says what a run would do; what would stop
/// a run is a failure.
pub(crate) async fn check(context: &Context) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let report = perennial_pipeline::check(&project).await?;
    context.printer.answer(&report, || report.lines(language))?;
    if report.problems.is_empty() {
        return Ok(());
    }
    let faults = report.problems.into_iter().map(|problem| Fault {
        code: problem.code,
        message: problem.message,
        hint: problem.hint,
        place: problem.place,
    });
    Err(Failure::Expected(faults.collect(), exit::FAILURE))
}
