//! CSV files open in a spreadsheet, with accents and without formulas.

use std::collections::BTreeMap;

use model::{
    Key,
    feedback::{Feedback, Feeling, Reply, ReplyBy},
    results::answer_of,
};
use serde_json::{Value, json};

use crate::{
    server::{Server, definition},
    submissions::{MADE_AT, feedback, feedback_at, response},
};

/// The rows of a file as a spreadsheet reads them.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    let records = reader.records().map(|record| record.unwrap());
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

/// Publishes the second version of the survey that every server of the tests has.
async fn publish_second(server: &Server, cookie: &str, definition: Value) {
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey_version",
        "id": "living.2", "base_rev": 0,
        "fields": {"survey": "living", "version": 2, "definition": definition},
    }]});
    let edited = server.post_as(cookie, "/api/v1/edits", &edit).await.json();
    assert_eq!(edited["results"][0]["result"], "merged", "{edited}");
}

#[tokio::test]
async fn feedback_keeps_accents_and_loses_formulas() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let evil = Feedback {
        venue: Key::parse("grays-library"),
        place: Some("+44".into()),
        themes: ["health", "transport"].into_iter().filter_map(Key::parse).collect(),
        words: "=HYPERLINK(\"http://evil.example\";\"Zażółć, gęślą\")\nșă".into(),
        feeling: Some(Feeling::VeryHappy),
        gap: Some("@dentist".into()),
        reply: Some(Reply {
            by: ReplyBy::Phone,
            contact: "+44 1375 000000".into(),
            name: "-Ș".into(),
        }),
        consent: true,
    };
    server.push(&[feedback_at(1, MADE_AT, evil), feedback(2, "plain")]).await;
    let answer = server.get_as(&cookie, "/api/v1/export/feedback.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"feedback.csv\"");
    let rows = rows(&answer.body);
    assert_eq!(
        rows[0].join(","),
        "reference,id,received_at,made_at,venue,venue_name,place,themes,words,feeling,gap,\
         reply_by,reply_contact,reply_name"
    );
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1][0], "0101-0101");
    assert_eq!(rows[1][3], "2026-11-24T10:30:00");
    assert_eq!(
        rows[1][4..9],
        [
            "grays-library",
            "Grays Central Library",
            "'+44",
            "health; transport",
            "'=HYPERLINK(\"http://evil.example\";\"Zażółć, gęślą\")\nșă",
        ]
    );
    assert_eq!(rows[1][9..], ["very_happy", "'@dentist", "phone", "'+44 1375 000000", "'-Ș"]);
    assert_eq!(rows[2][8], "plain");
    let unquoted = answer.text().replace("gęślą\"\")\nșă", "");
    assert!(unquoted.split('\n').all(|line| line.is_empty() || line.ends_with('\r')));

    let none = server.get_as(&cookie, "/api/v1/export/feedback.csv?theme=money").await;
    assert_eq!(self::rows(&none.body).len(), 1);
}

#[tokio::test]
async fn more_rows_than_one_chunk_come_whole() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    for batch in 0..13_u8 {
        let records: Vec<_> = (0..100_u8)
            .map(|n| {
                let mut record = feedback(n, "many")["record"].clone();
                let id = format!("0190a5b4-0000-7000-8000-0000000{batch:02}{n:03}");
                record["id"] = json!(id);
                crate::submissions::envelope(record)
            })
            .collect();
        server.push(&records).await;
    }
    let answer = server.get_as(&cookie, "/api/v1/export/feedback.csv").await;
    let ids: std::collections::BTreeSet<_> =
        rows(&answer.body)[1..].iter().map(|row| row[1].clone()).collect();
    assert_eq!(ids.len(), 1_300);
}

