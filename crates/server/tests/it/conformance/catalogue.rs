//! The catalogue goes out in pages that leave nothing out.

use ::server::{Store, store::Page};
use model::{Collection, time::Millis, wire::EditResult};
use serde_json::json;

use super::{NOW, deletion, edit, edit_at, make, named, theme};

async fn changes(store: &Store, cursor: Option<&str>) -> Page {
    store.changes(cursor, 500).await.unwrap()
}

fn ids(page: &Page) -> Vec<&str> {
    page.records.iter().map(|record| record.id.as_str()).collect()
}

pub async fn pages_of_any_size_tell_the_same(store: &Store) {
    make(store, &["a", "b", "c", "d", "e"]).await;
    edit(store, theme(1, "b", 1, named("B"))).await;
    for limit in 1..=6 {
        let (mut told, mut cursor, mut fresh) = (Vec::new(), None::<String>, true);
        loop {
            let page = store.changes(cursor.as_deref(), limit).await.unwrap();
            assert_eq!(page.fresh, fresh);
            told.extend(page.records.iter().map(|record| record.id.to_string()));
            (cursor, fresh) = (Some(page.cursor), false);
            if !page.more {
                break;
            }
        }
        assert_eq!(told, ["a", "c", "d", "e", "b"], "{limit} at a time");
        let after = changes(store, cursor.as_deref()).await;
        assert_eq!((after.records.len(), after.fresh, after.more), (0, false, false));
    }
}

pub async fn deletions_are_told_to_those_who_know_the_record(store: &Store) {
    make(store, &["a", "b"]).await;
    let before = changes(store, None).await;
    edit(store, deletion(1, "a", 1)).await;
    let page = changes(store, Some(&before.cursor)).await;
    assert_eq!(ids(&page), ["a"]);
    assert!(page.records[0].deleted && page.records[0].fields.is_empty());
    assert_eq!(ids(&changes(store, None).await), ["b"]);
    assert!(store.record(Collection::Theme, "a").await.unwrap().is_none());
    assert_eq!(store.records(Collection::Theme).await.unwrap().len(), 1);
}

pub async fn a_cursor_that_does_not_fit_starts_again(store: &Store) {
    make(store, &["a", "b"]).await;
    let epoch = store.epoch().await.unwrap();
    for strange in [
        "<html>".to_owned(),
        "\0".to_owned(),
        json!(["another", "public", 1, 1]).to_string(),
        json!([epoch, "capture", 1, 1]).to_string(),
        json!([epoch, "public", 99, 1]).to_string(),
        json!([epoch, "public", 1, 10_000]).to_string(),
        json!([epoch, "public", 1, u64::MAX]).to_string(),
    ] {
        let page = changes(store, Some(&strange)).await;
        assert_eq!((ids(&page), page.fresh), (vec!["a", "b"], true), "{strange}");
        assert_eq!(page.epoch, epoch);
    }
}

pub async fn ids_are_ordered_byte_by_byte(store: &Store) {
    make(store, &["ab", "a.b", "a1", "a-b", "a", "b"]).await;
    let records = store.records(Collection::Theme).await.unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, ["a", "a-b", "a.b", "a1", "ab", "b"]);
}

const DAY: i64 = 24 * 60 * 60 * 1_000;

pub async fn an_old_deletion_is_forgotten_and_the_floor_raised(store: &Store) {
    make(store, &["a", "b", "c", "d"]).await;
    let long_ago = changes(store, None).await;
    // The clock jumped back in between: the later deletion has the earlier date.
    edit_at(store, deletion(1, "b", 1), Millis(NOW.0 + DAY)).await;
    let since_first = changes(store, None).await;
    edit_at(store, deletion(2, "a", 1), NOW).await;
    let since_second = changes(store, None).await;
    edit_at(store, deletion(3, "c", 1), Millis(NOW.0 + 9 * DAY)).await;

    assert_eq!(store.expire_tombstones(NOW).await.unwrap(), 0, "none is older than itself");
    assert_eq!(ids(&changes(store, Some(&long_ago.cursor)).await), ["b", "a", "c"]);
    assert_eq!(store.expire_tombstones(Millis(NOW.0 + 2 * DAY)).await.unwrap(), 2);
    for too_old in [&long_ago, &since_first] {
        let page = changes(store, Some(&too_old.cursor)).await;
        assert_eq!((ids(&page), page.fresh), (vec!["d"], true));
    }
    let page = changes(store, Some(&since_second.cursor)).await;
    assert_eq!((ids(&page), page.fresh), (vec!["c"], false), "it knows all that was forgotten");
}

pub async fn what_was_forgotten_may_be_made_anew(store: &Store) {
    make(store, &["a"]).await;
    edit(store, deletion(1, "a", 1)).await;
    let taken = edit(store, theme(2, "a", 0, named("Again"))).await;
    assert!(matches!(taken, EditResult::Conflict { .. }), "{taken:?}");
    store.expire_tombstones(Millis(NOW.0 + 1)).await.unwrap();
    let late = edit(store, theme(3, "a", 1, named("Late"))).await;
    assert!(matches!(late, EditResult::Conflict { .. }), "an edit creates nothing: {late:?}");
    let made = edit(store, theme(4, "a", 0, named("Again"))).await;
    assert!(matches!(made, EditResult::Merged { .. }), "{made:?}");
    assert_eq!(ids(&changes(store, None).await), ["a"]);
}

pub async fn the_floor_never_sinks(store: &Store) {
    make(store, &["a", "b"]).await;
    let old = changes(store, None).await;
    edit_at(store, deletion(1, "a", 1), Millis(NOW.0 + DAY)).await;
    edit_at(store, deletion(2, "b", 1), NOW).await;
    assert_eq!(store.expire_tombstones(Millis(NOW.0 + 1)).await.unwrap(), 1);
    assert_eq!(store.expire_tombstones(Millis(NOW.0 + 2 * DAY)).await.unwrap(), 1);
    assert!(changes(store, Some(&old.cursor)).await.fresh);
    let newest = changes(store, None).await;
    assert!(!changes(store, Some(&newest.cursor)).await.fresh);
}
