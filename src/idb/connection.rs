//! A connection to one database and its whole transactions.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use indexed_db_futures::{
    Build,
    database::{Database, VersionChangeEvent},
    error::{DomException, Error, OpenDbError},
    transaction::{
        Transaction, TransactionDurability, TransactionFinishKind, TransactionMode,
        TransactionOptions,
    },
};
use sync::StorageError;
use wasm_bindgen_futures::spawn_local;

/// How a database is made: its name, its version and the step to each version.
pub struct Schema {
    /// The database's name.
    pub name: &'static str,
    /// The newest version.
    pub version: u8,
    /// Whether a write must outlast a power cut (`strict`) or only the browser (`relaxed`), which waits for no disk:
    /// enough for what can be fetched again.
    pub durability: TransactionDurability,
    /// Brings a database from the version before to the given one.
    pub upgrade: fn(&Database, to: u8) -> Result<(), Error>,
}

/// A connection that opens itself, closes for a newer app in another tab, and opens again if
/// the browser closed it (as iOS does to pages in the background).
pub struct Connection {
    schema: Schema,
    open: Rc<RefCell<Option<Database>>>,
}

impl Connection {
    /// A connection to the database of `schema`, not yet open.
    pub fn new(schema: Schema) -> Self {
        Self { schema, open: Rc::default() }
    }

    async fn database(&self) -> Result<Database, StorageError> {
        if let Some(database) = self.open.borrow().as_ref() {
            return Ok(database.clone());
        }
        let Schema { name, version, upgrade, .. } = self.schema;
        let on_upgrade = move |event: VersionChangeEvent, database: Database| {
            let from = event.old_version() as u8;
            (from + 1..=version).try_for_each(|to| upgrade(&database, to))
        };
        let database = Database::open(name)
            .with_version(version)
            .with_on_upgrade_needed(on_upgrade)
            .build()
            .map_err(opening)?
            .await
            .map_err(opening)?;
        self.close_when_asked(&database);
        *self.open.borrow_mut() = Some(database.clone());
        Ok(database)
    }

    /// Another tab with a newer app waits until this connection is closed.
    fn close_when_asked(&self, database: &Database) {
        let Ok(mut changes) = database.version_changes() else { return };
        let open = Rc::clone(&self.open);
        let database = database.clone();
        spawn_local(async move {
            if changes.recv().await.is_some() {
                open.borrow_mut().take();
                database.close();
            }
        });
    }

    /// Runs `work` in one transaction over `stores` and waits until it has completed: only
    /// then is anything stored.
    ///
    /// # Errors
    /// The cause of the abort; nothing was changed then.
    pub async fn transact<T>(
        &self,
        stores: &[&str],
        mode: TransactionMode,
        work: impl AsyncFn(&Transaction<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let work = Told { work, result: RefCell::new(None) };
        self.complete(stores, mode, &work).await?;
        let result = work.result.take();
        result.ok_or_else(|| StorageError::Failed("the transaction did nothing".to_owned()))
    }

    /// The same for work of any kind, so that its code is there once and not for each.
    async fn complete(
        &self,
        stores: &[&str],
        mode: TransactionMode,
        work: &dyn Work,
    ) -> Result<(), StorageError> {
        let mut retried = false;
        loop {
            let database = self.database().await?;
            let options = TransactionOptions::new().with_durability(self.schema.durability);
            let begun =
                database.transaction(stores.to_vec()).with_mode(mode).with_options(options).build();
            let transaction = match begun {
                Ok(transaction) => transaction,
                Err(Error::DomException(DomException::InvalidStateError(_))) if !retried => {
                    retried = true;
                    self.open.borrow_mut().take();
                    continue;
                }
                Err(error) => return Err(failed(error)),
            };
            let done = transaction.on_done().map_err(failed)?;
            work.run(&transaction).await?;
            // Not `commit()`: that consumes the transaction, and its error would be lost.
            return match done.await {
                TransactionFinishKind::Ok => Ok(()),
                _ => Err(transaction.error().map_or_else(
                    || StorageError::Failed("the transaction was aborted".to_owned()),
                    failed,
                )),
            };
        }
    }
}

/// What is done in a transaction.
trait Work {
    fn run<'a>(&'a self, transaction: &'a Transaction<'a>) -> Running<'a>;
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), StorageError>> + 'a>>;

/// Work that has a result.
struct Told<T, W> {
    work: W,
    result: RefCell<Option<T>>,
}

impl<T, W: AsyncFn(&Transaction<'_>) -> Result<T, StorageError>> Work for Told<T, W> {
    fn run<'a>(&'a self, transaction: &'a Transaction<'a>) -> Running<'a> {
        Box::pin(async move {
            let result = (self.work)(transaction).await?;
            self.result.replace(Some(result));
            Ok(())
        })
    }
}

fn opening(error: OpenDbError) -> StorageError {
    match error {
        OpenDbError::Base(error) => match failed(error) {
            StorageError::Failed(_) => StorageError::Unavailable,
            other => other,
        },
        _ => StorageError::Unavailable,
    }
}

/// A database error in the words of [`StorageError`].
pub fn failed(error: Error) -> StorageError {
    let quota = matches!(
        &error,
        Error::DomException(DomException::Other(other)) if other.name() == "QuotaExceededError"
    );
    if quota { StorageError::Full } else { StorageError::Failed(error.to_string()) }
}
