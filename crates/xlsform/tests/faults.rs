//! What the engine that asks the questions does not understand is told at its cell, with a remedy.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use survey::{Choices, Definition, Kind};
use xlsform::{Book, Import, Options, Severity, Sheet, import, import_book};

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    Sheet::of(name, &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

fn form(sheets: Vec<Sheet>) -> Import {
    import_book(&Book { sheets }, &Options::default())
}

/// The place, the code, what and the remedy of each error.
fn errors(import: &Import) -> Vec<(String, &str, &str, &str)> {
    assert_eq!(import.definition, None, "nothing is half imported");
    import.errors().map(|it| (it.place(), it.code, it.what.as_str(), it.remedy.as_str())).collect()
}

const HEADINGS: &[&str] = &[
    "type",
    "name",
    "relevant",
    "label::English (en)",
    "label::Polski (pl)",
    "constraint",
    "calculation",
    "default",
    "required",
    "repeat_count",
    "choice_filter",
    "read_only",
];

#[test]
fn an_expression_that_cannot_be_read_is_told_at_its_cell() {
    // Each fault at one column, in a group in a repeat, behind rows that are no items.
    for (column, letter) in [(2, "C"), (5, "F"), (6, "G"), (7, "H"), (8, "I"), (10, "K"), (11, "L")]
    {
        for (source, what, remedy) in [
            (
                "${age} + > 2",
                "Something is missing before “> 2”.",
                "Write a ${name}, a number or a 'text' there.",
            ),
            (
                "countSelected(${age})",
                "There is no function “countSelected”.",
                "Write “count-selected”.",
            ),
            (
                "not(1, 2)",
                "“not” needs 1 value in its brackets and has 2.",
                "Commas stand between them.",
            ),
            // A sentence of the form's own ends neither what is said nor what is to be done.
            (
                "if(1, 2, 3) 'No. Not. Ever'",
                "“'No. Not. Ever'” cannot follow “if(1, 2, 3)”.",
                "Put a sign or word between them, such as = or and.",
            ),
        ] {
            let mut fault =
                vec!["select_one yn", "town", "", "Town?", "Miasto?", "", "", "", "", "", "", ""];
            fault[column] = source;
            let import = form(vec![
                sheet(
                    "survey",
                    &[
                        HEADINGS,
                        &["integer", "age", "", "Age?", "Wiek?"],
                        &[],
                        &["", "", "", "", "", "", "", "", "", "", "", ""],
                        &["begin_repeat", "home", "", "Home", "Dom"],
                        &["note", "n", "", "Hello", "Hej"],
                        &["begin_group", "about", "", "About", "O"],
                        &fault,
                        &["end_group"],
                        &["end_repeat"],
                    ],
                ),
                sheet("choices", &[&["list_name", "name", "label"], &["yn", "y", "Yes"]]),
            ]);
            let found = errors(&import);
            assert_eq!(found.len(), 1, "{found:#?}");
            let (place, code, said, told) = &found[0];
            assert_eq!(
                (place.as_str(), *code),
                (format!("survey!{letter}8").as_str(), "bad_expression")
            );
            assert_eq!((*said, *told), (what, remedy));
        }
    }
}

/// What SurveyCTO's functions are called here is said, and what is said can be read.
#[test]
fn functions_of_another_program_are_told_with_ours() {
    let checked = |calculation: &str| {
        form(vec![
            sheet(
                "survey",
                &[
                    &["type", "name", "label", "calculation"],
                    &["select_one town", "town", "Town?"],
                    &["geopoint", "here", "Here?"],
                    &["geopoint", "there", "There?"],
                    &["begin_repeat", "person", "Person"],
                    &["text", "name", "Name?"],
                    &["integer", "age", "Age?"],
                    &["end_repeat"],
                    &["calculate", "c", "", calculation],
                ],
            ),
            sheet("choices", &[&["list_name", "name", "label"], &["town", "g", "Grays"]]),
        ])
    };
    let remedy = |source: &str| {
        let import = checked(source);
        let found = errors(&import);
        assert_eq!((found.len(), found[0].0.as_str()), (1, "survey!D9"), "{found:#?}");
        found[0].3.to_owned()
    };
    for (theirs, ours) in [
        ("choice-label(${town}, ${town})", "jr:choice-name(${town}, '${town}')"),
        ("count-if(${person}, ${age} >= 18)", "count(${person}[age >= 18])"),
        ("join-if(', ', ${name}, ${age} >= 18)", "join(', ', ${person}[age >= 18]/name)"),
        ("sum-if(${age}, ${age} >= 18)", "sum(${person}[age >= 18]/age)"),
        ("max-if(${age}, ${age} >= 18)", "max(${person}[age >= 18]/age)"),
        ("distance-between(${here}, ${there})", "distance(${here}, ${there})"),
        ("lower(${town})", "lower-case()"),
        ("hash(${town})", "digest(${question}, 'SHA-256')"),
    ] {
        let said = remedy(theirs);
        assert!(said.ends_with(&format!("{ours}.")), "{theirs}: {said}");
        let written = ours.replace("lower-case()", "lower-case('A')").replace("question", "town");
        let import = checked(&written);
        assert!(import.definition.is_some(), "{written}: {:#?}", import.findings);
    }
    assert_eq!(
        remedy("rank-index(1, ${age})"),
        "Nothing here puts values in an order. Take the calculation out."
    );
}

#[test]
fn a_cycle_is_told_at_one_of_its_expressions_with_its_path() {
    let import = form(vec![sheet(
        "survey",
        &[
            &["type", "name", "label", "relevant", "calculation", "repeat_count"],
            &["integer", "a", "A?", "${c} > 1"],
            &["calculate", "b", "", "", "${a} + 1"],
            &["calculate", "c", "", "", "${b} * 2"],
            &["integer", "fine", "Fine?", "${c} > 1"],
            &["calculate", "own", "", "", "${own} + 1"],
            &["begin_repeat", "many", "Many", "", "", "count(${x}) + 1"],
            &["integer", "x", "X?"],
            &["end_repeat"],
        ],
    )]);
    let mut found = errors(&import);
    found.sort();
    assert_eq!(found.len(), 3, "three circles are three findings: {found:#?}");
    let (place, code, what, remedy) = &found[0];
    assert_eq!(*code, "cycle");
    assert!(["survey!D2", "survey!E3", "survey!E4"].contains(&place.as_str()), "{found:#?}");
    let ways = [
        "a → b → c → a",
        "a → c → b → a",
        "b → a → c → b",
        "b → c → a → b",
        "c → a → b → c",
        "c → b → a → c",
    ];
    assert!(
        ways.iter().any(|way| *what == format!("These depend on each other in a circle: {way}.")),
        "{what}"
    );
    assert_eq!(*remedy, "Take one reference out.");
    assert_eq!(found[1].0, "survey!E6");
    assert_eq!(found[1].2, "\"own\" depends on itself.");
    // The count is a calculation of its own, as with pyxform, and is written in the column of the repeat.
    assert_eq!(found[2].0, "survey!F7", "{found:#?}");
    assert!(found[2].2.contains("many_count"), "{found:#?}");
}

#[test]
fn names_that_nobody_has_are_told_in_the_language_they_stand_in() {
    let import = form(vec![
        sheet(
            "survey",
            &[
                &[
                    "type",
                    "name",
                    "label::Polski (pl)",
                    "label::English (en)",
                    "relevant",
                    "hint::English (en)",
                ],
                &["text", "who", "Kto?", "Who?"],
                &["text", "why", "Czemu, ${who}?", "Why, ${whom}?", "${wo} != ''", "${hwo}"],
                &["select_one yn", "ok", "OK?", "OK?"],
            ],
        ),
        sheet(
            "choices",
            &[
                &["list_name", "name", "label::English (en)", "label::Polski (pl)"],
                &["yn", "y", "Yes", "Tak"],
                &["yn", "n", "No", "Nie, ${kto}"],
            ],
        ),
    ]);
    let found = errors(&import);
    let places: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(places, ["survey!D3", "survey!E3", "survey!F3", "choices!D3"], "{found:#?}");
    assert!(
        found.iter().all(|it| it.1 == "bad_reference" && it.2.starts_with("There is no question"))
    );
    assert_eq!(found[0].3, "Did you mean ${who}?");
    // What only the engine finds, too: a record's own name is no question.
    let import = form(vec![sheet(
        "survey",
        &[
            &["type", "name", "label::Polski (pl)", "label::English (en)"],
            &["text", "why", "Czemu, ${instanceID}?", "Why?"],
        ],
    )]);
    let found = errors(&import);
    assert_eq!((found.len(), found[0].0.as_str()), (1, "survey!C2"), "{found:#?}");
}

#[test]
fn what_is_too_long_or_has_no_scale_is_told_at_its_cell() {
    let long = "x".repeat(model::limits::LINE_CHARS + 1);
    let steps = "start=0 end=100000 step=1";
    let import = form(vec![
        sheet(
            "survey",
            &[
                &["type", "name", "label", "parameters"],
                &["select_one_external place", "p", "Place?"],
                &["select_one yn", "ok", "OK?"],
                &["range", "r", "How much?", steps],
            ],
        ),
        sheet(
            "choices",
            &[&["list_name", "name", "label"], &["yn", "y", "Yes"], &["yn", &long, "No"]],
        ),
        sheet(
            "external_choices",
            &[
                &["list_name", "label", "name", "ward"],
                &["place", "A", "a", "w"],
                &["place", "Long", &long, "w"],
            ],
        ),
    ]);
    let found = errors(&import);
    let mut places: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["choices!B3", "external_choices!C3", "survey!D4"], "{found:#?}");
    assert!(found.iter().all(|it| !it.2.is_empty() && !it.3.is_empty()), "{found:#?}");
}

