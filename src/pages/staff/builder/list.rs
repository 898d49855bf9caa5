//! What a question chooses from: a list of choices, its own or one of several questions, or the rows of a table.

use crate::view::{View, view};
use leptos::prelude::*;
use survey::draft::{COLUMNS, Draft, Path, Place};

use super::{desk::Desk, pick::Pick, screen::Screen};
use crate::{
    components::select::{Opt, Select},
    locale::{Key, key, label, t, tf, tn, words},
};

/// What a question chooses from, as a drop-down list stores it.
enum Source {
    /// A list that is there.
    List(String),
    /// A table of the form.
    Table(String),
    /// A new list, for this question alone.
    Own,
}

impl Source {
    fn of(draft: &Draft, path: &Path) -> Self {
        match draft.table_of(path) {
            Some(table) => Self::Table(table.to_owned()),
            None => Self::List(draft.field(path, "list").to_owned()),
        }
    }

    fn stored(&self) -> String {
        match self {
            Self::List(name) => format!("list:{name}"),
            Self::Table(name) => format!("table:{name}"),
            Self::Own => String::new(),
        }
    }

    fn read(stored: &str) -> Self {
        let table = stored.strip_prefix("table:").map(|name| Self::Table(name.to_owned()));
        let list = || stored.strip_prefix("list:").map(|name| Self::List(name.to_owned()));
        table.or_else(list).unwrap_or(Self::Own)
    }

    fn words(&self, draft: &Draft) -> String {
        match self {
            Self::List(list) => {
                let first = draft.choices(list).iter().take(3).map(|choice| {
                    let choice = choice["name"].as_str().unwrap_or_default().to_owned();
                    let place = Place::Choice { list: list.clone(), choice };
                    draft.title(&place)
                });
                format!("{list}: {}", first.collect::<Vec<_>>().join(", "))
            }
            Self::Table(name) => tf(key::STAFF_MAKE_LIST_TABLE, &[("name", name)]),
            Self::Own => t(key::STAFF_MAKE_LIST_OWN),
        }
    }
}

/// How many choices there are, the way to them, and the other lists and tables.
#[component]
pub fn ChoicesFrom(
    /// The draft.
    desk: Desk,
    /// The question.
    path: Path,
) -> View {
    let own = path.clone();
    let table = Memo::new(move |_| desk.draft.with(|it| it.table_of(&own).map(str::to_owned)));
    let own = path.clone();
    let value = Signal::derive(move || desk.draft.with(|it| Source::of(it, &own).stored()));
    let options = Signal::derive(move || {
        desk.draft.with(|draft| {
            let lists = draft.lists().into_iter().map(|name| Source::List(name.to_owned()));
            let mut named = draft.tables();
            // One that is missing is no choice, but the one that is chosen is shown.
            named.retain(|name, shape| shape.is_some() || table.get().as_ref() == Some(name));
            let tables = named.into_keys().map(Source::Table);
            let none = table.with(Option::is_some).then_some(Source::Own);
            let sources = lists.chain(tables).chain(none);
            sources.map(|it| (it.stored(), it.words(draft))).collect::<Vec<Opt>>()
        })
    });
    let (several, own) = (move || options.with(Vec::len) > 1, path.clone());
    let on_pick = move |stored: String| {
        // A list that no question uses any more goes, and can be brought back.
        let _ = desk.take_away(|draft| match Source::read(&stored) {
            Source::List(list) => draft.use_list(&own, Some(&list)),
            Source::Table(table) => draft.use_table(&own, &table),
            Source::Own => draft.use_list(&own, None),
        });
    };
    let own = path.clone();
    let count = move || {
        let count = desk.draft.with(|draft| match table.get() {
            Some(table) => draft.tables().remove(&table).flatten().map_or(0, |shape| shape.rows),
            None => draft.choices(draft.field(&own, "list")).len(),
        });
        tn(key::STAFF_MAKE_CHOICES_COUNT, count)
    };
    let href = {
        let path = path.clone();
        move || Screen::Choices(path.clone()).address(&desk.id())
    };
    let columns = move || match table.get() {
        Some(table) => view! { <Columns desk path=path.clone() table/> },
        None => View::of(()),
    };
    view! {
        <div class="govuk-form-group">
            <h3 class="govuk-heading-s">{words(key::STAFF_MAKE_CHOICES)}</h3>
            <p class="govuk-body">{count}</p>
            <a class="govuk-link" href=href hidden=move || table.with(Option::is_some)>
                {words(key::STAFF_MAKE_CHOICES_CHANGE)}
            </a>
        </div>
        <div hidden=move || !several()>
            <Pick id="list" label=label(key::STAFF_MAKE_LIST) options value on_pick/>
        </div>
        {columns}
    }
}

/// Which column of its table a question stores, and which one people read.
#[component]
fn Columns(desk: Desk, path: Path, table: String) -> View {
    let columns = Signal::derive(move || {
        let shape = desk.draft.with(|draft| draft.tables().remove(&table).flatten());
        shape.map(|shape| shape.columns).unwrap_or_default()
    });
    let select = move |parameter: &'static str, words: Key| {
        let own = path.clone();
        let value =
            Signal::derive(move || desk.draft.with(|it| it.column_of(&own, parameter).to_owned()));
        // One that the table does not have is shown too: in its place the first would look chosen.
        let options = Signal::derive(move || {
            let columns = columns.get();
            let value = value.get();
            let gone = (!columns.contains(&value)).then(|| {
                let words = tf(key::STAFF_MAKE_COLUMN_GONE, &[("name", &value)]);
                (value, words)
            });
            let columns = columns.into_iter().map(|name| (name.clone(), name));
            gone.into_iter().chain(columns).collect::<Vec<Opt>>()
        });
        let own = path.clone();
        let on_change = move |column: String| {
            let _ = desk.change(|draft| {
                draft.use_column(&own, parameter, &column);
                Ok(())
            });
        };
        view! { <Select id=format!("column-{parameter}") label=label(words) options value on_change/> }
    };
    let [(stored, _), (read, _)] = COLUMNS;
    view! {
        {select(stored, key::STAFF_MAKE_COLUMN_STORED)}
        {select(read, key::STAFF_MAKE_COLUMN_READ)}
    }
}
