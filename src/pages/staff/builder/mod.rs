//! `/staff/surveys/new` and `/staff/surveys/:id/edit`: staff write a survey, one thing a screen.
//!
//! What a command does to the questions is `survey::draft`, which knows no screen; where the work is kept is `desk`.

mod about;
mod calculation;
mod changes;
mod choices;
mod condition;
mod contents;
mod desk;
mod expression;
mod files;
mod filter;
mod import;
mod item;
mod kinds;
mod languages;
mod list;
mod pick;
mod preview;
mod publish;
mod screen;
pub mod start;
mod state;
mod whole;
mod wrong;

use crate::view::{View, view};
use leptos::prelude::*;
use model::{Key, wire};
use survey::draft::{Draft, Path};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use self::{
    about::About,
    choices::Choices,
    condition::ConditionEdit,
    contents::{Adding, Contents},
    desk::{Desk, Saving},
    item::ItemEdit,
    languages::{Languages, Translate},
    preview::Preview,
    publish::Publish,
    screen::Screen,
    state::SavingState,
};
use super::{
    live::{Loading, Trouble},
    session::StaffPage,
};
use crate::{
    locale::{self, key, label, t},
    platform::browser,
    store::Store,
};

/// The page of one survey being written.
#[component]
pub fn SurveyEdit(
    /// Which survey.
    #[prop(into)]
    id: String,
) -> View {
    view! {
        <StaffPage title=label(key::STAFF_MAKE_TITLE) back="/staff/surveys">
            {Key::parse(&id).map(|id| view! { <Opening id/> })}
        </StaffPage>
    }
}

/// Waits for the draft on the server or, where there is none, for what is published.
#[component]
fn Opening(id: Key) -> View {
    let store = Store::get();
    let desk = RwSignal::new(None::<Desk>);
    let error = RwSignal::new(None::<SyncError>);
    // The server's draft, once it has answered.
    let answered = RwSignal::new(None::<Option<wire::Draft>>);
    let owner = StoredValue::new(Owner::current());
    let asked = id.clone();
    let ask = move || {
        let id = asked.clone();
        spawn_local(async move {
            match store.draft(&id).await {
                Ok(draft) => {
                    error.try_set(None);
                    answered.try_set(Some(draft));
                }
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    ask();
    let published = id.clone();
    let gone = RwSignal::new(false);
    Effect::new(move || {
        let Some(answer) = answered.get() else { return };
        if desk.with_untracked(Option::is_some) {
            return;
        }
        let found = match &answer {
            Some(draft) => Draft::read(&draft.definition)
                .map(|read| (draft.head.rev, draft.survey.clone(), read)),
            None => store.catalogue.with(|catalogue| {
                let survey = catalogue.survey(&published)?;
                let record = catalogue.record(model::Collection::Survey, &published)?;
                let stored = catalogue.stored_definition(&published, survey.version)?;
                Some((0, record.fields.clone(), Draft::read(&stored)?))
            }),
        };
        gone.set(found.is_none());
        if let Some((rev, about, draft)) = found {
            let id = published.clone();
            // It lives as long as the page, not as long as this turn of the effect.
            let owner = owner.get_value().unwrap_or_default();
            desk.set(Some(owner.with(|| Desk::new(id, rev, about, draft))));
        }
    });
    View::of(move || match desk.get() {
        Some(desk) => view! { <Screens desk/> },
        None if error.with(Option::is_some) => {
            let ask = ask.clone();
            view! { <Trouble error again=move |()| ask()/> }
        }
        None if gone.get() => view! { <p class="govuk-body">{t(key::STAFF_MAKE_GONE)}</p> },
        None => view! { <Loading/> },
    })
}

#[component]
fn Screens(desk: Desk) -> View {
    let screen = Memo::new(move |_| Screen::now());
    // What was said of a command is gone with the screen after the one that it led to.
    Effect::new(move |before: Option<String>| {
        screen.track();
        let said = desk.said.get_untracked();
        if !said.is_empty() && before.as_ref() == Some(&said) {
            desk.said.set(String::new());
        }
        said
    });
    Effect::new(move |before: Option<()>| {
        screen.track();
        if before.is_some() {
            request_animation_frame(|| {
                browser::focus("#screen");
            });
        }
    });
    let shown = move || match at(desk, screen.get()) {
        Screen::Contents => view! { <Contents desk/> },
        Screen::About => view! { <About desk/> },
        Screen::Add(group) => view! { <Adding desk group/> },
        Screen::Languages => view! { <Languages desk/> },
        Screen::Translate(tag) => view! { <Translate desk tag/> },
        Screen::Preview => view! { <Preview desk/> },
        Screen::Publish => view! { <Publish desk/> },
        Screen::Item(path) if there(desk, &path) => view! { <ItemEdit desk path/> },
        Screen::Condition(path, decides) if there(desk, &path) => {
            view! { <ConditionEdit desk path decides/> }
        }
        Screen::Choices(path) if there(desk, &path) => view! { <Choices desk path/> },
        Screen::Item(_) | Screen::Condition(..) | Screen::Choices(_) => view! { <Contents desk/> },
    };
    view! {
        <SavingState desk/>
        {shown}
    }
}

/// The screen of an item where it stands now.
fn at(desk: Desk, screen: Screen) -> Screen {
    match screen {
        Screen::Item(path) => Screen::Item(desk.followed(path)),
        Screen::Condition(path, decides) => Screen::Condition(desk.followed(path), decides),
        Screen::Choices(path) => Screen::Choices(desk.followed(path)),
        screen => screen,
    }
}

fn there(desk: Desk, path: &Path) -> bool {
    desk.draft.with_untracked(|draft| draft.item(path).is_some())
}

/// The heading of a screen, which takes the focus when the screen comes, and the way back from it.
#[component]
fn Heading(
    /// What is done here.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads; nowhere from the list of questions.
    #[prop(optional)]
    back: Option<String>,
) -> View {
    view! {
        {back
            .map(|href| {
                view! {
                    <p class="govuk-body">
                        <a class="govuk-link" href=href>
                            {locale::words(key::STAFF_MAKE_BACK)}
                        </a>
                    </p>
                }
            })}
        <h2 class="govuk-heading-l ct-prose" id="screen" tabindex="-1">
            {title}
        </h2>
    }
}

/// Whether the work is on the server, for who has seen nothing else.
fn is_saved(saving: &Saving) -> bool {
    matches!(saving, Saving::Clean | Saving::Saved)
}
