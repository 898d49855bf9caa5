//! `/api/v1/conflicts`: what an author wrote and the server did not take.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::wire::Conflicts;

use super::{App, json, session::Staff};
use crate::ApiError;

/// The most that are shown at once: a page that a person works through. Older ones appear as these are
/// put aside.
const SHOWN: u32 = 200;

pub(super) async fn get(State(app): State<App>, staff: Staff) -> Result<Response, ApiError> {
    let conflicts = app.store.conflicts(&staff.name, SHOWN).await?;
    Ok(json(&Conflicts { conflicts }))
}

pub(super) async fn delete(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let missing = || ApiError::NotFound(format!("conflict \"{id}\" of yours"));
    let number = id.parse().map_err(|_| missing())?;
    if app.store.put_aside(staff.name, number).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(missing())
    }
}
