//! `/api/v1/session`: signing in and out, and who is signed in.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use model::wire::{Session, SignIn};

use super::{App, Peer, body::Json, json};
use crate::{ApiError, auth::SESSION_MILLIS, clock::now};

/// The name of the cookie.
const COOKIE: &str = "together_session";

/// Bytes of a sign-in: the longest name and password with every character escaped. Anybody may
/// send one, and what it is read into takes many times its size.
const SIGN_IN_BYTES: usize = 8 * 1024;

/// The signed-in account. A route that takes it answers 401 to everybody else.
pub(super) struct Staff {
    /// The account's name.
    pub name: String,
}

impl FromRequestParts<App> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = token(&parts.headers).ok_or(ApiError::SignedOut)?;
        let name = app.auth.account(token, now()).await?.ok_or(ApiError::SignedOut)?;
        Ok(Self { name })
    }
}

pub(super) async fn post(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let from = caller(&request);
    let secure = came_over_https(request.headers());
    let Json(sign_in) = Json::<SignIn>::read(request, &app, SIGN_IN_BYTES).await?;
    let name = sign_in.name.trim();
    let token = app.auth.sign_in(name, sign_in.password, from, now()).await?;
    tracing::info!(account = name, "signed in");
    let cookie = cookie(&token, SESSION_MILLIS / 1_000, secure);
    Ok(([(header::SET_COOKIE, cookie)], json(&Session { name: name.to_owned() })).into_response())
}

pub(super) async fn get(staff: Staff) -> Response {
    json(&Session { name: staff.name })
}

pub(super) async fn delete(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(token) = token(&headers) {
        app.auth.sign_out(token).await?;
    }
    let cookie = cookie("", 0, came_over_https(&headers));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn cookie(token: &str, seconds: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}")
}

fn token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token)
        .filter(|token| !token.is_empty())
}

fn came_over_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|value| value == "https")
}

/// The address of the browser. A proxy on this machine is believed about the address it
/// talks to; anybody else could write what they like into the header.
fn caller(request: &Request) -> IpAddr {
    let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() else {
        return IpAddr::V4(Ipv4Addr::LOCALHOST);
    };
    let forwarded = || {
        let value = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    if peer.is_loopback() { forwarded().unwrap_or(peer) } else { peer }
}
