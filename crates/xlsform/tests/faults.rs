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

/// One form of a row or a few, `|` between the cells, and what is told of it: the place, the code and a word of what or
/// remedy; nothing where the form is fine.
#[track_caller]
fn told(headings: &str, rows: &[&str], expected: Option<(Severity, &str, &str, &str)>) {
    let split = |row: &str| row.split('|').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> =
        std::iter::once(headings).chain(rows.iter().copied()).map(split).collect();
    let lines: Vec<Vec<&str>> =
        lines.iter().map(|line| line.iter().map(String::as_str).collect()).collect();
    let choices: &[&[&str]] = &[
        &["list_name", "name", "label", "ward"],
        &["yn", "y", "Yes", "a"],
        &["yn", "n", "No", "b"],
        &["scale", "0", "Low"],
        &["scale", "10", "High"],
        &["half", "0.5", "Half"],
        &["half", "10", "High"],
        &["far", "0", "Low"],
        &["far", "11", "High"],
        &["three", "0", "Low"],
        &["three", "5", "Middle"],
        &["three", "10", "High"],
    ];
    let import = form(vec![Sheet::of("survey", &lines), sheet("choices", choices)]);
    let serious: Vec<_> =
        import.findings.iter().filter(|it| it.severity != Severity::Note).collect();
    let all = format!("{headings}\n{rows:#?}\n{serious:#?}");
    match expected {
        None => assert!(serious.is_empty() && import.definition.is_some(), "{all}"),
        Some((severity, place, code, word)) => {
            let found = serious.iter().find(|it| (it.place().as_str(), it.code) == (place, code));
            let found = found.unwrap_or_else(|| panic!("{place} {code}: {all}"));
            assert_eq!(found.severity, severity, "{all}");
            assert!(found.what.contains(word) || found.remedy.contains(word), "{word}: {all}");
            assert_eq!(import.definition.is_some(), severity != Severity::Error, "{all}");
            for said in [&found.what, &found.remedy] {
                let long = sentences(said).find(|it| it.split_whitespace().count() > 15);
                assert_eq!(long, None, "{said}");
            }
        }
    }
}

/// pyxform 4.5: `validators/pyxform/question_types/range.py`, `xls2json.py` (parameters of each type), errors RANGE_001
/// to RANGE_012, SURVEY_003 and SURVEY_007 to SURVEY_009.
#[test]
fn parameters_are_held_to_what_pyxform_takes() {
    let head = "type|name|label|parameters|appearance";
    let wrong = |kind: &str, parameters: &str, word: &str| {
        let row = format!("{kind}|{}|P|{parameters}", if kind == "audit" { "audit" } else { "p" });
        told(
            head,
            &["text|q|Q", &row],
            Some((Severity::Error, "survey!D3", "bad_parameter", word)),
        );
    };
    for (parameters, word) in [
        ("start=0 end=10 tick_interval=0", "tick_interval"),
        ("start=0 end=10 tick_interval=11", "tick_interval"),
        ("start=0 end=10 step=2 tick_interval=3", "tick_interval"),
        ("start=0 end=10 step=2 placeholder=3", "placeholder"),
        ("start=0 end=10 placeholder=11", "placeholder"),
        ("start=0 end=10 tick_labelset=yn", "no number"),
        ("start=0 end=10 tick_labelset=half", "step"),
        ("start=0 end=10 tick_labelset=far", "outside"),
        ("start=0 end=10 tick_interval=10 tick_labelset=three", "tick_interval"),
    ] {
        wrong("range", parameters, word);
    }
    wrong("range", "start=0 end=10 tick_labelset=three|no-ticks", "no-ticks");
    wrong("range", "start=0 end=10 tick_interval=2|picker", "picker");
    wrong("select_one yn", "randomize=yes", "true or false");
    wrong("select_one_from_file f.csv", "value=1a", "value");
    wrong("text", "rows=a", "whole number");
    wrong("image", "max-pixels=a", "whole number");
    wrong("image", "app=bad", "app");
    wrong("audio", "quality=bad", "quality");
    wrong("audit", "location-priority=balanced", "location-min-interval");
    wrong("audit", "track-changes=foo", "true or false");
    wrong("geopoint", "capture-accuracy=a", "number");
    wrong("geopoint", "allow-mock-accuracy=foo", "true or false");
    wrong("geotrace", "incremental=false", "true");
    for good in [
        "range|p|P|start=0 end=10 tick_interval=2 placeholder=5 tick_labelset=scale",
        "range|p|P|start=0 end=10 tick_labelset=scale|no-ticks",
        "range|p|P|start=0 end=1 step=0.1 tick_interval=0.2 placeholder=0.3",
        "range|p|P|start=10 end=0 step=1",
        "select_one yn|p|P|randomize=false",
        "text|p|P|rows=3",
        "image|p|P|max-pixels=640 app=com.example.x",
        "audio|p|P|quality=voice-only",
        "geopoint|p|P|capture-accuracy=5.5 warning-accuracy=10 allow-mock-accuracy=true",
        "geotrace|p|P|incremental=true",
    ] {
        told(head, &["text|q|Q", good], None);
    }
}

