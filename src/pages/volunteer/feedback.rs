//! `/feedback`: what a resident tells a volunteer, on one page, in under a minute.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key, SubmissionId,
    feedback::{Feedback, Feeling, Reply, ReplyBy},
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    components::{
        chips::Chips,
        choices::Choices,
        field::{ErrorSummary, Fault, TextArea, TextField, words_for},
        fieldset::Fieldset,
        notice::{Notice, Tone},
        page::Page,
        select::{Opt, Select},
    },
    locale::{self, content, key, label, t, words},
    pages::{
        frame::{FormGuard, storage_words},
        resident::{events::options, survey::Saved},
    },
    platform::browser,
    store::{
        Ready, Store,
        outbox::{Told, ValidFeedback},
    },
};

/// The form, and after it the confirmation.
#[component]
pub fn FeedbackPage() -> View {
    let store = Store::get();
    let saved = RwSignal::new(None::<SubmissionId>);
    View::of(move || match saved.get() {
        Some(reference) => view! {
            <Saved reference>
                <div class="govuk-button-group">
                    <button
                        type="button"
                        class="govuk-button"
                        on:click=move |_| saved.set(None)
                    >
                        {words(key::FEEDBACK_NEXT)}
                    </button>
                    <a
                        href="/"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| store.forget_person()
                    >
                        {words(key::FINISH)}
                    </a>
                </div>
            </Saved>
        },
        None => view! { <Form saved/> },
    })
}

/// What stands for "somewhere else" in the list of venues.
const ELSEWHERE: &str = "elsewhere";

