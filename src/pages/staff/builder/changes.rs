//! What a new version changes, in the words of those who will read its results.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::draft::{Change, Draft, Path, changes};

use super::desk::{Desk, title_of};
use crate::{
    components::notice::{Notice, Tone},
    locale::{Key, key, label, t, tf},
};

/// What changes from the published version, and what that means for the results; nothing before the first.
#[component]
pub fn Changes(
    /// The draft.
    desk: Desk,
) -> View {
    let sorted = Memo::new(move |_| {
        let before = desk.published_draft()?;
        Some(desk.draft.with(|draft| told(&changes(&before, draft), draft)))
    });
    View::of(move || {
        let sorted = sorted.get()?;
        let version = desk.published_version().unwrap_or_default().to_string();
        if sorted.is_empty() {
            let words = tf(key::STAFF_MAKE_CHANGES_NONE, &[("n", &version)]);
            return Some(view! { <p class="govuk-body ct-prose">{words}</p> });
        }
        let part = |(words, lines): (Key, Vec<String>)| {
            view! {
                <p class="govuk-body ct-prose">{t(words)}</p>
                <ul class="govuk-list govuk-list--bullet">
                    {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                </ul>
            }
        };
        let heading = tf(key::STAFF_MAKE_CHANGES, &[("n", &version)]);
        Some(view! {
            <h3 class="govuk-heading-m">{heading}</h3>
            {sorted.into_iter().map(part).collect_view()}
        })
    })
}

/// Says so where somebody published a version after this draft was begun.
#[component]
pub fn Overtaken(
    /// The draft.
    desk: Desk,
) -> View {
    let overtaken = move || {
        let now = desk.published_version()?;
        let begun = desk.about.with(|about| about.get("version")?.as_u64()).unwrap_or_default();
        (u64::from(now) > begun).then_some(now)
    };
    View::of(move || {
        overtaken().map(|now| {
            let words = tf(key::STAFF_MAKE_OVERTAKEN_TEXT, &[("n", &now.to_string())]);
            view! {
                <Notice tone=Tone::Warning title=label(key::STAFF_MAKE_OVERTAKEN)>
                    <p>{words}</p>
                </Notice>
            }
        })
    })
}

/// The changes by what they mean, the weightiest first, each with its lines.
fn told(changes: &[Change], draft: &Draft) -> Vec<(Key, Vec<String>)> {
    let mut sorted: [(Key, Vec<String>); 7] = [
        key::STAFF_MAKE_CHANGE_RENAMED,
        key::STAFF_MAKE_CHANGE_CHOICES,
        key::STAFF_MAKE_CHANGE_RETYPED,
        key::STAFF_MAKE_CHANGE_REMOVED,
        key::STAFF_MAKE_CHANGE_REWORDED,
        key::STAFF_MAKE_CHANGE_ADDED,
        key::STAFF_MAKE_CHANGE_RULES,
    ]
    .map(|words| (words, Vec::new()));
    let title = |path: &Path| title_of(draft, path);
    for change in changes {
        let (at, line) = match change {
            Change::Renamed { path, before, now } => {
                (0, format!("{}: {before} → {now}", title(path)))
            }
            Change::Choices { path, added, removed, renamed } => {
                let other = |(before, now): &(String, String)| format!("{before} → {now}");
                let parts = [
                    (key::STAFF_MAKE_CHANGE_NAMES, renamed.iter().map(other).collect()),
                    (key::STAFF_MAKE_CHANGE_NEW, added.clone()),
                    (key::STAFF_MAKE_CHANGE_GONE, removed.clone()),
                ];
                let parts =
                    parts.into_iter().filter(|(_, all): &(Key, Vec<String>)| !all.is_empty());
                let parts: Vec<_> =
                    parts.map(|(words, all)| tf(words, &[("what", &all.join(", "))])).collect();
                (1, format!("{}: {}", title(path), parts.join(" ")))
            }
            Change::Retyped(path) => (2, title(path)),
            Change::Removed(words) => (3, words.clone()),
            Change::Reworded(path) => (4, title(path)),
            Change::Added(path) => (5, title(path)),
            Change::Rules(path) => (6, title(path)),
            Change::Table(name) => (1, format!("{name}.csv")),
        };
        sorted[at].1.push(line);
    }
    sorted.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}
