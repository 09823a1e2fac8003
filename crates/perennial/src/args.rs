//! What can be written after `perennial`: commands, arguments, help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use perennial_pipeline::settings;

mod quality;
mod values;

pub(crate) use quality::{AsideArgs, QualityArgs, QuarantineAction};
pub(crate) use values::{AsOf, Pair};
use values::{as_of, count, pair};

/// Reads the command line.
///
/// # Errors
/// When it is wrong, or asks for help or the version.
pub(crate) fn read() -> Result<Cli, clap::Error> {
    read_from(std::env::args_os())
}

/// As [`read`], from given words.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_from(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches)
}

/// Tells a business who is about to leave, what each is worth and what to do about it.
#[derive(Debug, Parser)]
#[command(name = "perennial", version, max_term_width = 100, arg_required_else_help = true, after_help = values::FIRST_STEPS)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// The project's folder; the one you stand in otherwise
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    /// Print for machines: one JSON document, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of what is printed; the project's otherwise
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(crate) language: Option<LanguageArg>,
    /// Print nothing but data, warnings and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Override a setting for this once, as in `--set value.margin=0.4`
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) overrides: Vec<Pair>,
}

/// A language of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageArg {
    /// English
    En,
    /// Chinese (中文)
    Zh,
}

impl From<LanguageArg> for settings::Language {
    fn from(language: LanguageArg) -> Self {
        match language {
            LanguageArg::En => Self::English,
            LanguageArg::Zh => Self::Chinese,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it at work: make a simulated shop, run everything, open the report
    #[command(after_help = values::DEMO)]
    Demo(DemoArgs),
    /// Start a project: look at files and write its settings
    #[command(after_help = values::INIT)]
    Init(InitArgs),
    /// Validate settings and sources, and show what a run would do
    #[command(after_help = values::CHECK)]
    Check,
    /// Do the main job, from reading to the report; resumes, and redoes only what changed
    #[command(after_help = values::RUN)]
    Run(RunArgs),
    /// Ask every table in SQL
    #[command(after_help = values::QUERY)]
    Query(QueryArgs),
    /// See how good the data are: every rule, and a score for each source
    #[command(after_help = quality::QUALITY)]
    Quality(QualityArgs),
    /// Look at rows that were set aside, mend them, and read them again
    #[command(after_help = quality::QUARANTINE)]
    Quarantine {
        /// What to do with them
        #[command(subcommand)]
        action: QuarantineAction,
    },
    /// Write the report: one HTML file that a manager can read
    #[command(after_help = values::REPORT)]
    Report(ReportArgs),
    /// Look at the models, and choose which one is used
    #[command(after_help = values::MODEL)]
    Model {
        /// What to do with models
        #[command(subcommand)]
        action: ModelAction,
    },
    /// Score customers by their identifier, a file of them, or one written out
    #[command(after_help = values::SCORE)]
    Score(ScoreArgs),
    /// Show what is held: tables, columns, whom they are about, who answers for them, for how long
    #[command(after_help = values::CATALOGUE)]
    Catalogue(CatalogueArgs),
    /// Follow a score, a decision or a table back to the files and rows it was made of
    #[command(after_help = values::LINEAGE)]
    Lineage(LineageArgs),
    /// Show everything held of a person, restrict or forget them; the notice; another key
    #[command(after_help = values::PRIVACY)]
    Privacy {
        /// What to do for the person
        #[command(subcommand)]
        action: PrivacyAction,
    },
    /// Find customers who are probably the same person, and note what you decide
    #[command(after_help = values::IDENTITY)]
    Identity {
        /// What to do about who is who
        #[command(subcommand)]
        action: IdentityAction,
    },
    /// Make a shop of any size with known truth
    #[command(after_help = values::SIMULATE)]
    Simulate(SimulateArgs),
    /// Name the work of others in this program, with its licences
    #[command(after_help = values::LICENSES)]
    Licenses(LicensesArgs),
    /// Print a page of the reference as markdown
    #[command(hide = true)]
    Reference {
        /// The page
        #[arg(value_enum)]
        page: Page,
    },
}

/// `perennial demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the shop is made; a folder `perennial-demo` otherwise
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// How many customers it has
    #[arg(long, value_name = "N", default_value = "2_000", value_parser = count)]
    pub(crate) customers: u64,
    /// How many days are simulated
    #[arg(long, value_name = "N", default_value = "730", value_parser = count)]
    pub(crate) days: u64,
    /// Another seed, another shop
    #[arg(long, value_name = "N", default_value = "1", value_parser = count)]
    pub(crate) seed: u64,
    /// Write the report without opening it
    #[arg(long)]
    pub(crate) no_open: bool,
}

/// `perennial init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder to make; one named after the first file otherwise
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// A file, a folder, or the address of a table in a database; can be given several times
    #[arg(long = "from", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Start from a template instead of a file
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "files")]
    pub(crate) template: Option<TemplateArg>,
    /// The currency of the amounts, as three letters
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// The time zone of the business, as in Europe/London
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
}

