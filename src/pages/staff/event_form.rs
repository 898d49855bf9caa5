//! The fields of an event, and the event they mean.

use chrono::NaiveDate;
use leptos::prelude::*;
use model::{Key, Text, catalogue::Event, recurrence::occurrences};

use super::{
    repeat::{Pattern, Repeat},
    schedule::Schedule,
    words_field::{english, with_english},
};
use crate::wall;

/// What the form holds. Cheap to copy.
#[derive(Clone, Copy)]
pub struct EventForm {
    original: StoredValue<Option<Event>>,
    pub title: RwSignal<String>,
    pub summary: RwSignal<String>,
    /// The venue's id; empty stands for elsewhere.
    pub venue: RwSignal<String>,
    pub place: RwSignal<String>,
    pub themes: RwSignal<Vec<String>>,
    pub schedule: RwSignal<Schedule>,
    pub repeat: RwSignal<Repeat>,
    pub except: RwSignal<Vec<NaiveDate>>,
    /// A day in the field that adds one to `except`.
    pub except_next: RwSignal<String>,
    pub cost: RwSignal<String>,
    pub booking: RwSignal<String>,
    pub example: RwSignal<bool>,
    pub cancelled: RwSignal<bool>,
}

/// Days ahead that are searched for the next dates: the longest programme is yearly.
const AHEAD: u64 = 800;

impl EventForm {
    /// The form of `event`, or a blank one at `venue`.
    pub fn open(event: Option<Event>, venue: Option<Key>) -> Self {
        let text = |pick: fn(&Event) -> &Text| {
            RwSignal::new(event.as_ref().map(|event| english(pick(event))).unwrap_or_default())
        };
        let id = |id: Option<&Key>| id.map(Key::to_string).unwrap_or_default();
        let first = event.as_ref().map_or_else(wall::today, |event| event.start.date());
        let rule = event.as_ref().and_then(|event| event.rule.as_deref());
        Self {
            title: text(|event| &event.title),
            summary: text(|event| &event.summary),
            venue: RwSignal::new(match &event {
                Some(event) => id(event.venue.as_ref()),
                None => id(venue.as_ref()),
            }),
            place: RwSignal::new(
                event.as_ref().and_then(|event| event.place.clone()).unwrap_or_default(),
            ),
            themes: RwSignal::new(
                event.as_ref().map_or_else(Vec::new, |event| {
                    event.themes.iter().map(Key::to_string).collect()
                }),
            ),
            schedule: RwSignal::new(event.as_ref().map(Schedule::of).unwrap_or_default()),
            repeat: RwSignal::new(Repeat::read(rule, first)),
            except: RwSignal::new(event.as_ref().map(|it| it.except.clone()).unwrap_or_default()),
            except_next: RwSignal::default(),
            cost: text(|event| &event.cost),
            booking: text(|event| &event.booking),
            example: RwSignal::new(event.as_ref().is_some_and(|event| event.example)),
            cancelled: RwSignal::new(event.as_ref().is_some_and(|event| event.cancelled)),
            original: StoredValue::new(event),
        }
    }

    /// A text as it was opened.
    pub fn original(self, pick: fn(&Event) -> &Text) -> Text {
        self.original.with_value(|event| event.as_ref().map(pick).cloned().unwrap_or_default())
    }

    /// The event that the fields mean, and the ids of date and time fields that cannot be read;
    /// for those something else stands in the event, so that the rest can be checked.
    pub fn read(self) -> (Event, Vec<String>) {
        let original = self.original.get_value();
        let schedule = self.schedule.get_untracked();
        let untouched = original.as_ref().filter(|event| Schedule::of(event) == schedule);
        let when = match untouched {
            // What the fields cannot express (seconds, an odd length) stays.
            Some(event) => Ok((event.start, event.minutes)),
            None => schedule.read(),
        };
        let repeat = self.repeat.get_untracked();
        let has_end = !matches!(repeat.pattern, Pattern::Never | Pattern::Other);
        let bad_until =
            has_end && !repeat.until.is_empty() && repeat.until.parse::<NaiveDate>().is_err();
        let ((start, minutes), mut unread) = match when {
            Ok(when) => (when, Vec::new()),
            Err(unread) => ((wall::today().and_time(chrono::NaiveTime::MIN), 1), unread),
        };
        unread.extend(bad_until.then(|| "until".to_owned()));
        let venue = Key::parse(&self.venue.get_untracked());
        let place = self.place.get_untracked().trim().to_owned();
        let moved = venue.is_some() && original.as_ref().is_none_or(|it| it.venue != venue);
        let themes = self.themes.get_untracked();
        let words = |pick: fn(&Event) -> &Text, words: RwSignal<String>| {
            with_english(&self.original(pick), &words.get_untracked())
        };
        let event = Event {
            title: words(|event| &event.title, self.title),
            summary: words(|event| &event.summary, self.summary),
            venue,
            place: Some(place).filter(|place| !moved && !place.is_empty()),
            themes: themes.iter().filter_map(|id| Key::parse(id)).collect(),
            start,
            minutes,
            all_day: schedule.all_day,
            rule: rule(original.as_ref(), &repeat, start.date()),
            except: self.days_without(),
            cost: words(|event| &event.cost, self.cost),
            booking: words(|event| &event.booking, self.booking),
            example: self.example.get_untracked(),
            cancelled: self.cancelled.get_untracked(),
        };
        (event, unread)
    }

