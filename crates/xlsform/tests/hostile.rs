//! Workbooks that mean harm: each is refused with a remedy, before it takes much time or memory.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use xlsform::{Book, Import, Options, Sheet, import, import_book};
use zip::{ZipWriter, write::SimpleFileOptions};

const CONTENT_TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="survey" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELATIONSHIPS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const SHEET: &str = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";

/// A workbook of one sheet whose rows are written by `write`.
fn workbook(write: impl Fn(&mut dyn Write), texts: impl Fn(&mut dyn Write)) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, text) in [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONSHIPS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONSHIPS),
    ] {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    archive.write_all(SHEET.as_bytes()).unwrap();
    write(&mut archive);
    archive.write_all(SHEET_END.as_bytes()).unwrap();
    archive.start_file("xl/sharedStrings.xml", options).unwrap();
    archive
        .write_all(b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">")
        .unwrap();
    texts(&mut archive);
    archive.write_all(b"</sst>").unwrap();
    archive.finish().unwrap().into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn refused(import: &Import, code: &str) {
    assert_eq!(import.definition, None);
    let first = &import.findings[0];
    assert_eq!(first.code, code, "{first:?}");
    assert!(!first.remedy.is_empty());
}

fn read(bytes: &[u8]) -> Import {
    import(bytes, &Options::default())
}

/// The most memory that this process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

#[test]
fn small_files_that_unpack_to_much_are_refused() {
    // 70 MiB of spaces in a sheet, in shared texts, in a part that nobody reads.
    let spaces = vec![b' '; 1024 * 1024];
    let much = |sink: &mut dyn Write| (0..70).for_each(|_| sink.write_all(&spaces).unwrap());
    let nothing = |_: &mut dyn Write| {};
    refused(&read(&workbook(much, nothing)), "too_large");
    refused(&read(&workbook(nothing, much)), "too_large");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/media/image1.png", SimpleFileOptions::default()).unwrap();
    much(&mut archive);
    refused(&read(&archive.finish().unwrap().into_inner()), "too_large");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..2_000 {
        archive.start_file(format!("xl/{part}.xml"), SimpleFileOptions::default()).unwrap();
    }
    refused(&read(&archive.finish().unwrap().into_inner()), "too_large");
    // A directory that lies: the size that it gives is 5 bytes, what comes is 70 MiB.
    let mut lying = workbook(much, nothing);
    let size = u32::try_from(SHEET.len() + SHEET_END.len() + 70 * 1024 * 1024).unwrap();
    let size = size.to_le_bytes();
    let mut at = 0;
    while let Some(found) = lying[at..].windows(4).position(|bytes| bytes == size) {
        at += found;
        lying[at..at + 4].copy_from_slice(&5_u32.to_le_bytes());
    }
    assert!(at > 0);
    assert_eq!(read(&lying).definition, None);
    assert!(peak() < 500, "{} MiB", peak());
}

#[test]
fn many_rows_and_far_corners_are_refused_or_passed_over() {
    let heading = cell("A1", "type") + &cell("B1", "name") + &cell("C1", "label");
    let row = |number: usize| {
        format!(
            "<row r=\"{number}\"><c r=\"A{number}\"><v>1</v></c><c r=\"B{number}\"><v>1</v></c></row>"
        )
    };
    let nothing = |_: &mut dyn Write| {};
    let many = workbook(
        |sink| {
            write!(sink, "<row r=\"1\">{heading}</row>").unwrap();
            (2..=160_000).for_each(|number| sink.write_all(row(number).as_bytes()).unwrap());
        },
        nothing,
    );
    refused(&read(&many), "too_large");
    // Two cells at opposite corners: the sheet is read, the corner is not.
    let corners = workbook(
        |sink| {
            write!(
                sink,
                "<row r=\"1\">{heading}</row><row r=\"2\">{}{}</row>",
                cell("A2", "text"),
                cell("B2", "a")
            )
            .unwrap();
            write!(sink, "<row r=\"1048576\">{}</row>", cell("XFD1048576", "far")).unwrap();
        },
        nothing,
    );
    let import = read(&corners);
    assert_eq!(import.definition.unwrap()["items"].as_array().unwrap().len(), 1);
    assert!(import.findings.iter().any(|finding| finding.code == "after_gap"));
    assert!(peak() < 500, "{} MiB", peak());
}

#[test]
fn an_old_workbook_with_far_corners_is_refused() {
    let record = |kind: u16, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
    };
    let number = |row: u16, column: u16| {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        record(0x0203, &[place, 1.0_f64.to_le_bytes().to_vec()].concat())
    };
    let start = record(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0]);
    let stream = [start, number(0, 0), number(65_535, 255), record(0x000a, &[])].concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    refused(&read(&file.into_inner().into_inner()), "too_large");
    assert!(peak() < 500, "{} MiB", peak());
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [
        &b""[..],
        b"type,name,label",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        &[0; 600],
    ] {
        refused(&read(bytes), "not_a_workbook");
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    refused(&read(&archive.finish().unwrap().into_inner()), "not_a_workbook");
}

