//! `GET /api/v1/probe`: is this really the server?

use axum::{extract::State, response::Response};
use model::{limits::LINE_CHARS, wire::Probe};

use super::{App, json, query::Parameters};
use crate::ApiError;

pub(super) async fn get(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let nonce = parameters
        .text("nonce")
        .filter(|nonce| nonce.chars().count() <= LINE_CHARS)
        .ok_or_else(|| {
            let detail = format!("Send a \"nonce\" of 1 to {LINE_CHARS} characters.");
            ApiError::malformed("/nonce", detail)
        })?;
    let epoch = app.published.news().await?.head.epoch.clone();
    Ok(json(&Probe { nonce: nonce.to_owned(), epoch }))
}
