//! A TCP proxy that fails by plan. It stands between real clients and a real server, on a port
//! of this machine's loopback alone, and looks into the bytes for one thing only: where half
//! of an HTTP answer is.
//!
//! The benchmarks' line, 400 kbit/s and 300 ms with resets on 2% of the exchanges:
//!
//! ```ignore
//! let resets = Deal { each_exchange: true, ..Deal::resets(seed, 0.02) };
//! let proxy = Proxy::start(server, Plan::Dealt(resets))?;
//! proxy.use_link(Some(Link::HUB));
//! ```
//!
//! It has no model of TCP's slow start nor of lost packets: on a [`Link`] bytes have a rate and
//! a delay, and connections share the rate packet by packet.

mod counts;
mod link;
mod plan;
mod relay;

use std::{
    cell::{Cell, RefCell},
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::{oneshot, watch},
    task::LocalSet,
    time::sleep,
};

use counts::Counters;
use link::Line;
use plan::Fate;
use relay::Relay;

pub use counts::Counts;
pub use link::Link;
pub use plan::{Deal, Direction, Fault, Kind, Manner, Plan};

/// A proxy that runs until it is dropped, on a thread of its own: a client that keeps its own
/// thread busy does not slow the line.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    _stop: oneshot::Sender<()>,
}

#[derive(Debug)]
struct State {
    rules: Mutex<Rules>,
    counters: Arc<Counters>,
    /// Changes when every connection is to end.
    plug: watch::Sender<()>,
}

#[derive(Debug)]
struct Rules {
    upstream: SocketAddr,
    plan: Plan,
    line: Option<Arc<Line>>,
}

impl State {
    fn rules<T>(&self, change: impl FnOnce(&mut Rules) -> T) -> T {
        change(&mut self.rules.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Proxy {
    /// Starts a proxy in front of `upstream`, on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// If there is no port or no thread for it.
    pub fn start(upstream: SocketAddr, plan: Plan) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let rules = Mutex::new(Rules { upstream, plan, line: None });
        let state = Arc::new(State { rules, counters: Arc::default(), plug: watch::channel(()).0 });
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        std::thread::Builder::new().name("proxy".to_owned()).spawn(move || {
            LocalSet::new().block_on(&runtime, async move {
                tokio::select! {
                    _ = accept(listener, served) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, state, _stop: stop })
    }

    /// Where clients find it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The full address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Leads connections from now on to another server, as after a restart on another port.
    pub fn lead_to(&self, upstream: SocketAddr) {
        self.state.rules(|rules| rules.upstream = upstream);
    }

    /// Follows another plan with the connections that come from now on.
    pub fn follow(&self, plan: Plan) {
        self.state.rules(|rules| rules.plan = plan);
    }

    /// Puts a line before the server, or takes it away; for connections from now on.
    pub fn use_link(&self, link: Option<Link>) {
        let line = link.map(|link| Arc::new(Line::new(link)));
        self.state.rules(|rules| rules.line = line);
    }

    /// Unplugs the server: resets every connection, and each that comes.
    pub fn unplug(&self) {
        self.follow(Plan::Down);
        self.state.plug.send_replace(());
    }

    /// What has passed, and which faults struck.
    pub fn counts(&self) -> Counts {
        self.state.counters.read()
    }
}

async fn accept(listener: std::net::TcpListener, state: Arc<State>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (client, _) = listener.accept().await?;
        let state = Arc::clone(&state);
        tokio::task::spawn_local(async move {
            // What comes of one connection is told to its two ends.
            let _ = meet(client, &state).await;
        });
    }
}

/// One connection, from its arrival to its end.
async fn meet(client: TcpStream, state: &State) -> io::Result<()> {
    let plug = state.plug.subscribe();
    let number = state.counters.connections.fetch_add(1, Ordering::Relaxed);
    let (fate, upstream, line) =
        state.rules(|rules| (rules.plan.fate(number), rules.upstream, rules.line.clone()));
    let refuse = |client: TcpStream| {
        state.counters.refused.fetch_add(1, Ordering::Relaxed);
        client.set_zero_linger()
    };
    let Fate::Passes { first, deal } = fate else { return refuse(client) };
    if let Some(line) = &line {
        sleep(line.link.round_trip).await;
    }
    let Ok(server) = TcpStream::connect(upstream).await else { return refuse(client) };
    let relay = Relay {
        number,
        fault: Cell::new(first),
        deal,
        line,
        counters: Arc::clone(&state.counters),
        exchange: Cell::new(0),
        answered: Cell::new(false),
        taken: RefCell::new([0; 2]),
    };
    relay.run(client, server, plug).await
}
