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
use tokio::time::{sleep, timeout};

/// Tablets that push at a time.
const TABLETS: usize = 16;
/// Acknowledgements before the primary is killed, and as many again from the standby.
const ENOUGH: usize = 2_000;
/// What a server may take to find the new primary once that takes writes.
const BACK: Duration = Duration::from_secs(30);

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
async fn tablet(store: &Store, next: &AtomicU64, acked: &AtomicU64, stop: &AtomicBool) -> Ledger {
    let mut ledger = Ledger::new();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        while !stop.load(Ordering::Relaxed) {
            match store.receive(vec![arrival(number)], now()).await {
                Ok(received) => {
                    let Placed::At(seq) = received.placed[0] else { panic!("a rival") };
                    ledger.insert(number, seq);
                    acked.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
    ledger
}

async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(120), waiting).await.expect("in two minutes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_takes_over_and_no_acknowledged_record_is_lost() {
    let Some(mut primary) = TestPostgres::start_or_skip() else { return };
    let standby = primary.synchronous_standby().unwrap();
    until(|| primary.is_followed().unwrap()).await;
    // A host that is down stands first: the server must not stop at it.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!(
        "postgres://together@{free},{},{}/postgres?target_session_attrs=read-write",
        primary.address(),
        standby.address()
    );
    let servers = [Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap()];
    let epoch = servers[0].epoch().await.unwrap();
    let (next, acked) = (AtomicU64::new(1), AtomicU64::new(0));
    let stop = AtomicBool::new(false);
    let enough = |target: usize| usize::try_from(acked.load(Ordering::Relaxed)).unwrap() >= target;

    let tablets = join_all((0..TABLETS).map(|n| tablet(&servers[n % 2], &next, &acked, &stop)));
    let operator = async {
        until(|| enough(ENOUGH)).await;
        primary.kill();
        standby.promote().unwrap();
        let (promoted, before) = (Instant::now(), acked.load(Ordering::Relaxed));
        until(|| acked.load(Ordering::Relaxed) > before).await;
        let back = promoted.elapsed();
        until(|| enough(2 * ENOUGH)).await;
        stop.store(true, Ordering::Relaxed);
        back
    };
    let (ledgers, back) = tokio::join!(tablets, operator);
    println!("the first acknowledgement came {back:?} after the standby was promoted");
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
