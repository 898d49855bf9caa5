//! Groups of people beside each other: a chart and a table of one question.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::results::{Asked, Group, OTHERS, Picture, Row, percent};

use super::{
    bars, chart,
    downloads::Downloads,
    filters::Whom,
    question::{
        STEPS, around_of, bar_of, count_words, counted, is_ordered, names, ordered, row_label,
        steps, title_of,
    },
    sheet::{Chart, Head},
    values::language_name,
};
use crate::{
    locale::{content, key, t, tf, words},
    router,
};

/// Choices that are one stacked bar, each in a shade that is told from all others.
const CHOICES: usize = 6;
/// Rows of a table that stays on one page of paper, beside the chart above it.
const SHORT: usize = 10;
/// Bars of groups beside each other that are seen at a glance; of more the table tells.
const BARS: usize = 60;

/// What of a comparison there is to see. A line of which everything is hidden tells nothing, and of the wards of a borough
/// most may be such: they are named below the table.
struct Told {
    groups: Vec<usize>,
    rows: Vec<usize>,
    /// "Hidden for these groups: Aveley; Belhus"
    hidden: Vec<String>,
}

impl Told {
    fn of(asked: &Asked, groups: &[Group]) -> Self {
        let is_told = |row: &Row, group: usize| row.groups.get(group).is_some_and(Option::is_some);
        let (told, few): (Vec<usize>, Vec<usize>) =
            (0..groups.len()).partition(|group| asked.rows.iter().any(|row| is_told(row, *group)));
        let (rows, no_rows): (Vec<usize>, Vec<usize>) = (0..asked.rows.len()).partition(|row| {
            // The steps of a scale belong together.
            stacks(asked) || told.iter().any(|group| is_told(&asked.rows[*row], *group))
        });
        let mut groups_few: Vec<_> = few.iter().map(|at| group_name(&groups[*at])).collect();
        // Groups come by size, which is nobody's business of these.
        groups_few.sort();
        let rows_few = no_rows.iter().map(|at| row_label(asked, &asked.rows[*at])).collect();
        let lines = [
            (key::STAFF_RESULT_GROUPS_HIDDEN, groups_few),
            (key::STAFF_RESULT_ROWS_HIDDEN, rows_few),
        ];
        let lines = lines.into_iter().filter(|(_, names)| !names.is_empty());
        let hidden = lines.map(|(key, own)| tf(key, &[("names", &names(&own))]));
        Self { groups: told, rows, hidden: hidden.collect() }
    }

    /// Names the groups that the table has and the chart has not: how many they are is hidden, so they have no shares.
    fn without_base(&self, asked: &Asked, groups: &[Group]) -> Option<String> {
        let out =
            self.groups.iter().filter(|at| asked.bases.get(**at).copied().flatten().is_none());
        let out: Vec<_> = out.map(|at| group_name(&groups[*at])).collect();
        let line = || tf(key::STAFF_RESULT_GROUPS_NO_SHARE, &[("names", &names(&out))]);
        (!out.is_empty()).then(line)
    }
}

/// The groups' picture: of those whose shares are told. `None` where there is none, and where it would be too long.
fn beside(asked: &Asked, groups: &[Group], told: &Told, head: Head) -> Option<Chart> {
    let with_base = |at: &usize| Some((*at, asked.bases.get(*at).copied().flatten()?));
    let drawn: Vec<_> = told.groups.iter().filter_map(with_base).collect();
    let is_drawn = stacks(asked) || told.rows.len() * drawn.len() <= BARS;
    if drawn.is_empty() || !is_drawn {
        return None;
    }
    let line = |(at, base): &(usize, u64)| {
        let bar = |row: &usize| {
            let row = &asked.rows[*row];
            bar_of(asked, row, row.groups.get(*at).copied().flatten(), Some(*base))
        };
        let group = [("group", &*group_name(&groups[*at])), ("answers", &*count_words(*base))];
        (tf(key::STAFF_RESULT_GROUP_BASE, &group), told.rows.iter().map(bar).collect())
    };
    let lines: Vec<_> = drawn.iter().map(line).collect();
    Some(if !stacks(asked) {
        let rows: Vec<_> =
            told.rows.iter().map(|row| row_label(asked, &asked.rows[*row])).collect();
        chart::clustered(&head, &rows, &lines)
    } else if is_ordered(asked) {
        ordered(asked, &head, &lines, None)
    } else {
        chart::stacked(&head, &steps(asked), &lines, None)
    })
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
    match untrack(|| router::query("by")).as_deref() {
        _ if group.value == OTHERS => t(key::STAFF_RESULT_OTHERS),
        _ if group.value.is_empty() && own.is_empty() => t(key::STAFF_RESULT_UNKNOWN),
        Some("@version") => tf(key::STAFF_RESULT_VERSION_OF, &[("version", &group.value)]),
        Some("@language") => language_name(&group.value),
        _ if own.is_empty() => group.value.clone(),
        _ => own,
    }
}

