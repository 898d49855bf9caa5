//! What the server does of itself, or its operator to it: snapshots, content from the command line,
//! deletions that are forgotten, backups.

use std::sync::Arc;

use model::{Collection, Key, time::Millis, wire::Edit};
use serde_json::{Map, Value, json};
use server::{
    Store,
    store::{AuthoredEdit, ImportRecord},
};

use crate::{
    bug::Bug,
    fault::Fault,
    ledger::epoch_name,
    network::{Answer, Request},
    server::{Server, Work},
    shadow::{EDITED, theme},
    tablet::SURVEY,
    turn::at_once,
};

impl Server {
    /// Publishes the survey that some submissions answer, as the command line does.
    pub fn publish(&mut self) {
        let store = self.store.clone();
        self.do_itself(async move { drop(store.import(survey(), false).await) });
    }

    /// Does something that nobody waits for.
    fn do_itself(&mut self, work: impl Future<Output = ()> + 'static) {
        let future = async move {
            work.await;
            Answer::html(204)
        };
        self.work.push(Work { request: None, edit: None, future: Box::pin(future) });
    }

    /// Each process looks whether its snapshot is still the newest, when it is time.
    pub fn keep_offering(&mut self) {
        for index in 0..self.presses.len() {
            if let Some(turn) = self.presses[index].turn(&self.store) {
                self.do_itself(turn);
            }
        }
    }

    /// Forgets deletions older than `age` milliseconds by its clock.
    pub fn expire(&mut self, age: i64) {
        let (store, before) = (self.store.clone(), Millis(self.now().0.saturating_sub(age)));
        // Where it fails, it is done again tomorrow.
        self.do_itself(async move { drop(store.expire_tombstones(before).await) });
    }

    /// Deletes the theme that `pick` chooses and forgets the deletion at once, as a server whose
    /// clock runs ahead might.
    pub fn forget(&mut self, pick: u32) {
        let Some(id) = theme((pick % 9) as u8) else { return };
        let name = (EDITED.name().to_owned(), id.to_string());
        let base_rev = self.world.shadow.borrow().records().get(&name).map_or(0, |row| row.rev);
        let time = self.world.time.get().unsigned_abs();
        let edit = Edit {
            edit: uuid::Uuid::from_u64_pair(u64::from(pick), time),
            collection: name.0,
            id,
            base_rev,
            fields: Map::new(),
            delete: true,
        };
        let authored = AuthoredEdit { account: "staff elsewhere".to_owned(), edit };
        let (store, now) = (self.store.clone(), self.now());
        self.do_itself(async move {
            drop(store.edit(vec![authored], now).await);
            drop(store.expire_tombstones(Millis(now.0.saturating_add(1))).await);
        });
    }

    /// Makes a backup.
    pub fn back_up(&mut self) {
        let shadow = self.world.shadow.borrow().clone();
        self.backup = Some((self.disk.memory.snapshot(), shadow));
    }

    /// Puts the last backup in place, under a new epoch. The server is started anew: gives the
    /// requests that nobody will answer.
    pub fn restore(&mut self) -> Vec<Request> {
        let lost = self.crash();
        let Some((snapshot, shadow)) = self.backup.clone() else { return lost };
        if shadow.count() < self.world.shadow.borrow().count() {
            self.world.count(Fault::Restore);
        }
        if self.world.has(Bug::EpochKept) {
            self.disk.memory.revert(&snapshot);
            *self.world.shadow.borrow_mut() = shadow;
            return lost;
        }
        self.epochs += 1;
        self.disk.memory.restore(&snapshot);
        let store = Store::on(Arc::new(self.disk.memory.clone()));
        drop(at_once(store.settle_epoch(epoch_name(self.epochs))));
        *self.world.shadow.borrow_mut() = shadow;
        self.world.shadow.borrow_mut().restored(&self.world, self.epochs);
        lost
    }
}

/// A theme to edit.
pub fn new_theme(number: u8) -> Option<ImportRecord> {
    let fields = json!({"name": {"en": format!("Theme {number}")}, "a": "", "b": ""});
    Some(ImportRecord {
        collection: EDITED,
        id: theme(number)?,
        fields: fields.as_object()?.clone(),
    })
}

fn survey() -> Vec<ImportRecord> {
    let definition = json!({
        "languages": ["en"],
        "items": [{"name": "words", "type": "text", "label": {"en": "What else?"}}],
    });
    let version = json!({"survey": SURVEY, "version": 1, "definition": definition});
    let record = |id: &str, fields: &Value| {
        let fields: Map<String, Value> = fields.as_object()?.clone();
        Some(ImportRecord { collection: Collection::SurveyVersion, id: Key::parse(id)?, fields })
    };
    record(&format!("{SURVEY}.1"), &version).into_iter().collect()
}
