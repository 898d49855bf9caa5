//! One record being edited: what it was when the form was opened, what is sent, what came of
//! it. The forms know the fields; this knows how two editors lose nothing.

use leptos::prelude::*;
use model::{
    Collection, Key, Record,
    catalogue::{References, problems},
    merge::Collision,
    wire::{Conflict, Edit, EditResult},
};
use serde::Serialize;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    faults::{fault, fault_for},
    live,
    opened::{Fields, Opened, difference, fields_of, slug},
    values::stored_name,
};
use crate::{
    components::field::Fault,
    locale::{key, t, tf},
    platform::{browser, ids},
    store::{Store, catalogue::CatalogueView},
};

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The form.
    Editing,
    /// "Saved", with the record's id; `changed` is false if there was nothing to send.
    Saved {
        /// Which record.
        id: Key,
        /// Whether anything was sent.
        changed: bool,
    },
    /// Fields that somebody else changed meanwhile, both values of each.
    Collided(Vec<Conflict>),
    /// "Do you want to delete this?"
    Deleting,
    /// It is gone.
    Deleted,
}

/// What hinders saving, over the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Hindrance {
    /// The server cannot be reached, or refused.
    Server(SyncError),
    /// Somebody deleted the record.
    Gone,
    /// The id is taken: perhaps by this very form, whose earlier answer was lost.
    Taken,
    /// It changed while it was to be deleted, in these fields.
    ChangedMeanwhile(String),
}

/// One record being edited. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Editor {
    store: Store,
    /// Of which kind the record is.
    pub collection: Collection,
    opened: StoredValue<Opened>,
    /// What the page shows.
    pub stage: RwSignal<Stage>,
    /// What is wrong in the form.
    pub faults: RwSignal<Vec<Fault>>,
    /// What else hinders.
    pub hindrance: RwSignal<Option<Hindrance>>,
    /// An edit is under way.
    pub busy: RwSignal<bool>,
}

impl References for CatalogueView {
    fn has(&self, collection: Collection, id: &str) -> bool {
        Key::parse(id).is_some_and(|id| self.record(collection, &id).is_some())
    }
}

