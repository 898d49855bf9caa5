//! A backup is whole, and what comes back from one starts a new history.

use ::server::{Store, StoreError};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    postgres,
    server::Server,
    submissions::{feedback, response},
};

#[tokio::test]
async fn a_backup_taken_while_serving_comes_back_under_a_new_epoch() {
    if postgres::is_asked_for() {
        return;
    }
    let server = Server::start().await;
    let record = feedback(1, "before the backup");
    server.push(std::slice::from_ref(&record)).await;
    let place = TempDir::new().unwrap();
    let file = place.path().join("backup.db");
    server.store.backup(&file).await.unwrap();
    assert!(matches!(server.store.backup(&file).await, Err(StoreError::Unavailable(_))));
    let later = response(2, 1, json!({"agree": {"one": "yes"}}));
    server.push(std::slice::from_ref(&later)).await;
    let cursor = server.get("/api/v1/changes").await.json()["cursor"].clone();
    let old_epoch = server.epoch().await;
    server.store.close().await;

    let data = server.dir.path();
    assert!(Store::restore(&file, data, false).await.is_err());
    let aside = Store::restore(&file, data, true).await.unwrap().unwrap();
    assert!(data.join(&aside).exists(), "what was there is kept");

    let server = server.restart().await;
    assert_ne!(server.epoch().await, old_epoch);
    assert_eq!(server.submissions().await, 1);
    let cursor: String =
        cursor.as_str().unwrap().bytes().map(|byte| format!("%{byte:02x}")).collect();
    let page = server.get(&format!("/api/v1/changes?cursor={cursor}")).await.json();
    assert_eq!(page["fresh"], true);
    let again = server.push(&[record, later]).await;
    assert_eq!(again["verdicts"][0]["epoch"], server.epoch().await);
    assert_eq!(again["verdicts"][1]["verdict"], "received");
    assert_eq!(server.submissions().await, 2);

    let epoch = server.epoch().await;
    assert_eq!(server.restart().await.epoch().await, epoch, "one restore, one new epoch");
}

#[tokio::test]
async fn a_backup_put_back_by_hand_starts_a_new_history_too() {
    if postgres::is_asked_for() {
        return;
    }
    let server = Server::start().await;
    let place = TempDir::new().unwrap();
    server.store.backup(&place.path().join("together.db")).await.unwrap();
    let store = Store::open(place.path()).await.unwrap();
    let epoch = store.epoch().await.unwrap();
    assert_ne!(epoch, server.epoch().await);
    assert!(!epoch.is_empty());
}

#[tokio::test]
async fn what_is_no_database_is_not_restored() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("holiday.jpg");
    std::fs::write(&file, vec![7; 10_000]).unwrap();
    let data = place.path().join("data");
    assert!(Store::restore(&file, &data, false).await.is_err());
    assert!(!data.join("together.db").exists());
    assert!(Store::restore(&place.path().join("missing"), &data, false).await.is_err());
}
