//! Submissions and reads a second.

use std::time::Duration;

use anyhow::{Result, ensure};
use sync::Remote;

use crate::{
    Ground,
    pushes::{Sent, acknowledged, pushes, send},
};

/// One kind of load.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What it is called.
    pub name: &'static str,
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// Records of a push.
    pub batch: usize,
    /// Records in all.
    pub records: usize,
    /// Pushes a second; without one, as fast as they are answered.
    pub pace: Option<f64>,
}

/// Enough for some seconds of each on two processors. With a pace: the rate that is asked of the
/// server, over ten seconds. Without: as much as it can.
pub const SCENES: [Scene; 6] = [
    scene("500/s one by one", 32, 1, 5_000, Some(500.0)),
    scene("2,000/s in twenties", 32, 20, 20_000, Some(100.0)),
    scene("one by one, 32 connections", 32, 1, 15_000, None),
    scene("twenties, 32 connections", 32, 20, 80_000, None),
    scene("hundreds, 8 connections", 8, 100, 80_000, None),
    scene("hundreds, 32 connections", 32, 100, 100_000, None),
];

const fn scene(
    name: &'static str,
    connections: usize,
    batch: usize,
    records: usize,
    pace: Option<f64>,
) -> Scene {
    Scene { name, connections, batch, records, pace }
}

/// Reads of one kind, over as many connections.
const READS: usize = 60_000;
const READERS: usize = 32;

/// Pushes what a scene wants, and makes sure that each record is acknowledged and stored.
///
/// # Errors
/// If one is not.
pub async fn submit(ground: &Ground, number: u64, scene: Scene) -> Result<Sent> {
    let requests = pushes(number, scene.records, scene.batch)?;
    let (before, _) = ground.database.census().await?;
    let batch = scene.batch;
    let good = move |body: &[u8]| acknowledged(body) == batch;
    let sent = send(ground.address(), requests, scene.connections, scene.pace, good).await?;
    let (after, rivals) = ground.database.census().await?;
    ensure!(after - before == scene.records as u64 && rivals == 0, "{before} to {after}");
    Ok(sent)
}

/// What tablets ask for most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether there is news, by a tablet that knows everything.
    News,
    /// The list of the snapshot's segments, by a new tablet.
    Snapshot,
}

/// Asks the same again and again, as a browser does that reads brotli.
///
/// # Errors
/// If an answer is not good.
pub async fn read(ground: &Ground, question: Question) -> Result<Sent> {
    let path = match question {
        Question::News => {
            let gateway = ground.gateway(Duration::from_secs(30))?;
            let (mut cursor, mut more) = (None, true);
            while more {
                let page = gateway.changes(cursor.as_deref()).await?;
                (cursor, more) = (Some(page.cursor), page.more);
            }
            format!("/changes?cursor={}", escaped(&cursor.unwrap_or_default()))
        }
        Question::Snapshot => "/snapshot".to_owned(),
    };
    let request = format!(
        "GET /api/v1{path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         accept-encoding: gzip, deflate, br\r\n\r\n"
    );
    let requests = vec![request.into_bytes(); READS];
    send(ground.address(), requests, READERS, None, |body| !body.is_empty()).await
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
