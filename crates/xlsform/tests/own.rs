//! Workbooks of our own: what each spelling means, and what is said about each fault.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use survey::{
    Definition,
    draft::{Draft, Path, Refusal},
};
use xlsform::{Book, Import, Options, Severity, Sheet, import, import_book};

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    Sheet::of(name, &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

fn form(sheets: Vec<Sheet>) -> Import {
    import_book(&Book { sheets }, &Options::default())
}

fn survey(rows: &[&[&str]]) -> Import {
    let choices =
        [["list_name", "name", "label"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]];
    let choices: Vec<&[&str]> = choices.iter().map(|row| &row[..]).collect();
    form(vec![sheet("survey", rows), sheet("choices", &choices)])
}

fn items(import: &Import) -> Value {
    let Some(definition) = &import.definition else { panic!("{:#?}", import.findings) };
    definition["items"].clone()
}

/// The code and place of each error.
fn errors(import: &Import) -> Vec<(&str, String)> {
    assert_eq!(import.definition, None, "nothing is half imported");
    import
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.code, finding.place()))
        .collect()
}

#[test]
fn a_whole_form_is_what_it_says() {
    let import = form(vec![
        sheet(
            "Survey",
            &[
                &[
                    "Type",
                    "name",
                    "label::English (en)",
                    "label::Polski (pl)",
                    "Relevance",
                    "required",
                    "Constraint Message::Polski (pl)",
                    "constraint",
                    "calculation",
                    "repeat_count",
                    "media::image",
                    "parameters",
                    "appearance",
                    "choice_filter",
                ],
                &["begin repeat", "person", "Person", "Osoba", "", "", "", "", "", "${many} + 1"],
                &[
                    "integer",
                    "age",
                    "Age of  person",
                    "Wiek",
                    "${many} > 0",
                    "yes",
                    "Za dużo",
                    ". < 130",
                    "",
                    "",
                    "age.png",
                ],
                &["end repeat"],
                &["integer", "many", "How many?", "Ilu?"],
                &["range", "mark", "Mark", "Ocena", "", "", "", "", "", "", "", "start=0 end = 5"],
                &["select_one colours or_other", "colour", "Colour", "Kolor", "", "${mark} = 1"],
                &["calculate", "sum", "", "", "", "", "", "", "sum(${age}) + ‘1’"],
                &["", "", "", "", "", "", "", "", "a comment"],
                &["note", "", "Thanks, ${many}", "Dzięki"],
            ],
        ),
        sheet(
            "choices",
            &[
                &["list name", "value", "label::English (en)", "label::Polski (pl)", "county"],
                &["colours", "red", "Red", "Czerwony", "king"],
            ],
        ),
        sheet(
            "settings",
            &[
                &["form_title", "form_id", "version", "default_language"],
                &["Our form", "our", "7", "Polski (pl)"],
            ],
        ),
    ]);
    assert_eq!(
        import.definition.unwrap(),
        json!({
            "languages": ["pl", "en"],
            "language_names": {"pl": "Polski", "en": "English"},
            "title": {"pl": "Our form"},
            "settings": {"form_id": "our", "version": "7"},
            "lists": {"colours": [
                {"name": "red", "label": {"en": "Red", "pl": "Czerwony"}, "columns": {"county": "king"}},
                {"name": "other", "label": {"en": "Other", "pl": "Other"}},
            ]},
            "items": [
                {"type": "calculate", "name": "person_count", "calculation": "${many} + 1", "read_only": true},
                {"type": "repeat", "name": "person", "label": {"en": "Person", "pl": "Osoba"},
                 "repeat_count": "${person_count}", "items": [
                    {"type": "integer", "name": "age", "label": {"en": "Age of person", "pl": "Wiek"},
                     "relevant": "${many} > 0", "required": true, "constraint": ". < 130",
                     "constraint_message": {"pl": "Za dużo"}, "image": {"pl": "age.png"}},
                ]},
                {"type": "integer", "name": "many", "label": {"en": "How many?", "pl": "Ilu?"}},
                {"type": "range", "name": "mark", "label": {"en": "Mark", "pl": "Ocena"},
                 "parameters": {"start": 0, "end": 5, "step": 1}},
                {"type": "select_one", "name": "colour", "list": "colours",
                 "label": {"en": "Colour", "pl": "Kolor"}, "required": "${mark} = 1"},
                {"type": "text", "name": "colour_other", "label": {"pl": "Specify other."},
                 "relevant": "selected(${colour}, 'other')"},
                {"type": "calculate", "name": "sum", "calculation": "sum(${age}) + '1'"},
                {"type": "note", "name": "generated_note_name_10",
                 "label": {"en": "Thanks, ${many}", "pl": "Dzięki"}},
            ],
        })
    );
}

