//! A server that has more to do than it can: it says so, keeps within its memory, and what it did
//! not take it did not store.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures_util::{FutureExt, StreamExt, future::join_all, stream, stream::FuturesUnordered};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    postgres,
    server::{Answer, Server},
    submissions::{envelope, feedback},
};

/// A record of its own for each number.
fn numbered(number: usize) -> Value {
    let mut record = feedback(0, "The bus stops too early")["record"].clone();
    record["id"] = json!(format!("0190a5b4-0000-7000-8000-{number:012}"));
    envelope(record)
}

async fn push(server: &Server, number: usize) -> (usize, Answer) {
    let body = json!({ "records": [numbered(number)] });
    (number, server.post("/api/v1/push", &body).await)
}

/// Checks that an answer says when to come back, and gives the seconds.
fn told_to_come_back(answer: &Answer) -> u64 {
    answer.problem(503);
    assert!(!answer.text().contains("verdict"), "{}", answer.text());
    answer.header("retry-after").parse().unwrap()
}

/// Somebody else who has the database locked until told.
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Holder {
    async fn of(server: &Server) -> Self {
        match postgres::in_place_of(server.dir.path()) {
            Some(url) => {
                let mut holder = PgConnection::connect(&url).await.unwrap();
                holder.execute("BEGIN; SELECT * FROM scopes FOR UPDATE").await.unwrap();
                Self::Postgres(holder)
            }
            None => {
                let file = server.dir.path().join("together.db");
                let options = SqliteConnectOptions::new().filename(file);
                let mut holder = SqliteConnection::connect_with(&options).await.unwrap();
                holder.execute("BEGIN IMMEDIATE").await.unwrap();
                Self::Sqlite(holder)
            }
        }
    }

    async fn let_go(self) {
        match self {
            Self::Sqlite(mut holder) => holder.execute("ROLLBACK").await.map(drop),
            Self::Postgres(mut holder) => holder.execute("ROLLBACK").await.map(drop),
        }
        .unwrap();
    }
}

#[tokio::test]
async fn what_does_not_fit_the_queue_is_told_to_come_back_and_arrives_then() {
    // A group is being written, a thousand wait, and the rest is turned away.
    const PUSHES: usize = 1_400;
    const TURNED_AWAY: usize = PUSHES - 1_000 - 128;
    let server = Server::start().await;
    let holder = Holder::of(&server).await;
    let mut pushes: FuturesUnordered<_> = (0..PUSHES).map(|number| push(&server, number)).collect();
    let mut turned_away = Vec::new();
    let mut seconds = [0; 16];
    while turned_away.len() < TURNED_AWAY {
        let (number, answer) = pushes.next().await.unwrap();
        seconds[usize::try_from(told_to_come_back(&answer)).unwrap()] += 1;
        turned_away.push(number);
    }
    assert!(seconds.iter().all(|count| *count < TURNED_AWAY / 8), "not together: {seconds:?}");

    holder.let_go().await;
    while let Some((number, answer)) = pushes.next().await {
        match answer.status.as_u16() {
            200 => assert_eq!(answer.json()["verdicts"][0]["verdict"], "received"),
            _ => {
                told_to_come_back(&answer);
                turned_away.push(number);
            }
        }
    }
    let taken = PUSHES - turned_away.len();
    assert!(taken >= 1_000, "{taken}");
    assert_eq!(server.submissions().await, u64::try_from(taken).unwrap());
    for (_, answer) in join_all(turned_away.iter().map(|number| push(&server, *number))).await {
        assert_eq!(answer.json()["verdicts"][0]["verdict"], "received");
    }
    assert_eq!(server.submissions().await, u64::try_from(PUSHES).unwrap());
}

#[tokio::test]
async fn bodies_that_do_not_end_leave_no_room_and_give_it_back() {
    let server = Server::start().await;
    // A mebibyte less one byte each: thirty-two of them fill the room.
    let almost_all = Bytes::from(vec![b' '; 256 * 1024]);
    let last = almost_all.slice(1..);
    let endless = || {
        let chunks = vec![almost_all.clone(), almost_all.clone(), almost_all.clone(), last.clone()];
        let chunks = stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>));
        let body = Body::from_stream(chunks.chain(stream::pending()));
        let request =
            Request::post("/api/v1/push").header(header::CONTENT_TYPE, "application/json");
        Box::pin(server.send(request.body(body).unwrap()))
    };
    let mut held: Vec<_> = (0..32).map(|_| endless()).collect();
    for request in &mut held {
        assert!(request.now_or_never().is_none(), "it goes on waiting for the rest");
    }
    let (_, answer) = push(&server, 1).await;
    told_to_come_back(&answer);
    drop(held.pop());
    let (_, answer) = push(&server, 1).await;
    assert_eq!(answer.json()["verdicts"][0]["verdict"], "received");
    // One that is refused half way takes its share along.
    held.push(endless());
    assert!(held[31].as_mut().now_or_never().is_none());
    let one_more = tokio::time::timeout(Duration::from_secs(5), endless()).await;
    told_to_come_back(&one_more.unwrap());
    held.clear();
    assert_eq!(push(&server, 2).await.1.status, 200);
}

#[tokio::test]
async fn a_sign_in_is_short() {
    let server = Server::empty().await;
    let long = json!({"name": "ana", "password": "", "more": "x".repeat(8 * 1_024)});
    server.post("/api/v1/session", &long).await.problem(413);
}

#[tokio::test]
async fn a_record_that_is_too_long_to_be_read_is_refused_by_its_id() {
    let server = Server::start().await;
    let mut long = numbered(1);
    long["record"]["zeros"] = json!(vec![0; 300_000]);
    let answer = server.push(&[numbered(2), long]).await;
    assert_eq!(answer["verdicts"][0]["verdict"], "received");
    assert_eq!(answer["verdicts"][1]["verdict"], "refused");
    assert_eq!(answer["verdicts"][1]["id"], numbered(1)["id"]);
    assert_eq!(answer["verdicts"][1]["problems"][0]["code"], "too_long");
}
