//! The page around an edit form: what came of saving, what hinders it, and deleting.

use crate::view::{Children, CollectView, View, view};
use leptos::prelude::*;
use model::wire::Conflict;

use super::{
    conflict::ConflictCard,
    editor::{Editor, Elsewhere, Hindrance, Stage, hindrance_words},
    opened::Opened,
    unsaved,
};
use crate::{
    components::{
        field::ErrorSummary,
        notice::{Notice, Tone},
    },
    locale::{key, label, t, tn, words},
};

/// Notices over the form, and the form, which stays as it is behind every other stage.
#[component]
pub fn Shell(
    /// The record.
    editor: Editor,
    /// Where the list is: `/staff/events`.
    list: &'static str,
    /// Where residents see it: `/events`.
    public: &'static str,
    /// Saves what the form holds.
    #[prop(into)]
    save: Callback<()>,
    /// Opens the form anew, with what the server answered last.
    #[prop(into)]
    reopen: Callback<Opened>,
    /// The fields.
    children: Children,
) -> View {
    let is_new = editor.id().is_none();
    let stage = move || match editor.stage.get() {
        Stage::Editing => View::of(()),
        Stage::Saved { id, changed } => {
            let title = if changed { key::STAFF_SAVED } else { key::STAFF_SAVED_NOTHING };
            view! {
                <Notice tone=Tone::Success title=label(title)>
                    <p>{t(key::STAFF_SAVED_TEXT)}</p>
                    <ul class="govuk-list">
                        <li>
                            <a class="govuk-link" href=list>
                                {t(key::STAFF_SAVED_LIST)}
                            </a>
                        </li>
                        <li>
                            <a class="govuk-link" href=format!("{public}/{id}")>
                                {t(key::STAFF_SAVED_SEE)}
                            </a>
                        </li>
                    </ul>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| reopen.run(editor.opened())
                    >
                        {t(key::STAFF_SAVED_MORE)}
                    </button>
                </Notice>
            }
        }
        Stage::Collided(conflicts) => view! { <Collided conflicts editor/> },
        Stage::Deleting => view! { <Deleting editor/> },
        Stage::Deleted => view! {
            <Notice tone=Tone::Success title=label(key::STAFF_DELETED)>
                <p>
                    <a class="govuk-link" href=list>
                        {t(key::STAFF_SAVED_LIST)}
                    </a>
                </p>
            </Notice>
        },
    };
    let hindrance = move |hindrance: Hindrance| {
        let deleting = editor.stage.with(|stage| *stage == Stage::Deleting);
        let title = if deleting { key::STAFF_NOT_DELETED } else { key::STAFF_NOT_SAVED };
        view! {
            <Notice tone=Tone::Error title=label(title)>
                <p>{hindrance_words(&hindrance)}</p>
            </Notice>
        }
    };
    let elsewhere = Memo::new(move |_| editor.elsewhere());
    let news = move || {
        let told = editor.hindrance.with(|it| *it == Some(Hindrance::Gone));
        let (title, words) = match elsewhere.get() {
            Elsewhere::Same => return None,
            Elsewhere::Gone if told => return None,
            Elsewhere::Changed => (key::STAFF_NEWS_CHANGED, key::STAFF_NEWS_CHANGED_TEXT),
            Elsewhere::Gone => (key::STAFF_NEWS_GONE, key::STAFF_HINDRANCE_GONE),
        };
        Some(view! {
            <Notice tone=Tone::Info title=label(title)>
                <p>{t(words)}</p>
            </Notice>
        })
    };
    let editing = Memo::new(move |_| editor.stage.with(|stage| *stage == Stage::Editing));
    let typed = RwSignal::new(false);
    Effect::new(move || {
        let done = |stage: &Stage| matches!(stage, Stage::Saved { .. } | Stage::Deleted);
        if editor.stage.with(done) {
            typed.set(false);
        }
    });
    unsaved::guard(typed.into());
    view! {
        <div id="staff-notice" tabindex="-1">
            {stage}
            {move || editor.hindrance.get().map(hindrance)}
        </div>
        <div hidden=move || !editing.get()>
            <ErrorSummary faults=editor.faults/>
            <div role="status">{move || editing.get().then(news)}</div>
            <form
                novalidate
                autocomplete="off"
                on:input=move |_| typed.set(true)
                on:change=move |_| typed.set(true)
                on:submit=move |event| {
                    event.prevent_default();
                    save.run(());
                }
            >
                {children()}
                <div class="govuk-button-group">
                    <button
                        class="govuk-button"
                        aria-disabled=move || editor.busy.get().then_some("true")
                    >
                        {move || {
                            t(if editor.busy.get() { key::STAFF_SAVING } else { key::STAFF_SAVE })
                        }}
                    </button>
                    <a class="govuk-link" href=list>
                        {words(key::STAFF_CANCEL)}
                    </a>
                </div>
                {(!is_new)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="govuk-button govuk-button--warning"
                                on:click=move |_| editor.show(Stage::Deleting)
                            >
                                {words(key::STAFF_DELETE)}
                            </button>
                        }
                    })}
            </form>
        </div>
    }
}

#[component]
fn Collided(conflicts: Vec<Conflict>, editor: Editor) -> View {
    let left = RwSignal::new(conflicts.len());
    let fields = conflicts.iter().map(|conflict| conflict.collisions.len()).sum();
    let settled = move |()| {
        left.update(|left| *left = left.saturating_sub(1));
        if left.get_untracked() == 0
            && let Some(id) = editor.id()
        {
            editor.show(Stage::Saved { id, changed: true });
        }
    };
    view! {
        <h2 class="govuk-heading-l" id="conflicts" tabindex="-1">
            {move || tn(key::STAFF_CONFLICTS, fields)}
        </h2>
        <p class="govuk-body ct-prose">{words(key::STAFF_CONFLICTS_REST)}</p>
        {conflicts
            .into_iter()
            .map(|conflict| view! { <ConflictCard conflict settled/> })
            .collect_view()}
        <p class="govuk-body">
            <a class="govuk-link" href="/staff">
                {words(key::STAFF_CONFLICTS_LATER)}
            </a>
        </p>
    }
}

#[component]
fn Deleting(editor: Editor) -> View {
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_DELETE_SURE)}</h2>
        <p class="govuk-body ct-prose">{words(key::STAFF_DELETE_TEXT)}</p>
        <div class="govuk-button-group">
            <button
                type="button"
                class="govuk-button govuk-button--warning"
                aria-disabled=move || editor.busy.get().then_some("true")
                on:click=move |_| editor.delete()
            >
                {words(key::STAFF_DELETE_YES)}
            </button>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| {
                    editor.hindrance.set(None);
                    editor.show(Stage::Editing);
                }
            >
                {words(key::STAFF_DELETE_NO)}
            </button>
        </div>
    }
}