/// What stands behind "or specify other" follows the question and the choice that it speaks of, as a written condition would.
#[test]
fn the_words_for_another_choice_follow_what_they_are_asked_for() {
    let import = survey(&[
        &["type", "name", "label"],
        &["select_one yes_no or_other", "agree", "Do you agree?"],
    ]);
    let mut draft = Draft::read(import.definition.as_ref().unwrap()).unwrap();
    let (agree, other) = (Path::parse("agree"), Path::parse("agree_other"));
    let relevant = |draft: &Draft| draft.field(&other, "relevant").to_owned();
    let in_use = |name: &str| Refusal::InUse { name: name.to_owned(), by: vec![other.clone()] };
    assert_eq!(draft.remove(&agree), Err(in_use("agree")));
    assert_eq!(draft.remove_choice("yes_no", "other"), Err(in_use("other")));
    draft.rename(&agree, "view").unwrap();
    assert_eq!(relevant(&draft), "selected(${view}, 'other')");
    draft.rename_choice("yes_no", "other", "something").unwrap();
    assert_eq!(relevant(&draft), "selected(${view}, 'something')");
    assert!(Definition::read(&draft.definition()).is_ok());
}

#[test]
fn every_fault_is_told_where_it_stands() {
    let import = survey(&[
        &["type", "name", "label", "relevant", "parameters"],
        &["text", "a", "A", "${nobody} = 1"],
        &["text", "a", "A again"],
        &["txet", "b", "B"],
        &["select_one yes_mo", "c", "C"],
        &["begin_group", "g", "G"],
        &["text", "two words", "D"],
        &["end_repeat"],
        &["", "e", "E"],
        &["integer", "", "F"],
        &["range", "h", "H", "", "start=1 end=1"],
        &["calculate", "i"],
        &["text", "j", "J ${a", "", "rows"],
    ]);
    assert_eq!(
        errors(&import),
        [
            ("duplicate_name", "survey!B3".to_owned()),
            ("unknown_type", "survey!A4".to_owned()),
            ("missing_list", "survey!A5".to_owned()),
            ("bad_name", "survey!B7".to_owned()),
            ("unmatched_end", "survey!A8".to_owned()),
            ("missing_type", "survey!A9".to_owned()),
            ("missing_name", "survey!B10".to_owned()),
            ("bad_parameter", "survey!E11".to_owned()),
            ("missing_calculation", "survey row 12".to_owned()),
            ("bad_parameter", "survey!E13".to_owned()),
            ("unmatched_begin", "survey!A6".to_owned()),
            ("bad_reference", "survey!D2".to_owned()),
            ("bad_reference", "survey!C13".to_owned()),
        ]
    );
    let remedies: Vec<_> = import.errors().map(|finding| finding.remedy.as_str()).collect();
    assert_eq!(remedies[1], "Did you mean \"text\"?");
    assert_eq!(remedies[2], "Did you mean \"yes_no\"?");
    assert!(import.findings.iter().all(|finding| !finding.remedy.is_empty()));
}

#[test]
fn old_and_sloppy_spellings_are_read_and_said() {
    let import = survey(&[
        &["command", "tag", "caption", "bind:relevant", "Read Only"],
        &["add select one prompt using yes_no", "a", "A"],
        &["select all that apply from yes_no", "b", "B"],
        &["q picture", "c", "C"],
        &["phone number", "d", "D"],
        &["Select_One yes_no", "e", "E", "yes"],
        &["begin lgroup", "f", "F"],
        &["int", "g", "G", "", "TRUE"],
        &["end looped group"],
    ]);
    assert_eq!(
        items(&import),
        json!([
            {"type": "select_one", "name": "a", "list": "yes_no", "label": {"en": "A"}},
            {"type": "select_multiple", "name": "b", "list": "yes_no", "label": {"en": "B"}},
            {"type": "image", "name": "c", "label": {"en": "C"}},
            {"type": "text", "name": "d", "label": {"en": "D"}, "constraint": "regex(., '^\\d*$')",
             "hint": {"en": "Enter numbers only."}},
            {"type": "select_one", "name": "e", "list": "yes_no", "label": {"en": "E"}, "relevant": "true()"},
            {"type": "repeat", "name": "f", "label": {"en": "F"}, "items": [
                {"type": "integer", "name": "g", "label": {"en": "G"}, "read_only": true},
            ]},
        ])
    );
    let said = import.findings.iter().find(|finding| finding.code == "type_spelling").unwrap();
    assert_eq!((said.place().as_str(), said.severity), ("survey!A6", Severity::Warning));
}

