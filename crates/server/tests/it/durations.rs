//! A survey says how long it took others, once there are enough of them, and tablets are told.

use model::{SubmissionId, time::Millis};
use serde_json::{Value, json};
use server::durations::measure;

use crate::{
    server::{Server, definition},
    submissions::{MADE_AT, envelope},
};

fn fill(number: u8, seconds: u32, partial: bool) -> Value {
    envelope(json!({
        "id": SubmissionId::new(Millis(MADE_AT), [number; 10]), "made_at": MADE_AT,
        "venue": "grays-library", "language": "en", "app": "0.1.0",
        "response": {"survey": "living", "version": 1, "seconds": seconds, "partial": partial,
                     "answers": {"agree": {"one": "yes"}}},
    }))
}

#[tokio::test]
async fn ten_fills_say_how_long_it_takes_and_a_new_version_begins_anew() {
    let server = Server::start().await;
    let measured = async || {
        let record = server.store.record(model::Collection::Survey, "living").await.unwrap();
        record.unwrap().fields.get("measured").cloned()
    };
    let now = Millis(MADE_AT);
    // Nine to the end and one that stopped early are not ten.
    let mut fills: Vec<_> = (0..9).map(|n| fill(n, 200 + u32::from(n), false)).collect();
    fills.push(fill(9, 3, true));
    server.push(&fills).await;
    assert_eq!(measure(&server.store, now).await.unwrap(), 0);
    assert_eq!(measured().await, None);

    server.push(&[fill(10, 9_000, false)]).await;
    assert_eq!(measure(&server.store, now).await.unwrap(), 1);
    assert_eq!(measured().await, Some(json!({"version": 1, "minutes": 3})));
    // What has not changed is not written again: tablets would fetch it.
    assert_eq!(measure(&server.store, now).await.unwrap(), 0);
    let changes = server.get("/api/v1/changes").await.text();
    assert!(changes.contains(r#""measured":{"#), "{changes}");

    // Those who come to a new version are not told how long the old one took.
    let edit = async |number: u8, collection: &str, id: &str, fields: Value| {
        let known = model::Collection::parse(collection).unwrap();
        let record = server.store.record(known, id).await.unwrap();
        let edit = json!({"edits": [{
            "edit": format!("0190a5b4-0000-7000-8000-00000000000{number}"), "collection": collection,
            "id": id, "base_rev": record.map_or(0, |record| record.rev), "fields": fields,
        }]});
        let cookie = "together_session=token of sam";
        let edited = server.post_as(cookie, "/api/v1/edits", &edit).await.json();
        assert_eq!(edited["results"][0]["result"], "merged", "{edited}");
    };
    server.cookie().await;
    let second = json!({"survey": "living", "version": 2, "definition": definition(&["bus"])});
    edit(1, "survey_version", "living.2", second).await;
    edit(2, "survey", "living", json!({"version": 2})).await;
    assert_eq!(measure(&server.store, now).await.unwrap(), 0);
    // Nobody is told anything of a survey that takes no answers.
    edit(3, "survey", "living", json!({"version": 1, "state": "closed"})).await;
    server.push(&(20..60).map(|n| fill(n, 3_000, false)).collect::<Vec<_>>()).await;
    assert_eq!(measure(&server.store, now).await.unwrap(), 0);
    assert_eq!(measured().await, Some(json!({"version": 1, "minutes": 3})));
    edit(4, "survey", "living", json!({"state": "open"})).await;
    assert_eq!(measure(&server.store, now).await.unwrap(), 1);
    assert_eq!(measured().await, Some(json!({"version": 1, "minutes": 50})));

    let survey = |version| -> model::catalogue::Survey {
        serde_json::from_value(json!({
            "title": {"en": "T"}, "summary": {"en": "S"}, "minutes": 9, "state": "open",
            "version": version, "measured": {"version": 1, "minutes": 3},
        }))
        .unwrap()
    };
    assert_eq!((survey(1).measured_minutes(), survey(2).measured_minutes()), (Some(3), None));
}
