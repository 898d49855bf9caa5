//! The snapshot: what a new tablet starts from, in whatever form, from whichever server.

use std::{io::Read, time::Duration};

use ::server::import::import_content;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use model::{Hash, Record, segment::decode, snapshot::Manifest, time::Millis, wire::Changes};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    postgres,
    server::{Answer, Server, file},
};

async fn get(server: &Server, path: &str, accepting: &str, known: &str) -> Answer {
    let request = Request::get(path)
        .header(header::ACCEPT_ENCODING, accepting)
        .header(header::IF_NONE_MATCH, known);
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn manifest(server: &Server) -> Manifest {
    let answer = server.get("/api/v1/snapshot").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    Manifest::from_json(&answer.json()).unwrap()
}

fn address(hash: Hash) -> String {
    format!("/api/v1/snapshot/{hash}")
}

/// Fetches every segment as a tablet does, and compares what the manifest says of it.
async fn records(server: &Server, manifest: &Manifest) -> Vec<Record> {
    let mut all = Vec::new();
    for part in &manifest.segments {
        let answer = server.get(&address(part.hash)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(Hash::of(&answer.body), part.hash);
        assert_eq!(answer.body.len() as u64, part.bytes);
        let records = decode(&answer.text()).unwrap();
        assert_eq!(records.len() as u64, part.records);
        all.extend(records);
    }
    assert_eq!(all.len() as u64, manifest.records);
    all.sort_by_key(|record| record.seq);
    all
}

async fn changes(server: &Server, cursor: &str) -> Changes {
    let escaped: String = cursor.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let answer = server.get(&format!("/api/v1/changes?cursor={escaped}")).await;
    serde_json::from_slice(&answer.body).unwrap()
}

/// So many listings of about a kilobyte.
fn listings(count: usize) -> ::server::import::SourceFile {
    let words = |n: usize| {
        let word = |k: usize| format!("w{:x}", (n * 7919 + k * 104_729) % 65_537);
        (0..120).map(word).collect::<Vec<_>>().join(" ")
    };
    let listing = |n| {
        json!({
            "id": format!("listing-{n}"), "title": {"en": format!("Listing {n}")},
            "summary": {"en": "Help."}, "description": {"en": words(n)}, "categories": ["money"], "cost": "free",
        })
    };
    file("listing.json", (0..count).map(listing).collect::<serde_json::Value>().to_string())
}

async fn with_listings(count: usize) -> Server {
    let server = Server::start().await;
    import_content(&server.store, vec![listings(count)]).await.unwrap();
    server
}

async fn rename(server: &Server, edit: u32, id: &str, base_rev: u64) {
    let cookie = server.cookie_of(&format!("staff-{edit}")).await;
    let edits = json!({"edits": [{
        "edit": format!("0190a5b4-0000-7000-8000-{edit:012}"), "collection": "listing", "id": id,
        "base_rev": base_rev, "fields": {"title": {"en": format!("Edit {edit}")}},
    }]});
    let answer = server.post_as(&cookie, "/api/v1/edits", &edits).await;
    assert_eq!(answer.json()["results"][0]["result"], "merged", "{}", answer.text());
}

#[tokio::test]
async fn until_there_is_a_snapshot_the_tablet_is_told_so() {
    let server = Server::start().await;
    let answer = server.get("/api/v1/snapshot").await;
    answer.problem(503);
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
    assert!(server.published.refresh().await.unwrap());
    assert_eq!(manifest(&server).await.records, 9);
    assert!(!server.published.refresh().await.unwrap(), "nothing has moved");
}

#[tokio::test]
async fn a_snapshot_holds_what_all_pages_of_changes_tell() {
    let server = with_listings(600).await;
    server.published.refresh().await.unwrap();
    let manifest = manifest(&server).await;
    assert!(manifest.segments.len() > 2, "{manifest:?}");
    let mut told = Vec::new();
    let mut page = changes(&server, "").await;
    loop {
        told.append(&mut page.records);
        if !page.more {
            break;
        }
        page = changes(&server, &page.cursor).await;
    }
    assert_eq!(records(&server, &manifest).await, told);
    assert_eq!((&manifest.cursor, &manifest.epoch), (&page.cursor, &page.epoch));
    // From the snapshot a tablet goes on with the changes.
    rename(&server, 1, "listing-7", 1).await;
    let next = changes(&server, &manifest.cursor).await;
    assert_eq!((next.records.len(), next.fresh, next.more), (1, false, false));
}

#[tokio::test]
async fn an_empty_catalogue_is_a_snapshot_too() {
    let server = Server::empty().await;
    server.published.refresh().await.unwrap();
    let manifest = manifest(&server).await;
    assert_eq!((manifest.records, manifest.segments.len()), (0, 0));
    assert!(!changes(&server, &manifest.cursor).await.fresh);
}

#[tokio::test]
async fn a_segment_comes_in_every_form_and_may_be_kept_for_ever() {
    let server = with_listings(200).await;
    server.published.refresh().await.unwrap();
    let part = manifest(&server).await.segments[0];
    let path = address(part.hash);
    let mut sizes = Vec::new();
    for (accepting, coding) in [("gzip, deflate, br", "br"), ("gzip, br;q=0", "gzip"), ("", "")] {
        let answer = get(&server, &path, accepting, "").await;
        assert_eq!(answer.header("content-encoding"), coding);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.headers.get_all("vary").iter().count(), 1);
        assert_eq!(answer.header("vary"), "accept-encoding");
        let mut plain = Vec::new();
        match coding {
            "br" => {
                brotli::BrotliDecompress(&mut answer.body.as_slice(), &mut plain).unwrap();
            }
            "gzip" => {
                flate2::read::GzDecoder::new(answer.body.as_slice())
                    .read_to_end(&mut plain)
                    .unwrap();
            }
            _ => plain = answer.body.clone(),
        }
        assert_eq!(Hash::of(&plain), part.hash, "{coding}");
        sizes.push(answer.body.len());
        let tag = answer.header("etag").to_owned();
        let again = get(&server, &path, accepting, &tag).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again.header("etag"), tag);
        // Another form's tag does not do: a cache would unpack it with the wrong coding.
        let other = if coding == "br" { "identity" } else { "br" };
        assert_eq!(get(&server, &path, other, &tag).await.status, StatusCode::OK);
    }
    assert!(sizes.is_sorted(), "{sizes:?}");
}

