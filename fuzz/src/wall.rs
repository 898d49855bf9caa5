//! Dates, times, rules of recurrence and numbers, as records and answers hold them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use model::{
    catalogue::Event,
    recurrence::{Rule, occurrences},
    time::{Wall, london_midnight, parse_date},
};
use serde_json::json;
use survey::number;

/// Takes `data` as the text of each.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    written::<NaiveDate>(&text);
    written::<NaiveTime>(&text);
    written::<NaiveDateTime>(&text);
    if let Some(date) = parse_date(&text) {
        assert_eq!(london_midnight(date).london_date(), date);
    }
    rule(&text);
    digits(&text);
}

/// What is read is written so that it reads the same, and as others read it.
fn written<T: Wall + PartialEq + std::fmt::Debug + std::str::FromStr>(text: &str) {
    let Some(value) = T::read(text) else { return };
    let written = value.written();
    assert_eq!(T::read(&written).as_ref(), Some(&value), "{written}");
    assert_eq!(written.parse().ok(), Some(value), "{written}");
}

/// The occurrences of a rule come in order, and looking at fewer days gives no others.
fn rule(text: &str) {
    let (start, rule) = text.split_once(' ').unwrap_or(("2026-11-24T10:30:00", text));
    if Rule::parse(rule).is_err() {
        return;
    }
    let event = json!({
        "title": {}, "summary": {}, "start": start, "minutes": 60, "rule": rule,
    });
    let Ok(event) = serde_json::from_value::<Event>(event) else { return };
    let first = event.start.date();
    let day = |days| first.checked_add_days(chrono::Days::new(days));
    let (Some(from), Some(mid), Some(to)) = (day(0), day(90), day(800)) else { return };
    let all = occurrences(&event, from, to);
    assert!(all.is_sorted() && all.iter().all(|at| *at >= event.start), "{all:?}");
    let later: Vec<_> = all.into_iter().filter(|at| at.date() >= mid).collect();
    assert_eq!(occurrences(&event, mid, to), later);
}

/// Numbers are those of the standard library, to one part in 10^15, and read back.
fn digits(text: &str) {
    let Some(value) = number::parse(text) else { return };
    let exact: f64 = text.parse().unwrap();
    let near = |one: f64, other: f64| {
        one == other || (one - other).abs() <= 1e-14 * other.abs() || other.abs() < 1e-15
    };
    assert!(near(value, exact), "{value:e} for {exact:e}");
    let written = number::write(value);
    if value.is_finite() && (1e-6..1e30).contains(&value.abs()) {
        let again = number::parse(&written).unwrap();
        assert!(near(again, value), "{again:e} for {value:e}");
    }
}
