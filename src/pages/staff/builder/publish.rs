//! Out to the tablets.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key, Problem,
    catalogue::{SurveyState, survey_version_key},
    results::{BASELINE, Baseline},
    wire::{Edit, EditResult},
};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use survey::draft::{Change, Draft, Place, changes};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::{faults::fault_for, live, opened::difference, values::language_name},
    Heading,
    changes::{Changes, Overtaken},
    desk::{About, Desk, READ},
    is_saved,
    screen::Screen,
    wrong::{Wrong, WrongLines, wrong_at},
};
use crate::{
    components::notice::{Notice, Tone},
    locale::{key, label, t, tf, tn, words},
    platform::{browser, ids},
    store::Store,
};

/// What came of publishing.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// It is out, as this version.
    Out(u32),
    /// The server did not take it.
    Refused(Vec<Wrong>),
    /// Somebody else published or changed it meanwhile.
    Meanwhile,
    /// No answer.
    Failed(SyncError),
}

/// What is wrong or missing, and the button.
#[component]
pub fn Publish(desk: Desk) -> View {
    let store = Store::get();
    // What others have published meanwhile belongs on this page.
    store.nudge_sync();
    let outcome = RwSignal::new(None::<Outcome>);
    let busy = RwSignal::new(false);
    // What got no answer goes out again under the same numbers, so that it is carried out once.
    let unanswered = StoredValue::new(None::<(u32, Vec<Edit>)>);
    let publish = move |_| {
        if busy.get_untracked() || !desk.saving.with_untracked(is_saved) {
            return;
        }
        let Some((version, edits)) = edits(store, desk) else { return };
        let again = unanswered.get_value().filter(|(number, before)| {
            let same = |(one, other): (&Edit, &Edit)| {
                one.fields == other.fields && one.base_rev == other.base_rev
            };
            *number == version && before.iter().zip(&edits).all(same)
        });
        let (version, edits) = again.unwrap_or((version, edits));
        busy.set(true);
        spawn_local(async move {
            let answer = store.publish(edits.clone()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            unanswered.set_value(None);
            let came = match answer {
                Ok(results) => came_of(desk, version, &results),
                Err(error) => {
                    unanswered.set_value(Some((version, edits)));
                    Outcome::Failed(error)
                }
            };
            if came == Outcome::Out(version) {
                let (id, rev) = (desk.id(), desk.rev());
                desk.published(version);
                if rev > 0 {
                    // What stays of the draft is what is published: nothing is lost if this fails.
                    let _ = store.discard_draft(&id, rev).await;
                }
            }
            outcome.try_set(Some(came));
            request_animation_frame(|| {
                browser::focus("#published");
            });
        });
    };
    let came = move || outcome.get().map(|came| view! { <Came desk came/> });
    let next = move || store.catalogue.with(|catalogue| catalogue.next_version(&desk.id()));
    let wrong = Memo::new(move |_| {
        let mut all = desk.wrong.get();
        all.extend(about_wrong(store, desk));
        if desk.draft.with(|draft| draft.entries().is_empty()) {
            let words = t(key::STAFF_MAKE_NONE);
            all.push(Wrong { place: Place::Form, field: String::new(), words });
        }
        all
    });
    let ready = Memo::new(move |_| wrong.with(Vec::is_empty) && desk.saving.with(is_saved));
    let missing = move || {
        let missing = |tag: String| {
            let missing = desk.missing(&tag);
            (missing > 0).then_some((tag, missing))
        };
        let languages: Vec<_> = desk.others().into_iter().filter_map(missing).collect();
        let line = |(tag, missing): (String, usize)| {
            let words =
                format!("{}: {}", language_name(&tag), tn(key::STAFF_MAKE_MISSING, missing));
            view! { <li>{words}</li> }
        };
        (!languages.is_empty()).then(|| {
            view! {
                <div class="govuk-inset-text ct-doubts">
                    <p class="govuk-body">{t(key::STAFF_MAKE_MISSING_TEXT)}</p>
                    <ul class="govuk-list govuk-list--bullet">
                        {languages.into_iter().map(line).collect_view()}
                    </ul>
                </div>
            }
        })
    };
    // The tick was made for the questions of then.
    let promised = move || {
        let promised = desk.about.with(|about| about.get("anonymous") == Some(&json!(true)));
        promised.then(|| {
            view! { <p class="govuk-inset-text">{t(key::STAFF_MAKE_ANONYMOUS_STILL)}</p> }
        })
    };
    let doubts = move || {
        let doubts = desk.doubts.get();
        let heading = match wrong.with(Vec::is_empty) {
            true => key::STAFF_MAKE_DOUBTS,
            false => key::STAFF_MAKE_DOUBTS_HERE,
        };
        (!doubts.is_empty()).then(|| {
            view! {
                <div class="govuk-inset-text ct-doubts">
                    <p class="govuk-body">{t(heading)}</p>
                    <WrongLines desk wrong=doubts/>
                </div>
            }
        })
    };
    let closed = Memo::new(move |_| {
        desk.record().and_then(|(_, record)| state_of(&record)) == Some(SurveyState::Closed)
    });
    let closed = move || {
        let words = || view! { <p class="govuk-inset-text ct-doubts">{t(key::STAFF_MAKE_STAYS_CLOSED)}</p> };
        closed.get().then(words)
    };
    let done = move || outcome.with(|it| matches!(it, Some(Outcome::Out(_))));
    view! {
        <Heading title=label(key::STAFF_MAKE_PUBLISH) back=Screen::Contents.address(&desk.id())/>
        <div id="published" tabindex="-1">
            {came}
        </div>
        <div hidden=done>
            <div id="wrong" tabindex="-1">
                {move || {
                    let wrong = wrong.get();
                    (!wrong.is_empty()).then(|| view! { <WrongList desk wrong/> })
                }}
            </div>
            <Overtaken desk/>
            <Changes desk/>
            {doubts}
            {promised}
            {missing}
            {closed}
            <p class="govuk-body ct-prose">{words(key::STAFF_MAKE_PUBLISH_TEXT)}</p>
            <button
                type="button"
                id="publish"
                class="govuk-button ct-make-publish"
                aria-disabled=move || (busy.get() || !ready.get()).then_some("true")
                on:click=move |event| {
                    if ready.get_untracked() {
                        publish(event);
                    } else if wrong.with_untracked(Vec::is_empty) {
                        browser::focus("#draft-state");
                    } else {
                        browser::focus("#wrong");
                    }
                }
            >
                {move || tf(key::STAFF_MAKE_PUBLISH_GO, &[("n", &next().to_string())])}
            </button>
        </div>
    }
}

/// Why it cannot be published.
#[component]
fn WrongList(desk: Desk, wrong: Vec<Wrong>) -> View {
    view! {
        <Notice tone=Tone::Warning title=label(key::STAFF_MAKE_PUBLISH_NOT)>
            <WrongLines desk wrong/>
        </Notice>
    }
}

#[component]
fn Came(desk: Desk, came: Outcome) -> View {
    let id = desk.id();
    match came {
        Outcome::Out(version) => view! {
            <Notice
                tone=Tone::Success
                title=Signal::derive(move || {
                    tf(key::STAFF_MAKE_PUBLISHED, &[("n", &version.to_string())])
                })
            >
                <p>{t(key::STAFF_SAVED_TEXT)}</p>
                <ul class="govuk-list">
                    <li>
                        <a class="govuk-link" href=format!("/surveys/{id}")>
                            {t(key::STAFF_SAVED_SEE)}
                        </a>
                    </li>
                    <li>
                        <a class="govuk-link" href=format!("/staff/surveys/{id}")>
                            {t(key::STAFF_RESULTS)}
                        </a>
                    </li>
                    <li>
                        <a class="govuk-link" href="/staff/surveys">
                            {t(key::STAFF_SAVED_LIST)}
                        </a>
                    </li>
                </ul>
            </Notice>
        },
        Outcome::Refused(wrong) => view! { <WrongList desk wrong/> },
        Outcome::Meanwhile => view! {
            <Notice tone=Tone::Error title=label(key::STAFF_MAKE_PUBLISH_NOT)>
                <p>{t(key::STAFF_MAKE_MEANWHILE)}</p>
            </Notice>
        },
        Outcome::Failed(error) => view! {
            <Notice tone=Tone::Error title=label(key::STAFF_MAKE_PUBLISH_UNKNOWN)>
                <p>{live::words_for(&error)}</p>
                <p>{t(key::STAFF_MAKE_PUBLISH_AGAIN)}</p>
            </Notice>
        },
    }
}

/// The number of the version and the edits that publish it: the questions as a record of their own, and the
/// survey's record that points to it.
fn edits(store: Store, desk: Desk) -> Option<(u32, Vec<Edit>)> {
    let id = desk.id();
    let version = store.catalogue.with_untracked(|catalogue| catalogue.next_version(&id));
    let questions = json!({
        "survey": id, "version": version,
        "definition": desk.draft.with_untracked(Draft::definition),
    });
    // What others may have written meanwhile, such as a figure to compare with, is theirs.
    let mut wanted = desk.about.get_untracked();
    let told = |field: &str| READ.contains(&field) || ["minutes", "anonymous"].contains(&field);
    wanted.retain(|field, _| told(field));
    wanted.insert("version".to_owned(), json!(version));
    let record = untrack(|| desk.record());
    let (rev, old) = record.unwrap_or_default();
    // Whether it takes answers is decided in the list of surveys: another version opens nothing that was closed.
    wanted.insert("state".to_owned(), json!(state_of(&old).unwrap_or(SurveyState::Open)));
    wanted.extend(untrack(|| figures(desk, &old)));
    let mut fields = difference(&old, &wanted);
    // What this program does not know of the record is no part of the draft.
    fields.retain(|_, value| !value.is_null());
    let edit = |collection: Collection, id: Key, base_rev: u64, fields: Map<String, Value>| Edit {
        edit: ids::random_uuid(),
        collection: collection.name().to_owned(),
        id,
        base_rev,
        fields,
        delete: false,
    };
    let key = survey_version_key(&id, version)?;
    let questions = questions.as_object().cloned().unwrap_or_default();
    let whole = edit(Collection::SurveyVersion, key, 0, questions);
    Some((version, vec![whole, edit(Collection::Survey, id, rev, fields)]))
}

/// Whether the survey takes answers, as its record says; none if it was never published.
fn state_of(record: &About) -> Option<SurveyState> {
    SurveyState::deserialize(record.get("state")?).ok()
}

/// The figures to compare with that belong to a choice which this version stores under another name: they hold for
/// both names from now on, for earlier answers keep the first.
fn figures(desk: Desk, record: &About) -> About {
    let mut followed = About::new();
    let Some(before) = desk.published_draft() else { return followed };
    let changes = desk.draft.with(|draft| changes(&before, draft));
    for change in changes {
        let Change::Choices { path, renamed, .. } = change else { continue };
        // Of several choices that one person may pick, results compare one alone.
        if desk.draft.with(|draft| draft.field(&path, "type") == "select_multiple") {
            continue;
        }
        let field = format!("{BASELINE}{}", desk.draft.with(|draft| draft.results_path(&path)));
        let stored = record.get(&field).and_then(|it| Baseline::deserialize(it).ok());
        let Some(mut figure) = stored else { continue };
        for (old, now) in renamed {
            if figure.values.contains(&old) && !figure.values.contains(&now) {
                figure.values.push(now);
            }
        }
        followed.insert(field, json!(figure));
    }
    followed
}

/// What the server's results mean.
fn came_of(desk: Desk, version: u32, results: &[EditResult]) -> Outcome {
    let mut wrong = Vec::new();
    let mut meanwhile = false;
    for (index, result) in results.iter().enumerate() {
        match result {
            EditResult::Merged { collisions, .. } => meanwhile |= !collisions.is_empty(),
            EditResult::Conflict { .. } => meanwhile = true,
            EditResult::Undone => {}
            EditResult::Invalid { problems } if index == 0 => {
                let inside = |problem: &Problem| {
                    let pointer = problem.pointer.strip_prefix("/fields/definition")?;
                    Some(Problem { pointer: pointer.to_owned(), ..problem.clone() })
                };
                for problem in problems {
                    match inside(problem) {
                        Some(problem) => {
                            wrong.push(desk.draft.with_untracked(|draft| wrong_at(draft, &problem)))
                        }
                        // The number is taken: somebody published under it.
                        None => meanwhile = true,
                    }
                }
            }
            // Without the questions, the record cannot point to them: that says nothing new.
            EditResult::Invalid { .. } if !wrong.is_empty() || meanwhile => {}
            EditResult::Invalid { problems } => wrong.extend(problems.iter().map(of_record)),
        }
    }
    match (meanwhile, wrong.is_empty()) {
        (true, _) => Outcome::Meanwhile,
        (false, false) => Outcome::Refused(wrong),
        (false, true) => Outcome::Out(version),
    }
}

fn of_record(problem: &Problem) -> Wrong {
    let fault = fault_for(problem);
    Wrong { place: Place::Form, field: fault.field, words: fault.words }
}

/// What is wrong with the survey's record, as the server would say it.
fn about_wrong(store: Store, desk: Desk) -> Vec<Wrong> {
    let mut fields = desk.about.get();
    fields.insert("version".to_owned(), json!(1));
    fields.insert("state".to_owned(), json!("open"));
    let id = desk.id();
    let problems = store
        .catalogue
        .with(|catalogue| model::catalogue::problems(Collection::Survey, &id, &fields, catalogue));
    // The version is made while it is published.
    let own = problems.iter().filter(|problem| !problem.pointer.ends_with("/version"));
    own.map(of_record).collect()
}
