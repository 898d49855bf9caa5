//! Dates and times (ODK XForms 1.0.0, "Date and Time Functions"). They are texts in ISO form: `2026-11-24`,
//! `2026-11-24T10:30:00.000+00:00`.
//!
//! A date counts whole days since 1970. A moment counts days since then in UTC, with their fraction; one without a zone is
//! taken as if it were UTC. Where a date is compared with a moment, or one is taken from the other, the moment counts
//! days as the wall shows them where the form is filled in: half past midnight is not before the day that has begun.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use model::time::{Millis, parse_date, parse_time};

use super::{Environment, Value, function::Simple};

const DAY_MILLIS: f64 = 86_400_000.0;

/// A date or a moment, as it was read.
#[derive(Clone, Copy)]
struct Moment {
    /// What the wall shows where it was written.
    wall: NaiveDateTime,
    /// Minutes ahead of UTC, if they are written.
    offset: Option<i32>,
}

/// Reads `10:30`, `10:30:15.250` and a zone behind it. The fraction is in milliseconds.
fn clock(text: &str) -> Option<(chrono::NaiveTime, Option<i32>)> {
    let (time, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, Some(0)),
        None => match text.rfind(['+', '-']) {
            None => (text, None),
            Some(at) => {
                let (time, zone) = text.split_at(at);
                let (sign, zone) = zone.split_at(1);
                let zone = if zone.len() == 2 {
                    parse_time(&format!("{zone}:00"))
                } else {
                    parse_time(zone)
                }?;
                let minutes = i32::try_from(zone.num_seconds_from_midnight() / 60).ok()?;
                (time, Some(if sign == "-" { -minutes } else { minutes }))
            }
        },
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let whole = parse_time(time)?;
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && !fraction.is_empty();
    let padded = format!("{fraction:0<3}");
    let millis: u32 = padded.get(..3).filter(|_| digits)?.parse().ok()?;
    Some((whole.with_nanosecond(millis * 1_000_000)?, offset))
}

fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    // Not everything that is asked for as a number is a date; most is ruled out at once.
    if date.len() != 10 {
        return None;
    }
    let date = parse_date(date)?;
    let Some(time) = time else {
        return Some(Moment { wall: date.into(), offset: None });
    };
    let (time, offset) = clock(time)?;
    Some(Moment { wall: date.and_time(time), offset })
}

impl Moment {
    fn days(self) -> f64 {
        let utc = self.wall.and_utc().timestamp_millis() as f64;
        (utc - f64::from(self.offset.unwrap_or(0)) * 60_000.0) / DAY_MILLIS
    }

    /// What the wall shows at it where the form is filled in.
    fn here(self, environment: &Environment) -> NaiveDateTime {
        let Some(offset) = self.offset else { return self.wall };
        let ahead = TimeDelta::minutes(i64::from(environment.offset) - i64::from(offset));
        self.wall.checked_add_signed(ahead).unwrap_or(self.wall)
    }
}

/// Whether a text is a date or a moment, and of those whether it is a moment of some zone.
pub(super) fn is_zoned(text: &str) -> Option<bool> {
    read(text).map(|found| found.offset.is_some())
}

/// The days that a date or moment counts.
pub(super) fn days(text: &str) -> Option<f64> {
    read(text).map(Moment::days)
}

fn wall(environment: &Environment) -> NaiveDateTime {
    let ahead = i64::from(environment.offset) * 60_000;
    Millis(environment.now.0.saturating_add(ahead)).utc().naive_utc()
}

/// `today()`.
pub(super) fn today(environment: &Environment) -> String {
    written(wall(environment).date())
}

/// `now()`.
pub(super) fn now(environment: &Environment) -> String {
    moment(wall(environment), environment.offset)
}

