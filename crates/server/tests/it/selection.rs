//! A narrowed page hands out no wider file: every filter means the same responses in results and in every export.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _},
};

use model::{SubmissionId, results::Results, time::Millis};
use serde_json::{Value, json};

use crate::{
    server::Server,
    submissions::{MADE_AT, envelope},
};

const DAY: i64 = 24 * 60 * 60 * 1_000;
/// More than an export reads at a time.
const PEOPLE: usize = 640;

/// One of the people who answered; each filter splits them in another way.
struct Person(usize);

impl Person {
    fn venue(&self) -> &'static str {
        if self.0 % 4 < 2 { "grays-library" } else { "tilbury-hub" }
    }

    fn ward(&self) -> &'static str {
        if self.0.is_multiple_of(2) { "stifford" } else { "ockendon" }
    }

    fn area(&self) -> &'static str {
        if self.0 % 7 < 3 { "grays" } else { "tilbury" }
    }

    /// The first chunk that an export reads has nobody who reads Polish.
    fn language(&self) -> &'static str {
        if self.0 < 520 { "en" } else { "pl" }
    }

    fn version(&self) -> u32 {
        if self.0 % 8 < 4 { 2 } else { 3 }
    }

    fn partial(&self) -> bool {
        self.0.is_multiple_of(3)
    }

    fn made_at(&self) -> i64 {
        MADE_AT + if self.0 % 5 < 2 { 0 } else { 2 * DAY }
    }

    fn id(&self) -> SubmissionId {
        let mut random = [7; 10];
        random[8] = (self.0 / 250) as u8;
        random[9] = (self.0 % 250) as u8;
        SubmissionId::new(Millis(MADE_AT), random)
    }

    fn record(&self) -> Value {
        envelope(json!({
            "id": self.id(), "made_at": self.made_at(), "venue": self.venue(),
            "language": self.language(), "app": "0.1.0",
            "response": {
                "survey": "living", "version": self.version(), "partial": self.partial(),
                "answers": {
                    "ward": {"one": self.ward()}, "area": {"one": self.area()}, "home": {"one": "1"},
                    "home[1]/age": {"one": "40"},
                },
            },
        }))
    }
}

