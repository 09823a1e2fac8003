//! What is measured: every bench with its commands, in one table.
//!
//! Words in braces are filled in: `{perennial}` the program, `{python}` the peers' Python, `{peers}`
//! their scripts, `{root}` the repository, `{data}` the raw file, `{events}` the simulated order
//! lines, `{work}` a folder of the bench's own, `{round}` an empty folder for one contestant in one
//! round, `{customers}`, `{as_of}`, `{threads}`, `{people}` the example that makes and links people. A command is split at blanks, before filling in; `copy FROM TO` copies a folder.

/// One bench: what is made ready once, and who competes.
pub struct Bench {
    pub name: &'static str,
    pub what: &'static str,
    /// Day of decision given to all.
    pub as_of: &'static str,
    /// Commands that bring `{work}` about; not measured.
    pub prepare: &'static [&'static str],
    /// Ours first.
    pub contestants: &'static [Contestant],
}

/// A row of whole processes, measured together.
pub struct Contestant {
    pub name: &'static str,
    /// Before each round; not measured.
    pub fresh: &'static [&'static str],
    /// CPU and wall time are summed, the peak is the largest.
    pub measured: &'static [&'static str],
}

/// Makes the simulated order lines, once for each number of customers: three years from 2023-01-01.
pub const SIMULATE: &str = "{perennial} simulate --customers {customers} --lines-per-customer 40 --days 1095 --seed 7 --files 12 --format parquet --out {events}";

/// The first day after the simulated shop's last.
const SIMULATED_AS_OF: &str = "2025-12-31";

/// Brings the simulated order lines into the lake of `{work}/shop`.
const IN_THE_LAKE: &[&str] = &[
    "{perennial} init {work}/shop --from {events} --time-zone UTC",
    "{perennial} run -C {work}/shop --as-of {as_of} --until ingest",
];

/// The features of `{round}/shop` at the as-of alone.
const FEATURES_AT_ONE_DATE: &[&str] = &[
    "{perennial} run -C {round}/shop --as-of {as_of} --until features --set model.training_dates=0",
];

