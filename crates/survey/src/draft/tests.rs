use proptest::prelude::*;

use super::{reference::references, *};

const KINDS: [&str; 8] =
    ["text", "integer", "select_one", "select_multiple", "range", "note", "group", "repeat"];
/// Tables that there may be.
const TABLES: [&str; 2] = ["streets", "wards"];
const WORDS: [&str; 6] =
    ["How old are you?", "Yes", "yes", "", "15 minutes on foot", "You said ${yes}"];

fn start() -> Draft {
    let asked = json!({"languages": ["en", "pl"], "items": [
        {"type": "select_one", "name": "yes", "label": {"en": "Yes?", "pl": "Tak?"}, "choices": [
            {"name": "y", "label": {"en": "Yes", "pl": "Tak"}}, {"name": "n", "label": {"en": "No"}},
        ]},
        {"type": "select_one", "name": "again", "label": {"en": "Again ${yes}?"}, "choices": [
            {"name": "y", "label": {"en": "Yes", "pl": "Tak"}}, {"name": "n", "label": {"en": "No"}},
        ], "relevant": "${yes} = 'y'", "x-kept": [1]},
        {"type": "group", "name": "home", "items": [
            {"type": "integer", "name": "age", "label": {"en": "Age"}, "constraint": ". > 0"},
            {"type": "text", "name": "why", "label": {"en": "Why?"}, "relevant": "${age} > 17"},
        ]},
    ]});
    Draft::read(&asked).unwrap()
}

#[test]
fn a_published_form_is_taken_in_and_its_equal_choices_become_one_list() {
    let draft = start();
    assert_eq!(draft.lists(), ["yes"]);
    assert_eq!(draft.list_users("yes").len(), 2);
    assert_eq!(draft.item(&Path::parse("again")).unwrap()["x-kept"], json!([1]));
    assert_eq!(Draft::read(&draft.definition()).as_ref(), Some(&draft));
    for none in [json!([]), json!({"items": {}}), json!({"items": [1]})] {
        assert_eq!(Draft::read(&none), None, "{none}");
    }
    let bad =
        json!({"items": [{"type": "text"}, {"type": "text", "name": "4 x"}, {"name": "text"}]});
    let names: Vec<_> = Draft::read(&bad).unwrap().entries();
    let names: Vec<_> = names.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(names, ["text", "n4_x", "text_2"]);
}

#[test]
fn a_copy_has_no_identity_of_the_first() {
    let mut form = start().definition();
    form["settings"] = json!({"form_id": "homes", "version": "7", "style": "pages"});
    let mut copy = Draft::read(&form).unwrap();
    copy.forget_identity();
    assert_eq!(copy.definition()["settings"], json!({"style": "pages"}));
    form["settings"] = json!({"form_id": "homes"});
    let mut copy = Draft::read(&form).unwrap();
    copy.forget_identity();
    assert_eq!(copy, start());
}

#[test]
fn a_table_without_what_a_question_chooses_from_is_told() {
    let asked = json!({
        "items": [{"type": "select_one", "name": "street", "label": {"en": "Street?"}, "file": "streets.csv"}],
        "tables": {"streets": {"columns": ["name;label"], "rows": [["n;Nash"]]}},
    });
    let mut draft = Draft::read(&asked).unwrap();
    let absent = |draft: &Draft| -> Vec<_> {
        draft.absent_columns().into_iter().map(|it| it.column).collect()
    };
    assert_eq!(absent(&draft), ["name"]);
    assert!(draft.absent_columns()[0].is_unsplit());
    assert_eq!(
        draft.place_of(&draft.absent_columns()[0].pointer),
        (Place::Item(Path::parse("street")), "file".to_owned())
    );
    let table = json!({"columns": ["id", "label"], "rows": [["n", "Nash"]]});
    draft.attach_table("streets", table);
    assert_eq!(absent(&draft), ["name"]);
    draft.use_column(&Path::parse("street"), "value", "id");
    assert_eq!(absent(&draft), [""; 0]);
    // Of a table without rows something else is told: nothing can be chosen yet.
    draft.attach_table("streets", json!({"columns": [], "rows": []}));
    assert_eq!(absent(&draft), [""; 0]);
}

