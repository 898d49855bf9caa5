//! The survey's languages, and the words of each beside the words of its own.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::draft::{Place, Words};

use super::{
    super::values::language_name,
    Heading,
    desk::{Desk, refusal_words},
    screen::Screen,
};
use crate::{
    components::{
        field::{ErrorSummary, Fault},
        select::{Opt, Select},
    },
    locale::{key, label, t, tf, tn, words},
    platform::browser,
};

/// Languages that are offered: those of the app, and others that schools in Essex and London count most.
const OFFERED: [&str; 22] = [
    "en", "ro", "pl", "lt", "bg", "uk", "ru", "pt", "es", "fr", "it", "hu", "sq", "tr", "ar", "fa",
    "ur", "bn", "pa", "yo", "so", "vi",
];

/// The languages, and what is missing in each.
#[component]
pub fn Languages(desk: Desk) -> View {
    let next = RwSignal::new(String::new());
    let offered = Signal::derive(move || {
        let known = desk
            .draft
            .with(|draft| draft.languages().into_iter().map(str::to_owned).collect::<Vec<_>>());
        let none: Opt = (String::new(), t(key::STAFF_MAKE_LANGUAGE_NONE));
        let others = OFFERED.iter().filter(|tag| !known.iter().any(|it| it == *tag));
        let others = others.map(|tag| ((*tag).to_owned(), language_name(tag)));
        [none].into_iter().chain(others).collect::<Vec<_>>()
    });
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let tag = next.get_untracked();
        if desk.change(|draft| draft.add_language(&tag)).is_ok() {
            next.set(String::new());
            desk.said.set(tf(key::STAFF_MAKE_LANGUAGE_ADDED, &[("name", &language_name(&tag))]));
        }
        browser::focus("#language");
    };
    let rows = move || {
        let all: Vec<_> = desk.draft.with(|draft| {
            let tags = draft.languages().into_iter();
            tags.map(|tag| (tag.to_owned(), draft.untranslated(tag).len())).collect()
        });
        let row = move |(index, (tag, missing)): (usize, (String, usize))| {
            let name = language_name(&tag);
            let href = Screen::Translate(tag.clone()).address(&desk.id());
            let gone = name.clone();
            let remove = move |_| {
                if desk.take_away(|draft| draft.remove_language(&tag)).is_ok() {
                    desk.said.set(tf(key::STAFF_MAKE_REMOVED, &[("title", &gone)]));
                    browser::focus("#undo");
                }
            };
            let shown = name.clone();
            let of = name.clone();
            view! {
                <li class="ct-outline__line">
                    <div class="ct-outline__what">
                        <strong>{shown}</strong>
                        <span class="ct-outline__marks">
                            {match (index, missing) {
                                (0, _) => t(key::STAFF_MAKE_LANGUAGE_OWN),
                                (_, 0) => t(key::STAFF_MAKE_LANGUAGE_WHOLE),
                                (_, missing) => tn(key::STAFF_MAKE_MISSING, missing),
                            }}
                        </span>
                    </div>
                    {(index > 0)
                        .then(|| {
                            view! {
                                <div class="ct-cluster">
                                    <a class="govuk-button govuk-button--secondary" href=href>
                                        {t(key::STAFF_MAKE_TRANSLATE)}
                                        <span class="govuk-visually-hidden">": " {name}</span>
                                    </a>
                                    <button
                                        type="button"
                                        class="govuk-button govuk-button--secondary"
                                        on:click=remove
                                    >
                                        {t(key::STAFF_ROW_REMOVE)}
                                        <span class="govuk-visually-hidden">": " {of}</span>
                                    </button>
                                </div>
                            }
                        })}
                </li>
            }
        };
        all.into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <Heading title=label(key::STAFF_MAKE_LANGUAGES) back=Screen::Contents.address(&desk.id())/>
        <ol class="ct-outline">{rows}</ol>
        <form novalidate autocomplete="off" on:submit=add>
            <Select
                id="language"
                label=label(key::STAFF_MAKE_LANGUAGE_ADD)
                options=offered
                value=next
                on_change=move |tag| next.set(tag)
            />
            <button class="govuk-button govuk-button--secondary">
                {words(key::STAFF_MAKE_LANGUAGE_ADD_GO)}
            </button>
        </form>
    }
}