/// A survey of two versions that asks for the ward and has a repeat, and people of every kind.
async fn start() -> (Server, String) {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let named = |name: &str, more: Value| {
        let mut fields = json!({"name": {"en": name}});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let venue = named(
        "Tilbury Hub",
        json!({"address": ["Civic Square"], "postcode": "RM18 8AD", "area": "tilbury"}),
    );
    let definition = json!({"languages": ["en"], "items": [
        {"name": "ward", "type": "select_one", "label": {"en": "Which ward do you live in?"},
         "choices": [{"name": "stifford", "label": {"en": "Stifford"}},
                     {"name": "ockendon", "label": {"en": "Ockendon"}}]},
        {"name": "area", "type": "select_one", "label": {"en": "Which part do you live in?"},
         "choices": [{"name": "grays", "label": {"en": "Grays"}},
                     {"name": "tilbury", "label": {"en": "Tilbury"}}]},
        {"name": "home", "type": "repeat", "label": {"en": "Who lives with you?"}, "items": [
            {"name": "age", "type": "integer", "label": {"en": "How old?"}}]},
    ]});
    let version =
        |number: u32| json!({"survey": "living", "version": number, "definition": definition});
    let records = [
        ("ward", "stifford", named("Stifford", json!({"code": "E05002246"}))),
        ("ward", "ockendon", named("Ockendon", json!({"code": "E05002241"}))),
        ("venue", "tilbury-hub", venue),
        ("survey_version", "living.2", version(2)),
        ("survey_version", "living.3", version(3)),
    ];
    let edits: Vec<Value> = records
        .into_iter()
        .enumerate()
        .map(|(n, (collection, id, fields))| {
            let edit = format!("0190a5b4-0000-7000-8000-00000000000{n}");
            json!({"edit": edit, "collection": collection, "id": id, "base_rev": 0,
                   "fields": fields})
        })
        .collect();
    let answer = server.post_as(&cookie, "/api/v1/edits", &json!({"edits": edits})).await;
    for result in answer.json()["results"].as_array().unwrap() {
        assert_eq!(result["result"], "merged", "{result}");
    }
    let records: Vec<Value> = (0..PEOPLE).map(|n| Person(n).record()).collect();
    for batch in records.chunks(100) {
        for verdict in server.push(batch).await["verdicts"].as_array().unwrap() {
            assert_eq!(verdict["verdict"], "received", "{verdict}");
        }
    }
    (server, cookie)
}

/// Everything that is written in a file, whatever its form.
fn written(ending: &str, body: &[u8]) -> String {
    if !["zip", "xlsx"].contains(&ending) {
        return String::from_utf8(body.to_vec()).unwrap();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(body)).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        archive.by_index(at).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

#[tokio::test]
async fn every_filter_means_the_same_people_in_results_and_in_every_export() {
    let (server, cookie) = start().await;
    type Means = fn(&Person) -> bool;
    let filters: [(&str, Means); 12] = [
        ("", |_| true),
        ("venue=tilbury-hub", |it| it.venue() == "tilbury-hub"),
        ("ward=stifford", |it| it.ward() == "stifford"),
        ("area=grays", |it| it.area() == "grays"),
        ("language=pl", |it| it.language() == "pl"),
        ("version=3", |it| it.version() == 3),
        ("partial=yes", Person::partial),
        ("from=2026-11-25", |it| it.made_at() > MADE_AT),
        ("to=2026-11-25", |it| it.made_at() == MADE_AT),
        ("ward=ockendon&by=%40venue", |it| it.ward() == "ockendon"),
        ("language=pl&ward=ockendon&version=2&partial=no&to=2026-11-24", |it| {
            it.language() == "pl"
                && it.ward() == "ockendon"
                && it.version() == 2
                && !it.partial()
                && it.made_at() == MADE_AT
        }),
        ("ward=nowhere", |_| false),
    ];
    for (query, means) in filters {
        let people: Vec<_> = (0..PEOPLE).map(Person).filter(means).collect();
        let answer = server.get_as(&cookie, &format!("/api/v1/results/living?{query}")).await;
        let results: Results = serde_json::from_slice(&answer.body).unwrap();
        let told = (people.len() >= 10).then_some(people.len() as u64);
        assert_eq!(results.people, told, "results of {query}");
        let expected: BTreeSet<usize> = people.iter().map(|person| person.0).collect();
        for ending in ["csv", "zip", "json", "xlsx"] {
            let path = format!("/api/v1/export/surveys/living.{ending}?{query}");
            let text = written(ending, &server.get_as(&cookie, &path).await.body);
            let found: BTreeSet<usize> =
                (0..PEOPLE).filter(|n| text.contains(&Person(*n).id().to_string())).collect();
            assert_eq!(found, expected, "{ending} of {query}");
            if ending == "json" {
                let rows: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(rows.as_array().unwrap().len(), people.len(), "{query}");
            }
        }
    }
}

#[tokio::test]
async fn a_filter_that_nobody_knows_is_refused_before_anything_is_given_out() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    for path in [
        "/api/v1/results/living",
        "/api/v1/export/surveys/living.csv",
        "/api/v1/export/surveys/living.zip",
        "/api/v1/export/surveys/living.json",
        "/api/v1/export/surveys/living.xlsx",
    ] {
        for (query, pointer) in [
            ("wards=stifford", "/wards"),
            ("venue=grays-library&theme=health", "/theme"),
            ("version=two", "/version"),
            ("partial=perhaps", "/partial"),
            ("to=now", "/to"),
        ] {
            let answer = server.get_as(&cookie, &format!("{path}?{query}")).await;
            assert_eq!(answer.problem(400), pointer, "{path}?{query}");
        }
    }
    let answer = server.get_as(&cookie, "/api/v1/export/surveys/living.csv?wards=a").await;
    let detail = answer.json()["problems"][0]["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("There is no \"wards\" here. There are: venue, ward"), "{detail}");
    let feedback = server.get_as(&cookie, "/api/v1/export/feedback.csv?ward=stifford").await;
    assert_eq!(feedback.problem(400), "/ward");
}

#[tokio::test]
async fn wards_are_compared_by_where_people_say_they_live_and_not_by_the_venue() {
    let (server, cookie) = start().await;
    let answer = server.get_as(&cookie, "/api/v1/results/living?by=%40ward").await;
    let results: Results = serde_json::from_slice(&answer.body).unwrap();
    let mut groups: Vec<_> = results
        .groups
        .iter()
        .map(|group| (group.value.as_str(), group.label.get("en"), group.people))
        .collect();
    groups.sort_unstable();
    let half = Some(u64::try_from(PEOPLE / 2).unwrap());
    assert_eq!(groups, [("ockendon", "Ockendon", half), ("stifford", "Stifford", half)]);
}
