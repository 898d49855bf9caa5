//! The survey as a resident sees it, with the resident's own question. Nothing of it is kept.

use std::sync::Arc;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::{Context, Definition, Fill, Item};

use super::{
    Heading,
    desk::{Desk, wrong_at},
    screen::Screen,
};
use crate::{
    components::field::{ErrorSummary, Fault, words_for},
    locale::{key, label, t, words},
    pages::resident::question::{Draft, FIELD, QuestionField, answer_of, draft_of},
    platform::clock,
};

/// The screen.
#[component]
pub fn Preview(desk: Desk) -> View {
    let read = desk.draft.with_untracked(|draft| Definition::read(&draft.definition()));
    let fill = RwSignal::new(None::<Fill>);
    let start = {
        let definition = read.as_ref().ok().cloned().map(Arc::new);
        let context = || Context { now: clock::now(), ..Context::default() };
        move || fill.set(definition.clone().map(|it| Fill::start(it, context())))
    };
    start();
    let wrong: Vec<_> = desk.draft.with_untracked(|draft| {
        let problems = read.as_ref().err().into_iter().flatten();
        problems.map(|problem| wrong_at(draft, problem).words).collect()
    });
    let shown = move || {
        if fill.with(Option::is_none) {
            return View::of(());
        }
        match fill.with(|fill| fill.as_ref().and_then(asked)) {
            Some(question) => view! { <Asked question fill/> },
            None => {
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
    let failed = !wrong.is_empty();
    view! {
        <Heading title=label(key::STAFF_MAKE_PREVIEW) back=Screen::Contents.address(&desk.id())/>
        <p class="govuk-body">
            {words(if failed { key::STAFF_MAKE_PREVIEW_WRONG } else { key::STAFF_MAKE_PREVIEW_TEXT })}
        </p>
        <ul class="govuk-list govuk-list--bullet">
            {wrong.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}
        </ul>
        <div class="ct-preview" hidden=failed>
            {shown}
        </div>
    }
}

fn asked(fill: &Fill) -> Option<Item> {
    fill.fields().first().map(|field| field.item().clone())
}

/// One question, with the buttons of the resident's page.
#[component]
fn Asked(question: Item, fill: RwSignal<Option<Fill>>) -> View {
    let given = fill.with_untracked(|fill| {
        let field = fill.as_ref().and_then(|fill| fill.field(&question.path));
        draft_of(field.as_ref().and_then(|field| field.answer()))
    });
    let draft = RwSignal::<Draft>::new(given);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let asked = question.clone();
    let next = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let answer = draft.with_untracked(|draft| answer_of(&asked, draft));
        let Some(mut filled) = fill.get_untracked() else { return };
        filled.set(&asked.path, answer);
        match filled.next() {
            Ok(()) => fill.set(Some(filled)),
            Err(problems) => {
                let fault = |problem: &model::Problem| Fault {
                    field: FIELD.to_owned(),
                    words: words_for(problem.code),
                };
                faults.set(problems.iter().map(fault).collect());
            }
        }
    };
    let back = move |_| {
        fill.update(|fill| {
            if let Some(fill) = fill {
                fill.back();
            }
        });
    };
    view! {
        <ErrorSummary faults/>
        <form novalidate on:submit=next>
            <QuestionField question draft faults/>
            <div class="govuk-button-group">
                <button class="govuk-button">{words(key::SURVEY_NEXT)}</button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=back
                >
                    {words(key::BACK)}
                </button>
            </div>
        </form>
    }
}
