//! `perennial identity`.

use perennial_pipeline::identity::{self, SuggestOptions, Verdict};

use super::{Context, Failure, environment};
use crate::args::{IdentityAction, PairArgs, SuggestArgs};
use crate::print::sanitised;

/// Finds who is probably the same person, or notes what was decided.
pub(crate) async fn identity(context: &Context, action: IdentityAction) -> Result<(), Failure> {
    match action {
        IdentityAction::Suggest(args) => suggest(context, args).await,
        IdentityAction::Same(pair) => decide(context, pair, Verdict::Same).await,
        IdentityAction::Apart(pair) => decide(context, pair, Verdict::Apart).await,
        IdentityAction::Undo(pair) => decide(context, pair, Verdict::Undone).await,
        IdentityAction::List { all } => list(context, all).await,
    }
}

async fn suggest(context: &Context, args: SuggestArgs) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let options = SuggestOptions {
        threshold: args.threshold,
        limit: usize::try_from(args.limit).unwrap_or(usize::MAX),
        all: args.all,
        csv: args.csv,
        language,
    };
    let bars = context.printer.progress();
    let suggested = identity::suggest(&project, &options, &bars).await?;
    context
        .printer
        .answer(&suggested, || clean(suggested.lines(language)))?;
    Ok(())
}

async fn decide(context: &Context, pair: PairArgs, verdict: Verdict) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let by = pair.by.unwrap_or_else(account);
    let bars = context.printer.progress();
    let customers = (pair.a.as_str(), pair.b.as_str());
    let decided = identity::decide(&project, customers, verdict, &by, &bars).await?;
    context
        .printer
        .answer(&decided, || clean(decided.lines(language)))?;
    Ok(())
}

async fn list(context: &Context, all: bool) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let decisions = identity::decisions(&project, all).await?;
    context
        .printer
        .answer(&decisions, || clean(decisions.lines(language)))?;
    Ok(())
}

/// Identifiers stand in the lines, and nobody knows what is in them.
fn clean(lines: Vec<String>) -> Vec<String> {
    lines.iter().map(|line| sanitised(line)).collect()
}

/// The account that the program runs under, as the system calls it.
fn account() -> String {
    let names = ["USER", "LOGNAME", "USERNAME"];
    let mut known = environment()
        .filter(|(name, value)| names.contains(&name.as_str()) && !value.trim().is_empty());
    known
        .next()
        .map_or_else(|| "unknown".to_owned(), |(_, account)| account)
}