/// The groups beside each other: a stacked bar for each and a table. The question that people are compared by has none.
#[component]
pub fn Compared(
    /// The question.
    asked: Memo<Asked>,
    /// The groups.
    groups: Memo<Vec<Group>>,
    /// What the chart's files are called.
    name: String,
    /// Whom the page shows.
    whom: Whom,
) -> View {
    let title = Signal::derive(move || asked.with(title_of));
    let chart = move |is_file: bool| {
        asked.with(|asked| {
            groups.with(|groups| {
                let told = Told::of(asked, groups);
                let mut head = Head::default();
                if is_file {
                    let notes = [
                        around_of(asked),
                        counted(asked),
                        whom.compared.get(),
                        whom.narrowed.get(),
                    ];
                    let left_out = told.without_base(asked, groups);
                    let hidden = told.hidden.iter().cloned().chain(left_out);
                    head.notes = notes.into_iter().flatten().chain(hidden).collect();
                    head.title = title_of(asked);
                }
                beside(asked, groups, &told, head)
            })
        })
    };
    let drawing = Memo::new(move |_| chart(true));
    let picture = Memo::new(move |_| chart(false));
    let is_drawn = Memo::new(move |_| picture.with(Option::is_some));
    let file = Memo::new(move |_| drawing.get().unwrap_or_default());
    let shown = move || {
        let (asked, groups) = (asked.get(), groups.get());
        if asked.bases.is_empty() {
            return None;
        }
        let told = Told::of(&asked, &groups);
        if told.groups.is_empty() {
            // Where everybody's numbers are hidden, too, the line above has said so.
            let is_told = asked.rows.iter().any(|row| row.count.is_some());
            let line = view! { <p class="govuk-body">{words(key::STAFF_RESULT_GROUPS_FEW)}</p> };
            return is_told.then_some(line);
        }
        let hidden = told.hidden.iter().cloned();
        let hidden = hidden.map(|line| view! { <p class="govuk-body">{line}</p> }).collect_view();
        Some(view! {
            <p class="print-only ct-groups-head">{whom.compared.get()}</p>
            {is_drawn
                .get()
                .then(|| {
                    view! {
                        <div
                            class="ct-drawing"
                            aria-hidden="true"
                            prop:innerHTML=move || picture.get().map(|it| it.svg)
                        ></div>
                    }
                })}
            {table(&asked, &groups, &told)}
            {hidden}
            {is_drawn
                .get()
                .then(|| {
                    view! { <Downloads drawing=file name=format!("{name}-groups") of=title groups=true/> }
                })}
        })
    };
    view! { {shown} }
}

/// A row for each answer and one for all of them, a column for each group.
fn table(asked: &Asked, groups: &[Group], told: &Told) -> View {
    let head = |at: &usize| {
        view! {
            <th scope="col" class="govuk-table__header govuk-table__header--numeric">
                {group_name(&groups[*at])}
            </th>
        }
    };
    let row = |name: String, cell: &dyn Fn(usize) -> (Option<u64>, Option<u64>)| {
        let cell = |at: &usize| {
            let (count, base) = cell(*at);
            let share = count.zip(base).map(|(count, base)| percent(count, base).to_string());
            let share = share.map(|n| format!(" ({})", tf(key::STAFF_PERCENT, &[("n", &n)])));
            view! {
                <td class="govuk-table__cell govuk-table__cell--numeric">
                    {bars::told(count)} {share.unwrap_or_default()}
                </td>
            }
        };
        view! {
            <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header">
                    {name}
                </th>
                {told.groups.iter().map(cell).collect_view()}
            </tr>
        }
    };
    let base = |at: usize| asked.bases.get(at).copied().flatten();
    let rows = told.rows.iter().map(|place| {
        let own = &asked.rows[*place];
        row(row_label(asked, own), &|at| (own.groups.get(at).copied().flatten(), base(at)))
    });
    let rows = rows.collect_view();
    let all = row(t(key::STAFF_RESULT_GROUPS_ALL), &|at| (base(at), None));
    // A stop of the Tab key only where there is something to scroll to.
    let id = format!("groups-{}", asked.path);
    let is_long = told.rows.len() > SHORT;
    let own = id.clone();
    let scrolls = RwSignal::new(false);
    let measure = move || {
        if let Some(element) = gloo::utils::document().get_element_by_id(&own) {
            scrolls.try_set(element.scroll_width() > element.client_width());
        }
    };
    let again = measure.clone();
    request_animation_frame(measure);
    let resized = window_event_listener(leptos::ev::resize, move |_| again());
    on_cleanup(move || resized.remove());
    view! {
        <div
            class="ct-scroll"
            class:ct-scroll--long=is_long
            id=id
            tabindex=move || scrolls.get().then_some("0")
            role="group"
            aria-label=title_of(asked)
        >
            <table class="govuk-table">
                <caption class="govuk-visually-hidden">{title_of(asked)}</caption>
                <thead class="govuk-table__head">
                    <tr class="govuk-table__row">
                        <th scope="col" class="govuk-table__header">
                            {words(key::STAFF_COLUMN_ANSWER)}
                        </th>
                        {told.groups.iter().map(head).collect_view()}
                    </tr>
                </thead>
                <tbody class="govuk-table__body">{rows} {all}</tbody>
            </table>
        </div>
    }
}
