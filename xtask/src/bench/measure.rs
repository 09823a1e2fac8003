//! Whole processes measured by the kernel's own accounts (`wait4`), and what several rounds come to.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wait4::Wait4;

use crate::house::shown;

/// What one or several processes took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// User and system time of the process and the children it waited for, in seconds.
    pub cpu_s: f64,
    /// Time that passed, in seconds.
    pub wall_s: f64,
    /// Largest resident set, in megabytes of 2^20 bytes.
    pub peak_mb: f64,
}

impl Usage {
    /// One after the other.
    pub fn then(self, next: Self) -> Self {
        Self {
            cpu_s: self.cpu_s + next.cpu_s,
            wall_s: self.wall_s + next.wall_s,
            peak_mb: self.peak_mb.max(next.peak_mb),
        }
    }

    /// The median of each number over the rounds.
    pub fn median(rounds: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| median(rounds.iter().map(pick).collect());
        Self {
            cpu_s: of(|u| u.cpu_s),
            wall_s: of(|u| u.wall_s),
            peak_mb: of(|u| u.peak_mb),
        }
    }

    pub fn json(self) -> Value {
        json!({"cpu_s": digits(self.cpu_s), "wall_s": digits(self.wall_s), "peak_mb": digits(self.peak_mb)})
    }

    /// Ours over a peer's.
    pub fn ratio(self, peer: Self) -> Value {
        let of = |ours: f64, peer: f64| {
            if peer > 0.0 {
                json!(digits(ours / peer))
            } else {
                Value::Null
            }
        };
        json!({
            "cpu": of(self.cpu_s, peer.cpu_s),
            "wall": of(self.wall_s, peer.wall_s),
            "peak": of(self.peak_mb, peer.peak_mb),
        })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => f64::NAN,
        _ if n % 2 == 1 => values[n / 2],
        _ => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

/// Three digits after the point: a run on a busy machine says no more.
fn digits(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Runs a command to its end, its output kept in `log`, and returns what it took and wrote to stdout.
pub fn measure(command: &mut Command, log: &Path) -> Result<(Usage, String)> {
    let (out, err) = (log.with_extension("out"), log.with_extension("err"));
    let create =
        |path: &Path| File::create(path).with_context(|| format!("write {}", path.display()));
    command.stdout(create(&out)?).stderr(create(&err)?);
    let start = Instant::now();
    let child = command
        .spawn()
        .with_context(|| format!("start `{}`", shown(command)))?;
    let done = child
        .wait4()
        .with_context(|| format!("wait for `{}`", shown(command)))?;
    let wall_s = start.elapsed().as_secs_f64();
    let stdout = String::from_utf8_lossy(&fs::read(&out)?).into_owned();
    if !done.status.success() {
        let said = String::from_utf8_lossy(&fs::read(&err)?).into_owned();
        bail!(
            "`{}` failed ({}):\n{}{}",
            shown(command),
            done.status,
            stdout,
            said
        );
    }
    let cpu_s = (done.rusage.utime + done.rusage.stime).as_secs_f64();
    let peak_mb = done.rusage.maxrss as f64 / f64::from(1 << 20);
    Ok((
        Usage {
            cpu_s,
            wall_s,
            peak_mb,
        },
        stdout,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_summed_and_rounds_are_not() {
        let usage = |cpu_s, wall_s, peak_mb| Usage {
            cpu_s,
            wall_s,
            peak_mb,
        };
        assert_eq!(
            usage(1.0, 2.0, 30.0).then(usage(0.5, 1.0, 20.0)),
            usage(1.5, 3.0, 30.0)
        );
        let rounds = [
            usage(3.0, 9.0, 1.0),
            usage(1.0, 8.0, 3.0),
            usage(2.0, 7.0, 2.0),
        ];
        assert_eq!(Usage::median(&rounds), usage(2.0, 8.0, 2.0));
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert_eq!(
            usage(1.0, 1.0, 1.0).ratio(usage(4.0, 2.0, 0.0)),
            json!({"cpu": 0.25, "wall": 0.5, "peak": null})
        );
    }

    #[test]
    fn a_process_that_works_is_charged_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut busy = Command::new("sh");
        busy.args([
            "-c",
            "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done",
        ]);
        let (usage, said) = measure(&mut busy, &folder.path().join("log")).unwrap();
        assert_eq!(said, "done\n");
        assert!(
            usage.cpu_s > 0.01 && usage.wall_s > 0.01 && usage.peak_mb > 0.5,
            "{usage:?}"
        );
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo why >&2; exit 3"]);
        assert!(
            measure(&mut fails, &folder.path().join("log"))
                .unwrap_err()
                .to_string()
                .contains("why")
        );
    }
}
