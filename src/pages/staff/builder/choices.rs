//! The choices of a question, in their order.

use crate::view::{CollectView, View, each, view};
use leptos::prelude::*;
use survey::draft::{Path, Place};

use super::{
    Heading,
    desk::{Desk, refusal_words, title_of},
    screen::Screen,
};
use crate::{
    components::field::{ErrorSummary, Fault, TextArea, TextField},
    locale::{key, label, t, tf, words},
    platform::browser,
};

/// The screen.
#[component]
pub fn Choices(
    /// The draft.
    desk: Desk,
    /// The question.
    path: Path,
) -> View {
    let own = path.clone();
    let list = Memo::new(move |_| desk.draft.with(|it| it.field(&own, "list").to_owned()));
    let faults = RwSignal::new(Vec::<Fault>::new());
    let names = move || {
        desk.draft.with(|draft| {
            let choices = list.with(|list| draft.choices(list).to_vec());
            choices
                .iter()
                .filter_map(|choice| choice["name"].as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        })
    };
    let own = path.clone();
    let others = move || {
        desk.draft.with(|draft| {
            let users = list.with(|list| draft.list_users(list));
            let others = users.iter().filter(|user| **user != own);
            others.map(|user| title_of(draft, user)).collect::<Vec<_>>()
        })
    };
    let shared = Memo::new(move |_| others());
    let own = path.clone();
    let separate = move |_| {
        let _ = desk.change(|draft| draft.use_list(&own, None));
        desk.said.set(t(key::STAFF_MAKE_SEPARATED));
    };
    let more = RwSignal::new(String::new());
    let add = move || {
        let lines = more.get_untracked();
        let list = list.get_untracked();
        let lines: Vec<_> = lines.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        let done = desk.change(|draft| {
            lines.iter().try_for_each(|line| draft.add_choice(&list, line).map(drop))
        });
        match done {
            Ok(()) => {
                more.set(String::new());
                faults.set(Vec::new());
                desk.said
                    .set(tf(key::STAFF_MAKE_CHOICES_ADDED, &[("n", &lines.len().to_string())]));
            }
            Err(refusal) => {
                let words = desk.draft.with_untracked(|draft| refusal_words(draft, &refusal));
                faults.set(vec![Fault { field: "more".to_owned(), words }]);
            }
        }
        browser::focus("#more");
    };
    let own = path.clone();
    let title = Signal::derive(move || {
        let title = desk.draft.with(|draft| title_of(draft, &own));
        tf(key::STAFF_MAKE_CHOICES_OF, &[("title", &title)])
    });
    let done = Screen::Item(path).address(&desk.id());
    view! {
        <Heading title back=done.clone()/>
        <ErrorSummary faults/>
        {move || {
            let users = shared.get();
            (!users.is_empty())
                .then(|| {
                    view! {
                        <div class="govuk-inset-text">
                            <p class="govuk-body">{t(key::STAFF_MAKE_SHARED)}</p>
                            <ul class="govuk-list govuk-list--bullet">
                                {users.into_iter().map(|user| view! { <li>{user}</li> }).collect_view()}
                            </ul>
                            <button
                                type="button"
                                class="govuk-button govuk-button--secondary"
                                on:click=separate.clone()
                            >
                                {t(key::STAFF_MAKE_SEPARATE)}
                            </button>
                        </div>
                    }
                })
        }}
        <ol class="ct-outline">
            {each(
                names,
                |name| name.clone(),
                move |name| view! { <Row desk list name faults/> },
            )}
        </ol>
        <form
            novalidate
            autocomplete="off"
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <TextArea
                id="more"
                label=label(key::STAFF_MAKE_CHOICES_ADD)
                hint=label(key::STAFF_MAKE_CHOICES_ADD_HINT)
                value=more
                on_input=move |text| more.set(text)
                faults
                rows=4
            />
            <div class="govuk-button-group">
                <button class="govuk-button govuk-button--secondary">
                    {words(key::STAFF_MAKE_CHOICES_ADD_GO)}
                </button>
                <a class="govuk-button" href=done>
                    {words(key::STAFF_MAKE_DONE)}
                </a>
            </div>
        </form>
    }
}

#[component]
fn Row(desk: Desk, list: Memo<String>, name: String, faults: RwSignal<Vec<Fault>>) -> View {
    let place = {
        let name = name.clone();
        move || Place::Choice { list: list.get(), choice: name.clone() }
    };
    let stored = {
        let place = place.clone();
        Signal::derive(move || {
            desk.draft.with(|draft| draft.text(&place(), "label", draft.language()))
        })
    };
    let typed = RwSignal::new(stored.get_untracked());
    let id = format!("choice-{name}");
    let refused = {
        let id = id.clone();
        move |refusal: &survey::draft::Refusal| {
            let words = desk.draft.with_untracked(|draft| refusal_words(draft, refusal));
            faults.set(vec![Fault { field: id.clone(), words }]);
        }
    };
    let keep = {
        let refused = refused.clone();
        move || {
            let place = untrack(&place);
            let kept = desk.change(|draft| {
                let language = draft.language().to_owned();
                draft.set_words(&place, "label", &language, &typed.get_untracked())
            });
            match kept {
                Ok(()) => faults.set(Vec::new()),
                Err(refusal) => refused(&refusal),
            }
        }
    };
    let shift = {
        let name = name.clone();
        move |up: bool| {
            let list = list.get_untracked();
            let _ = desk.change(|draft| draft.shift_choice(&list, &name, up));
            let place = desk.draft.with_untracked(|draft| {
                let choices = draft.choices(&list);
                let at = choices.iter().position(|it| it["name"] == *name).unwrap_or_default();
                (at + 1, choices.len())
            });
            let (n, of) = (place.0.to_string(), place.1.to_string());
            let title = typed.get_untracked();
            desk.said.set(tf(key::STAFF_MAKE_MOVED, &[("title", &title), ("n", &n), ("of", &of)]));
            let selector = format!("[id=\"{}-{name}\"]", if up { "up" } else { "down" });
            request_animation_frame(move || {
                browser::focus(&selector);
            });
        }
    };
    let remove = {
        let name = name.clone();
        move |_| {
            let list = list.get_untracked();
            match desk.take_away(|draft| draft.remove_choice(&list, &name)) {
                Ok(()) => {
                    let title = typed.get_untracked();
                    desk.said.set(tf(key::STAFF_MAKE_REMOVED, &[("title", &title)]));
                    browser::focus("#more");
                }
                Err(refusal) => refused(&refusal),
            }
        }
    };
    let (shift_up, shift_down) = (shift.clone(), shift);
    let what = move || view! { <span class="govuk-visually-hidden">": " {typed}</span> };
    let stored_as = name.clone();
    view! {
        <li class="ct-outline__line" on:change=move |_| keep()>
            <TextField
                id
                label=Signal::derive(move || {
                    tf(key::STAFF_MAKE_CHOICE, &[("name", &stored_as)])
                })
                value=typed
                on_input=move |text| typed.set(text)
                faults
            />
            <div class="ct-cluster">
                <button
                    type="button"
                    id=format!("up-{name}")
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| shift_up(true)
                >
                    {words(key::STAFF_MAKE_UP)}
                    {what()}
                </button>
                <button
                    type="button"
                    id=format!("down-{name}")
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| shift_down(false)
                >
                    {words(key::STAFF_MAKE_DOWN)}
                    {what()}
                </button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=remove
                >
                    {words(key::STAFF_ROW_REMOVE)}
                    {what()}
                </button>
            </div>
        </li>
    }
}