#[component]
fn Form(saved: RwSignal<Option<SubmissionId>>) -> View {
    let store = Store::get();
    let blank = move || Feedback {
        venue: store.tablet.with_untracked(|tablet| tablet.venue.clone()),
        ..Feedback::default()
    };
    let feedback = RwSignal::new(blank());
    let faults = RwSignal::new(Vec::<Fault>::new());
    let failed = RwSignal::new(None::<sync::StorageError>);
    let busy = RwSignal::new(false);
    let dirty = Signal::derive(move || feedback.with(|it| *it != blank()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        failed.set(None);
        match ValidFeedback::check(tidy(feedback.get_untracked())) {
            Err(problems) => faults.set(problems.iter().map(fault).collect()),
            Ok(valid) => {
                faults.set(Vec::new());
                busy.set(true);
                spawn_local(async move {
                    match store.send(Told::Feedback(valid)).await {
                        Ok(reference) => saved.set(Some(reference)),
                        Err(error) => failed.set(Some(error)),
                    }
                    busy.set(false);
                });
            }
        }
    };
    let clear = move |()| {
        feedback.set(blank());
        faults.set(Vec::new());
        failed.set(None);
        browser::focus("main h1");
    };
    let blocked = move || busy.get() || !matches!(store.ready.get(), Ready::Open);
    view! {
        <Page title=label(key::FEEDBACK_TITLE) back="/">
            <FormGuard dirty on_expire=clear/>
            <ErrorSummary faults/>
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
            <form novalidate on:submit=save>
                <TextArea
                    id="words"
                    label=label(key::FEEDBACK_WORDS)
                    hint=label(key::FEEDBACK_WORDS_HINT)
                    value=Signal::derive(move || feedback.with(|it| it.words.clone()))
                    on_input=move |words| feedback.update(|it| it.words = words)
                    faults
                />
                <Themes feedback/>
                <Feelings feedback/>
                <Gap feedback/>
                <WantsAnswer feedback faults=faults.into()/>
                <Place feedback/>
                <Consent feedback faults=faults.into()/>
                <button class="govuk-button" disabled=blocked>
                    {words(key::FEEDBACK_SAVE)}
                </button>
            </form>
        </Page>
    }
}

/// Empty fields are no answers.
fn tidy(mut feedback: Feedback) -> Feedback {
    let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    feedback.gap = some(feedback.gap);
    feedback.place = some(feedback.place);
    feedback
}

fn fault(problem: &model::Problem) -> Fault {
    let (field, words) = match problem.pointer.as_str() {
        "/words" if problem.code == model::ProblemCode::Required => {
            ("words", t(key::FEEDBACK_WORDS_MISSING))
        }
        "/reply/contact" => ("contact", t(key::FEEDBACK_CONTACT_WRONG)),
        pointer => {
            let field = pointer.rsplit('/').next().unwrap_or_default();
            return Fault { field: field.to_owned(), words: words_for(problem.code) };
        }
    };
    Fault { field: field.to_owned(), words }
}

#[component]
fn Themes(feedback: RwSignal<Feedback>) -> View {
    let store = Store::get();
    let options = Signal::derive(move || {
        let mut options = options(store, key::EVERY_THEME, Collection::Theme);
        // No chip for "every theme": choosing none says that.
        options.remove(0);
        options
    });
    let value =
        Signal::derive(move || feedback.with(|it| it.themes.iter().map(Key::to_string).collect()));
    let on_change = move |(id, on): (String, bool)| {
        let Some(id) = Key::parse(&id) else { return };
        feedback.update(|it| {
            it.themes.retain(|other| *other != id);
            if on {
                it.themes.push(id);
            }
        });
    };
    view! {
        <Chips
            id="themes"
            legend=label(key::FEEDBACK_THEMES)
            hint=label(key::FEEDBACK_THEMES_HINT)
            options
            value
            on_change
        />
    }
}

/// A mouth for each feeling, under two eyes.
fn face(feeling: Feeling) -> (&'static str, locale::Key) {
    match feeling {
        Feeling::VeryUnhappy => ("M17 18v3M31 18v3M14 35q10-11 20 0", key::FEELING_VERY_UNHAPPY),
        Feeling::Unhappy => ("M17 18v3M31 18v3M15 33q9-5 18 0", key::FEELING_UNHAPPY),
        Feeling::Neutral => ("M17 18v3M31 18v3M15 31h18", key::FEELING_NEUTRAL),
        Feeling::Happy => ("M17 18v3M31 18v3M15 29q9 6 18 0", key::FEELING_HAPPY),
        Feeling::VeryHappy => ("M17 18v3M31 18v3M14 27q10 13 20 0", key::FEELING_VERY_HAPPY),
    }
}

#[component]
fn Feelings(feedback: RwSignal<Feedback>) -> View {
    let item = move |feeling: Feeling| {
        let id = format!("feeling-{}", feeling.name());
        let (mouth, name) = face(feeling);
        view! {
            <div class="ct-face">
                <input
                    class="ct-face__input"
                    type="radio"
                    name="feeling"
                    id=id.clone()
                    prop:checked=move || feedback.with(|it| it.feeling == Some(feeling))
                    on:change=move |_| feedback.update(|it| it.feeling = Some(feeling))
                />
                <label class="ct-face__label" for=id>
                    <svg class="ct-face__icon" viewBox="0 0 48 48" aria-hidden="true">
                        <circle cx="24" cy="24" r="20"></circle>
                        <path d=mouth></path>
                    </svg>
                    {words(name)}
                </label>
            </div>
        }
    };
    view! {
        <Fieldset id="feeling" legend=label(key::FEEDBACK_FEELING)>
            <div class="ct-faces">{Feeling::ALL.map(item).collect_view()}</div>
        </Fieldset>
    }
}

/// "Something is missing here".
#[component]
fn Gap(feedback: RwSignal<Feedback>) -> View {
    let missing = Memo::new(move |_| feedback.with(|it| it.gap.is_some()));
    let options = Signal::derive(|| vec![("gap".to_owned(), t(key::FEEDBACK_GAP))]);
    let value =
        Signal::derive(move || if missing.get() { vec!["gap".to_owned()] } else { Vec::new() });
    let on_change = move |(_, on): (String, bool)| {
        feedback.update(|it| it.gap = on.then(String::new));
    };
    view! {
        <Chips
            id="missing"
            legend=label(key::FEEDBACK_GAP_LEGEND)
            options
            value
            on_change
        />
        {move || {
            missing
                .get()
                .then(|| {
                    view! {
                        <TextArea
                            id="gap"
                            label=label(key::FEEDBACK_GAP_WHAT)
                            value=Signal::derive(move || {
                                feedback.with(|it| it.gap.clone().unwrap_or_default())
                            })
                            on_input=move |gap| feedback.update(|it| it.gap = Some(gap))
                            rows=2
                        />
                    }
                })
        }}
    }
}

fn reply_words(by: ReplyBy) -> (locale::Key, locale::Key, &'static str) {
    match by {
        ReplyBy::Phone => (key::REPLY_PHONE, key::REPLY_NUMBER, "tel"),
        ReplyBy::Text => (key::REPLY_TEXT, key::REPLY_NUMBER, "tel"),
        ReplyBy::Email => (key::REPLY_EMAIL, key::REPLY_EMAIL_ADDRESS, "email"),
        ReplyBy::Post => (key::REPLY_POST, key::REPLY_ADDRESS, "text"),
    }
}

#[component]
fn WantsAnswer(feedback: RwSignal<Feedback>, faults: Signal<Vec<Fault>>) -> View {
    let options = Signal::derive(|| {
        let mut options: Vec<Opt> = vec![(String::new(), t(key::REPLY_NO))];
        options.extend(ReplyBy::ALL.map(|by| (by.name().to_owned(), t(reply_words(by).0))));
        options
    });
    let by = Memo::new(move |_| feedback.with(|it| it.reply.as_ref().map(|reply| reply.by)));
    let value = Signal::derive(move || vec![by.get().map_or("", ReplyBy::name).to_owned()]);
    let on_change = move |(name, _): (String, bool)| {
        let by = ReplyBy::ALL.into_iter().find(|by| by.name() == name);
        feedback.update(|it| {
            let before = it.reply.take();
            it.reply = by.map(|by| match before {
                Some(reply) => Reply { by, ..reply },
                None => Reply { by, contact: String::new(), name: String::new() },
            });
        });
    };
    let change = move |set: fn(&mut Reply, String)| {
        move |text: String| {
            feedback.update(|it| {
                if let Some(reply) = &mut it.reply {
                    set(reply, text);
                }
            });
        }
    };
    let read = move |get: fn(&Reply) -> &String| {
        Signal::derive(move || {
            feedback.with(|it| it.reply.as_ref().map(get).cloned().unwrap_or_default())
        })
    };
    view! {
        <Choices
            id="reply"
            legend=label(key::FEEDBACK_REPLY)
            options
            value
            on_change
        />
        {move || {
            by.get()
                .map(|by| {
                    let (_, asked, kind) = reply_words(by);
                    view! {
                        <TextField
                            id="contact"
                            label=label(asked)
                            value=read(|reply| &reply.contact)
                            on_input=change(|reply, text| reply.contact = text)
                            faults
                            kind
                        />
                        <TextField
                            id="name"
                            label=label(key::REPLY_NAME)
                            value=read(|reply| &reply.name)
                            on_input=change(|reply, text| reply.name = text)
                            faults
                        />
                    }
                })
        }}
    }
}

/// Where it was said: here, unless the volunteer says otherwise.
#[component]
fn Place(feedback: RwSignal<Feedback>) -> View {
    let store = Store::get();
    let options = Signal::derive(move || {
        let mut options = options(store, key::FEEDBACK_PLACE_UNSAID, Collection::Venue);
        options.push((ELSEWHERE.to_owned(), t(key::FEEDBACK_PLACE_ELSEWHERE)));
        options
    });
    let elsewhere = Memo::new(move |_| feedback.with(|it| it.place.is_some()));
    let value = Signal::derive(move || {
        if elsewhere.get() {
            return ELSEWHERE.to_owned();
        }
        feedback.with(|it| it.venue.as_ref().map(Key::to_string).unwrap_or_default())
    });
    let on_change = move |id: String| {
        feedback.update(|it| {
            it.place = (id == ELSEWHERE).then(String::new);
            it.venue = if id == ELSEWHERE { None } else { Key::parse(&id) };
        });
    };
    view! {
        <Select
            id="venue"
            label=label(key::FEEDBACK_PLACE)
            options
            value
            on_change
        />
        {move || {
            elsewhere
                .get()
                .then(|| {
                    view! {
                        <TextField
                            id="place"
                            label=label(key::FEEDBACK_PLACE_WHERE)
                            value=Signal::derive(move || {
                                feedback.with(|it| it.place.clone().unwrap_or_default())
                            })
                            on_input=move |place| feedback.update(|it| it.place = Some(place))
                        />
                    }
                })
        }}
    }
}

#[component]
fn Consent(feedback: RwSignal<Feedback>, faults: Signal<Vec<Fault>>) -> View {
    let store = Store::get();
    let hint = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            catalogue.site().map(|site| content(&site.consent)).unwrap_or_default()
        })
    });
    let options = Signal::derive(|| vec![("yes".to_owned(), t(key::FEEDBACK_CONSENT_YES))]);
    let value = Signal::derive(move || {
        if feedback.with(|it| it.consent) { vec!["yes".to_owned()] } else { Vec::new() }
    });
    view! {
        <Choices
            id="consent"
            legend=label(key::FEEDBACK_CONSENT)
            hint
            options
            value
            on_change=move |(_, on): (String, bool)| feedback.update(|it| it.consent = on)
            many=true
            faults
        />
    }
}
