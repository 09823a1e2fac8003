//! `perennial simulate`.

use perennial_pipeline::{SimulateOptions, SimulatedFormat};

use super::{Context, Failure};
use crate::args::{SimulateArgs, SimulateFormat};

/// Writes a shop of any size with known truth.
pub(crate) async fn simulate(context: &Context, args: SimulateArgs) -> Result<(), Failure> {
    if args.customers == 0 || args.days == 0 || args.files == 0 {
        return Err(Failure::usage(
            "a shop has customers, days and files: none of them can be 0",
            "write at least 1",
        ));
    }
    let options = SimulateOptions {
        customers: args.customers,
        days: args.days,
        seed: args.seed,
        lines_per_customer: args
            .lines_per_customer
            .unwrap_or_else(SimulateOptions::lines_per_customer_usual),
        files: args.files,
        format: match args.format {
            SimulateFormat::Parquet => SimulatedFormat::Parquet,
            SimulateFormat::Csv => SimulatedFormat::Csv,
        },
        out: args.out,
    };
    let progress = context.printer.progress();
    let summary = perennial_pipeline::simulate(options, &progress).await?;
    drop(progress);
    let language = context
        .printer
        .language
        .unwrap_or_else(super::init::language_of_the_user);
    context
        .printer
        .summary(&summary, || summary.lines(language))?;
    Ok(())
}
