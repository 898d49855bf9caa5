//! Files come in whole or not at all, and every fault has its line.

use ::server::{
    clock::now,
    import::{ImportError, SourceFile, check_content, import_content, import_outbox},
    intake::Intake,
};
use serde_json::json;

use crate::{
    server::{Server, content, file},
    submissions::feedback,
};

async fn faults(server: &Server, files: Vec<SourceFile>) -> Vec<String> {
    let before = server.store.census().await.unwrap().records;
    match import_content(&server.store, files).await {
        Err(ImportError::Faults(faults)) => {
            assert_eq!(server.store.census().await.unwrap().records, before);
            faults.iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_fault_of_every_file_is_told_with_its_line_and_nothing_comes_in() {
    let server = Server::start().await;
    let bad = r#"  {
    "id": "good", "title": {"en": "Good"}, "summary": {"en": "Good."},
    "venue": "grays-library", "start": "2026-11-24T10:30:00", "minutes": 60
  },
  {
    "id": "bad",
    "title": {"en": "Bad"},
    "summary": {"ro": "Rău"},
    "venue": "nowhere",
    "themes": [
      "health",
      "no-such-theme"
    ],
    "start": "2026-11-24T10:30:00",
    "minutes": 0
  },
  {"id": "worse", "title": {"en": "Worse"}, "summary": {"en": "."}, "venue": "grays-library",
   "start": "tomorrow",
   "minutes": 5}"#;
    let content = vec![file("event.json", format!("[\n{bad}\n]"))];
    let in_content = [
        "event.json:9: /summary/en: Give the text in English.",
        "event.json:10: /venue: There is no venue \"nowhere\".",
        "event.json:13: /themes/1: There is no theme \"no-such-theme\".",
        "event.json:16: /minutes: ",
        "event.json:19: /start: ",
    ];
    same_starts(&faults(&server, content).await, &in_content);

    let worse = r#"  {"title": {"en": "Nameless"}},
  {"id": "Not A Key"},
  {"id": "good", "title": {"en": "Twice"}}"#;
    let form = vec![
        file("event.json", format!("[\n{bad},\n{worse}\n]")),
        file("theme.json", "[\n {\"id\": \"x\",\n]"),
    ];
    let in_form = [
        "event.json:9: /summary/en: Give the text in English.",
        "event.json:16: /minutes: ",
        "event.json:19: /start: ",
        "event.json:21: /id: \"id\" is missing.",
        "event.json:22: /id: \"Not A Key\" is no id.",
        "event.json:23: /id: \"good\" stands already in event.json:2.",
        "event.json:23: /summary: \"summary\" is missing.",
        "theme.json:3: Not a JSON list of records:",
    ];
    same_starts(&faults(&server, form).await, &in_form);

    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let deep = file("area.json", format!("[\n{{\"id\": \"x\", \"name\": {deep}}}]"));
    same_starts(&faults(&server, vec![deep]).await, &["area.json:2: Nested deeper than 32"]);
}

fn same_starts(found: &[String], starts: &[&str]) {
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (fault, start) in found.iter().zip(starts) {
        assert!(fault.starts_with(start), "{fault}\n{start}");
    }
}

#[tokio::test]
async fn faults_in_a_survey_point_into_its_definition() {
    let server = Server::start().await;
    let version = r#"[{"id": "living.2", "survey": "living", "version": 2, "definition":
 {"languages": ["en"], "items": [
  {"name": "a", "type": "integer", "label": {"en": "A"}},
  {"name": "b",
   "type": "magic", "label": {"en": "B"}}]}}]"#;
    let found = faults(&server, vec![file("survey_version.json", version)]).await;
    assert!(
        found[0].starts_with("survey_version.json:5: /definition/items/1/type: \"magic\""),
        "{found:?}"
    );
    let changed = r#"[{"id": "living.1", "version": 7}]"#;
    let found = faults(&server, vec![file("survey_version.json", changed)]).await;
    assert!(found[0].contains("never changes"), "{found:?}");
}

