//! The accept loop: our own, since a server on the open network needs limits that
//! `axum::serve` does not set.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Version, header},
    response::IntoResponse,
};
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::ServiceExt;

use crate::{ApiError, files, guests::Guests, routes::Peer};

/// From the head of a request to the head of its answer. A full batch at 100 kbit/s takes 8 s.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Connections that are served at a time, if the process may open so many files: a tablet's push
/// on the worst hub line takes a second, so two thousand a second come through. What they hold in
/// memory is below 100 MiB, and what they bring is bounded by itself.
pub const CONNECTIONS: usize = 2_048;
/// Connections above those, which are told to come back: each is gone in an instant, so a few do.
/// Still further ones wait in the system's queue.
const TURNED_AWAY: usize = 256;
/// Files that are not connections: the database's, the app's, and those of whoever looks on.
const OTHER_FILES: usize = 256;
/// How many wait in the system's queue: what Linux allows unless told otherwise.
const BACKLOG: u32 = 4_096;
/// With fewer than a quarter free, an answer ends its connection: browsers keep theirs for a next
/// request that may not come, and whoever waits to get in would wait for that.
const SCARCE: usize = 4;
/// Who asks for these looks after the server, and must not take a full one for a dead one.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
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
/// slower on any line, and few connections ever fill it. A request's head must fit in it; that of
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
    /// How many connections are served at a time.
    pub connections: usize,
    /// Connections from one address elsewhere: [`FROM_ONE`].
    pub from_one: usize,
    /// Connections from this machine, where a proxy speaks for everybody: all there are, those
    /// that are turned away included.
    pub from_here: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            farewell: Duration::from_secs(10),
            connections: CONNECTIONS,
            from_one: FROM_ONE,
            from_here: CONNECTIONS + TURNED_AWAY,
        }
    }
}

impl Patience {
    /// As many connections as the process may open files for, after it asked for more.
    pub fn of_this_process() -> Self {
        let others = TURNED_AWAY + OTHER_FILES;
        let allowed = files::allow(CONNECTIONS + others).saturating_sub(others);
        let connections = CONNECTIONS.min(allowed).max(1);
        if connections < CONNECTIONS {
            tracing::warn!(connections, "fewer connections than usual: raise the limit of files");
        }
        let (from_one, from_here) = (connections / 2, connections + TURNED_AWAY);
        Self { connections, from_one: from_one.max(1), from_here, ..Self::default() }
    }
}

/// Listens on an address with room for a herd to wait in.
///
/// # Errors
/// If the address is taken or not ours.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that is started again need not wait for the last one's connections to be forgotten.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `router` on `listener` until `stop` resolves, then stops accepting and gives what
/// is in flight some time to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let served = Arc::new(Semaphore::new(patience.connections));
    let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
    let guests = Guests::default();
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = async {
            let accepted = listener.accept().await;
            (accepted, Place::of(&served, &turned_away).await)
        };
        let (accepted, place) = tokio::select! {
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
        let caller = Caller {
            peer,
            served: Arc::clone(&served),
            scarce: patience.connections / SCARCE,
            patience: matches!(place, Some(Place::TurnedAway(_))).then_some(patience.head),
        };
        let connection = builder(patience.head)
            .serve_connection(TokioIo::new(stream), on_connection(router.clone(), caller))
            .into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            // In this order: whoever takes the place is counted at once.
            drop(guest);
            drop(place);
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

/// What a connection takes up.
enum Place {
    Served(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
    TurnedAway(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
}

impl Place {
    /// One among those that are served, or else among those that are turned away.
    async fn of(served: &Arc<Semaphore>, turned_away: &Arc<Semaphore>) -> Option<Self> {
        tokio::select! {
            biased;
            place = Arc::clone(served).acquire_owned() => place.ok().map(Self::Served),
            place = Arc::clone(turned_away).acquire_owned() => place.ok().map(Self::TurnedAway),
        }
    }
}

/// Who is at the other end, and how things stand.
#[derive(Clone)]
struct Caller {
    peer: SocketAddr,
    served: Arc<Semaphore>,
    /// With fewer than this free, connections are scarce.
    scarce: usize,
    /// How long a request that is turned away may take to be read; none if it is served.
    patience: Option<Duration>,
}

fn on_connection(
    router: Router,
    caller: Caller,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future: Send,
> + Clone {
    service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Peer(caller.peer.ip()));
        // In HTTP/2 an answer cannot end its connection; a proxy has few of them.
        let can_end = request.version() < Version::HTTP_2;
        let (router, caller) = (router.clone(), caller.clone());
        async move {
            let mut answer = match caller.patience {
                Some(patience) if !ALWAYS.contains(&request.uri().path()) => {
                    turn_away(request, patience).await
                }
                _ => router.oneshot(request).await?,
            };
            let scarce = caller.served.available_permits() < caller.scarce;
            if can_end && (scarce || caller.patience.is_some()) {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
    })
}

/// Reads what still comes and keeps none of it: an answer before the end of the request is lost
/// where the connection is closed over unread bytes.
async fn turn_away(request: Request, patience: Duration) -> axum::response::Response {
    let mut body = request.into_body();
    let reading = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(patience, reading).await;
    ApiError::Busy.into_response()
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
