//! `/api/v1/drafts`: surveys while staff write them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{
    Key,
    wire::{DraftWrite, Drafts},
};

use super::{App, body::Json, json, query::Parameters, session::Staff};
use crate::{ApiError, clock::now};

pub(super) async fn list(State(app): State<App>, _staff: Staff) -> Result<Response, ApiError> {
    let drafts = app.store.drafts().await?;
    Ok(json(&Drafts { drafts }))
}

pub(super) async fn get(
    State(app): State<App>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::NotFound(format!("draft \"{id}\""));
    let key = Key::parse(&id).ok_or_else(missing)?;
    let draft = app.store.draft(&key).await?.ok_or_else(missing)?;
    Ok(json(&draft))
}

pub(super) async fn put(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Json(write): Json<DraftWrite>,
) -> Result<Response, ApiError> {
    let key = Key::parse(&id).ok_or_else(|| ApiError::NotFound(format!("draft \"{id}\"")))?;
    let saved = app.store.save_draft(staff.name, key, write, now()).await?;
    let result = saved.map_err(|problem| ApiError::Invalid(vec![problem]))?;
    Ok(json(&result))
}

pub(super) async fn delete(
    State(app): State<App>,
    _staff: Staff,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let key = Key::parse(&id).ok_or_else(|| ApiError::NotFound(format!("draft \"{id}\"")))?;
    let rev = parameters.number("rev")?;
    let rev = rev.ok_or_else(|| ApiError::malformed("/rev", "Say which revision to discard."))?;
    Ok(json(&app.store.discard_draft(key, rev).await?))
}
