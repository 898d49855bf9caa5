//! `/staff/listings/:id`: one support listing, to create or change. The id `new` creates.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{
    Collection, Key,
    catalogue::{Cost, Listing, view},
};

use super::{
    editor::Editor,
    event_edit::{names, toggle},
    hours_rows::HoursRows,
    listing_form::ListingForm,
    live::Loading,
    opened::Opened,
    phone_rows::PhoneRows,
    session::StaffPage,
    shell::Shell,
    values::language_name,
    words_field::WordsField,
};
use crate::{
    components::{
        check::Check,
        chips::Chips,
        choices::Choices,
        field::{Fault, TextArea, TextField},
        select::Opt,
    },
    locale::{LANGUAGES, key, label, t, tf, words},
    pages::resident::support::cost_key,
    platform::browser,
    store::Store,
    wall,
};

/// The page of one listing.
#[component]
pub fn ListingEdit(
    /// Which one, or `new`.
    #[prop(into)]
    id: String,
) -> View {
    let is_new = id == "new";
    let title = Signal::derive(move || {
        t(if is_new { key::STAFF_LISTING_NEW } else { key::STAFF_LISTING_EDIT })
    });
    view! {
        <StaffPage title back="/staff/listings">
            <Opening id=id.clone()/>
        </StaffPage>
    }
}

/// Waits for the record, and keeps it as it was when the form opened.
#[component]
fn Opening(id: String) -> View {
    let store = Store::get();
    let opened = RwSignal::new(None::<(Option<Listing>, Opened)>);
    let wanted = Key::parse(&id).filter(|_| id != "new");
    let gone = RwSignal::new(false);
    let find = move |id: &Key| {
        store.catalogue.with(|catalogue| {
            let rev = catalogue.record(Collection::Listing, id)?.rev;
            let listing = catalogue.listing(id)?;
            let record = Opened::new(Some(id.clone()), rev, &listing);
            Some((Some(listing), record))
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
            let listing = view::<Listing>(&answered.fields).ok()?;
            Some((Some(listing), answered))
        }));
        browser::focus("main h1");
    };
    View::of(move || match opened.get() {
        Some((listing, opened)) => view! { <Form listing opened reopen/> },
        None if gone.get() => {
            view! { <p class="govuk-body">{t(key::LISTING_GONE_TEXT)}</p> }
        }
        None => view! { <Loading/> },
    })
}

type Faults = RwSignal<Vec<Fault>>;

#[component]
fn Form(listing: Option<Listing>, opened: Opened, #[prop(into)] reopen: Callback<Opened>) -> View {
    let form = ListingForm::open(listing);
    let editor = Editor::new(Collection::Listing, opened);
    let faults = editor.faults;
    let save = move |()| {
        let (listing, unread) = form.read();
        editor.save(&form.title.get_untracked(), &listing, &unread);
    };
    view! {
        <Shell editor list="/staff/listings" public="/support" save reopen>
            <h2 class="govuk-heading-l">{words(key::STAFF_PART_WHAT)}</h2>
            <WordsField
                id="title"
                label=key::STAFF_FIELD_TITLE
                value=form.title
                original=form.original(|it| &it.title)
                faults
            />
            <WordsField
                id="summary"
                label=key::STAFF_FIELD_SUMMARY
                hint=key::STAFF_SUMMARY_HINT
                value=form.summary
                original=form.original(|it| &it.summary)
                faults
                rows=3
            />
            <WordsField
                id="description"
                label=key::STAFF_FIELD_DESCRIPTION
                hint=key::STAFF_DESCRIPTION_HINT
                value=form.description
                original=form.original(|it| &it.description)
                faults
                rows=6
            />
            <Whom form faults/>
            <Contact form faults/>
            <Times form faults/>
            <h2 class="govuk-heading-l">{words(key::STAFF_FIELD_CHECKED)}</h2>
            <p class="govuk-body">
                {move || match form.checked() {
                    Some(day) => tf(key::STAFF_CHECKED_ON, &[("day", &wall::day_of_year(day))]),
                    None => t(key::LISTING_NOT_CHECKED),
                }}
            </p>
            <Check
                id="checked"
                label=label(key::STAFF_CHECKED_TODAY)
                hint=label(key::STAFF_CHECKED_HINT)
                value=form.checked_today
                on_change=move |ticked| form.checked_today.set(ticked)
            />
        </Shell>
    }
}

