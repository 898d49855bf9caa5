//! When an event takes place, as the form holds it: texts of date and time fields.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use model::catalogue::Event;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// The date and time fields. Each text is empty, what its field gives, or no date or time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The first day: `2026-09-01`.
    pub date: String,
    /// When it starts: `10:30`.
    pub time: String,
    /// The day it ends on, where that is a later one.
    pub end_date: String,
    /// When it ends.
    pub end_time: String,
    /// Whole days: the times do not count.
    pub all_day: bool,
}

impl Schedule {
    /// The fields for a stored event.
    pub fn of(event: &Event) -> Self {
        let end = event.start + chrono::TimeDelta::minutes(i64::from(event.minutes));
        let clock = |at: NaiveDateTime| at.format("%H:%M").to_string();
        // A whole day ends at the midnight after it.
        let last = if event.all_day { end - chrono::TimeDelta::minutes(1) } else { end };
        let later = last.date() > event.start.date();
        Self {
            date: event.start.date().to_string(),
            time: if event.all_day { String::new() } else { clock(event.start) },
            end_date: if later { last.date().to_string() } else { String::new() },
            end_time: if event.all_day { String::new() } else { clock(end) },
            all_day: event.all_day,
        }
    }

    /// The first day, if it can be read.
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.date.parse().ok()
    }

    /// The start and the length in minutes.
    ///
    /// # Errors
    /// The ids of the fields that are missing or cannot be read. An end before the start is not
    /// among them: it gives 0 minutes, which the catalogue's own check refuses.
    pub fn read(&self) -> Result<(NaiveDateTime, u32), Vec<String>> {
        let date = self.first_day();
        let last = if self.end_date.is_empty() { date } else { self.end_date.parse().ok() };
        let (from, to) = if self.all_day {
            (Some(NaiveTime::MIN), Some(NaiveTime::MIN))
        } else {
            (clock(&self.time), clock(&self.end_time))
        };
        let (Some(date), Some(last), Some(from), Some(to)) = (date, last, from, to) else {
            let missing = [
                ("start", date.is_none()),
                ("time", from.is_none()),
                ("end_date", last.is_none() && !self.end_date.is_empty()),
                ("minutes", to.is_none()),
            ];
            let missing = missing.into_iter().filter(|(_, is)| *is);
            return Err(missing.map(|(id, _)| id.to_owned()).collect());
        };
        let last = if self.all_day { last + Days::new(1) } else { last };
        let minutes = (last.and_time(to) - date.and_time(from)).num_minutes();
        debug_assert!(!self.all_day || minutes % DAY == 0);
        Ok((date.and_time(from), u32::try_from(minutes.max(0)).unwrap_or(u32::MAX)))
    }
}

/// The time in a field; browsers leave the seconds out where they are 0.
fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
        .ok()
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use serde_json::json;

    fn event(start: &str, minutes: u32, all_day: bool) -> Event {
        serde_json::from_value(json!({
            "title": {"en": "Club"}, "summary": {"en": "A club."},
            "start": start, "minutes": minutes, "all_day": all_day,
        }))
        .unwrap()
    }

    #[test]
    fn every_length_comes_back() {
        for (start, minutes, all_day) in [
            ("2026-09-01T10:30:00", 90, false),
            ("2026-09-01T22:00:00", 120, false),
            ("2026-09-01T22:00:00", 180, false),
            ("2026-09-01T10:00:00", 3 * 1440, false),
            ("2027-01-27T00:00:00", 1440, true),
            ("2027-06-01T00:00:00", 7 * 1440, true),
        ] {
            let event = event(start, minutes, all_day);
            let schedule = Schedule::of(&event);
            assert_eq!(schedule.read(), Ok((event.start, minutes)), "{start} {minutes}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let half = Schedule { date: "?".into(), end_time: "11:00".into(), ..Schedule::default() };
        assert_eq!(half.read(), Err(vec!["start".to_owned(), "time".to_owned()]));
        let back = Schedule {
            date: "2026-09-01".into(),
            time: "11:00".into(),
            end_time: "10:00".into(),
            ..Schedule::default()
        };
        assert_eq!(back.read().unwrap().1, 0);
    }
}