fn written(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn moment(wall: NaiveDateTime, offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let (minutes, millis) = (offset.unsigned_abs(), wall.nanosecond() / 1_000_000 % 1_000);
    let (date, hour, minute, second) =
        (written(wall.date()), wall.hour(), wall.minute(), wall.second());
    format!(
        "{date}T{hour:02}:{minute:02}:{second:02}.{millis:03}{sign}{:02}:{:02}",
        minutes / 60,
        minutes % 60
    )
}

/// The moment that a value stands for: of a number so many days since 1970, of a text what it writes; a date without
/// leading zeros, `2026-1-5`, too.
fn moment_of<Node>(value: &Value<Node>, text: &str, environment: &Environment) -> Option<Moment> {
    if let Value::Number(days) = value {
        let millis = days * DAY_MILLIS;
        // Outside of this nobody lives; far outside, a date cannot be computed.
        let good = millis.abs() < 1e14;
        let utc = DateTime::from_timestamp_millis(libm::round(millis) as i64).filter(|_| good)?;
        let timed = days.fract() != 0.0;
        let (wall, offset) = (utc.naive_utc(), timed.then_some(0));
        let here = Moment { wall, offset }.here(environment);
        return Some(Moment { wall: here, offset: timed.then_some(environment.offset) });
    }
    read(text).or_else(|| {
        let parts: Vec<&str> = text.trim().split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        read(&format!("{year}-{month:0>2}-{day:0>2}"))
    })
}

/// `date(x)` and `date-time(x)`; empty if it is neither.
pub(super) fn date<Node>(
    value: &Value<Node>,
    text: &str,
    timed: bool,
    environment: &Environment,
) -> String {
    let Some(found) = moment_of(value, text, environment) else { return String::new() };
    let here = found.here(environment);
    if timed { moment(here, environment.offset) } else { written(here.date()) }
}

/// `decimal-date-time(x)`.
pub(super) fn decimal_date_time<Node>(
    value: &Value<Node>,
    text: &str,
    environment: &Environment,
) -> f64 {
    match value {
        Value::Number(days) => *days,
        _ => moment_of(value, text, environment).map_or(f64::NAN, Moment::days),
    }
}

/// `decimal-time(time)`: the part of the day that has gone by.
pub(super) fn decimal_time(texts: &[String]) -> Simple {
    let text = texts.first().map_or("", |text| text.trim());
    let time =
        clock(text).map(|(time, _)| time).or_else(|| read(text).map(|found| found.wall.time()));
    Simple::Number(time.map_or(f64::NAN, |time| {
        let seconds = f64::from(time.num_seconds_from_midnight());
        (seconds * 1_000.0 + f64::from(time.nanosecond() / 1_000_000)) / DAY_MILLIS
    }))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// `format-date(x, format)` and `format-date-time(x, format)`; empty if it is no date. Months and days are English,
/// as they are in ODK's web forms. What follows a `%` and is not known stays as it is.
pub(super) fn format<Node>(
    value: &Value<Node>,
    text: &str,
    format: &str,
    environment: &Environment,
) -> String {
    let Some(found) = moment_of(value, text, environment) else { return String::new() };
    let here = found.here(environment);
    let mut written = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        let letter = if c == '%' { rest.clone().next() } else { None };
        let part = match letter {
            Some('Y') => format!("{:04}", here.year()),
            Some('y') => format!("{:02}", here.year().rem_euclid(100)),
            Some('m') => format!("{:02}", here.month()),
            Some('n') => here.month().to_string(),
            Some('b') => MONTHS.get(here.month0() as usize).copied().unwrap_or_default().to_owned(),
            Some('d') => format!("{:02}", here.day()),
            Some('e') => here.day().to_string(),
            Some('a') => {
                let day = here.weekday().num_days_from_sunday() as usize;
                DAYS.get(day).copied().unwrap_or_default().to_owned()
            }
            Some('H') => format!("{:02}", here.hour()),
            Some('h') => here.hour().to_string(),
            Some('M') => format!("{:02}", here.minute()),
            Some('S') => format!("{:02}", here.second()),
            Some('3') => format!("{:03}", here.nanosecond() / 1_000_000 % 1_000),
            _ => {
                written.push(c);
                continue;
            }
        };
        written.push_str(&part);
        rest.next();
    }
    written
}
