-- A run: its frozen plan (without the tasks) and where its log stands.
CREATE TABLE run (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    format        INTEGER NOT NULL,
    created_at_us INTEGER NOT NULL,
    changed_at_us INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    outcome       TEXT,
    tasks         INTEGER NOT NULL,
    done          INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    body          TEXT NOT NULL
) STRICT;

-- The tasks of a run, in file order.
CREATE TABLE task (
    run      INTEGER NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- The plan files of a run, as they were when it was made.
CREATE TABLE source (
    run      INTEGER NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    path     TEXT NOT NULL,
    bytes    BLOB NOT NULL,
    PRIMARY KEY (run, position)
) STRICT;

-- What happened. Only ever appended to.
CREATE TABLE event (
    run    INTEGER NOT NULL REFERENCES run (id),
    seq    INTEGER NOT NULL,
    at_us  INTEGER NOT NULL,
    format INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
