//! Choices in an order, by buttons: no dragging, which many hands and no keyboard can do.

use crate::view::{View, view};
use leptos::prelude::*;
use model::submission::Answer;

use super::{Asked, language, ranking::Ranking};
use crate::components::select::Opt;

/// All the choices, the most important one first.
#[component]
pub fn Rank(asked: Asked) -> View {
    let Asked { id, heading, faults, .. } = asked.clone();
    let (legend, hint) = (asked.label(), asked.hint());
    // In the order given so far; before, in the one they are offered in.
    let options: Memo<Vec<Opt>> = asked.memo(|field| {
        let offers = field.choices(&language::spoken()).into_iter();
        let mut options: Vec<Opt> =
            offers.map(|offer| (offer.name, survey::plain(&offer.label))).collect();
        if let Some(Answer::Many(order)) = field.answer() {
            let place = |(name, _): &Opt| order.iter().position(|own| own == name);
            options.sort_by_key(|option| place(option).unwrap_or(usize::MAX));
        }
        options
    });
    // Where choices came or went since, it is an order of others.
    let answered = asked.memo(|field| match field.standing().as_deref() {
        Some(Answer::Many(order)) => order.len() == field.choices("").len(),
        _ => false,
    });
    let on_change = move |order: Vec<String>| asked.set(Some(Answer::Many(order)));
    view! { <Ranking id legend heading hint options answered on_change faults/> }
}
