//! `POST /api/v1/edits`: patches by staff.

use model::{
    Collection, ProblemCode, Record,
    catalogue::{self, Event, References},
    recurrence::occurrences,
    segment,
    wire::{Changes, Conflicts, EditResult, EditsAnswer},
};
use serde_json::{Value, json};
use server::check;

use crate::server::{Server, wait};

/// Takes `data` as the body of a request with edits; if it is JSON that is none, as the fields of
/// an event that somebody creates.
pub fn run(data: &[u8]) {
    let server = Server::new();
    let wrapped = match serde_json::from_slice::<Value>(data) {
        Ok(fields) if fields.get("edits").is_none() => Some(json!({"edits": [{
            "edit": "018f0000-0000-7000-8000-000000000001", "collection": "event",
            "id": "new", "base_rev": 0, "fields": fields,
        }]})),
        _ => None,
    };
    let wrapped = wrapped.map(|edits| edits.to_string().into_bytes());
    let body = wrapped.as_deref().unwrap_or(data);
    let before = changes(&server).cursor;
    let Ok(text) = server.post("/edits", body).meaning() else {
        assert_eq!(changes(&server).cursor, before, "what is refused changes nothing");
        return;
    };
    let answer: EditsAnswer = sync::answer::read(&text).unwrap();
    if let Ok(Value::Object(edits)) = serde_json::from_slice(body) {
        assert_eq!(edits["edits"].as_array().unwrap().len(), answer.results.len());
    }
    // What was not carried out may succeed once others of the same request were.
    let again: EditsAnswer = server.post("/edits", body).value();
    for (first, second) in answer.results.iter().zip(&again.results) {
        match first {
            EditResult::Invalid { problems } => assert!(!problems.is_empty()),
            EditResult::Undone => panic!("an edit by itself goes with no other"),
            done => assert_eq!(done, second, "sent twice"),
        }
    }
    everybody_can_read(&server);
}

fn changes(server: &Server) -> Changes {
    server.get("/changes").value()
}

/// The catalogue is whole and as the checks want it, on every way out.
fn everybody_can_read(server: &Server) {
    let live = changes(server).records;
    for record in &live {
        sound(record, live.as_slice());
    }
    let segments = wait(server.store.snapshot()).unwrap().segments;
    let mut copied: Vec<Record> = Vec::new();
    for bytes in segments {
        copied.extend(segment::decode(str::from_utf8(&bytes).unwrap()).unwrap());
    }
    copied.sort_by_key(|record| record.seq);
    assert_eq!(copied, live, "the snapshot holds what the changes tell");
    let _: Conflicts = server.get("/conflicts").value();
    for path in ["/results/s", "/results/s?by=@venue", "/export/surveys/s.csv", "/export/surveys/s.json", "/export/feedback.csv"] {
        let answer = server.get(path);
        assert!(matches!(answer.status, 200 | 404), "{path}: {}", answer.text);
    }
}

/// A published record passes its own checks, but that what it refers to may be deleted.
fn sound(record: &Record, all: &(impl References + ?Sized)) {
    let collection = record.known_collection().unwrap();
    let problems = check::problems(collection, &record.id, &record.fields, &Known(all));
    let faults: Vec<_> =
        problems.iter().filter(|problem| problem.code != ProblemCode::Unknown).collect();
    assert!(faults.is_empty(), "{faults:?}");
    if collection == Collection::Event {
        let event: Event = catalogue::view(&record.fields).unwrap();
        let days = |days| event.start.date().checked_add_days(chrono::Days::new(days));
        if let (Some(from), Some(to)) = (days(3), days(400)) {
            assert!(occurrences(&event, from, to).is_sorted());
        }
    }
}

struct Known<'a, T: ?Sized>(&'a T);

impl<T: References + ?Sized> References for Known<'_, T> {
    fn has(&self, collection: Collection, id: &str) -> bool {
        self.0.has(collection, id)
    }
}