#[tokio::test]
async fn what_is_no_segment_is_not_found() {
    let server = Server::start().await;
    server.published.refresh().await.unwrap();
    for path in [address(Hash::of(b"never")), "/api/v1/snapshot/short".to_owned()] {
        assert_eq!(server.get(&path).await.problem(404), "");
    }
    let posted = server.post("/api/v1/snapshot", &json!({})).await;
    posted.problem(405);
}

#[tokio::test]
async fn an_edit_makes_a_new_snapshot_and_the_one_before_lasts() {
    let server = with_listings(800).await;
    server.published.refresh().await.unwrap();
    let first = manifest(&server).await;
    rename(&server, 1, "listing-300", 1).await;
    assert_eq!(manifest(&server).await, first, "built off the path of the requests");
    assert!(server.published.refresh().await.unwrap());
    let second = manifest(&server).await;
    assert_ne!(second.cursor, first.cursor);
    let old: Vec<_> = first.segments.iter().map(|part| part.hash).collect();
    let new: Vec<_> = second.segments.iter().filter(|part| !old.contains(&part.hash)).collect();
    assert!((1..=5).contains(&new.len()), "{} of {}", new.len(), second.segments.len());

    let renamed = records(&server, &second).await;
    assert_eq!(renamed.last().unwrap().fields["title"]["en"], "Edit 1");
    // Whoever is in the middle of the first one ends well.
    assert_eq!(records(&server, &first).await.len(), renamed.len());
    rename(&server, 2, "listing-300", 2).await;
    server.published.refresh().await.unwrap();
    let gone = first.segments.iter().find(|part| !second.segments.contains(part)).unwrap();
    server.get(&address(gone.hash)).await.problem(404);
}

#[tokio::test]
async fn a_deleted_record_is_in_no_snapshot() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let edits = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "theme", "id": "health",
        "base_rev": 1, "delete": true,
    }]});
    server.post_as(&cookie, "/api/v1/edits", &edits).await;
    server.published.refresh().await.unwrap();
    let manifest = manifest(&server).await;
    let records = records(&server, &manifest).await;
    assert_eq!(records.len(), 8);
    assert!(records.iter().all(|record| !record.deleted && record.id.as_str() != "health"));
}

