//! Submissions as a tablet makes them.

use model::{
    Hash, Key, SubmissionId, canonical::bytes_of, feedback::Feedback, submission::Body,
    submission::Submission, time::Millis,
};
use serde_json::{Value, json};

/// 24 November 2026, 10:30 in London.
pub const MADE_AT: i64 = 1_795_516_200_000;

/// The record on its way up, with the id made from `number`.
pub fn feedback(number: u8, words: &str) -> Value {
    let body = Feedback {
        venue: Key::parse("grays-library"),
        themes: vec![Key::parse("health").unwrap()],
        words: words.to_owned(),
        consent: true,
        ..Feedback::default()
    };
    sealed(number, MADE_AT, Body::Feedback(body))
}

pub fn feedback_at(number: u8, made_at: i64, body: Feedback) -> Value {
    sealed(number, made_at, Body::Feedback(body))
}

fn sealed(number: u8, made_at: i64, body: Body) -> Value {
    let submission = Submission {
        id: SubmissionId::new(Millis(MADE_AT), [number; 10]),
        made_at: Millis(made_at),
        venue: Key::parse("grays-library"),
        language: "en".into(),
        app: "0.1.0".into(),
        body,
    };
    envelope(serde_json::to_value(submission).unwrap())
}

pub fn response(number: u8, version: u32, answers: Value) -> Value {
    envelope(json!({
        "id": SubmissionId::new(Millis(MADE_AT), [number; 10]),
        "made_at": MADE_AT,
        "venue": "grays-library",
        "language": "ro",
        "app": "0.1.0",
        "response": {"survey": "living", "version": version, "answers": answers, "seconds": 61},
    }))
}

/// Puts the id and the right hash around a record.
pub fn envelope(record: Value) -> Value {
    json!({"id": record["id"], "hash": Hash::of(&bytes_of(&record)), "record": record})
}