pub const BENCHES: &[Bench] = &[
    Bench {
        name: "identity",
        what: "a million records of people linked, with precision and recall: Splink on DuckDB",
        as_of: SIMULATED_AS_OF,
        prepare: &["{people} make 699300 {work}/people.csv"],
        contestants: &[
            Contestant {
                name: "perennial",
                fresh: &[],
                measured: &["{people} link {work}/people.csv {threads}"],
            },
            Contestant {
                name: "splink",
                fresh: &[],
                measured: &[
                    "{python} {peers}/people_splink.py {work}/people.csv --threads {threads}",
                ],
            },
        ],
    },
    Bench {
        name: "retail",
        what: "a raw file of order lines to a report: the usual Python stack",
        as_of: "2011-12-08",
        prepare: &[],
        contestants: &[
            Contestant {
                name: "perennial",
                fresh: &[],
                measured: &[
                    "{perennial} init {round}/shop --from {data}",
                    "{perennial} run -C {round}/shop --as-of {as_of} --set lost.horizon=90d",
                    "{perennial} report -C {round}/shop",
                ],
            },
            Contestant {
                name: "pandas",
                fresh: &[],
                measured: &[
                    "{python} {peers}/retail_pandas.py {data} --as-of {as_of} --out {round}/out",
                ],
            },
        ],
    },
    Bench {
        name: "retail-auc",
        what: "our logistic regression and scikit-learn's on identical rows: the AUCs' paired difference",
        as_of: "2011-12-08",
        prepare: &[
            "{perennial} init {work}/shop --from {data}",
            "{perennial} run -C {work}/shop --as-of {as_of} --set lost.horizon=90d --until features",
        ],
        contestants: &[
            Contestant {
                name: "perennial",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: &[
                    "{perennial} run -C {round}/shop --as-of {as_of} --set lost.horizon=90d --until model",
                ],
            },
            Contestant {
                name: "scikit-learn",
                fresh: &[
                    "copy {work}/shop {round}/shop",
                    "{perennial} run -C {round}/shop --as-of {as_of} --set lost.horizon=90d --until model",
                ],
                measured: &[
                    "{python} {peers}/retail_pandas.py --project {round}/shop --as-of {as_of}",
                ],
            },
        ],
    },
    Bench {
        name: "lake",
        what: "unsorted Parquet into customer-major order: DuckDB's COPY .. ORDER BY",
        as_of: SIMULATED_AS_OF,
        prepare: &[],
        contestants: &[
            Contestant {
                name: "perennial",
                fresh: &["{perennial} init {round}/shop --from {events} --time-zone UTC"],
                measured: &["{perennial} run -C {round}/shop --as-of {as_of} --until ingest"],
            },
            Contestant {
                name: "duckdb",
                fresh: &[],
                measured: &[
                    "{python} {peers}/lake_duckdb.py {events}/*.parquet --threads {threads} --out {round}/sorted.parquet",
                ],
            },
        ],
    },
    Bench {
        name: "features",
        what: "every feature of every customer: DuckDB in SQL over unsorted Parquet",
        as_of: SIMULATED_AS_OF,
        prepare: IN_THE_LAKE,
        contestants: &[
            Contestant {
                name: "perennial",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: FEATURES_AT_ONE_DATE,
            },
            Contestant {
                name: "duckdb",
                fresh: &[],
                measured: &[
                    "{python} {peers}/features_duckdb.py {events}/*.parquet --sql {root}/crates/history/sql/order_line_features.sql --as-of {as_of} --threads {threads} --out {round}/features.parquet",
                ],
            },
        ],
    },
    Bench {
        name: "twelve",
        what: "features at twelve as-of dates, as a multiple of one",
        as_of: SIMULATED_AS_OF,
        prepare: IN_THE_LAKE,
        contestants: &[
            Contestant {
                name: "twelve dates",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: &[
                    "{perennial} run -C {round}/shop --as-of {as_of} --until features --set lost.horizon=60d --set model.training_dates=10",
                ],
            },
            Contestant {
                name: "one date",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: &[
                    "{perennial} run -C {round}/shop --as-of {as_of} --until features --set lost.horizon=60d --set model.training_dates=0",
                ],
            },
        ],
    },
    Bench {
        name: "scale",
        what: "features over 60 million lines, as a multiple of 20 (in proportion: 3) and of 2 (30)",
        as_of: SIMULATED_AS_OF,
        prepare: &[
            "{perennial} simulate --customers 1500000 --lines-per-customer 40 --days 1095 --seed 7 --files 12 --format parquet --out {work}/events-60",
            "{perennial} simulate --customers 500000 --lines-per-customer 40 --days 1095 --seed 7 --files 12 --format parquet --out {work}/events-20",
            "{perennial} simulate --customers 50000 --lines-per-customer 40 --days 1095 --seed 7 --files 12 --format parquet --out {work}/events-2",
            "{perennial} init {work}/shop-60 --from {work}/events-60 --time-zone UTC",
            "{perennial} init {work}/shop-20 --from {work}/events-20 --time-zone UTC",
            "{perennial} init {work}/shop-2 --from {work}/events-2 --time-zone UTC",
            "{perennial} run -C {work}/shop-60 --as-of {as_of} --until ingest",
            "{perennial} run -C {work}/shop-20 --as-of {as_of} --until ingest",
            "{perennial} run -C {work}/shop-2 --as-of {as_of} --until ingest",
        ],
        contestants: &[
            Contestant {
                name: "60 million",
                fresh: &["copy {work}/shop-60 {round}/shop"],
                measured: FEATURES_AT_ONE_DATE,
            },
            Contestant {
                name: "20 million",
                fresh: &["copy {work}/shop-20 {round}/shop"],
                measured: FEATURES_AT_ONE_DATE,
            },
            Contestant {
                name: "2 million",
                fresh: &["copy {work}/shop-2 {round}/shop"],
                measured: FEATURES_AT_ONE_DATE,
            },
        ],
    },
    Bench {
        name: "rerun",
        what: "a second run with nothing new, as a share of the first",
        as_of: SIMULATED_AS_OF,
        prepare: &["{perennial} init {work}/shop --from {events} --time-zone UTC"],
        contestants: &[
            Contestant {
                name: "second run",
                fresh: &[
                    "copy {work}/shop {round}/shop",
                    "{perennial} run -C {round}/shop --as-of {as_of}",
                ],
                measured: &["{perennial} run -C {round}/shop --as-of {as_of}"],
            },
            Contestant {
                name: "first run",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: &["{perennial} run -C {round}/shop --as-of {as_of}"],
            },
        ],
    },
    Bench {
        name: "rerun-retail",
        what: "the same on the raw file",
        as_of: "2011-12-08",
        prepare: &["{perennial} init {work}/shop --from {data}"],
        contestants: &[
            Contestant {
                name: "second run",
                fresh: &[
                    "copy {work}/shop {round}/shop",
                    "{perennial} run -C {round}/shop --as-of {as_of}",
                ],
                measured: &["{perennial} run -C {round}/shop --as-of {as_of}"],
            },
            Contestant {
                name: "first run",
                fresh: &["copy {work}/shop {round}/shop"],
                measured: &["{perennial} run -C {round}/shop --as-of {as_of}"],
            },
        ],
    },
];

impl Bench {
    fn commands(&self) -> impl Iterator<Item = &'static str> {
        let contestants = self
            .contestants
            .iter()
            .flat_map(|c| c.fresh.iter().chain(c.measured));
        self.prepare.iter().chain(contestants).copied()
    }

    /// Whether some command holds this word in braces.
    pub fn needs(&self, word: &str) -> bool {
        self.commands().any(|command| command.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::WORDS;

    #[test]
    fn every_word_in_braces_is_known() {
        for command in BENCHES.iter().flat_map(Bench::commands).chain([SIMULATE]) {
            for part in command.split('{').skip(1) {
                let word = part.split('}').next().unwrap();
                assert!(WORDS.contains(&word), "`{{{word}}}` in `{command}`");
            }
        }
    }

    #[test]
    fn what_a_bench_needs_is_seen() {
        let bench = |name: &str| BENCHES.iter().find(|bench| bench.name == name).unwrap();
        assert!(bench("retail").needs("{data}") && !bench("retail").needs("{events}"));
        assert!(bench("features").needs("{events}") && bench("features").needs("{python}"));
        assert!(!bench("rerun").needs("{python}"));
    }
}
