//! `/staff/feedback`: what residents told, newest first, as it arrives.

use crate::view::{CollectView, View, each, view};
use leptos::prelude::*;
use model::{
    Collection,
    feedback::{Feeling, Reply, ReplyBy},
    wire::{FeedbackPage, FeedbackRow},
};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    filters::{Filters, chosen},
    live::{Loading, Trouble, while_seen},
    session::StaffPage,
};
use crate::{
    components::notice::Empty,
    locale::{Key, content, key, label, language, t, tf, tn, words},
    platform::browser,
    store::{Store, staff::FeedbackFilter},
    wall,
};

/// The list of feedback.
#[component]
pub fn Feedback() -> View {
    view! {
        <StaffPage title=label(key::STAFF_FEEDBACK) back="/staff">
            <List/>
        </StaffPage>
    }
}

/// What is on the screen, and what has come since. New rows wait until they are asked for, so
/// that nothing moves under the eyes of whoever reads.
#[derive(Clone, Copy)]
struct Shown {
    store: Store,
    filter: Memo<FeedbackFilter>,
    /// The page of rows, newest first; none before the first answer.
    page: RwSignal<Option<FeedbackPage>>,
    /// The newest page, where it has rows that are not shown.
    news: RwSignal<Option<FeedbackPage>>,
    error: RwSignal<Option<SyncError>>,
}

