//! Whether a catalogue record may be published: `model`'s rules, the survey's own, and where
//! exactly a value does not fit.

use model::{
    Collection, Key, Problem, ProblemCode,
    catalogue::{self, References},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

/// Everything wrong with the content of a record, or nothing. Pointers start at its fields.
pub fn problems(
    collection: Collection,
    id: &Key,
    fields: &Map<String, Value>,
    references: &impl References,
) -> Vec<Problem> {
    let mut problems = catalogue::problems(collection, id, fields, references);
    if let [only] = problems.as_slice()
        && only.pointer.is_empty()
        && only.code == ProblemCode::Malformed
        && let Some(located) = locate(collection, fields)
    {
        return vec![located];
    }
    if problems.is_empty() && collection == Collection::SurveyVersion {
        let definition = fields.get("definition").unwrap_or(&Value::Null);
        if let Err(faults) = survey::Definition::read(definition) {
            problems.extend(faults.into_iter().map(|fault| fault.under("/definition")));
        }
        problems
            .extend(absent_columns(definition).into_iter().map(|fault| fault.under("/definition")));
    }
    problems
}

/// The questions that choose from columns which their tables do not have.
fn absent_columns(definition: &Value) -> Vec<Problem> {
    let absent = definition.as_object().map(survey::draft::absent_columns).unwrap_or_default();
    let problem = |absent: survey::draft::AbsentColumn| {
        let (what, remedy) = absent.told();
        Problem::new(absent.pointer, ProblemCode::Unknown, format!("{what} {remedy}"))
    };
    absent.into_iter().map(problem).collect()
}

/// The first value that does not fit, with its path. `model` reads without paths, which would
/// cost the app bytes; only here, after a fault, is it read a second time with them.
fn locate(collection: Collection, fields: &Map<String, Value>) -> Option<Problem> {
    fn fault<T: DeserializeOwned>(fields: &Map<String, Value>) -> Option<Problem> {
        let value = Value::Object(fields.clone());
        located::<T, _>(&value).err()
    }
    match collection {
        Collection::Site => fault::<catalogue::Site>(fields),
        Collection::Area => fault::<catalogue::Area>(fields),
        Collection::Ward => fault::<catalogue::Ward>(fields),
        Collection::Venue => fault::<catalogue::Venue>(fields),
        Collection::Theme => fault::<catalogue::Theme>(fields),
        Collection::Category => fault::<catalogue::Category>(fields),
        Collection::Event => fault::<catalogue::Event>(fields),
        Collection::Listing => fault::<catalogue::Listing>(fields),
        Collection::Survey => fault::<catalogue::Survey>(fields),
        Collection::SurveyVersion => fault::<catalogue::SurveyVersion>(fields),
    }
}

/// Reads a value and says where it does not fit, as a JSON Pointer.
///
/// # Errors
/// The first fault.
pub fn located<'de, T, D>(deserializer: D) -> Result<T, Problem>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
    D::Error: std::fmt::Display,
{
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => {
                    pointer.push('/');
                    // RFC 6901, 3: these two have a meaning of their own.
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let detail = error.inner().to_string();
        if let Some(rest) = detail.strip_prefix("missing field `") {
            // Serde finds a missing field at its parent; its message has the name.
            let name = rest.split('`').next().unwrap_or(rest);
            return Problem::new(
                format!("{pointer}/{name}"),
                ProblemCode::Required,
                format!("\"{name}\" is missing. Add it."),
            );
        }
        Problem::new(pointer, ProblemCode::Malformed, format!("{detail}."))
    })
}
