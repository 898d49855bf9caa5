//! The survey on the desk: the draft in memory, and the one that the server keeps.
//!
//! Every command that is carried out is sent to the server at once. The page says "saved" only of what the server
//! has answered for; until then leaving the page asks.

use std::rc::Rc;

use leptos::prelude::*;
use model::{
    Collection, Key, Text,
    text::FALLBACK,
    wire::{self, DraftResult, DraftWrite},
};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use survey::draft::{Draft, Path, Place, Refusal};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::unsaved,
    screen::Screen,
    wrong::{Wrong, doubts_in, wrong_in},
};
use crate::{
    locale::{content, key, t, tf},
    platform::browser,
    router,
    store::Store,
};

/// The fields of the survey's record, beside its questions.
pub type About = Map<String, Value>;

/// The fields of the survey's record that people read, in the order in which they read them.
pub const READ: [&str; 3] = ["title", "summary", "outcome"];

/// Where the work is.
#[derive(Debug, Clone, PartialEq)]
pub enum Saving {
    /// Nothing differs from what is published.
    Clean,
    /// The server has it as it is here.
    Saved,
    /// It is on the way.
    Sending,
    /// It did not arrive.
    Failed(SyncError),
    /// Somebody else wrote meanwhile; what is there now, unless it is gone.
    Conflict(Option<wire::Draft>),
}

/// One survey being written. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    store: Store,
    id: StoredValue<Key>,
    /// The revision of the server's draft; 0 if it has none.
    rev: StoredValue<u64>,
    /// The questions.
    pub draft: RwSignal<Draft>,
    /// Title, summary and what else the survey's record says.
    pub about: RwSignal<About>,
    /// Where the work is.
    pub saving: RwSignal<Saving>,
    /// What a screen reader is told of the last command.
    pub said: RwSignal<String>,
    /// The draft before the last removal.
    pub before: RwSignal<Option<(Draft, About)>>,
    /// What keeps it from being published.
    pub wrong: Memo<Vec<Wrong>>,
    /// What it can be published with and was hardly meant.
    pub doubts: Memo<Vec<Wrong>>,
    changed: StoredValue<bool>,
    /// Something is on its way.
    busy: StoredValue<bool>,
    /// What changed while something was on its way, and goes after it.
    behind: StoredValue<bool>,
    /// Has the screen that is shown take what is typed, and says whether it took all.
    keeper: StoredValue<Option<Callback<(), bool>>>,
    /// Where items stood before, and where they stand now: an address may still name them so.
    moved: StoredValue<Vec<(Path, Path)>>,
}

impl Desk {
    /// Puts a draft on the desk. `rev` is that of the server's draft, 0 if it has none.
    pub fn new(id: Key, rev: u64, about: About, draft: Draft) -> Self {
        let draft = RwSignal::new(draft);
        let wrong = Memo::new(move |_| draft.with(wrong_in));
        let doubts = Memo::new(move |_| draft.with(doubts_in));
        let desk = Self {
            store: Store::get(),
            id: StoredValue::new(id),
            rev: StoredValue::new(rev),
            draft,
            about: RwSignal::new(about),
            saving: RwSignal::new(if rev == 0 { Saving::Clean } else { Saving::Saved }),
            said: RwSignal::default(),
            before: RwSignal::new(None),
            wrong,
            doubts,
            changed: StoredValue::new(false),
            busy: StoredValue::new(false),
            behind: StoredValue::new(false),
            keeper: StoredValue::new(None),
            moved: StoredValue::default(),
        };
        desk.guard();
        desk
    }

    /// Whether the page is still there: what waited for a file or for the server may come back to none.
    pub fn is_open(self) -> bool {
        self.draft.try_with_untracked(|_| ()).is_some()
    }

    /// Which survey.
    pub fn id(self) -> Key {
        self.id.get_value()
    }

    /// The revision of the server's draft; 0 if it has none.
    pub fn rev(self) -> u64 {
        self.rev.get_value()
    }

    /// What the survey is called so far; tracked.
    pub fn title(self) -> String {
        content(&self.about_text("title"))
    }

    /// A text of the survey's record; tracked.
    pub fn about_text(self, field: &str) -> Text {
        let text = self.about.with(|about| Text::deserialize(about.get(field)?).ok());
        text.unwrap_or_default()
    }

    /// Sets the words of a text of the survey's record in one language; without words the language is taken out.
    pub fn set_about_words(self, field: &str, language: &str, words: &str) {
        let mut text = untrack(|| self.about_text(field));
        if text.own(language).unwrap_or_default() == words.trim() {
            return;
        }
        if words.trim().is_empty() {
            text.remove(language);
        } else {
            text.set(language.to_owned(), words.trim().to_owned());
        }
        self.set_about(field, serde_json::to_value(text).unwrap_or_default());
    }

