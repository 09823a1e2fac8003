-- Format 3: what people decided about who is the same person.

-- Append-only: the latest row of a pair holds. Rows are only ever deleted when one
-- of the two is erased. The evidence is what spoke for the pair when it was decided;
-- none where the two could not be compared.
CREATE TABLE same_person (
    seq         INTEGER PRIMARY KEY,
    subject_a   BIGINT NOT NULL REFERENCES subjects (subject_id) ON DELETE CASCADE,
    subject_b   BIGINT NOT NULL REFERENCES subjects (subject_id) ON DELETE CASCADE,
    verdict     TEXT NOT NULL,
    decided_by  TEXT NOT NULL,
    at_us       BIGINT NOT NULL,
    probability DOUBLE PRECISION,
    weight_bits DOUBLE PRECISION,
    CHECK (subject_a < subject_b)
);
CREATE INDEX same_person_by_pair ON same_person (subject_a, subject_b, seq);
CREATE INDEX same_person_by_second ON same_person (subject_b);

CREATE TRIGGER same_person_no_update BEFORE UPDATE ON same_person
BEGIN SELECT RAISE(ABORT, 'same_person is append-only'); END;
