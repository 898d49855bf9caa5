//! The catalogue in IndexedDB, and the tablet's own settings beside it.
//!
//! What a tablet shows is the *base*, the segments of the last snapshot as they came, with the records of the changes
//! since on top. So switching in a snapshot writes a list of names, and not ten thousand records; and the start of the
//! app reads some hundred values and not ten thousand.

use indexed_db_futures::{
    BuildPrimitive, KeyRange,
    database::Database,
    error::Error,
    object_store::ObjectStore,
    prelude::{Build, QuerySource},
    transaction::{Transaction, TransactionDurability, TransactionMode},
};
use model::{Hash, Record, json, segment, snapshot::Manifest, wire::Changes};
use sync::{Catalogue, StorageError};
use wasm_bindgen::JsValue;

use super::connection::{Connection, Schema, failed};

/// Records that changed since the base, each one JSON text under `collection/id`.
const RECORDS: &str = "records";
/// Segments in use or staged, each its text under its hash.
const SEGMENTS: &str = "segments";
const META: &str = "meta";
const CURSOR: &str = "cursor";
/// The names of the segments in use, with spaces between.
const BASE: &str = "base";

/// The catalogue in IndexedDB. Fields and collections of a newer server come back as they were sent.
pub struct IdbCatalogue {
    connection: Connection,
}

