//! A page of questions.

use crate::view::{View, view};
use leptos::prelude::*;
use survey::{Fill, Kind, Screen};

use super::{Questions, Taking, language, questions};
use crate::{
    components::{
        field::ErrorSummary,
        page::{Main, announce},
    },
    locale::{key, t, tf, words},
};

/// The questions that stand on the page together.
#[component]
pub fn Asking(
    /// The path of the page.
    path: String,
    /// Whose answers.
    taking: Taking,
) -> View {
    let alone = untrack(|| taking.with(|fill| fill.field(&path).is_some()));
    let title = Memo::new(move |_| {
        let spoken = language::spoken();
        taking.with(|fill| title(fill, &spoken))
    });
    let above = Memo::new(move |_| {
        let spoken = language::spoken();
        taking.with(|fill| around(fill, &spoken))
    });
    Effect::new(move |told: Option<()>| {
        let title = title.get();
        match told {
            None => announce(&title),
            // In another language or with another answer it is still the same page.
            Some(()) => {
                crate::platform::browser::set_title(&tf(key::PAGE_TITLE, &[("page", &title)]))
            }
        }
    });
    let faults = taking.faults(move |path| questions::id(path, alone));
    let summary = taking.summary(move |path| questions::id(path, alone), alone);
    let heading = Memo::new(move |_| taking.with(heading));
    let next = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        taking.next();
    };
    let waits = move || taking.reading.get() > 0;
    let over = move || {
        heading.with(Option::is_none).then(|| {
            view! { <h1 class="govuk-heading-l" tabindex="-1">{title}</h1> }
        })
    };
    view! {
        <Main>
            <Back taking/>
            <Progress taking/>
            <ErrorSummary faults=summary/>
            <form novalidate on:submit=next lang=language::marked dir=language::direction>
                <p class="govuk-caption-l" hidden=move || above.get().is_empty()>
                    {above}
                </p>
                {over}
                <Questions taking alone heading faults/>
                <div class="govuk-button-group" lang=crate::locale::language>
                    <button class="govuk-button" disabled=waits>
                        {words(key::SURVEY_NEXT)}
                    </button>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        disabled=waits
                        on:click=move |_| taking.stopping.set(true)
                    >
                        {words(key::SURVEY_STOP)}
                    </button>
                </div>
            </form>
        </Main>
    }
}

/// The way to the page before. Before the first page it leads out of the survey, and answers are not lost by that.
#[component]
pub fn Back(
    /// Whose answers.
    taking: Taking,
) -> View {
    let back = move |_| {
        if taking.update(Fill::back) != Some(true) {
            taking.stopping.set(true);
        }
    };
    view! {
        <button type="button" class="govuk-back-link ct-back" on:click=back>
            {words(key::BACK)}
        </button>
    }
}

#[component]
fn Progress(taking: Taking) -> View {
    let progress = Memo::new(move |_| {
        taking.with(|fill| {
            let progress = fill.progress();
            (progress.number, progress.about)
        })
    });
    // Words to read have no number of their own.
    let asks = Memo::new(move |_| {
        taking.with(|fill| fill.fields().iter().any(|field| field.kind().is_asked()))
    });
    let said = move || {
        let (number, about) = progress.get();
        tf(key::SURVEY_PROGRESS, &[("number", &number.to_string()), ("about", &about.to_string())])
    };
    view! {
        <div class="ct-progress" hidden=move || !asks.get()>
            <label class="ct-progress__label" for="progress">
                {said}
            </label>
            <progress
                class="ct-progress__bar"
                id="progress"
                max=move || progress.get().1
                value=move || progress.get().0
            ></progress>
        </div>
    }
}

/// The path of the question whose words are the page's heading: it is alone there, or the group has no words and begins
/// with a note, as a workbook's `table-list` does.
pub fn heading(fill: &Fill) -> Option<String> {
    let Screen::Page(page) = fill.screen() else { return None };
    let first = page.fields.first()?;
    let heads = first.path() == page.path
        || (*first.kind() == Kind::Note && of_page(&page, &language::spoken()).is_none());
    heads.then(|| first.path())
}

/// What the page is called: its question, or the group whose questions stand on it.
pub fn title(fill: &Fill, language: &str) -> String {
    if let Some(field) = heading(fill).and_then(|path| fill.field(&path)) {
        return survey::plain(&field.label(language));
    }
    let Screen::Page(page) = fill.screen() else { return String::new() };
    of_page(&page, language).unwrap_or_else(|| t(key::SURVEY_QUESTIONS))
}

/// The words of the group that is the page.
fn of_page(page: &survey::Page<'_>, language: &str) -> Option<String> {
    let headings = page.fields.first()?.headings(language);
    let own = headings.iter().find(|heading| heading.path == page.path)?;
    Some(named(own)).filter(|words| !words.is_empty())
}

/// The groups around the page: "Your household · Person 2".
pub fn around(fill: &Fill, language: &str) -> String {
    let headings = fill.headings(language);
    let named = headings.iter().map(named).filter(|words| !words.is_empty());
    named.collect::<Vec<_>>().join(" · ")
}

/// The words of a heading, with the number of an instance: "Person 2".
pub fn named(heading: &survey::Heading) -> String {
    let label = survey::plain(&heading.label);
    match heading.position {
        Some(position) => format!("{label} {position}").trim().to_owned(),
        None => label,
    }
}