fn book(rows: &[Vec<String>], choices: &[Vec<String>]) -> Book {
    Book { sheets: vec![Sheet::of("survey", rows), Sheet::of("choices", choices)] }
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn groups_without_an_end_and_loops_in_loops_are_refused() {
    let heading = row(&["type", "name", "label"]);
    let deep: Vec<_> = std::iter::once(heading.clone())
        .chain((0..20_000).map(|n| row(&["begin_group", &format!("g{n}"), "G"])))
        .chain((0..20_000).map(|_| row(&["end_group"])))
        .collect();
    let import = import_book(&book(&deep, &[]), &Options::default());
    assert!(import.errors().any(|finding| finding.code == "too_deep"));
    assert!(import.findings.len() < 300, "{}", import.findings.len());

    let mut loops = vec![heading];
    loops.extend((0..7).map(|n| row(&["begin loop over many", &format!("l{n}"), "L"])));
    loops.push(row(&["text", "inner", "Inner"]));
    loops.extend((0..7).map(|_| row(&["end loop"])));
    let mut choices = vec![row(&["list_name", "name", "label"])];
    choices.extend((0..100).map(|n| row(&["many", &format!("c{n}"), "C"])));
    let import = import_book(&book(&loops, &choices), &Options::default());
    assert!(import.errors().any(|finding| finding.code == "too_many"), "{:?}", import.findings);
    assert!(peak() < 500, "{} MiB", peak());
}

#[test]
fn expressions_that_all_read_each_other_are_read_within_bounds() {
    // As many references as cells can hold, in a form that is accepted: each row reads a hundred rows before it.
    let heading = row(&["type", "name", "label", "calculation"]);
    let mut rows = vec![heading.clone()];
    rows.push(row(&["integer", "q0", "Q"]));
    for n in 1..1_990_usize {
        let names: Vec<String> =
            (n.saturating_sub(100)..n).map(|before| format!("${{q{before}}}")).collect();
        rows.push(row(&[
            "calculate",
            &format!("q{n}"),
            "",
            &format!("sum({})", names.join(" | ")),
        ]));
    }
    let import = import_book(&book(&rows, &[]), &Options::default());
    assert!(import.definition.is_some(), "{:?}", import.findings.first());
    // The same in a circle, with faults in every cell, and with names that nobody has: told, not one by one for ever.
    let mut rows = vec![heading];
    for n in 0..1_990_usize {
        let after = (n + 1) % 1_990;
        let source = match n % 3 {
            0 => format!("${{q{after}}} + ${{q{n}}}"),
            1 => format!("${{q{after}}} +* 2"),
            _ => format!("${{q{after}}} + ${{nobody{n}}}"),
        };
        rows.push(row(&["calculate", &format!("q{n}"), "", &source]));
    }
    let import = import_book(&book(&rows, &[]), &Options::default());
    assert_eq!(import.definition, None);
    assert!(import.findings.len() <= 201, "{}", import.findings.len());
    assert!(peak() < 500, "{} MiB", peak());
}

#[test]
fn a_workbook_with_a_password_is_named_as_one() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptionInfo").unwrap().write_all(&[4, 0, 4, 0]).unwrap();
    file.create_stream("/EncryptedPackage").unwrap().write_all(&[0; 4096]).unwrap();
    file.flush().unwrap();
    let import = import(&file.into_inner().into_inner(), &Options::default());
    let told: Vec<_> = import.errors().map(|it| (it.what.as_str(), it.remedy.as_str())).collect();
    let remedy = "Save it without a password, and give that file.";
    assert_eq!(told, [("The workbook is protected with a password.", remedy)]);
}
