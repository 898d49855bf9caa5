//! A chart as a file: a drawing (SVG) or a picture (PNG).

use crate::view::{View, view};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::sheet::Chart;
use crate::{
    locale::{key, words},
    platform::file,
};

/// The two buttons.
#[component]
pub fn Downloads(
    /// The chart.
    drawing: Memo<Chart>,
    /// What its files are called.
    name: String,
    /// The question; heard only, for a heading above shows it.
    of: Signal<String>,
    /// It is the chart of the groups beside each other.
    #[prop(optional)]
    groups: bool,
) -> View {
    let (svg_words, png_words) = if groups {
        (key::STAFF_RESULT_GROUPS_SVG, key::STAFF_RESULT_GROUPS_PNG)
    } else {
        (key::STAFF_RESULT_SVG, key::STAFF_RESULT_PNG)
    };
    let heard = move || {
        view! { <span class="govuk-visually-hidden">": " {of}</span> }
    };
    let (svg_name, png_name) = (format!("{name}.svg"), format!("{name}.png"));
    let svg = move |_| {
        let chart = drawing.get_untracked();
        if let Err(error) = file::save(&svg_name, "image/svg+xml", &chart.svg) {
            gloo::console::warn!("A chart was not saved:", error);
        }
    };
    let png = move |_| {
        let (chart, name) = (drawing.get_untracked(), png_name.clone());
        spawn_local(async move {
            if let Err(error) = file::save_png(&name, &chart.svg, chart.width, chart.height).await {
                gloo::console::warn!("A chart was not saved:", error);
            }
        });
    };
    view! {
        <div class="govuk-button-group no-print">
            <button type="button" class="govuk-button govuk-button--secondary" on:click=svg>
                {words(svg_words)} {heard()}
            </button>
            <button type="button" class="govuk-button govuk-button--secondary" on:click=png>
                {words(png_words)} {heard()}
            </button>
        </div>
    }
}
