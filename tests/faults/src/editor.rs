//! Somebody of the staff who edits one record again and again.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use model::{
    Key, Record,
    wire::{Edit, EditResult, Edits},
};
use serde_json::{Map, json};
use sync::SyncError;
use tokio::sync::watch;

use crate::{Chance, Gateway, storm::Weather};

/// How long to wait for the server to come back before trying anyway.
const PAUSE: Duration = Duration::from_millis(30);
/// Somebody who edits is slower than a tablet that sends; without a pause the edits would
/// crowd out the tablets.
const BETWEEN: Duration = Duration::from_millis(10);

/// An editor of a theme of their own.
pub struct Editor {
    chance: Chance,
    gateway: Gateway,
    theme: Key,
    /// The record as the server last gave it.
    known: Option<Record>,
}

/// What an editor was told in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The record as the server gave it after the last edit.
    pub record: Record,
    /// How many edits the server confirmed.
    pub edits: u64,
}

impl Editor {
    /// An editor with a session.
    ///
    /// # Errors
    /// If the number makes no key.
    pub fn new(number: u64, chance: Chance, gateway: Gateway) -> Result<Self> {
        let theme = Key::parse(&format!("faults-{number}")).context("a key")?;
        Ok(Self { chance, gateway, theme, known: None })
    }

    /// The next edit: it makes the theme, or gives it another name.
    pub fn next(&mut self, number: u64) -> Edit {
        let name = format!("Edit {number} of {}", self.theme);
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!({ "en": name }));
        Edit {
            edit: uuid::Builder::from_random_bytes(self.chance.bytes()).into_uuid(),
            collection: "theme".to_owned(),
            id: self.theme.clone(),
            base_rev: self.known.as_ref().map_or(0, |record| record.rev),
            fields,
            delete: false,
        }
    }

    /// The record as this editor knows it.
    pub fn known(&self) -> Option<Record> {
        self.known.clone()
    }

    /// Notes what the server made of an edit.
    pub fn knows(&mut self, record: Record) {
        self.known = Some(record);
    }

    /// Makes one edit in one exchange.
    ///
    /// # Errors
    /// If it is not carried out.
    pub async fn send_once(&mut self, number: u64) -> Result<()> {
        let edits = vec![self.next(number)];
        self.known = Some(only(self.gateway.edit(&Edits { edits }).await?.results)?);
        Ok(())
    }

    /// Edits until the weather is calm. Each edit is sent until its answer came whole, under
    /// the same number, and must have been carried out exactly once by then.
    ///
    /// # Errors
    /// If an edit was carried out twice or not at all, or the session was forgotten.
    pub async fn work(mut self, mut weather: watch::Receiver<Weather>) -> Result<Edited> {
        let mut edits = 0;
        loop {
            let edit = self.next(edits + 1);
            let record = self.send(edit.clone(), &mut weather).await?;
            edits += 1;
            let before = self.known.as_ref().map_or(0, |record| record.rev);
            ensure!(record.rev == before + 1, "{edit:?} after {before} became {record:?}");
            ensure!(record.fields.get("name") == edit.fields.get("name"), "{record:?}");
            self.known = Some(record.clone());
            if *weather.borrow() == Weather::Calm {
                return Ok(Edited { record, edits });
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    async fn send(&self, edit: Edit, weather: &mut watch::Receiver<Weather>) -> Result<Record> {
        let body = Edits { edits: vec![edit] };
        loop {
            match self.gateway.edit(&body).await {
                Ok(answer) => return only(answer.results),
                Err(SyncError::Offline(_) | SyncError::RetryAfter(_)) => {
                    let _ = tokio::time::timeout(PAUSE, weather.changed()).await;
                }
                Err(error) => return Err(error).context("an edit was not taken"),
            }
        }
    }
}

fn only(results: Vec<EditResult>) -> Result<Record> {
    match <[EditResult; 1]>::try_from(results) {
        Ok([EditResult::Merged { record, collisions }]) if collisions.is_empty() => Ok(record),
        other => bail!("one edit, and this came of it: {other:?}"),
    }
}

/// Checks that the catalogue has what the editors were told: their last words, and a revision
/// for each of their edits and no more.
///
/// # Errors
/// If it has something else.
pub fn prove(edited: &[Edited], catalogue: &[Record]) -> Result<()> {
    for Edited { record, edits } in edited {
        let stored = catalogue
            .iter()
            .find(|it| it.collection == record.collection && it.id == record.id)
            .with_context(|| format!("LOST: {record:?} was confirmed and is not there"))?;
        ensure!(stored == record, "confirmed as {record:?}, stored as {stored:?}");
        ensure!(stored.rev == *edits, "{edits} edits made {} revisions", stored.rev);
    }
    Ok(())
}
