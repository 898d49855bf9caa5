//! A connection that writes in one scope.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{Connection as _, PgPool};

use super::{
    Conn,
    hosts::Hosts,
    sql::{Known, SqlTx},
};
use crate::store::{Job, Scope, StoreError, writer::Connection};

/// One step of a transaction that writes pushes. Past it the host is taken for dead, or for a
/// primary whose standby is gone: no request waits that long.
const CAPTURE_TIME: Duration = Duration::from_secs(30);
/// The same for the catalogue, where an import of tens of thousands of records is one step.
const PUBLIC_TIME: Duration = Duration::from_secs(600);

/// The writing connection of a scope, made when it is first needed and again when it broke.
pub(super) struct Pen {
    scope: Scope,
    hosts: Arc<Hosts>,
    /// Told of the primary when it is found anew.
    readers: PgPool,
    conn: Option<Conn>,
    known: Known,
}

impl Pen {
    pub(super) fn new(scope: Scope, hosts: Arc<Hosts>, readers: PgPool) -> Self {
        Self { scope, hosts, readers, conn: None, known: Known::default() }
    }

    fn time(&self) -> Duration {
        match self.scope {
            Scope::Capture => CAPTURE_TIME,
            Scope::Public => PUBLIC_TIME,
        }
    }

    fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        self.conn.as_mut().ok_or_else(|| {
            StoreError::Unavailable("the connection to the database broke".to_owned())
        })
    }

    async fn say(&mut self, statements: &'static str) -> Result<(), StoreError> {
        let time = self.time();
        let conn = self.conn()?;
        let saying = async { Ok(sqlx::raw_sql(statements).execute(conn).await?) };
        let said = tokio::time::timeout(time, saying).await.unwrap_or_else(|_| Err(no_answer()));
        self.after(said.map(|_| ()))
    }

    /// Lets go of a connection that failed: what it would answer next, nobody knows.
    fn after(&mut self, outcome: Result<(), StoreError>) -> Result<(), StoreError> {
        if matches!(outcome, Err(StoreError::Unavailable(_))) {
            self.conn = None;
        }
        outcome
    }
}

fn no_answer() -> StoreError {
    StoreError::Unavailable("the database does not answer".to_owned())
}

#[async_trait]
impl Connection for Pen {
    async fn begin(&mut self) -> Result<(), StoreError> {
        self.known = Known::locked(self.scope);
        // The lock comes with the beginning: whoever waits here has read nothing yet that
        // could be old by the time it has the lock.
        let begin = match self.scope {
            Scope::Capture => "BEGIN; SELECT FROM scopes WHERE scope = 'capture' FOR NO KEY UPDATE",
            Scope::Public => "BEGIN; SELECT FROM scopes WHERE scope = 'public' FOR NO KEY UPDATE",
        };
        if self.conn.is_some() {
            match self.say(begin).await {
                // The host went away since the last time; there may be another.
                Err(StoreError::Unavailable(why)) => tracing::warn!(why, "connecting anew"),
                other => return other,
            }
        }
        let (conn, options) = self.hosts.connect().await?;
        self.conn = Some(conn);
        self.readers.set_connect_options(options);
        self.say(begin).await
    }

    async fn mark(&mut self) -> Result<(), StoreError> {
        self.say("SAVEPOINT job").await
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        self.say("RELEASE job").await
    }

    async fn undo(&mut self) -> Result<(), StoreError> {
        // The locks that were taken since the savepoint go with it.
        self.known = Known::locked(self.scope);
        self.say("ROLLBACK TO job; RELEASE job").await
    }

    async fn run(&mut self, job: &dyn Job) -> Result<(), StoreError> {
        let time = self.time();
        let Some(conn) = self.conn.as_mut() else { return Err(no_answer()) };
        let mut tx = SqlTx::on(conn, &mut self.known);
        let ran = tokio::time::timeout(time, job.run(&mut tx)).await;
        self.after(ran.unwrap_or_else(|_| Err(no_answer())))
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        // Of a transaction in which a statement failed, PostgreSQL takes the word to commit
        // without complaint, and rolls it back. The empty query complains.
        self.say("SELECT; COMMIT").await
    }

    async fn roll_back(&mut self) {
        if self.conn.is_some() && self.say("ROLLBACK").await.is_err() {
            self.conn = None;
        }
    }

    async fn close(self: Box<Self>) {
        if let Some(conn) = self.conn {
            let _ = conn.close().await;
        }
    }
}