/// What can be published and was hardly meant is told where it stands; what only looks like it is not.
#[test]
fn what_was_hardly_meant_is_doubted() {
    let told = |form: Value| -> Vec<(String, Doubted)> {
        let form = form.as_object().unwrap();
        doubts(form).into_iter().map(|it| (it.pointer, it.about)).collect()
    };
    let choice = |name: &str, label: Value, columns: Value| json!({"name": name, "label": label, "columns": columns});
    let same = || Doubted::SameName("y".to_owned());
    let reads = |words: &str, language: &str| Doubted::SameWords {
        words: words.to_owned(),
        language: language.to_owned(),
    };
    let form = json!({
        "items": [{"type": "group", "name": "home", "items": [
            {"type": "integer", "name": "age", "constraint": ". > 0"},
            {"type": "integer", "name": "told", "constraint": ". > 0", "constraint_message": {"en": "No."}},
            {"type": "calculate", "name": "sum", "constraint": ". > 0"},
            {"type": "select_one", "name": "any", "list": "any"},
            {"type": "select_one", "name": "ward", "list": "wards", "choice_filter": "town = 'g'"},
            {"type": "select_one", "name": "street", "file": "streets.csv", "parameters": {"value": "id"}},
            {"type": "select_one", "name": "lane", "file": "streets.csv", "choice_filter": "town = 'g'"},
        ]}],
        "lists": {
            "any": [
                choice("y", json!({"en": "Yes", "pl": "Tak"}), json!({})),
                choice("y", json!({"en": "Yes!", "pl": "tak "}), json!({"town": "t"})),
                choice("n", json!({"en": "yes", "pl": ""}), json!({})),
                choice("m", json!({"en": "", "pl": ""}), json!({})),
            ],
            "wards": [
                choice("y", json!({"en": "Yes"}), json!({"town": "g"})),
                choice("y", json!({"en": "Yes"}), json!({"town": "t"})),
                choice("y", json!({"en": "No"}), json!({"town": "t"})),
            ],
        },
        "tables": {"streets": {"columns": ["name", "label", "town", "id"], "rows": [
            ["h", "High Street", "g", "1"], ["h", "High Street", "t", "1"], ["k", "Kings", "t", " "], ["h", "Other", "t", "2"],
        ]}},
    });
    let table = || "streets".to_owned();
    assert_eq!(
        told(form),
        [
            ("/items/0/items/0/constraint".to_owned(), Doubted::Speechless),
            (
                "/items/0/items/5/file".to_owned(),
                Doubted::Empty { table: table(), column: "id".to_owned(), rows: 1 }
            ),
            (
                "/items/0/items/5/file".to_owned(),
                Doubted::Repeated {
                    table: table(),
                    column: "id".to_owned(),
                    values: vec!["1".to_owned()]
                }
            ),
            (
                "/items/0/items/6/file".to_owned(),
                Doubted::Repeated {
                    table: table(),
                    column: "name".to_owned(),
                    values: vec!["h".to_owned()]
                }
            ),
            ("/lists/any/1/name".to_owned(), same()),
            ("/lists/any/1/label/pl".to_owned(), reads("tak", "pl")),
            ("/lists/any/2/label/en".to_owned(), reads("yes", "en")),
            ("/lists/wards/2/name".to_owned(), same()),
        ]
    );
    let speechless = ("/items/2/items/0/constraint".to_owned(), Doubted::Speechless);
    assert_eq!(told(start().definition()), [speechless]);
}

#[test]
fn a_condition_on_what_comes_later_is_told() {
    let mut draft = start();
    assert_eq!(draft.asked_too_early(), []);
    let (yes, age) = (Path::parse("yes"), Path::parse("home/age"));
    draft.set(&yes, "relevant", Some(json!("${age} > 17"))).unwrap();
    assert_eq!(draft.asked_too_early(), [(yes, age)]);
}

