-- Format 3: people whose rows are only kept, and people found by how they are reached.

-- Whoever is restricted is in no score, list or decision; their rows stay.
-- `erase_at_us` is the day from which the rows that the law wants kept may go;
-- none where somebody asked for a restriction alone.
CREATE TABLE restrictions (
    subject_id  BIGINT PRIMARY KEY REFERENCES subjects (subject_id) ON DELETE CASCADE,
    since_us    BIGINT NOT NULL,
    erase_at_us BIGINT
);

-- A keyed hash of the e-mail address or telephone number that a trait holds, so
-- that its person is found by it without its standing anywhere in clear.
ALTER TABLE subject_traits ADD COLUMN lookup_hash BLOB;
CREATE INDEX subject_traits_by_lookup ON subject_traits (lookup_hash) WHERE lookup_hash IS NOT NULL;
