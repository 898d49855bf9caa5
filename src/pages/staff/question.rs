//! One question's results: the picture that fits its kind, its table, groups beside each other, an earlier figure, and
//! what people wrote.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Key,
    results::{Asked, Group, Picture, Row, percent},
};

use super::{
    bars::{Bar, Bars, apart_words},
    baseline::{BaselineForm, baseline_of, compared},
    chart::{self, Figure, Steps},
    differences::Differences,
    downloads::Downloads,
    filters::Whom,
    groups::Compared,
    said::Words,
    sheet::{Chart, Head},
};
use crate::locale::{content, date_words, key, t, tf, tn, words};

/// Steps of a scale that are one stacked bar; their shades need not be told apart but by their order.
pub const STEPS: usize = 21;
/// A list with more hidden lines than that, most of its own, names them below it.
const HIDDEN_LINES: usize = 5;

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
    /// Whom the page shows.
    whom: Whom,
    /// Called when staff have changed what an answer is about.
    changed: Callback<()>,
) -> View {
    let first = asked.get_untracked();
    let path = first.path.clone();
    let heading = format!("question-{path}");
    let labelled = heading.clone();
    let title = Signal::derive(move || asked.with(title_of));
    let around = Signal::derive(move || asked.with(around_of));
    let base = Signal::derive(move || asked.with(base_words));
    let rows = Signal::derive(move || asked.with(|asked| bars(asked).0));
    let hidden = Signal::derive(move || asked.with(|asked| bars(asked).1));
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
    let picture = Memo::new(move |_| asked.with(|asked| drawn(asked, &Head::default(), None)));
    let drawing = Memo::new(move |_| {
        let against = against.get();
        asked.with(|asked| {
            let figure = against.as_ref().map(|(figure, _)| figure);
            let mut notes: Vec<String> = around_of(asked).into_iter().collect();
            notes.push(base_words(asked));
            notes.extend(whom.narrowed.get());
            notes.extend(bars(asked).1);
            drawn(asked, &Head { title: title_of(asked), notes }, figure)
        })
    });
    let is_told =
        Memo::new(move |_| asked.with(|asked| asked.rows.iter().any(|it| it.count.is_some())));
    let is_drawn = Memo::new(move |_| {
        is_told.get() && asked.with(|asked| asked.base.is_some() && is_ordered(asked))
    });
    // The survey's id, so that the files of two surveys lie beside each other.
    let name = format!("{survey}-{}", path.replace('/', "-"));
    let body = match first.picture {
        Picture::Words => {
            view! {
                <Words survey asked base rows hidden apart fewest title groups drawing name whom changed/>
            }
        }
        Picture::Number => {
            let is_file = first.kind == "file";
            view! {
                <p class="govuk-body">{base}</p>
                {is_file.then(|| view! { <p class="govuk-hint no-print">{words(key::STAFF_RESULT_FILES_WHERE)}</p> })}
            }
        }
        _ => {
            let values = values_of(&first);
            let own = name.clone();
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
                        return view! {
                            <Bars caption=title base rows apart/>
                            {move || hidden.get().map(|line| view! { <p class="govuk-body">{line}</p> })}
                            <Downloads drawing name=own.clone() of=title/>
                        };
                    }
                    let nothing = asked.with(|asked| !asked.rows.is_empty());
                    let nothing = nothing.then(|| words(key::STAFF_RESULT_ALL_HIDDEN));
                    // Shares of everybody are no use without a share.
                    let base = asked.with(|asked| !asked.of_everybody).then_some(base);
                    view! {
                        <p class="govuk-body">{base}</p>
                        <p class="govuk-body">{nothing}</p>
                        <p class="govuk-body">{move || apart_words(apart.get())}</p>
                    }
                }}
                {move || {
                    against
                        .get()
                        .map(|(figure, lines)| {
                            view! { <Against figure lines/> }
                        })
                }}
                <Compared asked groups name whom/>
                <BaselineForm survey path values/>
            }
        }
    };
    view! {
        <section class="ct-result" aria-labelledby=labelled>
            <h3 class="govuk-heading-m" id=heading>
                {move || {
                    around
                        .get()
                        .map(|around| view! { <span class="govuk-caption-m">{around} " "</span> })
                }}
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

/// The headings of the groups that it stands in: "Your household › Each child".
pub fn around_of(asked: &Asked) -> Option<String> {
    let labels: Vec<String> = asked.around.iter().map(content).collect();
    (!labels.is_empty()).then(|| labels.join(" › "))
}

/// "48 answers".
pub fn count_words(count: u64) -> String {
    tn(key::STAFF_ANSWERS, usize::try_from(count).unwrap_or(0))
}

/// Out of how many, and what is counted of them: "48 answers. How many put each one first."
pub fn base_words(asked: &Asked) -> String {
    let base = match (asked.answered, asked.base) {
        (_, Some(base)) if asked.of_everybody => {
            tf(key::STAFF_RESULT_OF_EVERYBODY, &[("n", &base.to_string())])
        }
        (Some(_), Some(base)) if asked.repeated => {
            tf(key::STAFF_RESULT_ANSWERS, &[("n", &base.to_string())])
        }
        (Some(answered), _) => count_words(answered),
        _ => t(key::STAFF_RESULT_FEW),
    };
    match counted(asked) {
        Some(counted) => format!("{base}. {counted}"),
        None => base,
    }
}

/// What is counted, where that is not one answer of each person.
pub fn counted(asked: &Asked) -> Option<String> {
    match asked.kind.as_str() {
        "rank" => Some(t(key::STAFF_RESULT_FIRST)),
        "select_multiple" => Some(t(key::STAFF_RESULT_SEVERAL)),
        _ => None,
    }
}

/// Whether the rows have an order of their own, so that each keeps its place in a picture.
pub fn is_ordered(asked: &Asked) -> bool {
    matches!(asked.picture, Picture::Scale | Picture::Histogram)
}

/// Names in one line. They may have commas of their own.
pub fn names(names: &[String]) -> String {
    names.join("; ")
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
        Picture::Histogram if asked.kind == "time" => {
            let hour = row.value.trim_start_matches('0');
            let hour = if hour.is_empty() { "0" } else { hour };
            let (from, to) = (format!("{hour}:00"), format!("{hour}:59"));
            tf(key::STAFF_NUMBERS, &[("from", &from), ("to", &to)])
        }
        Picture::Histogram => bin_label(asked, row),
        _ => row.value.clone(),
    };
    if plain.is_empty() { t(key::STAFF_RESULT_OTHERS) } else { plain }
}

