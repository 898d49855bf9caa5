//! Why an operation of the database failed.

use model::wire::EditResult;

use super::WAITING;

/// Why an operation of the database failed. None of them means that something was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// More writes wait than are accepted.
    #[error("{WAITING} writes are waiting already; try again in a few seconds")]
    Busy,
    /// Other writers were in the way again and again.
    #[error("other writers were in the way: {0}; try again in a few seconds")]
    Contended(String),
    /// The disk is full or broken, the database is away, or somebody else has it locked.
    #[error(
        "the database cannot be written or read: {0}; check that it runs, and its disk's space \
         and health"
    )]
    Unavailable(String),
    /// The database holds what this program did not write.
    #[error("the database holds something unreadable in {what}: {detail}")]
    Corrupt {
        /// Where.
        what: String,
        /// What about it.
        detail: String,
    },
    /// The database is from a newer program, or is none.
    #[error("the database cannot be opened: {0}; use the program that wrote it, or a newer one")]
    Unusable(String),
    /// The database does not let this program in, or is set up so that it may lose what it
    /// confirmed.
    #[error("the database is not set up for this program: {0}")]
    NotSetUp(String),
    /// This kind of database has a tool of its own for that.
    #[error("{0}")]
    ElsewhereDone(String),
    /// Edits that go together did not all succeed. What each came to.
    #[error("one of the edits could not be carried out, so none was")]
    Undone(Vec<EditResult>),
    /// A fault of this program.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl StoreError {
    pub(super) fn corrupt(what: &str, detail: impl std::fmt::Display) -> Self {
        Self::Corrupt { what: what.to_owned(), detail: detail.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error;
        match &error {
            Error::Database(fault) => {
                let code = fault.code().unwrap_or_default();
                let message = fault.message().to_owned();
                if fault.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
                    of_postgres(&code, message)
                } else {
                    of_sqlite(&code, message)
                }
            }
            Error::Io(_)
            | Error::Tls(_)
            | Error::PoolTimedOut
            | Error::PoolClosed
            | Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            Error::Configuration(_) => Self::NotSetUp(error.to_string()),
            _ => Self::Statement(error.to_string()),
        }
    }
}

/// SQLite's extended result codes: the low byte says what kind of fault it is.
fn of_sqlite(code: &str, message: String) -> StoreError {
    match code.parse::<i32>().unwrap_or(0) & 0xff {
        // BUSY LOCKED NOMEM READONLY INTERRUPT IOERR FULL CANTOPEN PROTOCOL
        5 | 6 | 7 | 8 | 9 | 10 | 13 | 14 | 15 => StoreError::Unavailable(message),
        // CORRUPT NOTADB
        11 | 26 => StoreError::Unusable(message),
        _ => StoreError::Statement(message),
    }
}

/// PostgreSQL's SQLSTATE: the first two characters are the class of the fault.
fn of_postgres(code: &str, message: String) -> StoreError {
    match code {
        // A serialization failure, a deadlock, a lock that was not to be had.
        "40001" | "40P01" | "55P03" => StoreError::Contended(message),
        // A write to a standby: the primary is elsewhere by now.
        "25006" => StoreError::Unavailable(message),
        // No such database, or no right to its tables.
        "3D000" | "42501" => StoreError::NotSetUp(format!(
            "{message}; create the database and give the account all rights to it"
        )),
        // Damaged pages.
        "XX001" | "XX002" => StoreError::Unusable(message),
        _ => match code.get(..2) {
            Some("28") => {
                StoreError::NotSetUp(format!("{message}; check name and password in the URL"))
            }
            // Connection, resources (a full disk too), operator, system, transaction state
            // after any of those.
            Some("08" | "53" | "57" | "58") => StoreError::Unavailable(message),
            _ => StoreError::Statement(message),
        },
    }
}
