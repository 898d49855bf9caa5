-- The tables of `migrations/sqlite`, as PostgreSQL has them. JSON stands in text: it is read
-- and written whole, and `jsonb` would refuse the escaped NUL that JSON allows. Keys compare
-- byte by byte, as everywhere else in the product, whatever the database's language.

-- Facts about this database. `epoch` names its history; see `together new-epoch`.
CREATE TABLE meta (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO meta (key, value) VALUES ('epoch', ''), ('ready', '');

-- The counters that order everything: updated inside the writing transaction, whose lock on
-- the row lasts to its commit. So a place is seen only when all before it are settled.
-- Room is left in the pages for new versions of the rows, which come with every commit.
CREATE TABLE scopes (
    scope TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq   BIGINT NOT NULL,
    floor BIGINT NOT NULL
) WITH (fillfactor = 10);
INSERT INTO scopes (scope, seq, floor) VALUES ('public', 0, 0), ('capture', 0, 0);

-- The capture plane. `bytes` is the record as its hash knows it.
CREATE TABLE submissions (
    seq         BIGINT NOT NULL PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    hash        TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    survey      TEXT COLLATE "C",
    venue       TEXT COLLATE "C",
    made_at     BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    bytes       BYTEA  NOT NULL
);
CREATE INDEX submissions_by_kind ON submissions (kind, survey, seq);

CREATE TABLE submission_themes (
    theme TEXT COLLATE "C" NOT NULL,
    seq   BIGINT NOT NULL REFERENCES submissions (seq),
    PRIMARY KEY (theme, seq)
);

CREATE TABLE rivals (
    id          TEXT COLLATE "C" NOT NULL,
    hash        TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    bytes       BYTEA  NOT NULL,
    PRIMARY KEY (id, hash)
);

-- The catalogue plane, all of it in the scope `public`.
CREATE TABLE records (
    collection TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    rev        BIGINT  NOT NULL,
    seq        BIGINT  NOT NULL UNIQUE,
    deleted    BOOLEAN NOT NULL,
    fields     TEXT    NOT NULL,
    field_revs TEXT    NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (collection, id)
);
CREATE INDEX records_deleted ON records (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE accounts (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    password TEXT   NOT NULL,
    made_at  BIGINT NOT NULL
);

-- `token` is the SHA-256 of what the browser holds.
CREATE TABLE sessions (
    token      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL REFERENCES accounts (name),
    expires_at BIGINT NOT NULL
);

-- Edits carried out, with their answers: the same edit again gets the same answer.
CREATE TABLE edits_done (
    edit    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash    TEXT COLLATE "C" NOT NULL,
    done_at BIGINT NOT NULL,
    result  TEXT   NOT NULL
);

-- What an author wrote and the server did not take, until the author puts it aside.
CREATE TABLE conflicts (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    record     TEXT COLLATE "C" NOT NULL,
    collisions TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX conflicts_by_account ON conflicts (account, id);