impl IdbCatalogue {
    /// The catalogue of this site, or one of another name for tests.
    pub fn new(name: &'static str) -> Self {
        // What a power cut takes is fetched again.
        let durability = TransactionDurability::Relaxed;
        Self { connection: Connection::new(Schema { name, version: 2, durability, upgrade }) }
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

    async fn write<T>(
        &self,
        work: impl AsyncFn(&Transaction<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let stores = [RECORDS, SEGMENTS, META];
        self.connection.transact(&stores, TransactionMode::Readwrite, work).await
    }

    /// Applies a page, if `since` is none or names the stored cursor.
    async fn apply(
        &self,
        since: Option<Option<&str>>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        self.write(async |transaction| {
            if let Some(since) = since
                && meta(transaction, CURSOR).await?.as_deref() != since
            {
                return Ok(false);
            }
            let store = transaction.object_store(RECORDS).map_err(failed)?;
            if page.fresh {
                store.clear().map_err(failed)?;
                transaction.object_store(SEGMENTS).and_then(|it| it.clear()).map_err(failed)?;
                set_meta(transaction, BASE, "")?;
            }
            for record in &page.records {
                let key = key_of(record);
                if !page.fresh {
                    let stored = get(&store, &key).await?.and_then(|value| read(&value));
                    if stored.is_some_and(|stored| stored.seq >= record.seq) {
                        continue;
                    }
                }
                let text =
                    json::write(record).map_err(|error| StorageError::Failed(error.to_string()))?;
                put(&store, &key, &text)?;
            }
            set_meta(transaction, CURSOR, &page.cursor)?;
            Ok(true)
        })
        .await
    }

    /// Forgets the cursor and the segments that cannot be read, so that the next round fetches these again.
    async fn mend(&self, broken: &[String]) -> Result<(), StorageError> {
        self.write(async |transaction| {
            let segments = transaction.object_store(SEGMENTS).map_err(failed)?;
            broken.iter().try_for_each(|name| delete(&segments, name))?;
            let meta = transaction.object_store(META).map_err(failed)?;
            delete(&meta, CURSOR)
        })
        .await
    }
}

/// The numbered upgrades. A new version gets a new arm; old arms never change.
fn upgrade(database: &Database, to: u8) -> Result<(), Error> {
    match to {
        1 => {
            database.create_object_store(RECORDS).build()?;
            database.create_object_store(META).build()?;
        }
        // What version 1 has stored lies on an empty base.
        2 => drop(database.create_object_store(SEGMENTS).build()?),
        _ => {}
    }
    Ok(())
}

fn key_of(record: &Record) -> String {
    format!("{}/{}", record.collection, record.id)
}

fn read(value: &JsValue) -> Option<Record> {
    json::read(&value.as_string()?).ok()
}

async fn get(store: &ObjectStore<'_>, key: &str) -> Result<Option<JsValue>, StorageError> {
    let key = KeyRange::Only(key.to_owned());
    store.get::<JsValue, String, _>(key).primitive().map_err(failed)?.await.map_err(failed)
}

/// The request is not awaited: the transaction's completion tells how it went.
fn put(store: &ObjectStore<'_>, key: &str, text: &str) -> Result<(), StorageError> {
    store.put(text.to_owned()).with_key(key.to_owned()).primitive().map_err(failed).map(drop)
}

fn delete(store: &ObjectStore<'_>, key: &str) -> Result<(), StorageError> {
    let key = KeyRange::Only(key.to_owned());
    store.delete::<String, _>(key).primitive().map_err(failed).map(drop)
}

async fn keys(store: &ObjectStore<'_>) -> Result<Vec<String>, StorageError> {
    let keys = store.get_all_keys::<JsValue>().await.map_err(failed)?;
    Ok(keys.filter_map(|key| key.ok()?.as_string()).collect())
}

async fn values(store: &ObjectStore<'_>) -> Result<Vec<JsValue>, StorageError> {
    let values = store.get_all::<JsValue>().await.map_err(failed)?;
    Ok(values.map(|value| value.unwrap_or_default()).collect())
}

async fn meta(transaction: &Transaction<'_>, name: &str) -> Result<Option<String>, StorageError> {
    let store = transaction.object_store(META).map_err(failed)?;
    Ok(get(&store, name).await?.and_then(|value| value.as_string()))
}

fn set_meta(transaction: &Transaction<'_>, name: &str, value: &str) -> Result<(), StorageError> {
    put(&transaction.object_store(META).map_err(failed)?, name, value)
}

fn names(manifest: &Manifest) -> Vec<String> {
    manifest.segments.iter().map(|part| part.hash.to_string()).collect()
}

/// What is stored: what can be shown, and what cannot be read.
#[derive(Default)]
struct Found {
    records: Vec<Record>,
    /// The names of segments in use.
    broken: Vec<String>,
    /// Whether a changed record cannot be read.
    damaged: bool,
}

async fn find(transaction: &Transaction<'_>) -> Result<Found, StorageError> {
    let mut found = Found::default();
    let store = transaction.object_store(RECORDS).map_err(failed)?;
    // Both come in the order of the keys.
    let (names, texts) = (keys(&store).await?, values(&store).await?);
    let mut changed: Vec<_> = texts.iter().map(read).collect();
    found.damaged = changed.iter().any(Option::is_none);
    let base = meta(transaction, BASE).await?.unwrap_or_default();
    if !base.is_empty() {
        let store = transaction.object_store(SEGMENTS).map_err(failed)?;
        let (keys, values) = (keys(&store).await?, values(&store).await?);
        for name in base.split(' ') {
            let value = keys.iter().position(|key| key == name).and_then(|at| values.get(at));
            let text = value.and_then(JsValue::as_string);
            let Some(Ok(records)) = text.map(|text| segment::decode(&text)) else {
                found.broken.push(name.to_owned());
                continue;
            };
            for record in records {
                let change = names.binary_search(&key_of(&record));
                let change = change.ok().and_then(|at| changed.get_mut(at));
                if let Some(change) = change {
                    if change.as_ref().is_some_and(|change| change.seq > record.seq) {
                        continue;
                    }
                    *change = None;
                }
                found.records.push(record);
            }
        }
    }
    found.records.extend(changed.into_iter().flatten());
    found.records.retain(|record| !record.deleted);
    Ok(found)
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

    async fn staged(&self, manifest: &Manifest) -> Result<Vec<Hash>, StorageError> {
        let wanted = names(manifest);
        self.write(async |transaction| {
            let base = meta(transaction, BASE).await?.unwrap_or_default();
            let store = transaction.object_store(SEGMENTS).map_err(failed)?;
            let mut here = Vec::new();
            for key in keys(&store).await? {
                if wanted.contains(&key) {
                    here.extend(Hash::parse(&key));
                } else if !base.split(' ').any(|name| name == key) {
                    delete(&store, &key)?;
                }
            }
            Ok(here)
        })
        .await
    }

    async fn stage_segment(&self, hash: Hash, text: &str) -> Result<(), StorageError> {
        self.write(async |transaction| {
            let store = transaction.object_store(SEGMENTS).map_err(failed)?;
            put(&store, &hash.to_string(), text)
        })
        .await
    }

    async fn switch_in(
        &self,
        since: Option<&str>,
        manifest: &Manifest,
    ) -> Result<bool, StorageError> {
        let wanted = names(manifest);
        self.write(async |transaction| {
            let store = transaction.object_store(SEGMENTS).map_err(failed)?;
            let here = keys(&store).await?;
            if meta(transaction, CURSOR).await?.as_deref() != since
                || !wanted.iter().all(|name| here.contains(name))
            {
                return Ok(false);
            }
            for key in here.iter().filter(|key| !wanted.contains(key)) {
                delete(&store, key)?;
            }
            transaction.object_store(RECORDS).and_then(|it| it.clear()).map_err(failed)?;
            set_meta(transaction, BASE, &wanted.join(" "))?;
            set_meta(transaction, CURSOR, &manifest.cursor)?;
            Ok(true)
        })
        .await
    }

    async fn records(&self) -> Result<Vec<Record>, StorageError> {
        let stores = [RECORDS, SEGMENTS, META];
        let found = self.connection.transact(&stores, TransactionMode::Readonly, find).await?;
        if found.damaged || !found.broken.is_empty() {
            // What can be read is shown all the same; the next round may mend it, or the one after.
            let _ = self.mend(&found.broken).await;
        }
        Ok(found.records)
    }
}
