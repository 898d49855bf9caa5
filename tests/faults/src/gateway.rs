//! The way to the server, as the app's gateway goes it: the same verdict on every answer.
//! A connection carries one request, so that a fault meets one request and no other.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use model::{
    Hash,
    snapshot::Manifest,
    wire::{
        CLIENT_HEADER, CLIENT_VERSION, Changes, Edits, EditsAnswer, Probe, ProblemDetails, Push,
        PushAnswer, SignIn,
    },
};
use reqwest::{Method, header};
use serde::{Serialize, de::DeserializeOwned};
use sync::{Remote, SyncError, answer};

use crate::server::PASSWORD;

/// A request without an answer counts as lost after this long. The app waits longer; here the
/// server is a process on this machine, and a stall of the proxy is to end a try.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client of the server at one address.
#[derive(Debug, Clone)]
pub struct Gateway {
    base: String,
    http: reqwest::Client,
    cookie: Option<String>,
}

impl Gateway {
    /// A gateway to the server at `base`, like `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// If there is no client to be had.
    pub fn to(base: String) -> Result<Self> {
        Self::with(base, false, PATIENCE)
    }

    /// One that asks for compressed answers, as browsers do.
    ///
    /// # Errors
    /// As [`Gateway::to`].
    pub fn compressed(base: String) -> Result<Self> {
        Self::with(base, true, PATIENCE)
    }

    /// One that waits so long for an answer.
    ///
    /// # Errors
    /// As [`Gateway::to`].
    pub fn patient(base: String, patience: Duration) -> Result<Self> {
        Self::with(base, false, patience)
    }

    fn with(base: String, gzip: bool, patience: Duration) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .gzip(gzip)
            .pool_max_idle_per_host(0)
            .timeout(patience)
            .build()?;
        Ok(Self { base, http, cookie: None })
    }

    /// This gateway with somebody signed in.
    pub fn signed_in(&self, cookie: String) -> Self {
        Self { cookie: Some(cookie), ..self.clone() }
    }

    /// Signs in as `admin` and gives the cookie.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn sign_in(&self) -> Result<String, SyncError> {
        let body = SignIn { name: "admin".to_owned(), password: PASSWORD.to_owned() };
        let request = self.http.request(Method::POST, self.address("/session")).json(&body);
        let answer = request.send().await.map_err(lost)?;
        let cookie = answer
            .headers()
            .get(header::SET_COOKIE)
            .and_then(|cookie| cookie.to_str().ok())
            .and_then(|cookie| cookie.split(';').next())
            .map(str::to_owned);
        let session: model::wire::Session = answer::read(&meaning(answer).await?)?;
        match cookie {
            Some(cookie) if session.name == "admin" => Ok(cookie),
            _ => Err(lost("a sign-in without a session")),
        }
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn session(&self) -> Result<model::wire::Session, SyncError> {
        self.get("/session").await
    }

    /// `POST /api/v1/edits`.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn edit(&self, edits: &Edits) -> Result<EditsAnswer, SyncError> {
        self.post("/edits", edits).await
    }

    /// Any `GET` below `/api/v1`.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, SyncError> {
        answer::read(&meaning(self.request(Method::GET, path).send().await.map_err(lost)?).await?)
    }

    /// The status, media type, `Retry-After` and body of a push, as they came.
    ///
    /// # Errors
    /// If no whole answer came.
    pub async fn push_raw(&self, push: &Push) -> Result<RawAnswer> {
        let answer = self.request(Method::POST, "/push").json(push).send().await?;
        let status = answer.status().as_u16();
        let text = |name| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (media_type, retry_after) = (text(header::CONTENT_TYPE), text(header::RETRY_AFTER));
        Ok(RawAnswer {
            status,
            media_type: media_type.unwrap_or_default(),
            retry_after,
            body: answer.text().await?,
        })
    }

    /// Waits until the server is ready to work.
    ///
    /// # Errors
    /// If it does not come to that in time.
    pub async fn ready(&self) -> Result<()> {
        e2e::wait::until("the server is ready", e2e::wait::LONG, async || {
            let answer = self.http.get(format!("{}/readyz", self.base)).send().await;
            Ok(answer.ok().filter(|answer| answer.status().is_success()).map(drop))
        })
        .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, SyncError> {
        let answer = self.request(Method::POST, path).json(body).send().await.map_err(lost)?;
        answer::read(&meaning(answer).await?)
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, self.address(path))
            .header(CLIENT_HEADER, CLIENT_VERSION.to_string());
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Its `Content-Type`.
    pub media_type: String,
    /// Its `Retry-After`.
    pub retry_after: Option<String>,
    /// Its body.
    pub body: String,
}

impl RawAnswer {
    /// Checks that it is the server's word for "not now": 503, problem details, and when to
    /// come back; and no verdict on any record.
    ///
    /// # Errors
    /// What it is in place of that.
    pub fn is_not_now(&self) -> Result<()> {
        let details: ProblemDetails = serde_json::from_str(&self.body)
            .with_context(|| format!("no problem details: {self:?}"))?;
        let good = self.status == 503
            && details.status == 503
            && self.media_type == "application/problem+json"
            && self.retry_after.as_ref().is_some_and(|after| after.parse::<u64>().is_ok())
            && !self.body.contains("verdict");
        if !good {
            bail!("not a plain 503: {self:?}");
        }
        Ok(())
    }
}

/// As the app's gateway reads answers, with the same code.
async fn meaning(answered: reqwest::Response) -> Result<String, SyncError> {
    let status = answered.status().as_u16();
    let header = |name| answered.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = header(header::CONTENT_TYPE).unwrap_or_default().to_owned();
    let hint = header(header::RETRY_AFTER).and_then(answer::retry_after);
    let body = answered.bytes().await.map_err(lost)?;
    answer::meaning(status, hint, &media_type, String::from_utf8_lossy(&body).into_owned())
}

fn lost(reason: impl std::fmt::Display) -> SyncError {
    SyncError::Offline(reason.to_string())
}

impl Remote for Gateway {
    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        self.post("/push", push).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError> {
        let request = self.request(Method::GET, "/changes");
        let request = match cursor {
            Some(cursor) => request.query(&[("cursor", cursor)]),
            None => request,
        };
        answer::read(&meaning(request.send().await.map_err(lost)?).await?)
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        let value = self.get("/snapshot").await?;
        Manifest::from_json(&value).map(Some).map_err(lost)
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        let request = self.request(Method::GET, &format!("/snapshot/{hash}"));
        meaning(request.send().await.map_err(lost)?).await
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        let nonce = uuid::Uuid::new_v4().to_string();
        let probe: Probe = self.get(&format!("/probe?nonce={nonce}")).await?;
        if probe.nonce == nonce { Ok(probe) } else { Err(lost("the nonce is another one")) }
    }
}
