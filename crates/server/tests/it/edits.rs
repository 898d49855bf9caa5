//! Staff edit the catalogue; two at once lose nothing.

use serde_json::{Value, json};

use crate::server::{Server, definition};

/// An edit under a number of its own.
fn edit(number: u32, collection: &str, id: &str, base_rev: u64, fields: Value) -> Value {
    json!({
        "edit": format!("0190a5b4-0000-7000-8000-{number:012}"),
        "collection": collection, "id": id, "base_rev": base_rev, "fields": fields,
    })
}

async fn send(server: &Server, cookie: &str, edits: &[Value]) -> Value {
    let answer = server.post_as(cookie, "/api/v1/edits", &json!({ "edits": edits })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["results"].clone()
}

async fn conflicts(server: &Server, cookie: &str) -> Value {
    server.get_as(cookie, "/api/v1/conflicts").await.json()["conflicts"].clone()
}

#[tokio::test]
async fn edits_of_different_fields_both_stay() {
    let server = Server::start().await;
    let (ana, ben) = (server.cookie_of("ana").await, server.cookie_of("ben").await);
    send(&server, &ana, &[edit(1, "event", "knit", 1, json!({"minutes": 60}))]).await;
    let results =
        send(&server, &ben, &[edit(2, "event", "knit", 1, json!({"cost": {"en": "£2"}}))]).await;
    assert_eq!(results[0]["result"], "merged");
    assert_eq!(results[0]["collisions"], json!([]));
    let record = &results[0]["record"];
    assert_eq!((&record["rev"], &record["fields"]["minutes"]), (&json!(3), &json!(60)));
    assert_eq!(record["fields"]["cost"]["en"], "£2");
}

#[tokio::test]
async fn the_loser_of_a_collision_is_told_and_the_value_kept() {
    let server = Server::start().await;
    let (ana, ben) = (server.cookie_of("ana").await, server.cookie_of("ben").await);
    send(&server, &ana, &[edit(1, "event", "knit", 1, json!({"minutes": 60}))]).await;
    let fields = json!({"minutes": 45, "example": true});
    let results = send(&server, &ben, &[edit(2, "event", "knit", 1, fields)]).await;
    let collision = json!([{"field": "minutes", "theirs": 60, "yours": 45}]);
    assert_eq!(results[0]["collisions"], collision);
    assert_eq!(results[0]["record"]["fields"]["minutes"], 60);
    assert_eq!(results[0]["record"]["fields"]["example"], true);

    assert_eq!(conflicts(&server, &ana).await, json!([]));
    let kept = conflicts(&server, &ben).await;
    assert_eq!(kept[0]["collisions"], collision);
    assert_eq!((&kept[0]["collection"], &kept[0]["record"]), (&json!("event"), &json!("knit")));

    let path = format!("/api/v1/conflicts/{}", kept[0]["id"]);
    let delete = async |cookie: &str| {
        let request = axum::http::Request::delete(&path).header("cookie", cookie);
        server.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    delete(&ana).await.problem(404);
    assert_eq!(delete(&ben).await.status, 204);
    assert_eq!(conflicts(&server, &ben).await, json!([]));
    delete(&ben).await.problem(404);
}

#[tokio::test]
async fn the_same_edit_twice_is_carried_out_once() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let one = edit(1, "theme", "health", 1, json!({"name": {"en": "Wellbeing"}}));
    let first = send(&server, &cookie, std::slice::from_ref(&one)).await;
    send(&server, &cookie, &[edit(2, "theme", "health", 2, json!({"name": {"en": "Care"}}))]).await;
    let again = send(&server, &cookie, &[one]).await;
    assert_eq!(again, first);

    let other = edit(1, "theme", "health", 1, json!({"name": {"en": "Something else"}}));
    let refused = send(&server, &cookie, &[other]).await;
    assert_eq!(refused[0]["problems"][0]["pointer"], "/edit");
}

#[tokio::test]
async fn what_is_deleted_never_comes_back() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let mut delete = edit(1, "event", "knit", 1, json!({}));
    delete["delete"] = json!(true);
    let deleted = send(&server, &cookie, &[delete]).await;
    assert_eq!(deleted[0]["record"]["deleted"], true);

    let late = edit(2, "event", "knit", 1, json!({"minutes": 45}));
    let again = edit(3, "event", "knit", 0, json!({"minutes": 45}));
    let never = edit(4, "event", "nowhere", 3, json!({"minutes": 45}));
    let future = edit(5, "theme", "health", 9, json!({"name": {"en": "Later"}}));
    let taken = edit(6, "theme", "health", 0, json!({"name": {"en": "Twice"}}));
    for one in [late, again, never, future, taken] {
        let results = send(&server, &cookie, &[one]).await;
        assert_eq!(results[0]["result"], "conflict", "{results}");
    }
    let kept = conflicts(&server, &cookie).await;
    assert_eq!(kept.as_array().unwrap().len(), 5);
    assert_eq!(kept[4]["collisions"][0]["yours"], 45);
    let changes = server.get("/api/v1/changes").await.json();
    let events = changes["records"].as_array().unwrap();
    assert!(events.iter().all(|record| record["collection"] != "event"));
}

