//! A field for an expression, and a list that writes the names of questions into it.

use crate::view::{View, view};
use leptos::prelude::*;
use survey::draft::{Path, is_answered, is_group};

use super::desk::{Desk, title_of};
use crate::{
    components::{
        field::{Fault, TextArea},
        select::{Opt, Select},
    },
    locale::{key, label, t, tf},
    platform::browser,
};

/// The field. Nobody must know how a question is called to write its answer in.
#[component]
pub fn ExpressionField(
    /// The draft.
    desk: Desk,
    /// Whose expression.
    path: Path,
    /// Unique on the page.
    id: &'static str,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// Help.
    #[prop(into)]
    hint: Signal<String>,
    /// The expression.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the expression at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let options = Signal::derive(move || {
        desk.draft.with(|draft| {
            let answered = |kind: &str| is_answered(kind) || kind == "calculate";
            let entries = draft.entries().into_iter();
            let others = entries.filter(|it| {
                answered(&it.kind)
                    && !is_group(&it.kind)
                    && !it.path.is_in(&path)
                    && !draft.is_row_of_labels(&it.path)
            });
            let option = |path: &Path| Some((path.name()?.to_owned(), title_of(draft, path)));
            let none: Opt = (String::new(), t(key::STAFF_MAKE_LANGUAGE_NONE));
            [none].into_iter().chain(others.filter_map(|it| option(&it.path))).collect::<Vec<_>>()
        })
    });
    let chosen = RwSignal::new(String::new());
    let write = move |name: String| {
        if name.is_empty() {
            return;
        }
        let before = value.get_untracked();
        let space = if before.is_empty() || before.ends_with(' ') { "" } else { " " };
        on_input.run(format!("{before}{space}${{{name}}} "));
        // The list is back at its first line, for the next one.
        chosen.set(name);
        chosen.set(String::new());
        browser::focus(&format!("[id=\"{id}\"]"));
    };
    // Whose answers it uses, in the words of the questions; a name that leads nowhere is told while it is written.
    let uses = Memo::new(move |_| {
        desk.draft.with(|draft| {
            let (there, nowhere) = value.with(|source| draft.referred(source));
            if let Some(name) = nowhere.first() {
                return tf(key::STAFF_MAKE_REFUSED_UNKNOWN, &[("name", name)]);
            }
            let titles: Vec<_> = there.iter().map(|path| title_of(draft, path)).collect();
            if titles.is_empty() {
                return String::new();
            }
            tf(key::STAFF_MAKE_USES, &[("what", &titles.join("; "))])
        })
    });
    view! {
        <TextArea id label hint value on_input faults rows=3/>
        <p class="govuk-body" id=format!("{id}-uses") role="status">
            {uses}
        </p>
        <Select
            id=format!("{id}-insert")
            label=self::label(key::STAFF_MAKE_INSERT)
            options
            value=chosen
            on_change=write
        />
    }
}
