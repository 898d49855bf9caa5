//! Surveys are written in drafts that only staff see, and published whole or not at all.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::server::{Answer, Server, definition};

async fn put(server: &Server, cookie: &str, id: &str, base_rev: u64, title: &str) -> Answer {
    let body = json!({
        "base_rev": base_rev, "survey": {"title": {"en": title}}, "definition": {"items": []},
    });
    put_as_it_is(server, cookie, id, &body).await
}

async fn put_as_it_is(server: &Server, cookie: &str, id: &str, body: &Value) -> Answer {
    let request = Request::put(format!("/api/v1/drafts/{id}"))
        .header("content-type", "application/json")
        .header("cookie", cookie);
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn discard(server: &Server, cookie: &str, id: &str, rev: u64) -> Value {
    let request = Request::delete(format!("/api/v1/drafts/{id}?rev={rev}"));
    let request = request.header("cookie", cookie).body(Body::empty()).unwrap();
    server.send(request).await.json()
}

#[tokio::test]
async fn a_draft_is_kept_for_all_staff_and_for_nobody_else() {
    let server = Server::start().await;
    let (ana, ben) = (server.cookie_of("ana").await, server.cookie_of("ben").await);
    let saved = put(&server, &ana, "parks", 0, "Parks").await.json();
    assert_eq!((&saved["result"], &saved["head"]["by"]), (&json!("saved"), &json!("ana")));

    let server = server.restart().await;
    let list = server.get_as(&ben, "/api/v1/drafts").await.json();
    assert_eq!(list["drafts"], json!([saved["head"]]));
    let draft = server.get_as(&ben, "/api/v1/drafts/parks").await.json();
    assert_eq!(draft["survey"]["title"]["en"], "Parks");
    assert_eq!(draft["rev"], saved["head"]["rev"]);

    server.get_as(&ben, "/api/v1/drafts/nothing").await.problem(404);
    for path in ["/api/v1/drafts", "/api/v1/drafts/parks"] {
        server.get(path).await.problem(401);
    }
    put(&server, "", "parks", 0, "Mine").await.problem(401);
    let changes = server.get("/api/v1/changes").await.text();
    assert!(!changes.contains("Parks"), "tablets see no draft");
}

#[tokio::test]
async fn nobody_writes_over_what_they_have_not_seen() {
    let server = Server::start().await;
    let (ana, ben) = (server.cookie_of("ana").await, server.cookie_of("ben").await);
    let rev = |answer: &Answer| answer.json()["head"]["rev"].as_u64().unwrap();
    let first = rev(&put(&server, &ana, "parks", 0, "Parks").await);
    let second = rev(&put(&server, &ben, "parks", first, "Parks and paths").await);
    assert!(second > first);

    for stale in [0, first] {
        let lost = put(&server, &ana, "parks", stale, "Greens").await.json();
        assert_eq!(lost["result"], "conflict");
        assert_eq!(lost["draft"]["survey"]["title"]["en"], "Parks and paths");
        assert_eq!(lost["draft"]["by"], "ben");
    }
    assert_eq!(discard(&server, &ana, "parks", first).await["result"], "conflict");
    // The answer to ben was lost: the same once more is saved already, as he left it.
    assert_eq!(rev(&put(&server, &ben, "parks", first, "Parks and paths").await), second);

    assert_eq!(discard(&server, &ben, "parks", second).await["result"], "discarded");
    assert_eq!(discard(&server, &ben, "parks", second).await["result"], "discarded");
    let gone = put(&server, &ana, "parks", second, "Greens").await.json();
    assert_eq!((&gone["result"], &gone["draft"]), (&json!("conflict"), &Value::Null));
    // One made anew is not the one that was seen before.
    assert!(rev(&put(&server, &ana, "parks", 0, "Greens").await) > first);
}

#[tokio::test]
async fn what_could_never_be_published_is_no_draft() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let put = async |body: Value| put_as_it_is(&server, &cookie, "parks", &body).await;
    let with = |survey: Value, definition: Value| json!({"base_rev": 0, "survey": survey, "definition": definition});
    assert_eq!(put(with(json!({}), json!([]))).await.problem(422), "/definition");
    let long = "x".repeat(model::limits::RECORD_BYTES);
    assert_eq!(put(with(json!({}), json!({"a": long}))).await.problem(422), "/definition");
    assert_eq!(put(with(json!({"a": long}), json!({}))).await.problem(422), "/survey");
    assert_eq!(put(json!({"base_rev": 0})).await.problem(400), "/survey");
    put_as_it_is(&server, &cookie, "No%20Key", &with(json!({}), json!({}))).await.problem(404);
    assert_eq!(put(with(json!({}), json!({}))).await.json()["result"], "saved");
}

fn edit(number: u32, collection: &str, id: &str, base_rev: u64, fields: Value) -> Value {
    json!({
        "edit": format!("0190a5b4-0000-7000-8000-{number:012}"),
        "collection": collection, "id": id, "base_rev": base_rev, "fields": fields,
    })
}