#[tokio::test]
async fn csv_comes_in_as_a_spreadsheet_writes_it() {
    let server = Server::start().await;
    let events = "\u{feff}id,title,title.ro,summary,venue,themes,start,minutes,example\r\n\
        rhyme,Rhyme Time,Ora rimelor,\"Songs, for\r\nbabies\",grays-library,health; transport,\
        2026-11-24T10:30,30,yes\r\n";
    let listings = "id,title,summary,categories,cost,phones,hours,always_open\n\
        bank,Food bank,Food,money,free,01375 1; 01375 2,monday 09:00-17:00; friday 10:00-12:00 \
        unstaffed,no\n";
    let done = import_content(
        &server.store,
        vec![file("in/events.csv", events), file("listings.csv", listings)],
    )
    .await
    .unwrap();
    assert_eq!((done.created, done.changed, done.same), (2, 0, 0));
    let changes = server.get("/api/v1/changes").await.json();
    let fields = |id: &str| {
        let records = changes["records"].as_array().unwrap();
        records.iter().find(|record| record["id"] == id).unwrap()["fields"].clone()
    };
    assert_eq!(
        fields("rhyme"),
        json!({
            "title": {"en": "Rhyme Time", "ro": "Ora rimelor"},
            "summary": {"en": "Songs, for\r\nbabies"}, "venue": "grays-library",
            "themes": ["health", "transport"], "start": "2026-11-24T10:30:00", "minutes": 30,
            "example": true,
        })
    );
    assert_eq!(fields("bank")["phones"], json!([{"number": "01375 1"}, {"number": "01375 2"}]));
    assert_eq!(
        fields("bank")["hours"][1],
        json!({"day": "friday", "from": "10:00:00", "to": "12:00:00", "unstaffed": true})
    );
}

#[tokio::test]
async fn faults_of_csv_name_line_and_column() {
    let server = Server::start().await;
    let rows = "id,title,summary,venue,start,minutes\n\
        one,One,\"Two\nlines\",grays-library,2026-11-24 10:30,60\n\
        two,Two,Two,grays-library,24/11/2026,sixty\n\
        three,Three,Three\n";
    let found = faults(&server, vec![file("events.csv", rows)]).await;
    assert_eq!(found[0], "events.csv:4: minutes: Give a whole number.");
    assert_eq!(found[1], "events.csv:4: start: Write date and time like 2026-11-24T10:30.");
    assert!(found[2].starts_with("events.csv:5: The row has 3 cells, the heading 6."));

    let semantic = "id,title,summary,venue,start,minutes\n\
        one,,One,nowhere,2026-11-24T10:30,60\n";
    let found = faults(&server, vec![file("events.csv", semantic)]).await;
    assert_eq!(found[0], "events.csv:2: title: \"title\" is missing. Add it.");
    let heading = faults(&server, vec![file("venues.csv", "id,nom\n")]).await;
    assert!(heading[0].starts_with("venues.csv:1: nom: There is no such column."));
    let twice = faults(&server, vec![file("venues.csv", "id,name,name.en\nv,A,B\n")]).await;
    assert_eq!(
        twice,
        ["venues.csv:1: name.en: This column stands here twice. Remove or rename one of them."]
    );
    let name = faults(&server, vec![file("stuff.csv", "id\n")]).await;
    assert!(name[0].starts_with("stuff.csv:1: Name the file after what it holds:"));
}

#[tokio::test]
async fn content_is_checked_alone_and_loaded_in_any_order() {
    let mut files = content();
    files.reverse();
    assert_eq!(check_content(files.clone()).unwrap(), 9);
    let server = Server::empty().await;
    assert_eq!(import_content(&server.store, files).await.unwrap().created, 9);
    assert!(check_content(vec![content().remove(3)]).is_err());
}

#[tokio::test]
async fn an_import_does_not_bring_back_what_staff_deleted() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "event", "id": "knit",
        "base_rev": 1, "delete": true,
    }]});
    server.post_as(&cookie, "/api/v1/edits", &edit).await;
    let found = faults(&server, content()).await;
    assert!(found[0].starts_with("event.json:1: This record was deleted on the server."));
}

#[tokio::test]
async fn an_exported_outbox_comes_in_record_by_record_and_once() {
    let server = Server::start().await;
    let mut bad = feedback(2, "changed");
    bad["record"]["feedback"]["words"] = json!("by hand");
    let outbox = json!({
        "format": "together-outbox", "version": 1,
        "records": [feedback(1, "good"), bad, feedback(3, "good too")],
    });
    let outbox = file("tablet.json", serde_json::to_string_pretty(&outbox).unwrap());
    let intake = Intake::new(server.store.clone());
    for _ in 0..2 {
        let report = import_outbox(&intake, &outbox, now()).await.unwrap();
        assert_eq!((report.received, report.refused.len()), (2, 1));
        let fault = report.refused[0].to_string();
        let line = 1 + outbox.text.lines().position(|line| line.contains("by hand")).unwrap();
        let told: usize = fault.split(':').nth(1).unwrap().parse().unwrap();
        assert!(told <= line && line - told < 20, "{fault} near {line}");
        assert!(fault.contains("/records/1/hash"), "{fault}");
        assert!(!fault.contains("by hand"), "the content stays out of messages");
    }
    assert_eq!(server.submissions().await, 2);

    let other = file("x.json", "{\"format\": \"other\", \"version\": 1, \"records\": []}");
    assert!(import_outbox(&intake, &other, now()).await.is_err());
}
