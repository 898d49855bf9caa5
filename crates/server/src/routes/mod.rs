//! HTTP: which address leads where, and what every answer has in common.
//!
//! **Invariant:** nothing outside this module and `listen` knows HTTP, but for the one
//! mapping of errors in `error`.

mod app;
mod body;
mod changes;
mod coding;
mod conflicts;
mod drafts;
mod edits;
mod export;
mod feedback;
mod forms;
mod guard;
mod health;
mod probe;
mod push;
mod query;
mod results;
mod room;
mod session;
mod snapshot;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderValue, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, predicate::SizeAbove},
    decompression::RequestDecompressionLayer,
};

use crate::{
    ApiError, Store, assets::Assets, auth::Auth, intake::Intake, metrics::Metrics,
    published::Published,
};

pub use room::Room;

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The way in for submissions.
    pub intake: Intake,
    /// Accounts and sessions.
    pub auth: Auth,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The app's files.
    pub assets: Arc<Assets>,
    /// What goes out of the catalogue without a question to the database.
    pub published: Arc<Published>,
    /// Room for request bodies.
    pub room: Room,
}

impl App {
    /// Serves `store` and `assets`.
    pub fn new(store: Store, assets: Arc<Assets>) -> Self {
        Self {
            intake: Intake::new(store.clone()),
            auth: Auth::new(store.clone()),
            metrics: Arc::default(),
            published: Arc::new(Published::of(store.clone())),
            room: Room::default(),
            store,
            assets,
        }
    }
}

/// The address at the other end of the connection; put into each request by `listen`.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Smaller answers gain nothing from compression.
const WORTH_COMPRESSING: u64 = 1_024;

/// Every address of the server.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/push", post(push::post))
        .route("/changes", get(changes::get))
        .route("/snapshot", get(snapshot::manifest))
        .route("/snapshot/{hash}", get(snapshot::segment))
        .route("/probe", get(probe::get))
        .route("/session", post(session::post).get(session::get).delete(session::delete))
        .route("/edits", post(edits::post))
        .route("/publish", post(edits::publish))
        .route("/drafts", get(drafts::list))
        .route("/drafts/{id}", get(drafts::get).put(drafts::put).delete(drafts::delete))
        .route("/conflicts", get(conflicts::get))
        .route("/conflicts/{id}", delete(conflicts::delete))
        .route("/feedback", get(feedback::get))
        .route("/results/{survey}", get(results::get))
        .route("/results/{survey}/themes", post(results::sort))
        .route("/export/feedback.csv", get(export::feedback))
        .route("/export/surveys/{file}", get(export::survey))
        .route("/export/forms/{file}", get(forms::export))
        .route("/forms/check", post(forms::check))
        .route("/forms/tables", post(forms::tables))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(RequestDecompressionLayer::new())
        .layer(from_fn(guard::old_clients))
        .layer(from_fn(guard::other_sites))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING)))
        .layer(from_fn(guard::as_problems));
    Router::new()
        .nest("/api/v1", api)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(app::get)
        .layer(from_fn(guard::time_limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(guard::headers))
        .layer(from_fn_with_state(Arc::clone(&app.metrics), guard::log))
        .with_state(app)
}

async fn no_such_address() -> ApiError {
    ApiError::NotFound("such address".to_owned())
}

async fn no_such_method() -> ApiError {
    ApiError::WrongMethod
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    // The panic hook has written what happened; the message may hold what a person wrote.
    ApiError::Fault.into_response()
}

/// An answer as JSON.
fn json<T: serde::Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => written(bytes.into()),
        Err(error) => {
            tracing::error!(%error, "an answer is no JSON");
            ApiError::Fault.into_response()
        }
    }
}

/// An answer whose JSON is written already.
fn written(bytes: Bytes) -> Response {
    let media_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, media_type)], bytes).into_response()
}