/// The edits that publish version `version` of the survey `living`, whose record has revision `rev`.
fn version(number: u32, version: u32, rev: u64, definition: Value) -> [Value; 2] {
    let id = format!("living.{version}");
    let whole = json!({"survey": "living", "version": version, "definition": definition});
    [
        edit(number, "survey_version", &id, 0, whole),
        edit(number + 1, "survey", "living", rev, json!({"version": version})),
    ]
}

async fn publish(server: &Server, cookie: &str, edits: &[Value]) -> Value {
    let answer = server.post_as(cookie, "/api/v1/publish", &json!({ "edits": edits })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["results"].clone()
}

/// The version that the survey points to, and the versions there are.
async fn published(server: &Server) -> (u64, Vec<String>) {
    let changes = server.get("/api/v1/changes").await.json();
    let records = changes["records"].as_array().unwrap().clone();
    let of = |collection: &str| {
        records.clone().into_iter().filter(|it| it["collection"] == collection).collect::<Vec<_>>()
    };
    let version = of("survey")[0]["fields"]["version"].as_u64().unwrap();
    let versions = of("survey_version");
    (version, versions.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn a_version_and_the_survey_that_points_to_it_are_published_together() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let edits = version(1, 2, 1, definition(&["bus"]));
    let results = publish(&server, &cookie, &edits).await;
    assert_eq!(results[0]["result"], "merged");
    assert_eq!(results[1]["record"]["fields"]["version"], 2);
    let now = (2, vec!["living.1".to_owned(), "living.2".to_owned()]);
    assert_eq!(published(&server).await, now);
    // The answer was lost, and the same is sent again.
    assert_eq!(publish(&server, &cookie, &edits).await, results);
    assert_eq!(published(&server).await, now);
    server.post("/api/v1/publish", &json!({ "edits": edits })).await.problem(401);
}

#[tokio::test]
async fn what_cannot_be_published_whole_leaves_no_trace() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let before = published(&server).await;
    let broken = json!({"languages": ["en"], "items": [
        {"name": "a", "type": "text", "label": {"en": "A"}, "relevant": "1 = ("},
    ]});
    let results = publish(&server, &cookie, &version(1, 2, 1, broken)).await;
    assert_eq!(results[0]["problems"][0]["pointer"], "/fields/definition/items/0/relevant");

    // Nobody would be given a choice: the builder says so, and so does the server to any other program.
    let street = json!({"name": "street", "type": "select_one", "label": {"en": "Street?"}, "file": "streets.csv"});
    let table = json!({"columns": ["id", "label"], "rows": [["n", "Nash"]]});
    let lacking = json!({"languages": ["en"], "items": [street], "tables": {"streets": table}});
    let results = publish(&server, &cookie, &version(7, 2, 1, lacking)).await;
    let problem = &results[0]["problems"][0];
    assert_eq!(problem["pointer"], "/fields/definition/items/0/file", "{results}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("The table streets has no column \"name\"."), "{detail}");

    // The questions are good, the survey's record is not.
    let mut untitled = version(3, 2, 1, definition(&["bus"]));
    untitled[1]["fields"]["title"] = json!({"en": ""});
    let results = publish(&server, &cookie, &untitled).await;
    assert_eq!(results[0], json!({"result": "undone"}));
    assert_eq!(results[1]["problems"][0]["pointer"], "/fields/title/en");
    assert_eq!(published(&server).await, before);

    // Somebody else changed the same field meanwhile: not even that is carried out by half.
    let ben = server.cookie_of("ben").await;
    publish(&server, &ben, &[edit(5, "survey", "living", 1, json!({"minutes": 9}))]).await;
    let mut late = version(6, 2, 1, definition(&["bus"]));
    late[1]["fields"]["minutes"] = json!(7);
    let results = publish(&server, &cookie, &late).await;
    assert_eq!(results[0], json!({"result": "undone"}));
    assert_eq!(results[1]["collisions"][0]["field"], "minutes");
    assert_eq!(published(&server).await, before);
    let kept = server.get_as(&cookie, "/api/v1/conflicts").await.json();
    assert_eq!(kept["conflicts"], json!([]), "the author still has the draft");

    // Put right, under the same numbers, it goes out.
    untitled[1]["fields"].as_object_mut().unwrap().remove("title");
    let results = publish(&server, &cookie, &untitled).await;
    assert_eq!(results[1]["result"], "merged", "{results}");
}

#[tokio::test]
async fn of_two_who_publish_the_same_version_one_is_told() {
    let server = Server::start().await;
    let (ana, ben) = (server.cookie_of("ana").await, server.cookie_of("ben").await);
    publish(&server, &ana, &version(1, 2, 1, definition(&["bus"]))).await;
    let results = publish(&server, &ben, &version(3, 2, 1, definition(&["tram"]))).await;
    assert_eq!(results[0]["problems"][0]["code"], "conflict");
    assert_eq!(results[1]["result"], "undone");
    let changes = server.get("/api/v1/changes").await.text();
    assert!(changes.contains("\"bus\"") && !changes.contains("\"tram\""));
}