#[tokio::test]
async fn a_snapshot_from_before_a_forgotten_deletion_is_not_offered() {
    let server = Server::start().await;
    server.published.refresh().await.unwrap();
    let cookie = server.cookie().await;
    let edits = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "theme", "id": "health",
        "base_rev": 1, "delete": true,
    }]});
    server.post_as(&cookie, "/api/v1/edits", &edits).await;
    // A tablet that starts from it learns of the deletion right after.
    let before = manifest(&server).await;
    assert!(!changes(&server, &before.cursor).await.fresh);
    assert_eq!(server.store.expire_tombstones(Millis(i64::MAX)).await.unwrap(), 1);
    assert!(changes(&server, &before.cursor).await.fresh);
    server.get("/api/v1/snapshot").await.problem(503);
    server.published.refresh().await.unwrap();
    assert!(!changes(&server, &manifest(&server).await.cursor).await.fresh);
}

#[tokio::test]
async fn a_new_history_makes_a_new_snapshot_of_the_same_segments() {
    let server = Server::start().await;
    server.published.refresh().await.unwrap();
    let before = manifest(&server).await;
    server.store.new_epoch("another".to_owned()).await.unwrap();
    // Not even for the seconds until the next one is made.
    server.get("/api/v1/snapshot").await.problem(503);
    assert!(server.published.refresh().await.unwrap());
    let after = manifest(&server).await;
    assert_eq!((after.epoch.as_str(), &after.segments), ("another", &before.segments));
    assert!(!changes(&server, &after.cursor).await.fresh);
    assert!(changes(&server, &before.cursor).await.fresh);
}

#[tokio::test]
async fn two_servers_on_one_database_offer_the_same() {
    let Some(url) = postgres::database() else { return };
    let (one, two) = (Server::on_postgres(&url).await, Server::on_postgres(&url).await);
    import_content(&one.store, crate::server::content()).await.unwrap();
    import_content(&one.store, vec![listings(200)]).await.unwrap();
    one.published.refresh().await.unwrap();
    two.published.refresh().await.unwrap();
    let (at_one, at_two) = (manifest(&one).await, manifest(&two).await);
    assert_eq!(at_one, at_two);
    assert_eq!(records(&one, &at_one).await, records(&two, &at_one).await);
    // One has moved on, the other not yet: what it lacks it does not have, and says so.
    rename(&one, 1, "listing-3", 1).await;
    one.published.refresh().await.unwrap();
    let newer = manifest(&one).await;
    let new = newer.segments.iter().find(|part| !at_two.segments.contains(part)).unwrap();
    two.get(&address(new.hash)).await.problem(404);
    two.published.refresh().await.unwrap();
    assert_eq!(manifest(&two).await, newer);
}

#[tokio::test]
async fn no_news_needs_no_database_and_own_edits_are_told_at_once() {
    let server = with_listings(20).await;
    let head = changes(&server, "").await.cursor;
    for edit in 1..=20 {
        let page = changes(&server, &changes(&server, &head).await.cursor).await;
        assert_eq!((page.records.len(), page.fresh), (0, false));
        rename(&server, edit, "listing-3", u64::from(edit)).await;
        let page = changes(&server, &page.cursor).await;
        assert_eq!((page.records.len(), page.fresh), (1, false), "edit {edit}");
    }
    let head = changes(&server, &head).await.cursor;
    assert_eq!(changes(&server, &head).await.cursor, head);
    server.store.close().await;
    assert_eq!(changes(&server, &head).await.cursor, head, "answered from memory");
}

#[tokio::test]
async fn edits_of_another_server_are_told() {
    let Some(url) = postgres::database() else { return };
    let (one, two) = (Server::on_postgres(&url).await, Server::on_postgres(&url).await);
    import_content(&one.store, crate::server::content()).await.unwrap();
    import_content(&one.store, vec![listings(5)]).await.unwrap();
    let head = changes(&two, "").await.cursor;
    assert_eq!(changes(&two, &head).await.records.len(), 0);
    rename(&one, 1, "listing-3", 1).await;
    // Not at once: what one server knows of the catalogue's head is good for a second.
    let told = async { while changes(&two, &head).await.records.is_empty() {} };
    timeout(Duration::from_secs(60), told).await.expect("the other server's edit is told");
    assert_eq!(changes(&two, &head).await.records.len(), 1);
}
