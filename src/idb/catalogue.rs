//! The catalogue in IndexedDB, and the tablet's own settings beside it.

use indexed_db_futures::{
    BuildPrimitive, KeyRange,
    database::Database,
    error::Error,
    prelude::{Build, QuerySource},
    transaction::{Transaction, TransactionMode},
};
use model::{Record, json, wire::Changes};
use sync::{Catalogue, StorageError};
use wasm_bindgen::JsValue;

use super::connection::{Connection, Schema, failed};

const RECORDS: &str = "records";
const META: &str = "meta";
const CURSOR: &str = "cursor";

/// The catalogue in IndexedDB. Each record is one JSON text under `collection/id`, so fields
/// and collections of a newer server come back as they were sent.
pub struct IdbCatalogue {
    connection: Connection,
}

impl IdbCatalogue {
    /// The catalogue of this site, or one of another name for tests.
    pub fn new(name: &'static str) -> Self {
        Self { connection: Connection::new(Schema { name, version: 1, upgrade }) }
    }

    /// A setting of this tablet; `None` if it was never set.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StorageError> {
        self.connection
            .transact(&[META], TransactionMode::Readonly, async |transaction| {
                meta(transaction, name).await
            })
            .await
    }

    /// Applies a page; where `after` is given, only if that is the stored cursor. Looking and writing are one
    /// transaction, for another tab may pull at the same time.
    async fn apply(
        &self,
        after: Option<Option<&str>>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        self.connection
            .transact(&[RECORDS, META], TransactionMode::Readwrite, async |transaction| {
                if let Some(since) = after
                    && meta(transaction, CURSOR).await?.as_deref() != since
                {
                    return Ok(false);
                }
                let store = transaction.object_store(RECORDS).map_err(failed)?;
                if page.fresh {
                    store.clear().map_err(failed)?;
                }
                for record in &page.records {
                    let key = format!("{}/{}", record.collection, record.id);
                    if !page.fresh {
                        let range = KeyRange::Only(key.clone());
                        let stored = store.get::<JsValue, String, _>(range).primitive();
                        let stored = stored.map_err(failed)?.await.map_err(failed)?;
                        let stored = stored.and_then(|value| read(&value));
                        if stored.is_some_and(|stored| stored.seq >= record.seq) {
                            continue;
                        }
                    }
                    let text = json::write(record)
                        .map_err(|error| StorageError::Failed(error.to_string()))?;
                    store.put(text).with_key(key).primitive().map_err(failed)?;
                }
                set_meta(transaction, CURSOR, &page.cursor)?;
                Ok(true)
            })
            .await
    }

    /// Sets a setting of this tablet.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StorageError> {
        self.connection
            .transact(&[META], TransactionMode::Readwrite, async |transaction| {
                set_meta(transaction, name, value)
            })
            .await
    }
}

/// The numbered upgrades. A new version gets a new arm; old arms never change.
fn upgrade(database: &Database, to: u8) -> Result<(), Error> {
    if to == 1 {
        database.create_object_store(RECORDS).build()?;
        database.create_object_store(META).build()?;
    }
    Ok(())
}

async fn meta(transaction: &Transaction<'_>, name: &str) -> Result<Option<String>, StorageError> {
    let store = transaction.object_store(META).map_err(failed)?;
    let key = KeyRange::Only(name.to_owned());
    store.get::<String, String, _>(key).primitive().map_err(failed)?.await.map_err(failed)
}

fn set_meta(transaction: &Transaction<'_>, name: &str, value: &str) -> Result<(), StorageError> {
    let store = transaction.object_store(META).map_err(failed)?;
    let request = store.put(value.to_owned()).with_key(name.to_owned()).primitive();
    request.map_err(failed).map(drop)
}

fn read(value: &JsValue) -> Option<Record> {
    json::read(&value.as_string()?).ok()
}

impl Catalogue for IdbCatalogue {
    async fn cursor(&self) -> Result<Option<String>, StorageError> {
        self.setting(CURSOR).await
    }

    async fn apply_page(&self, page: &Changes) -> Result<(), StorageError> {
        self.apply(None, page).await.map(drop)
    }

    async fn apply_page_after(
        &self,
        since: Option<&str>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        self.apply(Some(since), page).await
    }

    async fn records(&self) -> Result<Vec<Record>, StorageError> {
        self.connection
            .transact(&[RECORDS], TransactionMode::Readonly, async |transaction| {
                let store = transaction.object_store(RECORDS).map_err(failed)?;
                let values = store.get_all::<JsValue>().await.map_err(failed)?;
                // A record that cannot be read is left out: the next full fetch mends it.
                Ok(values
                    .filter_map(|value| read(&value.ok()?))
                    .filter(|record| !record.deleted)
                    .collect())
            })
            .await
    }
}
