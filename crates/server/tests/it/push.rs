//! Submissions come in once, each by itself, and no answer promises what is not so.

use std::io::Write;

use axum::{
    body::Body,
    http::{Request, header},
};
use flate2::{Compression, write::GzEncoder};
use model::limits::{PUSH_RECORDS, REQUEST_BYTES};
use serde_json::{Value, json};

use crate::{
    server::Server,
    submissions::{envelope, feedback, response},
};

fn verdicts(answer: &Value) -> Vec<&str> {
    let verdicts = answer["verdicts"].as_array().unwrap();
    verdicts.iter().map(|verdict| verdict["verdict"].as_str().unwrap()).collect()
}

fn fault(answer: &Value, index: usize) -> (&str, &str) {
    let problem = &answer["verdicts"][index]["problems"][0];
    (problem["pointer"].as_str().unwrap(), problem["code"].as_str().unwrap())
}

#[tokio::test]
async fn what_is_sent_twice_is_stored_once_and_acknowledged_alike() {
    let server = Server::start().await;
    let record = feedback(1, "Zażółć gęślą jaźń");
    let first = server.push(std::slice::from_ref(&record)).await;
    assert_eq!(verdicts(&first), ["received"]);
    assert_eq!(first["verdicts"][0]["hash"], record["hash"]);
    assert_eq!(first["verdicts"][0]["epoch"], first["epoch"]);

    let again = server.push(&[feedback(2, "another"), record.clone(), record]).await;
    assert_eq!(again["verdicts"][1], first["verdicts"][0]);
    assert_eq!(again["verdicts"][2], first["verdicts"][0]);
    assert_eq!(server.submissions().await, 2);
}

#[tokio::test]
async fn an_acknowledged_record_is_there_after_a_restart() {
    let server = Server::start().await;
    let record = feedback(1, "Do not lose me");
    let before = server.push(std::slice::from_ref(&record)).await;
    let server = server.restart().await;
    assert_eq!(server.submissions().await, 1);
    assert_eq!(server.push(&[record]).await, before);
}

#[tokio::test]
async fn another_content_under_the_same_id_is_refused_and_kept() {
    let server = Server::start().await;
    server.push(&[feedback(1, "first")]).await;
    let answer = server.push(&[feedback(1, "second"), feedback(2, "third")]).await;
    assert_eq!(verdicts(&answer), ["refused", "received"]);
    assert_eq!(fault(&answer, 0), ("/id", "conflict"));
    server.push(&[feedback(1, "second")]).await;
    let census = server.store.census().await.unwrap();
    assert_eq!((census.submissions["feedback"], census.rivals), (2, 1));
}

#[tokio::test]
async fn a_bad_record_is_refused_alone() {
    let server = Server::start().await;
    let mut changed = feedback(2, "changed on its way");
    changed["record"]["feedback"]["words"] = json!("changed by a proxy");
    let mut renamed = feedback(3, "renamed");
    renamed["id"] = feedback(4, "")["id"].clone();
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!([deep]);
    }
    let mut nested = feedback(5, "deep")["record"].clone();
    nested["extra"] = deep;
    let mut silent = feedback(6, "")["record"].clone();
    silent["feedback"]["consent"] = json!(false);

    let answer = server
        .push(&[
            json!(7),
            json!({"id": "no uuid", "hash": 5}),
            changed,
            renamed,
            envelope(nested),
            envelope(silent),
            feedback(8, "good"),
        ])
        .await;
    let expected = ["refused", "refused", "refused", "refused", "refused", "refused", "received"];
    assert_eq!(verdicts(&answer), expected);
    assert_eq!(fault(&answer, 0), ("", "malformed"));
    assert_eq!(fault(&answer, 1), ("/id", "malformed"));
    assert_eq!(fault(&answer, 2), ("/hash", "conflict"));
    assert_eq!(fault(&answer, 3), ("/id", "conflict"));
    assert_eq!(fault(&answer, 4), ("/record", "too_long"));
    assert_eq!(fault(&answer, 5), ("/record/feedback/words", "required"));
    assert_eq!(server.submissions().await, 1);
}

/// Deeper than the parser itself goes, which is 128 levels.
#[tokio::test]
async fn a_bottomless_record_is_refused_alone() {
    let server = Server::start().await;
    let bottomless = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let body = format!("{{\"records\":[{bottomless},{}]}}", feedback(1, "good"));
    let request = Request::post("/api/v1/push")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    let answer = server.send(request).await.json();
    assert_eq!(verdicts(&answer), ["refused", "received"]);
}

