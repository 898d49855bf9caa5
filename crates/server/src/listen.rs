//! The accept loop: our own, since a server on the open network needs limits that
//! `axum::serve` does not set.

use std::{convert::Infallible, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Version, header},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt;

use crate::{guests::Guests, routes::Peer};

/// From the head of a request to the head of its answer. A full batch at 100 kbit/s takes 8 s.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Connections at a time: half of the 1,024 files that a process may open by default, so that
/// the database always gets its own. Further ones wait in the system's queue.
pub const CONNECTIONS: usize = 512;
/// With fewer than a quarter free, an answer ends its connection: browsers keep theirs for a next
/// request that may not come, and whoever waits to get in would wait for that.
const SCARCE: usize = 4;
/// Connections from one address elsewhere: half of all, so that nobody alone keeps the others out.
/// A council's tablets may all come from one address and keep a connection or two each while they
/// sync, for a few seconds; who finds no place tries again. What an address sends is not rated
/// beyond that: a hundred tablets that come back at once must get through, and the queue of writes
/// bounds the work.
pub const FROM_ONE: usize = CONNECTIONS / 2;
/// Requests at a time on one connection of HTTP/2. A tablet has four segments, a push and a probe on
/// their way; a proxy that speaks for many gets through with more connections.
const STREAMS: u32 = 64;
/// Bytes that a connection reads ahead, and that it holds of an answer that is not taken: no
/// slower on any line, and 512 slow ones stay below 64 MiB. A request's head must fit in it; that of
/// a browser with the longest cursor has an eighth of it.
const BUFFER: u32 = 64 * 1024;
/// After a failed accept, which a full file table causes: trying at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long the accept loop waits for others, and for how many.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A request must have its head complete in this time, and a quiet connection is closed
    /// after it: a browser on the worst hub line sends its head in one packet.
    pub head: Duration,
    /// What requests in flight get when the server is told to stop.
    pub farewell: Duration,
    /// How many connections there are at a time.
    pub connections: usize,
    /// Connections from one address elsewhere: [`FROM_ONE`].
    pub from_one: usize,
    /// Connections from this machine, where a proxy speaks for everybody: all there are.
    pub from_here: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            farewell: Duration::from_secs(10),
            connections: CONNECTIONS,
            from_one: FROM_ONE,
            from_here: CONNECTIONS,
        }
    }
}

/// Serves `router` on `listener` until `stop` resolves, then stops accepting and gives what
/// is in flight some time to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let connections = Arc::new(Semaphore::new(patience.connections));
    let guests = Guests::default();
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let most = if peer.ip().is_loopback() { patience.from_here } else { patience.from_one };
        let Some(guest) = guests.admit(peer.ip(), most) else {
            tracing::debug!("a connection was closed: its address has too many");
            continue;
        };
        // Answers are small and whole; waiting to fill packets only delays them.
        let _ = stream.set_nodelay(true);
        let free = {
            let connections = Arc::clone(&connections);
            move || connections.available_permits() >= patience.connections / SCARCE
        };
        let connection = builder(patience.head)
            .serve_connection(TokioIo::new(stream), on_connection(router.clone(), peer, free))
            .into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _places = (permit, guest);
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(patience.farewell, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were cut off by the shutdown");
    }
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(BUFFER as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head)
        .keep_alive_timeout(head)
        .initial_stream_window_size(BUFFER)
        .initial_connection_window_size(BUFFER)
        .max_send_buf_size(BUFFER as usize)
        .max_header_list_size(BUFFER)
        .max_concurrent_streams(STREAMS);
    builder
}

fn on_connection(
    router: Router,
    peer: SocketAddr,
    free: impl Fn() -> bool + Clone + Send + 'static,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future: Send,
> + Clone {
    service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        // In HTTP/2 an answer cannot end its connection; a proxy has few of them.
        let can_end = request.version() < Version::HTTP_2;
        let answering = router.clone().oneshot(request);
        let free = free.clone();
        async move {
            let mut answer = answering.await?;
            if can_end && !free() {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
    })
}

/// Resolves when the process is told to stop: SIGTERM from a supervisor, or Ctrl-C.
pub async fn told_to_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
