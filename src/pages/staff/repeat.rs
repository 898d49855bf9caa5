//! How an event repeats: what the picker offers, and the recurrence rule it means.
//!
//! **Invariant:** a rule that the picker cannot express stays as it was written, in
//! [`Repeat::other`]. Reading a rule and writing it again changes nothing but the order of
//! its parts.

use chrono::{Datelike, NaiveDate};
use model::catalogue::Weekday;

/// The patterns that most programmes use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// It takes place once.
    Never,
    /// Each week on some days.
    Weekly,
    /// Every second week on some days.
    Fortnightly,
    /// On a certain weekday of the month: the third Saturday.
    Monthly,
    /// On the same day each year.
    Yearly,
    /// By a rule that stands in words of iCalendar.
    Other,
}

impl Pattern {
    /// Every pattern, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Never, Self::Weekly, Self::Fortnightly, Self::Monthly, Self::Yearly, Self::Other];

    /// The name in the form.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Weekly => "weekly",
            Self::Fortnightly => "fortnightly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
            Self::Other => "other",
        }
    }
}

/// What the picker holds. Parts that the pattern does not use are kept for a change of mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// Which pattern.
    pub pattern: Pattern,
    /// Weekly and fortnightly: on these days; none means the day of the start.
    pub days: Vec<Weekday>,
    /// Monthly: the first to fourth such day of the month, or −1 for the last.
    pub nth: i32,
    /// Monthly: which weekday.
    pub nth_day: Weekday,
    /// The last day on which it may take place: empty, a date, or what is no date (yet).
    pub until: String,
    /// The rule as written, where the pattern is [`Pattern::Other`].
    pub other: String,
}

/// The two letters of each weekday in a rule, Monday first.
const LETTERS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Repeat {
    /// What a stored rule means to the picker, for an event that starts on `start`.
    pub fn read(rule: Option<&str>, start: NaiveDate) -> Self {
        let mut repeat = Self {
            pattern: Pattern::Never,
            days: Vec::new(),
            nth: 1,
            nth_day: Weekday::Monday,
            until: String::new(),
            other: String::new(),
        };
        repeat.suggest(start);
        if let Some(rule) = rule
            && repeat.take(rule, start).is_none()
        {
            repeat.pattern = Pattern::Other;
            repeat.other = rule.to_owned();
        }
        repeat
    }

    /// Sets the days to those that an event starting on `start` has most likely: its own.
    pub fn suggest(&mut self, start: NaiveDate) {
        let nth = i32::try_from(start.day0() / 7 + 1).unwrap_or(1);
        self.days = vec![Weekday::of(start)];
        self.nth_day = Weekday::of(start);
        self.nth = if nth > 4 { -1 } else { nth };
    }

    /// Takes over a rule; `None`, and half taken, if any part of it has no place here.
    fn take(&mut self, rule: &str, start: NaiveDate) -> Option<()> {
        let mut frequency = None;
        let mut interval = 1;
        let mut by_day = None;
        let (mut month, mut month_day) = (None, None);
        for part in rule.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => frequency = Some(value),
                "INTERVAL" => interval = value.parse::<u32>().ok()?,
                "BYDAY" => by_day = Some(value),
                "BYMONTH" => month = Some(value.parse::<u32>().ok()?),
                "BYMONTHDAY" => month_day = Some(value.parse::<u32>().ok()?),
                "UNTIL" => {
                    let date = NaiveDate::parse_from_str(value, "%Y%m%d").ok()?;
                    self.until = date.to_string();
                }
                "WKST" if value == "MO" => {}
                _ => return None,
            }
        }
        self.pattern = match (frequency?, interval, by_day, month, month_day) {
            ("WEEKLY", 1 | 2, days, None, None) => {
                self.days = match days {
                    Some(days) => days.split(',').map(weekday).collect::<Option<_>>()?,
                    None => Vec::new(),
                };
                if interval == 1 { Pattern::Weekly } else { Pattern::Fortnightly }
            }
            ("MONTHLY", 1, Some(day), None, None) => {
                let (nth, letters) = day.split_at_checked(day.len().checked_sub(2)?)?;
                self.nth = nth.parse().ok().filter(|nth| matches!(nth, -1 | 1..=4))?;
                self.nth_day = weekday(letters)?;
                Pattern::Monthly
            }
            ("YEARLY", 1, None, month, day) if fits(month, day, start) => Pattern::Yearly,
            _ => return None,
        };
        Some(())
    }

    /// The rule that the picker means, or none for an event that takes place once. A date that
    /// cannot be read is left out; the form tells it before.
    pub fn rule(&self, start: NaiveDate) -> Option<String> {
        let rule = match self.pattern {
            Pattern::Never => return None,
            Pattern::Other => {
                let rule = self.other.trim();
                let rule = rule.strip_prefix("RRULE:").unwrap_or(rule);
                return Some(rule.to_owned());
            }
            Pattern::Weekly => format!("FREQ=WEEKLY;BYDAY={}", self.letters(start)),
            Pattern::Fortnightly => {
                format!("FREQ=WEEKLY;INTERVAL=2;BYDAY={}", self.letters(start))
            }
            Pattern::Monthly => {
                format!("FREQ=MONTHLY;BYDAY={}{}", self.nth, LETTERS[self.nth_day as usize])
            }
            Pattern::Yearly => {
                format!("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}", start.month(), start.day())
            }
        };
        Some(match self.until.parse::<NaiveDate>() {
            Ok(until) => format!("{rule};UNTIL={}", until.format("%Y%m%d")),
            Err(_) => rule,
        })
    }

    fn letters(&self, start: NaiveDate) -> String {
        let start = [Weekday::of(start)];
        let days = if self.days.is_empty() { &start[..] } else { &self.days };
        let chosen = Weekday::ALL.into_iter().filter(|day| days.contains(day));
        chosen.map(|day| LETTERS[day as usize]).collect::<Vec<_>>().join(",")
    }
}

