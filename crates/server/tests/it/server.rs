//! A server for a test: the router on a database in a temporary directory.

use std::{fs, path::Path, sync::Arc};

use ::server::{
    App, Store,
    assets::{Assets, Source},
    clock::now,
    import::{SourceFile, import_content},
    published::Published,
    router,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use model::{Hash, time::Millis};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::postgres;

pub struct Server {
    pub dir: TempDir,
    pub store: Store,
    pub published: Arc<Published>,
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts problem details of this status and gives the first pointer, or "".
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], status);
        assert!(json["type"].as_str().unwrap().starts_with("/problems/"), "{json}");
        json["problems"][0]["pointer"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    /// With no content and no app.
    pub async fn empty() -> Self {
        Self::in_dir(TempDir::new().unwrap(), &Source::Nothing).await
    }

    /// With [`content`].
    pub async fn start() -> Self {
        let server = Self::empty().await;
        import_content(&server.store, content()).await.unwrap();
        server
    }

    pub async fn with_app(app: &Path) -> Self {
        Self::in_dir(TempDir::new().unwrap(), &Source::Directory(app.to_owned())).await
    }

    /// With no content, on a database that others may use too.
    pub async fn on_postgres(url: &str) -> Self {
        let store = Store::connect(url).await.unwrap();
        Self::on(TempDir::new().unwrap(), store, &Source::Nothing).await
    }

    async fn in_dir(dir: TempDir, app: &Source) -> Self {
        let store = match postgres::in_place_of(dir.path()) {
            Some(url) => Store::connect(&url).await.unwrap(),
            None => Store::open(dir.path()).await.unwrap(),
        };
        Self::on(dir, store, app).await
    }

    async fn on(dir: TempDir, store: Store, app: &Source) -> Self {
        let assets = Arc::new(Assets::load(app).unwrap());
        assets.compress_in_background().await.unwrap();
        let app = App::new(store.clone(), assets);
        let published = Arc::clone(&app.published);
        Self { dir, store, published, router: router(app) }
    }

    /// Stops the database and opens it again, as after a restart.
    pub async fn restart(self) -> Self {
        self.store.close().await;
        Self::in_dir(self.dir, &Source::Nothing).await
    }

    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// A session of the account `sam`, as a cookie.
    pub async fn cookie(&self) -> String {
        self.cookie_of("sam").await
    }

    pub async fn cookie_of(&self, name: &str) -> String {
        let token = format!("token of {name}");
        self.store.add_account(name.to_owned(), "no password".to_owned(), now()).await.unwrap();
        self.store
            .start_session(Hash::of(token.as_bytes()), name.to_owned(), now(), Millis(i64::MAX))
            .await
            .unwrap();
        format!("together_session={token}")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as("", path, body).await
    }

    pub async fn post_as(&self, cookie: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub async fn push(&self, records: &[Value]) -> Value {
        let answer = self.post("/api/v1/push", &json!({ "records": records })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    pub async fn epoch(&self) -> String {
        self.store.epoch().await.unwrap()
    }

    /// How many rows a table of the database has.
    pub async fn submissions(&self) -> u64 {
        self.store.census().await.unwrap().submissions.values().sum()
    }
}

/// A file for an import.
pub fn file(name: &str, text: impl Into<String>) -> SourceFile {
    SourceFile { name: name.to_owned(), text: text.into() }
}

/// A directory with these files.
pub fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

/// One of everything that the tests need.
pub fn content() -> Vec<SourceFile> {
    let named = |id: &str, name: &str| json!({"id": id, "name": {"en": name}});
    let list = |name: &str, records: Value| file(name, records.to_string());
    vec![
        list("area.json", json!([named("grays", "Grays"), named("tilbury", "Tilbury")])),
        list("theme.json", json!([named("health", "Health"), named("transport", "Transport")])),
        list("category.json", json!([named("money", "Money and debt")])),
        list(
            "venue.json",
            json!([{
                "id": "grays-library", "name": {"en": "Grays Central Library"},
                "address": ["Orsett Road"], "postcode": "RM17 5DX", "area": "grays",
            }]),
        ),
        list(
            "event.json",
            json!([{
                "id": "knit", "title": {"en": "Knit and Natter"}, "summary": {"en": "Wool."},
                "venue": "grays-library", "themes": ["health"],
                "start": "2026-11-24T10:30:00", "minutes": 90,
            }]),
        ),
        list(
            "survey.json",
            json!([{
                "id": "living", "title": {"en": "Living together"}, "summary": {"en": "Why."},
                "minutes": 3, "state": "open", "version": 1,
            }]),
        ),
        list(
            "survey_version.json",
            json!([{
                "id": "living.1", "survey": "living", "version": 1,
                "definition": definition(&["bus", "car"]),
            }]),
        ),
    ]
}

/// Questions of each kind that the server treats differently.
pub fn definition(travel: &[&str]) -> Value {
    let choices = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"name": name, "label": {"en": name}})).collect()
    };
    json!({
        "languages": ["en"],
        "items": [
            {"name": "agree", "type": "select_one", "label": {"en": "Do you agree?"},
             "required": true, "may_decline": true, "choices": choices(&["yes", "no"])},
            {"name": "travel", "type": "select_multiple", "label": {"en": "How do you travel?"},
             "choices": choices(travel)},
            {"name": "years", "type": "integer", "label": {"en": "How many years?"}},
            {"name": "more", "type": "text", "label": {"en": "What else?"}},
        ],
    })
}
