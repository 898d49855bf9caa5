//! The program for staff: a second one, so that its bytes do not burden a first visit.

use app::pages::staff;
use leptos::prelude::*;

fn main() {
    app::app::mount(|| app::app::pages(page));
}

fn page(segments: &[&str]) -> Option<AnyView> {
    let ["staff", below @ ..] = segments else { return None };
    Some(match below {
        [] => view! { <staff::overview::Overview/> }.into_any(),
        ["feedback"] => view! { <staff::feedback::Feedback/> }.into_any(),
        ["surveys"] => view! { <staff::surveys::Surveys/> }.into_any(),
        ["surveys", id] => view! { <staff::results::ResultsPage id=(*id).to_owned()/> }.into_any(),
        ["events"] => view! { <staff::events::Events/> }.into_any(),
        ["events", id] => view! { <staff::event_edit::EventEdit id=(*id).to_owned()/> }.into_any(),
        ["listings"] => view! { <staff::listings::Listings/> }.into_any(),
        ["listings", id] => {
            view! { <staff::listing_edit::ListingEdit id=(*id).to_owned()/> }.into_any()
        }
        _ => return None,
    })
}
