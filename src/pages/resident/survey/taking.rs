//! Somebody's answers to one version of a survey, while they give them.

use std::sync::Arc;

use gloo::events::EventListener;
use leptos::prelude::*;
use model::{Key, Problem, ProblemCode, SubmissionId, submission::Answer, time::Millis};
use survey::{Context, Definition, Field, Fill, Kind};

use super::language;
use crate::{
    components::field::{Fault, words_for},
    locale::{key, t},
    platform::{browser, clock, ids},
    store::{
        Store,
        journal::{self, Kept},
    },
};

/// A survey in the hands of somebody. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Taking {
    /// Where the questions come from and the answers go to.
    pub store: Store,
    /// Which survey and version, and when it was begun.
    what: StoredValue<Option<(Key, u32, Millis)>>,
    /// The answers so far; none before the start.
    fill: RwSignal<Option<Fill>>,
    /// What the last press of "Next" found wrong, by the path of the question, and how many presses there were: each
    /// leads to the summary, also if it says the same as before.
    wrong: RwSignal<(u32, Vec<(String, Problem)>)>,
    /// The reference, once it is saved.
    pub saved: RwSignal<Option<SubmissionId>>,
    /// Somebody wants to stop and is asked what becomes of the answers.
    pub stopping: RwSignal<bool>,
    /// It is being saved: neither the way back nor a second press may save it twice.
    pub busy: RwSignal<bool>,
    /// Files that were chosen on the page and are still being read: who went on now would go without them.
    pub reading: RwSignal<u32>,
}

impl Taking {
    /// Nothing begun yet. What is begun is journaled, until the page is left.
    pub fn new(store: Store) -> Self {
        let taking = Self {
            store,
            what: StoredValue::new(None),
            fill: RwSignal::new(None),
            wrong: RwSignal::default(),
            saved: RwSignal::new(None),
            stopping: RwSignal::new(false),
            busy: RwSignal::new(false),
            reading: RwSignal::new(0),
        };
        taking.keep_journal();
        let spoken = Memo::new(|_| language::spoken());
        Effect::new(move || {
            let spoken = spoken.get();
            taking.update(|fill| fill.set_language(&spoken));
        });
        taking
    }

    /// Whether somebody has begun; tracked.
    pub fn is_begun(self) -> bool {
        self.fill.with(Option::is_some)
    }

    /// The questions of a survey as it is asked now, if they are on this tablet.
    pub fn definition(self, survey: &Key) -> Option<(u32, Definition)> {
        self.store.catalogue.with_untracked(|catalogue| {
            let version = catalogue.survey(survey)?.version;
            Some((version, catalogue.definition(survey, version)?))
        })
    }

    /// Begins with empty answers; false if the questions are not on this tablet.
    pub fn start(self, survey: &Key) -> bool {
        let Some((version, definition)) = self.definition(survey) else { return false };
        let now = clock::now();
        let seed = ids::random_uuid().as_u64_pair().0;
        let context = Context { now, offset: clock::offset(), seed, ..Context::default() };
        let mut fill = Fill::start(Arc::new(definition), context);
        fill.set_language(&untrack(language::spoken));
        self.begin((survey.clone(), version, now), fill);
        true
    }

    /// Begins with empty answers to questions that are not published: nothing is journaled, and nothing can be saved.
    pub fn try_out(self, definition: Arc<Definition>) {
        let context = Context { now: clock::now(), offset: clock::offset(), ..Context::default() };
        let mut fill = Fill::start(definition, context);
        fill.set_language(&untrack(language::spoken));
        self.what.set_value(None);
        self.forget();
        self.tell(Vec::new());
        self.fill.set(Some(fill));
    }

    /// Goes on with what was journaled; false if those questions are not on this tablet any more.
    pub fn resume(self, kept: Kept) -> bool {
        let Kept { survey, version, since, tongue, journal, .. } = kept;
        let definition = self.store.catalogue.with_untracked(|it| it.definition(&survey, version));
        let Some(definition) = definition else { return false };
        language::speak(tongue.as_deref().unwrap_or(&journal.language));
        self.begin((survey, version, since), Fill::resume(Arc::new(definition), &journal));
        true
    }

