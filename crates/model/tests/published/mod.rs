//! Calendars that other projects publish as test cases, with the starts that two
//! independent expanders agree on, and ical.net's list of rules with their instances.
//!
//! They lie beside the repository in `shared/ics` and are not part of it; where they are
//! absent, these tests say so and check nothing. Used are calendars whose events have
//! `DTSTART`, `RRULE` in our subset and `EXDATE` only.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use model::{
    catalogue::Event,
    recurrence::{Rule, occurrences},
};

use super::event;

/// Where the published cases are, if they are.
fn published(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/ics").join(part);
    if path.exists() {
        return Some(path);
    }
    say(&format!("Skipped: no {part} in ../shared/ics beside the repository."));
    None
}

/// To the terminal, past the test harness, which keeps what passing tests print.
fn say(line: &str) {
    let mut terminal = std::io::stderr();
    writeln!(terminal, "{line}").unwrap();
}

#[derive(serde::Deserialize)]
struct Expected {
    window_start: NaiveDate,
    window_end_exclusive: NaiveDate,
    count: usize,
    starts: Vec<(String, String)>,
}

#[test]
fn calendars_agree() {
    let Some(folder) = published("recurrence") else { return };
    let mut used = 0;
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "ics")) {
        let answer = path.with_extension("ics.expected.json");
        let Ok(answer) = fs::read_to_string(answer) else { continue };
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let Some(events) = events(&text) else { continue };
        let expected: Expected = serde_json::from_str(&answer).unwrap();
        let mut starts: Vec<String> =
            events.iter().flat_map(|event| event.starts(&expected)).collect();
        starts.sort();
        let mut wanted: Vec<_> = expected.starts.iter().map(|(start, _)| start.clone()).collect();
        wanted.sort();
        assert_eq!(starts.len(), expected.count, "{}", path.display());
        assert_eq!(starts[..wanted.len()], wanted, "{}", path.display());
        used += 1;
    }
    say(&format!("{used} published calendars agree."));
    assert!(used >= 20, "only {used} were understood");
}

/// An event of a calendar and the zone of its times.
struct Published {
    event: Event,
    zone: Tz,
    floating: bool,
}

impl Published {
    fn starts(&self, expected: &Expected) -> Vec<String> {
        let (from, to) = (expected.window_start, expected.window_end_exclusive);
        // The window is on what is printed, in UTC, so a day more is looked at on both sides.
        let days = occurrences(&self.event, from.pred_opt().unwrap(), to.succ_opt().unwrap());
        let printed = days.into_iter().filter_map(|at| {
            if self.event.all_day {
                return (from..to).contains(&at.date()).then(|| at.format("%Y%m%d").to_string());
            }
            let shown = if self.floating {
                at
            } else {
                at.and_local_timezone(self.zone).earliest()?.naive_utc()
            };
            let z = if self.floating { "" } else { "Z" };
            (from..to)
                .contains(&shown.date())
                .then(|| format!("{}{z}", shown.format("%Y%m%dT%H%M%S")))
        });
        printed.collect()
    }
}

/// The events of a calendar; `None` if one of them is not in our subset.
fn events(text: &str) -> Option<Vec<Published>> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut found = Vec::new();
    for (index, block) in unfolded.split("BEGIN:VEVENT\n").enumerate() {
        let Some((block, _)) = block.split_once("END:VEVENT") else {
            if index == 0 { continue } else { return None }
        };
        if index == 0 {
            return None;
        }
        found.push(published_event(block)?);
    }
    // To-dos and journals have recurrences of their own.
    let only_events = !unfolded.contains("BEGIN:VTODO") && !unfolded.contains("BEGIN:VJOURNAL");
    (only_events && !found.is_empty()).then_some(found)
}

