//! One question's results: the picture that fits its kind.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{tally::Tally, wire::Results};
use survey::{Choice, Choices, Item, Kind, Scale};

use super::rows::{Bin, histogram, months, percent};
use crate::{
    components::bars::{Bar, Bars},
    locale::{content, date_words, key, t, tf, tn},
};

/// The heading, the chart or the words, and how many answered.
#[component]
pub fn QuestionResult(
    /// What was asked.
    question: Item,
    /// All results of the survey; tracked, so the picture follows the answers.
    #[prop(into)]
    results: Signal<Results>,
) -> View {
    let name = question.name.clone();
    let own = name.clone();
    // Memos: a question nobody has answered since stays as it is on the screen.
    let tally = Memo::new(move |_| {
        results.with(|results| results.tallies.get(&own).cloned().unwrap_or_default())
    });
    let words = Memo::new(move |_| {
        results.with(|results| results.words.get(&name).cloned().unwrap_or_default())
    });
    let heading = format!("question-{}", question.name);
    let labelled = heading.clone();
    let label = question.label.clone();
    let label = Signal::derive(move || content(&label));
    let base = Signal::derive(move || {
        tn(key::STAFF_ANSWERS, tally.with(|tally| usize::try_from(tally.answered).unwrap_or(0)))
    });
    let may_decline = question.may_decline;
    let apart = Signal::derive(move || {
        let declined = tally.with(|tally| tally.declined);
        let shown = may_decline || declined > 0;
        shown.then(|| (t(key::SURVEY_DECLINE), declined)).into_iter().collect()
    });
    let body = if matches!(question.kind, Kind::Text) {
        view! { <Words words base apart/> }
    } else {
        let kind = question.kind;
        let rows = Signal::derive(move || tally.with(|tally| bars(&kind, tally)));
        view! { <Bars caption=label base rows apart/> }
    };
    view! {
        <section class="ct-result" aria-labelledby=labelled>
            <h3 class="govuk-heading-m" id=heading>
                {label}
            </h3>
            {body}
        </section>
    }
}

/// The rows of a chart, in the order that fits the kind.
fn bars(kind: &Kind, tally: &Tally) -> Vec<Bar> {
    match kind {
        Kind::SelectOne(choices) | Kind::SelectMultiple(choices) => choice_bars(choices, tally),
        Kind::Range(scale) => scale_bars(scale, tally),
        Kind::Integer => number_bars(tally, true),
        Kind::Decimal => number_bars(tally, false),
        Kind::Date => month_bars(tally),
        _ => Vec::new(),
    }
}

fn bar(label: String, tally: &Tally, value: &str) -> Bar {
    Bar { label, count: tally.count(value), percent: tally.percent(value) }
}

fn choice_bars(choices: &Choices, tally: &Tally) -> Vec<Bar> {
    let choice = |choice: &Choice| bar(content(&choice.label), tally, &choice.name);
    let known: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
    choices.iter().map(choice).chain(others(&known, tally)).collect()
}

/// What was answered to an earlier version of the question and is no choice any more.
fn others(known: &[&str], tally: &Tally) -> Vec<Bar> {
    let unknown = tally.counts.keys().filter(|value| !known.contains(&value.as_str()));
    unknown
        .map(|value| bar(tf(key::STAFF_EARLIER_CHOICE, &[("choice", value)]), tally, value))
        .collect()
}

fn scale_bars(scale: &Scale, tally: &Tally) -> Vec<Bar> {
    let values: Vec<String> = scale.values().map(|value| value.to_string()).collect();
    let last = values.len().saturating_sub(1);
    let step = |(index, value): (usize, &String)| {
        let end = match index {
            0 => content(&scale.low),
            index if index == last => content(&scale.high),
            _ => String::new(),
        };
        let label = if end.is_empty() { value.clone() } else { format!("{value}: {end}") };
        bar(label, tally, value)
    };
    let known: Vec<&str> = values.iter().map(String::as_str).collect();
    values.iter().enumerate().map(step).chain(others(&known, tally)).collect()
}

fn number_bars(tally: &Tally, whole: bool) -> Vec<Bar> {
    let label = |bin: &Bin| {
        if whole && bin.high - bin.low <= 1.0 {
            return bin.low.to_string();
        }
        let high = if whole { bin.high - 1.0 } else { bin.high };
        let key = if whole { key::STAFF_NUMBERS } else { key::STAFF_DECIMALS };
        // Ten digits hide the rounding of binary fractions: 0.30000000000000004.
        let digits = |number: f64| ((number * 1e10).round() / 1e10).to_string();
        tf(key, &[("from", &digits(bin.low)), ("to", &digits(high))])
    };
    let bins = histogram(&tally.numbers(), whole);
    let bar = |bin: Bin| Bar {
        label: label(&bin),
        count: bin.count,
        percent: percent(bin.count, tally.answered),
    };
    bins.into_iter().map(bar).collect()
}

fn month_bars(tally: &Tally) -> Vec<Bar> {
    let label = |month: chrono::NaiveDate| {
        let midnight = month.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() as f64;
        date_words(midnight, &[("month", "long"), ("year", "numeric")])
    };
    let bar = |(month, count): (chrono::NaiveDate, u64)| Bar {
        label: label(month),
        count,
        percent: percent(count, tally.answered),
    };
    months(tally).into_iter().map(bar).collect()
}

/// Answers in people's own words, newest first.
#[component]
fn Words(
    words: Memo<Vec<String>>,
    base: Signal<String>,
    apart: Signal<Vec<(String, u64)>>,
) -> View {
    let apart_words = move || {
        let line = |(label, count): (String, u64)| format!("{label}: {count}");
        apart.get().into_iter().map(line).collect::<Vec<_>>().join(", ")
    };
    view! {
        <p class="govuk-body">{base} ". " {apart_words}</p>
        <ul class="ct-stack ct-said">
            {move || {
                words
                    .get()
                    .into_iter()
                    .map(|words| {
                        view! {
                            <li>
                                <blockquote class="ct-words">{words}</blockquote>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}
