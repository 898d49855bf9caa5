//! `/tablet`: this tablet. Where it stands, what waits, what was refused, what the browser
//! promised.

use std::pin::Pin;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, Key};
use sync::StorageError;
use wasm_bindgen_futures::spawn_local;

use crate::{
    components::{
        field::words_for,
        notice::{Notice, Tone},
        page::Page,
        select::Select,
    },
    locale::{content, key, label, language, t, tf, tn, words},
    pages::{frame::storage_words, resident::events::options},
    platform::{persistence, update},
    store::Store,
    sync_loop::{Reach, Status},
    wall,
};

/// The page of this tablet.
#[component]
pub fn TabletPage() -> View {
    let store = Store::get();
    let failed = RwSignal::new(None::<StorageError>);
    update::look();
    store.nudge_sync();
    view! {
        <Page title=label(key::TABLET_TITLE) back="/">
            {move || {
                failed
                    .get()
                    .map(|error| {
                        view! {
                            <Notice tone=Tone::Error title=label(key::TABLET_FAILED)>
                                <p>{t(storage_words(&error))}</p>
                            </Notice>
                        }
                    })
            }}
            <Venue failed/>
            <Waiting failed/>
            <Refused failed/>
            <Corrupt/>
            <Facts/>
        </Page>
    }
}

/// Runs a command and shows what went wrong.
fn run(
    failed: RwSignal<Option<StorageError>>,
    work: impl Future<Output = Result<(), StorageError>> + 'static,
) {
    run_boxed(failed, Box::pin(work));
}

/// One task for whatever command, instead of one for each: fewer bytes.
fn run_boxed(
    failed: RwSignal<Option<StorageError>>,
    work: Pin<Box<dyn Future<Output = Result<(), StorageError>>>>,
) {
    spawn_local(async move { failed.set(work.await.err()) });
}

#[component]
fn Venue(failed: RwSignal<Option<StorageError>>) -> View {
    let store = Store::get();
    let venues = Signal::derive(move || options(store, key::TABLET_NOWHERE, Collection::Venue));
    let value = Signal::derive(move || {
        store.tablet.with(|tablet| tablet.venue.as_ref().map(Key::to_string).unwrap_or_default())
    });
    let on_change = move |id: String| {
        run(failed, async move { store.set_venue(Key::parse(&id)).await });
    };
    view! {
        <Select
            id="tablet-venue"
            label=label(key::TABLET_VENUE)
            options=venues
            value
            on_change
        />
    }
}

#[component]
fn Waiting(failed: RwSignal<Option<StorageError>>) -> View {
    let store = Store::get();
    let Status { busy, reach, .. } = Status::get();
    let waiting = move || {
        store.overview.with(|overview| {
            overview.waiting().map(|entry| (entry.id, entry.saved_at)).collect::<Vec<_>>()
        })
    };
    let unsent = move || store.overview.with(|it| !it.entries.is_empty() || !it.corrupt.is_empty());
    view! {
        <section aria-labelledby="waiting">
            <h2 class="govuk-heading-l" id="waiting">
                {words(key::TABLET_WAITING)}
            </h2>
            <p class="govuk-body-l" role="status" id="waiting-count">
                {move || tn(key::STATUS_WAITING, waiting().len())}
            </p>
            {move || {
                language();
                let waiting = waiting();
                (!waiting.is_empty())
                    .then(|| {
                        view! {
                            <table class="govuk-table ct-table">
                                <caption class="govuk-visually-hidden">{t(key::TABLET_WAITING)}</caption>
                                <thead class="govuk-table__head">
                                    <tr class="govuk-table__row">
                                        <th scope="col" class="govuk-table__header">
                                            {t(key::TABLET_REFERENCE)}
                                        </th>
                                        <th scope="col" class="govuk-table__header">
                                            {t(key::TABLET_SINCE)}
                                        </th>
                                    </tr>
                                </thead>
                                <tbody class="govuk-table__body">
                                    {waiting
                                        .into_iter()
                                        .map(|(id, saved_at)| {
                                            view! {
                                                <tr class="govuk-table__row">
                                                    <th
                                                        scope="row"
                                                        class="govuk-table__header"
                                                        data-label=t(key::TABLET_REFERENCE)
                                                    >
                                                        {id.reference()}
                                                    </th>
                                                    <td
                                                        class="govuk-table__cell"
                                                        data-label=t(key::TABLET_SINCE)
                                                    >
                                                        {wall::instant(saved_at)}
                                                    </td>
                                                </tr>
                                            }
                                        })
                                        .collect_view()}
                                </tbody>
                            </table>
                        }
                    })
            }}
            // Pressing "Send now" without a network changes nothing that one sees.
            <p
                class="govuk-body"
                role="status"
                hidden=move || reach.get() != Reach::Offline || waiting().is_empty()
            >
                {words(key::SAVED_WILL_SEND)}
            </p>
            <div class="govuk-button-group">
                <button
                    type="button"
                    class="govuk-button"
                    on:click=move |_| store.nudge_sync()
                    disabled=move || busy.get()
                >
                    {words(key::TABLET_SEND_NOW)}
                </button>
                {move || {
                    unsent()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| {
                                        run(failed, async move { store.export_unsent().await });
                                    }
                                >
                                    {t(key::TABLET_EXPORT)}
                                </button>
                            }
                        })
                }}
            </div>
        </section>
    }
}

