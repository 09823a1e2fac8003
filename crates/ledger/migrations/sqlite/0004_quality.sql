-- Format 3: how good the data were at each run, and what people mended by hand.

-- One measurement, the scores and findings as JSON; names rules, columns and
-- files, never a person.
CREATE TABLE quality_measures (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL,
    stage_key      TEXT NOT NULL UNIQUE,
    measured_at_us BIGINT NOT NULL,
    scores         TEXT NOT NULL,
    findings       TEXT NOT NULL
);

-- A record that was set aside, mended. It is known by a keyed hash of its text, so
-- that the repair holds wherever the record is read again; the mended cells are
-- sealed under the key of the file it was found in.
CREATE TABLE repairs (
    seq          INTEGER PRIMARY KEY,
    record_hash  BLOB NOT NULL UNIQUE,
    content_hash BLOB NOT NULL,
    sealed       BLOB NOT NULL,
    made_at_us   BIGINT NOT NULL
);
