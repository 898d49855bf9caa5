//! The program in which a survey is taken: one of its own, because the language of its forms is half as large as all
//! other pages together, and a first visit does not wait for it. It works without a network like the others.

use app::pages::resident;
use app::view::{View, view};
use model::Key;

fn main() {
    app::program::mount(|| app::program::pages(page), || view! { <resident::survey::Languages/> });
}

fn page(segments: &[&str]) -> Option<View> {
    let ["surveys", id] = segments else { return None };
    Some(view! { <resident::survey::SurveyPage id=Key::parse(id)/> })
}
