//! The fields of an object by their JSON type. What has another one is told and left out.

use model::{Named, ProblemCode, Text, limits::LINE_CHARS};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{Place, Reader};

impl<const CHECKED: bool> Reader<CHECKED> {
    pub(super) fn own_name(&mut self, place: Place<'_>) -> String {
        self.plain(place, "name")
    }

    pub(super) fn words<'a>(&mut self, place: Place<'a>, field: &str) -> &'a str {
        self.field(place, field, Value::as_str, "Write this as text.").unwrap_or_default()
    }

    /// A text that may be written as a number or a truth.
    pub(super) fn plain(&mut self, place: Place<'_>, field: &str) -> String {
        let read = |value: &Value| (!value.is_object() && !value.is_array()).then(|| plain(value));
        self.field(place, field, read, "Write this as text.").unwrap_or_default()
    }

    pub(super) fn flag(&mut self, place: Place<'_>, field: &str) -> bool {
        self.field(place, field, Value::as_bool, "Write this as true or false.").unwrap_or_default()
    }

    pub(super) fn list<'a>(&mut self, place: Place<'a>, field: &str) -> &'a [Value] {
        let list = self.field(place, field, Value::as_array, "Write this as a list.");
        list.map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn object<'a>(
        &mut self,
        place: Place<'a>,
        field: &str,
    ) -> Option<&'a Map<String, Value>> {
        self.field(place, field, Value::as_object, "Write this as an object.")
    }

    /// An object of texts, numbers and truths.
    pub(super) fn strings(&mut self, place: Place<'_>, field: &str) -> Named<String> {
        let object = self.object(place, field).into_iter().flatten();
        object.map(|(name, value)| (name.clone(), plain(value))).collect()
    }

    pub(super) fn text(&mut self, place: Place<'_>, field: &str) -> Text {
        let read = |value| Text::deserialize(value).ok();
        let detail = "Write a text for each language, such as {\"en\": \"Libraries\"}.";
        self.field(place, field, read, detail).unwrap_or_default()
    }

    /// A field's value, if it is there and as `read` wants it.
    fn field<'a, T>(
        &mut self,
        place: Place<'a>,
        field: &str,
        read: impl Fn(&'a Value) -> Option<T>,
        detail: &str,
    ) -> Option<T> {
        let value = place.fields.get(field).filter(|value| !value.is_null())?;
        let found = read(value);
        if CHECKED && found.is_none() {
            self.add(place.pointer, &format!("/{field}"), ProblemCode::Malformed, detail);
        }
        found
    }
}

/// A text, number or truth as text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        // As an expression would write it. The whole numbers of JSON beyond 2^53 are no names that anybody gives.
        Value::Number(number) => number.as_f64().map(crate::number::write).unwrap_or_default(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

pub(super) fn too_long(name: &str) -> bool {
    name.chars().count() > LINE_CHARS
}
