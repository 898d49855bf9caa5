//! The program for residents, volunteers and peers: all that works without a network.

use app::pages::{resident, volunteer};
use leptos::prelude::*;
use model::Key;

fn main() {
    app::app::mount(|| app::app::pages(page));
}

fn page(segments: &[&str]) -> Option<AnyView> {
    Some(match segments {
        [] => view! { <resident::home::Home/> }.into_any(),
        ["events"] => view! { <resident::events::Events/> }.into_any(),
        ["events", id] => view! { <resident::event::EventPage id=Key::parse(id)/> }.into_any(),
        ["support"] => view! { <resident::support::Support/> }.into_any(),
        ["support", id] => view! { <resident::listing::ListingPage id=Key::parse(id)/> }.into_any(),
        ["surveys"] => view! { <resident::surveys::Surveys/> }.into_any(),
        ["surveys", id] => view! { <resident::survey::SurveyPage id=Key::parse(id)/> }.into_any(),
        ["feedback"] => view! { <volunteer::feedback::FeedbackPage/> }.into_any(),
        ["tablet"] => view! { <volunteer::tablet::TabletPage/> }.into_any(),
        _ => return None,
    })
}
