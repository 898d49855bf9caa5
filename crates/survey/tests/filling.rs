//! What a person and the server see of a survey: pages, answers that come and go, repeats, cascades, triggers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use model::{Key, submission::Answer, time::Millis};
use serde_json::{Value, json};
use survey::{Context, Definition, Fill, Screen};

fn read(items: Value) -> Arc<Definition> {
    let lists = json!({"yes_no": [{"name": "yes", "label": {"en": "Yes", "pl": "Tak"}},
                                  {"name": "no", "label": {"en": "No", "pl": "Nie"}}]});
    let form = json!({"languages": ["en", "pl"], "lists": lists, "items": items});
    let published = Definition::read_published(&form).unwrap();
    let definition = Definition::read(&form).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(definition, published);
    Arc::new(definition)
}

fn problems(items: Value) -> Vec<String> {
    let form = json!({"languages": ["en"], "items": items});
    let problems = Definition::read(&form).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

/// 22 November 2026, 20:38 in London.
fn context() -> Context {
    Context { now: Millis(1_795_379_880_000), seed: 7, device: "t1".into(), ..Context::default() }
}

fn start(items: Value) -> Fill {
    Fill::start(read(items), context())
}

fn one(value: &str) -> Option<Answer> {
    Some(Answer::One(value.into()))
}

/// Where somebody is: the path of the page, the repeat with a plus, or "check".
fn at(fill: &Fill) -> String {
    match fill.screen() {
        Screen::Page(page) => page.path,
        Screen::More(more) => format!("{}+", more.path),
        Screen::Check => "check".into(),
    }
}

fn shown(fill: &Fill) -> Vec<String> {
    fill.fields().iter().map(|field| field.path()).collect()
}

fn answers(fill: &Fill) -> Value {
    serde_json::to_value(fill.answers()).unwrap()
}

/// Answers the question on the screen and goes on.
fn tell(fill: &mut Fill, value: &str) {
    let path = at(fill);
    assert!(fill.set(&path, one(value)), "{path}");
    fill.go_on().unwrap();
}

/// What the tablet finishes the server accepts.
fn finish(fill: &Fill) -> Value {
    let response = fill.finish(Key::parse("s").unwrap(), 1, Some(90)).unwrap().into_inner();
    assert_eq!(fill.definition().check(&response), vec![]);
    serde_json::to_value(response.answers).unwrap()
}

#[test]
fn fields_of_one_page_come_and_go_as_it_is_typed() {
    let mut fill = start(json!([
        {"name": "home", "type": "group", "label": {"en": "Home"}, "appearance": "w2 field-list", "items": [
            {"name": "pets", "type": "integer", "label": {"en": "Pets?"}},
            {"name": "kinds", "type": "text", "label": {"en": "Which are your ${pets} pets?"},
             "relevant": "${pets} > 0", "required": "${pets} > 1"},
        ]},
        {"name": "end", "type": "note", "label": {"en": "Thanks", "pl": "Dziękujemy"}},
    ]));
    assert_eq!((at(&fill), shown(&fill)), ("home".into(), vec!["pets".into()]));
    fill.set("pets", one("2"));
    assert_eq!(shown(&fill), ["pets", "kinds"]);
    let kinds = fill.field("kinds").unwrap();
    assert_eq!(kinds.label("en"), "Which are your 2 pets?");
    assert!(kinds.is_required() && kinds.is_relevant());
    let problem = &fill.go_on().unwrap_err()[0];
    assert_eq!((problem.pointer.as_str(), at(&fill)), ("/answers/kinds", "home".into()));
    fill.set("kinds", one("cats"));
    fill.set("pets", one("0"));
    assert_eq!(shown(&fill), ["pets"]);
    assert_eq!(answers(&fill), json!({"pets": {"one": "0"}}));
    fill.set("pets", one("1"));
    assert_eq!(fill.field("kinds").unwrap().value(), "cats", "one's mind changed twice");
    fill.go_on().unwrap();
    assert_eq!(fill.fields()[0].label("pl"), "Dziękujemy");
    assert_eq!(fill.fields()[0].label("lt"), "Thanks");
    fill.go_on().unwrap();
    assert_eq!((at(&fill), fill.progress().about), ("check".into(), 1));
    finish(&fill);
}

/// Who changes an answer is asked what that brings up, all of it and nothing else.
#[test]
fn a_change_leads_back_to_the_check() {
    let mut fill = start(json!([
        {"name": "online", "type": "select_one", "list": "yes_no", "label": {"en": "Online?"}, "required": true},
        {"name": "off", "type": "group", "relevant": "${online} = 'no'", "items": [
            {"name": "why", "type": "text", "label": {"en": "Why?"}},
            {"name": "help", "type": "text", "label": {"en": "Help?"}, "relevant": "${why} != ''"},
        ]},
        {"name": "age", "type": "integer", "label": {"en": "Age?"}, "may_decline": true,
         "constraint": ". >= 16", "constraint_message": {"en": "You must be 16.", "pl": "Za młodo"}},
    ]));
    assert!(fill.go_on().is_err());
    tell(&mut fill, "yes");
    fill.set("age", one("15"));
    let problems = fill.go_on().unwrap_err();
    assert_eq!(fill.field("age").unwrap().message(&problems[0], "pl"), "Za młodo");
    tell(&mut fill, "40");
    assert_eq!(at(&fill), "check");
    assert!(fill.go_to("online"));
    tell(&mut fill, "no");
    tell(&mut fill, "cost");
    assert_eq!(at(&fill), "help");
    fill.go_on().unwrap();
    assert_eq!(at(&fill), "check");
    fill.go_to("why");
    assert!(fill.back());
    assert_eq!(at(&fill), "online");
    tell(&mut fill, "yes");
    assert_eq!(at(&fill), "check");
    assert_eq!(finish(&fill), json!({"online": {"one": "yes"}, "age": {"one": "40"}}));
    assert!(!fill.go_to("why"), "it is not asked");
}

fn household() -> Value {
    json!([
        {"name": "person", "type": "repeat", "label": {"en": "Person"}, "items": [
            {"name": "age", "type": "integer", "label": {"en": "Age?"}},
            {"name": "number", "type": "calculate", "calculation": "position(..)"},
            {"name": "job", "type": "repeat", "label": {"en": "Job"}, "items": [
                {"name": "pay", "type": "decimal", "label": {"en": "Pay of the ${age} year old?"}},
            ]},
            {"name": "earned", "type": "calculate", "calculation": "sum(${pay})"},
        ]},
        {"name": "total", "type": "calculate", "calculation": "sum(${pay})"},
        {"name": "people", "type": "calculate", "calculation": "count(${person})"},
        {"name": "first", "type": "calculate", "calculation": "indexed-repeat(${age}, ${person}, 1)"},
    ])
}

#[test]
fn repeats_stand_in_repeats() {
    let mut fill = start(household());
    tell(&mut fill, "40");
    assert_eq!(at(&fill), "person[1]/job[1]/pay");
    assert_eq!(fill.fields()[0].label("en"), "Pay of the 40 year old?");
    tell(&mut fill, "10");
    assert_eq!(at(&fill), "person[1]/job+");
    assert!(fill.add("person[1]/job"));
    tell(&mut fill, "5.5");
    fill.go_on().unwrap();
    assert_eq!(at(&fill), "person+");
    assert!(fill.add("person"));
    tell(&mut fill, "20");
    tell(&mut fill, "1");
    fill.go_on().unwrap();
    fill.go_on().unwrap();
    assert_eq!(at(&fill), "check");
    let headings = fill.field("person[2]/job[1]/pay").unwrap().headings("en");
    let headings: Vec<_> = headings.into_iter().map(|it| (it.label, it.position)).collect();
    assert_eq!(headings, [("Person".into(), Some(2)), ("Job".into(), Some(1))]);
    let whole = finish(&fill);
    for (path, value) in [
        ("person", "2"),
        ("person[1]/job", "2"),
        ("person[1]/job[2]/pay", "5.5"),
        ("total", "16.5"),
        ("person[1]/earned", "15.5"),
        ("person[2]/earned", "1"),
        ("person[2]/number", "2"),
        ("people", "2"),
        ("first", "40"),
    ] {
        assert_eq!(whole[path], json!({"one": value}), "{path}");
    }
    assert!(fill.remove("person[1]"));
    assert!(!fill.remove("person[2]"));
    let rest = finish(&fill);
    for (path, value) in
        [("person", "1"), ("total", "1"), ("person[1]/number", "1"), ("first", "20")]
    {
        assert_eq!(rest[path], json!({"one": value}), "{path}");
    }
}

#[test]
fn a_count_makes_the_instances_and_keeps_what_it_leaves_out() {
    let mut fill = start(json!([
        {"name": "many", "type": "integer", "label": {"en": "How many?"}},
        {"name": "child", "type": "repeat", "repeat_count": "${many}", "items": [
            {"name": "name", "type": "text", "label": {"en": "Name?"}},
            {"name": "school", "type": "text", "label": {"en": "School?"},
             "default": "if(position(..) > 1, indexed-repeat(${school}, ${child}, position(..) - 1), 'none')"},
        ]},
    ]));
    tell(&mut fill, "2");
    assert_eq!(fill.field("child[1]/school").unwrap().value(), "none");
    tell(&mut fill, "Ana");
    tell(&mut fill, "North");
    tell(&mut fill, "Ion");
    fill.set("many", one("1"));
    assert_eq!(answers(&fill)["child"], json!({"one": "1"}));
    assert_eq!(answers(&fill)["child[2]/name"], Value::Null);
    fill.set("many", one("3"));
    assert_eq!(fill.field("child[2]/name").unwrap().value(), "Ion");
    assert_eq!(fill.field("child[3]/name").unwrap().value(), "");
    assert!(!fill.add("child") && !fill.remove("child[1]"));
    finish(&fill);
    fill.set("many", one("999999999"));
    assert!(fill.stop(Key::parse("s").unwrap(), 1, None).into_inner().answers.len() < 24_000);
}

#[test]
fn a_cascade_of_a_thousand_choices_narrows_and_forgets() {
    let places: Vec<Value> = (0..1_000)
        .map(|n| {
            json!({"name": format!("p{n}"), "label": {"en": format!("Place {n}")},
                        "columns": {"ward": format!("w{}", n / 10)}})
        })
        .collect();
    let wards: Vec<Value> = (0..100)
        .map(|n| json!({"name": format!("w{n}"), "label": {"en": format!("Ward {n}")}}))
        .collect();
    let form = json!({"languages": ["en"], "lists": {"place": places, "ward": wards}, "items": [
        {"name": "ward", "type": "select_one", "list": "ward", "label": {"en": "Ward?"}},
        {"name": "place", "type": "select_one", "list": "place", "label": {"en": "Place?"},
         "choice_filter": "ward = ${ward}"},
        {"name": "others", "type": "select_multiple", "list": "place", "label": {"en": "Others?"},
         "choice_filter": "ward = ${ward}"},
        {"name": "said", "type": "calculate", "calculation": "jr:choice-name(${place}, '${place}')"},
        {"name": "sure", "type": "text", "label": {"en": "Sure of ${said}?"}, "relevant": "${place} != ''"},
    ]});
    let mut fill = Fill::start(Arc::new(Definition::read(&form).unwrap()), context());
    assert_eq!(fill.field("place").unwrap().choices("en").len(), 0);
    fill.set("ward", one("w42"));
    let offers = fill.field("place").unwrap().choices("en");
    assert_eq!((offers.len(), offers[3].label.as_str()), (10, "Place 423"));
    fill.set("place", one("p423"));
    let others = ["p421", "p422"].map(str::to_owned);
    fill.set("others", Some(Answer::Many(others.to_vec())));
    let words = |fill: &Fill, path| fill.field(path).unwrap().answer_words("en");
    assert_eq!(
        (words(&fill, "place"), words(&fill, "others")),
        ("Place 423".to_owned(), "Place 421; Place 422".to_owned())
    );
    assert_eq!(fill.field("sure").unwrap().label("en"), "Sure of Place 423?");
    finish(&fill);
    fill.set("ward", one("w41"));
    assert_eq!(fill.field("place").unwrap().value(), "");
    assert!(!fill.field("sure").unwrap().is_relevant());
    assert_eq!(finish(&fill), json!({"ward": {"one": "w41"}}));
    // Nor is it shown as an answer.
    assert_eq!(words(&fill, "place") + &words(&fill, "others"), "");
    fill.set("ward", one("w42"));
    assert_eq!(fill.field("place").unwrap().value(), "p423", "one's mind changed twice");
}

#[test]
fn shuffled_choices_keep_their_order() {
    let list: Vec<Value> =
        (0..20).map(|n| json!({"name": format!("c{n}"), "label": {"en": "x"}})).collect();
    let order = |seed: u64, parameters: Value| -> Vec<String> {
        let form = json!({"languages": ["en"], "lists": {"l": list}, "items": [
            {"name": "q", "type": "select_one", "list": "l", "label": {"en": "Q"}, "parameters": parameters}]});
        let context = Context { seed, ..context() };
        let fill = Fill::start(Arc::new(Definition::read(&form).unwrap()), context);
        let field = fill.field("q").unwrap();
        assert_eq!(field.choices("en"), field.choices("en"));
        field.choices("en").into_iter().map(|offer| offer.name).collect()
    };
    let free = json!({"randomize": "true"});
    assert_ne!(order(1 << 40, free.clone()), order(2 << 40, free));
    let fixed = json!({"randomize": "true", "seed": 42});
    assert_eq!(order(1 << 40, fixed.clone()), order(2 << 40, fixed.clone()));
    assert_ne!(order(1, fixed), order(1, json!({})));
}

#[test]
fn triggers_and_defaults_act_once() {
    let mut fill = start(json!([
        {"name": "began", "type": "start"}, {"name": "over", "type": "end"},
        {"name": "day", "type": "today"}, {"name": "tablet", "type": "deviceid"},
        {"name": "when", "type": "date", "label": {"en": "When?"}, "default": "today()"},
        {"name": "kind", "type": "text", "label": {"en": "Kind?"}, "default": "a-b"},
        {"name": "dice", "type": "calculate", "calculation": "once(random())"},
        {"name": "price", "type": "integer", "label": {"en": "Price?"}, "default": 5},
        {"name": "changed", "type": "calculate", "calculation": "concat(${price}, '/', ${kind})", "trigger": "${price}"},
        {"name": "again", "type": "text", "label": {"en": "Note?"}, "calculation": "concat('was ', ${changed})",
         "trigger": "${changed}"},
    ]));
    let begun = answers(&fill);
    assert_eq!(begun["began"], json!({"one": "2026-11-22T20:38:00.000+00:00"}));
    assert_eq!(
        (&begun["when"], &begun["day"]),
        (&json!({"one": "2026-11-22"}), &json!({"one": "2026-11-22"}))
    );
    assert_eq!((&begun["tablet"], &begun["changed"]), (&json!({"one": "t1"}), &Value::Null));
    assert_eq!(begun["kind"], json!({"one": "a-b"}));
    let dice = begun["dice"].clone();
    fill.set("price", one("6"));
    assert_eq!(answers(&fill)["again"], json!({"one": "was 6/a-b"}));
    fill.set("kind", one("c"));
    assert_eq!(answers(&fill)["changed"], json!({"one": "6/a-b"}), "only the trigger sets it off");
    fill.set("when", one("2026-01-01"));
    let whole = finish(&fill);
    assert_eq!((&whole["dice"], &whole["when"]), (&dice, &json!({"one": "2026-01-01"})));
    assert_eq!(whole["over"], json!({"one": "2026-11-22T20:39:30.000+00:00"}));
}

#[test]
fn a_cycle_names_its_path() {
    let found = problems(json!([
        {"name": "a", "type": "calculate", "calculation": "${b} + 1"},
        {"name": "b", "type": "integer", "label": {"en": "B"}, "relevant": "${c} > 1"},
        {"name": "c", "type": "calculate", "calculation": "${a} * 2"},
        {"name": "d", "type": "calculate", "calculation": "${a}"},
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("a → c → b → a") || found[0].contains("a → b → c → a"), "{found:?}");
    let own = problems(json!([{"name": "a", "type": "calculate", "calculation": "${a} + 1"}]));
    assert!(own[0].contains("\"a\" depends on itself"), "{own:?}");
    let group = problems(json!([{"name": "g", "type": "group", "relevant": "${q} = 1", "items": [
        {"name": "q", "type": "integer", "label": {"en": "Q"}}]}]));
    assert!(group[0].contains("g → q → g") || group[0].contains("q → g → q"), "{group:?}");
    // What only looks like one: a constraint on itself, the instance before, a filter on what is picked.
    assert_eq!(
        problems(json!([
            {"name": "n", "type": "integer", "label": {"en": "N"}, "constraint": "${n} > 1"},
            {"name": "r", "type": "repeat", "items": [
                {"name": "x", "type": "integer", "label": {"en": "X"}},
                {"name": "sum", "type": "calculate",
                 "calculation": "${x} + coalesce(indexed-repeat(${sum}, ${r}, position(..) - 1), 0)"},
            ]},
        ])),
        Vec::<String>::new()
    );
}

#[test]
fn a_running_total_follows_the_instances_before() {
    let mut fill = start(json!([
        {"name": "r", "type": "repeat", "items": [
            {"name": "x", "type": "integer", "label": {"en": "X"}},
            {"name": "sum", "type": "calculate",
             "calculation": "${x} + if(position(..) > 1, number(indexed-repeat(${sum}, ${r}, position(..) - 1)), 0)"},
        ]},
    ]));
    fill.set("r[1]/x", one("1"));
    fill.add("r");
    fill.set("r[2]/x", one("2"));
    fill.add("r");
    fill.set("r[3]/x", one("3"));
    assert_eq!(answers(&fill)["r[3]/sum"], json!({"one": "6"}));
    fill.set("r[1]/x", one("10"));
    assert_eq!(answers(&fill)["r[3]/sum"], json!({"one": "15"}));
    finish(&fill);
}

#[test]
fn who_stops_keeps_what_was_said() {
    let mut fill = start(json!([
        {"name": "a", "type": "text", "label": {"en": "A"}, "required": true},
        {"name": "b", "type": "integer", "label": {"en": "B"}, "required": true},
        {"name": "c", "type": "text", "label": {"en": "C"}, "relevant": "${b} > 1", "required": true},
    ]));
    tell(&mut fill, "said");
    fill.set("b", one("much"));
    let survey = Key::parse("s").unwrap();
    assert!(fill.finish(survey.clone(), 1, None).is_err());
    let response = fill.stop(survey, 1, None).into_inner();
    assert!(response.partial);
    assert_eq!(serde_json::to_value(&response.answers).unwrap(), json!({"a": {"one": "said"}}));
    assert_eq!(fill.definition().check(&response), vec![]);
    let whole = model::submission::Response { partial: false, ..response };
    assert_eq!(fill.definition().check(&whole)[0].pointer, "/answers/b");
}

#[test]
fn the_server_refuses_what_the_tablet_would_not_make() {
    let definition = read(household());
    let check = |answers: Value| -> Vec<String> {
        let response = json!({"survey": "s", "version": 1, "answers": answers});
        let response = serde_json::from_value(response).unwrap();
        definition.check(&response).into_iter().map(|problem| problem.pointer).collect()
    };
    let good = json!({"person": {"one": "1"}, "person[1]/job": {"one": "0"}, "person[1]/number": {"one": "1"},
                      "person[1]/earned": {"one": "0"}, "person[1]/age": {"one": "9"}, "total": {"one": "0"},
                      "people": {"one": "1"}, "first": {"one": "9"}});
    assert_eq!(check(good.clone()), Vec::<String>::new());
    let with = |path: &str, answer: Value| {
        let mut answers = good.clone();
        answers[path] = answer;
        check(answers)
    };
    assert_eq!(with("total", json!({"one": "7"})), ["/answers/total"]);
    assert_eq!(with("nobody", json!("declined")), ["/answers/nobody"]);
    assert_eq!(
        with("person[1]/age", json!({"one": "old"})),
        ["/answers/first", "/answers/person[1]/age"]
    );
    assert_eq!(with("person[0]/age", json!({"one": "1"})), ["/answers/person[0]/age"]);
    assert_eq!(
        with("person[1]/age", json!({"file": {"name": "a", "media_type": "b", "data": ""}})).len(),
        2
    );
    assert!(with("person[999999999]/age", json!({"one": "1"})).len() <= 50);
    assert!(!with("person", json!({"one": "999999999"})).is_empty());
}

#[test]
fn surveyctos_own_functions_have_a_meaning() {
    let mut fill = start(json!([
        {"name": "r", "type": "repeat", "items": [
            {"name": "own", "type": "calculate", "calculation": "index()"},
            {"name": "inner", "type": "group", "items": [
                {"name": "q", "type": "text", "label": {"en": "Number ${own}"}},
                {"name": "deep", "type": "calculate", "calculation": "concat('no. ', index())"},
            ]},
            {"name": "s", "type": "repeat", "repeat_count": "2", "items": [
                {"name": "both", "type": "calculate", "calculation": "concat(index(), ' of ', ${own})"},
            ]},
        ]},
        {"name": "outside", "type": "calculate", "calculation": "index()"},
        {"name": "device", "type": "calculate", "calculation": "device-info()"},
        {"name": "took", "type": "calculate", "calculation": "duration()"},
        {"name": "slow", "type": "calculate", "calculation": "if(${took} > 60, 'slow', 'quick')"},
        {"name": "end", "type": "end"},
    ]));
    fill.add("r");
    fill.add("r");
    assert!(fill.remove("r[1]"));
    let found = answers(&fill);
    assert_eq!(found["r[2]/own"], json!({"one": "2"}), "the third one moved up: {found}");
    assert_eq!(found["r[2]/deep"], json!({"one": "no. 2"}));
    assert_eq!(found["r[2]/s[1]/both"], json!({"one": "1 of 2"}));
    assert_eq!(found.get("outside"), None);
    assert_eq!(found.get("device"), None, "nothing is recorded of the tablet");
    assert_eq!(found["took"], json!({"one": "0"}));
    // The clock goes on, the tablet crashes, somebody goes on: the whole time counts, once.
    fill.set_now(Millis(context().now.0 + 40_700));
    let journal = serde_json::to_string(&fill.journal()).unwrap();
    let mut fill =
        Fill::resume(Arc::clone(fill.definition()), &serde_json::from_str(&journal).unwrap());
    fill.set_now(Millis(context().now.0 + 70_900));
    let response = fill.finish(Key::parse("s").unwrap(), 1, None).unwrap().into_inner();
    assert_eq!(response.answers.get("took"), one("70").as_ref());
    assert_eq!(response.answers.get("slow"), one("slow").as_ref(), "what reads it follows");
    let whole = finish(&fill);
    assert_eq!(whole["took"], json!({"one": "90"}), "as the caller measured it");
    assert_eq!(whole["end"], json!({"one": "2026-11-22T20:39:30.000+00:00"}), "and not later");
}

/// What forms of the field do that the specification does not foresee, and ODK's engine lets them.
#[test]
fn nobody_loses_an_answer_or_is_held_up_by_a_slip_of_the_author() {
    let mut fill = start(json!([
        // A condition in the column of the filter, as in a form of Ona's.
        {"name": "other", "type": "text", "label": {"en": "Other"}, "choice_filter": "'a' = 'b'"},
        // What is computed is none of the choices, and can only be read.
        {"name": "index", "type": "select_one", "list": "yes_no", "label": {"en": "Index"},
         "calculation": "if(${other} = '', 'maybe', 'perhaps')", "read_only": true},
        // pyxform's name for the label of a choice.
        {"name": "words", "type": "calculate",
         "calculation": "jr:itext(instance('yes_no')/root/item[name = 'no']/itextId)"},
    ]));
    fill.set_language("pl");
    assert!(fill.set("other", one("a shed")));
    fill.set_language("en");
    assert_eq!(
        finish(&fill),
        json!({"other": {"one": "a shed"}, "index": {"one": "perhaps"}, "words": {"one": "No"}})
    );
}

#[test]
fn a_form_brings_pictures_and_sounds_along_and_nothing_that_runs() {
    let form = |address: String| {
        json!({"languages": ["en", "pl"], "items": [
            {"type": "note", "name": "n", "label": {"en": "See"}, "image": {"en": "a.png", "pl": "ą.png"}},
        ], "files": {"a.png": address, "ą.png": "data:image/png;base64,UEw="}})
    };
    let good = "data:image/png;base64,RU4=".to_owned();
    let fill = Fill::start(Arc::new(Definition::read(&form(good)).unwrap()), context());
    let field = fill.field("n").unwrap();
    for (language, data) in [("en", "RU4="), ("pl", "UEw="), ("so", "RU4=")] {
        let file = field.file(field.image(language)).map(ToString::to_string);
        assert_eq!(file, Some(format!("data:image/png;base64,{data}")));
    }
    assert_eq!(field.file("b.png"), None);

    let large = format!("data:image/png;base64,{}", "A".repeat(model::limits::FILES_CHARS));
    for bad in [
        "https://example.org/a.png",
        "data:text/html;base64,AAAA",
        "data:image/png;base64,A'>",
        "a.png",
        &large,
    ] {
        let problems = Definition::read(&form(bad.to_owned())).unwrap_err();
        assert!(
            problems.iter().any(|it| it.pointer == "/files/a.png" || bad == large),
            "{problems:?}"
        );
    }
}

/// A scale is a handful of steps, whatever numbers stand in its form.
#[test]
fn a_scale_whose_steps_cannot_be_shown_is_told() {
    let endless = "9".repeat(40);
    for (start, end, step) in
        [("0", endless.as_str(), "1"), ("1", "1", "1"), ("0", "1000", "0.0001"), ("0", "5", "0")]
    {
        let told = problems(json!([{
            "type": "range", "name": "much", "label": {"en": "How much?"},
            "parameters": {"start": start, "end": end, "step": step},
        }]));
        assert_eq!(told.len(), 1, "{start} to {end}, {step} apart: {told:?}");
        assert!(told[0].contains("parameters"), "{told:?}");
    }
}
