//! What two editors wrote into one field, and the choice between them.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key, Text,
    merge::Collision,
    wire::{Conflict, Edit, EditResult},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    live::words_for,
    values::{stored_name, value_words},
    words_field::{english, with_english},
};
use crate::{
    components::notice::{Notice, Tone},
    locale::{content, key, label, t, tf},
    platform::{browser, ids},
    store::Store,
};

/// One conflict: each field with both values. When all fields are settled it is put aside on
/// the server, and `settled` is called.
#[component]
pub fn ConflictCard(
    /// What collided.
    conflict: Conflict,
    /// Called when nothing of it is left to decide, or when there is news of it.
    #[prop(into)]
    settled: Callback<()>,
) -> View {
    let store = Store::get();
    let open = RwSignal::new(conflict.collisions.clone());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let collection = Collection::parse(&conflict.collection);
    let (record, id) = (conflict.record.clone(), conflict.id);

    let close = async move |field: String| -> Result<(), SyncError> {
        let left = open.with_untracked(|open| open.iter().filter(|it| it.field != field).count());
        if left == 0 {
            // Without a number it could not be fetched; it stays listed in the overview.
            if id > 0 {
                store.dismiss_conflict(id).await?;
            }
            settled.run(());
        }
        open.try_update(|open| open.retain(|it| it.field != field));
        Ok(())
    };
    let target = record.clone();
    let decide = move |collision: Collision, mine: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let target = target.clone();
        spawn_local(async move {
            let outcome = match (mine, collection) {
                (true, Some(collection)) => send_mine(store, collection, target, &collision).await,
                _ => Ok(None),
            };
            let outcome = match outcome {
                Ok(None) => close(collision.field).await.map(|()| None),
                other => other,
            };
            busy.try_set(false);
            let words = match outcome {
                Ok(words) => words,
                Err(error) => Some(words_for(&error)),
            };
            error.try_set(words);
            request_animation_frame(|| {
                browser::focus("#conflicts");
            });
        });
    };
    let title = record_title(store, collection, &record);
    let gone = move || {
        let there = collection.is_some_and(|collection| {
            store.catalogue.with(|catalogue| catalogue.record(collection, &record).is_some())
        });
        !there
    };
    let gone = Memo::new(move |_| gone());
    let card = move |collision: Collision| {
        let catalogue = store.catalogue.get();
        let field = stored_name(&collision.field);
        let theirs = value_words(&catalogue, &collision.field, &collision.theirs);
        let yours = value_words(&catalogue, &collision.field, &collision.yours);
        let (keep, mine) = (decide.clone(), decide.clone());
        let (kept, own) = (collision.clone(), collision);
        let described = field.clone();
        view! {
            <div class="ct-conflict">
                <h3 class="ct-conflict__title">{tf(
                    if gone.get() { key::STAFF_CONFLICT_LOST } else { key::STAFF_CONFLICT_TITLE },
                    &[("field", &field)],
                )}</h3>
                <dl class="ct-facts">
                    <div class="ct-facts__row">
                        <dt>{t(key::STAFF_CONFLICT_THEIRS)}</dt>
                        <dd class="ct-lines">{theirs}</dd>
                    </div>
                    <div class="ct-facts__row">
                        <dt>{t(key::STAFF_CONFLICT_YOURS)}</dt>
                        <dd class="ct-lines">{yours}</dd>
                    </div>
                </dl>
                <div class="govuk-button-group">
                    <button
                        type="button"
                        class="govuk-button"
                        on:click=move |_| keep(kept.clone(), false)
                    >
                        {t(if gone.get() { key::STAFF_CONFLICT_ASIDE } else { key::STAFF_CONFLICT_KEEP })}
                        <span class="govuk-visually-hidden">": " {described.clone()}</span>
                    </button>
                    {(!gone.get())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| mine(own.clone(), true)
                                >
                                    {t(key::STAFF_CONFLICT_MINE)}
                                    <span class="govuk-visually-hidden">": " {described}</span>
                                </button>
                            }
                        })}
                </div>
            </div>
        }
    };
    view! {
        <section>
            <p class="govuk-body">
                {move || tf(key::STAFF_CONFLICT_WHERE, &[("title", &title.get())])}
            </p>
            {move || gone.get().then(|| view! { <p class="govuk-body">{t(key::STAFF_CONFLICT_GONE)}</p> })}
            {move || {
                error
                    .get()
                    .map(|words| {
                        view! {
                            <Notice
                                tone=Tone::Error
                                title=label(key::STAFF_NOT_SAVED)
                            >
                                <p>{words}</p>
                            </Notice>
                        }
                    })
            }}
            {move || open.get().into_iter().map(card.clone()).collect_view()}
        </section>
    }
}

