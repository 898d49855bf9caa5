//! The catalogue goes out in pages; a cursor that does not fit starts again.

use axum::{
    body::Body,
    http::{Request, header},
};
use model::wire::Changes;
use serde_json::json;

use crate::server::{Server, file};
use ::server::import::import_content;

async fn changes(server: &Server, cursor: &str, limit: u32) -> Changes {
    let escaped: String = cursor.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let answer = server.get(&format!("/api/v1/changes?cursor={escaped}&limit={limit}")).await;
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{}", answer.text()))
}

async fn everything(server: &Server, limit: u32) -> (Vec<String>, String, usize) {
    let (mut ids, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = changes(server, &cursor, limit).await;
        assert_eq!(page.fresh, pages == 0);
        ids.extend(page.records.iter().map(|r| format!("{}/{}", r.collection, r.id)));
        (cursor, pages) = (page.cursor, pages + 1);
        if !page.more {
            return (ids, cursor, pages);
        }
    }
}

#[tokio::test]
async fn pages_of_any_size_tell_the_same() {
    let server = Server::start().await;
    let (whole, cursor, pages) = everything(&server, 500).await;
    assert_eq!((whole.len(), pages), (9, 1));
    assert_eq!(whole.iter().position(|id| id == "venue/grays-library"), Some(2));
    for limit in 1..=10 {
        let (ids, at_end, _) = everything(&server, limit).await;
        assert_eq!((&ids, &at_end), (&whole, &cursor));
    }
    let after = changes(&server, &cursor, 500).await;
    assert_eq!((after.records.len(), after.fresh, after.more), (0, false, false));
}

#[tokio::test]
async fn only_what_changed_comes_next_and_deletions_are_told() {
    let server = Server::start().await;
    let (_, cursor, _) = everything(&server, 500).await;
    let cookie = server.cookie().await;
    let edit = |number: u32, id: &str, more: serde_json::Value| {
        let mut edit = json!({
            "edit": format!("0190a5b4-0000-7000-8000-{number:012}"), "collection": "theme",
            "id": id, "base_rev": 1,
        });
        edit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        edit
    };
    let edits = [
        edit(1, "transport", json!({"fields": {"name": {"en": "Getting about"}}})),
        edit(2, "health", json!({"delete": true})),
    ];
    server.post_as(&cookie, "/api/v1/edits", &json!({ "edits": edits })).await;
    let page = changes(&server, &cursor, 500).await;
    let told: Vec<_> =
        page.records.iter().map(|r| (r.id.as_str(), r.rev, r.deleted, r.fields.len())).collect();
    assert_eq!(told, [("transport", 2, false, 1), ("health", 2, true, 0)]);
    assert!(!page.fresh);

    let (fresh, ..) = everything(&server, 500).await;
    assert!(!fresh.contains(&"theme/health".to_owned()), "a new tablet needs no tombstones");
}

#[tokio::test]
async fn a_stale_cursor_starts_again_and_is_no_error() {
    let server = Server::start().await;
    let epoch = server.epoch().await;
    for stale in [
        "<html>".to_owned(),
        json!(["another epoch", "public", 1, 3]).to_string(),
        json!([epoch, "capture", 1, 3]).to_string(),
        json!([epoch, "public", 99, 3]).to_string(),
        json!([epoch, "public", 1, 10_000]).to_string(),
    ] {
        let page = changes(&server, &stale, 500).await;
        assert_eq!((page.records.len(), page.fresh), (9, true), "{stale}");
        assert_eq!(page.epoch, epoch);
    }
}

#[tokio::test]
async fn a_bad_limit_names_itself() {
    let server = Server::start().await;
    for limit in ["0", "501", "many"] {
        let answer = server.get(&format!("/api/v1/changes?limit={limit}")).await;
        assert_eq!(answer.problem(400), "/limit");
    }
}

#[tokio::test]
async fn large_answers_are_compressed_and_small_ones_not() {
    let server = Server::start().await;
    let get = async |path: &str| {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, "gzip, br");
        server.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(get("/api/v1/changes").await.header("content-encoding"), "br");
    assert_eq!(get("/api/v1/probe?nonce=1").await.header("content-encoding"), "");
}

#[tokio::test]
async fn the_same_import_again_changes_nothing() {
    let server = Server::start().await;
    let (_, cursor, _) = everything(&server, 500).await;
    import_content(&server.store, crate::server::content()).await.unwrap();
    let area = file("area.json", r#"[{"id": "grays", "name": {"en": "Grays town"}}]"#);
    import_content(&server.store, vec![area]).await.unwrap();
    let page = changes(&server, &cursor, 500).await;
    assert_eq!(page.records.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["grays"]);
}
