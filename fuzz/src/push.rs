//! `POST /api/v1/push`: submissions, as anybody may send them.

use model::{
    Hash, Record, SubmissionId, canonical, results::Results,
    submission::{self, Sealed},
    wire::{FeedbackPage, PushAnswer, Verdict},
};
use serde_json::{Value, json};
use server::store::{Filter, Slice};

use crate::server::{Server, wait};

/// Takes `data` as the body of a push; and, if it is JSON that is none, as a record that a tablet
/// has sealed, between two good ones.
pub fn run(data: &[u8]) {
    let server = Server::new();
    match serde_json::from_slice::<Value>(data) {
        Ok(record) if record.get("records").is_none() => sealed(&server, &record),
        _ => body(&server, data),
    }
    staff_can_read(&server);
}

fn body(server: &Server, data: &[u8]) {
    let Ok(text) = server.post("/push", data).meaning() else { return };
    let answer: PushAnswer = sync::answer::read(&text).unwrap();
    if let Ok(Value::Object(push)) = serde_json::from_slice(data) {
        let records = push["records"].as_array().unwrap();
        assert_eq!(records.len(), answer.verdicts.len());
        for (sent, verdict) in records.iter().zip(&answer.verdicts) {
            match verdict {
                Verdict::Received(ack) => {
                    assert_eq!(ack.hash, Hash::of(&canonical::bytes_of(&sent["record"])));
                    assert_eq!(ack.epoch, answer.epoch);
                }
                Verdict::Refused { problems, .. } => assert!(!problems.is_empty()),
            }
        }
    }
    let again: PushAnswer = server.post("/push", data).value();
    assert_eq!(again, answer, "sent twice");
}

fn sealed(server: &Server, record: &Value) {
    let read = submission::read(record);
    let (id, hash) = match &read {
        Ok((_, Sealed { id, hash, .. })) => (id.to_string(), *hash),
        Err(problems) => {
            assert!(!problems.is_empty());
            let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
            (id.to_owned(), Hash::of(&canonical::bytes_of(record)))
        }
    };
    let [first, last] = [good(1), good(2)];
    let between = json!({"id": id, "hash": hash, "record": record});
    let push = json!({"records": [first, between, last]});
    let answer: PushAnswer = server.post("/push", push.to_string().as_bytes()).value();
    let [before, verdict, after] = answer.verdicts.as_slice() else { panic!("{answer:?}") };
    assert!(matches!((before, after), (Verdict::Received(_), Verdict::Received(_))), "{answer:?}");
    match (read, verdict) {
        (Ok((_, sealed)), Verdict::Received(ack)) => {
            assert_eq!((ack.id, ack.hash), (sealed.id, sealed.hash));
            let kept = kept(server);
            let bytes = kept.iter().find(|(id, _)| *id == sealed.id).map(|(_, bytes)| bytes);
            assert_eq!(bytes, Some(&sealed.bytes), "what is stored is what was sealed");
        }
        (_, Verdict::Refused { problems, .. }) => assert!(!problems.is_empty()),
        (Err(problems), Verdict::Received(_)) => panic!("received with {problems:?}"),
    }
}

/// Everything that is stored.
fn kept(server: &Server) -> Vec<(SubmissionId, Vec<u8>)> {
    let mut kept = Vec::new();
    for kind in ["feedback", "response"] {
        let filter = Filter { kind, ..Filter::default() };
        let found = wait(server.store.submissions(&filter, Slice::After(0), 1_000)).unwrap();
        kept.extend(found.into_iter().map(|stored| (stored.id, stored.bytes)));
    }
    kept
}

/// Whatever was taken must not stand in the way of those who read it.
fn staff_can_read(server: &Server) {
    let kept = kept(server);
    for (_, bytes) in &kept {
        let value: Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(&canonical::bytes_of(&value), bytes);
    }
    let page: FeedbackPage = server.get("/feedback?limit=200").value();
    let results: Results = server.get("/results/s").value();
    assert_eq!(page.total + results.responses, kept.len() as u64);
    server.get("/export/feedback.csv").file();
    server.get("/export/surveys/s.csv").file();
    let records: Vec<Record> = wait(server.store.records(model::Collection::Venue)).unwrap();
    assert_eq!(records.len(), 1, "a push never touches the catalogue");
}

fn good(number: u8) -> Value {
    let id = SubmissionId::new(crate::server::NOW, [number; 10]);
    let record = json!({"id": id, "made_at": 1, "feedback": {"words": "Good.", "consent": true}});
    json!({"id": id, "hash": Hash::of(&canonical::bytes_of(&record)), "record": record})
}
