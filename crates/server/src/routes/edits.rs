//! `POST /api/v1/edits`: staff change the catalogue.

use axum::{extract::State, response::Response};
use model::{
    Problem, ProblemCode,
    limits::EDITS,
    wire::{Edits, EditsAnswer},
};

use super::{App, body::Json, json, session::Staff};
use crate::{ApiError, clock::now, store::AuthoredEdit};

pub(super) async fn post(
    State(app): State<App>,
    staff: Staff,
    Json(Edits { edits }): Json<Edits>,
) -> Result<Response, ApiError> {
    if edits.len() > EDITS {
        return Err(ApiError::Invalid(vec![Problem::new(
            "/edits",
            ProblemCode::TooMany,
            format!("Send at most {EDITS} edits at a time."),
        )]));
    }
    let authored =
        edits.into_iter().map(|edit| AuthoredEdit { account: staff.name.clone(), edit }).collect();
    let results = app.store.edit(authored, now()).await?;
    Ok(json(&EditsAnswer { results }))
}
