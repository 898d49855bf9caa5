//! JSON by way of [`Value`]. Each type is then read and written by one machine instead of
//! three, which matters where code is sent over slow networks: it saves the app a tenth of its
//! bytes.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

/// Reads a value from text.
///
/// # Errors
/// Where the text is no JSON, or what does not fit.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let value: Value = serde_json::from_str(text)?;
    T::deserialize(&value)
}

/// Writes a value as text without white space.
///
/// # Errors
/// If the value cannot be JSON, such as a map whose keys are no text.
pub fn write(value: &impl Serialize) -> Result<String, Error> {
    text(&serde_json::to_value(value)?)
}

/// The text of a value. By this and not by its `Display`, which would bring a second writer and one for
/// indented text along.
///
/// # Errors
/// None: a value is JSON already.
pub fn text(value: &Value) -> Result<String, Error> {
    serde_json::to_string(value)
}
