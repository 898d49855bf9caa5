//! The name of a history, and what changes with it.

use ::server::Store;
use model::{Hash, time::Millis};

use super::{NOW, arrival, deletion, edit, make};

pub async fn a_new_history_makes_cursors_stale_and_ends_sessions(store: &Store) {
    make(store, &["a"]).await;
    let before = store.epoch().await.unwrap();
    let page = store.changes(None, 9).await.unwrap();
    let push = store.receive(vec![arrival(1, b"one")], NOW).await.unwrap();
    assert_eq!((&page.epoch, &push.epoch), (&before, &before));
    store.add_account("ana".to_owned(), String::new(), NOW).await.unwrap();
    let token = Hash::of(b"token");
    store.start_session(token, "ana".to_owned(), NOW, Millis(i64::MAX)).await.unwrap();

    store.new_epoch("another".to_owned()).await.unwrap();
    assert_eq!(store.epoch().await.unwrap(), "another");
    assert_eq!(store.session(token, NOW).await.unwrap(), None);
    let page = store.changes(Some(&page.cursor), 9).await.unwrap();
    assert_eq!((page.fresh, page.epoch.as_str()), (true, "another"));
    let again = store.receive(vec![arrival(1, b"one")], NOW).await.unwrap();
    assert_eq!((again.epoch.as_str(), again.placed), ("another", push.placed));
}

pub async fn a_name_is_taken_only_where_there_is_none(store: &Store) {
    let name = store.epoch().await.unwrap();
    assert!(!name.is_empty());
    assert_eq!(store.settle_epoch("another".to_owned()).await.unwrap(), name);
    store.new_epoch(String::new()).await.unwrap();
    assert_eq!(store.settle_epoch("another".to_owned()).await.unwrap(), "another");
}

pub async fn a_push_of_nothing_tells_the_history(store: &Store) {
    let received = store.receive(Vec::new(), NOW).await.unwrap();
    assert_eq!(received.epoch, store.epoch().await.unwrap());
    assert_eq!(received.placed, []);
}

pub async fn everything_is_counted(store: &Store) {
    store.check_writable(NOW).await.unwrap();
    assert!(store.is_empty().await.unwrap());
    assert_eq!(store.census().await.unwrap(), Default::default());
    make(store, &["a", "b"]).await;
    edit(store, deletion(1, "a", 1)).await;
    let mut response = arrival(2, b"two");
    response.kind = "response";
    store.receive(vec![arrival(1, b"one"), response], NOW).await.unwrap();
    let census = store.census().await.unwrap();
    assert_eq!(census.records, [("theme".to_owned(), 1)].into());
    let submissions = [("feedback".to_owned(), 1), ("response".to_owned(), 1)];
    assert_eq!(census.submissions, submissions.into());
    assert!(!store.is_empty().await.unwrap());
}