impl Shown {
    /// Asks for the newest page. `anew` forgets what is shown; else what is new waits.
    fn ask(self, anew: bool) {
        let filter = self.filter.get_untracked();
        spawn_local(async move {
            let answer = self.store.feedback(&filter, None).await;
            if self.filter.try_get_untracked().as_ref() != Some(&filter) {
                // The page was left, or the answer is to an older question.
                return;
            }
            match answer {
                Ok(newest) => self.take(newest, anew),
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    fn take(self, newest: FeedbackPage, anew: bool) {
        if self.error.with_untracked(Option::is_some) {
            self.error.set(None);
        }
        let first = |page: &FeedbackPage| page.rows.first().map(|row| row.seq);
        let shown = self.page.with_untracked(|page| page.as_ref().map(first));
        match shown {
            Some(Some(seq)) if !anew => {
                if first(&newest) > Some(seq) {
                    self.news.set(Some(newest));
                }
            }
            _ => {
                self.news.set(None);
                self.page.set(Some(newest));
            }
        }
    }

    /// Shows what has come since.
    fn show_news(self) {
        let Some(mut newest) = self.news.get_untracked() else { return };
        self.news.set(None);
        self.page.update(|page| {
            let Some(shown) = page else { return };
            let newest_shown = shown.rows.first().map_or(0, |row| row.seq);
            let joins = newest.rows.iter().any(|row| row.seq <= newest_shown);
            if joins {
                newest.rows.retain(|row| row.seq > newest_shown);
                newest.rows.append(&mut shown.rows);
                newest.more = shown.more;
            }
            *shown = newest;
        });
    }

    fn ask_older(self) {
        let filter = self.filter.get_untracked();
        let last = self.page.with_untracked(|page| {
            page.as_ref().and_then(|page| page.rows.last().map(|row| row.seq))
        });
        spawn_local(async move {
            let answer = self.store.feedback(&filter, last).await;
            if self.filter.try_get_untracked().as_ref() != Some(&filter) {
                return;
            }
            match answer {
                Ok(mut older) => self.page.update(|page| {
                    if let Some(page) = page {
                        page.rows.append(&mut older.rows);
                        page.more = older.more;
                    }
                }),
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
}

#[component]
fn List() -> View {
    let shown = Shown {
        store: Store::get(),
        filter: chosen(),
        page: RwSignal::new(None),
        news: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    Effect::new(move || {
        shown.filter.track();
        shown.ask(true);
    });
    while_seen(move || shown.ask(false));
    let waiting = move || {
        let total = |page: &Option<FeedbackPage>| page.as_ref().map_or(0, |page| page.total);
        shown.news.with(total).saturating_sub(shown.page.with(total))
    };
    let waiting = Memo::new(move |_| usize::try_from(waiting()).unwrap_or(usize::MAX));
    let is_news = Memo::new(move |_| shown.news.with(Option::is_some));
    let total = move || {
        shown.page.with(|page| page.as_ref().map(|page| usize::try_from(page.total).unwrap_or(0)))
    };
    let address = move || {
        let query = shown.filter.get().query();
        format!("/api/v1/export/feedback.csv?{query}").trim_end_matches('?').to_owned()
    };
    let rows = move || {
        // Every row is made anew in another language.
        language();
        shown.page.with(|page| page.as_ref().map(|page| page.rows.clone()).unwrap_or_default())
    };
    view! {
        <Filters themes=true/>
        <Trouble error=shown.error again=move |()| shown.ask(false)/>
        <p class="ct-count" role="status" id="feedback-count" tabindex="-1">
            {move || total().map(|total| tn(key::STAFF_FEEDBACK_COUNT, total))}
        </p>
        {move || shown.page.with(Option::is_none).then(|| view! { <Loading/> })}
        <p class="govuk-body no-print">
            <a class="govuk-link" href=address download="feedback.csv" rel="external">
                {words(key::STAFF_CSV)}
            </a>
        </p>
        <div role="status">
            {move || is_news.get().then(|| {
                view! { <p class="govuk-body">{move || tn(key::STAFF_FEEDBACK_NEW, waiting.get())}</p> }
            })}
        </div>
        {move || {
            is_news
                .get()
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="govuk-button no-print"
                            on:click=move |_| {
                                shown.show_news();
                                browser::focus("#feedback-count");
                            }
                        >
                            {t(key::STAFF_FEEDBACK_SHOW_NEW)}
                        </button>
                    }
                })
        }}
        {move || {
            (total() == Some(0))
                .then(|| {
                    view! {
                        <Empty
                            title=label(key::STAFF_FEEDBACK_NONE)
                            words=label(key::STAFF_FEEDBACK_NONE_TEXT)
                        />
                    }
                })
        }}
        <ul class="ct-cards ct-cards--list">
            {each(rows, |row| (row.id, language()), |row| view! { <Row row/> })}
        </ul>
        {move || {
            shown
                .page
                .with(|page| page.as_ref().is_some_and(|page| page.more))
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="govuk-button govuk-button--secondary no-print"
                            on:click=move |_| shown.ask_older()
                        >
                            {t(key::STAFF_FEEDBACK_OLDER)}
                        </button>
                    }
                })
        }}
    }
}

/// One piece of feedback.
#[component]
fn Row(row: FeedbackRow) -> View {
    let store = Store::get();
    let told = row.feedback;
    let place = move || {
        let venue = store.catalogue.with(|catalogue| {
            let venue = told.venue.as_ref()?;
            let known = catalogue.name(Collection::Venue, venue);
            Some(known.map_or_else(|| venue.to_string(), |name| content(&name)))
        });
        venue.or_else(|| told.place.clone()).unwrap_or_else(|| t(key::FEEDBACK_PLACE_UNSAID))
    };
    let themes = move || {
        store.catalogue.with(|catalogue| {
            let name = |id: &model::Key| {
                let known = catalogue.name(Collection::Theme, id);
                known.map_or_else(|| id.to_string(), |name| content(&name))
            };
            told.themes.iter().map(|id| view! { <li class="ct-tag">{name(id)}</li> }).collect_view()
        })
    };
    // What waited on a tablet came on another day than it was said, and the filters go by that.
    let late = row.made_at.london_date() != row.received_at.london_date();
    let fact = |name: Key, value: String| {
        view! {
            <div class="ct-facts__row">
                <dt>{t(name)}</dt>
                <dd class="ct-lines">{value}</dd>
            </div>
        }
    };
    view! {
        <li class="ct-card">
            <article>
                <h2 class="govuk-heading-s">{wall::instant(row.made_at)}</h2>
                {(!told.words.trim().is_empty())
                    .then(|| view! { <blockquote class="ct-words">{told.words.clone()}</blockquote> })}
                <dl class="ct-facts">
                    <div class="ct-facts__row">
                        <dt>{t(key::STAFF_WHERE)}</dt>
                        <dd>{place}</dd>
                    </div>
                    {told.feeling.map(|feeling| fact(key::STAFF_FEELING, feeling_words(feeling)))}
                    {told.gap.clone().map(|gap| fact(key::STAFF_GAP, gap))}
                    {told.reply.as_ref().map(|reply| fact(key::STAFF_REPLY, reply_words(reply)))}
                    {late.then(|| fact(key::TABLET_SENT, wall::instant(row.received_at)))}
                    {fact(key::SAVED_REFERENCE, row.id.reference())}
                </dl>
                <ul class="ct-tags">{themes}</ul>
            </article>
        </li>
    }
}

fn feeling_words(feeling: Feeling) -> String {
    t(match feeling {
        Feeling::VeryUnhappy => key::FEELING_VERY_UNHAPPY,
        Feeling::Unhappy => key::FEELING_UNHAPPY,
        Feeling::Neutral => key::FEELING_NEUTRAL,
        Feeling::Happy => key::FEELING_HAPPY,
        Feeling::VeryHappy => key::FEELING_VERY_HAPPY,
    })
}

/// "Ana, by telephone: 01375 000 000".
fn reply_words(reply: &Reply) -> String {
    let by = match reply.by {
        ReplyBy::Phone => key::STAFF_REPLY_PHONE,
        ReplyBy::Text => key::STAFF_REPLY_TEXT,
        ReplyBy::Email => key::STAFF_REPLY_EMAIL,
        ReplyBy::Post => key::STAFF_REPLY_POST,
    };
    let words = tf(by, &[("contact", &reply.contact)]);
    if reply.name.is_empty() { words } else { format!("{}\n{words}", reply.name) }
}
