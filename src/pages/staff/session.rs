//! The frame of every staff page: nobody sees it who is not signed in.
//!
//! A session that ends while somebody works hides the page and asks to sign in again; the
//! page lives on behind it, so nothing typed is lost. Signing out, and another name, end it.

use crate::view::{ChildrenFn, View, view};
use leptos::prelude::*;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    live::{Loading, Trouble, words_for},
    nav::Nav,
};
use crate::{
    components::{
        field::{ErrorSummary, Fault, TextField},
        notice::{Notice, Tone},
        page::Page,
    },
    locale::{key, label, t},
    platform::browser,
    store::{Store, staff::SessionState},
    sync_loop::Status,
};

/// Whose page is shown: the account's name. Signing out takes it away.
#[derive(Clone, Copy)]
pub struct Inside(pub RwSignal<Option<String>>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Asking,
    OutOfReach,
    Shut,
    Open,
}

/// A page for staff.
#[component]
pub fn StaffPage(
    /// The heading, and the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads.
    back: &'static str,
    /// What only staff see.
    children: ChildrenFn,
) -> View {
    let store = Store::get();
    let inside = RwSignal::new(None::<String>);
    provide_context(Inside(inside));
    let error = RwSignal::new(None::<SyncError>);
    let ask = move || {
        spawn_local(async move {
            let answer = store.load_session().await.err();
            error.try_set(answer);
        });
    };
    let reach = Status::get().reach;
    Effect::new(move |asked: Option<()>| {
        // Once when the page opens, and when the network comes back before anyone could say.
        reach.track();
        if asked.is_none() || store.session.with_untracked(|it| *it == SessionState::Unknown) {
            ask();
        }
    });
    Effect::new(move || {
        if let SessionState::SignedIn(session) = store.session.get()
            && inside.get_untracked().as_deref() != Some(session.name.as_str())
        {
            inside.set(Some(session.name));
        }
    });
    // A memo, so that being told the same again does not empty the form.
    let door = Memo::new(move |_| match store.session.get() {
        SessionState::SignedIn(_) => Door::Open,
        SessionState::SignedOut => Door::Shut,
        SessionState::Unknown if error.with(Option::is_some) => Door::OutOfReach,
        SessionState::Unknown => Door::Asking,
    });
    let at_the_door = move || match door.get() {
        Door::Open => None,
        Door::Shut => {
            let again = inside.with_untracked(Option::is_some);
            Some(view! { <SignIn again/> })
        }
        Door::OutOfReach => Some(view! { <Trouble error again=move |()| ask()/> }),
        Door::Asking => Some(view! { <Loading/> }),
    };
    let children = StoredValue::new(children);
    view! {
        <Page title back>
            {at_the_door}
            <div hidden=move || door.get() != Door::Open>
                {move || {
                    inside
                        .get()
                        .map(|name| {
                            view! {
                                <Nav name/>
                                {children.with_value(|children| children())}
                            }
                        })
                }}
            </div>
        </Page>
    }
}

/// The form to sign in.
#[component]
fn SignIn(
    /// The session ended while somebody worked.
    again: bool,
) -> View {
    let store = Store::get();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let faults = RwSignal::new(Vec::<Fault>::new());
    let error = RwSignal::new(None::<SyncError>);
    let busy = RwSignal::new(false);
    if again {
        request_animation_frame(|| {
            browser::focus("#sign-in");
        });
    }
    let missing = move || {
        [
            ("name", name, key::STAFF_NAME_MISSING),
            ("password", password, key::STAFF_PASSWORD_MISSING),
        ]
        .into_iter()
        .filter(|(_, value, _)| value.with_untracked(String::is_empty))
        .map(|(field, _, words)| Fault { field: field.to_owned(), words: t(words) })
        .collect::<Vec<_>>()
    };
    let send = move || {
        error.set(None);
        faults.set(missing());
        if busy.get_untracked() || faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let name = name.get_untracked().trim().to_owned();
            let answer = store.sign_in(name, password.get_untracked()).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    request_animation_frame(|| {
                        browser::scroll_to_top();
                        browser::focus("main h1");
                    });
                }
                Err(SyncError::NeedsSignIn) => {
                    password.try_set(String::new());
                    let words = t(key::STAFF_SIGN_IN_WRONG);
                    faults.try_set(vec![Fault { field: "name".to_owned(), words }]);
                }
                Err(other) => {
                    error.try_set(Some(other));
                    request_animation_frame(|| {
                        browser::focus("#sign-in-trouble");
                    });
                }
            }
        });
    };
    let trouble = move |error: SyncError| {
        view! {
            <Notice tone=Tone::Error title=label(key::STAFF_SIGN_IN_FAILED)>
                <p>{words_for(&error)}</p>
            </Notice>
        }
    };
    view! {
        <section aria-labelledby="sign-in">
            <ErrorSummary faults/>
            <div id="sign-in-trouble" tabindex="-1">
                {move || error.get().map(trouble)}
            </div>
            <h2 class="govuk-heading-l" id="sign-in" tabindex="-1">
                {move || t(if again { key::STAFF_SIGN_IN_AGAIN } else { key::STAFF_SIGN_IN })}
            </h2>
            <p class="govuk-body ct-prose">
                {move || t(if again { key::STAFF_SIGN_IN_KEPT } else { key::STAFF_SIGN_IN_TEXT })}
            </p>
            <form on:submit=move |event| {
                event.prevent_default();
                send();
            }>
                <TextField
                    id="name"
                    label=label(key::STAFF_NAME)
                    value=name
                    on_input=move |text| name.set(text)
                    faults
                    width="govuk-input--width-20"
                    autocomplete="username"
                />
                <TextField
                    id="password"
                    label=label(key::STAFF_PASSWORD)
                    value=password
                    on_input=move |text| password.set(text)
                    faults
                    kind="password"
                    width="govuk-input--width-20"
                    autocomplete="current-password"
                />
                <button class="govuk-button" aria-disabled=move || busy.get().then_some("true")>
                    {move || t(if busy.get() { key::STAFF_SIGNING_IN } else { key::STAFF_SIGN_IN })}
                </button>
            </form>
        </section>
    }
}
