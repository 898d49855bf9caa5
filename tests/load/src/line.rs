//! One connection that asks and is answered, again and again, and counts its bytes: light enough
//! to leave the machine to the server.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that stays open.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    got: Vec<u8>,
    /// Bytes that went up and came down so far, heads included.
    pub bytes: (u64, u64),
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// If nobody listens there.
    pub async fn to(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, got: Vec::new(), bytes: (0, 0) })
    }

    /// Sends a whole request and gives the body of its answer as it came.
    ///
    /// # Errors
    /// If the answer is not 200 or does not come whole.
    pub async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.got.clear();
        let mut answer = None;
        let body = loop {
            ensure!(self.stream.read_buf(&mut self.got).await? > 0, "the server hung up");
            if answer.is_none() {
                answer = head(&self.got)?;
            }
            match answer {
                Some((start, Some(length))) if self.got.len() >= start + length => break start,
                Some((start, None)) if self.got.ends_with(b"\r\n0\r\n\r\n") => break start,
                _ => {}
            }
        };
        self.bytes.0 += request.len() as u64;
        self.bytes.1 += self.got.len() as u64;
        Ok(&self.got[body..])
    }
}

/// Where the body of a good answer starts, and its length if that is told before.
fn head(got: &[u8]) -> Result<Option<(usize, Option<usize>)>> {
    let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&got[..end])?.to_ascii_lowercase();
    if !head.starts_with("http/1.1 200 ") {
        bail!("not a good answer: {head}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.map(|length| length.trim().parse().context("a length")).transpose()?;
    ensure!(length.is_some() || head.contains("transfer-encoding: chunked"), "no end: {head}");
    Ok(Some((end + 4, length)))
}