    /// How many texts have no words in a language, those of the survey's record counted; tracked.
    pub fn missing(self, language: &str) -> usize {
        let about = READ.into_iter().map(|field| self.about_text(field));
        let lacks = |text: &Text| {
            let has = |tag| text.own(tag).is_some_and(|words| !words.trim().is_empty());
            has(FALLBACK) && !has(language)
        };
        about.filter(lacks).count() + self.draft.with(|draft| draft.untranslated(language).len())
    }

    /// The languages that people read the survey in, beside English; tracked. What is said of a survey always is in
    /// English too, whatever its questions are written in.
    pub fn others(self) -> Vec<String> {
        let languages = self
            .draft
            .with(|draft| draft.languages().into_iter().map(str::to_owned).collect::<Vec<_>>());
        let own = languages.first().cloned();
        languages.into_iter().filter(|tag| Some(tag) != own.as_ref() || tag != FALLBACK).collect()
    }

    /// Carries out a command. What it refuses changes nothing and comes back.
    pub fn change<T>(
        self,
        command: impl FnOnce(&mut Draft) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let old = self.draft.get_untracked();
        let mut draft = old.clone();
        let done = command(&mut draft)?;
        if draft != old {
            self.before.set(None);
            self.draft.set(draft);
            self.save();
        }
        Ok(done)
    }

    /// As [`Desk::change`], for a removal that can be taken back.
    pub fn take_away(
        self,
        command: impl FnOnce(&mut Draft) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let old = (self.draft.get_untracked(), self.about.get_untracked());
        self.change(command)?;
        self.before.set(Some(old));
        Ok(())
    }

    /// Takes a language away with all its words, those of the survey's record too. It can be taken back.
    pub fn take_language(self, tag: &str) -> Result<(), Refusal> {
        self.take_away(|draft| draft.remove_language(tag))?;
        if tag != FALLBACK {
            READ.into_iter().for_each(|field| self.set_about_words(field, tag, ""));
        }
        Ok(())
    }

    /// Takes the last removal back.
    pub fn undo(self) {
        if let Some((draft, about)) = self.before.get_untracked() {
            self.before.set(None);
            self.draft.set(draft);
            self.about.set(about);
            self.said.set(t(key::STAFF_MAKE_UNDONE));
            self.save();
        }
    }

    /// Sets a field of the survey's record.
    pub fn set_about(self, field: &str, value: Value) {
        let same = self.about.with_untracked(|about| about.get(field) == Some(&value));
        if !same {
            self.about.update(|about| {
                about.insert(field.to_owned(), value);
            });
            self.save();
        }
    }

    /// Sends what is here. Changes made meanwhile follow.
    pub fn save(self) {
        self.changed.set_value(true);
        if self.busy.get_value() {
            self.behind.set_value(true);
            return;
        }
        if matches!(self.saving.get_untracked(), Saving::Conflict(_)) {
            return;
        }
        // What did not arrive is called so until it has: the notice with its button does not come and go.
        if !matches!(self.saving.get_untracked(), Saving::Failed(_)) {
            self.saving.set(Saving::Sending);
        }
        self.busy.set_value(true);
        spawn_local(async move {
            let outcome = self.send().await;
            self.busy.try_set_value(false);
            if self.saving.try_get_untracked().is_some_and(|before| before != outcome) {
                self.saving.try_set(outcome);
            }
        });
    }

    /// Sends again what did not arrive, if that may help: the network, the server or the session may be back.
    pub fn try_again(self) {
        let may_help =
            |saving: &Saving| matches!(saving, Saving::Failed(error) if Self::may_help(error));
        if self.saving.with_untracked(may_help) {
            self.save();
        }
    }

    /// Whether what was not answered may be answered later.
    pub fn may_help(error: &SyncError) -> bool {
        use SyncError::{NeedsSignIn, Offline, RetryAfter};
        matches!(error, Offline(_) | RetryAfter(_) | NeedsSignIn)
    }

    async fn send(self) -> Saving {
        while self.changed.try_get_value() == Some(true) {
            self.changed.set_value(false);
            self.behind.set_value(false);
            let write = DraftWrite {
                base_rev: self.rev(),
                survey: self.about.get_untracked(),
                definition: self.draft.with_untracked(Draft::definition),
            };
            match self.store.save_draft(&self.id(), &write).await {
                Ok(DraftResult::Saved { head }) => {
                    if self.rev.try_set_value(head.rev).is_some() {
                        break;
                    }
                }
                Ok(DraftResult::Conflict { draft }) => return Saving::Conflict(draft),
                Ok(DraftResult::Discarded) => return Saving::Conflict(None),
                Err(error) => return Saving::Failed(error),
            }
        }
        Saving::Saved
    }

    /// Puts what the server has in the place of what is here.
    pub fn take_theirs(self, theirs: &wire::Draft) {
        if let Some(draft) = Draft::read(&theirs.definition) {
            self.changed.set_value(false);
            self.rev.set_value(theirs.head.rev);
            self.about.set(theirs.survey.clone());
            self.draft.set(draft);
            self.before.set(None);
            self.saving.set(Saving::Saved);
            // A form that is open holds what was here before, and would write it again.
            Screen::Contents.show(&self.id());
        }
    }

