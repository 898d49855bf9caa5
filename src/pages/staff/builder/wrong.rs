//! What is wrong in a draft and what was hardly meant, each with the way to where it is put right.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::Problem;
use serde_json::Value;
use survey::{
    Definition,
    draft::{Doubted, Draft, Path, Place},
};

use super::{
    super::values::language_name,
    desk::{Desk, title_of},
    screen::Screen,
};
use crate::locale::{Key, key, t, tf};

/// Behind the name of a field, before the tag of the language in which it is wrong.
const TRANSLATED: char = '/';

/// What is wrong at one place of the draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    /// Where.
    pub place: Place,
    /// In which field there.
    pub field: String,
    /// What, and what to do.
    pub words: String,
}

/// What keeps a draft from being published, each at its place.
pub fn wrong_in(draft: &Draft) -> Vec<Wrong> {
    let problems = Definition::read(&draft.definition()).err().unwrap_or_default();
    let tables = draft.tables();
    let empty = draft.listed().into_iter().filter_map(|(entry, fields)| {
        let words = match draft.table_of(&entry.path) {
            Some(name) => {
                let rows = tables.get(name).and_then(Option::as_ref).map_or(0, |shape| shape.rows);
                (rows == 0).then(|| tf(key::STAFF_MAKE_TABLE_MISSING, &[("name", name)]))?
            }
            None => {
                let list = fields.get("list").and_then(Value::as_str)?;
                let none = !list.starts_with("${") && draft.choices(list).is_empty();
                none.then(|| t(key::STAFF_MAKE_CHOICES_NONE))?
            }
        };
        Some(Wrong { place: Place::Item(entry.path), field: "list".to_owned(), words })
    });
    let absent = draft.absent_columns().into_iter().map(|absent| {
        let fields = [
            ("name", &*absent.table),
            ("column", &*absent.column),
            ("columns", &*absent.columns.join(", ")),
        ];
        let words = match absent.is_unsplit() {
            true => key::STAFF_MAKE_TABLE_UNSPLIT,
            false => key::STAFF_MAKE_TABLE_LACKS,
        };
        let (place, _) = draft.place_of(&absent.pointer);
        Wrong { place, field: "list".to_owned(), words: tf(words, &fields) }
    });
    let wrong = problems.iter().map(|problem| wrong_at(draft, problem));
    wrong.chain(empty).chain(absent).collect()
}

/// A problem of the definition at its place.
pub fn wrong_at(draft: &Draft, problem: &Problem) -> Wrong {
    let (place, field) = draft.place_of(&problem.pointer);
    Wrong { place, field, words: problem.detail.clone() }
}

/// What a draft can be published with and was hardly meant, each at its place.
pub fn doubts_in(draft: &Draft) -> Vec<Wrong> {
    let early = draft.asked_too_early().into_iter().map(|(path, later): (Path, Path)| Wrong {
        place: Place::Item(path),
        field: "relevant".to_owned(),
        words: tf(key::STAFF_MAKE_EARLY, &[("later", &title_of(draft, &later))]),
    });
    let doubted = draft.doubts().into_iter().map(|doubt| {
        let (place, field) = draft.place_of(&doubt.pointer);
        let words = doubt_words(&doubt.about);
        match doubt.about {
            // What only reads so in a translation is put right among those.
            Doubted::SameWords { language, .. } if language != draft.language() => {
                let words = format!("{}: {words}", language_name(&language));
                Wrong { place, field: format!("{field}{TRANSLATED}{language}"), words }
            }
            _ => Wrong { place, field, words },
        }
    });
    early.chain(doubted).collect()
}

fn doubt_words(doubted: &Doubted) -> String {
    match doubted {
        Doubted::Speechless => t(key::STAFF_MAKE_DOUBT_MESSAGE),
        Doubted::Empty { table, column, rows } => tf(
            key::STAFF_MAKE_DOUBT_EMPTY,
            &[("name", table), ("column", column), ("n", &rows.to_string())],
        ),
        Doubted::Repeated { table, column, values } => tf(
            key::STAFF_MAKE_DOUBT_REPEATED,
            &[("name", table), ("column", column), ("values", &values.join(", "))],
        ),
        Doubted::SameName(name) => tf(key::STAFF_MAKE_DOUBT_NAME, &[("name", name)]),
        Doubted::SameWords { words, .. } => tf(key::STAFF_MAKE_DOUBT_WORDS, &[("words", words)]),
    }
}

/// What is wrong at a place, before it can be published, and what was hardly meant there.
#[component]
pub fn Wrongs(
    /// The draft.
    desk: Desk,
    /// Which of it.
    here: impl Fn(&Wrong) -> bool + Send + Sync + 'static,
) -> View {
    let list = move |all: Memo<Vec<Wrong>>, heading: Key| {
        let list: Vec<_> = all.get().into_iter().filter(|it| here(it)).collect();
        (!list.is_empty()).then(|| {
            let line = |wrong: Wrong| view! { <li>{wrong.words}</li> };
            view! {
                <div class="govuk-inset-text ct-doubts">
                    <p class="govuk-body">{t(heading)}</p>
                    <ul class="govuk-list govuk-list--bullet">
                        {list.into_iter().map(line).collect_view()}
                    </ul>
                </div>
            }
        })
    };
    View::of(move || {
        view! {
            {list(desk.wrong, key::STAFF_MAKE_WRONG_HERE)}
            {list(desk.doubts, key::STAFF_MAKE_DOUBTS_HERE)}
        }
    })
}

/// A list of what is wrong: the question's words as a link to it, and what to do.
#[component]
pub fn WrongLines(desk: Desk, wrong: Vec<Wrong>) -> View {
    let line = move |wrong: Wrong| {
        let (screen, title) = (screen_of(desk, &wrong), title(desk, &wrong.place));
        view! {
            <li>
                <a class="govuk-link" href=screen.address(&desk.id())>
                    {title}
                </a>
                ": "
                {wrong.words}
            </li>
        }
    };
    view! {
        <ul class="govuk-list govuk-list--bullet">
            {wrong.into_iter().map(line).collect_view()}
        </ul>
    }
}

/// Where it is put right.
fn screen_of(desk: Desk, wrong: &Wrong) -> Screen {
    match &wrong.place {
        Place::Item(path) => Screen::Item(path.clone()),
        Place::Choice { .. } if wrong.field.contains(TRANSLATED) => {
            let (_, tag) = wrong.field.split_once(TRANSLATED).unwrap_or_default();
            Screen::Translate(tag.to_owned())
        }
        Place::Choice { list, .. } => {
            let users = desk.draft.with_untracked(|draft| draft.list_users(list));
            users.into_iter().next().map_or(Screen::Contents, Screen::Choices)
        }
        Place::Form if wrong.field == "languages" => Screen::Languages,
        Place::Form if ["", "files", "tables"].contains(&wrong.field.as_str()) => Screen::Contents,
        Place::Form => Screen::About,
    }
}

/// What the place is called for people.
fn title(desk: Desk, place: &Place) -> String {
    match place {
        Place::Form => t(key::STAFF_SURVEY),
        Place::Item(path) => desk.draft.with_untracked(|draft| title_of(draft, path)),
        // A list has no words of its own: it is the one of a question.
        Place::Choice { list, .. } => desk.draft.with_untracked(|draft| {
            let users = draft.list_users(list);
            let of = users.first().map(|path| title_of(draft, path)).unwrap_or_default();
            format!("{of} – {}", draft.title(place))
        }),
    }
}
