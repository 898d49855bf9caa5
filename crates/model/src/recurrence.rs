//! When something recurs: the part of iCalendar's RRULE (RFC 5545, 3.3.10) that the
//! programmes of libraries and hubs use.
//!
//! Everything is reckoned in wall time, so an event at half past ten stays at half past ten
//! across a clock change. Understood are `FREQ` (`DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`),
//! `INTERVAL`, `COUNT`, `UNTIL`, `BYDAY` (with an ordinal in monthly and yearly rules),
//! `BYMONTHDAY` and `BYMONTH`. Weeks start on Monday, RFC 5545's default. Anything else is an
//! error, never silently left out.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use crate::{
    catalogue::{Event, Weekday},
    limits::{RULE_COUNT, RULE_INTERVAL},
    time::{Digits, Millis, monday_of},
};

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
    /// The part stands twice, or COUNT and UNTIL together.
    #[error("Give \"{0}\" only once, and only one of COUNT and UNTIL.")]
    Twice(String),
}

impl Frequency {
    /// Periods after which the calendar repeats: 400 years are 146,097 days, which are whole
    /// weeks. A rule without an occurrence for so long, whatever its interval, has none, as on
    /// 30 February.
    fn cycle(self) -> u32 {
        match self {
            Self::Daily => 146_097,
            Self::Weekly => 20_871,
            Self::Monthly => 4_800,
            Self::Yearly => 400,
        }
    }
}