#[test]
fn a_fault_in_a_loop_is_told_once_at_its_row() {
    let import = form(vec![
        sheet(
            "survey",
            &[
                &["type", "name", "label", "calculation"],
                &["begin loop over yn", "each", "Each"],
                &["calculate", "sum", "", "1 +* 2"],
                &["end loop"],
            ],
        ),
        sheet(
            "choices",
            &[&["list_name", "name", "label"], &["yn", "y", "Yes"], &["yn", "n", "No"]],
        ),
    ]);
    let found = errors(&import);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].0, "survey!D3");
}

/// The sentences of what is said, without the words of the form that it shows in quotes.
fn sentences(said: &str) -> impl Iterator<Item = String> {
    let own: String = said.split('"').step_by(2).collect::<Vec<_>>().join("it");
    own.split(". ").map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[test]
fn every_form_that_is_accepted_can_be_asked() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let Ok(entries) = fs::read_dir(&directory) else {
        println!("skipped: {} is absent", directory.display());
        return;
    };
    let mut devices = 0;
    for form in entries.map(|entry| entry.unwrap().path()) {
        if !form.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls") {
            continue;
        }
        let import = import(&fs::read(&form).unwrap(), &Options::default());
        let name = form.file_name().unwrap().to_str().unwrap();
        for finding in &import.findings {
            for said in [&finding.what, &finding.remedy] {
                assert!(said.ends_with(['.', '?', '…', ')']), "{name}: {said}");
                let long = sentences(said).find(|it| it.split_whitespace().count() > 15);
                assert_eq!(long, None, "{name}: {said}");
            }
        }
        // pyxform refuses a form that has an .expected-error.txt beside it.
        let refused = directory.join(format!("{name}.expected-error.txt")).exists();
        assert!(refused || import.definition.is_some(), "{name}: {:#?}", import.findings);
        if refused {
            continue;
        }
        devices += import
            .findings
            .iter()
            .filter(|it| it.what.starts_with("device-info()") && it.severity == Severity::Warning)
            .count();
    }
    assert_eq!(devices, 4, "said once in each form of SurveyCTO that asks for it");
}

