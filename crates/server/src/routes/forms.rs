//! `POST /api/v1/forms/check`: a workbook with a form comes in, what it means goes out. The body is the file, a
//! workbook or a `.zip` with its tables; or, as `multipart/form-data`, the workbook and its tables as files.
//! `POST /api/v1/forms/tables`: tables (CSV, XML, GeoJSON) for a form that is being written come in as files, their rows go out.
//! `GET /api/v1/export/forms/{id}.xlsx`: the published form as a workbook; `.zip` has its attached tables, too.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use xlsform::{ExportError, File, Options};

use super::{App, body, json, session::Staff};
use crate::{ApiError, export::latest_definition};

/// Bytes of a workbook with what is beside it. The largest form we met has 900 KiB.
const WORKBOOK_BYTES: usize = 4 * 1024 * 1024;
/// What a workbook is sent and answered as.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What a workbook with its tables is answered as.
const ARCHIVE: &str = "application/zip";

/// Files that are given at a time.
const FILES: usize = 100;

/// Workbooks that are read at a time: a hostile one takes a hundred MiB until it is refused.
static READING: Semaphore = Semaphore::const_new(1);

pub(super) async fn check(
    State(app): State<App>,
    _staff: Staff,
    request: Request,
) -> Result<Response, ApiError> {
    let read = |files: Vec<File>| xlsform::import_files(&files, &Options::default());
    Ok(json(&reading(&app, request, read).await?))
}

pub(super) async fn tables(
    State(app): State<App>,
    _staff: Staff,
    request: Request,
) -> Result<Response, ApiError> {
    let read = |files: Vec<File>| xlsform::read_tables(&files);
    let (tables, findings) = reading(&app, request, read).await?;
    let tables: Map<String, Value> =
        tables.iter().map(|(name, table)| (name.clone(), table.value())).collect();
    Ok(json(&serde_json::json!({ "tables": tables, "findings": findings })))
}

/// What the files of a request mean. They are read one request after another, beside the server's other work.
async fn reading<T: Send + 'static>(
    app: &App,
    request: Request,
    read: impl FnOnce(Vec<File>) -> T + Send + 'static,
) -> Result<T, ApiError> {
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let boundary = media_type.and_then(|it| multer::parse_boundary(it).ok());
    let (bytes, _taken) = body::read(request.into_body(), &app.room, WORKBOOK_BYTES).await?;
    let files = match boundary {
        Some(boundary) => files_of(bytes, boundary).await?,
        None => vec![(String::new(), bytes)],
    };
    let _turn = READING.acquire().await.map_err(|_| ApiError::Busy)?;
    tokio::task::spawn_blocking(move || read(files)).await.map_err(|error| {
        tracing::error!(%error, "files of a form could not be read to their end");
        ApiError::Fault
    })
}

/// The files of a `multipart/form-data` body (RFC 7578). Fields that are no files are left out.
async fn files_of(bytes: Vec<u8>, boundary: String) -> Result<Vec<File>, ApiError> {
    let broken = |error: multer::Error| {
        ApiError::malformed("", format!("The body is no multipart/form-data: {error}."))
    };
    let body = stream::once(async { Ok::<_, Infallible>(Bytes::from(bytes)) });
    let mut parts = multer::Multipart::new(body, boundary);
    let mut files = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let Some(name) = part.file_name().map(str::to_owned) else { continue };
        if files.len() == FILES {
            return Err(ApiError::malformed("", format!("Send at most {FILES} files at a time.")));
        }
        files.push((name, part.bytes().await.map_err(broken)?.to_vec()));
    }
    Ok(files)
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