/// Whoever writes a form reads the question whose answer stands there, and not how its file says so.
#[test]
fn an_answer_in_words_is_listed_as_its_question() {
    let mut draft = start();
    let why = Place::Item(Path::parse("home/why"));
    assert_eq!(draft.title(&Place::Item(Path::parse("again"))), "Again [Yes?]?");
    let wrap = draft.add("group", &Path::root(), "").unwrap();
    let bare = draft.add("calculate", &Path::root(), "").unwrap();
    let (wrap, bare) = (wrap.name().unwrap().to_owned(), bare.name().unwrap().to_owned());
    let long = draft.add("text", &Path::root(), &"long ".repeat(20)).unwrap();
    let long = long.name().unwrap().to_owned();
    for (words, read) in [
        ("**${yes}**, ${ age } and ${last-saved#age}", "[Yes?], [Age] and [Age]".to_owned()),
        // One that goes with its mark takes no other's place.
        ("<span style=\"color: ${age}\">${yes}</span>", "[Yes?]".to_owned()),
        ("${again} ${nobody} ${", "[again] [nobody] ${".to_owned()),
        (&format!("${{{wrap}}} ${{{bare}}}"), format!("[{wrap}] [{bare}]")),
        (&format!("${{{long}}}"), format!("[{long}]")),
        ("no \u{e000} answer", "no \u{e000} answer".to_owned()),
    ] {
        assert_eq!(draft.readable(words), read, "{words}");
    }
    draft.set_words(&why, "label", "en", "").unwrap();
    assert_eq!(draft.title(&why), "why");
    let yes = Place::Choice { list: "yes".to_owned(), choice: "y".to_owned() };
    assert_eq!(draft.title(&yes), "Yes");
}

#[test]
fn a_new_name_is_followed_everywhere() {
    let mut draft = start();
    draft.rename(&Path::parse("yes"), "agrees").unwrap();
    let again = Path::parse("again");
    assert_eq!(draft.field(&again, "relevant"), "${agrees} = 'y'");
    assert_eq!(draft.text(&Place::Item(again), "label", "en"), "Again ${agrees}?");
    let home = Path::parse("home");
    assert_eq!(draft.rename(&home.child("age"), "agrees"), Err(Refusal::Taken("agrees".into())));
    assert_eq!(draft.rename(&home, "4"), Err(Refusal::BadName));
}

#[test]
fn a_choice_that_is_stored_otherwise_is_followed_where_it_is_meant() {
    let mut draft = start();
    let path = Path::parse;
    let set = |draft: &mut Draft, at: &str, field: &str, value: &str| {
        draft.set(&path(at), field, Some(json!(value))).unwrap();
    };
    set(&mut draft, "home/why", "relevant", "selected(${again}, 'y') or ${age} = 'y'");
    set(&mut draft, "home/why", "calculation", "if(${yes} = 'n', 'y', 'n')");
    set(&mut draft, "yes", "default", "y");
    let town = draft.add("select_one", &Path::root(), "Town").unwrap();
    let (near, far) = (draft.add_choice("town", "Near").unwrap(), draft.add_choice("town", "Far"));
    draft.set_column("town", &near, "yes", "y").unwrap();
    draft.set_column("town", &far.unwrap(), "yes", "n").unwrap();
    set(&mut draft, "town", "choice_filter", "yes = ${yes}");
    assert_eq!(draft.belonging(&town), Some(("yes".to_owned(), path("yes"))));

    let renamed = draft.rename_choice("yes", "y", "agrees").unwrap();
    assert_eq!(renamed.followed, [path("yes"), path("again"), path("home/why")]);
    // The result of `if` may be anything: staff are told to look.
    assert_eq!(renamed.unsure, [path("home/why")]);
    let field = |at: &str, field: &str| draft.field(&path(at), field);
    assert_eq!(field("again", "relevant"), "${yes} = 'agrees'");
    assert_eq!(field("home/why", "relevant"), "selected(${again}, 'agrees') or ${age} = 'y'");
    assert_eq!(field("home/why", "calculation"), "if(${yes} = 'n', 'y', 'n')");
    assert_eq!(field("yes", "default"), "agrees");
    assert_eq!(draft.column("town", "near", "yes"), "agrees");
    assert_eq!(draft.column("town", "far", "yes"), "n");
    for (name, refusal) in [
        ("n", Refusal::Taken("n".into())),
        ("two words", Refusal::BadChoice),
        ("it's", Refusal::BadChoice),
        ("", Refusal::BadChoice),
    ] {
        let before = draft.clone();
        assert_eq!(draft.rename_choice("yes", "agrees", name), Err(refusal), "{name}");
        assert_eq!(draft, before);
    }
    assert_eq!(draft.rename_choice("yes", "y", "z"), Err(Refusal::Missing("y".into())));
}