#[component]
fn Refused(failed: RwSignal<Option<StorageError>>) -> View {
    let store = Store::get();
    View::of(move || {
        language();
        let refused: Vec<_> = store.overview.with(|overview| {
            overview.refused().map(|(entry, problems)| (entry.id, problems.to_vec())).collect()
        });
        (!refused.is_empty()).then(|| {
            view! {
                <section aria-labelledby="refused">
                    <h2 class="govuk-heading-l" id="refused">
                        {t(key::TABLET_REFUSED)}
                    </h2>
                    <p class="govuk-body">{t(key::TABLET_REFUSED_TEXT)}</p>
                    <ul class="govuk-list govuk-list--bullet">
                        {refused
                            .into_iter()
                            .map(|(id, problems)| {
                                view! {
                                    <li>
                                        <strong>{id.reference()}</strong>
                                        <ul class="govuk-list">
                                            {problems
                                                .into_iter()
                                                .map(|problem| {
                                                    view! {
                                                        <li>
                                                            {words_for(problem.code)} " "
                                                            <small>{problem.to_string()}</small>
                                                        </li>
                                                    }
                                                })
                                                .collect_view()}
                                        </ul>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| run(failed, async move { store.retry_refused().await })
                    >
                        {t(key::TABLET_RETRY)}
                    </button>
                </section>
            }
        })
    })
}

#[component]
fn Corrupt() -> View {
    let store = Store::get();
    View::of(move || {
        let corrupt = store.overview.with(|overview| overview.corrupt.clone());
        (!corrupt.is_empty()).then(|| {
            view! {
                <section aria-labelledby="corrupt">
                    <h2 class="govuk-heading-l" id="corrupt">
                        {t(key::TABLET_CORRUPT)}
                    </h2>
                    <p class="govuk-body">{t(key::TABLET_CORRUPT_TEXT)}</p>
                    <ul class="govuk-list govuk-list--bullet">
                        {corrupt
                            .into_iter()
                            .map(|it| view! { <li>{it.key} ": " {it.reason}</li> })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    })
}

#[component]
fn Facts() -> View {
    let store = Store::get();
    let status = Status::get();
    let said = RwSignal::new(persistence::Persistence::default());
    spawn_local(async move { said.set(persistence::ask().await) });
    let reach = move || {
        t(match status.reach.get() {
            Reach::Unknown => key::TABLET_REACH_UNKNOWN,
            Reach::Online => key::STATUS_ONLINE,
            Reach::Offline => key::STATUS_OFFLINE,
            Reach::UpgradeNeeded => key::STATUS_UPGRADE,
        })
    };
    let last = move || match store.tablet.with(|tablet| tablet.last_sync) {
        Some(at) => wall::instant(at),
        None => t(key::TABLET_NEVER),
    };
    let promised = move || {
        t(match said.get().promised {
            Some(true) => key::TABLET_PROMISED,
            Some(false) => key::TABLET_NOT_PROMISED,
            None => key::TABLET_PROMISE_UNKNOWN,
        })
    };
    let megabytes = |bytes: u64| (bytes / 1_000_000).to_string();
    let room = move || match said.get() {
        persistence::Persistence { used: Some(used), quota: Some(quota), .. } => {
            tf(key::TABLET_ROOM, &[("used", &megabytes(used)), ("quota", &megabytes(quota))])
        }
        _ => t(key::TABLET_PROMISE_UNKNOWN),
    };
    let received =
        move || tn(key::TABLET_RECEIVED, store.overview.with(|overview| overview.received.len()));
    let catalogue = move || {
        store.catalogue.with(|catalogue| {
            let count = |collection| catalogue.records(collection).count().to_string();
            tf(
                key::TABLET_CONTENT,
                &[("events", &count(Collection::Event)), ("listings", &count(Collection::Listing))],
            )
        })
    };
    let place =
        move || store.catalogue.with(|catalogue| catalogue.site().map(|site| content(&site.place)));
    view! {
        <section aria-labelledby="facts">
            <h2 class="govuk-heading-l" id="facts">
                {words(key::TABLET_FACTS)}
            </h2>
            <dl class="ct-facts">
                <div class="ct-facts__row">
                    <dt>{words(key::TABLET_NETWORK)}</dt>
                    <dd>{reach}</dd>
                </div>
                <div class="ct-facts__row">
                    <dt>{words(key::TABLET_LAST_SYNC)}</dt>
                    <dd>{last}</dd>
                </div>
                <div class="ct-facts__row">
                    <dt>{words(key::TABLET_SENT)}</dt>
                    <dd>{received}</dd>
                </div>
                <div class="ct-facts__row">
                    <dt>{words(key::TABLET_CONTENT_TITLE)}</dt>
                    <dd>{catalogue} " " {place}</dd>
                </div>
                <div class="ct-facts__row">
                    <dt>{words(key::TABLET_STORAGE)}</dt>
                    <dd>
                        <div>{promised}</div>
                        <div>{room}</div>
                    </dd>
                </div>
            </dl>
        </section>
    }
}
