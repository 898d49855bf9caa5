//! Questions with the same choices in one table, as `table-list` and `label` with `list-nolabel` ask for: a row a question,
//! a column a choice. Where there is no room for columns, each row is a card with its choices under one another.

use crate::view::{CollectView, View, each, view};
use leptos::prelude::*;
use survey::{Choices, Field, Fill, Kind};

use super::{
    Asked, Looks, TakeBack,
    choice::{offered, picked, take_any, take_one},
};
use crate::components::{
    field::{FieldError, fault_of},
    select::{Opt, choice_words},
};

/// What stands together on a page of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// One question, by its path.
    One(String),
    /// A table of questions.
    Grid {
        /// The question whose words stand over it.
        head: Option<String>,
        /// The paths of its rows.
        rows: Vec<String>,
    },
}

impl Part {
    /// What it is known by while its rows come and go.
    pub fn name(&self) -> &str {
        match self {
            Self::One(path) => path,
            Self::Grid { head, rows } => {
                head.as_deref().or(rows.first().map(String::as_str)).unwrap_or_default()
            }
        }
    }

    /// The parts of the page that somebody is on.
    pub fn of_page(fill: &Fill) -> Vec<Self> {
        let mut parts = Vec::new();
        let fields = fill.fields();
        let mut rest = &fields[..];
        while let Some((first, others)) = rest.split_first() {
            let head = first.item().looks("label");
            let candidates = if head { others } else { rest };
            let beside = |field: &&Field<'_>| is_row(fill, field) && are_alike(first, field);
            let rows = candidates.iter().take_while(beside).count();
            // Without a head, one row is no table.
            if rows == 0 || (!head && rows == 1) {
                parts.push(Self::One(first.path()));
                rest = others;
                continue;
            }
            parts.push(Self::Grid {
                head: head.then(|| first.path()),
                rows: candidates[..rows].iter().map(Field::path).collect(),
            });
            rest = &candidates[rows..];
        }
        parts
    }
}

/// Whether a question can be a row. One with a picture, or with choices that depend on other answers, stands alone.
fn is_row(fill: &Fill, field: &Field<'_>) -> bool {
    let item = field.item();
    let around = item.parent.and_then(|parent| fill.definition().items.get(parent));
    let asked = item.looks("list-nolabel") || around.is_some_and(|group| group.looks("table-list"));
    let fixed =
        item.choice_filter.is_none() && !item.parameters.iter().any(|(it, _)| it == "randomize");
    asked && fixed && !item.looks("label") && item.media.is_empty() && !field.is_read_only()
}

/// Whether two questions have the same columns.
fn are_alike(one: &Field<'_>, other: &Field<'_>) -> bool {
    let list = |field: &Field<'_>| match field.kind() {
        Kind::SelectOne(Choices::List(list)) | Kind::SelectMultiple(Choices::List(list)) => {
            list.iter().all(|choice| choice.media.is_empty()).then(|| list.clone())
        }
        _ => None,
    };
    let declines = one.item().may_decline == other.item().may_decline || one.item().looks("label");
    declines && list(one).is_some_and(|own| list(other) == Some(own))
}

