//! By what ODK's tools tell forms apart: `form_id` names the form, `version` what it says now (XLSForm, settings).
//!
//! A form keeps its `form_id` through all its versions, and no two forms have the same. Each version has a `version` of its own: a
//! changed form under the same one is refused by ODK Central, and by older tools taken for the form that they have.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A version of a survey that is published.
#[derive(Debug, Clone, Copy)]
pub struct Published<'a> {
    /// The survey's key.
    pub survey: &'a str,
    /// From 1.
    pub version: u32,
    /// What is asked.
    pub definition: &'a Value,
}

/// The latest version of `survey` as it goes out, with its `form_id` and its `version`; none if no version of it is published.
///
/// `published` are all versions of all surveys, in the order in which they were published. A survey goes out under the `form_id` that its first
/// version came in with, unless a survey before it has that: one that came in twice, or was duplicated, is another form. It then goes
/// out under its key. The first version that carries a `version` goes out with it; one after it that still carries the same, as does every
/// version made from it here, has its number behind it: `2026010100`, `2026010100-2`.
pub fn identified(survey: &str, published: &[Published<'_>]) -> Option<Value> {
    let mut versions: Vec<_> = published.iter().filter(|it| it.survey == survey).collect();
    versions.sort_by_key(|it| it.version);
    let latest = versions.last()?;
    let mut issued = BTreeSet::new();
    let mut version = String::new();
    for one in &versions {
        let number = one.version.to_string();
        version = setting(one.definition, "version").map_or_else(|| number.clone(), str::to_owned);
        while !issued.insert(version.clone()) {
            version = format!("{version}-{number}");
        }
    }
    let mut definition = latest.definition.as_object()?.clone();
    let settings = definition.entry("settings").or_insert_with(|| Map::new().into());
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("form_id".to_owned(), form_id(survey, published).into());
        settings.insert("version".to_owned(), version.into());
    }
    Some(Value::Object(definition))
}

/// What `survey` is called among all forms.
fn form_id(survey: &str, published: &[Published<'_>]) -> String {
    let mut taken = BTreeSet::new();
    let mut known = BTreeSet::new();
    for one in published {
        if !known.insert(one.survey) {
            continue;
        }
        let first = published.iter().filter(|it| it.survey == one.survey);
        let first = first.min_by_key(|it| it.version).unwrap_or(one);
        let wanted = setting(first.definition, "form_id").unwrap_or(one.survey);
        let mut id = if taken.contains(wanted) { one.survey } else { wanted }.to_owned();
        while !taken.insert(id.clone()) {
            id.push_str("-2");
        }
        if one.survey == survey {
            return id;
        }
    }
    survey.to_owned()
}

/// A setting that says something.
fn setting<'a>(definition: &'a Value, key: &str) -> Option<&'a str> {
    let text = definition.get("settings")?.get(key)?.as_str()?;
    Some(text.trim()).filter(|text| !text.is_empty())
}
