//! Who staff are is known to every server alike.

use ::server::Store;
use model::{Hash, time::Millis};

use super::NOW;

async fn add(store: &Store, name: &str) -> bool {
    store.add_account(name.to_owned(), format!("hash of {name}"), NOW).await.unwrap()
}

async fn start(store: &Store, token: &str, name: &str, ends: i64) -> Hash {
    let token = Hash::of(token.as_bytes());
    let ends = Millis(NOW.0 + ends);
    store.start_session(token, name.to_owned(), NOW, ends).await.unwrap();
    token
}

async fn whose(store: &Store, token: Hash, later: i64) -> Option<String> {
    store.session(token, Millis(NOW.0 + later)).await.unwrap()
}

pub async fn an_account_is_made_once(store: &Store) {
    assert!(add(store, "ben").await);
    assert!(add(store, "Ana").await);
    assert!(add(store, "ana").await);
    assert!(!store.add_account("ben".to_owned(), "other".to_owned(), NOW).await.unwrap());
    assert_eq!(store.accounts().await.unwrap(), ["Ana", "ana", "ben"]);
    assert_eq!(store.password("ben").await.unwrap().as_deref(), Some("hash of ben"));
    assert_eq!(store.password("nobody").await.unwrap(), None);
}

pub async fn a_session_ends_after_its_time_or_when_told(store: &Store) {
    add(store, "ana").await;
    let (short, long) = (start(store, "s", "ana", 10).await, start(store, "l", "ana", 99).await);
    assert_eq!(whose(store, short, 9).await.as_deref(), Some("ana"));
    assert_eq!(whose(store, short, 10).await, None);
    assert_eq!(whose(store, long, 10).await.as_deref(), Some("ana"));
    store.end_session(long).await.unwrap();
    assert_eq!(whose(store, long, 10).await, None);
    let token = Hash::of(b"of nobody");
    let refused = store.start_session(token, "nobody".to_owned(), NOW, Millis(i64::MAX)).await;
    assert!(refused.is_err(), "a session needs an account");
}

pub async fn a_new_password_ends_the_sessions_of_its_account(store: &Store) {
    add(store, "ana").await;
    add(store, "ben").await;
    let (ana, ben) = (start(store, "a", "ana", 99).await, start(store, "b", "ben", 99).await);
    assert!(store.set_password("ana".to_owned(), "new".to_owned()).await.unwrap());
    assert!(!store.set_password("nobody".to_owned(), "new".to_owned()).await.unwrap());
    assert_eq!(whose(store, ana, 1).await, None);
    assert_eq!(whose(store, ben, 1).await.as_deref(), Some("ben"));
    assert_eq!(store.password("ana").await.unwrap().as_deref(), Some("new"));
}

pub async fn names_that_no_database_can_hold_are_nobody(store: &Store) {
    for name in ["a\0b", "", "'; DROP TABLE accounts; --"] {
        assert_eq!(store.password(name).await.unwrap(), None, "{name:?}");
    }
}
