-- The themes that staff gave to answers in words. They are no records: tablets never get them. `answer` is a hash that tells
-- nobody whose answer it is.
CREATE TABLE answer_themes (
    survey  TEXT    NOT NULL,
    answer  TEXT    NOT NULL,
    theme   TEXT    NOT NULL,
    account TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (survey, answer, theme)
) STRICT, WITHOUT ROWID;
