//! Every form of `../shared/xlsform`, beside what pyxform makes of it: the same questions, choices,
//! languages and expressions, or the same refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod xform;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use xform::XForm;
use xlsform::{Import, Options, export, import};

/// Forms that pyxform refuses, with the code of our finding, or with why we take them.
const REFUSED: [(&str, Result<&str, &str>); 9] = [
    ("SurveyCTO-Templates__phq9___gad7.xlsx", Ok("unknown_type")),
    ("liberiaS3Mforms__liberiaCoverage.xlsx", Ok("duplicate_choice")),
    (
        "onadata__MCH_v1.xlsx",
        Err("type_spelling: \"Select one from source\" differs by a capital and is read"),
    ),
    ("onadata__good.xlsx", Ok("missing_column")),
    ("onadata__transportation.no_choices.xlsx", Ok("missing_list")),
    ("ppp__demo.xlsx", Ok("duplicate_choice")),
    ("pyxform__duplicate_columns.xlsx", Ok("duplicate_column")),
    ("pyxform__unknown_question_type.xls", Ok("duplicate_column")),
    (
        "web-forms__ifrc-distribution-site-assessment-v1.xlsx",
        Err(": an .xls named .xlsx is known by its bytes"),
    ),
];

fn forms() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let Ok(entries) = fs::read_dir(&directory) else {
        println!("skipped: {} is absent", directory.display());
        return Vec::new();
    };
    let mut forms: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls"))
        .collect();
    forms.sort();
    assert_eq!(forms.len(), 36);
    forms
}

fn name_of(form: &Path) -> String {
    form.file_name().unwrap().to_str().unwrap().to_owned()
}

fn read(form: &Path) -> Import {
    let name = form.file_stem().unwrap().to_str().unwrap().to_owned();
    import(&fs::read(form).unwrap(), &Options { name: Some(name), ..Options::default() })
}

fn beside(form: &Path, ending: &str) -> Option<String> {
    fs::read_to_string(form.with_file_name(format!("{}.{ending}", name_of(form)))).ok()
}

#[test]
fn what_pyxform_accepts_is_the_same_form() {
    let mut differences = Vec::new();
    for form in forms() {
        let Some(xml) = beside(&form, "pyxform.xml") else { continue };
        let import = read(&form);
        let Some(definition) = import.definition else {
            differences.push(format!("{}: refused: {:#?}", name_of(&form), import.findings));
            continue;
        };
        let xform = XForm::read(&xml);
        let found = compare(&definition, &xform);
        println!("{}: {} differences", name_of(&form), found.len());
        differences.extend(found.into_iter().map(|line| format!("{}: {line}", name_of(&form))));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn what_pyxform_refuses_is_refused_or_explained() {
    for form in forms() {
        if beside(&form, "expected-error.txt").is_none() {
            continue;
        }
        let name = name_of(&form);
        let (_, expected) = REFUSED.iter().find(|(known, _)| *known == name).unwrap();
        let import = read(&form);
        match expected {
            Ok(code) => {
                assert_eq!(import.definition, None, "{name}");
                assert!(import.errors().any(|f| f.code == *code), "{name}: {:#?}", import.findings);
            }
            Err(why) => {
                assert!(import.definition.is_some(), "{name}: {:#?}", import.findings);
                let code = why.split(':').next().unwrap();
                let told = code.is_empty() || import.findings.iter().any(|f| f.code == code);
                assert!(told, "{name}: {why}");
            }
        }
    }
}

#[test]
fn out_and_in_again_is_the_same_form() {
    for form in forms() {
        let Some(definition) = read(&form).definition else { continue };
        let again = import(&export(&definition).unwrap(), &Options::default());
        let name = name_of(&form);
        let again_definition =
            again.definition.unwrap_or_else(|| panic!("{name}: {:#?}", again.findings));
        for (key, value) in definition.as_object().unwrap() {
            assert_eq!(Some(value), again_definition.get(key), "{name}: {key}");
        }
        assert_eq!(again_definition, definition, "{name}");
    }
}

/// One item of ours: its type, path, fields.
struct Ours<'a> {
    path: String,
    item: &'a Map<String, Value>,
}

fn flatten<'a>(items: &'a Value, around: &str, flat: &mut Vec<Ours<'a>>) {
    for item in items.as_array().into_iter().flatten() {
        let item = item.as_object().unwrap();
        let path = format!("{around}/{}", item["name"].as_str().unwrap());
        flat.push(Ours { path: path.clone(), item });
        if let Some(inner) = item.get("items") {
            flatten(inner, &path, flat);
        }
    }
}

