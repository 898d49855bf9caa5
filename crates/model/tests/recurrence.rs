//! Our subset of RRULE against the `rrule` crate and against published calendars.
//!
//! `rrule` reckons with instants, we with wall times. Given UTC it does wall-time arithmetic,
//! which is how it serves as oracle for any time of day. Given Europe/London the two differ
//! at times that the clock change leaves out or gives twice; [`across_clock_changes`] stays
//! away from the hours between 01:00 and 02:00 for that reason.
//!
//! Differences between `rrule` 0.14 and us, kept out of the comparison:
//! - of `BYDAY=1SA,SU` it takes the days that are both a first Saturday and a Sunday, so
//!   none, where RFC 5545 means either;
//! - it refuses the ordinals -5 in monthly and -53 in yearly rules, which RFC 5545 allows;
//! - it refuses an `UNTIL` before the start, where we find nothing;
//! - it wants `UNTIL` in UTC whenever the start has a zone, where we also take wall time
//!   and whole days;
//! - it looks for a rule that never matches until the year 10,000, unless limited to 100,000
//!   periods, as here.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own case has failed")]

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use model::{
    Text,
    catalogue::Event,
    recurrence::{Rule, occurrences},
};
use proptest::{prelude::*, sample::subsequence};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

mod published;

fn event(start: NaiveDateTime, rule: &str) -> Event {
    Event {
        title: Text::english("Knit and Natter"),
        summary: Text::english("Bring your needles."),
        venue: None,
        place: Some("Hall".to_owned()),
        themes: Vec::new(),
        start,
        minutes: 60,
        all_day: false,
        rule: Some(rule.to_owned()),
        except: Vec::new(),
        cost: Text::default(),
        booking: Text::default(),
        example: false,
        cancelled: false,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

/// The days on which the rule takes place in the window, as "2026-03-29 2026-04-05".
fn days(start: &str, rule: &str, from: &str, to: &str) -> String {
    let found = occurrences(&event(at(start), rule), day(from), day(to));
    found.iter().map(|at| at.date().to_string()).collect::<Vec<_>>().join(" ")
}

/// What `rrule` finds, in wall time of `zone`.
fn oracle(
    start: NaiveDateTime,
    rule: &str,
    from: NaiveDate,
    to: NaiveDate,
    zone: Tz,
) -> Vec<NaiveDateTime> {
    let first = start.and_local_timezone(zone).single().unwrap();
    let parsed: RRule<Unvalidated> = rule.parse().unwrap();
    let set = RRuleSet::new(first).rrule(parsed.validate(first).unwrap()).limit();
    let past = to.succ_opt().unwrap().and_time(NaiveTime::MIN);
    (&set)
        .into_iter()
        .map(|at| at.naive_local())
        .take_while(|at| *at < past)
        .filter(|at| at.date() >= from)
        .collect()
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Some of the weekdays: all without an ordinal, or each with one up to `most`.
fn by_day(most: i32) -> impl Strategy<Value = String> {
    let ordinal = prop_oneof![
        2 => (1..=most.max(1)).prop_map(|n| n.to_string()),
        1 => (1..most.max(2)).prop_map(|n| format!("-{n}")),
    ];
    (subsequence(WEEKDAYS.to_vec(), 1..4), any::<bool>()).prop_flat_map(move |(days, plain)| {
        let ordinals = proptest::collection::vec(ordinal.clone(), days.len());
        ordinals.prop_map(move |ordinals| {
            let days = days.iter().zip(ordinals).map(|(day, ordinal)| {
                if plain || most == 0 { (*day).to_owned() } else { ordinal + day }
            });
            days.collect::<Vec<_>>().join(",")
        })
    })
}

fn numbers(of: Vec<i32>) -> impl Strategy<Value = String> {
    subsequence(of, 1..4)
        .prop_map(|found| found.iter().map(i32::to_string).collect::<Vec<_>>().join(","))
}

/// `;NAME=` and a value, in one of three cases.
fn part(name: &'static str, value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        1 => value.prop_map(move |value| format!(";{name}={value}")),
    ]
}

/// A rule of our subset without an end.
fn endless() -> impl Strategy<Value = String> {
    let interval = || prop_oneof![3 => Just(String::new()), 2 => (1..6).prop_map(|n| format!(";INTERVAL={n}"))];
    let month_days =
        || part("BYMONTHDAY", numbers(vec![1, 2, 13, 15, 28, 29, 30, 31, -1, -2, -31]));
    let months = || part("BYMONTH", numbers((1..=12).collect()));
    let rule = |frequency: &'static str,
                ordinals: i32,
                month_days: BoxedStrategy<String>,
                months: BoxedStrategy<String>| {
        (interval(), part("BYDAY", by_day(ordinals)), month_days, months).prop_map(
            move |(interval, by_day, by_month_day, by_month)| {
                format!("FREQ={frequency}{interval}{by_day}{by_month_day}{by_month}")
            },
        )
    };
    let none = || Just(String::new()).boxed();
    prop_oneof![
        rule("DAILY", 0, month_days().boxed(), months().boxed()),
        rule("WEEKLY", 0, none(), months().boxed()),
        rule("MONTHLY", 5, month_days().boxed(), months().boxed()),
        // Ordinals count within the month where there is one, else within the year.
        rule(
            "YEARLY",
            5,
            month_days().boxed(),
            numbers((1..=12).collect()).prop_map(|months| format!(";BYMONTH={months}")).boxed()
        ),
        rule("YEARLY", 53, month_days().boxed(), none()),
    ]
}

fn start() -> impl Strategy<Value = NaiveDateTime> {
    let hours = prop_oneof![Just((0, 0)), Just((1, 30)), Just((10, 30)), Just((23, 59))];
    (0u64..6_000, hours).prop_map(|(days, (hour, minute))| {
        (day("2012-01-01") + Days::new(days)).and_hms_opt(hour, minute, 0).unwrap()
    })
}

proptest! {
    #[test]
    fn endless_rules_agree(
        rule in endless(), start in start(), ahead in 0u64..4_000, long in 0u64..900,
    ) {
        let from = start.date() + Days::new(ahead) - Days::new(100);
        let to = from + Days::new(long);
        let ours = occurrences(&event(start, &rule), from, to);
        prop_assert_eq!(ours, oracle(start, &rule, from, to, Tz::UTC), "{} from {}", rule, start);
    }

    #[test]
    fn counted_rules_agree(
        rule in endless(), start in start(), count in 1u32..60, ahead in 0u64..2_000, long in 0u64..900,
    ) {
        let rule = format!("{rule};COUNT={count}");
        let from = start.date() + Days::new(ahead) - Days::new(100);
        let to = from + Days::new(long);
        let ours = occurrences(&event(start, &rule), from, to);
        prop_assert_eq!(ours, oracle(start, &rule, from, to, Tz::UTC), "{} from {}", rule, start);
    }

    #[test]
    fn rules_with_an_end_agree(
        rule in endless(), start in start(), lasts in 0u64..1_500, ahead in 0u64..1_000,
        long in 0u64..900, minutes in -1i64..=1,
    ) {
        let last = start + Days::new(lasts) + chrono::Duration::minutes(minutes);
        prop_assume!(last >= start);
        let from = start.date() + Days::new(ahead) - Days::new(100);
        let to = from + Days::new(long);
        let local = format!("{rule};UNTIL={}", last.format("%Y%m%dT%H%M%S"));
        let ours = occurrences(&event(start, &local), from, to);
        let theirs = oracle(start, &format!("{local}Z"), from, to, Tz::UTC);
        prop_assert_eq!(ours, theirs, "{} from {}", rule, start);
    }

    /// In London's own zone, over a year with both clock changes, at hours that exist.
    #[test]
    fn across_clock_changes(
        rule in endless(), start in start(), hour in prop_oneof![Just(0), 2u32..24], until in 0u64..400,
    ) {
        let start = start.date().and_hms_opt(hour, 30, 0).unwrap();
        let from = start.date();
        let to = from + Days::new(400);
        let ours = occurrences(&event(start, &rule), from, to);
        prop_assert!(ours.iter().all(|at| at.time() == start.time()));
        prop_assert_eq!(&ours, &oracle(start, &rule, from, to, Tz::Europe__London));

        // UNTIL in UTC means the same instant to both.
        let last = (from + Days::new(until)).and_time(start.time()).and_utc();
        let rule = format!("{rule};UNTIL={}", last.format("%Y%m%dT%H%M%SZ"));
        prop_assume!(last >= start.and_local_timezone(chrono_tz::Europe::London).unwrap());
        let ours = occurrences(&event(start, &rule), from, to);
        prop_assert_eq!(&ours, &oracle(start, &rule, from, to, Tz::Europe__London), "{}", rule);
    }

    /// A window shows what a longer one shows of the same days.
    #[test]
    fn windows_cut_and_nothing_else(
        rule in endless(), count in proptest::option::of(1u32..50), start in start(),
        cut in 0u64..800, long in 0u64..100,
    ) {
        let rule = count.map_or(rule.clone(), |count| format!("{rule};COUNT={count}"));
        let event = event(start, &rule);
        let from = start.date() + Days::new(cut);
        let to = from + Days::new(long);
        let all = occurrences(&event, start.date() - Days::new(10), start.date() + Days::new(1_000));
        let expected: Vec<_> =
            all.into_iter().filter(|at| (from..=to).contains(&at.date())).collect();
        prop_assert_eq!(occurrences(&event, from, to), expected);
    }

    #[test]
    fn no_text_makes_it_panic(
        rule in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))?(;?[A-Z]{1,10}=[-+0-9A-ZÄ,]{0,12}){0,4}",
        start in start(),
    ) {
        if Rule::parse(&rule).is_ok() {
            occurrences(&event(start, &rule), start.date(), start.date() + Days::new(400));
        }
    }
}

