//! `/staff/events/:id`: one event, to create or change. The id `new` creates.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key,
    catalogue::{Event, view},
};

use super::{
    editor::Editor, event_form::EventForm, live::Loading, opened::Opened,
    repeat_picker::RepeatPicker, schedule::Schedule, session::StaffPage, shell::Shell,
    words_field::WordsField,
};
use crate::{
    components::{
        check::Check,
        chips::Chips,
        field::TextField,
        select::{Opt, Select},
        when_field::{HALF_TYPED, WhenField},
    },
    locale::{key, label, t, tf, words},
    pages::resident::events::options,
    platform::browser,
    store::Store,
    wall,
};

/// The page of one event.
#[component]
pub fn EventEdit(
    /// Which one, or `new`.
    #[prop(into)]
    id: String,
) -> View {
    let is_new = id == "new";
    let title = Signal::derive(move || {
        t(if is_new { key::STAFF_EVENT_NEW } else { key::STAFF_EVENT_EDIT })
    });
    view! {
        <StaffPage title back="/staff/events">
            <Opening id=id.clone()/>
        </StaffPage>
    }
}

/// Waits for the record, and keeps it as it was when the form opened.
#[component]
fn Opening(id: String) -> View {
    let store = Store::get();
    let opened = RwSignal::new(None::<(Option<Event>, Opened)>);
    let wanted = Key::parse(&id).filter(|_| id != "new");
    let gone = RwSignal::new(false);
    let find = move |id: &Key| {
        store.catalogue.with(|catalogue| {
            let rev = catalogue.record(Collection::Event, id)?.rev;
            let event = catalogue.event(id)?;
            let record = Opened::new(Some(id.clone()), rev, &event);
            Some((Some(event), record))
        })
    };
    Effect::new(move || {
        let ready = store.catalogue.with(|catalogue| !catalogue.is_empty());
        if !ready || opened.with_untracked(Option::is_some) {
            return;
        }
        let found = match &wanted {
            None => Some((None, Opened::default())),
            Some(id) => find(id),
        };
        gone.set(found.is_none());
        opened.set(found);
    });
    let reopen = move |answered: Opened| {
        let newer = untrack(|| answered.id.as_ref().and_then(find));
        let newer = newer.filter(|(_, record)| record.rev > answered.rev);
        opened.set(newer.or_else(|| {
            let event = view::<Event>(&answered.fields).ok()?;
            Some((Some(event), answered))
        }));
        browser::focus("main h1");
    };
    View::of(move || match opened.get() {
        Some((event, opened)) => view! { <Form event opened reopen/> },
        None if gone.get() => {
            view! { <p class="govuk-body">{t(key::EVENT_GONE_TEXT)}</p> }
        }
        None => view! { <Loading/> },
    })
}

#[component]
fn Form(event: Option<Event>, opened: Opened, #[prop(into)] reopen: Callback<Opened>) -> View {
    let store = Store::get();
    let here = store.tablet.with_untracked(|tablet| tablet.venue.clone());
    let form = EventForm::open(event, here);
    let editor = Editor::new(Collection::Event, opened);
    let faults = editor.faults;
    let save = move |()| {
        let (event, unread) = form.read();
        editor.save(&form.title.get_untracked(), &event, &unread);
    };
    let themes = Signal::derive(move || names(store, Collection::Theme));
    view! {
        <Shell editor list="/staff/events" public="/events" save reopen>
            <h2 class="govuk-heading-l">{words(key::STAFF_PART_WHAT)}</h2>
            <WordsField
                id="title"
                label=key::STAFF_FIELD_TITLE
                value=form.title
                original=form.original(|event| &event.title)
                faults
            />
            <WordsField
                id="summary"
                label=key::STAFF_FIELD_SUMMARY
                hint=key::STAFF_SUMMARY_HINT
                value=form.summary
                original=form.original(|event| &event.summary)
                faults
                rows=4
            />
            <Chips
                id="themes"
                legend=label(key::STAFF_FIELD_THEMES)
                options=themes
                value=form.themes
                on_change=move |(id, chosen)| toggle(form.themes, id, chosen)
            />
            <Where form faults/>
            <When form faults/>
            <h2 class="govuk-heading-l">{words(key::STAFF_PART_MORE)}</h2>
            <WordsField
                id="cost"
                label=key::STAFF_FIELD_COST
                hint=key::STAFF_COST_HINT
                value=form.cost
                original=form.original(|event| &event.cost)
                faults
            />
            <WordsField
                id="booking"
                label=key::STAFF_FIELD_BOOKING
                hint=key::STAFF_BOOKING_HINT
                value=form.booking
                original=form.original(|event| &event.booking)
                faults
            />
            <Check
                id="example"
                label=label(key::STAFF_FIELD_EXAMPLE)
                hint=label(key::STAFF_EXAMPLE_HINT)
                value=form.example
                on_change=move |ticked| form.example.set(ticked)
            />
            <Check
                id="cancelled"
                label=label(key::STAFF_FIELD_CANCELLED)
                hint=label(key::STAFF_CANCELLED_HINT)
                value=form.cancelled
                on_change=move |ticked| form.cancelled.set(ticked)
            />
        </Shell>
    }
}

