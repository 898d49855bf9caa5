//! PouchDB's server: a real Node process on a disk.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Stdio,
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, Command},
};

/// A server that runs until it is dropped.
pub struct Peer {
    address: SocketAddr,
    _input: Option<ChildStdin>,
    _child: Child,
    _data: TempDir,
}

impl Peer {
    /// Starts one on a new database with the listings of a file, serving the page beside it.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start(script: &Path, page: &Path, listings: &Path) -> Result<Self> {
        let data = TempDir::with_prefix("peers-data-")?;
        let mut node = Command::new("node");
        node.arg(script).arg(data.path()).arg(page).arg(listings);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().context("starting node")?;
        let output = child.stdout.take().context("the server has no output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let port = line.context("the server ended before it was ready")?.trim().parse()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { address, _input: child.stdin.take(), _child: child, _data: data })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