/// For whom it is: kinds, areas, cost, languages.
#[component]
fn Whom(form: ListingForm, faults: Faults) -> View {
    let store = Store::get();
    let categories = Signal::derive(move || names(store, Collection::Category));
    let areas = Signal::derive(move || names(store, Collection::Area));
    let costs = Signal::derive(|| {
        Cost::ALL.map(|cost| (cost.name().to_owned(), t(cost_key(cost)))).to_vec()
    });
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_PART_WHOM)}</h2>
        <Choices
            id="categories"
            legend=label(key::STAFF_FIELD_CATEGORIES)
            options=categories
            value=form.categories
            on_change=move |(id, chosen)| toggle(form.categories, id, chosen)
            many=true
            faults
        />
        <Chips
            id="areas"
            legend=label(key::STAFF_FIELD_AREAS)
            hint=label(key::STAFF_AREAS_HINT)
            options=areas
            value=form.areas
            on_change=move |(id, chosen)| toggle(form.areas, id, chosen)
        />
        <Choices
            id="cost"
            legend=label(key::STAFF_FIELD_COST)
            options=costs
            value=Signal::derive(move || vec![form.cost.get().name().to_owned()])
            on_change=move |(name, _): (String, bool)| {
                if let Some(cost) = Cost::ALL.into_iter().find(|cost| cost.name() == name) {
                    form.cost.set(cost);
                }
            }
            faults
        />
        <Chips
            id="languages"
            legend=label(key::STAFF_FIELD_LANGUAGES)
            options=Signal::derive(move || languages(store, form))
            value=form.languages
            on_change=move |(id, chosen)| toggle(form.languages, id, chosen)
        />
    }
}

/// The app's languages, British Sign Language, and any other that a listing speaks.
fn languages(store: Store, form: ListingForm) -> Vec<Opt> {
    let mut tags: Vec<String> = LANGUAGES.map(|it| it.tag.to_owned()).to_vec();
    tags.push("bfi".to_owned());
    let spoken = store.catalogue.with(|catalogue| {
        let all = catalogue.records(Collection::Listing);
        let tags = all.filter_map(|(_, record)| record.fields.get("languages")?.as_array());
        tags.flatten().filter_map(|tag| tag.as_str().map(str::to_owned)).collect::<Vec<_>>()
    });
    for tag in spoken.into_iter().chain(form.languages.get_untracked()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.into_iter().map(|tag| (tag.clone(), language_name(&tag))).collect()
}

/// How to reach it.
#[component]
fn Contact(form: ListingForm, faults: Faults) -> View {
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_PART_CONTACT)}</h2>
        <PhoneRows rows=form.phones faults/>
        <TextField
            id="email"
            label=label(key::STAFF_FIELD_EMAIL)
            kind="email"
            value=form.email
            on_input=move |text| form.email.set(text)
            faults
        />
        <TextField
            id="website"
            label=label(key::STAFF_FIELD_WEBSITE)
            hint=label(key::STAFF_WEBSITE_HINT)
            kind="url"
            value=form.website
            on_input=move |text| form.website.set(text)
            faults
        />
        <TextArea
            id="address"
            label=label(key::STAFF_FIELD_ADDRESS)
            hint=label(key::STAFF_ADDRESS_HINT)
            value=form.address
            on_input=move |text| form.address.set(text)
            faults
            rows=4
        />
    }
}

/// When somebody is there.
#[component]
fn Times(form: ListingForm, faults: Faults) -> View {
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_PART_TIMES)}</h2>
        <Check
            id="always_open"
            label=label(key::STAFF_FIELD_ALWAYS_OPEN)
            value=form.always_open
            on_change=move |ticked| form.always_open.set(ticked)
        />
        <div hidden=form.always_open>
            <HoursRows rows=form.hours faults/>
        </div>
        <WordsField
            id="hours_note"
            label=key::STAFF_FIELD_HOURS_NOTE
            hint=key::STAFF_HOURS_NOTE_HINT
            value=form.hours_note
            original=form.original(|it| &it.hours_note)
            faults
        />
    }
}
