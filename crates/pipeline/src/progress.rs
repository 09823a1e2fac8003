//! How a long piece of work tells what it is doing, without knowing who listens.

/// Somebody who is told how work goes on. One stage at a time: `start`, any
/// number of `advance` and `warn`, `finish`.
pub trait Progress: Send + Sync {
    /// A stage begins. `total` is how many of `unit` it will take, when that is
    /// known; the unit is a plural noun (`rows`, `customers`) or `bytes`.
    fn start(&self, stage: &str, total: Option<u64>, unit: &str);

    /// That many more of the unit are done; may be called from any thread.
    fn advance(&self, by: u64);

    /// The stage has ended; `note` says in a few words what came of it.
    fn finish(&self, note: &str);

    /// Something the user should know and can act on; not an error.
    fn warn(&self, message: &str);
}

/// Nobody listens: for tests and for work without a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: &str, _total: Option<u64>, _unit: &str) {}

    fn advance(&self, _by: u64) {}

    fn finish(&self, _note: &str) {}

    fn warn(&self, _message: &str) {}
}
