-- One row of facts about this database. `epoch` names its history: a backup carries an empty
-- one, and whoever opens that gives it a new epoch, so a restored history never passes for
-- the one the tablets knew.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('epoch', lower(hex(randomblob(16)))), ('ready', '');

-- The counters that order everything: updated inside the writing transaction.
-- Cursors below `floor` cannot be continued, for deletions up to it are forgotten.
CREATE TABLE scopes (
    scope TEXT    NOT NULL PRIMARY KEY,
    seq   INTEGER NOT NULL,
    floor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO scopes (scope, seq, floor) VALUES ('public', 0, 0), ('capture', 0, 0);

-- The capture plane. `bytes` is the record as its hash knows it; the other columns are what
-- staff filter by, read out of it.
CREATE TABLE submissions (
    seq         INTEGER NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    hash        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    survey      TEXT,
    venue       TEXT,
    made_at     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    bytes       BLOB    NOT NULL
) STRICT;
CREATE INDEX submissions_by_kind ON submissions (kind, survey, seq);

CREATE TABLE submission_themes (
    theme TEXT    NOT NULL,
    seq   INTEGER NOT NULL REFERENCES submissions (seq),
    PRIMARY KEY (theme, seq)
) STRICT, WITHOUT ROWID;

-- What came under the id of a stored submission with another content. Never shown as
-- received, never thrown away.
CREATE TABLE rivals (
    id          TEXT    NOT NULL,
    hash        TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (id, hash)
) STRICT, WITHOUT ROWID;

-- The catalogue plane, all of it in the scope `public`.
CREATE TABLE records (
    collection TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    rev        INTEGER NOT NULL,
    seq        INTEGER NOT NULL UNIQUE,
    deleted    INTEGER NOT NULL,
    fields     TEXT    NOT NULL,
    field_revs TEXT    NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    name     TEXT    NOT NULL PRIMARY KEY,
    password TEXT    NOT NULL,
    made_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `token` is the SHA-256 of what the browser holds.
CREATE TABLE sessions (
    token      TEXT    NOT NULL PRIMARY KEY,
    account    TEXT    NOT NULL REFERENCES accounts (name),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Edits carried out, with their answers: the same edit again gets the same answer.
CREATE TABLE edits_done (
    edit    TEXT    NOT NULL PRIMARY KEY,
    hash    TEXT    NOT NULL,
    done_at INTEGER NOT NULL,
    result  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- What an author wrote and the server did not take, until the author puts it aside.
CREATE TABLE conflicts (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account    TEXT    NOT NULL,
    collection TEXT    NOT NULL,
    record     TEXT    NOT NULL,
    collisions TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX conflicts_by_account ON conflicts (account, id);
