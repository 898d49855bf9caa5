//! The frame of a page: its title, its heading, the way back.

use std::cell::Cell;

use crate::view::{Children, View, view};
use leptos::prelude::*;

use crate::{
    locale::{key, tf, words},
    platform::browser,
};

thread_local! {
    /// The first page of a visit is announced by the browser itself.
    static FIRST: Cell<bool> = const { Cell::new(true) };
}

/// Sets the document's title, scrolls to the top and moves the focus to the heading, so that a
/// screen reader says where one is. Call it again when the heading on a page changes.
pub fn announce(title: &str) {
    browser::set_title(&tf(key::PAGE_TITLE, &[("page", title)]));
    if FIRST.replace(false) {
        return;
    }
    request_animation_frame(|| {
        browser::scroll_to_top();
        browser::focus("main h1");
    });
}

/// A page with its heading.
#[component]
pub fn Page(
    /// The heading, and the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads; none on the first page.
    #[prop(optional, into)]
    back: Option<String>,
    /// What stands under the heading.
    children: Children,
) -> View {
    Effect::new(move |told: Option<()>| {
        let title = title.get();
        match told {
            None => announce(&title),
            // A title that comes late, with the content or another language, takes no focus away.
            Some(()) => browser::set_title(&tf(key::PAGE_TITLE, &[("page", &title)])),
        }
    });
    view! {
        <Main back>
            <h1 class="govuk-heading-xl" tabindex="-1">{title}</h1>
            {children()}
        </Main>
    }
}

/// The frame without a heading, for pages whose heading is a question.
#[component]
pub fn Main(
    /// Where "Back" leads.
    #[prop(optional_no_strip, into)]
    back: Option<String>,
    /// The whole content, its `h1` included.
    children: Children,
) -> View {
    view! {
        <div class="ct-width">
            {back
                .map(|href| {
                    view! {
                        <a class="govuk-back-link no-print" href=href>
                            {words(key::BACK)}
                        </a>
                    }
                })}
            <main class="ct-main" id="main">
                {children()}
            </main>
        </div>
    }
}
