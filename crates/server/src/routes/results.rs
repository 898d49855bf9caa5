//! `GET /api/v1/results/{survey}`: what people answered, counted; `POST …/themes`: what their words are about.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Collection, Key, wire::ThemesPatch};

use super::{App, body::Json, coding, json, query::Parameters, session::Staff};
use crate::{
    ApiError,
    clock::now,
    results::{Dimension, Request, is_answer, results, stamp},
};

pub(super) async fn get(
    State(app): State<App>,
    _staff: Staff,
    Path(survey): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let survey = known(&app, &survey).await?;
    let request = Request {
        selection: parameters.selection(&["by"])?,
        by: parameters.text("by").map(Dimension::parse),
    };
    // A page asks every few seconds, and mostly nothing is new. No cache keeps the answer, the browser's neither, for who
    // uses the tablet next must not find it there (`guard::headers`): the page itself keeps what it shows, and its tag.
    let tag = format!("\"{}\"", stamp(&app.store, &survey, &request).await?);
    let mut response = if coding::has_already(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(&results(&app.store, &survey, request).await?)
    };
    // Weak: it stands for the answer in every coding.
    if let Ok(tag) = HeaderValue::from_str(&format!("W/{tag}")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Gives an answer in words themes and takes others away.
pub(super) async fn sort(
    State(app): State<App>,
    staff: Staff,
    Path(survey): Path<String>,
    Json(patch): Json<ThemesPatch>,
) -> Result<Response, ApiError> {
    let survey = known(&app, &survey).await?;
    if !is_answer(&app.store, &survey, patch.answer).await? {
        return Err(ApiError::NotFound("such answer in words".to_owned()));
    }
    let sorted = app.store.sort_answer(staff.name, survey, patch, now()).await?;
    Ok(json(&sorted.map_err(|problem| ApiError::Invalid(vec![problem]))?))
}

async fn known(app: &App, survey: &str) -> Result<Key, ApiError> {
    let missing = || ApiError::NotFound(format!("survey \"{survey}\""));
    let key = Key::parse(survey).ok_or_else(missing)?;
    app.store.record(Collection::Survey, key.as_str()).await?.ok_or_else(missing)?;
    Ok(key)
}
