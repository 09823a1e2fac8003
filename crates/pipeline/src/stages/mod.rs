//! The stages, in order. Each is `(tables, settings, as_of, seed) -> tables`.

pub(crate) mod decide;
pub(crate) mod features;
pub(crate) mod ingest;
pub(crate) mod model;
pub(crate) mod people;
pub(crate) mod quality;
pub(crate) mod rows;
pub(crate) mod value;
pub(crate) mod words;

/// Names of the stages, in order, as `--until` takes them.
pub const STAGES: [&str; 7] = [
    "ingest", "quality", "features", "model", "value", "decide", "report",
];
