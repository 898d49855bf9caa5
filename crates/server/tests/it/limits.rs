//! What is at its limit passes, what is one beyond is refused by name.

use std::sync::Arc;

use ::server::{
    Store, check,
    clock::now,
    import::{FAULTS, FILE_BYTES, ImportError, import_content, read_files},
    intake::Intake,
    store::{
        Scope,
        memory::Memory,
        tx::{Catalogue, History, NewState},
    },
};
use model::{
    Collection, Key, ProblemCode,
    catalogue::References,
    limits::{
        ADDRESS_LINES, CHOICES, EVENT_MINUTES, EXCEPTIONS, EXPRESSION_HEIGHT, LANGUAGES,
        LINE_CHARS, OPENINGS, PHONES, PROBLEMS, QUESTIONS, RECORD_FIELDS, REFERENCES, RULE_COUNT,
        RULE_INTERVAL, SUBMISSION_BYTES, TEXT_CHARS, THANKS, THEMES,
    },
    merge::Stored,
    wire::Verdict,
};
use serde_json::{Map, Value, json, value::RawValue};

use crate::{
    server::{Server, directory, file},
    submissions::{feedback, response},
};

/// Every record there could be.
struct Everything;

impl References for Everything {
    fn has(&self, _: Collection, _: &str) -> bool {
        true
    }
}

fn fault(collection: Collection, fields: &Value) -> Option<(String, ProblemCode)> {
    let fields: Map<_, _> = fields.as_object().unwrap().clone();
    let id = Key::parse(if collection == Collection::SurveyVersion { "t.1" } else { "a" }).unwrap();
    let problems = check::problems(collection, &id, &fields, &Everything);
    problems.into_iter().next().map(|problem| (problem.pointer, problem.code))
}

fn base(collection: Collection) -> Value {
    let text = json!({"en": "x"});
    match collection {
        Collection::Site => json!({"name": text, "place": text, "consent": text}),
        Collection::Ward => json!({"name": text, "code": "E05"}),
        Collection::Venue => {
            json!({"name": text, "address": [], "postcode": "RM", "area": "grays"})
        }
        Collection::Event => json!({
            "title": text, "summary": text, "place": "Park",
            "start": "2026-11-24T10:30:00", "minutes": 60,
        }),
        Collection::Listing => json!({
            "title": text, "summary": text, "categories": ["money"], "cost": "free",
        }),
        Collection::Survey => json!({
            "title": text, "summary": text, "minutes": 1, "state": "open", "version": 1,
        }),
        _ => json!({"name": text}),
    }
}

fn list(item: Value) -> impl Fn(usize) -> Value {
    move |count| Value::Array(vec![item.clone(); count])
}

fn words(count: usize) -> Value {
    json!("x".repeat(count))
}

fn english(count: usize) -> Value {
    json!({"en": "x".repeat(count)})
}

fn in_languages(count: usize) -> Value {
    let others = (1..count).map(|number| (format!("l{number}"), json!("x")));
    std::iter::once(("en".to_owned(), json!("x"))).chain(others).collect::<Map<_, _>>().into()
}

fn rule(count: usize) -> Value {
    let rule = "FREQ=DAILY;BYMONTH=1";
    json!(format!("{rule}{}", ",10".repeat((count - rule.len()) / 3)))
}