/// Sends this author's value on the record as it is now. Words come back if it was not taken.
async fn send_mine(
    store: Store,
    collection: Collection,
    record: Key,
    collision: &Collision,
) -> Result<Option<String>, SyncError> {
    let rev = store
        .catalogue
        .with_untracked(|catalogue| catalogue.record(collection, &record).map(|it| it.rev));
    let fields: Map<String, Value> =
        [(collision.field.clone(), mine_over(collision))].into_iter().collect();
    let edit = Edit {
        edit: ids::random_uuid(),
        collection: collection.name().to_owned(),
        id: record,
        base_rev: rev.unwrap_or_default(),
        fields,
        delete: false,
    };
    Ok(match store.edit(edit).await? {
        EditResult::Merged { collisions, .. } if collisions.is_empty() => None,
        EditResult::Merged { .. } => Some(t(key::STAFF_CONFLICT_AGAIN)),
        EditResult::Conflict { detail } => Some(detail),
        // Sent by itself, it goes with no other.
        EditResult::Undone => Some(t(key::STAFF_NOT_SAVED)),
        EditResult::Invalid { problems } => {
            let details = problems.into_iter().map(|problem| problem.detail);
            Some(details.collect::<Vec<_>>().join(" "))
        }
    })
}

/// This author's value. Of a text only the English is theirs: the form shows no other
/// language, so translations that somebody else wrote meanwhile stay.
fn mine_over(collision: &Collision) -> Value {
    let text = |value: &Value| value.as_object().and_then(|_| Text::deserialize(value).ok());
    let (Some(theirs), Some(mine)) = (text(&collision.theirs), text(&collision.yours)) else {
        return collision.yours.clone();
    };
    let mut words = mine.clone();
    theirs.iter().for_each(|(tag, text)| words.set(tag.to_owned(), text.to_owned()));
    let words = with_english(&words, &english(&mine));
    serde_json::to_value(words).unwrap_or_else(|_| collision.yours.clone())
}

/// What the record is called, tracked; its id where it is gone.
fn record_title(store: Store, collection: Option<Collection>, record: &Key) -> Signal<String> {
    let record = record.clone();
    Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let title = match collection {
                Some(Collection::Event) => catalogue.event(&record).map(|it| it.title),
                Some(Collection::Listing) => catalogue.listing(&record).map(|it| it.title),
                _ => None,
            };
            title.as_ref().map_or_else(|| record.to_string(), content)
        })
    })
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use serde_json::json;

    #[test]
    fn mine_leaves_the_translations_of_others() {
        let mine = |theirs: Value, yours: Value| {
            mine_over(&Collision { field: "summary".into(), theirs, yours })
        };
        assert_eq!(
            mine(json!({"en": "A", "pl": "P2"}), json!({"en": "B", "pl": "P1", "ro": "R"})),
            json!({"en": "B", "pl": "P2", "ro": "R"})
        );
        assert_eq!(mine(json!({"en": "A", "pl": "P"}), json!({"pl": "P"})), json!({"pl": "P"}));
        assert_eq!(mine(json!("free"), json!("paid")), json!("paid"));
        assert_eq!(mine(json!({"en": "A"}), Value::Null), Value::Null);
        assert_eq!(mine(Value::Null, json!(["a"])), json!(["a"]));
    }
}
