//! `POST /api/v1/session`: names and passwords that anybody may try.

use std::sync::OnceLock;

use axum::{
    body::Body,
    http::{Request, header},
};
use model::wire::{Session, SignIn};

use crate::server::{NAME, PASSWORD, Server};

/// The first line is what the headers hold, the rest the body.
pub fn run(data: &[u8]) {
    // One server for all: it counts wrong passwords, and those it refuses cost no hashing.
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(Server::new);
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (headers, body) = data.split_at(split);
    let body = body.get(1..).unwrap_or_default();
    let with = |request: axum::http::request::Builder| {
        request.header(header::COOKIE, headers).header("x-forwarded-for", headers)
    };

    let Ok(request) = with(Request::post("/api/v1/session"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_vec()))
    else {
        return;
    };
    if let Ok(text) = server.ask(request).meaning() {
        let session: Session = sync::answer::read(&text).unwrap();
        let sent: SignIn = serde_json::from_slice(body).unwrap();
        assert_eq!((session.name.as_str(), sent.password.as_str()), (NAME, PASSWORD));
    }

    let request = with(Request::get("/api/v1/session")).body(Body::empty()).unwrap();
    if let Ok(text) = server.ask(request).meaning() {
        let session: Session = sync::answer::read(&text).unwrap();
        assert_eq!(session.name, NAME);
        let headers = String::from_utf8_lossy(headers);
        assert!(headers.contains("together_session=token"), "{headers}");
    }
}
