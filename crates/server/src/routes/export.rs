//! `GET /api/v1/export/…`: what staff take away, as files for a spreadsheet.

use axum::{
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{App, query::Parameters, session::Staff};
use crate::{
    ApiError,
    export::{feedback_csv, survey_csv},
    store::Filter,
};

pub(super) async fn feedback(
    State(app): State<App>,
    _staff: Staff,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let filter = parameters.filter("feedback")?;
    let rows = feedback_csv(app.store, filter).await?;
    Ok(file("feedback.csv", Body::from_stream(rows)))
}

pub(super) async fn survey(
    State(app): State<App>,
    _staff: Staff,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let survey = name
        .strip_suffix(".csv")
        .and_then(model::Key::parse)
        .ok_or_else(|| ApiError::NotFound(format!("file \"{name}\"")))?;
    let filter = Filter { survey: Some(survey.to_string()), ..parameters.filter("response")? };
    let rows = survey_csv(app.store, &survey, filter)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("survey \"{survey}\"")))?;
    Ok(file(&format!("{survey}.csv"), Body::from_stream(rows)))
}

fn file(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}
