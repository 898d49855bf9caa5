//! The choices of a question, in their order.

use crate::view::{CollectView, View, each, view};
use leptos::prelude::*;
use survey::draft::{Path, Place, Renamed};
use wasm_bindgen::JsCast;

use super::{
    Heading,
    desk::{Desk, refusal_words, title_of},
    screen::Screen,
    wrong::{Wrong, Wrongs},
};
use crate::{
    components::{
        field::{ErrorSummary, Fault, TextArea, TextField},
        select::{Opt, Select},
    },
    locale::{key, label, t, tf, tn, words},
    platform::browser,
};

/// How many of the questions with the same choices are named; the others are counted.
const NAMED: usize = 5;

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
    let names = move || names_of(desk, list);
    let own = path.clone();
    let others = move || {
        desk.draft.with(|draft| {
            let users = list.with(|list| draft.list_users(list));
            let others: Vec<_> = users.iter().filter(|user| **user != own).collect();
            let named = others.iter().take(NAMED).map(|user| title_of(draft, user));
            let more = others.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| tn(key::STAFF_MAKE_SHARED_MORE, more));
            named.chain(more).collect::<Vec<_>>()
        })
    };
    let shared = Memo::new(move |_| others());
    let own = path.clone();
    let separate = move |_| {
        let _ = desk.change(|draft| draft.use_list(&own, None));
        desk.said.set(t(key::STAFF_MAKE_SEPARATED));
        browser::focus("#screen");
    };
    // Where the answer to another question decides which of them are offered: its column, and its choices.
    let own = path.clone();
    let belongs = Memo::new(move |_| {
        desk.draft.with(|draft| {
            let (column, by) = draft.belonging(&own)?;
            let list = draft.field(&by, "list").to_owned();
            let option = |choice: &serde_json::Value| {
                let name = choice["name"].as_str()?.to_owned();
                let place = Place::Choice { list: list.clone(), choice: name.clone() };
                Some((name, draft.title(&place)))
            };
            let none: Opt = (String::new(), t(key::STAFF_MAKE_BELONGS_NONE));
            let options = draft.choices(&list).iter().filter_map(option);
            let options = [none].into_iter().chain(options).collect();
            Some(Belongs { column, title: title_of(draft, &by), options })
        })
    });
    // The names of the choices as they are published: what was answered is stored so.
    let own = path.name().unwrap_or_default().to_owned();
    let published = Memo::new(move |_| {
        let before = desk.published_draft()?;
        let list = before.field(&before.find(&own)?, "list").to_owned();
        let names = before.choices(&list).iter();
        Some(names.filter_map(|it| it["name"].as_str().map(str::to_owned)).collect::<Vec<_>>())
    });
    let more = RwSignal::new(String::new());
    // The rows whose words the draft refused.
    let unkept = RwSignal::new(Vec::<String>::new());
    // The rows with another stored name than the choice has, typed and not taken.
    let renaming = RwSignal::new(Vec::<String>::new());
    // Whether nothing is left to put right.
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
                return false;
            }
        }
        true
    };
    let own = path.clone();
    let title = Signal::derive(move || {
        let title = desk.draft.with(|draft| title_of(draft, &own));
        tf(key::STAFF_MAKE_CHOICES_OF, &[("title", &title)])
    });
    let here = move |wrong: &Wrong| matches!(&wrong.place, Place::Choice { list: of, .. } if list.with(|list| list == of));
    let back = Screen::Item(path).address(&desk.id());
    let href = back.clone();
    // "Done" and every other way to go take all that is typed; what is refused is said, with the fault.
    let take = move || {
        let names = untrack(|| names_of(desk, list));
        let lost = |all: &Vec<String>| names.iter().any(|name| all.contains(name));
        if unkept.with_untracked(lost) {
            // The fault is said again.
            faults.update(|_| ());
            return false;
        }
        if let Some(name) =
            names.iter().find(|name| renaming.with_untracked(|all| all.contains(name)))
        {
            let words = tf(key::STAFF_MAKE_STORED_OPEN, &[("name", name)]);
            faults.set(vec![Fault { field: format!("stored-{name}"), words }]);
            return false;
        }
        more.with_untracked(|more| more.trim().is_empty()) || add()
    };
    desk.keep_with(take);
    let done = move |event: web_sys::MouseEvent| {
        if !take() {
            event.prevent_default();
        }
    };
    view! {
        <Heading title back/>
        <ErrorSummary faults/>
        <Wrongs desk here=here/>
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
                move |name| view! { <Row desk list name faults unkept renaming belongs published/> },
            )}
        </ol>
        <form
            novalidate
            autocomplete="off"
            on:submit=move |event| {
                event.prevent_default();
                add();
                browser::focus("#more");
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
                <a class="govuk-button" href=href on:click=done>
                    {words(key::STAFF_MAKE_DONE)}
                </a>
            </div>
        </form>
    }
}