impl Editor {
    /// An editor for a record as it is now.
    pub fn new(collection: Collection, opened: Opened) -> Self {
        Self {
            store: Store::get(),
            collection,
            opened: StoredValue::new(opened),
            stage: RwSignal::new(Stage::Editing),
            faults: RwSignal::default(),
            hindrance: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Which record this is; none for one that does not exist yet.
    pub fn id(self) -> Option<Key> {
        self.opened.with_value(|opened| opened.id.clone())
    }

    /// The record as it was opened, or as the server answered last.
    pub fn opened(self) -> Opened {
        self.opened.get_value()
    }

    fn reopen_at(self, record: &Record) {
        let (id, fields) = (Some(record.id.clone()), record.fields.clone());
        self.opened.set_value(Opened { id, rev: record.rev, fields, unanswered: None });
    }

    /// How the record stands on the server beside what was opened; tracked.
    pub fn elsewhere(self) -> Elsewhere {
        let Some((id, rev)) =
            self.opened.with_value(|opened| opened.id.clone().map(|id| (id, opened.rev)))
        else {
            return Elsewhere::Same;
        };
        let now = self
            .store
            .catalogue
            .with(|catalogue| catalogue.record(self.collection, &id).map(|record| record.rev));
        match now {
            None => Elsewhere::Gone,
            Some(now) if now > rev => Elsewhere::Changed,
            Some(_) => Elsewhere::Same,
        }
    }

    /// Checks what the form holds and sends what differs from what was opened. `title` names
    /// a new record; `unread` are the fields that hold no whole date or time.
    pub fn save(self, title: &str, record: &impl Serialize, unread: &[String]) {
        if self.busy.get_untracked() {
            return;
        }
        self.hindrance.set(None);
        let mut opened = self.opened.get_value();
        let mut wanted = opened.fields.clone();
        let changed = difference(&opened.fields, &fields_of(record));
        for (name, value) in &changed {
            if value.is_null() {
                wanted.remove(name);
            } else {
                wanted.insert(name.clone(), value.clone());
            }
        }
        let id = opened.id.clone().or_else(|| {
            // A lost answer may have been to this very creation: its id stays.
            let lost = opened.unanswered.as_ref().map(|edit| edit.id.clone());
            lost.or_else(|| self.new_id(title, false))
        });
        let faults = self.store.catalogue.with_untracked(|catalogue| {
            let id = id.clone().or_else(|| Key::parse("new"));
            let found = id.map(|id| problems(self.collection, &id, &wanted, catalogue));
            found.unwrap_or_default().iter().map(fault_for).collect::<Vec<_>>()
        });
        let words = t(key::STAFF_WHEN_MISSING);
        let unread_faults = unread.iter().map(|field| fault(field, &words));
        let other = faults.into_iter().filter(|fault| !unread.contains(&fault.field));
        self.faults.set(other.chain(unread_faults).collect());
        if self.faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        let Some(id) = id else { return };
        if opened.id.is_some() && changed.is_empty() {
            self.show(Stage::Saved { id, changed: false });
            return;
        }
        let again = opened.unanswered.take().filter(|edit| {
            edit.id == id && edit.fields == changed && edit.base_rev == opened.rev && !edit.delete
        });
        let edit = again.unwrap_or_else(|| self.edit(id, opened.rev, changed, false));
        let title = title.to_owned();
        self.carry_out(edit, move |editor, edit, result| editor.saved(&title, edit, result));
    }

    /// Deletes the record, if nobody has changed it since it was opened.
    pub fn delete(self) {
        let Some(id) = self.id() else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.hindrance.set(None);
        let rev = self.opened.with_value(|opened| opened.rev);
        self.carry_out(self.edit(id, rev, Fields::new(), true), Self::deleted);
    }

    fn edit(self, id: Key, base_rev: u64, fields: Fields, delete: bool) -> Edit {
        let collection = self.collection.name().to_owned();
        Edit { edit: ids::random_uuid(), collection, id, base_rev, fields, delete }
    }

    fn carry_out(self, edit: Edit, then: impl FnOnce(Self, Edit, EditResult) + 'static) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.store.edit(edit.clone()).await;
            if self.busy.try_set(false).is_some() {
                // The page was left: what was sent stands, and a conflict waits in the overview.
                return;
            }
            match answer {
                Ok(result) => {
                    self.opened.update_value(|opened| opened.unanswered = None);
                    then(self, edit, result);
                }
                Err(error) => {
                    if !matches!(error, SyncError::NeedsSignIn | SyncError::Refused(_)) {
                        self.opened.update_value(|opened| opened.unanswered = Some(edit));
                    }
                    self.hinder(Hindrance::Server(error));
                }
            }
        });
    }

    fn saved(self, title: &str, edit: Edit, result: EditResult) {
        match result {
            EditResult::Merged { record, collisions } if collisions.is_empty() => {
                self.reopen_at(&record);
                self.show(Stage::Saved { id: record.id, changed: true });
            }
            EditResult::Merged { record, collisions } => {
                self.reopen_at(&record);
                self.collided(record.id, collisions);
            }
            EditResult::Conflict { .. } if edit.base_rev > 0 => self.hinder(Hindrance::Gone),
            EditResult::Conflict { .. } => self.taken(title, edit),
            // Sent by itself, it goes with no other.
            EditResult::Undone => self.hinder(Hindrance::Server(SyncError::Offline(String::new()))),
            EditResult::Invalid { problems } => {
                self.faults.set(problems.iter().map(fault_for).collect());
            }
        }
    }

    /// The server keeps what was lost; fetch it, so that the choice can put it aside there.
    fn collided(self, record: Key, collisions: Vec<Collision>) {
        spawn_local(async move {
            let kept = self.store.conflicts().await.unwrap_or_default();
            let name = self.collection.name();
            let mut own: Vec<_> = kept
                .into_iter()
                .filter(|it| it.collection == name && it.record == record)
                .collect();
            if own.is_empty() {
                let collection = name.to_owned();
                let at = model::time::Millis::default();
                own.push(Conflict { id: 0, collection, record, collisions, at });
            }
            self.stage.try_set(Stage::Collided(own));
            focus_notice();
        });
    }

