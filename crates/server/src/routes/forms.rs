//! `POST /api/v1/forms/check`: a workbook with a form comes in, what it means goes out.
//! `GET /api/v1/export/forms/{id}.xlsx`: the published form as a workbook; `.zip` has its attached tables, too.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;
use xlsform::{ExportError, Options};

use super::{App, body, json, session::Staff};
use crate::{ApiError, export::latest_definition};

/// Bytes of a workbook. The largest form we met has 900 KiB.
const WORKBOOK_BYTES: usize = 4 * 1024 * 1024;
/// What a workbook is sent and answered as.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What a workbook with its tables is answered as.
const ARCHIVE: &str = "application/zip";

/// Workbooks that are read at a time: a hostile one takes a hundred MiB until it is refused.
static READING: Semaphore = Semaphore::const_new(1);

pub(super) async fn check(
    State(app): State<App>,
    _staff: Staff,
    request: Request,
) -> Result<Response, ApiError> {
    let (bytes, _taken) = body::read(request.into_body(), &app.room, WORKBOOK_BYTES).await?;
    let _turn = READING.acquire().await.map_err(|_| ApiError::Busy)?;
    let read = move || xlsform::import(&bytes, &Options::default());
    let import = tokio::task::spawn_blocking(read).await.map_err(|error| {
        tracing::error!(%error, "a workbook could not be read to its end");
        ApiError::Fault
    })?;
    Ok(json(&import))
}

pub(super) async fn export(
    State(app): State<App>,
    _staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let (id, ending) = name.rsplit_once('.').unwrap_or_default();
    let survey = model::Key::parse(id)
        .filter(|_| ["xlsx", "zip"].contains(&ending))
        .ok_or_else(|| ApiError::NotFound(format!("file \"{name}\"")))?;
    let definition = latest_definition(&app.store, survey.as_str())
        .await?
        .ok_or_else(|| ApiError::NotFound(format!("published survey \"{survey}\"")))?;
    let (written, media_type) = match ending {
        "zip" => (xlsform::export_archive(&definition, survey.as_str()), ARCHIVE),
        _ => (xlsform::export(&definition), WORKBOOK),
    };
    let bytes = written.map_err(|error| match error {
        ExportError::NoDefinition => {
            tracing::error!(%survey, %error, "a published definition is none");
            ApiError::Fault
        }
        error => ApiError::malformed("", error.to_string()),
    })?;
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}
