//! Submissions are stored once, in an order that stands.

use ::server::{
    Store,
    store::{Arrival, Filter, Placed, Slice},
};
use model::time::Millis;

use super::{NOW, arrival, key};

async fn receive(store: &Store, arrivals: &[Arrival]) -> Vec<Placed> {
    store.receive(arrivals.to_vec(), NOW).await.unwrap().placed
}

fn feedback() -> Filter {
    Filter { kind: "feedback", ..Filter::default() }
}

async fn found(store: &Store, filter: &Filter, slice: Slice, limit: u32) -> Vec<u64> {
    let found = store.submissions(filter, slice, limit).await.unwrap();
    found.iter().map(|stored| stored.seq).collect()
}

pub async fn the_same_submission_keeps_its_place(store: &Store) {
    let one = arrival(1, b"one");
    let first = receive(store, std::slice::from_ref(&one)).await;
    let Placed::At(_) = first[0] else { panic!("{first:?}") };
    receive(store, &[arrival(2, b"two")]).await;
    assert_eq!(receive(store, &[one]).await, first);
    assert_eq!(store.count(&feedback()).await.unwrap(), 2);
}

pub async fn another_content_under_an_id_is_a_rival_and_kept_once(store: &Store) {
    receive(store, &[arrival(1, b"one")]).await;
    for rival in [b"two".as_slice(), b"two", b"three"] {
        assert_eq!(receive(store, &[arrival(1, rival)]).await, [Placed::Rival]);
    }
    assert_eq!(store.census().await.unwrap().rivals, 2);
    let stored = store.submissions(&feedback(), Slice::After(0), 9).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].bytes, b"one");
}

pub async fn one_push_may_hold_the_same_record_twice(store: &Store) {
    let (one, two) = (arrival(1, b"one"), arrival(2, b"two"));
    let push = [one.clone(), two, one, arrival(1, b"another")];
    let placed = receive(store, &push).await;
    assert_eq!(placed[0], placed[2]);
    assert_ne!(placed[0], placed[1]);
    assert_eq!(placed[3], Placed::Rival);
    assert_eq!(store.count(&feedback()).await.unwrap(), 2);
}

pub async fn places_grow_from_push_to_push(store: &Store) {
    let mut last = 0;
    for push in 0..5 {
        let arrivals: Vec<_> = (0..20).map(|n| arrival(push * 20 + n, &[push, n])).collect();
        for placed in receive(store, &arrivals).await {
            let Placed::At(seq) = placed else { panic!("{placed:?}") };
            assert!(seq > last, "{seq} comes after {last}");
            last = seq;
        }
    }
    let all = found(store, &feedback(), Slice::After(0), 1_000).await;
    assert_eq!(all.len(), 100);
    assert!(all.is_sorted());
}

pub async fn filters_narrow_and_slices_page(store: &Store) {
    let mut arrivals: Vec<_> = (1..=6).map(|n| arrival(n, &[n])).collect();
    arrivals[1].venue = None;
    arrivals[2].themes = vec![key("transport"), key("health"), key("transport")];
    arrivals[3].kind = "response";
    arrivals[3].survey = Some(key("living"));
    arrivals[4].themes = Vec::new();
    receive(store, &arrivals).await;

    let all = found(store, &feedback(), Slice::After(0), 9).await;
    let [a, b, c, e, f] = all[..] else { panic!("{all:?}") };
    assert_eq!(found(store, &feedback(), Slice::Before(None), 2).await, [f, e]);
    assert_eq!(found(store, &feedback(), Slice::Before(Some(e)), 2).await, [c, b]);
    assert_eq!(found(store, &feedback(), Slice::After(c), 9).await, [e, f]);

    let of = async |filter: Filter| {
        let found = found(store, &filter, Slice::After(0), 9).await;
        assert_eq!(store.count(&filter).await.unwrap(), u64::try_from(found.len()).unwrap());
        found
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(of(Filter { venue: text("grays-library"), ..feedback() }).await, [a, c, e, f]);
    assert_eq!(of(Filter { theme: text("transport"), ..feedback() }).await, [c]);
    assert_eq!(of(Filter { theme: text("health"), ..feedback() }).await, [a, b, c, f]);
    let from = Some(Millis(NOW.0 + 2));
    let until = Some(Millis(NOW.0 + 5));
    assert_eq!(of(Filter { from, until, ..feedback() }).await, [b, c]);
    let responses = Filter { kind: "response", survey: text("living"), ..Filter::default() };
    assert_eq!(of(responses).await.len(), 1);
    for strange in ["nowhere", "", "gr\0ays", "'; --", "%"] {
        let found = of(Filter { venue: text(strange), ..feedback() }).await;
        assert!(found.is_empty(), "{strange:?}");
    }
}

pub async fn bytes_come_back_as_they_came(store: &Store) {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    receive(store, &[arrival(1, &bytes), arrival(2, b"")]).await;
    let stored = store.submissions(&feedback(), Slice::After(0), 9).await.unwrap();
    assert_eq!(stored[0].bytes, bytes);
    assert_eq!(stored[0].received_at, NOW);
    assert_eq!(stored[0].id, arrival(1, &bytes).sealed.id);
    assert_eq!(stored[1].bytes, b"");
}

pub async fn the_extent_is_that_of_one_surveys_responses(store: &Store) {
    let standing = async |survey: &str| {
        let standing = store.standing(&key(survey)).await.unwrap();
        (standing.latest, standing.responses)
    };
    assert_eq!(standing("living").await, (0, 0));
    let response = |number: u8, survey: &str| Arrival {
        kind: "response",
        survey: Some(key(survey)),
        ..arrival(number, &[number])
    };
    let news = [
        response(1, "living"),
        arrival(2, b"feedback"),
        response(3, "living"),
        response(4, "other"),
        // Once more is once.
        response(1, "living"),
    ];
    let placed = receive(store, &news).await;
    let [_, _, Placed::At(latest), Placed::At(other), _] = placed[..] else { panic!("{placed:?}") };
    assert_eq!(standing("living").await, (latest, 2));
    assert_eq!(standing("other").await, (other, 1));
    assert_eq!(standing("nothing").await, (0, 0));
}
