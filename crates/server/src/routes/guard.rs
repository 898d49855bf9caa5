//! What every request passes through on its way in and every answer on its way out.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::wire::{CLIENT_HEADER, OLDEST_CLIENT};
use tracing::Instrument;

use crate::{ApiError, clock::random, listen::REQUEST_TIME, metrics::Metrics};

/// Where an answer names the request, so that a person can quote it and the log has it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, counts it, and writes one line about it: no parameters, no body,
/// no cookie.
pub(super) async fn log(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = u64::from_be_bytes(random::<8>().unwrap_or_default());
    let id = format!("{id:016x}");
    let method = match request.method() {
        known @ (&Method::GET | &Method::HEAD | &Method::POST | &Method::DELETE) => {
            known.as_str().to_owned()
        }
        // Anybody can invent methods; the counters must stay few.
        _ => "other".to_owned(),
    };
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("app".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let (status, took) = (response.status().as_u16(), started.elapsed());
    metrics.request(&method, &route, status, took);
    let millis = took.as_secs_f64() * 1_000.0;
    span.in_scope(|| tracing::info!(method, route, status, millis, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// No inline script or style, nothing from elsewhere, no frame around us. `blob:` is for the
/// files a tablet exports, `data:` for the pictures, sounds and films that a survey brings along.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// For answers of the API, which are no pages: if one is shown as a page all the same, nothing in it runs.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What only pages and their workers heed. A first catalogue is some hundred answers, and on a slow
/// line these would be a twentieth of its bytes.
const PAGE_HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(self)"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the headers that keep browsers safe. What says nothing about being kept is not kept.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let data = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = [(header::CONTENT_SECURITY_POLICY, DATA_POLICY)];
    let others: &[_] = if data { &policy } else { &PAGE_HEADERS };
    for (name, value) in HEADERS.iter().chain(others) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Ends what takes longer than [`REQUEST_TIME`]. What it had handed to the database may still
/// be stored: sending it again gives the same acknowledgement.
pub(super) async fn time_limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TookTooLong.into_response(),
    }
}

/// Turns the bare error answers of other layers into problem details.
pub(super) async fn as_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"));
    if told {
        return response;
    }
    let Some(error) = ApiError::of_status(response.status()) else { return response };
    let status = response.status();
    let mut problem = error.into_response();
    *problem.status_mut() = status;
    for name in [header::ALLOW, header::ACCEPT_ENCODING] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

/// Refuses apps that are too old to be understood.
pub(super) async fn old_clients(request: Request, next: Next) -> Result<Response, ApiError> {
    check_client(request.headers(), OLDEST_CLIENT)?;
    Ok(next.run(request).await)
}

fn check_client(headers: &HeaderMap, oldest: u32) -> Result<(), ApiError> {
    let Some(value) = headers.get(CLIENT_HEADER) else { return Ok(()) };
    let version: Option<u32> = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    match version {
        Some(version) if version >= oldest => Ok(()),
        Some(_) => Err(ApiError::OldClient),
        None => {
            let detail = format!("The header {CLIENT_HEADER} is a whole number.");
            Err(ApiError::malformed("", detail))
        }
    }
}

/// Refuses changes that a page of another site asks a browser for.
pub(super) async fn other_sites(request: Request, next: Next) -> Result<Response, ApiError> {
    let safe = request.method().is_safe();
    if !safe && comes_from_elsewhere(request.headers()) {
        return Err(ApiError::OtherSite);
    }
    Ok(next.run(request).await)
}

/// A browser says itself whether a request stays on its site; where it does not say, the
/// page's origin must be the host it asks. Programs that are no browsers send neither.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    // A page of another site cannot set these without asking first (CORS), and is told no.
    let hosts = [headers.get(header::HOST), headers.get("x-forwarded-host")];
    !authority.is_some_and(|(_, authority)| {
        hosts.into_iter().flatten().any(|host| host.as_bytes() == authority.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_versions_before_are_served_and_no_older_ones() {
        let of = |text: &'static str| {
            HeaderMap::from_iter([(
                HeaderName::from_static(CLIENT_HEADER),
                HeaderValue::from_static(text),
            )])
        };
        assert!(check_client(&of("3"), 3).is_ok());
        assert!(matches!(check_client(&of("2"), 3), Err(ApiError::OldClient)));
        assert!(matches!(check_client(&of("new"), 3), Err(ApiError::Malformed(_))));
        assert!(check_client(&HeaderMap::new(), 3).is_ok());
    }
}
