//! Our survey engine as ODK's is offered: a form is read, filled in, and asked for the state of what is on the screen.

use std::sync::Arc;

use model::{submission::Answer, time::Millis};
use serde_json::{Value, json};
use survey::{Context, Definition, Field, Fill, Kind};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// The language that the measured forms are written in.
const LANGUAGE: &str = "en";

/// A form that is being filled in.
#[wasm_bindgen]
pub struct Filling(Fill);

#[wasm_bindgen]
impl Filling {
    /// Reads a definition and begins, at `now` milliseconds since 1970.
    ///
    /// # Errors
    /// When it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(definition: &str, now: f64) -> Result<Filling, JsError> {
        let value: Value = serde_json::from_str(definition)?;
        let definition =
            Definition::read_published(&value).ok_or_else(|| JsError::new("no definition"))?;
        let context = Context { now: Millis(now as i64), ..Context::default() };
        Ok(Self(Fill::start(Arc::new(definition), context)))
    }

    /// What is on the screen, as JSON: a list of questions.
    pub fn page(&self) -> String {
        let fields: Vec<Value> = self.0.fields().iter().map(state).collect();
        Value::Array(fields).to_string()
    }

    /// Answers a question; the names of several choices with spaces between. False if it takes no answer.
    pub fn set(&mut self, path: &str, value: &str) -> bool {
        let Some(field) = self.0.field(path) else { return false };
        let answer = match field.kind() {
            Kind::SelectMultiple(_) | Kind::Rank(_) => {
                Answer::Many(value.split_whitespace().map(str::to_owned).collect())
            }
            _ => Answer::One(value.to_owned()),
        };
        self.0.set(path, Some(answer))
    }

    /// The state of the questions at these paths, which have lines between, as JSON.
    pub fn state(&self, paths: &str) -> String {
        let fields = paths.lines().filter_map(|path| self.0.field(path));
        Value::Array(fields.map(|field| state(&field)).collect()).to_string()
    }
}

/// What a screen shows of a question.
fn state(field: &Field<'_>) -> Value {
    if !field.is_relevant() {
        return json!({ "relevant": false });
    }
    let choices = field.choices(LANGUAGE).into_iter();
    let wrong = field.problems().into_iter().next().map(|problem| problem.code);
    json!({
        "relevant": true,
        "label": field.label(LANGUAGE),
        "hint": field.hint(LANGUAGE),
        "required": field.is_required(),
        "read_only": field.is_read_only(),
        "value": field.value(),
        "wrong": wrong,
        "choices": choices.map(|choice| json!([choice.name, choice.label])).collect::<Vec<_>>(),
    })
}
