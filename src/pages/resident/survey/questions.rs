//! The questions of a page, without the buttons around them: residents have them, and staff who look at a survey.

use std::sync::Arc;

use crate::view::{View, each, view};
use leptos::prelude::*;

use super::{Asked, Taking};
use crate::{
    components::field::Fault,
    pages::resident::question::{Grid, Part, QuestionField},
};

/// The id of a question's field, to which an error leads; `alone` if it is the only one on the page.
pub fn id(path: &str, alone: bool) -> String {
    if alone { "answer".to_owned() } else { format!("answer-{path}") }
}

/// What the page asks, in order; questions with the same choices in a table where the form says so.
#[component]
pub fn Questions(
    /// Whose answers.
    taking: Taking,
    /// The page is one question.
    alone: bool,
    /// The path of the question whose words are the heading of the whole page.
    #[prop(into)]
    heading: Signal<Option<String>>,
    /// What is wrong on the page.
    faults: Signal<Vec<Fault>>,
) -> View {
    let asked = Callback::new(move |path: String| {
        let id = id(&path, alone);
        let heading = heading.with_untracked(|heading| heading.as_ref() == Some(&path));
        Asked { taking, path: Arc::from(path), id, heading, faults }
    });
    let parts = Memo::new(move |_| taking.with(Part::of_page));
    let part = move |part: Part| {
        let shown = match part {
            Part::One(path) => view! { <QuestionField asked=asked.run(path)/> },
            Part::Grid { head, rows } => {
                let name = head.clone().or(rows.first().cloned()).unwrap_or_default();
                // Rows come and go with the answers; the table stays, and with it the focus.
                let rows = Memo::new(move |before: Option<&Vec<String>>| {
                    let found = parts.with(|parts| {
                        parts.iter().find_map(|part| match part {
                            Part::Grid { rows, .. } if part.name() == name => Some(rows.clone()),
                            _ => None,
                        })
                    });
                    found.unwrap_or_else(|| before.cloned().unwrap_or_default())
                });
                let head = head.map(|head| asked.run(head));
                view! { <Grid head rows asked/> }
            }
        };
        view! { <div class="ct-question">{shown}</div> }
    };
    let key = |part: &Part| (matches!(part, Part::Grid { .. }), part.name().to_owned());
    each(move || parts.get(), key, part)
}
