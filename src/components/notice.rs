//! Notices: information, success, warning, error.

use crate::view::{Children, View, view};
use leptos::prelude::*;

/// How grave a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It worked.
    Success,
    /// Take care.
    Warning,
    /// It failed; read out at once.
    Error,
}

/// A notice with its title.
#[component]
pub fn Notice(
    /// How grave it is.
    tone: Tone,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// What it says.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    let (class, role) = match tone {
        Tone::Info => ("info", None),
        Tone::Success => ("success", Some("status")),
        Tone::Warning => ("warning", None),
        Tone::Error => ("error", Some("alert")),
    };
    view! {
        <div class=format!("ct-notice ct-notice--{class}") role=role>
            <p class="ct-notice__title">{title}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// "Nothing found", with what to do.
#[component]
pub fn Empty(
    /// What is not there.
    #[prop(into)]
    title: Signal<String>,
    /// What to do.
    #[prop(into)]
    words: Signal<String>,
) -> View {
    view! {
        <div class="ct-empty">
            <p class="ct-empty__title">{title}</p>
            <p>{words}</p>
        </div>
    }
}
