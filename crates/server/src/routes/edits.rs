//! `POST /api/v1/edits` and `/publish`: staff change the catalogue.

use axum::{extract::State, response::Response};
use model::{
    Problem, ProblemCode,
    limits::EDITS,
    wire::{Edits, EditsAnswer},
};

use super::{App, body::Json, json, session::Staff};
use crate::{ApiError, clock::now, store::AuthoredEdit};

/// Each edit by itself.
pub(super) async fn post(
    State(app): State<App>,
    staff: Staff,
    Json(edits): Json<Edits>,
) -> Result<Response, ApiError> {
    let results = app.store.edit(authored(staff, edits)?, now()).await?;
    Ok(json(&EditsAnswer { results }))
}

/// All edits or none: a version of a survey and the record that points to it.
pub(super) async fn publish(
    State(app): State<App>,
    staff: Staff,
    Json(edits): Json<Edits>,
) -> Result<Response, ApiError> {
    let results = app.store.edit_all_or_none(authored(staff, edits)?, now()).await?;
    Ok(json(&EditsAnswer { results }))
}

fn authored(staff: Staff, Edits { edits }: Edits) -> Result<Vec<AuthoredEdit>, ApiError> {
    if edits.len() > EDITS {
        return Err(ApiError::Invalid(vec![Problem::new(
            "/edits",
            ProblemCode::TooMany,
            format!("Send at most {EDITS} edits at a time."),
        )]));
    }
    let author = |edit| AuthoredEdit { account: staff.name.clone(), edit };
    Ok(edits.into_iter().map(author).collect())
}
