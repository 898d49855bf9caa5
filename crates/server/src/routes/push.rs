//! `POST /api/v1/push`: what tablets captured comes in.

use axum::{extract::State, response::Response};
use model::{Problem, ProblemCode, limits::PUSH_RECORDS, wire::Verdict};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    App,
    body::{JsonBytes, not_json},
    json,
};
use crate::{ApiError, clock::now};

/// [`model::wire::Push`] with the records unread, so that one bad record stays alone.
#[derive(Deserialize)]
struct RawPush<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

pub(super) async fn post(State(app): State<App>, body: JsonBytes) -> Result<Response, ApiError> {
    let push: RawPush = serde_json::from_slice(&body.bytes).map_err(|error| {
        if error.is_data() {
            let detail = "\"records\" is a list of records with id, hash and record.";
            ApiError::malformed("/records", detail)
        } else {
            not_json(error)
        }
    })?;
    if push.records.len() > PUSH_RECORDS {
        return Err(ApiError::Invalid(vec![Problem::new(
            "/records",
            ProblemCode::TooMany,
            format!("Send at most {PUSH_RECORDS} records at a time."),
        )]));
    }
    let answer = app.intake.take(&push.records, now()).await?;
    let received =
        answer.verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Received(_))).count();
    let refused = answer.verdicts.len() - received;
    let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    app.metrics.push(whole(received), whole(refused));
    tracing::info!(received, refused, "push");
    Ok(json(&answer))
}
