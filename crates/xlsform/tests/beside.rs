//! What stands beside the sheets survey and choices goes out and comes in again: external choices, and attached tables.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Read as _, Write as _},
    path::Path,
    sync::Arc,
};

use proptest::prelude::*;
use serde_json::{Value, json};
use xlsform::{
    Attached, Book, FILE_BYTES, Import, Options, Sheet, Table, export, export_archive, export_book,
    export_files, import, import_book, import_files, read_directory,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    Sheet::of(name, &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

fn cells(book: &Book, name: &str) -> Vec<String> {
    let sheet = book.sheets.iter().find(|sheet| sheet.name == name);
    let cells = sheet.map(|sheet| sheet.cells().map(|(_, _, text)| text.to_owned()).collect());
    cells.unwrap_or_default()
}

fn definition(import: Import) -> Value {
    import.definition.unwrap_or_else(|| panic!("{:#?}", import.findings))
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A table in which there is nothing to choose from is told, with what it has instead.
#[test]
fn a_table_without_the_columns_of_its_question_is_told() {
    let survey = &[
        &["type", "name", "label"][..],
        &["select_one_from_file streets.csv", "street", "Where?"],
    ];
    let book = Book { sheets: vec![sheet("survey", survey)] };
    for (text, told) in [
        (
            "name;label;code\nn;Nash;1\n",
            "The table streets has no column \"name\". Its columns: name;label;code. Save it with commas",
        ),
        (
            "name,title\nn,Nash\n",
            "The table streets has no column \"label\". Its columns: name, title. Name its columns in",
        ),
    ] {
        let table = Table::read("streets.csv", text.as_bytes()).unwrap();
        let mut options = Options::default();
        options.attached.tables.insert("streets".to_owned(), table);
        let import = import_book(&book, &options);
        assert_eq!(import.definition, None);
        let told_of = |it: &xlsform::Finding| format!("{} {}", it.what, it.remedy);
        let findings: Vec<_> = import.findings.iter().map(told_of).collect();
        assert!(findings.iter().any(|finding| finding.contains(told)), "{findings:?}");
    }
}

/// Rows that cannot be picked, or not be told apart, are told where the question names the table.
#[test]
fn a_table_with_values_that_are_empty_or_repeated_is_told() {
    let survey = &[
        &["type", "name", "label", "choice_filter"][..],
        &["select_one_from_file streets.csv", "street", "Where?"],
        &["select_one_from_file streets.csv", "other", "Where else?", "town = 'grays'"],
    ];
    let book = Book { sheets: vec![sheet("survey", survey)] };
    let text = "name,label,town\nn,Nash,grays\nn,New,purfleet\n,Kings,grays\n";
    let mut options = Options::default();
    let table = Table::read("streets.csv", text.as_bytes()).unwrap();
    options.attached.tables.insert("streets".to_owned(), table);
    let import = import_book(&book, &options);
    assert!(import.definition.is_some());
    let told: Vec<_> = import.findings.iter().map(|it| (it.place(), it.code)).collect();
    // Of the streets of one town each has a value of its own.
    let expected = [
        ("survey!A2", "empty_value"),
        ("survey!A2", "repeated_value"),
        ("survey!A3", "empty_value"),
    ];
    for (place, code) in expected {
        assert!(told.contains(&(place.to_owned(), code)), "{told:?}");
    }
    assert!(!told.contains(&("survey!A3".to_owned(), "repeated_value")), "{told:?}");
}

/// A table that cannot be read is told once, in plain words: it is there.
#[test]
fn a_table_in_another_encoding_is_told_once() {
    let item = json!({"type": "select_one", "name": "street", "label": {"en": "Where?"}, "file": "streets.csv"});
    let form = export(&json!({"languages": ["en"], "items": [item]})).unwrap();
    let files = [
        ("form.xlsx".to_owned(), form),
        ("streets.csv".to_owned(), b"name,label\nc,Caf\xe9\n".to_vec()),
    ];
    let findings = import_files(&files, &Options::default()).findings;
    let told: Vec<_> = findings.iter().map(|it| format!("{} {}", it.what, it.remedy)).collect();
    assert_eq!(told, ["streets.csv: it is not in UTF-8. Save it as CSV UTF-8."]);
}

/// Choices come from three formats of file; whatever it was, the form goes out with CSV and comes in again as the same.
#[test]
fn choices_come_from_every_format_of_file() {
    let survey = &[
        &["type", "name", "label", "calculation"][..],
        &["select_one_from_file towns.xml", "town", "Which town?"],
        &["select_multiple_from_file parks.geojson", "park", "Which park?"],
        &["xml-external", "towns.xml", ""],
        &["calculate", "where", "", "instance('parks')/root/item[id = ${park}]/geometry"],
    ];
    let geo = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "p",
        "properties": {"title": "Hardie Park"}, "geometry": {"type": "Point", "coordinates": [0.43, 51.51]}}]}"#;
    let tables = [
        ("towns", "towns.xml", "<root><item><name>g</name><label>Grays</label></item></root>"),
        ("parks", "parks.geojson", geo),
    ];
    let table = |(name, file, text): (&str, &str, &str)| {
        (name.to_owned(), Table::read(file, text.as_bytes()).unwrap())
    };
    let tables = tables.into_iter().map(table).collect();
    let named = Options { name: Some("ours".into()), ..Options::default() };
    let options = Options { attached: Attached { tables, ..Attached::default() }, ..named.clone() };
    let read = import_book(&Book { sheets: vec![sheet("survey", survey)] }, &options);
    let told: Vec<_> = read.findings.iter().map(|it| it.code).collect();
    assert_eq!(told, ["language_assumed"], "{:#?}", read.findings);
    let before = definition(read);
    assert_eq!(definition(import(&export_archive(&before, "ours").unwrap(), &named)), before);

    let asked = Arc::new(survey::Definition::read(&before).unwrap());
    let answers = json!({"town": "g", "park": ["p"]});
    let run = survey::Run::new(asked, answers.as_object().unwrap(), survey::Context::default());
    let outcome = run.outcome();
    assert_eq!((outcome.unused.len(), outcome.failing.len()), (0, 0), "{outcome:?}");
    assert_eq!(outcome.calculated.get("where").map(String::as_str), Some("51.51 0.43 0 0"));
}

