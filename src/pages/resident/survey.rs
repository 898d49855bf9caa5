//! `/surveys/:id`: a survey, one question a page.

use std::sync::Arc;

use crate::view::{Children, CollectView, View, view};
use leptos::prelude::*;
use model::{
    Key, SubmissionId,
    catalogue::{Survey, SurveyState},
    time::Millis,
};
use survey::{Context, Fill, Item};
use wasm_bindgen_futures::spawn_local;

use super::question::{Draft, FIELD, QuestionField, answer_of, answer_words, draft_of};
use crate::{
    components::{
        field::{ErrorSummary, Fault, words_for},
        notice::{Notice, Tone},
        page::{Main, Page, announce},
    },
    locale::{content, key, label, language, t, tf, tn, words},
    pages::frame::{FormGuard, storage_words},
    platform::clock,
    store::{Ready, Store, outbox::Told},
};

/// The page of a survey.
#[component]
pub fn SurveyPage(
    /// Which survey; none if the address makes no sense.
    id: Option<Key>,
) -> View {
    let store = Store::get();
    let survey = move || {
        let id = id.as_ref()?;
        let survey = store.catalogue.with(|catalogue| catalogue.survey(id))?;
        Some((id.clone(), survey))
    };
    // Made here, where they live as long as the page: what a handler makes ends with its part.
    let taking = Taking::new();
    // A survey that changes while somebody answers it must not take the page away from them:
    // what they began, they finish.
    let begun = Memo::new(move |_| taking.fill.with(Option::is_some));
    View::of(move || {
        if begun.get() {
            return view! { <TakingPage taking/> };
        }
        match survey() {
            Some((id, survey)) if survey.state == SurveyState::Open => {
                view! { <Intro id survey taking/> }
            }
            Some(_) => closed(key::SURVEY_CLOSED, key::SURVEY_CLOSED_TEXT),
            None => closed(key::SURVEY_GONE, key::SURVEY_GONE_TEXT),
        }
    })
}

fn closed(title: crate::locale::Key, text: crate::locale::Key) -> View {
    view! {
        <Page title=label(title) back="/surveys">
            <p class="govuk-body">{words(text)}</p>
        </Page>
    }
}

/// Somebody's answers to one version of a survey.
#[derive(Clone, Copy)]
struct Taking {
    /// Which survey and version, and when it was begun.
    what: StoredValue<Option<(Key, u32, Millis)>>,
    /// The answers so far; none before the start.
    fill: RwSignal<Option<Fill>>,
    /// The reference, once it is saved.
    saved: RwSignal<Option<SubmissionId>>,
    /// It is being saved: neither the way back nor a second press may save it twice.
    busy: RwSignal<bool>,
}

impl Taking {
    fn new() -> Self {
        Self {
            what: StoredValue::new(None),
            fill: RwSignal::new(None),
            saved: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Begins with empty answers; false if the questions are not on this tablet.
    fn start(self, store: Store, id: &Key) -> bool {
        let asked = store.catalogue.with_untracked(|catalogue| {
            let version = catalogue.survey(id)?.version;
            Some((version, catalogue.definition(id, version)?))
        });
        let Some((version, definition)) = asked else { return false };
        self.what.set_value(Some((id.clone(), version, clock::now())));
        self.saved.set(None);
        let context = Context { now: clock::now(), ..Context::default() };
        self.fill.set(Some(Fill::start(Arc::new(definition), context)));
        true
    }

    /// Forgets everything.
    fn clear(self) {
        self.fill.set(None);
        self.saved.set(None);
        self.what.set_value(None);
    }

    /// Reads the answers; tracked. The default before the start.
    fn with<T: Default>(self, read: impl FnOnce(&Fill) -> T) -> T {
        self.fill.with(|fill| fill.as_ref().map(read).unwrap_or_default())
    }

    /// Changes the answers.
    fn update<T>(self, change: impl FnOnce(&mut Fill) -> T) -> Option<T> {
        self.fill.try_update(|fill| fill.as_mut().map(change)).flatten()
    }
}

/// Why we ask, how long it takes, what came of earlier answers.
#[component]
fn Intro(id: Key, survey: Survey, taking: Taking) -> View {
    let store = Store::get();
    let broken = RwSignal::new(false);
    let blocked = move || !matches!(store.ready.get(), Ready::Open);
    let Survey { title, summary, outcome, minutes, .. } = survey;
    let minutes = usize::try_from(minutes).unwrap_or(0);
    let start = move |_| {
        if !taking.start(store, &id) {
            broken.set(true);
        }
    };
    view! {
        <Page title=Signal::derive(move || content(&title)) back="/surveys">
            <p class="govuk-body-l ct-prose">{move || content(&summary)}</p>
            <ul class="govuk-list govuk-list--bullet">
                <li>{move || tn(key::SURVEY_MINUTES, minutes)}</li>
                <li>{words(key::SURVEY_PRIVATE)}</li>
                <li>{words(key::SURVEY_SKIP)}</li>
            </ul>
            {move || {
                let words = content(&outcome);
                (!words.is_empty())
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Info title=label(key::SURVEY_OUTCOME)>
                                <p>{words}</p>
                            </Notice>
                        }
                    })
            }}
            {move || {
                broken
                    .get()
                    .then(|| {
                        view! {
                            <Notice
                                tone=Tone::Error
                                title=label(key::SURVEY_GONE_TEXT)
                            />
                        }
                    })
            }}
            <button type="button" class="govuk-button" on:click=start disabled=blocked>
                {words(key::SURVEY_START)}
            </button>
        </Page>
    }
}

