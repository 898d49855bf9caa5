//! The outbox in IndexedDB.
//!
//! **Invariant: the schema below never changes.** Answers of real people lie in it on tablets
//! that may not be switched on for months. A value is a pair: a small envelope as JSON text,
//! and opaque bytes, so encryption can slot in without a migration.

use std::{cell::RefCell, collections::BTreeMap};

use futures::future::try_join;
use indexed_db_futures::{
    BuildPrimitive, KeyRange,
    database::Database,
    error::Error,
    object_store::ObjectStore,
    prelude::{Build, QuerySource},
    transaction::{Transaction, TransactionDurability::Strict, TransactionMode},
};
use js_sys::{Array, Uint8Array};
use model::{Hash, Problem, SubmissionId, json, submission::Sealed, time::Millis, wire::Ack};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sync::{Corrupt, Entry, EntryState, Outbox, Overview, Refusal, StorageError};
use wasm_bindgen::{JsCast, JsValue};

use super::connection::{Connection, Schema, failed};

const ENTRIES: &str = "entries";
const RECEIPTS: &str = "receipts";
const META: &str = "meta";
const EPOCH: &str = "epoch";
const ROOM: &str = "room";

/// The envelope of an entry. New fields must have defaults. A refused entry has problems.
#[derive(Serialize, Deserialize)]
struct EntryEnvelope {
    hash: Hash,
    saved_at: Millis,
    state: State,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
}

/// [`EntryState`] as its name.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Refused,
}

impl EntryEnvelope {
    fn new(hash: Hash, saved_at: Millis, state: EntryState) -> Self {
        let (state, problems) = match state {
            EntryState::Waiting => (State::Waiting, Vec::new()),
            EntryState::Refused { problems } => (State::Refused, problems),
        };
        Self { hash, saved_at, state, problems }
    }
}

/// The envelope of a receipt. New fields must have defaults.
#[derive(Serialize, Deserialize)]
struct ReceiptEnvelope {
    ack: Ack,
    received_at: Millis,
}

/// The outbox in IndexedDB.
pub struct IdbOutbox {
    connection: Connection,
    /// Of the entries that were read to be sent the hash, and the bytes as the storage has them: a receipt takes them
    /// over, and to read them once more would be a third of the time. Under one id the bytes never change.
    read: RefCell<BTreeMap<String, (Hash, JsValue)>>,
}

impl IdbOutbox {
    /// The outbox of this site, or one of another name for tests.
    pub fn new(name: &'static str) -> Self {
        let upgrade = |database: &Database, _: u8| {
            for store in [ENTRIES, RECEIPTS, META] {
                database.create_object_store(store).build()?;
            }
            Ok::<_, Error>(())
        };
        let connection = Connection::new(Schema { name, version: 1, durability: Strict, upgrade });
        Self { connection, read: RefCell::default() }
    }

    /// The keys of what cannot be read, each with as much of its bytes as is text.
    ///
    /// # Errors
    /// If the storage fails as a whole.
    pub async fn raw_corrupt(&self) -> Result<Vec<(String, String)>, StorageError> {
        self.connection
            .transact(&[ENTRIES], TransactionMode::Readonly, async |transaction| {
                let store = transaction.object_store(ENTRIES).map_err(failed)?;
                let rows = read_all(&store).await?;
                Ok(rows
                    .into_iter()
                    .filter(|(key, value)| read_entry(key, value).is_err())
                    .map(|(key, value)| (key, describe(&value)))
                    .collect())
            })
            .await
    }
}

impl IdbOutbox {
    /// Writes as much as a long submission needs and takes it away again: a browser that is full
    /// or only pretends to store fails here.
    ///
    /// # Errors
    /// Why nothing can be saved.
    pub async fn try_to_write(&self) -> Result<(), StorageError> {
        for room in [model::limits::TEXT_CHARS, 0] {
            self.write(async |transaction| {
                let meta = transaction.object_store(META).map_err(failed)?;
                put(&meta, ROOM, &JsValue::from_str(&"-".repeat(room)))
            })
            .await?;
        }
        Ok(())
    }
}

