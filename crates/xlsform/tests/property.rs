//! Whatever a form is made of, out and in again it is the same form.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use xlsform::{
    Book, Options, Published, Sheet, export, export_book, identified, import, import_book,
};

/// Words as an import leaves them: no space around them, none doubled, straight quotation marks.
fn words() -> impl Strategy<Value = String> {
    let any = "[a-zA-Z0-9ąśćЖ汉=+@<>&\"'%#:;.,_(){}*/\\\\\n-]{1,12}( [a-zA-Zż'=<&]{1,8}){0,3}";
    any.prop_map(|text| text.trim().to_owned())
        .prop_filter("some words", |text| !text.is_empty() && !text.contains("${"))
}

fn text() -> impl Strategy<Value = Value> {
    (words(), prop::option::of(words()), prop::option::of(words())).prop_map(|(en, pl, x)| {
        let mut text = Map::from_iter([("en".to_owned(), Value::from(en))]);
        text.extend(pl.map(|words| ("pl".to_owned(), words.into())));
        text.extend(x.map(|words| ("x-ours".to_owned(), words.into())));
        text.into()
    })
}

fn expression() -> impl Strategy<Value = Value> {
    let all =
        ["${first} = 'x'", "selected(${first}, \"a\")", "${first} > 3", "today() - 1", "1=1", "-1"];
    prop::sample::select(all.to_vec()).prop_map(Value::from)
}

/// A question without its name.
fn question() -> impl Strategy<Value = Map<String, Value>> {
    let condition = prop_oneof![expression(), any::<bool>().prop_map(Value::from)];
    let kind = prop_oneof![
        prop::sample::select(vec![
            "text",
            "integer",
            "decimal",
            "date",
            "time",
            "dateTime",
            "note",
            "acknowledge",
            "hidden",
            "barcode",
            "geopoint",
            "file",
            "start",
            "email"
        ])
        .prop_map(|kind| json!({"type": kind})),
        prop::sample::select(vec!["select_one", "select_multiple", "rank"])
            .prop_map(|kind| json!({"type": kind, "list": "places"})),
        Just(json!({"type": "select_one", "file": "towns.csv", "parameters": {"value": "Code"}})),
        Just(json!({"type": "select_one", "list": "${first}"})),
        Just(json!({"type": "select_multiple", "list": "places",
                    "parameters": {"randomize": "true", "seed": 7}})),
        (-5..5_i64, 1..9_i64).prop_map(|(start, step)| json!({"type": "range",
            "parameters": {"start": start, "end": start + 3 * step, "step": step}})),
        expression().prop_map(|source| json!({"type": "calculate", "calculation": source})),
        Just(json!({"type": "audio", "parameters": {"quality": "low"}})),
    ];
    let fields = (
        (prop::option::of(text()), prop::option::of(text()), prop::option::of(text())),
        (prop::option::of(expression()), prop::option::of(expression())),
        (prop::option::of(condition.clone()), prop::option::of(condition)),
        (prop::option::of(words()), prop::option::of(expression()), any::<bool>()),
        prop::option::of(prop::sample::select(vec!["likert", "multiline", "minimal w2"])),
    );
    (kind, fields).prop_map(|(kind, (texts, expressions, flags, rest, appearance))| {
        let mut item = kind.as_object().cloned().unwrap_or_default();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                item.entry(key.to_owned()).or_insert(value);
            }
        };
        put("label", texts.0);
        put("hint", texts.1);
        put("constraint_message", texts.2);
        put("relevant", expressions.0);
        put("constraint", expressions.1);
        put("required", flags.0);
        put("read_only", flags.1);
        // What looks like an expression would be one.
        let plain = |text: String| text.replace(|c: char| !c.is_alphanumeric() && c != ' ', "x");
        put("default", rest.0.map(plain).map(Value::from));
        put("choice_filter", rest.1);
        put("may_decline", rest.2.then_some(Value::Bool(true)));
        put("appearance", appearance.map(Value::from));
        item
    })
}

fn item() -> impl Strategy<Value = Map<String, Value>> {
    question().prop_recursive(3, 24, 4, |inner| {
        let inside = prop::collection::vec(inner, 0..4);
        let kind = prop::sample::select(vec!["group", "repeat"]);
        (kind, text(), prop::option::of(expression()), inside).prop_map(
            |(kind, label, relevant, items)| {
                let items: Vec<Value> = items.into_iter().map(Value::Object).collect();
                let mut group = json!({"type": kind, "label": label, "items": items});
                if let Some(relevant) = relevant {
                    group["relevant"] = relevant;
                }
                group.as_object().cloned().unwrap_or_default()
            },
        )
    })
}

/// Gives every item a name of its own.
fn name(items: &mut [Value], next: &mut usize) {
    for item in items {
        item["name"] = format!("q{next}").into();
        *next += 1;
        if let Some(inner) = item.get_mut("items").and_then(Value::as_array_mut) {
            name(inner, next);
        }
    }
}

