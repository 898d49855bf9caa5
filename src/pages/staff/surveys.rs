//! `/staff/surveys`: every survey, whether it takes answers, and how many it has.

use std::collections::BTreeMap;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, Key, catalogue::SurveyState, wire::DraftHead};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    live::{Trouble, while_seen},
    session::StaffPage,
};
use crate::{
    components::notice::Empty,
    locale::{content, key, label, t, tf, words},
    store::{Store, staff::FeedbackFilter},
    wall,
};

/// How many responses each survey has, as far as is known.
#[derive(Clone, Copy)]
pub struct Counts {
    /// By survey.
    pub responses: RwSignal<BTreeMap<Key, u64>>,
    /// Why one is not known.
    pub error: RwSignal<Option<SyncError>>,
    /// What names the results that they were read from.
    tags: StoredValue<BTreeMap<Key, String>>,
    store: Store,
}

impl Counts {
    /// Asks for every survey of the catalogue, now and whenever it holds another.
    pub fn watch() -> Self {
        let counts = Self {
            responses: RwSignal::default(),
            tags: StoredValue::default(),
            error: RwSignal::new(None),
            store: Store::get(),
        };
        let ids = Memo::new(move |_| counts.ids());
        Effect::new(move || {
            ids.track();
            counts.ask();
        });
        counts
    }

    fn ids(self) -> Vec<Key> {
        self.store.catalogue.with(|catalogue| {
            catalogue.records(Collection::Survey).map(|(id, _)| id.clone()).collect()
        })
    }

    /// Asks again.
    pub fn ask(self) {
        let ids = untrack(|| self.ids());
        spawn_local(async move {
            let mut failed = None;
            for id in ids {
                let Some(known) = self.tags.try_with_value(|tags| tags.get(&id).cloned()) else {
                    return;
                };
                let everybody = FeedbackFilter::default();
                match self.store.results(&id, &everybody, known.as_deref()).await {
                    Ok(None) => {}
                    Ok(Some((results, tag))) => {
                        self.tags
                            .try_update_value(|tags| tag.map(|tag| tags.insert(id.clone(), tag)));
                        let known =
                            |counts: &BTreeMap<_, _>| counts.get(&id) == Some(&results.responses);
                        if self.responses.try_with_untracked(known) == Some(false) {
                            self.responses.update(|it| {
                                it.insert(id, results.responses);
                            });
                        }
                    }
                    Err(error) => failed = Some(error),
                }
            }
            self.error.try_set(failed);
        });
    }
}

/// The list of surveys.
#[component]
pub fn Surveys() -> View {
    view! {
        <StaffPage title=label(key::STAFF_SURVEYS) back="/staff">
            <List/>
        </StaffPage>
    }
}

/// The surveys that staff are writing, by whom they were changed last.
#[component]
fn Drafts() -> View {
    let store = Store::get();
    let drafts = RwSignal::new(Vec::<DraftHead>::new());
    let error = RwSignal::new(None::<SyncError>);
    let ask = move || {
        spawn_local(async move {
            let answer = store.drafts().await;
            error.try_set(answer.as_ref().err().cloned());
            if let Ok(found) = answer
                && drafts.try_with_untracked(|known| *known != found) == Some(true)
            {
                drafts.set(found);
            }
        });
    };
    ask();
    while_seen(ask);
    let line = |draft: DraftHead| {
        let title = content(&draft.title);
        let title = if title.is_empty() { draft.id.to_string() } else { title };
        let day = wall::date(draft.at.london_date());
        view! {
            <li>
                <a class="govuk-link" href=format!("/staff/surveys/{}/edit", draft.id)>
                    {title}
                </a>
                " "
                <span class="ct-outline__marks">
                    {tf(key::STAFF_MAKE_DRAFT_BY, &[("name", &draft.by), ("day", &day)])}
                </span>
            </li>
        }
    };
    view! {
        <Trouble error again=move |()| ask()/>
        {move || {
            let drafts = drafts.get();
            (!drafts.is_empty())
                .then(|| {
                    view! {
                        <h2 class="govuk-heading-m">{t(key::STAFF_MAKE_DRAFTS)}</h2>
                        <ul class="govuk-list ct-outline-links">
                            {drafts.into_iter().map(line).collect_view()}
                        </ul>
                    }
                })
        }}
    }
}