fn published_event(block: &str) -> Option<Published> {
    let own = block.split("BEGIN:VALARM").next()?;
    let mut start = None;
    let mut rule = None;
    let mut left_out = BTreeSet::new();
    for line in own.lines() {
        let (head, value) = line.split_once(':').unwrap_or((line, ""));
        match head.split(';').next()? {
            "DTSTART" => start = Some((zone(head, value)?, time(value)?, !value.contains('T'))),
            "RRULE" if rule.is_none() => rule = Some(value),
            "RRULE" | "RDATE" | "EXRULE" | "RECURRENCE-ID" => return None,
            "EXDATE" => left_out.extend(value.split(',').map(time).collect::<Option<Vec<_>>>()?),
            _ => {}
        }
    }
    let ((zone, floating), at, all_day) = start?;
    // RFC 5545 wants UNTIL in UTC where the start has a zone; these expanders read one that is
    // not as UTC all the same, we as wall time.
    let until = rule.and_then(|rule| rule.split_once("UNTIL=")).map_or("", |(_, rest)| rest);
    if !floating && until.contains('T') && !until.contains('Z') {
        return None;
    }
    let rule = rule.map(|rule| until_on_the_wall(rule, zone));
    if rule.as_deref().is_some_and(|rule| Rule::parse(rule).is_err()) {
        return None;
    }
    let mut event = Event { all_day, ..event(at, "") };
    event.rule = rule;
    // RFC 5545 leaves open what a start means that its rule does not give; these expanders
    // count it, we do not.
    if occurrences(&event, at.date(), at.date()).is_empty() {
        return None;
    }
    event.except = left_out.iter().map(|at: &NaiveDateTime| at.date()).collect();
    Some(Published { event, zone, floating })
}

/// The zone of a property and whether its time floats; `None` for zones of unknown name.
fn zone(head: &str, value: &str) -> Option<(Tz, bool)> {
    if value.ends_with('Z') {
        return Some((Tz::UTC, false));
    }
    let Some((_, name)) = head.split_once("TZID=") else { return Some((Tz::UTC, true)) };
    let name = name.split(';').next()?.trim_matches('"');
    let name = if name == "US-Eastern" { "America/New_York" } else { name };
    Some((name.parse().ok()?, false))
}

fn time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim_end_matches('Z');
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S")
        .ok()
        .or_else(|| Some(NaiveDate::parse_from_str(text, "%Y%m%d").ok()?.and_time(NaiveTime::MIN)))
}

/// `UNTIL` in UTC means London to us; these calendars have other zones.
fn until_on_the_wall(rule: &str, zone: Tz) -> String {
    let parts = rule.trim().split(';').map(|part| {
        let instant = part.strip_prefix("UNTIL=").and_then(|until| until.strip_suffix('Z'));
        let Some(utc) = instant.and_then(time) else { return part.to_owned() };
        let wall = DateTime::<Utc>::from_naive_utc_and_offset(utc, Utc).with_timezone(&zone);
        format!("UNTIL={}", wall.format("%Y%m%dT%H%M%S"))
    });
    parts.collect::<Vec<_>>().join(";")
}

#[test]
fn listed_rules_agree() {
    let Some(path) = published("rrule-lists/icalnet_RecurrenceTestCases.txt") else { return };
    let text = fs::read_to_string(path).unwrap().replace('\r', "");
    let mut used = 0;
    for case in text.split("\n\n") {
        let value = |name: &str| case.lines().find_map(|line| line.strip_prefix(name));
        let (Some(rule), Some(start), Some(instances)) =
            (value("RRULE:"), value("DTSTART:"), value("INSTANCES:"))
        else {
            continue;
        };
        let rule = until_on_the_wall(rule, Tz::UTC);
        // ical.net alone keeps these in the month of the start; `rrule` and RFC 5545's table
        // ("BYMONTHDAY: Expand") take every month, as we do.
        if rule.contains("YEARLY") && rule.contains("BYMONTHDAY") && !rule.contains("BYMONTH=") {
            continue;
        }
        let (Some(start), Ok(_)) = (time(start), Rule::parse(&rule)) else { continue };
        let wanted: Vec<_> = instances.split(',').map(|at| time(at.trim()).unwrap()).collect();
        let last = wanted.last().unwrap().date();
        let found = occurrences(&event(start, &rule), start.date(), last);
        assert_eq!(found, wanted, "{case}");
        used += 1;
    }
    say(&format!("{used} listed rules agree."));
    assert!(used >= 10, "only {used} were understood");
}
