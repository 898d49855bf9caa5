//! The gateway: requests to `/api/v1`, and what their answers mean.
//!
//! An answer counts only if it has the form the server gives it. A captive portal's page, a
//! proxy's error and a cut-off body are all the same as no answer.

use model::{
    Hash, json,
    snapshot::Manifest,
    wire::{CLIENT_HEADER, CLIENT_VERSION, Changes, Probe, Push, PushAnswer},
};
use reqwasm::http::{Method, Request};
use serde::{Serialize, de::DeserializeOwned};
use sync::{Remote, SyncError, answer};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, FormData, ReadableStream, Response};

use crate::platform::ids;

/// Milliseconds until a request without an answer counts as lost. A batch of 100 submissions
/// takes two seconds on a 400 kbit/s line.
const TIMEOUT: u32 = 30_000;
/// Milliseconds for a file of staff: some megabytes on an office's line.
const FILE_TIMEOUT: u32 = 120_000;
/// Milliseconds for a probe, which has a few bytes only.
const PROBE_TIMEOUT: u32 = 5_000;

/// Smaller bodies gain nothing from compression.
const WORTH_COMPRESSING: usize = 1_024;

/// The server behind this site.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gateway;

/// What goes up.
enum Body<'a> {
    /// JSON, compressed where that is worth it.
    Json(&'a str),
    /// Files as they are, each with its name.
    Files(FormData),
}

/// What came back, before it is known what it means.
struct Came {
    status: u16,
    /// Milliseconds until it is worth asking again.
    hint: Option<u64>,
    media_type: String,
    /// What names the answer.
    tag: Option<String>,
    text: String,
}

impl Came {
    fn meaning(self) -> Result<String, SyncError> {
        answer::meaning(self.status, self.hint, &self.media_type, self.text)
    }
}

impl Gateway {
    /// `GET` and read the answer.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, SyncError> {
        let text = self.request(Method::GET, path, None, TIMEOUT).await?;
        answer::read(&text)
    }

    /// `GET` what may be here already under the tag `known`, and read the answer with its own tag; `None` if nothing is new.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn get_new<T: DeserializeOwned>(
        &self,
        path: &str,
        known: Option<&str>,
    ) -> Result<Option<(T, Option<String>)>, SyncError> {
        let came = self.exchange(Method::GET, path, None, known, TIMEOUT).await?;
        // Its tag shows that it is the server that says so, and of which answer.
        if came.status == 304 && known.is_some() && came.tag.as_deref() == known {
            return Ok(None);
        }
        let tag = came.tag.clone();
        Ok(Some((answer::read(&came.meaning()?)?, tag)))
    }

    /// Send `body` as JSON and read the answer.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, SyncError> {
        let body = json::write(body).map_err(lost)?;
        let text = self.request(method, path, Some(Body::Json(&body)), TIMEOUT).await?;
        answer::read(&text)
    }

    /// Sends files as they are, together, and reads the answer.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn send_files<T: DeserializeOwned>(
        &self,
        path: &str,
        files: &[web_sys::File],
    ) -> Result<T, SyncError> {
        let form = FormData::new().map_err(|_| lost("no form data"))?;
        for file in files {
            form.append_with_blob("file", file).map_err(|_| lost("a file cannot be read"))?;
        }
        let text = self.request(Method::POST, path, Some(Body::Files(form)), FILE_TIMEOUT).await?;
        answer::read(&text)
    }

    /// `DELETE`, whose answer has no body.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn delete(&self, path: &str) -> Result<(), SyncError> {
        self.request(Method::DELETE, path, None, TIMEOUT).await.map(drop)
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Body<'_>>,
        timeout: u32,
    ) -> Result<String, SyncError> {
        self.exchange(method, path, body, None, timeout).await?.meaning()
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Body<'_>>,
        known: Option<&str>,
        timeout: u32,
    ) -> Result<Came, SyncError> {
        let controller = AbortController::new().map_err(|_| lost("no abort controller"))?;
        let signal: AbortSignal = controller.signal();
        let timer = gloo::timers::callback::Timeout::new(timeout, move || controller.abort());
        let mut request = Request::new(&format!("/api/v1{path}"))
            .method(method)
            .header(CLIENT_HEADER, &CLIENT_VERSION.to_string())
            .abort_signal(Some(&signal));
        if let Some(known) = known {
            // The browser's own cache stands aside for a request that says this (Fetch, "HTTP-network-or-cache fetch").
            request = request.header("if-none-match", known);
        }
        match body {
            None => {}
            Some(Body::Json(text)) => {
                request = request.header("content-type", "application/json");
                let packed = if text.len() < WORTH_COMPRESSING { None } else { gzip(text).await };
                request = match packed {
                    Some(packed) => request.header("content-encoding", "gzip").body(packed),
                    None => request.body(JsValue::from_str(text)),
                };
            }
            // The browser names the media type, with the boundary that it has chosen.
            Some(Body::Files(form)) => request = request.body(JsValue::from(form)),
        }
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let hint = response.headers().get("retry-after");
        let hint = hint.as_deref().and_then(answer::retry_after);
        let media_type = response.headers().get("content-type").unwrap_or_default();
        let tag = response.headers().get("etag");
        let text = response.text().await.map_err(lost)?;
        drop(timer);
        Ok(Came { status, hint, media_type, tag, text })
    }
}

// `web_sys` has these among what may still change.
#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;

    type Plain;
    #[wasm_bindgen(method, js_name = pipeThrough)]
    fn pipe_through(this: &Plain, through: &CompressionStream) -> ReadableStream;
}

/// The text in gzip; `None` in a browser that cannot do that (Safari before 16.4), which sends it as it is.
async fn gzip(text: &str) -> Option<JsValue> {
    let packer = CompressionStream::new("gzip").ok()?;
    let plain = Response::new_with_opt_str(Some(text)).ok()?.body()?;
    let packed = plain.unchecked_ref::<Plain>().pipe_through(&packer);
    let packed = Response::new_with_opt_readable_stream(Some(&packed)).ok()?;
    JsFuture::from(packed.array_buffer().ok()?).await.ok()
}

fn lost(reason: impl std::fmt::Display) -> SyncError {
    SyncError::Offline(reason.to_string())
}

impl Remote for Gateway {
    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        // By no way of `Value`, which would read every record that lies ready as text.
        let body = serde_json::to_string(push).map_err(lost)?;
        let body = Some(Body::Json(&body));
        answer::read(&self.request(Method::POST, "/push", body, TIMEOUT).await?)
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError> {
        let query = cursor.map_or(String::new(), |cursor| {
            format!("?cursor={}", String::from(js_sys::encode_uri_component(cursor)))
        });
        self.get(&format!("/changes{query}")).await
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        let text = self.request(Method::GET, "/snapshot", None, TIMEOUT).await?;
        let value = serde_json::from_str(&text).map_err(lost)?;
        Manifest::from_json(&value).map(Some).map_err(lost)
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        self.request(Method::GET, &format!("/snapshot/{hash}"), None, TIMEOUT).await
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        let nonce = ids::random_uuid().to_string();
        let path = format!("/probe?nonce={nonce}");
        let probe: Probe =
            answer::read(&self.request(Method::GET, &path, None, PROBE_TIMEOUT).await?)?;
        if probe.nonce == nonce { Ok(probe) } else { Err(lost("the nonce is another one")) }
    }
}
