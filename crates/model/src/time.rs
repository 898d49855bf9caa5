//! Instants, and the wall clock of the venues.
//!
//! An event is at half past ten on the clock of the hall, so events hold wall times without
//! a zone. Instants (when something was saved) are milliseconds since 1970 and are turned
//! into wall time here, in Europe/London, whatever zone the tablet believes it is in.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Client instants are for people to read and are
/// never used to order anything.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The instant in UTC; an instant outside chrono's range (±262,000 years) becomes 1970.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// What a clock on the wall in London shows at this instant.
    pub fn london(self) -> NaiveDateTime {
        self.utc().with_timezone(&London).naive_local()
    }

    /// The date in London at this instant.
    pub fn london_date(self) -> NaiveDate {
        self.london().date()
    }

    /// RFC 3339 in UTC with seconds: `2026-11-22T20:38:00Z`.
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// Milliseconds from `earlier` to this instant; 0 if the clock went backwards.
    pub fn since(self, earlier: Millis) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }
}

/// The instant of midnight in London at the start of `date`; used to filter by day.
pub fn london_midnight(date: NaiveDate) -> Millis {
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    // Midnight exists exactly once on every London day: clocks change at 01:00 UTC.
    midnight
        .and_local_timezone(London)
        .earliest()
        .map_or(Millis(midnight.and_utc().timestamp_millis()), |zoned| {
            Millis(zoned.timestamp_millis())
        })
}

/// Reads a date in its ISO form, `2026-11-24`, and in no other.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    let shape = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let year = i32::try_from(number(0..4)?).ok()?;
    if shape { NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?) } else { None }
}

/// Monday of the week that `date` lies in, or `date` itself where the calendar begins later.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    let days = chrono::Days::new(u64::from(date.weekday().num_days_from_monday()));
    date.checked_sub_days(days).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instants around both clock changes of 2026 (29 March, 25 October, 01:00 UTC).
    #[test]
    fn london_shows_summer_and_winter() {
        let wall = |text: &str| {
            Millis(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
                .london()
                .format("%F %R")
                .to_string()
        };
        assert_eq!(wall("2026-03-29T00:59:00Z"), "2026-03-29 00:59");
        assert_eq!(wall("2026-03-29T01:00:00Z"), "2026-03-29 02:00");
        assert_eq!(wall("2026-10-25T00:59:00Z"), "2026-10-25 01:59");
        assert_eq!(wall("2026-10-25T01:00:00Z"), "2026-10-25 01:00");
        assert_eq!(wall("2026-06-30T23:30:00Z"), "2026-07-01 00:30");
    }

    #[test]
    fn a_day_starts_at_its_own_midnight() {
        let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        assert_eq!(london_midnight(day).rfc3339(), "2026-06-30T23:00:00Z");
        assert_eq!(london_midnight(day).london_date(), day);
    }
}
