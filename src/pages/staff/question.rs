//! One question's results: the picture that fits its kind, its table, groups beside each other, an earlier figure, and
//! what people wrote.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{
    Key,
    results::{Asked, Group, Picture, Row, percent},
};

use super::{
    baseline::{BaselineForm, baseline_of, compared},
    chart::{self, Figure, Steps},
    differences::Differences,
    downloads::Downloads,
    groups::Compared,
    said::Words,
    sheet::Chart,
};
use crate::{
    components::bars::{Bar, Bars},
    locale::{content, date_words, key, t, tf, tn, words},
};

/// Steps of a scale that are one stacked bar; their shades need not be told apart but by their order.
pub const STEPS: usize = 21;

/// The heading, the chart or the words, and how many answered.
#[component]
pub fn QuestionResult(
    /// Which survey.
    survey: Key,
    /// The question; tracked, so that the picture follows the answers.
    asked: Memo<Asked>,
    /// The groups that are compared.
    groups: Memo<Vec<Group>>,
    /// The fewest people that a figure rests on.
    fewest: u64,
    /// Called when staff have changed what an answer is about.
    changed: Callback<()>,
) -> View {
    let first = asked.get_untracked();
    let path = first.path.clone();
    let heading = format!("question-{path}");
    let labelled = heading.clone();
    let title = Signal::derive(move || asked.with(title_of));
    let base = Signal::derive(move || asked.with(base_words));
    let rows = Signal::derive(move || asked.with(|asked| bars(asked, asked.base)));
    let apart = Signal::derive(move || {
        asked.with(|asked| {
            let declined = (t(key::SURVEY_DECLINE), asked.declined);
            asked.may_decline.then_some(declined).into_iter().collect::<Vec<_>>()
        })
    });
    let baseline = baseline_of(&survey, &path);
    let against = Memo::new(move |_| {
        let baseline = baseline.get()?;
        let (now, names) = asked.with(|asked| share_of(asked, &baseline.values));
        let lines = compared(&baseline, now, &names);
        let now = Bar { label: names, count: None, percent: now };
        let figure = Figure { percent: baseline.percent, words: lines[0].clone(), now };
        Some((figure, lines))
    });
    // On the page the question stands above and the earlier figure below the table; a file has them too.
    let picture = Memo::new(move |_| asked.with(|asked| drawn(asked, ("", ""), None)));
    let drawing = Memo::new(move |_| {
        let against = against.get();
        asked.with(|asked| {
            let figure = against.as_ref().map(|(figure, _)| figure);
            drawn(asked, (&title_of(asked), &base_words(asked)), figure)
        })
    });
    let is_told = Memo::new(move |_| {
        asked.with(|asked| {
            asked.answered.is_some() || asked.rows.iter().any(|it| it.count.is_some())
        })
    });
    let is_drawn = Memo::new(move |_| {
        asked.with(|asked| {
            let told = asked.rows.iter().any(|row| row.count.is_some());
            told && matches!(asked.picture, Picture::Scale | Picture::Histogram)
        })
    });
    let body = match first.picture {
        Picture::Words => {
            view! { <Words survey asked base rows apart fewest title groups drawing changed/> }
        }
        Picture::Number => {
            let is_file = first.kind == "file";
            view! {
                <p class="govuk-body">{base}</p>
                {is_file.then(|| view! { <p class="govuk-hint">{words(key::STAFF_RESULT_FILES_WHERE)}</p> })}
            }
        }
        _ => {
            let values = values_of(&first);
            let name = path.replace('/', "-");
            view! {
                {move || {
                    is_drawn
                        .get()
                        .then(|| {
                            view! {
                                <div
                                    class="ct-drawing"
                                    aria-hidden="true"
                                    prop:innerHTML=move || picture.get().svg
                                ></div>
                            }
                        })
                }}
                {move || {
                    if is_told.get() {
                        view! { <Bars caption=title base rows apart/> }
                    } else {
                        view! { <p class="govuk-body">{words(key::STAFF_RESULT_ALL_HIDDEN)}</p> }
                    }
                }}
                {move || {
                    against
                        .get()
                        .map(|(figure, lines)| {
                            view! { <Against figure lines/> }
                        })
                }}
                <Compared asked groups name=name.clone()/>
                {move || {
                    is_told.get().then(|| view! { <Downloads drawing name=name.clone() of=title/> })
                }}
                <BaselineForm survey path values/>
            }
        }
    };
    view! {
        <section class="ct-result" aria-labelledby=labelled>
            <h3 class="govuk-heading-m" id=heading>
                {title}
            </h3>
            <Differences asked/>
            {body}
        </section>
    }
}

/// What was asked.
pub fn title_of(asked: &Asked) -> String {
    let label = asked.wordings.first().map(|wording| content(&wording.label));
    label.filter(|label| !label.is_empty()).unwrap_or_else(|| asked.path.clone())
}

fn count_words(count: u64) -> String {
    tn(key::STAFF_ANSWERS, usize::try_from(count).unwrap_or(0))
}