    /// Notes that what is here is published as this version, and the draft done with.
    pub fn published(self, version: u32) {
        self.about.update(|about| {
            about.insert("version".to_owned(), json!(version));
        });
        self.rev.set_value(0);
        self.saving.set(Saving::Clean);
        self.before.set(None);
    }

    /// The version that is published now; none if it never was.
    pub fn published_version(self) -> Option<u32> {
        let id = self.id();
        self.store.catalogue.with(|catalogue| Some(catalogue.survey(&id)?.version))
    }

    /// The questions as they are published now; tracked.
    pub fn published_draft(self) -> Option<Draft> {
        let (id, version) = (self.id(), self.published_version()?);
        self.store
            .catalogue
            .with(|catalogue| Draft::read(&catalogue.stored_definition(&id, version)?))
    }

    /// The fields of the survey's record as they are published now; none if it never was.
    pub fn record(self) -> Option<(u64, About)> {
        let id = self.id();
        self.store.catalogue.with(|catalogue| {
            let record = catalogue.record(Collection::Survey, &id)?;
            Some((record.rev, record.fields.clone()))
        })
    }

    /// Has the screen that is shown take what is typed before another one is: every way away from it goes through this. `keep` says
    /// whether it took all; else whoever goes is asked. It ends with the component that called it.
    pub fn keep_with(self, keep: impl Fn() -> bool + Send + Sync + 'static) {
        self.keeper.set_value(Some(Callback::new(move |()| keep())));
    }

    /// Notes that an item stands elsewhere now, or is called otherwise.
    pub fn has_moved(self, from: &Path, to: &Path) {
        if from != to {
            self.moved.update_value(|all| all.push((from.clone(), to.clone())));
        }
    }

    /// Where an item stands that an address names: as it was called then.
    pub fn followed(self, path: Path) -> Path {
        if self.draft.with_untracked(|draft| draft.item(&path).is_some()) {
            return path;
        }
        let follow = |path: Path, (from, to): &(Path, Path)| match path.is_in(from) {
            true => {
                path.names()[from.names().len()..].iter().fold(to.clone(), |at, it| at.child(it))
            }
            false => path,
        };
        self.moved.with_value(|moved| moved.iter().fold(path, follow))
    }

    /// While something is not on the server, the page is not left in silence; within it nothing is lost, and nobody is asked.
    fn guard(self) {
        let open = move || !matches!(self.saving.get(), Saving::Clean | Saving::Saved);
        unsaved::guard(Signal::derive(open));
        let here = Screen::Contents.address(&self.id());
        router::guard(Some(Rc::new(move |address| {
            let field = browser::end_typing();
            let keeper = self.keeper.try_get_value().flatten();
            let kept = keeper.and_then(|keep| keep.try_run(())).unwrap_or(true);
            if !kept && let Some(field) = field {
                // Who stays goes on where they were.
                let _ = field.focus();
            }
            let within = address.split('?').next() == Some(here.as_str());
            kept && (within || self.may_go())
        })));
        on_cleanup(|| router::guard(None));
    }

    /// Whether all is on the server, or on its way there and nothing behind it.
    fn may_go(self) -> bool {
        let failed = |saving: &Saving| matches!(saving, Saving::Failed(_) | Saving::Conflict(_));
        self.saving.try_with_untracked(failed) != Some(true)
            && self.behind.try_get_value() != Some(true)
    }
}

/// Why a command was refused, in words; `name` gives a question its label.
pub fn refusal_words(draft: &Draft, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing(what) => tf(key::STAFF_MAKE_REFUSED_MISSING, &[("what", what)]),
        Refusal::Taken(name) => tf(key::STAFF_MAKE_REFUSED_TAKEN, &[("name", name)]),
        Refusal::BadName => t(key::STAFF_MAKE_REFUSED_NAME),
        Refusal::BadChoice => t(key::STAFF_MAKE_REFUSED_CHOICE),
        Refusal::Unknown(name) => tf(key::STAFF_MAKE_REFUSED_UNKNOWN, &[("name", name)]),
        Refusal::Senseless => t(key::STAFF_MAKE_REFUSED_SENSELESS),
        Refusal::InUse { by, .. } => {
            let users: Vec<_> = by.iter().map(|path| title_of(draft, path)).collect();
            tf(key::STAFF_MAKE_REFUSED_IN_USE, &[("by", &users.join("; "))])
        }
    }
}

/// What a question is called on the screen; see [`Draft::title`].
pub fn title_of(draft: &Draft, path: &survey::draft::Path) -> String {
    draft.title(&Place::Item(path.clone()))
}

/// The record of a survey that nobody has described yet.
pub fn blank_about(title: &str) -> About {
    let about = json!({"title": {"en": title}, "summary": {}, "minutes": 5});
    about.as_object().cloned().unwrap_or_default()
}