fn compare(definition: &Value, xform: &XForm) -> Vec<String> {
    let mut out = Vec::new();
    let root = format!("/{}", xform.root);
    let mut ours = Vec::new();
    flatten(&definition["items"], &root, &mut ours);
    // The audit log is metadata in pyxform's form.
    ours.retain(|ours| ours.item["type"] != "audit");
    let our_paths: Vec<&str> = ours.iter().map(|ours| ours.path.as_str()).collect();
    let their_paths: Vec<&str> = xform.paths.iter().map(String::as_str).collect();
    if our_paths != their_paths {
        let (a, b): (BTreeSet<_>, BTreeSet<_>) =
            (our_paths.iter().collect(), their_paths.iter().collect());
        out.push(format!(
            "paths: ours only {:?}, theirs only {:?}",
            a.difference(&b).collect::<Vec<_>>(),
            b.difference(&a).collect::<Vec<_>>()
        ));
        return out;
    }
    let names: BTreeMap<&str, &str> =
        ours.iter().map(|ours| (ours.item["name"].as_str().unwrap(), ours.path.as_str())).collect();
    for Ours { path, item } in &ours {
        let kind = item["type"].as_str().unwrap();
        let theirs = xform.kind(path);
        if !theirs.contains(&kind) {
            out.push(format!("{path}: type {kind}, theirs {theirs:?}"));
        }
        for (field, attribute) in [
            ("relevant", "relevant"),
            ("constraint", "constraint"),
            ("calculation", "calculate"),
            ("required", "required"),
            ("read_only", "readonly"),
        ] {
            let mine = match item.get(field) {
                Some(Value::Bool(true)) => "true()".to_owned(),
                Some(Value::Bool(false)) => "false()".to_owned(),
                Some(Value::String(text)) => text.clone(),
                _ => String::new(),
            };
            // With a trigger the calculation stands in an action.
            if field == "calculation" && item.contains_key("trigger") {
                continue;
            }
            let theirs = xform.bind(path, attribute);
            let implied = field == "read_only" && kind == "note";
            let (mine, theirs) =
                (xform::normal(&mine, path, &names), xform::normal(theirs, path, &names));
            if mine != theirs && !(implied && mine.is_empty()) {
                out.push(format!("{path}: {field}\n  ours   {mine}\n  theirs {theirs}"));
            }
        }
        texts(definition, xform, path, item, &names, &mut out);
        picks(xform, path, item, &names, &mut out);
    }
    lists(definition, xform, &names, &mut out);
    let title = definition["title"][definition["languages"][0].as_str().unwrap()].as_str();
    // A form without any name gets its file's in ours, and a fixed word in pyxform's.
    if title != Some(xform.title.as_str()) && !xform.title.ends_with("data") {
        out.push(format!("title {title:?}, theirs {}", xform.title));
    }
    out
}

/// Our tags of the languages that pyxform names.
fn tags(definition: &Value, language: &str) -> Vec<String> {
    let own = definition["languages"][0].as_str().unwrap().to_owned();
    if language == "default" {
        return vec![own];
    }
    let tag = language.rsplit_once('(').map(|(_, tag)| tag.trim_end_matches(')').to_lowercase());
    let known = BTreeMap::from([
        ("English", "en"),
        ("english", "en"),
        ("French", "fr"),
        ("Français", "fr"),
        ("العربية", "ar"),
        ("Arabic", "ar"),
        ("chinese", "zh"),
        ("spanish", "es"),
        ("Local language", "x-locallan"),
    ]);
    let tag = tag.unwrap_or_else(|| known.get(language).map_or(language, |tag| tag).to_owned());
    let all = definition["languages"].as_array().unwrap().iter().filter_map(Value::as_str);
    all.filter(|ours| *ours == tag).map(str::to_owned).collect()
}

fn texts(
    definition: &Value,
    xform: &XForm,
    path: &str,
    item: &Map<String, Value>,
    names: &BTreeMap<&str, &str>,
    out: &mut Vec<String>,
) {
    for (field, id, form) in [
        ("label", "label", ""),
        ("hint", "hint", ""),
        ("guidance_hint", "hint", "guidance"),
        ("constraint_message", "jr:constraintMsg", ""),
        ("required_message", "jr:requiredMsg", ""),
        ("image", "label", "image"),
        ("audio", "label", "audio"),
        ("video", "label", "video"),
    ] {
        let mine = item.get(field).and_then(Value::as_object).cloned().unwrap_or_default();
        let theirs = xform.text(path, id, form);
        // pyxform drops the words of what is never shown, and hints of groups.
        let group = ["group", "repeat"].contains(&item["type"].as_str().unwrap());
        if theirs.is_empty() && (!xform.is_shown(path) || (group && field == "hint")) {
            continue;
        }
        same_texts(definition, &format!("{path} {field}"), &mine, &theirs, path, names, out);
    }
}