/// Out of how many: "48 answers".
pub fn base_words(asked: &Asked) -> String {
    match (asked.answered, asked.base) {
        (_, Some(base)) if asked.of_everybody => {
            tf(key::STAFF_RESULT_OF_EVERYBODY, &[("n", &base.to_string())])
        }
        (Some(_), Some(base)) if asked.repeated => {
            tf(key::STAFF_RESULT_ANSWERS, &[("n", &base.to_string())])
        }
        (Some(answered), _) => count_words(answered),
        _ => t(key::STAFF_RESULT_FEW),
    }
}

/// What a row is called.
pub fn row_label(asked: &Asked, row: &Row) -> String {
    let own = content(&row.label);
    if row.unknown {
        return tf(key::STAFF_EARLIER_CHOICE, &[("choice", &row.value)]);
    }
    let plain = match asked.picture {
        _ if !row.versions.is_empty() => {
            let versions = list(&row.versions);
            let choice = if own.is_empty() { row.value.clone() } else { own };
            tf(key::STAFF_RESULT_ALSO_VERSION, &[("choice", &choice), ("versions", &versions)])
        }
        Picture::Scale if asked.kind == "range" && !own.is_empty() => {
            format!("{}: {own}", row.value)
        }
        _ if !own.is_empty() => own,
        Picture::Histogram if asked.kind == "time" => format!("{}:00", row.value),
        Picture::Histogram => bin_label(asked, row),
        _ => row.value.clone(),
    };
    if plain.is_empty() { t(key::STAFF_RESULT_OTHERS) } else { plain }
}

fn bin_label(asked: &Asked, row: &Row) -> String {
    if row.low.is_none() && row.high.is_none() {
        return month(&row.value).unwrap_or_else(|| row.value.clone());
    }
    let whole = asked.kind != "decimal";
    // The years of dates that lie far apart.
    let (over, under) = if asked.kind.starts_with("date") {
        (key::STAFF_RESULT_SINCE, key::STAFF_RESULT_BEFORE)
    } else {
        (key::STAFF_RESULT_OVER, key::STAFF_RESULT_UNDER)
    };
    match (row.low, row.high) {
        (Some(low), Some(high)) if whole && high - low <= 1.0 => low.to_string(),
        (Some(low), Some(high)) => {
            let (key, high) =
                if whole { (key::STAFF_NUMBERS, high - 1.0) } else { (key::STAFF_DECIMALS, high) };
            tf(key, &[("from", &low.to_string()), ("to", &high.to_string())])
        }
        (Some(low), None) => tf(over, &[("from", &low.to_string())]),
        (None, Some(high)) => tf(under, &[("to", &high.to_string())]),
        (None, None) => String::new(),
    }
}

/// "November 2026".
fn month(value: &str) -> Option<String> {
    let day = model::time::parse_date(&format!("{value}-01"))?;
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() as f64;
    Some(date_words(midnight, &[("month", "long"), ("year", "numeric")]))
}

/// Versions: "1, 3".
pub fn list(versions: &[u32]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn bars(asked: &Asked, base: Option<u64>) -> Vec<Bar> {
    let bar = |row: &Row| Bar {
        label: row_label(asked, row),
        count: row.count,
        percent: row.count.zip(base).map(|(count, base)| percent(count, base)),
    };
    asked.rows.iter().map(bar).collect()
}

fn values_of(asked: &Asked) -> Vec<(String, String)> {
    let rows = asked.rows.iter().filter(|row| !row.value.is_empty());
    rows.map(|row| (row.value.clone(), row_label(asked, row))).collect()
}

/// The share of several values together, if each of them is shown, and what they are called.
fn share_of(asked: &Asked, values: &[String]) -> (Option<u64>, String) {
    let rows: Vec<&Row> = asked.rows.iter().filter(|row| values.contains(&row.value)).collect();
    let names = rows.iter().map(|row| row_label(asked, row)).collect::<Vec<_>>().join(" + ");
    let count = rows.iter().try_fold(0, |sum, row| row.count.map(|count| sum + count));
    let count =
        count.filter(|_| !rows.is_empty() && (rows.len() == 1 || asked.kind != "select_multiple"));
    (count.zip(asked.base).map(|(count, base)| percent(count, base)), names)
}

/// The picture of a question, below a title and what it rests on.
fn drawn(asked: &Asked, (title, base): (&str, &str), figure: Option<&Figure>) -> Chart {
    let bars = bars(asked, asked.base);
    match asked.picture {
        Picture::Scale if bars.len() <= STEPS => {
            let lines = [(String::new(), bars)];
            chart::stacked(title, base, &steps(asked), &lines, figure)
        }
        Picture::Scale | Picture::Histogram => chart::columns(title, base, &bars, figure),
        _ => chart::bars(title, base, &bars, figure),
    }
}

/// The steps of a scale.
pub fn steps(asked: &Asked) -> Steps {
    // The values of a range are numbers; those of choices tell a reader nothing.
    let signs = asked.rows.iter().filter(|_| asked.kind == "range").map(|row| row.value.clone());
    Steps {
        names: asked.rows.iter().map(|row| row_label(asked, row)).collect(),
        signs: signs.collect(),
    }
}

/// The share of now as a bar with a line where it was before.
#[component]
fn Against(figure: Figure, lines: Vec<String>) -> View {
    let drawing = chart::figure(&figure).svg;
    view! {
        <div class="ct-drawing" aria-hidden="true" prop:innerHTML=drawing></div>
        <p class="govuk-body ct-against">{lines.join(". ")} "."</p>
    }
}
