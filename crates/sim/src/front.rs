//! The server's front: requests are read and answers written as the routes do, without HTTP.

use std::rc::Rc;

use axum::{body::to_bytes, http::header};
use model::{
    Hash, SubmissionId,
    canonical::bytes_of,
    time::Millis,
    wire::{Changes, Edits, EditsAnswer, Probe, ProblemDetails, Push, Verdict},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use server::{ApiError, Store, StoreError, intake::Intake, store::AuthoredEdit};

use crate::{bug::Bug, network::Answer, press::Copies, turn::at_once};

/// `GET /probe`.
pub async fn probe(store: Store, nonce: String) -> Answer {
    match store.epoch().await {
        Ok(epoch) => answer(&Probe { nonce, epoch }),
        Err(error) => refusal(error.into()),
    }
}

/// `GET /changes`, `page` records at a time.
pub async fn changes(store: Store, cursor: Option<String>, page: u32) -> Answer {
    match store.changes(cursor.as_deref(), page).await {
        Ok(page) => answer(&Changes {
            records: page.records,
            cursor: page.cursor,
            more: page.more,
            fresh: page.fresh,
            epoch: page.epoch,
        }),
        Err(error) => refusal(error.into()),
    }
}

/// The records of a push, unread, as the route takes them.
#[derive(Deserialize)]
struct RawPush<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// `POST /push`.
pub async fn push(intake: Intake, mut body: Vec<u8>, now: Millis, bug: Option<Bug>) -> Answer {
    let claimed = (bug == Some(Bug::HashNotVerified)).then(|| rehash(&mut body));
    let Ok(push) = serde_json::from_slice::<RawPush<'_>>(&body) else {
        return refusal(ApiError::malformed("/records", "Not a push."));
    };
    match intake.take(&push.records, now).await {
        Ok(mut taken) => {
            for verdict in &mut taken.verdicts {
                if let (Verdict::Received(ack), Some(claimed)) = (verdict, &claimed) {
                    let known = claimed.iter().find(|(id, _)| *id == ack.id);
                    ack.hash = known.map_or(ack.hash, |(_, hash)| *hash);
                }
            }
            answer(&taken)
        }
        Err(error) => refusal(error.into()),
    }
}

/// A planted bug: whatever arrives is what was meant. Gives the hashes that came with it.
fn rehash(body: &mut Vec<u8>) -> Vec<(SubmissionId, Hash)> {
    let Ok(mut push) = serde_json::from_slice::<Push>(body) else { return Vec::new() };
    let claimed = push.records.iter().map(|record| (record.id, record.hash)).collect();
    for record in &mut push.records {
        let meant = serde_json::from_str(record.record.get()).unwrap_or_default();
        record.hash = Hash::of(&bytes_of(&meant));
    }
    *body = serde_json::to_vec(&push).unwrap_or_default();
    claimed
}

/// `POST /edits`.
pub async fn edit(store: Store, account: String, edits: Edits, now: Millis) -> Answer {
    let authored = edits.edits.into_iter();
    let authored = authored.map(|edit| AuthoredEdit { account: account.clone(), edit }).collect();
    match store.edit(authored, now).await {
        Ok(results) => answer(&EditsAnswer { results }),
        Err(error) => refusal(error.into()),
    }
}

/// `GET /snapshot`. A server of before knows no such thing.
pub async fn manifest(store: Store, copies: Option<Rc<Copies>>) -> Answer {
    let Some(copies) = copies else { return refusal(ApiError::NotFound("such page".to_owned())) };
    let newest =
        copies.borrow().newest().map(|it| (it.head.cursor.clone(), Rc::clone(&it.manifest)));
    let Some((cursor, manifest)) = newest else { return refusal(ApiError::NoSnapshot) };
    match store.continues(&cursor).await {
        Ok(true) => sent(manifest.to_vec()),
        Ok(false) => refusal(ApiError::NoSnapshot),
        Err(error) => refusal(error.into()),
    }
}

/// `GET /snapshot/{hash}`.
pub async fn segment(copies: Option<Rc<Copies>>, hash: Hash) -> Answer {
    let segment = copies.and_then(|copies| copies.borrow().segment(hash));
    let gone = || refusal(ApiError::NotFound("such segment any more".to_owned()));
    segment.map_or_else(gone, |bytes| sent(bytes.to_vec()))
}

fn answer(body: &impl Serialize) -> Answer {
    sent(serde_json::to_vec(body).unwrap_or_default())
}

fn sent(body: Vec<u8>) -> Answer {
    Answer { status: 200, retry_after: None, media_type: "application/json".to_owned(), body }
}

/// When the server asks a tablet to come back, in seconds. A real one names another time to each, by a
/// count that goes on from run to run.
const COME_BACK: u64 = 6;

/// An error as the server puts it, status, headers and body.
pub fn refusal(error: ApiError) -> Answer {
    let (parts, body) = error.answer(|| COME_BACK).into_parts();
    let text = |name| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned)
    };
    let body = at_once(to_bytes(body, usize::MAX)).and_then(Result::ok).unwrap_or_default();
    Answer {
        status: parts.status.as_u16(),
        retry_after: text(header::RETRY_AFTER),
        media_type: text(header::CONTENT_TYPE).unwrap_or_default(),
        body: body.to_vec(),
    }
}

/// The server cannot store anything at the moment.
pub fn unavailable() -> Answer {
    refusal(StoreError::Busy.into())
}

/// A device between tablet and server does not let a body through.
pub fn blocked() -> Answer {
    let details = ProblemDetails {
        kind: "/problems/blocked".to_owned(),
        title: "Blocked".to_owned(),
        status: 403,
        detail: "A rule against bad words matched.".to_owned(),
        problems: Vec::new(),
    };
    Answer { status: 403, media_type: "application/problem+json".to_owned(), ..answer(&details) }
}
