//! Several servers on one PostgreSQL: the order of places is the order of commits, whoever is
//! slow, and nobody overwrites what another wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ::server::{
    Store,
    clock::now,
    store::{Arrival, AuthoredEdit, Filter, Placed, Slice},
};
use futures_util::future::join_all;
use model::{
    Collection, Hash, Key, SubmissionId,
    submission::Sealed,
    time::Millis,
    wire::{Edit, EditResult},
};
use serde_json::{Map, Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::timeout;

use crate::{postgres, server::Server, submissions::feedback};

async fn servers<const N: usize>() -> Option<(String, [Store; N])> {
    let url = postgres::database()?;
    let mut stores = Vec::new();
    for _ in 0..N {
        stores.push(Store::connect(&url).await.unwrap());
    }
    Some((url, stores.try_into().unwrap()))
}

fn arrival(number: u64) -> Arrival {
    let bytes = number.to_string().into_bytes();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    Arrival {
        sealed: Sealed { id: SubmissionId::new(Millis(0), random), hash: Hash::of(&bytes), bytes },
        kind: "feedback",
        survey: None,
        venue: None,
        themes: vec![Key::parse("health").unwrap()],
        made_at: Millis(0),
    }
}

fn edit(number: u128, id: &str, base_rev: u64, fields: &[(&str, Value)]) -> AuthoredEdit {
    AuthoredEdit {
        account: "ana".to_owned(),
        edit: Edit {
            edit: uuid::Uuid::from_u128(number),
            collection: "theme".to_owned(),
            id: Key::parse(id).unwrap(),
            base_rev,
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            delete: false,
        },
    }
}

fn named(name: &str) -> [(&'static str, Value); 1] {
    [("name", json!({ "en": name }))]
}

/// Waits until so many of a database's connections wait for a lock of another.
async fn until_locked_out(watcher: &mut PgConnection, count: i64) {
    let looking = async {
        loop {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(&mut *watcher)
            .await
            .unwrap();
            if waiting == count {
                return;
            }
        }
    };
    timeout(Duration::from_secs(60), looking).await.expect("they come to wait");
}

async fn submissions(store: &Store, after: u64) -> Vec<u64> {
    let filter = Filter { kind: "feedback", ..Filter::default() };
    let found = store.submissions(&filter, Slice::After(after), 10_000).await.unwrap();
    found.iter().map(|stored| stored.seq).collect()
}

#[tokio::test]
async fn what_a_slow_transaction_wrote_is_never_skipped_by_a_cursor() {
    let Some((url, [slow, fast, reader])) = servers().await else { return };
    let made = [edit(1, "a", 0, &named("A")), edit(2, "b", 0, &named("B"))];
    slow.edit(made.to_vec(), now()).await.unwrap();
    let start = reader.changes(None, 9).await.unwrap();

    // Somebody holds the row that the slow server is to write after it has taken its place.
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let mut holder = PgConnection::connect(&url).await.unwrap();
    holder.execute("BEGIN; SELECT * FROM records WHERE id = 'a' FOR UPDATE").await.unwrap();
    let slowly = tokio::spawn(async move {
        slow.edit(vec![edit(3, "a", 1, &named("A2"))], now()).await.unwrap()
    });
    until_locked_out(&mut watcher, 1).await;
    let quickly = tokio::spawn(async move {
        fast.edit(vec![edit(4, "b", 1, &named("B2"))], now()).await.unwrap()
    });
    // It waits as the slow one does: a later place is not given before.
    until_locked_out(&mut watcher, 2).await;
    let page = reader.changes(Some(&start.cursor), 9).await.unwrap();
    assert_eq!((page.records.len(), page.seq), (0, start.seq), "the cursor has not moved");

    holder.execute("ROLLBACK").await.unwrap();
    slowly.await.unwrap();
    quickly.await.unwrap();
    let page = reader.changes(Some(&page.cursor), 9).await.unwrap();
    let told: Vec<_> = page.records.iter().map(|record| (record.id.as_str(), record.seq)).collect();
    assert_eq!(told, [("a", 3), ("b", 4)]);
}

#[tokio::test]
async fn a_slow_push_holds_later_places_back() {
    let Some((url, [slow, fast, reader])) = servers().await else { return };
    // Somebody is about to insert the id that the slow push brings, and may yet not do it.
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let mut holder = PgConnection::connect(&url).await.unwrap();
    holder.execute("BEGIN").await.unwrap();
    sqlx::query(
        "INSERT INTO submissions VALUES (-1, $1, '', 'feedback', NULL, NULL, 0, 0, ''::BYTEA)",
    )
    .bind(arrival(1).sealed.id.to_string())
    .execute(&mut holder)
    .await
    .unwrap();
    let slowly = tokio::spawn(async move { slow.receive(vec![arrival(1)], now()).await.unwrap() });
    until_locked_out(&mut watcher, 1).await;
    let quickly = tokio::spawn(async move { fast.receive(vec![arrival(2)], now()).await.unwrap() });
    until_locked_out(&mut watcher, 2).await;
    assert!(submissions(&reader, 0).await.is_empty());
    holder.execute("ROLLBACK").await.unwrap();
    assert_eq!(slowly.await.unwrap().placed, [Placed::At(1)]);
    assert_eq!(quickly.await.unwrap().placed, [Placed::At(2)]);
    assert_eq!(submissions(&reader, 0).await, [1, 2]);
}

#[tokio::test]
async fn whoever_follows_sees_every_change_of_four_servers() {
    const EDITS: u128 = 60;
    let Some((_, stores)) = servers::<4>().await else { return };
    let reader = stores[0].clone();
    let writing = stores.iter().enumerate().map(|(server, store)| async move {
        let server = u128::try_from(server).unwrap();
        for number in 0..EDITS {
            let (number, id) = (server * EDITS + number, format!("t-{server}-{}", number % 7));
            let theme = store.record(Collection::Theme, &id).await.unwrap();
            let rev = theme.map_or(0, |theme| theme.rev);
            let change = edit(number, &id, rev, &named(&number.to_string()));
            let result = store.edit(vec![change], now()).await.unwrap();
            assert!(matches!(result[0], EditResult::Merged { .. }), "{result:?}");
        }
    });
    let writing = join_all(writing);
    let following = async {
        let (mut copy, mut cursor, mut last) = (BTreeMap::new(), None::<String>, 0);
        while last < 4 * u64::try_from(EDITS).unwrap() {
            let page = reader.changes(cursor.as_deref(), 5).await.unwrap();
            assert!(page.seq >= last, "a cursor only goes forward");
            for record in page.records {
                assert!(record.seq > last, "{} was told before", record.seq);
                copy.insert(record.id.to_string(), record);
            }
            (cursor, last) = (Some(page.cursor), page.seq);
        }
        copy
    };
    let (_, copy) = timeout(Duration::from_secs(60), async { tokio::join!(writing, following) })
        .await
        .expect("the follower gets to the end");
    let all = stores[1].records(Collection::Theme).await.unwrap();
    assert_eq!(all, copy.into_values().collect::<Vec<_>>());
}

#[tokio::test]
async fn two_servers_merging_into_one_record_lose_nothing() {
    const ROUNDS: u64 = 40;
    let Some((_, stores)) = servers::<2>().await else { return };
    stores[0].edit(vec![edit(1, "a", 0, &named("A"))], now()).await.unwrap();
    let writing = stores.iter().zip(["left", "right"]).map(|(store, field)| async move {
        for round in 1..=ROUNDS {
            let base = store.record(Collection::Theme, "a").await.unwrap().unwrap().rev;
            let number = Hash::of(format!("{field} {round}").as_bytes()).0;
            let number = u128::from_be_bytes(number[..16].try_into().unwrap());
            let change = edit(number, "a", base, &[(field, json!(round))]);
            let result = store.edit(vec![change], now()).await.unwrap();
            let EditResult::Merged { record, collisions } = &result[0] else {
                panic!("{result:?}")
            };
            assert_eq!((collisions.len(), &record.fields[field]), (0, &json!(round)));
        }
    });
    join_all(writing).await;
    let record = stores[0].record(Collection::Theme, "a").await.unwrap().unwrap();
    assert_eq!(record.rev, 1 + 2 * ROUNDS);
    let fields: Map<_, _> = record.fields;
    assert_eq!((&fields["left"], &fields["right"]), (&json!(ROUNDS), &json!(ROUNDS)));
}

#[tokio::test]
async fn the_same_push_to_two_servers_at_once_is_stored_once() {
    let Some((_, stores)) = servers::<2>().await else { return };
    let push = |store: Store, from: u64| async move {
        let arrivals: Vec<_> = (from..from + 50).map(arrival).collect();
        store.receive(arrivals, now()).await.unwrap().placed
    };
    let pushes = (0..20).map(|n| push(stores[n % 2].clone(), 25 * (n as u64 / 4)));
    let answers = join_all(pushes).await;
    let mut places = BTreeMap::new();
    for (n, placed) in answers.into_iter().enumerate() {
        for (number, placed) in (25 * (n as u64 / 4)..).zip(placed) {
            assert!(matches!(placed, Placed::At(_)));
            assert_eq!(*places.entry(number).or_insert(placed), placed, "one place for each");
        }
    }
    assert_eq!(submissions(&stores[0], 0).await.len(), places.len());
}

#[tokio::test]
async fn a_new_history_is_noticed_by_servers_that_run() {
    let Some((_, [one, two])) = servers().await else { return };
    assert_eq!(one.epoch().await.unwrap(), two.epoch().await.unwrap());
    let cursor = two.changes(None, 9).await.unwrap().cursor;
    one.new_epoch("another".to_owned()).await.unwrap();
    assert_eq!(two.receive(vec![arrival(1)], now()).await.unwrap().epoch, "another");
    assert!(two.changes(Some(&cursor), 9).await.unwrap().fresh);
}

#[tokio::test]
async fn servers_that_start_at_once_agree_on_tables_and_history() {
    let Some(url) = postgres::database() else { return };
    let stores = join_all((0..4).map(|_| Store::connect(&url))).await;
    let epochs =
        join_all(stores.iter().map(|store| async { store.as_ref().unwrap().epoch().await }));
    let epochs: BTreeSet<_> = epochs.await.into_iter().map(Result::unwrap).collect();
    assert_eq!(epochs.len(), 1);
    assert!(!epochs.contains(""));
}

#[tokio::test]
async fn who_signs_in_at_one_server_is_known_at_the_other() {
    let Some(url) = postgres::database() else { return };
    let (one, two) = (Server::on_postgres(&url).await, Server::on_postgres(&url).await);
    let cookie = one.cookie().await;
    assert_eq!(two.get_as(&cookie, "/api/v1/session").await.json(), json!({"name": "sam"}));
    let record = feedback(1, "said at the one");
    one.push(std::slice::from_ref(&record)).await;
    let page = two.get_as(&cookie, "/api/v1/feedback").await.json();
    assert_eq!(page["rows"][0]["feedback"]["words"], "said at the one");
    assert_eq!(two.push(&[record]).await["verdicts"][0]["seq"], page["rows"][0]["seq"]);
}
