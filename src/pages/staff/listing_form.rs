//! The fields of a support listing, and the listing they mean.

use leptos::prelude::*;
use model::{
    Key, Text,
    catalogue::{Cost, Listing},
};

use super::{
    hours_rows::{HoursRow, read_hours},
    phone_rows::PhoneRow,
    words_field::{english, with_english},
};
use crate::wall;

/// What the form holds. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ListingForm {
    original: StoredValue<Option<Listing>>,
    pub title: RwSignal<String>,
    pub summary: RwSignal<String>,
    pub description: RwSignal<String>,
    pub categories: RwSignal<Vec<String>>,
    pub areas: RwSignal<Vec<String>>,
    pub cost: RwSignal<Cost>,
    pub languages: RwSignal<Vec<String>>,
    pub phones: RwSignal<Vec<PhoneRow>>,
    pub email: RwSignal<String>,
    pub website: RwSignal<String>,
    /// A line each.
    pub address: RwSignal<String>,
    pub hours: RwSignal<Vec<HoursRow>>,
    pub always_open: RwSignal<bool>,
    pub hours_note: RwSignal<String>,
    /// The editor makes sure today that all of it is true.
    pub checked_today: RwSignal<bool>,
}

impl ListingForm {
    /// The form of `listing`, or a blank one.
    pub fn open(listing: Option<Listing>) -> Self {
        let text = |pick: fn(&Listing) -> &Text| {
            RwSignal::new(listing.as_ref().map(|it| english(pick(it))).unwrap_or_default())
        };
        let ids = |pick: fn(&Listing) -> &Vec<Key>| {
            let ids = listing.as_ref().map(|it| pick(it).iter().map(Key::to_string).collect());
            RwSignal::new(ids.unwrap_or_default())
        };
        let some = |pick: fn(&Listing) -> Option<String>| {
            RwSignal::new(listing.as_ref().and_then(pick).unwrap_or_default())
        };
        Self {
            title: text(|it| &it.title),
            summary: text(|it| &it.summary),
            description: text(|it| &it.description),
            categories: ids(|it| &it.categories),
            areas: ids(|it| &it.areas),
            cost: RwSignal::new(listing.as_ref().map_or(Cost::Free, |it| it.cost)),
            languages: RwSignal::new(
                listing.as_ref().map_or_else(|| vec!["en".to_owned()], |it| it.languages.clone()),
            ),
            phones: RwSignal::new(
                listing
                    .as_ref()
                    .map_or_else(Vec::new, |it| it.phones.iter().map(PhoneRow::of).collect()),
            ),
            email: some(|it| it.email.clone()),
            website: some(|it| it.website.clone()),
            address: some(|it| Some(it.address.join("\n"))),
            hours: RwSignal::new(
                listing
                    .as_ref()
                    .map_or_else(Vec::new, |it| it.hours.iter().map(HoursRow::of).collect()),
            ),
            always_open: RwSignal::new(listing.as_ref().is_some_and(|it| it.always_open)),
            hours_note: text(|it| &it.hours_note),
            checked_today: RwSignal::new(false),
            original: StoredValue::new(listing),
        }
    }

    /// A text as it was opened.
    pub fn original(self, pick: fn(&Listing) -> &Text) -> Text {
        self.original.with_value(|it| it.as_ref().map(pick).cloned().unwrap_or_default())
    }

    /// When it was last checked before.
    pub fn checked(self) -> Option<chrono::NaiveDate> {
        self.original.with_value(|it| it.as_ref().and_then(|it| it.checked))
    }

    /// The listing that the fields mean, and the ids of time fields that cannot be read; their
    /// rows are left out of the listing, so that the rest can be checked.
    pub fn read(self) -> (Listing, Vec<String>) {
        let hours = self.hours.get_untracked();
        let stored = self.original.with_value(|it| it.as_ref().map(|it| it.hours.clone()));
        let untouched =
            stored.filter(|stored| stored.iter().map(HoursRow::of).eq(hours.iter().cloned()));
        let always_open = self.always_open.get_untracked();
        let (hours, unread) = match untouched {
            _ if always_open => Default::default(),
            Some(stored) => (stored, Vec::new()),
            None => read_hours(&hours),
        };
        let words = |pick: fn(&Listing) -> &Text, words: RwSignal<String>| {
            with_english(&self.original(pick), &words.get_untracked())
        };
        let keys = |ids: RwSignal<Vec<String>>| {
            ids.with_untracked(|ids| ids.iter().filter_map(|id| Key::parse(id)).collect())
        };
        let line = |text: RwSignal<String>| {
            Some(text.with_untracked(|text| text.trim().to_owned())).filter(|it| !it.is_empty())
        };
        let listing = Listing {
            title: words(|it| &it.title, self.title),
            summary: words(|it| &it.summary, self.summary),
            description: words(|it| &it.description, self.description),
            categories: keys(self.categories),
            areas: keys(self.areas),
            cost: self.cost.get_untracked(),
            languages: self.languages.get_untracked(),
            phones: self
                .phones
                .with_untracked(|rows| rows.iter().filter_map(PhoneRow::read).collect()),
            email: line(self.email),
            website: line(self.website).map(with_scheme),
            address: self.address.with_untracked(|text| {
                text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
            }),
            hours,
            always_open,
            hours_note: words(|it| &it.hours_note, self.hours_note),
            checked: if self.checked_today.get_untracked() {
                Some(wall::today())
            } else {
                self.checked()
            },
        };
        (listing, unread)
    }
}

/// People write `www.example.org`.
fn with_scheme(address: String) -> String {
    if address.starts_with("www.") { format!("https://{address}") } else { address }
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use serde_json::json;

    #[test]
    fn opening_and_reading_changes_nothing() {
        let owner = Owner::new();
        owner.set();
        let listing: Listing = serde_json::from_value(json!({
            "title": {"en": "Help", "lt": "Pagalba"}, "summary": {"en": "Helps."},
            "categories": ["debt", "housing"], "areas": ["grays"], "cost": "some_free",
            "languages": ["en", "pl"],
            "phones": [{"number": "116 123", "note": {"en": "Free.", "ro": "Gratuit."}}],
            "email": "a@example.org", "address": ["1 High Street", "Grays"],
            "hours": [{"day": "monday", "from": "09:00:30", "to": "17:00:00"}],
            "checked": "2026-01-02",
        }))
        .unwrap();
        let form = ListingForm::open(Some(listing.clone()));
        assert_eq!(form.read(), (listing.clone(), Vec::new()));
        form.website.set(" www.example.org ".into());
        form.always_open.set(true);
        let (changed, _) = form.read();
        assert_eq!(changed.website.as_deref(), Some("https://www.example.org"));
        assert_eq!(changed.hours, []);
    }
}
