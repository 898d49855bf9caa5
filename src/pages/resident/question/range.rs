//! A number from a scale: a row of buttons, or a slider where there are too many of them.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{Text, submission::Answer};
use survey::Scale;

use super::{Asked, Asks, language, row::Row, slider::Slider};
use crate::locale::{key, label};

/// Steps that fit into a row or two.
const STEPS: usize = 13;

/// A step of a scale.
#[component]
pub fn Range(asked: Asked, scale: Scale) -> View {
    let text = asked.text();
    let low = end(&asked, scale.low.clone());
    let high = end(&asked, scale.high.clone());
    let Asked { id, heading, faults, .. } = asked.clone();
    if scale.len() <= STEPS {
        let options: Vec<_> = scale.values().map(|value| (value.clone(), value)).collect();
        let options = Signal::stored(options);
        let value = Signal::derive(move || vec![text.get()]);
        let (legend, hint) = (asked.label(), asked.hint());
        let on_change = move |(step, _): (String, bool)| asked.set(Some(Answer::One(step)));
        return view! { <Row id legend heading hint options value on_change faults low high/> };
    }
    let values: Vec<String> = scale.values().collect();
    let own = asked.clone();
    let on_change = move |step: String| own.set(Some(Answer::One(step)));
    view! {
        <Asks asked/>
        <Slider id values value=text on_change low high none=label(key::SURVEY_NO_ANSWER)/>
    }
}

/// What an end of the scale means.
fn end(asked: &Asked, text: Text) -> Signal<String> {
    let taking = asked.taking;
    let words = Memo::new(move |_| {
        taking.with(|fill| fill.definition().text(&text, &language::spoken()).to_owned())
    });
    words.into()
}
