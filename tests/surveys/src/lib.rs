//! Our survey engine as ODK's is offered: a form is read, filled in, and asked for the state of what is on the screen.

use std::sync::Arc;

use js_sys::{Array, Object, Reflect};
use model::{submission::Answer, time::Millis};
use serde_json::Value;
use survey::{Context, Definition, Field, Fill, Kind};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

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
        let definition = serde_json::from_str(definition)
            .ok()
            .and_then(|value: Value| Definition::read_published(&value))
            .ok_or_else(|| JsError::new("no definition"))?;
        let context = Context { now: Millis(now as i64), ..Context::default() };
        Ok(Self(Fill::start(Arc::new(definition), context)))
    }

    /// What is on the screen: a list of questions.
    pub fn page(&self) -> Array {
        self.0.fields().iter().map(state).collect()
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

    /// The state of the questions at these paths, which have lines between.
    pub fn state(&self, paths: &str) -> Array {
        paths.lines().filter_map(|path| self.0.field(path)).map(|field| state(&field)).collect()
    }
}

/// What a screen shows of a question.
fn state(field: &Field<'_>) -> JsValue {
    let shown = Object::new();
    let set = |name: &str, value: JsValue| {
        // Only an object that is frozen or a proxy refuses it.
        let _ = Reflect::set(&shown, &name.into(), &value);
    };
    set("relevant", field.is_relevant().into());
    if field.is_relevant() {
        let choice = |choice: survey::Offer| -> JsValue {
            Array::of2(&choice.name.into(), &choice.label.into()).into()
        };
        let wrong = field.problems().into_iter().next().map(|problem| problem.detail);
        set("label", field.label(LANGUAGE).into());
        set("hint", field.hint(LANGUAGE).into());
        set("required", field.is_required().into());
        set("read_only", field.is_read_only().into());
        set("value", field.value().into());
        set("wrong", wrong.into());
        set("choices", field.choices(LANGUAGE).into_iter().map(choice).collect::<Array>().into());
    }
    shown.into()
}