/// What `init --template` can start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateArg {
    /// Order lines; lost means no purchase
    ECommerce,
    /// A table of customers with a column that says who left
    Labelled,
}

/// `perennial run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The moment to decide at: a date (its first midnight), or a date and time; the first
    /// midnight after the latest event otherwise
    #[arg(long, value_name = "T", value_parser = as_of)]
    pub(crate) as_of: Option<AsOf>,
    /// The last stage to do
    #[arg(long, value_name = "STAGE")]
    pub(crate) until: Option<String>,
    /// Read every file again and forget what files said that have changed or are gone
    #[arg(long)]
    pub(crate) fresh: bool,
    /// How many threads work at a time; one for each core otherwise
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) threads: Option<u64>,
}

/// `perennial query`.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// One SELECT statement, or `-` to read it from standard input
    #[arg(value_name = "SQL")]
    pub(crate) sql: String,
    /// How rows are written; a table, or JSON with `--json`, otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<FormatArg>,
    /// The file to write instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// Aligned columns to look at
    Table,
    /// Comma-separated, with a header
    Csv,
    /// One object a line
    Json,
    /// Apache Parquet
    Parquet,
}

/// `perennial report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The file to write; `.perennial/reports/` otherwise
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What `perennial model` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelAction {
    /// Every version, newest first
    List,
    /// One version: what it was made of, how good it is, what it looks at
    Show {
        /// The version, or enough of its start to be the only one
        version: String,
    },
    /// Use this version from now on
    Promote {
        /// The version, or enough of its start to be the only one
        version: String,
    },
    /// Go back to the version that was used before
    Rollback,
    /// Two versions side by side, on the same customers
    Compare {
        /// One version
        first: String,
        /// The other
        second: String,
    },
}

/// `perennial score`.
#[derive(Debug, Args)]
#[group(id = "whom", required = true, multiple = false, args = ["customers", "file", "values"])]
pub(crate) struct ScoreArgs {
    /// Customers, by the identifier your own files use
    #[arg(value_name = "ID")]
    pub(crate) customers: Vec<String>,
    /// A file of customers with the columns that the model was fitted on
    #[arg(long = "from", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// One customer written out, a column at a time
    #[arg(long = "value", value_name = "COLUMN=VALUE", value_parser = pair)]
    pub(crate) values: Vec<Pair>,
}

/// `perennial catalogue`.
#[derive(Debug, Args)]
pub(crate) struct CatalogueArgs {
    /// One table whole, with its columns and files; every table in a line otherwise
    #[arg(value_name = "TABLE")]
    pub(crate) table: Option<String>,
}

/// `perennial lineage`.
#[derive(Debug, Args)]
pub(crate) struct LineageArgs {
    /// The customer, by the identifier your own files use, or their e-mail address or telephone number
    #[arg(
        value_name = "CUSTOMER",
        required_unless_present = "table",
        conflicts_with = "table"
    )]
    pub(crate) customer: Option<String>,
    /// The score alone, without the decision that rests on it
    #[arg(long, conflicts_with_all = ["decision", "table"])]
    pub(crate) score: bool,
    /// The decision, which must be there
    #[arg(long, conflicts_with = "table")]
    pub(crate) decision: bool,
    /// A table instead of a customer: the stage that wrote it and what it was made of
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Option<String>,
}