fn bin_label(asked: &Asked, row: &Row) -> String {
    if row.low.is_none() && row.high.is_none() {
        return month(&row.value, "long").unwrap_or_else(|| row.value.clone());
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

/// "November 2026"; the month as `long` or `short`.
fn month(value: &str, length: &str) -> Option<String> {
    let day = model::time::parse_date(&format!("{value}-01"))?;
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() as f64;
    Some(date_words(midnight, &[("month", length), ("year", "numeric")]))
}

/// Versions: "1, 3".
pub fn list(versions: &[u32]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The rows as bars. Of a long list where most are hidden only those that are told, and a line that names the others.
fn bars(asked: &Asked) -> (Vec<Bar>, Option<String>) {
    let bar = |row: &Row| bar_of(asked, row, row.count, asked.base);
    let out: Vec<String> = asked
        .rows
        .iter()
        .filter(|row| row.count.is_none())
        .map(|row| row_label(asked, row))
        .collect();
    let is_long = out.len() > HIDDEN_LINES && out.len() * 2 > asked.rows.len();
    if is_ordered(asked) || !is_long {
        return (asked.rows.iter().map(bar).collect(), None);
    }
    let told = asked.rows.iter().filter(|row| row.count.is_some());
    let line = tf(key::STAFF_RESULT_HIDDEN_ROWS, &[("names", &names(&out))]);
    (told.map(bar).collect(), Some(line))
}

/// A row's bar for a number of those who gave it and of all.
pub fn bar_of(asked: &Asked, row: &Row, count: Option<u64>, base: Option<u64>) -> Bar {
    let percent = count.zip(base).map(|(count, base)| percent(count, base));
    Bar { label: row_label(asked, row), count, percent }
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

/// The picture of a question.
fn drawn(asked: &Asked, head: &Head, figure: Option<&Figure>) -> Chart {
    if !is_ordered(asked) {
        return chart::bars(head, &bars(asked).0, figure);
    }
    let line = asked.rows.iter().map(|row| bar_of(asked, row, row.count, asked.base));
    ordered(asked, head, &[(String::new(), line.collect())], figure)
}

/// The picture of rows that have an order: a stacked bar for each line, or columns where something is hidden, which would
/// move all that follows it in the bar.
pub fn ordered(
    asked: &Asked,
    head: &Head,
    lines: &[(String, Vec<Bar>)],
    figure: Option<&Figure>,
) -> Chart {
    let is_whole = lines.iter().flat_map(|(_, bars)| bars).all(|bar| bar.count.is_some());
    // A single line of numbers or months is no scale.
    let stacks = asked.picture == Picture::Scale || lines.len() > 1;
    if stacks && is_whole && asked.rows.len() <= STEPS {
        return chart::stacked(head, &steps(asked), lines, figure);
    }
    let mut lines = lines.to_vec();
    for (_, bars) in &mut lines {
        for (bar, row) in bars.iter_mut().zip(&asked.rows) {
            bar.label = axis_label(asked, row);
        }
    }
    // The ends of a range have words that are wider than their columns.
    let is_range = asked.picture == Picture::Scale && asked.kind == "range";
    let named = asked.rows.iter().filter(|row| is_range && !row.label.is_empty());
    let under: Vec<_> = named.map(|row| row_label(asked, row)).collect();
    chart::columns(head, &lines, &names(&under), figure)
}

/// What a row is called below its column.
fn axis_label(asked: &Asked, row: &Row) -> String {
    match asked.picture {
        Picture::Scale if asked.kind == "range" => row.value.clone(),
        Picture::Histogram if row.low.is_none() && row.high.is_none() => {
            month(&row.value, "short").unwrap_or_else(|| row_label(asked, row))
        }
        _ => row_label(asked, row),
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
        {lines
            .into_iter()
            .map(|line| view! { <p class="govuk-body ct-against">{line}</p> })
            .collect_view()}
    }
}