#[component]
fn TakingPage(taking: Taking) -> View {
    let dirty = Signal::derive(move || taking.saved.get().is_none());
    view! {
        <div class="ct-width">
            <FormGuard dirty on_expire=move |()| taking.clear()/>
        </div>
        {move || {
            if let Some(reference) = taking.saved.get() {
                return view! { <Done reference taking/> };
            }
            match taking.with(|fill| fill.fields().first().map(|field| field.item().clone())) {
                Some(question) => view! { <Asking question taking/> },
                None => view! { <Check taking/> },
            }
        }}
    }
}

/// The sentence for what is wrong with an answer: the survey's own if it has one.
fn fault_words(question: &Item, problem: &model::Problem) -> String {
    let own = content(&question.constraint_message);
    if problem.code == model::ProblemCode::OutOfRange && !own.is_empty() {
        own
    } else {
        words_for(problem.code)
    }
}

/// One question.
#[component]
fn Asking(question: Item, taking: Taking) -> View {
    let given = untrack(|| {
        taking.with(|fill| draft_of(fill.field(&question.path).and_then(|field| field.answer())))
    });
    let draft = RwSignal::<Draft>::new(given);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let progress = untrack(|| taking.with(|fill| Some(fill.progress())));
    let (number, about) = progress.map_or((1, 1), |it| (it.number, it.about));
    let label = question.label.clone();
    Effect::new(move || announce(&content(&label)));
    let next = {
        let question = question.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let answer = draft.with_untracked(|draft| answer_of(&question, draft));
            let Some(mut filled) = taking.fill.get_untracked() else { return };
            filled.set(&question.path, answer);
            match filled.next() {
                Ok(()) => taking.fill.set(Some(filled)),
                Err(problems) => faults.set(
                    problems
                        .iter()
                        .map(|problem| Fault {
                            field: FIELD.to_owned(),
                            words: fault_words(&question, problem),
                        })
                        .collect(),
                ),
            }
        }
    };
    let back = move |_| {
        if taking.update(Fill::back) != Some(true) {
            taking.clear();
        }
    };
    let progress = move || {
        tf(key::SURVEY_PROGRESS, &[("number", &number.to_string()), ("about", &about.to_string())])
    };
    view! {
        <Main>
            <button type="button" class="govuk-back-link ct-back" on:click=back>
                {words(key::BACK)}
            </button>
            <div class="ct-progress">
                <label class="ct-progress__label" for="progress">
                    {progress}
                </label>
                <progress
                    class="ct-progress__bar"
                    id="progress"
                    max=about
                    value=number
                ></progress>
            </div>
            <ErrorSummary faults/>
            <form novalidate on:submit=next>
                <QuestionField question draft faults/>
                <button class="govuk-button">{words(key::SURVEY_NEXT)}</button>
            </form>
        </Main>
    }
}

