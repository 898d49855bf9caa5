-- The themes that staff gave to answers in words. They are no records: tablets never get them. `answer` is a hash that tells
-- nobody whose answer it is.
CREATE TABLE answer_themes (
    survey  TEXT COLLATE "C" NOT NULL,
    answer  TEXT COLLATE "C" NOT NULL,
    theme   TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (survey, answer, theme)
);
