//! Dates and times as people say them: "Tuesday 24 November", "10:30am".

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use model::{catalogue::Weekday, time::Millis};

use crate::{
    locale::{date_words, key, language, t, tf},
    platform::clock,
};

fn midnight(date: NaiveDate) -> f64 {
    date.and_time(NaiveTime::MIN).and_utc().timestamp_millis() as f64
}

/// The date in London now.
pub fn today() -> NaiveDate {
    clock::now().london_date()
}

/// "Tuesday 24 November 2026"; the year only where it is not this one.
pub fn date(date: NaiveDate) -> String {
    use chrono::Datelike;
    let mut options = vec![("weekday", "long"), ("day", "numeric"), ("month", "long")];
    if date.year() != today().year() {
        options.push(("year", "numeric"));
    }
    // British dates stand without a comma after the weekday in the style people know.
    date_words(midnight(date), &options).replace(", ", " ")
}

/// "24 November 2026".
pub fn day_of_year(date: NaiveDate) -> String {
    date_words(midnight(date), &[("day", "numeric"), ("month", "long"), ("year", "numeric")])
}

/// "November 2026".
pub fn month_of_year(date: NaiveDate) -> String {
    date_words(midnight(date), &[("month", "long"), ("year", "numeric")])
}

/// "November" for 11.
pub fn month(number: u32) -> String {
    let first = NaiveDate::from_ymd_opt(2024, number, 1).unwrap_or_default();
    date_words(midnight(first), &[("month", "long")])
}

/// "Tuesday".
pub fn weekday(day: Weekday) -> String {
    // 2024 began on a Monday.
    let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    date_words(midnight(monday + chrono::Days::new(day as u64)), &[("weekday", "long")])
}

/// "10:30am" in English, "10:30" elsewhere.
pub fn time(time: NaiveTime) -> String {
    if language() != "en" {
        return format!("{:02}:{:02}", time.hour(), time.minute());
    }
    let (hour, minute) = (time.hour(), time.minute());
    match (hour, minute) {
        (0, 0) => t(key::TIME_MIDNIGHT),
        (12, 0) => t(key::TIME_MIDDAY),
        _ => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            if minute == 0 { format!("{hour}{half}") } else { format!("{hour}:{minute:02}{half}") }
        }
    }
}

/// "10:30am to 12pm".
pub fn span(from: NaiveTime, to: NaiveTime) -> String {
    tf(key::TIME_SPAN, &[("from", &time(from)), ("to", &time(to))])
}

/// "Tuesday 24 November at 10:30am".
pub fn moment(at: NaiveDateTime) -> String {
    tf(key::TIME_MOMENT, &[("date", &date(at.date())), ("time", &time(at.time()))])
}

/// An instant as the clock on the wall of the venue shows it.
pub fn instant(at: Millis) -> String {
    moment(at.london())
}
