//! Forms in spreadsheets: they are looked at, and go out again as they came in.

use std::process::Command;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::server::{Answer, Server, definition, directory};

const CHECK: &str = "/api/v1/forms/check";

async fn check(server: &Server, cookie: &str, bytes: Vec<u8>) -> Answer {
    let request = Request::post(CHECK).header(header::COOKIE, cookie);
    server.send(request.body(Body::from(bytes)).unwrap()).await
}

fn form(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("survey").unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_form_is_looked_at_and_nothing_is_kept() {
    let server = Server::start().await;
    let good = form(&[&["type", "name", "label"], &["text", "why", "Why?"]]);
    assert_eq!(check(&server, "", good.clone()).await.problem(401), "");
    let cookie = server.cookie().await;
    let before = server.store.head().await.unwrap();
    let answer = check(&server, &cookie, good).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let items = json!([{"type": "text", "name": "why", "label": {"en": "Why?"}}]);
    assert_eq!(answer.json()["definition"]["items"], items);
    assert_eq!(answer.json()["about"]["languages"], json!(["en"]));

    let bad = form(&[&["type", "name", "label"], &["txt", "why", "Why?"]]);
    let answer = check(&server, &cookie, bad).await.json();
    assert_eq!(answer["definition"], Value::Null);
    assert_eq!(
        answer["findings"][0],
        json!({"severity": "error", "code": "unknown_type", "sheet": "survey", "row": 2, "column": "A",
               "what": "There is no type \"txt\".", "remedy": "Did you mean \"text\"?"})
    );
    let answer = check(&server, &cookie, b"no workbook".to_vec()).await.json();
    assert_eq!(answer["findings"][0]["code"], "not_a_workbook");
    check(&server, &cookie, vec![0; 5 * 1024 * 1024]).await.problem(413);
    assert_eq!(server.store.head().await.unwrap(), before, "nothing is kept");
}

#[tokio::test]
async fn the_published_form_goes_out_and_comes_in_again() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let path = "/api/v1/export/forms/living.xlsx";
    server.get(path).await.problem(401);
    let answer = server.get_as(&cookie, path).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"living.xlsx\"");
    let again = check(&server, &cookie, answer.body).await.json();
    let published = definition(&["bus", "car"]);
    let names = |definition: &Value| -> Vec<(String, String)> {
        let items = definition["items"].as_array().unwrap();
        let word = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
        items.iter().map(|item| (word(item, "type"), word(item, "name"))).collect()
    };
    assert_eq!(names(&again["definition"]), names(&published), "{again}");
    // It was made here, and ODK's tools need both all the same.
    let settings = json!({"form_id": "living", "version": "1"});
    assert_eq!(again["definition"]["settings"], settings, "{again}");
    assert_ne!(again["definition"]["title"]["en"], "living", "{again}");
    server.get_as(&cookie, "/api/v1/export/forms/nothing.xlsx").await.problem(404);
    server.get_as(&cookie, "/api/v1/export/forms/living.csv").await.problem(404);
}

/// ODK's tools know a form by its `form_id`, and a version of it by its `version`: no two versions here, and no copy, may share them.
#[tokio::test]
async fn a_form_keeps_its_identity_through_its_versions_and_a_copy_has_its_own() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let item = |name: &str| json!([{"type": "text", "name": name, "label": {"en": "Why?"}}]);
    let came_in = json!({"form_id": "Housing 26", "version": "2026010100"});
    let mut number = 0;
    let mut publish = async |survey: &str, version: u32, settings: &Value, name: &str| {
        let mut edit = |collection: &str, id: &str, base_rev: u32, fields: Value| {
            number += 1;
            json!({
                "edit": format!("0190a5b4-0000-7000-8000-{number:012}"), "collection": collection,
                "id": id, "base_rev": base_rev, "fields": fields,
            })
        };
        let definition = json!({"languages": ["en"], "settings": settings, "items": item(name)});
        let whole = json!({"survey": survey, "version": version, "definition": definition});
        let record = match version {
            1 => json!({"title": {"en": "Homes"}, "summary": {"en": "Where?"}, "minutes": 1,
                        "version": 1, "state": "open"}),
            _ => json!({"version": version}),
        };
        let edits = json!({"edits": [
            edit("survey_version", &format!("{survey}.{version}"), 0, whole),
            edit("survey", survey, version - 1, record),
        ]});
        let answer = server.post_as(&cookie, "/api/v1/publish", &edits).await;
        assert_eq!(answer.json()["results"][1]["result"], "merged", "{}", answer.text());
        let path = format!("/api/v1/export/forms/{survey}.xlsx");
        let again = check(&server, &cookie, server.get_as(&cookie, &path).await.body).await.json();
        assert_eq!(again["definition"]["items"], item(name), "{again}");
        again["definition"]["settings"].clone()
    };
    assert_eq!(publish("zoo", 1, &came_in, "why").await, came_in, "as it came in");
    let changed = publish("zoo", 2, &came_in, "how").await;
    assert_eq!(changed, json!({"form_id": "Housing 26", "version": "2026010100-2"}));
    // Staff forgot the setting, or another program took it out: it stays the same form.
    let bare = publish("zoo", 3, &json!({}), "when").await;
    assert_eq!(bare, json!({"form_id": "Housing 26", "version": "3"}));
    // The copy stands before it in the order of keys, and was published later.
    let copy = publish("homes", 1, &came_in, "why").await;
    assert_eq!(copy, json!({"form_id": "homes", "version": "2026010100"}));
    let again = server.get_as(&cookie, "/api/v1/export/forms/zoo.xlsx").await.body;
    let again = check(&server, &cookie, again).await.json();
    assert_eq!(again["definition"]["settings"], bare, "the copy takes nothing away");
}

