-- Surveys while staff write them; `survey` and `definition` are JSON. They are no records: tablets never get them.
CREATE TABLE drafts (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    rev        BIGINT NOT NULL,
    account    TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    title      TEXT   NOT NULL,
    survey     TEXT   NOT NULL,
    definition TEXT   NOT NULL
);
