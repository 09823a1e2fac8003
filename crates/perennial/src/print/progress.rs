//! Progress bars on standard error, when that is a terminal.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use perennial_pipeline::Progress;

use super::sanitised;

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const DONE: Style = AnsiColor::Green.on_default();

/// Shows one bar at a time with the time left, and a line for each stage that is
/// done. Without a terminal only warnings are printed.
pub(crate) struct Bars {
    shown: bool,
    current: Mutex<Option<(String, ProgressBar)>>,
}

impl Bars {
    /// Bars, when `wanted` and when there is a terminal to show them on.
    pub(crate) fn new(wanted: bool) -> Self {
        Self {
            shown: wanted && std::io::stderr().is_terminal(),
            current: Mutex::new(None),
        }
    }

    fn bar(&self) -> Option<ProgressBar> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().map(|(_, bar)| bar.clone())
    }

    fn replace(&self, next: Option<(String, ProgressBar)>) -> Option<(String, ProgressBar)> {
        std::mem::replace(
            &mut *self.current.lock().unwrap_or_else(PoisonError::into_inner),
            next,
        )
    }
}

/// The line of a running stage; a template that does not parse would only lose
/// its looks.
fn style(total: Option<u64>, unit: &str) -> ProgressStyle {
    let template = match (total, unit) {
        (Some(_), "bytes") => "{prefix:<12} {bar:24} {bytes}/{total_bytes}  {eta} left".to_owned(),
        (Some(_), _) => {
            format!("{{prefix:<12}} {{bar:24}} {{human_pos}}/{{human_len}} {unit}  {{eta}} left")
        }
        (None, "bytes") => "{prefix:<12} {spinner} {bytes}  {elapsed}".to_owned(),
        (None, _) => format!("{{prefix:<12}} {{spinner}} {{human_pos}} {unit}  {{elapsed}}"),
    };
    match total {
        Some(_) => ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> "),
        None => ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    }
}

impl Progress for Bars {
    fn start(&self, stage: &str, total: Option<u64>, unit: &str) {
        if !self.shown {
            return;
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr())
            .with_style(style(total, unit))
            .with_prefix(stage.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        if let Some((_, unfinished)) = self.replace(Some((stage.to_owned(), bar))) {
            unfinished.finish_and_clear();
        }
    }

    fn advance(&self, by: u64) {
        if let Some(bar) = self.bar() {
            bar.inc(by);
        }
    }

    fn finish(&self, note: &str) {
        if let Some((stage, bar)) = self.replace(None) {
            let elapsed = bar.elapsed();
            bar.finish_and_clear();
            let time = if elapsed < Duration::from_secs(60) {
                format!("{:.1} s", elapsed.as_secs_f64())
            } else {
                HumanDuration(elapsed).to_string()
            };
            anstream::eprintln!("{DONE}{stage:<12}{DONE:#} {}  {time}", sanitised(note));
        }
    }

    fn warn(&self, message: &str) {
        let print = || anstream::eprintln!("{WARNING}warning{WARNING:#}: {}", sanitised(message));
        match self.bar() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Bars {
    // A stage that failed leaves no half bar above its error.
    fn drop(&mut self) {
        if let Some((_, bar)) = self.replace(None) {
            bar.finish_and_clear();
        }
    }
}
