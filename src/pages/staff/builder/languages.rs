//! The survey's languages, and the words of each beside the words of its own.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::text::FALLBACK;
use survey::draft::{Place, Words};

use super::{
    super::values::language_name,
    Heading,
    desk::{Desk, READ, refusal_words},
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
        let tags = desk
            .draft
            .with(|draft| draft.languages().into_iter().map(str::to_owned).collect::<Vec<_>>());
        let missing = |tag: String| {
            let missing = desk.missing(&tag);
            (tag, missing)
        };
        let all: Vec<_> = tags.into_iter().map(missing).collect();
        let row = move |(index, (tag, missing)): (usize, (String, usize))| {
            let name = language_name(&tag);
            let href = Screen::Translate(tag.clone()).address(&desk.id());
            let gone = name.clone();
            // What is said of the survey is in English too, so another language of its own may lack that.
            let translated = index > 0 || tag != FALLBACK;
            let remove = move |_| {
                if desk.take_language(&tag).is_ok() {
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
                                (0, 0) => t(key::STAFF_MAKE_LANGUAGE_OWN),
                                (0, missing) => {
                                    format!(
                                        "{}. {}",
                                        t(key::STAFF_MAKE_LANGUAGE_OWN),
                                        tn(key::STAFF_MAKE_MISSING, missing),
                                    )
                                }
                                (_, 0) => t(key::STAFF_MAKE_LANGUAGE_WHOLE),
                                (_, missing) => tn(key::STAFF_MAKE_MISSING, missing),
                            }}
                        </span>
                    </div>
                    {translated
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
                                        hidden=index == 0
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

/// What stands in one line: a text of the survey's record in English, or one of the form in its own language.
enum Line {
    About(&'static str),
    Form(Words),
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
        let written = |it: &Words| !it.own(own).trim().is_empty() && tag != own;
        draft.words().into_iter().filter(written).collect::<Vec<_>>()
    });
    let said = |field: &&'static str| {
        let text = untrack(|| desk.about_text(field));
        tag != FALLBACK && text.own(FALLBACK).is_some_and(|words| !words.trim().is_empty())
    };
    let said: Vec<_> = READ.into_iter().filter(said).collect();
    // Each field is kept when it is left; what was refused would be lost.
    desk.keep_with(move || faults.with_untracked(Vec::is_empty));
    let counted = tag.clone();
    let missing = Memo::new(move |_| desk.missing(&counted));
    let name = language_name(&tag);
    let title = Signal::derive(move || tf(key::STAFF_MAKE_TRANSLATION, &[("name", &name)]));
    let rows = |lines: Vec<(String, Line)>| {
        let row = |(id, line): (String, Line)| {
            view! { <Row desk tag=tag.clone() id line faults/> }
        };
        lines.into_iter().map(row).collect_view()
    };
    let said = rows(said.into_iter().map(|it| (format!("about-{it}"), Line::About(it))).collect());
    let form = texts.into_iter().enumerate();
    let form = form.map(|(index, words)| (format!("words-{index}"), Line::Form(words)));
    let form: Vec<_> = form.collect();
    let (some, form) = (!form.is_empty(), rows(form));
    view! {
        <Heading title back=Screen::Languages.address(&desk.id())/>
        <p class="ct-count" role="status">
            {move || match missing.get() {
                0 => t(key::STAFF_MAKE_LANGUAGE_WHOLE),
                missing => tn(key::STAFF_MAKE_MISSING, missing),
            }}
        </p>
        <ErrorSummary faults/>
        <h3 class="govuk-heading-m">{words(key::STAFF_MAKE_ABOUT)}</h3>
        <ol class="ct-outline">{said}</ol>
        <div hidden=!some>
            <h3 class="govuk-heading-m">{words(key::STAFF_MAKE_QUESTIONS)}</h3>
            <ol class="ct-outline">{form}</ol>
        </div>
        <p class="govuk-body">
            <a class="govuk-button" href=Screen::Languages.address(&desk.id())>
                {words(key::STAFF_MAKE_DONE)}
            </a>
        </p>
    }
}

/// What a text is.
fn kind_of(line: &Line) -> crate::locale::Key {
    let words = match line {
        Line::About("title") => return key::STAFF_FIELD_TITLE,
        Line::About("summary") => return key::STAFF_FIELD_SUMMARY,
        Line::About(_) => return key::SURVEY_OUTCOME,
        Line::Form(words) => words,
    };
    match (&words.place, words.field.as_str()) {
        (Place::Choice { .. }, _) => key::STAFF_MAKE_TEXT_CHOICE,
        (_, "label") => key::STAFF_MAKE_WORDS,
        (_, "hint" | "guidance_hint") => key::STAFF_MAKE_HINT,
        (_, "constraint_message") => key::STAFF_MAKE_CONSTRAINT_MESSAGE,
        (_, "required_message") => key::STAFF_MAKE_REQUIRED_MESSAGE,
        (_, "low_label") => key::STAFF_MAKE_LOW,
        (_, "high_label") => key::STAFF_MAKE_HIGH,
        _ => key::STAFF_FIELD_TITLE,
    }
}

#[component]
fn Row(desk: Desk, tag: String, id: String, line: Line, faults: RwSignal<Vec<Fault>>) -> View {
    let what = t(kind_of(&line));
    let (own, original, now) = match &line {
        Line::About(field) => {
            let text = untrack(|| desk.about_text(field));
            let words = |tag: &str| text.own(tag).unwrap_or_default().to_owned();
            (FALLBACK.to_owned(), words(FALLBACK), words(&tag))
        }
        Line::Form(words) => {
            let own = desk.draft.with_untracked(|draft| draft.language().to_owned());
            let original = words.own(&own).to_owned();
            (own, original, words.own(&tag).to_owned())
        }
    };
    let typed = RwSignal::new(now);
    let fault = id.clone();
    let language = tag.clone();
    let keep = move |_| {
        let kept = match &line {
            Line::About(field) => {
                desk.set_about_words(field, &language, &typed.get_untracked());
                Ok(())
            }
            Line::Form(words) => desk.change(|draft| {
                draft.set_words(&words.place, &words.field, &language, &typed.get_untracked())
            }),
        };
        match kept {
            Ok(()) => faults.update(|all| all.retain(|other| other.field != fault)),
            Err(refusal) => {
                let words = desk.draft.with_untracked(|draft| refusal_words(draft, &refusal));
                faults.update(|all| {
                    all.retain(|other| other.field != fault);
                    all.push(Fault { field: fault.clone(), words });
                });
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
