//! Exit codes, and what happens when the program itself is wrong.
//!
//! 0 good, 1 expected failure, 2 usage, 3 a critical quality rule stopped the
//! run, 70 bug.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::error::ErrorKind;

use crate::print::Fault;

/// All went well.
pub(crate) const GOOD: u8 = 0;
/// An expected failure: it has a code, a message and a hint.
pub(crate) const FAILURE: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// A critical quality rule stopped the run.
pub(crate) const QUALITY: u8 = 3;
/// The program is wrong.
pub(crate) const BUG: u8 = 70;

/// Whether faults are printed as JSON; set before the first can happen.
static JSON: AtomicBool = AtomicBool::new(false);

/// Prints faults as JSON from here on.
pub(crate) fn print_json(json: bool) {
    JSON.store(json, Ordering::Relaxed);
}

/// Whether faults are printed as JSON.
pub(crate) fn prints_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// The exit code that goes with an error's code.
pub(crate) fn of_code(code: &str) -> u8 {
    match code {
        "bug" => BUG,
        "usage" => USAGE,
        _ if code.starts_with("quality/") => QUALITY,
        _ => FAILURE,
    }
}

/// Turns every panic, on any thread, into a message that says it is a bug, and
/// ends the program with [`BUG`]. Nothing is lost by ending at once: a run is
/// atomic for its readers and can be resumed.
pub(crate) fn answer_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Fault {
            code: "bug".to_owned(),
            message: format!("this is a bug in perennial: {message}"),
            hint: Some("please report it with the command you ran; what was complete before stays as it is".to_owned()),
            place: panic.location().map(ToString::to_string),
        }
        .print(prints_json());
        std::process::exit(i32::from(BUG));
    }));
}

/// Prints what clap has to say (help and version are no errors) and answers with
/// its exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if asked || !std::env::args_os().any(|argument| argument == "--json") {
        // Nobody reads on: then there is nobody to tell.
        let _ = error.print();
    } else {
        let text = error.to_string();
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        Fault {
            code: "usage".to_owned(),
            message: message.to_owned(),
            hint: Some("see `perennial --help`".to_owned()),
            place: None,
        }
        .print(true);
    }
    ExitCode::from(if asked { GOOD } else { USAGE })
}
