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
    export::{Layout, SurveyExport, Written, feedback_csv, pieces},
    results::Selection,
};

pub(super) async fn feedback(
    State(app): State<App>,
    staff: Staff,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    parameters.only(&["venue", "theme", "from", "to"])?;
    let filter = parameters.filter("feedback")?;
    tracing::info!(account = staff.name, file = "feedback.csv", "feedback was exported");
    let rows = feedback_csv(app.store, filter).await?;
    Ok(file("feedback.csv", Body::from_stream(rows)))
}

pub(super) async fn survey(
    State(app): State<App>,
    staff: Staff,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let missing = || ApiError::NotFound(format!("file \"{name}\""));
    let (survey, ending) = name.rsplit_once('.').ok_or_else(missing)?;
    let survey = model::Key::parse(survey).ok_or_else(missing)?;
    if !["csv", "json", "xlsx", "zip"].contains(&ending) {
        return Err(missing());
    }
    // What is compared narrows nobody, so that a page's own address part is a file's too.
    let selection = parameters.selection(&["by", "labels", "layout", "attachments"])?;
    let narrowed = selection != Selection::default();
    let layout = parameters.text("layout").map(|name| {
        let unknown = || ApiError::malformed("/layout", "\"layout\" is kobo or odk.");
        Layout::named(name).ok_or_else(unknown)
    });
    let attachments = match parameters.text("attachments") {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => {
            let detail = "\"attachments\" is true or false.";
            return Err(ApiError::malformed("/attachments", detail));
        }
    };
    let labels = parameters.text("labels").map(str::to_owned);
    let written = Written { labels, layout: layout.transpose()?.unwrap_or_default() };
    let export = SurveyExport::open(app.store, &survey, selection, written)
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("survey \"{survey}\"")))?;
    // Rows of people leave: who took them is written down.
    tracing::info!(account = staff.name, file = name, narrowed, "responses were exported");
    let body = match ending {
        "json" => Body::from_stream(export.json()),
        "xlsx" => Body::from_stream(pieces(export.workbook().await?)),
        "zip" => Body::from_stream(pieces(export.archive(attachments).await?)),
        _ => Body::from_stream(export.csv()),
    };
    Ok(file(&name, body))
}

fn file(name: &str, body: Body) -> Response {
    let media_type = match name.rsplit_once('.') {
        Some((_, "json")) => "application/json",
        Some((_, "xlsx")) => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some((_, "zip")) => "application/zip",
        _ => "text/csv; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}