/// What JavaRosa refuses when a form is loaded, and pyxform does not see: names without `${…}` that no question has.
#[test]
fn names_in_expressions_that_lead_nowhere_are_told() {
    let head = "type|name|label|relevant|constraint|choice_filter|required|calculation";
    let stray = |row: &str, place: &str, word: &str| {
        told(
            head,
            &["text|q|Q", "begin_group|g|G", "text|inner|I", "end_group", row],
            Some((Severity::Warning, place, "stray_name", word)),
        );
    };
    stray("text|p|P|${q} = yes", "survey!D6", "'yes'");
    stray("text|p|P|selected(${q}, a)", "survey!D6", "'a'");
    stray("text|p|P|q = 1", "survey!D6", "${q}");
    stray("text|p|P|${q} != null", "survey!D6", "''");
    stray("text|p|P|/other/q = 1", "survey!D6", "other");
    stray("text|p|P|../nobody = 1", "survey!D6", "nobody");
    stray("integer|p|P||self > 1", "survey!E6", "Write .");
    stray("text|p|P||||maybe", "survey!G6", "maybe");
    stray("select_one yn|p|P|||wrad = ${q}", "survey!F6", "ward");
    stray("calculate|c||||||count(${g}/outer)", "survey!H6", "outer");
    stray("calculate|c||||||instance('yn')/root/item[nam = 'y']/label", "survey!H6", "name");
    for good in [
        "text|p|P|../q = 1 and /data/q = 1 and ${g}/inner = 1 and ../g/inner = ''",
        "text|p|P|count(//inner) = 1 and current()/../q = 'x'",
        "text|p|P|/data/meta/instanceID != ''",
        "integer|p|P||. > 1 and ../q = ''",
        "select_one yn|p|P|||ward = ${q} and name != label and current()/../q != ''",
        "calculate|c||||||instance('yn')/root/item[name = current()/../q]/label",
    ] {
        told(head, &["text|q|Q", "begin_group|g|G", "text|inner|I", "end_group", good], None);
    }
    for (source, word) in
        [("pulldata('f', 'a', 'b', ${q})", "f.csv"), ("instance('x')/root/item[1]", "x.csv")]
    {
        let row = format!("calculate|c||||||{source}");
        told(
            head,
            &["text|q|Q", &row],
            Some((Severity::Warning, "survey!H3", "missing_file", word)),
        );
    }
}

/// ODK Validate evaluates each expression once, and refuses a form where that fails for the types of the values.
#[test]
fn an_expression_that_can_never_come_to_anything_is_told() {
    for (source, word) in [
        ("count('a')", "count"),
        ("count(1)", "count"),
        ("digest(${q}, 'MD5')", "SHA-256"),
        ("digest(${q}, 'SHA-256', 'octal')", "octal"),
    ] {
        let row = format!("calculate|c||{source}");
        let expected = (Severity::Error, "survey!D3", "bad_expression", word);
        told("type|name|label|calculation", &["text|q|Q", &row], Some(expected));
    }
    for source in ["count(../q)", "sum(${q})", "digest(${q}, 'SHA-256', 'hex')", "max(1, ${q})"] {
        let row = format!("calculate|c||{source}");
        told("type|name|label|calculation", &["text|q|Q", &row], None);
    }
}

/// Signs of spreadsheets and of other languages, and what they are called here.
#[test]
fn signs_of_other_languages_are_told_with_ours() {
    for (source, word) in [
        ("${q} == 1", "Write ="),
        ("${q} <> 1", "Write !="),
        ("${q} && 1", "Write and"),
        ("${q} ≥ 1", "Write >="),
        ("${q} ≤ 1", "Write <="),
        ("${q} ≠ 1", "Write !="),
        ("${q} % 2 = 1", "Write mod"),
        ("${q} / 2 = 1", "Write div"),
        ("${q} × 2 = 1", "Write *"),
        ("${q} = 1 AND ${q} = 2", "Write and"),
        ("${q} = 1 Or ${q} = 2", "Write or"),
        ("not ${q} = 1", "not(…)"),
        ("${q} is 1", "Write ="),
        ("${q} &gt; 1", "Write >"),
        ("{q} = 1", "${q}"),
        ("$q = 1", "${q}"),
    ] {
        let row = format!("text|p|P|{source}");
        let expected = (Severity::Error, "survey!D3", "bad_expression", word);
        told("type|name|label|relevant", &["text|q|Q", &row], Some(expected));
    }
}