#[test]
fn external_choices_go_back_to_their_sheet() {
    let book = Book {
        sheets: vec![
            sheet(
                "survey",
                &[
                    &["type", "name", "label", "choice_filter"],
                    &["select_one county", "county", "County?"],
                    &["select_one_external village", "village", "Village?", "county=${county}"],
                    &["select_one_external county", "other", "Another?", "county=${county}"],
                ],
            ),
            sheet("choices", &[&["list_name", "name", "label"], &["county", "e", "Essex"]]),
            sheet(
                "external_choices",
                &[
                    &["list_name", "name", "label::Polski (pl)", "county"],
                    &["village", "orsett", "Orsett", "e"],
                    // Names repeat there: other columns tell them apart.
                    &["village", "orsett", "Orsett", "k"],
                    &["county", "x", "X", "e"],
                ],
            ),
        ],
    };
    let before = definition(import_book(&book, &Options::default()));
    let out = export_book(&before).unwrap();
    let types: Vec<String> =
        cells(&out, "survey").into_iter().filter(|cell| cell.starts_with("select_one")).collect();
    assert_eq!(
        types,
        ["select_one county", "select_one_external village", "select_one_external county"]
    );
    assert!(
        !cells(&out, "choices").contains(&"village".to_owned()),
        "they stand on their own sheet alone"
    );
    assert!(cells(&out, "external_choices").contains(&"orsett".to_owned()));
    assert_eq!(definition(import_book(&out, &Options::default())), before);
    // A list that is used otherwise since is an ordinary one.
    let mut changed = before.clone();
    changed["items"][1]["type"] = "select_multiple".into();
    let out = export_book(&changed).unwrap();
    assert!(cells(&out, "survey").contains(&"select_multiple village".to_owned()));
    assert!(cells(&out, "choices").contains(&"orsett".to_owned()));
}