/// The table.
#[component]
pub fn Grid(
    /// The question whose words stand over it.
    head: Option<Asked>,
    /// The rows.
    #[prop(into)]
    rows: Signal<Vec<String>>,
    /// Makes a row's question of its path.
    asked: Callback<String, Asked>,
) -> View {
    let first = asked.run(untrack(|| rows.get()).first().cloned().unwrap_or_default());
    let Some(looks) = untrack(|| first.taking.field(&first.path, Looks::of)) else {
        return View::of(());
    };
    let columns = offered(&first, &looks);
    let caption = head.map(|head| {
        let (label, hint) = (head.label(), head.hint());
        view! {
            <caption
                class="govuk-table__caption govuk-table__caption--m ct-form-words"
                hidden=move || label.with(String::is_empty)
            >
                {label} <span class="govuk-hint ct-grid__hint" hidden=move || hint.get().is_empty()>
                    {hint}
                </span>
            </caption>
        }
    });
    let heads = move || {
        let head = |(stored, words): Opt| {
            view! {
                <th class="ct-grid__choice" scope="col" role="columnheader">
                    {choice_words(&stored, words)}
                </th>
            }
        };
        columns.get().into_iter().map(head).collect_view()
    };
    // A row that needs no answer may be left empty again; what is ticked is unticked where it stands.
    let (many, taking) = (is_many(&looks), first.taking);
    let back = Memo::new(move |_| {
        let free = |path: String| taking.field(&path, |it| !it.is_required());
        !many && rows.get().into_iter().any(free)
    });
    let row = move |path: String| view! { <Row asked=asked.run(path) columns back/> };
    let rows = each(move || rows.get(), Clone::clone, row);
    // A table that is laid out as cards is none to a screen reader any more, unless its parts say so.
    view! {
        <table class="ct-grid" class:ct-grid--wide=move || columns.with(|it| it.len() > 6) role="table">
            {caption}
            <thead class="ct-grid__head" role="rowgroup">
                <tr role="row">
                    <td role="cell"></td>
                    {heads}
                    {move || back.get().then(|| view! { <td role="cell"></td> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Row(asked: Asked, columns: Signal<Vec<Opt>>, back: Memo<bool>) -> View {
    let Some(looks) = untrack(|| asked.taking.field(&asked.path, Looks::of)) else {
        return View::of(());
    };
    let many = is_many(&looks);
    let part = if many { "checkboxes" } else { "radios" };
    let value = picked(&asked);
    let on_change = if many { take_any(&asked, columns) } else { take_one(&asked) };
    let (label, hint, fault) = (asked.label(), asked.hint(), fault_of(asked.faults, &asked.id));
    let id = asked.id.clone();
    let (words_id, hint_id, error_id) =
        (format!("{id}-words"), format!("{id}-hint"), format!("{id}-error"));
    let cell = move |(index, (stored, words)): (usize, Opt)| {
        let own = if index == 0 { id.clone() } else { format!("{id}-{index}") };
        let words = choice_words(&stored, words);
        let (checked, changed) = (stored.clone(), stored);
        view! {
            <td class="ct-grid__cell" role="cell">
                <div class=format!("govuk-{part}__item ct-grid__item")>
                    <input
                        class=format!("govuk-{part}__input")
                        type=if many { "checkbox" } else { "radio" }
                        name=id.clone()
                        id=own.clone()
                        aria-labelledby=format!("{id}-words {own}-choice")
                        aria-describedby=format!("{id}-hint {id}-error")
                        prop:checked=move || value.with(|value| value.contains(&checked))
                        on:change=move |event| {
                            on_change.run((changed.clone(), event_target_checked(&event)));
                        }
                    />
                    <label class=format!("govuk-label govuk-{part}__label") for=own.clone()>
                        <span class="ct-grid__words" id=format!("{own}-choice")>
                            {words}
                        </span>
                    </label>
                </div>
            </td>
        }
    };
    let cells = move || columns.get().into_iter().enumerate().map(cell.clone()).collect_view();
    view! {
        <tr class="ct-grid__row" class:ct-grid__row--error=move || fault.get().is_some() role="row">
            <th class="ct-grid__question" scope="row" role="rowheader">
                <span id=words_id>{label}</span>
                <span class="govuk-hint ct-grid__hint" id=hint_id hidden=move || hint.get().is_empty()>
                    {hint}
                </span>
                <FieldError id=error_id fault/>
            </th>
            {cells}
            {move || {
                back.get()
                    .then(|| {
                        view! {
                            <td class="ct-grid__back" role="cell">
                                <TakeBack asked=asked.clone()/>
                            </td>
                        }
                    })
            }}
        </tr>
    }
}

/// Whether several choices of a row can be ticked.
fn is_many(looks: &Looks) -> bool {
    matches!(looks.kind, Kind::SelectMultiple(_))
}