#[test]
fn what_changes_with_a_version_is_told_as_results_will_count_it() {
    let before = start();
    assert_eq!(changes(&before, &before), []);
    let mut now = start();
    let path = Path::parse;
    now.set_words(&Place::Item(path("home/age")), "label", "en", "How old are you?").unwrap();
    now.put_into(&path("home/why"), &Path::root()).unwrap();
    now.rename(&path("again"), "once_more").unwrap();
    now.use_list(&path("once_more"), None).unwrap();
    now.rename_choice("once_more", "n", "no").unwrap();
    now.add_choice("once_more", "Perhaps").unwrap();
    now.set(&path("yes"), "required", Some(json!(true))).unwrap();
    now.add("text", &Path::root(), "More?").unwrap();
    now.remove(&path("why")).unwrap();
    assert_eq!(
        changes(&before, &now),
        [
            Change::Rules(path("yes")),
            Change::Renamed {
                path: path("once_more"),
                before: "again".to_owned(),
                now: "once_more".to_owned()
            },
            Change::Choices {
                path: path("once_more"),
                added: vec!["Perhaps".to_owned()],
                removed: vec![],
                renamed: vec![("n".to_owned(), "no".to_owned())],
            },
            Change::Reworded(path("home/age")),
            Change::Added(path("more")),
            Change::Removed("Why?".to_owned()),
        ]
    );
    // The label of the one speaks of the other; both have got another name.
    let mut both = start();
    both.rename(&path("yes"), "agrees").unwrap();
    both.rename(&path("again"), "still").unwrap();
    let renamed = changes(&before, &both).into_iter().filter_map(|change| match change {
        Change::Renamed { before, now, .. } => Some((before, now)),
        Change::Added(path) => panic!("{path} is said to be new"),
        _ => None,
    });
    let pair = |before: &str, now: &str| (before.to_owned(), now.to_owned());
    assert_eq!(renamed.collect::<Vec<_>>(), [pair("yes", "agrees"), pair("again", "still")]);
    let mut inside = start();
    let repeat = inside.add("repeat", &Path::root(), "Person").unwrap();
    let why = inside.put_into(&path("home/why"), &repeat).unwrap();
    let told = Change::Renamed { path: why, before: "why".into(), now: "person/why".into() };
    assert_eq!(changes(&start(), &inside), [told]);
}

