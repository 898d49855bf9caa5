-- Surveys while staff write them; `survey` and `definition` are JSON. They are no records: tablets never get them.
CREATE TABLE drafts (
    id         TEXT    NOT NULL PRIMARY KEY,
    rev        INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    title      TEXT    NOT NULL,
    survey     TEXT    NOT NULL,
    definition TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