#[tokio::test]
async fn responses_of_all_versions_stand_under_one_heading() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let mut second = definition(&["bus", "tram"]);
    second["items"].as_array_mut().unwrap().extend([
        json!({"name": "again", "type": "text", "label": {"en": "Would you come again?"}}),
        json!({"name": "rent", "type": "decimal", "label": {"en": "What is the rent?"}}),
    ]);
    publish_second(&server, &cookie, second).await;
    server
        .push(&[
            response(1, 1, json!({"agree": "declined", "travel": {"many": ["car", "bus"]}})),
            response(
                2,
                2,
                json!({"agree": {"one": "yes"}, "years": {"one": "-3"}, "more": {"one": "=1+1"},
                       "again": {"one": "07"}, "rent": {"one": "217.30"}}),
            ),
        ])
        .await;
    let answer = server.get_as(&cookie, "/api/v1/export/surveys/living.csv").await;
    let rows = rows(&answer.body);
    assert_eq!(
        rows[0].join(","),
        "agree,travel,travel/bus,travel/car,travel/tram,years,more,again,rent,_id,_uuid,_submission_time,\
         _validation_status,_notes,_status,_submitted_by,__version__,_tags,_index,_reference,_made_at,\
         _venue,_language,_seconds,_partial,_themes_more,_themes_again"
    );
    assert_eq!(rows[1][..9], ["prefer_not_to_say", "car bus", "1", "1", "0", "", "", "", ""]);
    assert_eq!(rows[1][16..19], ["1", "", "1"]);
    assert_eq!(rows[1][20..], ["2026-11-24T10:30:00", "grays-library", "ro", "61", "0", "", ""]);
    assert_eq!(rows[2][..9], ["yes", "", "", "", "", "-3", "'=1+1", "07", "217.30"]);
    let labels = server.get_as(&cookie, "/api/v1/export/surveys/living.csv?labels=en").await;
    assert_eq!(self::rows(&labels.body)[1][..2], ["Prefer not to say", "car; bus"]);
    let polish = server.get_as(&cookie, "/api/v1/export/surveys/living.csv?labels=pl").await;
    assert_eq!(self::rows(&polish.body)[1][0], "Wolę nie mówić");

    let json = server.get_as(&cookie, "/api/v1/export/surveys/living.json").await.json();
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert_eq!((&json[0]["travel/car"], &json[1]["more"]), (&json!("1"), &json!("=1+1")));
    for ending in ["xlsx", "zip"] {
        let path = format!("/api/v1/export/surveys/living.{ending}");
        let answer = server.get_as(&cookie, &path).await;
        assert!(answer.body.starts_with(b"PK"), "{ending}: {}", answer.text());
    }
    // In a workbook numbers are numbers, to be added up, and words are no formulas.
    let book = server.get_as(&cookie, "/api/v1/export/surveys/living.xlsx").await.body;
    let of_second = &cells(&book, "living")[2];
    assert_eq!(of_second[5], calamine::Data::Float(-3.0));
    assert_eq!(of_second[6..8], ["=1+1", "07"].map(|it| calamine::Data::String(it.to_owned())));
    assert_eq!(of_second[8], calamine::Data::Float(217.3));
    server.get_as(&cookie, "/api/v1/export/surveys/nothing.csv").await.problem(404);
    server.get_as(&cookie, "/api/v1/export/surveys/living").await.problem(404);
}

/// The cells of a sheet, as a program reads them that knows nothing of ours.
fn cells(bytes: &[u8], name: &str) -> Vec<Vec<calamine::Data>> {
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let range = calamine::Reader::worksheet_range(&mut book, name).unwrap();
    range.rows().map(<[_]>::to_vec).collect()
}

/// The same as words.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let rows = cells(bytes, name).into_iter();
    rows.map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[tokio::test]
async fn themes_stand_behind_all_columns_in_every_format_and_in_repeats() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let mut second = definition(&["bus"]);
    second["items"].as_array_mut().unwrap().extend([
        json!({"name": "about", "type": "group", "label": {"en": "About"}, "items": [
            {"name": "you", "type": "text", "label": {"en": "Who are you?"}},
        ]}),
        // Of the same name, so that both are told apart by their groups.
        json!({"name": "end", "type": "group", "label": {"en": "End"}, "items": [
            {"name": "you", "type": "text", "label": {"en": "And you?"}},
        ]}),
        // A name that a column of ours would have.
        json!({"name": "_themes_more", "type": "text", "label": {"en": "Odd"}}),
        json!({"name": "home", "type": "repeat", "label": {"en": "Home"}, "items": [
            {"name": "street", "type": "text", "label": {"en": "Street?"}},
        ]}),
    ]);
    publish_second(&server, &cookie, second).await;
    let record = response(
        1,
        2,
        json!({"agree": {"one": "yes"}, "more": {"one": "Buses"}, "about/you": {"one": "A nurse"}, "home": {"one": "2"},
               "home[1]/street": {"one": "Elm"}, "home[2]/street": {"one": "Oak"}}),
    );
    let id = serde_json::from_value(record["record"]["id"].clone()).unwrap();
    let pushed = server
        .push(&[record, response(2, 2, json!({"agree": "declined", "more": {"one": "Trains"}}))])
        .await;
    assert_eq!(pushed["verdicts"][0]["verdict"], "received", "{pushed}");
    for (path, give) in [
        ("more", json!(["transport", "health"])),
        ("about/you", json!(["health"])),
        ("home[2]/street", json!(["transport"])),
    ] {
        let patch = json!({"answer": answer_of(id, path), "give": give});
        let sorted = server.post_as(&cookie, "/api/v1/results/living/themes", &patch).await;
        assert_eq!(sorted.status, 200, "{path}: {}", sorted.text());
    }

    let file =
        async |name: &str| server.get_as(&cookie, &format!("/api/v1/export/surveys/{name}")).await;
    let people = rows(&file("living.csv").await.body);
    // What was there before stands where it stood.
    let end = people[0].iter().position(|column| column == "_partial").unwrap();
    assert_eq!(
        people[0][end + 1..],
        ["__themes_more", "_themes_about.you", "_themes_end.you", "_themes__themes_more"]
    );
    assert_eq!(people[1][end + 1..], ["health transport", "health", "", ""]);
    assert_eq!(people[2][end + 1..], ["", "", "", ""]);
    let labels = rows(&file("living.csv?labels=en").await.body);
    assert_eq!(labels[1][end + 1], "Health; Transport");

    let json = file("living.json").await.json();
    assert_eq!(json[0]["__themes_more"], "health transport");
    assert_eq!(json[0]["home"][1]["_themes_street"], "transport");
    assert_eq!(
        (&json[0]["home"][0]["_themes_street"], &json[1]["__themes_more"]),
        (&json!(null), &json!(null))
    );

    let workbook = file("living.xlsx").await.body;
    assert_eq!(sheet(&workbook, "living")[1][end + 1], "health transport");
    let homes = sheet(&workbook, "home");
    let themes = homes[0].iter().position(|column| column == "_themes_street").unwrap();
    assert_eq!(themes, homes[0].len() - 1);
    assert_eq!([&homes[1][themes], &homes[2][themes]], ["", "transport"]);

    let files = archive(file("living.zip").await.body);
    assert_eq!(files["living-home.csv"][2].last().unwrap(), "transport");
}

