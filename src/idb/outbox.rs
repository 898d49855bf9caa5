//! The outbox in IndexedDB.
//!
//! **Invariant: what is stored below never changes its form.** Answers of real people lie in it on
//! tablets that may not be switched on for months; what is new must mean nothing to an app of before. A value is a pair: a small envelope as JSON text,
//! and opaque bytes, so encryption can slot in without a migration.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

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

use super::{
    acknowledged::{Acknowledged, Note},
    connection::{Connection, Schema, failed},
};

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
    /// The hashes of the entries that were read to be sent, so that an acknowledgement need not read them once more.
    /// Under one id the bytes never change.
    read: RefCell<BTreeMap<SubmissionId, Hash>>,
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
        let Rows { rows, .. } = self.rows(all(), u32::MAX).await?;
        let corrupt = rows.into_iter().filter(|(key, value)| read_entry(key, value).is_err());
        Ok(corrupt.map(|(key, value)| (key, describe(&value))).collect())
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
        let mut waiting: Vec<Entry> = Vec::new();
        let mut last = after.map(|after| after.to_string());
        loop {
            let Rows { keys, rows, .. } = self.rows(behind(last.as_deref()), limit).await?;
            let whole = keys.len() < limit as usize;
            last = keys.last().map(named);
            for (key, value) in rows {
                let Ok(entry) = read_entry(&key, &value) else { continue };
                if entry.state == EntryState::Waiting {
                    self.read.borrow_mut().insert(entry.id, entry.hash);
                    waiting.push(entry);
                }
            }
            // What was refused or received, or cannot be read, lies among what waits.
            if whole || waiting.len() >= limit as usize {
                waiting.truncate(limit as usize);
                return Ok(waiting);
            }
        }
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
            let noted = noted(&meta).await?;
            let mut known = Vec::new();
            // Another tab has learnt meanwhile that the server was restored: see `Outbox::settle`.
            let counts = |ack: &&Ack| noted.as_ref().is_none_or(|noted| *noted == ack.epoch);
            for ack in acks.iter().filter(counts) {
                let read = self.read.borrow().get(&ack.id).copied();
                let same = match read {
                    Some(hash) => hash == ack.hash,
                    None => stored(&entries, ack.id, ack.hash).await?.is_some(),
                };
                known.extend(same.then(|| ack.clone()));
            }
            Acknowledged { acks: known, received_at: now }.note(&meta)?;
            for refusal in refusals {
                if let Some(entry) = stored(&entries, refusal.id, refusal.hash).await? {
                    let state = EntryState::Refused { problems: refusal.problems.clone() };
                    put_entry(&entries, &entry, state)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError> {
        // Nearly always it is the known one: to look waits for no disk.
        let known =
            self.connection.transact(&[META], TransactionMode::Readonly, async |transaction| {
                let meta = transaction.object_store(META).map_err(failed)?;
                noted(&meta).await
            });
        if known.await?.as_deref() == Some(epoch) {
            return Ok(0);
        }
        self.write(async |transaction| {
            let meta = transaction.object_store(META).map_err(failed)?;
            if noted(&meta).await?.as_deref() == Some(epoch) {
                return Ok(0);
            }
            put(&meta, EPOCH, &JsValue::from_str(epoch))?;
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            let mut again = 0;
            for note in Note::all(&meta).await? {
                again += note.end(&meta, epoch)?;
            }
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
        while self.move_acknowledged().await? {}
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
        let Rows { rows, received, .. } = self.rows(all(), u32::MAX).await?;
        let mut overview = Overview { received, ..Overview::default() };
        for (key, value) in rows {
            match read_entry(&key, &value) {
                Ok(entry) => overview.entries.push(entry),
                Err(reason) => overview.corrupt.push(Corrupt { key, reason }),
            }
        }
        let receipts: Vec<SubmissionId> = self
            .connection
            .transact(&[RECEIPTS], TransactionMode::Readonly, async |transaction| {
                let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
                let keys = receipts.get_all_keys::<JsValue>().await.map_err(failed)?;
                let id = |key: JsValue| SubmissionId::parse(&key.as_string()?);
                Ok(keys.filter_map(|key| id(key.ok()?)).collect())
            })
            .await?;
        overview.received.extend(receipts);
        Ok(overview)
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

    /// Moves a batch of what is acknowledged among the receipts. False if there is none.
    async fn move_acknowledged(&self) -> Result<bool, StorageError> {
        self.write(async |transaction| {
            let meta = transaction.object_store(META).map_err(failed)?;
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            let receipts = transaction.object_store(RECEIPTS).map_err(failed)?;
            let epoch = noted(&meta).await?;
            let notes = Note::all(&meta).await?;
            let Some(note) = notes.first() else { return Ok(false) };
            let received_at = note.noted.received_at;
            let acks: BTreeMap<SubmissionId, &Ack> =
                note.of(epoch.as_deref()).map(|ack| (ack.id, ack)).collect();
            delete(&meta, &note.key)?;
            let Some((first, last)) = ends(acks.keys().copied()) else { return Ok(true) };
            // A batch lies in one piece nearly always. To read it, and to delete it, as a range are two requests in
            // place of two for each entry, and each request costs a browser as much as the entry.
            let (first, last) = (JsValue::from_str(&first), JsValue::from_str(&last));
            let range = KeyRange::Bound(first, false, last, false);
            let rows = read_range(&entries, range.clone(), u32::MAX).await?;
            let (mut moved, there) = (Vec::new(), rows.len());
            for (key, value) in rows {
                let Ok(entry) = read_entry(&key, &value) else { continue };
                let ack = acks.get(&entry.id).filter(|ack| ack.hash == entry.hash);
                let (Some(ack), Some(bytes)) = (ack, bytes_in(&value)) else { continue };
                let envelope = ReceiptEnvelope { ack: (*ack).clone(), received_at };
                put(&receipts, &key, &pair_with(&envelope, &bytes)?)?;
                moved.push(key);
            }
            if moved.len() == there {
                entries.delete::<JsValue, _>(range).primitive().map_err(failed)?;
            } else {
                moved.iter().try_for_each(|key| delete(&entries, key))?;
            }
            Ok(true)
        })
        .await
    }

    /// What lies within a range of keys, up to `limit`. If the browser cannot read all the values at once, each is
    /// read in a transaction of its own, since a request that fails ends the one it was made in; what fails then stands
    /// as `undefined`. One bad value hides no other.
    async fn rows(&self, range: KeyRange<JsValue>, limit: u32) -> Result<Rows, StorageError> {
        let found = async |entries: &ObjectStore<'_>, meta: &ObjectStore<'_>| {
            let keys = keys_in(entries, range.clone(), limit)?;
            let (keys, acknowledged) = try_join(keys, acknowledged(meta)).await?;
            let (received, others): (Vec<_>, Vec<_>) = keys
                .iter()
                .cloned()
                .partition(|key| key.as_string().is_some_and(|key| acknowledged.contains(&key)));
            let received = received.iter().filter_map(|key| SubmissionId::parse(&named(key)));
            Ok((Rows { received: received.collect(), keys, rows: Vec::new() }, others))
        };
        let together = self.look(async |entries, meta| {
            let (mut found, others) = found(entries, meta).await?;
            if let [first, .., last] | [first @ last] = others.as_slice() {
                // What is received and not moved yet lies in front of the rest nearly always.
                let range = KeyRange::Bound(first.clone(), false, last.clone(), false);
                let rows = read_range(entries, range, u32::MAX).await?.into_iter();
                let others: BTreeSet<String> = others.iter().map(named).collect();
                found.rows = rows.filter(|(key, _)| others.contains(key)).collect();
            }
            Ok(found)
        });
        let together = together.await;
        let Err(StorageError::Failed(_)) = together else { return together };
        let (mut found, others) = self.look(found).await?;
        for key in others {
            let value = self.look(async |entries, _| {
                let range = KeyRange::Only(key.clone());
                let value =
                    entries.get::<JsValue, JsValue, _>(range).primitive().map_err(failed)?;
                value.await.map_err(failed)
            });
            found.rows.push((named(&key), value.await.ok().flatten().unwrap_or_default()));
        }
        Ok(found)
    }

    /// One transaction that only reads entries, and what is noted beside them.
    async fn look<T>(
        &self,
        work: impl AsyncFn(&ObjectStore<'_>, &ObjectStore<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let work = async |transaction: &Transaction<'_>| {
            let entries = transaction.object_store(ENTRIES).map_err(failed)?;
            work(&entries, &transaction.object_store(META).map_err(failed)?).await
        };
        self.connection.transact(&[ENTRIES, META], TransactionMode::Readonly, work).await
    }
}

/// What lies within a range of keys, ascending.
struct Rows {
    keys: Vec<JsValue>,
    /// The values of the keys, except for what is received.
    rows: Vec<(String, JsValue)>,
    /// What is acknowledged and has not been moved among the receipts.
    received: BTreeSet<SubmissionId>,
}

/// The keys of what is acknowledged and has not been moved among the receipts.
async fn acknowledged(meta: &ObjectStore<'_>) -> Result<BTreeSet<String>, StorageError> {
    let (notes, epoch) = try_join(Note::all(meta), noted(meta)).await?;
    let acks = notes.iter().flat_map(|note| note.of(epoch.as_deref()));
    Ok(acks.map(|ack| ack.id.to_string()).collect())
}

/// The entry under an id, if its bytes are the ones of `hash`.
async fn stored(
    entries: &ObjectStore<'_>,
    id: SubmissionId,
    hash: Hash,
) -> Result<Option<Entry>, StorageError> {
    let key = id.to_string();
    let value = get(entries, &key).await?;
    let entry = value.and_then(|value| read_entry(&key, &value).ok());
    Ok(entry.filter(|entry| entry.hash == hash))
}

/// The bytes of an entry as they are stored.
fn bytes_in(value: &JsValue) -> Option<JsValue> {
    Some(value.dyn_ref::<Array>()?.get(1))
}

/// The first and the last of some ids, as keys.
pub(super) fn ends(ids: impl Iterator<Item = SubmissionId>) -> Option<(String, String)> {
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

/// Every key with its value, ascending.
async fn read_all(store: &ObjectStore<'_>) -> Result<Vec<(String, JsValue)>, StorageError> {
    read_range(store, all(), u32::MAX).await
}

/// [`read_all`] within a range of keys, up to `limit` of them.
pub(super) async fn read_range(
    store: &ObjectStore<'_>,
    range: KeyRange<JsValue>,
    limit: u32,
) -> Result<Vec<(String, JsValue)>, StorageError> {
    let keys = keys_in(store, range.clone(), limit)?;
    let values = store.get_all::<JsValue>().with_query::<JsValue, _>(range).with_limit(limit);
    let values = values.primitive().map_err(failed)?;
    let keys = keys.await?;
    let values = values.await.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(failed)?;
    Ok(keys.iter().map(named).zip(values).collect())
}

/// The keys within a range, up to `limit` of them; asked for at once.
fn keys_in(
    store: &ObjectStore<'_>,
    range: KeyRange<JsValue>,
    limit: u32,
) -> Result<impl Future<Output = Result<Vec<JsValue>, StorageError>> + use<>, StorageError> {
    let keys = store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range).with_limit(limit);
    let keys = keys.primitive().map_err(failed)?;
    Ok(async move { keys.await.and_then(Iterator::collect).map_err(failed) })
}

/// The range of all keys: none is lower than this one, whatever its type.
fn all() -> KeyRange<JsValue> {
    KeyRange::LowerBound(f64::NEG_INFINITY.into(), false)
}

/// The range of the keys that are texts, all of them or those behind one: a list is behind every text.
fn behind(key: Option<&str>) -> KeyRange<JsValue> {
    let (first, open) = (key.unwrap_or_default(), key.is_some());
    KeyRange::Bound(JsValue::from_str(first), open, Array::new().into(), true)
}

fn named(key: &JsValue) -> String {
    key.as_string().unwrap_or_else(|| format!("{key:?}"))
}

async fn noted(meta: &ObjectStore<'_>) -> Result<Option<String>, StorageError> {
    Ok(get(meta, EPOCH).await?.and_then(|value| value.as_string()))
}

async fn get(store: &ObjectStore<'_>, key: &str) -> Result<Option<JsValue>, StorageError> {
    let key = KeyRange::Only(key.to_owned());
    store.get::<JsValue, String, _>(key).primitive().map_err(failed)?.await.map_err(failed)
}

/// The request is not awaited: the transaction's completion tells how it went.
pub(super) fn put(store: &ObjectStore<'_>, key: &str, value: &JsValue) -> Result<(), StorageError> {
    store.put(value.clone()).with_key(key.to_owned()).primitive().map_err(failed).map(drop)
}

pub(super) fn delete(store: &ObjectStore<'_>, key: &str) -> Result<(), StorageError> {
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
    let id = SubmissionId::parse(key).filter(|id| id.to_string() == key);
    let id = id.ok_or("the key is no identity")?;
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