impl Outbox for IdbOutbox {
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        let key = sealed.id.to_string();
        let envelope = EntryEnvelope::new(sealed.hash, now, EntryState::Waiting);
        let value = pair(&envelope, Some(&sealed.bytes))?;
        // A new id is what nearly always comes: both requests go out at once, and either a known
        // entry or a receipt undoes the transaction.
        let added = self
            .connection
            .transact(&[ENTRIES, RECEIPTS], TransactionMode::Readwrite, async |transaction| {
                let entries = transaction.object_store(ENTRIES).map_err(failed)?;
                let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
                let range = KeyRange::Only(key.clone());
                let receipt = receipts.get_key::<String, _>(range).primitive().map_err(failed)?;
                let add = entries.add(value.clone()).with_key(key.clone()).primitive();
                add.map_err(failed).map(drop)?;
                let receipt: Option<String> = receipt.await.map_err(failed)?;
                if receipt.is_some() { Err(StorageError::Taken) } else { Ok(()) }
            })
            .await;
        match added {
            Ok(()) | Err(StorageError::Full) => added,
            Err(_) => self.enqueue_known(sealed, now).await,
        }
    }

    async fn next_batch(
        &self,
        after: Option<SubmissionId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StorageError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        if after.is_none() {
            self.read.take();
        }
        self.connection
            .transact(&[ENTRIES], TransactionMode::Readonly, async |transaction| {
                let store = transaction.object_store(ENTRIES).map_err(failed)?;
                let mut waiting: Vec<Entry> = Vec::new();
                let mut range = after.map_or_else(all, |after| behind(&after.to_string()));
                loop {
                    let rows = read_range(&store, range, limit).await?;
                    let last = rows.last().filter(|_| rows.len() == limit as usize);
                    let next = last.map(|(key, _)| behind(key));
                    for (key, value) in rows {
                        let entry = read_entry(&key, &value).ok();
                        let entry = entry.filter(|entry| entry.state == EntryState::Waiting);
                        let Some(entry) = entry else { continue };
                        self.read.borrow_mut().extend(kept(key, &value, entry.hash));
                        waiting.push(entry);
                    }
                    // What was refused, or cannot be read, lies among what waits.
                    match next.filter(|_| waiting.len() < limit as usize) {
                        Some(next) => range = next,
                        None => break,
                    }
                }
                waiting.truncate(limit as usize);
                Ok(waiting)
            })
            .await
    }

    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError> {
        self.write(async |transaction| {
            let meta = transaction.object_store(META).map_err(failed)?;
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            // A batch lies in one piece nearly always. To look at it, and to delete it, as a range are two requests in
            // place of two for each entry, and each request costs a browser as much as the entry.
            let ids = acks.iter().map(|ack| ack.id).chain(refusals.iter().map(|it| it.id));
            let Some((first, last)) = ends(ids) else { return Ok(()) };
            let range = KeyRange::Bound(first.into(), false, last.into(), false);
            let here = entries.get_all_keys::<JsValue>().with_query::<JsValue, _>(range.clone());
            let here = here.primitive().map_err(failed)?;
            let noted = get(&meta, EPOCH).await?.and_then(|value| value.as_string());
            let here: Vec<JsValue> = here.await.and_then(Iterator::collect).map_err(failed)?;
            // Another tab has learnt meanwhile that the server was restored: see `Outbox::settle`.
            let counts = |ack: &&Ack| noted.as_ref().is_none_or(|noted| *noted == ack.epoch);
            let acks: BTreeMap<String, &Ack> =
                acks.iter().filter(counts).map(|ack| (ack.id.to_string(), ack)).collect();
            let refusals: BTreeMap<String, &Refusal> =
                refusals.iter().map(|refusal| (refusal.id.to_string(), refusal)).collect();
            let (mut settled, all) = (Vec::new(), here.len());
            for key in here.iter().filter_map(JsValue::as_string) {
                if let Some(ack) = acks.get(&key) {
                    let read = self.read.borrow_mut().remove(&key);
                    let bytes = match read.filter(|(hash, _)| *hash == ack.hash) {
                        Some((_, bytes)) => Some(bytes),
                        None => get(&entries, &key)
                            .await?
                            .and_then(|value| bytes_of(&value, &key, ack.hash)),
                    };
                    let Some(bytes) = bytes else { continue };
                    let envelope = ReceiptEnvelope { ack: (*ack).clone(), received_at: now };
                    put(&receipts, &key, &pair_with(&envelope, &bytes)?)?;
                    settled.push(key);
                } else if let Some(refusal) = refusals.get(&key) {
                    let value = get(&entries, &key).await?;
                    let Some(entry) = stored(value, &key, refusal.hash) else { continue };
                    let state = EntryState::Refused { problems: refusal.problems.clone() };
                    put_entry(&entries, &entry, state)?;
                }
            }
            if settled.len() == all {
                return entries.delete::<JsValue, _>(range).primitive().map_err(failed).map(drop);
            }
            settled.iter().try_for_each(|key| delete(&entries, key))
        })
        .await
    }

    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError> {
        // Nearly always it is the known one: to look waits for no disk.
        let known =
            self.connection.transact(&[META], TransactionMode::Readonly, async |transaction| {
                let meta = transaction.object_store(META).map_err(failed)?;
                Ok(get(&meta, EPOCH).await?.and_then(|value| value.as_string()))
            });
        if known.await?.as_deref() == Some(epoch) {
            return Ok(0);
        }
        self.write(async |transaction| {
            let meta = transaction.object_store(META).map_err(failed)?;
            if get(&meta, EPOCH).await?.and_then(|value| value.as_string()).as_deref()
                == Some(epoch)
            {
                return Ok(0);
            }
            put(&meta, EPOCH, &JsValue::from_str(epoch))?;
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            let mut again = 0;
            for (key, value) in read_all(&receipts).await? {
                let Ok((envelope, Some(bytes))) = unpair::<ReceiptEnvelope>(&value) else {
                    continue;
                };
                if envelope.ack.epoch == epoch {
                    continue;
                }
                let (hash, saved_at) = (envelope.ack.hash, envelope.received_at);
                let waiting = EntryEnvelope::new(hash, saved_at, EntryState::Waiting);
                put(&entries, &key, &pair(&waiting, Some(&bytes))?)?;
                delete(&receipts, &key)?;
                again += 1;
            }
            Ok(again)
        })
        .await
    }

    async fn retry_refused(&self) -> Result<(), StorageError> {
        self.write(async |transaction| {
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            for (key, value) in read_all(&entries).await? {
                if let Ok(entry) = read_entry(&key, &value)
                    && entry.state != EntryState::Waiting
                {
                    put_entry(&entries, &entry, EntryState::Waiting)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn forget(&self, before: Millis) -> Result<(), StorageError> {
        self.write(async |transaction| {
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            for (key, value) in read_all(&receipts).await? {
                if let Ok((envelope, Some(_))) = unpair::<ReceiptEnvelope>(&value)
                    && envelope.received_at < before
                {
                    put(&receipts, &key, &pair(&envelope, None)?)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn overview(&self) -> Result<Overview, StorageError> {
        let (entries, corrupt) = self.entries().await?;
        let received = self
            .connection
            .transact(&[RECEIPTS], TransactionMode::Readonly, async |transaction| {
                let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
                let keys = receipts.get_all_keys::<JsValue>().await.map_err(failed)?;
                let id = |key: JsValue| SubmissionId::parse(&key.as_string()?);
                Ok(keys.filter_map(|key| id(key.ok()?)).collect())
            })
            .await?;
        Ok(Overview { entries, corrupt, received })
    }
}

impl IdbOutbox {
    /// Stores a submission after looking whether it is known.
    async fn enqueue_known(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        let stores = [ENTRIES, RECEIPTS];
        let work = async |transaction: &Transaction<'_>| {
            let key = sealed.id.to_string();
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            // Both asked at once: each answer waited for alone would cost a turn of the browser.
            let (entry, receipt) = try_join(get(&entries, &key), get(&receipts, &key)).await?;
            let entry = entry.map(|value| read_entry(&key, &value));
            let receipt = receipt.map(|value| unpair::<ReceiptEnvelope>(&value));
            let known = match (entry, receipt) {
                (Some(entry), _) => entry.map(|entry| entry.hash).ok(),
                (None, Some(receipt)) => receipt.map(|(envelope, _)| envelope.ack.hash).ok(),
                (None, None) => {
                    let envelope = EntryEnvelope::new(sealed.hash, now, EntryState::Waiting);
                    return put(&entries, &key, &pair(&envelope, Some(&sealed.bytes))?);
                }
            };
            if known == Some(sealed.hash) { Ok(()) } else { Err(StorageError::Taken) }
        };
        self.connection.transact(&stores, TransactionMode::Readwrite, work).await
    }

    async fn write<T>(
        &self,
        work: impl AsyncFn(&Transaction<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let stores = [ENTRIES, RECEIPTS, META];
        self.connection.transact(&stores, TransactionMode::Readwrite, work).await
    }

    async fn entries(&self) -> Result<(Vec<Entry>, Vec<Corrupt>), StorageError> {
        self.connection
            .transact(&[ENTRIES], TransactionMode::Readonly, async |transaction| {
                let store = transaction.object_store(ENTRIES).map_err(failed)?;
                let mut entries = Vec::new();
                let mut corrupt = Vec::new();
                for (key, value) in read_all(&store).await? {
                    match read_entry(&key, &value) {
                        Ok(entry) => entries.push(entry),
                        Err(reason) => corrupt.push(Corrupt { key, reason }),
                    }
                }
                Ok((entries, corrupt))
            })
            .await
    }
}

/// The entry that was read under `key`, if its bytes are the ones of `hash`.
fn stored(value: Option<JsValue>, key: &str, hash: Hash) -> Option<Entry> {
    read_entry(key, &value?).ok().filter(|entry| entry.hash == hash)
}

/// The bytes of an entry as they are stored, if it is sound and the one of `hash`.
fn bytes_of(value: &JsValue, key: &str, hash: Hash) -> Option<JsValue> {
    let entry = read_entry(key, value).ok()?;
    kept(key.to_owned(), value, hash).filter(|_| entry.hash == hash).map(|(_, (_, bytes))| bytes)
}

/// What [`IdbOutbox::read`] holds of a sound entry.
fn kept(key: String, value: &JsValue, hash: Hash) -> Option<(String, (Hash, JsValue))> {
    Some((key, (hash, value.dyn_ref::<Array>()?.get(1))))
}

/// The first and the last of some ids, as keys.
fn ends(ids: impl Iterator<Item = SubmissionId>) -> Option<(String, String)> {
    let mut ids = ids.peekable();
    let first = *ids.peek()?;
    let (first, last) = ids.fold((first, first), |(first, last), id| (first.min(id), last.max(id)));
    Some((first.to_string(), last.to_string()))
}

fn put_entry(
    entries: &ObjectStore<'_>,
    entry: &Entry,
    state: EntryState,
) -> Result<(), StorageError> {
    let envelope = EntryEnvelope::new(entry.hash, entry.saved_at, state);
    put(entries, &entry.id.to_string(), &pair(&envelope, Some(&entry.bytes))?)
}

/// Every key with its value, ascending. If the browser cannot read them all at once, each is
/// read by itself, and what fails stands as `undefined`: one bad value hides no other.
async fn read_all(store: &ObjectStore<'_>) -> Result<Vec<(String, JsValue)>, StorageError> {
    read_range(store, all(), u32::MAX).await
}

/// The range of all keys: none is lower than this one, whatever its type.
fn all() -> KeyRange<JsValue> {
    KeyRange::LowerBound(f64::NEG_INFINITY.into(), false)
}

/// The range of the keys behind this one.
fn behind(key: &str) -> KeyRange<JsValue> {
    KeyRange::LowerBound(key.into(), true)
}

/// [`read_all`] within a range of keys, up to `limit` of them.
async fn read_range(
    store: &ObjectStore<'_>,
    range: KeyRange<JsValue>,
    limit: u32,
) -> Result<Vec<(String, JsValue)>, StorageError> {
    let keys = store
        .get_all_keys::<JsValue>()
        .with_query::<JsValue, _>(range.clone())
        .with_limit(limit)
        .primitive()
        .map_err(failed)?;
    let values = store
        .get_all::<JsValue>()
        .with_query::<JsValue, _>(range)
        .with_limit(limit)
        .primitive()
        .map_err(failed)?;
    let keys = keys.await.map_err(failed)?;
    let keys: Vec<JsValue> = keys.collect::<Result<_, _>>().map_err(failed)?;
    let named = |key: &JsValue| key.as_string().unwrap_or_else(|| format!("{key:?}"));
    if let Ok(values) = values.await {
        let values: Vec<JsValue> = values.map(|value| value.unwrap_or_default()).collect();
        if values.len() == keys.len() {
            return Ok(keys.iter().map(named).zip(values).collect());
        }
    }
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        let value = store.get::<JsValue, JsValue, _>(KeyRange::Only(key.clone())).primitive();
        let value = match value {
            Ok(request) => request.await.ok().flatten(),
            Err(_) => None,
        };
        rows.push((named(&key), value.unwrap_or_default()));
    }
    Ok(rows)
}

async fn get(store: &ObjectStore<'_>, key: &str) -> Result<Option<JsValue>, StorageError> {
    ask(store, key)?.await.map_err(failed)
}

/// A question that is on its way; whoever asked waits for the answer when it is needed.
fn ask(
    store: &ObjectStore<'_>,
    key: &str,
) -> Result<impl Future<Output = Result<Option<JsValue>, Error>> + use<>, StorageError> {
    let key = KeyRange::Only(key.to_owned());
    store.get::<JsValue, String, _>(key).primitive().map_err(failed)
}

/// The request is not awaited: the transaction's completion tells how it went.
fn put(store: &ObjectStore<'_>, key: &str, value: &JsValue) -> Result<(), StorageError> {
    store.put(value.clone()).with_key(key.to_owned()).primitive().map_err(failed).map(drop)
}

fn delete(store: &ObjectStore<'_>, key: &str) -> Result<(), StorageError> {
    let key = KeyRange::Only(key.to_owned());
    store.delete::<String, _>(key).primitive().map_err(failed).map(drop)
}

fn pair(envelope: &impl Serialize, bytes: Option<&[u8]>) -> Result<JsValue, StorageError> {
    pair_with(envelope, &bytes.map_or(JsValue::NULL, |bytes| Uint8Array::from(bytes).into()))
}

/// [`pair`] with bytes that came from the storage, or null.
fn pair_with(envelope: &impl Serialize, bytes: &JsValue) -> Result<JsValue, StorageError> {
    let text = json::write(envelope).map_err(|error| StorageError::Failed(error.to_string()))?;
    Ok(Array::of2(&JsValue::from_str(&text), bytes).into())
}

fn unpair<T: DeserializeOwned>(value: &JsValue) -> Result<(T, Option<Vec<u8>>), String> {
    let pair: &Array = value.dyn_ref().ok_or("the stored value is no pair")?;
    let envelope = pair.get(0).as_string().ok_or("the envelope is no text")?;
    let envelope =
        json::read(&envelope).map_err(|error| format!("the envelope cannot be read: {error}"))?;
    Ok((envelope, pair.get(1).dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)))
}

fn read_entry(key: &str, value: &JsValue) -> Result<Entry, String> {
    let id = SubmissionId::parse(key).ok_or("the key is no identity")?;
    let (envelope, bytes) = unpair::<EntryEnvelope>(value)?;
    let bytes = bytes.ok_or("the bytes are missing")?;
    if Hash::of(&bytes) != envelope.hash {
        return Err("the bytes do not match their hash".to_owned());
    }
    let EntryEnvelope { hash, saved_at, state, problems } = envelope;
    let state = match state {
        State::Waiting => EntryState::Waiting,
        State::Refused => EntryState::Refused { problems },
    };
    Ok(Entry { id, hash, saved_at, state, bytes })
}

/// A stored value as text, for the export of what cannot be read.
fn describe(value: &JsValue) -> String {
    let bytes = value.dyn_ref::<Array>().and_then(|pair| pair.get(1).dyn_into().ok());
    let bytes =
        bytes.map(|bytes: Uint8Array| String::from_utf8_lossy(&bytes.to_vec()).into_owned());
    bytes.unwrap_or_else(|| format!("{value:?}"))
}
