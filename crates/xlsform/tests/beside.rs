//! What stands beside the sheets survey and choices goes out and comes in again: external choices, and attached tables.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{Cursor, Read as _, Write as _},
    path::Path,
};

use proptest::prelude::*;
use serde_json::{Value, json};
use xlsform::{
    Book, Import, Options, Sheet, Table, export, export_archive, export_book, export_tables,
    import, import_book,
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
        tables: [("towns".to_owned(), table)].into(),
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
    // What a computer puts beside the files by itself is no second workbook.
    let good = import(
        &zipped(&[("a.xlsx", &xlsx), ("__MACOSX/a.xlsx", b"x"), ("~$a.xlsx", b"x")]),
        &Options::default(),
    );
    assert!(good.definition.is_some(), "{:#?}", good.findings);
}

proptest! {
    /// Whatever stands in the cells of a table, it comes in again.
    #[test]
    fn tables_go_out_and_come_in(rows in prop::collection::vec(prop::collection::vec("\\PC{0,8}", 2), 0..6)) {
        let trimmed: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
        let form = json!({"languages": ["en"], "items": [],
                          "tables": {"t": {"columns": ["name", "label"], "rows": trimmed}}});
        let files = export_tables(&form).unwrap();
        prop_assert_eq!(&files[0].0, "t.csv");
        let table = Table::read("t.csv", &files[0].1).unwrap();
        prop_assert_eq!(table.columns, ["name", "label"]);
        prop_assert_eq!(table.rows, trimmed);
    }
}
