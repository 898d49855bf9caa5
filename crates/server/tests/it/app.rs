//! The app's files, with what browsers need to keep them, and to be safe.

use std::fs;

use axum::{
    body::Body,
    http::{Method, Request, header},
};

use crate::server::{Answer, Server, directory};

const SCRIPT: &str = "app-0123456789abcdef.js";
const WASM: &str = "app-fedcba9876543210_bg.wasm";

async fn server() -> Server {
    let page = "<!doctype html><title>Communities Together</title>".repeat(40);
    let dir = directory(&[
        ("index.html", page.as_bytes()),
        ("sw.js", b"// the service worker"),
        (SCRIPT, b"console.log('hello')"),
        (WASM, b"\0asm precompressed below"),
        ("app-fedcba9876543210_bg.wasm.br", b"as the build compressed it"),
        ("icons/icon.svg", b"<svg/>"),
    ]);
    Server::with_app(dir.path()).await
}

async fn get(server: &Server, path: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn files_with_a_hash_are_kept_for_ever_and_others_asked_for() {
    let server = server().await;
    for path in [SCRIPT, WASM] {
        let answer = server.get(&format!("/{path}")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
    for path in ["/", "/index.html", "/sw.js", "/icons/icon.svg"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-cache"));
        let tag = answer.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 30, "{tag}");
        let again = get(&server, path, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
        let changed = get(&server, path, &[(header::IF_NONE_MATCH, "\"old\"")]).await;
        assert_eq!(changed.status, 200);
    }
    assert_eq!(server.get(&format!("/{WASM}")).await.header("content-type"), "application/wasm");
}

#[tokio::test]
async fn brotli_comes_from_the_build_or_is_made_at_the_start() {
    let server = server().await;
    let br = [(header::ACCEPT_ENCODING, "gzip, deflate, br;q=0.9")];
    let wasm = get(&server, &format!("/{WASM}"), &br).await;
    assert_eq!(wasm.header("content-encoding"), "br");
    assert_eq!(wasm.text(), "as the build compressed it");
    let page = get(&server, "/", &br).await;
    assert_eq!(page.header("content-encoding"), "br");
    assert!(page.body.len() < 200);
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut page.body.as_slice(), &mut plain).unwrap();
    assert_eq!(plain, server.get("/").await.body);
    assert_ne!(page.header("etag"), server.get("/").await.header("etag"));

    let refused = get(&server, "/", &[(header::ACCEPT_ENCODING, "br;q=0, gzip")]).await;
    assert_eq!(refused.header("content-encoding"), "");
    assert_eq!(refused.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn every_address_is_the_page_but_a_missing_file_is_missing() {
    let server = server().await;
    for path in ["/events", "/surveys/living.1", "/staff/events/knit", "/tablet?x=1"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().starts_with("<!doctype html>"));
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    for path in
        ["/app-0000000000000000.js", "/favicon.ico", "/locales/ro.json", "/../Cargo.toml.txt"]
    {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/push"] {
        server.get(path).await.problem(404);
    }
    server.get("/api/v1/push").await.problem(405);
    let post = Request::post("/events").body(Body::empty()).unwrap();
    assert_eq!(server.send(post).await.status, 405);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = server().await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/missing.js"),
        (Method::GET, "/api/v1/probe?nonce=1"),
        (Method::GET, "/api/v1/nothing"),
        (Method::POST, "/api/v1/push"),
        (Method::GET, "/healthz"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let answer = server.send(request).await;
        let policy = answer.header("content-security-policy");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        if path.starts_with("/api") {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'");
            assert_eq!(answer.header("cache-control"), "no-store");
        } else {
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; ")
            );
            assert!(policy.ends_with("; form-action 'self'; frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("  "), "{policy}");
            let permissions = answer.header("permissions-policy");
            assert_eq!(permissions, "camera=(), microphone=(), geolocation=(self)");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        }
        assert_eq!(answer.header("x-request-id").len(), 16);
    }
}

#[tokio::test]
async fn a_directory_without_a_page_is_no_app() {
    let dir = directory(&[("readme.txt", b"nothing here")]);
    let error =
        ::server::assets::Assets::load(&::server::assets::Source::Directory(dir.path().to_owned()))
            .unwrap_err();
    assert!(error.to_string().contains("has no index.html"), "{error}");
    fs::remove_file(dir.path().join("readme.txt")).unwrap();
    assert_eq!(Server::empty().await.get("/").await.status, 404);
}
