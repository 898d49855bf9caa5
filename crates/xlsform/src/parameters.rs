//! The `parameters` column: `start=0 end=10, step=1`.

use serde_json::{Map, Value};

/// Reads pairs; commas, semicolons and spaces stand between them.
///
/// Keys and values are lower case but for `label` and `value`, which name columns of a file, and
/// for `${…}`, which names a question.
///
/// # Errors
/// The part that is no pair.
pub(crate) fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let between = |letter: char| letter.is_whitespace() || ",;".contains(letter);
    // "start = 1" is one pair: the equals sign stands by itself in the list of words.
    let spaced = text.replace('=', " = ");
    let words: Vec<&str> = spaced.split(between).filter(|word| !word.is_empty()).collect();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in words.chunks(3) {
        let [key, "=", value] = pair else { return Err(pair.join(" ")) };
        if *key == "=" || *value == "=" {
            return Err(pair.join(" "));
        }
        let key = key.to_lowercase();
        let keeps_case = key == "label" || key == "value" || value.starts_with("${");
        let value = if keeps_case { (*value).to_owned() } else { value.to_lowercase() };
        pairs.retain(|(before, _)| *before != key);
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// What an item holds: numbers as numbers, so that scales are read as version 1 wrote them.
pub(crate) fn fields(pairs: &[(String, String)]) -> Map<String, Value> {
    pairs.iter().map(|(key, value)| (key.clone(), number_or_words(value))).collect()
}

fn number_or_words(text: &str) -> Value {
    let as_written = |number: &Value| number.to_string().as_str() == text;
    let whole = text.parse::<i64>().ok().map(Value::from);
    let broken = || text.parse::<f64>().ok().map(Value::from);
    whole.or_else(broken).filter(as_written).unwrap_or_else(|| Value::from(text))
}

/// The parameters that a type takes; `None` for types whose parameters pyxform does not look at.
pub(crate) fn known(kind: &str, from_file: bool) -> Option<&'static [&'static str]> {
    Some(match kind {
        "select_one" | "select_multiple" | "rank" if from_file => {
            &["label", "randomize", "seed", "value"]
        }
        "select_one" | "select_multiple" | "rank" => &["randomize", "seed"],
        "range" => &["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"],
        "text" => &["rows"],
        "image" => &["app", "max-pixels"],
        "audio" | "background-audio" => &["quality"],
        "audit" => &[
            "identify-user",
            "location-max-age",
            "location-min-interval",
            "location-priority",
            "track-changes",
            "track-changes-reasons",
        ],
        "geopoint" => {
            &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"]
        }
        "geoshape" | "geotrace" => &["allow-mock-accuracy", "incremental", "reference-geometry"],
        _ => return None,
    })
}
