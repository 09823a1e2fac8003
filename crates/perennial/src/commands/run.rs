//! `perennial run`.

use perennial_pipeline::RunOptions;

use super::{Context, Failure};
use crate::args::RunArgs;

/// Does the main job and says in twenty lines what came of it.
pub(crate) async fn run(context: &Context, args: RunArgs) -> Result<(), Failure> {
    let threads = args
        .threads
        .map(|threads| ("limits.threads", threads.to_string()));
    let project = context.project(threads.as_slice()).await?;
    let language = context.language(&project);
    let outside = || {
        Failure::usage(
            "the moment of `--as-of` lies outside the calendar",
            "write a date of this age, as in `2025-06-30`",
        )
    };
    let zone = project.settings.project.time_zone.rules();
    let as_of_us = match args.as_of {
        Some(as_of) => Some(as_of.resolve(zone).ok_or_else(outside)?.as_microsecond()),
        None => None,
    };
    let options = RunOptions {
        as_of_us,
        until: args.until,
        fresh: args.fresh,
        replay: false,
    };
    let progress = context.printer.progress();
    let summary = perennial_pipeline::run(&project, options, &progress).await?;
    drop(progress);
    context
        .printer
        .summary(&summary, || summary.lines(language))?;
    Ok(())
}
