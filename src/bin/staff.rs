//! The program for staff: a second one, so that its bytes do not burden a first visit.
//!
//! It is in English, and offers no other language: see ARCHITECTURE.md, "Staff's pages are in English".

use app::pages::staff;
use app::view::{View, view};

fn main() {
    app::program::mount(|| app::program::pages(page), || View::of(()));
}

fn page(segments: &[&str]) -> Option<View> {
    let ["staff", below @ ..] = segments else { return None };
    Some(match below {
        [] => view! { <staff::overview::Overview/> },
        ["feedback"] => view! { <staff::feedback::Feedback/> },
        ["surveys"] => view! { <staff::surveys::Surveys/> },
        ["surveys", "new"] => view! { <staff::builder::start::SurveyNew/> },
        ["surveys", id, "edit"] => {
            view! { <staff::builder::SurveyEdit id=(*id).to_owned()/> }
        }
        ["surveys", id] => view! { <staff::results::ResultsPage id=(*id).to_owned()/> },
        ["events"] => view! { <staff::events::Events/> },
        ["events", id] => view! { <staff::event_edit::EventEdit id=(*id).to_owned()/> },
        ["listings"] => view! { <staff::listings::Listings/> },
        ["listings", id] => {
            view! { <staff::listing_edit::ListingEdit id=(*id).to_owned()/> }
        }
        _ => return None,
    })
}
