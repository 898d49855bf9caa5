//! `/healthz`, `/readyz` and `/metrics`: for whoever watches the server.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::App;
use crate::{ApiError, clock::now};

/// The program answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database takes a write.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    app.store.check_writable(now()).await?;
    Ok("ready\n")
}

pub(super) async fn metrics(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
}