#[test]
fn both_clock_changes_keep_the_wall_time() {
    let weekly = event(at("2026-03-22T01:30"), "FREQ=WEEKLY");
    // 01:30 does not exist in London on 29 March and comes twice on 25 October. People come
    // when the clock on the wall says so, as near as it gets.
    for (from, to) in [("2026-03-22", "2026-04-05"), ("2026-10-18", "2026-11-01")] {
        let found = occurrences(&weekly, day(from), day(to));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|at| at.time() == weekly.start.time()));
    }
}

#[test]
fn what_programmes_say() {
    let year = ["2026-01-01", "2026-12-31"];
    let in_2026 = |start, rule| days(start, rule, year[0], year[1]);
    // The 31st: seven months have one.
    assert_eq!(in_2026("2026-01-31T10:00", "FREQ=MONTHLY").split(' ').count(), 7);
    assert_eq!(
        in_2026("2026-01-31T10:00", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"),
        "2026-01-31 2026-02-28 2026-03-31",
    );
    // Every other week from a Wednesday: Monday belongs to the same week.
    assert_eq!(
        in_2026("2026-01-07T10:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4"),
        "2026-01-07 2026-01-19 2026-01-21 2026-02-02",
    );
    // Windrush Day; the late May bank holiday; the last Friday of March and September.
    assert_eq!(in_2026("2020-06-22T10:00", "FREQ=YEARLY"), "2026-06-22");
    assert_eq!(in_2026("2020-05-25T10:00", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"), "2026-05-25");
    assert_eq!(
        in_2026("2020-03-27T10:00", "FREQ=YEARLY;BYMONTH=3,9;BYDAY=-1FR"),
        "2026-03-27 2026-09-25",
    );
    // The hundredth day of the year's Mondays would be none; the 20th Monday is one.
    assert_eq!(in_2026("2020-05-18T10:00", "FREQ=YEARLY;BYDAY=20MO"), "2026-05-18");
    assert_eq!(
        in_2026("2020-11-13T10:00", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
        "2026-02-13 2026-03-13 2026-11-13"
    );
    // Days left out still count.
    let mut event = event(at("2026-01-05T10:00"), "FREQ=WEEKLY;COUNT=3");
    event.except = vec![day("2026-01-12")];
    let found = occurrences(&event, day(year[0]), day(year[1]));
    assert_eq!(found, [at("2026-01-05T10:00"), at("2026-01-19T10:00")]);
}

#[test]
fn ordinals_and_plain_weekdays_together() {
    assert_eq!(
        days("2026-05-01T10:00", "FREQ=MONTHLY;BYDAY=1SA,SU,-1FR", "2026-05-01", "2026-05-31"),
        "2026-05-02 2026-05-03 2026-05-10 2026-05-17 2026-05-24 2026-05-29 2026-05-31",
    );
    assert_eq!(
        days("2026-05-01T10:00", "FREQ=MONTHLY;BYDAY=-5FR", "2026-05-01", "2026-08-31"),
        "2026-05-01 2026-07-03",
    );
    assert_eq!(
        days("2020-01-01T10:00", "FREQ=YEARLY;BYDAY=-53TH", "2025-01-01", "2027-01-01"),
        "2026-01-01"
    );
}

#[test]
fn the_ends_of_the_calendar_are_safe() {
    for first in [NaiveDate::MIN, NaiveDate::MAX] {
        for rule in ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY;COUNT=5", "FREQ=YEARLY;BYDAY=MO"] {
            let event = event(first.and_time(NaiveTime::MIN), rule);
            occurrences(&event, day("2026-01-01"), day("2026-02-01"));
            occurrences(&event, first, first);
            occurrences(&event, NaiveDate::MAX, NaiveDate::MAX);
        }
    }
}

#[test]
fn leap_days() {
    let found = days("2024-02-29T10:00", "FREQ=YEARLY", "2024-01-01", "2040-12-31");
    assert_eq!(found, "2024-02-29 2028-02-29 2032-02-29 2036-02-29 2040-02-29");
    // 2100 has none. All ways to say it find 2104.
    for rule in [
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29",
    ] {
        let found = days("2096-02-29T10:00", rule, "2096-01-01", "2105-12-31");
        assert_eq!(found, "2096-02-29 2104-02-29", "{rule}");
        let found =
            days("2096-02-29T10:00", &format!("{rule};COUNT=2"), "2096-03-01", "2105-12-31");
        assert_eq!(found, "2104-02-29", "{rule}");
    }
}

/// Far windows are reached without a walk through all the years between, and what never
/// happens is not looked for until the end of the calendar.
#[test]
fn far_windows_are_quick() {
    let began = std::time::Instant::now();
    for rule in ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"] {
        for _ in 0..200 {
            assert!(!days("1970-01-01T10:00", rule, "2036-03-01", "2036-03-31").is_empty());
        }
    }
    for never in [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000",
    ] {
        assert_eq!(days("1970-01-01T10:00", never, "2036-03-01", "9999-03-31"), "", "{never}");
    }
    // Milliseconds in truth; seconds where it is walked. Wide, since machines differ.
    assert!(began.elapsed().as_millis() < 2_000, "{:?}", began.elapsed());
}

#[test]
fn what_is_not_understood_is_said() {
    for rule in [
        "",
        "FREQ=SECONDLY",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;BYMONTHDAY=2",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-6MO",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;COUNT=3;UNTIL=20261201",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;INTERVAL=2;INTERVAL=3",
        "FREQ=WEEKLY;WKST=SU",
        "FREQ",
    ] {
        assert!(Rule::parse(rule).is_err(), "{rule}");
    }
}
