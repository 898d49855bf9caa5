//! What is wrong with a value, said so that both a program and a person can act on it.

use serde::{Deserialize, Serialize};

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// JSON Pointer (RFC 6901) to the field, from the root of the value that was checked.
    pub pointer: String,
    /// What kind of fault it is. The app's locale files have one sentence for each.
    #[serde(deserialize_with = "known_or_malformed")]
    pub code: ProblemCode,
    /// The fault and its remedy in English, for logs, scripts and the command line.
    pub detail: String,
}

/// The kinds of fault. Names are stable: they are on the wire and in the locale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// A value must be given.
    Required,
    /// The value is longer, larger or deeper than its limit.
    TooLong,
    /// There are more items than allowed.
    TooMany,
    /// The value is below or above its range.
    OutOfRange,
    /// The value is not of the right type or form.
    Malformed,
    /// The value is none of the choices, or names something that does not exist.
    Unknown,
    /// The same name stands twice where it must be unique.
    Duplicate,
    /// The value contradicts another one, or what is already stored.
    Conflict,
    /// Consent was not given, so nothing may be kept.
    NoConsent,
}

/// A newer server may name a kind of fault that this program does not know; that must not make
/// the rest of its answer unreadable.
fn known_or_malformed<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<ProblemCode, D::Error> {
    let name = String::deserialize(deserializer)?;
    Ok(ProblemCode::deserialize(serde_json::Value::String(name)).unwrap_or(ProblemCode::Malformed))
}

impl Problem {
    /// A problem at `pointer`; `detail` says what is wrong and what to do.
    pub fn new(pointer: impl Into<String>, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }

    /// The same problem seen from further out: `prefix` is put before the pointer.
    pub fn under(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", if self.pointer.is_empty() { "/" } else { &self.pointer }, self.detail)
    }
}
