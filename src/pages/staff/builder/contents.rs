//! All questions of the survey in their order, and what can be done with the whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::view::{View, each, view};
use leptos::prelude::*;
use serde_json::{Map, Value};
use survey::draft::{Draft, Entry, Path, Place, is_group};

use super::{
    Heading,
    desk::Desk,
    files::Files,
    kinds::{KINDS, kind_words},
    screen::Screen,
    whole::Whole,
};
use crate::{
    components::{
        choices::Choices,
        field::{ErrorSummary, Fault, TextField},
        notice::Empty,
    },
    locale::{key, label, t, tf, tn, words},
    platform::browser,
};

/// The list of questions.
#[component]
pub fn Contents(desk: Desk) -> View {
    // What stands in each line, found in one walk: a form may have hundreds.
    let lines = Memo::new(move |_| {
        let wrong: BTreeSet<Path> = desk
            .wrong
            .with(|wrong| wrong.iter().filter_map(|it| item_of(&it.place).cloned()).collect());
        desk.draft.with(|draft| {
            let line = |(entry, fields): (Entry, &Map<String, Value>)| {
                (entry.path.clone(), Shown::of(&entry, fields, draft, &wrong))
            };
            draft.listed().into_iter().map(line).collect::<BTreeMap<_, _>>()
        })
    });
    let paths = move || {
        let entries = desk.draft.with(|draft| draft.entries());
        entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>()
    };
    let none = Memo::new(move |_| desk.draft.with(|draft| draft.entries().is_empty()));
    let missing = move || desk.others().iter().map(|tag| desk.missing(tag)).sum::<usize>();
    let link = move |screen: Screen, words: crate::locale::Key| {
        let href = move || screen.address(&desk.id());
        view! {
            <li>
                <a class="govuk-link" href=href>
                    {crate::locale::words(words)}
                </a>
            </li>
        }
    };
    view! {
        <Heading title=label(key::STAFF_MAKE_QUESTIONS)/>
        {move || {
            none.get()
                .then(|| {
                    view! {
                        <Empty
                            title=label(key::STAFF_MAKE_NONE)
                            words=label(key::STAFF_MAKE_NONE_TEXT)
                        />
                    }
                })
        }}
        <ol class="ct-outline">
            {each(paths, |path| path.clone(), move |path| view! { <Line desk lines path/> })}
        </ol>
        <p class="govuk-body">
            <a class="govuk-button" id="add" href=move || Screen::Add(Path::root()).address(&desk.id())>
                {words(key::STAFF_MAKE_ADD)}
            </a>
        </p>
        <h2 class="govuk-heading-m">{words(key::STAFF_MAKE_WHOLE)}</h2>
        <ul class="govuk-list ct-outline-links">
            {link(Screen::About, key::STAFF_MAKE_ABOUT)}
            {link(Screen::Languages, key::STAFF_MAKE_LANGUAGES)}
            {link(Screen::Preview, key::STAFF_MAKE_PREVIEW)}
            {link(Screen::Publish, key::STAFF_MAKE_PUBLISH)}
        </ul>
        <p class="govuk-body">
            {move || {
                let wrong = desk.wrong.with(Vec::len);
                (wrong > 0).then(|| tn(key::STAFF_MAKE_WRONG, wrong))
            }}
            " "
            {move || {
                let missing = missing();
                (missing > 0).then(|| tn(key::STAFF_MAKE_UNTRANSLATED, missing))
            }}
        </p>
        <Files desk/>
        <Whole desk/>
    }
}

/// The class of a line by how deep it stands. Each is written out: the style sheet keeps what it finds in the source.
const LEVELS: [&str; 5] = [
    "ct-outline__line",
    "ct-outline__line ct-outline__line--2",
    "ct-outline__line ct-outline__line--3",
    "ct-outline__line ct-outline__line--4",
    "ct-outline__line ct-outline__line--5",
];

fn item_of(place: &Place) -> Option<&Path> {
    match place {
        Place::Item(path) => Some(path),
        Place::Form | Place::Choice { .. } => None,
    }
}

/// What a line of the list says of its question.
#[derive(Clone, PartialEq)]
struct Shown {
    title: String,
    marks: String,
    wrong: bool,
    /// Its place among its siblings, from 0, and how many there are.
    place: (usize, usize),
}

impl Shown {
    fn of(
        entry: &Entry,
        fields: &Map<String, Value>,
        draft: &Draft,
        wrong: &BTreeSet<Path>,
    ) -> Self {
        // It stands at hand: to look each up by its path would walk the form once for each.
        let label = fields.get("label").and_then(|label| label.get(draft.language())?.as_str());
        let title = match label.filter(|label| !label.trim().is_empty()) {
            Some(label) => draft.readable(label),
            None => entry.path.name().unwrap_or_default().to_owned(),
        };
        let mut marks = vec![kind_words(&entry.kind)];
        if fields.get("required").is_some_and(|it| *it != false && *it != "") {
            marks.push(t(key::STAFF_MAKE_MARK_REQUIRED));
        }
        let relevant = fields.get("relevant").and_then(Value::as_str).unwrap_or_default();
        if !relevant.trim().is_empty() {
            marks.push(t(key::STAFF_MAKE_MARK_CONDITION));
        }
        Self {
            title,
            marks: marks.join(" · "),
            wrong: wrong.contains(&entry.path),
            place: (entry.place, entry.of),
        }
    }
}