    /// The days on which it does not take place, with one that was typed and not added yet.
    fn days_without(self) -> Vec<NaiveDate> {
        let mut days = self.except.get_untracked();
        if let Ok(day) = self.except_next.with_untracked(|day| day.parse())
            && !days.contains(&day)
        {
            days.push(day);
            days.sort_unstable();
        }
        days
    }

    /// The next dates by what the fields say now, three at most; tracked.
    pub fn next_dates(self) -> Vec<NaiveDate> {
        let (schedule, repeat, except) =
            (self.schedule.get(), self.repeat.get(), self.except.get());
        let Some(first) = schedule.first_day() else { return Vec::new() };
        let start = first.and_time(chrono::NaiveTime::MIN);
        let event = Event {
            title: Text::default(),
            summary: Text::default(),
            venue: None,
            place: None,
            themes: Vec::new(),
            start,
            minutes: 1,
            all_day: true,
            rule: repeat.rule(first),
            except,
            cost: Text::default(),
            booking: Text::default(),
            example: false,
            cancelled: false,
        };
        let from = first.max(wall::today());
        let found = occurrences(&event, from, from + chrono::Days::new(AHEAD));
        found.into_iter().take(3).map(|at| at.date()).collect()
    }
}

/// The rule to store. Where neither the picker nor the first day changed it is the stored one,
/// to the letter.
fn rule(original: Option<&Event>, repeat: &Repeat, first: NaiveDate) -> Option<String> {
    if let Some(event) = original
        && event.start.date() == first
        && Repeat::read(event.rule.as_deref(), first) == *repeat
    {
        return event.rule.clone();
    }
    repeat.rule(first)
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use serde_json::json;

    fn stored(rule: &str) -> Event {
        serde_json::from_value(json!({
            "title": {"en": "Club", "pl": "Klub"}, "summary": {"en": "A club."},
            "place": "The green", "start": "2026-09-01T10:30:15", "minutes": 91,
            "rule": rule, "except": ["2026-12-29"], "example": true,
        }))
        .unwrap()
    }

    #[test]
    fn opening_and_reading_changes_nothing() {
        for rule in ["FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY;BYDAY=TH,TU", "FREQ=DAILY;COUNT=3"] {
            let owner = Owner::new();
            owner.set();
            let event = stored(rule);
            assert_eq!(EventForm::open(Some(event.clone()), None).read(), (event, Vec::new()));
        }
    }

    #[test]
    fn a_change_of_day_keeps_what_the_picker_cannot_express() {
        let repeat = |rule| Repeat::read(Some(rule), "2026-09-01".parse().unwrap());
        let other = "2026-09-08".parse().unwrap();
        let strange = "FREQ=YEARLY;BYMONTH=11;BYDAY=2SU";
        let kept = super::rule(Some(&stored(strange)), &repeat(strange), other);
        assert_eq!(kept.as_deref(), Some(strange));
        let plain = super::rule(Some(&stored("FREQ=WEEKLY")), &repeat("FREQ=WEEKLY"), other);
        assert_eq!(plain.as_deref(), Some("FREQ=WEEKLY;BYDAY=TU"));
    }

    #[test]
    fn a_half_typed_end_is_named() {
        let owner = Owner::new();
        owner.set();
        let form = EventForm::open(Some(stored("FREQ=WEEKLY")), None);
        form.repeat.update(|repeat| repeat.until = "?".to_owned());
        assert_eq!(form.read().1, ["until"]);
    }
}
