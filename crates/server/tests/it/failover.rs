//! A primary with a synchronous standby: the primary is killed under load, the standby takes
//! its place, and nothing that was acknowledged is lost. The server finds its way by itself.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use ::server::{
    Store,
    clock::now,
    store::{Arrival, Filter, Placed, Slice},
};
use futures_util::future::join_all;
use model::{Hash, SubmissionId, submission::Sealed, time::Millis};
use pg::TestPostgres;
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{sleep, timeout},
};

/// Tablets that push at a time.
const TABLETS: usize = 16;
/// Acknowledgements before the primary is killed, and as many again from the standby.
const ENOUGH: usize = 2_000;
/// What a server may take to find the new primary once that takes writes.
const BACK: Duration = Duration::from_secs(30);
/// Before a tablet pushes again what was not acknowledged: it cannot know when somebody listens.
const PAUSE: Duration = Duration::from_millis(50);
/// Whatever is waited for has happened by then.
const LONG: Duration = Duration::from_secs(120);

fn arrival(number: u64) -> Arrival {
    let bytes = format!("what person {number} said").into_bytes();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let id = SubmissionId::new(Millis(0), random);
    Arrival {
        sealed: Sealed { id, hash: Hash::of(&bytes), bytes },
        kind: "feedback",
        survey: None,
        venue: None,
        themes: Vec::new(),
        made_at: Millis(0),
    }
}

/// What the tablets were told, kept outside of every database: place and content by number.
type Ledger = BTreeMap<u64, u64>;

/// Pushes one record after the other until told to stop, each again until it is acknowledged.
async fn tablet(
    store: &Store,
    next: &AtomicU64,
    acked: &watch::Sender<usize>,
    stop: &AtomicBool,
) -> Ledger {
    let mut ledger = Ledger::new();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        while !stop.load(Ordering::Relaxed) {
            match store.receive(vec![arrival(number)], now()).await {
                Ok(received) => {
                    let Placed::At(seq) = received.placed[0] else { panic!("a rival") };
                    ledger.insert(number, seq);
                    acked.send_modify(|count| *count += 1);
                    break;
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
    ledger
}

/// Waits until so many are acknowledged.
async fn until_acked(acked: &watch::Sender<usize>, enough: usize) {
    let mut count = acked.subscribe();
    let waiting = count.wait_for(|count| *count >= enough);
    timeout(LONG, waiting).await.expect("the servers acknowledge").unwrap();
}

/// Waits until the standby confirms what the primary commits.
fn until_followed(primary: &TestPostgres) {
    let begun = Instant::now();
    while !primary.is_followed().unwrap() {
        assert!(begun.elapsed() < LONG, "the standby follows");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_takes_over_and_no_acknowledged_record_is_lost() {
    let Some(mut primary) = TestPostgres::start_or_skip() else { return };
    let standby = primary.synchronous_standby().unwrap();
    until_followed(&primary);
    // A host that is down stands first: the server must not stop at it.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!(
        "postgres://together@{free},{},{}/postgres?target_session_attrs=read-write",
        primary.address(),
        standby.address()
    );
    let servers = [Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap()];
    let epoch = servers[0].epoch().await.unwrap();
    let (next, acked) = (AtomicU64::new(1), watch::Sender::new(0));
    let stop = AtomicBool::new(false);

    let tablets = join_all((0..TABLETS).map(|n| tablet(&servers[n % 2], &next, &acked, &stop)));
    let operator = async {
        until_acked(&acked, ENOUGH).await;
        primary.kill();
        let killed = Instant::now();
        // Beside the tablets, which go on trying.
        let standby = spawn_blocking(move || standby.promote().map(|()| standby));
        let standby = standby.await.unwrap().unwrap();
        let (promoted, before) = (Instant::now(), *acked.borrow());
        until_acked(&acked, before + 1).await;
        let (back, away) = (promoted.elapsed(), killed.elapsed());
        until_acked(&acked, 2 * ENOUGH).await;
        stop.store(true, Ordering::Relaxed);
        (standby, back, away)
    };
    let (ledgers, (_standby, back, away)) = tokio::join!(tablets, operator);
    println!("acknowledged again {away:?} after the kill, {back:?} after the standby took writes");
    assert!(back < BACK, "{back:?}");

    let filter = Filter { kind: "feedback", ..Filter::default() };
    let stored = servers[1].submissions(&filter, Slice::After(0), u32::MAX).await.unwrap();
    let stored: BTreeMap<_, _> = stored.into_iter().map(|it| (it.id, it)).collect();
    let mut told = 0;
    for (number, seq) in ledgers.into_iter().flatten() {
        let expected = arrival(number).sealed;
        let found = stored.get(&expected.id).expect("an acknowledged record is there");
        assert_eq!((&found.bytes, found.seq), (&expected.bytes, seq));
        told += 1;
    }
    assert!(told >= 2 * ENOUGH);
    assert_eq!(servers[0].epoch().await.unwrap(), epoch, "the history goes on");
    for server in &servers {
        server.close().await;
    }
}
