//! Two tabs of one tablet: the same databases and the same server, two pages that know nothing of each other.

use app::{
    idb::{IdbCatalogue, IdbOutbox},
    net::Gateway,
    platform::{clock, locks},
};
use gloo::timers::future::TimeoutFuture;
use sync::{Outbox as _, sync};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    fresh,
    rounds::sorted,
    server,
    tab::{Channel, Tab},
};

/// How often each tab saves something and syncs.
const ROUNDS: usize = 12;
/// How much it saves each time.
const TOLD: usize = 3;
/// Milliseconds between two tries to get a lock: the browser tells nobody that it is free.
const AGAIN: u32 = 5;

/// Saves and syncs, round by round, beside a tab that does the same.
async fn save_and_sync(outbox: &'static str, catalogue: &'static str, words: &str) {
    let (outbox, catalogue) = (IdbOutbox::new(outbox), IdbCatalogue::new(catalogue));
    for round in 0..ROUNDS {
        for number in 0..TOLD {
            let told = server::told(&format!("{words} {round} {number}"));
            outbox.enqueue(&told, clock::now()).await.unwrap();
        }
        let outcome = sync(&outbox, &catalogue, &Gateway, clock::now).await;
        assert_eq!(outcome.error, None);
    }
}

/// Everything arrived once, and the tablet shows what the server has.
async fn prove(outbox: &'static str, catalogue: &'static str, words: &str, told: usize) {
    let (outbox, catalogue) = (IdbOutbox::new(outbox), IdbCatalogue::new(catalogue));
    // What the other tab had on its way is the only thing that may be left.
    let last = sync(&outbox, &catalogue, &Gateway, clock::now).await;
    assert_eq!(last.error, None);
    let overview = outbox.overview().await.unwrap();
    assert_eq!(overview.entries.len(), 0);
    let corrupt = outbox.raw_corrupt().await.unwrap();
    assert_eq!(overview.corrupt.len(), 0, "{:?}, as text {corrupt:?}", overview.corrupt);
    assert_eq!(overview.received.len(), told);
    let there = server::received(words).await;
    assert_eq!(there.into_keys().collect::<Vec<_>>(), Vec::from_iter(overview.received));
    assert_eq!(sorted(&catalogue).await, server::catalogue().await);
}

/// Where the lock fails: both push the same entries, settle them, and fetch the same catalogue at once.
#[wasm_bindgen_test]
async fn two_tabs_that_sync_at_once_lose_nothing_and_double_nothing() {
    let (outbox, catalogue, words) = (fresh("outbox"), fresh("catalogue"), fresh("told"));
    server::sign_in().await;
    let mut tab = Tab::open("sync", &[outbox, catalogue, words]).await;
    tab.say("begin");
    // Staff publish meanwhile, so that there is something to pull in every round.
    let publish = async {
        for number in 0..ROUNDS {
            server::retitle(&format!("{words} {number}")).await;
        }
    };
    futures::join!(save_and_sync(outbox, catalogue, words), publish, async {
        assert_eq!(tab.hear().await, "done");
    });
    prove(outbox, catalogue, words, 2 * ROUNDS * TOLD).await;
    tab.close();
}

/// The second tab of the test above.
pub async fn sync_here(mut channel: Channel, words: &[&'static str]) {
    channel.say("ready");
    assert_eq!(channel.hear().await, "begin");
    save_and_sync(words[0], words[1], words[2]).await;
    channel.say("done");
}

/// Does what [`save_and_sync`] does, each round under the lock; `inside` is written by who has it.
async fn save_and_sync_in_turn(names: [&'static str; 3], me: &'static str) {
    let [outbox, catalogue, lock] = names;
    for round in 0..ROUNDS {
        let alone = || async move {
            let witness = IdbCatalogue::new(lock);
            let inside = async || witness.setting("inside").await.unwrap().unwrap_or_default();
            assert_eq!(inside().await, "", "{me} has the lock, and another tab too");
            witness.set_setting("inside", me).await.unwrap();
            let (outbox, catalogue) = (IdbOutbox::new(outbox), IdbCatalogue::new(catalogue));
            let told = server::told(&format!("{lock} {me} {round}"));
            outbox.enqueue(&told, clock::now()).await.unwrap();
            let outcome = sync(&outbox, &catalogue, &Gateway, clock::now).await;
            assert_eq!(outcome.error, None);
            assert_eq!(inside().await, me, "another tab came while {me} had the lock");
            witness.set_setting("inside", "").await.unwrap();
        };
        while locks::exclusively(lock, alone()).await.is_none() {
            TimeoutFuture::new(AGAIN).await;
        }
    }
}

#[wasm_bindgen_test]
async fn the_lock_lets_one_tab_sync_at_a_time() {
    let names = [fresh("outbox"), fresh("catalogue"), fresh("lock")];
    let [outbox, catalogue, lock] = names;
    server::sign_in().await;
    let mut tab = Tab::open("sync-in-turn", &names).await;
    tab.say("begin");
    futures::join!(save_and_sync_in_turn(names, "first"), async {
        assert_eq!(tab.hear().await, "done");
    });
    prove(outbox, catalogue, lock, 2 * ROUNDS).await;
    tab.close();
}

/// The second tab of the test above.
pub async fn sync_here_in_turn(mut channel: Channel, words: &[&'static str]) {
    channel.say("ready");
    assert_eq!(channel.hear().await, "begin");
    save_and_sync_in_turn([words[0], words[1], words[2]], "second").await;
    channel.say("done");
}

/// A tab that hangs keeps the others from syncing only for as long as it is there.
#[wasm_bindgen_test]
async fn a_tab_that_is_closed_in_the_middle_gives_up_the_lock() {
    let lock = fresh("lock");
    let tab = Tab::open("hold", &[lock]).await;
    assert_eq!(locks::exclusively(lock, async { "mine" }).await, None);
    tab.close();
    loop {
        if let Some(mine) = locks::exclusively(lock, async { "mine" }).await {
            assert_eq!(mine, "mine");
            break;
        }
        TimeoutFuture::new(AGAIN).await;
    }
}

/// The second tab of the test above: never lets go.
pub async fn hold(channel: Channel, words: &[&'static str]) {
    let held = locks::exclusively(words[0], async move {
        channel.say("ready");
        std::future::pending::<()>().await;
    });
    assert_eq!(held.await, None, "another tab has the lock");
}