async fn check_files(server: &Server, cookie: &str, files: &[(&str, &[u8])]) -> Answer {
    send_files(server, CHECK, cookie, files).await
}

/// What the browser sends of files that were chosen together (RFC 7578).
async fn send_files(server: &Server, to: &str, cookie: &str, files: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"";
        body.extend_from_slice(format!("{head}; filename=\"{name}\"\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = Request::post(to)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    server.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn tables_come_in_by_themselves_and_a_broken_one_does_not_keep_the_others_out() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let files: [(&str, &[u8]); 4] = [
        ("streets.csv", b"\xef\xbb\xbfname, label\na,\"High Street, Grays\"\nb\n"),
        ("broken.csv", b"name\n\xff\xfe\n"),
        ("quay.gif", b"GIF89a"),
        ("notes.odt", b"odt"),
    ];
    let path = "/api/v1/forms/tables";
    send_files(&server, path, "", &files).await.problem(401);
    let answer = send_files(&server, path, &cookie, &files).await.json();
    let streets =
        json!({"columns": ["name", "label"], "rows": [["a", "High Street, Grays"], ["b", ""]]});
    assert_eq!(answer["tables"], json!({ "streets": streets }), "{answer}");
    let findings = answer["findings"].as_array().unwrap().iter();
    let codes: Vec<_> = findings.map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["bad_file", "left_out", "left_out"], "{answer}");
}

#[tokio::test]
async fn a_form_with_a_table_and_a_picture_comes_in_is_published_and_goes_out_as_one_archive() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let head: &[&str] = &["type", "name", "label", "media::image"];
    let towns = form(&[head, &["select_one_from_file towns.csv", "town", "Town", "quay.gif"]]);
    let table: &[u8] = b"name,label\ngrays,Grays\npurfleet,Purfleet\n";
    let picture: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

    // Alone, it says what is missing; with its table it is whole; what is beside and no table is told.
    let alone = check_files(&server, &cookie, &[("towns.xlsx", &towns)]).await.json();
    let codes = |answer: &Value| -> Vec<String> {
        let findings = answer["findings"].as_array().unwrap().iter();
        findings.map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&alone), ["missing_media", "missing_file", "language_assumed"], "{alone}");
    let files =
        [("towns.csv", table), ("quay.gif", picture), ("towns.xlsx", &*towns), ("bus.odt", b"odt")];
    let whole = check_files(&server, &cookie, &files).await.json();
    let rows = json!([["grays", "Grays"], ["purfleet", "Purfleet"]]);
    assert_eq!(whole["definition"]["tables"]["towns"]["rows"], rows, "{whole}");
    let address = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=";
    assert_eq!(whole["definition"]["files"]["quay.gif"], address, "{whole}");
    assert_eq!(codes(&whole), ["left_out", "language_assumed"], "{whole}");

    // A table that cannot be read, two forms or none: nothing comes of it.
    for (files, code) in [
        (vec![("towns.xlsx", &*towns), ("towns.csv", b"name\n\xff\xfe\n")], "bad_file"),
        (vec![("towns.xlsx", &*towns), ("other.xlsx", &*towns)], "not_a_workbook"),
        (vec![("towns.csv", table), ("more.csv", table)], "not_a_workbook"),
        (vec![("towns.csv", table)], "not_a_workbook"),
        (vec![], "not_a_workbook"),
    ] {
        let refused = check_files(&server, &cookie, &files).await.json();
        assert_eq!(refused["definition"], Value::Null, "{refused}");
        assert_eq!(refused["findings"][0]["code"], code, "{refused}");
    }
    let request = Request::post(CHECK)
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    server.send(request.body(Body::from("--edge\r\n")).unwrap()).await.problem(400);

    let edit = |number: u32, collection: &str, id: &str, fields: Value| {
        json!({
            "edit": format!("0190a5b4-0000-7000-8000-{number:012}"), "collection": collection,
            "id": id, "base_rev": 0, "fields": fields,
        })
    };
    let edits = json!({"edits": [
        edit(1, "survey_version", "towns.1",
             json!({"survey": "towns", "version": 1, "definition": whole["definition"]})),
        edit(2, "survey", "towns", json!({"title": {"en": "Towns"}, "summary": {"en": "Where?"},
             "minutes": 1, "version": 1, "state": "open"})),
    ]});
    let answer = server.post_as(&cookie, "/api/v1/publish", &edits).await;
    assert_eq!(answer.json()["results"][1]["result"], "merged", "{}", answer.text());
    let path = "/api/v1/export/forms/towns.zip";
    server.get(path).await.problem(401);
    let archive = server.get_as(&cookie, path).await;
    assert_eq!(archive.header("content-type"), "application/zip");
    assert_eq!(archive.header("content-disposition"), "attachment; filename=\"towns.zip\"");
    for again in [
        check(&server, &cookie, archive.body.clone()).await.json(),
        check_files(&server, &cookie, &[("towns.zip", &archive.body)]).await.json(),
    ] {
        let mut went_out = whole["definition"].clone();
        went_out["settings"] = json!({"form_id": "towns", "version": "1"});
        went_out["title"] = json!({"en": "Towns"});
        assert_eq!(again["definition"], went_out, "{again}");
        assert_eq!(again["findings"], json!([]), "the archive lacks nothing");
    }
}

