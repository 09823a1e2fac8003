//! `perennial demo`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use perennial_pipeline::DemoOptions;

use super::{Context, Failure};
use crate::args::DemoArgs;

/// Makes a simulated shop, runs the loop, and opens the report when somebody is
/// there to look at it.
pub(crate) async fn demo(context: &Context, args: DemoArgs) -> Result<(), Failure> {
    let language = context
        .printer
        .language
        .unwrap_or_else(super::init::language_of_the_user);
    let options = DemoOptions {
        folder: args
            .folder
            .unwrap_or_else(|| PathBuf::from("perennial-demo")),
        customers: args.customers,
        days: args.days,
        seed: args.seed,
        language,
    };
    let progress = context.printer.progress();
    let summary = perennial_pipeline::demo(options, &progress).await?;
    drop(progress);
    context
        .printer
        .summary(&summary, || summary.lines(language))?;
    if !args.no_open && !context.printer.json && std::io::stdout().is_terminal() {
        open(&summary.report);
    }
    Ok(())
}

/// Opens a file with the desktop's program for it. A machine without a desktop has
/// none; the path has been printed.
fn open(path: &Path) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(target_os = "windows") {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    let _ = command
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
