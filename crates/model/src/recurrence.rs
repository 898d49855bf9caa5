//! When something recurs: the part of iCalendar's RRULE (RFC 5545, 3.3.10) that the
//! programmes of libraries and hubs use.
//!
//! Everything is reckoned in wall time, so an event at half past ten stays at half past ten
//! across a clock change. Understood are `FREQ` (`DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`),
//! `INTERVAL`, `COUNT`, `UNTIL`, `BYDAY` (with an ordinal in monthly and yearly rules),
//! `BYMONTHDAY` and `BYMONTH`. Weeks start on Monday, RFC 5545's default. Anything else is an
//! error, never silently left out.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use crate::{catalogue::Event, catalogue::Weekday, time::monday_of};

/// How often a rule's periods come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Where a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    Count(u32),
    Until(NaiveDateTime),
}

/// A weekday, in monthly and yearly rules with which one of its period: `2TU`, `-1FR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ByDay {
    day: Weekday,
    ordinal: Option<i32>,
}

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    end: End,
    by_day: Vec<ByDay>,
    by_month_day: Vec<i32>,
    by_month: Vec<u32>,
}

/// Why a rule was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A part is not `NAME=VALUE`, or `FREQ` is missing.
    #[error("Write the rule as FREQ=WEEKLY;BYDAY=MO. \"{0}\" does not fit.")]
    Shape(String),
    /// The part exists in RFC 5545 but not here.
    #[error(
        "\"{0}\" is not supported. Use FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH."
    )]
    Unsupported(String),
    /// The part's value is not one of those allowed.
    #[error("The value of \"{0}\" is not valid.")]
    Value(String),
}

/// Periods that may pass without an occurrence before a rule counts as never matching, such
/// as 30 February. Yearly rules on 29 February have a gap of 8 years around 2100.
const EMPTY_PERIODS: u32 = 400;