impl Rule {
    /// Reads the value of an RRULE.
    ///
    /// # Errors
    /// The first part that is not understood.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut frequency = None;
        let mut seen = Vec::new();
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
            let end = if name == "UNTIL" { "COUNT" } else { name };
            if seen.contains(&end) {
                return Err(RuleError::Twice(name.to_owned()));
            }
            seen.push(end);
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
                    rule.interval =
                        number(value, 1..=RULE_INTERVAL).ok_or_else(wrong)?.unsigned_abs();
                }
                "COUNT" => {
                    let count = number(value, 1..=RULE_COUNT).ok_or_else(wrong)?;
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
        let most = match rule.frequency {
            Frequency::Daily | Frequency::Weekly => 0,
            Frequency::Yearly if rule.by_month.is_empty() => 53,
            Frequency::Monthly | Frequency::Yearly => 5,
        };
        if rule.by_day.iter().filter_map(|by| by.ordinal).any(|ordinal| ordinal.abs() > most) {
            return Err(RuleError::Value("BYDAY".to_owned()));
        }
        if rule.frequency == Frequency::Weekly && !rule.by_month_day.is_empty() {
            return Err(RuleError::Value("BYMONTHDAY".to_owned()));
        }
        Ok(rule)
    }

    /// The starts on the days `from` to `to` of something that first starts at `first`,
    /// ascending. `first` itself counts only if it fits the rule.
    fn starts(&self, first: NaiveDateTime, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDateTime> {
        let mut found = Vec::new();
        let mut given = 0;
        let mut empty = 0;
        // Only a count makes one occurrence depend on those before it.
        let mut index = match self.end {
            End::Count(_) => 0,
            End::Never | End::Until(_) => self.index_of(from, first.date()),
        };
        while let Some((start, days)) = self.period(first.date(), index) {
            if start > to || empty > self.frequency.cycle() {
                break;
            }
            index += 1;
            empty += 1;
            for at in days.into_iter().map(|day| day.and_time(first.time())) {
                if at < first {
                    continue;
                }
                if matches!(self.end, End::Until(until) if at > until) {
                    return found;
                }
                empty = 0;
                given += 1;
                if (from..=to).contains(&at.date()) {
                    found.push(at);
                }
                if self.end == End::Count(given) {
                    return found;
                }
            }
        }
        found
    }

    /// The number of the period that `day` lies in, or of the last one before it.
    fn index_of(&self, day: NaiveDate, first: NaiveDate) -> u32 {
        let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let units = match self.frequency {
            Frequency::Daily => (day - first).num_days(),
            Frequency::Weekly => (day - monday_of(first)).num_days() / 7,
            Frequency::Monthly => months(day) - months(first),
            Frequency::Yearly => i64::from(day.year()) - i64::from(first.year()),
        };
        u32::try_from(units.max(0) / i64::from(self.interval)).unwrap_or(0)
    }

    /// The first day of the `index`-th period from the one `first` lies in, and the days of
    /// it that fit, ascending; `None` past the end of the calendar.
    fn period(&self, first: NaiveDate, index: u32) -> Option<(NaiveDate, Vec<NaiveDate>)> {
        let step = u64::from(index) * u64::from(self.interval);
        let (start, mut days) = match self.frequency {
            Frequency::Daily => {
                let day = first.checked_add_days(Days::new(step))?;
                (day, self.fitting(day, 1))
            }
            Frequency::Weekly => {
                let monday = monday_of(first).checked_add_days(Days::new(step * 7))?;
                let mut days = self.fitting(monday, 7);
                if self.by_day.is_empty() {
                    days.retain(|day| day.weekday() == first.weekday());
                }
                (monday, days)
            }
            Frequency::Monthly => {
                let months = Months::new(u32::try_from(step).ok()?);
                let start = first.with_day(1)?.checked_add_months(months)?;
                (start, self.in_month(start, first))
            }
            Frequency::Yearly => {
                let year = first.year().checked_add(i32::try_from(step).ok()?)?;
                let start = NaiveDate::from_ymd_opt(year, 1, 1)?;
                (start, self.in_year(start, first))
            }
        };
        if !self.by_month.is_empty() {
            days.retain(|day| self.by_month.contains(&day.month()));
        }
        Some((start, days))
    }

    fn in_month(&self, start: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            // Months without a 31st have no occurrence.
            return start.with_day(first.day()).into_iter().collect();
        }
        self.fitting(start, usize::from(start.num_days_in_month()))
    }

    fn in_year(&self, start: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        if !self.by_month.is_empty() {
            let months = (1..=12).filter_map(|month| start.with_month(month));
            return months.flat_map(|month| self.in_month(month, first)).collect();
        }
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            // 29 February exists in leap years only; other years have no occurrence.
            return first.with_year(start.year()).into_iter().collect();
        }
        self.fitting(start, if start.leap_year() { 366 } else { 365 })
    }

    /// Those of the `length` days from `start` that BYDAY and BYMONTHDAY allow; ordinals
    /// count within these days.
    fn fitting(&self, start: NaiveDate, length: usize) -> Vec<NaiveDate> {
        let days = start.iter_days().take(length).enumerate();
        days.filter(|(index, day)| {
            let nth = index / 7 + 1;
            let nth_last = (length - 1 - index) / 7 + 1;
            self.fits_by_month_day(*day) && self.fits_by_day(*day, nth, nth_last)
        })
        .map(|(_, day)| day)
        .collect()
    }

    fn fits_by_month_day(&self, day: NaiveDate) -> bool {
        let last = i32::from(day.num_days_in_month());
        self.by_month_day.is_empty()
            || self.by_month_day.iter().any(|wanted| {
                let wanted = if *wanted < 0 { last + 1 + wanted } else { *wanted };
                i32::try_from(day.day()) == Ok(wanted)
            })
    }

    /// `nth` and `nth_last` are which of its weekday the day is, from either end.
    fn fits_by_day(&self, day: NaiveDate, nth: usize, nth_last: usize) -> bool {
        self.by_day.is_empty()
            || self.by_day.iter().filter(|by| by.day == Weekday::of(day)).any(|by| {
                by.ordinal.is_none_or(|ordinal| {
                    let counted = if ordinal > 0 { nth } else { nth_last };
                    usize::try_from(ordinal.unsigned_abs()) == Ok(counted)
                })
            })
    }
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
    let (text, utc) = text.strip_suffix('Z').map_or((text, false), |text| (text, true));
    let Some((date, time)) = text.split_once('T') else {
        let mut digits = Digits(text);
        let date = digits.date("")?;
        return (digits.0.is_empty() && !utc).then(|| date.and_hms_opt(23, 59, 59))?;
    };
    let (mut date, mut time) = (Digits(date), Digits(time));
    let at = date.date("")?.and_time(time.time("")?);
    if !date.0.is_empty() || !time.0.is_empty() {
        return None;
    }
    Some(if utc { Millis(at.and_utc().timestamp_millis()).london() } else { at })
}

/// The starts of `event` on the days `from` to `to`, both included, ascending. An event whose
/// rule cannot be read takes place once, at its start.
pub fn occurrences(event: &Event, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDateTime> {
    let mut starts = match event.rule.as_deref().map(Rule::parse) {
        Some(Ok(rule)) => rule.starts(event.start, from, to),
        Some(Err(_)) | None => vec![event.start],
    };
    starts.retain(|at| (from..=to).contains(&at.date()) && !event.except.contains(&at.date()));
    starts
}
