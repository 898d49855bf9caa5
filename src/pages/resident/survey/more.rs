//! After the instances of a repeat: those that are there, and whether there is another one.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::{Fill, Screen};

use super::{Taking, asking::Back, language};
use crate::{
    components::{
        notice::{Notice, Tone},
        page::{Main, announce},
    },
    locale::{key, t, tf, words},
    platform::browser,
};

/// What stands on the page.
#[derive(Clone, Default, PartialEq)]
struct Series {
    label: String,
    can_add: bool,
    /// Path, name and what is answered first, of each.
    rows: Vec<(String, String, String)>,
}

impl Series {
    fn of(fill: &Fill, language: &str) -> Self {
        let Screen::More(more) = fill.screen() else { return Self::default() };
        let label = survey::plain(&more.label(language));
        let asked = fill.summary();
        let row = |position: usize| {
            let path = format!("{}[{position}]", more.path);
            let inside = |field: &&survey::Field<'_>| field.path().starts_with(&format!("{path}/"));
            let mut answers = asked.iter().filter(inside).map(|it| it.answer_words(language));
            let first = answers.find(|words| !words.is_empty()).unwrap_or_default();
            (path, format!("{label} {position}"), first)
        };
        let rows = (1..=more.count).map(row).collect();
        Self { label, can_add: more.can_add, rows }
    }
}

/// "Add another?"
#[component]
pub fn Another(
    /// The path of the repeat.
    path: String,
    /// Whose answers.
    taking: Taking,
) -> View {
    let series = Memo::new(move |_| {
        let spoken = language::spoken();
        taking.with(|fill| Series::of(fill, &spoken))
    });
    let title = Memo::new(move |_| tf(key::SURVEY_ANOTHER, &[("what", &series.get().label)]));
    Effect::new(move || announce(&title.get()));
    // What was taken away last, and all answers as they were before; only as long as the page is on the screen.
    let before = RwSignal::new(None::<(String, Fill)>);
    let row = move |(path, name, answer): (String, String, String)| {
        let (change, gone) = (path.clone(), path);
        let (named, removed, taken) = (name.clone(), name.clone(), name.clone());
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{name}</dt>
                <dd class="govuk-summary-list__value">{answer}</dd>
                <dd class="govuk-summary-list__actions">
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| {
                            taking.update(|fill| fill.go_to(&change));
                        }
                    >
                        {t(key::CHANGE)}
                        <span class="govuk-visually-hidden">" " {named}</span>
                    </button>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| {
                            let was = untrack(|| taking.with(|fill| Some(fill.clone())));
                            taking.update(|fill| fill.remove(&gone));
                            before.set(was.map(|was| (taken.clone(), was)));
                            request_animation_frame(|| {
                                browser::focus("#bring-back");
                            });
                        }
                    >
                        {t(key::SURVEY_REMOVE)}
                        <span class="govuk-visually-hidden">" " {removed}</span>
                    </button>
                </dd>
            </div>
        }
    };
    let bring_back = move |_| {
        let Some((_, mut was)) = before.try_update(Option::take).flatten() else { return };
        taking.update(|fill| {
            was.set_language(&untrack(language::spoken));
            *fill = was;
        });
        browser::focus("main h1");
    };
    let taken = move || {
        before.with(|before| before.as_ref().map(|(name, _)| name.clone())).map(|name| {
            view! {
                <Notice tone=Tone::Success title=tf(key::SURVEY_REMOVED, &[("what", &name)])>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        id="bring-back"
                        on:click=bring_back
                    >
                        {t(key::SURVEY_BRING_BACK)}
                    </button>
                </Notice>
            }
        })
    };
    let add = move |_| {
        taking.update(|fill| fill.add(&path));
    };
    view! {
        <Main>
            <Back taking/>
            <h1 class="govuk-heading-l" tabindex="-1">{title}</h1>
            {taken}
            <dl class="govuk-summary-list" hidden=move || series.get().rows.is_empty()>
                {move || series.get().rows.into_iter().map(row).collect_view()}
            </dl>
            <div class="govuk-button-group">
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=add
                    disabled=move || !series.get().can_add
                >
                    {words(key::SURVEY_ADD)}
                </button>
                <button type="button" class="govuk-button" on:click=move |_| taking.next()>
                    {words(key::SURVEY_NO_MORE)}
                </button>
            </div>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| taking.stopping.set(true)
            >
                {words(key::SURVEY_STOP)}
            </button>
        </Main>
    }
}