fn weekday(letters: &str) -> Option<Weekday> {
    let index = LETTERS.iter().position(|known| *known == letters)?;
    Some(Weekday::ALL[index])
}

/// Whether the parts of a yearly rule name the day of the start, or nothing else.
fn fits(month: Option<u32>, day: Option<u32>, start: NaiveDate) -> bool {
    matches!((month, day), (None, None)) || (month, day) == (Some(start.month()), Some(start.day()))
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_the_picker_can_express_comes_back() {
        for (rule, start, pattern) in [
            ("FREQ=WEEKLY;BYDAY=TU,TH", "2026-09-01", Pattern::Weekly),
            ("FREQ=WEEKLY;BYDAY=TH;UNTIL=20270331", "2026-09-03", Pattern::Weekly),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2026-09-05", Pattern::Fortnightly),
            ("FREQ=MONTHLY;BYDAY=3SA", "2026-09-19", Pattern::Monthly),
            ("FREQ=MONTHLY;BYDAY=-1FR", "2026-09-25", Pattern::Monthly),
            ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=22", "2027-06-22", Pattern::Yearly),
        ] {
            let repeat = Repeat::read(Some(rule), day(start));
            assert_eq!(repeat.pattern, pattern, "{rule}");
            assert_eq!(repeat.rule(day(start)).as_deref(), Some(rule));
        }
    }

    #[test]
    fn what_it_cannot_express_stays_as_it_is() {
        for rule in [
            "FREQ=YEARLY;BYMONTH=11;BYDAY=2SU",
            "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1",
            "FREQ=DAILY;COUNT=5",
            "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270331T120000Z",
            "FREQ=WEEKLY;INTERVAL=3",
            "FREQ=MONTHLY;BYDAY=1MO,3MO",
            "FREQ=MONTHLY;BYMONTHDAY=15",
            "FREQ=YEARLY;BYMONTH=9",
            "nonsense",
        ] {
            let repeat = Repeat::read(Some(rule), day("2026-09-01"));
            assert_eq!(repeat.pattern, Pattern::Other, "{rule}");
            assert_eq!(repeat.rule(day("2026-09-01")).as_deref(), Some(rule));
        }
    }

    #[test]
    fn a_weekly_event_without_days_takes_the_day_it_starts_on() {
        let mut repeat = Repeat::read(None, day("2026-09-01"));
        assert_eq!(repeat.rule(day("2026-09-01")), None);
        repeat.pattern = Pattern::Weekly;
        repeat.days.clear();
        assert_eq!(repeat.rule(day("2026-09-02")).as_deref(), Some("FREQ=WEEKLY;BYDAY=WE"));
    }
}
