//! Requests made beforehand, and connections that send them.

use std::{
    net::SocketAddr,
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Result, ensure};
use faults::{Chance, tablet::feedback};
use model::{
    SubmissionId,
    time::Millis,
    wire::{CLIENT_HEADER, CLIENT_VERSION},
};
use tokio::{
    task::{JoinSet, LocalSet},
    time::{Instant, sleep_until},
};

use crate::{Times, line::Line};

/// What somebody says, at ordinary length.
const WORDS: &str = "The last bus back to Chadwell leaves before the evening class ends, so \
    those of us without a car stopped coming. A later one on Tuesdays and Thursdays would bring \
    the whole group back.";

/// What went over the connections.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// How long each answer took; where there was a pace, from the moment it set.
    pub times: Times,
    /// Seconds in all.
    pub seconds: f64,
    /// Bytes up and down.
    pub bytes: (u64, u64),
}

/// Pushes of `batch` records each, `records` in all, and none that any other seed makes.
///
/// # Errors
/// If a record cannot be sealed.
pub fn pushes(seed: u64, records: usize, batch: usize) -> Result<Vec<Vec<u8>>> {
    let mut chance = Chance::seeded(seed);
    let mut made = 0;
    let mut requests = Vec::new();
    while made < records {
        let mut body = String::from("{\"records\":[");
        for number in 0..batch {
            // As ids are made: some milliseconds apart, and by chance below that.
            let id = SubmissionId::new(Millis(1_795_516_200_000 + made as i64), chance.bytes());
            let sealed = feedback(id, WORDS)?;
            let record = String::from_utf8(sealed.bytes)?;
            let comma = if number == 0 { "" } else { "," };
            let hash = sealed.hash;
            body += &format!("{comma}{{\"id\":\"{id}\",\"hash\":\"{hash}\",\"record\":{record}}}");
            made += 1;
        }
        body += "]}";
        let head = format!(
            "POST /api/v1/push HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             {CLIENT_HEADER}: {CLIENT_VERSION}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        requests.push([head, body].concat().into_bytes());
    }
    Ok(requests)
}

/// Sends the requests over so many connections, each one after the other; with a pace so many a
/// second whether or not those before are answered, as long as a connection is free. `good` looks
/// at each answer's body.
///
/// # Errors
/// If an answer is not good.
pub async fn send(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    pace: Option<f64>,
    good: impl Fn(&[u8]) -> bool + Copy + 'static,
) -> Result<Sent> {
    let (requests, next) = (Rc::new(requests), Rc::new(AtomicUsize::new(0)));
    let mut lines = Vec::new();
    for _ in 0..connections {
        lines.push(Line::to(address).await?);
    }
    let started = Instant::now();
    let sending = async {
        let mut clients = JoinSet::new();
        for mut line in lines {
            let (requests, next) = (Rc::clone(&requests), Rc::clone(&next));
            clients.spawn_local(async move {
                let mut times = Times::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(number) else { break };
                    let asked = match pace {
                        None => Instant::now(),
                        Some(pace) => {
                            let due = started + Duration::from_secs_f64(number as f64 / pace);
                            sleep_until(due).await;
                            due
                        }
                    };
                    ensure!(good(line.ask(request).await?), "an answer that is not good");
                    times.note(asked.elapsed());
                }
                Ok((times, line.bytes))
            });
        }
        let mut sent = Sent::default();
        while let Some(client) = clients.join_next().await {
            let (times, bytes) = client??;
            sent.times.join(times);
            sent.bytes = (sent.bytes.0 + bytes.0, sent.bytes.1 + bytes.1);
        }
        anyhow::Ok(sent)
    };
    let mut sent = LocalSet::new().run_until(sending).await?;
    sent.seconds = started.elapsed().as_secs_f64();
    Ok(sent)
}

/// How many records an answer acknowledges.
pub fn acknowledged(body: &[u8]) -> usize {
    const RECEIVED: &[u8] = b"\"verdict\":\"received\"";
    body.windows(RECEIVED.len()).filter(|found| *found == RECEIVED).count()
}
