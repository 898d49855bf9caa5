//! The app's files, and its one page for every address that is none of the API's.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{App, coding};
use crate::{
    ApiError,
    assets::{Asset, extension},
};

/// A name with a hash never has another content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for each time, and mostly answered with 304.
const ASK_FIRST: &str = "no-cache";

pub(super) async fn get(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::NotFound("such address".to_owned()).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "Only GET and HEAD.\n").into_response();
    }
    let path = if path.is_empty() { "index.html" } else { path };
    if let Some(asset) = app.assets.get(path) {
        return answer(asset, &headers);
    }
    // A page in place of a missing script would be kept and run as one.
    if extension(path).is_some() {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    match app.assets.get("index.html") {
        Some(page) => answer(page, &headers),
        None => (
            StatusCode::NOT_FOUND,
            "This server has no app. Start it with --app and the directory of a build.\n",
        )
            .into_response(),
    }
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let compressed = asset.brotli().filter(|_| coding::takes(headers, "br"));
    let tag = match compressed {
        Some(_) => format!("\"{}-br\"", asset.tag),
        None => format!("\"{}\"", asset.tag),
    };
    let caching = if asset.immutable { FOR_EVER } else { ASK_FIRST };
    let mut common = HeaderMap::new();
    common.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    common.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        common.insert(header::ETAG, value);
    }
    if coding::has_already(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    common.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    let bytes = match compressed {
        Some(bytes) => {
            common.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            bytes
        }
        None => &asset.bytes,
    };
    (common, bytes.clone()).into_response()
}
