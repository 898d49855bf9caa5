//! What staff do: read what people told, and keep what people find here true.

mod conflict;
mod editor;
pub mod event_edit;
mod event_form;
pub mod events;
pub mod feedback;
mod filters;
mod hours_rows;
mod live;
pub mod listing_edit;
mod listing_form;
pub mod listings;
mod nav;
pub mod overview;
mod phone_rows;
mod question;
mod repeat;
mod repeat_picker;
pub mod results;
mod rows;
mod schedule;
mod session;
mod shell;
pub mod surveys;
mod values;
mod words_field;

use leptos::prelude::*;
use model::Key;

/// The page of an address under `/staff`, whose first part is left out; none if there is no
/// such page.
pub fn page(segments: &[&str]) -> Option<AnyView> {
    Some(match segments {
        [] => view! { <overview::Overview/> }.into_any(),
        ["feedback"] => view! { <feedback::Feedback/> }.into_any(),
        ["surveys"] => view! { <surveys::Surveys/> }.into_any(),
        ["surveys", id] => view! { <results::ResultsPage id=Key::parse(id)/> }.into_any(),
        ["events"] => view! { <events::Events/> }.into_any(),
        ["events", id] => view! { <event_edit::EventEdit id=*id/> }.into_any(),
        ["listings"] => view! { <listings::Listings/> }.into_any(),
        ["listings", id] => view! { <listing_edit::ListingEdit id=*id/> }.into_any(),
        _ => return None,
    })
}