prop_compose! {
    fn definition()(
        items in prop::collection::vec(item(), 0..6),
        choices in prop::collection::vec((text(), prop::option::of(words())), 1..5),
        title in prop::option::of(words()),
    ) -> Value {
        let mut items: Vec<Value> = items.into_iter().map(Value::Object).collect();
        name(&mut items, &mut 0);
        // In a repeat, so that its answers can be picked from.
        let first = json!({"type": "text", "name": "first", "label": {"en": "First"}});
        items.insert(0, json!({"type": "repeat", "name": "each", "label": {"en": "Each"}, "items": [first]}));
        let choices: Vec<Value> = (0..).zip(choices).map(|(number, (label, county))| {
            let mut choice = json!({"name": format!("c{number}"), "label": label});
            if let Some(county) = county {
                choice["columns"] = json!({"county": county});
            }
            choice
        }).collect();
        let mut definition = json!({
            "languages": ["en", "pl", "x-ours"],
            "language_names": {"pl": "Polski", "x-ours": "Our (own) words"},
            "settings": {"form_id": "ours", "version": "2026"},
            "title": {"en": "ours"},
            "lists": {"places": choices},
            "items": items,
        });
        if let Some(title) = title {
            definition["title"] = json!({"en": title});
        }
        definition
    }
}

/// A cell that means something on some sheet, or nothing on any.
fn cell() -> impl Strategy<Value = String> {
    let known = [
        "",
        "",
        "",
        "type",
        "name",
        "label",
        "label::Polski (pl)",
        "label:English",
        "hint",
        "relevant",
        "required",
        "calculation",
        "list_name",
        "value",
        "county",
        "repeat_count",
        "parameters",
        "choice_filter",
        "trigger",
        "media::image",
        "bind::x",
        "default_language",
        "form_id",
        "text",
        "integer",
        "note",
        "range",
        "calculate",
        "begin_group",
        "end group",
        "begin repeat",
        "end_repeat",
        "begin loop over a",
        "end loop",
        "select_one a",
        "select_multiple b or_other",
        "rank a",
        "select_one_external a",
        "select_one_from_file f.csv",
        "select_one ${a}",
        "a",
        "b",
        "c",
        "${a}",
        "${b",
        "yes",
        "no",
        "start=1 end=2",
        "table-list",
        "audit",
        "%(label)s",
        "==",
        "“x”",
        "disabled",
        "1.0",
        "image",
        "appearance",
        "field-list",
        "\u{a0}",
        "osm a",
    ];
    prop_oneof![
        20 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn rows(most: usize) -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 0..7), 0..most)
}

/// What a version may have come in with; some look like what is made of others.
fn identity() -> impl Strategy<Value = Value> {
    let form_id = prop::option::of(prop::sample::select(vec!["a", "b", "a-2", "form", " "]));
    let version = prop::option::of(prop::sample::select(vec!["1", "2", "1-2", "1-3", "", "v"]));
    (form_id, version).prop_map(|(form_id, version)| {
        let mut settings = Map::new();
        settings.extend(form_id.map(|it| ("form_id".to_owned(), it.into())));
        settings.extend(version.map(|it| ("version".to_owned(), it.into())));
        json!({"languages": ["en"], "settings": settings, "items": []})
    })
}

proptest! {
    /// However surveys came in, were copied and were published in turns: all versions of one go out as one form, no two of them as
    /// the same version, no two surveys as one form, and what was once given out stays so.
    #[test]
    fn no_form_takes_the_identity_of_another(
        all in prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), identity()), 1..12),
    ) {
        let mut published: Vec<Published<'_>> = Vec::new();
        let mut issued: Vec<(&str, String, String)> = Vec::new();
        for (survey, definition) in &all {
            let before = published.iter().filter(|it| it.survey == *survey).count();
            let version = u32::try_from(before).unwrap() + 1;
            published.push(Published { survey, version, definition });
            let out = identified(survey, &published).unwrap();
            let text = |key: &str| out["settings"][key].as_str().unwrap().to_owned();
            let (form_id, version) = (text("form_id"), text("version"));
            for (other, other_id, other_version) in &issued {
                prop_assert_eq!(other == survey, *other_id == form_id, "{:?} {}", &issued, form_id);
                prop_assert!(other != survey || *other_version != version, "{:?} {}", &issued, version);
            }
            prop_assert!(!form_id.trim().is_empty() && !version.trim().is_empty());
            issued.push((survey, form_id, version));
        }
        prop_assert_eq!(identified("d", &published), None);
    }

    #[test]
    fn what_goes_out_comes_in_the_same(definition in definition()) {
        let bytes = export(&definition).unwrap();
        let again = import(&bytes, &Options::default());
        prop_assert!(again.definition.is_some(), "{:#?}", again.findings);
        prop_assert_eq!(again.definition.unwrap(), definition);
    }

    #[test]
    fn sheets_of_anything_are_read_or_refused(
        head in prop::collection::vec(cell(), 0..5),
        survey in rows(12), choices in rows(6), settings in rows(3), external in rows(4),
    ) {
        let with_heading = |first: &[&str], rows: &[Vec<String>]| {
            let mut heading: Vec<String> = first.iter().map(|cell| (*cell).to_owned()).collect();
            heading.extend(head.iter().cloned());
            std::iter::once(heading).chain(rows.iter().cloned()).collect::<Vec<_>>()
        };
        let book = Book { sheets: vec![
            Sheet::of("survey", &with_heading(&["type", "name", "label"], &survey)),
            Sheet::of("choices", &with_heading(&["list_name", "name", "label"], &choices)),
            Sheet::of("settings", &settings),
            Sheet::of("external_choices", &with_heading(&["list_name", "name", "label"], &external)),
        ] };
        let read = import_book(&book, &Options::default());
        prop_assert_eq!(read.definition.is_none(), read.errors().next().is_some());
        if let Some(definition) = read.definition {
            let again = import_book(&export_book(&definition).unwrap(), &Options::default());
            prop_assert!(again.definition.is_some(), "{:#?}", again.findings);
            prop_assert_eq!(again.definition.unwrap(), definition);
        }
    }
}
