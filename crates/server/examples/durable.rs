//! How many submissions a second a server makes durable, and how long each push waits.
//!
//! ```text
//! cargo run --profile server -p server --example durable -- [--postgres] [--batch 1]
//!     [--clients 32] [--seconds 10] [--changes]
//! ```
//!
//! The server, its clients and the database share this machine. Pushes go over HTTP on the
//! loopback device; an answer counts when each record in it is acknowledged. With `--changes`
//! the clients ask for news instead, as tablets do that have everything. Prints one JSON object.

use std::{
    error::Error,
    fs,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use model::{
    Hash, Key, SubmissionId,
    canonical::bytes_of,
    feedback::Feedback,
    submission::{Body, Submission},
};
use pg::TestPostgres;
use serde_json::{Value, json};
use server::{
    App, Store,
    assets::{Assets, Source},
    clock::{now, random},
    listen::{self, Patience},
    router,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

#[derive(Debug, Parser)]
struct Args {
    /// A PostgreSQL of this machine, with fsync on, in place of SQLite.
    #[arg(long)]
    postgres: bool,
    /// Records in a push.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// Connections that push at a time, each one push after the other.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// How long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Ask for news of the catalogue instead.
    #[arg(long)]
    changes: bool,
}

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let data = tempfile::TempDir::new()?;
    let postgres = if args.postgres { Some(TestPostgres::start()?) } else { None };
    let store = match &postgres {
        Some(postgres) => Store::connect(&postgres.url(&postgres.new_database()?)).await?,
        None => Store::open(data.path()).await?,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = App::new(store.clone(), Arc::new(Assets::load(&Source::Nothing)?));
    tokio::spawn(listen::serve(listener, router(app), Patience::default(), std::future::pending()));

    let news = changes_request(&store.head().await?.cursor);
    let started = Instant::now();
    let until = started + Duration::from_secs(args.seconds);
    let mut clients = JoinSet::new();
    for _ in 0..args.clients {
        let (batch, changes, news) = (args.batch, args.changes, news.clone());
        clients.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut waits = Vec::new();
            while Instant::now() < until {
                let request = if changes { news.clone() } else { push_request(batch)? };
                let asked = Instant::now();
                let answer = ask(&mut stream, &request).await?;
                waits.push(asked.elapsed());
                let received = |verdict: &&Value| verdict["verdict"] == "received";
                let verdicts = answer["verdicts"].as_array().map_or(&[][..], Vec::as_slice);
                if !changes && verdicts.iter().filter(received).count() != batch {
                    return Err(format!("not acknowledged: {answer}").into());
                }
            }
            Ok::<_, Failure>(waits)
        });
    }
    let mut waits = Vec::new();
    while let Some(client) = clients.join_next().await {
        waits.extend(client??);
    }
    let seconds = started.elapsed().as_secs_f64();
    waits.sort_unstable();
    let rank = |share: f64| {
        let index = (waits.len() as f64 * share) as usize;
        waits.get(index.min(waits.len().saturating_sub(1))).map_or(0.0, Duration::as_secs_f64)
    };
    let stored: u64 = store.census().await?.submissions.values().sum();
    let pushed = waits.len() * args.batch;
    if !args.changes && stored != u64::try_from(pushed)? {
        return Err(format!("{pushed} were acknowledged and {stored} are stored").into());
    }
    let report = json!({
        "database": if args.postgres { "postgresql" } else { "sqlite" },
        "clients": args.clients,
        "batch": args.batch,
        "requests_per_s": (waits.len() as f64 / seconds).round(),
        "submissions_per_s": (stored as f64 / seconds).round(),
        "p50_ms": (rank(0.5) * 10_000.0).round() / 10.0,
        "p99_ms": (rank(0.99) * 10_000.0).round() / 10.0,
        "rss_mib": resident_mib(),
    });
    println!("{report}");
    store.close().await;
    Ok(())
}

fn changes_request(cursor: &str) -> Vec<u8> {
    let escaped: String = cursor.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("GET /api/v1/changes?cursor={escaped} HTTP/1.1\r\nhost: x\r\n\r\n").into_bytes()
}

fn push_request(batch: usize) -> Result<Vec<u8>, Failure> {
    let records = (0..batch).map(|_| record()).collect::<Result<Vec<_>, _>>()?;
    let body = json!({ "records": records }).to_string();
    let head = format!(
        "POST /api/v1/push HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    Ok([head.into_bytes(), body.into_bytes()].concat())
}

/// A piece of feedback of ordinary length.
fn record() -> Result<Value, Failure> {
    let now = now();
    let submission = Submission {
        id: SubmissionId::new(now, random()?),
        made_at: now,
        venue: Key::parse("grays-library"),
        language: "en".into(),
        app: "0.1.0".into(),
        body: Body::Feedback(Feedback {
            venue: Key::parse("grays-library"),
            themes: Key::parse("transport").into_iter().collect(),
            words: "The last bus back to Chadwell leaves before the evening class ends, so \
                    those of us without a car stopped coming. A later one on Tuesdays and \
                    Thursdays would bring the whole group back."
                .into(),
            consent: true,
            ..Feedback::default()
        }),
    };
    let record = serde_json::to_value(&submission)?;
    Ok(json!({"id": submission.id, "hash": Hash::of(&bytes_of(&record)), "record": record}))
}

/// One request and its answer on a connection that stays open.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> Result<Value, Failure> {
    stream.write_all(request).await?;
    let mut got = Vec::new();
    loop {
        if stream.read_buf(&mut got).await? == 0 {
            return Err("the server closed the connection".into());
        }
        let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&got[..end])?.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length: usize = length.ok_or("an answer without its length")?.trim().parse()?;
        if got.len() >= end + 4 + length {
            return Ok(serde_json::from_slice(&got[end + 4..])?);
        }
    }
}

/// What this process, clients included, has in memory.
fn resident_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