impl Rule {
    /// Reads the value of an RRULE.
    ///
    /// # Errors
    /// The first part that is not understood.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            end: End::Never,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) =
                part.split_once('=').ok_or_else(|| RuleError::Shape(part.to_owned()))?;
            let wrong = || RuleError::Value(part.to_owned());
            match name {
                "FREQ" => {
                    frequency = Some(match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return Err(RuleError::Unsupported(part.to_owned())),
                    });
                }
                "INTERVAL" => {
                    rule.interval = number(value, 1..=1000).ok_or_else(wrong)?.unsigned_abs();
                }
                "COUNT" => {
                    let count = number(value, 1..=10_000).ok_or_else(wrong)?;
                    rule.end = End::Count(count.unsigned_abs());
                }
                "UNTIL" => rule.end = End::Until(until(value).ok_or_else(wrong)?),
                "BYDAY" => rule.by_day = list(value, by_day).ok_or_else(wrong)?,
                "BYMONTHDAY" => {
                    rule.by_month_day =
                        list(value, |day| number(day, -31..=31).filter(|day| *day != 0))
                            .ok_or_else(wrong)?;
                }
                "BYMONTH" => {
                    rule.by_month =
                        list(value, |month| number(month, 1..=12).map(i32::unsigned_abs))
                            .ok_or_else(wrong)?;
                }
                "WKST" if value == "MO" => {}
                _ => return Err(RuleError::Unsupported(part.to_owned())),
            }
        }
        rule.frequency = frequency.ok_or_else(|| RuleError::Shape(text.to_owned()))?;
        let ordinals = rule.by_day.iter().any(|by| by.ordinal.is_some());
        if ordinals && matches!(rule.frequency, Frequency::Daily | Frequency::Weekly) {
            return Err(RuleError::Value("BYDAY".to_owned()));
        }
        if rule.frequency == Frequency::Weekly && !rule.by_month_day.is_empty() {
            return Err(RuleError::Value("BYMONTHDAY".to_owned()));
        }
        Ok(rule)
    }

    /// The starts of all occurrences of something that first starts at `first`, ascending,
    /// without end if the rule has none. `first` itself counts only if it fits the rule.
    fn starts(&self, first: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let mut period = 0u32;
        let mut empty = 0u32;
        let mut waiting = std::collections::VecDeque::new();
        let mut given = 0u32;
        std::iter::from_fn(move || {
            while waiting.is_empty() {
                if empty > EMPTY_PERIODS {
                    return None;
                }
                let days = self.period(first.date(), period)?;
                period += 1;
                waiting.extend(
                    days.into_iter()
                        .map(|day| day.and_time(first.time()))
                        .filter(|at| *at >= first),
                );
                empty = if waiting.is_empty() { empty + 1 } else { 0 };
            }
            let next = waiting.pop_front()?;
            match self.end {
                End::Count(count) if given >= count => return None,
                End::Until(until) if next > until => return None,
                _ => {}
            }
            given += 1;
            Some(next)
        })
    }

    /// The days of the `index`-th period from the one `first` lies in, ascending; `None`
    /// past the end of the calendar.
    fn period(&self, first: NaiveDate, index: u32) -> Option<Vec<NaiveDate>> {
        let step = u64::from(index) * u64::from(self.interval);
        let months = |count: u64| {
            let start = first.with_day(1)?;
            start.checked_add_months(Months::new(u32::try_from(count).ok()?))
        };
        let mut days = match self.frequency {
            Frequency::Daily => vec![first.checked_add_days(Days::new(step))?],
            Frequency::Weekly => {
                let monday = monday_of(first).checked_add_days(Days::new(step * 7))?;
                let week = monday.iter_days().take(7);
                if self.by_day.is_empty() {
                    week.filter(|day| day.weekday() == first.weekday()).collect()
                } else {
                    week.collect()
                }
            }
            Frequency::Monthly => self.in_month(months(step)?, first),
            Frequency::Yearly => {
                let january = first.with_ordinal(1)?.year();
                let year = january.checked_add(i32::try_from(step).ok()?)?;
                self.in_year(year, first)?
            }
        };
        if !self.by_month.is_empty() {
            days.retain(|day| self.by_month.contains(&day.month()));
        }
        if matches!(self.frequency, Frequency::Daily | Frequency::Weekly) {
            days.retain(|day| self.fits_by_day(*day) && self.fits_by_month_day(*day));
        }
        Some(days)
    }

    fn in_month(&self, start: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let all: Vec<_> =
            start.iter_days().take_while(|day| day.month() == start.month()).collect();
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            return all.into_iter().filter(|day| day.day() == first.day()).collect();
        }
        all.iter()
            .filter(|day| self.fits_by_month_day(**day) && self.fits_ordinal(**day, &all))
            .copied()
            .collect()
    }

    fn in_year(&self, year: i32, first: NaiveDate) -> Option<Vec<NaiveDate>> {
        let month_start = |month| NaiveDate::from_ymd_opt(year, month, 1);
        if !self.by_month.is_empty() || !self.by_month_day.is_empty() {
            let months: Vec<u32> =
                if self.by_month.is_empty() { (1..=12).collect() } else { self.by_month.clone() };
            let mut days = Vec::new();
            for month in months {
                days.extend(self.in_month(month_start(month)?, first));
            }
            days.sort_unstable();
            days.dedup();
            return Some(days);
        }
        if self.by_day.is_empty() {
            // 29 February exists in leap years only; other years have no occurrence.
            return Some(
                NaiveDate::from_ymd_opt(year, first.month(), first.day()).into_iter().collect(),
            );
        }
        let all: Vec<_> =
            month_start(1)?.iter_days().take_while(|day| day.year() == year).collect();
        Some(all.iter().filter(|day| self.fits_ordinal(**day, &all)).copied().collect())
    }

    fn fits_by_day(&self, day: NaiveDate) -> bool {
        self.by_day.is_empty() || self.by_day.iter().any(|by| by.day == Weekday::of(day))
    }

    fn fits_by_month_day(&self, day: NaiveDate) -> bool {
        let last = last_of_month(day);
        self.by_month_day.is_empty()
            || self.by_month_day.iter().any(|wanted| {
                let wanted = if *wanted < 0 { last + 1 + wanted } else { *wanted };
                i32::try_from(day.day()) == Ok(wanted)
            })
    }

    /// Whether `day` is the wanted weekday of the period `all`: `2TU` the second Tuesday.
    fn fits_ordinal(&self, day: NaiveDate, all: &[NaiveDate]) -> bool {
        self.by_day.is_empty()
            || self.by_day.iter().any(|by| {
                if by.day != Weekday::of(day) {
                    return false;
                }
                let Some(ordinal) = by.ordinal else { return true };
                let same = |other: &&NaiveDate| other.weekday() == day.weekday();
                let wanted = usize::try_from(ordinal.unsigned_abs() - 1).unwrap_or(usize::MAX);
                let found = if ordinal > 0 {
                    all.iter().filter(same).nth(wanted)
                } else {
                    all.iter().rev().filter(same).nth(wanted)
                };
                found == Some(&day)
            })
    }
}

fn last_of_month(day: NaiveDate) -> i32 {
    i32::from(day.num_days_in_month())
}

fn number(text: &str, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
    text.parse().ok().filter(|number| range.contains(number))
}

fn list<T>(text: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(item).collect()
}

fn by_day(text: &str) -> Option<ByDay> {
    let day = match text.get(text.len().checked_sub(2)?..)? {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let ordinal = match &text[..text.len() - 2] {
        "" => None,
        ordinal => Some(number(ordinal, -53..=53).filter(|ordinal| *ordinal != 0)?),
    };
    Some(ByDay { day, ordinal })
}

/// `UNTIL` is a date (then its whole day counts) or a date and time; a `Z` is read as wall
/// time in London, which is what calendars that write one mean by the day.
fn until(text: &str) -> Option<NaiveDateTime> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return date.and_hms_opt(23, 59, 59);
    }
    if let Some(utc) = text.strip_suffix('Z') {
        let utc = NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S").ok()?;
        return Some(crate::time::Millis(utc.and_utc().timestamp_millis()).london());
    }
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()
}

/// The starts of `event` on the days `from` to `to`, both included, ascending. An event whose
/// rule cannot be read takes place once, at its start.
pub fn occurrences(event: &Event, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDateTime> {
    let wanted =
        |at: &NaiveDateTime| (from..=to).contains(&at.date()) && !event.except.contains(&at.date());
    match event.rule.as_deref().map(Rule::parse) {
        Some(Ok(rule)) => {
            rule.starts(event.start).take_while(|at| at.date() <= to).filter(wanted).collect()
        }
        Some(Err(_)) | None => Some(event.start).into_iter().filter(wanted).collect(),
    }
}
