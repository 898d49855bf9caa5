//! `GET /api/v1/results/{survey}`: what people answered, counted.

use axum::{
    extract::{Path, State},
    response::Response,
};
use model::Collection;

use super::{App, json, query::Parameters, session::Staff};
use crate::{
    ApiError,
    results::{Dimension, Request, results},
};

pub(super) async fn get(
    State(app): State<App>,
    _staff: Staff,
    Path(survey): Path<String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    if app.store.record(Collection::Survey, &survey).await?.is_none() {
        return Err(ApiError::NotFound(format!("survey \"{survey}\"")));
    }
    let request = Request {
        selection: parameters.selection(&["by"])?,
        by: parameters.text("by").map(Dimension::parse),
    };
    Ok(json(&results(&app.store, &survey, request).await?))
}
