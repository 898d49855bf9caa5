//! When to sync: at the start, after something was saved, when the network or the page comes
//! back, now and then; in one tab at a time; after a failure with growing, jittered waits.

use futures::{FutureExt as _, StreamExt as _, channel::mpsc, select};
use gloo::{events::EventListener, timers::future::TimeoutFuture};
use leptos::prelude::*;
use model::time::Millis;
use sync::{Outbox as _, Outcome, Progress, Remote as _, SyncError};
use wasm_bindgen_futures::spawn_local;

use crate::{
    platform::{browser, clock, ids, locks},
    store::{Parts, Ready, Store},
};

/// Milliseconds between two rounds when all is well and the page is seen: staff's changes reach
/// a tablet within this.
const PULSE: u32 = 30_000;
/// Milliseconds that the bytes of received submissions stay on the tablet, to be sent again if
/// the server is restored from an older backup: seven days, the age of a weekly backup.
const KEEP: i64 = 7 * 24 * 60 * 60 * 1_000;
/// The lock that one tab holds while it syncs.
const LOCK: &str = "together-sync";

/// How the tablet stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Not tried yet.
    #[default]
    Unknown,
    /// The server answered last time.
    Online,
    /// It did not. A normal state.
    Offline,
    /// This app is too old for the server.
    UpgradeNeeded,
}

/// What the status bar shows.
#[derive(Clone, Copy)]
pub struct Status {
    /// Whether the server answers.
    pub reach: RwSignal<Reach>,
    /// A round is under way.
    pub busy: RwSignal<bool>,
    /// How far the download of a whole catalogue has come, in percent.
    pub fetched: RwSignal<Option<u64>>,
}

impl Status {
    /// The status of this page.
    pub fn get() -> Self {
        expect_context()
    }
}

/// Starts the loop and puts its [`Status`] into the context.
pub fn start(store: Store) {
    let status = Status {
        reach: RwSignal::default(),
        busy: RwSignal::new(false),
        fetched: RwSignal::default(),
    };
    provide_context(status);
    let (wake, mut woken) = mpsc::unbounded::<()>();
    listen(&wake);
    Effect::new(move || {
        store.nudge.track();
        wake.unbounded_send(()).ok();
    });
    spawn_local(async move {
        let mut failures = 0;
        loop {
            if store.ready.get_untracked() != Ready::Opening {
                let error = round(store, status).await;
                failures = if error.is_some() { failures + 1 } else { 0 };
                if let Some(SyncError::RetryAfter(asked)) = error {
                    // No wish to sync cuts short what the server asked for.
                    TimeoutFuture::new(u32::try_from(asked).unwrap_or(PULSE)).await;
                }
                let wait = if error.is_none() { PULSE } else { wait(failures) };
                select! {
                    _ = TimeoutFuture::new(wait).fuse() => {}
                    _ = woken.next() => {}
                }
            } else {
                TimeoutFuture::new(50).await;
            }
            // Several wishes to sync are one.
            while woken.try_recv().is_ok() {}
            while !browser::is_visible() && failures == 0 && store_is_idle(store) {
                if woken.next().await.is_none() {
                    return;
                }
            }
        }
    });
}

fn wait(failures: u32) -> u32 {
    u32::try_from(sync::delay(failures, ids::chance(), None)).unwrap_or(u32::MAX)
}

/// A hidden page with nothing to send need not keep the network busy.
fn store_is_idle(store: Store) -> bool {
    store.overview.with_untracked(|overview| overview.waiting().next().is_none())
}

/// The browser's own signs that trying may be worth it. None of them is believed.
fn listen(wake: &mpsc::UnboundedSender<()>) {
    let window = browser::window();
    for (target, event) in [
        (window.clone().into(), "online"),
        (window.into(), "focus"),
        (web_sys::EventTarget::from(gloo::utils::document()), "visibilitychange"),
    ] {
        let wake = wake.clone();
        EventListener::new(&target, event, move |_| {
            if browser::is_visible() {
                wake.unbounded_send(()).ok();
            }
        })
        .forget();
    }
}

/// One round, in this tab alone. Gives what stopped it, if anything did.
async fn round(store: Store, status: Status) -> Option<SyncError> {
    status.busy.set(true);
    let outcome = locks::exclusively(LOCK, work(store, status)).await;
    status.busy.set(false);
    // Where another tab holds the lock, its work is ours: show what it did.
    let error = outcome.as_ref().and_then(|outcome| outcome.error.clone());
    if outcome.is_some() {
        status.reach.set(match &error {
            Some(SyncError::Offline(_) | SyncError::RetryAfter(_)) => Reach::Offline,
            Some(SyncError::UpgradeNeeded) => Reach::UpgradeNeeded,
            _ => Reach::Online,
        });
    }
    if matches!(store.ready.get_untracked(), Ready::Failed(_)) && store.open().await.is_ok() {
        // There is room again, or the browser has come to its senses.
        store.ready.set(Ready::Open);
    }
    let shown = show(store, outcome).await;
    error.or(shown.err().map(SyncError::from))
}

async fn work(store: Store, status: Status) -> Outcome {
    let parts = store.parts();
    let mut outcome = Outcome::default();
    // After a round without the server a probe goes first: it costs a few bytes where a batch costs many, and its nonce
    // unmasks a captive portal. Otherwise it would only be one more way to the server and back: every answer of a round
    // proves by itself whose it is.
    if status.reach.get_untracked() == Reach::Offline
        && let Err(error) = parts.gateway.probe().await
    {
        outcome.error = Some(error);
        return outcome;
    }
    let show = |progress: Progress| {
        let percent = progress.done.saturating_mul(100) / progress.total.max(1);
        // Each change draws the bar anew: a hundred are enough.
        if status.fetched.get_untracked() != Some(percent) {
            status.fetched.set(Some(percent));
        }
    };
    let Parts { outbox, catalogue, gateway } = &*parts;
    outcome = sync::sync_showing(outbox, catalogue, gateway, clock::now, &show).await;
    if outcome.error.is_none() {
        let before = Millis(clock::now().0.saturating_sub(KEEP));
        outcome.error = parts.outbox.forget(before).await.err().map(SyncError::from);
    }
    outcome
}

async fn show(store: Store, outcome: Option<Outcome>) -> Result<(), sync::StorageError> {
    let pulled = outcome.as_ref().is_none_or(|outcome| outcome.pulled > 0);
    if pulled {
        store.refresh_catalogue().await?;
    }
    if outcome.as_ref().is_some_and(|outcome| outcome.error.is_none()) {
        store.note_sync().await?;
    }
    store.refresh_overview().await
}
