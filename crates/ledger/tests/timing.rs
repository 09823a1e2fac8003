//! How long the vault takes. Prints, does not judge.
#![allow(clippy::unwrap_used)] // the helpers of tests are tests

use std::time::Instant;

use perennial_ledger::{Ledger, ProjectKey, Resolver, Vault};

/// Prints wall-clock and CPU time since the last call.
struct Clock {
    rows: usize,
    wall: Instant,
    cpu_seconds: f64,
}

impl Clock {
    fn lap(&mut self, what: &str) {
        let (wall, cpu) = (
            self.wall.elapsed().as_secs_f64(),
            cpu_seconds() - self.cpu_seconds,
        );
        println!(
            "{} identifiers {what}: {wall:.2} s wall, {cpu:.2} s CPU",
            self.rows
        );
        (self.wall, self.cpu_seconds) = (Instant::now(), cpu_seconds());
    }
}

/// User and system time of this process, where the system tells (Linux); else 0.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    // Fields 14 and 15, in ticks of 10 ms; the first two ended with the bracket.
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

async fn vault(folder: &std::path::Path, name: &str) -> (Ledger, Vault) {
    let ledger = Ledger::open(&folder.join(name)).await.unwrap();
    let vault = ledger
        .vault(&ProjectKey::generate().unwrap())
        .await
        .unwrap();
    (ledger, vault)
}

/// `PERENNIAL_TIMING_ROWS` asks for more rows. Without optimisation a cipher
/// takes a hundred times as long, and fewer rows must do.
#[tokio::test]
async fn timing() {
    let usual = if cfg!(debug_assertions) {
        3000
    } else {
        100_000
    };
    let asked = std::env::var("PERENNIAL_TIMING_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok());
    let rows: usize = asked.unwrap_or(usual);
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..rows)
        .map(|number| format!("{}", 10_000_000 + number * 7))
        .collect();

    let (_, at_once) = vault(folder.path(), "once.db").await;
    let (ledger, streamed) = vault(folder.path(), "streamed.db").await;
    let mut clock = Clock {
        rows,
        wall: Instant::now(),
        cpu_seconds: cpu_seconds(),
    };
    let ids = at_once.register("customer", &names).await.unwrap();
    clock.lap("registered at once");
    assert_eq!(at_once.register("customer", &names).await.unwrap(), ids);
    clock.lap("found again");

    let mut resolver = Resolver::new(&streamed, "customer", 2 * rows).unwrap();
    for batch in names.chunks(8192) {
        resolver.resolve(batch).await.unwrap();
    }
    clock.lap("registered in batches of 8,192");
    let ids = resolver.resolve(&names).await.unwrap();
    clock.lap("resolved from the cache");
    let ids: Vec<i64> = ids.into_iter().flatten().collect();
    assert_eq!(streamed.reveal(&ids).await.unwrap().len(), rows);
    clock.lap("revealed");
    let drawn: Vec<(i64, &str, f64)> = ids.iter().map(|id| (*id, "treated", 0.95)).collect();
    ledger.assign_arms("always", &drawn, 1).await.unwrap();
    clock.lap("put into arms");
    ledger.compact().await.unwrap();
    clock.lap("compacted");
    let size = std::fs::metadata(folder.path().join("streamed.db"))
        .unwrap()
        .len();
    println!("{rows} identifiers take {size} bytes on disk");
}
