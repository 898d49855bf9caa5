//! Answers, as the app gets them from the network.

use model::{
    SubmissionId,
    feedback::Feedback,
    json,
    results::Results,
    submission::{Body, Sealed, Submission},
    time::Millis,
    wire::{
        Changes, Conflicts, EditsAnswer, FeedbackPage, OutboxExport, Probe, ProblemDetails, Push,
        PushAnswer, Session,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use sync::{MemoryCatalogue, MemoryOutbox, Outbox, Remote, SyncError, answer};

use crate::server::{NOW, wait};

/// The first line is status, `Retry-After` and content type; the rest is the body.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (head, body) = text.split_once('\n').unwrap_or((&text, ""));
    let mut words = head.splitn(3, ' ');
    let status = words.next().and_then(|status| status.parse().ok()).unwrap_or(200);
    let wait = words.next().and_then(answer::retry_after);
    assert!(wait.is_none_or(|millis| millis <= 3_600_000));
    let media_type = words.next().unwrap_or("application/json");
    let meaning = answer::meaning(status, wait, media_type, body.to_owned());
    if meaning.is_ok() {
        assert!((200..300).contains(&status));
    }
    read_back(body);
    tablet(meaning);
}

fn read_back(text: &str) {
    same::<Changes>(text);
    same::<Conflicts>(text);
    same::<EditsAnswer>(text);
    same::<FeedbackPage>(text);
    same::<OutboxExport>(text);
    same::<Probe>(text);
    same::<ProblemDetails>(text);
    same::<PushAnswer>(text);
    same::<Results>(text);
    same::<Session>(text);
    same::<Submission>(text);
}

/// What can be read is written so that it reads the same.
fn same<T: DeserializeOwned + Serialize + std::fmt::Debug>(text: &str) {
    let Ok(value) = answer::read::<T>(text) else { return };
    let written = json::write(&value).unwrap();
    let again = answer::read::<T>(&written).unwrap();
    // By their `Debug`, which has every field; a record as it is stored has no equality of its own.
    assert_eq!(format!("{again:?}"), format!("{value:?}"), "{written}");
}

/// A tablet that gets this answer to everything: nothing leaves its outbox but what the answer
/// acknowledges by id and hash.
fn tablet(meaning: Result<String, SyncError>) {
    let (outbox, catalogue) = (MemoryOutbox::default(), MemoryCatalogue::default());
    let waiting = [sealed(1), sealed(2)];
    for sealed in &waiting {
        wait(outbox.enqueue(sealed, NOW)).unwrap();
    }
    let same = Same(meaning.clone());
    wait(sync::sync(&outbox, &catalogue, &same, || NOW));
    let acks = meaning.ok().and_then(|text| answer::read::<PushAnswer>(&text).ok());
    let acks = json::write(&acks).unwrap();
    outbox.inspect(|state| {
        for sealed in &waiting {
            let here = state.entries.get(&sealed.id).is_some_and(|it| it.bytes == sealed.bytes);
            let gone = state.receipts.get(&sealed.id).is_some_and(|it| it.ack.hash == sealed.hash);
            assert!(here != gone);
            assert!(here || acks.contains(&sealed.hash.to_string()), "acknowledged by nobody");
        }
    });
}

fn sealed(number: u8) -> Sealed {
    let words = Feedback { words: "Hello.".to_owned(), consent: true, ..Feedback::default() };
    let submission = Submission {
        id: SubmissionId::new(Millis(0), [number; 10]),
        made_at: Millis(0),
        venue: None,
        language: "en".to_owned(),
        app: String::new(),
        body: Body::Feedback(words),
    };
    submission.seal().unwrap()
}

/// A network with one answer.
struct Same(Result<String, SyncError>);

impl Same {
    fn read<T: DeserializeOwned>(&self) -> Result<T, SyncError> {
        answer::read(&self.0.clone()?)
    }
}

impl Remote for Same {
    async fn push(&self, _: &Push) -> Result<PushAnswer, SyncError> {
        self.read()
    }

    async fn changes(&self, _: Option<&str>) -> Result<Changes, SyncError> {
        self.read()
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        self.read()
    }
}
