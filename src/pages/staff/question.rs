//! One question's results: the picture that fits its kind, its table, groups beside each other, an earlier figure, and
//! what people wrote.

use std::collections::BTreeSet;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Key,
    results::{Asked, Group, Picture, Row, Wording, percent},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    baseline::{BaselineForm, baseline_of, compared},
    chart::{self, Figure, Steps},
    said::Words,
    sheet::{Chart, WIDTH},
};
use crate::{
    components::bars::{Bar, Bars, told},
    locale::{content, date_words, key, t, tf, tn, words},
    platform::file,
};

/// Choices that are one stacked bar, each in a shade that is told from all others.
const CHOICES: usize = 6;
/// Steps of a scale that are one stacked bar; their shades need not be told apart but by their order.
const STEPS: usize = 21;
/// Bars of groups beside each other that are seen at a glance; of more the table tells.
const BARS: usize = 60;

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
        Picture::Number => view! { <p class="govuk-body">{base}</p> },
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
                <Bars caption=title base rows apart/>
                {move || {
                    against
                        .get()
                        .map(|(figure, lines)| {
                            view! { <Against figure lines/> }
                        })
                }}
                <Compared asked groups name=name.clone()/>
                <Downloads drawing name of=title/>
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

fn title_of(asked: &Asked) -> String {
    let label = asked.wordings.first().map(|wording| content(&wording.label));
    label.filter(|label| !label.is_empty()).unwrap_or_else(|| asked.path.clone())
}

fn count_words(count: u64) -> String {
    tn(key::STAFF_ANSWERS, usize::try_from(count).unwrap_or(0))
}

