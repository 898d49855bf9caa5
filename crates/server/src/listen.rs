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

use crate::routes::Peer;

/// From the head of a request to the head of its answer. A full batch at 100 kbit/s takes 8 s.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Connections at a time: half of the 1,024 files that a process may open by default, so that
/// the database always gets its own. Further ones wait in the system's queue.
pub const CONNECTIONS: usize = 512;
/// With fewer than a quarter free, an answer ends its connection: browsers keep theirs for a next
/// request that may not come, and whoever waits to get in would wait for that.
const SCARCE: usize = 4;
/// Bytes that a connection reads ahead, and that it holds of an answer that is not taken: no
/// slower on any line, and 512 slow ones stay below 64 MiB.
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
}

impl Default for Patience {
    fn default() -> Self {
        let (head, farewell) = (Duration::from_secs(10), Duration::from_secs(10));
        Self { head, farewell, connections: CONNECTIONS }
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
            let _permit = permit;
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
        .max_concurrent_streams(64);
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