#[test]
fn the_command_tells_cells_and_remedies() {
    let good =
        form(&[&["type", "name", "label"], &["select_one_from_file towns.csv", "town", "Town"]]);
    let bad = form(&[&["type", "name", "label"], &["text", "two words", "Why?"]]);
    let files = [
        ("good.xlsx", good.as_slice()),
        ("bad.xlsx", bad.as_slice()),
        ("good-media/towns.csv", b"name,label\ngrays,Grays\n"),
    ];
    let dir = directory(&files);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_together"));
        let output =
            command.args(["form", "check"]).args(arguments).current_dir(dir.path()).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (fine, text) = run(&["good.xlsx"]);
    assert!(fine && text.contains("The form can be used."), "{text}");
    let (fine, text) = run(&["good.xlsx", "--json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert!(fine);
    let towns = json!({"columns": ["name", "label"], "rows": [["grays", "Grays"]]});
    assert_eq!(json["definition"]["tables"]["towns"], towns);
    let (fine, text) = run(&["bad.xlsx"]);
    assert!(!fine && text.contains("  survey!B2: \"two words\" cannot be a name."), "{text}");
    let (fine, text) = run(&["bad.xlsx", "--json"]);
    assert!(!fine);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["definition"], Value::Null);
}

#[test]
fn the_command_fills_a_form_in() {
    let form = form(&[
        &["type", "name", "label", "relevant", "constraint", "constraint_message", "calculation"],
        &["today", "day", ""],
        &["integer", "age", "Age?", "", ". < 120", "Nobody is that old"],
        &["text", "school", "School?", "${age} < 18"],
        &["begin_repeat", "pet", "Pet"],
        &["text", "kind", "Kind?"],
        &["end_repeat"],
        &["calculate", "lot", "", "", "", "", "concat(count(${pet}), ' ', random())"],
    ]);
    let files: [(&str, &[u8]); 5] = [
        ("form.xlsx", &form),
        (
            "good.json",
            br#"{"age": 9, "school": "Herringham", "pet": [{"kind": "cat"}, {"kind": "dog"}]}"#,
        ),
        ("old.json", br#"{"age": 130, "school": "Herringham"}"#),
        ("typing.json", br#"{"aeg": 9}"#),
        ("list.json", b"[1]"),
    ];
    let dir = directory(&files);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_together"));
        command.args(["form", "run", "form.xlsx", "--today", "2026-11-29", "--answers"]);
        let output = command.args(arguments).current_dir(dir.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (fine, text, _) = run(&["good.json"]);
    for line in ["  school = Herringham", "  pet[2]/kind = dog", "  day = 2026-11-29", "Record: 7"]
    {
        assert!(fine && text.lines().any(|it| it == line), "{line}: {text}");
    }
    assert_eq!(run(&["good.json"]).1, text, "every run comes to the same");
    assert_ne!(run(&["good.json", "--seed", "1"]).1, text, "but for chance");
    let (fine, text, _) = run(&["old.json"]);
    assert!(!fine && text.contains("  age: Nobody is that old"), "{text}");
    assert!(text.contains("  school: \"school\" is not asked after these answers."), "{text}");
    let (fine, text, _) = run(&["old.json", "--json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert!(!fine);
    assert_eq!(json["failing"][0]["message"], "Nobody is that old");
    assert_eq!(json["unused"][0]["why"], "not_relevant");
    let (fine, _, said) = run(&["typing.json"]);
    assert!(!fine && said.contains("aeg: The form has no question \"aeg\""), "{said}");
    let (fine, _, said) = run(&["list.json"]);
    assert!(!fine && said.contains("list.json is no JSON object of answers"), "{said}");
    let (fine, _, said) = run(&["good.json", "--language", "xx"]);
    assert!(!fine && said.contains("the form has no language xx; it has en"), "{said}");
}