#[tokio::test]
async fn bad_content_is_refused_with_its_field_and_may_be_sent_again_put_right() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let results = send(
        &server,
        &cookie,
        &[
            edit(1, "event", "knit", 1, json!({"venue": "nowhere"})),
            edit(2, "event", "knit", 1, json!({"minutes": "long"})),
            edit(3, "event", "new", 0, json!({"title": {"en": "New"}})),
            edit(4, "invention", "x", 0, json!({})),
            edit(5, "event", "knit", 1, json!({"minutes": 30})),
        ],
    )
    .await;
    let pointer = |index: usize| results[index]["problems"][0]["pointer"].as_str().unwrap_or("");
    assert_eq!(pointer(0), "/fields/venue");
    assert_eq!(pointer(1), "/fields/minutes");
    assert_eq!(pointer(2), "/fields/summary");
    assert_eq!(pointer(3), "/collection");
    assert_eq!(results[4]["result"], "merged");

    let venue = json!({
        "name": {"en": "Nowhere"}, "address": [], "postcode": "RM17", "area": "grays",
    });
    send(&server, &cookie, &[edit(6, "venue", "nowhere", 0, venue)]).await;
    let retried =
        send(&server, &cookie, &[edit(1, "event", "knit", 1, json!({"venue": "nowhere"}))]).await;
    assert_eq!(retried[0]["result"], "merged");
}

#[tokio::test]
async fn a_published_survey_version_never_changes() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let second = json!({"survey": "living", "version": 2, "definition": definition(&["bus"])});
    let broken = json!({
        "survey": "living", "version": 3,
        "definition": {"languages": ["en"], "items": [
            {"name": "a", "type": "no such type", "label": {"en": "A"}},
        ]},
    });
    let mut delete = edit(1, "survey_version", "living.1", 1, json!({}));
    delete["delete"] = json!(true);
    let results = send(
        &server,
        &cookie,
        &[
            edit(2, "survey_version", "living.1", 1, json!({"definition": {}})),
            delete,
            edit(3, "survey_version", "living.2", 0, second),
            edit(4, "survey_version", "living.3", 0, broken),
            edit(5, "survey", "living", 1, json!({"version": 2})),
        ],
    )
    .await;
    assert_eq!(results[0]["problems"][0]["code"], "conflict");
    assert_eq!(results[1]["problems"][0]["code"], "conflict");
    assert_eq!(results[2]["result"], "merged");
    assert_eq!(results[3]["problems"][0]["pointer"], "/fields/definition/items/0/type");
    assert_eq!(results[4]["record"]["fields"]["version"], 2);
}

#[tokio::test]
async fn a_request_that_is_no_edit_names_its_field() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let post = async |body: Value| server.post_as(&cookie, "/api/v1/edits", &body).await;
    assert_eq!(post(json!({})).await.problem(400), "/edits");
    let mut bad = edit(1, "event", "knit", 1, json!({}));
    bad["id"] = json!("No Key");
    assert_eq!(post(json!({"edits": [bad]})).await.problem(400), "/edits/0/id");
    let many: Vec<_> = (0..51).map(|n| edit(n, "event", "knit", 1, json!({}))).collect();
    assert_eq!(post(json!({ "edits": many })).await.problem(422), "/edits");
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!([deep]);
    }
    let nested = edit(1, "event", "knit", 1, json!({"extra": deep}));
    post(json!({"edits": [nested]})).await.problem(400);
}
