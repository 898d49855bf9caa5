//! What staff's programs do: signing in over HTTP and fetching the exports.

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::server::{PASSWORD, Server};

/// A signed-in program.
pub struct Client {
    base: String,
    cookie: String,
    http: reqwest::Client,
}

impl Client {
    /// Signs in as `admin`.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn sign_in(server: &Server) -> Result<Self> {
        let http = reqwest::Client::new();
        let body = json!({ "name": "admin", "password": PASSWORD });
        let address = server.url("/api/v1/session");
        let answer = http.post(address).json(&body).send().await?.error_for_status()?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { base: server.url(""), cookie, http })
    }

    /// Asks for a path below `/api/v1` and gives the body's bytes.
    ///
    /// # Errors
    /// If the answer is no success.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        Ok(self.request(Method::GET, path, None).await?.bytes().await?.to_vec())
    }

    /// Sends JSON to a path below `/api/v1` and gives the JSON that comes back.
    ///
    /// # Errors
    /// If the answer is no success, or no JSON.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        Ok(self.request(method, path, Some(body)).await?.json().await?)
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<reqwest::Response> {
        let address = format!("{}/api/v1{path}", self.base);
        let request = self.http.request(method, &address).header(header::COOKIE, &self.cookie);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await?;
        if !answer.status().is_success() {
            let status = answer.status();
            bail!("{address} answered {status}: {}", answer.text().await?);
        }
        Ok(answer)
    }

    /// An export as a table.
    ///
    /// # Errors
    /// If it is no CSV, or has no byte order mark: a spreadsheet would spoil its accents.
    pub async fn table(&self, path: &str) -> Result<Table> {
        let bytes = self.bytes(path).await?;
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF");
        ensure!(text.is_some(), "{path} does not begin with a byte order mark");
        let mut reader = csv::Reader::from_reader(text.unwrap_or_default());
        let columns = reader.headers()?.iter().map(str::to_owned).collect();
        let rows =
            reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect()));
        Ok(Table { columns, rows: rows.collect::<Result<_, _>>()? })
    }
}

/// A CSV file's cells.
#[derive(Debug)]
pub struct Table {
    /// The heading row.
    pub columns: Vec<String>,
    /// The other rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// One column from top to bottom.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn column(&self, name: &str) -> Result<Vec<&str>> {
        let at = self.columns.iter().position(|column| column == name);
        let at = at.with_context(|| format!("there is no column {name}: {:?}", self.columns))?;
        Ok(self.rows.iter().map(|row| row.get(at).map_or("", String::as_str)).collect())
    }
}
