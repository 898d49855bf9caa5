//! Edits are carried out once, and what they lose is kept.

use ::server::Store;
use model::{Collection, wire::EditResult};
use serde_json::{Value, json};

use super::{NOW, deletion, edit, make, named, theme};

async fn name(store: &Store, id: &str) -> Value {
    store.record(Collection::Theme, id).await.unwrap().unwrap().fields["name"]["en"].clone()
}

pub async fn an_edit_is_carried_out_once(store: &Store) {
    make(store, &["a"]).await;
    let first = edit(store, theme(1, "a", 1, named("One"))).await;
    edit(store, theme(2, "a", 2, named("Two"))).await;
    assert_eq!(edit(store, theme(1, "a", 1, named("One"))).await, first);
    assert_eq!(name(store, "a").await, "Two");
}

pub async fn a_number_belongs_to_one_edit_of_one_author(store: &Store) {
    make(store, &["a"]).await;
    edit(store, theme(1, "a", 1, named("One"))).await;
    let mut of_ben = theme(1, "a", 1, named("One"));
    of_ben.account = "ben".to_owned();
    for other in [of_ben, theme(1, "a", 1, named("Other"))] {
        let EditResult::Invalid { problems } = edit(store, other).await else { panic!() };
        assert_eq!(problems[0].pointer, "/edit");
    }
    assert_eq!(name(store, "a").await, "One");
}

pub async fn the_loser_of_a_collision_keeps_the_value(store: &Store) {
    make(store, &["a"]).await;
    edit(store, theme(1, "a", 1, named("First"))).await;
    let mut late = theme(2, "a", 1, named("Second"));
    late.account = "ben".to_owned();
    let EditResult::Merged { collisions, record } = edit(store, late).await else { panic!() };
    assert_eq!(collisions[0].yours, json!({"en": "Second"}));
    assert_eq!(record.rev, 2, "nothing changed, so no revision is used");

    assert_eq!(store.conflicts("ana", 9).await.unwrap(), []);
    let kept = store.conflicts("ben", 9).await.unwrap();
    assert_eq!((kept[0].collisions.clone(), kept[0].at), (collisions, NOW));
    let id = kept[0].id;
    assert!(!store.put_aside("ana".to_owned(), id).await.unwrap());
    assert!(!store.put_aside("ben".to_owned(), u64::MAX).await.unwrap());
    assert!(store.put_aside("ben".to_owned(), id).await.unwrap());
    assert!(!store.put_aside("ben".to_owned(), id).await.unwrap());
    assert_eq!(store.conflicts("ben", 9).await.unwrap(), []);
}

pub async fn an_invalid_edit_leaves_nothing_and_may_come_again(store: &Store) {
    let event = |number| {
        let mut event = theme(
            number,
            "knit",
            0,
            json!({
                "title": {"en": "Knit"}, "summary": {"en": "Wool."}, "venue": "hall",
                "themes": ["a"], "start": "2026-11-24T10:30:00", "minutes": 90,
            }),
        );
        event.edit.collection = "event".to_owned();
        event
    };
    let refused = edit(store, event(1)).await;
    assert!(matches!(refused, EditResult::Invalid { .. }), "{refused:?}");
    assert!(store.is_empty().await.unwrap());

    make(store, &["a"]).await;
    let mut area = theme(2, "grays", 0, named("Grays"));
    area.edit.collection = "area".to_owned();
    let mut venue = theme(
        3,
        "hall",
        0,
        json!({"name": {"en": "Hall"}, "address": [], "postcode": "RM17 5DX", "area": "grays"}),
    );
    venue.edit.collection = "venue".to_owned();
    let results = store.edit(vec![area, venue, event(1)], NOW).await.unwrap();
    for result in &results {
        assert!(matches!(result, EditResult::Merged { .. }), "{result:?}");
    }
}

pub async fn what_is_gone_is_a_conflict(store: &Store) {
    make(store, &["a", "b"]).await;
    edit(store, deletion(1, "a", 1)).await;
    for lost in [
        theme(2, "a", 1, named("Late")),
        theme(3, "a", 0, named("Again")),
        theme(4, "nowhere", 3, named("Never")),
        theme(5, "b", 9, named("Future")),
        theme(6, "b", 0, named("Taken")),
    ] {
        let result = edit(store, lost).await;
        assert!(matches!(result, EditResult::Conflict { .. }), "{result:?}");
    }
    let kept = store.conflicts("ana", 99).await.unwrap();
    let names: Vec<_> =
        kept.iter().map(|kept| kept.collisions[0].yours["en"].as_str().unwrap()).collect();
    assert_eq!(names, ["Taken", "Future", "Never", "Again", "Late"], "newest first");
    assert_eq!(store.conflicts("ana", 2).await.unwrap().len(), 2);
}

pub async fn any_json_is_stored_as_it_is(store: &Store) {
    let mut fields = named("Ţară 😀");
    fields["extra"] = json!({"nul": "a\u{0}b", "deep": [[[null, 1.5e300, -0.0, "\u{2028}"]]]});
    let made = edit(store, theme(1, "a", 0, fields.clone())).await;
    let EditResult::Merged { record, .. } = made else { panic!("{made:?}") };
    assert_eq!(Value::Object(record.fields.clone()), fields);
    assert_eq!(store.record(Collection::Theme, "a").await.unwrap().unwrap(), record);
    assert_eq!(store.changes(None, 9).await.unwrap().records, [record]);
}
