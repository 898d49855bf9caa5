//! The types of question that staff make by hand, in words.

use survey::draft::is_answered;

use crate::locale::{Key, key, t, tf};

/// XLSForm's name of each type, and its words here, the most usual first.
pub const KINDS: [(&str, Key); 20] = [
    ("select_one", key::STAFF_KIND_SELECT_ONE),
    ("select_multiple", key::STAFF_KIND_SELECT_MULTIPLE),
    ("range", key::STAFF_KIND_RANGE),
    ("rank", key::STAFF_KIND_RANK),
    ("text", key::STAFF_KIND_TEXT),
    ("integer", key::STAFF_KIND_INTEGER),
    ("decimal", key::STAFF_KIND_DECIMAL),
    ("date", key::STAFF_KIND_DATE),
    ("time", key::STAFF_KIND_TIME),
    ("dateTime", key::STAFF_KIND_DATETIME),
    ("acknowledge", key::STAFF_KIND_ACKNOWLEDGE),
    ("geopoint", key::STAFF_KIND_GEOPOINT),
    ("image", key::STAFF_KIND_IMAGE),
    ("audio", key::STAFF_KIND_AUDIO),
    ("video", key::STAFF_KIND_VIDEO),
    ("file", key::STAFF_KIND_FILE),
    ("note", key::STAFF_KIND_NOTE),
    ("calculate", key::STAFF_KIND_CALCULATE),
    ("group", key::STAFF_KIND_GROUP),
    ("repeat", key::STAFF_KIND_REPEAT),
];

/// The words for a type; of one that is not made by hand, XLSForm's name, and whether nobody is asked.
pub fn kind_words(kind: &str) -> String {
    match KINDS.iter().find(|(name, _)| *name == kind) {
        Some((_, words)) => t(*words),
        None if is_answered(kind) => kind.to_owned(),
        None => tf(key::STAFF_KIND_NOTED, &[("kind", kind)]),
    }
}
