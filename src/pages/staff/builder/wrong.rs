//! What is wrong in a draft, each with the way to where it is put right.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::draft::Place;

use super::{
    desk::{Desk, Wrong},
    screen::Screen,
};
use crate::locale::{key, t};

/// A list of what is wrong: the question's words as a link to it, and what to do.
#[component]
pub fn WrongLines(desk: Desk, wrong: Vec<Wrong>) -> View {
    let line = move |wrong: Wrong| {
        let (screen, title) = (screen_of(desk, &wrong), title(desk, &wrong.place));
        view! {
            <li>
                <a class="govuk-link" href=screen.address(&desk.id())>
                    {title}
                </a>
                ": "
                {wrong.words}
            </li>
        }
    };
    view! {
        <ul class="govuk-list govuk-list--bullet">
            {wrong.into_iter().map(line).collect_view()}
        </ul>
    }
}

/// Where it is put right.
fn screen_of(desk: Desk, wrong: &Wrong) -> Screen {
    match &wrong.place {
        Place::Item(path) => Screen::Item(path.clone()),
        Place::Choice { list, .. } => {
            let users = desk.draft.with_untracked(|draft| draft.list_users(list));
            users.into_iter().next().map_or(Screen::Contents, Screen::Choices)
        }
        Place::Form if wrong.field == "languages" => Screen::Languages,
        Place::Form if ["", "files", "tables"].contains(&wrong.field.as_str()) => Screen::Contents,
        Place::Form => Screen::About,
    }
}

/// What the place is called for people.
fn title(desk: Desk, place: &Place) -> String {
    match place {
        Place::Form => t(key::STAFF_SURVEY),
        Place::Item(_) | Place::Choice { .. } => {
            desk.draft.with_untracked(|draft| draft.title(place))
        }
    }
}
