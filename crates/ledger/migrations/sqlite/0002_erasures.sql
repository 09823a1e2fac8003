-- Format 2: erasures, so that one that was cut short is finished, and what was
-- forgotten can be shown to have been.

-- The subject stands here only until the erasure is whole: then the suppression
-- hash alone is left, by which who asks with the identifier can be answered.
CREATE TABLE erasures (
    seq              INTEGER PRIMARY KEY,
    begun_at_us      BIGINT NOT NULL,
    finished_at_us   BIGINT,
    subject_id       BIGINT,
    suppression_hash BLOB NOT NULL,
    report           TEXT NOT NULL
);
CREATE UNIQUE INDEX erasures_pending ON erasures (subject_id) WHERE subject_id IS NOT NULL;