/// The files of an archive.
fn files(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let files = (0..archive.len()).map(|at| {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    });
    files.collect()
}

/// Columns and rows of each table of an archive.
fn archive(bytes: Vec<u8>) -> BTreeMap<String, Vec<Vec<String>>> {
    let tables = files(bytes).into_iter().filter(|(name, _)| name.ends_with(".csv"));
    tables.map(|(name, bytes)| (name, rows(&bytes))).collect()
}

#[tokio::test]
async fn scripts_for_odk_central_find_its_columns_and_scripts_for_kobotoolbox_its_own() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let group = |kind: &str, name: &str, items: Value| json!({"name": name, "type": kind, "label": {"en": name}, "items": items});
    let text = |name: &str| json!({"name": name, "type": "text", "label": {"en": name}});
    let mut second = definition(&["bus", "car"]);
    let mut go = second["items"][1].clone();
    go["name"] = json!("go");
    second["items"] = json!([group(
        "group",
        "home",
        json!([
            go,
            {"name": "place", "type": "geopoint", "label": {"en": "Where?"}},
            group("repeat", "person", json!([
                group("group", "who", json!([text("name")])),
                group("repeat", "pet", json!([text("called")])),
            ])),
        ])
    ),]);
    publish_second(&server, &cookie, second).await;
    let record = response(
        1,
        2,
        json!({"go": {"many": ["car"]}, "place": {"one": "51.4 0.3 12 5.5"}, "person": {"one": "2"},
               "person[1]/name": {"one": "Ana"}, "person[2]/name": {"one": "Ben"}, "person[2]/pet": {"one": "1"},
               "person[2]/pet[1]/called": {"one": "Rex"}}),
    );
    let uuid = format!("uuid:{}", record["record"]["id"].as_str().unwrap());
    let pushed = server.push(&[record]).await;
    assert_eq!(pushed["verdicts"][0]["verdict"], "received", "{pushed}");
    let file = async |name: &str| {
        let answer = server.get_as(&cookie, &format!("/api/v1/export/surveys/living{name}")).await;
        archive(answer.body)
    };

    // What Central's own export of this form has, in its order; questions of the first version stand behind it.
    let odk = file(".zip?version=2&layout=odk").await;
    let people = &odk["living.csv"];
    assert_eq!(people[0][0], "SubmissionDate");
    let home = people[0].iter().position(|column| column == "home-go").unwrap();
    let end = people[0].iter().position(|column| column == "_reference").unwrap();
    assert_eq!(
        people[0][home..home + 7].join(","),
        "home-go,home-go/bus,home-go/car,home-place-Latitude,home-place-Longitude,\
         home-place-Altitude,home-place-Accuracy"
    );
    assert_eq!(people[1][home..home + 7], ["car", "0", "1", "51.4", "0.3", "12", "5.5"]);
    assert_eq!(
        people[0][end - 11..end].join(","),
        "meta-instanceID,KEY,SubmitterID,SubmitterName,AttachmentsPresent,AttachmentsExpected,Status,\
         ReviewState,DeviceID,Edits,FormVersion"
    );
    assert_eq!(people[1][end - 11..end].join(","), format!("{uuid},{uuid},,,0,0,,,,0,2"));
    assert!(people[1][0].len() == 24 && people[1][0].ends_with('Z'), "{}", people[1][0]);
    let (first, second) = (format!("{uuid}/home/person[1]"), format!("{uuid}/home/person[2]"));
    assert_eq!(odk["living-person.csv"][0][..3], ["who-name", "PARENT_KEY", "KEY"]);
    assert_eq!(odk["living-person.csv"][1][..3], ["Ana", &uuid, &first]);
    assert_eq!(odk["living-person.csv"][2][..3], ["Ben", &uuid, &second]);
    assert_eq!(odk["living-pet.csv"][0][..3], ["called", "PARENT_KEY", "KEY"]);
    assert_eq!(odk["living-pet.csv"][1][..3], ["Rex", &second, &format!("{second}/pet[1]")]);

    let kobo = file(".zip?version=2").await;
    let people = &kobo["living.csv"];
    let place = people[0].iter().position(|column| column == "place").unwrap();
    assert_eq!(
        people[0][place..place + 5].join(","),
        "place,_place_latitude,_place_longitude,_place_altitude,_place_precision"
    );
    assert_eq!(people[1][place..place + 5], ["51.4 0.3 12 5.5", "51.4", "0.3", "12", "5.5"]);
    assert_eq!(kobo["living-pet.csv"][1][..4], ["Rex", "1", "person", "2"]);

    let path = "/api/v1/export/surveys/living.csv?layout=ona";
    server.get_as(&cookie, path).await.problem(400);
}