fn same_texts(
    definition: &Value,
    what: &str,
    mine: &Map<String, Value>,
    theirs: &[(String, String)],
    path: &str,
    names: &BTreeMap<&str, &str>,
    out: &mut Vec<String>,
) {
    let mut matched = BTreeSet::new();
    for (language, text) in theirs.iter().filter(|(_, text)| text != "-") {
        let tags = tags(definition, language);
        let found = tags.iter().find(|tag| {
            let ours = mine.get(*tag).and_then(Value::as_str).unwrap_or_default();
            xform::plain(ours, path, names) == xform::plain(text, path, names)
        });
        match found {
            Some(tag) => {
                matched.insert(tag.clone());
            }
            // Words in no language give way where the form's own language has some.
            None if language == "default" && tags.iter().any(|tag| mine.contains_key(tag)) => {}
            None => out.push(format!("{what} in {language}\n  ours   {mine:?}\n  theirs {text}")),
        }
    }
    for (tag, text) in mine.iter().filter(|(tag, text)| !matched.contains(*tag) && *text != "-") {
        out.push(format!("{what}: only ours in {tag}: {text}"));
    }
}

fn picks(
    xform: &XForm,
    path: &str,
    item: &Map<String, Value>,
    names: &BTreeMap<&str, &str>,
    out: &mut Vec<String>,
) {
    let kind = item["type"].as_str().unwrap();
    if !["select_one", "select_multiple", "rank"].contains(&kind) {
        return;
    }
    let Some((list, filter, randomized)) = xform.itemset(path) else { return };
    let mine = item.get("list").or_else(|| item.get("file")).and_then(Value::as_str).unwrap();
    let mine = mine.rsplit_once('.').map_or(mine, |(name, _)| name);
    if !mine.starts_with("${") && mine.trim_end_matches("_external") != list {
        out.push(format!("{path}: list {mine}, theirs {list}"));
    }
    let filtered = item.get("choice_filter").and_then(Value::as_str).unwrap_or_default();
    if !mine.starts_with("${") {
        let (mine, theirs) =
            (xform::normal(filtered, path, names), xform::normal(&filter, path, names));
        if mine != theirs {
            out.push(format!("{path}: choice_filter\n  ours   {mine}\n  theirs {theirs}"));
        }
    }
    let random = item.get("parameters").is_some_and(|all| all["randomize"] == "true");
    if random != randomized {
        out.push(format!("{path}: randomized {random}, theirs {randomized}"));
    }
}

fn lists(definition: &Value, xform: &XForm, names: &BTreeMap<&str, &str>, out: &mut Vec<String>) {
    let empty = Map::new();
    let mine = definition.get("lists").and_then(Value::as_object).unwrap_or(&empty);
    for (list, theirs) in &xform.lists {
        let Some(ours) = mine.get(list).and_then(Value::as_array) else {
            out.push(format!("no list {list}"));
            continue;
        };
        let ours_named: Vec<&str> =
            ours.iter().map(|choice| choice["name"].as_str().unwrap()).collect();
        let theirs_named: Vec<&str> = theirs.iter().map(|item| item["name"].as_str()).collect();
        if ours_named != theirs_named {
            out.push(format!("list {list}: {ours_named:?}\n  theirs {theirs_named:?}"));
            continue;
        }
        for (ours, theirs) in ours.iter().zip(theirs) {
            let what = format!("list {list} choice {}", theirs["name"]);
            let label = ours.get("label").and_then(Value::as_object).cloned().unwrap_or_default();
            let their_label = match theirs.get("itextId") {
                Some(id) => xform.itext(id, ""),
                None => theirs
                    .get("label")
                    .map(|text| vec![("default".to_owned(), text.clone())])
                    .unwrap_or_default(),
            };
            same_texts(definition, &what, &label, &their_label, "", names, out);
            let columns = ours.get("columns").and_then(Value::as_object).unwrap_or(&empty);
            for (column, text) in theirs {
                if ["name", "label", "itextId"].contains(&column.as_str()) {
                    continue;
                }
                if columns.get(column).and_then(Value::as_str) != Some(text) {
                    out.push(format!("{what}: column {column} {text:?}, ours {columns:?}"));
                }
            }
        }
    }
}