/// Out of how many: "48 answers".
fn base_words(asked: &Asked) -> String {
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
fn row_label(asked: &Asked, row: &Row) -> String {
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
    match (row.low, row.high) {
        (Some(low), Some(high)) if whole && high - low <= 1.0 => low.to_string(),
        (Some(low), Some(high)) => {
            let (key, high) =
                if whole { (key::STAFF_NUMBERS, high - 1.0) } else { (key::STAFF_DECIMALS, high) };
            tf(key, &[("from", &low.to_string()), ("to", &high.to_string())])
        }
        (Some(low), None) => tf(key::STAFF_RESULT_OVER, &[("from", &low.to_string())]),
        (None, Some(high)) => tf(key::STAFF_RESULT_UNDER, &[("to", &high.to_string())]),
        (None, None) => String::new(),
    }
}

/// "November 2026".
fn month(value: &str) -> Option<String> {
    let day = model::time::parse_date(&format!("{value}-01"))?;
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() as f64;
    Some(date_words(midnight, &[("month", "long"), ("year", "numeric")]))
}

fn list(versions: &[u32]) -> String {
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

fn steps(asked: &Asked) -> Steps {
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

/// How the versions asked it, where they did not ask the same.
#[component]
fn Differences(asked: Memo<Asked>) -> View {
    let lines = move || {
        asked.with(|asked| {
            let wording = |wording: &Wording| {
                let versions = list(&wording.versions);
                let words = tf(
                    key::STAFF_RESULT_WORDING,
                    &[("versions", &versions), ("words", &content(&wording.label))],
                );
                if !asked.choices_differ {
                    return words;
                }
                let name = |value: &String| {
                    let row = asked.rows.iter().find(|row| row.value == *value);
                    let label = row.map(|row| content(&row.label)).unwrap_or_default();
                    if label.is_empty() { value.clone() } else { label }
                };
                let choices = wording.choices.iter().map(name).collect::<Vec<_>>().join(", ");
                let had = tf(
                    key::STAFF_RESULT_CHOICES_DIFFER,
                    &[("versions", &versions), ("choices", &choices)],
                );
                if asked.wording_differs { format!("{words}. {had}") } else { had }
            };
            let differs = asked.wording_differs || asked.choices_differ || asked.kind_differs;
            differs.then(|| asked.wordings.iter().map(wording).collect::<Vec<_>>())
        })
    };
    view! {
        {move || {
            lines()
                .map(|lines| {
                    view! {
                        <div class="govuk-inset-text">
                            <p class="govuk-body">{words(key::STAFF_RESULT_DIFFERS)}</p>
                            <ul class="govuk-list govuk-list--bullet">
                                {lines
                                    .into_iter()
                                    .map(|line| view! { <li>{line}</li> })
                                    .collect_view()}
                            </ul>
                        </div>
                    }
                })
        }}
    }
}

/// The groups' picture, below a title and what it rests on.
fn beside(asked: &Asked, groups: &[Group], (title, base): (&str, &str)) -> Chart {
    let line = |(at, group): (usize, &Group)| {
        let base = asked.bases.get(at).copied().flatten();
        let bar = |row: &Row| {
            let count = row.groups.get(at).copied().flatten();
            let share = count.zip(base).map(|(count, base)| percent(count, base));
            Bar { label: String::new(), count, percent: share }
        };
        (group_name(group), asked.rows.iter().map(bar).collect())
    };
    let lines: Vec<_> = groups.iter().enumerate().map(line).collect();
    let steps = steps(asked);
    if stacks(asked) {
        chart::stacked(title, base, &steps, &lines, None)
    } else {
        chart::clustered(title, base, &steps.names, &lines)
    }
}

/// Whether a group's shares are parts of one bar. Of several choices, as of several themes, they are no parts of a whole.
fn stacks(asked: &Asked) -> bool {
    let most = match asked.picture {
        Picture::Words => 0,
        Picture::Scale => STEPS,
        _ => CHOICES,
    };
    asked.kind != "select_multiple" && asked.rows.len() <= most
}

fn group_name(group: &Group) -> String {
    let own = content(&group.label);
    match (own.is_empty(), group.value.is_empty()) {
        (false, _) => own,
        (true, false) => group.value.clone(),
        (true, true) => t(key::STAFF_RESULT_UNKNOWN),
    }
}

/// The groups beside each other: a stacked bar for each and a table.
#[component]
pub fn Compared(
    /// The question.
    asked: Memo<Asked>,
    /// The groups.
    groups: Memo<Vec<Group>>,
    /// What the chart's files are called.
    name: String,
) -> View {
    let title = Signal::derive(move || asked.with(title_of));
    let drawing = Memo::new(move |_| {
        asked.with(|asked| {
            groups.with(|groups| beside(asked, groups, (&title_of(asked), &base_words(asked))))
        })
    });
    let picture = Memo::new(move |_| {
        asked.with(|asked| groups.with(|groups| beside(asked, groups, ("", ""))))
    });
    let table = move || {
        let groups = groups.get();
        if groups.is_empty() {
            return None;
        }
        let asked = asked.get();
        let values = |of: &mut dyn Iterator<Item = &String>| {
            of.filter(|it| !it.is_empty()).cloned().collect::<BTreeSet<_>>()
        };
        if values(&mut groups.iter().map(|it| &it.value))
            == values(&mut asked.rows.iter().map(|it| &it.value))
        {
            // The groups are this question's own answers.
            return None;
        }
        if asked.rows.iter().all(|row| row.groups.iter().all(Option::is_none)) {
            return Some(view! { <p class="govuk-body">{words(key::STAFF_RESULT_GROUPS_FEW)}</p> });
        }
        let is_drawn = stacks(&asked) || asked.rows.len() * groups.len() <= BARS;
        let head = |group: &Group| {
            view! {
                <th scope="col" class="govuk-table__header govuk-table__header--numeric">
                    {group_name(group)}
                </th>
            }
        };
        let cells = |counts: &[Option<u64>]| {
            let cell = |(count, base): (&Option<u64>, &Option<u64>)| {
                let share = count.zip(*base).map(|(count, base)| percent(count, base).to_string());
                let share = share.map(|n| format!(" ({})", tf(key::STAFF_PERCENT, &[("n", &n)])));
                view! {
                    <td class="govuk-table__cell govuk-table__cell--numeric">
                        {told(*count)} {share.unwrap_or_default()}
                    </td>
                }
            };
            counts.iter().zip(&asked.bases).map(cell).collect_view()
        };
        let row = |row: &Row| {
            view! {
                <tr class="govuk-table__row">
                    <th scope="row" class="govuk-table__header">
                        {row_label(&asked, row)}
                    </th>
                    {cells(&row.groups)}
                </tr>
            }
        };
        let rows = asked.rows.iter().map(row).collect_view();
        let heads = groups.iter().map(head).collect_view();
        Some(view! {
            {is_drawn
                .then(|| {
                    view! {
                        <div
                            class="ct-drawing"
                            aria-hidden="true"
                            prop:innerHTML=move || picture.get().svg
                        ></div>
                    }
                })}
            <div class="ct-scroll" tabindex="0" role="group" aria-label=title_of(&asked)>
                <table class="govuk-table">
                    <caption class="govuk-visually-hidden">{title_of(&asked)}</caption>
                    <thead class="govuk-table__head">
                        <tr class="govuk-table__row">
                            <th scope="col" class="govuk-table__header">
                                {words(key::STAFF_COLUMN_ANSWER)}
                            </th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody class="govuk-table__body">{rows}</tbody>
                </table>
            </div>
            {is_drawn
                .then(|| {
                    view! { <Downloads drawing name=format!("{name}-groups") of=title groups=true/> }
                })}
        })
    };
    view! { {table} }
}

/// A chart as a file.
#[component]
pub fn Downloads(
    /// The chart.
    drawing: Memo<Chart>,
    /// What its files are called.
    name: String,
    /// The question; heard only, for a heading above shows it.
    of: Signal<String>,
    /// It is the chart of the groups beside each other.
    #[prop(optional)]
    groups: bool,
) -> View {
    let (svg_words, png_words) = if groups {
        (key::STAFF_RESULT_GROUPS_SVG, key::STAFF_RESULT_GROUPS_PNG)
    } else {
        (key::STAFF_RESULT_SVG, key::STAFF_RESULT_PNG)
    };
    let heard = move || {
        view! { <span class="govuk-visually-hidden">": " {of}</span> }
    };
    let (svg_name, png_name) = (format!("{name}.svg"), format!("{name}.png"));
    let svg = move |_| {
        let chart = drawing.get_untracked();
        if let Err(error) = file::save(&svg_name, "image/svg+xml", &chart.svg) {
            gloo::console::warn!("A chart was not saved:", error);
        }
    };
    let png = move |_| {
        let (chart, name) = (drawing.get_untracked(), png_name.clone());
        spawn_local(async move {
            if let Err(error) = file::save_png(&name, &chart.svg, WIDTH, chart.height).await {
                gloo::console::warn!("A chart was not saved:", error);
            }
        });
    };
    view! {
        <div class="govuk-button-group no-print">
            <button type="button" class="govuk-button govuk-button--secondary" on:click=svg>
                {words(svg_words)} {heard()}
            </button>
            <button type="button" class="govuk-button govuk-button--secondary" on:click=png>
                {words(png_words)} {heard()}
            </button>
        </div>
    }
}