/// A tablet's camera calls every picture `image.jpg`.
#[tokio::test]
async fn what_a_cell_names_lies_in_the_archive() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let mut second = definition(&["bus"]);
    let image = |name: &str| json!({"name": name, "type": "image", "label": {"en": name}});
    second["items"].as_array_mut().unwrap().extend([
        image("front"),
        image("back"),
        json!({"name": "home", "type": "repeat", "label": {"en": "Home"}, "items": [image("door")]}),
    ]);
    publish_second(&server, &cookie, second).await;
    let picture = |data: &str| json!({"file": {"name": "image.jpg", "media_type": "image/jpeg", "data": data}});
    let first = json!({"agree": {"one": "yes"}, "front": picture("AAE="), "back": picture("AAI="), "home": {"one": "2"},
                       "home[1]/door": picture("AAM="), "home[2]/door": picture("AAQ=")});
    let pushed = server
        .push(&[
            response(1, 2, first),
            response(2, 2, json!({"agree": {"one": "no"}, "front": picture("AAU=")})),
        ])
        .await;
    assert_eq!(pushed["verdicts"][0]["verdict"], "received", "{pushed}");
    let get = async |query: &str| {
        server.get_as(&cookie, &format!("/api/v1/export/surveys/living{query}")).await
    };
    for layout in ["kobo", "odk"] {
        let bytes = get(&format!(".zip?layout={layout}")).await.body;
        let (files, tables) = (files(bytes.clone()), archive(bytes));
        let cells = |table: &str, column: &str| -> Vec<String> {
            let table = &tables[table];
            let at = table[0].iter().position(|name| name == column).unwrap();
            table[1..].iter().map(|row| row[at].clone()).collect()
        };
        // Every cell names a file of its own, with the bytes that were given.
        let content = |cell: &String| files[&format!("media/{cell}")].clone();
        let fronts = cells("living.csv", "front");
        assert_eq!(fronts.iter().map(content).collect::<Vec<_>>(), [[0, 1], [0, 5]]);
        assert_eq!(content(&cells("living.csv", "back")[0]), [0, 2]);
        let doors = cells("living-home.csv", "door");
        assert_eq!(doors.iter().map(content).collect::<Vec<_>>(), [[0, 3], [0, 4]]);
        assert_eq!(files.keys().filter(|name| name.starts_with("media/")).count(), 5);
        assert!(fronts[0].ends_with("-image.jpg"), "{fronts:?}");
        if layout == "odk" {
            assert_eq!(cells("living.csv", "AttachmentsPresent"), ["4", "1"]);
        } else {
            // The same names in every format.
            let json = get(".json").await.json();
            assert_eq!(json[0]["front"], fronts[0]);
            assert_eq!(json[0]["home"][1]["door"], doors[1]);
        }
    }
    // Only of those who are meant, and none where none are wanted.
    let one = files(get(".zip?version=2&venue=elsewhere").await.body);
    let none = files(get(".zip?attachments=false").await.body);
    for files in [one, none] {
        assert!(files.keys().all(|name| name.ends_with(".csv")), "{:?}", files.keys());
    }
    assert_eq!(get(".zip?attachments=no").await.problem(400), "/attachments");
}
