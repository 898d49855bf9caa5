//! The line between a browser and a server.

use std::net::SocketAddr;

use anyhow::Result;
use faults::{
    Proxy,
    proxy::{Counts, Deal, Link, Plan},
};

use crate::sample::Line;

/// How likely a reset is on each exchange of the slow line.
const RESETS: f64 = 0.02;

/// The way to one server.
pub struct Way {
    server: SocketAddr,
    proxy: Option<Proxy>,
    slow: bool,
}

impl Way {
    /// A way to `server`, still fast.
    ///
    /// # Errors
    /// If there is no port for a proxy.
    pub fn to(server: SocketAddr, line: Line) -> Result<Self> {
        let proxy = match line {
            Line::Loopback => None,
            Line::Counted | Line::Slow => Some(Proxy::start(server, Plan::Open)?),
        };
        Ok(Self { server, proxy, slow: line == Line::Slow })
    }

    /// Where a browser begins.
    pub fn base(&self) -> String {
        self.proxy.as_ref().map_or_else(|| format!("http://{}", self.server), |it| it.url(""))
    }

    /// From now on the line is as it is to be: connections that stand are cut off, so that what
    /// is measured opens its own.
    pub fn begin(&self, seed: u64) -> Counts {
        let Some(proxy) = &self.proxy else { return Counts::default() };
        proxy.unplug();
        if self.slow {
            proxy.use_link(Some(Link::HUB));
            proxy.follow(Plan::Dealt(Deal { each_exchange: true, ..Deal::resets(seed, RESETS) }));
        } else {
            proxy.follow(Plan::Open);
        }
        proxy.counts()
    }

    /// What has passed so far.
    pub fn counts(&self) -> Counts {
        self.proxy.as_ref().map(Proxy::counts).unwrap_or_default()
    }
}