/// Every text in one language, beside the same in the survey's own.
#[component]
pub fn Translate(
    /// The draft.
    desk: Desk,
    /// The language.
    tag: String,
) -> View {
    let faults = RwSignal::new(Vec::<Fault>::new());
    // Drawn once: whoever types is not disturbed by what they type.
    let texts = desk.draft.with_untracked(|draft| {
        let own = draft.language();
        let texts = draft.words().into_iter().filter(|it| !it.own(own).trim().is_empty());
        texts.collect::<Vec<_>>()
    });
    let counted = tag.clone();
    let missing = Memo::new(move |_| desk.draft.with(|draft| draft.untranslated(&counted).len()));
    let name = language_name(&tag);
    let title = Signal::derive(move || tf(key::STAFF_MAKE_TRANSLATION, &[("name", &name)]));
    let row = {
        let tag = tag.clone();
        move |(index, words): (usize, Words)| {
            view! { <Row desk tag=tag.clone() index words faults/> }
        }
    };
    view! {
        <Heading title back=Screen::Languages.address(&desk.id())/>
        <p class="ct-count" role="status">
            {move || match missing.get() {
                0 => t(key::STAFF_MAKE_LANGUAGE_WHOLE),
                missing => tn(key::STAFF_MAKE_MISSING, missing),
            }}
        </p>
        <ErrorSummary faults/>
        <ol class="ct-outline">{texts.into_iter().enumerate().map(row).collect_view()}</ol>
        <p class="govuk-body">
            <a class="govuk-button" href=Screen::Languages.address(&desk.id())>
                {words(key::STAFF_MAKE_DONE)}
            </a>
        </p>
    }
}

#[component]
fn Row(desk: Desk, tag: String, index: usize, words: Words, faults: RwSignal<Vec<Fault>>) -> View {
    let own = desk.draft.with_untracked(|draft| draft.language().to_owned());
    let typed = RwSignal::new(words.own(&tag).to_owned());
    let original = words.own(&own).to_owned();
    let what = t(match (&words.place, words.field.as_str()) {
        (Place::Choice { .. }, _) => key::STAFF_MAKE_TEXT_CHOICE,
        (_, "label") => key::STAFF_MAKE_WORDS,
        (_, "hint" | "guidance_hint") => key::STAFF_MAKE_HINT,
        (_, "constraint_message") => key::STAFF_MAKE_CONSTRAINT_MESSAGE,
        (_, "required_message") => key::STAFF_MAKE_REQUIRED_MESSAGE,
        (_, "low_label") => key::STAFF_MAKE_LOW,
        (_, "high_label") => key::STAFF_MAKE_HIGH,
        _ => key::STAFF_FIELD_TITLE,
    });
    let id = format!("words-{index}");
    let fault = id.clone();
    let language = tag.clone();
    let keep = move |_| {
        let kept = desk.change(|draft| {
            draft.set_words(&words.place, &words.field, &language, &typed.get_untracked())
        });
        match kept {
            Ok(()) => faults.set(Vec::new()),
            Err(refusal) => {
                let words = desk.draft.with_untracked(|draft| refusal_words(draft, &refusal));
                faults.set(vec![Fault { field: fault.clone(), words }]);
            }
        }
    };
    let rows = if original.chars().count() > 60 { 3 } else { 1 };
    let name = language_name(&tag);
    view! {
        <li class="ct-outline__line ct-translation">
            <div class="ct-translation__own">
                <span class="ct-outline__marks">{what}</span>
                <p class="govuk-body ct-lines" lang=own>{original.clone()}</p>
            </div>
            <div class="ct-translation__other">
                <label class="govuk-label" for=id.clone()>
                    {name}
                    <span class="govuk-visually-hidden">": " {original}</span>
                    " "
                    {move || {
                        typed
                            .with(|it| it.trim().is_empty())
                            .then(|| {
                                view! {
                                    <strong class="govuk-tag govuk-tag--red">
                                        {t(key::STAFF_MAKE_MISSING_HERE)}
                                    </strong>
                                }
                            })
                    }}
                </label>
                <textarea
                    class="govuk-textarea"
                    id=id
                    rows=rows
                    lang=tag
                    autocomplete="off"
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:change=keep
                ></textarea>
            </div>
        </li>
    }
}
