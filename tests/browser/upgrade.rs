//! The app of today on the databases of every version before it, with the tab of that version still open.

use std::{future::Future as _, pin::pin, task::Poll};

use app::idb::{IdbCatalogue, IdbOutbox};
use futures::future::{Either, poll_fn, select};
use indexed_db_futures::{Build, database::Database, query_source::QuerySource};
use model::{Problem, ProblemCode, SubmissionId, time::Millis};
use sync::{Catalogue as _, EntryState, Outbox as _};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    fresh,
    released::{RECEIVED, REFUSED, RELEASED, Released, WAITING},
    server,
    tab::{Channel, Tab},
};

/// Opens the database as today's app does, and checks that all is there that its version left in it.
async fn read_all(released: Released, name: &'static str) {
    match released.kind {
        "outbox" => read_outbox(&IdbOutbox::new(name)).await,
        _ => read_catalogue(&IdbCatalogue::new(name)).await,
    }
}

async fn read_outbox(outbox: &IdbOutbox) {
    let overview = outbox.overview().await.unwrap();
    let [waiting, refused] = &overview.entries[..] else { panic!("{overview:?}") };
    assert_eq!(
        (waiting.id.to_string().as_str(), &waiting.state),
        (WAITING.0, &EntryState::Waiting)
    );
    assert_eq!(
        (&waiting.bytes[..], waiting.saved_at),
        (WAITING.1.as_bytes(), Millis(1_700_000_000_000))
    );
    let problems = vec![Problem::new("/words", ProblemCode::TooLong, "Too long.")];
    assert_eq!(refused.state, EntryState::Refused { problems });
    assert_eq!(
        (refused.id.to_string().as_str(), &refused.bytes[..]),
        (REFUSED.0, REFUSED.1.as_bytes())
    );
    let received = RECEIVED.map(|id| SubmissionId::parse(id).unwrap());
    assert_eq!((Vec::from_iter(overview.received), overview.corrupt.len()), (received.to_vec(), 0));
    // The epoch is known; and of another, only the receipt with its bytes comes back.
    assert_eq!(outbox.see_epoch("e").await, Ok(0));
    assert_eq!(outbox.see_epoch("another").await, Ok(1));
}

async fn read_catalogue(catalogue: &IdbCatalogue) {
    let records = catalogue.records().await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].id.as_str(), &records[0].fields["title"]["en"]), ("a", &"a".into()));
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("one"));
    let venue = catalogue.setting("venue").await.unwrap();
    assert_eq!(venue.as_deref(), Some("grays-central-library"));
}

/// Whoever changes a schema writes down what the one before has left on tablets.
#[wasm_bindgen_test]
async fn every_version_is_written_down() {
    for kind in ["outbox", "catalogue"] {
        let name = fresh(kind);
        match kind {
            "outbox" => drop(IdbOutbox::new(name).overview().await.unwrap()),
            _ => drop(IdbCatalogue::new(name).records().await.unwrap()),
        }
        let today = Database::open(name).build().unwrap().await.unwrap().version();
        let known: Vec<_> = RELEASED.iter().filter(|it| it.kind == kind).collect();
        let versions: Vec<_> = known.iter().map(|it| f64::from(it.version)).collect();
        assert_eq!(versions, (1..=known.len()).map(|it| it as f64).collect::<Vec<_>>());
        assert_eq!(versions.last(), Some(&today), "{kind}: write its newest version down");
    }
}

#[wasm_bindgen_test]
async fn what_every_version_left_is_read() {
    for released in RELEASED {
        let name = fresh(released.kind);
        released.make(name).await.close();
        read_all(released, name).await;
    }
}

#[wasm_bindgen_test]
async fn an_old_tab_makes_room_for_the_new_app() {
    for released in RELEASED {
        let name = fresh(released.kind);
        let version = released.version.to_string();
        let mut tab = Tab::open("old-app", &[released.kind, &version, name, "polite"]).await;
        read_all(released, name).await;
        if released.is_old() {
            assert_eq!(tab.hear().await, "closed");
        }
        tab.close();
    }
}

/// One that hangs, or lies in the browser's memory of pages gone by, cannot be told anything. The new app waits for it:
/// it neither fails nor goes on without its storage; and it goes on by itself once that tab is closed.
#[wasm_bindgen_test]
async fn the_new_app_waits_for_an_old_tab_that_does_not_answer() {
    for released in RELEASED.into_iter().filter(|it| it.is_old()) {
        let name = fresh(released.kind);
        let version = released.version.to_string();
        let mut tab = Tab::open("old-app", &[released.kind, &version, name, "deaf"]).await;
        let mut reading = pin!(read_all(released, name));
        let mut begun = async || {
            poll_fn(|context| Poll::Ready(reading.as_mut().poll(context).is_ready())).await
        };
        for _ in 0..3 {
            assert!(!begun().await, "it went on while the old tab had the database");
            tab.say("are you there?");
            assert_eq!(tab.hear().await, "asked to close");
        }
        tab.close();
        reading.await;
    }
}

/// What the old app saves at the same time is neither lost nor hidden: its schema is the same.
#[wasm_bindgen_test]
async fn old_and_new_app_save_into_one_outbox() {
    let name = fresh("outbox");
    let mut tab = Tab::open("old-app", &["outbox", "1", name, "polite"]).await;
    let outbox = IdbOutbox::new(name);
    let told = server::told("by the new app");
    outbox.enqueue(&told, Millis(1)).await.unwrap();
    tab.say("how many?");
    assert_eq!(tab.hear().await, "3");
    tab.close();
}

/// The second tab of the tests above: an app of that version, which has the database open.
pub async fn old_app(mut channel: Channel, words: &[&'static str]) {
    let [kind, version, name, manners] = words[..] else { panic!("{words:?}") };
    let database = Released::of(kind, version.parse().unwrap()).make(name).await;
    let mut changes = database.version_changes().unwrap();
    channel.say("ready");
    if manners == "deaf" {
        // It does hear that it is asked, so that the test knows that it was; it does nothing about it.
        changes.recv().await.unwrap();
        loop {
            channel.hear().await;
            channel.say("asked to close");
        }
    }
    loop {
        let asked = {
            let (close, question) = (pin!(changes.recv()), pin!(channel.hear()));
            matches!(select(close, question).await, Either::Right(_))
        };
        if !asked {
            break;
        }
        let transaction = database.transaction("entries").build().unwrap();
        let entries = transaction.object_store("entries").unwrap();
        channel.say(&entries.count().await.unwrap().to_string());
    }
    database.close();
    channel.say("closed");
}