#[test]
fn each_list_and_text_of_a_record_has_an_end() {
    use Collection::{Event, Listing, Site, Survey, Venue, Ward};
    let opening = json!({"day": "monday", "from": "09:00:00", "to": "10:00:00"});
    type Case = (Collection, &'static str, usize, Box<dyn Fn(usize) -> Value>, usize);
    let cases: Vec<Case> = vec![
        (Event, "/themes", THEMES, Box::new(list(json!("t"))), 1),
        (Event, "/except", EXCEPTIONS, Box::new(list(json!("2026-11-24"))), 1),
        (Event, "/rule", 299, Box::new(rule), 3),
        (Event, "/place", LINE_CHARS, Box::new(words), 1),
        (Event, "/title", LANGUAGES, Box::new(in_languages), 1),
        (Event, "/cost", LANGUAGES, Box::new(in_languages), 1),
        (Event, "/cost/en", TEXT_CHARS, Box::new(english), 1),
        (Listing, "/categories", REFERENCES, Box::new(list(json!("c"))), 1),
        (Listing, "/areas", REFERENCES, Box::new(list(json!("c"))), 1),
        (Listing, "/languages", LANGUAGES, Box::new(list(json!("en"))), 1),
        (Listing, "/address", ADDRESS_LINES, Box::new(list(json!("a"))), 1),
        (Listing, "/address/0", LINE_CHARS, Box::new(|count| json!([words(count)])), 1),
        (Listing, "/phones", PHONES, Box::new(list(json!({"number": "1"}))), 1),
        (
            Listing,
            "/phones/0/note/en",
            TEXT_CHARS,
            Box::new(|count| json!([{"number": "1", "note": english(count)}])),
            1,
        ),
        (Listing, "/hours", OPENINGS, Box::new(list(opening.clone())), 1),
        (Venue, "/hours", OPENINGS, Box::new(list(opening)), 1),
        (Venue, "/address", ADDRESS_LINES, Box::new(list(json!("a"))), 1),
        (Site, "/thanks", THANKS, Box::new(list(json!({"en": "x"}))), 1),
        (Site, "/thanks/0/en", TEXT_CHARS, Box::new(|count| json!([english(count)])), 1),
        (Ward, "/code", LINE_CHARS, Box::new(words), 1),
        (Survey, "/outcome/en", TEXT_CHARS, Box::new(english), 1),
    ];
    for (collection, pointer, most, grow, step) in cases {
        let field = pointer.split('/').nth(1).unwrap();
        let with = |count| {
            let mut fields = base(collection);
            fields[field] = grow(count);
            fault(collection, &fields)
        };
        assert_eq!(with(most), None, "{collection:?} {pointer}");
        let (at, code) = with(most + step).unwrap_or_else(|| panic!("{collection:?} {pointer}"));
        assert_eq!(at, pointer);
        assert!(matches!(code, ProblemCode::TooMany | ProblemCode::TooLong), "{code:?}");
    }
}

#[test]
fn numbers_of_an_event_have_their_range() {
    let with = |field: &str, value: Value| {
        let mut fields = base(Collection::Event);
        fields[field] = value;
        fault(Collection::Event, &fields)
    };
    let rule = |part: &str, most: i32| json!(format!("FREQ=DAILY;{part}={most}"));
    let wrong = |at: &str, code| Some((at.to_owned(), code));
    assert_eq!(with("minutes", json!(EVENT_MINUTES)), None);
    let longer = with("minutes", json!(EVENT_MINUTES + 1));
    assert_eq!(longer, wrong("/minutes", ProblemCode::OutOfRange));
    for (part, most) in [("INTERVAL", RULE_INTERVAL), ("COUNT", RULE_COUNT)] {
        assert_eq!(with("rule", rule(part, most)), None);
        assert_eq!(with("rule", rule(part, most + 1)), wrong("/rule", ProblemCode::Malformed));
    }
}

#[test]
fn expressions_have_an_end() {
    let chained = |links: usize| {
        let mut item = question("q");
        item["relevant"] = json!(vec!["1"; links + 1].join("+"));
        survey(json!([item]))
    };
    // The numbers at the bottom are a level too.
    assert_eq!(chained(EXPRESSION_HEIGHT - 1), None);
    let longer = chained(EXPRESSION_HEIGHT);
    assert_eq!(longer, Some(("/definition/items/0/relevant".to_owned(), ProblemCode::Malformed)));
}

#[test]
fn a_record_has_so_many_fields_and_no_more() {
    let with = |count: usize| {
        let mut fields = base(Collection::Theme);
        for number in 1..count {
            fields[format!("f{number}")] = json!(1);
        }
        fault(Collection::Theme, &fields)
    };
    assert_eq!(with(RECORD_FIELDS), None);
    assert_eq!(with(RECORD_FIELDS + 1), Some((String::new(), ProblemCode::TooMany)));
}

fn survey(items: Value) -> Option<(String, ProblemCode)> {
    let definition = json!({"languages": ["en"], "items": items});
    let fields = json!({"survey": "t", "version": 1, "definition": definition});
    fault(Collection::SurveyVersion, &fields)
}

fn question(name: &str) -> Value {
    json!({"name": name, "type": "text", "label": {"en": "x"}})
}

#[test]
fn a_survey_has_an_end() {
    let questions =
        |count: usize| survey((0..count).map(|number| question(&format!("q{number}"))).collect());
    assert_eq!(questions(QUESTIONS), None);
    let after_the_last = format!("/definition/items/{QUESTIONS}");
    assert_eq!(questions(QUESTIONS + 2), Some((after_the_last, ProblemCode::TooMany)));

    let choices = |count: usize, name: &str| {
        let choice =
            |number: usize| json!({"name": format!("{name}{number}"), "label": {"en": "x"}});
        survey(json!([{"name": "q", "type": "select_one", "label": {"en": "x"},
                       "choices": (0..count).map(choice).collect::<Vec<_>>()}]))
    };
    assert_eq!(choices(CHOICES, "c"), None);
    let at = |pointer: &str| format!("/definition/items/0{pointer}");
    assert_eq!(choices(CHOICES + 1, "c"), Some((at("/choices"), ProblemCode::TooMany)));
    // An answer with a longer name in it would be refused.
    assert_eq!(choices(1, &"c".repeat(LINE_CHARS - 1)), None);
    let long = choices(1, &"c".repeat(LINE_CHARS));
    assert_eq!(long, Some((at("/choices/0/name"), ProblemCode::Malformed)));
    assert_eq!(survey(json!([question(&"q".repeat(LINE_CHARS))])), None);
    let long = survey(json!([question(&"q".repeat(LINE_CHARS + 1))]));
    assert_eq!(long, Some((at("/name"), ProblemCode::Malformed)));
}

#[test]
fn groups_are_not_without_bottom() {
    let nested = |levels: usize| {
        let mut item = question("q");
        for level in 1..levels {
            item = json!({"name": format!("g{level}"), "type": "group", "items": [item]});
        }
        survey(json!([item]))
    };
    assert_eq!(nested(8), None);
    assert_eq!(nested(9).unwrap().1, ProblemCode::TooLong);
}

#[tokio::test]
async fn a_record_of_any_size_costs_no_more_than_its_refusal() {
    let server = Server::start().await;
    let mut large = feedback(1, "large");
    large["spaces"] = json!(" ".repeat(2 * SUBMISSION_BYTES));
    let answers: Map<_, _> = (0..500).map(|n| (format!("n{n}"), json!({"one": "x"}))).collect();
    let wrong = response(2, 1, answers.into());
    let answer = server.push(&[large, wrong, feedback(3, "good")]).await;
    let verdicts = answer["verdicts"].as_array().unwrap();
    assert_eq!(verdicts[0]["problems"][0]["code"], "too_long");
    assert_eq!(verdicts[1]["problems"].as_array().unwrap().len(), PROBLEMS);
    assert_eq!(verdicts[2]["verdict"], "received");
}

#[tokio::test]
async fn a_published_survey_takes_answers_although_the_checks_have_become_stricter() {
    let items: Vec<_> = (0..=QUESTIONS).map(|number| question(&format!("q{number}"))).collect();
    assert!(survey(items.clone().into()).is_some());
    let fields = json!({"survey": "living", "version": 1,
                        "definition": {"languages": ["en"], "items": items}});
    // As an older program has stored it.
    let memory = Memory::new("epoch");
    let mut tx = memory.begin();
    let stored =
        Stored { rev: 1, fields: fields.as_object().unwrap().clone(), ..Stored::default() };
    let (collection, id) = (Collection::SurveyVersion, &Key::parse("living.1").unwrap());
    let seq = tx.take_places(Scope::Public, 1).await.unwrap();
    let state = NewState { collection, id, seq, stored: &stored, deleted_at: None };
    tx.save_record(state).await.unwrap();
    tx.commit().unwrap();

    let intake = Intake::new(Store::on(Arc::new(memory)));
    let record = response(1, 1, json!({"q500": {"one": "x"}})).to_string();
    let record = RawValue::from_string(record).unwrap();
    let answer = intake.take(&[&record], now()).await.unwrap();
    assert!(matches!(answer.verdicts[..], [Verdict::Received(_)]), "{answer:?}");
}

#[tokio::test]
async fn an_edit_that_no_record_can_hold_leaves_nothing() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let edit = |number: u32, id: &str, base_rev: u64, fields: Value| {
        json!({"edits": [{"edit": format!("018f0000-0000-7000-8000-{number:012}"),
                          "collection": "theme", "id": id, "base_rev": base_rev, "fields": fields}]})
    };
    let many = |from: usize, value: Value| -> Map<String, Value> {
        (from..from + RECORD_FIELDS - 1).map(|n| (format!("f{n}"), value.clone())).collect()
    };
    let send = async |edit: Value| {
        let answer = server.post_as(&cookie, "/api/v1/edits", &edit).await;
        answer.json()["results"][0].clone()
    };
    let mut too_many = many(0, json!(1));
    too_many.insert("g".to_owned(), json!(1));
    too_many.insert("h".to_owned(), json!(1));
    // On a record that is gone, where the edit would be kept as a conflict.
    let lost = send(edit(1, "gone", 3, too_many.into())).await;
    assert_eq!(
        (&lost["result"], &lost["problems"][0]["pointer"]),
        (&json!("invalid"), &json!("/fields"))
    );
    let conflicts = server.get_as(&cookie, "/api/v1/conflicts").await.json();
    assert_eq!(conflicts["conflicts"], json!([]));

    // Names that were taken away again stay with the record, and count.
    assert_eq!(send(edit(2, "health", 1, many(0, json!(1)).into())).await["result"], "merged");
    assert_eq!(send(edit(3, "health", 2, many(0, json!(null)).into())).await["result"], "merged");
    let more = send(edit(4, "health", 3, many(500, json!(1)).into())).await;
    assert_eq!(
        (&more["result"], &more["problems"][0]["code"]),
        (&json!("invalid"), &json!("too_many"))
    );
}

#[tokio::test]
async fn of_a_file_without_end_only_its_beginning_is_read() {
    let store = Store::memory();
    let numbers = format!("[{}0]", "0,\n".repeat(FAULTS + 10));
    let rows = format!("id\n{}", "A A\n".repeat(FAULTS + 10));
    let empty: Vec<_> = (0..FAULTS + 10).map(|n| json!({"id": format!("a{n}")})).collect();
    let empty = Value::from(empty).to_string();
    let files = [("theme.json", numbers), ("events.csv", rows), ("theme.json", empty)];
    for files in files.map(|(name, text)| vec![file(name, text)]) {
        let Err(ImportError::Faults(faults)) = import_content(&store, files).await else {
            panic!()
        };
        assert_eq!(faults.len(), FAULTS);
    }
    let dir = directory(&[("theme.json", b"[]")]);
    let path = dir.path().join("theme.json");
    assert_eq!(read_files(&path).unwrap().len(), 1);
    std::fs::File::options().write(true).open(&path).unwrap().set_len(FILE_BYTES + 1).unwrap();
    assert!(matches!(read_files(&path), Err(ImportError::TooLarge { .. })));
}