/// One question in the list: its words, what is special about it, and the buttons that move it.
#[component]
fn Line(desk: Desk, lines: Memo<BTreeMap<Path, Shown>>, path: Path) -> View {
    let own = path.clone();
    let shown = Memo::new(move |_| lines.with(|lines| lines.get(&own).cloned()));
    let title = Memo::new(move |_| shown.get().map(|it| it.title).unwrap_or_default());
    let marks = move || shown.get().map(|it| it.marks);
    let wrong = move || shown.get().is_some_and(|it| it.wrong);
    let depth = path.names().len();
    let (up, down) = (format!("up-{path}"), format!("down-{path}"));
    let ends = move |up: bool| {
        shown.get().is_none_or(
            |Shown { place: (at, of), .. }| {
                if up { at == 0 } else { at + 1 == of }
            },
        )
    };
    let shift = {
        let (path, up_id, down_id) = (path.clone(), up.clone(), down.clone());
        move |up: bool| {
            if untrack(|| ends(up)) || desk.change(|draft| draft.shift(&path, up)).is_err() {
                return;
            }
            if let Some(Shown { title, place: (at, of), .. }) = shown.get_untracked() {
                let (place, of) = ((at + 1).to_string(), of.to_string());
                desk.said.set(tf(
                    key::STAFF_MAKE_MOVED,
                    &[("title", &title), ("n", &place), ("of", &of)],
                ));
            }
            // A button that moves loses the focus in the browser.
            let same = if untrack(|| ends(up)) != up { &up_id } else { &down_id };
            let selector = format!("[id=\"{same}\"]");
            request_animation_frame(move || {
                browser::focus(&selector);
            });
        }
    };
    let (shift_up, shift_down) = (shift.clone(), shift);
    let is_group = desk.draft.with_untracked(|draft| is_group(draft.field(&path, "type")));
    let (href, inner) = (Screen::Item(path.clone()), Screen::Add(path));
    view! {
        <li class=LEVELS[depth.clamp(1, LEVELS.len()) - 1]>
            <div class="ct-outline__what">
                <a class="govuk-link" href=move || href.address(&desk.id())>
                    {move || title.get()}
                </a>
                <span class="ct-outline__marks">{marks}</span>
                {move || {
                    wrong()
                        .then(|| {
                            view! {
                                <strong class="govuk-tag govuk-tag--red">
                                    {t(key::STAFF_MAKE_MARK_WRONG)}
                                </strong>
                            }
                        })
                }}
                {is_group
                    .then(|| {
                        view! {
                            <a class="govuk-link ct-outline__add" href=move || inner.address(&desk.id())>
                                {words(key::STAFF_MAKE_ADD_INSIDE)}
                                <span class="govuk-visually-hidden">": " {move || title.get()}</span>
                            </a>
                        }
                    })}
            </div>
            <div class="ct-cluster">
                <button
                    type="button"
                    id=up
                    class="govuk-button govuk-button--secondary"
                    aria-disabled=move || ends(true).then_some("true")
                    on:click=move |_| shift_up(true)
                >
                    {words(key::STAFF_MAKE_UP)}
                    <span class="govuk-visually-hidden">": " {move || title.get()}</span>
                </button>
                <button
                    type="button"
                    id=down
                    class="govuk-button govuk-button--secondary"
                    aria-disabled=move || ends(false).then_some("true")
                    on:click=move |_| shift_down(false)
                >
                    {words(key::STAFF_MAKE_DOWN)}
                    <span class="govuk-visually-hidden">": " {move || title.get()}</span>
                </button>
            </div>
        </li>
    }
}

/// A new question: its words and its type, nothing else yet.
#[component]
pub fn Adding(
    /// The draft.
    desk: Desk,
    /// The group that it comes into, at its end.
    group: Path,
) -> View {
    let asked = RwSignal::new(String::new());
    let kind = RwSignal::new(vec!["select_one".to_owned()]);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let options = Signal::derive(|| {
        KINDS.iter().map(|(name, words)| ((*name).to_owned(), t(*words))).collect::<Vec<_>>()
    });
    // A question comes only with the button; words that would be lost are asked about.
    desk.keep_with(move || asked.with_untracked(|asked| asked.trim().is_empty()));
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = asked.get_untracked();
        if words.trim().is_empty() {
            let words = t(key::STAFF_MAKE_WORDS_MISSING);
            faults.set(vec![Fault { field: "words".to_owned(), words }]);
            return;
        }
        let kind = kind.with_untracked(|kind| kind.first().cloned()).unwrap_or_default();
        match desk.change(|draft| draft.add(&kind, &group, &words)) {
            Ok(path) => Screen::Item(path).show(&desk.id()),
            Err(refusal) => {
                let words =
                    desk.draft.with_untracked(|draft| super::desk::refusal_words(draft, &refusal));
                faults.set(vec![Fault { field: "words".to_owned(), words }]);
            }
        }
    };
    view! {
        <Heading title=label(key::STAFF_MAKE_ADD) back=Screen::Contents.address(&desk.id())/>
        <ErrorSummary faults/>
        <form novalidate autocomplete="off" on:submit=add>
            <TextField
                id="words"
                label=label(key::STAFF_MAKE_WORDS)
                hint=label(key::STAFF_MAKE_WORDS_HINT)
                value=asked
                on_input=move |text| asked.set(text)
                faults
            />
            <Choices
                id="kind"
                legend=label(key::STAFF_MAKE_KIND)
                options
                value=kind
                on_change=move |(name, _)| kind.set(vec![name])
            />
            <button class="govuk-button">{words(key::STAFF_MAKE_ADD_GO)}</button>
        </form>
    }
}
