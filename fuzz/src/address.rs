//! Addresses: whatever stands before and behind the question mark, and the headers beside it.

use std::sync::OnceLock;

use axum::{
    body::Body,
    http::{Method, Request, header},
};

use crate::server::{COOKIE, Server, wait};

/// The lines are the address and some headers.
pub fn run(data: &[u8]) {
    // One server for all: nothing here changes it but putting conflicts aside, and there are none.
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let server = Server::new();
        wait(server.app.published.refresh()).unwrap();
        server
    });
    let mut lines = data.split(|byte| *byte == b'\n');
    let address = lines.next().unwrap_or_default();
    let mut line = || lines.next().unwrap_or_default();
    let request = Request::builder()
        .uri(address)
        .header(header::ACCEPT_ENCODING, line())
        .header(header::IF_NONE_MATCH, line())
        .header("together-client", if data.len().is_multiple_of(2) { b"1" } else { line() })
        .header(header::ORIGIN, line());
    // The sessions of others are theirs to end.
    let removes = address.starts_with(b"/api/v1/conflicts/");
    let method = if removes { Method::DELETE } else { Method::GET };
    let request = request.method(method).header(header::COOKIE, COOKIE);
    let Ok(request) = request.body(Body::empty()) else { return };
    let of_the_api = request.uri().path().starts_with("/api/");
    let file = request.uri().path().starts_with("/api/v1/export/");
    let answer = server.ask(request);
    assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
    let is_plain = !answer.compressed && answer.status != 304 && !(file && answer.status == 200);
    if of_the_api && is_plain {
        answer.meaning().ok();
    }
}
