//! PostgreSQL fails, restarts or refuses: what the server makes of it.

use std::time::Duration;

use ::server::{
    Store, StoreError,
    clock::now,
    store::{Filter, Slice},
};
use futures_util::future::join_all;
use model::{Hash, time::Millis};
use pg::TestPostgres;
use tokio::time::timeout;

use crate::postgres;

async fn session(store: &Store, number: u32, account: &str) -> Result<(), StoreError> {
    let token = Hash::of(&number.to_be_bytes());
    store.start_session(token, account.to_owned(), now(), Millis(i64::MAX)).await
}

#[tokio::test]
async fn a_statement_that_is_refused_takes_no_other_job_of_its_group_down() {
    let Some(url) = postgres::database() else { return };
    let store = Store::connect(&url).await.unwrap();
    store.add_account("ana".to_owned(), String::new(), now()).await.unwrap();
    let account = |number| if number % 3 == 0 { "nobody" } else { "ana" };
    let outcomes = join_all((0..60).map(|number| session(&store, number, account(number)))).await;
    for (number, outcome) in (0..).zip(outcomes) {
        let token = Hash::of(&u32::to_be_bytes(number));
        let there = store.session(token, now()).await.unwrap().is_some();
        assert_eq!((outcome.is_ok(), there), (number % 3 != 0, number % 3 != 0), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_database_that_goes_away_is_told_and_found_again() {
    let Some(mut server) = TestPostgres::start_or_skip() else { return };
    let store = Store::connect(&server.url("postgres")).await.unwrap();
    store.check_writable(now()).await.unwrap();
    let epoch = store.epoch().await.unwrap();
    let filter = Filter { kind: "feedback", ..Filter::default() };
    for _ in 0..3 {
        server.kill();
        let write = timeout(Duration::from_secs(10), store.check_writable(now())).await;
        assert!(matches!(write, Ok(Err(StoreError::Unavailable(_)))), "{write:?}");
        let read = store.submissions(&filter, Slice::After(0), 1);
        let read = timeout(Duration::from_secs(10), read).await;
        assert!(matches!(read, Ok(Err(StoreError::Unavailable(_)))), "{read:?}");
        server.restart().unwrap();
        store.check_writable(now()).await.unwrap();
        assert_eq!(store.epoch().await.unwrap(), epoch);
    }
    // Ended and back before anybody asked: nobody is to notice.
    server.restart().unwrap();
    assert_eq!(store.epoch().await.unwrap(), epoch);
    store.check_writable(now()).await.unwrap();
}

#[tokio::test]
async fn a_database_that_may_lose_what_it_confirmed_is_refused() {
    let off = match TestPostgres::start_with(&["fsync=off"]) {
        Ok(server) => server,
        Err(error) => return eprintln!("skipped: {error}"),
    };
    let refused = Store::connect(&off.url("postgres")).await.map(|_| ());
    assert!(matches!(&refused, Err(StoreError::NotSetUp(why)) if why.contains("fsync")));
}

#[tokio::test]
async fn a_standby_alone_takes_no_writes_and_is_not_mistaken_for_the_primary() {
    let Some(primary) = TestPostgres::start_or_skip() else { return };
    let standby = primary.synchronous_standby().unwrap();
    let refused = Store::connect(&standby.url("postgres")).await.map(|_| ());
    assert!(
        matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("standby")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn tables_of_a_newer_program_are_left_alone() {
    let Some(url) = postgres::database() else { return };
    Store::connect(&url).await.unwrap().close().await;
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1")
        .execute(&mut conn)
        .await
        .unwrap();
    let refused = Store::connect(&url).await.map(|_| ());
    assert!(matches!(refused, Err(StoreError::Unusable(_))), "{refused:?}");
}
