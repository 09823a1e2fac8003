//! `perennial init`.

use perennial_pipeline::init::{self, InitOptions, Template};
use perennial_pipeline::settings::{Currency, Language, Zone};

use super::{Context, Failure};
use crate::args::{InitArgs, TemplateArg};

/// Looks at files and writes a project's settings.
pub(crate) async fn init(context: &Context, args: InitArgs) -> Result<(), Failure> {
    let language = context
        .printer
        .language
        .unwrap_or_else(language_of_the_user);
    let currency = match args.currency {
        Some(code) => Some(Currency::new(&code).ok_or_else(|| {
            Failure::usage(
                format!("`{code}` is no currency"),
                "write its three letters, as in `--currency EUR`",
            )
        })?),
        None => None,
    };
    let time_zone = match args.time_zone {
        Some(name) => Some(Zone::new(&name).ok_or_else(|| {
            Failure::usage(
                format!("there is no time zone `{name}`"),
                "write region and city, as in `--time-zone Europe/London`",
            )
        })?),
        None => None,
    };
    let options = InitOptions {
        folder: args.folder.or_else(|| context.global.directory.clone()),
        files: args.files,
        template: match args.template {
            Some(TemplateArg::Labelled) => Template::Labelled,
            Some(TemplateArg::ECommerce) | None => Template::ECommerce,
        },
        language,
        currency,
        time_zone,
        time_zone_here: zone_of_the_machine(),
    };
    // Looking at files is blocking work.
    let outcome = tokio::task::block_in_place(|| init::init(&options))?;
    context
        .printer
        .answer(&outcome, || outcome.lines(language))?;
    Ok(())
}

fn zone_of_the_machine() -> Option<Zone> {
    match jiff::tz::TimeZone::system().iana_name()? {
        "Etc/UTC" => Some(Zone::utc()),
        name => Zone::new(name),
    }
}

/// The language that the user's environment asks for: Chinese, or else English.
pub(crate) fn language_of_the_user() -> Language {
    let asks = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty());
    if asks.is_some_and(|value| value.to_string_lossy().starts_with("zh")) {
        Language::Chinese
    } else {
        Language::English
    }
}
