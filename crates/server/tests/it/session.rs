//! Who may read and change, and how guessing is slowed.

use ::server::{auth::hash_password, clock::now};
use axum::{
    body::Body,
    http::{Request, header},
};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use model::{Hash, time::Millis};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

async fn with_account() -> Server {
    let server = Server::empty().await;
    let hash = hash_password("correct horse".to_owned()).await.unwrap();
    assert!(server.store.add_account("ana".to_owned(), hash, now()).await.unwrap());
    server
}

fn sign_in(name: &str, password: &str) -> Value {
    json!({"name": name, "password": password})
}

fn token(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn signing_in_and_out() {
    let server = with_account().await;
    let answer = server.post("/api/v1/session", &sign_in("ana", "correct horse")).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"name": "ana"})));
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"), "{cookie}");
    let token = token(&answer);
    assert!(token.len() > 60);

    let me = server.get_as(&token, "/api/v1/session").await;
    assert_eq!(me.json(), json!({"name": "ana"}));
    let out = Request::delete("/api/v1/session").header(header::COOKIE, &token);
    let out = server.send(out.body(Body::empty()).unwrap()).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").starts_with("together_session=; "));
    server.get_as(&token, "/api/v1/session").await.problem(401);
}

#[tokio::test]
async fn over_https_the_cookie_stays_on_https() {
    let server = with_account().await;
    let request = Request::post("/api/v1/session")
        .header("content-type", "application/json")
        .header("x-forwarded-proto", "https")
        .body(Body::from(sign_in("ana", "correct horse").to_string()))
        .unwrap();
    assert!(server.send(request).await.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_look_the_same() {
    let server = with_account().await;
    let wrong = server.post("/api/v1/session", &sign_in("ana", "battery staple")).await;
    let nobody = server.post("/api/v1/session", &sign_in("nobody", "battery staple")).await;
    wrong.problem(401);
    nobody.problem(401);
    assert_eq!(wrong.json(), nobody.json());
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn guessing_is_stopped_after_five_tries_also_when_they_come_at_once() {
    let server = with_account().await;
    let guesses = (0..12).map(|_| {
        let server = &server;
        async move {
            let guess = sign_in("ana", "battery staple");
            server.post("/api/v1/session", &guess).await.status.as_u16()
        }
    });
    let mut statuses = futures_util::future::join_all(guesses).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![401; 5], vec![429; 7]].concat());

    let right = server.post("/api/v1/session", &sign_in("ana", "correct horse")).await;
    right.problem(429);
    let wait: u64 = right.header("retry-after").parse().unwrap();
    assert!((1..=901).contains(&wait));
    server.post("/api/v1/session", &sign_in("ben", "battery staple")).await.problem(401);
}

#[tokio::test]
async fn tries_that_were_cut_off_lock_nobody_out() {
    let server = with_account().await;
    for _ in 0..20 {
        let right = sign_in("ana", "correct horse");
        let cut = server.post("/api/v1/session", &right).now_or_never();
        assert!(cut.is_none(), "the password is still looked at when the line goes down");
    }
    let right = server.post("/api/v1/session", &sign_in("ana", "correct horse")).await;
    assert_eq!(right.status, 200, "{}", right.text());
}

#[tokio::test]
async fn too_many_sign_ins_at_once_are_told_to_come_back() {
    let server = with_account().await;
    let right = sign_in("ana", "correct horse");
    let mut answers: FuturesUnordered<_> =
        (0..20).map(|_| server.post("/api/v1/session", &right)).collect();
    // Sixteen are judged, one after the other, and the rest need not wait for that.
    for _ in 0..4 {
        let answer = answers.next().await.unwrap();
        answer.problem(503);
        assert!(answer.header("retry-after").parse::<u64>().is_ok());
    }
    assert_eq!(answers.next().await.unwrap().status, 200);
}

#[tokio::test]
async fn what_staff_read_is_for_staff() {
    let server = Server::start().await;
    for path in [
        "/api/v1/session",
        "/api/v1/feedback",
        "/api/v1/results/living",
        "/api/v1/conflicts",
        "/api/v1/export/feedback.csv",
        "/api/v1/export/surveys/living.csv",
    ] {
        server.get(path).await.problem(401);
        server.get_as("together_session=guess", path).await.problem(401);
    }
    server.post("/api/v1/edits", &json!({"edits": []})).await.problem(401);
}

#[tokio::test]
async fn a_session_ends_after_its_time_and_with_its_password() {
    let server = with_account().await;
    let start = async |token: &str, ends: Millis| {
        let hash = Hash::of(token.as_bytes());
        server.store.start_session(hash, "ana".to_owned(), now(), ends).await.unwrap();
        server.get_as(&format!("together_session={token}"), "/api/v1/session").await
    };
    start("late", now()).await.problem(401);
    let alive = start("alive", Millis(now().0 + 60_000)).await;
    assert_eq!(alive.status, 200);
    let hash = hash_password("another horse".to_owned()).await.unwrap();
    server.store.set_password("ana".to_owned(), hash).await.unwrap();
    server.get_as("together_session=alive", "/api/v1/session").await.problem(401);
}

#[tokio::test]
async fn changes_asked_for_by_other_sites_are_refused() {
    let server = Server::start().await;
    let send = async |headers: &[(&str, &str)]| {
        let mut request = Request::post("/api/v1/push")
            .header("content-type", "application/json")
            .header("host", "hub.example:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        server.send(request.body(Body::from("{\"records\":[]}")).unwrap()).await
    };
    for good in [
        vec![],
        vec![("origin", "http://hub.example:8080")],
        vec![("origin", "https://public.example"), ("x-forwarded-host", "public.example")],
        vec![("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")],
    ] {
        assert_eq!(send(&good).await.status, 200, "{good:?}");
    }
    for bad in [
        vec![("origin", "http://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://hub.example:8081")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "http://hub.example:8080")],
        vec![("sec-fetch-site", "same-site")],
    ] {
        send(&bad).await.problem(403);
    }
}

#[tokio::test]
async fn a_sign_in_without_a_field_names_it() {
    let server = with_account().await;
    let answer = server.post("/api/v1/session", &json!({"name": "ana"})).await;
    assert_eq!(answer.problem(400), "/password");
    let answer = server.post("/api/v1/session", &json!({"name": 7, "password": ""})).await;
    assert_eq!(answer.problem(400), "/name");
}