/// The names of a collection as options, in alphabetical order.
pub fn names(store: Store, collection: Collection) -> Vec<Opt> {
    options(store, key::STAFF_VALUE_NOTHING, collection).split_off(1)
}

/// Puts an id into a list, or takes it out.
pub fn toggle(ids: RwSignal<Vec<String>>, id: String, chosen: bool) {
    ids.update(|ids| {
        ids.retain(|known| *known != id);
        if chosen {
            ids.push(id);
        }
    });
}

type Faults = RwSignal<Vec<crate::components::field::Fault>>;

#[component]
fn Where(form: EventForm, faults: Faults) -> View {
    let store = Store::get();
    let venues =
        Signal::derive(move || options(store, key::FEEDBACK_PLACE_ELSEWHERE, Collection::Venue));
    let elsewhere = move || form.venue.with(String::is_empty);
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_PART_WHERE)}</h2>
        <Select
            id="venue"
            label=label(key::STAFF_FIELD_VENUE)
            options=venues
            value=form.venue
            on_change=move |id| form.venue.set(id)
        />
        <div hidden=move || !elsewhere()>
            <TextField
                id="place"
                label=label(key::STAFF_FIELD_PLACE)
                value=form.place
                on_input=move |text| form.place.set(text)
                faults
            />
        </div>
    }
}

#[component]
fn When(form: EventForm, faults: Faults) -> View {
    let schedule = form.schedule;
    let all_day = Signal::derive(move || schedule.with(|schedule| schedule.all_day));
    let next = move || {
        let dates = form.next_dates();
        let dates: Vec<_> = dates.into_iter().map(wall::date).collect();
        (!dates.is_empty()).then(|| tf(key::STAFF_NEXT_DATES, &[("dates", &dates.join(", "))]))
    };
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_PART_WHEN)}</h2>
        <WhenField
            id="start"
            label=label(key::STAFF_FIELD_START)
            kind="date"
            value=Signal::derive(move || schedule.with(|it| it.date.clone()))
            on_input=move |text| schedule.update(|it| it.date = text)
            faults
        />
        <Check
            id="all_day"
            label=label(key::STAFF_FIELD_ALL_DAY)
            value=all_day
            on_change=move |ticked| schedule.update(|it| it.all_day = ticked)
        />
        <div hidden=all_day>
            <WhenField
                id="time"
                label=label(key::STAFF_FIELD_TIME)
                kind="time"
                value=Signal::derive(move || schedule.with(|it| it.time.clone()))
                on_input=move |text| schedule.update(|it| it.time = text)
                faults
            />
            <WhenField
                id="minutes"
                label=label(key::STAFF_FIELD_MINUTES)
                kind="time"
                value=Signal::derive(move || schedule.with(|it| it.end_time.clone()))
                on_input=move |text| schedule.update(|it| it.end_time = text)
                faults
            />
        </div>
        <WhenField
            id="end_date"
            label=label(key::STAFF_FIELD_END_DATE)
            hint=label(key::STAFF_END_DATE_HINT)
            kind="date"
            value=Signal::derive(move || schedule.with(|it| it.end_date.clone()))
            on_input=move |text| schedule.update(|it| it.end_date = text)
            faults
        />
        <RepeatPicker
            repeat=form.repeat
            first=Signal::derive(move || schedule.with(Schedule::first_day))
            faults
        />
        <div role="status">
            {move || next().map(|words| view! { <p class="govuk-inset-text">{words}</p> })}
        </div>
        <Except form/>
    }
}

/// The days on which it does not take place.
#[component]
fn Except(form: EventForm) -> View {
    let next = form.except_next;
    let add = move || {
        if let Ok(day) = next.get_untracked().parse() {
            form.except.update(|days| {
                days.push(day);
                days.sort_unstable();
                days.dedup();
            });
            next.set(String::new());
        }
        browser::focus("#except");
    };
    let day = move |day: chrono::NaiveDate| {
        let words = wall::date(day);
        view! {
            <li class="ct-cluster">
                <span>{words.clone()}</span>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        form.except.update(|days| days.retain(|known| *known != day));
                        browser::focus("#except");
                    }
                >
                    {t(key::SHORTLIST_REMOVE)}
                    <span class="govuk-visually-hidden">" " {words}</span>
                </button>
            </li>
        }
    };
    view! {
        <fieldset class="govuk-fieldset">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">
                {words(key::STAFF_FIELD_EXCEPT)}
            </legend>
            <ul class="govuk-list">
                {move || form.except.get().into_iter().map(day).collect_view()}
            </ul>
            <WhenField
                id="except"
                label=label(key::STAFF_EXCEPT_DAY)
                kind="date"
                value=next
                on_input=move |text| next.set(text)
            />
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                aria-disabled=move || {
                    next.with(|next| next.is_empty() || next == HALF_TYPED).then_some("true")
                }
                on:click=move |_| add()
            >
                {words(key::STAFF_EXCEPT_ADD)}
            </button>
        </fieldset>
    }
}
