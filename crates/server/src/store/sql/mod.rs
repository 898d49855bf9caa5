//! The statements of [`crate::store::tx`] in SQL that SQLite and PostgreSQL both speak.
//!
//! This directory is compiled twice, once below `sqlite` and once below `postgres`. The module
//! above says by `Conn` and `Row` which database it is, and brings the two operations that
//! each does in its own way: `lock` and `insert_submissions`. So a statement stands here once,
//! and the parameters are `$1` for both.

mod accounts;
mod answer_themes;
mod catalogue;
mod drafts;
mod edits;
mod history;
mod submissions;

use model::Key;
use serde::de::DeserializeOwned;

use super::{Conn, Row};
use crate::store::{Scope, StoreError};

/// An open transaction.
pub(super) struct SqlTx<'c> {
    conn: &'c mut Conn,
    known: &'c mut Known,
}

/// What a transaction need not ask again, for the way to the database costs time.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The scopes it has locked.
    locked: Vec<Scope>,
    /// The history's name, once it was asked for under a lock, which keeps it as it is.
    epoch: Option<String>,
}

impl Known {
    /// Of a transaction that has locked `scope`.
    pub(super) fn locked(scope: Scope) -> Self {
        Self { locked: vec![scope], epoch: None }
    }
}

impl<'c> SqlTx<'c> {
    /// On a connection that is in a transaction, of which `known` tells.
    pub(super) fn on(conn: &'c mut Conn, known: &'c mut Known) -> Self {
        Self { conn, known }
    }
}

/// The integers of both databases are signed; our counters never come near the difference.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Reads JSON that this program wrote.
fn stored_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, error))
}

fn stored_key(what: &str, text: &str) -> Result<Key, StoreError> {
    Key::parse(text).ok_or_else(|| StoreError::corrupt(what, "not a key"))
}

/// JSON for a column. Our own types always serialise.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Statement(error.to_string()))
}