/// "Check your answers".
#[component]
fn Check(taking: Taking) -> View {
    let store = Store::get();
    let failed = RwSignal::new(None::<sync::StorageError>);
    let busy = taking.busy;
    let send = move |_| {
        let Some((id, version, since)) = taking.what.get_value() else { return };
        let seconds = u32::try_from(clock::now().since(since) / 1_000).ok();
        let finished = untrack(|| taking.with(|fill| fill.finish(id, version, seconds).ok()));
        let Some(response) = finished else {
            // Something is open still: go to it.
            taking.update(Fill::go_to_check);
            return;
        };
        busy.set(true);
        spawn_local(async move {
            match store.send(Told::Response(response)).await {
                Ok(reference) => taking.saved.set(Some(reference)),
                Err(error) => failed.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let rows = move || {
        language();
        taking.fill.with(|fill| {
            fill.iter()
                .flat_map(Fill::summary)
                .map(|field| {
                    let (question, answer) = (field.item(), field.answer());
                    let name = field.path();
                    let label = content(&question.label);
                    let answer = answer_words(question, answer);
                    view! {
                        <div class="govuk-summary-list__row">
                            <dt class="govuk-summary-list__key">{label.clone()}</dt>
                            <dd class="govuk-summary-list__value">{answer}</dd>
                            <dd class="govuk-summary-list__actions">
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| {
                                        taking.update(|fill| fill.go_to(&name));
                                    }
                                >
                                    {t(key::CHANGE)}
                                    <span class="govuk-visually-hidden">" " {label}</span>
                                </button>
                            </dd>
                        </div>
                    }
                })
                .collect_view()
        })
    };
    let back = move |_| {
        taking.update(Fill::back);
    };
    view! {
        <Page title=label(key::SURVEY_CHECK)>
            <button type="button" class="govuk-back-link ct-back" on:click=back>
                {words(key::BACK)}
            </button>
            {move || {
                failed
                    .get()
                    .map(|error| {
                        view! {
                            <Notice tone=Tone::Error title=label(key::NOT_SAVED)>
                                <p>{t(storage_words(&error))}</p>
                            </Notice>
                        }
                    })
            }}
            <dl class="govuk-summary-list">{rows}</dl>
            <button type="button" class="govuk-button" on:click=send disabled=move || busy.get()>
                {words(key::SURVEY_SEND)}
            </button>
        </Page>
    }
}

/// The confirmation, and the way to begin again for the next person.
#[component]
fn Done(reference: SubmissionId, taking: Taking) -> View {
    let store = Store::get();
    let again = move |_| {
        let what = taking.what.get_value();
        if !what.is_some_and(|(id, ..)| taking.start(store, &id)) {
            taking.clear();
        }
    };
    view! {
        <Saved reference>
            <p class="govuk-body">{words(key::SURVEY_DONE_TEXT)}</p>
            <div class="govuk-button-group">
                <button type="button" class="govuk-button" on:click=again>
                    {words(key::SURVEY_AGAIN)}
                </button>
                <a
                    class="govuk-button govuk-button--secondary"
                    href="/"
                    on:click=move |_| store.forget_person()
                >
                    {words(key::FINISH)}
                </a>
            </div>
        </Saved>
    }
}

/// "Saved on this tablet" with its reference, and "Received" once the server has said so.
#[component]
pub fn Saved(
    /// Which submission.
    reference: SubmissionId,
    /// What to do next.
    children: Children,
) -> View {
    let store = Store::get();
    // Only what the outbox holds a receipt for is received.
    let state = move || {
        store.overview.with(|overview| {
            if overview.received.contains(&reference) {
                key::RECEIVED
            } else if overview.refused().any(|(entry, _)| entry.id == reference) {
                key::SAVED_REFUSED
            } else {
                key::SAVED_WILL_SEND
            }
        })
    };
    Effect::new(|| announce(&t(key::SAVED)));
    view! {
        <Main>
            <div class="govuk-panel govuk-panel--confirmation">
                <h1 class="govuk-panel__title" tabindex="-1">
                    {words(key::SAVED)}
                </h1>
                <div class="govuk-panel__body">
                    {words(key::SAVED_REFERENCE)} <br/>
                    <strong>{reference.reference()}</strong>
                </div>
            </div>
            <p class="govuk-body-l" role="status">
                {move || t(state())}
            </p>
            {children()}
        </Main>
    }
}