#[test]
fn a_loop_is_a_group_for_each_choice() {
    let import = survey(&[
        &["type", "name", "label"],
        &["begin loop over yes_no", "each", "Each"],
        &["integer", "many", "How many %(label)s (%(name)s), 100%%?"],
        &["end loop", "each"],
    ]);
    let group = |name, label: &str| {
        json!({"type": "group", "name": name, "label": {"en": label}, "items": [
            {"type": "integer", "name": "many",
             "label": {"en": format!("How many {label} ({name}), 100%?")}}]})
    };
    assert_eq!(
        items(&import),
        json!([{"type": "group", "name": "each", "label": {"en": "Each"},
                "items": [group("yes", "Yes"), group("no", "No")]}])
    );
}

#[test]
fn cells_are_read_as_they_are_shown() {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let time = Format::new().set_num_format("hh:mm");
    let survey = workbook.add_worksheet().set_name("survey").unwrap();
    for (column, heading) in ["type", "name", "label", "default"].into_iter().enumerate() {
        survey.write(0, u16::try_from(column).unwrap(), heading).unwrap();
    }
    for row in 1..=5 {
        survey.write(row, 0, "text").unwrap();
        survey.write(row, 1, format!("q{row}")).unwrap();
        survey.write(row, 2, "\u{a0}A\u{a0}label ").unwrap();
    }
    survey.write(1, 3, 1.0).unwrap();
    survey.write(2, 3, 0.25).unwrap();
    survey.write(3, 3, true).unwrap();
    let moment = ExcelDateTime::from_ymd(2026, 11, 28).unwrap();
    survey.write_with_format(4, 3, &moment, &day).unwrap();
    let moment = ExcelDateTime::from_hms(9, 30, 0).unwrap();
    survey.write_with_format(5, 3, &moment, &time).unwrap();
    let import = import(&workbook.save_to_buffer().unwrap(), &Options::default());
    let items = items(&import);
    let defaults: Vec<_> =
        items.as_array().unwrap().iter().map(|item| item["default"].as_str().unwrap()).collect();
    assert_eq!(defaults, ["1", "0.25", "TRUE", "2026-11-28 00:00:00", "09:30:00"]);
    assert_eq!(items[0]["label"]["en"], "A label");
}

#[test]
fn a_column_without_a_language_belongs_to_the_forms_own() {
    let languages = |headings: &[&str]| {
        let row: Vec<&str> = headings.iter().map(|_| "x").collect();
        let mut first = vec!["type", "name"];
        let mut second = vec!["text", "a"];
        first.extend(headings);
        second.extend(row);
        let import = form(vec![sheet("survey", &[&first, &second])]);
        let definition = import.definition.unwrap();
        (definition["languages"].clone(), definition["items"][0].clone())
    };
    let (tags, item) = languages(&["label::English", "label::Română", "hint"]);
    assert_eq!(tags, json!(["en", "ro"]));
    assert_eq!(item["hint"], json!({"en": "x"}));
    let (tags, item) = languages(&["label", "label::French"]);
    assert_eq!(tags, json!(["en", "fr"]));
    assert_eq!(item["label"], json!({"en": "x", "fr": "x"}));
    let (tags, _) = languages(&["label::English", "hint::English (EN)", "guidance_hint::pt-br"]);
    assert_eq!(tags, json!(["en", "pt-BR"]));
    // A name that nobody knows has the same tag when it comes in again, with the tag behind it.
    for heading in ["label::Py}", "label::Py} (x-py)", "label::Py} (X-PY)"] {
        assert_eq!(languages(&[heading]).0, json!(["x-py"]), "{heading}");
    }
    let (tags, item) = languages(&["label::English", "label::English (en)"]);
    assert_eq!(tags, json!(["en", "en-x-2"]));
    assert_eq!(item["label"], json!({"en": "x", "en-x-2": "x"}));
}