#[test]
fn what_others_need_stays() {
    let mut draft = start();
    let in_use = |draft: &mut Draft, path: &str| match draft.remove(&Path::parse(path)) {
        Err(Refusal::InUse { by, .. }) => by.iter().map(Path::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(in_use(&mut draft, "yes"), ["again"]);
    assert_eq!(in_use(&mut draft, "home/age"), ["home/why"]);
    assert!(matches!(draft.remove_choice("yes", "y"), Err(Refusal::InUse { .. })));
    draft.remove_choice("yes", "n").unwrap();
    // Together with what needs it, it may go.
    draft.remove(&Path::parse("home")).unwrap();
    draft.remove(&Path::parse("again")).unwrap();
    assert_eq!(draft.lists(), ["yes"]);
    draft.remove(&Path::parse("yes")).unwrap();
    assert_eq!(draft.lists(), [""; 0]);
}

#[test]
fn a_group_does_not_go_into_itself_and_takes_no_name_twice() {
    let mut draft = start();
    let home = Path::parse("home");
    assert_eq!(draft.put_into(&home, &home), Err(Refusal::Senseless));
    let inner = draft.add("group", &home, "Age").unwrap();
    assert_eq!(inner.to_string(), "home/age_2");
    assert_eq!(draft.put_into(&home, &inner), Err(Refusal::Senseless));
    let moved = draft.put_into(&home.child("age"), &Path::root()).unwrap();
    assert_eq!(moved.to_string(), "age");
    assert_eq!(draft.field(&home.child("why"), "relevant"), "${age} > 17");
    draft.set_kind(&moved, "text").unwrap();
    assert_eq!(draft.set_kind(&moved, "group"), Err(Refusal::Senseless));
    let to_unknown = draft.set(&moved, "relevant", Some(json!("${nobody} = 1")));
    assert_eq!(to_unknown, Err(Refusal::Unknown("nobody".into())));
}

#[test]
fn an_item_is_put_behind_a_sibling() {
    let order = |draft: &Draft| -> Vec<String> {
        let items = draft.items(&Path::root()).unwrap().iter();
        items.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut draft = start();
    draft.put_after(&Path::parse("yes"), Some("again")).unwrap();
    assert_eq!(order(&draft), ["again", "yes", "home"]);
    draft.put_after(&Path::parse("yes"), Some("home")).unwrap();
    assert_eq!(order(&draft), ["again", "home", "yes"]);
    draft.put_after(&Path::parse("yes"), Some("again")).unwrap();
    assert_eq!(order(&draft), ["again", "yes", "home"]);
    draft.put_after(&Path::parse("home"), None).unwrap();
    assert_eq!(order(&draft), ["home", "again", "yes"]);
    draft.put_after(&Path::parse("home"), Some("home")).unwrap();
    assert_eq!(order(&draft), ["home", "again", "yes"]);
    let lost = draft.put_after(&Path::parse("yes"), Some("age"));
    assert_eq!(lost, Err(Refusal::Missing("age".into())));
}

#[test]
fn what_is_missing_in_a_language_is_known() {
    let mut draft = start();
    let missing = |draft: &Draft, tag: &str| {
        let words = draft.untranslated(tag).into_iter();
        words.map(|it| format!("{} {}", it.own("en"), it.field)).collect::<Vec<_>>()
    };
    assert_eq!(
        missing(&draft, "pl"),
        ["No label", "Again ${yes}? label", "Age label", "Why? label"]
    );
    draft.add_language("ro").unwrap();
    assert_eq!(missing(&draft, "ro").len(), 6);
    let no = Place::Choice { list: "yes".to_owned(), choice: "n".to_owned() };
    draft.set_words(&no, "label", "ro", " Nu ").unwrap();
    assert_eq!(draft.text(&no, "label", "ro"), "Nu");
    assert_eq!(missing(&draft, "ro").len(), 5);
    draft.remove_language("ro").unwrap();
    assert_eq!(draft, start());
    assert_eq!(draft.remove_language("en"), Err(Refusal::Senseless));
}

#[test]
fn a_pointer_leads_to_the_question() {
    let draft = start();
    let item = |path: &str| Place::Item(Path::parse(path));
    let choice = Place::Choice { list: "yes".to_owned(), choice: "n".to_owned() };
    for (pointer, place, field) in [
        ("/items/1/relevant", item("again"), "relevant"),
        ("/items/2/items/0/label/en", item("home/age"), "label"),
        ("/items/2", item("home"), ""),
        ("/items/9/type", Place::Form, "type"),
        ("/lists/yes/1/name", choice, "name"),
        ("/languages", Place::Form, "languages"),
        ("", Place::Form, ""),
    ] {
        assert_eq!(draft.place_of(pointer), (place, field.to_owned()), "{pointer}");
    }
}

/// A command with numbers that pick among what is there.
fn carry_out(draft: &mut Draft, (command, one, other): (u8, usize, usize)) {
    let entries = draft.entries();
    let path =
        entries.get(one % entries.len().max(1)).map(|it| it.path.clone()).unwrap_or_default();
    let groups: Vec<_> =
        entries.iter().filter(|it| is_group(&it.kind)).map(|it| it.path.clone()).collect();
    let group = groups.get(other % (groups.len() + 1)).cloned().unwrap_or_default();
    let kind = KINDS[other % KINDS.len()];
    let words = WORDS[other % WORDS.len()];
    let names: Vec<_> = entries.iter().filter_map(|it| it.path.name()).collect();
    let name = names.get(other % names.len().max(1)).copied().unwrap_or("nobody");
    let list = draft.lists().get(one % 3).map(|list| (*list).to_owned()).unwrap_or_default();
    let choices = draft.choices(&list);
    let choice = choices.get(other % choices.len().max(1)).and_then(|it| it["name"].as_str());
    let choice = choice.unwrap_or_default().to_owned();
    // Refused or carried out: the rules below hold.
    let _ = match command {
        0 => draft.add(kind, &group, words).map(drop),
        1 => draft.remove(&path),
        2 => draft.shift(&path, other % 2 == 0),
        3 => draft.put_into(&path, &group).map(drop),
        4 => draft.rename(&path, &format!("name{}", other % 5)).map(drop),
        5 => draft.rename(&path, name).map(drop),
        6 => draft.set_kind(&path, kind),
        7 => draft.set(&path, "relevant", Some(json!(format!("${{{name}}} = '{choice}'")))),
        8 => draft.set(&path, "relevant", None),
        9 => draft.set_words(&Place::Item(path), "hint", "pl", words),
        10 => draft.use_list(&path, Some(&list)),
        11 => draft.use_list(&path, None),
        12 => draft.add_choice(&list, words).map(drop),
        13 => draft.remove_choice(&list, &choice),
        14 => draft.shift_choice(&list, &choice, other % 2 == 0),
        15 => draft.add_language(["ro", "en", "pl"][other % 3]),
        17 => draft.put_after(&path, names.get(other % (names.len() + 1)).copied()),
        19 => draft.use_table(&path, TABLES[other % 2]),
        20 => {
            let columns = [&["name", "label"][..], &["code", "words"], &["only"]][one % 3];
            draft
                .attach_table(TABLES[other % 2], json!({"columns": columns, "rows": [["a", "A"]]}));
            Ok(())
        }
        21 => {
            draft.detach_table(TABLES[other % 2]);
            Ok(())
        }
        16 => draft.rename_choice(&list, &choice, ["y", "no", "2", "a b"][other % 4]).map(drop),
        _ => draft.remove_language(["ro", "en", "pl"][other % 3]),
    };
}

fn all_texts(value: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    reference::texts(value, &mut |text| texts.push(text.to_owned()));
    texts
}

proptest! {
    /// Whatever staff do, in whatever order: names are unique, references lead somewhere, each question of choices
    /// has its list and each list its question; and what is stored comes back as it was.
    #[test]
    fn a_draft_stays_whole(commands in prop::collection::vec((0..22u8, any::<usize>(), any::<usize>()), 0..40)) {
        let mut draft = start();
        for command in commands {
            let before = draft.clone();
            carry_out(&mut draft, command);
            let entries = draft.entries();
            let mut names: Vec<_> = entries.iter().filter_map(|it| it.path.name()).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(names.len(), all, "{:?} on {:#?}", command, before.definition());
            for text in all_texts(&draft.definition()) {
                for name in references(&text) {
                    prop_assert!(names.contains(&name), "{name}: {command:?} on {:#?}", before.definition());
                }
            }
            for entry in &entries {
                let list = draft.field(&entry.path, "list");
                let table = !draft.field(&entry.path, "file").is_empty();
                prop_assert_eq!(takes_choices(&entry.kind), list.is_empty() == table, "{:?}", command);
                prop_assert!(list.is_empty() || !table, "{command:?} on {:#?}", before.definition());
                prop_assert!(list.is_empty() || draft.lists().contains(&list));
                let found = draft.find(entry.path.name().unwrap_or_default());
                prop_assert_eq!(found.as_ref(), Some(&entry.path));
            }
            for list in draft.lists() {
                prop_assert!(!draft.list_users(list).is_empty(), "{list}: {command:?}");
                let mut choices: Vec<_> = draft.choices(list).iter().map(|it| it["name"].to_string()).collect();
                let all = choices.len();
                choices.sort();
                choices.dedup();
                prop_assert_eq!(choices.len(), all);
            }
            prop_assert_eq!(Draft::read(&draft.definition()), Some(draft.clone()));
        }
    }
}

#[test]
fn a_form_knows_which_pictures_and_sounds_it_names_and_which_it_has() {
    let form = json!({"languages": ["en", "pl"], "lists": {"moods": [
        {"name": "good", "label": {"en": "Good"}, "image": {"en": "good.png", "pl": "dobrze.png"},
         "columns": {"image": "no-file"}},
    ]}, "items": [
        {"type": "select_one", "name": "mood", "list": "moods", "label": {"en": "Mood?"},
         "audio": {"en": "mood.mp3"}, "image": {"en": "good.png"}},
    ], "files": {"good.png": "data:image/png;base64,AAAA"}});
    let mut draft = Draft::read(&form).unwrap();
    let files = |draft: &Draft| {
        let mark = |(name, has): (String, bool)| format!("{name}{}", if has { "+" } else { "-" });
        draft.files().into_iter().map(mark).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(files(&draft), "dobrze.png- good.png+ mood.mp3-");
    draft.attach("mood.mp3", "data:audio/mpeg;base64,AAAA".to_owned());
    draft.detach("good.png");
    assert_eq!(files(&draft), "dobrze.png- good.png- mood.mp3+");
    assert!(crate::Definition::read(&draft.definition()).is_ok());
}

#[test]
fn a_form_knows_which_tables_it_names_and_a_question_chooses_from_their_rows() {
    let form = json!({"languages": ["en"], "lists": {"own": [{"name": "a", "label": {"en": "A"}}]}, "items": [
        {"type": "select_one", "name": "street", "list": "own", "label": {"en": "Which street?"}},
        {"type": "calculate", "name": "ward", "calculation": "pulldata('wards', 'ward', 'code', ${street})"},
    ]});
    let mut draft = Draft::read(&form).unwrap();
    let street = Path::parse("street");
    let named: Vec<_> = draft.tables().into_iter().collect();
    assert_eq!(named, [("wards".to_owned(), None)]);
    assert_eq!(draft.use_table(&street, "wards"), Err(Refusal::Missing("wards".to_owned())));
    let table = json!({"columns": ["code", "street", "long"], "rows": [["1", "Quarry Hill", "x"], ["2", "Orsett Road", "y"]]});
    draft.attach_table("wards", table);
    assert_eq!(draft.tables()["wards"].as_ref().map(|shape| shape.rows), Some(2));
    draft.use_table(&street, "wards").unwrap();
    assert_eq!(draft.lists(), Vec::<&str>::new(), "no list is left over");
    let offered = |draft: &Draft| {
        let definition = crate::Definition::read(&draft.definition()).unwrap();
        let crate::Kind::SelectOne(choices) = &definition.items[0].kind else { panic!() };
        let words = |it: &crate::Choice| format!("{} {}", it.name, it.label.get("en"));
        choices.iter().map(words).collect::<Vec<_>>()
    };
    assert_eq!(offered(&draft), ["1 Quarry Hill", "2 Orsett Road"]);
    let before = draft.clone();
    draft.use_column(&street, "label", "long");
    assert_eq!(offered(&draft), ["1 x", "2 y"]);
    draft.attach_table("wards", json!({"columns": ["code", "long"], "rows": [["3", "z"]]}));
    assert_eq!(
        changes(&before, &draft),
        [Change::Rules(street.clone()), Change::Table("wards".to_owned())]
    );
    // The usual names of columns are not written down.
    draft.attach_table(
        "usual",
        json!({"columns": ["more", "label", "name"], "rows": [["x", "Y", "y"]]}),
    );
    draft.use_table(&street, "usual").unwrap();
    assert_eq!(draft.item(&street).unwrap().get("parameters"), None);
    assert_eq!(
        (draft.column_of(&street, "value"), draft.column_of(&street, "label")),
        ("name", "label")
    );
    assert_eq!(offered(&draft), ["y Y"]);
    draft.use_table(&street, "wards").unwrap();
    draft.set_kind(&street, "select_multiple").unwrap();
    assert_eq!(draft.table_of(&street), Some("wards"), "another type chooses from it too");
    draft.use_list(&street, None).unwrap();
    assert_eq!(draft.item(&street).unwrap().get("parameters"), None);
    draft.detach_table("wards");
    assert_eq!(draft.tables()["wards"], None);
}

#[test]
fn an_expression_tells_whose_answers_it_uses_and_which_names_lead_nowhere() {
    let draft = Draft::read(&json!({"languages": ["en"], "items": [
        {"type": "integer", "name": "adults"}, {"type": "integer", "name": "age"},
    ]}))
    .unwrap();
    let (there, nowhere) = draft.referred("${adults} + ${age} + ${adults} + ${agee} + ${");
    assert_eq!(there, [Path::parse("adults"), Path::parse("age")]);
    assert_eq!(nowhere, ["agee"]);
}