#[tokio::test]
async fn answers_are_checked_against_the_version_they_name() {
    let server = Server::start().await;
    let answer = server
        .push(&[
            response(1, 1, json!({"agree": {"one": "yes"}, "travel": {"many": ["bus"]}})),
            response(2, 1, json!({"agree": {"one": "perhaps"}})),
            response(3, 1, json!({})),
            response(4, 2, json!({"agree": {"one": "yes"}})),
            response(5, 1, json!({"agree": "declined"})),
        ])
        .await;
    assert_eq!(verdicts(&answer), ["received", "refused", "refused", "refused", "received"]);
    assert_eq!(fault(&answer, 1), ("/record/response/answers/agree", "unknown"));
    assert_eq!(fault(&answer, 2).0, "/record/response/answers/agree");
    assert_eq!(fault(&answer, 3), ("/record/response/version", "unknown"));
}

#[tokio::test]
async fn a_closed_survey_still_takes_what_was_said_before_the_tablet_knew() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey", "id": "living",
        "base_rev": 1, "fields": {"state": "closed"},
    }]});
    let closed = server.post_as(&cookie, "/api/v1/edits", &edit).await.json();
    assert_eq!(closed["results"][0]["record"]["fields"]["state"], "closed");
    let answer = server.push(&[response(1, 1, json!({"agree": {"one": "yes"}}))]).await;
    assert_eq!(verdicts(&answer), ["received"]);
}

#[tokio::test]
async fn parallel_pushes_of_the_same_records_give_one_row_each_and_one_answer() {
    let server = Server::start().await;
    let records: Vec<_> = (0..20).map(|number| feedback(number, "at once")).collect();
    let pushes = (0..24).map(|turn| {
        let mut records = records.clone();
        records.rotate_left(turn % 20);
        let server = &server;
        async move { server.push(&records).await }
    });
    let answers = futures_util::future::join_all(pushes).await;
    let mut seen = std::collections::BTreeMap::new();
    for verdict in answers.iter().flat_map(|answer| answer["verdicts"].as_array().unwrap()) {
        assert_eq!(verdict["verdict"], "received");
        let first = seen.entry(verdict["id"].to_string()).or_insert(verdict);
        assert_eq!(*first, verdict);
    }
    assert_eq!((seen.len(), server.submissions().await), (20, 20));
}

#[tokio::test]
async fn what_is_no_push_is_a_problem_that_names_its_place() {
    let server = Server::start().await;
    let send = async |body: Body, media_type: &str| {
        let request =
            Request::post("/api/v1/push").header(header::CONTENT_TYPE, media_type).body(body);
        server.send(request.unwrap()).await
    };
    let json = "application/json";
    assert_eq!(send(Body::from("{\"records\":["), json).await.problem(400), "");
    assert_eq!(send(Body::from("<html>"), json).await.problem(400), "");
    assert_eq!(send(Body::empty(), json).await.problem(400), "");
    assert_eq!(send(Body::from(vec![0xff; 9]), json).await.problem(400), "");
    assert_eq!(send(Body::from("{}"), json).await.problem(400), "/records");
    assert_eq!(send(Body::from("{\"records\":7}"), json).await.problem(400), "/records");
    assert_eq!(send(Body::from("{\"records\":[]}"), "text/plain").await.problem(415), "");

    let many = format!("{{\"records\":[{}]}}", vec!["1"; PUSH_RECORDS + 1].join(","));
    assert_eq!(send(Body::from(many), json).await.problem(422), "/records");
    let large = format!("{{\"records\":[\"{}\"]}}", "x".repeat(REQUEST_BYTES));
    assert_eq!(send(Body::from(large), json).await.problem(413), "");
}

#[tokio::test]
async fn a_compressed_push_is_read_and_a_bomb_is_not() {
    let server = Server::start().await;
    let gzip = |text: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    let send = async |body: Vec<u8>| {
        let request = Request::post("/api/v1/push")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::CONTENT_ENCODING, "gzip")
            .body(Body::from(body));
        server.send(request.unwrap()).await
    };
    let push = json!({"records": [feedback(1, "small")]}).to_string();
    assert_eq!(verdicts(&send(gzip(push.as_bytes())).await.json()), ["received"]);

    let bomb = gzip(&vec![b' '; 20 * REQUEST_BYTES]);
    assert!(bomb.len() < REQUEST_BYTES / 20);
    send(bomb).await.problem(413);
    send(b"not gzip".to_vec()).await.problem(400);
}
