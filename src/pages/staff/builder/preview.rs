//! The survey as a resident sees it, with the resident's own questions. Nothing of it is kept.

use std::sync::Arc;

use crate::view::{View, view};
use leptos::prelude::*;
use survey::{Definition, Fill, Screen as Shown};

use super::{
    super::values::language_name,
    Heading,
    desk::Desk,
    screen::Screen,
    wrong::{WrongLines, wrong_at},
};
use crate::{
    components::{
        field::ErrorSummary,
        select::{Opt, Select},
    },
    locale::{self, key, label, t, tf, words},
    pages::resident::survey::{Questions, Taking, asking, language, questions},
    platform::browser,
    store::Store,
};

/// What is on the screen. It is drawn anew when this changes, and not with each answer.
#[derive(Clone, PartialEq)]
enum Place {
    Page(String),
    /// The path of a repeat and what it is called.
    More(String, String),
    End,
}

impl Place {
    fn of(fill: &Fill) -> Option<Self> {
        match fill.screen() {
            Shown::Page(page) => Some(Self::Page(page.path)),
            Shown::More(more) => {
                Some(Self::More(more.path.clone(), more.label(&language::spoken())))
            }
            Shown::Check => None,
        }
    }
}

/// The screen.
#[component]
pub fn Preview(desk: Desk) -> View {
    let read = desk.draft.with_untracked(|draft| Definition::read(&draft.definition()));
    let taking = Taking::new(Store::get());
    let start = {
        let definition = read.as_ref().ok().cloned().map(Arc::new);
        move || {
            if let Some(definition) = definition.clone() {
                taking.try_out(definition);
            }
        }
    };
    start();
    let wrong: Vec<_> = desk.draft.with_untracked(|draft| {
        let problems = read.as_ref().err().into_iter().flatten();
        problems.map(|problem| wrong_at(draft, problem)).collect()
    });
    let place = Memo::new(move |_| taking.with(Place::of).unwrap_or(Place::End));
    let shown = move || {
        if !taking.is_begun() {
            return View::of(());
        }
        match place.get() {
            Place::Page(path) => view! { <QuestionPage path taking/> },
            Place::More(path, what) => view! { <Another path what taking/> },
            Place::End => {
                let start = start.clone();
                view! {
                    <p class="govuk-body">{t(key::STAFF_MAKE_PREVIEW_END)}</p>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| start()
                    >
                        {t(key::STAFF_MAKE_PREVIEW_AGAIN)}
                    </button>
                }
            }
        }
    };
    // Another page takes the focus along: the button that was pressed is gone with its page.
    Effect::new(move |before: Option<()>| {
        place.track();
        if before.is_some() {
            request_animation_frame(|| {
                browser::focus("#preview");
            });
        }
    });
    let failed = !wrong.is_empty();
    let several = desk.draft.with_untracked(|draft| draft.languages().len() > 1);
    view! {
        <Heading title=label(key::STAFF_MAKE_PREVIEW) back=Screen::Contents.address(&desk.id())/>
        <p class="govuk-body">
            {words(if failed { key::STAFF_MAKE_PREVIEW_WRONG } else { key::STAFF_MAKE_PREVIEW_TEXT })}
        </p>
        {failed.then(|| view! { <WrongLines desk wrong/> })}
        {(several && !failed).then(|| view! { <ReadIn desk/> })}
        <div class="ct-preview" id="preview" tabindex="-1" hidden=failed>
            {shown}
        </div>
    }
}

/// The languages of the form, of which one is read. Residents choose among them in the header.
#[component]
fn ReadIn(desk: Desk) -> View {
    let languages: Vec<String> = desk
        .draft
        .with_untracked(|draft| draft.languages().into_iter().map(str::to_owned).collect());
    let page = locale::language();
    let first = languages.iter().find(|tag| *tag == page).or(languages.first());
    let chosen = RwSignal::new(first.cloned().unwrap_or_default());
    let options: Vec<Opt> = languages.iter().map(|tag| (tag.clone(), language_name(tag))).collect();
    Effect::new(move || {
        let written: Vec<&str> = languages.iter().map(String::as_str).collect();
        chosen.with(|tag| language::read_in(Some(tag), &written));
    });
    on_cleanup(|| language::read_in(None, &[]));
    view! {
        <div class="ct-item">
            <Select
                id="read-in"
                label=label(key::LANGUAGE)
                options=Signal::derive(move || options.clone())
                value=chosen
                on_change=move |tag| chosen.set(tag)
            />
        </div>
    }
}

/// The questions of a page, with the buttons of the resident's page.
#[component]
fn QuestionPage(path: String, taking: Taking) -> View {
    let alone = untrack(|| taking.with(|fill| fill.field(&path).is_some()));
    let faults = taking.faults(move |path| questions::id(path, alone));
    let summary = taking.summary(move |path| questions::id(path, alone), alone);
    // The page of the builder has a heading already: here a question's words stand over its field.
    let heading = Signal::derive(|| None::<String>);
    let title = Memo::new(move |_| {
        let spoken = language::spoken();
        taking.with(|fill| match asking::heading(fill) {
            Some(_) => String::new(),
            None => asking::title(fill, &spoken),
        })
    });
    let above = Memo::new(move |_| {
        let spoken = language::spoken();
        taking.with(|fill| asking::around(fill, &spoken))
    });
    let next = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        taking.next();
    };
    view! {
        <ErrorSummary faults=summary/>
        <form novalidate on:submit=next lang=language::marked dir=language::direction>
            <p class="govuk-caption-l" hidden=move || above.get().is_empty()>
                {above}
            </p>
            <h2 class="govuk-heading-l" hidden=move || title.get().is_empty()>
                {title}
            </h2>
            <Questions taking alone heading faults/>
            <div class="govuk-button-group" lang=locale::language dir="ltr">
                <button class="govuk-button">{words(key::SURVEY_NEXT)}</button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        taking.update(Fill::back);
                    }
                >
                    {words(key::BACK)}
                </button>
            </div>
        </form>
    }
}

/// Whether there is another one.
#[component]
fn Another(path: String, what: String, taking: Taking) -> View {
    let add = move |_| {
        taking.update(|fill| fill.add(&path));
    };
    view! {
        <p class="govuk-body-l">{tf(key::SURVEY_ANOTHER, &[("what", &what)])}</p>
        <div class="govuk-button-group">
            <button type="button" class="govuk-button govuk-button--secondary" on:click=add>
                {words(key::SURVEY_ADD)}
            </button>
            <button type="button" class="govuk-button" on:click=move |_| taking.next()>
                {words(key::SURVEY_NO_MORE)}
            </button>
        </div>
    }
}