/// pyxform: `test_trigger.py`, `test_dynamic_default.py`, `test_last_saved.py`, `test_audit.py`, `test_table_list.py`.
#[test]
fn rows_that_pyxform_refuses_are_refused_or_told() {
    let error = |place, code, word| Some((Severity::Error, place, code, word));
    let warning = |place, code, word| Some((Severity::Warning, place, code, word));
    let head = "type|name|label|trigger|calculation|default|appearance|choice_filter";
    let two = ["text|q|Q", "text|r|R"];
    let after = |row: &'static str, expected| told(head, &[two[0], two[1], row], expected);
    after("calculate|c||${q}, ${r}|1", None);
    after("calculate|c||${q},|1", None);
    after("calculate|c||${q} ${r}|1", error("survey!D4", "bad_reference", "comma"));
    after("calculate|c||${q} + 1|1", warning("survey!D4", "bad_reference", "+ 1"));
    after("calculate|c||${c}|1", error("survey!D4", "bad_reference", "see"));
    told(
        head,
        &["begin_group|g|G", "text|q|Q", "end_group", "calculate|c||${g}|1"],
        error("survey!D5", "bad_reference", "group"),
    );
    after("calculate|c||||5", error("survey!E4", "missing_calculation", "calculation"));
    after("calculate|c||||now()", None);
    after("text|p", warning("survey!C4", "missing_label", "\"p\""));
    after("text|p||${q}|1", None);
    after("set form title|Mine", warning("survey!A4", "type_spelling", "settings"));
    after("audit|mine", error("survey!B4", "bad_name", "audit"));
    told(
        head,
        &["begin_group|g|G||||table-list", "select_one yn|s|S|||||ward != ''", "end_group"],
        error("survey!H3", "mixed_table_list", "choice_filter"),
    );
    // What stands on tablets that are shared is not kept from one person to the next.
    after("text|p|P|||${last-saved#q}", warning("survey!F4", "last_saved", "empty"));
    after("text|p|P|||concat(${last-saved#q}, 'x')", warning("survey!F4", "last_saved", "empty"));
    after("text|p|P|||${last-saved#nobody}", error("survey!F4", "bad_reference", "nobody"));
    after("note|n|Before: ${last-saved#q}", warning("survey!C4", "last_saved", "empty"));
}

/// XLSForm reference, "default": a value of the question's type. A spreadsheet keeps days with a time.
#[test]
fn a_default_that_does_not_fit_is_told() {
    let head = "type|name|label|default";
    for row in [
        "integer|p|P|abc",
        "integer|p|P|1.5",
        "decimal|p|P|much",
        "date|p|P|01/02/2020",
        "time|p|P|noon",
        "dateTime|p|P|2020-01-01",
        "select_one yn|p|P|zzz",
        "select_multiple yn|p|P|y z",
    ] {
        told(head, &[row], Some((Severity::Warning, "survey!D2", "bad_default", "is no")));
    }
    for row in [
        "integer|p|P|-5",
        "decimal|p|P|1.5",
        "date|p|P|2020-01-01",
        "date|p|P|today()",
        "time|p|P|12:30",
        "dateTime|p|P|2020-01-01T10:30:00",
        "select_one yn|p|P|y",
        "select_multiple yn|p|P|y n",
        "text|p|P|anything at all",
    ] {
        told(head, &[row], None);
    }
    let default = |row: &[&str]| {
        let import = form(vec![sheet("survey", &[&["type", "name", "label", "default"], row])]);
        assert!(import.findings.iter().all(|it| it.severity == Severity::Note));
        import.definition.unwrap()["items"][0]["default"].as_str().unwrap().to_owned()
    };
    assert_eq!(default(&["date", "d", "D", "2024-05-01 00:00:00"]), "2024-05-01");
    assert_eq!(default(&["dateTime", "d", "D", "2024-05-01 10:30:00"]), "2024-05-01T10:30:00");
    assert_eq!(default(&["text", "d", "D", "2024-05-01 10:30:00"]), "2024-05-01 10:30:00");
}