#[component]
fn List() -> View {
    let store = Store::get();
    let counts = Counts::watch();
    while_seen(move || counts.ask());
    let rows = move || {
        let surveys = store.catalogue.with(|catalogue| {
            let all = catalogue.surveys().into_iter();
            all.map(|(id, it)| (id, content(&it.title), it.state)).collect::<Vec<_>>()
        });
        let row = |(id, title, state): (Key, String, SurveyState)| {
            let href = format!("/staff/surveys/{id}");
            let edit = format!("/staff/surveys/{id}/edit");
            let count = move || {
                counts.responses.with(|counts| {
                    counts.get(&id).map_or_else(|| t(key::STAFF_UNKNOWN), ToString::to_string)
                })
            };
            let (tag, words) = match state {
                SurveyState::Open => ("govuk-tag govuk-tag--green", key::STAFF_SURVEY_OPEN),
                SurveyState::Closed => ("govuk-tag govuk-tag--grey", key::STAFF_SURVEY_CLOSED),
            };
            view! {
                <tr class="govuk-table__row">
                    <th scope="row" class="govuk-table__header" data-label=t(key::STAFF_SURVEY)>
                        <a class="govuk-link" href=href>
                            {title.clone()}
                        </a>
                    </th>
                    <td class="govuk-table__cell" data-label=t(key::STAFF_STATE)>
                        <strong class=tag>{t(words)}</strong>
                    </td>
                    <td
                        class="govuk-table__cell govuk-table__cell--numeric"
                        data-label=t(key::STAFF_RESPONSES_TITLE)
                    >
                        {count}
                    </td>
                    <td class="govuk-table__cell">
                        <a class="govuk-link" href=edit>
                            {t(key::CHANGE)}
                            <span class="govuk-visually-hidden">": " {title}</span>
                        </a>
                    </td>
                </tr>
            }
        };
        surveys.into_iter().map(row).collect_view()
    };
    let none = move || store.catalogue.with(|catalogue| catalogue.surveys().is_empty());
    view! {
        <p class="govuk-body">
            <a class="govuk-button" href="/staff/surveys/new">
                {words(key::STAFF_MAKE_NEW)}
            </a>
        </p>
        <Drafts/>
        <Trouble error=counts.error again=move |()| counts.ask()/>
        <table class="govuk-table ct-table">
            <caption class="govuk-table__caption govuk-table__caption--m">
                {words(key::STAFF_SURVEYS_CAPTION)}
            </caption>
            <thead class="govuk-table__head">
                <tr class="govuk-table__row">
                    <th scope="col" class="govuk-table__header">
                        {words(key::STAFF_SURVEY)}
                    </th>
                    <th scope="col" class="govuk-table__header">
                        {words(key::STAFF_STATE)}
                    </th>
                    <th scope="col" class="govuk-table__header govuk-table__header--numeric">
                        {words(key::STAFF_RESPONSES_TITLE)}
                    </th>
                    <th scope="col" class="govuk-table__header">
                        {words(key::STAFF_MAKE_QUESTIONS)}
                    </th>
                </tr>
            </thead>
            <tbody class="govuk-table__body">{rows}</tbody>
        </table>
        {move || {
            none()
                .then(|| {
                    view! {
                        <Empty
                            title=label(key::STAFF_SURVEYS_NONE)
                            words=label(key::STAFF_SURVEYS_NONE_TEXT)
                        />
                    }
                })
        }}
    }
}
