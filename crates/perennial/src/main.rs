//! The program `perennial`: arguments in, one call of the pipeline, words out.
//! It computes nothing; it maps, prints and answers with an exit code.

mod args;
mod commands;
mod exit;
mod print;

use std::process::ExitCode;

fn main() -> ExitCode {
    exit::answer_panics();
    match args::read() {
        Ok(cli) => commands::perform(cli),
        Err(error) => exit::usage(&error),
    }
}
