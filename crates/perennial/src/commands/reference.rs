//! `perennial reference`: pages that are generated from the program itself, for
//! `docs/reference/`. Hidden: people read the pages.

use clap::CommandFactory;

use super::Failure;
use crate::args::{Cli, Page};
use crate::exit;
use crate::print::{Output, markdown};

/// Prints one page.
pub(crate) fn reference(page: Page) -> Result<(), Failure> {
    let text = match page {
        Page::Commands => commands(),
        Page::Settings => settings(),
        Page::Tables => perennial_pipeline::reference::tables(),
        Page::Features => perennial_pipeline::reference::features(),
        Page::Errors => errors(),
    };
    let mut output = Output::standard();
    output.line(text.trim_end())?;
    Ok(output.finish()?)
}

fn settings() -> String {
    let intro = "# Settings\n\nEverything that `perennial.toml` can say. A flag comes before an environment variable \
        (`PERENNIAL__SECTION__KEY`, as in `PERENNIAL__VALUE__MARGIN`), that before the file, that before the default. \
        A key that is not here is an error. No duration, size or rate has a default unit.\n";
    format!("{intro}\n{}", perennial_pipeline::settings::markdown())
}

fn errors() -> String {
    let errors: Vec<Vec<String>> = perennial_pipeline::reference::errors()
        .into_iter()
        .map(|(code, meaning)| {
            vec![
                format!("`{code}`"),
                meaning.to_owned(),
                exit::of_code(code).to_string(),
            ]
        })
        .collect();
    let with_meaning = |codes: Vec<(&str, &str)>| {
        let rows: Vec<Vec<String>> = codes
            .into_iter()
            .map(|(code, meaning)| vec![format!("`{code}`"), meaning.to_owned()])
            .collect();
        markdown(&["code", "meaning"], &rows)
    };
    format!(
        "# Errors\n\nEvery error says its code, what is wrong and what to do about it.\n\n{}\n\
         ## Reasons in `quarantine`\n\nA bad row stops nothing: it is set aside with its reason.\n\n{}\n\
         ## Warnings of the report\n\n{}",
        markdown(&["code", "meaning", "exit code"], &errors),
        with_meaning(perennial_pipeline::reference::reasons()),
        with_meaning(perennial_pipeline::reference::warnings()),
    )
}

/// Every listed command, from the same definition that reads the command line.
fn commands() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = String::from("# Commands\n\nEvery command takes the global options as well.\n");
    page.push_str(&format!(
        "\n## Global options\n\n{}",
        arguments(&root, true)
    ));
    describe(&root, "perennial", &mut page);
    page
}

fn describe(parent: &clap::Command, path: &str, page: &mut String) {
    for command in parent
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
    {
        let name = format!("{path} {}", command.get_name());
        page.push_str(&format!("\n## `{name}`\n\n{}.\n", about(command)));
        let own = arguments(command, false);
        if !own.is_empty() {
            page.push_str(&format!("\n{own}"));
        }
        if let Some(examples) = command.get_after_help() {
            let examples = examples.to_string();
            let lines: Vec<&str> = examples.lines().skip(1).map(str::trim).collect();
            page.push_str(&format!("\n```sh\n{}\n```\n", lines.join("\n")));
        }
        describe(command, &name, page);
    }
}

fn about(command: &clap::Command) -> String {
    command
        .get_about()
        .map(|about| about.to_string().trim_end_matches('.').to_owned())
        .unwrap_or_default()
}

/// The arguments of a command as a table: the global ones, or its own.
fn arguments(command: &clap::Command, global: bool) -> String {
    let rows: Vec<Vec<String>> = command
        .get_arguments()
        .filter(|argument| argument.is_global_set() == global && !argument.is_hide_set())
        .filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"))
        .map(|argument| {
            let default: Vec<String> = argument
                .get_default_values()
                .iter()
                .map(|value| value.to_string_lossy().into_owned())
                .collect();
            let help = argument
                .get_help()
                .map(|help| help.to_string().replace('\n', " "))
                .unwrap_or_default();
            vec![format!("`{}`", written(argument)), help, default.join(", ")]
        })
        .collect();
    if rows.is_empty() {
        String::new()
    } else {
        markdown(&["argument", "meaning", "default"], &rows)
    }
}

/// How an argument is written: `-C, --directory <DIR>`.
fn written(argument: &clap::Arg) -> String {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let takes_value = argument.get_action().takes_values();
    let value = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| format!("<{name}>"))
        .collect::<Vec<_>>()
        .join(" ");
    match (names.is_empty(), takes_value) {
        (true, _) => value,
        (false, true) => format!("{} {value}", names.join(", ")),
        (false, false) => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_commands_has_every_listed_command_and_no_hidden_one() {
        let page = commands();
        for command in [
            "demo",
            "init",
            "check",
            "run",
            "query",
            "report",
            "model list",
            "score",
            "simulate",
            "licenses",
        ] {
            assert!(
                page.contains(&format!("## `perennial {command}`")),
                "{command}"
            );
        }
        assert!(!page.contains("perennial reference"));
        assert!(page.contains("`-C, --directory <DIR>`"), "{page}");
        assert!(
            page.contains("| `--days <N>` | How many days are simulated | 730 |"),
            "{page}"
        );
    }
}