/// pyxform's `aliases.yes_no`: a spreadsheet writes its own truth in capitals.
#[test]
fn choices_may_stand_twice_in_every_way_to_say_yes() {
    for (says, allowed) in [("yes", true), ("TRUE", true), ("True", true), ("no", false)] {
        let import = form(vec![
            sheet("survey", &[&["type", "name", "label"], &["select_one yn", "q", "Q"]]),
            sheet(
                "choices",
                &[&["list_name", "name", "label"], &["yn", "y", "Yes"], &["yn", "y", "Sure"]],
            ),
            sheet("settings", &[&["allow_choice_duplicates"], &[says]]),
        ]);
        assert_eq!(import.definition.is_some(), allowed, "{says}: {:#?}", import.findings);
    }
}

/// What can be read and was hardly meant is told at its cell, and keeps no form out.
#[test]
fn choices_that_look_alike_and_answers_refused_without_words_are_told() {
    let survey: &[&[&str]] = &[
        &["type", "name", "label", "constraint", "constraint_message"],
        &["select_one yn", "q", "Q"],
        &["integer", "age", "Age?", ". > 17"],
        &["integer", "rooms", "Rooms?", ". > 0", "Every home has one."],
        &["integer", "floors", "Floors?", ". > 0"],
    ];
    let choices: &[&[&str]] = &[
        &["list_name", "name", "label"],
        &["yn", "y", "Yes"],
        &["yn", "y", "Of course"],
        &["yn", "n", " yes"],
    ];
    let allowed: &[&[&str]] =
        &[&["allow_choice_duplicates", "default_language"], &["yes", "English (en)"]];
    let sheets = [("survey", survey), ("choices", choices), ("settings", allowed)];
    let import = form(sheets.map(|(name, rows)| sheet(name, rows)).to_vec());
    assert!(import.definition.is_some(), "{:#?}", import.findings);
    let found: Vec<_> =
        import.findings.iter().map(|it| (it.severity, it.place(), it.code)).collect();
    assert_eq!(
        found,
        [
            (Severity::Warning, "choices!B3".to_owned(), "same_name"),
            (Severity::Warning, "choices!C4".to_owned(), "same_label"),
            (Severity::Note, "survey!D3".to_owned(), "no_message"),
        ]
    );
    // The same at many questions is said once.
    let what = &import.findings[2].what;
    assert!(what.ends_with("So it is at 2 questions, from here on."), "{what}");
}

/// What cannot be seen in a cell is written out where the cell is shown.
#[test]
fn letters_that_nobody_sees_are_shown() {
    told(
        "type|name|label",
        &["text\u{200b}|q|Q"],
        Some((Severity::Error, "survey!A2", "unknown_type", "text‹U+200B›")),
    );
    told(
        "type|name|label",
        &["text|\u{feff}q|Q"],
        Some((Severity::Error, "survey!B2", "bad_name", "‹U+FEFF›q")),
    );
}

/// What no program can do anything with is named by what it is, and a heading by how the others are written.
#[test]
fn files_and_headings_that_are_not_what_they_seem_are_told() {
    let mut cut = b"PK\x03\x04".to_vec();
    cut.extend([0; 90]);
    for (bytes, word) in [
        (&b""[..], "empty"),
        (&b"type,name,label\ntext,q,Q\n"[..], "CSV"),
        (&cut[..], "end is missing"),
        (&[0xff, 0xfe, 0, 1, 2][..], "no zip archive"),
    ] {
        let import = import(bytes, &Options::default());
        let found = errors(&import);
        assert_eq!((found.len(), found[0].1), (1, "not_a_workbook"));
        assert!(found[0].2.contains(word) && !found[0].3.is_empty(), "{found:#?}");
    }
    let import = form(vec![sheet(
        "survey",
        &[
            &["type", "name", "label::English (en)", "hint:English (en)"],
            &["text", "q", "Q", "Help"],
        ],
    )]);
    let finding = import.findings.iter().find(|it| it.place() == "survey!D1").unwrap();
    assert_eq!((finding.severity, finding.code), (Severity::Warning, "unused_column"));
    assert!(finding.remedy.contains("hint::English (en)"));
    let import = form(vec![
        sheet("survey", &[&["type", "name", "label"], &["text", "q", "Q"]]),
        sheet("settings", &[&["form_title", "name"], &["Mine", "my form"]]),
    ]);
    assert_eq!(errors(&import)[0].0, "settings!B2");
    // What a spreadsheet could not compute is no label.
    let failed = Some((Severity::Warning, "survey!C2", "failed_formula", "#REF!"));
    told("type|name|label", &["text|q|#REF!"], failed);
    // A sheet without the column of names says so once.
    let import = form(vec![sheet("survey", &[&["type", "label"], &["text", "Q"], &["text", "P"]])]);
    let found = errors(&import);
    assert_eq!((found.len(), found[0].0.as_str()), (1, "survey row 1"), "{found:#?}");
}
