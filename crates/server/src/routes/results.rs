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
    let narrowing = [
        ("venue", Dimension::Venue),
        ("ward", Dimension::Ward),
        ("area", Dimension::Area),
        ("language", Dimension::Language),
        ("version", Dimension::Version),
        ("partial", Dimension::Partial),
    ];
    let filters = narrowing
        .into_iter()
        .filter_map(|(name, dimension)| Some((dimension, parameters.text(name)?.to_owned())));
    let request = Request {
        filters: filters.collect(),
        days: (parameters.day("from")?, parameters.day("to")?),
        by: parameters.text("by").map(Dimension::parse),
    };
    Ok(json(&results(&app.store, &survey, request).await?))
}