#[test]
fn the_fields_forms_with_external_choices_keep_them() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let Ok(entries) = fs::read_dir(&directory) else {
        println!("skipped: {} is absent", directory.display());
        return;
    };
    let mut questions = 0;
    for form in entries.map(|entry| entry.unwrap().path()) {
        if !form.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls") {
            continue;
        }
        let bytes = fs::read(&form).unwrap();
        let Some(read) = import(&bytes, &Options::default()).definition else { continue };
        // The book as it was, for its own count.
        let own = xlsform::read_workbook(&bytes).unwrap();
        let external = |book: &Book| {
            let types = cells(book, "survey").into_iter();
            types.filter(|cell| cell.starts_with("select_one_external ")).count()
        };
        assert_eq!(external(&own), external(&export_book(&read).unwrap()), "{}", form.display());
        questions += external(&own);
    }
    assert!(questions > 3, "{questions}");
}

#[test]
fn a_form_and_its_tables_are_one_archive() {
    let survey = &[
        &["type", "name", "label", "calculation"][..],
        &["select_one_from_file towns.csv", "town", "Town?"],
        &["calculate", "people", "", "pulldata('towns', 'people', 'name', ${town})"],
    ];
    let table = Table {
        columns: vec!["name".into(), "label".into(), "people".into()],
        rows: vec![vec!["g".into(), "Grays, \"old\"\ntown".into(), "36000".into()]],
    };
    let options = Options {
        name: Some("ours".into()),
        attached: Attached { tables: [("towns".to_owned(), table)].into(), ..Attached::default() },
        ..Options::default()
    };
    let before = definition(import_book(&Book { sheets: vec![sheet("survey", survey)] }, &options));
    let archive = export_archive(&before, "ours").unwrap();
    let mut parts = ZipArchive::new(Cursor::new(archive.clone())).unwrap();
    let mut csv = String::new();
    parts.by_name("ours-media/towns.csv").unwrap().read_to_string(&mut csv).unwrap();
    assert!(csv.starts_with("name,label,people\n"), "{csv}");
    let by_name = Options { name: Some("ours".into()), ..Options::default() };
    assert_eq!(definition(import(&archive, &by_name)), before);
    // Without it the check says which file is to be attached.
    let alone = import(&export(&before).unwrap(), &by_name);
    let missing = alone.findings.iter().find(|finding| finding.code == "missing_file").unwrap();
    assert_eq!(missing.what, "The file \"towns.csv\" is not there.");
}

#[test]
fn an_archive_of_something_else_is_refused() {
    let book =
        Book { sheets: vec![sheet("survey", &[&["type", "name", "label"], &["text", "a", "A"]])] };
    let xlsx = export(&definition(import_book(&book, &Options::default()))).unwrap();
    let code = |parts: &[(&str, &[u8])]| {
        let import = import(&zipped(parts), &Options::default());
        assert_eq!(import.definition, None);
        (import.findings[0].code, import.findings[0].what.clone())
    };
    let (kind, what) = code(&[("a.xlsx", &xlsx), ("b.xls", &xlsx)]);
    assert_eq!(kind, "not_a_workbook");
    assert_eq!(what, "The archive holds several workbooks: a.xlsx, b.xls.");
    assert_eq!(code(&[("a.txt", b"words")]).0, "not_a_workbook");
    assert_eq!(code(&[("a.xlsx", b"no workbook")]).0, "not_a_workbook");
    // An archive in an archive is opened once and no deeper.
    assert_eq!(code(&[("a.xlsx", &zipped(&[("b.xlsx", &xlsx)]))]).0, "not_a_workbook");
    assert_eq!(code(&[("a.xlsx", &xlsx), ("t.csv", b"name\n\xff\xfe\n")]).0, "bad_file");
    let large = vec![b'x'; 9 * 1024 * 1024];
    assert_eq!(code(&[("a.xlsx", &xlsx), ("t.csv", &large)]).0, "too_large");
    let bomb = vec![0; 17 * 1024 * 1024];
    assert_eq!(code(&[("a.xlsx", &xlsx), ("junk", &bomb)]).0, "too_large");
    // A workbook in which another one is embedded is a workbook, and no archive of it.
    let mut parts = ZipArchive::new(Cursor::new(&xlsx)).unwrap();
    let mut embedding = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        embedding.raw_copy_file(parts.by_index_raw(index).unwrap()).unwrap();
    }
    embedding.start_file("xl/embeddings/other.xlsx", SimpleFileOptions::default()).unwrap();
    embedding.write_all(b"another one").unwrap();
    let embedding = embedding.finish().unwrap().into_inner();
    let own = import(&embedding, &Options::default());
    assert_eq!(own.definition, import(&xlsx, &Options::default()).definition);
    assert!(own.definition.is_some());
    // What a computer puts beside the files by itself is no second workbook.
    let good = import(
        &zipped(&[("a.xlsx", &xlsx), ("__MACOSX/a.xlsx", b"x"), ("~$a.xlsx", b"x")]),
        &Options::default(),
    );
    assert!(good.definition.is_some(), "{:#?}", good.findings);
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0picture";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0photo";

