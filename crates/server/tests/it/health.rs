//! What whoever watches the server sees.

use serde_json::json;

use crate::{server::Server, submissions::feedback};

#[tokio::test]
async fn it_is_alive_and_ready_and_counts() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.text(), "ok\n");
    assert_eq!(server.get("/readyz").await.text(), "ready\n");
    server.push(&[feedback(1, "one"), json!(2), json!(3)]).await;
    server.get("/events/knit").await;
    let metrics = server.get("/metrics").await.text();
    for line in [
        "together_pushes_total 1",
        "together_records_received_total 1",
        "together_records_refused_total 2",
        "together_request_seconds_count{method=\"POST\",route=\"/api/v1/push\",status=\"200\"} 1",
        "together_request_seconds_count{method=\"GET\",route=\"app\",status=\"404\"} 1",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
}

#[tokio::test]
async fn a_closed_database_is_said_to_be_unavailable_and_nothing_is_acknowledged() {
    let server = Server::start().await;
    server.store.close().await;
    let push = json!({"records": [feedback(1, "one")]});
    let answer = server.post("/api/v1/push", &push).await;
    answer.problem(503);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((2..=11).contains(&seconds), "{seconds}");
    server.get("/readyz").await.problem(503);
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_probe_gives_back_its_nonce() {
    let server = Server::empty().await;
    let probe = server.get("/api/v1/probe?nonce=a%20b%3F").await.json();
    assert_eq!(probe, json!({"nonce": "a b?", "epoch": server.epoch().await}));
    assert_eq!(server.get("/api/v1/probe").await.problem(400), "/nonce");
    let long = format!("/api/v1/probe?nonce={}", "x".repeat(301));
    assert_eq!(server.get(&long).await.problem(400), "/nonce");
}