    /// A new record's id was used before. Unless the one who used it may be this very form,
    /// the record gets another id.
    fn taken(self, title: &str, edit: Edit) {
        let wanted = self.new_id(title, true);
        let Some(id) = wanted.filter(|_| {
            !self
                .store
                .catalogue
                .with_untracked(|catalogue| catalogue.record(self.collection, &edit.id).is_some())
        }) else {
            self.hinder(Hindrance::Taken);
            return;
        };
        let (taken, title) = (edit.id, title.to_owned());
        let store = self.store;
        spawn_local(async move {
            // The server kept the first attempt as a conflict. It is none: nothing is lost.
            for conflict in store.conflicts().await.unwrap_or_default() {
                if conflict.record == taken && store.dismiss_conflict(conflict.id).await.is_err() {
                    break;
                }
            }
        });
        let edit = self.edit(id, 0, edit.fields, false);
        self.carry_out(edit, move |editor, edit, result| match result {
            EditResult::Conflict { .. } => editor.hinder(Hindrance::Taken),
            other => editor.saved(&title, edit, other),
        });
    }

    fn deleted(self, edit: Edit, result: EditResult) {
        match result {
            EditResult::Merged { collisions, .. } if collisions.is_empty() => {
                self.show(Stage::Deleted);
            }
            EditResult::Merged { record, collisions } => {
                let names: Vec<_> = collisions.iter().map(|it| stored_name(&it.field)).collect();
                // The next press deletes what is there now, and the editor knows that.
                self.opened.update_value(|opened| opened.rev = record.rev);
                self.forget_conflicts(edit.id);
                self.hinder(Hindrance::ChangedMeanwhile(names.join(", ")));
            }
            EditResult::Undone => self.hinder(Hindrance::Server(SyncError::Offline(String::new()))),
            // Deleted by somebody else: it is gone, as wanted.
            EditResult::Conflict { .. } => self.show(Stage::Deleted),
            EditResult::Invalid { problems } => {
                self.faults.set(problems.iter().map(fault_for).collect());
            }
        }
    }

    /// The editor was told just now; there is nothing to decide about a wish to delete.
    fn forget_conflicts(self, record: Key) {
        let store = self.store;
        spawn_local(async move {
            for conflict in store.conflicts().await.unwrap_or_default() {
                let a_wish = conflict.collisions.iter().all(|it| it.yours.is_null());
                if conflict.record == record
                    && a_wish
                    && store.dismiss_conflict(conflict.id).await.is_err()
                {
                    break;
                }
            }
        });
    }

    /// Shows another stage, its notice first.
    pub fn show(self, stage: Stage) {
        self.stage.set(stage);
        focus_notice();
    }

    fn hinder(self, hindrance: Hindrance) {
        self.hindrance.set(Some(hindrance));
        focus_notice();
    }

    /// An id of the title's letters. With a random end, if it is taken or `other` is wanted.
    fn new_id(self, title: &str, other: bool) -> Option<Key> {
        let slug = slug(title);
        let plain = Key::parse(&slug).filter(|id| {
            !other
                && slug != "new"
                && self
                    .store
                    .catalogue
                    .with_untracked(|it| it.record(self.collection, id).is_none())
        });
        plain.or_else(|| {
            let random = ids::random_uuid().simple().to_string();
            let slug = if slug.is_empty() { self.collection.name() } else { &slug };
            Key::parse(&format!("{slug}-{}", random.get(..6)?))
        })
    }
}

/// How a record stands on the server beside what an editor opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// As it was.
    Same,
    /// Somebody changed it.
    Changed,
    /// Somebody deleted it.
    Gone,
}

fn focus_notice() {
    request_animation_frame(|| {
        browser::scroll_to_top();
        browser::focus("#staff-notice");
    });
}

/// The words for what hinders.
pub fn hindrance_words(hindrance: &Hindrance) -> String {
    match hindrance {
        Hindrance::Server(error) => live::words_for(error),
        Hindrance::Gone => t(key::STAFF_HINDRANCE_GONE),
        Hindrance::Taken => t(key::STAFF_HINDRANCE_TAKEN),
        Hindrance::ChangedMeanwhile(fields) => {
            tf(key::STAFF_HINDRANCE_CHANGED, &[("fields", fields)])
        }
    }
}
