//! One file for each command: arguments in, one call of the pipeline, its answer
//! printed.

mod catalogue;
mod check;
mod demo;
mod identity;
mod init;
mod licenses;
mod lineage;
mod model;
mod privacy;
mod quality;
mod quarantine;
mod query;
mod reference;
mod report;
mod run;
mod score;
mod simulate;

use std::path::Path;
use std::process::ExitCode;

use perennial_pipeline::Project;
use perennial_pipeline::settings::Language;

use crate::args::{Cli, Command, Global};
use crate::exit;
use crate::print::{Fault, Printer, print_all};

/// Stack of a working thread, in bytes: deep SQL is parsed and planned recursively.
const STACK_BYTES: usize = 16 << 20;

/// What every command is given.
pub(crate) struct Context {
    global: Global,
    /// How to print.
    pub(crate) printer: Printer,
}

/// Why a command failed.
pub(crate) enum Failure {
    /// Something expected, one fault or more, with the exit code.
    Expected(Vec<Fault>, u8),
    /// Standard output or a file could not be written.
    Output(std::io::Error),
}

impl Failure {
    /// A mistake on the command line that only the command itself can see.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let fault = Fault {
            code: "usage".to_owned(),
            message: message.into(),
            hint: Some(hint.into()),
            place: None,
        };
        Self::Expected(vec![fault], exit::USAGE)
    }

    fn faults(self) -> (Vec<Fault>, u8) {
        match self {
            Self::Expected(faults, code) => (faults, code),
            Self::Output(error) => {
                let fault = Fault {
                    code: "output/unwritable".to_owned(),
                    message: format!("the output cannot be written: {error}"),
                    hint: None,
                    place: None,
                };
                (vec![fault], exit::FAILURE)
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<perennial_pipeline::settings::Error> for Failure {
    fn from(error: perennial_pipeline::settings::Error) -> Self {
        Self::Expected(settings_faults(&error), exit::of_code(error.code()))
    }
}

impl From<perennial_pipeline::init::Error> for Failure {
    fn from(error: perennial_pipeline::init::Error) -> Self {
        let fault = Fault {
            code: error.code().to_owned(),
            message: error.to_string(),
            hint: error.hint(),
            place: None,
        };
        Self::Expected(vec![fault], exit::of_code(error.code()))
    }
}

impl From<perennial_pipeline::Error> for Failure {
    fn from(error: perennial_pipeline::Error) -> Self {
        let code = error.exit_status();
        let faults = match &error {
            perennial_pipeline::Error::Settings(settings) => settings_faults(settings),
            _ => vec![Fault {
                code: error.code().to_owned(),
                message: error.to_string(),
                hint: error.hint(),
                place: None,
            }],
        };
        Self::Expected(faults, code)
    }
}

/// Every problem of a settings file, so that all are mended at once.
fn settings_faults(error: &perennial_pipeline::settings::Error) -> Vec<Fault> {
    let faults: Vec<Fault> = error
        .problems()
        .into_iter()
        .map(|problem| Fault {
            code: problem.code.to_owned(),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
            place: problem.place.as_ref().map(ToString::to_string),
        })
        .collect();
    if !faults.is_empty() {
        return faults;
    }
    vec![Fault {
        code: error.code().to_owned(),
        message: error.to_string(),
        hint: error.hint(),
        place: None,
    }]
}

impl Context {
    /// The project's folder, as the user names it.
    pub(crate) fn folder(&self) -> &Path {
        self.global.directory.as_deref().unwrap_or(Path::new("."))
    }

    /// Opens the project, with `more` overrides above those of `--set`.
    ///
    /// # Errors
    /// When its settings cannot be read.
    pub(crate) async fn project(&self, more: &[(&str, String)]) -> Result<Project, Failure> {
        let set = self
            .global
            .overrides
            .iter()
            .map(|pair| (pair.key.clone(), pair.value.clone()));
        let more = more
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        let overrides: Vec<(String, String)> = set.chain(more).collect();
        let environment: Vec<(String, String)> = environment().collect();
        let project = Project::open(self.folder(), &environment, &overrides).await?;
        for warning in &project.warnings {
            self.printer.warn(warning);
        }
        Ok(project)
    }

    /// The language to print in: the one asked for, or else the project's.
    pub(crate) fn language(&self, project: &Project) -> Language {
        self.printer
            .language
            .unwrap_or(project.settings.project.language)
    }
}

/// The environment variables that are text; others can be no settings.
pub(crate) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Does what the command line asks for.
pub(crate) fn perform(cli: Cli) -> ExitCode {
    exit::print_json(cli.global.json);
    let printer = Printer {
        json: cli.global.json,
        quiet: cli.global.quiet,
        language: cli.global.language.map(Into::into),
    };
    let context = Context {
        global: cli.global,
        printer,
    };
    match with_runtime(&context, cli.command) {
        Ok(()) => ExitCode::from(exit::GOOD),
        Err(failure) => {
            let (faults, code) = failure.faults();
            print_all(&faults, printer.json);
            ExitCode::from(code)
        }
    }
}

fn with_runtime(context: &Context, command: Command) -> Result<(), Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(STACK_BYTES);
    if let Command::Run(run) = &command
        && let Some(threads) = run.threads
    {
        builder.worker_threads(
            usize::try_from(threads)
                .unwrap_or(usize::MAX)
                .clamp(1, 1_024),
        );
    }
    builder.build()?.block_on(dispatch(context, command))
}

async fn dispatch(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::demo(context, args).await,
        Command::Init(args) => init::init(context, args).await,
        Command::Check => check::check(context).await,
        Command::Run(args) => run::run(context, args).await,
        Command::Query(args) => query::query(context, args).await,
        Command::Quality(args) => quality::quality(context, args).await,
        Command::Quarantine { action } => quarantine::quarantine(context, action).await,
        Command::Report(args) => report::report(context, args).await,
        Command::Model { action } => model::model(context, action).await,
        Command::Score(args) => score::score(context, args).await,
        Command::Catalogue(args) => catalogue::catalogue(context, args).await,
        Command::Lineage(args) => lineage::lineage(context, args).await,
        Command::Privacy { action } => privacy::privacy(context, action).await,
        Command::Identity { action } => identity::identity(context, action).await,
        Command::Simulate(args) => simulate::simulate(context, args).await,
        Command::Licenses(args) => licenses::licenses(context, &args),
        Command::Reference { page } => reference::reference(page),
    }
}
