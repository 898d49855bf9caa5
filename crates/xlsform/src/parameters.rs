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

/// What is wrong with the values of a type's parameters, as pyxform 4.5 has it (`xls2json.py`), each a sentence; the scale
/// of a range is looked at elsewhere.
pub(crate) fn faults(kind: &str, pairs: &[(String, String)]) -> Vec<String> {
    let value =
        |key: &str| pairs.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str());
    let mut faults = Vec::new();
    let mut demand = |key: &str, good: &dyn Fn(&str) -> bool, wanted: &str| {
        if let Some(text) = value(key).filter(|text| !good(text)) {
            faults.push(format!("{key}={text} is not {wanted}."));
        }
    };
    let truth = |text: &str| text == "true" || text == "false";
    let whole = |text: &str| text.parse::<i64>().is_ok();
    let number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    match kind {
        "select_one" | "select_multiple" | "rank" => {
            demand("randomize", &truth, "true or false");
            demand("value", &crate::words::is_name, "the name of a column");
            demand("label", &crate::words::is_name, "the name of a column");
        }
        "text" => demand("rows", &whole, "a whole number"),
        "image" => {
            demand("max-pixels", &whole, "a whole number");
            demand("app", &is_package, "an app's name, such as org.example.camera");
        }
        "audio" | "background-audio" => {
            let known = ["voice-only", "low", "normal", "external"];
            let known = &known[..if kind == "audio" { 4 } else { 3 }];
            demand("quality", &|text| known.contains(&text), "a quality: voice-only, low, normal");
        }
        "audit" => {
            demand("track-changes", &truth, "true or false");
            demand("identify-user", &truth, "true or false");
            demand("track-changes-reasons", &|text| text == "on-form-edit", "on-form-edit");
            let levels = ["no-power", "low-power", "balanced", "high-accuracy"];
            demand("location-priority", &|text| levels.contains(&text), "one that ODK knows");
            let positive = |text: &str| text.parse::<u32>().is_ok();
            demand("location-min-interval", &positive, "a whole number");
            demand("location-max-age", &positive, "a whole number");
            let all = ["location-priority", "location-min-interval", "location-max-age"];
            let missing = all.iter().find(|key| value(key).is_none());
            if let Some(missing) = missing.filter(|_| all.iter().any(|key| value(key).is_some())) {
                faults.push(format!("Places in the audit need {missing}, too."));
            }
        }
        "geopoint" | "geoshape" | "geotrace" => {
            demand("capture-accuracy", &number, "a number");
            demand("warning-accuracy", &number, "a number");
            demand("allow-mock-accuracy", &truth, "true or false");
            demand("incremental", &|text| text == "true", "true; leave it out otherwise");
        }
        _ => {}
    }
    faults
}

/// The name of an Android app: parts with dots between them (pyxform's `android_package_name.py`).
fn is_package(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.contains('.') && text.split('.').all(part)
}
