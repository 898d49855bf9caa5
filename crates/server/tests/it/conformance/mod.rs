//! One suite for every database: what a store promises does not depend on what it stands on.

mod accounts;
mod answer_themes;
mod capture;
mod catalogue;
mod edits;
mod history;
mod imports;

use std::sync::Arc;

use ::server::{
    Store,
    store::{Arrival, AuthoredEdit, history::fresh_epoch, memory::Memory},
};
use model::{
    Hash, Key, SubmissionId,
    submission::Sealed,
    time::Millis,
    wire::{Edit, EditResult},
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::postgres;

/// The instant by which most of the suite happens.
pub const NOW: Millis = Millis(1_795_516_200_000);

/// Each case with an empty store of each kind.
macro_rules! on_each_database {
    ($($noun:ident::$case:ident,)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                let dir = super::TempDir::new().unwrap();
                let store = super::Store::open(dir.path()).await.unwrap();
                super::$noun::$case(&store).await;
                store.close().await;
            })+
        }
        mod postgresql {
            $(#[tokio::test]
            async fn $case() {
                let Some(url) = super::postgres::database() else { return };
                let store = super::Store::connect(&url).await.unwrap();
                super::$noun::$case(&store).await;
                store.close().await;
            })+
        }
        mod memory {
            $(#[tokio::test]
            async fn $case() {
                let memory = super::Memory::new(super::fresh_epoch().unwrap());
                let store = super::Store::on(super::Arc::new(memory));
                super::$noun::$case(&store).await;
                store.close().await;
            })+
        }
    };
}

on_each_database! {
    accounts::an_account_is_made_once,
    accounts::a_session_ends_after_its_time_or_when_told,
    accounts::a_new_password_ends_the_sessions_of_its_account,
    accounts::names_that_no_database_can_hold_are_nobody,
    answer_themes::themes_are_given_and_taken_one_by_one,
    capture::the_same_submission_keeps_its_place,
    capture::another_content_under_an_id_is_a_rival_and_kept_once,
    capture::one_push_may_hold_the_same_record_twice,
    capture::places_grow_from_push_to_push,
    capture::filters_narrow_and_slices_page,
    capture::bytes_come_back_as_they_came,
    capture::the_extent_is_that_of_one_surveys_responses,
    catalogue::pages_of_any_size_tell_the_same,
    catalogue::deletions_are_told_to_those_who_know_the_record,
    catalogue::a_cursor_that_does_not_fit_starts_again,
    catalogue::ids_are_ordered_byte_by_byte,
    catalogue::an_old_deletion_is_forgotten_and_the_floor_raised,
    catalogue::what_was_forgotten_may_be_made_anew,
    catalogue::the_floor_never_sinks,
    edits::an_edit_is_carried_out_once,
    edits::a_number_belongs_to_one_edit_of_one_author,
    edits::the_loser_of_a_collision_keeps_the_value,
    edits::an_invalid_edit_leaves_nothing_and_may_come_again,
    edits::what_is_gone_is_a_conflict,
    edits::any_json_is_stored_as_it_is,
    history::a_new_history_makes_cursors_stale_and_ends_sessions,
    history::a_name_is_taken_only_where_there_is_none,
    history::a_push_of_nothing_tells_the_history,
    history::everything_is_counted,
    imports::an_import_is_all_or_nothing,
    imports::a_trial_stores_nothing,
    imports::the_same_again_changes_nothing,
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// A piece of feedback with an id made from `number`. To the store its bytes are any bytes.
fn arrival(number: u8, bytes: &[u8]) -> Arrival {
    Arrival {
        sealed: Sealed {
            id: SubmissionId::new(NOW, [number; 10]),
            hash: Hash::of(bytes),
            bytes: bytes.to_vec(),
        },
        kind: "feedback",
        survey: None,
        venue: Some(key("grays-library")),
        themes: vec![key("health")],
        made_at: Millis(NOW.0 + i64::from(number)),
    }
}

fn fields(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

fn theme(number: u128, id: &str, base_rev: u64, set: Value) -> AuthoredEdit {
    AuthoredEdit {
        account: "ana".to_owned(),
        edit: Edit {
            edit: uuid::Uuid::from_u128(number),
            collection: "theme".to_owned(),
            id: key(id),
            base_rev,
            fields: fields(set),
            delete: false,
        },
    }
}

fn named(name: &str) -> Value {
    json!({"name": {"en": name}})
}

fn deletion(number: u128, id: &str, base_rev: u64) -> AuthoredEdit {
    let mut edit = theme(number, id, base_rev, json!({}));
    edit.edit.delete = true;
    edit
}

/// Carries out one edit at [`NOW`].
async fn edit(store: &Store, edit: AuthoredEdit) -> EditResult {
    edit_at(store, edit, NOW).await
}

async fn edit_at(store: &Store, edit: AuthoredEdit, now: Millis) -> EditResult {
    store.edit(vec![edit], now).await.unwrap().remove(0)
}

/// Makes themes with these ids.
async fn make(store: &Store, ids: &[&str]) {
    for (number, id) in (1_000..).zip(ids) {
        let made = edit(store, theme(number, id, 0, named(id))).await;
        assert!(matches!(made, EditResult::Merged { .. }), "{made:?}");
    }
}