    fn begin(self, what: (Key, u32, Millis), fill: Fill) {
        language::offer(fill.definition());
        self.what.set_value(Some(what));
        self.forget();
        self.tell(Vec::new());
        self.fill.set(Some(fill));
    }

    /// Begins the same survey again, for the next person.
    pub fn again(self) {
        let survey = self.what.get_value().map(|(survey, ..)| survey);
        language::forget();
        if !survey.is_some_and(|survey| self.start(&survey)) {
            self.clear();
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        journal::wipe();
        self.forget();
        self.fill.set(None);
        self.what.set_value(None);
    }

    /// A page that is about to go away is not told what it shows no more.
    fn forget(self) {
        if self.saved.with_untracked(Option::is_some) {
            self.saved.set(None);
        }
        if self.stopping.get_untracked() {
            self.stopping.set(false);
        }
    }

    /// What it is a response to, and how many seconds it took so far.
    pub fn what(self) -> Option<(Key, u32, Option<u32>)> {
        let (survey, version, since) = self.what.get_value()?;
        Some((survey, version, u32::try_from(clock::now().since(since) / 1_000).ok()))
    }

    /// Reads the answers; tracked. The default before the start.
    pub fn with<T: Default>(self, read: impl FnOnce(&Fill) -> T) -> T {
        self.fill.with(|fill| fill.as_ref().map(read).unwrap_or_default())
    }

    /// Reads one question; tracked. The default if there is none.
    pub fn field<T: Default>(self, path: &str, read: impl FnOnce(Field<'_>) -> T) -> T {
        self.with(|fill| fill.field(path).map(read).unwrap_or_default())
    }

    /// Changes the answers.
    pub fn update<T>(self, change: impl FnOnce(&mut Fill) -> T) -> Option<T> {
        if self.fill.with_untracked(Option::is_none) {
            return None;
        }
        let changed = self.fill.try_update(|fill| {
            fill.as_mut().map(|fill| {
                fill.set_now(clock::now());
                change(fill)
            })
        });
        changed.flatten()
    }

    /// Leaves the page on the screen for the next one, or says what is wrong on it.
    pub fn next(self) {
        self.tell(Vec::new());
        if self.update(|fill| fill.go_on().is_err()) == Some(true) {
            self.point_out();
        }
    }

    /// Goes to the first page where something is wrong or missing.
    pub fn go_to_open(self) {
        self.update(Fill::go_to_check);
        self.point_out();
    }

    fn point_out(self) {
        let wrong = untrack(|| {
            self.with(|fill| {
                let fields = fill.fields().into_iter();
                let first =
                    |field: Field<'_>| Some((field.path(), field.problems().into_iter().next()?));
                fields.filter_map(first).collect()
            })
        });
        self.tell(wrong);
    }

    fn tell(self, wrong: Vec<(String, Problem)>) {
        self.wrong.update(|told| *told = (told.0.wrapping_add(1), wrong));
    }

    /// What is wrong on the page, in the language on the screen; `id` makes the id of a question's field. Where the form
    /// has words of its own for it, those.
    pub fn faults(self, id: impl Fn(&str) -> String + Send + Sync + 'static) -> Signal<Vec<Fault>> {
        self.told(id, |_, words| words)
    }

    /// The same for the list over the page: of several questions each is named.
    pub fn summary(
        self,
        id: impl Fn(&str) -> String + Send + Sync + 'static,
        alone: bool,
    ) -> Signal<Vec<Fault>> {
        self.told(id, move |label, words| if alone { words } else { format!("{label} – {words}") })
    }

    fn told(
        self,
        id: impl Fn(&str) -> String + Send + Sync + 'static,
        named: impl Fn(String, String) -> String + Send + Sync + 'static,
    ) -> Signal<Vec<Fault>> {
        // Through a memo: a field that goes away with the page must not be asked again when the person is cleared away.
        let told = Memo::new(move |_| {
            let spoken = language::spoken();
            let (press, wrong) = self.wrong.get();
            untrack(|| {
                // Neither what stands on another page nor what has been put right since.
                let is_here = |(path, _): &&(String, Problem)| {
                    self.with(|fill| {
                        let mut fields = fill.fields().into_iter();
                        fields.any(|it| it.path() == *path && !it.problems().is_empty())
                    })
                };
                let fault = |(path, problem): &(String, Problem)| {
                    let words = self.field(path, |field| {
                        let own = survey::plain(&field.message(problem, &spoken));
                        let own = if own.is_empty() {
                            wrong_words(problem.code, field.kind())
                        } else {
                            own
                        };
                        named(survey::plain(&field.label(&spoken)), own)
                    });
                    Fault { field: id(path), words }
                };
                (press, wrong.iter().filter(is_here).map(fault).collect::<Vec<_>>())
            })
        });
        Signal::derive(move || told.get().1)
    }

    /// Writes the journal with each change, and removes it when somebody leaves.
    fn keep_journal(self) {
        Effect::new(move || {
            self.fill.track();
            let going = self.saved.get().is_none();
            let tongue = language::own();
            let Some((survey, version, since)) = self.what.get_value() else { return };
            self.fill.with(|fill| match fill {
                Some(fill) if going => journal::write(&survey, version, since, tongue, fill),
                _ => journal::wipe(),
            });
        });
        on_cleanup(move || {
            if self.what.get_value().is_some() {
                journal::wipe();
            }
        });
        // A link to a page of another program loads that anew, and nothing here is cleaned up. Whether the person really
        // goes, the browser asks; a reload, after which they go on, is no press of a link.
        let leaving = StoredValue::new(false);
        let window = browser::window();
        let pressed = EventListener::new(&window, "click", move |event| {
            leaving.set_value(!event.default_prevented() && browser::link_of(event).is_some());
        });
        let hidden = EventListener::new(&window, "pagehide", move |_| {
            if leaving.get_value() && self.what.get_value().is_some() {
                journal::wipe();
            }
        });
        let listeners = StoredValue::new_local(Some((pressed, hidden)));
        on_cleanup(move || listeners.set_value(None));
    }
}

/// A question on the screen: where it reads from and where its answer goes.
#[derive(Clone)]
pub struct Asked {
    /// Whose answers.
    pub taking: Taking,
    /// The key of its answer.
    pub path: Arc<str>,
    /// The id of its field; an error leads there.
    pub id: String,
    /// It is alone on the page: its words are the heading.
    pub heading: bool,
    /// What is wrong on the page.
    pub faults: Signal<Vec<Fault>>,
}

impl Asked {
    /// Something about it, kept up to date.
    pub fn memo<T: Default + PartialEq + Send + Sync + 'static>(
        &self,
        read: impl Fn(Field<'_>) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let (taking, path) = (self.taking, Arc::clone(&self.path));
        Memo::new(move |_| taking.field(&path, &read))
    }

    /// Words of it in the language on the screen.
    pub fn words(&self, read: fn(Field<'_>, &str) -> String) -> Signal<String> {
        self.memo(move |field| survey::plain(&read(field, &language::spoken()))).into()
    }

    /// The question.
    pub fn label(&self) -> Signal<String> {
        self.words(|field, language| field.label(language))
    }

    /// Help with answering.
    pub fn hint(&self) -> Signal<String> {
        self.words(|field, language| field.hint(language))
    }

    /// What is answered.
    pub fn answer(&self) -> Memo<Option<Answer>> {
        self.memo(|field| field.answer().cloned())
    }

    /// What is answered as one text; empty if it is something else.
    pub fn text(&self) -> Memo<String> {
        self.memo(|field| match field.answer() {
            Some(Answer::One(text)) => text.clone(),
            _ => String::new(),
        })
    }

    /// Takes an answer.
    pub fn set(&self, answer: Option<Answer>) {
        self.taking.update(|fill| fill.set(&self.path, answer));
    }
}

/// What is wrong with an answer, for who gives it.
fn wrong_words(code: ProblemCode, kind: &Kind) -> String {
    match (code, kind) {
        (ProblemCode::Malformed, Kind::Integer) => t(key::PROBLEM_WHOLE),
        (ProblemCode::Malformed, Kind::Decimal) => t(key::PROBLEM_NUMBER),
        (ProblemCode::Malformed, Kind::Geopoint) => t(key::PROBLEM_PLACE),
        // A rule of the form that has no words of its own: only a number is too low or too high.
        (ProblemCode::OutOfRange, Kind::Integer | Kind::Decimal | Kind::Range(_)) => {
            words_for(code)
        }
        (ProblemCode::OutOfRange, _) => t(key::PROBLEM_UNFIT),
        _ => words_for(code),
    }
}
