//! Before a survey: why we ask, how long it takes, what came of earlier answers; and the way on after a crash.

use crate::view::{View, view};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use model::{Text, catalogue::Survey, time::Millis};
use survey::{Condition, Definition};

use super::{Taking, language};
use crate::{
    components::{
        notice::{Notice, Tone},
        page::{Page, announce},
    },
    locale::{Key, key, label, t, words},
    pages::resident::surveys::minutes_words,
    store::{Ready, Store, journal},
};

/// The first page of a survey.
#[component]
pub fn Intro(
    /// Which survey.
    id: model::Key,
    /// What is said of it.
    survey: Survey,
    /// Where it begins.
    taking: Taking,
) -> View {
    let store = Store::get();
    let skipped = taking.definition(&id).and_then(|(_, definition)| {
        language::offer(&definition);
        skipped(&definition)
    });
    let Survey { title, summary, outcome, anonymous, .. } = survey.clone();
    let title = Signal::derive(move || spoken(&title));
    let left =
        RwSignal::new(store.unfinished().filter(|kept| kept.survey == id).map(|kept| kept.at));
    let broken = RwSignal::new(false);
    let blocked = Signal::derive(move || !matches!(store.ready.get(), Ready::Open));
    let begin = Callback::new(move |()| {
        if !taking.start(&id) {
            broken.set(true);
        }
    });
    view! {
        <Page title back="/surveys">
            <p class="govuk-body-l ct-prose">{move || spoken(&summary)}</p>
            <ul class="govuk-list govuk-list--bullet">
                <li>{move || minutes_words(&survey)}</li>
                {anonymous.then(|| view! { <li>{words(key::SURVEY_PRIVATE)}</li> })}
                {skipped.map(|told| view! { <li>{words(told)}</li> })}
                <li>{words(key::SURVEY_MAY_STOP)}</li>
            </ul>
            <Outcome outcome/>
            {move || {
                broken
                    .get()
                    .then(|| {
                        view! { <Notice tone=Tone::Error title=label(key::SURVEY_GONE_TEXT)/> }
                    })
            }}
            {move || match left.get() {
                Some(at) => view! { <GoOn at left taking begin blocked/> },
                None => {
                    view! {
                        <button
                            type="button"
                            class="govuk-button"
                            on:click=move |_| begin.run(())
                            disabled=blocked
                        >
                            {words(key::SURVEY_START)}
                        </button>
                    }
                }
            }}
        </Page>
    }
}

/// What is true of skipping its questions; nothing where half of them or more may need an answer.
fn skipped(definition: &Definition) -> Option<Key> {
    let asked = || definition.items.iter().filter(|item| item.kind.is_asked());
    let needed = asked().filter(|item| item.required != Condition::Never).count();
    match needed {
        0 => Some(key::SURVEY_SKIP_ANY),
        _ if 2 * needed < asked().count() => Some(key::SURVEY_SKIP),
        _ => None,
    }
}

/// "Go on where you were?" It shows nothing of what was said, and is there only as long as the journal is.
#[component]
fn GoOn(
    at: Millis,
    left: RwSignal<Option<Millis>>,
    taking: Taking,
    begin: Callback<()>,
    blocked: Signal<bool>,
) -> View {
    let store = Store::get();
    let forget = move || {
        journal::wipe();
        left.set(None);
    };
    let end = StoredValue::new_local(Some(Timeout::new(journal::left(at), forget)));
    on_cleanup(move || end.set_value(None));
    let go_on = move |_| {
        if !store.unfinished().is_some_and(|kept| taking.resume(kept)) {
            forget();
        }
    };
    view! {
        <section class="ct-notice ct-notice--info" aria-labelledby="go-on">
            <h2 class="ct-notice__title" id="go-on">
                {words(key::SURVEY_GO_ON_TITLE)}
            </h2>
            <p>{words(key::SURVEY_GO_ON_TEXT)}</p>
            <div class="govuk-button-group">
                <button type="button" class="govuk-button" on:click=go_on disabled=blocked>
                    {words(key::SURVEY_GO_ON)}
                </button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        forget();
                        begin.run(());
                    }
                    disabled=blocked
                >
                    {words(key::SURVEY_START_NEW)}
                </button>
            </div>
        </section>
    }
}

/// "You said, we did"; nothing where nothing came of it yet.
#[component]
pub fn Outcome(
    /// What came of earlier answers.
    outcome: Text,
) -> View {
    View::of(move || {
        let words = spoken(&outcome);
        (!words.is_empty()).then(|| {
            view! {
                <Notice tone=Tone::Info title=label(key::SURVEY_OUTCOME)>
                    <p>{words}</p>
                </Notice>
            }
        })
    })
}

/// A text of the survey in the language of its questions; tracked.
pub fn spoken(text: &Text) -> String {
    text.get(&language::spoken()).to_owned()
}

/// Says that a page about the survey itself is on the screen.
pub fn announced(title: Key) {
    Effect::new(move || announce(&t(title)));
}
