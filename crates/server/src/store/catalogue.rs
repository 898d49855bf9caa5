//! The catalogue: its changes, and its records.

use model::{
    Collection, Key, Record,
    cursor::{Cursor, SCHEMA, Stale},
    merge::Stored,
};

use super::{Page, Scope, Store, StoreError, Tx, tx::Reach};

impl Store {
    /// The changes after `cursor`, at most `limit`. Without a cursor, or with one that cannot
    /// be continued, everything that lives, from the start.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn changes(&self, cursor: Option<&str>, limit: u32) -> Result<Page, StoreError> {
        let cursor = cursor.map(str::to_owned);
        self.read(move |tx| {
            let cursor = cursor.clone();
            Box::pin(async move { changes(tx, cursor.as_deref(), limit).await })
        })
        .await
    }

    /// Whether [`Store::changes`] would go on from `cursor`, and not start again.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn continues(&self, cursor: &str) -> Result<bool, StoreError> {
        let cursor = cursor.to_owned();
        self.read(move |tx| {
            let cursor = cursor.clone();
            Box::pin(async move {
                let (epoch, reach) = (tx.epoch().await?, tx.reach(Scope::Public).await?);
                Ok(position(&cursor, &epoch, reach).is_ok())
            })
        })
        .await
    }

    /// The live records of a collection, ordered by id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn records(&self, collection: Collection) -> Result<Vec<Record>, StoreError> {
        self.read(move |tx| Box::pin(async move { tx.records(collection).await })).await
    }

    /// One live record, if there is one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn record(
        &self,
        collection: Collection,
        id: &str,
    ) -> Result<Option<Record>, StoreError> {
        let Some(id) = Key::parse(id) else { return Ok(None) };
        self.read(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.record(collection, &id).await })
        })
        .await
    }

    /// Whether nothing was ever published here.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        self.read(|tx| Box::pin(async move { tx.is_empty().await })).await
    }
}

/// A page of the catalogue's changes; `tx` must see one snapshot, or a record committed
/// between two of its statements would be skipped.
///
/// # Errors
/// If a statement failed.
pub async fn changes(
    tx: &mut dyn Tx,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Page, StoreError> {
    let scope = Scope::Public;
    let epoch = tx.epoch().await?;
    let reach = tx.reach(scope).await?;
    let position = cursor.ok_or(Stale::Unreadable).and_then(|text| position(text, &epoch, reach));
    let (since, began, fresh) = match position {
        Ok(cursor) => (cursor.seq, cursor.began, false),
        Err(_) => (0, reach.head, true),
    };
    let mut records = tx.changes_after(since, !fresh, u64::from(limit) + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let seq = if more { records.last().map_or(since, |last| last.seq) } else { reach.head };
    let (of, name) = (epoch.clone(), scope.name().to_owned());
    // Past its own beginning a fetch is like any other: tablets that have everything hold one and the same cursor.
    let cursor = Cursor { epoch: of, scope: name, schema: SCHEMA, seq, began: began.max(seq) };
    Ok(Page { records, seq, more, fresh, epoch, cursor: cursor.encode() })
}

/// Where a fetch goes on that is at the cursor `text`.
fn position(text: &str, epoch: &str, reach: Reach) -> Result<Cursor, Stale> {
    Cursor::continue_from(text, epoch, Scope::Public.name(), reach.head, reach.floor)
}

/// The cursor of a tablet that has everything up to `seq`.
pub(super) fn cursor_at(epoch: &str, seq: u64) -> String {
    let scope = Scope::Public.name().to_owned();
    Cursor { epoch: epoch.to_owned(), scope, schema: SCHEMA, seq, began: seq }.encode()
}

/// A stored record as it travels.
pub(super) fn as_record(collection: Collection, id: &Key, seq: u64, stored: Stored) -> Record {
    Record {
        collection: collection.name().to_owned(),
        id: id.clone(),
        rev: stored.rev,
        seq,
        deleted: stored.deleted,
        fields: stored.fields,
    }
}