/// What `perennial privacy` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum PrivacyAction {
    /// Everything held of a person: read, inferred, decided and done, with its sources
    Export {
        /// The person, by the identifier your own files use, or their e-mail address or telephone number
        #[arg(value_name = "ID")]
        customer: String,
        /// The file to write, as JSON, instead of standard output; the account for people stands beside it as text
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Forget a person: every row, every older version, key and identifiers; cannot be undone
    Erase {
        /// The person, by the identifier your own files use, or their e-mail address or telephone number
        #[arg(value_name = "ID")]
        customer: String,
        /// Do it; without this, what would be erased is shown
        #[arg(long)]
        yes: bool,
    },
    /// Keep a person's rows and use them for nothing: no score, list, decision or report
    Restrict {
        /// The person, by the identifier your own files use, or their e-mail address or telephone number
        #[arg(value_name = "ID")]
        customer: String,
    },
    /// Lift a restriction; the next run counts the person again
    Unrestrict {
        /// The person, by the identifier your own files use, or their e-mail address or telephone number
        #[arg(value_name = "ID")]
        customer: String,
    },
    /// A draft of the privacy notice, written from the settings and what is held
    Notice {
        /// The file to write, as markdown, instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Give the project another key; pseudonyms stay, the old key opens nothing here any more
    RotateKey,
}

/// What `perennial identity` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityAction {
    /// Customers who are probably the same person, in groups, with what speaks for and against
    Suggest(SuggestArgs),
    /// Note that two customers are one person; their histories are not merged yet
    Same(PairArgs),
    /// Note that two customers are two people: they are not suggested again
    Apart(PairArgs),
    /// Take back what was decided about two customers
    Undo(PairArgs),
    /// What is decided, by whom and on what evidence
    List {
        /// Every decision ever made, those that no longer hold included
        #[arg(long)]
        all: bool,
    },
}

/// `perennial identity suggest`.
#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    /// Pairs from this probability on
    #[arg(long, value_name = "P", default_value = "0.9")]
    pub(crate) threshold: f64,
    /// How many groups are shown; the file has all of them
    #[arg(long, value_name = "N", default_value = "50", value_parser = count)]
    pub(crate) limit: u64,
    /// Show pairs that were decided to be one person, too
    #[arg(long)]
    pub(crate) all: bool,
    /// Write all pairs to a file that spreadsheets open
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
}

/// Two customers that something is decided about.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// One customer, by the identifier your own files use
    #[arg(value_name = "A")]
    pub(crate) a: String,
    /// The other
    #[arg(value_name = "B")]
    pub(crate) b: String,
    /// Who decides; the account you are signed in with otherwise
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// `perennial simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// How many customers the shop has
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) customers: u64,
    /// How many days are simulated: from 2023 on, or from earlier so that they end within 2025
    #[arg(long, value_name = "N", default_value = "730", value_parser = count)]
    pub(crate) days: u64,
    /// Another seed, another shop
    #[arg(long, value_name = "N", default_value = "1", value_parser = count)]
    pub(crate) seed: u64,
    /// How many order lines a customer buys within the period, on the mean; 20 otherwise
    #[arg(long, value_name = "N")]
    pub(crate) lines_per_customer: Option<f64>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How files are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "parquet")]
    pub(crate) format: SimulateFormat,
    /// Over how many files the order lines are spread
    #[arg(long, value_name = "N", default_value = "1", value_parser = count)]
    pub(crate) files: u64,
}

/// How simulated files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimulateFormat {
    /// Apache Parquet
    Parquet,
    /// Comma-separated, with a header
    Csv,
}

/// `perennial licenses`.
#[derive(Debug, Args)]
pub(crate) struct LicensesArgs {
    /// Print the text of every licence as well
    #[arg(long)]
    pub(crate) texts: bool,
}

/// A page of the generated reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Page {
    /// Every command
    Commands,
    /// Every setting
    Settings,
    /// Every table and column
    Tables,
    /// Every feature
    Features,
    /// Every error code
    Errors,
}

#[cfg(test)]
mod tests;
