//! The program for residents, volunteers and peers: all that works without a network, but for the survey itself.

use app::pages::{frame, resident, volunteer};
use app::view::{View, view};
use model::Key;

fn main() {
    let pages = || {
        view! {
            <frame::Looking/>
            {app::program::pages(page)}
        }
    };
    app::program::mount(pages, || view! { <frame::Languages/> });
}

fn page(segments: &[&str]) -> Option<View> {
    Some(match segments {
        [] => view! { <resident::home::Home/> },
        ["events"] => view! { <resident::events::Events/> },
        ["events", id] => view! { <resident::event::EventPage id=Key::parse(id)/> },
        ["support"] => view! { <resident::support::Support/> },
        ["support", id] => view! { <resident::listing::ListingPage id=Key::parse(id)/> },
        ["surveys"] => view! { <resident::surveys::Surveys/> },
        ["feedback"] => view! { <volunteer::feedback::FeedbackPage/> },
        ["tablet"] => view! { <volunteer::tablet::TabletPage/> },
        _ => return None,
    })
}
