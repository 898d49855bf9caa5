//! Acknowledgements that were noted and whose entries have not been moved among the receipts yet.
//!
//! To move an entry costs a browser as much as everything else of its way to the server. So what was
//! acknowledged is noted for a whole batch at once, in the transaction that `settle` promises, and
//! the entries are moved when the round is over. Until then such an entry lies where it lay and
//! counts as received. An app of before, open in another tab, does not know the notes: it sends the
//! entry again, the server knows it, and it becomes a receipt as it always did.

use indexed_db_futures::{KeyRange, object_store::ObjectStore};
use model::{json, time::Millis, wire::Ack};
use serde::{Deserialize, Serialize};
use sync::StorageError;
use wasm_bindgen::JsValue;

use super::outbox::{delete, ends, put, read_range};

/// Begins the keys of notes in the store of what belongs to no entry.
const KEY: &str = "acknowledged/";
/// Behind all of them: `0` follows `/`.
const END: &str = "acknowledged0";

/// A batch's acknowledgements. New fields must have defaults.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    pub(super) acks: Vec<Ack>,
    /// When they came, by the tablet's clock.
    pub(super) received_at: Millis,
}

impl Acknowledged {
    /// Notes it, if it is of anything. The request is not awaited: the transaction's completion tells how it went.
    pub(super) fn note(&self, meta: &ObjectStore<'_>) -> Result<(), StorageError> {
        let Some((first, last)) = ends(self.acks.iter().map(|ack| ack.id)) else { return Ok(()) };
        let text = json::write(self).map_err(|error| StorageError::Failed(error.to_string()))?;
        put(meta, &format!("{KEY}{first}/{last}"), &JsValue::from_str(&text))
    }
}

/// A batch that is noted.
pub(super) struct Note {
    pub(super) key: String,
    pub(super) noted: Acknowledged,
}

impl Note {
    /// Every note. One that cannot be read acknowledges nothing, so its entries are sent again.
    pub(super) async fn all(meta: &ObjectStore<'_>) -> Result<Vec<Self>, StorageError> {
        let range = KeyRange::Bound(KEY.into(), false, END.into(), true);
        let rows = read_range(meta, range, u32::MAX).await?;
        let noted = |text: JsValue| json::read(&text.as_string()?).ok();
        let nothing = || Acknowledged { acks: Vec::new(), received_at: Millis(0) };
        let note = |(key, text)| Self { key, noted: noted(text).unwrap_or_else(nothing) };
        Ok(rows.into_iter().map(note).collect())
    }

    /// Its acknowledgements of the history `epoch`; of any history while none is known.
    pub(super) fn of(&self, epoch: Option<&str>) -> impl Iterator<Item = &Ack> {
        self.noted.acks.iter().filter(move |ack| epoch.is_none_or(|epoch| ack.epoch == epoch))
    }

    /// Takes the acknowledgements of other histories than `epoch` out of it; gives how many.
    pub(super) fn end(
        mut self,
        meta: &ObjectStore<'_>,
        epoch: &str,
    ) -> Result<usize, StorageError> {
        let before = self.noted.acks.len();
        self.noted.acks.retain(|ack| ack.epoch == epoch);
        let ended = before - self.noted.acks.len();
        if ended > 0 {
            delete(meta, &self.key)?;
            self.noted.note(meta)?;
        }
        Ok(ended)
    }
}