/// How the choices of a list are stored, in their order; tracked.
fn names_of(desk: Desk, list: Memo<String>) -> Vec<String> {
    desk.draft.with(|draft| {
        let choices = list.with(|list| draft.choices(list).to_vec());
        let names = choices.iter().filter_map(|choice| choice["name"].as_str().map(str::to_owned));
        names.collect()
    })
}

/// The question that decides which choices are offered.
#[derive(Clone, PartialEq)]
struct Belongs {
    /// The column of the choices that says to which of its choices each belongs.
    column: String,
    title: String,
    options: Vec<Opt>,
}

#[component]
fn Row(
    desk: Desk,
    list: Memo<String>,
    name: String,
    faults: RwSignal<Vec<Fault>>,
    unkept: RwSignal<Vec<String>>,
    renaming: RwSignal<Vec<String>>,
    belongs: Memo<Option<Belongs>>,
    published: Memo<Option<Vec<String>>>,
) -> View {
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
        let (refused, name) = (refused.clone(), name.clone());
        move || {
            let place = untrack(&place);
            let kept = desk.change(|draft| {
                let language = draft.language().to_owned();
                draft.set_words(&place, "label", &language, &typed.get_untracked())
            });
            unkept.update(|all| all.retain(|other| *other != name));
            match kept {
                Ok(()) => faults.set(Vec::new()),
                Err(refusal) => {
                    unkept.update(|all| all.push(name.clone()));
                    refused(&refusal);
                }
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
    let belonging = {
        let (id, name) = (format!("belongs-{name}"), name.clone());
        move || {
            let Belongs { column, title, options } = belongs.get()?;
            let (own, of) = (name.clone(), column.clone());
            let value = Signal::derive(move || {
                desk.draft.with(|draft| list.with(|list| draft.column(list, &own, &of)))
            });
            let (own, list) = (name.clone(), list.get_untracked());
            let on_change = move |value: String| {
                let _ = desk.change(|draft| draft.set_column(&list, &own, &column, &value));
            };
            let label = Signal::derive(move || tf(key::STAFF_MAKE_BELONGS, &[("title", &title)]));
            let options = Signal::derive(move || options.clone());
            Some(view! { <Select id=id.clone() label options value on_change/> })
        }
    };
    let stored_name = StoredName { desk, list, name: name.clone(), faults, renaming, published };
    let (shift_up, shift_down) = (shift.clone(), shift);
    let what = move || view! { <span class="govuk-visually-hidden">": " {typed}</span> };
    let stored_as = name.clone();
    view! {
        <li class="ct-outline__line ct-choice" on:change=move |_| keep()>
            <TextField
                id
                label=Signal::derive(move || {
                    tf(key::STAFF_MAKE_CHOICE, &[("name", &stored_as)])
                })
                value=typed
                on_input=move |text| typed.set(text)
                faults
            />
            {belonging}
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
            {stored_name.view()}
        </li>
    }
}

/// How a choice is stored, behind a press: few change it, and what it costs stands beside it.
struct StoredName {
    desk: Desk,
    list: Memo<String>,
    name: String,
    faults: RwSignal<Vec<Fault>>,
    renaming: RwSignal<Vec<String>>,
    published: Memo<Option<Vec<String>>>,
}

impl StoredName {
    fn view(self) -> View {
        let Self { desk, list, name, faults, renaming, published } = self;
        let open = RwSignal::new(false);
        let typed = RwSignal::new(name.clone());
        let id = format!("stored-{name}");
        let field = id.clone();
        let focus = format!("[id=\"{id}\"]");
        let own = name.clone();
        let known = Memo::new(move |_| {
            published.with(|names| names.as_ref().is_some_and(|names| names.contains(&own)))
        });
        let own = name.clone();
        let warning = Signal::derive(move || {
            let words =
                if known.get() { key::STAFF_MAKE_STORED_WARN } else { key::STAFF_MAKE_STORED_HINT };
            tf(words, &[("name", &own)])
        });
        let own = name.clone();
        let rename = move || {
            let new = typed.with_untracked(|it| it.trim().to_owned());
            let list = list.get_untracked();
            match desk.change(|draft| draft.rename_choice(&list, &own, &new)) {
                Ok(renamed) => {
                    faults.set(Vec::new());
                    desk.said.set(told(desk, &new, &renamed));
                    // The line of the old name is gone; its successor takes the focus.
                    let selector = format!("[id=\"choice-{new}\"]");
                    request_animation_frame(move || {
                        browser::focus(&selector);
                    });
                }
                Err(refusal) => {
                    let words = desk.draft.with_untracked(|draft| refusal_words(draft, &refusal));
                    faults.set(vec![Fault { field: field.clone(), words }]);
                }
            }
        };
        let own = name.clone();
        let on_input = move |text: String| {
            renaming.update(|all| {
                all.retain(|name| *name != own);
                if text.trim() != own {
                    all.push(own.clone());
                }
            });
            typed.set(text);
        };
        let shown = name.clone();
        let toggle = move |_| {
            open.update(|open| *open = !*open);
            if open.get_untracked() {
                let focus = focus.clone();
                request_animation_frame(move || {
                    browser::focus(&focus);
                });
            }
        };
        let by_key = rename.clone();
        view! {
            <div class="ct-choice__stored">
                <button
                    type="button"
                    class="ct-choice__open"
                    aria-expanded=move || open.get().to_string()
                    on:click=toggle
                >
                    {words(key::STAFF_MAKE_STORED_CHANGE)}
                    <span class="govuk-visually-hidden">": " {shown}</span>
                </button>
                <div
                    hidden=move || !open.get()
                    on:change=|event: web_sys::Event| event.stop_propagation()
                    on:keydown=move |event: web_sys::KeyboardEvent| {
                        if event.key() == "Enter" && event.target().is_some_and(is_input) {
                            event.prevent_default();
                            by_key();
                        }
                    }
                >
                    <TextField
                        id
                        label=label(key::STAFF_MAKE_STORED)
                        hint=warning
                        value=typed
                        on_input
                        faults
                    />
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| rename()
                    >
                        {words(key::STAFF_MAKE_RENAME)}
                    </button>
                </div>
            </div>
        }
    }
}

fn is_input(target: web_sys::EventTarget) -> bool {
    target.dyn_ref::<web_sys::HtmlInputElement>().is_some()
}

/// What a new name has changed with it, and where staff must look themselves.
fn told(desk: Desk, name: &str, renamed: &Renamed) -> String {
    desk.draft.with_untracked(|draft| {
        let titles = |paths: &[Path]| {
            paths.iter().map(|path| title_of(draft, path)).collect::<Vec<_>>().join("; ")
        };
        let mut parts = vec![tf(key::STAFF_MAKE_STORED_NOW, &[("name", name)])];
        if !renamed.followed.is_empty() {
            let what = titles(&renamed.followed);
            parts.push(tf(key::STAFF_MAKE_STORED_FOLLOWED, &[("what", &what)]));
        }
        if !renamed.unsure.is_empty() {
            let what = titles(&renamed.unsure);
            parts.push(tf(key::STAFF_MAKE_STORED_UNSURE, &[("what", &what)]));
        }
        parts.join(" ")
    })
}
