//! `together form run`: a form is filled in without a screen, from a file of answers.

use std::{error::Error, fs, path::Path, sync::Arc};

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use model::time::Millis;
use serde_json::{Map, Value};
use server::clock::now;
use survey::{Context, Definition, Outcome, Run, Why};

use crate::cli::RunArgs;

/// Noon, so that the day is the same one in every zone that people live in.
const NOON: (u32, u32, u32) = (12, 0, 0);

/// Fills a form in and says what came of it.
///
/// # Errors
/// Files that cannot be read; a form that cannot be used; and once it is told what came of it: something fails, or
/// the form does not know an answer.
pub(super) fn run(args: &RunArgs) -> Result<(), Box<dyn Error>> {
    let form = args.file.display();
    let import = super::read(&args.file, args.media.as_deref())?;
    let Some(definition) = &import.definition else {
        eprint!("{}", super::words(&import));
        return Err(format!("{form} cannot be used as it is").into());
    };
    let definition = Definition::read(definition).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("{form} cannot be used as it is: {}", problems.join("; "))
    })?;
    let answers = read(&args.answers)?;
    let (now, offset) = match &args.now {
        Some(text) => moment(text).ok_or_else(|| {
            format!(
                "\"{text}\" is no day and no moment; write 2026-11-29 or 2026-11-29T09:30:00+00:00"
            )
        })?,
        None => (now(), 0),
    };
    let language = args.language.as_deref().unwrap_or_default();
    if !language.is_empty() && !definition.languages.iter().any(|own| own == language) {
        let own = definition.languages.join(", ");
        return Err(format!("the form has no language {language}; it has {own}").into());
    }
    let context = Context { now, offset, seed: args.seed, ..Context::default() };
    let mut run = Run::new(Arc::new(definition), &answers, context);
    if !language.is_empty() {
        run.fill.set_language(language);
    }
    let outcome = run.outcome();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        print!("{}", words(&outcome));
    }
    let wrong = |unused: &&survey::Unused| matches!(unused.why, Why::Unknown | Why::Malformed);
    match outcome.unused.iter().find(wrong) {
        Some(unused) => Err(format!("{}: {}", unused.answer, unused.detail).into()),
        None if outcome.finished => Ok(()),
        None => Err("there is no whole record: something is wrong or missing".into()),
    }
}

fn read(path: &Path) -> Result<Map<String, Value>, String> {
    let name = path.display();
    let text =
        fs::read_to_string(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
    serde_json::from_str(&text).map_err(|error| {
        format!("{name} is no JSON object of answers such as {{\"age\": 30}}: {error}")
    })
}

/// A day, a moment, or a moment with its zone: when it is, and the minutes that its clock is ahead of UTC.
fn moment(text: &str) -> Option<(Millis, i32)> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        let offset = moment.offset().local_minus_utc() / 60;
        return Some((Millis(moment.timestamp_millis()), offset));
    }
    let (hour, minute, second) = NOON;
    let day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(hour, minute, second);
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok().or_else(day)?;
    Some((Millis(moment.and_utc().timestamp_millis()), 0))
}

/// What came of it, for people.
fn words(outcome: &Outcome) -> String {
    let mut lines = vec![format!("Relevant: {}", outcome.relevant.len())];
    for path in &outcome.relevant {
        lines.push(match outcome.record.get(path) {
            Some(value) => format!("  {path} = {}", said(value)),
            None => format!("  {path}"),
        });
    }
    let mut part = |heading: &str, entries: Vec<String>| {
        if !entries.is_empty() {
            lines.push(String::new());
            lines.push(format!("{heading}: {}", entries.len()));
            lines.extend(entries.into_iter().map(|entry| format!("  {entry}")));
        }
    };
    part("Not relevant", outcome.not_relevant.clone());
    let unused = outcome.unused.iter();
    part("Answers not taken", unused.map(|it| format!("{}: {}", it.answer, it.detail)).collect());
    let failing = outcome.failing.iter().map(|failure| {
        let own = if failure.message.is_empty() { &failure.detail } else { &failure.message };
        format!("{}: {own}", failure.path)
    });
    part("Wrong or missing", failing.collect());
    let calculated = outcome.calculated.iter();
    part("Calculated", calculated.map(|(path, value)| format!("{path} = {value}")).collect());
    let record = outcome.record.iter();
    let record = record.map(|(path, value)| format!("{path} = {}", said(value))).collect();
    part(if outcome.finished { "Record" } else { "Record so far, not whole" }, record);
    lines.push(String::new());
    lines.join("\n")
}

/// A value as a cell of an export has it.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(names) => names.iter().map(said).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
