//! The server: its own router, on a database in memory.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use model::{Hash, time::Millis};
use serde::de::DeserializeOwned;
use server::{
    App, Store,
    assets::Assets,
    auth::hash_password,
    import::import_content,
    routes::Peer,
    store::memory::{Memory, Snapshot},
};
use sync::{SyncError, answer};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::catalogue;

/// What everything is stamped with.
pub const NOW: Millis = Millis(1_795_516_200_000);
/// The session of the account [`NAME`].
pub const COOKIE: &str = "together_session=token";
/// The one account there is.
pub const NAME: &str = "sam";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// A server that nobody has sent anything yet.
pub struct Server {
    /// Its database.
    pub store: Store,
    /// What its routes work with.
    pub app: App,
    router: Router,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Its body is in the encoding that was asked for, and no text.
    pub compressed: bool,
    media_type: String,
    retry_after: Option<u64>,
    /// The body.
    pub text: String,
}

impl Server {
    /// With the catalogue, an account and its session.
    pub fn new() -> Self {
        static START: OnceLock<Snapshot> = OnceLock::new();
        let start = START.get_or_init(|| {
            let memory = Memory::new("epoch");
            let store = Store::on(Arc::new(memory.clone()));
            wait(async {
                import_content(&store, catalogue::files()).await.unwrap();
                let password = hash_password(PASSWORD.to_owned()).await.unwrap();
                store.add_account(NAME.to_owned(), password, NOW).await.unwrap();
                let (token, ever) = (Hash::of(b"token"), Millis(i64::MAX));
                store.start_session(token, NAME.to_owned(), NOW, ever).await.unwrap();
            });
            memory.snapshot()
        });
        let memory = Memory::new("");
        memory.revert(start);
        let store = Store::on(Arc::new(memory));
        let app = App::new(store.clone(), Arc::new(Assets::default()));
        Self { store, app: app.clone(), router: server::router(app) }
    }

    /// Sends a request, as the browser of a signed-in person would.
    pub fn ask(&self, request: Request<impl Into<Body>>) -> Answer {
        let mut request = request.map(Into::into);
        request.extensions_mut().insert(Peer(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        wait(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let text = |name| {
                parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
            };
            Answer {
                status: parts.status.as_u16(),
                media_type: text(header::CONTENT_TYPE).to_owned(),
                compressed: parts.headers.contains_key(header::CONTENT_ENCODING),
                retry_after: answer::retry_after(text(header::RETRY_AFTER)),
                // A body that breaks off is a fault, too.
                text: String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap())
                    .into_owned(),
            }
        })
    }

    /// Sends a body that says it is JSON.
    pub fn post(&self, path: &str, body: &[u8]) -> Answer {
        let mut request = Request::post(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, COOKIE);
        // Compressed if it looks so: RFC 1952, 2.3.1.
        if body.starts_with(b"\x1f\x8b") {
            request = request.header(header::CONTENT_ENCODING, "gzip");
        }
        self.ask(request.body(body.to_vec()).unwrap())
    }

    /// Asks for what only staff may see.
    pub fn get(&self, path: &str) -> Answer {
        let request = Request::get(format!("/api/v1{path}")).header(header::COOKIE, COOKIE);
        self.ask(request.body(Body::empty()).unwrap())
    }
}

impl Answer {
    /// The answer as the app understands it. Panics unless it is one of the server's own and tells
    /// of no fault of the server.
    pub fn meaning(self) -> Result<String, SyncError> {
        let Self { status, media_type, retry_after, text, .. } = self;
        assert!(status < 500, "{status}: {text}");
        let shown = text.clone();
        let meaning = answer::meaning(status, retry_after, &media_type, text);
        assert!(!matches!(meaning, Err(SyncError::Offline(_))), "{status} {media_type}: {shown}");
        meaning
    }

    /// The value in an answer that must be a good one.
    pub fn value<T: DeserializeOwned>(self) -> T {
        answer::read(&self.meaning().unwrap()).unwrap()
    }

    /// A file that must have come whole.
    pub fn file(self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.text
    }
}

/// Runs `work` to its end.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(work))
}