/// A survey that names pictures, sounds and films in each place where it can, a language at a time.
fn with_media() -> Book {
    Book {
        sheets: vec![
            sheet(
                "survey",
                &[
                    &[
                        "type",
                        "name",
                        "label::English (en)",
                        "label::Polski (pl)",
                        "image::English (en)",
                        "image::Polski (pl)",
                        "audio",
                        "media::video",
                    ],
                    &["note", "hello", "Hello", "Hej", "map.png", "mapa.PNG", "hello.mp3"],
                    &["select_one town", "town", "Town?", "Miasto?", "map.png", "", "", "walk.mp4"],
                    &["text", "why", "Why?", "Czemu?", "gone.png"],
                ],
            ),
            sheet(
                "choices",
                &[
                    &["list_name", "name", "label", "image"],
                    &["town", "grays", "Grays", "grays.jpg"],
                    &["town", "other", "Another", "also-gone.png"],
                ],
            ),
        ],
    }
}

#[test]
fn pictures_sounds_and_films_go_out_and_come_in_with_the_form() {
    let workbook = export(&definition(import_book(&with_media(), &Options::default()))).unwrap();
    let film = vec![0; 20_000];
    let archive = zipped(&[
        ("form/ours.xlsx", &workbook),
        ("form/media/map.png", PNG),
        // What it is says its beginning, whatever its name says.
        ("form/media/mapa.PNG", JPEG),
        ("form/media/hello.mp3", b"ID3sound"),
        ("form/media/walk.mp4", &film),
        ("form/media/grays.jpg", JPEG),
        ("form/media/nobody.gif", b"GIF89a"),
        ("form/read-me.txt", b"words"),
        ("__MACOSX/form/media/._map.png", b"x"),
    ]);
    let options = Options { name: Some("ours".into()), ..Options::default() };
    let read = import(&archive, &options);
    let said: Vec<_> = read
        .findings
        .iter()
        .filter(|it| it.code.ends_with("_media"))
        .map(|it| (it.code, it.place(), it.what.clone()))
        .collect();
    assert_eq!(
        said,
        [
            (
                "missing_media",
                "survey!E4".to_owned(),
                "Pictures, sounds or films that are not there (2): \"gone.png\", \"also-gone.png\"."
                    .to_owned()
            ),
            (
                "unused_media",
                String::new(),
                "Files that no question or choice names (1): \"nobody.gif\".".to_owned()
            ),
        ]
    );
    let before = definition(read);
    let files = before["files"].as_object().unwrap();
    let begins = |name: &str| files[name].as_str().unwrap().split(';').next().unwrap();
    assert_eq!(files.len(), 5);
    assert_eq!(
        ["map.png", "mapa.PNG", "hello.mp3", "walk.mp4", "grays.jpg"].map(begins),
        [
            "data:image/png",
            "data:image/jpeg",
            "data:audio/mpeg",
            "data:video/mp4",
            "data:image/jpeg"
        ]
    );
    assert!(survey::Definition::read(&before).is_ok(), "the tablet reads them");
    // Out and in again, as an archive and as a workbook with a folder beside it.
    let out = export_archive(&before, "ours").unwrap();
    let mut parts = ZipArchive::new(Cursor::new(out.clone())).unwrap();
    let mut picture = Vec::new();
    parts.by_name("ours-media/map.png").unwrap().read_to_end(&mut picture).unwrap();
    assert_eq!(picture, PNG);
    assert_eq!(definition(import(&out, &options)), before);
    let folder = std::env::temp_dir().join(format!("xlsform-media-{}", std::process::id()));
    fs::create_dir_all(folder.join("deeper.png")).unwrap();
    for (name, bytes) in export_files(&before).unwrap() {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let (attached, faults) = read_directory(&folder).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(faults, []);
    let with_folder = Options { attached, ..options };
    assert_eq!(definition(import(&export(&before).unwrap(), &with_folder)), before);
}

#[test]
fn what_has_no_room_stays_out_and_is_said_and_what_is_behind_it_comes_in() {
    let workbook = export(&definition(import_book(&with_media(), &Options::default()))).unwrap();
    let (huge, most) = (vec![7; 2 * FILE_BYTES], vec![7; FILE_BYTES - 2_000]);
    let archive = zipped(&[
        ("ours.xlsx", &workbook),
        ("map.png", PNG),
        ("hello.mp3", &huge),
        ("walk.mp4", &most),
        ("gone.png", &vec![7; 4_000]),
        ("grays.jpg", JPEG),
    ]);
    let read = import(&archive, &Options::default());
    let large = read.findings.iter().find(|it| it.code == "large_media").unwrap();
    assert_eq!(
        (large.place().as_str(), large.what.as_str(), large.remedy.as_str()),
        (
            "survey!G2",
            "Pictures, sounds or films without room (2): \"hello.mp3\", \"gone.png\".",
            "Make them smaller. All files of a form have room for 384 KB."
        )
    );
    assert!(!read.findings.iter().any(|it| it.code == "unused_media"), "{:#?}", read.findings);
    let definition = definition(read);
    // A set: whether a map keeps its order is up to what else is built along.
    let files: BTreeSet<_> =
        definition["files"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(files, ["grays.jpg", "map.png", "walk.mp4"].into());
    assert!(survey::Definition::read(&definition).is_ok(), "all of them have room");
}

#[test]
fn no_file_is_written_outside_of_its_folder() {
    let form = json!({
        "languages": ["en"], "items": [],
        "tables": {"../../up": {"columns": ["name"], "rows": []}},
        "files": {
            "/etc/passwd": "data:image/png;base64,AAAA",
            "..\\up.png": "data:image/png;base64,AAAA",
            "..": "data:image/png;base64,AAAA",
            "a.png": "https://elsewhere.example/a.png",
            "b.png": "data:image/png;base64,?",
        },
    });
    let mut names: Vec<_> =
        export_files(&form).unwrap().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, [".._.._up.csv", ".._up.png", "_", "_etc_passwd"]);
    assert!(export_archive(&form, "ours").is_ok());
}

proptest! {
    /// Whatever stands in the cells of a table, it comes in again.
    #[test]
    fn tables_go_out_and_come_in(rows in prop::collection::vec(prop::collection::vec("\\PC{0,8}", 2), 0..6)) {
        let trimmed: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
        let form = json!({"languages": ["en"], "items": [],
                          "tables": {"t": {"columns": ["name", "label"], "rows": trimmed}}});
        let files = export_files(&form).unwrap();
        prop_assert_eq!(&files[0].0, "t.csv");
        let table = Table::read("t.csv", &files[0].1).unwrap();
        prop_assert_eq!(table.columns, ["name", "label"]);
        prop_assert_eq!(table.rows, trimmed);
    }
}
