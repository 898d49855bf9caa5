//! Instants, and the wall clock of the venues.
//!
//! An event is at half past ten on the clock of the hall, so events hold wall times without
//! a zone. Instants (when something was saved) are milliseconds since 1970 and are turned
//! into wall time here, in Europe/London, whatever zone the tablet believes it is in.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
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
///
/// This and the readers below are ours because chrono's, which read any format, are a thirtieth
/// of the bytes of the app.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut digits = Digits(text);
    let date = digits.date("-")?;
    digits.0.is_empty().then_some(date)
}

/// Reads a wall time, `10:30` or `10:30:00`.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut digits = Digits(text);
    let time = digits.time(":")?;
    digits.0.is_empty().then_some(time)
}

/// Reads a date and a wall time, `2026-11-24T10:30:00`; the seconds may be missing.
pub fn parse_moment(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    Some(parse_date(date)?.and_time(parse_time(time)?))
}

/// What is left to read of a date or time.
pub(crate) struct Digits<'a>(pub(crate) &'a str);

impl Digits<'_> {
    /// Exactly `count` digits.
    fn number(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
    }

    fn skip(&mut self, mark: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(mark)?;
        Some(())
    }

    /// Year, month and day with `mark` between them.
    pub(crate) fn date(&mut self, mark: &str) -> Option<NaiveDate> {
        let year = i32::try_from(self.number(4)?).ok()?;
        self.skip(mark)?;
        let month = self.number(2)?;
        self.skip(mark)?;
        NaiveDate::from_ymd_opt(year, month, self.number(2)?)
    }

    /// Hour, minute and, if they are there, seconds with `mark` between them.
    pub(crate) fn time(&mut self, mark: &str) -> Option<NaiveTime> {
        let hour = self.number(2)?;
        self.skip(mark)?;
        let minute = self.number(2)?;
        let second = if self.0.is_empty() {
            0
        } else {
            self.skip(mark)?;
            self.number(2)?
        };
        NaiveTime::from_hms_opt(hour, minute, second)
    }
}

/// What has a form on the wire that the readers above read.
pub trait Wall: Sized {
    /// Reads it.
    fn read(text: &str) -> Option<Self>;
    /// Writes it.
    fn written(&self) -> String;
}

impl Wall for NaiveDate {
    fn read(text: &str) -> Option<Self> {
        parse_date(text)
    }

    fn written(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl Wall for NaiveTime {
    fn read(text: &str) -> Option<Self> {
        parse_time(text)
    }

    fn written(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())
    }
}

impl Wall for NaiveDateTime {
    fn read(text: &str) -> Option<Self> {
        parse_moment(text)
    }

    fn written(&self) -> String {
        format!("{}T{}", self.date().written(), self.time().written())
    }
}

/// [`Wall`] for serde: `#[serde(with = "wall")]`.
pub mod wall {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Wall;

    /// Writes a date or time as a string.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Wall, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.written())
    }

    /// Reads a date or time from a string.
    ///
    /// # Errors
    /// For any other form.
    pub fn deserialize<'de, T: Wall, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        T::read(&text).ok_or_else(|| D::Error::custom("a date or time like 2026-11-24T10:30:00"))
    }
}

/// One date or time of several, or one that may be missing.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Written<T: Wall>(#[serde(with = "wall")] T);

/// [`wall`] for a date that may be missing, to be used with `default`.
pub mod wall_option {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Written;

    /// Writes what is there.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        value: &Option<NaiveDate>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(Written).serialize(serializer)
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// For what is neither a date nor null.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NaiveDate>, D::Error> {
        Ok(Option::<Written<NaiveDate>>::deserialize(deserializer)?.map(|written| written.0))
    }
}

/// [`wall`] for a list of dates.
pub mod wall_list {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Written;

    /// Writes each.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        values: &[NaiveDate],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().copied().map(Written))
    }

    /// Reads each.
    ///
    /// # Errors
    /// For what is no list of dates.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<NaiveDate>, D::Error> {
        let dates = Vec::<Written<NaiveDate>>::deserialize(deserializer)?;
        Ok(dates.into_iter().map(|written| written.0).collect())
    }
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
    fn walls_read_as_chrono_reads_them_and_nothing_else() {
        let moment = parse_moment("2028-02-29T23:05:09").unwrap();
        assert_eq!(moment.written(), "2028-02-29T23:05:09");
        assert_eq!(serde_json::to_value(moment).unwrap(), moment.written());
        assert_eq!(serde_json::to_value(moment.time()).unwrap(), moment.time().written());
        assert_eq!(serde_json::to_value(moment.date()).unwrap(), moment.date().written());
        assert_eq!(parse_time("07:30"), NaiveTime::from_hms_opt(7, 30, 0));
        for wrong in ["", "7:30", "07:3", "24:00", "07:30:00x", "0730", "07:60", "é7:30", "+7:30"]
        {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
        for wrong in
            ["2027-02-29", "2027-2-1", "2027/02/01", "2027-02-01 ", "02-01-2027", "2０27-01-01"]
        {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_starts_at_its_own_midnight() {
        let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        assert_eq!(london_midnight(day).rfc3339(), "2026-06-30T23:00:00Z");
        assert_eq!(london_midnight(day).london_date(), day);
    }
}
