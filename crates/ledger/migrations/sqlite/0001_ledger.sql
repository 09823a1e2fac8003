-- Format 1 of the ledger. Times are UTC microseconds since 1970; JSON is kept as text.
-- Standard SQL where there is a choice: PostgreSQL is to be a second backend.

-- What the system did -------------------------------------------------------

CREATE TABLE runs (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL,
    stage          TEXT NOT NULL,
    stage_key      TEXT NOT NULL,
    outputs        TEXT NOT NULL,
    settings_hash  TEXT NOT NULL,
    code_version   TEXT NOT NULL,
    started_at_us  BIGINT NOT NULL,
    finished_at_us BIGINT NOT NULL,
    details        TEXT NOT NULL,
    UNIQUE (run_id, stage)
);
CREATE INDEX runs_by_key ON runs (stage, stage_key);

CREATE TABLE finished_runs (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL UNIQUE,
    as_of_us       BIGINT,
    finished_at_us BIGINT NOT NULL,
    summary        TEXT NOT NULL
);

CREATE TABLE files (
    seq          INTEGER PRIMARY KEY,
    source       TEXT NOT NULL,
    path         TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    mtime_us     BIGINT NOT NULL,
    content_hash BLOB NOT NULL,
    ingest_id    TEXT NOT NULL,
    state        TEXT NOT NULL,
    UNIQUE (source, path, ingest_id)
);
CREATE INDEX files_by_content ON files (source, content_hash);

-- The vault -----------------------------------------------------------------

-- One row: which key this vault belongs to (hashes of the key's parts, not secret).
CREATE TABLE vault_key (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    root_check     BLOB NOT NULL,
    wrapping_check BLOB NOT NULL
);

-- Rows stand in the order of arrival, for ids are random: a batch of new people
-- then touches its own pages and those of the small index, not the whole table.
-- The id is the head of the hash, so an index over all hashes would say nothing
-- new: only re-salted rows, which are next to none, are found by hash.
CREATE TABLE subjects (
    seq           INTEGER PRIMARY KEY,
    subject_id    BIGINT NOT NULL UNIQUE,
    identity_hash BLOB NOT NULL,
    salt          INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    wrapped_key   BLOB NOT NULL,
    identifier    BLOB NOT NULL
);
CREATE UNIQUE INDEX subjects_salted ON subjects (identity_hash) WHERE salt > 0;

CREATE TABLE subject_traits (
    subject_id BIGINT NOT NULL REFERENCES subjects (subject_id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    ciphertext BLOB NOT NULL,
    PRIMARY KEY (subject_id, name)
);

CREATE TABLE suppressions (
    suppression_hash BLOB PRIMARY KEY
);

-- What was acted upon: never changed ----------------------------------------

CREATE TABLE models (
    model_version TEXT PRIMARY KEY,
    model         TEXT NOT NULL,
    bytes         BLOB NOT NULL,
    card          TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    code_version  TEXT NOT NULL
);
CREATE INDEX models_by_name ON models (model, created_at_us);

CREATE TABLE promotions (
    seq           INTEGER PRIMARY KEY,
    model         TEXT NOT NULL,
    model_version TEXT NOT NULL REFERENCES models (model_version),
    at_us         BIGINT NOT NULL,
    promoted_by   TEXT NOT NULL,
    reason        TEXT NOT NULL
);
CREATE INDEX promotions_by_model ON promotions (model, seq);

CREATE TABLE acted (
    decision_id TEXT PRIMARY KEY,
    subject_id  BIGINT NOT NULL,
    run_id      TEXT NOT NULL,
    offer       TEXT NOT NULL,
    channel     TEXT NOT NULL,
    arm         TEXT NOT NULL,
    propensity  DOUBLE PRECISION NOT NULL,
    at_us       BIGINT NOT NULL
);
CREATE INDEX acted_by_subject ON acted (subject_id);

-- No reference to `subjects`: an arm may be drawn for someone whose identifier lives elsewhere.
CREATE TABLE arms (
    experiment TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    arm        TEXT NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    since_us   BIGINT NOT NULL,
    PRIMARY KEY (experiment, subject_id)
) WITHOUT ROWID;
CREATE INDEX arms_by_subject ON arms (subject_id);

CREATE TRIGGER models_no_update BEFORE UPDATE ON models
BEGIN SELECT RAISE(ABORT, 'models is insert-only'); END;
CREATE TRIGGER models_no_delete BEFORE DELETE ON models
BEGIN SELECT RAISE(ABORT, 'models is insert-only'); END;
CREATE TRIGGER promotions_no_update BEFORE UPDATE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions is insert-only'); END;
CREATE TRIGGER promotions_no_delete BEFORE DELETE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions is insert-only'); END;
CREATE TRIGGER acted_no_update BEFORE UPDATE ON acted
BEGIN SELECT RAISE(ABORT, 'acted is insert-only'); END;
CREATE TRIGGER acted_no_delete BEFORE DELETE ON acted
BEGIN SELECT RAISE(ABORT, 'acted is insert-only'); END;
CREATE TRIGGER arms_no_update BEFORE UPDATE ON arms
BEGIN SELECT RAISE(ABORT, 'arms are sticky'); END;
