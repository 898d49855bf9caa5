//! The real server behind this page, as the tests ask it.

use std::collections::BTreeMap;

use app::{
    net::Gateway,
    platform::{clock, ids},
};
use model::{
    Record, Submission, SubmissionId,
    feedback::Feedback,
    submission::{Body, Sealed},
    wire::{Edit, EditResult, Edits, EditsAnswer, FeedbackPage, Session, SignIn},
};
use reqwasm::http::Method;
use sync::Remote as _;

/// The account's password on every server that `e2e::Server` starts.
const PASSWORD: &str = "correct horse battery staple";

/// What a resident says, ready to be saved.
pub fn told(words: &str) -> Sealed {
    sealed(words, true)
}

/// The same without consent, which no server takes.
pub fn told_without_consent(words: &str) -> Sealed {
    sealed(words, false)
}

fn sealed(words: &str, consent: bool) -> Sealed {
    let feedback = Feedback { words: words.to_owned(), consent, ..Feedback::default() };
    let submission = Submission {
        id: ids::submission_id(),
        made_at: clock::now(),
        venue: None,
        language: "en".to_owned(),
        app: "0.1.0".to_owned(),
        body: Body::Feedback(feedback),
    };
    submission.seal().unwrap()
}

/// Signs this browser in as staff.
pub async fn sign_in() {
    let sign_in = SignIn { name: "admin".to_owned(), password: PASSWORD.to_owned() };
    let session: Session = Gateway.send(Method::POST, "/session", &sign_in).await.unwrap();
    assert_eq!(session.name, "admin");
}

/// What the server has of all that begins with these words, by identity. Needs [`sign_in`].
pub async fn received(beginning: &str) -> BTreeMap<SubmissionId, String> {
    let mut found = BTreeMap::new();
    let mut before = None;
    loop {
        let before_it = before.map_or(String::new(), |seq| format!("&before={seq}"));
        let page: FeedbackPage =
            Gateway.get(&format!("/feedback?limit=200{before_it}")).await.unwrap();
        before = page.rows.last().map(|row| row.seq);
        let ours = page.rows.into_iter().filter(|row| row.feedback.words.starts_with(beginning));
        for row in ours {
            assert_eq!(found.insert(row.id, row.feedback.words), None, "stored twice");
        }
        if !page.more {
            return found;
        }
    }
}

/// Every live record that the server has, page by page.
pub async fn catalogue() -> Vec<Record> {
    let mut cursor: Option<String> = None;
    let mut records = BTreeMap::new();
    loop {
        let page = Gateway.changes(cursor.as_deref()).await.unwrap();
        for record in page.records {
            records.insert((record.collection.clone(), record.id.clone()), record);
        }
        if !page.more {
            return records.into_values().filter(|record| !record.deleted).collect();
        }
        cursor = Some(page.cursor);
    }
}

/// As staff, gives a support listing another title. Needs [`sign_in`].
pub async fn retitle(title: &str) -> Record {
    let listing = catalogue().await.into_iter().find(|record| record.collection == "listing");
    let listing = listing.unwrap();
    let fields = serde_json::json!({ "title": { "en": title } });
    let edit = Edit {
        edit: ids::random_uuid(),
        collection: listing.collection,
        id: listing.id,
        base_rev: listing.rev,
        fields: fields.as_object().unwrap().clone(),
        delete: false,
    };
    let edits = Edits { edits: vec![edit] };
    let mut answer: EditsAnswer = Gateway.send(Method::POST, "/edits", &edits).await.unwrap();
    match answer.results.pop() {
        Some(EditResult::Merged { record, .. }) => record,
        other => panic!("{other:?}"),
    }
}
