//! What rows stand for more than one item: loops, and "or specify other".

use serde_json::{Map, Value};

use crate::choices::put;

/// Items in an item, itself counted.
pub(crate) fn size(item: &Map<String, Value>) -> usize {
    let inner = item.get("items").and_then(Value::as_array).into_iter().flatten();
    1 + inner.filter_map(Value::as_object).map(size).sum::<usize>()
}

/// The items of a loop: a group for each choice of its list but `none`, in which `%(name)s` and
/// `%(label)s` are the choice's.
pub(crate) fn looped(
    items: &[Map<String, Value>],
    choices: &[Map<String, Value>],
) -> Vec<Map<String, Value>> {
    let name_of = |choice: &Map<String, Value>| {
        choice.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let chosen = choices.iter().filter(|choice| name_of(choice) != "none");
    chosen
        .map(|choice| {
            let name = name_of(choice);
            let mut group: Map<String, Value> = choice.clone();
            group.remove("columns");
            group.insert("type".to_owned(), "group".into());
            group.insert(
                "items".to_owned(),
                items.iter().map(|item| Value::Object(filled(item, &name, choice))).collect(),
            );
            group
        })
        .collect()
}

/// An item with a choice's name and label in its own texts; those inside it stay, as with pyxform.
fn filled(
    item: &Map<String, Value>,
    name: &str,
    choice: &Map<String, Value>,
) -> Map<String, Value> {
    let labels = choice.get("label").and_then(Value::as_object);
    let label_in = |tag: &str| {
        labels
            .and_then(|labels| labels.get(tag).or_else(|| labels.values().next()))
            .and_then(Value::as_str)
            .unwrap_or(name)
    };
    let own = labels.and_then(|labels| labels.keys().next()).map_or("", String::as_str);
    let fill = |text: &str, tag: &str| {
        text.replace("%(name)s", name).replace("%(label)s", label_in(tag)).replace("%%", "%")
    };
    item.iter()
        .map(|(key, value)| {
            let value = match value {
                Value::String(text) => fill(text, own).into(),
                Value::Object(texts) if key != "parameters" => texts
                    .iter()
                    .map(|(tag, text)| match text.as_str() {
                        Some(words) => (tag.clone(), fill(words, tag).into()),
                        None => (tag.clone(), text.clone()),
                    })
                    .collect::<Map<_, _>>()
                    .into(),
                other => other.clone(),
            };
            (key.clone(), value)
        })
        .collect()
}

/// The choice that "or specify other" adds: "Other" in every language that the list has.
pub(crate) fn other(choices: &[Map<String, Value>], own: &str) -> Map<String, Value> {
    let mut other = Map::new();
    other.insert("name".to_owned(), "other".into());
    for choice in choices {
        for tag in choice.get("label").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            put(&mut other, "label", tag, "Other".into());
        }
    }
    if !other.contains_key("label") {
        put(&mut other, "label", own, "Other".into());
    }
    other
}