/// Everything that stands beside a question on the screen is in the definition, whatever its language.
#[test]
fn media_guidance_and_appearances_reach_the_definition() {
    let import = form(vec![
        sheet(
            "survey",
            &[
                &[
                    "type",
                    "name",
                    "label::English (en)",
                    "label::Polski (pl)",
                    "guidance_hint::Polski (pl)",
                    "media::image::English (en)",
                    "audio::Polski (pl)",
                    "video",
                    "appearance",
                    "image::Polski (pl)",
                ],
                &["begin_group", "table", "Table", "Tabela", "", "group.png", "", "", "table-list"],
                &[
                    "select_one yn",
                    "a",
                    "A",
                    "A",
                    "Więcej",
                    "a.png",
                    "a.mp3",
                    "a.mp4",
                    "",
                    "a-pl.png",
                ],
                &["end_group"],
                &["date", "born", "Born", "Ur.", "", "", "", "", "month-year"],
                &["date", "since", "Since", "Od", "", "", "", "", "year"],
                &["select_one yn", "head", "Head", "Nagłówek", "", "", "", "", "label"],
                &["select_one yn", "row", "Row", "Rząd", "", "", "", "", "list-nolabel"],
                &["select_one yn", "like", "Like", "Lubi", "", "", "", "", "likert"],
            ],
        ),
        sheet(
            "choices",
            &[
                &[
                    "list_name",
                    "name",
                    "label::English (en)",
                    "label::Polski (pl)",
                    "image",
                    "media::audio::Polski (pl)",
                    "video::English (en)",
                ],
                &["yn", "y", "Yes", "Tak", "yes.png", "tak.mp3", "yes.mp4"],
            ],
        ),
    ]);
    let value = import.definition.unwrap_or_else(|| panic!("{:#?}", import.findings));
    let definition = Definition::read(&value).unwrap();
    let item = |path: &str| definition.item(path).unwrap_or_else(|| panic!("{path}"));
    let a = item("a");
    let text = |text: &model::Text, language: &str| text.own(language).map(str::to_owned);
    assert_eq!(text(&a.media.image, "en").as_deref(), Some("a.png"));
    assert_eq!(text(&a.media.image, "pl").as_deref(), Some("a-pl.png"));
    assert_eq!(text(&a.media.audio, "pl").as_deref(), Some("a.mp3"));
    assert_eq!(text(&a.media.audio, "en"), None);
    assert_eq!(definition.text(&a.media.video, "pl"), "a.mp4", "the form's own stands in");
    assert_eq!(text(&a.guidance, "pl").as_deref(), Some("Więcej"));
    assert_eq!(definition.text(&item("table").media.image, "en"), "group.png");
    for (path, appearance) in [
        ("born", "month-year"),
        ("since", "year"),
        ("head", "label"),
        ("row", "list-nolabel"),
        ("like", "likert"),
    ] {
        assert!(item(path).looks(appearance), "{path}");
    }
    // As pyxform: a page with a note, a row of labels and rows without.
    assert!(item("table").looks("field-list") && a.looks("list-nolabel"));
    let Kind::SelectOne(Choices::List(list)) = &a.kind else { panic!("{:?}", a.kind) };
    assert_eq!(definition.text(&list[0].media.image, "pl"), "yes.png");
    assert_eq!(text(&list[0].media.audio, "pl").as_deref(), Some("tak.mp3"));
    assert_eq!(text(&list[0].media.video, "en").as_deref(), Some("yes.mp4"));
}
