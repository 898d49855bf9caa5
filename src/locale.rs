//! The languages of the screen. English is embedded; the others are one file (`locales/pack.mjs`) that is
//! precached with the app and read when somebody chooses one, so a language is added without a rebuild.

use std::{cell::RefCell, cmp::Ordering, rc::Rc};

use crate::view::{Part, Slot, View, view};
use js_sys::{Intl::PluralRules, JsString};
use leptos::prelude::*;
use reqwasm::http::Request;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use crate::platform::browser;

/// Every key of `locales/en.json`, as constants.
pub mod key {
    include!(concat!(env!("OUT_DIR"), "/locale.rs"));
}

/// A text of the screen: its place in a packed language, and its English words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u16, &'static str);

/// A text that depends on a number: `waiting_one`, `waiting_few`, `waiting_other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plural {
    place: u16,
    one: &'static str,
    other: &'static str,
}

/// A language people can choose: its BCP 47 tag and its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// `en`, `ro`, `pl`, `lt`.
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
}

/// English and, after the 2021 Census, the languages most spoken in Thurrock beside it.
pub const LANGUAGES: [Language; 4] = [
    Language { tag: "en", name: "English" },
    Language { tag: "ro", name: "Română" },
    Language { tag: "pl", name: "Polski" },
    Language { tag: "lt", name: "Lietuvių" },
];

type Texts = Rc<Vec<Value>>;

thread_local! {
    /// The tag of the language on the screen. Not in a context: event handlers have none, and
    /// they make sentences too.
    static TAG: ArcRwSignal<&'static str> = ArcRwSignal::new("en");
    /// The texts of the chosen language; empty for English.
    static TEXTS: RefCell<Texts> = RefCell::default();
}

/// The tag of the language on the screen; tracked.
pub fn language() -> &'static str {
    TAG.with(Get::get)
}

/// Goes on in the language that the page says it is in: the program before this one left it so (`public/boot.js`).
pub fn resume() {
    let said = browser::language();
    if let Some(language) = LANGUAGES.into_iter().find(|it| it.tag == said) {
        choose(language);
    }
}

/// Fetches a language and shows it. Offline it comes from the service worker's cache; where it
/// is not to be had, the language stays as it is.
pub fn choose(language: Language) {
    spawn_local(async move {
        match texts_of(language).await {
            Ok(texts) => {
                TEXTS.set(texts);
                browser::set_language(language.tag);
                TAG.with(|tag| tag.set(language.tag));
            }
            Err(error) => gloo::console::warn!("The language was not to be had:", error),
        }
    });
}

async fn texts_of(language: Language) -> Result<Texts, String> {
    if language == LANGUAGES[0] {
        return Ok(Texts::default());
    }
    let response = Request::get("/languages.json").send().await.map_err(|it| it.to_string())?;
    let text = response.text().await.map_err(|error| error.to_string())?;
    let all: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    // The file of another build has its texts in other places.
    if all.get("order").and_then(Value::as_str) != Some(key::ORDER) {
        return Err("it is of another build".to_owned());
    }
    Ok(Rc::new(all.get(language.tag).and_then(Value::as_array).cloned().unwrap_or_default()))
}

/// The text of `key` in the language on the screen; tracked.
pub fn t(key: Key) -> String {
    let Key(place, english) = key;
    language();
    let own = TEXTS.with_borrow(|texts| Some(texts.get(usize::from(place))?.as_str()?.to_owned()));
    own.unwrap_or_else(|| english.to_owned())
}

/// The text of `key` as a part of a page, kept in the language on the screen. Not generic and not
/// inlined: a closure in every place would cost a kilobyte each.
#[inline(never)]
pub fn words(key: Key) -> Slot {
    (move || t(key)).into_slot()
}

/// The text of `key` among the words of a form, which may be in another language and run from right to left: it says which
/// language it is in, and its full stop stays at its end. See [`words`].
#[inline(never)]
pub fn marked(key: Key) -> View {
    view! { <bdi lang=language dir="ltr">{words(key)}</bdi> }
}

/// The text of `key` for the property of a component or an attribute; see [`words`].
#[inline(never)]
pub fn label(key: Key) -> Signal<String> {
    Signal::derive(move || t(key))
}

/// The text of `key` with `{name}` replaced by its value.
pub fn tf(key: Key, values: &[(&str, &str)]) -> String {
    fill(t(key), values)
}

/// The text for a number, `{n}` replaced by it, by the plural rules of the language.
pub fn tn(plural: Plural, number: usize) -> String {
    let text = plural_text(plural, number);
    fill(text, &[("n", &number.to_string())])
}

fn plural_text(plural: Plural, number: usize) -> String {
    let Plural { place, one, other } = plural;
    let locales = js_sys::Array::of1(&JsValue::from_str(language()));
    let rules = PluralRules::new(&locales, &js_sys::Object::new());
    let category = rules.select(number as f64).as_string().unwrap_or_default();
    let own = TEXTS.with_borrow(|texts| {
        let forms = texts.get(usize::from(place))?;
        let form = forms.get(&category).or_else(|| forms.get("other"))?;
        Some(form.as_str()?.to_owned())
    });
    own.unwrap_or_else(|| if number == 1 { one } else { other }.to_owned())
}

fn fill(mut text: String, values: &[(&str, &str)]) -> String {
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// The text of a content [`model::Text`] in the language on the screen; tracked.
pub fn content(text: &model::Text) -> String {
    text.get(language()).to_owned()
}

/// Which of two names stands first in the alphabet of the language on the screen.
pub fn compare(one: &str, other: &str) -> Ordering {
    let locales = js_sys::Array::of1(&JsValue::from_str(language()));
    let order = JsString::from(one).locale_compare(other, &locales, &js_sys::Object::new());
    order.cmp(&0)
}

/// The words for a date or time given as UTC milliseconds of a wall time.
pub(crate) fn date_words(millis: f64, options: &[(&str, &str)]) -> String {
    let object = js_sys::Object::new();
    for (name, value) in options.iter().chain(&[("timeZone", "UTC")]) {
        if js_sys::Reflect::set(&object, &(*name).into(), &(*value).into()).is_err() {
            return String::new();
        }
    }
    // "en" alone would be American: month before day.
    let tag = match language() {
        "en" => "en-GB",
        other => other,
    };
    js_sys::Date::new(&JsValue::from_f64(millis))
        .to_locale_date_string(tag, object.unchecked_ref())
        .into()
}

/// What a language is called in another one, or in itself; `None` where the browser knows no name.
pub fn name_of(tag: &str, shown_in: &str) -> Option<String> {
    let options = js_sys::Object::new();
    for (name, value) in [("type", "language"), ("fallback", "none")] {
        js_sys::Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // Both are called by hand: a tag that is none makes them throw.
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let names = js_sys::Function::from(js_sys::Reflect::get(&intl, &"DisplayNames".into()).ok()?);
    let locales = js_sys::Array::of1(&shown_in.into());
    let names = js_sys::Reflect::construct(&names, &js_sys::Array::of2(&locales, &options)).ok()?;
    let of = js_sys::Function::from(js_sys::Reflect::get(&names, &"of".into()).ok()?);
    of.call1(&names, &tag.into()).ok()?.as_string()
}
