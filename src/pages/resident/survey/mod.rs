//! `/surveys/:id`: a survey, one question a page, or several where the form puts them together.

pub mod asking;
mod check;
mod done;
mod intro;
pub mod language;
mod more;
pub mod questions;
mod stop;
mod taking;

use crate::view::{View, view};
use leptos::prelude::*;
use model::{Key, Text, catalogue::SurveyState};

pub use done::Saved;
pub use language::Languages;
pub use questions::Questions;
pub use taking::{Asked, Taking};

use crate::{
    components::page::Page,
    locale::{key, label, words},
    pages::frame::FormGuard,
    platform::browser,
    store::Store,
};

/// The page of a survey.
#[component]
pub fn SurveyPage(
    /// Which survey; none if the address makes no sense.
    id: Option<Key>,
) -> View {
    let store = Store::get();
    let survey = move || {
        let id = id.as_ref()?;
        let survey = store.catalogue.with(|catalogue| catalogue.survey(id))?;
        Some((id.clone(), survey))
    };
    // Made here, where they live as long as the page: what a handler makes ends with its part.
    let taking = Taking::new(store);
    // A survey that changes while somebody answers it must not take the page away from them:
    // what they began, they finish.
    let begun = Memo::new(move |_| taking.is_begun());
    Effect::new(|| browser::set_direction(language::direction().unwrap_or("ltr")));
    on_cleanup(|| browser::set_direction("ltr"));
    View::of(move || {
        if begun.get() {
            return view! { <TakingPage taking/> };
        }
        match survey() {
            Some((id, survey)) if survey.state == SurveyState::Open => {
                view! { <intro::Intro id survey taking/> }
            }
            Some((_, survey)) => {
                let came = Some(survey.outcome);
                closed(key::SURVEY_CLOSED, key::SURVEY_CLOSED_TEXT, came)
            }
            None => closed(key::SURVEY_GONE, key::SURVEY_GONE_TEXT, None),
        }
    })
}

/// Nothing is asked any more; what came of it is what those who answered come back for.
fn closed(title: crate::locale::Key, text: crate::locale::Key, came: Option<Text>) -> View {
    view! {
        <Page title=label(title) back="/surveys">
            <p class="govuk-body">{words(text)}</p>
            {came.map(|outcome| view! { <intro::Outcome outcome/> })}
        </Page>
    }
}

/// What is on the screen. A page is drawn anew when this changes, and not with each answer.
#[derive(Clone, PartialEq)]
enum Place {
    Saved,
    Stop,
    Page(String),
    More(String),
    Check,
}

impl Place {
    fn of(taking: Taking) -> Self {
        if taking.saved.get().is_some() {
            return Self::Saved;
        }
        if taking.stopping.get() {
            return Self::Stop;
        }
        let of = |fill: &survey::Fill| match fill.screen() {
            survey::Screen::Page(page) => Some(Self::Page(page.path)),
            survey::Screen::More(more) => Some(Self::More(more.path)),
            survey::Screen::Check => None,
        };
        taking.with(of).unwrap_or(Self::Check)
    }
}

#[component]
fn TakingPage(taking: Taking) -> View {
    let dirty = Signal::derive(move || taking.saved.get().is_none());
    let place = Memo::new(move |_| Place::of(taking));
    view! {
        <div class="ct-width">
            <FormGuard dirty on_expire=move |()| {
                language::forget();
                taking.clear();
            }/>
        </div>
        {move || match place.get() {
            Place::Saved => view! { <done::Done taking/> },
            Place::Stop => view! { <stop::StopHere taking/> },
            Place::Page(path) => view! { <asking::Asking path taking/> },
            Place::More(path) => view! { <more::Another path taking/> },
            Place::Check => view! { <check::Check taking/> },
        }}
    }
}
